"""The review table as a Word document: written for people to change, and read back whatever they did to it.

One row a segment. The ID cell carries the stamp by which a row is known again wherever it was moved; nothing goes by
position. Reading takes every tracked change as accepted. Macros are never run, pictures never opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from lxml import etree

from pipeline import __version__
from pipeline.article import BlockKind, Comment, Edit, Finding, Segment, fingerprint
from pipeline.errors import InputError
from pipeline.formats import Problem, Returned
from pipeline.hints import find_rendering, is_honoured
from pipeline.languages import SOURCE, TARGETS
from pipeline.office.headings import ID, ID_HEADING, OTHER, REMARK, REMARK_HEADING, order_of, read_order, roles
from pipeline.office.ooxml import Package, attribute, child, descendants, open_package, short, unwritable
from pipeline.office.tracked import accepted_text, asides, children, is_deleted, last_change
from pipeline.office.wordprocessing import GREY, Note, cell, document, face, locked, paragraph, run, w
from pipeline.publication import Publication
from pipeline.stamps import DIGITS, STAMP, Stamp, marks, read_stamp

AUTHOR = "Daeyeok"  # of the comments that the checks make
WIDTH = 15_398  # of the table, in twentieths of a point: A4 landscape without its margins
ID_WIDTH, REMARK_WIDTH = 1_420, 2_000
ONE_PAGE = 600  # characters up to which a row is kept on one page
GROUND = {"locked": "F6F6F6", "heading": "E9EEF4", "approved": "E6F2E3", "stale": "FBE6CF"}
UNDERLINES = {True: ("dotted", "2E75B6"), False: ("wave", "C00000"), None: ("dotted", GREY)}  # kept, missed, not asked
KINDS: Mapping[BlockKind, str] = {
    "title": "제목 / title",
    "heading": "소제목 / heading",
    "item": "항목 / item",
    "quote": "인용 / quote",
    "caption": "사진 설명 / caption",
    "byline": "필자 / byline",
}
FACTS = ("date", "publisher", "source", "author", "editor", "photographer", "url", "file")
HOW_TO = {
    "ko": "번역문과 마지막 칸을 고쳐 주십시오. 변경 내용 추적과 메모도 됩니다."
    " 줄은 옮기거나 지워도 되지만 ID는 그대로 두십시오.",
    "zh": "请修改译文和最后一栏，修订、批注均可。各行可以移动或删除，ID请勿改动。",
    "en": "Edit the translations and the last column, with tracked changes and comments if you like. Rows may be moved"
    " or deleted, the ID stays. Green: approved. Orange: the Korean has changed since.",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of a text that is underlined: a promise kept, missed, or a term of which nothing is asked."""

    start: int
    end: int
    is_kept: bool | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A stretch of a text that a comment stands on, and the number of the comment."""

    start: int
    end: int
    number: int


def write(publication: Publication) -> bytes:
    """The review table: ID, Korean, the publication's targets, an empty column for remarks; a comment each finding.

    ID and Korean are locked. A character that XML cannot hold is written out, ⟦U+001B⟧, and read back as it was. The
    article, the revision and the order of the marks stand in custom properties and in lines that people see.
    """
    article = publication.bitext.article
    facts = {"version": __version__, "article": article.id, "revision": str(publication.bitext.revision)}
    facts |= {"columns": order_of(publication.targets), "engine": publication.engine or "none"}
    meta = " · ".join(f"{name}: {value}" for name in FACTS if (value := getattr(article.meta, name)))
    visible = " · ".join((AUTHOR, *(f"{name}: {value}" for name, value in facts.items())))
    titles = _titles(publication)
    quiet = [(SOURCE.code, meta), ("en", visible), *HOW_TO.items()]
    facts["lines"] = " ".join(fingerprint(line)[:DIGITS] for _, line in (*titles.items(), *quiet))
    notes: list[Note] = []
    body = [
        *(paragraph(run(text, face(lang)), style="Title") for lang, text in titles.items()),
        *(paragraph(run(text, face(lang, size=8, colour=GREY))) for lang, text in quiet if text),
        _table(publication, notes),
        paragraph(),
    ]
    properties = {f"daeyeok.{name}": value for name, value in facts.items()}
    return document(body, notes, title=titles[SOURCE.code], footer=article.id, properties=properties)


def _titles(publication: Publication) -> dict[str, str]:
    """Language → title: the Korean one, or the id where there is none, and the translations that there are."""
    article = publication.bitext.article
    block = next((block for block in article.blocks if block.kind == "title"), None)
    titles = {SOURCE.code: article.meta.title or (block.text.strip() if block else "") or article.id}
    for lang in publication.targets:
        words = " ".join(_translated(publication, segment, lang) for segment in block.segments) if block else ""
        if words.strip():
            titles[lang] = words
    return titles


def _table(publication: Publication, notes: list[Note]) -> etree._Element:
    """The table; the comments that stand on it are appended to `notes`."""
    width = (WIDTH - ID_WIDTH - REMARK_WIDTH) // (1 + len(publication.targets))
    widths = [ID_WIDTH, *[width] * (1 + len(publication.targets)), REMARK_WIDTH]
    table = w(
        "tbl",
        w(
            "tblPr",
            w("tblStyle", val="ReviewTable"),
            w("tblW", w=sum(widths), type="dxa"),
            w("tblLayout", type="fixed"),
        ),
        w("tblGrid", *(w("gridCol", w=one) for one in widths)),
        _heading(publication, widths),
    )
    said: dict[str, list[Finding | Comment]] = {}
    spoken: tuple[Finding | Comment, ...] = (*publication.findings, *publication.bitext.comments)
    for one in spoken:
        said.setdefault(one.segment, []).append(one)
    for block in publication.bitext.article.blocks:
        for segment in block.segments:
            kind = KINDS.get(block.kind, "") if segment is block.segments[0] else ""
            row = _Row(publication, segment, block.kind in ("title", "heading"), said.get(segment.id, ()), notes)
            table.append(row.written(widths, len(table), kind, "7F7F7F" if segment is block.segments[0] else ""))
    return table


def _heading(publication: Publication, widths: Sequence[int]) -> etree._Element:
    order = run(order_of(publication.targets), face("en", size=7, colour=GREY))
    names = [(SOURCE.code, SOURCE.name), *((lang, TARGETS[lang].name) for lang in publication.targets)]
    texts = [
        [run(f"{ID_HEADING}\n", face("en", bold=True)), order],
        *([run(name, face(lang, bold=True))] for lang, name in names),
        [run(REMARK_HEADING, face(SOURCE.code, bold=True))],
    ]
    cells = [cell(width, paragraph(*text), fill=GROUND["heading"]) for width, text in zip(widths, texts, strict=True)]
    return w("tr", w("trPr", w("cantSplit"), w("tblHeader")), *cells)


@dataclass(frozen=True, slots=True)
class _Row:
    """A segment on its way into the table."""

    publication: Publication
    segment: Segment
    is_bold: bool
    said: Sequence[Finding | Comment]
    notes: list[Note]

    def written(self, widths: Sequence[int], number: int, kind: str, line: str) -> etree._Element:
        """The row; `kind` is said below the ID, `line` is the colour of the line above the first row of a block."""
        targets = self.publication.targets
        ground = GROUND["heading" if self.is_bold else "locked"]
        stamp = [
            run(f"{self.segment.id}\n", face("en", size=8)),
            run(marks(self.publication.bitext, self.segment, targets), face("en", size=5.5, colour=GREY)),
            *([run(f"\n{kind}", face(SOURCE.code, size=6.5, colour=GREY))] if kind else []),
        ]
        texts = [_translated(self.publication, self.segment, lang) for lang in targets]
        korean = self._content(self.segment.text, SOURCE.code, self._promises())
        cells = [
            cell(widths[0], paragraph(locked(2 * number, *stamp)), fill=ground, top=line),
            cell(widths[1], paragraph(locked(2 * number + 1, *korean)), fill=ground, top=line),
            *(
                cell(
                    widths[2],
                    paragraph(*self._content(text, lang, self._kept(text, lang))),
                    fill=self._ground(lang),
                    top=line,
                )
                for lang, text in zip(targets, texts, strict=True)
            ),
            cell(widths[-1], paragraph(), top=line),
        ]
        is_short = max(map(len, (self.segment.text, *texts))) <= ONE_PAGE
        return w("tr", w("trPr", *([w("cantSplit")] if is_short else [])), *cells)

    def _content(self, text: str, lang: str, spots: Sequence[Spot]) -> Iterator[etree._Element]:
        """A text cut where an underline or a comment begins or ends."""
        anchors = self._anchors(text, lang)
        edges = {0, len(text)}
        edges |= {edge for spot in spots for edge in (spot.start, spot.end)}
        edges |= {edge for anchor in anchors for edge in (anchor.start, anchor.end)}
        for start, end in pairwise([*sorted(edges), -1]):
            yield from (w("commentRangeStart", id=anchor.number) for anchor in anchors if anchor.start == start)
            for anchor in anchors:
                if anchor.end == start:
                    yield w("commentRangeEnd", id=anchor.number)
                    yield w("r", w("commentReference", id=anchor.number))
            if end > start:
                here = [spot.is_kept for spot in spots if spot.start <= start and end <= spot.end]
                underline = UNDERLINES[min(here, key=lambda is_kept: (is_kept is None, is_kept))] if here else None
                yield run(text[start:end], face(lang, bold=self.is_bold, underline=underline))

    def _promises(self) -> list[Spot]:
        """The terms in the Korean, each with whether every language has a rendering of it."""
        spots = [
            Spot(mention.start, mention.end, None) for mention in self.publication.mentions.get(self.segment.id, ())
        ]
        for lang in self.publication.targets:
            text = _translated(self.publication, self.segment, lang)
            hints = self.publication.hints.get((self.segment.id, lang), ())
            spots += [Spot(hint.start, hint.end, is_honoured(hint, text, lang)) for hint in hints]
        return [spot for spot in spots if 0 <= spot.start < spot.end <= len(self.segment.text)]

    def _kept(self, text: str, lang: str) -> list[Spot]:
        """The renderings that stand in a translation, each where it stands first."""
        hints = self.publication.hints.get((self.segment.id, lang), ())
        places = ((find_rendering(one, text, lang) for one in hint.accepted) for hint in hints)
        return [Spot(*found, True) for place in places if (found := next(filter(None, place), None))]

    def _anchors(self, text: str, lang: str) -> list[Anchor]:
        """Findings and people's comments on this text, put among the notes; what is on no text stands at the Korean."""
        anchors = []
        for one in self.said:
            if (one.lang if one.lang in self.publication.targets else SOURCE.code) != lang:
                continue
            place = 0, len(text)
            if isinstance(one, Comment):
                self.notes.append(Note(one.text, one.by or AUTHOR, one.at))
            else:
                suggestion = "" if one.suggestion is None else f" → {one.suggestion}"
                self.notes.append(Note(f"{one.severity}, {one.check}: {one.message}{suggestion}", AUTHOR))
                if one.lang == lang and one.start is not None and one.end is not None:
                    start = min(max(0, one.start), len(text))
                    place = start, min(max(start, one.end), len(text))
            anchors.append(Anchor(*place, len(self.notes) - 1))
        return anchors

    def _ground(self, lang: str) -> str:
        """The colour of a translation's cell: what is approved, what has become stale."""
        have = self.publication.bitext.translation(self.segment.id, lang)
        if (self.segment.id, lang) in self.publication.stale:
            return GROUND["stale"]
        return GROUND["approved"] if have and have.state == "approved" else ""


