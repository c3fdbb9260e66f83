"""The numbers check finds planted errors: a number left out, one digit changed, one shifted by ten or ten thousand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pipeline.article import Finding, Segment, Translation
from pipeline.checks import Pair
from pipeline.checks.numbers import check
from pipeline.numerals import numbers

PLANTED = yaml.safe_load((Path(__file__).parents[1] / "cases" / "checks.yaml").read_text(encoding="utf-8"))["planted"]
TEXTS = [(pair["ko"], lang, pair[lang]) for pair in PLANTED for lang in ("zh", "en")]
HAN = "二三四五六七八九"
WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"]
MONTHS = ["March", "June", "August", "November", "January", "April"]
SCALES = {"万": "亿", "亿": "万", "million": "billion", "billion": "million", "trillion": "million"}


def findings(ko: str, lang: str, text: str) -> list[Finding]:
    return list(check(Pair(Segment("s1", ko), lang, Translation("s1", lang, text, ""))))


def is_caught(ko: str, lang: str, text: str) -> bool:
    return any(finding.severity != "info" for finding in findings(ko, lang, text))


def other_digit(written: str) -> str:
    """Another number of the same kind: the last digit that is not zero goes up, 8 and 9 go down."""
    if re.search("[1-9]", written):
        return re.sub(r"[1-9](?=[^1-9]*$)", lambda match: str((int(match[0]) + 1) if match[0] < "8" else 5), written)
    for names in (MONTHS, WORDS, list(HAN)):
        for place, name in enumerate(names):
            if re.search(rf"(?i)(?<![a-z]){name}(?![a-z])", written):
                following = names[(place + 2) % len(names)]
                return re.sub(f"(?i){name}", following.capitalize() if written[0].isupper() else following, written)
    return written.replace("十", "百").replace("Sixty", "Forty")


def changed(lang: str, text: str) -> Iterator[str]:
    for number in numbers(text, lang):
        if number.value != 1:
            yield text[: number.start] + other_digit(text[number.start : number.end]) + text[number.end :]


def dropped(lang: str, text: str) -> Iterator[str]:
    for number in numbers(text, lang):
        if number.value != 1:
            yield text[: number.start] + text[number.end :]


def shifted(lang: str, text: str) -> Iterator[str]:
    """万 for 亿, million for billion, and a zero too many where there is no such word."""
    for number in numbers(text, lang):
        written = text[number.start : number.end]
        scale = next((scale for scale in SCALES if scale in written), None)
        if scale:
            yield text[: number.start] + written.replace(scale, SCALES[scale]) + text[number.end :]
        if number.kind in ("cardinal", "percent") and not number.is_word:
            larger = re.sub(r"^([0-9]+)(?:\.([0-9]))?", lambda match: f"{match[1]}{match[2] or '0'}", written)
            yield text[: number.start] + larger + text[number.end :]


@pytest.mark.parametrize(("ko", "lang", "text"), TEXTS, ids=[f"{lang}: {text}" for _, lang, text in TEXTS])
def test_a_pair_that_agrees_is_left_in_peace(ko: str, lang: str, text: str) -> None:
    assert findings(ko, lang, text) == []


@pytest.mark.parametrize(
    ("plant", "caught", "planted"),
    [(changed, 131, 131), (dropped, 130, 131), (shifted, 110, 110)],
    ids=["changed", "dropped", "shifted"],
)
def test_planted_errors_are_found(plant: object, caught: int, planted: int) -> None:
    wrong = [(ko, lang, bad) for ko, lang, text in TEXTS for bad in plant(lang, text) if bad != text]  # type: ignore[operator]
    missed = [bad for ko, lang, bad in wrong if not is_caught(ko, lang, bad)]
    assert (len(wrong) - len(missed), len(wrong)) == (caught, planted), missed
