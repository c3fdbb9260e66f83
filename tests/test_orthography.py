"""PRC Korean seen in South Korean spelling: what changes, what stays, and that every place is found again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.orthography import is_ambiguous, may_differ, prc_score, south_korean_view, spelling

SAMPLE = Path(__file__).parents[2] / "shared" / "samples" / "liaoning-2022-09-22.txt"

CHANGED = [
    ("료녕의 력사", "요녕의 역사"),
    ("녀성과 로인", "여성과 노인"),
    ("록색발전", "녹색발전"),
    ("년도계획을 락착했다", "연도계획을 낙착했다"),
    ("국제로동절", "국제노동절"),
    ("중국련합", "중국연합"),
    ("도로리용", "도로이용"),
    ("증가률은", "증가율은"),
    ("현지부대률", "현지부대율"),
    ("진렬관", "진열관"),
    ("담체로 되였다", "담체로 되었다"),
    ("발전되여", "발전되어"),
    ("학생이였다", "학생이었다"),
    ("심양이 아니였다", "심양이 아니었다"),
    ("페막식", "폐막식"),
    ("인민페", "인민폐"),
    ("로보트 쎈터", "로봇 센터"),
    ("텔레비죤과 미싸일", "텔레비전과 미사일"),
    ("<력사>와 “로동”", "<역사>와 “노동”"),
    ("AI련합", "AI연합"),
]

KEPT = [
    "심양은 크다.",
    "려고 한다",
    "녀석이 왔다",
    "리터와 로마",
    "2022년에",
    "102련",
    "3례",
    "성장률",  # after ㅇ both standards write 률
    "경력과 능력",
    "관리체계",
    "고속도로정비",
    "의료보험",
    "남녀",
    "도시였다",
    "기여하였다",
    "국내여행",
    "하여",
    "스페인과 페루",
    "랭킹 1위",
    "临空经济区 1.5%",
    "",
]


@pytest.mark.parametrize(("source", "view"), CHANGED)
def test_what_the_south_spells_differently_is_changed(source: str, view: str) -> None:
    assert south_korean_view(source).text == view


@pytest.mark.parametrize("source", KEPT)
def test_what_both_spell_alike_stays(source: str) -> None:
    assert south_korean_view(source).text == source


def test_a_word_that_grows_shorter_still_covers_its_whole_source() -> None:
    view = south_korean_view("새 로보트는")
    start = view.text.index("로봇")
    assert "새 로보트는"[view.offsets[start] : view.offsets[start + 2]] == "로보트"


def test_a_word_that_grows_longer_still_covers_its_whole_source() -> None:
    source = "새 끼르끼즈스딴의"
    view = south_korean_view(source)
    start = view.text.index("키르기스스탄")
    assert source[view.offsets[start] : view.offsets[start + 6]] == "끼르끼즈스딴"


PIECES = st.lists(
    st.one_of(st.sampled_from([source for source, _ in CHANGED] + KEPT), st.text(max_size=4)), max_size=12
).map("".join)


@settings(deadline=None, max_examples=300)
@given(source=PIECES)
def test_every_character_of_a_view_is_found_again_in_the_source(source: str) -> None:
    view = south_korean_view(source)
    assert len(view.offsets) == len(view.text) + 1
    assert view.offsets[-1] == len(source)
    assert all(one <= two for one, two in pairwise(view.offsets))
    white = [(view.offsets[i], letter) for i, letter in enumerate(view.text) if not "가" <= letter <= "힣"]
    assert white == [(i, letter) for i, letter in enumerate(source) if not "가" <= letter <= "힣"]


@settings(deadline=None, max_examples=500)
@given(source=PIECES)
def test_a_text_that_surely_stays_is_not_changed(source: str) -> None:
    if not may_differ(source):
        assert south_korean_view(source).text == source


def test_most_words_without_a_tell_tale_syllable_need_no_look() -> None:
    assert not may_differ("고품질발전")
    assert may_differ("로동절")


@settings(deadline=None, max_examples=300)
@given(source=PIECES)
def test_the_score_is_a_share(source: str) -> None:
    assert 0 <= prc_score(source) <= 1


def test_the_score_tells_the_two_standards_apart() -> None:
    assert prc_score("로인과 녀성의 리익을 위해 력사가 되였다.") == 1
    assert prc_score("노인과 여성의 이익을 위해 역사가 되었다.") == 0
    assert prc_score("심양은 크다.") == 0.5
    assert prc_score("료녕의 역사") == 0.5


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample article is not here")
def test_the_sample_article_is_in_prc_spelling() -> None:
    assert prc_score(SAMPLE.read_text(encoding="utf-8")) == 1


def test_a_spelling_that_is_a_word_of_its_own_in_prc_spelling_is_ambiguous() -> None:
    assert is_ambiguous("양식")
    assert not is_ambiguous("역사")


def test_the_facts_do_not_contradict_each_other() -> None:
    facts = spelling()
    assert [word for word in facts.words if word[0] not in facts.initial] == []
    assert [tail for tail in facts.tails if len(tail) != 2 or tail[1] not in facts.initial] == []
    assert sorted(facts.words.intersection(facts.never)) == []
    assert [word for word in facts.pye if "페" not in word] == []
    assert [prc for prc, southern in facts.loans.items() if prc == southern] == []
