"""Where a paragraph is cut into sentences, and a sentence that is too long for the model into clauses.

Rules only: no model, no dictionary. Both functions give spans `(start, end)` in characters; whatever stands
outside the spans is white space, so that text and gaps join to the exact paragraph (law 1). Time grows with the
length of the text and no faster: every look around a mark is bounded.

No sentence is cut inside quotes, brackets or title marks that are closed within their reach. What follows a
closing quote decides whether the quote was a sentence of its own:

* `”고 말했다`, `”라고`, `” 라고`, `”는 구호`, `”, `: the sentence goes on;
* `왕씨는 “…!” 정신으로 …`: the quote stands in a clause that has no verb yet, the sentence goes on;
* `“….” 그는 …`, `말했다: “….” 그는 …`: the quote is a sentence, the cut stands behind it.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

Span = tuple[int, int]


# --- marks that enclose ------------------------------------------------------------------------------------------


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
_BRACKETS = frozenset("(（[［〔【〖")
_REMARK_OPENERS = frozenset("(（[［")
_TITLE_OPENERS = frozenset(enclosure.opening for enclosure in ENCLOSURES if enclosure.is_title)
_OPENERS = "".join(_OPENING)
_CLOSERS = "".join(_CLOSING)
_MARK = re.compile(f"[{re.escape(_OPENERS + _CLOSERS)}]")

# --- what ends a sentence, and what only looks like it -----------------------------------------------------------

_STOP = re.compile("[.．。｡!！?？‼⁇⁈⁉…⋯~〜～]+")
_CALLS = frozenset("!！?？‼⁇⁈⁉")
_FULL_WIDTH = frozenset("。｡！？‼⁇⁈⁉")
_FULL_STOPS = frozenset(".．")
_DRAWN_OUT = frozenset("~〜～")
_BULLETS = frozenset("△▲▽▼■□◆◇○●★☆※•▷▶-–—―─")
_STRAY_CLOSERS = re.compile(rf"[{re.escape(_CLOSERS)}]{{0,8}}(?:\s[”’」』》〉](?=\s))?")
_REST_OF_QUOTE = re.compile(rf"[\s{re.escape(_CLOSERS)}]*")
_SPACE = re.compile(r"\s*")
_HANGUL = re.compile(r"[가-힣]")
_HANGUL_LAST = re.compile(r"[가-힣]$")

# 했다, 합니다, 해요, 니까: endings that no noun has. The press also writes its middle dot as a full stop
# (정치.경제, 로동자.농민), so a stop without a space behind it needs one of these before it.
_FINITE = re.compile(
    r"""(?: [가-힣]다 (?<!바다)(?<!캐나다)(?<!르완다)(?<!우간다)(?<!레이다)(?<!베란다)
        | [아어여해예에세지네군데나까래게든와워]요 | 니까 | [을를할될일]까 | [하이가겠였었았]죠
        | 시오 | [하되으거]라 | [하되가보주]자 | [하되]네 | 구나 | [했였됐었았겠있없]음 )$""",
    re.VERBOSE,
)
_SPOKEN = re.compile(r"[가-힣][다요까죠오라자가네지군나니랴걸데야][.．…⋯]*$")  # enough before “?” and “!”
_POLITE = re.compile(r"(?:니다|[가-힣][요죠])$")  # asked for before a drawn-out “~”, which is also a range

# A list mark at the start of a sentence belongs to what it counts: 1. 가. A. 제3조. 첫째.
_LIST_MARK = re.compile(
    r"""[△▲■□◆◇○●•※▷▶\s-]* [(（\[［]?
        (?: \d{1,3}(?:[.-]\d{1,3}){0,3} | [가나다라마바사아자차카타파하] | [A-Za-z] | [ㄱ-ㅎ] | [①-⑳㉠-㉭]
          | [IVXivx]{1,4} | [Ⅰ-Ⅻⅰ-ⅻ] | [一二三四五六七八九十]{1,3} | 제\s?\d{1,3}[조장절항편부]
          | [첫둘셋넷]째 | [다여]섯째 | (?:문|답|주|Q|A|No)\d{0,2} )
        [)）\]］]? \s?""",
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"[^\s“”‘’\"'「」『』《》〈〉<>(（\[［,，、]{1,24}$")
_LATIN_BEFORE = re.compile(r"(?:[A-Za-z]{1,8}\.){0,4}[A-Za-z]{1,12}$")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)*[A-Za-z]")
_ABBREVIATION = re.compile(
    r"""no | nos | mr | mrs | ms | dr | prof | co | ltd | inc | corp | st | vs | etc | jr | sr | vol | pp |
        fig | ed | eds | gen | gov | sen | rep | capt | col | lt | sgt | jan | feb | mar | apr | jun | jul |
        aug | sep | sept | oct | nov | dec | ph\.d | e\.g | i\.e | a\.m | p\.m | u\.s | u\.k | u\.n | cf |
        est | dept | univ | approx | tel | ext | mt | ft | bros""",
    re.VERBOSE | re.IGNORECASE,
)
_DATE_BEFORE = re.compile(r"(?:[’'‘]?\d{2,4}\.\s?\d{1,2}\.\s?\d{1,2}|\d{1,4}\.\s\d{1,2})$")
_SCORE_BEFORE = re.compile(r"대\s?\d{1,3}$")

# --- what carries a sentence on behind a stop --------------------------------------------------------------------

_WORD_END = r"(?![가-힣])"
_CARRIES_ON = re.compile(rf"이?라고|이?라며|이?라면서|이?라는|이?라던|이?라기|면서{_WORD_END}")  # also without quotes
_SAID = re.compile(r"고\s?(?:말|밝|전|강조|덧|지적|설명|소개)")  # …다.고 말했다: the quotation marks are missing
_CARRIES_ON_AFTER_QUOTE = re.compile(
    rf"""{_CARRIES_ON.pattern} | (?:하고|하며|하면서|하는|하던){_WORD_END}
      | 고{_WORD_END}(?!\s(?:선생|교수|씨|주석|총리|주임|국장|서기|기자|사장|대표|회장|로인|할머니))  # Mr 고
      | (?:며|는|는데|은|을|를|의|와|과|으로|에서|에게|까지|부터|처럼|식의|라|등|등의|등을|등과|등으로){_WORD_END}
      | 같은\s(?!날|해|달|시[간기각])
      | 고(?:말했|말하|했|하였|밝혔|밝히|전했|강조|지적|표시|소개|설명|덧붙)
      | 물었|물으|묻|말했|말하|답했|답하|대답했|대답하|외쳤|외치|웨쳤|웨치|소리쳤|소리치|하였|했|한다""",
    re.VERBOSE,
)
_HANGS_ON = re.compile(  # what may be written close to a quotation mark, besides
    rf"""(?:이|가|도|만|로|나|야|란|면|뿐|식|하|할|보다){_WORD_END} | 이[다라란며고나든였었자지니] | 에[는도] | 으로
      | 로[써서는] | 만[은을이] | [와과][의는도] | 하[고며면는였여자] | 면서 | 는데 | 등[의을과으에] | 식[의으]
      | 같[은이] | 란다 | 조차 | 마저 | 따위""",
    re.VERBOSE,
)
_NAMED_BY_QUOTE = re.compile(  # “할수 있다!” 정신을 발양하여
    r"(?:정신|구호|운동|활동|행사|캠페인|프로그람|프로그램|주제|제목|표어|코너)(?:[은는이가을를의에와과로도]|으로|아래)?(?![가-힣])"
)
_STARTS_ANEW = re.compile(
    r"그|하지만|또한|또\s|한편|이날|이에\s|이에\s?대|이어|이번|이때|이로|이와|이들|이런|이러|이렇|이처럼|이를|이것|이곳|이같|이밖|우리|나는|나의"
    r"|내가|저는|저희|제가|현재|지난|올해|당시|특히|따라서|뿐만|반면|다음|먼저|최근|앞으로|아울러|결국|물론"
)

# --- pieces that are no sentences and stand for themselves -------------------------------------------------------

_AGENCY = r"통신|신문|일보|방송|뉴스|텔레비죤|텔레비전|잡지|인민넷|신화넷|网|社|报|연합|기자|특파원|본지|본사"
_DATELINE_CUE = re.compile(rf"[=＝]|일발|발\s|{_AGENCY}")
_DATELINE_REACH = 60
_REPORTER = re.compile(r"\s{0,3}[가-힣]{2,4}\s{1,3}(?:[가-힣]{1,4}\s)?(?:특파원|기자)\s{0,3}[=＝]")
_PARTICLE = re.compile(r"(?:은|는|이|가|을|를|의|에|에서|와|과|도|로|으로|에게)(?![가-힣])|[,，、.。]")
_BYLINE = re.compile(r"//?\s?[^\s/.。!?][^.。!?\n]{0,60}\s*\Z")
_BYLINE_INSIDE = re.compile(rf"\s?(?:/|끝|完|완\Z|계속|[^.。!?]{{0,40}}(?:{_AGENCY}))")


def split_sentences(text: str) -> list[Span]:
    """The spans of the sentences of one paragraph, in order, none empty, none with white space at its ends.

    A dateline before the first sentence and a byline behind the last one are spans of their own.

    >>> text = "그는 “좋다.”고 말했다. 12.9운동은 1935년의 일이다."
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['그는 “좋다.”고 말했다.', '12.9운동은 1935년의 일이다.']
    """
    cuts = [0, *_sentence_ends(text), len(text)]
    pieces = (_trimmed(text, start, end) for start, end in pairwise(cuts))
    return _with_wordless_joined(text, [piece for piece in pieces if piece])


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """The span without white space at its ends; None when nothing is left."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    return (start, end) if start < end else None


