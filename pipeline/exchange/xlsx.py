"""Excel workbooks: every sheet with headings is read, row by row; written is one sheet of text cells.

Nothing is computed: a formula is refused where a term should stand. What the file says of its own size is checked
before anything of it is unpacked.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

from pipeline.cells import OWN_COLUMNS, offers, own_cells
from pipeline.columns import Layout, header_layout, headless_layout, settle
from pipeline.entries import KINDS, STATUSES
from pipeline.errors import GlossaryError, InputError
from pipeline.incoming import Offer, Outgoing, Reading, Refusal, Remark
from pipeline.terms import Term

MOST_UNPACKED = 400_000_000  # bytes; 100,000 terms take 80 million
MOST_COLUMNS = 100
SAMPLE = 200  # rows in which headings and languages are found
HEADINGS = 10  # rows in which the headings may stand, below a title
MOST_MERGED = 10_000
BAND = 100_000  # bytes that are searched at once
DAMAGED = (
    *(zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError),
    *(SyntaxError, EOFError, OSError, zipfile.LargeZipFile, NotImplementedError, RuntimeError),
)  # what openpyxl raises for a file that is not as it should be; SyntaxError is that of its XML parsers
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z]{1,3})([0-9]{1,7}):[A-Z]+([0-9]{1,7})"')
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold
OOXML = re.compile("_x([0-9A-Fa-f]{4})_")  # how Excel writes a character that XML cannot hold
WIDTHS = {"ko-CN": 30, "note": 40, "evidence": 40, "zh-Hans": 30, "en": 40}
MADE = b"2000-01-01T00:00:00Z"  # the same terms give the same bytes
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a ZIP archive


# --- reading --------------------------------------------------------------------------------------------------------


def read(path: Path, target: str | None = None) -> Reading:
    """The rows of every visible sheet. Raises InputError for what is no workbook, is damaged, or unpacks too large."""
    _check_archive(path)
    return Reading("Excel workbook", _guarded(path, target))


def _guarded(path: Path, target: str | None) -> Iterator[Offer]:
    try:
        yield from _sheets(path, target)
    except InputError:
        raise
    except DAMAGED as error:
        problem = (
            f"the workbook is damaged ({type(error).__name__}: {error}). Open it, save it again and try once more."
        )
        raise InputError(path.name, problem) from error


def _check_archive(path: Path) -> None:
    """InputError unless this is a workbook that can be unpacked safely."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if "xl/workbook.xml" not in names:
                raise InputError(path.name, f"this is {_archive_kind(names)}, not an Excel workbook. Save it as .xlsx.")
            unpacked = sum(member.file_size for member in members)
            if unpacked > MOST_UNPACKED:
                problem = f"it unpacks to {unpacked:,} bytes, and {MOST_UNPACKED:,} are allowed. Save it as CSV."
                raise InputError(path.name, problem)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as part:
                        if b"<!DOCTYPE" in part.read(BAND).replace(b"\0", b""):
                            raise InputError(
                                path.name, f"{member.filename} in it has a DOCTYPE, which Excel never writes."
                            )
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise InputError(path.name, f"the workbook is damaged ({error}). Open it and save it again.") from error


def _archive_kind(names: set[str]) -> str:
    kinds = {
        "word/document.xml": "a Word document",
        "ppt/presentation.xml": "a presentation",
        "xl/workbook.bin": "a binary workbook (.xlsb)",
        "content.xml": "an OpenDocument file",
    }
    return next((kind for name, kind in kinds.items() if name in names), "a ZIP archive")


def _sheets(path: Path, target: str | None) -> Iterator[Offer]:
    with path.open("rb") as file:  # openpyxl judges a path by its ending
        workbook = load_workbook(file, read_only=True, keep_links=False)
        is_read = False
        sheets = [sheet for sheet in workbook.worksheets if isinstance(sheet, ReadOnlyWorksheet)]
        for sheet in sheets:
            table = _Sheet(sheet, path.name)
            if sheet.sheet_state != "visible":
                yield Remark(f"the hidden sheet “{sheet.title}” was not read")
            elif not table.find_layout(target, is_only=len(sheets) == 1):
                yield Remark(f"the sheet “{sheet.title}” has no headings for Korean and a rendering, and was not read")
            else:
                is_read = True
                yield from map(Remark, table.layout.said)
                yield from table.offers()
    if not is_read:
        raise InputError(
            path.name, "no sheet has headings for Korean and a rendering. Write ko, zh, en in its first row."
        )


