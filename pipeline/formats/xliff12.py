"""XLIFF 1.2, for CAT tools that know no other: one file an article and language, one trans-unit a segment.

The trans-units of a block stand in a group, the groups in one that names the article. White space between sentences
is not in it: 1.2 has no place for it that tools leave alone. What the names mean: OASIS XLIFF Version 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from pipeline import __version__, bilingual
from pipeline.article import Comment, Edit, Finding, Origin, Segment, Severity, State
from pipeline.bilingual import (
    Note,
    Piece,
    Sent,
    Stray,
    Unit,
    language_of,
    note_mark,
    one_article,
    parse,
    read_sent,
    read_units,
    sent_mark,
    sent_state,
    sentence,
    text_of,
)
from pipeline.errors import InputError
from pipeline.formats import Problem, Returned
from pipeline.languages import SOURCE, TARGETS, Language
from pipeline.office.ooxml import unwritable, writable
from pipeline.publication import Publication

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
FAMILY = "urn:oasis:names:tc:xliff:document:1."  # of the namespaces of 1.1 and 1.2; 1.0 has none
XML = "http://www.w3.org/XML/1998/namespace"
ARTICLE = "x-daeyeok-article"

# `translated` is not read as a person's work: tools write it on whatever they save.
WRITTEN: dict[State, str] = {"draft": "needs-review-translation", "edited": "translated", "approved": "final"}
READ: dict[str, State] = {"final": "approved", "signed-off": "approved"}
QUALIFIERS: dict[Origin, str] = {"machine": "leveraged-mt", "memory": "leveraged-tm"}
PRIORITIES: dict[Severity, str] = {"error": "1", "warning": "3", "info": "5"}  # 1 is the highest of ten
Said = Mapping[str, list[Finding | Comment]]  # what is to be said on each segment

OWN_NOTE = re.compile(r"Daeyeok, .*, ([0-9a-f]{6})", re.DOTALL)  # `from` of a note that went out, and its text's mark
SILENT = frozenset({"bx", "ex", "x"})  # inline elements that hold nothing


def write(publication: Publication, lang: str) -> bytes:
    """The article with its translation into one language, valid against the strict OASIS schema.

    A machine's draft is `needs-review-translation` with where it comes from, an edited text `translated`, an approved
    one `final` and approved, a person's work under which the Korean has changed `needs-review-translation`. Terms,
    findings and comments are notes. A character that XML cannot hold is written ⟦U+001B⟧ and read back from it.
    """
    language = TARGETS[lang]
    article = publication.bitext.article
    root = etree.Element(_name("xliff"), {"version": "1.2"}, nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    file = _child(
        root,
        "file",
        original=article.meta.file or article.id,
        datatype="plaintext",
        **{"source-language": SOURCE.tag, "target-language": language.tag},
        **{"product-name": "Daeyeok", "product-version": __version__},
    )
    file.set(f"{{{XML}}}space", "preserve")
    _add_header(file, publication)
    said = bilingual.said(publication, lang)
    parent = _child(_child(file, "body"), "group", restype=ARTICLE, resname=article.id)
    for block in article.blocks:
        if block.segments:
            group = _child(parent, "group", id=block.id, restype=f"x-daeyeok-{block.kind}")
            for segment in block.segments:
                _add_unit(group, publication, segment, language, said)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _add_header(file: etree._Element, publication: Publication) -> None:
    """What the article says of itself, for the translator to read."""
    meta = publication.bitext.article.meta
    names = ("title", "date", "publisher", "source", "author", "editor", "photographer", "url")
    lines = [f"{name}: {value}" for name in names if (value := getattr(meta, name)) is not None]
    if lines:
        header = _child(file, "header")
        for line in lines:
            _add_note(header, line, "article", priority="5")


def _add_unit(
    group: etree._Element, publication: Publication, segment: Segment, language: Language, said: Said
) -> None:
    translation = publication.bitext.translation(segment.id, language.code)
    mark = f"{segment.id} {sent_mark(publication, segment, language.code)}"
    unit = _child(group, "trans-unit", id=segment.id, extradata=mark)
    unit.set(f"{{{XML}}}space", "preserve")
    _child(unit, "source", segment.text)
    if translation is not None and translation.text.strip():
        state = sent_state(publication, translation)
        target = _child(unit, "target", translation.text, state=WRITTEN[state])
        if state == "draft" and translation.origin in QUALIFIERS:
            target.set("state-qualifier", QUALIFIERS[translation.origin])
        if state == "approved":
            unit.set("approved", "yes")
    _add_notes(unit, publication, segment, language, said)


def _add_notes(
    unit: etree._Element, publication: Publication, segment: Segment, language: Language, said: Said
) -> None:
    """Terms with the renderings that will do, then findings, then what people have said."""
    hints = [hint for hint in publication.hints.get((segment.id, language.code), ()) if hint.why != "memory"]
    for line in dict.fromkeys(f"{segment.text[h.start : h.end]} → {' / '.join(h.accepted)}" for h in hints):
        _add_note(unit, line, "term", "source")
    for one in said.get(segment.id, ()):
        if isinstance(one, Finding):
            _add_note(unit, sentence(one), one.check, "target", PRIORITIES[one.severity])
        else:
            _add_note(unit, sentence(one), "comment", "target" if one.lang else "source")


def _add_note(parent: etree._Element, text: str, kind: str, annotates: str = "general", priority: str = "3") -> None:
    """A note of ours: `from` holds the mark of its text, so that an answer written into it is not taken for it."""
    origin = {"from": f"Daeyeok, {kind}, {note_mark(writable(text))}"}
    _child(parent, "note", text, annotates=annotates, priority=priority, **origin)


def _child(parent: etree._Element, name: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, _name(name), {key: writable(value) for key, value in attributes.items()})
    element.text = writable(text) if text is not None else None
    return element


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


# --- coming back ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _TransUnit:
    """A trans-unit as it came back."""

    piece: Piece
    sent: Mapping[str, Sent]
    notes: tuple[Note, ...]


def read_edits(content: bytes, name: str, by: str = "") -> Returned:
    """Every trans-unit of a returned XLIFF 1.2 file as an edit, touched or not; notes of others are comments.

    A state counts where it is higher than the one that went out: `final`, `signed-off` and approved="yes" are
    approved. Proposals (alt-trans) and the segments that a tool drew inside a unit (seg-source, mrk) are left aside,
    inline codes are what they stand for. Units that a tool has cut or numbered anew are found again by their Korean,
    others are problems and hold their text. Raises InputError for a file that is damaged, of another project or
    version, of several articles, or into a language that is none of ours.
    """
    root = parse(content, name)
    if _core(root) != "xliff" or not (root.get("version") or "1").startswith("1"):
        raise InputError(name, f"this is not XLIFF 1 but “{etree.QName(root).localname}” {root.get('version') or ''}.")
    files = [element for element in root if _core(element) == "file"]
    units = [unit for file in files for unit in _units(file)]
    if not any(unit.sent for unit in units) and not any((f.get("product-name") == "Daeyeok") for f in files):
        original = ", ".join(f"“{file.get('original')}”" for file in files[:3])
        raise InputError(name, f"this is XLIFF of another project ({original or 'empty'}): no segment of it is ours.")
    languages = {language_of(file.get("target-language") or _spoken_in(file), name) for file in files}
    if len(languages) > 1:
        raise InputError(name, "it holds several languages. Save each as a file of its own.")
    article = one_article((found for file in files for found in _articles(file)), name)
    items = list(read_units(units, languages.pop().code, by))
    return Returned(
        article,
        tuple(item for item in items if isinstance(item, Edit)),
        tuple(item for item in items if isinstance(item, Comment)),
        tuple(Problem(item.place, item.message, item.text) for item in items if isinstance(item, Stray)),
    )


def _core(element: etree._Element) -> str:
    """The name of an element of XLIFF, whatever its prefix; "" for those of others, comments and the like."""
    if not isinstance(element.tag, str):
        return ""
    namespace, _, local = element.tag.rpartition("}")
    return local if not namespace or namespace.startswith("{" + FAMILY) else ""


def _spoken_in(file: etree._Element) -> str | None:
    """The language that a target says, where the file does not."""
    targets = (element.get(f"{{{XML}}}lang") for element in file.iter() if _core(element) == "target")
    return next((tag for tag in targets if tag), None)


def _articles(file: etree._Element) -> Iterator[str]:
    for group in file.iter():
        if _core(group) == "group" and group.get("restype") == ARTICLE and group.get("resname"):
            yield unwritable(group.get("resname") or "")


def _units(file: etree._Element) -> Iterator[Unit]:
    """The trans-units of each group together: pieces of a segment that was cut stand side by side."""
    groups: dict[etree._Element, list[_TransUnit]] = {}
    for element in file.iter():
        parent = element.getparent()
        if _core(element) == "trans-unit" and parent is not None:
            groups.setdefault(parent, []).append(_trans_unit(element))
    for parts in groups.values():
        sent = {segment: one for part in parts for segment, one in part.sent.items()}
        notes = tuple(note for part in parts for note in part.notes)
        yield Unit(tuple(part.piece for part in parts), sent, notes)
    notes = tuple(note for header in file if _core(header) == "header" for note in _notes(header, ""))
    if notes:
        yield Unit((), notes=notes)


def _trans_unit(element: etree._Element) -> _TransUnit:
    texts = {
        _core(child): unwritable(text_of(child, _meant)) for child in element if _core(child) in ("source", "target")
    }
    target = next((child for child in element if _core(child) == "target"), None)
    state = READ.get(target.get("state") or "") if target is not None else None
    if element.get("approved") == "yes":
        state = "approved"
    mark = element.get("extradata") or ""
    sent = read_sent("", mark)
    name = element.get("id") or ""
    place = f"line {element.sourceline}, {name}"
    piece = Piece(name, texts.get("source", ""), texts.get("target", ""), state, place)
    segment = sent.stamp.segment if sent else name
    return _TransUnit(piece, {sent.stamp.segment: sent} if sent else {}, tuple(_notes(element, segment)))


def _meant(code: etree._Element) -> str | None:
    """What an inline element stands for; None for those that stand around text, mark-up of the original included."""
    return unwritable(code.get("equiv-text") or "") if _core(code) in SILENT else None


def _notes(element: etree._Element, segment: str) -> Iterator[Note]:
    for note in element:
        if _core(note) == "note":
            own = OWN_NOTE.fullmatch(note.get("from") or "")
            text = "".join(map(str, note.itertext()))
            said = note.get("from") or ""
            yield Note(text, own[1] if own else None, "" if own else said, note.get("annotates") == "source", segment)
