"""The Word review table: written for people, and read back whatever they did to it (law 3)."""

from __future__ import annotations

import copy
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.article import Article, Bitext, Block, Comment, Finding, Segment, Translation, fingerprint
from pipeline.edits import add_comments, apply_edits
from pipeline.errors import InputError
from pipeline.formats.docx import read_edits, write
from pipeline.office.ooxml import NAMESPACES, attribute, child, descendants, open_package, serialise, write_package
from pipeline.office.tracked import accepted_text, children
from pipeline.publication import Publication

W = NAMESPACES["w"][0]
COLUMNS = {"id": 0, "ko": 1, "zh": 2, "en": 3, "remark": 4}
OFFICE = shutil.which("soffice")

Change = Callable[[etree._Element], object]


def changed(content: bytes, change: Change, part: str = "word/document.xml") -> bytes:
    """The document after a change to the tree of one of its parts."""
    package = open_package(content, "test.docx")
    parts = {name: package.archive.read(entry) for name, entry in package.parts.items()}
    tree = package.tree(part)
    assert tree is not None
    change(tree)
    return write_package(parts | {part: serialise(tree)})


def rows_of(tree: etree._Element) -> list[etree._Element]:
    return list(children(next(descendants(tree, "w:tbl")), "w:tr"))


def cell_of(row: etree._Element, column: str) -> etree._Element:
    return list(children(row, "w:tc"))[COLUMNS[column]]


def word(xml: str) -> list[etree._Element]:
    """Elements of WordprocessingML; no prefixes but on attributes."""
    return list(etree.fromstring(f'<x xmlns="{W}" xmlns:w="{W}">{xml}</x>'))


def put(cell: etree._Element, xml: str) -> None:
    """Give a cell other paragraphs."""
    for paragraph in list(cell.iterchildren(f"{{{W}}}p")):
        cell.remove(paragraph)
    cell.extend(word(xml))


def text_in(cell: etree._Element, text: str) -> None:
    put(cell, f"<p><r><t>{text}</t></r></p>")


def tracked_in(cell: etree._Element, text: str, by: str = "김") -> None:
    """Delete what is there and insert a text, both tracked."""
    old = accepted_text(cell)
    deleted = f'<del w:author="{by}" w:date="2026-11-01T10:00:00Z"><r><delText>{old}</delText></r></del>'
    put(cell, f'<p>{deleted}<ins w:author="{by}" w:date="2026-11-01T10:00:01Z"><r><t>{text}</t></r></ins></p>')


def track_row(row: etree._Element, kind: str) -> None:
    properties = child(row, "w:trPr")
    if properties is None:
        (properties,) = word("<trPr/>")
        row.insert(0, properties)
    properties.extend(word(f'<{kind} w:author="김"/>'))
    for run in list(descendants(row, "w:r")):  # Word marks the contents too
        (change,) = word(f'<{kind} w:author="김" w:date="2026-11-01T10:00:00Z"/>')
        run.addprevious(change)
        change.append(run)
        for text in descendants(run, "w:t") if kind == "del" else ():
            text.tag = f"{{{W}}}delText"


@pytest.fixture
def written(publication: Publication) -> bytes:
    return write(publication)


def outcomes(publication: Publication, content: bytes) -> dict[tuple[str, str], str]:
    """(segment, language) → what became of the edit, for all that is not unchanged."""
    _, verdicts = apply_edits(publication.bitext, read_edits(content, "test.docx").edits)
    return {(v.edit.segment, v.edit.lang): v.outcome for v in verdicts if v.outcome != "unchanged"}


# --- the document that goes out -------------------------------------------------------------------------------------


def test_the_same_publication_gives_the_same_bytes(publication: Publication) -> None:
    assert write(publication) == write(publication)


