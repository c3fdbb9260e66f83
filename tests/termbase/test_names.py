"""Words that look like names: by their endings, beside places and titles."""

from __future__ import annotations

import pytest

from pipeline.termbase.names import find_bodies, find_persons, kind_of

TITLES = ("부주임", "주임", "국장")


@pytest.mark.parametrize(
    ("zh", "kind"),
    [
        ("沈阳市", "place"),
        ("兰村", "term"),
        ("东北大学", "organisation"),
        ("研究中心", "organisation"),
        ("链主", "term"),
    ],
)
def test_chinese_says_by_its_end_what_it_names(zh: str, kind: str) -> None:
    assert kind_of(zh) == kind


def test_an_ending_that_ordinary_words_have_names_a_place_only_beside_one() -> None:
    text = "심양시 남양구에서 처리시 남양구를"
    assert [(name.ko, name.kind, start) for name, start in find_bodies(text, {3}, set())] == [("남양구", "place", 4)]
    assert [name.ko for name, _ in find_bodies("처리현에서", set(), {"처리"})] == []
    assert [name.ko for name, _ in find_bodies("안녕현에서", set(), set())] == ["안녕현"]


def test_the_longest_ending_tells_what_an_organisation_is() -> None:
    found = [(name.ko, name.ending) for name, _ in find_bodies("심양방송주식회사가", set(), set())]
    assert found == [("심양방송주식회사", "주식회사")]


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("국장 최영호는 말했다.", [("최영호", 3)]),
        ("최영호 국장은 말했다.", [("최영호", 0)]),
        ("상무부주임 왕강이 말했다.", [("왕강", 6)]),
        ("주임 구양명호는 말했다.", [("구양명호", 3)]),
        ("국장, 최영호는 말했다.", []),
        ("국장 전문가들은 말했다.", []),
        ("주임 왕강의 일", []),
        ("최영호는 국장이다.", []),
    ],
)
def test_a_person_stands_beside_a_title(text: str, expect: list[tuple[str, int]]) -> None:
    assert [(name.ko, start) for name, start in find_persons(text, TITLES, {"전문"})] == expect
