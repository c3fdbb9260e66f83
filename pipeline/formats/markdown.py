"""Markdown articles: they are read here, and the translation alone is written here, for readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import yaml

from pipeline.article import Article, BlockKind, Meta, flat
from pipeline.errors import InputError
from pipeline.galley import Passage, galley
from pipeline.labels import LABELS, Field, ends_sentence, read_date
from pipeline.press import Piece, read_page, stands_alone
from pipeline.publication import Publication
from pipeline.segment import split_sentences


def write(publication: Publication, lang: str) -> bytes:
    """One language alone (`ko`: the original): title, attribution, then every block; UTF-8, one line a block.

    No sentence is left out (`pipeline.galley`), and what looks like markup in a text reads as it stands.
    """
    set_text = galley(publication, lang)
    lines = [(passage.kind, _passage(passage)) for passage in set_text.passages]
    front = [set_text.attribution, set_text.notice and f"*{_escaped(set_text.notice)}*"]
    front[0] = _escaped(front[0])
    at = set_text.after_title
    found: list[tuple[str, str]] = [*lines[:at], *(("front", line) for line in front if line), *lines[at:]]
    text = ""
    for (kind, line), (before, _) in zip(found, [("", ""), *found], strict=False):
        text += ("" if not before else "\n" if kind == before == "item" else "\n\n") + line
    return (text + "\n").encode()


def _passage(passage: Passage) -> str:
    text = _escaped(passage.text)
    match passage.kind:
        case "title" | "heading":
            return "#" * passage.depth + " " + text
        case "quote":
            return f"> {text}"
        case "item":
            return (f"{passage.number}. " if passage.number is not None else "- ") + text
        case "caption":
            return f"*{text}*"
    return text


def _escaped(text: str) -> str:
    """Markdown that reads as exactly this text, on one line (CommonMark, and the strike-through of GitHub)."""
    text = re.sub(r"[\\`*_\[\]<~]|&(?=#?\w+;)|(?<=\s)#+$", r"\\\g<0>", text)
    text = re.sub(r"^(#{1,6}|[-+])(?=\s|$)|^[>=]|^-(?=[-\s]*$)", r"\\\g<0>", text)
    return re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", text)


# Reading. Block markup goes to the lead and the tail of a piece; inline markup stays in the text.

FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<yaml>.*?^)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)
KEYS: dict[str, Field] = {word: field for field, words in LABELS.items() for word in (field, *words)} | {
    "published": "date",
    "link": "url",
}

# What a line is, the first that fits; a kind, or the reason for which it is no text.
LEADS: tuple[tuple[BlockKind, re.Pattern[str]], ...] = (
    ("title", re.compile(r" {0,3}#[ \t]+(?=\S)")),
    ("heading", re.compile(r" {0,3}#{2,6}[ \t]+(?=\S)")),
    ("item", re.compile(r"\s*(?:[-*+•·]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")),
    ("quote", re.compile(r" {0,3}>[ \t>]*(?=\S)")),
)
UNDERLINE = re.compile(r" {0,3}(?P<level>=+|-+)\s*")
CLOSING_MARKS = re.compile(r"[ \t]#+$")
NO_TEXT = (
    ("thematic break", re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})\s*")),
    ("image placeholder", re.compile(r"\s*!\[[^\]]*\]\([^)]*\)\s*")),
    ("markup", re.compile(r"\s*(?:<!--.*-->|(?:</?[A-Za-z][^<>]*>\s*)+|>[ \t>]*|```\S*|~~~\S*)\s*")),
    ("markup", re.compile(r"\s*\|?(?:\s*:?-{3,}:?\s*\|)+\s*(?::?-{3,}:?)?\s*")),  # the line below the head of a table
    ("link definition", re.compile(r" {0,3}\[[^\]^]+\]:\s*<?https?://\S+.*", re.DOTALL)),
    ("blank", re.compile(r"[\s\u200b\ufeff]*")),
)
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
EMPHASIS = re.compile(r"\[\^[^\]]*\]|\*+|__+|`+|~~|\\(?=[!-/:-@\[-`{-~])")


def read(text: str, article_id: str, file: str, encoding: str) -> Article:
    """The article in a decoded Markdown file; `source_text()` of it is `text`.

    Front matter is metadata, `#` the title, other headings, list items and quotes are blocks of their kind, lines
    of a paragraph are joined. Raises InputError for front matter that is no YAML, and where there is no body.
    """
    groups = [[piece] for piece in _front_matter(text, file)]
    for piece in _lines(text, sum(len(group[0].raw) for group in groups)):
        above = groups[-1][-1] if groups else None
        if above and (level := _underlined(groups[-1], piece)):
            groups[-1] = [replace(above, tail=above.tail + piece.raw, kind="title" if level == "=" else "heading")]
        elif above and piece.drop == "blank" and above.drop != "blank":
            groups[-1][-1] = replace(above, tail=above.tail + piece.raw)
        elif above and _continues(above, piece):
            groups[-1].append(replace(piece, kind=above.kind))
        else:
            groups.append([piece])
    pieces = [_joined(group) for group in groups]
    return read_page(pieces, split_sentences, article_id, Meta(file=file, encoding=encoding))


def _lines(text: str, start: int) -> Iterator[Piece]:
    number = len(text[:start].splitlines()) + 1
    for line in text[start:].splitlines(keepends=True):
        yield _line(line, start, number)
        start, number = start + len(line), number + 1


def _line(line: str, start: int, number: int) -> Piece:
    """One line: the mark of its kind is the lead; closing hashes and a backslash at its end belong to the tail."""
    for reason, pattern in NO_TEXT:
        if pattern.fullmatch(line):
            return Piece(start, number, "", line, "", drop=reason)
    kind, match = next(((k, m) for k, pattern in LEADS if (m := pattern.match(line))), (None, re.match(r"\s*", line)))
    lead = match[0] if match else ""
    text = line[len(lead) :].rstrip()
    if kind in ("title", "heading"):
        text = CLOSING_MARKS.sub("", text).rstrip()
    text = text.removesuffix("\\") or text
    return Piece(start, number, lead, text, line[len(lead) + len(text) :], kind, words=_plain(text))


def _joined(group: list[Piece]) -> Piece:
    if len(group) == 1:
        return group[0]
    raw = "".join(piece.raw for piece in group)
    text = raw[len(group[0].lead) : len(raw) - len(group[-1].tail)]
    return replace(group[0], text=text, tail=group[-1].tail, words=_plain(text))


def _underlined(above: list[Piece], piece: Piece) -> str:
    """The mark of a line of === or --- that makes the one line above it a heading; "" for all else."""
    match = UNDERLINE.fullmatch(piece.raw)
    is_open = len(above) == 1 and above[0].kind is None and not above[0].drop and len(above[0].raw.splitlines()) == 1
    return match["level"][0] if match and is_open else ""


def _continues(above: Piece, piece: Piece) -> bool:
    """Whether a line goes on with the paragraph, list item or quote above it."""
    if above.drop or piece.drop or above.kind in ("title", "heading") or len(above.tail.splitlines()) > 1:
        return False
    if above.tail.startswith(("  ", "\\")) or piece.text.startswith("|"):  # a line break that was asked for; a table
        return False
    if piece.kind == "quote":  # its mark would stand inside the sentence: only where the sentence goes on
        return above.kind == "quote" and not ends_sentence(above.text)
    if piece.kind is not None or stands_alone(above.plain, after_sentence=False):
        return False
    return not stands_alone(piece.plain, after_sentence=ends_sentence(above.text))


def _plain(text: str) -> str:
    return EMPHASIS.sub("", LINK.sub(r"\1", text)) if re.search(r"[*_`~\[\\]", text) else ""


def _front_matter(text: str, file: str) -> list[Piece]:
    """The front matter as dropped pieces that say what stands in it; a title on one line is a piece of text."""
    match = FRONT_MATTER.match(text)
    if not match:
        return []
    try:
        values = yaml.load(match["yaml"], Loader=yaml.BaseLoader)  # strings only: 2026-06-01 stays as it is written
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = f"the front matter is not YAML ({getattr(error, 'problem', None) or 'bad character'}). Repair it."
        raise InputError(file, problem, mark.line + 2 if mark else None) from error
    if not isinstance(values, dict):
        return []
    says = tuple(_said(values))
    reason = "read as " + ", ".join(dict.fromkeys(field for field, _ in says)) if says else "front matter"
    return _with_title(Piece(0, 1, "", match[0], "", drop=reason, says=says))


def _said(values: dict[object, object]) -> Iterator[tuple[Field, str]]:
    for key, value in values.items():
        field = KEYS.get(str(key).strip().lower())
        text = ", ".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else ""
        if field == "date":
            text = read_date(text) or ""
        if field and text.strip():
            yield field, flat(text)


def _with_title(front: Piece) -> list[Piece]:
    """The title cut out of the front matter, so that it is translated like one that stands in the text."""
    title = dict(front.says).get("title", "")
    match = re.search(rf"^\S+[ \t]*:[ \t]+[\"']?(?P<title>{re.escape(title)})(?=[\"']?\s*$)", front.text, re.MULTILINE)
    if not title or not match or "title" not in KEYS.get(match[0].split(":")[0].strip().lower(), ""):
        return [front]
    begin, end = match.span("title")
    line = front.text[: match.start()].count("\n") + 1
    before = replace(front, text=front.text[: match.start()])
    piece = Piece(match.start(), line, front.text[match.start() : begin], title, "", "title")
    after = replace(front, start=end, line=line, text=front.text[end:], says=())
    return [before, piece, after]