def _translated(publication: Publication, segment: Segment, lang: str) -> str:
    have = publication.bitext.translation(segment.id, lang)
    return have.text if have else ""


# --- reading --------------------------------------------------------------------------------------------------------

MARK = re.compile(rf"\s*·([0-9a-f]{{{DIGITS}}})")
ARTICLE = re.compile(r"article: (?P<article>.+?) · revision: ")
REFERENCES = ("w:commentRangeStart", "w:commentReference", "w:footnoteReference", "w:endnoteReference")
NOTES = {"comments": "w:comment", "footnotes": "w:footnote", "endnotes": "w:endnote"}

Item = Edit | Comment | Problem


@dataclass(frozen=True, slots=True)
class _Said:
    """A comment, footnote or endnote that came back. `text` is "" for a comment of ours that nobody wrote into."""

    text: str
    by: str
    at: str | None


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the columns of a table hold, in order, the headings as they stand, and where each begins in the grid."""

    roles: tuple[str, ...]
    heads: tuple[str, ...]
    starts: tuple[int, ...]


@dataclass(slots=True)
class _Document:
    """A document that is being read: what is known of it, and which of its notes have found their row."""

    order: tuple[str, ...]  # which languages the marks of a stamp stand for
    by: str
    said: Mapping[tuple[str, str], _Said]  # (kind of the reference without its last word, id) → note
    placed: set[tuple[str, str]] = field(default_factory=set)
    tables: list[etree._Element] = field(default_factory=list)  # those that are ours
    rows: int = 0  # that carry a stamp


def read_edits(content: bytes, name: str, by: str = "") -> Returned:
    """Every row of a returned review table as edits, touched or not, with tracked changes taken as accepted.

    `by` is who sent it back; the author of a tracked change goes before it, who last saved the file comes after it.
    What cannot be an edit is a problem and holds its text: a row without a readable ID, Korean that is not the one
    which went out with the ID, merged cells, text outside the table. Rows that were deleted say nothing. Comments,
    footnotes and the column for remarks are comments; so is a column that somebody added. Raises InputError for a file
    that is no review table, too large, damaged, encrypted or with declared entities. A .docm is read, its macros not.
    """
    package = open_package(content, name)
    part = package.related("", "officeDocument") or "word/document.xml"
    root = package.tree(part)
    body = child(root, "w:body") if root is not None else None
    if root is None or body is None:
        raise InputError(name, "this is a packed file, but no Word document.")
    facts = _facts(package, body)
    order = read_order(facts.get("columns", "")) or tuple(TARGETS)
    reader = _Document(order, by or _last_saved_by(package), _said(package, part))
    items = [item for table in descendants(body, "w:tbl") for item in _read_table(reader, table)]
    if not reader.rows:
        raise InputError(name, _why_no_row(reader))
    items += _left_over(reader, body, facts)
    if "word/vbaProject.bin" in package.parts:
        items.append(Problem("the file", "It holds macros. They were not run, and nothing of them was taken."))
    return Returned(
        facts.get("article"),
        tuple(item for item in items if isinstance(item, Edit)),
        tuple(item for item in items if isinstance(item, Comment)),
        tuple(item for item in items if isinstance(item, Problem)),
    )


def _why_no_row(reader: _Document) -> str:
    if reader.tables:
        return "the review table has lost its IDs (s12 and the small marks below). Copy the ID column back into it."
    return "there is no review table in it. Edit the file that was exported for review, and send that back."


def _facts(package: Package, body: etree._Element) -> dict[str, str]:
    """What the document says of itself in its properties, or else in the lines above the table."""
    tree = package.tree(package.related("", "custom-properties") or "docProps/custom.xml")
    entries = descendants(tree, "op:property") if tree is not None else ()
    named = {entry.get("name") or "": "".join(map(str, entry.itertext())) for entry in entries}
    facts = {name.removeprefix("daeyeok."): unwritable(value) for name, value in named.items() if "daeyeok." in name}
    if not facts.get("article"):
        match = next(filter(None, (ARTICLE.search(accepted_text(p)) for p in children(body, "w:p"))), None)
        facts |= {"article": match["article"], "columns": match.string} if match else {}
    return facts


def _last_saved_by(package: Package) -> str:
    tree = package.tree(package.related("", "core-properties") or "docProps/core.xml")
    found = child(tree, "cp:lastModifiedBy") if tree is not None else None
    return (found.text or "").strip() if found is not None else ""


def _said(package: Package, part: str) -> dict[tuple[str, str], _Said]:
    said = {}
    for kind, name in NOTES.items():
        tree = package.tree(package.related(part, kind) or "")
        for note in descendants(tree, name) if tree is not None else ():
            text, change = accepted_text(note).strip(), last_change(note)
            answer = _answer(text)
            author = attribute(note, "w:author") or ""
            if answer != text:  # the comment is ours, the answer is not its author's
                author = change.by if change else ""
            said[name, attribute(note, "w:id") or ""] = _Said(answer, author, _date(attribute(note, "w:date")))
    return said


def _date(written: str | None) -> str | None:
    """The date of a change or comment as it is written; None for what is no date (LibreOffice: 0-00-00T00:00:00Z)."""
    try:
        datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return written


def _answer(text: str) -> str:
    """What a person wrote into a comment of ours, behind the mark; a comment that is not ours, as it stands."""
    for match in MARK.finditer(text):
        if fingerprint(text[: match.start()]).startswith(match[1]):
            return text[match.end() :].strip()
    return text


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a table that came back: its cells, those that a tracked change took out left aside, and their texts."""

    place: str  # row 14, or table 2, row 3
    row: etree._Element
    cells: tuple[etree._Element, ...]
    texts: tuple[str, ...]

    @property
    def is_stamped(self) -> bool:
        return any(STAMP.search(text.lower()) for text in self.texts)