def test_a_document_that_nobody_touched_gives_every_row_and_changes_nothing(publication: Publication) -> None:
    returned = read_edits(write(publication), "harbour.docx")
    assert returned.article == "harbour"
    assert len(returned.edits) == 18
    assert (returned.comments, returned.problems) == ((), ())
    after, verdicts = apply_edits(publication.bitext, returned.edits)
    assert after is publication.bitext
    assert {verdict.outcome for verdict in verdicts} == {"unchanged"}


def test_another_program_reads_the_same_table(publication: Publication) -> None:
    docx = pytest.importorskip("docx")
    opened = docx.Document(io.BytesIO(write(publication)))
    (table,) = opened.tables
    assert [cell.text.split("\n")[0] for cell in table.rows[0].cells] == [
        "ID",
        "한국어",
        "中文",
        "English",
        "비고 / comment",
    ]
    assert table.rows[2].cells[2].text == "丹东港3月12日开始建设新码头。"
    assert opened.core_properties.title == "단동항 새 부두 건설 시작"
    assert opened.sections[0].page_width > opened.sections[0].page_height


def test_every_run_says_its_language_and_its_east_asian_font(publication: Publication) -> None:
    tree = open_package(write(publication), "x").tree("word/document.xml")
    assert tree is not None
    row = rows_of(tree)[2]
    for column, tag, font in (
        ("ko", "ko-KR", "Malgun Gothic"),
        ("zh", "zh-CN", "Microsoft YaHei"),
        ("en", "en-US", "Microsoft YaHei"),
    ):
        runs = [run for run in descendants(cell_of(row, column), "w:r") if child(run, "w:t") is not None]
        assert runs
        for run in runs:
            language, fonts = child(run, "w:rPr", "w:lang"), child(run, "w:rPr", "w:rFonts")
            assert language is not None
            assert fonts is not None
            assert (attribute(language, "w:val"), attribute(fonts, "w:eastAsia")) == (tag, font)


def test_id_and_korean_are_locked_and_the_heading_row_is_repeated(publication: Publication) -> None:
    tree = open_package(write(publication), "x").tree("word/document.xml")
    assert tree is not None
    heading, *rows = rows_of(tree)
    assert child(heading, "w:trPr", "w:tblHeader") is not None
    for row in rows:
        locks = [list(descendants(cell, "w:lock")) for cell in children(row, "w:tc")]
        assert [bool(found) for found in locks] == [True, True, False, False, False]


def test_terms_are_underlined_where_they_are_kept_and_where_they_are_missed(publication: Publication) -> None:
    tree = open_package(write(publication), "x").tree("word/document.xml")
    assert tree is not None
    row = rows_of(tree)[2]
    marked = {
        (column, accepted_text(run)): attribute(line, "w:val")
        for column in ("ko", "zh", "en")
        for run in descendants(cell_of(row, column), "w:r")
        if (line := child(run, "w:rPr", "w:u")) is not None
    }
    assert marked == {
        ("ko", "단동항"): "wave",  # English has no Dandong Port
        ("ko", "부두"): "dotted",
        ("zh", "丹东港"): "dotted",
        ("zh", "码头"): "dotted",
        ("en", "pier"): "dotted",
    }


def test_each_finding_is_a_comment_on_its_cell_or_its_place(publication: Publication) -> None:
    content = write(publication)
    package = open_package(content, "x")
    notes, tree = package.tree("word/comments.xml"), package.tree("word/document.xml")
    assert notes is not None
    assert tree is not None
    texts = [accepted_text(note) for note in descendants(notes, "w:comment")]
    assert len(texts) == len(publication.findings)
    assert sum("“단동항” is to be “Dandong Port”. → Dandong Port" in text for text in texts) == 1
    references = [attribute(node, "w:id") for node in descendants(tree, "w:commentReference")]
    assert sorted(references, key=str) == sorted((str(n) for n in range(len(texts))), key=str)


