"""Bilingual XML that other tools have saved: parsed without trust, its segments matched with what went out.

Tools cut segments, join them, number them anew and copy the Korean into empty translations. A text is taken for the
translation of a segment only where its Korean is the one that the mark of the segment stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from lxml import etree

from pipeline.article import Comment, Edit, Finding, Segment, State, Translation, fingerprint, flat
from pipeline.errors import InputError, SettingsError
from pipeline.faults import HANGUL
from pipeline.languages import TARGETS, Language, target
from pipeline.publication import Publication
from pipeline.stamps import DIGITS, Stamp, marks, read_stamp

STATES: tuple[State, ...] = get_args(State)
SEGMENT_ID = re.compile(r"s\d+")
NAMED = re.compile(r"\s*(s\d+)\s*[,:，：]\s*")  # a note says which segment of its unit it is about
MOST_PARTS = 12  # of one segment that a tool has cut, the white space between them counted too
NOT_XML = {
    b"PK": "this is a packed file (DOCX, XLSX or the like), whatever its name says. Give it its own ending back",
    b"%PDF": "this is a PDF, whatever its name says. Edits in a PDF cannot be read",
    b"\xd0\xcf\x11\xe0": "this is a file of an old Office, whatever its name says. Save it as .docx or .xlsx",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What a segment went out with: the marks of its texts, and the state that the document gave its translation."""

    stamp: Stamp
    state: State


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a unit as it came back: a segment, or with `is_gap` what stands between two."""

    id: str | None
    source: str
    target: str = ""
    state: State | None = None
    place: str = ""
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it came back. `mark` stands for the text of one of ours as it went out, None for one of others."""

    text: str
    mark: str | None = None
    by: str = ""
    is_on_source: bool = False
    segment: str = ""  # "" where only its text may say


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph as it came back; `sent` are the segments that it went out with, in their order."""

    pieces: tuple[Piece, ...]
    sent: Mapping[str, Sent] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Stray:
    """A text that belongs to no segment with certainty; it is handed to a person."""

    place: str
    message: str
    text: str


# --- going out ------------------------------------------------------------------------------------------------------


def sent_state(publication: Publication, translation: Translation | None) -> State:
    """The state that a document gives a translation: one under which the Korean has changed is a draft again."""
    if translation is None or (translation.segment, translation.lang) in publication.stale:
        return "draft"
    return translation.state


def sent_mark(publication: Publication, segment: Segment, lang: str) -> str:
    """What `read_sent` reads back: `3fa2c1·91bc02 edited`."""
    state = sent_state(publication, publication.bitext.translation(segment.id, lang))
    return f"{marks(publication.bitext, segment, (lang,))} {state}"


def said(publication: Publication, lang: str) -> dict[str, list[Finding | Comment]]:
    """What checks and people say on each segment or its translation into a language; by segment id, findings first."""
    found: dict[str, list[Finding | Comment]] = {}
    everything: list[Finding | Comment] = [*publication.findings, *publication.bitext.comments]
    for one in everything:
        if one.lang == lang or one.lang not in TARGETS:
            found.setdefault(one.segment, []).append(one)
    return found


def sentence(one: Finding | Comment) -> str:
    """A finding or a comment as one line: `s12, warning: … Suggestion: …`, `s12, Kim: …`."""
    if isinstance(one, Comment):
        return f"{one.segment}, {one.by or 'comment'}: {flat(one.text)}"
    suggestion = f" Suggestion: {one.suggestion}" if one.suggestion is not None else ""
    return f"{one.segment}, {one.severity}: {one.message}{suggestion}"


def note_mark(text: str) -> str:
    """The mark by which a note of ours is known when it comes back; one that somebody changed is not ours any more."""
    return fingerprint(text)[:DIGITS]


# --- coming back ----------------------------------------------------------------------------------------------------


def parse(content: bytes, name: str) -> etree._Element:
    """The root of an XML file. Nothing is fetched and no entity is resolved.

    Raises InputError for what is no well-formed XML, with the line, and for a file that declares entities.
    """
    for beginning, what in NOT_XML.items():
        if content.startswith(beginning):
            raise InputError(name, f"{what}.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        problem = f"the file is cut off or damaged ({error.msg}). Save or export it again in the tool it comes from."
        raise InputError(name, problem, error.lineno) from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and declared.entities():  # type: ignore[union-attr]  # unknown to the stubs
        raise InputError(name, "it declares entities, which no translation tool does. It was not read.")
    return root


def language_of(tag: str | None, name: str) -> Language:
    """The target language of a document. Raises InputError where it says none, or one that is none of ours."""
    try:
        return target(tag or "")
    except SettingsError as error:
        ours = ", ".join(language.tag for language in TARGETS.values())
        said = f"its target language is “{tag}”, not one of ours" if tag else "it does not say its target language"
        raise InputError(name, f"{said} ({ours}).") from error


def one_article(found: Iterable[str], name: str) -> str | None:
    """The article that a document is of, None where it does not say. Raises InputError for a document of several."""
    articles = list(dict.fromkeys(found))
    if len(articles) > 1:
        raise InputError(
            name, f"it holds {len(articles)} articles ({', '.join(articles)}). Save each as a file of its own."
        )
    return articles[0] if articles else None


def text_of(element: etree._Element, code: Callable[[etree._Element], str | None]) -> str:
    """The text of a source or target. `code` gives what an inline element stands for, None for one that only wraps."""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            meant = code(child)
            pieces.append(text_of(child, code) if meant is None else meant)
        elif child.tag is etree.Entity:
            pieces.append(child.text or "")  # of a DOCTYPE that was not fetched: as it stands
        pieces.append(child.tail or "")
    return "".join(pieces)


def read_sent(segment: str, mark: str) -> Sent | None:
    """A mark of `sent_mark` read back, None for what is none. Without a state the segment went out as a draft."""
    stamp = read_stamp(f"{segment} {mark}")
    if stamp is None:
        return None
    state = next((state for state in STATES if mark.split()[-1:] == [state]), STATES[0])
    return Sent(stamp, state)


def read_units(units: Sequence[Unit], lang: str, by: str) -> Iterator[Edit | Comment | Stray]:
    """Everything that the units say: an edit for each segment, touched or not, people's notes, and what is astray."""
    everywhere: dict[str, Sent] = {}
    for unit in reversed(units):
        everywhere.update(unit.sent)
    if not everywhere and units:
        yield Stray("the file", "The tool has lost the marks of what went out. Only new translations can be taken.", "")
    for unit in units:
        yield from _read_pieces(unit, everywhere, lang, by)
        ids = list(dict.fromkeys([*unit.sent, *(piece.id for piece in unit.pieces if piece.id and not piece.is_gap)]))
        yield from (_said(note, ids, lang, by) for note in unit.notes if not _is_ours(note) and note.text.strip())


