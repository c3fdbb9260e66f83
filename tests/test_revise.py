"""Ids and people's work follow their sentences when an article is read again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Article, Bitext, Block, Segment, Translation, fingerprint
from pipeline.revise import is_stale, take_in

SENTENCES = [
    "단동시는 항구 건설을 다그치고 있다.",
    "올해 물동량은 120만톤에 달했다.",
    "시정부는 기업봉사를 강화하기로 했다.",
    "주민들은 새 다리를 환영했다.",
    "다음 단계 사업은 가을에 시작된다.",
]


def article(*texts: str) -> Article:
    segments = tuple(Segment(f"s{number}", text, " ") for number, text in enumerate(texts, 1))
    return Article("a", (Block("b1", "paragraph", segments),))


def human(bitext: Bitext, segment: str, text: str) -> Bitext:
    korean = next(s.text for s in bitext.article.segments() if s.id == segment)
    work = Translation(segment, "zh", text, of=fingerprint(korean), origin="human", by="김", state="approved")
    return bitext.with_translations({(segment, "zh"): work})


def ids(bitext: Bitext) -> dict[str, str]:
    return {segment.text: segment.id for segment in bitext.article.segments()}


def test_a_new_first_sentence_moves_nobodys_work() -> None:
    bitext = human(take_in(None, article(*SENTENCES)), "s1", "丹东市正加快港口建设。")
    again = take_in(bitext, article("새로 들어온 첫 문장이다.", *SENTENCES))
    assert ids(again)[SENTENCES[0]] == "s1"
    assert again.translation("s1", "zh") == bitext.translation("s1", "zh")
    assert ids(again)["새로 들어온 첫 문장이다."] == "s6"


def test_a_changed_sentence_keeps_its_id_and_its_work_becomes_stale() -> None:
    bitext = human(take_in(None, article(*SENTENCES)), "s2", "今年吞吐量达120万吨。")
    again = take_in(bitext, article(SENTENCES[0], "올해 물동량은 150만톤에 달했다.", *SENTENCES[2:]))
    kept = again.translation("s2", "zh")
    assert kept is not None
    assert kept.text == "今年吞吐量达120万吨。"
    assert is_stale(kept, next(s for s in again.article.segments() if s.id == "s2"))


def test_a_moved_sentence_keeps_its_id() -> None:
    bitext = take_in(None, article(*SENTENCES))
    again = take_in(bitext, article(*SENTENCES[1:], SENTENCES[0]))
    assert ids(again) == ids(bitext)


def test_work_on_a_deleted_sentence_is_kept_and_given_back() -> None:
    bitext = human(take_in(None, article(*SENTENCES)), "s3", "市政府决定加强企业服务。")
    without = take_in(bitext, article(*SENTENCES[:2], *SENTENCES[3:]))
    assert without.translation("s3", "zh") is None
    assert without.removed[0].translations[0].text == "市政府决定加强企业服务。"
    back = take_in(without, article(*SENTENCES))
    assert back.translation("s3", "zh") == bitext.translation("s3", "zh")
    assert back.removed == ()


def test_an_id_is_never_given_twice() -> None:
    bitext = take_in(None, article(*SENTENCES))
    shorter = take_in(bitext, article(*SENTENCES[:4]))
    longer = take_in(shorter, article(*SENTENCES[:4], "전혀 다른 내용의 글이다."))
    assert ids(longer)["전혀 다른 내용의 글이다."] == "s6"


def test_reading_the_same_article_again_changes_nothing() -> None:
    bitext = take_in(None, article(*SENTENCES))
    assert take_in(bitext, article(*SENTENCES)) == bitext


@given(st.lists(st.sampled_from(SENTENCES), max_size=8), st.lists(st.sampled_from(SENTENCES), max_size=8))
def test_no_work_of_a_person_is_ever_lost(before: list[str], after: list[str]) -> None:
    bitext = take_in(None, article(*before))
    for segment in bitext.article.segments():
        bitext = human(bitext, segment.id, f"{segment.id}的译文")
    again = take_in(bitext, article(*after))
    kept = {t.text for t in again.translations} | {t.text for r in again.removed for t in r.translations}
    assert kept == {t.text for t in bitext.translations}
    new_ids = [segment.id for segment in again.article.segments()]
    assert len(set(new_ids)) == len(after)
    assert [segment.text for segment in again.article.segments()] == after


def test_the_machine_cannot_replace_what_a_person_wrote() -> None:
    bitext = human(take_in(None, article(*SENTENCES)), "s1", "丹东市正加快港口建设。")
    machine = replace(bitext.translations[0], text="机器", origin="machine", state="draft")
    with pytest.raises(ValueError, match="s1"):
        bitext.with_translations({("s1", "zh"): machine})
