"""Tables as text: CSV and TSV with our columns, glossaries of DeepL and OmegaT, and what others make of these.

A file is read row by row, whatever its size; encoding, separator and headings are found from its first rows. A cell
that a spreadsheet program would take for a formula is written with an apostrophe before it, as OWASP advises, and read
without.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TextIO

from pipeline.cells import OWN_COLUMNS, offers, own_cells
from pipeline.columns import Layout, header_layout, headless_layout, settle
from pipeline.decode import NOT_TEXT, decode
from pipeline.errors import InputError, SettingsError
from pipeline.incoming import Offer, Outgoing, Reading, Refusal, Remark
from pipeline.languages import TARGETS
from pipeline.terms import Term

HEAD = 1_000_000  # bytes in which the encoding is found
SAMPLE = 200  # rows in which separator, headings and languages are found
LONGEST = 100_000  # characters of one row; a row of terms has a few hundred
MOST_LINES = 40  # that one row may go over; beyond that a quotation mark is missing
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars"}
FORMULA = re.compile("'*[=+\\-@\t\r＝＋－＠]")  # the full-width signs too: Excel of East Asia takes them for the others
NAMED_SEPARATOR = re.compile("sep=(.)[\r\n]*", re.IGNORECASE)  # Excel's own first line
BROKEN = re.compile("[\udc80-\udcff]")  # bytes that do not fit the encoding
LONGEST_FOR_DEEPL = 1024  # bytes of UTF-8

UNREADABLE = "this is not a table of text. Save it as CSV (UTF-8) or as XLSX."


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it stands in the file, beginning on a line; `problem` says why it cannot be divided into cells."""

    line: int
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """How a file is to be read. `quoted`: quotation marks enclose a cell; OmegaT and other tab files know none."""

    encoding: str
    separator: str
    quoted: bool
    layout: Layout
    header_line: int = 0

    def cells(self, record: Record) -> list[str]:
        """The cells of a row. Raises csv.Error."""
        return _cells(record.text, self.separator, quoted=self.quoted)


# --- reading --------------------------------------------------------------------------------------------------------


def read(path: Path, target: str | None = None) -> Reading:
    """A table of terms. Raises InputError where it is no text, or where no column can be told to be Korean."""
    table = _table(path, target)
    title = f"table, {SEPARATORS[table.separator]}, {table.encoding.upper()}"
    return Reading(title, _offers(path, table), _row_estimate(path))


def _row_estimate(path: Path) -> int:
    """About how many lines the file has, from its first ones."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return path.stat().st_size * head.count(b"\n") // len(head)


def _offers(path: Path, table: Table) -> Iterator[Offer]:
    yield from map(Remark, table.layout.said)
    has_comments = not table.layout.has_header and table.separator == "\t"
    with _opened(path, table.encoding) as stream:
        for record in _records(_lines(stream, path.name), table.separator if table.quoted else ""):
            if record.line <= table.header_line or (has_comments and record.text.startswith("#")):
                continue
            place = f"{path.name}, line {record.line}"
            problem = record.problem or _problem(record, table)
            cells = [] if problem else [_without_apostrophe(cell) for cell in table.cells(record)]
            if problem:
                yield Refusal(place, problem)
            elif any(map(str.strip, cells)):
                yield from offers(table.layout, cells, path.name, record.line, place)


def _problem(record: Record, table: Table) -> str:
    """Why a row cannot be divided into cells, "" when it can."""
    if BROKEN.search(record.text):
        return f"there are bytes that do not fit {table.encoding.upper()}. Write the row anew."
    if "\0" in record.text:
        return "there is a NUL byte. Write the row anew."
    try:
        table.cells(record)
    except csv.Error as error:
        return f"the row cannot be divided into cells ({error}). Check its quotation marks."
    return ""


def _table(path: Path, target: str | None) -> Table:
    """How the file is to be read, found from its first rows."""
    encoding = _encoding(path)
    with _opened(path, encoding) as stream:
        lines = list(islice(_lines(stream, path.name), SAMPLE * 2))
    named = NAMED_SEPARATOR.fullmatch(lines[0].text) if lines else None
    lines = lines[1:] if named else lines
    tables = [
        (_score(rows, layout), Table(encoding, separator, True, layout or Layout(()), line), rows)
        for separator in ([named[1]] if named and named[1] in SEPARATORS else SEPARATORS)
        for rows, layout, line in [_sample(lines, separator)]
    ]
    _, table, rows = max(tables, key=lambda found: found[0])
    if not rows:
        raise InputError(path.name, "there is no row of terms in it. Put one term a row.")
    if not table.layout.columns:  # no headings; and tab files without headings know no quotation marks
        table = replace(table, quoted=table.separator != "\t", header_line=1 if named else 0)
        rows = [table.cells(line) for line in lines if not line.problem and not line.text.startswith("#")]
        has_comments = table.separator == "\t" and path.suffix.lower() != ".tsv"
        table = replace(table, layout=headless_layout(rows[:SAMPLE], has_comments=has_comments))
    return replace(table, layout=settle(table.layout, rows, target, path.name))


def _sample(lines: Sequence[Record], separator: str) -> tuple[list[list[str]], Layout | None, int]:
    """The first rows divided by a separator, the layout that the headings describe, and the line of these."""
    rows: list[list[str]] = []
    layout: Layout | None = None
    header_line = 0
    for record in islice(_records(lines, separator), SAMPLE):
        if record.problem or not record.text.strip() or (record.text.startswith("#") and not layout):
            continue
        try:
            cells = _cells(record.text, separator, quoted=True)
        except csv.Error:
            continue
        if not rows and not layout and (layout := header_layout(cells)):
            header_line = record.line
        else:
            rows.append(cells)
    return rows or ([[]] if layout else []), layout, header_line


def _score(rows: Sequence[Sequence[str]], layout: Layout | None) -> tuple[bool, float]:
    """How well a separator divides the rows: headings that mean something, then how many rows have the same width."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    common = widths.most_common(1)
    return layout is not None, common[0][1] / len(rows) if common else 0.0