class _Sheet:
    """One sheet of a workbook."""

    def __init__(self, sheet: ReadOnlyWorksheet, file: str) -> None:
        sheet.reset_dimensions()  # many programs write wrong ones
        self._sheet, self._file = sheet, file
        self._merged = _merged_cells(sheet)
        self._header_row = 0
        self.layout = Layout(())

    def find_layout(self, target: str | None, *, is_only: bool) -> bool:
        """Find the headings, at most HEADINGS rows down; a workbook of one sheet may do without. False: no terms."""
        rows = [(number, [cell.text for cell in cells]) for number, cells in islice(self._rows(), SAMPLE)]
        for position, (number, texts) in enumerate(rows[:HEADINGS]):
            layout = header_layout(texts)
            if layout:
                self._header_row = number
                self.layout = settle(layout, [row for _, row in rows[position + 1 :]], target, self._file)
                return True
        if rows and is_only:
            sample = [row for _, row in rows]
            self.layout = settle(headless_layout(sample, has_comments=False), sample, target, self._file)
        return bool(self.layout.columns)

    def offers(self) -> Iterator[Offer]:
        """What the rows below the headings offer."""
        for number, cells in self._rows():
            if number <= self._header_row:
                continue
            place = f"{self._file}, sheet {self._sheet.title}, row {number}"
            wrong = [cell for cell, column in zip(cells, self.layout.columns, strict=False) if column and cell.problem]
            if wrong:
                yield Refusal(place, wrong[0].problem)
            else:
                yield from offers(self.layout, [cell.text for cell in cells], self._file, number, place)

    def _rows(self) -> Iterator[tuple[int, list[_Cell]]]:
        """The rows that are not empty, with their numbers; a cell merged with one above has what that one has."""
        above: dict[int, _Cell] = {}
        rows: Iterable[Sequence[ReadOnlyCell | EmptyCell]]
        rows = self._sheet.iter_rows(max_col=MOST_COLUMNS)  # type: ignore[misc, assignment]  # stubs of another sheet
        empty: Sequence[ReadOnlyCell | EmptyCell] = ()
        for number, row in enumerate(rows, 1):
            if row is empty:  # openpyxl gives the same one for all the rows that the file does not have
                continue
            cells = [_cell(cell) for cell in row]
            if not any(cell.text or cell.problem for cell in cells):
                empty = row
                continue
            for column, first, last in self._merged:
                if number == first and column < len(cells):
                    above[column] = cells[column]
                elif first < number <= last and column in above and column < len(cells):
                    cells[column] = above[column]
            while cells and not (cells[-1].text or cells[-1].problem):
                cells.pop()
            yield number, cells


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell as text, and why it cannot be used."""

    text: str = ""
    problem: str = ""


EMPTY = _Cell()


def _cell(cell: ReadOnlyCell | EmptyCell) -> _Cell:
    """A cell as text: 12.0 is 12, a date is 2022-10-16, TRUE is true. Formulas and errors cannot be used."""
    value = cell.value
    if value is None or isinstance(cell, EmptyCell):
        return EMPTY
    if cell.data_type in ("f", "e"):
        what = "holds a formula" if cell.data_type == "f" else f"holds the error {value}"
        place = f"{get_column_letter(cell.column)}{cell.row}"
        return _Cell(problem=f"the cell {place} {what}. Put its value there as text.")
    if isinstance(value, str):
        return _Cell(OOXML.sub(lambda match: chr(int(match[1], 16)), value))
    if isinstance(value, bool):
        return _Cell(str(value).lower())
    if isinstance(value, float) and value.is_integer():
        return _Cell(str(int(value)))
    return _Cell(value.date().isoformat() if isinstance(value, datetime) else str(value))


def _merged_cells(sheet: ReadOnlyWorksheet) -> list[tuple[int, int, int]]:
    """Cells merged over several rows: column (0-based), first and last row (1-based).

    openpyxl gives them only when the whole sheet is kept in memory, so they are looked for in its XML.
    """
    found: list[tuple[int, int, int]] = []
    with sheet._get_source() as source:  # type: ignore[attr-defined]
        before = b""
        while band := source.read(BAND):
            band = before + band
            end = 0
            for match in MERGED.finditer(band):
                end = match.end()
                first, last = int(match[2]), int(match[3])
                if last > first and len(found) < MOST_MERGED:
                    found.append((column_index_from_string(match[1].decode()) - 1, first, last))
            before = band[max(end, len(band) - 200) :]
    return sorted(found)


# --- writing --------------------------------------------------------------------------------------------------------


def write(terms: Sequence[Term], variety: str = "xlsx", target: str | None = None) -> Outgoing:
    """The terms as a workbook with one sheet of text cells; kinds and states are chosen from a list there.

    `variety` and `target` say nothing here. Raises GlossaryError for a character that a workbook cannot hold.
    """
    rows = [own_cells(term) for term in terms]
    problems = [
        f"{term.file}, line {term.line}: {term.ko[0]} has a character that Excel cannot hold. Remove it."
        for term, row in zip(terms, rows, strict=True)
        if any(UNWRITABLE.search(cell) for cell in row)
    ]
    if problems:  # before the workbook is begun, which cannot be given up without a complaint of its own
        raise GlossaryError(problems)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Glossary")
    sheet.freeze_panes = "C2"
    for number, heading in enumerate(OWN_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(heading, 14)
    for heading, choices in (("kind", KINDS), ("status", STATUSES)):
        letter = get_column_letter([*OWN_COLUMNS].index(heading) + 1)
        validation = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        validation.add(f"{letter}2:{letter}{len(terms) + 1001}")
        sheet.data_validations.append(validation)
    sheet.append([_text_cell(sheet, heading, is_heading=True) for heading in OWN_COLUMNS])
    for row in rows:
        sheet.append([_text_cell(sheet, cell) if cell else None for cell in row])
    stream = io.BytesIO()
    workbook.save(stream)
    return Outgoing(_timeless(stream))


def _text_cell(sheet: WriteOnlyWorksheet, text: str, *, is_heading: bool = False) -> Cell:
    """A cell that stays text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, OOXML.sub(r"_x005F_x\1_", text))
    cell.data_type = "s"
    cell.number_format = "@"
    if is_heading:
        cell.font = Font(bold=True)
    elif "\n" in text:
        cell.alignment = Alignment(wrap_text=True)
    return cell


def _timeless(stream: IO[bytes]) -> bytes:
    """The workbook without the time at which it was made."""
    result = io.BytesIO()
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in made.infolist():
            content = made.read(member)
            if member.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + MADE, content)
            archive.writestr(zipfile.ZipInfo(member.filename, EARLIEST), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()
