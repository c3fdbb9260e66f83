"""Excel workbooks as they come back: every cell as the text that its reader saw, or why that cannot be told; the notes.

Nothing is computed and no macro is run. Transitional and strict Open XML (ISO/IEC 29500, SpreadsheetML), and what
LibreOffice, WPS and Google make of it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from lxml import etree

from pipeline.errors import InputError
from pipeline.office.ooxml import Package, open_package, unwritable

LARGEST_SHEET = 50 * 2**20  # bytes unpacked; 1,000 reviewed segments take one
PLACE = re.compile("([A-Z]{1,3})([0-9]{1,7})")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how SpreadsheetML writes a character that XML cannot hold
DECIMAL = re.compile(r"(?P<thousands>#,##)?0(?:\.(?P<places>0+))?(?P<percent>%?)")
FORMATS = {0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 49: "@"}
REMADE = "The spreadsheet has made a number or a date of what was typed. Set the cell to text and type it again."
# Google writes who said it under a note, and a line between the answers.
SIGNED = re.compile(r"(?P<text>.*?)\n\t-(?P<by>[^\n]+)(?:\n----\n|\n|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says, and why that is not what was typed, "" where it is.

    `is_remade`: it is a number or a truth value by now and may have been typed otherwise (007, +86, true).
    """

    text: str
    problem: str = ""
    is_remade: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody said at a cell."""

    row: int
    column: int
    text: str
    by: str = ""
    at: str | None = None  # ISO 8601 as the program wrote it


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: row number → column number → cell, both from 1 on, without the empty ones; and its notes."""

    name: str
    rows: Mapping[int, Mapping[int, Cell]]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook as far as it is read; `properties` are the custom ones."""

    sheets: tuple[Sheet, ...]
    properties: Mapping[str, str]
    saved_by: str = ""
    has_macros: bool = False


def read_book(content: bytes, name: str) -> Book:
    """All sheets of a workbook, hidden ones too. Raises InputError for what is none, is damaged or too large."""
    if not content.startswith(b"PK"):
        raise InputError(name, "this is no Excel workbook (.xlsx). Save it as .xlsx, without a password.")
    package = open_package(content, name)
    part = package.related("", "officeDocument") or "xl/workbook.xml"
    root = package.tree(part)
    if root is None or _local(root) != "workbook":
        raise InputError(name, "this is a packed file, but no Excel workbook. Save it as .xlsx.")
    related = _related(package, part)
    strings = _shared_strings(package, related)
    formats = _formats(package, related)
    targets = {key: target for key, _, target in related}
    sheets = [
        _sheet(package, one.get("name") or "", target, strings, formats)
        for one in _all(root, "sheet")
        for target in [targets.get(_attribute(one, "id"), "")]
        if target in package.parts and "worksheet" in target
    ]
    return Book(
        tuple(sheets),
        _properties(package),
        _text_of(package, "core-properties", "docProps/core.xml", "lastModifiedBy"),
        any(entry.endswith("vbaProject.bin") for entry in package.parts),
    )


def decoded(text: str) -> str:
    """A text as it was before `ooxml.writable`, and before what other programs do: `_x001B_` is one character."""
    return unwritable(ESCAPED.sub(lambda match: chr(int(match[1], 16)), text))


# --- the package ----------------------------------------------------------------------------------------------------


def _related(package: Package, part: str) -> list[tuple[str, str, str]]:
    """The relationships of a part that stay in the package: id, kind, part."""
    folder, file = posixpath.split(part)
    root = package.tree(posixpath.join(folder, "_rels", f"{file}.rels"))
    return [
        (
            one.get("Id") or "",
            (one.get("Type") or "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, one.get("Target") or "")).lstrip("/"),
        )
        for one in (root if root is not None else ())
        if one.get("TargetMode") != "External"
    ]


def _part(related: list[tuple[str, str, str]], kind: str) -> str:
    return next((target for _, found, target in related if found.lower() == kind.lower()), "")


def _shared_strings(package: Package, related: list[tuple[str, str, str]]) -> list[str]:
    root = package.tree(_part(related, "sharedStrings"))
    return [_rich_text(one) for one in root if _local(one) == "si"] if root is not None else []


def _formats(package: Package, related: list[tuple[str, str, str]]) -> list[str]:
    """How the numbers of each cell style are shown, "" where that depends on more than the workbook."""
    root = package.tree(_part(related, "styles"))
    if root is None:
        return []
    codes = dict(FORMATS)
    for one in _all(root, "numFmt"):
        codes[_number(one.get("numFmtId"))] = (one.get("formatCode") or "").replace("\\", "").replace('"', "")
    styles = next((one for one in root if _local(one) == "cellXfs"), ())
    return [codes.get(_number(one.get("numFmtId")), "") for one in styles if _local(one) == "xf"]


def _properties(package: Package) -> dict[str, str]:
    root = package.tree(package.related("", "custom-properties") or "docProps/custom.xml")
    found = _all(root, "property") if root is not None else ()
    return {one.get("name") or "": decoded("".join(map(str, one.itertext()))).strip() for one in found}


def _text_of(package: Package, kind: str, part: str, name: str) -> str:
    root = package.tree(package.related("", kind) or part)
    found = next(_all(root, name), None) if root is not None else None
    return (found.text or "").strip() if found is not None else ""


# --- a sheet --------------------------------------------------------------------------------------------------------


def _sheet(package: Package, name: str, part: str, strings: list[str], formats: list[str]) -> Sheet:
    size = package.parts[part].file_size
    if size > LARGEST_SHEET:
        raise InputError(package.name, f"the sheet “{name}” unpacks to {size / 2**20:,.0f} MB. It was not read.")
    root = package.tree(part)
    rows: dict[int, dict[int, Cell]] = {}
    row = column = 0
    for one in _all(root, "row", "c") if root is not None else ():
        if _local(one) == "row":
            row, column = _number(one.get("r")) or row + 1, 0
            continue
        match = PLACE.fullmatch(one.get("r") or "")
        column = _column(match[1]) if match else column + 1  # some programs leave the places out
        row = int(match[2]) if match else row
        cell = _cell(one, strings, formats)
        if cell.text or cell.problem:
            rows.setdefault(row, {})[column] = cell
    return Sheet(name, rows, tuple(_notes(package, part)))


def _cell(element: etree._Element, strings: list[str], formats: list[str]) -> Cell:
    parts = {_local(one): one for one in element}
    value = (parts["v"].text or "") if "v" in parts else ""
    kind = element.get("t") or "n"
    if "f" in parts:
        return Cell("=" + (parts["f"].text or value), "The cell holds a formula. Type it as text.")
    if kind == "inlineStr":
        return Cell(_rich_text(parts["is"]) if "is" in parts else "")
    if kind == "s":
        number = _number(value, -1)
        is_known = 0 <= number < len(strings)
        return Cell(strings[number]) if is_known else Cell(value, "The text of the cell is not in the workbook.")
    if kind == "str":
        return Cell(decoded(value))
    if not value:
        return Cell("")
    if kind == "b":
        return Cell("TRUE" if value in ("1", "true") else "FALSE", is_remade=True)
    if kind == "e":
        return Cell(value, "The cell holds an error of the spreadsheet. Type the text again.")
    style = _number(element.get("s"), -1)
    return _shown(value, formats[style] if 0 <= style < len(formats) else "General" if kind == "n" else "")


def _shown(value: str, code: str) -> Cell:
    """A number as it is shown. Dates, currencies and the like look different everywhere: what was typed is lost."""
    decimal = DECIMAL.fullmatch(code)
    try:
        number = Decimal(value)
        if code in ("General", "@"):
            number = Decimal(repr(float(value))).normalize()
            return Cell(f"{number:f}" if -7 < number.adjusted() < 15 else str(number), is_remade=True)
        if decimal:
            number = number * 100 if decimal["percent"] else number
            number = number.quantize(Decimal(1).scaleb(-len(decimal["places"] or "")), ROUND_HALF_UP)
            shown = f"{number:{',' if decimal['thousands'] else ''}f}{decimal['percent']}"
            return Cell(shown, is_remade=True)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    return Cell(value, REMADE)


def _rich_text(element: etree._Element) -> str:
    """The text of a string or of its runs; readings above the letters (`rPh`) are not part of it."""
    pieces = []
    for one in element:
        if _local(one) == "t":
            pieces.append(one.text or "")
        elif _local(one) == "r":
            pieces += [text.text or "" for text in one if _local(text) == "t"]
    return decoded("".join(pieces))


# --- notes ----------------------------------------------------------------------------------------------------------


def _notes(package: Package, part: str) -> Iterator[Note]:
    """The notes of a sheet, and the comments with answers of newer Excels, which leave a notice among the notes."""
    related = _related(package, part)
    people = _people(package)
    threads = package.tree(_part(related, "threadedComment"))
    said = {}
    for one in _all(threads, "threadedComment") if threads is not None else ():
        text = next(("".join(map(str, piece.itertext())) for piece in one if _local(piece) == "text"), "")
        match = PLACE.fullmatch(one.get("ref") or "")
        if match and text.strip():
            said[match[0]] = True
            at, by = one.get("dT"), people.get(one.get("personId") or "", "")
            yield Note(int(match[2]), _column(match[1]), text.strip(), by, at)
    root = package.tree(_part(related, "comments"))
    authors = [one.text or "" for one in _all(root, "author")] if root is not None else []
    for one in _all(root, "comment") if root is not None else ():
        match = PLACE.fullmatch(one.get("ref") or "")
        number = _number(one.get("authorId"), -1)
        author = authors[number] if 0 <= number < len(authors) else ""
        text = "".join(_rich_text(piece) for piece in one if _local(piece) == "text")
        if match and not (match[0] in said and author.startswith("tc=")):
            yield from _signed(int(match[2]), _column(match[1]), text, "" if author.startswith("tc=") else author)


def _signed(row: int, column: int, text: str, author: str) -> Iterator[Note]:
    """A note without the name that the programs write into its text."""
    text = text.replace("\r\n", "\n").strip()
    signed = list(SIGNED.finditer(text))
    if signed and signed[-1].end() == len(text):
        yield from (Note(row, column, one["text"].strip(), one["by"].strip()) for one in signed if one["text"].strip())
        return
    if author and text.startswith(f"{author}:"):
        text = text[len(author) + 1 :].strip()
    if text:
        yield Note(row, column, text, author)


def _people(package: Package) -> dict[str, str]:
    parts = [part for part in package.parts if re.fullmatch(r"xl/persons/[^/]+\.xml", part)]
    trees = [tree for tree in map(package.tree, sorted(parts)) if tree is not None]
    return {one.get("id") or "": one.get("displayName") or "" for tree in trees for one in _all(tree, "person")}


# --- elements -------------------------------------------------------------------------------------------------------


def _local(element: etree._Element) -> str:
    """The name of an element without its namespace, "" for a processing instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    return element.iter(*(f"{{*}}{name}" for name in names))


def _attribute(element: etree._Element, name: str) -> str:
    """The value of an attribute whose namespace depends on the flavour."""
    found = (str(value) for key, value in element.attrib.items() if str(key).endswith(f"}}{name}"))
    return next(found, "")


def _column(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _number(text: str | None, default: int = 0) -> int:
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else default
