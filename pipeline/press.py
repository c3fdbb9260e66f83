"""A page of the press, as it is pasted from a website, becomes an article: what is text, what is said about it.

Readers of formats cut a file into pieces; here each piece is judged by what it says and where it stands. The head
ends where the first paragraph begins, the tail begins after the last one; in between hardly anything is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from pipeline.article import Article, Block, BlockKind, DroppedLine, Meta, Segment, flat
from pipeline.errors import InputError
from pipeline.furniture import BRACKETS, Zone, drop_reason, is_section
from pipeline.labels import (
    LABEL,
    Field,
    Reading,
    dateline_author,
    dateline_source,
    ends_sentence,
    is_empty_label,
    is_outlet,
    read_byline,
    read_labels,
    read_stamp,
)

Split = Callable[[str], list[tuple[int, int]]]

BODY: tuple[BlockKind, ...] = ("paragraph", "item", "quote")
TITLE_LENGTH = 100  # characters; of the headlines that we have seen the longest had 64
HEADING_LENGTH = 40
MOST_SUBTITLES = 2
CAPTION_LENGTH = 90

HEADING_MARKS = "■◆◇□▶►●◎"
PHOTO_MARKS = "▲△"  # a photo caption; two or more in a row are a list
CLOSERS = "”’\"'」』》〉>)）]】 "
CAPTION = re.compile(r"[\[(（【<]?\s*(?:사진|图)(?:\s?설명|为|은)?\s*[\])）】>:：]|사진은\s|사진\s?설명|图为")
CREDIT = re.compile(  # “… 야경. 리명 촬영”, “(신화사 기자 리명 촬영)”, “… 모습. 사진 제공: 단동시”
    r"(?:(?:[.(（/／]|기자)\s*\S{2,4}\s?(?:촬영|摄)|(?:사진|자료)\s?제공(?:\s?[:=]\s?\S{2,12})?|供图)\s*[)）\].]?$"
)
EVENT = re.compile(
    r"\s*(?:장소|지점|일시|地点|대상)\s*[:：]"
)  # a notice of an event, whose 시간: is no date of the article
FACT = re.compile(r"\s*\S{2,6}\s*[:：]")
CONTACT = re.compile(
    r"(?:주소|전화|련락처|연락처|팩스|메일|이메일|우편번호|地址|电话|传真|邮箱|邮编|Tel|Fax|E-?mail)\s*[:：]", re.I
)
# “… 밝혔다. /신화통신”, “… 밝혔다.(연변일보 기자 김철수)”
CLOSING_BYLINE = re.compile(
    r"(?<=[.。!?！？”’」』〉》)）])\s*(?P<byline>[/／][^/／.]{2,40}|[(（\[【][/／]?[^()（）\[\]【】]{2,40}[)）\]】])$"
)
TITLE_AND_SITE = re.compile(r"\s?[-–—_|]\s?.{1,24}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line or a paragraph of a file: `lead` (indent, list mark), text, `tail` (white space and line ends after it).

    All pieces of a file, in order, join to its exact text. `kind` and `drop` are what the format itself says.
    """

    start: int
    line: int  # 1-based
    lead: str
    text: str
    tail: str
    kind: BlockKind | None = None
    drop: str | None = None  # the reason for which it is no text
    says: tuple[tuple[Field, str], ...] = ()  # read by the format, front matter
    words: str = ""  # the text as it reads, where it has inline markup

    @property
    def plain(self) -> str:
        """What is judged: the text without inline markup."""
        return self.words or self.text

    @property
    def is_wrapped(self) -> bool:
        """Whether the text runs over several lines of the file."""
        return len(self.text.splitlines()) > 1

    @property
    def raw(self) -> str:
        """The piece as it stands in the file."""
        return self.lead + self.text + self.tail


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a piece is: a block of this kind, or dropped for this reason."""

    kind: BlockKind | None = None
    reason: str | None = None
    reading: Reading | None = None


def read_page(pieces: Sequence[Piece], split: Split, article_id: str, meta: Meta) -> Article:
    """The article on a page. `meta` holds what is known beforehand (file, encoding); what is read fills the rest.

    Pieces that are text become blocks in their order, their sentences (by `split`) segments; every other piece
    becomes a dropped line with its reason. Raises InputError for a page without a paragraph.
    """
    pieces = _with_title_label(pieces)
    verdicts = _judge(pieces)
    pieces, verdicts = _with_closing_byline(pieces, verdicts)
    meta = _meta(pieces, verdicts, meta)
    verdicts = [_kept_if_unread(verdict, meta) for verdict in verdicts]
    if not any(verdict.kind in BODY for verdict in verdicts):
        found = "only a title" if any(verdict.kind == "title" for verdict in verdicts) else "nothing"
        problem = f"{found} was found, and no paragraph of an article. Put the whole article into the file."
        raise InputError(meta.file or article_id, problem)
    return Article(article_id, tuple(_blocks(pieces, verdicts, split)), meta, tuple(_dropped(pieces, verdicts)))


def stands_alone(text: str, after_sentence: bool = True) -> bool:
    """Whether a line is certainly no part of the paragraph that the lines around it may form."""
    if read_labels(text) or read_stamp(text) or drop_reason(text, "head") or drop_reason(text, "tail"):
        return True
    return after_sentence and read_byline(text) is not None


def _with_title_label(pieces: Sequence[Piece]) -> list[Piece]:
    """`제목: …` is a title whose label goes to the lead."""
    found = list(pieces)
    for number, piece in enumerate(found[:12]):
        match = LABEL.match(piece.text)
        reading = read_labels(piece.text) if match and not piece.drop else None
        if match and reading and [field for field, _ in reading.fields] == ["title"]:
            begin = match.end() + len(piece.text[match.end() :]) - len(piece.text[match.end() :].lstrip())
            lead = piece.lead + piece.text[:begin]
            found[number] = replace(piece, lead=lead, text=piece.text[begin:], kind="title", words="")
    return found


def _judge(pieces: Sequence[Piece]) -> list[Verdict]:
    verdicts: list[Verdict | None] = [None] * len(pieces)
    for number, piece in enumerate(pieces):
        if piece.drop:
            verdicts[number] = Verdict(reason=piece.drop)
    _judge_values_below_labels(pieces, verdicts)
    _judge_related(pieces, verdicts)
    first = _judge_head(pieces, verdicts)
    last = _judge_tail(pieces, verdicts, first)
    for number in range(first, min(last + 1, len(pieces))):
        verdicts[number] = verdicts[number] or _in_body(pieces[number])
    _judge_contacts(pieces, verdicts, last)
    judged = [
        verdict or Verdict(kind=_kind(pieces, verdicts, number, is_body=first <= number <= last))
        for number, verdict in enumerate(verdicts)
    ]
    if any(verdict.kind in BODY for verdict in judged):
        return judged
    return [replace(verdict, kind="paragraph") if verdict.kind == "caption" else verdict for verdict in judged]


def _judge_values_below_labels(pieces: Sequence[Piece], verdicts: list[Verdict | None]) -> None:
    """`来源：` on one line and `료녕일보` on the next."""
    for number, piece in enumerate(pieces[:-1]):
        below = pieces[number + 1].plain
        if verdicts[number] or len(below) > HEADING_LENGTH or not is_empty_label(piece.plain):
            continue
        reading = None if is_empty_label(below) or read_labels(below) else read_labels(f"{piece.plain} {below}")
        if reading and "title" not in dict(reading.fields) and not ends_sentence(below):
            verdicts[number] = Verdict(reason=reading.reason, reading=reading)
            verdicts[number + 1] = Verdict(reason=reading.reason)


def _judge_head(pieces: Sequence[Piece], verdicts: list[Verdict | None]) -> int:
    """Judge what stands before the body; the number of the piece with which the body begins."""
    is_event = any(EVENT.match(piece.plain) for piece in pieces)
    candidates: list[int] = []
    for number, piece in enumerate(pieces):
        if verdicts[number]:
            continue
        has_title = any(not _names_site(pieces[candidate]) for candidate in candidates)
        verdicts[number] = _around(piece, "head", has_title=has_title, is_event=is_event)
        if verdicts[number]:
            continue
        is_text = _is_prose(piece) or piece.kind in (*BODY, "heading") or (is_event and FACT.match(piece.plain))
        if candidates and is_text and piece.kind != "title":
            break
        if not candidates and not _may_be_title(pieces, number):
            break
        if candidates and _is_caption(pieces, verdicts, number):
            verdicts[number] = Verdict(kind="caption")
        else:
            candidates.append(number)
    else:
        number = len(pieces)
    if (number == len(pieces) and len(candidates) > 1) or len(candidates) > 1 + MOST_SUBTITLES:
        number = candidates[1]  # short lines are the article, a notice or a poem
    _judge_titles(pieces, verdicts, [candidate for candidate in candidates if candidate < number])
    return number


def _judge_titles(pieces: Sequence[Piece], verdicts: list[Verdict | None], candidates: list[int]) -> None:
    """Of the lines above the body that may be a title one is; before it stands the site, below it a subtitle."""
    marked = [number for number in candidates if pieces[number].kind == "title"]
    named = [number for number in candidates if not _names_site(pieces[number])]
    title = (marked or named or candidates or [-1])[0]
    following = next((number for number in candidates if number > title), None)
    if following is not None and not marked and _repeats(pieces[title], pieces[following]):
        title = following
    for number in candidates:
        if number == title:
            verdicts[number] = Verdict(kind="title")
        elif _repeats(pieces[number], pieces[title]):
            verdicts[number] = Verdict(reason="title repeated")
        elif number < title and not marked:
            verdicts[number] = Verdict(reason="site furniture")
        else:
            verdicts[number] = Verdict(kind="heading")


def _names_site(piece: Piece) -> bool:
    return is_section(piece.plain) or is_outlet(piece.plain.strip(BRACKETS))


def _repeats(piece: Piece, title: Piece) -> bool:
    """Whether a line is the title once more, or the tab of the browser: “단동항 새 항로 개통 - 료녕신문”."""
    begin, line = flat(title.plain), flat(piece.plain)
    site = TITLE_AND_SITE.fullmatch(line.removeprefix(begin)) if len(begin) >= 8 else None
    return line.startswith(begin) and (line == begin or site is not None)


def _judge_tail(pieces: Sequence[Piece], verdicts: list[Verdict | None], first: int) -> int:
    """Judge what stands after the body, from the end upwards; the number of the last piece of the body."""
    kept = 0
    for number in range(len(pieces) - 1, first, -1):
        if verdicts[number]:
            continue
        verdict = _around(pieces[number], "tail", has_title=kept < 3, is_event=False)
        if verdict is None and _is_prose(pieces[number]):
            return number
        verdicts[number] = verdict
        kept += verdict is None
    undecided = [number for number in range(first, len(pieces)) if not verdicts[number]]
    is_prose = first < len(pieces) and _is_prose(pieces[first])
    return first if is_prose or not undecided else undecided[-1]  # a page of short lines has no tail


def _judge_related(pieces: Sequence[Piece], verdicts: list[Verdict | None]) -> None:
    """Below a heading “관련기사” after which no paragraph comes, everything that could be a headline is its list."""
    heading: int | None = None
    for number, piece in enumerate(pieces):
        text = piece.plain
        if _is_paragraph(piece):
            heading = None
        elif heading is None and len(text) <= 14 and drop_reason(text, "tail") == "related articles":
            heading = number
    for number in range(heading if heading is not None else len(pieces), len(pieces)):
        verdict = _around(pieces[number], "tail", has_title=True, is_event=False)
        verdicts[number] = verdicts[number] or verdict or Verdict(reason="related articles")


def _judge_contacts(pieces: Sequence[Piece], verdicts: list[Verdict | None], last: int) -> None:
    """Address and telephone below the copyright notice are the site's; anywhere else they may be the news."""
    below = False
    for number in range(last + 1, len(pieces)):
        verdict = verdicts[number]
        below = below or (verdict is not None and verdict.reason == "copyright notice")
        if below and verdict is None and CONTACT.match(pieces[number].plain):
            verdicts[number] = Verdict(reason="site furniture")