def test_a_row_that_runs_over_a_page_may_be_divided() -> None:
    tree = open_package(write(a_publication("긴 문장. " * 1500, "长" * 10_000)), "x").tree("word/document.xml")
    assert tree is not None
    assert child(rows_of(tree)[1], "w:trPr", "w:cantSplit") is None
    assert (
        outcomes(
            a_publication("긴 문장. " * 1500, "长" * 10_000), write(a_publication("긴 문장. " * 1500, "长" * 10_000))
        )
        == {}
    )


# --- law 3 ----------------------------------------------------------------------------------------------------------


def a_publication(korean: str, chinese: str, **more: object) -> Publication:
    segment = Segment("s1", korean)
    translations = (Translation("s1", "zh", chinese, fingerprint(korean)),)
    return Publication(
        bitext=Bitext(Article("one", (Block("b1", "paragraph", (segment,)),)), translations), hints={}, **more
    )  # type: ignore[arg-type]


@given(st.text(min_size=1), st.text(), st.text(), st.integers(-3, 9))
def test_whatever_the_texts_are_nothing_changes_on_the_way(korean: str, chinese: str, said: str, at: int) -> None:
    publication = a_publication(korean, chinese, findings=(Finding("script", "s1", "zh", said, "warning", at, at + 3),))
    publication = replace(
        publication, bitext=replace(publication.bitext, comments=(Comment("s1", "zh", said or "말", "김"),))
    )
    returned = read_edits(write(publication), "one.docx")
    assert (returned.comments, returned.problems) == ((), ())
    after, verdicts = apply_edits(publication.bitext, returned.edits)
    assert after is publication.bitext
    assert [verdict.outcome for verdict in verdicts] == ["unchanged", "unchanged"]


texts = st.sampled_from(["新的译文。", "A new sentence.", "여기는 아직.", ""])
steps = st.one_of(
    st.tuples(st.sampled_from(["change", "tracked", "split"]), st.integers(0, 8), st.sampled_from(["zh", "en"]), texts),
    st.tuples(st.sampled_from(["delete", "track delete", "duplicate", "damage", "remark"]), st.integers(0, 8)),
    st.tuples(st.sampled_from(["move", "track move"]), st.integers(0, 8), st.integers(0, 8)),
)


class Sheet:
    """The table after some steps: the document's rows, and beside them what they are known to say."""

    def __init__(self, publication: Publication, tree: etree._Element) -> None:
        self.table = next(descendants(tree, "w:tbl"))
        self.rows = rows_of(tree)[1:]
        self.says: list[dict[str, str]] = []
        for segment in publication.bitext.article.segments():
            have = {lang: publication.bitext.translation(segment.id, lang) for lang in ("zh", "en")}
            self.says.append({"id": segment.id} | {lang: t.text if t else "" for lang, t in have.items()})

    def take(self, step: tuple) -> None:  # type: ignore[type-arg]
        name, number = step[0], step[1]
        if number >= len(self.rows):
            return
        row, says = self.rows[number], self.says[number]
        if name in ("change", "tracked", "split"):
            lang, text = step[2:]
            if name == "change":
                text_in(cell_of(row, lang), text)
            elif name == "tracked":
                tracked_in(cell_of(row, lang), text)
            else:
                pieces = "".join(f"<r><t xml:space='preserve'>{character}</t></r>" for character in text)
                put(cell_of(row, lang), f"<p>{pieces}</p>")
            says[lang] = text
        elif name == "damage":
            text_in(cell_of(row, "id"), says["id"] or "?")
            says["id"] = ""
        elif name == "remark":
            text_in(cell_of(row, "remark"), f"말 {number}")
            says["remark"] = f"말 {number}"
        elif name in ("delete", "track delete"):
            self._take_out(number, is_tracked=name == "track delete")
        elif name == "duplicate":
            row.addnext(twin := copy.deepcopy(row))
            self.rows.insert(number + 1, twin)
            self.says.insert(number + 1, dict(says))
        else:
            self._move(number, step[2], is_tracked=name == "track move")

    def _take_out(self, number: int, *, is_tracked: bool) -> None:
        row = self.rows.pop(number)
        self.says.pop(number)
        if is_tracked:
            track_row(row, "del")
        else:
            self.table.remove(row)

    def _move(self, number: int, to: int, *, is_tracked: bool) -> None:
        twin, says = copy.deepcopy(self.rows[number]), self.says[number]
        if is_tracked:
            track_row(twin, "ins")
        self._take_out(number, is_tracked=is_tracked)
        to = min(to, len(self.rows))
        if to == len(self.rows):
            self.table.append(twin)
        else:
            self.rows[to].addprevious(twin)
        self.rows.insert(to, twin)
        self.says.insert(to, says)


