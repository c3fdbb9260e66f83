"""Law 3 for XLIFF 2 and 1.2: what comes back is what went out, whatever tools and people did to the file meanwhile."""

from __future__ import annotations

import io
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.article import Article, Bitext, Block, Comment, Finding, Segment, State, Translation, fingerprint
from pipeline.edits import add_comments, apply_edits
from pipeline.errors import InputError
from pipeline.formats import Returned, xliff, xliff12
from pipeline.publication import Publication

KOREAN = (
    "심양항이 문을 열었다.",
    "화물이 늘어났다.",
    "로동자들이 기뻐하였다.",
    "바다는 잔잔하다.",
    "래년에는 더 짓는다.",
)
CHINESE = ("沈阳港开港。", "货物增加了。", "工人们很高兴。", "大海平静。", None)
NEW = ("甲文。", "乙 <b>&amp;</b> 文。", "丙🌅文。", "丁" * 60)


@dataclass(frozen=True)
class Format:
    """How tests take hold of a version of XLIFF."""

    module: ModuleType
    unit: str  # what a segment stands in
    namespace: str

    def root(self, content: bytes) -> etree._Element:
        return etree.fromstring(content)

    def name(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}"

    def rows(self, root: etree._Element) -> list[etree._Element]:
        return list(root.iter(self.name(self.unit)))

    def row(self, root: etree._Element, segment: str) -> etree._Element:
        return next(row for row in self.rows(root) if row.get("id") == segment)

    def part(self, row: etree._Element, name: str) -> etree._Element:
        found = row.find(self.name(name))
        if found is None:
            found = etree.Element(self.name(name))
            row.insert(list(row).index(self.part(row, "source")) + 1, found)
        return found

    def edit(self, root: etree._Element, segment: str, text: str) -> None:
        target = self.part(self.row(root, segment), "target")
        for child in list(target):
            target.remove(child)
        target.text = text

    def read(self, root: etree._Element | bytes, by: str = "박") -> Returned:
        content = root if isinstance(root, bytes) else etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        returned = self.module.read_edits(content, "port.xlf", by)
        assert isinstance(returned, Returned)
        return returned


TWO = Format(xliff, "segment", xliff.CORE)
ONE = Format(xliff12, "trans-unit", xliff12.NAMESPACE)


@pytest.fixture(params=[TWO, ONE], ids=["xliff2", "xliff12"])
def xlf(request: pytest.FixtureRequest) -> Format:
    found: Format = request.param
    return found


def a_bitext(texts: tuple[str | None, ...] = CHINESE, korean: tuple[str, ...] = KOREAN) -> Bitext:
    """Five sentences in two paragraphs; the last has no translation."""
    segments = tuple(Segment(f"s{number}", text, " ") for number, text in enumerate(korean, 1))
    translations = tuple(
        Translation(segment.id, "zh", text, fingerprint(segment.text), by="model")
        for segment, text in zip(segments, texts, strict=True)
        if text is not None
    )
    blocks = (Block("b1", "title", segments[:1]), Block("b2", "paragraph", segments[1:], "\u3000"))
    return Bitext(Article("port", blocks), translations)


def written(xlf: Format, bitext: Bitext, lang: str = "zh", **more: object) -> bytes:
    content = xlf.module.write(Publication(bitext=bitext, hints={}, **more), lang)  # type: ignore[arg-type]
    assert isinstance(content, bytes)
    return content


def exported(xlf: Format, bitext: Bitext | None = None) -> etree._Element:
    return xlf.root(written(xlf, bitext or a_bitext()))


def outcomes(bitext: Bitext, returned: Returned) -> dict[str, str]:
    _, verdicts = apply_edits(bitext, returned.edits)
    return {verdict.edit.segment: verdict.outcome for verdict in verdicts}


def text_of(bitext: Bitext, segment: str) -> str:
    have = bitext.translation(segment, "zh")
    return have.text if have else ""


# --- law 3 ----------------------------------------------------------------------------------------------------------

states: st.SearchStrategy[State] = st.sampled_from(["draft", "edited", "approved"])
sentences = st.text(max_size=25) | st.sampled_from(["심양⟦U+001B⟧", "a\x1bb_x001B_", "שלום 🌅", "  ", "<b>&amp;</b>"])


