"""The review table as an Excel workbook: written for people to change, and read back whatever they did to it.

One row a segment. The ID cell carries the stamp by which a row is known again wherever it was moved; nothing goes by
position, and the Korean beside the ID proves that the row still belongs together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipeline import __version__
from pipeline.article import Block, Comment, Edit, Finding, Segment, State, flat
from pipeline.columns import status_word
from pipeline.errors import InputError, SettingsError
from pipeline.formats import Problem, Returned
from pipeline.hints import find_rendering, rendering_used
from pipeline.languages import SOURCE, TARGETS
from pipeline.office.arrangement import CHECKS_HEADING, TICK, Arrangement, arrangement, mark
from pipeline.office.headings import ID, ID_HEADING, OTHER, REMARK, REMARK_HEADING, order_of, roles
from pipeline.office.ooxml import writable
from pipeline.office.spreadsheet import REMADE, Book, Cell, Note, Sheet, read_book
from pipeline.office.workbook import (
    GREY,
    LONGEST,
    SIZE,
    SMALL,
    Spot,
    coloured,
    fit_height,
    for_paper,
    new_workbook,
    packed,
    protect,
    put,
    run,
)
from pipeline.publication import Publication
from pipeline.stamps import Stamp, marks, read_stamp

SHEET, FACTS_SHEET = "검토 review", "기사 article"
WIDTHS = {ID: 13.0, REMARK: 26.0, TICK: 8.0, OTHER: 38.0}
TEXT_WIDTH = 44.0
FACTS_WIDTHS = (26.0, 110.0)
KEPT, MISSED = "FF1F5FA8", "FFB3261E"
META = ("title", "date", "publisher", "source", "author", "editor", "photographer", "url", "file", "encoding")
LABELS = {
    "article": "기사 / article",
    "columns": "칸 순서 / columns",
    "revision": "판 / revision",
    "segments": "문장 / segments",
    "engine": "번역 기관 / engine",
    "version": "프로그람 / version",
}
HOW_TO = (
    "번역문과 비고 칸을 고치고 메모를 달 수 있습니다. ✓ 칸에 ✓를 넣으면 그 번역을 승인합니다. ID와 한국어는 그대로 "
    "두십시오. 줄을 정렬하거나 지우려면 시트 보호를 푸십시오(암호 없음). 표 전체를 함께 정렬해야 합니다.",
    "译文和备注栏可以修改，也可以加批注。在 ✓ 栏填 ✓ 表示批准该译文。ID和韩国语请勿改动。"
    "要排序或删除行，请先撤销工作表保护（无密码），并对整个表格一起排序。",
    "Edit the translations and the comment column, and add notes where you like. ✓ in a ✓ column approves the text. "
    "Leave ID and Korean as they are. To sort or delete rows, unprotect the sheet (no password); sort the whole table.",
    "푸른색: 용어가 지켜짐, 붉은색: 빠짐 / 蓝色：术语已使用；红色：缺少 / Blue: the term was kept. Red: it is missing.",
)


def write(publication: Publication) -> bytes:
    """The review table: ID, Korean, the targets, comments, a column of approvals for each target, and the checks.

    All cells are text, whatever they begin with. ID, Korean and checks are locked by a protection without password. A
    second sheet has the facts of the article. Raises SettingsError for a text that no cell can hold.
    """
    _check_lengths(publication)
    workbook = new_workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    article = publication.bitext.article
    _set_up(sheet, publication, 1 + sum(len(block.segments) for block in article.blocks))
    rows = _Rows(sheet, publication)
    for block in article.blocks:
        for segment in block.segments:
            rows.add(block, segment)
    _add_facts(workbook, publication)
    for name, value in {"article": article.id, "columns": order_of(publication.targets)}.items():
        one = StringProperty(name=f"daeyeok.{name}", value=writable(value))
        workbook.custom_doc_props.append(one)  # type: ignore[attr-defined]  # the stubs do not know them
    workbook.properties.creator = "Daeyeok"
    workbook.properties.title = writable(article.meta.title or article.id)
    return packed(workbook)


def _check_lengths(publication: Publication) -> None:
    bitext = publication.bitext
    texts = [(segment.id, segment.text) for segment in bitext.article.segments()]
    texts += [(one.segment, one.text) for one in bitext.translations]
    for segment, text in texts:
        if len(text) > LONGEST // 12 and len(writable(text).encode("utf-16-le", "surrogatepass")) > 2 * LONGEST:
            problem = (
                f"{bitext.article.id}, {segment}: a text has {len(text):,} characters, and a spreadsheet cell holds"
            )
            raise SettingsError(f"{problem} {LONGEST:,}. Export DOCX or XLIFF.")


def _set_up(sheet: Worksheet, publication: Publication, rows: int) -> None:
    """Headings, widths, filter, protection and print settings."""
    targets = publication.targets
    heads = [(ID, f"{ID_HEADING}\n{order_of(targets)}"), (SOURCE.code, SOURCE.name)]
    heads += [(lang, TARGETS[lang].name) for lang in targets] + [(REMARK, REMARK_HEADING)]
    heads += [(TICK, f"{TARGETS[lang].name} {TICK}") for lang in targets] + [(OTHER, CHECKS_HEADING)]
    sheet.append([head for _, head in heads])
    validation = DataValidation(type="list", formula1=f'"{TICK}"', allow_blank=True, showErrorMessage=False)
    sheet.add_data_validation(validation)
    for number, (role, _) in enumerate(heads, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = WIDTHS.get(role, TEXT_WIDTH)
        sheet.cell(1, number).style = "heading"
        if role == TICK and rows > 1:
            validation.add(f"{letter}2:{letter}{rows}")
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{rows}"
    for_paper(sheet)
    protect(sheet)


class _Rows:
    """Adds the rows of a publication to the sheet, one a segment."""

    def __init__(self, sheet: Worksheet, publication: Publication) -> None:
        self._sheet, self._publication = sheet, publication
        self._number = 1
        self._about = _about(publication)
        self._wrong = {(one.segment, one.lang) for one in publication.findings if one.severity == "error"}

    def add(self, block: Block, segment: Segment) -> None:
        """Add the row of a segment of this block."""
        targets = self._publication.targets
        is_bold = block.kind in ("title", "heading")
        texts = {lang: self._text(segment, lang) for lang in targets}
        about = "\n".join(self._about.get(segment.id, ()))
        cells: list[tuple[str | CellRichText, str]] = [
            (CellRichText(*self._identity(segment)), "small"),
            (coloured(segment.text, self._promises(segment, texts), SOURCE.code, is_bold=is_bold), SOURCE.code),
        ]
        for lang, text in texts.items():
            spots = self._kept(segment, text, lang)
            cells.append((coloured(text, spots, lang, is_bold=is_bold), self._kind(segment, lang)))
        cells += [("", "free"), *([("", "tick")] * len(targets)), (_within(about), "small")]
        self._number += 1
        for column, (content, kind) in enumerate(cells, 1):
            put(self._sheet, self._number, column, content, kind, is_first=segment is block.segments[0])
        wide = [(text, TEXT_WIDTH) for text in (segment.text, *texts.values())]
        fit_height(self._sheet, self._number, [*wide, (about, WIDTHS[OTHER] * SIZE / SMALL), ("\n", WIDTHS[ID])])

    def _identity(self, segment: Segment) -> Iterator[TextBlock]:
        yield run(f"{segment.id}\n", "en", size=10)
        yield run(marks(self._publication.bitext, segment, self._publication.targets), "en", GREY, size=7)

    def _text(self, segment: Segment, lang: str) -> str:
        have = self._publication.bitext.translation(segment.id, lang)
        return have.text if have else ""

    def _promises(self, segment: Segment, texts: Mapping[str, str]) -> Iterator[Spot]:
        """The terms in the Korean: red where a translation that there is does not have one."""
        missed: dict[tuple[int, int], bool] = {}
        for lang, text in texts.items():
            for hint in self._publication.hints.get((segment.id, lang), ()):
                span = hint.start, hint.end
                missed[span] = missed.get(span, False) or bool(text and rendering_used(hint, text, lang) is None)
        return ((*span, MISSED if is_missed else KEPT) for span, is_missed in missed.items())

    def _kept(self, segment: Segment, text: str, lang: str) -> Iterator[Spot]:
        """The promised renderings in a translation, each where it stands first."""
        for hint in self._publication.hints.get((segment.id, lang), ()):
            rendering = rendering_used(hint, text, lang)
            place = find_rendering(rendering, text, lang) if rendering else None
            if place:
                yield *place, KEPT

    def _kind(self, segment: Segment, lang: str) -> str:
        """The kind of a translation's cell: what is stale, approved, or has an error, has a ground of its own."""
        have = self._publication.bitext.translation(segment.id, lang)
        if (segment.id, lang) in self._publication.stale:
            return f"{lang} stale"
        if have and have.state == "approved":
            return f"{lang} approved"
        return f"{lang} error" if (segment.id, lang) in self._wrong else lang