def expected(publication: Publication, says: list[dict[str, str]]) -> Iterator[tuple[str, str, str]]:
    """(segment, language, outcome) of every row that can be read, found without looking at the program's way."""
    known = [row for row in says if row["id"]]
    current: dict[tuple[str, str], str] = {}
    for row in known:
        for lang in ("zh", "en"):
            key = row["id"], lang
            have = publication.bitext.translation(*key)
            out = have.text if have else ""
            other = {one[lang] for one in known if one["id"] == row["id"]} - {out}
            if row[lang] in (out, current.get(key, out)):
                yield *key, "unchanged"
            elif len(other) > 1 or not row[lang]:
                yield *key, "refused"
            else:
                current[key] = row[lang]
                yield *key, "applied"


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(script=st.lists(steps, max_size=8))
def test_a_random_script_of_edits_gives_exactly_the_expected_report(
    publication: Publication,
    written: bytes,
    script: list,  # type: ignore[type-arg]
) -> None:
    says: list[dict[str, str]] = []

    def edit(tree: etree._Element) -> None:
        sheet = Sheet(publication, tree)
        for step in script:
            sheet.take(step)
        says.extend(sheet.says)

    content = changed(written, edit)
    if not any(row["id"] for row in says):
        with pytest.raises(InputError):
            read_edits(content, "harbour.docx")
        return
    returned = read_edits(content, "harbour.docx", by="박")
    after, verdicts = apply_edits(publication.bitext, returned.edits)
    assert [(v.edit.segment, v.edit.lang, v.outcome) for v in verdicts] == list(expected(publication, says))
    assert [c.text for c in returned.comments] == [row["remark"] for row in says if row["id"] and "remark" in row]
    assert len(returned.problems) == sum(not row["id"] for row in says)
    again, repeated = apply_edits(after, returned.edits)
    assert again == after
    assert "applied" not in {verdict.outcome for verdict in repeated}


# --- what people do to it -------------------------------------------------------------------------------------------


def test_a_tracked_change_carries_its_author_and_an_untracked_one_the_sender(publication: Publication) -> None:
    def edit(tree: etree._Element) -> None:
        tracked_in(cell_of(rows_of(tree)[2], "zh"), "新译文。", by="리")
        text_in(cell_of(rows_of(tree)[3], "zh"), "另一个。")

    returned = read_edits(changed(write(publication), edit), "harbour.docx", by="박")
    by = {(edit.segment, edit.lang): edit.by for edit in returned.edits}
    assert (by["s2", "zh"], by["s3", "zh"]) == ("리", "박")