def _lines(table: etree._Element, before: str) -> Iterator[_Line]:
    for number, row in enumerate(children(table, "w:tr"), 1):
        if not is_deleted(row):
            cells = tuple(one for one in children(row, "w:tc") if not is_deleted(one))
            yield _Line(f"{before}row {number}", row, cells, tuple(accepted_text(one).strip() for one in cells))


def _read_table(reader: _Document, table: etree._Element) -> Iterator[Item]:
    """The rows of a table of ours; of another table, and of one inside a cell of ours, nothing."""
    if any(above in reader.tables for above in table.iterancestors()):
        return
    lines = list(_lines(table, f"table {len(reader.tables) + 1}, " if reader.tables else ""))
    if not any(line.is_stamped or ID in (roles(line.texts) or ()) for line in lines):
        return
    reader.tables.append(table)
    columns: _Columns | None = None
    for line in lines:
        heading = None if line.is_stamped else roles(line.texts)
        if heading and (columns is None or ID in heading):
            columns = _Columns(heading, line.texts, _starts(line))
            reader.order = read_order(" ".join(line.texts)) or reader.order
            continue
        columns = columns or (_usual(reader, line) if line.is_stamped else None)
        if columns:
            yield from _read_line(reader, line, columns)
        elif any(line.texts):
            message = (
                "The table has no heading row (ID, 한국어, 中文 …), so nobody knows what stands where. Put it back."
            )
            yield Problem(line.place, message, "\n".join(filter(None, line.texts)))