@st.composite
def bitexts(draw: st.DrawFn) -> Bitext:
    pairs = draw(
        st.lists(st.tuples(sentences.filter(str.strip), sentences, states, st.text(max_size=3)), min_size=1, max_size=6)
    )
    segments = tuple(Segment(f"s{number}", korean, gap) for number, (korean, _, _, gap) in enumerate(pairs, 1))
    cut = draw(st.integers(0, len(segments)))
    blocks = tuple(Block(f"b{n}", "paragraph", s) for n, s in enumerate((segments[:cut], segments[cut:]), 1) if s)
    made = tuple(
        Translation(segment.id, "en", text, fingerprint(segment.text), state=state)
        for segment, (_, text, state, _) in zip(segments, pairs, strict=True)
        if text.strip()
    )
    return Bitext(Article("port", blocks), made)


@pytest.mark.parametrize("xlf", [TWO, ONE], ids=["xliff2", "xliff12"])
@given(bitext=bitexts())
def test_a_file_that_nobody_touched_changes_nothing(xlf: Format, bitext: Bitext) -> None:
    returned = xlf.read(written(xlf, bitext, "en"))
    after, verdicts = apply_edits(bitext, returned.edits)
    assert after is bitext
    assert {verdict.outcome for verdict in verdicts} <= {"unchanged"}
    assert (returned.article, returned.comments, returned.problems) == ("port", (), ())
    assert [edit.segment for edit in returned.edits] == [segment.id for segment in bitext.article.segments()]


@pytest.mark.parametrize("xlf", [TWO, ONE], ids=["xliff2", "xliff12"])
@given(bitext=bitexts(), later=st.lists(sentences.filter(str.strip), min_size=6, max_size=6))
def test_a_file_that_nobody_touched_undoes_nothing_that_was_done_meanwhile(
    xlf: Format, bitext: Bitext, later: list[str]
) -> None:
    returned = xlf.read(written(xlf, bitext, "en"))
    changed = tuple(
        replace(one, text=text, state="edited") for one, text in zip(bitext.translations, later, strict=False)
    )
    now = replace(bitext, translations=changed)
    after, verdicts = apply_edits(now, returned.edits)
    assert after is now
    assert {verdict.outcome for verdict in verdicts} <= {"unchanged"}


def test_a_row_that_went_out_empty_is_unchanged_when_a_translation_came_meanwhile(xlf: Format) -> None:
    now = a_bitext((*CHINESE[:4], "明年再建。"))
    assert outcomes(now, xlf.read(written(xlf, a_bitext())))["s5"] == "unchanged"


ACTIONS = ["change", "empty", "delete", "duplicate", "contradict", "new id", "id of another", "final", "move"]


def expected_of(action: str, segment: str) -> dict[tuple[str, str], int]:
    """The verdicts that an action on one segment brings."""
    has = CHINESE[int(segment[1:]) - 1] is not None
    unchanged, applied, refused = (segment, "unchanged"), (segment, "applied"), (segment, "refused")
    return {
        "change": {applied: 1},
        "empty": {refused: 1} if has else {unchanged: 1},
        "delete": {},
        "duplicate": {applied: 1, unchanged: 1},
        "contradict": {refused: 2},
        "new id": {applied: 1},
        "id of another": {applied: 1},
        "final": {applied: 1} if has else {unchanged: 1},
        "move": {applied: 1},
    }.get(action, {unchanged: 1})


def act(xlf: Format, row: etree._Element, action: str, segment: str, text: str) -> None:
    parent = row.getparent()
    assert parent is not None
    if action not in ("delete", "final"):
        xlf.part(row, "target").text = "" if action == "empty" else text
    if action == "delete":
        parent.remove(row)
    elif action in ("duplicate", "contradict"):
        twin = etree.fromstring(etree.tostring(row))
        parent.append(twin)
        if action == "contradict":
            xlf.part(twin, "target").text = text + "又"
    elif action in ("new id", "id of another"):
        row.set("id", f"x-{segment}" if action == "new id" else f"s{int(segment[1:]) % 5 + 1}")
    elif action == "final":
        (row if xlf is TWO else xlf.part(row, "target")).set("state", "final")
    elif action == "move":
        parent.append(row)