def test_a_word_comment_belongs_to_its_cell_and_an_answer_to_ours_to_its_writer(publication: Publication) -> None:
    content = write(publication)

    def anchor(tree: etree._Element) -> None:
        paragraph = child(cell_of(rows_of(tree)[2], "zh"), "w:p")
        assert paragraph is not None
        paragraph.extend(
            word('<commentRangeStart w:id="77"/><commentRangeEnd w:id="77"/><r><commentReference w:id="77"/></r>')
        )

    def say(notes: etree._Element) -> None:
        notes.extend(
            word(
                '<comment w:id="77" w:author="리" w:date="2026-11-01T10:00:00Z"><p><r><t>항? 港?</t></r></p></comment>'
            )
        )
        ours = next(note for note in descendants(notes, "w:comment") if "terms" in accepted_text(note))
        ours.extend(word('<p><ins w:author="김"><r><t>그대로 둡니다.</t></r></ins></p>'))

    returned = read_edits(changed(changed(content, anchor), say, "word/comments.xml"), "harbour.docx")
    assert set(returned.comments) == {
        Comment("s2", "zh", "항? 港?", "리", "2026-11-01T10:00:00Z"),
        Comment("s2", "en", "그대로 둡니다.", "김"),
    }


def test_a_comment_on_a_row_that_was_deleted_is_not_lost(publication: Publication) -> None:
    def anchor(tree: etree._Element) -> None:
        paragraph = child(cell_of(rows_of(tree)[2], "zh"), "w:p")
        assert paragraph is not None
        paragraph.extend(word('<r><commentReference w:id="77"/></r>'))
        track_row(rows_of(tree)[2], "del")

    def say(notes: etree._Element) -> None:
        notes.extend(word('<comment w:id="77" w:author="리"><p><r><t>필요 없음</t></r></p></comment>'))

    returned = read_edits(changed(changed(write(publication), anchor), say, "word/comments.xml"), "harbour.docx")
    assert [(problem.place, problem.text) for problem in returned.problems] == [("a comment", "필요 없음")]
    assert "s2" not in {edit.segment for edit in returned.edits}


def test_a_footnote_is_a_comment_of_who_last_saved_the_file(publication: Publication) -> None:
    def refer(tree: etree._Element) -> None:
        paragraph = child(cell_of(rows_of(tree)[2], "zh"), "w:p")
        assert paragraph is not None
        paragraph.extend(word('<r><footnoteReference w:id="2"/></r>'))

    def save(core: etree._Element) -> None:
        etree.SubElement(core, f"{{{NAMESPACES['cp'][0]}}}lastModifiedBy").text = "리"

    package = open_package(changed(changed(write(publication), refer), save, "docProps/core.xml"), "x")
    parts = {name: package.archive.read(entry) for name, entry in package.parts.items()}
    relationship = b'<Relationship Id="f" Type="http://example.org/footnotes" Target="footnotes.xml"/></Relationships>'
    name = "word/_rels/document.xml.rels"
    parts[name] = parts[name].replace(b"</Relationships>", relationship)
    notes = (
        f'<footnotes xmlns="{W}" xmlns:w="{W}"><footnote w:id="2"><p><r><t>출처 확인</t></r></p></footnote></footnotes>'
    )
    returned = read_edits(write_package(parts | {"word/footnotes.xml": notes.encode()}), "harbour.docx")
    assert returned.comments == (Comment("s2", "zh", "출처 확인", "리"),)
    assert {edit.by for edit in returned.edits} == {"리"}


def test_comments_that_are_known_go_out_and_do_not_come_in_again(publication: Publication) -> None:
    bitext = replace(publication.bitext, comments=(Comment("s2", "zh", "좋다.", "김"), Comment("s3", "", "확인", "")))
    returned = read_edits(write(replace(publication, bitext=bitext)), "harbour.docx")
    assert add_comments(bitext, returned.comments) == (bitext, 0)


def test_columns_may_change_places_and_one_may_go(publication: Publication) -> None:
    def edit(tree: etree._Element) -> None:
        for row in rows_of(tree):
            cells = list(children(row, "w:tc"))
            row.remove(cells[COLUMNS["zh"]])
            row.append(cells[COLUMNS["id"]])
            row.append(cells[COLUMNS["ko"]])
        text_in(next(children(rows_of(tree)[3], "w:tc")), "Roads will follow.")

    returned = read_edits(changed(write(publication), edit), "harbour.docx")
    assert returned.problems == ()
    _, verdicts = apply_edits(publication.bitext, returned.edits)
    assert [(v.edit.segment, v.edit.lang, v.edit.text) for v in verdicts if v.outcome != "unchanged"] == [
        ("s3", "en", "Roads will follow.")
    ]
    assert {v.edit.lang for v in verdicts} == {"en"}