def _with_wordless_joined(text: str, spans: list[Span]) -> list[Span]:
    """A span without a letter or digit (a lost quotation mark, dots) joins the one before it; the first, the next."""
    joined: list[Span] = []
    waiting: int | None = None
    for start, end in spans:
        has_word = any(character.isalnum() for character in text[start:end])
        if joined and not has_word:
            joined[-1] = (joined[-1][0], end)
        elif has_word:
            joined.append((start if waiting is None else waiting, end))
            waiting = None
        else:
            waiting = start if waiting is None else waiting
    return joined if waiting is None else [(waiting, spans[-1][1])]


# --- finding what is enclosed ------------------------------------------------------------------------------------


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


def _outermost_pairs(text: str) -> array[int]:
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
    stands_before_word = bool(ahead[:1].strip()) and (before.isspace() or before in _OPENERS)
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
        return not ahead or ahead[0] not in _OPENERS
    return bool(_CARRIES_ON_AFTER_QUOTE.match(ahead) or _HANGS_ON.match(ahead))


# --- sentences ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stop:
    """Marks that may end a sentence, at `start`–`marks_end`; the cut would stand at `end`.

    `quote` is the offset of the opening mark when the stop is the last thing inside an enclosure.
    """

    start: int
    marks_end: int
    end: int
    quote: int | None = None


