"""Proposed terms with their evidence: from inline glosses, from what reviewers write instead, from readings.

Nothing is decided here: a suggestion is for an editor to take or leave. The same input gives the same suggestions in
the same order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.annotate import annotate
from pipeline.article import Article, Bitext, Segment, fingerprint, flat
from pipeline.glossary import Glossary
from pipeline.glosses import find_glosses, is_cognate
from pipeline.hints import SUFFIXES, fold_chinese, is_honoured
from pipeline.mentions import Matcher
from pipeline.particles import surroundings
from pipeline.readings import (
    Candidate,
    Known,
    chinese_candidates,
    learn,
    name_candidates,
    southern_spelling,
)
from pipeline.termbase.names import Name, facts, find_bodies, find_persons, kind_of
from pipeline.terms import Term, TermKind, spelling_key

Reason = Literal["gloss", "conflict", "edit", "reading"]
CANDIDATES = 5  # how many choices an editor is given
EVIDENCE = 5  # places that are shown of each suggestion; `count` counts them all
ENOUGH = 2  # texts in which people must have written the same for it to be suggested
SHARED = 0.5  # share of the texts without the agreed rendering that must have it
ELSEWHERE = 0.25  # how much rarer it must be in other texts than in these
LONGEST_CHINESE, LONGEST_ENGLISH = 12, 6  # characters, words
CHINESE_RUN = re.compile(r"[\u3400-\u9fffA-Za-z0-9·]+")
ENGLISH_RUN = re.compile(r"[^\W_]+(?:[’'\-.&][^\W_]+)*")
SMALL_WORDS = frozenset(
    {*("a", "an", "the", "of", "in", "on", "at", "to", "for", "and", "or", "by", "with", "from", "as", "this", "that")}
    | {*("which", "its", "it", "is", "are", "was", "were", "be", "been", "has", "have", "had", "will", "would")}
)


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """Where something stands: article, segment, and the sentence."""

    article: str
    segment: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed term, or a proposed change of the entry `term`. What is not known is None, what may be is a candidate.

    `variants` are other spellings of the Korean; `candidates` renderings to choose from, best first, the proposed one
    among them; `count` how often it was found, in `articles` articles, of which `evidence` shows the first ones.
    """

    reason: Reason
    ko: str
    zh: str | None
    en: str | None
    kind: TermKind
    why: str
    evidence: tuple[Evidence, ...]
    count: int
    articles: int
    variants: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    term: str | None = None

    @property
    def place(self) -> str:
        """Where it was found first: article and segment."""
        return f"{self.evidence[0].article} {self.evidence[0].segment}" if self.evidence else ""


def from_glosses(articles: Iterable[Article], glossary: Glossary) -> tuple[Suggestion, ...]:
    """The inline glosses that the glossary does not have, the most frequent first.

    A gloss that contradicts every entry of its Korean is a suggestion of its own reason, `conflict`, and comes first;
    where the entry has no Chinese yet, the gloss completes it. Both name the entry in `term`.
    """
    entries = _by_spelling(glossary)
    found: dict[tuple[str, str], list[tuple[str, Evidence]]] = {}
    cognates: set[str] = set()
    for article, segment in _segments(articles):
        for gloss in find_glosses(segment.text):
            key = spelling_key(gloss.ko), gloss.zh
            found.setdefault(key, []).append((flat(gloss.ko), _evidence(article, segment)))
            if is_cognate(gloss):
                cognates.add(flat(gloss.ko))
    suggestions = []
    for (spelling, zh), places in found.items():
        known = entries.get(spelling, ())
        accepted = {fold_chinese(one) for term in known if term.zh is not None for one in term.zh.accepted}
        if fold_chinese(zh) not in accepted:
            suggestions.append(_from_gloss(zh, places, known, cognates))
    return tuple(sorted(suggestions, key=lambda one: (one.reason != "conflict", *_rank(one))))


