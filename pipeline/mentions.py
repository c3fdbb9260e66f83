"""Where the terms of the glossary stand in a Korean text: one automaton, longest match, Korean word boundaries.

Spacing, quotation marks, full width, PRC or South Korean spelling and particles do not hide a term; a term inside a
longer word is not a mention. What may stand around a term is in `particles`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import ahocorasick

from pipeline.article import Mention
from pipeline.glossary import Glossary
from pipeline.orthography import is_ambiguous, south_korean_view
from pipeline.particles import is_grammar, surroundings
from pipeline.terms import Term, TermKind

NAMES: frozenset[TermKind] = frozenset({"place", "organisation", "person"})
RANK: tuple[TermKind, ...] = ("term", "formula", "title", "organisation", "work", "place", "person")  # of homographs
LONG = 4  # syllables from which a term may stand inside a closed-up compound
LONGEST_WORD = 24  # syllables; no word of the language is longer, so a term in a longer run is not looked into
OPENING, CLOSING = "‘“「『《〈<＜«", "’”」』》〉>＞»"
QUOTES = frozenset(OPENING + CLOSING + "'\"")
HIDDEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")  # zero-width marks and the soft hyphen
VARIANTS = {**dict.fromkeys("・ㆍ‧•∙⋅･", "·"), **dict.fromkeys("‐‑‒–—―−~～", "-"), "、": ","}
HANGUL = re.compile("[가-힣]*")
CLUSTER = re.compile(r"[^\s][\u0300-\u036f\u1160-\u11ff]*|\s")
JOINED, SPACED, QUOTED = 0, 1, 2  # what stands in the source before a character of the stream


@dataclass(frozen=True, slots=True)
class Stream:
    """A text without white space and quotation marks, folded; each character knows where it stands in the source."""

    text: str
    starts: list[int]
    ends: list[int]
    gaps: list[int]


@dataclass(slots=True)
class Pattern:
    """One folded spelling: its terms, where its spellings have spaces, whether it is a derived spelling."""

    terms: list[Term]
    breaks: set[int]
    is_derived: bool
    is_stem: bool = False  # a phrase without its ending 하다: any ending may follow


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pattern found at a place where it may stand; `term` is None for a decoy."""

    start: int
    end: int
    length: int
    is_derived: bool
    term: str | None


