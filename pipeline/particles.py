"""What may stand around a word in Korean: particles, endings, bound nouns, the suffixes of names, parts of compounds.

The lists are data: `particles.yaml` beside this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

UNKNOWN, VOWEL, FINAL_L = -1, 0, 8  # final consonants as they are counted in a precomposed syllable


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The lists of particles.yaml."""

    after_consonant: frozenset[str]
    after_vowel: frozenset[str]
    after_vowel_or_l: frozenset[str]
    after_any: frozenset[str]
    last: frozenset[str]
    copula: frozenset[str]
    copula_after_vowel: frozenset[str]
    attached: frozenset[str]
    after_name: frozenset[str]
    not_behind_name: frozenset[str]
    before_name: frozenset[str]
    apart: frozenset[str]
    determiners: frozenset[str]
    affixes: frozenset[str]
    parts: frozenset[str]
    decoys: frozenset[str]
    inside: frozenset[str]
    units: frozenset[str]
    doubtful: frozenset[str]
    bare: frozenset[str]
    company: tuple[str, ...]
    suffixed: frozenset[str]
    locative: frozenset[str]
    senses: frozenset[str]
    meanings: frozenset[str]


@cache
def surroundings() -> Surroundings:
    """The facts, read once."""
    with Path(__file__).with_suffix(".yaml").open(encoding="utf-8") as file:
        facts = {name: frozenset(words.split()) for name, words in yaml.load(file, yaml.CSafeLoader).items()}
    return Surroundings(company=tuple(facts.pop("company")), **facts)


def is_grammar(rest: str, before: str) -> bool:
    """Whether the Hangul after a word is only particles, endings and bound nouns; `before` is the syllable before it.

    >>> is_grammar("에서의", "양"), is_grammar("률", "대")
    (True, False)
    """
    return _is_grammar(rest, _final(before), True)


def is_suffixed(right: str, suffixes: frozenset[str]) -> bool:
    """Whether the Hangul behind a name is one of these suffixes with particles."""
    heads = (right[:length] for length in range(1, len(right) + 1))
    return any(head in suffixes and is_grammar(right[len(head) :], head[-1]) for head in heads)


@lru_cache(maxsize=1 << 14)
def _is_grammar(rest: str, final: int, may_attach: bool) -> bool:
    if not rest:
        return True
    facts = surroundings()
    if rest in facts.copula or (final == VOWEL and rest in facts.copula_after_vowel):
        return True
    for length in range(1, min(4, len(rest)) + 1):
        head, tail = rest[:length], rest[length:]
        after = _final(head[-1])
        if may_attach and head in facts.attached and _is_grammar(tail, after, True):
            return True
        if not _is_particle(head, final):
            continue
        if not tail or (head not in facts.last and _is_grammar(tail, after, False)):
            return True
    return False


def _is_particle(head: str, final: int) -> bool:
    """Whether this is a particle that can follow a syllable with this final consonant."""
    facts = surroundings()
    if head in facts.after_any:
        return True
    if head in facts.after_vowel_or_l:
        return final in (UNKNOWN, VOWEL, FINAL_L)
    return (final != VOWEL and head in facts.after_consonant) or (
        final in (UNKNOWN, VOWEL) and head in facts.after_vowel
    )


def _final(character: str) -> int:
    """The final consonant of a Hangul syllable as a number, 0 for none; -1 for a digit, a letter or Hanja."""
    return (ord(character) - 0xAC00) % 28 if "가" <= character <= "힣" else UNKNOWN
