"""Edits: applied, unchanged or refused; nothing is lost and nothing of others is overwritten."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Article, Bitext, Block, Comment, Edit, Removed, Segment, Translation, fingerprint
from pipeline.edits import add_comments, apply_edits
from pipeline.stamps import marks, read_stamp

NOW = "2026-11-22T08:00:00Z"
SENTENCES = ("심양항이 문을 열었다.", "화물이 늘어났다.", "로동자들이 기뻐하였다.")
CHINESE = ("沈阳港开港。", "货物增加了。", "工人们很高兴。")


def a_bitext() -> Bitext:
    segments = tuple(Segment(f"s{n}", text) for n, text in enumerate(SENTENCES, 1))
    translations = tuple(
        Translation(segment.id, "zh", text, fingerprint(segment.text), by="model", score=-0.5)
        for segment, text in zip(segments, CHINESE, strict=True)
    )
    return Bitext(Article("port", (Block("b1", "paragraph", segments),)), translations)


def an_edit(bitext: Bitext, segment: str, text: str, **changes: object) -> Edit:
    """As it comes back from a document made of this bitext."""
    korean = next(one.text for one in bitext.article.segments() if one.id == segment)
    have = bitext.translation(segment, "zh")
    seen = fingerprint(have.text)[:6] if have else None
    edit = Edit(segment, "zh", text, seen, fingerprint(korean)[:6], by="박")
    return replace(edit, **changes)  # type: ignore[arg-type]


def text_of(bitext: Bitext, segment: str) -> str:
    have = bitext.translation(segment, "zh")
    return have.text if have else ""


def test_a_changed_text_is_the_persons_and_the_machines_is_kept_under_it() -> None:
    before = a_bitext()
    after, (verdict,) = apply_edits(before, [an_edit(before, "s1", "沈阳港已开港。")], NOW)
    have = after.translation("s1", "zh")
    assert verdict.outcome == "applied"
    assert have is not None
    assert (have.text, have.origin, have.state, have.by, have.at) == ("沈阳港已开港。", "human", "edited", "박", NOW)
    assert have.machine == CHINESE[0]
    assert have.score is None


def test_the_machines_text_is_kept_through_a_second_edit() -> None:
    once, _ = apply_edits(a_bitext(), [an_edit(a_bitext(), "s1", "甲。")])
    twice, _ = apply_edits(once, [an_edit(once, "s1", "乙。")])
    have = twice.translation("s1", "zh")
    assert have is not None
    assert (have.text, have.machine) == ("乙。", CHINESE[0])


def test_a_machines_text_that_is_approved_stays_the_machines() -> None:
    before = a_bitext()
    after, (verdict,) = apply_edits(before, [an_edit(before, "s1", CHINESE[0], state="approved")])
    have = after.translation("s1", "zh")
    assert verdict.outcome == "applied"
    assert have is not None
    assert (have.origin, have.state, have.text) == ("machine", "approved", CHINESE[0])
    assert have.is_human


@pytest.mark.parametrize("state", [None, "draft"])
def test_a_document_that_nobody_touched_changes_nothing(state: str | None) -> None:
    before = a_bitext()
    edits = [an_edit(before, f"s{n}", text, state=state) for n, text in enumerate(CHINESE, 1)]
    after, verdicts = apply_edits(before, edits)
    assert after is before
    assert {verdict.outcome for verdict in verdicts} == {"unchanged"}


def test_an_untouched_row_does_not_bring_back_what_was_there() -> None:
    exported = a_bitext()
    row = an_edit(exported, "s1", CHINESE[0])
    now, _ = apply_edits(exported, [an_edit(exported, "s1", "别人的译文。")])
    after, (verdict,) = apply_edits(now, [row])
    assert verdict.outcome == "unchanged"
    assert text_of(after, "s1") == "别人的译文。"


def test_an_edit_of_a_text_that_has_changed_since_is_refused_with_both_texts() -> None:
    exported = a_bitext()
    late = an_edit(exported, "s1", "迟来的译文。")
    now, _ = apply_edits(exported, [an_edit(exported, "s1", "别人的译文。")])
    after, (verdict,) = apply_edits(now, [late])
    assert after is now
    assert (verdict.outcome, verdict.edit.text, verdict.current) == ("refused", "迟来的译文。", "别人的译文。")
    assert "has changed since" in verdict.reason


def test_an_edit_of_korean_that_has_changed_since_is_refused() -> None:
    before = a_bitext()
    edit = an_edit(before, "s1", "新译文。", of=fingerprint("다른 문장이다.")[:6])
    after, (verdict,) = apply_edits(before, [edit])
    assert after is before
    assert verdict.reason == "The Korean has changed since this file was made."
    assert verdict.source == SENTENCES[0]


def test_what_was_approved_in_an_older_document_is_refused_when_the_text_is_another_one_now() -> None:
    exported = a_bitext()
    approved = an_edit(exported, "s1", CHINESE[0], state="approved")
    now, _ = apply_edits(exported, [an_edit(exported, "s1", "别人的译文。")])
    _, (verdict,) = apply_edits(now, [approved])
    assert verdict.outcome == "refused"


def test_a_document_never_takes_an_approval_back() -> None:
    exported = a_bitext()
    approved, _ = apply_edits(exported, [an_edit(exported, "s1", CHINESE[0], state="approved")])
    after, (verdict,) = apply_edits(approved, [an_edit(exported, "s1", CHINESE[0], state="draft")])
    assert after is approved
    assert verdict.outcome == "unchanged"


def test_a_segment_twice_with_two_texts_is_refused_twice() -> None:
    before = a_bitext()
    after, verdicts = apply_edits(before, [an_edit(before, "s1", "甲。"), an_edit(before, "s1", "乙。")])
    assert after is before
    assert [verdict.outcome for verdict in verdicts] == ["refused", "refused"]


def test_a_row_that_was_copied_and_then_edited_counts_once() -> None:
    before = a_bitext()
    after, verdicts = apply_edits(before, [an_edit(before, "s1", CHINESE[0]), an_edit(before, "s1", "乙。")])
    assert [verdict.outcome for verdict in verdicts] == ["unchanged", "applied"]
    assert text_of(after, "s1") == "乙。"


def test_an_emptied_text_is_refused() -> None:
    before = a_bitext()
    after, (verdict,) = apply_edits(before, [an_edit(before, "s1", "  ")])
    assert after is before
    assert "emptied" in verdict.reason


def test_an_unknown_segment_and_one_that_has_left_are_refused_with_their_own_words() -> None:
    before = a_bitext()
    gone = replace(before, removed=(Removed(Segment("s9", "없어진 문장."), ()),))
    edits = [Edit("s9", "zh", "甲。", None), Edit("s77", "zh", "乙。", None)]
    _, verdicts = apply_edits(gone, edits)
    assert [verdict.reason for verdict in verdicts] == [
        "Segment s9 has left the article.",
        "Segment s77 is not in this article.",
    ]


def test_a_translation_where_there_was_none_is_taken() -> None:
    before = replace(a_bitext(), translations=())
    after, (verdict,) = apply_edits(before, [an_edit(before, "s1", "新译文。")])
    assert verdict.outcome == "applied"
    assert text_of(after, "s1") == "新译文。"


def test_a_translation_where_one_came_meanwhile_is_refused() -> None:
    edit = an_edit(replace(a_bitext(), translations=()), "s1", "新译文。")
    _, (verdict,) = apply_edits(a_bitext(), [edit])
    assert verdict.outcome == "refused"


def test_a_row_that_went_out_empty_and_stayed_so_changes_nothing() -> None:
    edit = an_edit(replace(a_bitext(), translations=()), "s1", "")
    after, (verdict,) = apply_edits(a_bitext(), [edit])
    assert verdict.outcome == "unchanged"
    assert text_of(after, "s1") == CHINESE[0]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("沈阳港\n开港。", "沈阳港开港。"), ("the port\r\n of Shenyang", "the port of Shenyang"), (" 开港。\n", "开港。")],
)
def test_a_line_break_does_not_stay_in_a_segment(typed: str, kept: str) -> None:
    before = a_bitext()
    after, _ = apply_edits(before, [an_edit(before, "s1", typed)])
    assert text_of(after, "s1") == kept


def test_a_comment_comes_in_once() -> None:
    comment = Comment("s1", "zh", "이 표현이 맞습니까?", "김")
    once, first = add_comments(a_bitext(), [comment, Comment("s1", "zh", "  ", "김")])
    twice, second = add_comments(once, [replace(comment, at=NOW)])
    assert (first, second) == (1, 0)
    assert twice.comments == (comment,)


texts = st.sampled_from(["甲。", "乙。", "", *CHINESE])
scripts = st.lists(
    st.tuples(st.sampled_from(["s1", "s2", "s3", "s8"]), texts, st.sampled_from([None, "draft", "edited", "approved"])),
    max_size=8,
)


@given(scripts, scripts)
def test_applying_twice_equals_once_and_every_edit_has_a_verdict(first: list, second: list) -> None:  # type: ignore[type-arg]
    exported = a_bitext()

    def edits(script: list) -> list[Edit]:  # type: ignore[type-arg]
        known = [row for row in script if row[0] != "s8"]
        made = [an_edit(exported, segment, text, state=state) for segment, text, state in known]
        return made + [Edit(segment, "zh", text, None) for segment, text, _ in script if segment == "s8"]

    now, _ = apply_edits(exported, edits(first))
    once, verdicts = apply_edits(now, edits(second))
    again, repeated = apply_edits(once, edits(second))
    assert again == once
    assert len(verdicts) == len(second)
    assert all(verdict.outcome != "applied" for verdict in repeated)
    for verdict in verdicts:
        assert verdict.outcome == "refused" or verdict.edit.segment != "s8"
        assert (verdict.outcome == "refused") == bool(verdict.reason)


@given(scripts, scripts)
def test_what_a_person_wrote_is_replaced_only_by_who_saw_it(first: list, second: list) -> None:  # type: ignore[type-arg]
    exported = a_bitext()
    known = [(segment, text, state) for segment, text, state in first if segment != "s8"]
    now, _ = apply_edits(exported, [an_edit(exported, *row[:2], state=row[2]) for row in known])
    late = [an_edit(exported, segment, text) for segment, text, _ in second if segment != "s8"]
    after, _ = apply_edits(now, late)
    for number, machine in enumerate(CHINESE, 1):
        if text_of(now, f"s{number}") != machine:  # somebody had changed it
            assert text_of(after, f"s{number}") == text_of(now, f"s{number}")


def test_a_stamp_is_read_back_however_an_office_program_broke_the_cell() -> None:
    bitext = a_bitext()
    segment = next(iter(bitext.article.segments()))
    written = marks(bitext, segment, ("zh", "en"))
    for cell in (f"s1\n{written}", f"S1 {written.upper()}", f"s1{written}", f" s1  ({written.replace('·', ' · ')})"):
        stamp = read_stamp(cell)
        assert stamp is not None
        assert (stamp.segment, stamp.of) == ("s1", fingerprint(segment.text)[:6])
        assert stamp.bases == (fingerprint(CHINESE[0])[:6], None)


@pytest.mark.parametrize("cell", ["", "s1", "12", "s1 3fa2", "심양 3fa2c1", "s1 3fa2c1"])
def test_what_is_no_stamp_is_none(cell: str) -> None:
    assert read_stamp(cell) is None
