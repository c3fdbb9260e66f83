"""What is known of a term in the articles, which entries a text leads to, and why a term counts in a text or not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.article import Mention, Segment
from pipeline.glossary import Glossary
from pipeline.hints import english_words, find_rendering, rendering_used
from pipeline.languages import TARGETS
from pipeline.mentions import Matcher
from pipeline.occurrences import Occurrences, Side
from pipeline.patterns import fold, stream_keys
from pipeline.terms import Renderings, Term

Span = tuple[int, int]
Match = Literal["exact", "prefix", "part"]
Standing = Literal["mention", "hidden", "inside a word", "retired"]

MATCHES: tuple[Match, ...] = ("exact", "prefix", "part")
HANGUL_RUN = re.compile("[가-힣]+")


# --- show: a term in the articles -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a mention became in one language. `rendering` is the accepted one that stands there, None: missed.

    `span` is where it stands in the translation first, as far as that can be said. `is_asked` is False where the entry
    has nothing for the language, or a longer promise or a gloss of the article speaks in its place.
    """

    lang: str
    text: str  # the translation, "" where there is none
    state: str  # missing, draft, edited or approved
    rendering: str | None
    span: Span | None
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One mention with its sentence and what became of it."""

    article: str
    segment: Segment
    mention: Mention
    rendered: tuple[Rendered, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A rendering as it was found in translations; None where none of the accepted ones stands."""

    rendering: str | None
    count: int
    places: tuple[tuple[str, str], ...]  # article and segment ids


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with every mention of it, by article and in reading order."""

    term: Term
    lines: tuple[Line, ...]

    def by_article(self) -> tuple[tuple[str, int], ...]:
        """Mentions in each article, most first."""
        return tuple(sorted(Counter(line.article for line in self.lines).items(), key=lambda pair: (-pair[1], pair[0])))

    def seen(self, lang: str) -> tuple[Seen, ...]:
        """The renderings found where one was asked for and a translation is there: most first, missed ones last."""
        places: dict[str | None, list[tuple[str, str]]] = {}
        for line in self.lines:
            for one in line.rendered:
                if one.lang == lang and one.is_asked and one.text.strip():
                    places.setdefault(one.rendering, []).append((line.article, line.segment.id))
        seen = (Seen(rendering, len(found), tuple(dict.fromkeys(found))) for rendering, found in places.items())
        return tuple(sorted(seen, key=lambda one: (one.rendering is None, -one.count, one.rendering or "")))


def show(occurrences: Occurrences, term: Term) -> Shown:
    """Every mention of a term in the articles, with what it became. The index must be up to date."""
    lines: list[Line] = []
    for article, positions in occurrences.places(term.id).items():
        for passage in occurrences.passages(article, positions):
            for mention in passage.mentions:
                if mention.term == term.id:
                    rendered = tuple(_rendered(side, mention) for side in passage.sides)
                    lines.append(Line(article, passage.segment, mention, rendered))
    return Shown(term, tuple(lines))


def _rendered(side: Side, mention: Mention) -> Rendered:
    place = mention.start, mention.end, mention.term
    hint = next((hint for hint in side.hints if (hint.start, hint.end, hint.term) == place), None)
    rendering = rendering_used(hint, side.text, side.lang) if hint else None
    span = None if rendering is None else find_rendering(rendering, side.text, side.lang)
    state = side.translation.state if side.translation else "missing"
    return Rendered(side.lang, side.text, state, rendering, span, is_asked=hint is not None)


# --- find: from a text to entries -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that a text leads to: by which of its names, in which language, and how well that fits."""

    term: Term
    lang: str  # ko, zh or en
    name: str
    match: Match
    is_forbidden: bool = False


