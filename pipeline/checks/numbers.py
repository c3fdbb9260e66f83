"""Check: every number of the Korean stands in the translation, by value, and no other does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pipeline.article import Finding, Severity
from pipeline.checks import Pair
from pipeline.hints import is_honoured
from pipeline.numerals import Number, figure, has_echo, is_same, numbers

COUNTER = re.compile("[가-힣%]+")
LIST_MARK = re.compile(r"[,、·]|[와과] ")
DATE_PARTS = {"year", "month", "day", "hour", "minute"}
IN_FULL = {"cardinal", "ordinal"}  # kinds whose value may need figures beside it: “1235만 2000” (12352000)
REPLACEABLE = {"cardinal", "percent", "year", "month", "day", "literal"}  # not the 21 of 21st, nor the 3 of 3 p.m.


@dataclass(frozen=True, slots=True)
class _Sides:
    """What one side has and the other lacks."""

    missing: list[Number]  # in the Korean
    added: list[Number]  # in the translation
    repeated: list[Number]  # in the Korean more often than in the translation


def check(pair: Pair) -> Iterator[Finding]:
    """Numbers are compared by value, however they are written: 1235만 2000개, 1235.2万个 and 12.352 million agree,
    and so do 네개, 四个 and four, 3분의 1, 三分之一 and one third, 20차 당대회, 二十大 and 20th.

    Error: the translation has another number in the place of one (3억 5,000만원 became 3500万元).
    Warning: a number is missing, or the translation has one that the Korean does not have.
    Info: a number is rounded, is said less often than in the Korean, or a one or two is not said.
    Numbers inside a term that is translated as agreed (3위1체, Trinity) are left to the terms check.
    """
    if not pair.text.strip():
        return
    sides = _compare(pair)
    changed = _changed(sides)
    rounded = [(one, other) for one, other in changed if _is_rounded(one, other)]
    for source, target in changed:
        suggestion = _suggestion(source, target, pair.lang) if len(changed) == 1 else None
        is_rounded = (source, target) in rounded
        message = f"The Korean has {_quoted(source, pair.source)}, the translation {_quoted(target, pair.text)}"
        message += ", rounded." if is_rounded else "."
        about = f"{source.value} became {target.value}"
        yield _finding(pair, about, "info" if is_rounded else "error", message, target, suggestion)
    taken = [number for both in changed for number in both]
    in_terms = [n for n in sides.missing if any(_is_inside(n, hint.start, hint.end) for hint in pair.hints)]
    for number in _once(sides.missing, taken + in_terms):
        severity: Severity = "info" if _may_be_dropped(number, pair.source) else "warning"
        message = f"The translation lacks {_quoted(number, pair.source)} of the Korean."
        yield _finding(pair, f"{number.value}", severity, message)
    for number in _once([number for number in sides.added if not _is_slight(number)], taken):
        message = f"The translation has {_quoted(number, pair.text)}, the Korean does not."
        yield _finding(pair, f"added {number.value}", "warning", message, number)
    for number in _once(sides.repeated, []):
        message = f"{_quoted(number, pair.source)} stands less often in the translation than in the Korean."
        yield _finding(pair, f"repeated {number.value}", "info", message)


def _compare(pair: Pair) -> _Sides:
    """Strike out what agrees: the same value and kind, the same value, then the same said otherwise."""
    source, target = list(numbers(pair.source, "ko")), list(numbers(pair.text, pair.lang))
    missing, added = (list(side) for side in _outside_terms(pair, source, target))
    for agree in (_is_alike, _is_equal, is_same):
        for number in tuple(missing):
            partner = next((other for other in added if agree(number, other)), None)
            if partner is not None:
                missing.remove(number)
                added.remove(partner)
    repeated = [number for number in missing if _stands_elsewhere(number, target)]
    absent = [number for number in missing if number not in repeated]
    extra = [number for number in added if not any(is_same(number, other) for other in source)]
    # A formula may be said in words on one side (5.1절, May Day); two different ones are an error.
    has_formulas = all(any(number.kind == "formula" for number in side) for side in (absent, extra))
    return _Sides(
        missing=[n for n in absent if (has_formulas if n.kind == "formula" else not _is_implied(n, pair))],
        added=[n for n in extra if (has_formulas if n.kind == "formula" else not _is_expected(n, pair))],
        repeated=[n for n in repeated if not n.is_word and n.value != 1 and n.kind != "formula"],
    )


def _is_alike(one: Number, other: Number) -> bool:
    return one.value == other.value and one.kind == other.kind


def _is_equal(one: Number, other: Number) -> bool:
    return one.value == other.value


def _stands_elsewhere(number: Number, target: list[Number]) -> bool:
    """Whether the translation says the number for another of the Korean: once for two, not 5日 for 5월 5일."""
    return any(
        is_same(number, other) and (number.kind == other.kind or not {number.kind, other.kind} <= DATE_PARTS)
        for other in target
    )


def _is_implied(number: Number, pair: Pair) -> bool:
    """Whether fluent text says the number of the Korean in another way: both, 双, 昼夜."""
    return has_echo(number.value, pair.text, pair.lang)


def _is_expected(number: Number, pair: Pair) -> bool:
    """Whether the number of the translation comes from a word of the Korean (쌍, 절반), or stands there as it is."""
    is_article = number.value in (0, 1) and number.kind in ("cardinal", "ordinal")
    if number.is_word and (is_article or pair.text[number.start : number.end] in pair.source):
        return True  # 一, or part of an inline gloss
    # The Korean may hold Chinese as well: 구룡치수(九龙治水)
    return (number.is_word or number.value >= 10) and any(
        has_echo(number.value, pair.source, lang) for lang in ("ko", "zh")
    )


def _may_be_dropped(number: Number, source: str) -> bool:
    """Whether fluent text may leave it out: a one, a two in words, a slogan ‘네가지 하기층’, the count of a list."""
    if number.value == 1 or (number.is_word and number.value <= 2):
        return True
    before = source[: number.start]
    is_in_slogan = before.count("‘") > before.count("’") and "’" in source[number.end : number.end + 20]
    listed = len(LIST_MARK.findall(before[-12 * min(int(number.value), 10) :])) + 1  # 북경, 천진, 하북 세 지역
    return is_in_slogan or 2 < number.value <= listed


def _is_slight(number: Number) -> bool:
    """Whether fluent text may add it: the two of 二人 and 第二天, the minutes of 04:00."""
    return (number.is_word and number.value <= 2) or (number.kind == "minute" and number.value == 0)


def _outside_terms(pair: Pair, source: list[Number], target: list[Number]) -> tuple[list[Number], list[Number]]:
    """The numbers of both sides without those inside a term and its rendering, where the rendering stands."""
    text = pair.text.casefold()
    for hint in pair.hints:
        rendering = next((accepted for accepted in hint.accepted if accepted.casefold() in text), None)
        if rendering is None or not is_honoured(hint, pair.text, pair.lang):
            continue
        start = text.index(rendering.casefold())
        end = start + len(rendering)
        source = [number for number in source if not _is_inside(number, hint.start, hint.end)]
        target = [number for number in target if not _is_inside(number, start, end)]
    return source, target


def _is_inside(number: Number, start: int, end: int) -> bool:
    return start <= number.start and number.end <= end


def _changed(sides: _Sides) -> list[tuple[Number, Number]]:
    """Pairs of a missing and an added number that stand for each other: the likeliest first, each used once."""
    pairs = sorted(
        ((_unlikeness(one, other), i, j) for i, one in enumerate(sides.missing) for j, other in enumerate(sides.added)),
    )
    changed, used = [], set()
    for _, i, j in pairs:
        if ("missing", i) not in used and ("added", j) not in used:
            used |= {("missing", i), ("added", j)}
            changed.append((sides.missing[i], sides.added[j]))
    return changed


def _unlikeness(one: Number, other: Number) -> tuple[int, float]:
    """Small for a number shifted by tens (만 for 억), then for one of the same kind, then for one of the same size."""
    low, high = min(one.value, other.value), max(one.value, other.value)
    ratio = high / low if low else Fraction(10**9)
    is_shifted = ratio.denominator == 1 and str(ratio.numerator).rstrip("0") == "1"
    return (0 if is_shifted else 1 if one.kind == other.kind else 2), float(min(ratio, Fraction(10**9)))


def _is_rounded(source: Number, target: Number) -> bool:
    """Whether the number of the translation is that of the Korean with fewer digits, two at least: 12.35 million."""
    kept, had = _digits(target.value), _digits(source.value)
    if not 2 <= kept < had:
        return False
    return Decimal(f"{float(source.value):.{kept - 1}e}") == _as_decimal(target.value)


def _digits(value: Fraction) -> int:
    return len(_as_decimal(value).normalize().as_tuple().digits)


def _as_decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _suggestion(source: Number, target: Number, lang: str) -> str | None:
    """What to write in the place of the wrong number, where that is certain."""
    is_counted = target.kind == "cardinal" and source.kind in IN_FULL
    is_certain = not target.is_word and (is_counted or (source.kind == target.kind and target.kind in REPLACEABLE))
    return figure(source.value, lang) if is_certain else None


def _once(found: list[Number], taken: list[Number]) -> list[Number]:
    """The numbers that are not spoken for, one of each value."""
    return list({number.value: number for number in reversed(found) if number not in taken}.values())[::-1]


def _quoted(number: Number, text: str) -> str:
    """The number as it stands, with the rest of its word in Korean, and in figures where that is more: “네개” (4)."""
    written = text[number.start : number.end]
    counter = COUNTER.match(text, number.end)
    value = str(number.value) if (number.value * 1000).denominator > 1 else f"{_as_decimal(number.value).normalize():f}"
    is_plain = written.replace(",", "") == value or number.kind not in IN_FULL
    return f"“{written}{counter[0] if counter else ''}”{'' if is_plain else f' ({value})'}"


def _finding(
    pair: Pair, about: str, severity: Severity, message: str, at: Number | None = None, suggestion: str | None = None
) -> Finding:
    return Finding(
        check="numbers",
        segment=pair.segment.id,
        lang=pair.lang,
        message=message,
        severity=severity,
        start=at.start if at else None,
        end=at.end if at else None,
        suggestion=suggestion,
        about=about,
    )
