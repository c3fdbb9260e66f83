"""What the glossary does not cover yet: the noun compounds of the articles that have no entry, ranked for editors.

Ranking: the C-value of Frantzi, Ananiadou and Mima (2000), “Automatic recognition of multi-word terms: the
C-value/NC-value method”, times the logarithm of the number of articles. A word that is always part of the same longer
one counts for nothing, the longer one for itself. Two changes for Korean: length is counted in pairs of syllables (a
Sino-Korean word has two), because where a closed-up compound is cut is uncertain; and only what is closed up counts as
nested, because words that merely stand side by side leave each other what they are; for the same reason what is always
written with a space counts half.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Literal

import yaml

from pipeline.article import Mention
from pipeline.glossary import Glossary
from pipeline.glosses import find_glosses
from pipeline.mentions import Matcher
from pipeline.orthography import south_korean_view
from pipeline.termbase.nouns import Noun, noun_runs
from pipeline.terms import Term, spelling_key

SHORTEST = 3  # syllables; of two there are only plain words and names
MOST_PARTS = 6  # nouns in one compound
EVIDENCE = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """A segment of an article, as evidence."""

    article: str
    segment: str
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A compound without an entry.

    `ko` is how it is written most often, `variants` the other ways; `known` are the terms inside it and `known_share`
    how much of it they are, 0 to 1. `zh` is what a gloss in the articles says, else what the entries give part by part.
    """

    ko: str
    variants: tuple[str, ...]
    occurrences: int
    articles: int
    evidence: tuple[Passage, ...]
    known: tuple[str, ...]
    known_share: float
    zh: str | None
    zh_from: Literal["gloss", "entries"] | None
    score: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the glossary reaches, and the candidates, the best first."""

    segments: int
    segments_with_terms: int
    nouns: int
    nouns_in_terms: int
    mentions: int
    by_domain: Mapping[str, int]  # mentions; the domain with most of them first
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Plain:
    """The lists of coverage.yaml, in South Korean spelling."""

    common: frozenset[str]
    edges: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Part:
    """A noun, or a mention with the nouns in it."""

    start: int
    end: int
    is_joined: bool  # closed up to the part before it
    is_term: bool


_Runs = list[list[_Part]]  # the runs of nouns of one passage


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A compound at `start`–`end` of a passage; `form` is how it is compared.

    `is_free`: no other noun is closed up to it.
    """

    form: str
    passage: int
    start: int
    end: int
    is_free: bool


def coverage(
    passages: Iterable[Passage], glossary: Glossary, matcher: Matcher, *, least: int = 2, limit: int = 100
) -> Coverage:
    """Count what the terms cover, and rank what they do not.

    A candidate is a run of nouns of three syllables or more that stands `least` times or more and has no entry in
    either orthography, deprecated ones included. Numbers and dates, adverbs, predicates, particles, single plain words
    and phrases that begin or end in a word such as 관련 or 올해 are none. At most `limit` are given. Spellings that
    differ in spaces or orthography are one candidate. Takes two to three milliseconds a segment, more memory than the
    passages, and once the loading of Kiwi.
    """
    texts = tuple(passages)
    runs: list[_Runs] = []
    by_domain: Counter[str] = Counter()
    nouns = covered = with_terms = 0
    for passage in texts:
        mentions = matcher.find(passage.text)
        found = noun_runs(passage.text)
        places = {place for mention in mentions for place in range(mention.start, mention.end)}
        nouns += sum(map(len, found))
        covered += sum(noun.start in places for run in found for noun in run)
        with_terms += bool(mentions)
        by_domain.update(glossary.terms[mention.term].domain for mention in mentions)
        runs.append([_parts(run, mentions) for run in found])
    return Coverage(
        segments=len(texts),
        segments_with_terms=with_terms,
        nouns=nouns,
        nouns_in_terms=covered,
        mentions=sum(by_domain.values()),
        by_domain=dict(by_domain.most_common()),
        candidates=tuple(_candidates(texts, runs, glossary, least))[:limit],
    )


