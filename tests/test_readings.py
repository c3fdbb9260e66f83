"""Sino-Korean readings: labelled cases, what always holds, and how much of the glossary of this project is read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.glossary import load_glossary
from pipeline.readings import (
    chinese_candidates,
    is_reading,
    is_surname,
    learn,
    likeness,
    name_candidates,
    read_chinese,
    readings,
    sounds,
    southern_spelling,
)
from pipeline.terms import Term

ROOT = Path(__file__).parents[1]
CASES = yaml.safe_load((ROOT / "tests" / "cases" / "readings.yaml").read_text(encoding="utf-8"))
KNOWN = learn(
    [
        *(("심양", "沈阳"), ("심양시", "沈阳市"), ("경제", "经济"), ("개발구", "开发区"), ("항무국", "港务局")),
        *(("료양", "辽阳"), ("남산구", "南山区"), ("해남성", "海南省"), ("녕안현", "宁安县"), ("김치", "泡菜")),
    ]
)
PEOPLE = learn([("리강", "李强"), ("왕강", "王刚"), ("리명화", "李明华"), ("최명호", "崔明浩")])


@cache
def terms() -> tuple[Term, ...]:
    return tuple(load_glossary(ROOT / "glossary").terms.values())


@pytest.mark.parametrize("case", CASES["read"], ids=lambda case: f"{case['zh']}: {case['why']}")
def test_chinese_is_read_as_the_press_reads_it(case: dict) -> None:
    found = read_chinese(case["zh"])
    assert found[: len(case["expect"])] == tuple(case["expect"])
    assert case.get("at_least") or len(found) == len(case["expect"])


@pytest.mark.parametrize("case", CASES["southern"], ids=lambda case: f"{case['ko']}: {case['why']}")
def test_south_korea_spells_it_by_the_initial_sound_law(case: dict) -> None:
    assert southern_spelling(case["ko"]) == case["expect"]


def test_a_limit_keeps_the_best_readings() -> None:
    assert read_chinese("银行行长", limit=1) == ("은행행장",)
    assert len(read_chinese("行行行行行行", limit=3)) == 3


def test_both_spellings_and_digits_are_readings_and_nothing_else() -> None:
    assert all(is_reading(syllable, "辽") for syllable in "료요")
    assert all(is_reading(syllable, "率") for syllable in "률율솔")
    assert is_reading("3", "三")
    assert is_reading("G", "G")
    assert not is_reading("강", "辽")
    assert not is_reading("료", "宁")


def test_syllables_are_alike_by_their_letters() -> None:
    assert [likeness(*pair) for pair in ("경경", "경겅", "경간", "경매")] == [3, 2, 1, 0]


def test_a_name_with_a_korean_of_its_own_has_a_part_for_each_of_its_syllables() -> None:
    assert len(sounds("哈尔滨市")) == 3
    assert {"골", "고"} <= sounds("蒙古")[1]
    assert sounds("“一 带”") == sounds("一带")


def test_every_character_of_the_glossary_is_read() -> None:
    chinese = {zh for term in terms() if term.zh for zh in term.zh.accepted}
    unread = {one for zh in chinese for one in zh if "\u4e00" <= one <= "\u9fff" and not readings(one)}
    assert not unread


def test_the_places_of_china_are_called_what_their_chinese_sounds_like() -> None:
    """Held at the reached figure; what is missing are words that are not read (国际机场 is 국제공항)."""
    places = [term for term in terms() if term.file.endswith("places-of-china.yaml") and term.zh]
    read = 0
    for term in places:
        sounding = {reading for zh in (term.zh.accepted if term.zh else ()) for reading in read_chinese(zh)}
        written = {spelling.replace(" ", "") for spelling in term.ko}
        read += bool(written & (sounding | {one[:-1] for one in sounding}))
    assert read / len(places) >= 0.87


def test_a_known_word_inside_is_taken_whole() -> None:
    best = chinese_candidates("심양항무국", KNOWN)[0]
    assert (best.zh, best.pieces) == ("沈阳港务局", (("심양", "沈阳"), ("항무국", "港务局")))
    assert chinese_candidates("심양김치", KNOWN)[0].zh == "沈阳泡菜"


def test_what_is_not_known_is_made_of_known_characters_before_others() -> None:
    assert chinese_candidates("남양구", KNOWN)[0].zh == "南阳区"


def test_every_candidate_is_read_as_the_word_and_there_are_several() -> None:
    candidates = chinese_candidates("청송현", KNOWN)
    assert len(candidates) == 5
    assert len({one.zh for one in candidates}) == 5
    assert all("청송현" in read_chinese(one.zh, limit=40) for one in candidates)
    assert [one.cost for one in candidates] == sorted(one.cost for one in candidates)


def test_a_word_with_a_syllable_that_no_character_has_gives_nothing() -> None:
    assert chinese_candidates("쎈터", KNOWN) == ()
    assert chinese_candidates("", KNOWN) == ()
    assert name_candidates("쎈터", PEOPLE) == ()


def test_a_name_begins_with_a_family_name_and_has_more_than_one_candidate() -> None:
    found = name_candidates("리명화", PEOPLE)
    assert found[0].zh == "李明华"
    assert len(found) > 1
    assert {one.zh[0] for one in name_candidates("김명호", PEOPLE)} == {"金"}
    assert {one.zh[:2] for one in name_candidates("구양명", PEOPLE)} >= {"欧阳"}
    assert name_candidates("리", PEOPLE) == ()
    assert is_surname("구양")
    assert is_surname("리")
    assert not is_surname("쎈")


def test_pairs_of_other_lengths_teach_words_only() -> None:
    known = learn([("사슬주", "链主"), ("심양", "沈阳"), ("", "空"), ("항", "港")])
    assert known.words == {"사슬주": ("链主",), "심양": ("沈阳",)}
    assert set(known.characters) == {"심", "양"}


WORDS = st.text(alphabet="료녕심양시경제녀성률렬가행", max_size=8)


@given(ko=WORDS)
def test_the_southern_spelling_is_stable_and_keeps_the_length(ko: str) -> None:
    southern = southern_spelling(ko)
    assert len(southern) == len(ko)
    assert southern_spelling(southern) == southern


@settings(deadline=None, max_examples=150)
@given(zh=st.text(alphabet="辽宁沈阳市银行内蒙古哈尔滨一三G5·", max_size=8))
def test_every_reading_sounds_like_its_chinese(zh: str) -> None:
    for reading in read_chinese(zh):
        units = [one.casefold() for one in reading if one.isalnum()]
        if len(units) == len(sounds(zh)):
            assert all(unit in part for unit, part in zip(units, sounds(zh), strict=True))
        else:
            assert "哈尔滨" in zh  # read by its characters: a syllable more


@settings(deadline=None, max_examples=100)
@given(ko=WORDS, limit=st.integers(1, 6))
def test_candidates_are_the_same_every_time_and_a_longer_list_begins_with_the_shorter_one(ko: str, limit: int) -> None:
    found = chinese_candidates(ko, KNOWN, limit)
    assert found == chinese_candidates(ko, KNOWN, limit)
    assert len(found) <= limit
    assert [one.zh for one in found] == [one.zh for one in chinese_candidates(ko, KNOWN, 6)][: len(found)]
