"""Sino-Korean readings: how Chinese is read in Korean, and which Chinese a Korean word may stand for.

Readings are those of the Chinese-Korean press (료녕, 력사, 률: no initial-sound law); `southern_spelling` gives what
South Korea writes. The facts are data: `readings.yaml` beside this file.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import yaml

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")
NUMERALS = {"〇": "0", "零": "0", **dict(zip("一二三四五六七八九", "123456789", strict=True))}
VOWELS, FINALS = 21, 28  # how many there are in the syllable block: 가 + (initial * 21 + vowel) * 28 + final
SOUND_N, SOUND_L, SILENT = 2, 5, 11  # initial consonants ㄴ ㄹ ㅇ
BEFORE_I = {2, 3, 6, 7, 12, 17, 20}  # vowels ㅑ ㅒ ㅕ ㅖ ㅛ ㅠ ㅣ
NO_FINAL, FINAL_N = 0, 4
BEAM = 24  # partial candidates that are followed at each syllable
LONGEST_PIECE = 8  # syllables of a known word inside a longer one
PIECE_COST = 0.5  # a known word is worth about one well-known character
JOINT = 1.5  # what it is worth that two characters stand side by side in known Chinese
PRIOR = 2.0  # known words that the order of the table is worth


@dataclass(frozen=True, slots=True)
class Candidate:
    """Chinese that a Korean word may stand for; a lower cost is a better one. `pieces` say what it was made from."""

    zh: str
    cost: float
    pieces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What known pairs teach: whole words, the characters of each syllable, which character follows which."""

    words: Mapping[str, tuple[str, ...]]
    characters: Mapping[str, Mapping[str, int]]
    follows: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Table:
    """The facts of readings.yaml."""

    readings: Mapping[str, tuple[str, ...]]  # of a character, the usual one first
    characters: Mapping[str, str]  # of a syllable, the common ones first
    names: Mapping[str, str]  # that are not read from their characters
    surnames: Mapping[str, tuple[str, ...]]  # by their sound, the common ones first
    given: Mapping[str, str]  # what given names are made of, by sound, the common ones first


def readings(character: str) -> tuple[str, ...]:
    """The readings of one simplified character, the usual one first; () for one that is not in the table.

    >>> readings("辽"), readings("行")
    (('료',), ('행', '항'))
    """
    return _table().readings.get(character, ())


def read_chinese(zh: str, limit: int = 4) -> tuple[str, ...]:
    """The Korean readings of simplified Chinese, best first, at most `limit`; what is not Chinese stays as it is.

    () where a character is not known. Names with a Korean of their own come first: 哈尔滨 is 할빈, then 합이빈.

    >>> read_chinese("辽宁"), read_chinese("银行", limit=2)
    (('료녕',), ('은행', '은항'))
    """
    ends: list[list[tuple[int, str]]] = [[(0, "")], *([] for _ in zh)]  # by position: how far from the usual, what
    for place in range(len(zh)):
        for cost, so_far in ends[place]:
            for length, more, reading in _steps(zh, place):
                ends[place + length].append((cost + more, so_far + reading))
        for end in range(place + 1, len(zh) + 1):
            ends[end] = sorted(set(ends[end]))[: max(limit, 1) * 2]
    return tuple(dict.fromkeys(reading for _, reading in ends[-1]))[:limit]


def _steps(zh: str, place: int) -> Iterator[tuple[int, int, str]]:
    """How the reading can go on at a place: characters read, how unusual that is, what they are read as."""
    name = _name_at(zh, place)
    if name:
        yield len(name), 0, _table().names[name]
    known = readings(zh[place]) if HAN.match(zh[place]) else (zh[place],)
    yield from ((1, rank + bool(name), reading) for rank, reading in enumerate(known))


def _name_at(zh: str, place: int) -> str:
    """The longest name with a Korean of its own that begins here, "" where there is none."""
    return max((name for name in _table().names if zh.startswith(name, place)), key=len, default="")


def is_reading(syllable: str, character: str) -> bool:
    """Whether a syllable, or a digit, can stand for a Chinese character, in northern or southern spelling.

    >>> is_reading("료", "辽"), is_reading("요", "辽"), is_reading("3", "三"), is_reading("강", "三")
    (True, True, True, False)
    """
    return syllable == character or syllable in _spoken().get(character, ())