def _from_gloss(
    zh: str, places: Sequence[tuple[str, Evidence]], known: Sequence[Term], cognates: set[str]
) -> Suggestion:
    shown, articles = _shown(evidence for _, evidence in places)
    spellings = Counter(spelling for spelling, _ in places)
    ko = min(spellings, key=lambda one: (-spellings[one], one))
    southern = southern_spelling(ko)
    variants = [*sorted(set(spellings) - {ko}), *([southern] if ko in cognates and southern != ko else [])]
    agreed = next((term for term in known if term.zh is not None), None)
    if agreed is not None and agreed.zh is not None:
        why = f"glossed {zh}, but the glossary has {agreed.zh.preferred}"
    elif known:
        why = f"glossed {zh}; the entry has no Chinese"
    else:
        why = f"glossed {zh}, {'read alike' if ko in cognates else 'a translation'}"
    return Suggestion(
        reason="conflict" if agreed else "gloss",
        ko=ko,
        zh=zh,
        en=None,
        kind=known[0].kind if known else kind_of(zh),
        why=why,
        evidence=shown,
        count=len(places),
        articles=articles,
        variants=tuple(dict.fromkeys(variants)),
        candidates=(zh,),
        term=known[0].id if known else None,
    )


def from_edits(
    bitexts: Iterable[Bitext], glossary: Glossary, matcher: Matcher | None = None, targets: Sequence[str] = ("zh", "en")
) -> tuple[Suggestion, ...]:
    """What people write instead of the agreed rendering: “admit X”, the most frequent first.

    Looked at are the texts that people wrote or approved of the Korean as it is now. Where at least `ENOUGH` of those
    that mention a term lack its renderings, X is what at least half of them have in common and other texts mostly do
    not have, renderings of their other terms aside. A text in which the machine had the agreed rendering counts only
    for what the person put in. Where nothing, or more than one thing, fits, the rendering is None and `candidates` say
    what there is: few texts do not show more.
    """
    matcher = matcher or Matcher(glossary)
    suggestions: list[Suggestion] = []
    for lang, texts in _approved(bitexts, glossary, matcher, targets).items():
        lacking: dict[str, list[Approved]] = {}
        for text in texts:
            for term in text.lacking:
                lacking.setdefault(term, []).append(text)
        suggestions += [
            _from_edits(glossary.terms[term], lang, here, texts)
            for term, here in sorted(lacking.items())
            if len(here) >= ENOUGH
        ]
    return tuple(sorted(suggestions, key=_rank))


@dataclass(frozen=True, slots=True)
class Approved:
    """A text that a person wrote or approved: without the renderings of its terms that it has; terms that it lacks.

    `new` are its pieces that the machine had not written, `replaced` the terms whose rendering the machine had.
    """

    evidence: Evidence
    mentioned: frozenset[str]
    lacking: frozenset[str]
    pieces: frozenset[str]
    new: frozenset[str]
    replaced: frozenset[str]


def _approved(
    bitexts: Iterable[Bitext], glossary: Glossary, matcher: Matcher, targets: Sequence[str]
) -> Mapping[str, list[Approved]]:
    """The texts of people, by language."""
    found: dict[str, list[Approved]] = {lang: [] for lang in targets}
    for bitext in bitexts:
        annotations = annotate(bitext.article, glossary, matcher, targets)
        for segment in bitext.article.segments():
            for lang in targets:
                have = bitext.translation(segment.id, lang)
                if have is None or not have.is_human or have.of != fingerprint(segment.text):
                    continue
                hints = [hint for hint in annotations.hints_on(segment.id, lang) if hint.why == "glossary"]
                kept = [hint for hint in hints if is_honoured(hint, have.text, lang)]
                machine = have.machine or ""
                rest = _without((one for hint in kept for one in hint.accepted), have.text, lang)
                pieces = frozenset(_pieces(rest, lang))
                found[lang].append(
                    Approved(
                        evidence=_evidence(bitext.article, segment),
                        mentioned=frozenset(hint.term for hint in hints if hint.term),
                        lacking=frozenset(hint.term for hint in hints if hint.term and hint not in kept),
                        pieces=pieces,
                        new=pieces.difference(_pieces(machine, lang)),
                        replaced=frozenset(h.term for h in hints if h.term and is_honoured(h, machine, lang)),
                    )
                )
    return found