@pytest.mark.parametrize("xlf", [TWO, ONE], ids=["xliff2", "xliff12"])
@settings(max_examples=100)
@given(
    script=st.dictionaries(
        st.sampled_from(["s1", "s2", "s3", "s4", "s5"]), st.tuples(st.sampled_from(ACTIONS), st.sampled_from(NEW))
    )
)
def test_every_edit_script_has_exactly_the_expected_verdicts(xlf: Format, script: dict[str, tuple[str, str]]) -> None:
    before = a_bitext()
    root = exported(xlf, before)
    rows = {segment: xlf.row(root, segment) for segment in script}
    for segment, (action, text) in script.items():
        act(xlf, rows[segment], action, segment, text)
    returned = xlf.read(root)
    once, verdicts = apply_edits(before, returned.edits)
    expected: Counter[tuple[str, str]] = Counter()
    for segment in ("s1", "s2", "s3", "s4", "s5"):
        expected.update(expected_of(script.get(segment, ("", ""))[0], segment))
    found = Counter((verdict.edit.segment, verdict.outcome) for verdict in verdicts)
    assert found == expected
    assert returned.problems == ()
    again, repeated = apply_edits(once, returned.edits)
    assert again == once
    assert all(verdict.outcome != "applied" for verdict in repeated)


# --- what tools do --------------------------------------------------------------------------------------------------


def prefixed(root: etree._Element) -> bytes:
    """The names with a prefix, and attributes in another order."""
    for element in root.iter():
        attributes = sorted(element.attrib.items(), reverse=True)
        element.attrib.clear()
        element.attrib.update(attributes)
    text = etree.tostring(root, encoding="unicode")
    space = str(etree.QName(root).namespace)
    text = text.replace(f'xmlns="{space}"', f'xmlns:xlf="{space}"')
    for name in ("xliff", "file", "header", "body", "group", "unit", "trans-unit", "segment", "ignorable", "notes"):
        text = text.replace(f"<{name} ", f"<xlf:{name} ").replace(f"<{name}>", f"<xlf:{name}>")
        text = text.replace(f"</{name}>", f"</xlf:{name}>")
    for name in ("source", "target", "note"):
        text = text.replace(f"<{name}", f"<xlf:{name}").replace(f"</{name}>", f"</xlf:{name}>")
    return text.encode()


def indented(root: etree._Element) -> bytes:
    for element in root.iter():
        if etree.QName(element).localname in ("source", "target") and not len(element) and (element.text or "").strip():
            element.text = f"\n        {element.text}\n      "
    etree.indent(root, "\t")
    return etree.tostring(root, encoding="UTF-8")


def littered(root: etree._Element) -> bytes:
    """Comments and instructions of tools everywhere, in the middle of texts too."""
    for element in list(root.iter()):
        if etree.QName(element).localname in ("source", "target") and not len(element) and element.text:
            comment = etree.Comment("x")
            comment.tail = element.text[1:]
            element.insert(0, comment)
            element.text = element.text[:1]
        else:
            element.append(etree.ProcessingInstruction("tool", "was here"))
    return etree.tostring(root, encoding="UTF-8")


def in_cdata(root: etree._Element) -> bytes:
    for element in root.iter():
        if etree.QName(element).localname in ("source", "target") and not len(element) and element.text:
            element.text = etree.CDATA(element.text)  # type: ignore[assignment]  # the stubs know text only
    return etree.tostring(root, encoding="UTF-8")


SAVED: dict[str, Callable[[etree._Element], bytes]] = {
    "UTF-16": lambda root: etree.tostring(root, encoding="UTF-16", xml_declaration=True),
    "with a BOM": lambda root: b"\xef\xbb\xbf" + etree.tostring(root, encoding="UTF-8", xml_declaration=True),
    "references for all letters": lambda root: etree.tostring(root, encoding="US-ASCII"),
    "GB18030": lambda root: etree.tostring(root, encoding="GB18030", xml_declaration=True),
    "Windows line ends": lambda root: etree.tostring(root).replace(b"\n", b"\r\n"),
    "prefixes": prefixed,
    "indented": indented,
    "comments": littered,
    "CDATA": in_cdata,
}


@pytest.mark.parametrize("label", SAVED)
def test_a_file_that_a_tool_saved_in_its_own_way_changes_nothing(xlf: Format, label: str) -> None:
    bitext = a_bitext()
    returned = xlf.read(SAVED[label](exported(xlf, bitext)))
    after, verdicts = apply_edits(bitext, returned.edits)
    assert after is bitext
    assert len(verdicts) == 5
    assert (returned.article, returned.comments, returned.problems) == ("port", (), ())