def sounds(zh: str) -> tuple[frozenset[str], ...]:
    """What can stand in Korean for each part of simplified Chinese: syllables, digits, letters in lower case.

    A name with a Korean of its own has a part for each of its syllables (哈尔滨: 할, 빈); marks and spaces have none.
    """
    parts: list[frozenset[str]] = []
    place = 0
    while place < len(zh):
        name = _name_at(zh, place)
        as_read = [frozenset({one.casefold()}) | _spoken().get(one, frozenset()) for one in name or zh[place]]
        if name:
            own = [frozenset({syllable}) for syllable in _table().names[name]]
            parts += [a | b for a, b in zip(own, as_read, strict=True)] if len(own) == len(name) else own
        elif zh[place].isalnum():
            parts += as_read
        place += len(name) or 1
    return tuple(parts)


@cache
def _spoken() -> dict[str, frozenset[str]]:
    """Every way to write a character's sound: its readings, those under the initial-sound law, and its digit."""
    spoken = {}
    for character, syllables in _table().readings.items():
        southern = {southern_spelling(syllable) for syllable in syllables}
        law = {{"률": "율", "렬": "열"}.get(syllable, syllable) for syllable in syllables}
        spoken[character] = frozenset({*syllables, *southern, *law, NUMERALS.get(character, "")} - {""})
    return spoken


def southern_spelling(word: str) -> str:
    """A Sino-Korean word as South Korea spells it: no ㄹ or soft ㄴ at its beginning, 율 and 열 after a vowel or ㄴ.

    What stands at the beginning of a later part of a compound stays as it is.

    >>> southern_spelling("료녕"), southern_spelling("녀성"), southern_spelling("비률"), southern_spelling("로동")
    ('요녕', '여성', '비율', '노동')
    """
    spelled = list(word)
    if spelled and _is_syllable(word[0]):
        initial, vowel, final = _letters(word[0])
        if initial in (SOUND_L, SOUND_N) and vowel in BEFORE_I:
            initial = SILENT
        elif initial == SOUND_L:
            initial = SOUND_N
        spelled[0] = chr(0xAC00 + (initial * VOWELS + vowel) * FINALS + final)
    for place, (before, syllable) in enumerate(pairwise(word), start=1):
        if syllable in "률렬" and _is_syllable(before) and _letters(before)[2] in (NO_FINAL, FINAL_N):
            spelled[place] = "율" if syllable == "률" else "열"
    return "".join(spelled)


def likeness(first: str, second: str) -> int:
    """How many of the three letters (initial, vowel, final) two syllables share, 0 to 3: 경 and 겅 share two."""
    if not (_is_syllable(first) and _is_syllable(second)):
        return 3 if first == second else 0
    return sum(one == other for one, other in zip(_letters(first), _letters(second), strict=True))


def _is_syllable(character: str) -> bool:
    return "가" <= character <= "힣"


def _letters(syllable: str) -> tuple[int, int, int]:
    """Initial, vowel and final of a precomposed syllable, as numbers."""
    number = ord(syllable) - 0xAC00
    return number // (VOWELS * FINALS), number // FINALS % VOWELS, number % FINALS


def learn(pairs: Iterable[tuple[str, str]]) -> Known:
    """What pairs of Korean and Chinese teach. Pairs in which no syllable is a character's reading teach words only."""
    words: dict[str, Counter[str]] = {}
    characters: dict[str, Counter[str]] = {}
    follows: Counter[tuple[str, str]] = Counter()
    for written, zh in pairs:
        ko = "".join(written.split())
        if len(ko) < 2 or not zh:
            continue
        words.setdefault(ko, Counter())[zh] += 1
        if len(ko) == len(zh):
            follows.update(pairwise(("", *zh, "")))  # "" is the beginning and the end
            for syllable, character in zip(ko, zh, strict=True):
                if is_reading(syllable, character):
                    characters.setdefault(syllable, Counter())[character] += 1
    best = {ko: tuple(zh for zh, _ in found.most_common(3)) for ko, found in words.items()}
    return Known(best, characters, follows)


def chinese_candidates(ko: str, known: Known, limit: int = 5) -> tuple[Candidate, ...]:
    """Chinese that a Sino-Korean word may stand for, from known words and characters, best first, at most `limit`.

    A known word is taken whole where it stands inside (심양 in 심양시항무국); what is left is made of characters that
    are read so, the known and common ones first. () where a syllable is no reading of any character.
    """
    return _search(ko, known, limit, {})