def _cells(text: str, separator: str, *, quoted: bool) -> list[str]:
    if not quoted:
        return text.rstrip("\r\n").split(separator)
    return next(csv.reader([text], delimiter=separator), [])


def _without_apostrophe(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


# --- lines and rows of a file ---------------------------------------------------------------------------------------


def _opened(path: Path, encoding: str) -> TextIO:
    is_wide = encoding.startswith(("utf-16", "utf-32"))
    return path.open(encoding=encoding, errors="strict" if is_wide else "surrogateescape", newline="")


def _encoding(path: Path) -> str:
    """The encoding of the file, from its first lines. Raises InputError as `decode` does.

    A broken byte spoils its own row only: the encoding is then found from the lines before it.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
        if file.read(1):
            head = _whole_lines(head)
    while True:
        try:
            return decode(head, path.name)[1]
        except InputError as error:
            if error.problem == NOT_TEXT:
                raise InputError(path.name, UNREADABLE) from error
            before = b"".join(head.splitlines(keepends=True)[: (error.line or 1) - 1])
            if not before:
                raise
            head = before


def _whole_lines(head: bytes) -> bytes:
    """The bytes up to the last line end, which in UTF-16 takes two."""
    wide = [end for order in ("utf-16-le", "utf-16-be") if (end := head.rfind("\n".encode(order))) >= 0]
    if b"\0" in head and wide:
        end = max(wide)
        return head[: end + 2 - end % 2]
    return head[: head.rfind(b"\n") + 1] or head


def _lines(stream: TextIO, name: str) -> Iterator[Record]:
    """The lines of a file, each with its line end; of one that is too long only the beginning is kept."""
    number = 0
    try:
        while text := stream.readline(LONGEST):
            number += 1
            problem = ""
            if len(text) == LONGEST and not text.endswith(("\n", "\r")):
                problem = f"the row has more than {LONGEST:,} characters. Is a line end or a quotation mark missing?"
                while (rest := stream.readline(LONGEST)) and not rest.endswith(("\n", "\r")):
                    pass
            yield Record(number, text[:100] if problem else text, problem)
    except UnicodeDecodeError as error:
        problem = f"what follows does not fit {error.encoding.upper()}. Save the file as UTF-8 and import it again."
        raise InputError(name, problem, number + 1) from error


def _records(lines: Iterable[Record], separator: str) -> Iterator[Record]:
    """The rows of the file: lines, joined where a cell in quotation marks goes over several; "" joins none.

    A quotation mark that is not closed within MOST_LINES spoils its own line only.
    """
    waiting: deque[Record] = deque()
    source = iter(lines)
    while (first := waiting.popleft() if waiting else next(source, None)) is not None:
        text, used = first.text, 1
        while separator and not first.problem and _is_open(text, separator):
            if used > len(waiting) and (following := next(source, None)) is not None:
                waiting.append(following)
            if used > len(waiting) or used >= MOST_LINES or len(text) > LONGEST:
                problem = "a quotation mark opens a cell here and is not closed. Close it, or write it twice."
                first, text, used = replace(first, problem=problem), first.text, 1
                break
            text += waiting[used - 1].text
            used += 1
        for _ in range(used - 1):
            waiting.popleft()
        yield replace(first, text=text)


def _is_open(text: str, separator: str) -> bool:
    """Whether a cell in quotation marks goes on after the end of the text."""
    if '"' not in text:
        return False
    cells = re.finditer(rf'(?:^|{re.escape(separator)})"(?:[^"]|"")*("?)', text)
    return any(not cell[1] for cell in cells)


# --- writing --------------------------------------------------------------------------------------------------------


def write(terms: Sequence[Term], variety: str, target: str | None = None) -> Outgoing:
    """The terms as a table: `csv` and `tsv` with all our columns, `deepl` and `omegat` with one language.

    CSV begins with a byte order mark, without which Excel takes it for another encoding. Raises SettingsError where
    `deepl` or `omegat` is not told its language.
    """
    if variety in ("csv", "tsv"):
        rows = [[*OWN_COLUMNS], *map(own_cells, terms)]
        separator = "," if variety == "csv" else "\t"
        text = _text(([_with_apostrophe(cell) for cell in row] for row in rows), separator)
        return Outgoing(text.encode("utf-8-sig" if variety == "csv" else "utf-8"))
    if target is None:
        raise SettingsError(f"A glossary for {variety} has one target language. Name it: {' or '.join(TARGETS)}.")
    remarks: Counter[str] = Counter()
    entries = [entry for term in terms for entry in _entries(term, target, variety, remarks)]
    known: set[str] = set()
    rows = [row for row in entries if not (row[0] in known or known.add(row[0]))]  # type: ignore[func-returns-value]
    remarks["spellings that stand twice, the later left out"] += len(entries) - len(rows)
    formulas = sum(FORMULA.match(cell) is not None for row in rows for cell in row[:2])
    remarks["texts that a spreadsheet program would take for formulas"] += formulas
    content = _text(rows, ",") if variety == "deepl" else "".join("\t".join(row) + "\n" for row in rows)
    return Outgoing(content.encode(), tuple(f"{what}: {number}" for what, number in remarks.items() if number))


def _entries(term: Term, target: str, variety: str, remarks: Counter[str]) -> Iterator[list[str]]:
    """The rows of one term, one a spelling; what they cannot hold is counted."""
    renderings = term.renderings(target)
    if term.status == "deprecated":
        remarks["retired terms, left out"] += 1
    elif renderings:
        admitted, forbidden = renderings.admitted, renderings.forbidden
        others = [f"also: {', '.join(admitted)}"] if admitted else []
        others += [f"never: {', '.join(forbidden)}"] if forbidden else []
        comment = "; ".join([term.note, *others] if term.note else others)
        if variety == "deepl":
            remarks["renderings that are only admitted, left out"] += len(admitted)
            remarks["renderings that are forbidden, left out"] += len(forbidden)
        for spelling in term.ko:
            texts = (spelling, renderings.preferred)
            if variety == "deepl" and max(len(text.encode()) for text in texts) > LONGEST_FOR_DEEPL:
                remarks["spellings too long for DeepL, left out"] += 1
            elif variety == "omegat" and spelling.startswith("#"):
                remarks["spellings that begin with #, a comment for OmegaT, left out"] += 1
            else:
                row = [*texts, comment] if variety == "omegat" and comment else [*texts]
                yield [re.sub(r"[\t\r\n]+", " ", text) for text in row]


def _with_apostrophe(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def _text(rows: Iterable[Sequence[str]], separator: str) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator="\r\n" if separator == "," else "\n").writerows(rows)
    return stream.getvalue()