@pytest.mark.parametrize("label", SAVED)
def test_an_edit_in_such_a_file_arrives(xlf: Format, label: str) -> None:
    root = exported(xlf)
    xlf.edit(root, "s2", "货物多了。")
    after, _ = apply_edits(a_bitext(), xlf.read(SAVED[label](root)).edits)
    assert text_of(after, "s2") == "货物多了。"
    assert [text_of(after, f"s{n}") for n in (1, 3, 4)] == [CHINESE[0], CHINESE[2], CHINESE[3]]


def test_the_korean_in_the_place_of_a_missing_translation_is_no_translation(xlf: Format) -> None:
    root = exported(xlf)
    xlf.edit(root, "s5", KOREAN[4])  # as OmegaT writes what nobody translated
    returned = xlf.read(root)
    assert outcomes(a_bitext(), returned)["s5"] == "unchanged"
    assert returned.problems == ()


def test_the_korean_in_the_place_of_a_translation_is_a_problem(xlf: Format) -> None:
    root = exported(xlf)
    xlf.edit(root, "s2", KOREAN[1])
    returned = xlf.read(root)
    assert "s2" not in outcomes(a_bitext(), returned)
    assert [problem.text for problem in returned.problems] == [KOREAN[1]]


def test_a_number_may_be_its_own_translation(xlf: Format) -> None:
    bitext = a_bitext((None, *CHINESE[1:]), ("2026", *KOREAN[1:]))
    root = exported(xlf, bitext)
    xlf.edit(root, "s1", "2026")
    assert outcomes(bitext, xlf.read(root))["s1"] == "applied"


def cut(xlf: Format, root: etree._Element, ids: tuple[str, str], texts: tuple[str, str]) -> None:
    """The third sentence in two, as a tool that does not ask cuts it."""
    row = xlf.row(root, "s3")
    twin = etree.fromstring(etree.tostring(row))
    parent = row.getparent()
    assert parent is not None
    parent.insert(list(parent).index(row) + 1, twin)
    for piece, name, korean, text in zip((row, twin), ids, ("로동자들이 ", "기뻐하였다."), texts, strict=True):
        piece.set("id", name)
        xlf.part(piece, "source").text = korean
        xlf.part(piece, "target").text = text


@pytest.mark.parametrize("ids", [("s3", "s3-2"), ("17", "18"), ("s3", "s4")])
def test_a_segment_that_was_cut_is_put_together_again(xlf: Format, ids: tuple[str, str]) -> None:
    root = exported(xlf)
    cut(xlf, root, ids, ("工人们", "高兴极了。"))
    returned = xlf.read(root)
    after, verdicts = apply_edits(a_bitext(), returned.edits)
    assert text_of(after, "s3") == "工人们高兴极了。"
    assert returned.problems == ()
    assert len(verdicts) == 5


def test_a_segment_of_which_half_is_translated_is_a_problem_with_its_text(xlf: Format) -> None:
    root = exported(xlf)
    cut(xlf, root, ("s3", "s3-2"), ("工人们", ""))
    returned = xlf.read(root)
    assert "s3" not in outcomes(a_bitext(), returned)
    assert [problem.text for problem in returned.problems] == ["工人们", ""]


def test_segments_that_were_joined_are_a_problem_with_their_texts(xlf: Format) -> None:
    root = exported(xlf)
    row, other = xlf.row(root, "s2"), xlf.row(root, "s3")
    xlf.part(row, "source").text = f"{KOREAN[1]} {KOREAN[2]}"
    xlf.part(row, "target").text = "货物多了，工人们高兴。"
    parent = other.getparent()
    assert parent is not None
    parent.remove(other)
    returned = xlf.read(root)
    (problem,) = returned.problems
    assert problem.text == "货物多了，工人们高兴。"
    assert KOREAN[2] in problem.message
    assert set(outcomes(a_bitext(), returned)) == {"s1", "s4", "s5"}


def test_of_two_equal_sentences_that_lost_their_ids_nobody_guesses_which_is_which(xlf: Format) -> None:
    bitext = a_bitext(korean=(KOREAN[0], KOREAN[1], KOREAN[1], KOREAN[3], KOREAN[4]))
    root = exported(xlf, bitext)
    row, other = xlf.row(root, "s2"), xlf.row(root, "s3")
    parent = other.getparent()
    assert parent is not None
    parent.remove(row)
    other.set("id", "17")
    returned = xlf.read(root)
    if xlf is TWO:
        assert [problem.text for problem in returned.problems] == [CHINESE[2]]
        assert {"s2", "s3"}.isdisjoint(outcomes(bitext, returned))
    else:  # there the mark stands at the segment itself
        assert returned.problems == ()
        assert outcomes(bitext, returned) == dict.fromkeys(("s1", "s3", "s4", "s5"), "unchanged")


