"""Where the terms of the glossary stand in a Korean text: longest match, Korean word boundaries.

Spacing, quotation marks, full width, PRC or South Korean spelling and particles do not hide a term; a term inside a
longer word is not a mention. What may stand around a term is in `particles`.

Short terms are told apart by those lists, not by a morphological analyser: Kiwi 0.24 with the glossary as dictionary
(105 MB, five seconds to load) removed 5 of 60 false mentions of one or two syllables and 3 of 325 right ones. What is
false is mostly one noun that means two things (다리, 의사), and to an analyser both are the same noun.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from pipeline.article import Mention
from pipeline.candidates import NAMES, Candidate, longest, without_decoys, without_doubtful
from pipeline.glossary import Glossary
from pipeline.orthography import is_ambiguous
from pipeline.particles import is_grammar, is_suffixed, surroundings
from pipeline.patterns import (
    CLOSING,
    HAN,
    HANJA,
    JOINED,
    OPENING,
    QUOTES,
    SPACED,
    Pattern,
    Patterns,
    Stream,
    is_taken_for,
    streams_of,
)
from pipeline.terms import Term

LONG = 4  # syllables from which a term may stand inside a closed-up compound
LONGEST_WORD = 24  # syllables; no word of the language is longer, so a term in a longer run is not looked into
NUMERALS = "십백천만억조여"
HANGUL = re.compile("[가-힣]*")
BARE = re.compile(r"\s+[가-힣]")  # another word follows, and nothing is closed up
LONGEST_GLOSS = 80  # characters
GLOSS = re.compile("[(（][^()（）가-힣]{1,80}[)）]")  # a bracket without Hangul: its Hanja translate what stands before


class Matcher:
    """Finds the terms of one glossary; build it once. Deprecated terms are left out.

    Spaces: a text may close up what a spelling keeps apart (새국면 for 새 국면). A text may keep apart what a spelling
    closes up where both parts have two syllables or more (국가 중심도시), where the first part is a determiner
    (새 국면) or the last one the suffix of a place (심양 시); never inside a term of two syllables (전 성을, 전성).
    """

    def __init__(self, glossary: Glossary) -> None:
        self._patterns = Patterns(glossary)
        patterns = self._patterns.hangul.items()
        words = (key for key, pattern in patterns if len(key) >= 2 and pattern.hides is None)
        kinds = [(key, term.kind) for key, pattern in patterns for term in pattern.terms if term.kind in NAMES]
        self._known = surroundings().parts.union(words)
        self._names = frozenset(key for key, _ in kinds)
        self._places = frozenset(key for key, kind in kinds if kind == "place")
        self._covers = lru_cache(maxsize=1 << 14)(self._covers_uncached)

    def find(self, text: str, *, nested: bool = False) -> tuple[Mention, ...]:
        """Mentions in reading order, the longest where several overlap; `text[m.start:m.end]` is `m.spelling`.

        `nested` gives all of them, also those hidden inside longer ones; the longer comes first.
        """
        candidates = self._candidates(text)
        chosen = without_decoys(candidates) if nested else longest(candidates)
        mentions = (Mention(c.start, c.end, c.term.id, text[c.start : c.end]) for c in chosen if c.term is not None)
        return tuple(sorted(mentions, key=lambda mention: (mention.start, -mention.end)))

    def _candidates(self, text: str) -> list[Candidate]:
        found: dict[tuple[int, int, bool], Candidate] = {}
        for stream in streams_of(text):
            for start, end, pattern in self._patterns.occurrences(stream):
                candidate = self._candidate(text, stream, start, end, pattern)
                if candidate:
                    found.setdefault((candidate.start, candidate.end, candidate.term is None), candidate)
        return without_doubtful(text, list(found.values()))

    def _candidate(self, text: str, stream: Stream, start: int, end: int, pattern: Pattern) -> Candidate | None:
        """The pattern at this place of the stream, if it may stand there."""
        key = stream.text[start:end]
        if pattern.origin == HANJA and not self._stands_as_hanja(text, stream, start, end):
            return None
        if stream.is_view and is_ambiguous(key):
            return None  # 량식 is not 양식
        gaps = [position - start for position in range(start + 1, end) if stream.gaps[position] == SPACED]
        if gaps and not _may_be_spaced(key, gaps, pattern):
            return None
        terms = (term for term in pattern.terms or [DECOY] if self._is_free(stream, start, end, term, pattern))
        term = next(terms, None)
        if term is None:
            return None
        first, last = pattern.hides or (0, end - start)
        if pattern.is_stem and not pattern.hides:
            last += len(_run(stream, end, 1, _is_hangul))
        span = _with_quotes(text, stream.starts[start + first], stream.ends[start + last - 1])
        if span is None:
            return None
        named = None if term is DECOY else term
        is_doubtful = named is not None and _is_doubtful(text, span[1], key, named)
        return Candidate(*span, end - start, pattern.origin, named, is_doubtful, key[-1] == "족")

    def _is_free(self, stream: Stream, start: int, end: int, term: Term, pattern: Pattern) -> bool:
        """Whether a word of this kind may begin at `start` and end at `end`."""
        if term.inside_words:
            return True
        if _splits_number(stream, start, end):
            return False
        key = stream.text[start:end]
        left, right = _run(stream, start, -1, _is_hangul), _run(stream, end, 1, _is_hangul)
        if key in surroundings().units:
            left = left.rstrip(NUMERALS)  # 5만킬로메터
        if pattern.is_stem:
            return not left and len(right) <= (LONGEST_WORD if pattern.hides else 5)
        if end - start > 2 and stream.gaps[end - 1] == SPACED and self._begins_with_known(key[-1] + right):
            return False  # 료녕 성과: a suffix that stands apart begins a word of its own
        return self._may_follow(left, key, term) and self._may_precede(right, key, term)

    def _stands_as_hanja(self, text: str, stream: Stream, start: int, end: int) -> bool:
        """Whether the characters are a word of their own in the running text, and no gloss: not 심양(沈阳)."""
        left, right = _run(stream, start, -1, _is_han), _run(stream, end, 1, _is_han)
        if not (self._patterns.is_divided(left) and self._patterns.is_divided(right)):
            return False
        place = stream.starts[start]
        opening = max(text.rfind(bracket, max(0, place - LONGEST_GLOSS), place) for bracket in "(（")
        gloss = GLOSS.match(text, opening) if opening >= 0 else None
        return gloss is None or gloss.end() <= place

    def _may_follow(self, left: str, key: str, term: Term) -> bool:
        """Whether the term may stand after `left`, the Hangul closed up before it."""
        if not left or not _is_written_in_korean(key[0]):
            return True
        if len(left) > LONGEST_WORD:
            return False
        if left in self._places and term.kind in NAMES:
            return True
        if left in self._names and (len(key) >= 3 or term.kind == "title"):
            return True
        if term.kind in NAMES and len(key) >= 3 and left in surroundings().before_name:
            return True
        return len(key) >= LONG and term.kind != "person" and self._covers(left, False, True)

    def _may_precede(self, right: str, key: str, term: Term) -> bool:
        """Whether the term may stand before `right`, the Hangul closed up behind it."""
        if not right or not _is_written_in_korean(key[-1]) or is_grammar(right, key[-1]):
            return True
        if len(right) > LONGEST_WORD or len(key) < 2:
            return False
        if term.kind in NAMES:
            if term.kind != "person" and is_suffixed(right, surroundings().after_name):
                return True
            if term.kind != "person" and self._begins_compound(right, term.kind == "place"):
                return True
            return self._covers(right, True, len(key) >= LONG)
        return (len(key) >= LONG or term is DECOY) and self._covers(right, True, True)

    def _begins_compound(self, right: str, is_place: bool) -> bool:
        """Whether what is closed up behind a name is a longer word of its own; a place heads compounds of every kind.

        Measured on 12,500 sentences of the press: without it one place in a hundred is missed.
        """
        if len(right) < LONG:
            return False
        is_another_word = right[0] in surroundings().not_behind_name
        return (is_place and not is_another_word) or any(right[:end] in self._known for end in range(2, len(right)))

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


def _is_doubtful(text: str, end: int, key: str, term: Term) -> bool:
    """Whether the letters of a term that ends here are more often another word than what the term means."""
    facts = surroundings()
    is_listed = key in facts.doubtful or (key in facts.bare and BARE.match(text, end) is not None)
    return is_listed and not term.inside_words and is_taken_for(key, term)


DECOY = Term("", (), None, None, "term", "")


def stands_free(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is a word or phrase of its own: nothing closed up before, only particles behind."""
    left = text[start - 1] if start else ""
    right = HANGUL.match(text, end)
    rest = right.group() if right else ""
    return not _is_hangul(left) and len(rest) <= LONGEST_WORD and is_grammar(rest, text[end - 1])