def _usual(reader: _Document, line: _Line) -> _Columns | None:
    """The columns as they go out, for a table without headings that has as many; the Korean proves each row."""
    usual = (ID, SOURCE.code, *reader.order, REMARK)
    return _Columns(usual, usual, _starts(line)) if len(line.cells) == len(usual) else None


def _starts(line: _Line) -> tuple[int, ...]:
    """Where each cell begins in the grid of the table, and where the last one ends."""
    starts = [_number(child(line.row, "w:trPr", "w:gridBefore"), 0)]
    for one in line.cells:
        starts.append(starts[-1] + _number(child(one, "w:tcPr", "w:gridSpan"), 1))
    return tuple(starts)


def _number(element: etree._Element | None, otherwise: int) -> int:
    value = (attribute(element, "w:val") or "") if element is not None else ""
    return int(value) if value.isdecimal() and len(value) < 5 else otherwise


def _read_line(reader: _Document, line: _Line, columns: _Columns) -> Iterator[Item]:
    """A row as its edits and comments; as a problem with all its text where it is not certain whose it is."""
    if not any(line.texts):
        return
    placed = _placed(line, columns)
    ids = [line.texts[n] for n, role in enumerate(placed) if role in (ID, OTHER) and read_stamp(line.texts[n])]
    stamp = read_stamp(ids[0]) if ids else None
    reader.rows += stamp is not None
    objection = _objection(reader, line, placed, ids, stamp)
    if stamp is None or objection:
        yield Problem(
            line.place, objection, "\n".join(t for t, role in zip(line.texts, placed, strict=True) if t and role != ID)
        )
        return
    bases = dict(zip(reader.order, stamp.bases, strict=True))
    for one, text, role, head in zip(line.cells, line.texts, placed, _heads(placed, columns), strict=True):
        change = last_change(one)
        by, at = (change.by, _date(change.at)) if change else (reader.by, None)
        lang = role if role in TARGETS else ""
        if role is None or (lang and _is_merged(one)):
            if text:
                yield Problem(line.place, "Cells were merged, so nobody knows which text is whose. Divide them.", text)
        elif lang:
            base = bases.get(lang)
            is_ours = base is not None and fingerprint(text).startswith(base)
            settled = text if is_ours else text.replace("\xad", "")  # other soft hyphens are the typesetter's
            yield Edit(stamp.segment, lang, settled, base, stamp.of, by=by, place=line.place, at=at)
        elif text and role == REMARK:
            yield Comment(stamp.segment, "", text, by, at)
        elif text and role == OTHER and not read_stamp(text):
            yield Comment(stamp.segment, "", f"{head}: {text}" if head else text, by, at)
        yield from _noted(reader, one, stamp.segment, lang)
        for words in asides(one):
            yield Problem(
                line.place, "A picture or a text box stands in the cell. Only the cell's own text is taken.", words
            )