def _around(piece: Piece, zone: Zone, *, has_title: bool, is_event: bool) -> Verdict | None:
    """What a piece before or after the body is, if it is certainly no text. Bylines stand below the title."""
    text = piece.plain
    reading = read_labels(text)
    if reading and reading.strength == "vague label" and is_event:
        return None
    if reason := None if reading else drop_reason(text, zone):
        stamp = read_stamp(text) if reason == "web address" else None
        return Verdict(reason=stamp.reason, reading=stamp) if stamp else Verdict(reason=reason)
    reading = reading or read_stamp(text) or (read_byline(text) if has_title else None)
    if reading and not (piece.kind == "title" or "title" in dict(reading.fields)):
        return Verdict(reason=reading.reason, reading=reading)
    return Verdict(reason="site furniture") if is_empty_label(text) else None


def _in_body(piece: Piece) -> Verdict | None:
    """What a piece between paragraphs is: a line of labels is no text only with a date or with several labels."""
    reading = read_labels(piece.plain)
    if reading and reading.strength == "label":
        named = {field for field, _ in reading.fields}
        if "date" in named or len(named) > 1:
            return Verdict(reason=reading.reason, reading=reading)
    reason = drop_reason(piece.plain, "body")
    return Verdict(reason=reason) if reason else None


