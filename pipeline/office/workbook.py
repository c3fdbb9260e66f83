"""Excel workbooks as they are written: text in the fonts of its language, coloured stretches, the package."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from math import ceil

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Color, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.languages import SOURCE, TARGETS
from pipeline.office.ooxml import writable, write_package

LONGEST = 32_767  # UTF-16 units in a cell
FONTS = {"ko": "Malgun Gothic", "zh": "Microsoft YaHei", "en": "Calibri"}
SIZE, SMALL = 11, 9  # points
LINE = 16.5  # points, of a line of text in SIZE
TALLEST = 409.0  # points, of a row
GREY, LINES = "FF8C8C8C", "FFD9D9D9"
GROUND = {
    "heading": "FFE8ECF1", "locked": "FFF6F6F6", "stale": "FFFFE3C2", "approved": "FFE3F3E3", "error": "FFFDE7E5",
}  # fmt: skip
GROUNDS = ("stale", "approved", "error")  # that a translation may have: `zh stale`
MADE = b"2000-01-01T00:00:00Z"  # the same content gives the same bytes

Spot = tuple[int, int, str]  # start, end, colour


def new_workbook() -> Workbook:
    """A workbook with one sheet and a style for each kind of cell; all of them hold text."""
    workbook = Workbook()
    for name, lang, is_locked, ground in _kinds():
        for is_first in (False, True):
            workbook.add_named_style(_style(name, lang, ground, is_locked=is_locked, is_first=is_first))
    return workbook


def _style(name: str, lang: str, ground: str, *, is_locked: bool, is_first: bool) -> NamedStyle:
    thin, above = Side(style="thin", color=LINES), Side(style="medium", color=GREY)
    is_heading = name == "heading"
    style = NamedStyle(name=_named(name, is_first=is_first), number_format="@")
    style.font = Font(name=FONTS[lang], size=SMALL if name == "small" else SIZE, bold=is_heading)
    style.alignment = Alignment(
        wrap_text=True,
        vertical="center" if is_heading else "top",
        horizontal="center" if is_heading or name == "tick" else None,
    )
    style.protection = Protection(locked=is_locked)
    style.border = Border(left=thin, right=thin, top=above if is_first else thin, bottom=thin)
    if ground:
        style.fill = PatternFill("solid", fgColor=GROUND[ground])
    return style


def _named(kind: str, *, is_first: bool) -> str:
    return f"{kind}, first" if is_first else kind


def _kinds() -> Iterator[tuple[str, str, bool, str]]:
    """Every kind of cell: its name, the language of its font, whether it is locked, its ground."""
    ko = SOURCE.code
    yield from (("heading", ko, True, "heading"), ("small", ko, True, "locked"), (ko, ko, True, "locked"))
    yield from (("free", ko, False, ""), ("tick", ko, False, ""))
    for lang in TARGETS:
        yield lang, lang, False, ""
        yield from ((f"{lang} {ground}", lang, False, ground) for ground in GROUNDS)


def put(
    sheet: Worksheet, row: int, column: int, text: str | CellRichText, kind: str, *, is_first: bool = False
) -> None:
    """Put a text, `writable` or coloured, into a cell; it stays text whatever it begins with. A line over the first."""
    cell = sheet.cell(row, column)
    cell.style = _named(kind, is_first=is_first)
    if text:
        cell.value = text
        cell.data_type = "s"  # also what begins with =


def coloured(text: str, spots: Iterable[Spot], lang: str, *, is_bold: bool = False) -> str | CellRichText:
    """A text with coloured stretches; of two that overlap the first counts, and one outside the text is left out."""
    pieces: list[TextBlock] = []
    end = 0
    for start, stop, colour in sorted({spot for spot in spots if 0 <= spot[0] < spot[1] <= len(text)}):
        if start >= end:
            pieces += [
                run(text[end:start], lang, is_bold=is_bold),
                run(text[start:stop], lang, colour, is_bold=is_bold),
            ]
            end = stop
    if not pieces and not is_bold:
        return writable(text)
    rest = run(text[end:], lang, is_bold=is_bold)
    return CellRichText(*(piece for piece in (*pieces, rest) if piece.text))


def run(text: str, lang: str, colour: str = "FF000000", *, size: float = SIZE, is_bold: bool = False) -> TextBlock:
    """A stretch of text in the font of its language; size in points."""
    return TextBlock(_font(lang, colour, size, is_bold), writable(text))


@cache
def _font(lang: str, colour: str, size: float, is_bold: bool) -> InlineFont:
    return InlineFont(rFont=FONTS[lang], sz=size, b=is_bold or None, color=Color(colour))


def fit_height(sheet: Worksheet, row: int, cells: Sequence[tuple[str, float]], size: float = SIZE) -> None:
    """Make a row as tall as its texts, (text, width of the column), need by estimate; not every program does it."""
    lines = max((_lines(text, width * SIZE / size) for text, width in cells), default=1)
    sheet.row_dimensions[row].height = min(TALLEST, LINE * size / SIZE * lines + 4)


def _lines(text: str, width: float) -> int:
    wide = [sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line) for line in text.split("\n")]
    return sum(max(1, ceil(units / width)) for units in wide)


def protect(sheet: Worksheet) -> None:
    """Lock the locked cells, without a password; what does not change them stays allowed."""
    sheet.protection.sheet = True
    for allowed in ("formatCells", "formatColumns", "formatRows", "sort", "autoFilter", "objects", "scenarios"):
        setattr(sheet.protection, allowed, False)  # False: not protected


def for_paper(sheet: Worksheet) -> None:
    """A4 across, as wide as the table, the headings on every page."""
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = sheet.page_margins.top = sheet.page_margins.bottom = 0.4


def packed(workbook: Workbook) -> bytes:
    """The workbook without the time at which it was made, and with row heights that programs may change."""
    stream = io.BytesIO()
    workbook.save(stream)
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    parts[core] = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + MADE, parts[core])
    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        parts[name] = re.sub(rb'(<row [^>]*?) customHeight="1"', rb"\g<1>", parts[name])
    return write_package(parts)
