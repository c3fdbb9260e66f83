"""PRC Korean seen in South Korean spelling, with a map of offsets back; the source itself is never rewritten.

The facts (syllables, words, endings, foreign words) are data: `orthography.yaml` beside this file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

RUN = re.compile("[가-힣]+")  # a run of Hangul, what stands between spaces, punctuation and digits
NO_FINAL, FINAL_N, FINAL_L = 0, 4, 8  # final consonants as they are counted in a precomposed syllable

Change = tuple[int, int, str]  # start and end in the run, what stands there in South Korean spelling


@dataclass(frozen=True, slots=True)
class View:
    """A text in South Korean spelling; `offsets[i]` is where its character i comes from in the source.

    `offsets` has one entry more than `text` has characters: the part `text[a:b]` of the view stands at
    `offsets[a]:offsets[b]` of the source.
    """

    text: str
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spelling:
    """The facts of orthography.yaml."""

    initial: dict[str, str]  # 려 → 여
    only_listed: frozenset[str]  # syllables that begin foreign words too
    never: tuple[str, ...]  # 녀석
    words: frozenset[str]  # 력사
    tails: frozenset[str]  # 관리
    ambiguous: frozenset[str]  # 양식
    pye: tuple[str, ...]
    endings: dict[str, str]  # 되였 → 되었; ^ in front: only at the beginning of a word
    loans: dict[str, str]  # 로씨야 → 러시아


def south_korean_view(text: str) -> View:
    """The text as South Korea would spell it, as far as that is certain; spacing stays.

    >>> south_korean_view("료녕의 력사").text
    '요녕의 역사'
    """
    pieces: list[str] = []
    offsets: list[int] = []
    done = 0
    for start, end, new in _changes(text):
        pieces += [text[done:start], new]
        offsets += range(done, start)
        offsets += [start + min(position, end - start - 1) for position in range(len(new))]
        done = end
    pieces.append(text[done:])
    offsets += range(done, len(text) + 1)
    return View("".join(pieces), tuple(offsets))


def prc_score(text: str) -> float:
    """How far a text follows PRC spelling, 0 to 1; 0.5 where no word tells.

    Counted are the words that the two standards spell differently: those in PRC spelling over all of them.
    """
    prc = sum(1 for _ in _changes(text))
    southern = sum(_southern_signs(match.group()) for match in RUN.finditer(text))
    return prc / (prc + southern) if prc + southern else 0.5


def is_ambiguous(southern: str) -> bool:
    """Whether a South Korean spelling is also another word in PRC spelling (양식: 样式, and 粮食 in the South).

    Only words of two syllables are listed; a longer one is taken for certain.
    """
    return southern in spelling().ambiguous


def may_differ(word: str) -> bool:
    """False where South Korea surely spells a word, or words, the same; much faster than looking."""
    initial, anywhere = _tell_tale()
    is_one_run = len(word.split()) == 1 and "가" <= word[0] <= "힣"
    beginnings = word[:1] + word[2:] if is_one_run else word  # no word begins at the second syllable
    return not (initial.isdisjoint(beginnings) and anywhere.isdisjoint(word))


@cache
def _tell_tale() -> tuple[frozenset[str], frozenset[str]]:
    """The syllables that change where a word begins, and those one of which stands in everything else that changes."""
    facts = spelling()
    fixed = (key.lstrip("^")[0] for key in (*facts.loans, *facts.endings))
    return frozenset(facts.initial), frozenset(fixed) | frozenset("률렬였페")


@cache
def spelling() -> Spelling:
    """The facts, read once."""
    with Path(__file__).with_suffix(".yaml").open(encoding="utf-8") as file:
        facts = {name: text.split() for name, text in yaml.load(file, yaml.CSafeLoader).items()}
    return Spelling(
        initial={pair[0]: pair[1] for pair in facts["initial"]},
        only_listed=frozenset(facts["only_listed"]),
        never=tuple(facts["never"]),
        words=frozenset(facts["words"]),
        tails=frozenset(facts["tails"]),
        ambiguous=frozenset(facts["ambiguous"]),
        pye=tuple(facts["pye"]),
        endings=dict(_pair(entry) for entry in facts["endings"]),
        loans=dict(_pair(entry) for entry in facts["loans"]),
    )


def _pair(entry: str) -> tuple[str, str]:
    prc, southern = entry.split("=")
    return prc, southern


def _changes(text: str) -> Iterator[Change]:
    """What the view changes in the whole text, in reading order."""
    for match in RUN.finditer(text):
        run, start = match.group(), match.start()
        follows_digit = start > 0 and text[start - 1].isdigit()  # 3례, 2련: a counter keeps its sound
        for first, last, new in _respelled(run, follows_digit):
            yield start + first, start + last, new


@lru_cache(maxsize=1 << 15)
def _respelled(run: str, follows_digit: bool) -> tuple[Change, ...]:
    """The changes in one run of Hangul, in order, none over another."""
    changes: dict[int, Change] = {}
    for start, end, new in _fixed_changes(run):
        changes[start] = (start, end, new)
    taken = {position for start, end, _ in changes.values() for position in range(start, end)}
    for position, new in _sound_changes(run, follows_digit):
        if position not in taken:
            changes.setdefault(position, (position, position + 1, new))
    return tuple(changes[start] for start in sorted(changes))


def _fixed_changes(run: str) -> Iterator[Change]:
    """Foreign words, 페 for 폐, and verb endings: one expression finds them all."""
    pattern, table = _fixed_table()
    for match in pattern.finditer(run):
        key = match.group()
        anchored = table.get("^" + key) if match.start() == 0 else None
        new = anchored or table.get(key)
        if new:
            yield match.start(), match.end(), new
    for match in re.finditer("(?<=이)였", run):  # 학생이였다, but 도시였다 is the same in both
        if match.start() >= 2 and _final(run[match.start() - 2]) != NO_FINAL:
            yield match.start(), match.end(), "었"


@cache
def _fixed_table() -> tuple[re.Pattern[str], dict[str, str]]:
    facts = spelling()
    table = {**facts.loans, **facts.endings, **{word: word.replace("페", "폐") for word in facts.pye}}
    keys = sorted({key.lstrip("^") for key in table}, key=len, reverse=True)
    return re.compile("|".join(keys)), table


def _sound_changes(run: str, follows_digit: bool) -> Iterator[tuple[int, str]]:
    """Where the initial-sound law of the South changes a syllable: position in the run, new syllable."""
    facts = spelling()
    for position, syllable in enumerate(run):
        if position and syllable in "률렬" and _final(run[position - 1]) in (NO_FINAL, FINAL_N):
            yield position, "율" if syllable == "률" else "열"
        elif syllable in facts.initial and _begins_word(run, position, follows_digit):
            yield position, facts.initial[syllable]


def _begins_word(run: str, position: int, follows_digit: bool) -> bool:
    """Whether a word that the law changes begins here."""
    facts = spelling()
    is_listed = any(run[position : position + length] in facts.words for length in (2, 3, 4))
    if position:
        # 고속도로정비 is not 고속도 + 로정비; but in 중국련합 a single syllable makes no word before 국련
        is_tail = position > 2 and run[position - 1 : position + 1] in facts.tails
        return is_listed and position >= 2 and not is_tail
    if follows_digit or len(run) == 1 or run.startswith(facts.never):
        return False
    return is_listed or run[0] not in facts.only_listed


def _southern_signs(run: str) -> int:
    """How many words of a run are spelled as only the South spells them."""
    signs = 1 if any(run[:length] in _southern_words() for length in (2, 3, 4)) else 0
    signs += sum(1 for match in re.finditer("율|되었|되어", run) if match.start() or match.group() != "율")
    return signs


@cache
def _southern_words() -> frozenset[str]:
    facts = spelling()
    words = {facts.initial[word[0]] + word[1:] for word in facts.words if word[0] in facts.initial}
    return frozenset(word for word in words if word not in facts.ambiguous)


def _final(syllable: str) -> int:
    """The final consonant of a precomposed syllable as a number, 0 for none."""
    return (ord(syllable) - 0xAC00) % 28