def _read_pieces(unit: Unit, everywhere: Mapping[str, Sent], lang: str, by: str) -> Iterator[Edit | Stray]:
    """Edits in the order of the unit. First who is where it was, then who was cut or got another id, then the rest."""
    rows: dict[int, tuple[str, Piece]] = {}
    free = set()
    for at, piece in enumerate(unit.pieces):
        sent = unit.sent.get(piece.id or "") or everywhere.get(piece.id or "")
        if sent and piece.id and not piece.is_gap and _is_source(sent, piece.source):
            rows[at] = piece.id, piece
        else:
            free.add(at)
    seen = {segment for segment, _ in rows.values()}
    for segment, start, whole in _recovered(unit, free, [one for one in unit.sent if one not in seen], lang):
        rows[start] = segment, whole
    rows.update({at: ("", unit.pieces[at]) for at in free if not unit.pieces[at].is_gap})
    for _, (segment, piece) in sorted(rows.items()):
        if segment:
            yield _edit(segment, unit.sent.get(segment) or everywhere[segment], piece, lang, by)
        elif piece.id and SEGMENT_ID.fullmatch(piece.id) and piece.id not in everywhere:
            yield _edit(piece.id, None, piece, lang, by)  # nothing is known of it: the article will tell
        else:
            yield _stray(piece)


