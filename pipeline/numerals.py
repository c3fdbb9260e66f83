"""Numbers by value: where a Korean, Chinese or English text says a number, and which number it is.

The facts (words, units, what looks like a number and is none) stand in numerals.yaml; here is how they are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal, TypedDict, cast

import yaml

Kind = Literal[
    "cardinal",
    "ordinal",
    "percent",
    "fraction",
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "decade",
    "century",
    "remainder",
    "formula",
    "literal",
]

FACTS = Path(__file__).with_name("numerals.yaml")
DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
# Full-width digits, signs and spaces, as their plain counterparts; every character stays one character.
PLAIN = str.maketrans("０１２３４５６７８９％．：～－\u00a0\u3000\u2009’", "0123456789%.:~-   '")

SHORTENED = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}  # 二百二 is 220, 两万五 is 25000


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands at `start`–`end` of a text. A minus sign is not part of it: 3-4월 is a range.

    `value` is in ones (1.2만 is 12000); a percentage is in hundredths (5.9% is 5.9), a date part as it is counted
    (June is 6), a decade its first year (20世纪40年代 is 1940), a formula (3위1체) one number for each of its parts.
    """

    start: int
    end: int
    value: Fraction
    kind: Kind = "cardinal"
    is_word: bool = False  # written in words: 두개, 两个, two. Fluent text may drop it


class _Units(TypedDict):
    digits: dict[str, int]
    small: dict[str, int]
    large: dict[str, int]


class _Facts(TypedDict):
    gate: str
    units: _Units
    pieces: dict[str, str]
    rows: list[str]
    fractions: dict[str, list[int]]
    kinds: dict[str, str]
    scales: dict[str, int]
    echoes: dict[int | str, list[str]]


@dataclass(frozen=True, slots=True)
class _Grammar:
    row: re.Pattern[str]  # all rows, as alternatives; a group is called kind_serial
    token: re.Pattern[str]
    units: _Units
    fractions: Mapping[str, Fraction]
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...]
    scales: tuple[tuple[str, int], ...]
    echoes: Mapping[Fraction, re.Pattern[str]]


def numbers(text: str, lang: str) -> tuple[Number, ...]:
    """All numbers that a text surely says, in the order of the text, without overlap.

    Vague amounts (수십, 几百, thousands) and numerals inside words (一定, 세계, no one) are not numbers.

    >>> [(n.value, n.kind) for n in numbers("3-4월에 4억 3,500만원", "ko")]
    [(Fraction(3, 1), 'month'), (Fraction(4, 1), 'month'), (Fraction(435000000, 1), 'cardinal')]
    """
    grammar, plain = _grammar(lang), text.translate(PLAIN)
    return tuple(number for match in grammar.row.finditer(plain) for number in reversed(_numbers_in(match, grammar)))


def is_same(left: Number, right: Number) -> bool:
    """Whether two numbers say the same: 15시 and 3 p.m., 90年代 and the 1990s, 50% and half count as the same."""
    if left.value == right.value:
        return True
    kinds, gap = {left.kind, right.kind}, abs(left.value - right.value)
    if "hour" in kinds and kinds <= {"hour", "cardinal"}:
        return gap == 12
    if "remainder" in kinds:  # 8개 부문: the ministry and seven other departments, of which up to three are named
        return gap <= 3 and (left if left.kind == "remainder" else right).value < max(left.value, right.value)
    if kinds <= {"year", "decade", "ordinal", "cardinal"} and kinds & {"year", "decade"}:
        return gap % 100 == 0 and min(left.value, right.value) < 100
    if "percent" in kinds and kinds <= {"percent", "fraction", "cardinal"}:  # half and 50%, 1배 and 100 percent
        return left.value == right.value * 100 or right.value == left.value * 100
    return False


def has_echo(value: Fraction, text: str, lang: str) -> bool:
    """Whether a text says a small number without a numeral: 2 in `both`, 双 or 쌍. Lenient: it only ever silences."""
    echo = _grammar(lang).echoes.get(value)
    return echo is not None and echo.search(text) is not None