@cache
def plain() -> Plain:
    """The facts, read once."""
    with Path(__file__).with_suffix(".yaml").open(encoding="utf-8") as file:
        facts = yaml.load(file, yaml.CSafeLoader)
    return Plain(**{name: frozenset(words.split()) for name, words in facts.items()})


# --- what stands in the articles ----------------------------------------------------------------------------------


def _parts(run: Sequence[Noun], mentions: Sequence[Mention]) -> list[_Part]:
    """The nouns of a run, those of one mention as one part; a noun that a mention cuts keeps what is left of it.

    What is left is a part of its own from two syllables on; one syllable makes another word of the mention (부대률),
    which is then no term.
    """
    parts: list[_Part] = []
    for piece in _pieces(run, mentions):
        if parts and piece.is_joined and 1 in (piece.end - piece.start, parts[-1].end - parts[-1].start):
            parts[-1] = replace(parts[-1], end=piece.end, is_term=False)
        else:
            parts.append(piece)
    return parts


def _pieces(run: Sequence[Noun], mentions: Sequence[Mention]) -> Iterator[_Part]:
    """The nouns, cut where a mention begins or ends; a mention is one piece."""
    last: Mention | None = None
    for noun in run:
        edges = {edge for one in mentions for edge in (one.start, one.end) if noun.start < edge < noun.end}
        for start, end in pairwise(sorted({noun.start, noun.end, *edges})):
            is_joined = noun.is_joined or start > noun.start
            mention = next((one for one in mentions if one.start <= start < one.end), None)
            if mention is None:
                yield _Part(start, end, is_joined, is_term=False)
            elif mention is not last:
                yield _Part(mention.start, mention.end, is_joined, is_term=True)
            last = mention


def _form(korean: str) -> str:
    """A spelling as it is compared: South Korean, without spaces and quotation marks."""
    return spelling_key(south_korean_view(korean).text)


def _compounds(number: int, text: str, parts: Sequence[_Part]) -> Iterator[_Sighting]:
    """Every stretch of a run that may be a term: no mention alone, no plain word, no vague one at its ends."""
    words = [_form(text[part.start : part.end]) for part in parts]
    solid = [word not in plain().edges for word in words]
    joined = [*(part.is_joined for part in parts), False]
    for first, one in enumerate(parts):
        for last in range(first, min(len(parts), first + MOST_PARTS)):
            if not (solid[first] and solid[last]) or (first == last and one.is_term):
                continue
            start, end = one.start, parts[last].end
            form = _form(text[start:end])
            if len(form) >= SHORTEST and form not in plain().common:
                yield _Sighting(form, number, start, end, is_free=not joined[first] and not joined[last + 1])


# --- which of it may be terms -------------------------------------------------------------------------------------


def _candidates(texts: Sequence[Passage], runs: Sequence[_Runs], glossary: Glossary, least: int) -> list[Candidate]:
    """All candidates, the best first."""
    taken = {_form(spelling) for term in glossary.terms.values() for spelling in term.ko}
    in_use = [term for term in glossary.terms.values() if term.status != "deprecated"]
    entries = {_form(spelling): term for term in in_use for spelling in term.ko}
    sightings = _often_seen(texts, runs, taken, least)
    longer = _longer(sightings)
    glosses = _glosses(texts)
    found = []
    for form, seen in sightings.items():
        nested = [len(sightings[one]) for one in longer.get(form, ())]
        alone = len(seen) - (sum(nested) / len(nested) if nested else 0)
        if alone > 0:
            found.append(_candidate(form, seen, alone, texts, entries, glosses.get(form)))
    return sorted(found, key=lambda one: (-one.score, one.ko))


def _often_seen(
    texts: Sequence[Passage], runs: Sequence[_Runs], taken: Collection[str], least: int
) -> dict[str, list[_Sighting]]:
    """By form, where the compounds stand that have no entry and are seen often enough."""

    def every() -> Iterator[_Sighting]:  # made twice: most forms are seen once, and need not be kept
        for number, (passage, found) in enumerate(zip(texts, runs, strict=True)):
            for run in found:
                yield from _compounds(number, passage.text, run)

    counts = Counter(sighting.form for sighting in every())
    kept: dict[str, list[_Sighting]] = {}
    for sighting in every():
        if counts[sighting.form] >= least and sighting.form not in taken:
            kept.setdefault(sighting.form, []).append(sighting)
    return kept


