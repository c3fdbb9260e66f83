"""Quotes, brackets and title marks of the Korean press: which pairs enclose something, although typists mix them up.

Nothing is looked at further than a pair may reach, so time grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A pair of marks. A pair further apart than `reach` characters is a slip of the pen and encloses nothing."""

    opening: str
    closing: str
    reach: int
    is_title: bool = False  # a “!” at the end of a book's title ends no sentence


ENCLOSURES = (
    Enclosure("“", "”", 1000),
    Enclosure("‘", "’", 1000),
    Enclosure('"', '"', 600),
    Enclosure("'", "'", 300),
    Enclosure("「", "」", 600),
    Enclosure("『", "』", 600),
    Enclosure("《", "》", 200, is_title=True),
    Enclosure("〈", "〉", 200, is_title=True),
    Enclosure("<", ">", 120, is_title=True),
    Enclosure("＜", "＞", 120, is_title=True),
    Enclosure("(", ")", 500),
    Enclosure("（", "）", 500),
    Enclosure("[", "]", 500),
    Enclosure("［", "］", 500),
    Enclosure("〔", "〕", 500),
    Enclosure("【", "】", 500),
    Enclosure("〖", "〗", 500),
)
_OPENING = {enclosure.opening: enclosure for enclosure in ENCLOSURES}
_CLOSING = {enclosure.closing: enclosure for enclosure in ENCLOSURES}
_CAN_CLOSE = {"”": ("”", '"'), '"': ('"', "”"), "“": ("”",), "’": ("’", "'"), "'": ("'", "’"), "‘": ("’",)}
_MISTYPED = frozenset(_CAN_CLOSE)  # marks whose shape is not to be relied on
_FARTHEST = max(enclosure.reach for enclosure in ENCLOSURES)
BRACKETS = frozenset("(（[［〔【〖")
REMARK_OPENERS = frozenset("(（[［")
TITLE_OPENERS = frozenset(enclosure.opening for enclosure in ENCLOSURES if enclosure.is_title)
OPENERS = "".join(_OPENING)
CLOSERS = "".join(_CLOSING)
_MARK = re.compile(f"[{re.escape(OPENERS + CLOSERS)}]")
_WORD_END = r"(?![가-힣])"
CARRIES_ON = re.compile(rf"이?라고|이?라며|이?라면서|이?라는|이?라던|이?라기|면서{_WORD_END}")  # also without quotes
CARRIES_ON_AFTER_QUOTE = re.compile(
    rf"""{CARRIES_ON.pattern} | (?:하고|하며|하면서|하는|하던){_WORD_END}
      | 고{_WORD_END}(?!\s(?:선생|교수|씨|주석|총리|주임|국장|서기|기자|사장|대표|회장|로인|할머니))  # Mr 고
      | (?:며|는|는데|은|을|를|의|와|과|으로|에서|에게|까지|부터|처럼|식의|라|등|등의|등을|등과|등으로){_WORD_END}
      | 같은\s(?!날|해|달|시[간기각])
      | 고(?:말했|말하|했|하였|밝혔|밝히|전했|강조|지적|표시|소개|설명|덧붙)
      | 물었|물으|묻|말했|말하|답했|답하|대답했|대답하|외쳤|외치|웨쳤|웨치|소리쳤|소리치|하였|했|한다""",
    re.VERBOSE,
)
HANGS_ON = re.compile(  # what may be written close to a quotation mark, besides
    rf"""(?:이|가|도|만|로|나|야|란|면|뿐|식|하|할|보다){_WORD_END} | 이[다라란며고나든였었자지니] | 에[는도] | 으로
      | 로[써서는] | 만[은을이] | [와과][의는도] | 하[고며면는였여자] | 면서 | 는데 | 등[의을과으에] | 식[의으]
      | 같[은이] | 란다 | 조차 | 마저 | 따위""",
    re.VERBOSE,
)