def test_a_file_without_its_marks_still_brings_what_was_not_translated(xlf: Format) -> None:
    root = exported(xlf)
    for element in list(root.iter()):
        element.attrib.pop("extradata", None)
        if etree.QName(element).localname == "metadata":
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)
    xlf.edit(root, "s5", "明年再建。")
    xlf.edit(root, "s2", "货物多了。")
    returned = xlf.read(root)
    found = outcomes(a_bitext(), returned)
    assert returned.article == "port"
    assert found == {"s1": "unchanged", "s2": "refused", "s3": "unchanged", "s4": "unchanged", "s5": "applied"}
    assert [problem.place for problem in returned.problems] == ["the file"]


def test_korean_that_was_edited_in_the_tool_is_a_problem_and_the_translation_is_not_lost(xlf: Format) -> None:
    root = exported(xlf)
    xlf.part(xlf.row(root, "s2"), "source").text = "화물이 줄어들었다."
    xlf.edit(root, "s2", "货物减少了。")
    (problem,) = xlf.read(root).problems
    assert problem.text == "货物减少了。"


def test_an_edit_of_a_korean_that_has_changed_here_is_refused(xlf: Format) -> None:
    root = exported(xlf)
    xlf.edit(root, "s2", "货物多了。")
    now = a_bitext(korean=(KOREAN[0], "화물이 줄어들었다.", *KOREAN[2:]))
    _, verdicts = apply_edits(now, xlf.read(root).edits)
    refused = [verdict for verdict in verdicts if verdict.outcome == "refused"]
    assert [(v.edit.text, v.source, v.current) for v in refused] == [
        ("货物多了。", "화물이 줄어들었다.", "货物增加了。")
    ]


# --- states, notes and codes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("xlf", "attributes", "expected"),
    [
        (TWO, {"state": "initial"}, "draft"),
        (TWO, {"state": "translated"}, "draft"),
        (TWO, {"state": "reviewed"}, "edited"),
        (TWO, {"state": "final", "subState": "tool:done"}, "approved"),
        (ONE, {"state": "new"}, "draft"),
        (ONE, {"state": "translated"}, "draft"),
        (ONE, {"state": "final"}, "approved"),
        (ONE, {"state": "signed-off"}, "approved"),
        (ONE, {"approved": "yes"}, "approved"),
        (ONE, {"approved": "no", "state": "x-own"}, "draft"),
    ],
)
def test_a_state_is_raised_by_what_only_a_person_sets(xlf: Format, attributes: dict[str, str], expected: State) -> None:
    root = exported(xlf)
    row = xlf.row(root, "s2")
    for name, value in attributes.items():
        (xlf.part(row, "target") if xlf is ONE and name == "state" else row).set(name, value)
    after, _ = apply_edits(a_bitext(), xlf.read(root).edits)
    have = after.translation("s2", "zh")
    assert have is not None
    assert (have.text, have.state) == (CHINESE[1], expected)


def test_a_state_that_went_out_is_not_lowered_and_not_raised_again(xlf: Format) -> None:
    bitext = a_bitext()
    bitext = replace(bitext, translations=tuple(replace(t, state="approved") for t in bitext.translations))
    root = exported(xlf, bitext)
    lowered = xlf.row(root, "s2")
    (lowered if xlf is TWO else xlf.part(lowered, "target")).set("state", "new" if xlf is ONE else "initial")
    lowered.attrib.pop("approved", None)
    now = a_bitext()  # here the approval was taken back meanwhile
    assert {edit.state for edit in xlf.read(root).edits} == {None}
    assert set(outcomes(now, xlf.read(root)).values()) == {"unchanged"}
    assert set(outcomes(bitext, xlf.read(root)).values()) == {"unchanged"}