def _recovered(unit: Unit, free: set[int], missing: Sequence[str], lang: str) -> Iterator[tuple[str, int, Piece]]:
    """Missing segments whose Korean is found in one piece or in several neighbours; those are taken out of `free`.

    Two missing segments with the same Korean are left alone: nothing says which one is which.
    """
    korean = [unit.sent[segment].stamp.of for segment in missing]
    for segment in missing:
        sent = unit.sent[segment]
        if korean.count(sent.stamp.of) > 1:
            continue
        for start in sorted(free):
            whole = _whole(unit.pieces, free, start, sent, lang)
            if whole is not None:
                free.difference_update(range(start, start + whole[1]))
                yield segment, start, whole[0]
                break


def _whole(pieces: Sequence[Piece], free: set[int], start: int, sent: Sent, lang: str) -> tuple[Piece, int] | None:
    """The free pieces from `start` on that are together one segment, and how many they are."""
    parts: list[Piece] = []
    while len(parts) < MOST_PARTS and start + len(parts) in free:
        parts.append(pieces[start + len(parts)])
        if parts[0].is_gap or parts[-1].is_gap:
            if parts[0].is_gap:
                return None
            continue
        for between in ("", " "):
            if _is_source(sent, between.join(part.source for part in parts)):
                whole = _joined(parts, between, lang)
                return (whole, len(parts)) if whole else None
    return None


def _joined(parts: Sequence[Piece], between: str, lang: str) -> Piece | None:
    """The parts of a segment as one; None where some are translated and some are not."""
    space = "" if TARGETS[lang].script == "Hans" else " "
    segments = [part for part in parts if not part.is_gap]
    if len({bool(part.target.strip()) for part in segments}) > 1:
        return None
    text = (space if between else "").join(part.target or (space if part.is_gap else "") for part in parts)
    states = [part.state for part in segments if part.state]
    state = min(states, key=STATES.index) if len(states) == len(segments) else None
    return Piece(parts[0].id, between.join(part.source for part in parts), text.strip(), state, parts[0].place)


def _edit(segment: str, sent: Sent | None, piece: Piece, lang: str, by: str) -> Edit | Stray:
    base = sent.stamp.bases[0] if sent and sent.stamp.bases else None
    of = sent.stamp.of if sent else fingerprint(piece.source)
    text = piece.target
    if HANGUL.search(text) and flat(text) == flat(piece.source) and not (base and fingerprint(text).startswith(base)):
        if base is not None:
            message = f"The tool has put the Korean in the place of the translation of {segment}. It was not taken."
            return Stray(piece.place, message, text)
        text = ""  # many tools fill what is not translated with the source
    # A document raises a state. One that it went out with says nothing of the text that came back.
    before = sent.state if sent else "draft"
    state = piece.state if text.strip() and piece.state and STATES.index(piece.state) > STATES.index(before) else None
    return Edit(segment, lang, text, base, of, state, by, piece.place)


def _stray(piece: Piece) -> Stray:
    named = f"The Korean of segment {piece.id}" if piece.id else "The Korean of a segment"
    message = (
        f"{named} is not what went out: segments were joined or cut, or the Korean was edited."
        f" Put the text where it belongs by hand. Korean: {piece.source}"
    )
    return Stray(piece.place, message, piece.target)


def _is_source(sent: Sent, source: str) -> bool:
    return fingerprint(source).startswith(sent.stamp.of)


def _is_ours(note: Note) -> bool:
    return note.mark is not None and note.mark == note_mark(note.text)


def _said(note: Note, segments: Sequence[str], lang: str, by: str) -> Comment | Stray:
    """A note is about the segment at which it stands or that it names first, else about the first of its unit."""
    named = NAMED.match(note.text)
    segment, text = note.segment, note.text
    if named and named[1] in (segments if not segment else [segment]):
        segment, text = named[1], note.text[named.end() :]
    segment = segment or next(iter(segments), "")
    if not segment:
        return Stray("the file", "A note stands on no segment. Read it here.", note.text.strip())
    return Comment(segment, "" if note.is_on_source else lang, text.strip(), note.by or by)