def _sentence_ends(text: str) -> Iterator[int]:
    """The offsets at which a sentence ends and another begins."""
    pairs = _outermost_pairs(text)
    begin = _dateline_end(text, pairs)
    if begin:
        yield begin
    for stop in _stops(text, pairs):
        following = _after_space(text, stop.end)
        if begin <= stop.start and following < len(text) and _ends_sentence(text, begin, stop, following):
            yield stop.end
            begin = following


def _stops(text: str, pairs: array[int]) -> Iterator[_Stop]:
    """All stops outside enclosures, and those with which the content of an enclosure ends."""
    index = 0
    for match in _STOP.finditer(text):
        start, end = match.span()
        while index < len(pairs) and pairs[index + 1] < start:
            index += 2
        opening, closing = pairs[index : index + 2] if index < len(pairs) else (len(text), len(text))
        if opening > start:
            yield _Stop(start, end, _outer_end(text, start, end, opening, closing))
        elif text[opening] not in _TITLE_OPENERS and _REST_OF_QUOTE.fullmatch(text, end, closing):
            yield _Stop(start, end, closing + 1, opening)


def _outer_end(text: str, start: int, end: int, opening: int, closing: int) -> int:
    """Where a sentence that stops at `start`–`end` would be cut: behind lost closing marks and a remark in brackets.

    `opening`–`closing` is the next enclosure. 했다.(웃음) keeps its remark; 했다.(끝), 했다.(2) do not.
    """
    closers = _STRAY_CLOSERS.match(text, end, min(opening, end + 12))
    end = closers.end() if closers else end
    if end != opening or text[opening : opening + 1] not in _REMARK_OPENERS:
        return end
    inside = text[opening + 1 : closing]
    is_list_mark = text[opening] != "[" and _LIST_MARK.fullmatch(inside)
    is_byline = _BYLINE_INSIDE.match(inside) and _after_space(text, closing + 1) == len(text)
    if is_list_mark or is_byline or _STOP.search(inside) or not _FINITE.search(text[max(0, start - 8) : start]):
        return end
    return closing + 1