def test_a_note_that_somebody_wrote_is_a_comment_and_ours_are_not(xlf: Format) -> None:
    bitext, _ = add_comments(a_bitext(), [Comment("s3", "zh", "맞습니까?", "김"), Comment("s4", "", "원문 확인", "리")])
    findings = (Finding("numbers", "s2", "zh", "12 is missing.", "warning", suggestion="12"),)
    root = xlf.root(written(xlf, bitext, findings=findings))
    assert xlf.read(root).comments == ()
    assert xlf.read(root).problems == ()
    if xlf is TWO:
        notes = next(root.iter(xlf.name("notes")))
        etree.SubElement(notes, xlf.name("note")).text = "s3: 工人 or 劳动者?"
        etree.SubElement(notes, xlf.name("note"), {"appliesTo": "source"}).text = "Who says so?"
        expected = (Comment("s3", "zh", "工人 or 劳动者?", "박"), Comment("s2", "", "Who says so?", "박"))
    else:
        etree.SubElement(xlf.row(root, "s3"), xlf.name("note"), {"from": "Lee"}).text = "s3: 工人 or 劳动者?"
        etree.SubElement(xlf.row(root, "s2"), xlf.name("note"), {"annotates": "source"}).text = "Who says so?"
        expected = (Comment("s2", "", "Who says so?", "박"), Comment("s3", "zh", "工人 or 劳动者?", "Lee"))
    assert xlf.read(root).comments == expected


def test_an_answer_written_into_a_note_of_ours_is_not_lost(xlf: Format) -> None:
    findings = (Finding("numbers", "s2", "zh", "12 is missing.", "warning"),)
    root = xlf.root(written(xlf, a_bitext(), findings=findings))
    note = next(note for note in root.iter(xlf.name("note")))
    note.text = (note.text or "") + " No, it is there."
    (comment,) = xlf.read(root).comments
    assert comment.segment == "s2"
    assert comment.text.endswith("No, it is there.")


def test_a_note_on_the_whole_file_is_shown(xlf: Format) -> None:
    root = exported(xlf)
    file = next(root.iter(xlf.name("file")))
    parent = etree.Element(xlf.name("notes" if xlf is TWO else "header"))
    file.insert(0, parent)
    etree.SubElement(parent, xlf.name("note")).text = "Well done."
    (problem,) = xlf.read(root).problems
    assert (problem.place, problem.text) == ("the file", "Well done.")


CODES = {
    "2, around text": (TWO, '货物<pc id="1"><mrk id="m" type="term">多</mrk></pc>了。', "货物多了。"),
    "2, in the original": (TWO, '货物<ph id="1" dataRef="d1"/>多了<ph id="2" equiv="!"/>', "货物<b>多了!"),
    "2, both ends": (
        TWO,
        '<pc id="1" dataRefStart="d1" dataRefEnd="d2">货</pc>物<sm id="3"/><em startRef="3"/>',
        "<b>货</b>物",
    ),
    "2, a character": (TWO, '货<cp hex="001B"/>物<cp hex="zz"/>', "货\x1b物\ufffd"),
    "2, spans": (TWO, '<sc id="1"/>货<ec startRef="1"/>物', "货物"),
    "1.2, around text": (ONE, '<g id="1">货<g id="2">物</g></g><mrk mtype="seg" mid="1">多了</mrk>。', "货物多了。"),
    "1.2, empty": (ONE, '货<x id="1" equiv-text="-"/><bx id="2"/>物<ex id="2"/>', "货-物"),
    "1.2, native": (ONE, '<bpt id="1">&lt;b></bpt>货<ept id="1">&lt;/b></ept>物<ph id="2">%s</ph>', "<b>货</b>物%s"),
}


@pytest.mark.parametrize("label", CODES)
def test_inline_codes_are_what_they_stand_for(label: str) -> None:
    xlf, inside, expected = CODES[label]
    root = exported(xlf)
    target = xlf.part(xlf.row(root, "s2"), "target")
    new = etree.fromstring(f'<target xmlns="{xlf.namespace}">{inside}</target>')
    parent = target.getparent()
    assert parent is not None
    parent.replace(target, new)
    if xlf is TWO:
        data = '<data id="d1">&lt;b></data><data id="d2">&lt;/b></data>'
        data = f'<originalData xmlns="{xlf.namespace}">{data}</originalData>'
        unit = parent.getparent()
        assert unit is not None
        unit.insert(0, etree.fromstring(data))
    (text,) = [edit.text for edit in xlf.read(root).edits if edit.segment == "s2"]
    assert text == expected