def test_a_column_that_somebody_added_is_remarks(publication: Publication) -> None:
    def edit(tree: etree._Element) -> None:
        for number, row in enumerate(rows_of(tree)):
            row.extend(
                word(f"<tc><p><r><t>{'2차 교정' if number == 0 else '좋음' if number == 2 else ''}</t></r></p></tc>")
            )

    returned = read_edits(changed(write(publication), edit), "harbour.docx", by="박")
    assert returned.comments == (Comment("s2", "", "2차 교정: 좋음", "박"),)
    assert outcomes(publication, changed(write(publication), edit)) == {}


def test_an_id_that_was_put_beside_another_sentence_is_never_applied(publication: Publication) -> None:
    def edit(tree: etree._Element) -> None:  # the ID column was sorted alone
        rows = rows_of(tree)[1:]
        ids = [cell_of(row, "id") for row in rows]
        for row, one in zip(rows, [copy.deepcopy(cell) for cell in (*ids[1:], ids[0])], strict=True):
            row.replace(cell_of(row, "id"), one)

    returned = read_edits(changed(write(publication), edit), "harbour.docx")
    assert returned.edits == ()
    assert len(returned.problems) == 9
    assert "丹东港新码头开工建设" in returned.problems[0].text


def test_merged_cells_are_a_problem_with_their_text_and_the_rest_comes_in(publication: Publication) -> None:
    def edit(tree: etree._Element) -> None:
        upper, lower = (cell_of(rows_of(tree)[number], "zh") for number in (2, 3))
        upper.extend(word("<p><r><t>两句合一。</t></r></p>"))
        for one, kind in ((upper, '<vMerge w:val="restart"/>'), (lower, "<vMerge/>")):
            properties = child(one, "w:tcPr")
            assert properties is not None
            properties.extend(word(kind))
        put(lower, "<p/>")
        wide = cell_of(rows_of(tree)[5], "zh")
        properties = child(wide, "w:tcPr")
        assert properties is not None
        properties.insert(1, word('<gridSpan w:val="2"/>')[0])
        rows_of(tree)[5].remove(cell_of(rows_of(tree)[5], "en"))

    returned = read_edits(changed(write(publication), edit), "harbour.docx")
    assert {problem.place for problem in returned.problems} == {"row 3", "row 6"}
    assert any("两句合一。" in problem.text for problem in returned.problems)
    seen = {(edit.segment, edit.lang) for edit in returned.edits}
    assert {("s2", "zh"), ("s3", "zh"), ("s5", "zh"), ("s5", "en")}.isdisjoint(seen)
    assert len(seen) == 14


def test_a_table_that_was_split_and_one_that_lost_its_heading_are_read(publication: Publication) -> None:
    def split(tree: etree._Element) -> None:
        table = next(descendants(tree, "w:tbl"))
        second = copy.deepcopy(table)
        for number, (one, two) in enumerate(zip(rows_of(tree), list(children(second, "w:tr")), strict=True)):
            (table if number > 4 else second).remove(one if number > 4 else two)
        table.addnext(second)
        second.addprevious(word("<p/>")[0])

    returned = read_edits(changed(write(publication), split), "harbour.docx")
    assert len(returned.edits) == 18
    assert returned.problems == ()