def _about(publication: Publication) -> dict[str, list[str]]:
    """Segment id → what is to be known about its translations: states of people's work, findings, comments."""
    names = {language.code: language.name for language in (SOURCE, *TARGETS.values())}
    lines: dict[str, list[str]] = {}
    for have in publication.bitext.translations:
        if have.lang in publication.targets and have.is_human:
            stale = "; the Korean has changed since" if (have.segment, have.lang) in publication.stale else ""
            by = f" by {have.by}" if have.by and have.origin == "human" else ""
            lines.setdefault(have.segment, []).append(f"{names[have.lang]}: {have.state}{by}{stale}")
    for finding in publication.findings:
        lines.setdefault(finding.segment, []).append(f"{names.get(finding.lang, finding.lang)}: {_sentence(finding)}")
    for comment in publication.bitext.comments:
        where = f" ({names[comment.lang]})" if comment.lang in names else ""
        lines.setdefault(comment.segment, []).append(f"“{comment.text}” {comment.by}{where}".strip())
    return lines


def _within(text: str) -> str:
    """As much of a text as a cell holds."""
    return writable(text)[: LONGEST // 2]


def _sentence(finding: Finding) -> str:
    suggestion = f" → {finding.suggestion}" if finding.suggestion is not None else ""
    return f"{finding.severity}, {finding.check}: {finding.message}{suggestion}"


def _add_facts(workbook: Workbook, publication: Publication) -> None:
    article = publication.bitext.article
    facts = {"article": article.id, "columns": order_of(publication.targets)}
    facts |= {"revision": str(publication.bitext.revision), "segments": str(sum(1 for _ in article.segments()))}
    facts |= {"engine": publication.engine, "version": f"Daeyeok {__version__}"}
    rows = [(LABELS[name], value) for name, value in facts.items()]
    rows += [(name, value) for name in META if (value := getattr(article.meta, name))]
    rows += [("", line) for line in HOW_TO]
    sheet = workbook.create_sheet(FACTS_SHEET)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = FACTS_WIDTHS
    for_paper(sheet)
    protect(sheet)
    for number, (name, value) in enumerate(rows, 1):
        put(sheet, number, 1, writable(name), "small")
        put(sheet, number, 2, _within(value), SOURCE.code)
        fit_height(sheet, number, [(value, FACTS_WIDTHS[1])])


# --- reading --------------------------------------------------------------------------------------------------------

MOST_MOVED = 2  # cells that a person exchanges on purpose; more of them: the column was moved without the rest
YES = frozenset({TICK, "✔", "☑", "√", "v", "o", "true", "yes", "ok", "1", "예", "네", "是", "好", "可"})
NO = frozenset({"", "false", "no", "0", "-", "아니", "아니오", "否", "不"})

Item = Edit | Comment | Problem


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that came back, by itself."""

    place: str
    number: int
    cells: Mapping[int, Cell]
    columns: Arrangement

    def cell(self, role: str) -> Cell:
        """The cell of a role; an empty one where there is none."""
        return self.cells.get(self.columns.of.get(role, 0), Cell(""))

    @property
    def text(self) -> str:
        """All that stands in the row, for messages."""
        return "\n".join(cell.text for _, cell in sorted(self.cells.items()) if cell.text.strip())

    @property
    def is_blank(self) -> bool:
        """Whether nothing was said in the row; a box that nobody ticked is FALSE far below the table too."""
        return all(flat(cell.text).casefold() in NO and not cell.problem for cell in self.cells.values())


def read_edits(content: bytes, name: str, by: str = "") -> Returned:
    """Every row of a returned review workbook as edits, touched or not; rows may stand anywhere, columns too.

    `by` is who sent it back, else who saved it last. A text that has become a formula, a number or a date, a row
    without its ID, and a row whose Korean is not the one of its ID are problems that hold the text; so is every change
    in a column that was sorted or shifted without the others. The column for comments, added columns and notes are
    comments. Raises InputError for a file that is no review workbook, is damaged, or has lost its IDs.
    """
    book = read_book(content, name)
    facts = _facts(book)
    tables = {sheet.name: columns for sheet in book.sheets if (columns := arrangement(sheet, facts.get("columns", "")))}
    if not tables:
        raise InputError(name, _why_no_row(book))
    items = [
        item
        for sheet in book.sheets
        for item in (
            _read_sheet(sheet, tables[sheet.name], by or book.saved_by, is_only=len(tables) == 1)
            if sheet.name in tables
            else _unread(sheet)
        )
    ]
    if book.has_macros:
        items.append(Problem("the file", "It holds macros. They were not run, and nothing of them was taken."))
    return Returned(
        facts.get("article"),
        tuple(item for item in items if isinstance(item, Edit)),
        tuple(item for item in items if isinstance(item, Comment)),
        tuple(item for item in items if isinstance(item, Problem)),
    )


def _why_no_row(book: Book) -> str:
    for sheet in book.sheets:
        if any(roles([cell.text for cell in cells.values()]) for cells in sheet.rows.values()):
            return "the table has lost its IDs (s12 and the small marks below). Copy the ID column back into it."
    return "there is no review table in it. Edit the file that was exported for review, and send that back."


def _facts(book: Book) -> dict[str, str]:
    """Article and columns, from the second sheet, else from the properties of the file."""
    names = {label: name for name, label in LABELS.items()}
    facts = {
        key.removeprefix("daeyeok."): value for key, value in book.properties.items() if key.startswith("daeyeok.")
    }
    for sheet in filter(_is_facts, book.sheets):
        texts = [(cells.get(1, Cell("")).text, cells.get(2, Cell("")).text) for cells in sheet.rows.values()]
        facts |= {names[label]: value for label, value in texts if label in names and value.strip()}
    return facts


def _is_facts(sheet: Sheet) -> bool:
    return any(cells.get(1, Cell("")).text == LABELS["article"] for cells in sheet.rows.values())


def _unread(sheet: Sheet) -> Iterator[Item]:
    """What stands in a sheet that is none of ours."""
    texts = [cell.text for _, cells in sorted(sheet.rows.items()) for _, cell in sorted(cells.items())]
    texts += [note.text for note in sheet.notes]
    if texts and not _is_facts(sheet):
        yield Problem(f"sheet “{sheet.name}”", "There are no IDs in this sheet; it was not read.", "\n".join(texts))


# --- rows -----------------------------------------------------------------------------------------------------------


def _read_sheet(sheet: Sheet, columns: Arrangement, by: str, *, is_only: bool) -> list[Item]:
    """The items of a sheet in the order of its rows."""
    where = "" if is_only else f"sheet “{sheet.name}”, "
    heading = _texts(sheet.rows.get(columns.heading, {}))
    notes: dict[int, list[Note]] = {}
    for note in sheet.notes:
        notes.setdefault(note.row, []).append(note)
    items: list[Item] = []
    for number in sorted({*sheet.rows, *notes}):
        row = _Row(f"{where}row {number}", number, sheet.rows.get(number, {}), columns)
        if columns.heading and _texts(row.cells) == heading:
            stray = "A note on the headings belongs to no segment."
            items += [Problem(row.place, stray, note.text) for note in notes.get(number, ())]
        elif number in notes or not row.is_blank:
            items += _read_row(row, notes.get(number, ()), by)
    return _without_displaced(items, columns.order)


def _texts(cells: Mapping[int, Cell]) -> list[str]:
    return [flat(cell.text) for _, cell in sorted(cells.items())]


def _read_row(row: _Row, notes: Sequence[Note], by: str) -> Iterator[Item]:
    stamp = read_stamp(row.cell(ID).text)
    problem = _objection(row, stamp)
    if problem or stamp is None:
        text = "\n".join(filter(None, [row.text, *(note.text for note in notes)]))
        yield Problem(row.place, problem, text)
        return
    for lang, base in zip(row.columns.order, stamp.bases, strict=True):
        if lang in row.columns.of:
            yield from _read_target(row, stamp, lang, base, by)
    remark = row.cell(REMARK)
    if remark.problem:
        yield Problem(row.place, remark.problem, remark.text)
    elif remark.text.strip():
        yield Comment(stamp.segment, "", remark.text.strip(), by)
    for column, head in sorted(row.columns.added.items()):
        text = row.cells.get(column, Cell("")).text.strip()
        if text:
            yield Comment(stamp.segment, "", f"{flat(head)}: {text}" if head.strip() else text, by)
    langs = {column: lang for lang, column in row.columns.of.items() if lang in TARGETS}
    for note in notes:
        yield Comment(stamp.segment, langs.get(note.column, ""), note.text, note.by or by, note.at)


def _objection(row: _Row, stamp: Stamp | None) -> str:
    """Why nothing of a row can be taken, "" where it can."""
    if stamp is None:
        is_damaged = bool(row.cell(ID).text.strip())
        return (
            f"The ID of the row is {'damaged' if is_damaged else 'missing'}. Copy it back from the file that went out."
        )
    if len(stamp.bases) != len(row.columns.order):
        return "The ID does not fit the columns of this table. Copy it back from the file that went out."
    korean = row.cell(SOURCE.code).text
    if korean.strip():
        is_fitting = mark(korean) == stamp.of
        return "" if is_fitting else f"The Korean is not the one of {stamp.segment}: sorted apart, or changed."
    pairs = zip(row.columns.order, stamp.bases, strict=True)
    if any(base and mark(row.cell(lang).text) == base for lang, base in pairs):
        return ""
    return f"The Korean is missing, and nothing else shows that the row still belongs to {stamp.segment}."


def _read_target(row: _Row, stamp: Stamp, lang: str, base: str | None, by: str) -> Iterator[Item]:
    cell = row.cell(lang)
    approval = row.cells.get(row.columns.approvals.get(lang, 0), Cell(""))
    state: State | None = "approved" if _is_yes(approval.text) else None
    problem = cell.problem or (REMADE if cell.is_remade and base and mark(cell.text) != base else "")
    if problem:
        yield Problem(f"{row.place}, {TARGETS[lang].name}", problem, cell.text)
        return
    if state is None and flat(approval.text).casefold() not in NO:
        yield Problem(f"{row.place}, {TARGETS[lang].name} {TICK}", f"Only {TICK} approves.", approval.text)
    if state and not cell.text.strip():
        yield Problem(f"{row.place}, {TARGETS[lang].name}", f"{TICK} stands there, but no text.", stamp.segment)
        state = None
    yield Edit(stamp.segment, lang, cell.text, base, stamp.of, state, by, row.place)


def _is_yes(text: str) -> bool:
    return flat(text).casefold() in YES or status_word(text) == "approved"


def _without_displaced(items: Sequence[Item], order: Sequence[str]) -> list[Item]:
    """The items, with the changes in a column that moved without the others as problems.

    More than MOST_MOVED cells have a text that went out in another row and stands there no longer: somebody sorted the
    column by itself, or pushed its cells up or down. What else was changed in it cannot be placed either.
    """
    displaced = {
        lang for lang in order if _is_displaced([one for one in items if isinstance(one, Edit) and one.lang == lang])
    }
    message = "This column was sorted or shifted without the others, so its texts stand in the wrong rows. Undo that."
    return [
        Problem(f"{item.place}, {TARGETS[item.lang].name}", message, item.text)
        if isinstance(item, Edit) and item.lang in displaced and mark(item.text) != item.base and item.text.strip()
        else item
        for item in items
    ]


def _is_displaced(edits: Sequence[Edit]) -> bool:
    texts = [(edit.base, mark(edit.text)) for edit in edits if edit.text.strip()]
    went_out = {edit.base for edit in edits}
    at_home = {base for base, here in texts if base == here}
    moved = {here for base, here in texts if base != here and here in went_out and here not in at_home}
    return len(moved) > MOST_MOVED