class Matcher:
    """Finds the terms of one glossary; build it once, it keeps an automaton. Deprecated terms are left out.

    Spaces: a text may close up what a spelling keeps apart (새국면 for 새 국면). A text may keep apart what a spelling
    closes up where both parts have two syllables or more (국가 중심도시), where the first part is a determiner
    (새 국면) or the last one the suffix of a place (심양 시); never inside a term of two syllables (전 성을, 전성).
    """

    def __init__(self, glossary: Glossary) -> None:
        self._patterns = _patterns(glossary)
        self._known = frozenset(key for key in self._patterns if len(key) >= 2) | surroundings().parts
        self._names = frozenset(k for k, p in self._patterns.items() if any(t.kind == "place" for t in p.terms))
        self._automaton = ahocorasick.Automaton()
        for key, pattern in self._patterns.items():
            self._automaton.add_word(key, (len(key), pattern))
        if self._patterns:
            self._automaton.make_automaton()
        self._covers = lru_cache(maxsize=1 << 14)(self._covers_uncached)

    def find(self, text: str, *, nested: bool = False) -> tuple[Mention, ...]:
        """Mentions in reading order, the longest where several overlap; `text[m.start:m.end]` is `m.spelling`.

        `nested` gives all of them, also those hidden inside longer ones; the longer comes first.
        """
        candidates = self._candidates(text)
        chosen = _without_decoys(candidates) if nested else _longest(candidates)
        mentions = (Mention(c.start, c.end, c.term, text[c.start : c.end]) for c in chosen if c.term is not None)
        return tuple(sorted(mentions, key=lambda mention: (mention.start, -mention.end)))

    def _candidates(self, text: str) -> list[Candidate]:
        if not self._patterns:
            return []
        found: dict[tuple[int, int], Candidate] = {}
        stream = _stream(text)
        view = south_korean_view(text)
        streams = [stream] if view.text == text else [stream, _stream(view.text, view.offsets)]
        for one in streams:
            for last, (length, pattern) in self._automaton.iter(one.text):
                candidate = self._candidate(text, one, last - length + 1, last + 1, pattern)
                if candidate and (candidate.start, candidate.end) not in found:
                    found[candidate.start, candidate.end] = candidate
        return list(found.values())

    def _candidate(self, text: str, stream: Stream, start: int, end: int, pattern: Pattern) -> Candidate | None:
        """The pattern at this place of the stream, if it may stand there."""
        gaps = [position - start for position in range(start + 1, end) if stream.gaps[position] == SPACED]
        if gaps and not _may_be_spaced(stream.text[start:end], gaps, pattern):
            return None
        terms = (term for term in pattern.terms or [DECOY] if self._is_free(stream, start, end, term, pattern))
        term = next(terms, None)
        if term is None:
            return None
        last = end
        if pattern.is_stem:
            last = end + len(_hangul_right(stream, end))
        span = _with_quotes(text, stream.starts[start], stream.ends[last - 1])
        if span is None:
            return None
        return Candidate(*span, end - start, pattern.is_derived, None if term is DECOY else term.id)

    def _is_free(self, stream: Stream, start: int, end: int, term: Term, pattern: Pattern) -> bool:
        """Whether a word of this kind may begin at `start` and end at `end`."""
        if term.inside_words:
            return True
        if _splits_number(stream, start, end):
            return False
        key = stream.text[start:end]
        left, right = _hangul_left(stream, start), _hangul_right(stream, end)
        if pattern.is_stem:
            return not left and len(right) <= 5
        if end - start > 2 and stream.gaps[end - 1] == SPACED and self._begins_with_known(key[-1] + right):
            return False  # 료녕 성과: a suffix that stands apart begins a word of its own
        return self._may_follow(left, key, term) and self._may_precede(right, key, term)

    def _may_follow(self, left: str, key: str, term: Term) -> bool:
        """Whether the term may stand after `left`, the Hangul closed up before it."""
        if not left or not _is_hangul(key[0]):
            return True
        if len(left) > LONGEST_WORD:
            return False
        if term.kind in NAMES and (left in self._names or (len(key) >= 3 and left in surroundings().before_name)):
            return True
        return len(key) >= LONG and term.kind != "person" and self._covers(left, False, True)

    def _may_precede(self, right: str, key: str, term: Term) -> bool:
        """Whether the term may stand before `right`, the Hangul closed up behind it."""
        if not right or not _is_hangul(key[-1]) or is_grammar(right, key[-1]):
            return True
        if len(right) > LONGEST_WORD or len(key) < 2:
            return False
        if term.kind in NAMES:
            return any(
                right.startswith(suffix) and is_grammar(right[len(suffix) :], suffix[-1])
                for suffix in surroundings().after_name
            ) or self._covers(right, True, len(key) >= LONG)
        return len(key) >= LONG and self._covers(right, True, True)

    def _begins_with_known(self, word: str) -> bool:
        """Whether a known word with particles stands here (성과를, 시내)."""
        lengths = range(2, min(len(word), 5) + 1)
        return any(word[:n] in self._known and is_grammar(word[n:], word[n - 1]) for n in lengths)

    def _covers_uncached(self, word: str, may_end_in_grammar: bool, may_begin_with_affix: bool) -> bool:
        """Whether a stretch of a word is made of known words and affixes, with particles behind it where allowed."""
        facts = surroundings()
        states = {(0, not may_begin_with_affix)}  # position, and whether an affix came last
        while states:
            reached: set[tuple[int, bool]] = set()
            for position, after_affix in states:
                rest = word[position:]
                if not rest or (may_end_in_grammar and position and is_grammar(rest, word[position - 1])):
                    return True
                reached |= {(position + n, False) for n in range(2, len(rest) + 1) if rest[:n] in self._known}
                if not after_affix and rest[0] in facts.affixes:
                    reached.add((position + 1, True))
            states = reached
        return False