def _is_prose(piece: Piece) -> bool:
    return len(piece.plain) > TITLE_LENGTH or ends_sentence(piece.plain) or dateline_source(piece.plain) is not None


def _is_paragraph(piece: Piece) -> bool:
    """Prose that is no headline: a headline may end with a question mark, but not with a full stop."""
    return len(piece.plain) > TITLE_LENGTH or piece.plain.rstrip(CLOSERS).endswith((".", "。"))


def _may_be_title(pieces: Sequence[Piece], number: int) -> bool:
    """A short line; one that ends with a full stop only if the labels of the page follow it."""
    piece = pieces[number]
    if piece.kind not in (None, "title", "heading") or len(piece.plain) > TITLE_LENGTH or piece.is_wrapped:
        return piece.kind == "title"
    if not _is_paragraph(piece) and dateline_source(piece.plain) is None:
        return True
    below = pieces[number + 1].plain if number + 1 < len(pieces) else ""
    is_above_labels = read_labels(below) is not None or read_stamp(below) is not None
    return is_above_labels and any(_is_paragraph(other) for other in pieces[number + 2 :])


def _kind(pieces: Sequence[Piece], verdicts: Sequence[Verdict | None], number: int, *, is_body: bool) -> BlockKind:
    """The kind of a piece that is text."""
    piece = pieces[number]
    if piece.kind:
        return "heading" if piece.kind == "title" else piece.kind
    if _is_caption(pieces, verdicts, number):
        return "caption"
    mark = piece.lead.strip()
    is_short = len(piece.plain) <= HEADING_LENGTH and not piece.is_wrapped and piece.plain[-1] not in ":：,，、;；"
    if is_short and not ends_sentence(piece.plain) and (not mark or mark in HEADING_MARKS):
        if not is_body and not mark:
            return "byline"
        if is_body and _stands_over_prose(pieces, verdicts, number):
            return "heading"
    return "item" if mark else "paragraph"


