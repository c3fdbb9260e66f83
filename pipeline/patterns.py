"""What is compared when terms are looked for: texts and spellings folded alike, and every pattern of a glossary.

A folded text has no white space, quotation marks or zero-width marks, is in lower case and half width, with simplified
Hanja and one form of dots and dashes. A text is seen twice: as it stands, and as South Korea would spell it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from opencc import OpenCC

from pipeline.glossary import Glossary
from pipeline.orthography import is_ambiguous, may_differ, south_korean_view
from pipeline.particles import surroundings
from pipeline.terms import Term, TermKind

RANK: tuple[TermKind, ...] = ("term", "formula", "title", "organisation", "work", "place", "person")  # of homographs
OPENING, CLOSING = "‘“「『《〈<＜«", "’”」』》〉>＞»"
QUOTES = frozenset(OPENING + CLOSING + "'\"")
HIDDEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")  # zero-width marks and the soft hyphen
VARIANTS = {**dict.fromkeys("・ㆍ‧•∙⋅･", "·"), **dict.fromkeys("‐‑‒–—―−~～", "-"), "、": ","}
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")  # as folded: compatibility characters are gone
CLUSTER = re.compile(r"[^\s][\u0300-\u036f\u1160-\u11ff]*|\s")
JOINED, QUOTED, SPACED = 0, 1, 2  # what stands in the source before a character of the stream, the stronger the higher
NOWHERE: frozenset[int] = frozenset()
LONGEST_RUN = 24  # characters of a run of Hanja that are looked into: a Korean text has words, not sentences of them
WRITTEN, SOUTHERN, HANJA = 0, 1, 2  # where a pattern comes from, in the order of preference


@dataclass(frozen=True, slots=True)
class Stream:
    """A folded text; each character knows where it stands in the source, and what was left out before it."""

    text: str
    starts: list[int]
    ends: list[int]
    gaps: list[int]
    is_view: bool = False


@dataclass(slots=True)
class Pattern:
    """One folded spelling: its terms, the preferred one first, where its spellings have spaces, where it comes from."""

    terms: tuple[Term, ...]
    breaks: frozenset[int]
    origin: int
    is_stem: bool = False  # a phrase without its ending 하다: any ending may follow
    hides: tuple[int, int] | None = None  # without terms: the part that is no mention, where that is not all of it


class Patterns:
    """Every folded spelling of the terms in use, and where they occur in a text.

    Where a spelling is written in the glossary, nothing derived from another term counts. Words and phrases that only
    look like a term are patterns without terms. Finding looks at each place for the lengths that occur with the two
    characters there: as fast as an automaton on texts of this length, and there is none to build or to keep.
    """

    def __init__(self, glossary: Glossary) -> None:
        self._terms = [term for term in glossary.terms.values() if term.status != "deprecated"]
        self.hangul = _collected(self._terms, (WRITTEN, SOUTHERN))
        for key, decoy in _decoys().items():
            if decoy.hides is None or self._is_meant(key[slice(*decoy.hides)]):
                self.hangul.setdefault(key, decoy)
        lengths: dict[str, set[int]] = {}
        for key in self.hangul:
            lengths.setdefault(key[:2], set()).add(len(key))
        self._lengths = {head: tuple(sorted(found)) for head, found in lengths.items()}

    def _is_meant(self, word: str) -> bool:
        """Whether a word means in this glossary what `particles.yaml` takes it for."""
        pattern = self.hangul.get(word)
        return pattern is not None and any(is_taken_for(word, term) for term in pattern.terms)

    @cached_property
    def hanja(self) -> dict[str, Pattern]:
        """The Chinese renderings as spellings; collected when the first text with Hanja comes."""
        found = _collected(self._terms, (HANJA,))
        return {key: pattern for key, pattern in found.items() if key not in self.hangul}

    def occurrences(self, stream: Stream) -> Iterator[tuple[int, int, Pattern]]:
        """Start, end and pattern wherever a pattern occurs, whether it may stand there or not."""
        text, lengths, patterns = stream.text, self._lengths, self.hangul
        for start in range(len(text)):
            for length in (*lengths.get(text[start], ()), *lengths.get(text[start : start + 2], ())):
                pattern = patterns.get(text[start : start + length])
                if pattern is not None and start + length <= len(text):
                    yield start, start + length, pattern
        for run in HAN.finditer(text):
            for start, end in _parts(run.start(), min(run.end(), run.start() + LONGEST_RUN)):
                if text[start:end] in self.hanja:
                    yield start, end, self.hanja[text[start:end]]

    def is_divided(self, run: str) -> bool:
        """Whether a run of Hanja is nothing but spellings of terms, one behind the other."""
        ends = {0}
        for start, end in _parts(0, len(run)):
            if start in ends and (run[start:end] in self.hanja or run[start:end] in self.hangul):
                ends.add(end)
        return len(run) in ends


def _parts(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Every part of two characters and more, in reading order."""
    return ((one, two) for one in range(start, end) for two in range(one + 2, end + 1))