DECOY = Term("", (), None, None, "term", "")


def stands_free(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is a word or phrase of its own: nothing closed up before, only particles behind."""
    left = text[start - 1] if start else ""
    right = HANGUL.match(text, end)
    rest = right.group() if right else ""
    return not _is_hangul(left) and len(rest) <= LONGEST_WORD and is_grammar(rest, text[end - 1])


def _patterns(glossary: Glossary) -> dict[str, Pattern]:
    """Every folded spelling with its terms, in the order of preference; South Korean forms and decoys included."""
    patterns: dict[str, Pattern] = {}
    terms = [term for term in glossary.terms.values() if term.status != "deprecated"]
    for term in terms:
        for spelling in term.ko:
            _add(patterns, spelling, term, is_derived=False)
    for term in terms:
        for spelling in term.ko:
            southern = south_korean_view(spelling).text
            if southern != spelling and not is_ambiguous(southern):
                _add(patterns, southern, term, is_derived=True)
    for decoy in surroundings().decoys:
        patterns.setdefault(decoy, Pattern([], set(), is_derived=False))
    return patterns


def _add(patterns: dict[str, Pattern], spelling: str, term: Term, *, is_derived: bool) -> None:
    for variant, is_stem in _variants(spelling, term.kind):
        stream = _stream(variant)
        if not stream.text:
            continue
        pattern = patterns.setdefault(stream.text, Pattern([], set(), is_derived, is_stem))
        if pattern.is_derived and not is_derived:
            continue  # cannot happen: written spellings come first
        if is_derived and not pattern.is_derived:
            continue  # the spelling is written in the glossary: that entry comes first
        pattern.breaks |= {position for position, gap in enumerate(stream.gaps) if gap == SPACED}
        if term not in pattern.terms:
            pattern.terms.append(term)
            pattern.terms.sort(key=lambda one: (one.status != "approved", RANK.index(one.kind), one.id))


def _variants(spelling: str, kind: TermKind) -> Iterator[tuple[str, bool]]:
    """The spelling, and for a phrase that ends in 하다 its stem with the fused endings (하고, 한, 할, 함, 해, 했)."""
    yield spelling, False
    if kind == "formula" and len(spelling) >= 6 and spelling.endswith("하다"):
        for stem in "하한할함합해했":
            yield spelling[:-2] + stem, True
    if kind == "formula" and len(spelling) >= 6 and spelling.endswith("이다"):
        yield spelling[:-2], False


@cache
def _folded(cluster: str) -> str:
    """A character (with its combining marks) as it is compared: half width, lower case, one form of dots and dashes."""
    usual = unicodedata.normalize("NFKC", VARIANTS.get(cluster, cluster)).casefold()
    return "".join(VARIANTS.get(one, one) for one in usual)


def _stream(text: str, offsets: tuple[int, ...] | None = None) -> Stream:
    """The text as the automaton sees it; `offsets` maps a view back to its source."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    gaps: list[int] = []
    gap = JOINED
    for start, end in _clusters(text):
        cluster = text[start:end]
        if cluster.isspace():
            gap = SPACED
        elif cluster in QUOTES:
            gap = max(gap, QUOTED) if gap != SPACED else SPACED
        elif cluster not in HIDDEN:
            for character in _folded(cluster):
                characters.append(character)
                starts.append(offsets[start] if offsets else start)
                ends.append(offsets[end] if offsets else end)
                gaps.append(gap)
                gap = JOINED
    return Stream("".join(characters), starts, ends, gaps)


def _clusters(text: str) -> Iterable[tuple[int, int]]:
    """Start and end of each character with its combining marks (Hangul may come as separate letters)."""
    if unicodedata.is_normalized("NFC", text):
        return ((position, position + 1) for position in range(len(text)))
    return (match.span() for match in CLUSTER.finditer(text))


def _is_hangul(character: str) -> bool:
    return "가" <= character <= "힣"


def _hangul_left(stream: Stream, start: int) -> str:
    """The Hangul closed up before `start`, at most one syllable more than the longest word."""
    position = start
    while position > 0 and start - position <= LONGEST_WORD:
        if stream.gaps[position] != JOINED or not _is_hangul(stream.text[position - 1]):
            break
        position -= 1
    return stream.text[position:start]


def _hangul_right(stream: Stream, end: int) -> str:
    """The Hangul closed up behind `end`, at most one syllable more than the longest word."""
    position = end
    while position < len(stream.text) and position - end <= LONGEST_WORD:
        if stream.gaps[position] != JOINED or not _is_hangul(stream.text[position]):
            break
        position += 1
    return stream.text[end:position]


def _splits_number(stream: Stream, start: int, end: int) -> bool:
    """Whether the span would begin or end inside a number or a Latin word, or is a counter behind a number (5세대)."""
    text = stream.text
    before = text[start - 1] if start and stream.gaps[start] == JOINED else ""
    after = text[end] if end < len(text) and stream.gaps[end] == JOINED else ""
    if before.isdigit() and (text[start].isdigit() or end - start <= 2):
        return True
    if text[end - 1].isdigit() and after.isdigit():
        return True
    return _are_latin(before, text[start]) or _are_latin(text[end - 1], after)


def _are_latin(first: str, second: str) -> bool:
    return all(character.isascii() and character.isalpha() for character in (first or "가", second or "가"))


def _may_be_spaced(key: str, gaps: list[int], pattern: Pattern) -> bool:
    """Whether the text may have spaces before these characters of the term (the rule stands at Matcher)."""
    extra = [gap for gap in gaps if gap not in pattern.breaks]
    if not extra:
        return len(key) > 2 or set(gaps) <= pattern.breaks
    if len(key) < 3 or not pattern.terms:
        return False
    cuts = [0, *gaps, len(key)]
    facts = surroundings()
    for gap in extra:
        place = cuts.index(gap)
        before, after = key[cuts[place - 1] : gap], key[gap : cuts[place + 1]]
        is_apart = gap == cuts[-2] and after in facts.apart and any(t.kind == "place" for t in pattern.terms)
        if len(before) < 2 and not (cuts[place - 1] == 0 and before in facts.determiners and len(after) >= 2):
            return False
        if len(after) < 2 and not is_apart:
            return False
    return True


def _with_quotes(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span with a quotation mark at its edge taken in when the other one is inside; None when one stays alone."""
    inside = [character for character in text[start:end] if character in QUOTES]
    if not inside:
        return start, end
    if inside.count("'") % 2 or inside.count('"') % 2:
        return None
    opened = sum(character in OPENING for character in inside)
    closed = sum(character in CLOSING for character in inside)
    if opened == closed:
        return start, end
    if closed == opened + 1 and start and text[start - 1] in OPENING:
        return start - 1, end
    if opened == closed + 1 and end < len(text) and text[end] in CLOSING:
        return start, end + 1
    return None


def _longest(candidates: list[Candidate]) -> list[Candidate]:
    """Candidates that do not overlap, longer ones first; a written spelling before a derived one, left before right."""
    chosen: list[Candidate] = []
    covered: set[int] = set()
    for one in sorted(candidates, key=lambda c: (-c.length, c.is_derived, c.start)):
        if one.start not in covered and one.end - 1 not in covered:
            covered.update(range(one.start, one.end))
            chosen.append(one)
    return chosen


def _without_decoys(candidates: list[Candidate]) -> list[Candidate]:
    """All candidates but decoys and those inside a decoy."""
    inside = {place: one.start for one in candidates if one.term is None for place in range(one.start, one.end)}
    return [
        one
        for one in candidates
        if one.term is not None and (one.start not in inside or inside[one.start] != inside.get(one.end - 1))
    ]
