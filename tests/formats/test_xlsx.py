"""The Excel review table: what goes out comes back, whatever people and programs do to the workbook in between."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment as ExcelNote

from pipeline.article import Article, Bitext, Block, Comment, Edit, Meta, Segment, Translation, fingerprint
from pipeline.edits import Verdict, add_comments, apply_edits
from pipeline.errors import InputError, SettingsError
from pipeline.formats import Returned
from pipeline.formats.xlsx import read_edits, write
from pipeline.office.ooxml import writable
from pipeline.office.spreadsheet import decoded
from pipeline.publication import Publication
from pipeline.stamps import marks

SENTENCES = ("=1+2이다.", "항구가 열렸다.", "-3도이다.", "2026년 3월 1일", "기자 한바다", "+86 글자 @집")
CHINESE = ("=1+2。", "港口开放。", "-3度。", "2026-03-01", "记者韩海", "+86")
ENGLISH = ("=1+2.", "The port opened.", "-3 degrees.", "2026-03-01", "007", "TRUE")
SHEET, FACTS = "검토 review", "기사 article"
ID, KO, ZH, EN, REMARK, TICK_ZH, TICK_EN, CHECKS = range(1, 9)

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def published(korean: tuple[str, ...] = SENTENCES, chinese: tuple[str, ...] = CHINESE) -> Publication:
    segments = tuple(Segment(f"s{number}", text) for number, text in enumerate(korean, 1))
    texts = {"zh": chinese, "en": ENGLISH}
    made = [
        Translation(segment.id, lang, text, fingerprint(segment.text), by="model", score=-0.4)
        for position, segment in enumerate(segments)
        for lang in texts
        if position < len(texts[lang]) and (text := texts[lang][position])
    ]
    article = Article("port", (Block("b1", "paragraph", segments),), Meta(title="항구"))
    return Publication(bitext=Bitext(article, tuple(made), revision=2), hints={}, engine="model 1")


@cache
def written() -> bytes:
    return write(published())


def touched(content: bytes, change: Callable[[Workbook], object]) -> bytes:
    """The workbook as another program saves it after a change."""
    workbook = load_workbook(io.BytesIO(content))
    change(workbook)
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def set_cell(row: int, column: int, value: object, kind: str = "") -> Callable[[Workbook], object]:
    def change(workbook: Workbook) -> None:
        cell = workbook[SHEET].cell(row, column)
        cell.value = value
        if kind:
            cell.number_format = kind

    return change


def verdicts(publication: Publication, returned: Returned) -> list[Verdict]:
    return list(apply_edits(publication.bitext, returned.edits)[1])


def outcomes(publication: Publication, returned: Returned) -> dict[tuple[str, str], str]:
    return {(one.edit.segment, one.edit.lang): one.outcome for one in verdicts(publication, returned)}


# --- law 3 ----------------------------------------------------------------------------------------------------------


def test_what_nobody_touched_changes_nothing(publication: Publication) -> None:
    returned = read_edits(write(publication), "harbour.xlsx")
    after, found = apply_edits(publication.bitext, returned.edits)
    assert after is publication.bitext
    assert returned.article == "harbour"
    assert {one.outcome for one in found} == {"unchanged"}
    assert len(found) == 2 * len(list(publication.bitext.article.segments()))
    assert (returned.comments, returned.problems) == ((), ())


def test_the_same_publication_gives_the_same_bytes(publication: Publication) -> None:
    assert write(publication) == write(publication)


anything = st.text(st.characters(codec=None), min_size=1, max_size=40).filter(lambda text: text.strip())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(anything, anything), min_size=1, max_size=3))
def test_any_text_comes_back_as_it_was(pairs: list[tuple[str, str]]) -> None:
    publication = published(tuple(ko for ko, _ in pairs), tuple(zh for _, zh in pairs))
    returned = read_edits(write(publication), "port.xlsx")
    after, _ = apply_edits(publication.bitext, returned.edits)
    assert after is publication.bitext
    assert not returned.problems
    sent = {(t.segment, t.lang): t.text for t in publication.bitext.translations}
    for edit in returned.edits:
        wanted = sent.get((edit.segment, edit.lang), "")
        assert edit.text.replace("\r", "\n") == wanted.replace("\r", "\n")


@given(st.text(st.characters(codec=None)))
def test_what_a_cell_cannot_hold_is_written_so_that_it_is_read_again(text: str) -> None:
    assert decoded(writable(text)) == text


@dataclass
class Line:
    """A row of the table as a person handles it."""

    segment: str
    values: list[object]
    is_damaged: bool = False


commands = st.lists(
    st.tuples(
        st.sampled_from(["change", "delete", "move", "duplicate", "empty", "damage", "tick"]),
        st.integers(0, 20),
        st.integers(0, 20),
        st.sampled_from(["甲。", "乙 b.", "=SUM", "3"]),
    ),
    max_size=10,
)


def played(script: list[tuple[str, int, int, str]], lines: list[Line]) -> None:
    for what, first, second, text in script:
        if not lines:
            return
        line = lines[first % len(lines)]
        column = ZH - 1 + second % 2
        if what == "change":
            line.values[column] = text
        elif what == "empty":
            line.values[column] = None
        elif what == "delete":
            lines.remove(line)
        elif what == "move":
            lines.remove(line)
            lines.insert(second % (len(lines) + 1), line)
        elif what == "duplicate":
            lines.insert(second % (len(lines) + 1), replace(line, values=[*line.values]))
        elif what == "tick":
            line.values[TICK_ZH - 1 + second % 2] = "✓"
        else:
            line.is_damaged = True
            line.values[ID - 1] = "s?"


def expected(lines: list[Line]) -> list[str]:
    """The outcome of each edit in the order of the rows; damaged rows give none."""
    said: dict[tuple[str, str], set[tuple[str, bool]]] = {}
    cells = []
    for line in (line for line in lines if not line.is_damaged):
        number = int(line.segment[1:]) - 1
        for lang, was, column in (("zh", CHINESE, ZH), ("en", ENGLISH, EN)):
            text = str(line.values[column - 1] or "")
            is_approved = line.values[column - ZH + TICK_ZH - 1] == "✓" and bool(text)
            key = line.segment, lang
            is_touched = text != was[number] or is_approved
            cells.append((key, text, is_approved, is_touched))
            if is_touched:
                said.setdefault(key, set()).add((text, is_approved))
    found, applied = [], set()
    for key, text, is_approved, is_touched in cells:
        if not is_touched or (key, text, is_approved) in applied:
            found.append("unchanged")
        elif len(said[key]) > 1 or not text:
            found.append("refused")
        else:
            applied.add((key, text, is_approved))
            found.append("applied")
    return found


@cache
def exported_rows() -> tuple[tuple[object, ...], ...]:
    return tuple(load_workbook(io.BytesIO(written()))[SHEET].iter_rows(values_only=True))


def as_cell(value: object) -> str:
    return "<c/>" if value is None else inline(escape(str(value)))


@settings(max_examples=100, deadline=None)
@given(commands)
def test_a_hundred_scripts_of_edits_have_exactly_the_expected_report(script: list[tuple[str, int, int, str]]) -> None:
    publication = published()
    head, *rows = exported_rows()
    lines = [Line(str(row[0]).split("\n")[0], list(row)) for row in rows]
    played(script, lines)
    content = handmade(
        "".join(f"<row>{''.join(map(as_cell, row))}</row>" for row in (head, *(x.values for x in lines)))
    )
    if all(line.is_damaged for line in lines):
        with pytest.raises(InputError):
            read_edits(content, "port.xlsx")
        return
    returned = read_edits(content, "port.xlsx")
    once, found = apply_edits(publication.bitext, returned.edits)
    assert [one.outcome for one in found] == expected(lines)
    rows_damaged = [one for one in returned.problems if "ID of the row is damaged" in one.message]
    assert len(rows_damaged) == sum(line.is_damaged for line in lines)
    again, _ = apply_edits(once, returned.edits)
    assert again == once


# --- what a spreadsheet does to cells -------------------------------------------------------------------------------

CELLS = [  # value, number format, how it is shown
    (3, "General", "3"),
    (3.1, "General", "3.1"),
    (12345678901, "0", "12345678901"),
    (0.125, "0.0%", "12.5%"),
    (1234567, "#,##0", "1,234,567"),
    (True, "General", "TRUE"),
]
UNCERTAIN = [  # value, number format, what the problem holds
    (46000, "yyyy-mm-dd", "46000"),
    (46000, 'm"月"d"日"', "46000"),
    (12, "[$￥-804]#,##0.00", "12"),
    ("=A1&B1", "General", "=A1&B1"),
    ("=1+2 =", "@", "=1+2 ="),
]


@pytest.mark.parametrize(("value", "kind", "text"), CELLS)
def test_a_number_in_a_cell_that_was_empty_is_the_text_that_is_seen(value: object, kind: str, text: str) -> None:
    publication = published((*SENTENCES, "3이다."))
    content = touched(write(publication), set_cell(8, ZH, value, kind))
    returned = read_edits(content, "port.xlsx")
    assert [edit.text for edit in returned.edits if (edit.segment, edit.lang) == ("s7", "zh")] == [text]
    assert not returned.problems


@pytest.mark.parametrize(("value", "kind", "held"), [*CELLS, *UNCERTAIN])
def test_a_text_that_has_become_something_else_is_a_problem_with_what_is_seen(
    value: object, kind: str, held: str
) -> None:
    returned = read_edits(touched(written(), set_cell(3, ZH, value, kind)), "port.xlsx")
    assert ("s2", "zh") not in {(edit.segment, edit.lang) for edit in returned.edits}
    assert [(one.place, one.text) for one in returned.problems] == [("row 3, 中文", held)]


def test_a_program_that_turns_untouched_texts_into_numbers_changes_nothing() -> None:
    publication = published()

    def change(workbook: Workbook) -> None:
        sheet = workbook[SHEET]
        sheet.cell(6, EN).value, sheet.cell(6, EN).number_format = 7, "General"  # it was 007
        sheet.cell(7, EN).value, sheet.cell(7, EN).number_format = True, "General"  # it was TRUE

    returned = read_edits(touched(written(), change), "port.xlsx")
    assert set(outcomes(publication, returned).values()) == {"unchanged"}
    assert [(one.place, one.text) for one in returned.problems] == [("row 6, English", "7")]


def test_a_date_that_a_program_made_of_an_untouched_cell_is_told_and_changes_nothing() -> None:
    publication = published()
    returned = read_edits(touched(write(publication), set_cell(5, ZH, 46082, "yyyy-mm-dd")), "port.xlsx")
    assert ("s4", "zh") not in outcomes(publication, returned)
    assert "date" in returned.problems[0].message


def test_a_typed_formula_is_text_as_long_as_the_cell_is_text() -> None:
    def change(workbook: Workbook) -> None:
        cell = workbook[SHEET].cell(3, ZH)
        cell.value = "=SUM(A1)"
        cell.data_type = "s"

    publication = published()
    returned = read_edits(touched(write(publication), change), "port.xlsx")
    assert outcomes(publication, returned)["s2", "zh"] == "applied"


def test_every_cell_that_goes_out_is_text_and_only_what_people_fill_in_is_open() -> None:
    sheet = load_workbook(io.BytesIO(written()))[SHEET]
    for row in sheet.iter_rows(min_row=2):
        assert [cell.protection.locked for cell in row] == [True, True, False, False, False, False, False, True]
        assert {cell.number_format for cell in row} == {"@"}
        assert all(cell.data_type == "s" for cell in row if cell.value)
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert not any((sheet.protection.sort, sheet.protection.autoFilter, sheet.protection.objects))
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:H7"


# --- rows and columns -----------------------------------------------------------------------------------------------


def reordered(workbook: Workbook) -> None:
    """Columns in another order, two of them called otherwise, a row above, one inserted, headings on a new sheet."""
    old = workbook[SHEET]
    rows = [list(row) for row in old.iter_rows(values_only=True)]
    sheet = workbook.create_sheet("내 작업")
    names = {"中文": "中文译文 (终稿)", "English": "English (final)"}
    sheet.append(["교정: 박"])
    for row in rows:
        picked = [row[EN - 1], row[REMARK - 1], row[ID - 1], row[ZH - 1], row[KO - 1]]
        sheet.append([names.get(str(value), value) for value in picked])
    for line in sheet.iter_rows(min_row=3):
        for cell in line:
            cell.data_type = "s" if cell.value is not None else "n"
    sheet["D4"] = "港口已开放。"
    workbook.remove(old)


def test_columns_in_another_order_and_under_other_names_are_found() -> None:
    publication = published()
    returned = read_edits(touched(write(publication), reordered), "port.xlsx")
    found = outcomes(publication, returned)
    assert [key for key, outcome in found.items() if outcome != "unchanged"] == [("s2", "zh")]
    assert [(one.place, one.text) for one in returned.problems] == [("row 1", "교정: 박")]


def test_without_headings_the_columns_are_told_by_what_stands_in_them() -> None:
    publication = published()

    def change(workbook: Workbook) -> None:
        workbook[SHEET].delete_rows(1)
        workbook[SHEET]["D2"] = "The port is open."

    returned = read_edits(touched(write(publication), change), "port.xlsx")
    found = outcomes(publication, returned)
    assert len(found) == 2 * len(SENTENCES)
    assert [key for key, outcome in found.items() if outcome != "unchanged"] == [("s2", "en")]


def test_ids_that_were_sorted_apart_are_refused_row_by_row() -> None:
    def change(workbook: Workbook) -> None:
        sheet = workbook[SHEET]
        ids = [sheet.cell(row, ID).value for row in range(2, 8)]
        for row, value in enumerate(reversed(ids), 2):
            sheet.cell(row, ID).value = value
        sheet["C3"] = "新文。"

    returned = read_edits(touched(written(), change), "port.xlsx")
    assert returned.edits == ()
    assert len(returned.problems) == len(SENTENCES)
    assert all("Korean is not the one of" in one.message for one in returned.problems)
    assert any("新文。" in one.text for one in returned.problems)


@pytest.mark.parametrize("shift", [1, -1, 2])
def test_a_column_that_was_shifted_by_itself_is_not_applied_to_the_wrong_sentences(shift: int) -> None:
    publication = published()

    def change(workbook: Workbook) -> None:
        sheet = workbook[SHEET]
        texts = [sheet.cell(row, ZH).value for row in range(2, 8)]
        texts[2] = "改过的句子。"
        for row in range(2, 8):
            cell = sheet.cell(row, ZH)
            cell.value = texts[(row - 2 + shift) % 6]
            cell.data_type = "s"
        sheet["D3"] = "The port has opened."

    returned = read_edits(touched(write(publication), change), "port.xlsx")
    applied = [one.edit for one in verdicts(publication, returned) if one.outcome == "applied"]
    assert [(edit.segment, edit.lang) for edit in applied] == [("s2", "en")]
    assert {one.message[:22] for one in returned.problems} == {"This column was sorted"}
    assert "改过的句子。" in {one.text for one in returned.problems}


def test_two_texts_that_a_person_exchanged_are_applied() -> None:
    publication = published()

    def change(workbook: Workbook) -> None:
        sheet = workbook[SHEET]
        sheet["C3"], sheet["C6"] = CHINESE[4], CHINESE[1]

    found = outcomes(publication, read_edits(touched(write(publication), change), "port.xlsx"))
    assert [key for key, outcome in found.items() if outcome == "applied"] == [("s2", "zh"), ("s5", "zh")]


def test_a_table_without_its_ids_says_so() -> None:
    content = touched(written(), lambda workbook: workbook[SHEET].delete_cols(1))
    with pytest.raises(InputError, match="Copy the ID column back"):
        read_edits(content, "port.xlsx")


def test_a_row_of_its_own_and_a_sheet_of_its_own_are_not_lost() -> None:
    def change(workbook: Workbook) -> None:
        workbook[SHEET].append([None, None, "여기에 한 문장을 더", None])
        workbook.create_sheet("질문").append(["이 이름이 맞습니까?"])

    returned = read_edits(touched(written(), change), "port.xlsx")
    assert [one.text for one in returned.problems] == ["여기에 한 문장을 더", "이 이름이 맞습니까?"]


def test_a_copy_of_the_sheet_in_the_same_file_does_not_undo_the_edits() -> None:
    publication = published()

    def change(workbook: Workbook) -> None:
        copy = workbook.copy_worksheet(workbook[SHEET])
        for row in copy.iter_rows(min_row=2):
            for cell in row:
                cell.data_type = "s" if cell.value is not None else "n"
        workbook[SHEET]["C3"] = "港口已开放。"

    found = verdicts(publication, read_edits(touched(write(publication), change), "port.xlsx"))
    assert [one.edit.place for one in found if one.outcome == "applied"] == [f"sheet “{SHEET}”, row 3"]
    assert {one.outcome for one in found} == {"applied", "unchanged"}


def test_without_its_second_sheet_the_article_is_still_known() -> None:
    content = touched(written(), lambda workbook: workbook.remove(workbook[FACTS]))
    assert read_edits(content, "port.xlsx").article == "port"


def test_a_document_of_one_language_comes_back() -> None:
    publication = replace(published(), targets=("en",))
    returned = read_edits(write(publication), "port.xlsx")
    assert {edit.lang for edit in returned.edits} == {"en"}
    assert set(outcomes(publication, returned).values()) == {"unchanged"}


# --- approvals and comments -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "state", "problems"),
    [
        *((yes, "approved", 0) for yes in ("✓", True, "승인", "已批准", 1)),
        *((no, None, 0) for no in (False, "")),
        ("나중에", None, 1),
    ],
)
def test_a_tick_approves_the_text_of_its_language(value: object, state: str | None, problems: int) -> None:
    publication = published()
    returned = read_edits(touched(write(publication), set_cell(3, TICK_ZH, value)), "port.xlsx", by="박")
    edit = next(edit for edit in returned.edits if (edit.segment, edit.lang) == ("s2", "zh"))
    assert (edit.state, len(returned.problems)) == (state, problems)
    assert [one.edit.lang for one in verdicts(publication, returned) if one.outcome == "applied"] == ["zh"] * bool(
        state
    )


def test_what_went_out_approved_is_not_sent_back_as_an_approval() -> None:
    publication = published()
    approved = [replace(one, state="approved") for one in publication.bitext.translations]
    publication = replace(publication, bitext=replace(publication.bitext, translations=tuple(approved)))
    returned = read_edits(write(publication), "port.xlsx")
    assert {edit.state for edit in returned.edits} == {None}


def test_remarks_notes_and_added_columns_are_comments() -> None:
    publication = published()

    def change(workbook: Workbook) -> None:
        sheet = workbook[SHEET]
        sheet.cell(3, REMARK).value = "=물음표?"
        sheet.cell(3, REMARK).data_type = "s"
        sheet.cell(3, ZH).comment = ExcelNote("李:\n请核对。", "李")
        sheet.cell(1, 9).value = "2차 교정"
        sheet.cell(4, 9).value = "띄여쓰기"
        sheet.cell(40, 3).comment = ExcelNote("여기는 어디?", "김")

    returned = read_edits(touched(write(publication), change), "port.xlsx", by="박")
    assert returned.comments == (
        Comment("s2", "", "=물음표?", "박"),
        Comment("s2", "zh", "请核对。", "李"),
        Comment("s3", "", "2차 교정: 띄여쓰기", "박"),
    )
    assert [(one.place, one.text) for one in returned.problems] == [("row 40", "여기는 어디?")]
    once, number = add_comments(publication.bitext, returned.comments)
    assert (number, add_comments(once, returned.comments)[1]) == (3, 0)


def test_the_comments_that_are_there_go_out_with_the_checks_and_do_not_come_back() -> None:
    publication = published()
    said = replace(publication.bitext, comments=(Comment("s2", "zh", "이 말이 맞습니까?", "김"),))
    content = write(replace(publication, bitext=said))
    cell = load_workbook(io.BytesIO(content))[SHEET].cell(3, CHECKS)
    assert cell.value == "“이 말이 맞습니까?” 김 (中文)"
    assert read_edits(content, "port.xlsx").comments == ()


# --- other programs -------------------------------------------------------------------------------------------------


def handmade(rows: str, *, main: str = MAIN, more: dict[str, str] | None = None, sheet_rels: str = "") -> bytes:
    """A workbook as some program writes it; `rows` is the XML of its sheet data."""
    rel = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{rel}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{OFFICE}"><sheets><sheet name="시트1" sheetId="1" '
        'r:id="r9"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rel}"><Relationship Id="r9" Type="{OFFICE}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{OFFICE}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{rel}">{sheet_rels}</Relationships>',
        **(more or {}),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


def inline(text: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def stamped_row(number: int, zh: str, en: str = "") -> str:
    publication = published()
    segment = list(publication.bitext.article.segments())[number - 1]
    identity = f"{segment.id}&#10;{marks(publication.bitext, segment, ('zh', 'en'))}"
    return f"<row>{inline(identity)}{inline(segment.text)}{zh}{en or inline(ENGLISH[number - 1])}</row>"


HEAD = f"<row>{inline('ID')}{inline('한국어')}{inline('中文')}{inline('English')}</row>"


@pytest.mark.parametrize("main", [MAIN, STRICT])
@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c t="s"><v>0</v></c>', "港口已开放。"),
        ('<c t="inlineStr"><is><r><rPr><b/></rPr><t>港口</t></r><r><t>已开放。</t></r></is></c>', "港口已开放。"),
        ('<c t="str"><v>港口已开放。</v></c>', "港口已开放。"),
        ('<c t="inlineStr"><is><t>_x001B_ _x005F_x0041_</t></is></c>', "\x1b _x0041_"),
        ("<c/>", ""),
    ],
)
def test_shared_inline_rich_and_nameless_cells_are_read(main: str, cell: str, text: str) -> None:
    runs = '<r><t>港口</t></r><rPh sb="0" eb="1"><t>gǎng</t></rPh><r><t>已开放。</t></r>'
    shared = f'<sst xmlns="{main}"><si>{runs}</si></sst>'
    content = handmade(HEAD + stamped_row(2, cell), main=main, more={"xl/sharedStrings.xml": shared})
    returned = read_edits(content, "port.xlsx")
    assert [edit.text for edit in returned.edits if edit.lang == "zh"] == [text]
    assert not returned.problems


def test_threads_of_comments_and_notes_of_google_are_comments_with_their_authors() -> None:
    threads = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    rels = f'<Relationship Id="a" Type="{OFFICE}/comments" Target="../comments1.xml"/>'
    rels += f'<Relationship Id="b" Type="{threads}" Target="../threadedComments/threadedComment1.xml"/>'
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    google = "Sure?&#10;&#9;-Anna Kim&#10;----&#10;Yes.&#10;&#9;-Li"
    more = {
        "xl/comments1.xml": f'<comments xmlns="{MAIN}"><authors><author>tc={{1}}</author><author/></authors>'
        '<commentList><comment ref="C2" authorId="0"><text><t>[Threaded comment] 请核对</t></text></comment>'
        f'<comment ref="D2" authorId="1"><text><t>{google}</t></text></comment></commentList></comments>',
        "xl/threadedComments/threadedComment1.xml": f'<ThreadedComments xmlns="{space}"><threadedComment ref="C2" '
        'dT="2026-11-20T08:00:00.00" personId="{P}" id="{1}"><text>请核对</text></threadedComment></ThreadedComments>',
        "xl/persons/person.xml": f'<personList xmlns="{space}"><person displayName="리영희" id="{{P}}"/></personList>',
    }
    content = handmade(HEAD + stamped_row(2, inline(CHINESE[1])), more=more, sheet_rels=rels)
    assert read_edits(content, "port.xlsx").comments == (
        Comment("s2", "zh", "请核对", "리영희", "2026-11-20T08:00:00.00"),
        Comment("s2", "en", "Sure?", "Anna Kim"),
        Comment("s2", "en", "Yes.", "Li"),
    )


def test_macros_are_told_and_never_run() -> None:
    content = handmade(HEAD + stamped_row(2, inline("新文。")), more={"xl/vbaProject.bin": "Sub Auto_Open"})
    returned = read_edits(content, "port.xlsm")
    assert [edit.text for edit in returned.edits] == ["新文。", ENGLISH[1]]
    assert "macros" in returned.problems[0].message


def test_who_saved_it_last_is_who_edited() -> None:
    core = '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/core-properties">'
    more = {"docProps/core.xml": f"{core}<c:lastModifiedBy>최</c:lastModifiedBy></c:coreProperties>"}
    content = handmade(HEAD + stamped_row(2, inline("新文。")), more=more)
    assert {edit.by for edit in read_edits(content, "port.xlsx").edits} == {"최"}
    assert {edit.by for edit in read_edits(content, "port.xlsx", by="박").edits} == {"박"}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_gives_back_what_it_got(tmp_path: Path) -> None:
    korean = (*SENTENCES, "_x0041_ 글 \x1b", "글자 " * 2500, "아침 🌅 שלום")
    publication = published(korean, (*CHINESE, "_x0041_", "字" * 10_000, "早晨 🌅 שלום"))
    (tmp_path / "port.xlsx").write_bytes(write(publication))
    office = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    where = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", f"{tmp_path}/again", f"{tmp_path}/port.xlsx"]
    subprocess.run([*office, *where], check=True, capture_output=True, timeout=120)
    returned = read_edits((tmp_path / "again" / "port.xlsx").read_bytes(), "port.xlsx")
    assert returned.article == "port"
    assert not returned.problems
    assert len(returned.edits) == 2 * len(korean)
    assert {one.outcome for one in verdicts(publication, returned)} == {"unchanged"}


# --- bad input ------------------------------------------------------------------------------------------------------


def bad_files() -> Iterator[tuple[str, bytes, str]]:
    whole = written()
    entities = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    sheet = handmade(HEAD + stamped_row(2, inline("新文。")))
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet)) as made, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in made.namelist():
            archive.writestr(name, b" " * (60 * 2**20) if name.endswith("sheet1.xml") else made.read(name))
    yield "a PDF", b"%PDF-1.7 and so on", "no Excel workbook"
    yield "an old Excel file", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "no Excel workbook"
    yield "a text", b"ID,ko,zh", "no Excel workbook"
    yield "cut off", whole[: len(whole) // 2], "cut off or damaged"
    yield "damaged inside", whole.replace(whole[200:260], b"\0" * 60), "in it is"
    yield "another archive", handmade("").replace(b"xl/workbook.xml", b"xl/workbook.bin"), "no Excel workbook"
    yield "no table", handmade(f"<row>{inline('차림표')}</row>"), "no review table"
    yield "a bomb", bomb.getvalue(), "unpacks to 60 MB"
    yield (
        "entities",
        handmade("", more={"xl/workbook.xml": f"{entities}<workbook xmlns='{MAIN}'/>"}),
        "declares entities",
    )
    yield "no XML", handmade("<row>"), "no XML"


@pytest.mark.parametrize(("content", "message"), [pytest.param(*one[1:], id=one[0]) for one in bad_files()])
def test_what_cannot_be_read_is_said_and_nothing_of_it_is_taken(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        read_edits(content, "돌아온 것.xlsx")
    assert str(caught.value).startswith("돌아온 것.xlsx: ")


def test_a_text_that_no_cell_can_hold_is_refused_before_anything_is_written() -> None:
    with pytest.raises(SettingsError, match="s1: a text has 40,000 characters"):
        write(published(("글" * 40_000,), ("字",)))


def test_a_cell_far_away_and_a_row_that_is_out_of_place_cost_nothing() -> None:
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    returned = read_edits(handmade(HEAD + stamped_row(2, inline(CHINESE[1])) + far), "port.xlsx")
    assert [(one.place, one.text) for one in returned.problems] == [("row 1048576", "x")]
    assert len(returned.edits) == 2


def test_an_edit_says_where_it_stood() -> None:
    edit = read_edits(written(), "port.xlsx").edits[2]
    segment = SENTENCES[1]
    assert edit == Edit(
        "s2", "zh", CHINESE[1], fingerprint(CHINESE[1])[:6], fingerprint(segment)[:6], None, "", "row 3"
    )