def _ends_sentence(text: str, begin: int, stop: _Stop, following: int) -> bool:
    """Whether the sentence that began at `begin` ends with this stop; what comes next stands at `following`."""
    if stop.quote is not None:
        return _quote_ends_sentence(text, begin, stop.quote, stop, following)
    if following == stop.end:
        return _ends_closed_up(text, begin, stop)
    has_closer = stop.end > stop.marks_end
    if (_CARRIES_ON_AFTER_QUOTE if has_closer else _CARRIES_ON).match(text, following):
        return False
    marks = frozenset(text[stop.start : min(stop.marks_end, stop.start + 8)])
    if marks & (_CALLS | _FULL_WIDTH):
        return True
    before = text[max(begin, stop.start - 32) : stop.start].rstrip()
    if not before:
        return False
    if marks <= _DRAWN_OUT:
        return _POLITE.search(before) is not None
    if stop.marks_end - stop.start > 1 or "…" in marks or "⋯" in marks:
        return _FINITE.search(before) is not None
    return not _is_abbreviation(before, starts_sentence=stop.start - begin <= 32, following=text[following])


def _is_abbreviation(before: str, *, starts_sentence: bool, following: str) -> bool:
    """Whether a full stop between `before` and a space belongs to a list mark, an abbreviation, a date or a number.

    `starts_sentence`: `before` is all there is of the sentence so far.
    """
    if starts_sentence and _LIST_MARK.fullmatch(before):
        return True
    word = _WORD_BEFORE.search(before)
    if word is None:
        return False
    if word.group().isdecimal():
        return not _SCORE_BEFORE.search(before)  # …하고 2. …하며 counts, 3 대 1. ends
    latin = _LATIN_BEFORE.search(before)
    if latin and (following.islower() and following.isascii()):
        return True
    if latin and (_ABBREVIATION.fullmatch(latin.group()) or _INITIALS.fullmatch(word.group())):
        return True
    return _DATE_BEFORE.search(before) is not None


def _ends_closed_up(text: str, begin: int, stop: _Stop) -> bool:
    """Whether a sentence ends at a stop that has no space behind it: 했다.그리고, 했다./신화통신."""
    before = text[max(begin, stop.start - 8) : stop.start].rstrip()
    marks = frozenset(text[stop.start : min(stop.marks_end, stop.start + 8)])
    is_letter = text[stop.end].isalnum()
    if marks <= _DRAWN_OUT or _CARRIES_ON.match(text, stop.end) or _SAID.match(text, stop.end):
        return False
    if stop.end > stop.marks_end and is_letter:
        return _STARTS_ANEW.match(text, stop.end) is not None
    if before.endswith(tuple(_CLOSERS)) and marks <= _FULL_STOPS:  # …한다(시당위 책임).다음
        return _HANGUL.match(text, stop.end) is not None and not _HANGS_ON.match(text, stop.end)
    if marks & _FULL_WIDTH:
        return _may_start_sentence(text, stop.end)
    ending = _HANGUL_LAST if "?" in marks else _SPOKEN if marks & _CALLS else _FINITE
    return ending.search(before) is not None and _may_start_sentence(text, stop.end)