def _stands_over_prose(pieces: Sequence[Piece], verdicts: Sequence[Verdict | None], number: int) -> bool:
    """Whether the next piece of text is a paragraph, and the one before is no short line like this one."""
    above = _next_text(verdicts, range(number - 1, -1, -1))
    below = _next_text(verdicts, range(number + 1, len(pieces)))
    if below is None or not _is_prose(pieces[below]):
        return False
    return above is None or verdicts[above] is not None or pieces[above].kind is not None or _is_prose(pieces[above])


def _next_text(verdicts: Sequence[Verdict | None], numbers: Iterable[int]) -> int | None:
    """The first of these pieces that is text or not yet judged."""
    return next((number for number in numbers if not (verdicts[number] or Verdict()).reason), None)


def _is_caption(pieces: Sequence[Piece], verdicts: Sequence[Verdict | None], number: int) -> bool:
    piece, text = pieces[number], pieces[number].plain
    mark = piece.lead.strip()
    if len(text) > CAPTION_LENGTH:
        return False
    if mark and mark in PHOTO_MARKS:
        around = [*pieces[max(number - 1, 0) : number], *pieces[number + 1 : number + 2]]
        return not any(other.lead.strip() == mark for other in around)
    if CAPTION.match(text) or CREDIT.search(text):
        return True
    above = verdicts[number - 1] if number else None
    return above is not None and above.reason == "image placeholder" and (not ends_sentence(text) or len(text) <= 40)