def find(text: str, glossary: Glossary) -> tuple[Found, ...]:
    """The entries with a name that is the text, begins with it or contains it; each once, the best first.

    Korean is found in PRC and South Korean spelling and however it is spaced, Chinese in simplified and traditional
    characters, English in any case, singular and plural. Entries in use come before retired ones.
    """
    best: dict[str, tuple[tuple[object, ...], Found]] = {}
    keys = {lang: keys for lang in ("ko", *TARGETS) if (keys := _keys(text, lang))}
    for term in glossary.terms.values():
        for lang, name, is_forbidden in _names(term):
            match = _match(keys.get(lang, ()), _keys(name, lang))
            if match is not None:
                found = Found(term, lang, name, match, is_forbidden)
                rank = (*_rank(found), term.id)
                if term.id not in best or rank < best[term.id][0]:
                    best[term.id] = rank, found
    return tuple(found for _, found in sorted(best.values(), key=lambda pair: pair[0]))


def _names(term: Term) -> Iterator[tuple[str, str, bool]]:
    """Every name of an entry with its language, and whether it is a forbidden one."""
    for spelling in (*term.ko, *([term.id] if term.id not in term.ko else [])):
        yield "ko", spelling, False
    for lang in TARGETS:
        renderings = term.renderings(lang) or Renderings("")
        yield from ((lang, name, False) for name in renderings.accepted if name)
        yield from ((lang, name, True) for name in renderings.forbidden)


def _keys(text: str, lang: str) -> tuple[str, ...]:
    """The forms in which two names are compared; nothing for a text that has none in this language."""
    if lang == "ko":
        return tuple(filter(None, stream_keys(text)))
    key = " ".join(english_words(text)) if lang == "en" else fold(text)
    return (key,) if key else ()


def _match(wanted: Sequence[str], names: Sequence[str]) -> Match | None:
    if any(one == name for one in wanted for name in names):
        return "exact"
    if any(name.startswith(one) for one in wanted for name in names):
        return "prefix"
    return "part" if any(one in name for one in wanted for name in names) else None


def _rank(found: Found) -> tuple[object, ...]:
    languages = ("ko", *TARGETS)
    is_retired = found.term.status == "deprecated"
    place = languages.index(found.lang), len(found.name), found.name
    return MATCHES.index(found.match), is_retired, found.is_forbidden, *place


# --- explain: why a term stands in a sentence or not ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Explained:
    """A place of a sentence where an entry is spelled, and what becomes of it.

    `by` is what decides against it: the longer mention that hides it, or the word inside which it stands.
    """

    term: Term
    start: int
    end: int
    standing: Standing
    by: str = ""


def explain(text: str, glossary: Glossary, matcher: Matcher) -> tuple[Explained, ...]:
    """Every entry that is spelled in a Korean text, in reading order, and why it counts there or not."""
    mentions = matcher.find(text)
    found = {(m.start, m.end, m.term): Explained(glossary.terms[m.term], m.start, m.end, "mention") for m in mentions}
    for mention in matcher.find(text, nested=True):
        hiding = [one for one in mentions if one.start < mention.end and mention.start < one.end]
        key = mention.start, mention.end, mention.term
        if key not in found and hiding:
            term = glossary.terms[mention.term]
            found[key] = Explained(term, mention.start, mention.end, "hidden", hiding[0].spelling)
    for term in glossary.terms.values():
        for spelling in term.ko if any(one in text for one in term.ko) else ():
            for match in re.finditer(re.escape(spelling), text):
                key = (*match.span(), term.id)
                if key not in found:
                    found[key] = _turned_down(text, term, *match.span(), mentions)
    return tuple(sorted(found.values(), key=lambda one: (one.start, -one.end, one.term.id)))


def _turned_down(text: str, term: Term, start: int, end: int, mentions: Sequence[Mention]) -> Explained:
    """Why a term that is spelled at a place is no mention there."""
    if term.status == "deprecated":
        return Explained(term, start, end, "retired")
    hiding = next((one for one in mentions if one.start < end and start < one.end), None)
    if hiding is not None:
        return Explained(term, start, end, "hidden", hiding.spelling)
    word = next((m for m in HANGUL_RUN.finditer(text) if m.start() < end and start < m.end()), None)
    left, right = (min(start, word.start()), max(end, word.end())) if word else (start, end)
    return Explained(term, start, end, "inside a word", text[left:right])