def test_text_outside_the_table_and_pictures_in_it_are_told(publication: Publication) -> None:
    def edit(tree: etree._Element) -> None:
        next(descendants(tree, "w:tbl")).addnext(word("<p><r><t>전체적으로 좋습니다.</t></r></p>")[0])
        cell_of(rows_of(tree)[2], "zh").extend(word("<p><r><drawing/></r></p>"))

    returned = read_edits(changed(write(publication), edit), "harbour.docx")
    assert [(problem.place, problem.text) for problem in returned.problems] == [
        ("row 3", ""),
        ("outside the table", "전체적으로 좋습니다."),
    ]
    assert len(returned.edits) == 18


def test_soft_hyphens_of_the_typesetter_do_not_come_in(publication: Publication) -> None:
    def edit(tree: etree._Element) -> None:
        put(
            cell_of(rows_of(tree)[5], "en"),
            "<p><r><t>There will be more</t><t xml:space='preserve'> jo</t><softHyphen/><t>bs.</t></r></p>",
        )

    assert outcomes(publication, changed(write(publication), edit)) == {}


def test_without_its_properties_the_document_still_says_whose_it_is(publication: Publication) -> None:
    package = open_package(write(replace(publication, targets=("en",))), "x")
    parts = {
        name: package.archive.read(entry) for name, entry in package.parts.items() if name != "docProps/custom.xml"
    }
    returned = read_edits(write_package(parts), "umbenannt.docx")
    assert returned.article == "harbour"
    _, verdicts = apply_edits(publication.bitext, returned.edits)
    assert {verdict.outcome for verdict in verdicts} == {"unchanged"}
    assert len(verdicts) == 9


def test_strict_open_xml_is_read_like_any_other(publication: Publication) -> None:
    package = open_package(write(publication), "x")
    parts = {}
    for name, entry in package.parts.items():
        content = package.archive.read(entry)
        for prefix in ("w", "r", "op"):
            old, new = NAMESPACES[prefix]
            content = content.replace(old.encode(), new.encode())
        parts[name] = content
    returned = read_edits(write_package(parts), "strict.docx")
    assert (returned.article, len(returned.edits), returned.comments, returned.problems) == ("harbour", 18, (), ())


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_a_document_that_libreoffice_saved_again_changes_nothing(publication: Publication, tmp_path: Path) -> None:
    odd = [
        Segment(f"s{20 + n}", f"말{text}끝 {n}")
        for n, text in enumerate(["\x1b", "\xad", "\u2011", "\ue0bc", "👩‍👦", "مرحبا", "_x001B_", "a\tb\nc"])
    ]
    bitext = publication.bitext
    block = Block("b20", "paragraph", tuple(odd))
    article = replace(bitext.article, blocks=(*bitext.article.blocks, block))
    more = tuple(Translation(segment.id, "zh", segment.text, fingerprint(segment.text)) for segment in odd)
    comments = (Comment("s20", "zh", "좋다.", "김", "2026-11-01T10:00:00Z"), Comment("s21", "", "말", ""))
    bitext = replace(bitext, article=article, translations=(*bitext.translations, *more), comments=comments)
    publication = replace(
        publication, bitext=bitext, findings=(*publication.findings, Finding("source", "s2", "ko", "말", "info", 0, 3))
    )

    def edit(tree: etree._Element) -> None:
        tracked_in(cell_of(rows_of(tree)[2], "zh"), "新译文。", by="리")
        track_row(rows_of(tree)[6], "del")

    (tmp_path / "in.docx").write_bytes(changed(write(publication), edit))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        str(OFFICE),
        profile,
        "--headless",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(tmp_path / "out"),
    ]
    subprocess.run([*command, str(tmp_path / "in.docx")], check=True, capture_output=True, timeout=120)
    saved = (tmp_path / "out" / "in.docx").read_bytes()
    returned = read_edits(saved, "in.docx")
    assert (returned.article, returned.comments, returned.problems) == ("harbour", (), ())
    _, verdicts = apply_edits(bitext, returned.edits)
    assert len(verdicts) == 2 * (9 - 1 + len(odd))
    assert [(v.edit.segment, v.edit.lang, v.edit.text, v.edit.by) for v in verdicts if v.outcome != "unchanged"] == [
        ("s2", "zh", "新译文。", "리")
    ]


