"""Where a paragraph is cut into sentences.

Rules only: no model, no dictionary. Sentences are spans `(start, end)` in characters; whatever stands outside the
spans is white space, so that text and gaps join to the exact paragraph (law 1). Time grows with the length of the
text and no faster: every look around a mark is bounded.

No sentence is cut inside quotes, brackets or title marks that are closed within their reach. What follows a
closing quote decides whether the quote was a sentence of its own:

* `”고 말했다`, `”라고`, `” 라고`, `”는 구호`, `”, `: the sentence goes on;
* `왕씨는 “…!” 정신으로 …`: the quote stands in a clause that has no verb yet, the sentence goes on;
* `“….” 그는 …`, `말했다: “….” 그는 …`: the quote is a sentence, the cut stands behind it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.enclosures import (
    BRACKETS,
    CARRIES_ON,
    CARRIES_ON_AFTER_QUOTE,
    CLOSERS,
    HANGS_ON,
    OPENERS,
    REMARK_OPENERS,
    TITLE_OPENERS,
    outermost_pairs,
)

Span = tuple[int, int]
STOP = re.compile("[.．。｡!！?？‼⁇⁈⁉…⋯~〜～]+")
_CALLS = frozenset("!！?？‼⁇⁈⁉")
_FULL_WIDTH = frozenset("。｡！？‼⁇⁈⁉")
_FULL_STOPS = frozenset(".．")
_DRAWN_OUT = frozenset("~〜～")
_BULLETS = frozenset("△▲▽▼■□◆◇○●★☆※•▷▶-–—―─")
STRAY_CLOSERS = re.compile(rf"[{re.escape(CLOSERS)}]{{0,8}}(?:\s[”’」』》〉](?=\s))?")
_REST_OF_QUOTE = re.compile(rf"[\s{re.escape(CLOSERS)}]*")
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
SPOKEN = re.compile(r"[가-힣][다요까죠오라자가네지군나니랴걸데야][.．…⋯]*$")  # enough before “?” and “!”
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
_SAID = re.compile(r"고\s?(?:말|밝|전|강조|덧|지적|설명|소개)")  # …다.고 말했다: the quotation marks are missing
_NAMED_BY_QUOTE = re.compile(  # “할수 있다!” 정신을 발양하여
    r"(?:정신|구호|운동|활동|행사|캠페인|프로그람|프로그램|주제|제목|표어|코너)(?:[은는이가을를의에와과로도]|으로|아래)?(?![가-힣])"
)
_STARTS_ANEW = re.compile(
    r"그|하지만|또한|또\s|한편|이날|이에\s|이에\s?대|이어|이번|이때|이로|이와|이들|이런|이러|이렇|이처럼|이를|이것|이곳|이같|이밖|우리|나는|나의"
    r"|내가|저는|저희|제가|현재|지난|올해|당시|특히|따라서|뿐만|반면|다음|먼저|최근|앞으로|아울러|결국|물론"
)
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
    pieces = (trimmed(text, start, end) for start, end in pairwise(cuts))
    return _with_wordless_joined(text, [piece for piece in pieces if piece])


def trimmed(text: str, start: int, end: int) -> Span | None:
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
    pairs = outermost_pairs(text)
    begin = _dateline_end(text, pairs)
    if begin:
        yield begin
    for stop in _stops(text, pairs):
        following = after_space(text, stop.end)
        if begin <= stop.start and following < len(text) and _ends_sentence(text, begin, stop, following):
            yield stop.end
            begin = following


def _stops(text: str, pairs: array[int]) -> Iterator[_Stop]:
    """All stops outside enclosures, and those with which the content of an enclosure ends."""
    index = 0
    for match in STOP.finditer(text):
        start, end = match.span()
        while index < len(pairs) and pairs[index + 1] < start:
            index += 2
        opening, closing = pairs[index : index + 2] if index < len(pairs) else (len(text), len(text))
        if opening > start:
            yield _Stop(start, end, _outer_end(text, start, end, opening, closing))
        elif text[opening] not in TITLE_OPENERS and _REST_OF_QUOTE.fullmatch(text, end, closing):
            yield _Stop(start, end, closing + 1, opening)


def _outer_end(text: str, start: int, end: int, opening: int, closing: int) -> int:
    """Where a sentence that stops at `start`–`end` would be cut: behind lost closing marks and a remark in brackets.

    `opening`–`closing` is the next enclosure. 했다.(웃음) keeps its remark; 했다.(끝), 했다.(2) do not.
    """
    closers = STRAY_CLOSERS.match(text, end, min(opening, end + 12))
    end = closers.end() if closers else end
    if end != opening or text[opening : opening + 1] not in REMARK_OPENERS:
        return end
    inside = text[opening + 1 : closing]
    is_list_mark = text[opening] != "[" and _LIST_MARK.fullmatch(inside)
    is_byline = _BYLINE_INSIDE.match(inside) and after_space(text, closing + 1) == len(text)
    if is_list_mark or is_byline or STOP.search(inside) or not _FINITE.search(text[max(0, start - 8) : start]):
        return end
    return closing + 1


def _ends_sentence(text: str, begin: int, stop: _Stop, following: int) -> bool:
    """Whether the sentence that began at `begin` ends with this stop; what comes next stands at `following`."""
    if stop.quote is not None:
        return _quote_ends_sentence(text, begin, stop.quote, stop, following)
    if following == stop.end:
        return _ends_closed_up(text, begin, stop)
    has_closer = stop.end > stop.marks_end
    if (CARRIES_ON_AFTER_QUOTE if has_closer else CARRIES_ON).match(text, following):
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
    if marks <= _DRAWN_OUT or CARRIES_ON.match(text, stop.end) or _SAID.match(text, stop.end):
        return False
    if stop.end > stop.marks_end and is_letter:
        return _STARTS_ANEW.match(text, stop.end) is not None
    if before.endswith(tuple(CLOSERS)) and marks <= _FULL_STOPS:  # …한다(시당위 책임).다음
        return _HANGUL.match(text, stop.end) is not None and not HANGS_ON.match(text, stop.end)
    if marks & _FULL_WIDTH:
        return _may_start_sentence(text, stop.end)
    ending = _HANGUL_LAST if "?" in marks else SPOKEN if marks & _CALLS else _FINITE
    return ending.search(before) is not None and _may_start_sentence(text, stop.end)


def _may_start_sentence(text: str, position: int) -> bool:
    """Whether what stands directly behind a stop can be the start of a sentence or a byline."""
    character = text[position]
    if character == "/":
        return _BYLINE.match(text, position) is not None
    if character.isascii() and character.islower():  # .hwp, ?id=3
        return False
    return character.isalnum() or character in OPENERS or character in _BULLETS


def _quote_ends_sentence(text: str, begin: int, opening: int, stop: _Stop, following: int) -> bool:
    """Whether an enclosure whose content ends with a stop is the end of the sentence that began at `begin`."""
    if following == stop.end and not _may_start_sentence(text, following):
        return False
    is_closed_up = following == stop.end and text[following].isalnum()
    if is_closed_up and _STARTS_ANEW.match(text, following):
        return True
    if CARRIES_ON_AFTER_QUOTE.match(text, following) or (is_closed_up and HANGS_ON.match(text, following)):
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


def after_space(text: str, position: int) -> int:
    """The offset of the first character at or after `position` that is not white space."""
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _dateline_end(text: str, pairs: array[int]) -> int:
    """The end of a dateline with which the paragraph begins, [심양 1월 24일발 신화통신]; 0 when there is none."""
    if not pairs or pairs[0] != after_space(text, 0) or text[pairs[0]] not in BRACKETS:
        return 0
    opening, closing = pairs[0], pairs[1]
    if closing - opening > _DATELINE_REACH or not _DATELINE_CUE.search(text, opening, closing):
        return 0
    reporter = _REPORTER.match(text, closing + 1)
    end = reporter.end() if reporter else closing + 1
    return 0 if _PARTICLE.match(text, end) else end
