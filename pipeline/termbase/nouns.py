"""The nouns of a Korean text in runs that may be compounds: Kiwi's morphemes, read on the South Korean view.

Kiwi was trained on South Korean text: the view makes 로인 a noun (노인) where it would be 로 and 인. Measured on the
labelled articles of tests/cases/coverage.yaml: of the compounds listed by `coverage` 0.91 are terms and 0.95 of the
terms are listed; with the lists of `particles`, which cannot tell a noun from a verb or an adverb, 0.62 and 0.71.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from kiwipiepy import Kiwi, Token

from pipeline.orthography import View, south_korean_view

NOUNS = frozenset({"NNG", "NNP"})
MAKES_PREDICATE = frozenset({"XSV", "XSA"})  # 하다, 되다, 시키다: what stands before is no noun here
CLOSES = frozenset({"들", "님", "씩", "여", "째", "짜리", "어치", "경", "당", "쯤", "상", "하"})  # no part of the word
ADJECTIVE = "적"
# Kiwi calls these determiners; closed up to a noun they are its first syllable (총생산액, 새질생산력).
PREFIXES = frozenset("총대소신새재부고저초무비반준본중장전각")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun at `start`–`end` of the text; `is_joined`: closed up to the noun before it in its run."""

    start: int
    end: int
    is_joined: bool = False


def noun_runs(text: str) -> tuple[tuple[Noun, ...], ...]:
    """The nouns that follow one another with at most a space between them, in reading order.

    Particles, numbers, punctuation, bound nouns and predicates end a run. Affixes and nouns of one syllable belong to
    the noun that they are closed up to; one that stands alone (시, 집) ends the run. What a verb was made of (제고하다)
    and what 적 made an adjective is left out.
    """
    view = south_korean_view(text)
    tokens = _analyser().tokenize(view.text)
    runs = (part for run in _runs(tokens, view.text) for part in _without_single_syllables(run))
    return tuple(tuple(_in_source(noun, view) for noun in run) for run in runs)


@cache
def _analyser() -> Kiwi:
    """Kiwi with its own model; loading takes a second or two, once."""
    return Kiwi(num_workers=1)


def _runs(tokens: Sequence[Token], text: str) -> Iterator[list[Noun]]:
    """Runs of nouns as the analyser cuts them, in the characters of the view."""
    run: list[Noun] = []
    for place, token in enumerate(tokens):
        start, end = token.start, token.start + token.len
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        is_joined = bool(run) and run[-1].end == start
        if _is_noun(token, after, is_joined):
            if run and text[run[-1].end : start] not in ("", " "):
                yield run
                run = []
            run.append(Noun(start, end, bool(run) and is_joined))
            continue
        if is_joined and token.tag == "XSN" and token.form != ADJECTIVE and token.form not in CLOSES:
            run[-1] = replace(run[-1], end=end)
            continue
        if is_joined and (token.tag in MAKES_PREDICATE or token.form == ADJECTIVE):
            run.pop()
        if run:
            yield run
        run = []
    if run:
        yield run


def _is_noun(token: Token, after: Token | None, is_joined: bool) -> bool:
    """A noun, or what is closed up to one: a prefix, a Latin abbreviation (AI기술)."""
    if token.tag in NOUNS:  # also to Kiwi: %포인트, and 대대적 in 대대적으로
        return token.form.isalnum() and not (token.form.endswith(ADJECTIVE) and len(token.form) == 3)
    before_noun = after is not None and after.tag in NOUNS and after.start == token.start + token.len
    if token.tag == "XPN" or (token.tag == "MM" and token.form in PREFIXES):
        return before_noun
    return token.tag == "SL" and (before_noun or is_joined)


def _without_single_syllables(run: Sequence[Noun]) -> Iterator[list[Noun]]:
    """The run with its nouns of one syllable joined to a neighbour they are closed up to; cut where there is none."""
    joined: list[Noun] = []
    for noun in run:
        is_short = noun.end - noun.start == 1 or (joined and joined[-1].end - joined[-1].start == 1)
        if joined and noun.is_joined and is_short:
            joined[-1] = replace(joined[-1], end=noun.end)
        else:
            joined.append(noun)
    part: list[Noun] = []
    for noun in joined:
        if noun.end - noun.start > 1:
            part.append(noun if part else replace(noun, is_joined=False))
        elif part:
            yield part
            part = []
    if part:
        yield part


def _in_source(noun: Noun, view: View) -> Noun:
    return replace(noun, start=view.offsets[noun.start], end=view.offsets[noun.end])