def _collected(terms: Sequence[Term], origins: Sequence[int]) -> dict[str, Pattern]:
    """The patterns of these terms, what comes first in `origins` before the rest."""
    patterns: dict[str, Pattern] = {}
    shared: set[str] = set()
    for origin in origins:
        for term in terms:
            for spelling, is_stem in _spellings(term, origin):
                _add(patterns, shared, spelling, Pattern((term,), NOWHERE, origin, is_stem))
    for key in shared:
        order = sorted(patterns[key].terms, key=lambda one: (one.status != "approved", RANK.index(one.kind), one.id))
        patterns[key].terms = tuple(order)
    return patterns


def is_taken_for(word: str, term: Term) -> bool:
    """Whether a term means what `particles.yaml` takes its spelling for: 통화 the city, not the currency."""
    return term.zh is not None and f"{word}={term.zh.preferred}" in surroundings().meanings


def spelling_streams(term: Term) -> frozenset[str]:
    """Every folded text that can make this term a mention, derived spellings included, whatever the status.

    A change of a term changes the mentions of a text only where one of these, before or after the change, is a part of
    one of the text's `stream_keys`.
    """
    spellings = (spelling for origin in (WRITTEN, SOUTHERN, HANJA) for spelling, _ in _spellings(term, origin))
    return frozenset(filter(None, map(fold, spellings)))


def stream_keys(text: str) -> tuple[str, ...]:
    """The folded texts in which patterns are looked for: the text, and its South Korean view where that differs.

    >>> stream_keys("료녕의 ‘새 력사’"), stream_keys("심양")
    (('료녕의새력사', '요녕의새역사'), ('심양',))
    """
    view = south_korean_view(text).text
    return (fold(text),) if view == text else (fold(text), fold(view))


def streams_of(text: str) -> tuple[Stream, ...]:
    """The texts of `stream_keys` with the places of their characters in the source."""
    stream, view = _stream(text, None), south_korean_view(text)
    return (stream,) if view.text == text else (stream, _stream(view.text, view.offsets))


def fold(text: str) -> str:
    """A text as it is compared.

    >>> fold("ＡＩ 시대의 “瀋陽–大連”")
    'ai시대의沈阳-大连'
    """
    if unicodedata.is_normalized("NFC", text):
        return text.translate(_FOLDS)
    return "".join(_FOLDS[text[start:end]] for start, end in _clusters(text))


class _Folds(dict[int | str, str]):
    """What a character (by its number, as `str.translate` asks), or one with combining marks, becomes; kept."""

    def __missing__(self, key: int | str) -> str:
        folded = self[key] = _folded(chr(key) if isinstance(key, int) else key)
        return folded


_FOLDS = _Folds()