# --- files that are not what they should be -------------------------------------------------------------------------


def zipped(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


def test_macros_are_told_and_not_run(publication: Publication) -> None:
    package = open_package(write(publication), "x")
    parts = {name: package.archive.read(entry) for name, entry in package.parts.items()}
    returned = read_edits(write_package(parts | {"word/vbaProject.bin": b"Sub AutoOpen()"}), "harbour.docm")
    assert len(returned.edits) == 18
    assert ["macros" in problem.message for problem in returned.problems] == [True]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7 ...", "this is a PDF"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Office"),
        (b"", "no Office"),
        ("심양".encode(), "no Office"),
        (zipped(mimetype=b"application/epub+zip"), "no Word document"),
        (zipped(word__document=b""), "no Word document"),
        (b"PK\x03\x04 cut off", "cut off"),
    ],
)
def test_what_is_no_review_table_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        read_edits(content, "back.docx")
    assert str(refused.value).startswith("back.docx: ")


def test_a_document_cut_off_anywhere_is_refused_or_read_whole(publication: Publication) -> None:
    content = write(publication)
    for end in range(0, len(content), len(content) // 25):
        with pytest.raises(InputError):
            read_edits(content[:end], "cut.docx")


def test_external_entities_and_bombs_are_not_read(publication: Publication, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("비밀", "utf-8")
    package = open_package(write(publication), "x")
    parts = {name: package.archive.read(entry) for name, entry in package.parts.items()}
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
    document = parts["word/document.xml"].replace(b"?>", b"?>" + entity, 1).replace("丹东港".encode(), b"&e;", 1)
    with pytest.raises(InputError, match="entities"):
        read_edits(write_package(parts | {"word/document.xml": document}), "x.docx")
    bomb = write_package(parts | {"word/document.xml": b"<x>" + b" " * (101 * 2**20)})
    assert len(bomb) < 2**20
    with pytest.raises(InputError, match="101 MB"):
        read_edits(bomb, "bomb.docx")
    broken = write_package(parts | {"word/document.xml": parts["word/document.xml"][:-40]})
    with pytest.raises(InputError, match="no XML"):
        read_edits(broken, "x.docx")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(hits=st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(["drop", "twice", "bare", "wrap"])), max_size=6))
def test_a_tree_with_anything_missing_or_twice_is_read_or_refused(written: bytes, hits: list[tuple[int, str]]) -> None:
    def damage(tree: etree._Element) -> None:
        for number, kind in hits:
            nodes = list(tree.iter())[1:]
            if not nodes:
                return
            node = nodes[number % len(nodes)]
            above = node.getparent()
            assert above is not None
            if kind == "drop":
                above.remove(node)
            elif kind == "twice":
                node.addnext(copy.deepcopy(node))
            elif kind == "bare":
                node.attrib.clear()
            else:
                (wrapper,) = word("<sdt><sdtContent/></sdt>")
                node.addprevious(wrapper)
                wrapper[0].append(node)

    try:
        returned = read_edits(changed(changed(written, damage), damage, "word/comments.xml"), "x.docx")
    except InputError:
        return
    assert {edit.segment for edit in returned.edits} <= {f"s{number}" for number in range(1, 10)}


def test_a_table_without_ids_is_told_from_another_document(publication: Publication) -> None:
    def without_ids(tree: etree._Element) -> None:
        for row in rows_of(tree)[1:]:
            put(cell_of(row, "id"), "<p/>")

    with pytest.raises(InputError, match="lost its IDs"):
        read_edits(changed(write(publication), without_ids), "x.docx")
    with pytest.raises(InputError, match="no review table"):
        read_edits(changed(write(publication), lambda tree: tree[0].remove(next(descendants(tree, "w:tbl")))), "x.docx")