def figure(value: Fraction, lang: str) -> str | None:
    """The usual way to write a number of things in a language; None where it takes more than three decimals.

    >>> figure(Fraction(12_352_000), "zh"), figure(Fraction(12_352_000), "en")
    ('1235.2万', '12.352 million')
    """
    for name, scale in _grammar(lang).scales:
        if value >= scale and (value / scale * 1000).denominator == 1:
            return f"{_decimal(value / scale)}{' ' if name.isascii() else ''}{name}"
    if (value * 1000).denominator != 1:
        return None
    return _decimal(value, "," if lang == "en" else "")


def _decimal(value: Fraction, thousands: str = "") -> str:
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return format(number.normalize(), f"{thousands if value >= 10_000 else ''}f")


def _numbers_in(match: re.Match[str], grammar: _Grammar) -> list[Number]:
    """The numbers of one row, the last first; none where the numerals do not make a number (二三十, 일이)."""
    groups = [(*match.span(name), name.split("_")[0]) for name, text in match.groupdict().items() if text is not None]
    found: list[Number] = []
    for start, end, name in sorted(groups, reverse=True):  # from the right: a range takes after what follows it
        text = match.string[start:end]
        value = _value(text, name, grammar)
        if value is None:
            return []
        kind = _kind(name, end, match.string, grammar)
        if name == "range" and found:
            value *= _shared_scale(value, text, match.string[found[-1].start : found[-1].end], grammar)
            kind = found[-1].kind
        found.append(Number(start, end, value, kind, is_word=not re.search("[0-9]", text)))
    return found


def _kind(name: str, end: int, text: str, grammar: _Grammar) -> Kind:
    if name == "tenths":
        return "percent"
    if name in ("number", "range"):
        return next((kind for kind, following in grammar.kinds if following.match(text, end)), "cardinal")
    return "cardinal" if name in ("mixed", "decades") else cast("Kind", name)


def _value(text: str, name: str, grammar: _Grammar) -> Fraction | None:
    if name == "fraction":
        return _fraction(text, grammar)
    if name == "literal":
        return Fraction(re.sub("[^0-9]", "", text))
    if name == "decade" and "世纪" in text:
        century, years = (_read(part, grammar) for part in text.split("世纪"))
        return None if century is None or years is None else (century - 1) * 100 + years
    value = _read(text, grammar)
    if value is None:
        return None
    return {"tenths": value * 10, "decades": value * 10, "mixed": value + Fraction(1, 2)}.get(name, value)


def _fraction(text: str, grammar: _Grammar) -> Fraction | None:
    """三分之一, 3분의 1, 1/3, two-thirds, half."""
    for word, value in grammar.fractions.items():
        if re.search(rf"{word}s?\Z", text.lower()):
            return value * (_read(text[: -len(word)], grammar) or 1)
    parts = re.split(r" ?(?:분의|分之|/) ?", text)
    first, second = _read(parts[0], grammar), _read(parts[-1], grammar)
    above, below = (first, second) if "/" in text else (second, first)
    return above / below if above is not None and below else None


def _shared_scale(value: Fraction, text: str, following: str, grammar: _Grammar) -> Fraction | int:
    """What 만 in 2-3만 does to the 2: it counts for both, unless the first is larger (2022-3만) or has its own."""
    units = {**grammar.units["small"], **grammar.units["large"]}
    if any(token in units for token in grammar.token.findall(text.lower())):
        return 1
    scale = 1
    for token in reversed(grammar.token.findall(following.lower())):
        if token not in units:
            break
        scale *= units[token]
    whole = _read(following, grammar)
    return scale if whole and value < whole / scale else 1