def _longer(sightings: Mapping[str, Sequence[_Sighting]]) -> dict[str, set[str]]:
    """By form, the longer forms that it stands in, closed up."""
    longer: dict[str, set[str]] = {}
    every = sorted((one for seen in sightings.values() for one in seen), key=lambda one: one.passage)
    for _, group in groupby(every, key=lambda one: one.passage):
        here = list(group)
        for inner in (one for one in here if not one.is_free):
            around = {one.form for one in here if one.start <= inner.start and inner.end <= one.end}
            longer.setdefault(inner.form, set()).update(around - {inner.form})
    return longer


# --- what is said of a candidate ----------------------------------------------------------------------------------


def _candidate(
    form: str,
    seen: Sequence[_Sighting],
    alone: float,
    texts: Sequence[Passage],
    entries: Mapping[str, Term],
    gloss: str | None,
) -> Candidate:
    """`alone` is how often it counts as standing by itself; the formula stands at the head of the file."""
    written = [texts[one.passage].text[one.start : one.end] for one in seen]
    spellings = [spelling for spelling, _ in Counter(written).most_common()]
    articles = len({texts[one.passage].article for one in seen})
    closed_up = sum(" " not in spelling for spelling in written) / len(written)
    score = math.log2(1 + len(form) / 2) * alone * math.log2(1 + articles) * (1 + closed_up) / 2
    known = _known(form, entries)
    known_share = sum(map(len, known)) / len(form)
    zh = gloss or (_composed([entries[one] for one in known]) if known_share == 1 else None)
    return Candidate(
        ko=spellings[0],
        variants=tuple(spellings[1:]),
        occurrences=len(seen),
        articles=articles,
        evidence=_evidence(texts[one.passage] for one in seen),
        known=tuple(entries[one].id for one in known),
        known_share=known_share,
        zh=zh,
        zh_from="gloss" if gloss else "entries" if zh else None,
        score=round(score, 2),
    )


def _evidence(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """A few passages, each once, from as many articles as there are."""
    places: Counter[str] = Counter()
    ranked = []
    for passage in dict.fromkeys(passages):
        ranked.append((places[passage.article], passage))
        places[passage.article] += 1
    return tuple(passage for _, passage in sorted(ranked, key=lambda one: one[0])[:EVIDENCE])


def _glosses(texts: Iterable[Passage]) -> dict[str, str]:
    """What the glosses of the articles say most often, by form."""
    said: dict[str, Counter[str]] = {}
    for gloss in (gloss for passage in texts for gloss in find_glosses(passage.text)):
        said.setdefault(_form(gloss.ko), Counter())[gloss.zh] += 1
    return {form: chinese.most_common(1)[0][0] for form, chinese in said.items()}


def _known(form: str, entries: Mapping[str, Term]) -> tuple[str, ...]:
    """The spellings with an entry in use that cover most of a form side by side, in as few parts as can be.

    What they leave over is two syllables or more: one makes another word of the entry (축전 is not in 축전지).
    """
    best: list[tuple[str, ...] | None] = [(), None]
    for end in range(2, len(form) + 1):
        over = [best[end - length] for length in (2, 3) if length <= end]
        pieces = ((best[start], form[start:end]) for start in range(end - 1))
        ways = [(*before, piece) for before, piece in pieces if before is not None and piece in entries]
        ways += [way for way in over if way is not None]
        best.append(max(ways, key=lambda way: (sum(map(len, way)), -len(way)), default=None))
    return best[-1] or ()


def _composed(terms: Sequence[Term]) -> str | None:
    """The Chinese of terms that make a compound, None where one of them has none."""
    renderings = [term.renderings("zh") for term in terms]
    chinese = [one.preferred for one in renderings if one]
    return "".join(chinese) if len(chinese) == len(renderings) else None