def _is_hangul(character: str) -> bool:
    return "가" <= character <= "힣"


def _is_written_in_korean(character: str) -> bool:
    """Whether it is Hangul or Hanja; other letters and digits end a word."""
    return _is_hangul(character) or _is_han(character)


def _is_han(character: str) -> bool:
    return HAN.fullmatch(character) is not None


def _run(stream: Stream, place: int, step: Literal[-1, 1], is_one: Callable[[str], bool]) -> str:
    """The characters of a kind closed up behind (`step` 1) or before (-1) a place of the stream.

    At most one more than the longest word has: what is longer is not looked into.
    """
    position = place
    while abs(position - place) <= LONGEST_WORD and 0 <= (at := position + min(step, 0)) < len(stream.text):
        if stream.gaps[position] != JOINED or not is_one(stream.text[at]):
            break
        position += step
    return stream.text[min(place, position) : max(place, position)]


def _splits_number(stream: Stream, start: int, end: int) -> bool:
    """Whether the span would begin or end inside a number or a Latin word, or is a counter behind a number (5세대)."""
    text = stream.text
    before = text[start - 1] if start and stream.gaps[start] == JOINED else ""
    after = text[end] if end < len(text) and stream.gaps[end] == JOINED else ""
    is_counter = end - start <= 2 and text[start:end] not in surroundings().units
    if before.isdigit() and (text[start].isdigit() or is_counter):
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
        inside = facts.inside if len(key) >= 5 else frozenset[str]()
        is_determined = cuts[place - 1] == 0 and before in facts.determiners and (len(after) >= 2 or after in inside)
        is_apart = gap == cuts[-2] and after in facts.apart and any(t.kind == "place" for t in pattern.terms)
        if len(before) < 2 and not is_determined and before not in inside:
            return False
        if len(after) < 2 and not is_apart and (gap == cuts[-2] or after not in inside):
            return False
    return True


def _with_quotes(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span with a quotation mark at its edge taken in when the other one is inside; None when one stays alone."""
    inside = [character for character in text[start:end] if character in QUOTES]
    if not inside:
        return start, end
    for mark in "'\"":
        if inside.count(mark) % 2:  # 'X' Y or X 'Y': the other mark stands at the edge
            at_start, at_end = text[start - 1 : start] == mark and start > 0, text[end : end + 1] == mark
            return (start - 1, end) if at_start else (start, end + 1) if at_end else None
    opened = sum(character in OPENING for character in inside)
    closed = sum(character in CLOSING for character in inside)
    if opened == closed:
        return start, end
    if closed == opened + 1 and start and text[start - 1] in OPENING:
        return start - 1, end
    if opened == closed + 1 and end < len(text) and text[end] in CLOSING:
        return start, end + 1
    return None
