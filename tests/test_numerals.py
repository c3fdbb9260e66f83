"""Numbers by value: cases in tests/cases/numbers.yaml, laws here."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.numerals import Number, figure, has_echo, is_same, numbers

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "numbers.yaml").read_text(encoding="utf-8"))
SAMPLE = Path(__file__).parents[1].parent / "shared" / "samples" / "liaoning-2022-09-22.txt"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['lang']}: {case['label']}")
def test_the_numbers_of_a_text_are_those_that_it_says(case: dict[str, object]) -> None:
    found = numbers(str(case["text"]), str(case["lang"]))
    expected = [str(entry).split() for entry in case["expect"]]  # type: ignore[attr-defined]
    assert [number.value for number in found] == [Fraction(value) for value, *_ in expected], case["why"]
    kinds = [(number.kind, kind[0]) for number, (_, *kind) in zip(found, expected, strict=True) if kind]
    assert all(is_kind == kind for is_kind, kind in kinds), kinds


def test_no_two_cases_have_the_same_label() -> None:
    labels = [(case["lang"], case["label"]) for case in CASES]
    assert len(set(labels)) == len(labels) >= 120


@given(
    st.text(
        alphabet="0123456789,. -~만억조천백십월일년시분%개명한두세네열제차三四十百千万亿点分之成第一二两 abconetwhudrd",
        max_size=40,
    )
)
def test_any_text_is_read_without_error_and_spans_stand_in_order(text: str) -> None:
    for lang in ("ko", "zh", "en"):
        found = numbers(text, lang)
        assert all(0 <= number.start < number.end <= len(text) for number in found)
        assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.integers(min_value=10_000, max_value=10**13))
def test_a_figure_that_is_written_is_read_as_the_same_value(value: int) -> None:
    for lang, counter in (("ko", "개"), ("zh", "个"), ("en", " things")):
        written = figure(Fraction(value), lang)
        assert written is not None
        assert [number.value for number in numbers(written + counter, lang)] == [value]


def test_a_figure_uses_the_scale_words_of_its_language_and_no_more_than_three_decimals() -> None:
    assert [figure(Fraction(12_352_000), lang) for lang in ("ko", "zh", "en")] == [
        "1235.2만",
        "1235.2万",
        "12.352 million",
    ]
    assert figure(Fraction(2_064), "en") == "2064"
    assert figure(Fraction(34_567), "en") == "34,567"
    assert figure(Fraction(Decimal("5.9")), "en") == "5.9"
    assert figure(Fraction(1, 3), "zh") is None


def single(text: str, lang: str) -> Number:
    (number,) = numbers(text, lang)
    return number


@pytest.mark.parametrize(
    ("korean", "other", "lang"),
    [
        ("102항", "一百零二项", "zh"),
        ("네개", "四个", "zh"),
        ("네개", "four", "en"),
        ("20차 당대회", "二十大", "zh"),
        ("20차", "20th", "en"),
        ("3분의 1", "one third", "en"),
        ("절반", "50 percent", "en"),
        ("1배", "100 percent", "en"),
        ("15시", "3 p.m.", "en"),
        ("1990년대", "90年代", "zh"),
        ("1990년대", "20世纪90年代", "zh"),
        ("3할은", "三成", "zh"),
        ("8개", "seven other departments", "en"),
    ],
)
def test_the_same_number_written_otherwise_is_the_same(korean: str, other: str, lang: str) -> None:
    assert is_same(single(korean, "ko"), single(other, lang))


@pytest.mark.parametrize(
    ("korean", "other", "lang"),
    [
        ("102항", "103项", "zh"),
        ("1235만 2000개", "123.52万个", "zh"),
        ("3시", "4 p.m.", "en"),
        ("8개", "nine other departments", "en"),
        ("1990년대", "80年代", "zh"),
        ("50%", "5%", "en"),
    ],
)
def test_another_number_is_not_the_same(korean: str, other: str, lang: str) -> None:
    assert not is_same(single(korean, "ko"), single(other, lang))


def test_a_small_number_may_be_said_without_a_numeral() -> None:
    assert has_echo(Fraction(2), "both sides agreed", "en")
    assert has_echo(Fraction(2), "双方一致同意", "zh")
    assert has_echo(Fraction(3), "석달 동안", "ko")
    assert not has_echo(Fraction(3), "세계의 력사", "ko")
    assert not has_echo(Fraction(10), "a tense moment", "en")
    assert not has_echo(Fraction(77), "whatever", "en")


def test_words_are_told_from_digits() -> None:
    assert [number.is_word for number in numbers("두개 부문의 3개 계획", "ko")] == [True, False]


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample article is not here")
def test_the_sample_article_says_these_numbers() -> None:
    values = [int(number.value) for number in numbers(SAMPLE.read_text(encoding="utf-8"), "ko")]
    date = [2022, 9, 22, 13, 36, 42]
    body = [20, 20, 20, 3, 4, 20, 1, 1, 5, 1, 4, 102, 1, 1, 1, 1, 1, 3, 3, 1, 1, 1, 3]
    assert values == date + body