def _from_edits(term: Term, lang: str, here: Sequence[Approved], texts: Sequence[Approved]) -> Suggestion:
    """The suggestion for a term whose rendering these texts lack."""
    renderings = term.renderings(lang)
    asked = renderings.preferred if renderings else ""
    size = _size(asked, lang)
    others = [text for text in texts if term.id not in text.mentioned]
    counts = Counter(piece for text in here for piece in (text.new if term.id in text.replaced else text.pieces))
    shared = {
        piece: count
        for piece, count in counts.items()
        if count >= max(ENOUGH, SHARED * len(here))
        and _rate(piece, others) <= ELSEWHERE * count / len(here)
        and _size(piece, lang) <= 2 * size + 1
    }
    whole = [piece for piece in shared if not any(piece in one and piece != one for one in shared)]
    ranked = sorted(
        shared, key=lambda piece: (-_alike(piece, asked, lang), abs(_size(piece, lang) - size), -shared[piece], piece)
    )
    choices = sorted(whole, key=lambda piece: (-shared[piece], piece))
    if ranked and _alike(ranked[0], asked, lang) > 0:
        chosen: str | None = ranked[0]
    else:
        chosen = whole[0] if len(whole) == 1 else None
    count = shared[chosen] if chosen else len(here)
    evidence, articles = _shown(text.evidence for text in here if chosen is None or chosen in text.pieces)
    instead = f"have {chosen} instead: admit it?" if chosen else "do not; no one rendering stands out."
    return Suggestion(
        reason="edit",
        ko=term.ko[0],
        zh=chosen if lang == "zh" else None,
        en=chosen if lang == "en" else None,
        kind=term.kind,
        why=f"{asked} is agreed; {count} of {len(here)} reviewed texts without it {instead}",
        evidence=evidence,
        count=count,
        articles=articles,
        candidates=tuple(dict.fromkeys([*([chosen] if chosen else []), *choices]))[:CANDIDATES],
        term=term.id,
    )


def _without(renderings: Iterable[str], text: str, lang: str) -> str:
    """The text with line ends in the place of these renderings."""
    for rendering in sorted(set(renderings), key=len, reverse=True):
        text = re.sub(re.escape(rendering), "\n", text, flags=re.IGNORECASE if lang == "en" else 0)
    return text


def _pieces(text: str, lang: str) -> Iterator[str]:
    """Everything in a text that could be a rendering: stretches of Chinese, or of English words."""
    if lang == "zh":
        for run in CHINESE_RUN.findall(text):
            for start in range(len(run)):
                yield from (run[start:end] for end in range(start + 2, min(len(run), start + LONGEST_CHINESE) + 1))
        return
    for clause in re.split(r"[\n,;:.!?()“”\"]+", text):
        words = ENGLISH_RUN.findall(clause.lower())
        for start, first in enumerate(words):
            for end in range(start + 1, min(len(words), start + LONGEST_ENGLISH) + 1):
                if first not in SMALL_WORDS and words[end - 1] not in SMALL_WORDS:
                    yield " ".join(words[start:end])


def _rate(piece: str, texts: Sequence[Approved]) -> float:
    return sum(piece in text.pieces for text in texts) / len(texts) if texts else 0.0


def _parts(rendering: str, lang: str) -> list[str]:
    return list(rendering) if lang == "zh" else rendering.lower().split()


def _size(rendering: str, lang: str) -> int:
    return len(_parts(rendering, lang))


def _alike(piece: str, asked: str, lang: str) -> float:
    """How much a piece shares with the agreed rendering, 0 to 1; 新格局 shares two of three with 新局面."""
    have, wanted = Counter(_parts(piece, lang)), Counter(_parts(asked, lang))
    return (have & wanted).total() / max(have.total(), wanted.total(), 1)