def _objection(
    reader: _Document, line: _Line, placed: Sequence[str | None], ids: Sequence[str], stamp: Stamp | None
) -> str:
    """Why it is not certain whose row this is, "" when it is."""
    if stamp is None:
        return "The row has no ID that can be read (s12 and the small marks below). Copy it from the exported file."
    if len(ids) > 1 or len(STAMP.findall(ids[0].lower())) > 1:
        return "The row has two IDs. Divide it into two rows."
    if len(stamp.bases) != len(reader.order):
        return "The ID is not whole. Copy it from the exported file."
    korean = [text for text, role in zip(line.texts, placed, strict=True) if role == SOURCE.code]
    if korean and not any(fingerprint(t).startswith(stamp.of) for k in korean for t in (k, k.replace("\xad", ""))):
        return "The Korean is not the one that went out with this ID. Put the ID or the Korean back as it was."
    return ""


def _placed(line: _Line, columns: _Columns) -> list[str | None]:
    """The role of each cell: by order where the row is whole, else by the grid; None for one over several columns."""
    if len(line.cells) == len(columns.roles):
        return list(columns.roles)
    placed: list[str | None] = []
    for start, end in pairwise(_starts(line)):
        over = [role for role, at in zip(columns.roles, columns.starts, strict=False) if start <= at < end]
        placed.append(over[0] if len(over) == 1 else None if over else OTHER)
    return placed