@dataclass(slots=True)
class _Pairing:
    """One pass over the marks of a text: what is open now, and the outermost pairs found so far."""

    open: deque[tuple[int, Enclosure]] = field(default_factory=deque)
    count: Counter[str] = field(default_factory=Counter)  # how many of each closing mark are waited for
    pairs: array[int] = field(default_factory=lambda: array("q"))  # opening, closing, opening, closing …

    def opens(self, position: int, enclosure: Enclosure) -> None:
        """Remember an opening mark; forget those too far back to be closed any more."""
        while self.open and position - self.open[0][0] > _FARTHEST:
            self.count[self.open.popleft()[1].closing] -= 1
        self.open.append((position, enclosure))
        self.count[enclosure.closing] += 1

    def closes(self, position: int, enclosure: Enclosure) -> None:
        """Close the nearest opening mark of this kind; what was opened since then and not closed is a slip."""
        while self.count[enclosure.closing]:
            start, opened = self.open.pop()
            self.count[opened.closing] -= 1
            if opened is enclosure:
                self._add(start, position, opened.reach)
                return

    def awaited(self, mark: str) -> Enclosure | None:
        """The open enclosure that a mark could close."""
        return next((_CLOSING[kind] for kind in _CAN_CLOSE.get(mark, (mark,)) if self.count[kind]), None)

    def _add(self, start: int, end: int, reach: int) -> None:
        if end - start > reach:
            return
        while self.pairs and self.pairs[-2] > start:  # pairs inside this one
            del self.pairs[-2:]
        self.pairs.extend((start, end))


def outermost_pairs(text: str) -> array[int]:
    """Offsets of the outermost closed pairs in order: opening mark, closing mark, opening mark, closing mark …"""
    pairing = _Pairing()
    for match in _MARK.finditer(text):
        position, mark = match.start(), match.group()
        before, ahead = text[position - 1 : position], text[position + 1 : position + 8]
        if _is_no_mark(mark, before, ahead[:1]):
            continue
        awaited = pairing.awaited(mark)
        if _is_opening(mark, before, ahead, awaited):
            pairing.opens(position, _OPENING.get(mark) or _CLOSING[mark])
        elif awaited:
            pairing.closes(position, awaited)
    return pairing.pairs


def _is_no_mark(mark: str, before: str, after: str) -> bool:
    """Whether it is an apostrophe (Xi’s), a less-than sign (P<0.05, 5 < 10) or an arrow (->) and encloses nothing."""
    if mark in "'’":
        return before.isascii() and before.isalpha() and after.isascii() and after.isalpha()
    if mark in "<＜":
        return not after.strip() or after in "=-<" or (before.isascii() and before.isalnum())
    return mark in ">＞" and (before in "-=" or before.isspace())


def _is_opening(mark: str, before: str, ahead: str, awaited: Enclosure | None) -> bool:
    """Whether a mark opens an enclosure: by its shape, or, where the shape says nothing or lies, by its neighbours.

    `awaited` is the open enclosure that the mark could close. Typists mix the shapes: ”좋다.”고, “좋다.“고, “좋다."고.
    """
    if mark not in _MISTYPED:
        return mark in _OPENING
    stands_before_word = bool(ahead[:1].strip()) and (before.isspace() or before in OPENERS)
    if mark in "“‘":
        return not awaited or not before.strip() or not _is_behind_quote(ahead)
    if mark in "”’":
        return not awaited and stands_before_word
    if awaited:
        return stands_before_word and not _is_behind_quote(ahead)
    return bool(ahead[:1].strip()) and not (before.isascii() and before.isalnum())  # not feet, minutes, inches


def _is_behind_quote(ahead: str) -> bool:
    """Whether what stands behind a mark is what stands behind a closed quotation: a particle, a verb, punctuation."""
    if not ahead[:1].isalnum():
        return not ahead or ahead[0] not in OPENERS
    return bool(CARRIES_ON_AFTER_QUOTE.match(ahead) or HANGS_ON.match(ahead))