def _may_start_sentence(text: str, position: int) -> bool:
    """Whether what stands directly behind a stop can be the start of a sentence or a byline."""
    character = text[position]
    if character == "/":
        return _BYLINE.match(text, position) is not None
    if character.isascii() and character.islower():  # .hwp, ?id=3
        return False
    return character.isalnum() or character in _OPENERS or character in _BULLETS


def _quote_ends_sentence(text: str, begin: int, opening: int, stop: _Stop, following: int) -> bool:
    """Whether an enclosure whose content ends with a stop is the end of the sentence that began at `begin`."""
    if following == stop.end and not _may_start_sentence(text, following):
        return False
    is_closed_up = following == stop.end and text[following].isalnum()
    if is_closed_up and _STARTS_ANEW.match(text, following):
        return True
    if _CARRIES_ON_AFTER_QUOTE.match(text, following) or (is_closed_up and _HANGS_ON.match(text, following)):
        return False
    if text[stop.start] in _CALLS and (is_closed_up or _NAMED_BY_QUOTE.match(text, following)):
        return False  # ‘하자!’운동, ‘하자!’ 운동
    return bool(_STARTS_ANEW.match(text, following)) or not _waits_for_verb(text, begin, opening)


def _waits_for_verb(text: str, begin: int, opening: int) -> bool:
    """Whether what stands before a quote is the start of a clause: 왕씨는 “…, but not 왕씨는 말했다: “… or 1. “…."""
    before = text[max(begin, opening - 32) : opening].rstrip()
    if before.endswith((":", "：", "=", "―", "—", "-")) or _FINITE.search(before.rstrip(" ,，.")):
        return False
    return _HANGUL.search(text, begin, min(opening, begin + 200)) is not None and not _LIST_MARK.fullmatch(before)


def _after_space(text: str, position: int) -> int:
    """The offset of the first character at or after `position` that is not white space."""
    match = _SPACE.match(text, position)
    return match.end() if match else position


# --- datelines ---------------------------------------------------------------------------------------------------


def _dateline_end(text: str, pairs: array[int]) -> int:
    """The end of a dateline with which the paragraph begins, [심양 1월 24일발 신화통신]; 0 when there is none."""
    if not pairs or pairs[0] != _after_space(text, 0) or text[pairs[0]] not in _BRACKETS:
        return 0
    opening, closing = pairs[0], pairs[1]
    if closing - opening > _DATELINE_REACH or not _DATELINE_CUE.search(text, opening, closing):
        return 0
    reporter = _REPORTER.match(text, closing + 1)
    end = reporter.end() if reporter else closing + 1
    return 0 if _PARTICLE.match(text, end) else end


# --- clauses -----------------------------------------------------------------------------------------------------


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
    whole = _trimmed(text, 0, len(text))
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
    pieces = [_trimmed(text, a, b) for a, b in pairwise([*cuts, end])]
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
        levels.append(array("q", (cut for cut in _outside(found, shielded) if text[cut : cut + 1] not in _CLOSERS)))
    levels.append(array("q", (match.end() for match in _WORD.finditer(text))))
    return levels


def _inner_sentence_ends(text: str) -> Iterator[int]:
    """Where a sentence ends inside a speech that is quoted as a whole."""
    for match in _STOP.finditer(text):
        end = match.end()
        closers = _STRAY_CLOSERS.match(text, end)
        end = closers.end() if closers else end
        following = _after_space(text, end)
        is_spoken = following > end and _SPOKEN.search(text[max(0, match.start() - 8) : match.start()])
        if is_spoken and not _CARRIES_ON_AFTER_QUOTE.match(text, following):
            yield end


def _shielded(text: str) -> array[int]:
    """Openings and closings of what should stay whole: enclosures, and in a long speech only those within it."""
    pairs = _outermost_pairs(text)
    shielded = array("q")
    for opening, closing in zip(pairs[::2], pairs[1::2], strict=True):
        if closing - opening <= _SPEECH:
            shielded.extend((opening, closing))
        else:
            inner = _outermost_pairs(text[opening + 1 : closing])
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