def _read(text: str, grammar: _Grammar) -> Fraction | None:
    """The value of a run of digits, numerals and units; None where they do not make a number.

    Digits wait for a unit (천), sections wait for a large unit (만), as people say them: 4억 3,500만, 一百零二.
    """
    units, tokens = grammar.units, grammar.token.findall(_with_decimal_point(text, grammar).lower())
    if len(tokens) == 4 and all(token in units["digits"] for token in tokens):  # 二〇二五
        return Fraction("".join(str(units["digits"][token]) for token in tokens))
    total = section = Fraction(0)
    digit: Fraction | None = None
    small, large = 10**6, 10**18  # the units last used: they must go down
    for token in tokens:
        if token in units["large"]:
            unit, section = units["large"][token], section + (digit or 0)
            if unit < large:
                total += (section or 1) * unit
            else:  # 1.2万亿, hundred thousand million
                total = (total + section) * unit
            section, digit, small, large = Fraction(0), None, 10**6, unit
        elif token in units["small"]:
            unit = units["small"][token]
            if unit >= small:
                return None
            section, digit, small = section + (1 if digit is None else digit) * unit, None, unit
        else:
            value = Fraction(token.replace(",", "")) if token[0].isdigit() and token.isascii() else None
            value = Fraction(units["digits"][token]) if value is None else value
            if digit and not (digit % 10 == 0 and digit < 100 and value < 10):  # not twenty-one, 스물세
                return None
            digit = (digit or 0) + value
    if len(tokens) > 1 and digit and tokens[-2] in SHORTENED and tokens[-1] in units["digits"]:
        digit *= SHORTENED[tokens[-2]] // 10
    return total + section + (digit or 0) if tokens else None


def _with_decimal_point(text: str, grammar: _Grammar) -> str:
    """五点九 with digits, 5.9: the numerals after the point are said one by one."""
    if "点" not in text:
        return text
    whole, rest = text.split("点", 1)
    digits = grammar.units["digits"]
    decimals = "".join(str(digits[character]) for character in rest if character in digits)
    return f"{_read(whole, grammar)}.{decimals}{''.join(c for c in rest if c not in digits)}"


@cache
def _facts() -> dict[str, _Facts]:
    loaded = yaml.load(FACTS.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return cast("dict[str, _Facts]", loaded)


@cache
def _grammar(lang: str) -> _Grammar:
    facts = _facts()[lang]
    pieces = {"D": DIGITS}
    for name, piece in facts["pieces"].items():
        pieces[name] = _filled(piece, pieces)
    rows = "|".join(f"(?:{_filled(row, pieces)})" for row in facts["rows"])
    serial = iter(range(10_000))
    rows = re.sub(r"\(\?P<(\w+)>", lambda match: f"(?P<{match[1]}_{next(serial)}>", rows)
    words = sorted((word for table in facts["units"].values() for word in cast("dict[str, int]", table)), key=len)
    edge = "(?<![a-z])(?:{})(?![a-z])" if lang == "en" else "{}"
    return _Grammar(
        row=re.compile(f"{facts['gate']}(?:{rows})"),
        token=re.compile(f"{DIGITS}|" + edge.format("|".join(reversed(words)))),
        units=facts["units"],
        fractions={word: Fraction(*pair) for word, pair in facts["fractions"].items()},
        kinds=tuple((cast("Kind", kind), re.compile(following)) for kind, following in facts["kinds"].items()),
        scales=tuple(facts["scales"].items()),
        echoes={Fraction(value): _echo(forms, lang) for value, forms in facts["echoes"].items()},
    )


def _filled(pattern: str, pieces: Mapping[str, str]) -> str:
    return re.sub(r"\{([A-Za-z]\w*)\}", lambda match: pieces[match[1]], pattern)


def _echo(forms: list[str], lang: str) -> re.Pattern[str]:
    if lang != "en":
        return re.compile("|".join(forms))
    words = "|".join(form.replace("*", "[a-z]*") for form in forms)
    return re.compile(f"(?<![A-Za-z])(?:{words})(?![A-Za-z])", re.IGNORECASE)