def _with_closing_byline(pieces: Sequence[Piece], verdicts: list[Verdict]) -> tuple[list[Piece], list[Verdict]]:
    """Cut the byline off that closes the last paragraph: “… 밝혔다. /신화통신”."""
    pieces = list(pieces)
    last = next((n for n in reversed(range(len(pieces))) if verdicts[n].kind == "paragraph"), None)
    found = CLOSING_BYLINE.search(pieces[last].text, max(len(pieces[last].text) - 60, 0)) if last is not None else None
    inside = found["byline"].strip(BRACKETS) if found else ""
    reading = read_labels(inside) or read_byline(inside)
    if last is None or not found or not reading:
        return pieces, verdicts
    piece, cut = pieces[last], found.start("byline")
    body = piece.text[:cut].rstrip()
    line = piece.line + len(f"{piece.text[:cut]}/".splitlines()) - 1
    byline = Piece(piece.start + len(piece.lead) + cut, line, "", piece.text[cut:], piece.tail)
    shortened = replace(piece, text=body, tail=piece.text[len(body) : cut], words="")
    verdict = Verdict(reason=reading.reason, reading=replace(reading, strength="byline"))
    pieces[last : last + 1] = [shortened, byline]
    return pieces, [*verdicts[: last + 1], verdict, *verdicts[last + 1 :]]


def _meta(pieces: Sequence[Piece], verdicts: Sequence[Verdict], known: Meta) -> Meta:
    """What counts more comes first: front matter, labels, bare dates and bylines, at last a dateline."""
    said: list[tuple[Field, str]] = [pair for piece in pieces for pair in piece.says]
    said += [("title", flat(p.plain)) for p, verdict in zip(pieces, verdicts, strict=True) if verdict.kind == "title"]
    readings = [verdict.reading for verdict in verdicts if verdict.reading]
    for strength in ("label", "vague label", "byline"):
        said += [pair for reading in readings if reading.strength == strength for pair in reading.fields]
    body = [piece for piece, verdict in zip(pieces, verdicts, strict=True) if verdict.kind == "paragraph"]
    said += [("source", source) for piece in body[:2] if (source := dateline_source(piece.plain))]
    said += [("author", author) for piece in body[:2] if (author := dateline_author(piece.plain))]
    first: dict[str, str] = {}
    for field, value in said:
        first.setdefault(field, flat(value))
    return replace(known, **{field.name: first[field.name] for field in fields(Meta) if field.name in first})


def _kept_if_unread(verdict: Verdict, meta: Meta) -> Verdict:
    """A byline that says something else than what the article is now said to be stays in the text."""
    if not verdict.reading or verdict.reading.strength != "byline":
        return verdict
    read = tuple((field, value) for field, value in verdict.reading.fields if getattr(meta, field) == flat(value))
    if not read:
        return Verdict(kind="byline")
    reading = replace(verdict.reading, fields=read)
    return Verdict(reason=reading.reason, reading=reading)


def _blocks(pieces: Sequence[Piece], verdicts: Sequence[Verdict], split: Split) -> Iterator[Block]:
    blocks = segments = 0
    for piece, verdict in zip(pieces, verdicts, strict=True):
        if verdict.kind is None:
            continue
        blocks += 1
        lead, found = _segments(piece, split, segments)
        segments += len(found)
        yield Block(f"b{blocks}", verdict.kind, found, lead, piece.start)


def _segments(piece: Piece, split: Split, before: int) -> tuple[str, tuple[Segment, ...]]:
    """The lead and the segments of a piece: lead, texts and gaps join to it."""
    text = piece.text
    spans = split(text) or [(0, len(text))]
    ends = [start for start, _ in spans[1:]] + [len(text)]
    found = [
        Segment(f"s{before + number}", text[start:end], text[end:following])
        for number, ((start, end), following) in enumerate(zip(spans, ends, strict=True), start=1)
    ]
    found[-1] = replace(found[-1], gap=found[-1].gap + piece.tail)
    return piece.lead + text[: spans[0][0]], tuple(found)


def _dropped(pieces: Sequence[Piece], verdicts: Sequence[Verdict]) -> Iterator[DroppedLine]:
    for piece, verdict in zip(pieces, verdicts, strict=True):
        if verdict.kind is None:
            yield DroppedLine(piece.line, piece.raw, verdict.reason or "site furniture", piece.start)