def test_proposals_and_the_segments_of_a_tool_are_left_aside() -> None:
    root = exported(ONE)
    row = ONE.row(root, "s2")
    inside = f'<seg-source xmlns="{ONE.namespace}"><mrk mtype="seg" mid="0">화물이 늘어났다.</mrk></seg-source>'
    row.insert(1, etree.fromstring(inside))
    proposal = f'<alt-trans xmlns="{ONE.namespace}"><source>화물</source><target state="final">货</target></alt-trans>'
    row.append(etree.fromstring(proposal))
    target = ONE.part(row, "target")
    target.text = None
    etree.SubElement(target, ONE.name("mrk"), {"mtype": "seg", "mid": "0"}).text = CHINESE[1]
    assert set(outcomes(a_bitext(), ONE.read(root)).values()) == {"unchanged"}


def test_proposals_of_the_matches_module_are_left_aside() -> None:
    root = exported(TWO)
    match = (
        '<mtc:matches xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0"><mtc:match ref="#s2">'
        f'<source xmlns="{TWO.namespace}">화물</source><target xmlns="{TWO.namespace}">货</target>'
        "</mtc:match></mtc:matches>"
    )
    unit = TWO.row(root, "s2").getparent()
    assert unit is not None
    unit.insert(0, etree.fromstring(match))
    assert set(outcomes(a_bitext(), TWO.read(root)).values()) == {"unchanged"}


@pytest.mark.parametrize("version", ["2.0", "2.1", "2.2"])
def test_the_later_versions_of_xliff_2_are_read(version: str) -> None:
    content = written(TWO, a_bitext()).replace(b'version="2.0"', f'version="{version}"'.encode())
    if version == "2.2":
        content = content.replace(b"document:2.0", b"document:2.2")
    assert set(outcomes(a_bitext(), TWO.read(content)).values()) == {"unchanged"}


# --- bad input ------------------------------------------------------------------------------------------------------


def packed() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    return content.getvalue()


OTHERS = {
    "2": (
        '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="en">'
        '<file id="f1" original="menu.json"><unit id="1"><segment><source>Open</source></segment></unit></file></xliff>'
    ),
    "1": (
        '<xliff version="1.2"><file original="menu.json" source-language="en" target-language="zh" datatype="x">'
        '<body><trans-unit id="1"><source>Open</source></trans-unit></body></file></xliff>'
    ),
}
LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def without_language(content: bytes) -> bytes:
    return content.replace(b'trgLang="zh-Hans"', b"").replace(b'target-language="zh-Hans"', b"")


def of_others(content: bytes) -> bytes:
    return OTHERS["2" if b"document:2.0" in content else "1"].encode()


BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut off": (lambda content: content[: len(content) // 2], "line"),
    "empty": (lambda content: b"", "cut off or damaged"),
    "a renamed DOCX": (lambda content: packed(), "packed file"),
    "a PDF": (lambda content: b"%PDF-1.7 ...", "PDF"),
    "no XML": (lambda content: b"\x00\x01\x02", "damaged"),
    "a control character": (lambda content: content.replace(b"</target>", b"\x1b</target>", 1), "line"),
    "an external entity": (
        lambda content: content.replace(b"<xliff", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff', 1),
        "declares entities",
    ),
    "a billion laughs": (
        lambda content: content.replace(b"<xliff", LAUGHS + b"<xliff", 1).replace(b"<target", b"&c;<target"),
        "declares entities",
    ),
    "HTML": (lambda content: b"<html><body/></html>", "not XLIFF"),
    "a language of others": (lambda content: content.replace(b"zh-Hans", b"de"), "de"),
    "no language": (without_language, "does not say"),
    "of another project": (of_others, "menu.json"),
}


@pytest.mark.parametrize("label", BAD)
def test_what_cannot_be_read_is_said_clearly(xlf: Format, label: str) -> None:
    spoil, said = BAD[label]
    with pytest.raises(InputError, match=said) as caught:
        xlf.read(spoil(written(xlf, a_bitext())))
    assert str(caught.value).startswith("port.xlf")


def test_the_other_version_is_not_taken_for_ones_own(xlf: Format) -> None:
    other = ONE if xlf is TWO else TWO
    with pytest.raises(InputError, match="not XLIFF"):
        xlf.read(written(other, a_bitext()))