def from_readings(
    articles: Iterable[Article], glossary: Glossary, matcher: Matcher | None = None
) -> tuple[Suggestion, ...]:
    """Words that look like names of places, organisations and persons and that the glossary does not have.

    The Chinese is given only where known words make up the whole name (심양 + 방송 + 대학); else there are candidates
    made of characters that are read so. A person's name has candidates and never one Chinese.
    """
    matcher = matcher or Matcher(glossary)
    pairs = {kind: list(_pairs(glossary, kind)) for kind in ("person", "place", "organisation", "term", "title")}
    people, words = learn(pairs.pop("person")), learn(pair for group in pairs.values() for pair in group)
    ordinary = facts().ordinary | surroundings().parts | words.words.keys() | people.words.keys()
    spoken = {word for term in _by_kind(glossary, "title") for word in _last_words(term)} | {*facts().titles}
    titles = tuple(sorted(spoken, key=lambda one: (-len(one), one)))
    found: dict[Name, list[Evidence]] = {}
    for article, segment in _segments(articles):
        mentions = matcher.find(segment.text, nested=True)
        places = {one.end for one in mentions if glossary.terms[one.term].kind == "place"}
        taken = [range(one.start, one.end) for one in mentions]
        taken += [range(one.start, one.end) for one in find_glosses(segment.text)]
        for name, start in (
            *find_bodies(segment.text, places, ordinary),
            *find_persons(segment.text, titles, ordinary),
        ):
            if not any(start in span and start + len(name.ko) <= span.stop for span in taken):
                found.setdefault(name, []).append(_evidence(article, segment))
    suggestions = (_from_reading(name, seen, words, people) for name, seen in found.items())
    return tuple(sorted(filter(None, suggestions), key=_rank))


def _from_reading(name: Name, seen: Sequence[Evidence], words: Known, people: Known) -> Suggestion | None:
    """The suggestion for an unknown name, None where no Chinese is read so."""
    zh: str | None = None
    if name.kind == "person":
        candidates = tuple(one.zh for one in name_candidates(name.ko, people, CANDIDATES))
    else:
        ending = facts().organisations.get(name.ending) or SUFFIXES[name.ending]
        level = SUFFIXES.get(name.ko[0], "") if name.kind == "organisation" and len(name.ko) > 5 else ""  # 시, 성, 현
        stem = name.ko[bool(level) : len(name.ko) - len(name.ending)]
        made = chinese_candidates(stem, words, CANDIDATES)
        if stem in words.words:
            made = (Candidate(words.words[stem][0], 0.0, ((stem, words.words[stem][0]),)), *made)[:CANDIDATES]
        candidates = tuple(dict.fromkeys(level + one.zh + ending for one in made))
        if made and all(len(piece) >= 2 for piece, _ in made[0].pieces):
            zh = candidates[0]
    if not candidates:
        return None
    shown, articles = _shown(seen)
    southern = southern_spelling(name.ko)
    a_kind = {"person": "a person", "place": "a place"}.get(name.kind, "an organisation")
    return Suggestion(
        reason="reading",
        ko=name.ko,
        zh=zh,
        en=None,
        kind=name.kind,
        why="made of known words" if zh else f"looks like the name of {a_kind}",
        evidence=shown,
        count=len(seen),
        articles=articles,
        variants=(southern,) if southern != name.ko else (),
        candidates=candidates,
    )


def _by_spelling(glossary: Glossary) -> Mapping[str, tuple[Term, ...]]:
    found: dict[str, list[Term]] = {}
    for term in glossary.terms.values():
        if term.status != "deprecated":
            for key in dict.fromkeys(map(spelling_key, term.ko)):
                found.setdefault(key, []).append(term)
    return {key: tuple(sorted(terms, key=lambda one: one.id)) for key, terms in found.items()}


def _by_kind(glossary: Glossary, kind: str) -> Iterator[Term]:
    return (term for term in glossary.terms.values() if term.kind == kind and term.status != "deprecated")


def _pairs(glossary: Glossary, kind: str) -> Iterator[tuple[str, str]]:
    for term in _by_kind(glossary, kind):
        if term.zh is not None:
            yield from ((spelling, zh) for spelling in term.ko for zh in term.zh.accepted)


def _last_words(term: Term) -> Iterator[str]:
    return (spelling.split()[-1] for spelling in term.ko if len(spelling.split()[-1]) >= 2)


def _segments(articles: Iterable[Article]) -> Iterator[tuple[Article, Segment]]:
    return ((article, segment) for article in articles for segment in article.segments())


def _evidence(article: Article, segment: Segment) -> Evidence:
    return Evidence(article.id, segment.id, flat(segment.text))


def _shown(evidence: Iterable[Evidence]) -> tuple[tuple[Evidence, ...], int]:
    """The first places, each segment once, and the number of articles."""
    places = list(dict.fromkeys(evidence))
    return tuple(places[:EVIDENCE]), len({place.article for place in places})


def _rank(suggestion: Suggestion) -> tuple[int, int, str, str]:
    return -suggestion.count, -suggestion.articles, suggestion.ko, suggestion.zh or ""
