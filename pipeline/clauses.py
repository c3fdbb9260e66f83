"""Where a sentence that is too long for the model is cut into clauses.

As in `segment`, parts are spans `(start, end)` in characters, and only white space stands between them.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.enclosures import CARRIES_ON_AFTER_QUOTE, CLOSERS, outermost_pairs
from pipeline.segment import SPOKEN, STOP, STRAY_CLOSERS, Span, after_space, trimmed

_SPEECH = 50  # a quotation longer than this is a speech: its clauses can be cut like any others
# 하고, 하며, 였는데: with a comma behind it nearly every linking ending may be cut.
_LINKING_COMMA = re.compile(
    r"(?:고|며|데|지만|바|면서|도록|[해하여되어아]서|[하되]여|되어|므로|써|거나|다가|니까|니|면|려고|듯이|자|[가-힣][해여])[,，]"
)
# With a space behind it, no ending that nouns have too (사고, 최고, 측면) or that a helping verb needs (하고 있다).
_LINKING_SPACE = re.compile(
    r"""(?: [가-힣]며 | [가-힣](?:는데|은데|인데|지만|면서|도록|므로|거나|니까)
        | [였었았했는은인한던]바 | [해하여되어아]서 | [하되]여 | 되어 | [함됨음]으로써 | [하되으다]면 | 려고
        | [가-힣]고 (?<![라다자냐사광최보경권창재참원피국금충신선망예포리]고)(?<!놓고)(?<!가지고)
      )(?=\s(?!있|싶|나[가서오]|난|났|계시|말았|볼|보[았면니]|왔|오[는던]|간다|주[었는고]|줬|않|못|안된))""",
    re.VERBOSE,
)
_SEMICOLON = re.compile(r"[;；]")
_COMMA = re.compile(r"(?:[,，、](?!\d)|(?<!\d)[,，、]|[:：](?=\s))")
_PHRASE = re.compile(r"(?:[은는을를]|에서|에게|으로|까지|부터|[가-힣]에)(?=\s)")
_WORD = re.compile(r"\S(?=\s)")
_CLAUSE_PATTERNS = ((_SEMICOLON,), (_LINKING_COMMA, _LINKING_SPACE), (_COMMA,), (_PHRASE,), (_WORD,))
# How many of the levels (stops, semicolons, linked clauses, commas, phrases, words, words in brackets; characters
# last of all) are allowed in turn: stops and semicolons alone are tried before more is allowed, and so on.
_LEVELS_TRIED = (2, 4, 6, 7, 8)
_MOST_PARTS = 6


def divide(text: str, fits: Callable[[str], bool]) -> list[Span]:
    """The spans of the parts of a sentence, as few, as even and as well cut as can be, each accepted by `fits`.

    A text that fits is one span without its outer white space; a text of white space has none. Cuts are made, in
    this order, behind a stop, a semicolon, a linking ending, a comma, a case particle, a word (all of these outside
    of brackets and of short quotes), any word, any character. What `fits` refuses even as a single character is
    given back as it is.
    """
    whole = trimmed(text, 0, len(text))
    if whole is None:
        return []
    if fits(text[whole[0] : whole[1]]):
        return [whole]
    return _parts(text, whole, fits, _cut_points(text))


def _parts(text: str, span: Span, fits: Callable[[str], bool], points: list[array[int]]) -> list[Span]:
    """The parts of a span that does not fit: some few even ones at once, or else both halves, each divided again."""
    start, end = span
    if fits(text[start : start + (end - start) // _MOST_PARTS]):
        for plan in _plans(points):
            parts = _even_parts(text, span, plan)
            if parts and all(fits(text[a:b]) for a, b in parts):
                return parts
    halves = _even_parts(text, span, _Plan(2, 1 / 2, points, may_cut_words=True))
    return [
        part
        for half in halves or [span]
        for part in ([half] if half == span or fits(text[half[0] : half[1]]) else _parts(text, half, fits, points))
    ]


@dataclass(frozen=True, slots=True)
class _Plan:
    """In how many parts, how far from the even places (1: a part's length) and on which levels a span is cut."""

    count: int
    freedom: float
    levels: list[array[int]]
    may_cut_words: bool = False


def _plans(points: list[array[int]]) -> Iterator[_Plan]:
    """What is tried, best first: better cuts before fewer parts, fewer parts before freer cuts."""
    for worst in _LEVELS_TRIED:
        for count in range(2, _MOST_PARTS + 1):
            for freedom in (1 / 2, 1 / 4, 1 / 8):
                yield _Plan(count, freedom, points[:worst], may_cut_words=worst == _LEVELS_TRIED[-1])


def _even_parts(text: str, span: Span, plan: _Plan) -> list[Span]:
    """The span in parts as planned; [] if it cannot be.

    Among the cuts allowed the one on the best level is taken, and of those the one nearest to the even place.
    """
    start, end = span
    length = (end - start) / plan.count
    cuts = [start]
    for number in range(1, plan.count):
        place = start + number * length
        cut = _nearest(plan.levels, place, plan.freedom * length)
        if cut is None and plan.may_cut_words:
            cut = _nearest_character(text, span, round(place))
        if cut is None or not cuts[-1] < cut < end:
            return []
        cuts.append(cut)
    pieces = [trimmed(text, a, b) for a, b in pairwise([*cuts, end])]
    return [piece for piece in pieces if piece]


def _nearest(levels: list[array[int]], place: float, reach: float) -> int | None:
    """The cut point nearest to `place` on the best level that has one within `reach`."""
    for points in levels:
        index = bisect_left(points, place)
        near = [point for point in points[max(0, index - 1) : index + 1] if abs(point - place) <= reach]
        if near:
            return min(near, key=lambda point: abs(point - place))
    return None


def _nearest_character(text: str, span: Span, place: int) -> int | None:
    """The offset nearest to `place` inside the span at which a character begins that is not part of the one before."""
    start, end = span
    for distance in range(end - start):
        for cut in (place - distance, place + distance):
            if start < cut < end and not _is_joined(text[cut - 1], text[cut]):
                return cut
    return None


def _is_joined(before: str, after: str) -> bool:
    """Whether two characters are one to the reader: accents, old Hangul in letters, joined emoji, surrogates."""
    is_old_hangul = "\u1100" <= before <= "\u11ff" and "\u1160" <= after <= "\u11ff"
    is_surrogate_pair = "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff"
    is_emoji_part = before == "\u200d" or after == "\u200d" or "\U0001f3fb" <= after <= "\U0001f3ff"
    return is_old_hangul or is_surrogate_pair or is_emoji_part or unicodedata.category(after).startswith("M")


def _cut_points(text: str) -> list[array[int]]:
    """Where a sentence may be cut, best level first; each level is in order."""
    shielded = _shielded(text)
    levels = [array("q", _outside(list(_inner_sentence_ends(text)), shielded))]
    for patterns in _CLAUSE_PATTERNS:
        found = sorted(match.end() for pattern in patterns for match in pattern.finditer(text))
        levels.append(array("q", (cut for cut in _outside(found, shielded) if text[cut : cut + 1] not in CLOSERS)))
    levels.append(array("q", (match.end() for match in _WORD.finditer(text))))
    return levels


def _inner_sentence_ends(text: str) -> Iterator[int]:
    """Where a sentence ends inside a speech that is quoted as a whole."""
    for match in STOP.finditer(text):
        end = match.end()
        closers = STRAY_CLOSERS.match(text, end)
        end = closers.end() if closers else end
        following = after_space(text, end)
        is_spoken = following > end and SPOKEN.search(text[max(0, match.start() - 8) : match.start()])
        if is_spoken and not CARRIES_ON_AFTER_QUOTE.match(text, following):
            yield end


def _shielded(text: str) -> array[int]:
    """Openings and closings of what should stay whole: enclosures, and in a long speech only those within it."""
    pairs = outermost_pairs(text)
    shielded = array("q")
    for opening, closing in zip(pairs[::2], pairs[1::2], strict=True):
        if closing - opening <= _SPEECH:
            shielded.extend((opening, closing))
        else:
            inner = outermost_pairs(text[opening + 1 : closing])
            shielded.extend(opening + 1 + offset for offset in inner)
    return shielded


def _outside(points: list[int], shielded: array[int]) -> Iterator[int]:
    """The points, in order, that stand in none of the shielded stretches, in order too."""
    index = 0
    for point in points:
        while index < len(shielded) and shielded[index + 1] < point:
            index += 2
        if index >= len(shielded) or point <= shielded[index]:
            yield point