def test_a_file_of_two_articles_is_refused(xlf: Format) -> None:
    root = exported(xlf)
    second = exported(xlf, replace(a_bitext(), article=replace(a_bitext().article, id="rice")))
    root.append(next(second.iter(xlf.name("file"))))
    with pytest.raises(InputError, match=r"2 articles \(port, rice\)"):
        xlf.read(root)


@pytest.mark.parametrize("text", ["长" * 10_000, "שלום \u202bعربي\u202c", "👩‍👩‍👧🏽", "<script>&amp;]]>"])
def test_long_and_odd_translations_arrive_whole(xlf: Format, text: str) -> None:
    root = exported(xlf)
    xlf.edit(root, "s1", text)
    after, _ = apply_edits(a_bitext(), xlf.read(root).edits)
    assert text_of(after, "s1") == text


@pytest.mark.parametrize("xlf", [TWO, ONE], ids=["xliff2", "xliff12"])
@given(seed=st.integers(0, 10_000))
def test_a_damaged_file_is_an_error_or_holds_only_rows_that_are_judged(xlf: Format, seed: int) -> None:
    content = bytearray(written(xlf, a_bitext()))
    chance = random.Random(seed)
    for _ in range(3):
        content[chance.randrange(len(content))] = chance.randrange(256)
    try:
        returned = xlf.read(bytes(content))
    except InputError:
        return
    apply_edits(a_bitext(), returned.edits)
    assert len(returned.edits) + len(returned.problems) <= 8


# Programs whose re-saved files are imitated here by hand, from their documentation: what each adds and changes.
ADDED = {
    "Okapi 1.2": (ONE, {"xmlns:okp": "okapi-framework:xliff-extensions"}, 'okp:inputEncoding="UTF-8"', "xml:lang"),
    "memoQ 1.2": (ONE, {"xmlns:mq": "MQXliff"}, 'mq:status="ManuallyConfirmed"', "xml:lang"),
    "Trados 1.2": (ONE, {"xmlns:sdl": "http://sdl.com/FileTypes/SdlXliff/1.0"}, 'sdl:conf="Translated"', "xml:lang"),
    "Okapi 2": (TWO, {"xmlns:okp": "okapi-framework:xliff-extensions"}, 'okp:x="1"', "xml:lang"),
}


@pytest.mark.parametrize("label", ADDED)
def test_attributes_and_elements_of_other_tools_change_nothing(label: str) -> None:
    xlf, declared, added, language = ADDED[label]
    content = written(xlf, a_bitext()).decode()
    ((prefix, space),) = declared.items()
    content = content.replace("<xliff ", f'<xliff {prefix}="{space}" ', 1)
    content = content.replace(f"<{xlf.unit} ", f"<{xlf.unit} {added} ")
    content = content.replace("<source>", f'<source {language}="ko-KR">').replace(
        "<target", f'<target {language}="zh-CN"'
    )
    own = f'<{prefix[6:]}:extra><source xmlns="{xlf.namespace}">남</source></{prefix[6:]}:extra></{xlf.unit}>'
    content = content.replace(f"</{xlf.unit}>", own)
    returned = xlf.read(content.encode())
    assert outcomes(a_bitext(), returned) == dict.fromkeys(("s1", "s2", "s3", "s4", "s5"), "unchanged")
    assert (returned.comments, returned.problems) == ((), ())


def test_an_editor_that_confirms_and_comments_as_weblate_does_is_understood() -> None:
    root = exported(ONE)
    row = ONE.row(root, "s5")
    row.set("approved", "yes")
    ONE.edit(root, "s5", "明年再建。")
    ONE.part(row, "target").set("state", "translated")
    etree.SubElement(row, ONE.name("note"), {"from": "translator"}).text = "래년 = 明年"
    returned = ONE.read(root)
    after, _ = apply_edits(a_bitext(), returned.edits)
    have = after.translation("s5", "zh")
    assert have is not None
    assert (have.text, have.state, have.by) == ("明年再建。", "approved", "박")
    assert returned.comments == (Comment("s5", "zh", "래년 = 明年", "translator"),)


def test_groups_that_a_tool_has_dissolved_do_not_matter() -> None:
    root = exported(ONE)
    body = next(root.iter(ONE.name("body")))
    rows = ONE.rows(root)
    for child in list(body):
        body.remove(child)
    body.extend(rows)
    assert outcomes(a_bitext(), ONE.read(root)) == dict.fromkeys(("s1", "s2", "s3", "s4", "s5"), "unchanged")