def _folded(cluster: str) -> str:
    if cluster.isspace() or cluster in QUOTES or cluster in HIDDEN:
        return ""
    usual = unicodedata.normalize("NFKC", VARIANTS.get(cluster, cluster)).casefold()
    usual = "".join(VARIANTS.get(one, one) for one in usual if not one.isspace() and one not in QUOTES)
    return str(_converter().convert(usual)) if HAN.fullmatch(usual) else usual


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _decoys() -> dict[str, Pattern]:
    """Words and phrases in which the letters of a term are no mention; `particles.yaml` says how they are written."""
    decoys = {word: Pattern((), NOWHERE, WRITTEN) for word in surroundings().decoys}
    for phrase in surroundings().senses:
        spelling = phrase.replace("_", " ")
        before, hidden, _ = re.split("[()]", spelling)
        start = len(fold(before))
        plain = re.sub("[()~]", "", spelling)
        hides = (start, start + len(fold(hidden)))
        decoys[fold(plain)] = Pattern((), _breaks(plain), WRITTEN, phrase.endswith("~"), hides)
    return decoys


def _spellings(term: Term, origin: int) -> Iterator[tuple[str, bool]]:
    """The spellings of a term that come from here, and whether each is a stem."""
    if origin == WRITTEN:
        for spelling in term.ko:
            yield from _with_endings(spelling, term.kind)
    elif origin == SOUTHERN:
        for spelling in filter(may_differ, term.ko):
            southern = south_korean_view(spelling).text
            if southern != spelling and not is_ambiguous(southern):
                yield from _with_endings(southern, term.kind)
    elif term.zh:
        for rendering in term.zh.accepted:
            if len(rendering) >= 2 and HAN.fullmatch(rendering):
                yield rendering, False


def _with_endings(spelling: str, kind: TermKind) -> Iterator[tuple[str, bool]]:
    """The spelling, and for a phrase that ends in 하다 its stem with the fused endings (하고, 한, 할, 함, 해, 했)."""
    yield spelling, False
    if kind != "formula" or len(spelling) < 6:
        return
    if spelling.endswith("하다"):
        for stem in "하한할함합해했":
            yield spelling[:-2] + stem, True
    elif spelling.endswith("이다"):
        yield spelling[:-2], False


def _add(patterns: dict[str, Pattern], shared: set[str], spelling: str, new: Pattern) -> None:
    """Take in a spelling; `shared` collects the patterns of several terms."""
    key = fold(spelling)
    if not key:
        return
    pattern = patterns.setdefault(key, new)
    if pattern.origin != new.origin:
        return  # spelled so in the glossary, or in South Korea: that term comes first
    if len(spelling.split()) > 1:
        pattern.breaks |= _breaks(spelling)
    if pattern is not new and new.terms[0] not in pattern.terms:
        pattern.terms += new.terms
        shared.add(key)


def _breaks(spelling: str) -> frozenset[int]:
    """Before which characters of the folded spelling a space stands."""
    stream = _stream(spelling, None)
    return frozenset(position for position, gap in enumerate(stream.gaps) if gap == SPACED)


def _stream(text: str, offsets: tuple[int, ...] | None) -> Stream:
    """The folded text with its places; `offsets` maps a view back to its source."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    gaps: list[int] = []
    gap = JOINED
    for start, end in _clusters(text):
        cluster = text[start:end]
        folded = _FOLDS[ord(cluster) if end == start + 1 else cluster]
        if not folded and cluster not in HIDDEN:
            gap = max(gap, QUOTED if cluster in QUOTES else SPACED)
        for character in folded:
            characters.append(character)
            starts.append(offsets[start] if offsets else start)
            ends.append(offsets[end] if offsets else end)
            gaps.append(gap)
            gap = JOINED
    return Stream("".join(characters), starts, ends, gaps, offsets is not None)


def _clusters(text: str) -> Iterable[tuple[int, int]]:
    """Start and end of each character with its combining marks (Hangul may come as separate letters)."""
    if unicodedata.is_normalized("NFC", text):
        return ((position, position + 1) for position in range(len(text)))
    return (match.span() for match in CLUSTER.finditer(text))