def _heads(placed: Sequence[str | None], columns: _Columns) -> Sequence[str]:
    return columns.heads if len(placed) == len(columns.roles) else [""] * len(placed)


def _is_merged(one: etree._Element) -> bool:
    return child(one, "w:tcPr", "w:vMerge") is not None


def _noted(reader: _Document, one: etree._Element, segment: str, lang: str) -> Iterator[Comment]:
    """The comments, footnotes and endnotes that begin in a cell."""
    for node in descendants(one, *REFERENCES):
        kind = re.sub("(?:RangeStart|Reference)$", "", short(node.tag))
        key = kind, attribute(node, "w:id") or ""
        said = reader.said.get(key)
        if said and key not in reader.placed:
            reader.placed.add(key)
            if said.text:
                yield Comment(segment, lang, said.text, said.by or reader.by, said.at)


def _left_over(reader: _Document, body: etree._Element, facts: Mapping[str, str]) -> Iterator[Problem]:
    """What stands in no row: comments that hang elsewhere, and text around the table that did not go out with it."""
    for key, said in reader.said.items():
        if said.text and key not in reader.placed and key[0] == "w:comment":
            yield Problem(
                "a comment", f"A comment of {said.by or 'somebody'} stands at no row of the table.", said.text
            )
    known = facts.get("lines", "").split()
    around = [*children(body, "w:p"), *(table for table in children(body, "w:tbl") if table not in reader.tables)]
    for element in around if known else ():
        text = accepted_text(element).strip()
        if text and fingerprint(text)[:DIGITS] not in known:
            yield Problem("outside the table", "This stands in no row of the table.", text)
