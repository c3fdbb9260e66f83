"""Plain text: one paragraph a line, as it is pasted from a website, or paragraphs wrapped to a width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.article import Article, Meta
from pipeline.labels import ends_sentence
from pipeline.press import Piece, read_page, stands_alone
from pipeline.segment import split_sentences

INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # zero-width characters that editors of websites leave behind
MARK = r"[•·∙‣▪■□◆◇○●◎☞▶►▷※▲△]\s*|[-–—*]\s+"
LEAD = re.compile(rf"[\s{INVISIBLE}]*(?:(?:{MARK})(?=\S))?")

NARROWEST, WIDEST = 40, 160  # columns of wrapped text; a Hangul syllable is two
RAGGED = 12  # columns that a wrapped line may fall short by: the word that did not fit


def read(text: str, article_id: str, file: str, encoding: str) -> Article:
    """The article in a decoded text file; `source_text()` of it is `text`.

    Each line with text is a block; lines wrapped to one width are joined to paragraphs. Raises InputError where
    there is no body.
    """
    pieces = _joined(list(_lines(text)))
    return read_page(pieces, split_sentences, article_id, Meta(file=file, encoding=encoding))


def _lines(text: str) -> Iterator[Piece]:
    """The lines that hold something, each with the blank lines after it."""
    start, number = 0, 1
    gathered: list[str] = []  # a line and the blank lines below it
    for line in [*text.splitlines(keepends=True), ""]:
        if gathered and (line == "" or not line.isspace()):
            yield _piece("".join(gathered), start, number)
            start, number = start + sum(map(len, gathered)), number + len(gathered)
            gathered = []
        gathered.append(line)


def _piece(raw: str, start: int, line: int) -> Piece:
    text = raw.strip("".join((INVISIBLE, " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\u3000")))
    if not text:
        return Piece(start, line, "", raw, "", drop="blank")
    kept = raw.rstrip()
    match = LEAD.match(kept)
    lead = match[0] if match and match.end() < len(kept) else ""
    return Piece(start, line, lead, kept[len(lead) :], raw[len(kept) :])


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, with the lines of each paragraph that is wrapped to the width of the file made one."""
    width = _wrap_width(pieces)
    joined: list[Piece] = []
    number = 0
    while number < len(pieces):
        end = _paragraph_end(pieces, number, width) if width else number + 1
        joined.append(_join(pieces[number:end]))
        number = end
    return joined


def _wrap_width(pieces: Sequence[Piece]) -> int | None:
    """The columns to which the file is wrapped: two lines in a row are about as wide and end in mid-sentence."""
    widest = 0
    for one, two, three in zip(pieces, pieces[1:], pieces[2:], strict=False):
        if not (_is_open(one) and _is_open(two)):
            continue
        widths = _columns(one), _columns(two)
        is_alike = NARROWEST <= max(widths) <= WIDEST and abs(widths[0] - widths[1]) <= RAGGED
        if is_alike and _continues(one, two) and _continues(two, three):
            widest = max(widest, *widths)
    return widest or None


def _paragraph_end(pieces: Sequence[Piece], begin: int, width: int) -> int:
    """The number after the last line of the paragraph: its lines are full but for the last, which ends a sentence."""
    end = begin + 1
    while end < len(pieces) and _continues(pieces[end - 1], pieces[end]):
        if not width - RAGGED <= _columns(pieces[end - 1]) <= width:
            break
        end += 1
    is_wrapped = any(_is_open(piece) for piece in pieces[begin : end - 1]) and ends_sentence(pieces[end - 1].text)
    return end if is_wrapped else begin + 1


def _continues(above: Piece, below: Piece) -> bool:
    """Whether two lines can be of one paragraph: no blank line, list mark, deeper indent or label between them."""
    if len(above.tail.splitlines()) > 1 or above.drop or below.drop or below.lead.strip():
        return False
    if len(below.lead) > len(above.lead) or stands_alone(above.text, after_sentence=False):
        return False
    return not stands_alone(below.text, after_sentence=ends_sentence(above.text))


def _is_open(piece: Piece) -> bool:
    """Whether a line ends in mid-sentence. Lists often leave the full stop out, so 다 and 요 count as an end."""
    return not ends_sentence(piece.text) and not piece.text.endswith(("다", "요", ":", "："))


def _columns(piece: Piece) -> int:
    text = piece.lead + piece.text[: WIDEST + 1]
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _join(pieces: Sequence[Piece]) -> Piece:
    first, last = pieces[0], pieces[-1]
    text = "".join(piece.raw for piece in pieces)[len(first.lead) :]
    return replace(first, text=text[: len(text) - len(last.tail)], tail=last.tail)