def name_candidates(ko: str, known: Known, limit: int = 5) -> tuple[Candidate, ...]:
    """Chinese that a person's name of two to four syllables may stand for: a family name, then one or two characters.

    A name cannot be known from its sound: take these for what a person may choose from.
    """
    found: list[Candidate] = []
    for length in (1, 2):
        surnames = _table().surnames.get(ko[:length], ())
        if surnames and 1 <= len(ko) - length <= 2:
            found += _search(ko, known, limit, {ko[:length]: surnames})
    return tuple(sorted(found, key=lambda one: (one.cost, one.zh))[:limit])


def is_surname(ko: str) -> bool:
    """Whether a syllable or two are the reading of a family name (리, 구양)."""
    return ko in _table().surnames


def _search(ko: str, known: Known, limit: int, first: Mapping[str, tuple[str, ...]]) -> tuple[Candidate, ...]:
    """The cheapest ways through the word; `first` says what its beginning must be, as Korean and Chinese."""
    ends: list[list[Candidate]] = [[] for _ in range(len(ko) + 1)]
    ends[0] = [Candidate("", 0.0, ())]
    for place in range(len(ko)):
        ends[place] = _cheapest(ends[place], max(BEAM, limit))
        steps = list(_forced(first) if first and place == 0 else _moves(ko, place, known, is_name=bool(first)))
        for so_far in ends[place]:
            for piece, zh, cost in steps:
                total = so_far.cost + cost - JOINT * math.log1p(known.follows.get((so_far.zh[-1:], zh[0]), 0))
                if place + len(piece) == len(ko):
                    total -= JOINT * math.log1p(known.follows.get((zh[-1], ""), 0))
                ends[place + len(piece)].append(Candidate(so_far.zh + zh, total, (*so_far.pieces, (piece, zh))))
    return tuple(_cheapest(ends[-1], limit)) if ko else ()


def _cheapest(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """The best way to each Chinese, at most `limit`, in an order that does not depend on how they were found."""
    best: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda one: (one.cost, one.zh, one.pieces)):
        best.setdefault(candidate.zh, candidate)
    return list(best.values())[:limit]


def _forced(first: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, float]]:
    for piece, choices in first.items():
        yield from ((piece, zh, PIECE_COST + math.log1p(rank)) for rank, zh in enumerate(choices))


def _moves(ko: str, place: int, known: Known, *, is_name: bool) -> Iterator[tuple[str, str, float]]:
    """What may stand at a place: a known word (not in a person's name), or a character; and what it costs."""
    longest = 1 if is_name else min(LONGEST_PIECE, len(ko) - place)
    for length in range(2, longest + 1):
        piece = ko[place : place + length]
        if piece != ko:
            yield from ((piece, zh, PIECE_COST + rank) for rank, zh in enumerate(known.words.get(piece, ())))
    syllable = ko[place]
    seen = known.characters.get(syllable, {})
    total = sum(seen.values()) + PRIOR
    usual = _table().given.get(syllable, "") if is_name else ""
    for rank, character in enumerate(dict.fromkeys(usual + _table().characters.get(syllable, ""))):
        yield syllable, character, 1.0 - math.log((seen.get(character, 0) + PRIOR / (rank + 2)) / total)


@cache
def _table() -> Table:
    """The facts, read once."""
    with Path(__file__).with_suffix(".yaml").open(encoding="utf-8") as file:
        facts = yaml.load(file, yaml.CSafeLoader)
    by_character: dict[str, tuple[str, ...]] = {}
    by_syllable: dict[str, str] = {}
    for part in ("first", "also"):
        for syllable, written in facts[part].items():
            characters = written.replace(" ", "")
            by_syllable[syllable] = by_syllable.get(syllable, "") + characters
            for character in characters:
                by_character[character] = (*by_character.get(character, ()), syllable)
    surnames: dict[str, tuple[str, ...]] = {}
    for name in facts["surnames"].split():
        for spoken in map("".join, product(*(by_character[character] for character in name))):
            for spelling in dict.fromkeys((spoken, southern_spelling(spoken))):
                surnames[spelling] = (*surnames.get(spelling, ()), name)
    given: dict[str, str] = {}
    for character in dict.fromkeys(facts["given"].replace(" ", "")):
        for spoken in by_character[character]:
            given[spoken] = given.get(spoken, "") + character
    return Table(by_character, by_syllable, facts["names"], surnames, given)
