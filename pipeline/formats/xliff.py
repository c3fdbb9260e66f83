"""XLIFF 2, for CAT tools: one file an article and language, one unit a block, one segment a sentence.

Written is 2.0; 2.0, 2.1 and 2.2 are read back. Terms stand in the glossary module and not as marks inside the source:
tools show marks as tags, and every translator would have to place them. Metadata stands in the metadata module, and
with it what each segment went out with. What the names mean: OASIS XLIFF Version 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from pipeline import bilingual
from pipeline.article import Block, Comment, Edit, Finding, Meta, Segment, Severity, State
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
from pipeline.publication import Publication

CORE = "urn:oasis:names:tc:xliff:document:2.0"
GLOSSARY = "urn:oasis:names:tc:xliff:glossary:2.0"
METADATA = "urn:oasis:names:tc:xliff:metadata:2.0"

PREFIXES: dict[str | None, str] = {None: CORE, "gls": GLOSSARY, "mda": METADATA}
STATES: dict[State, str] = {"draft": "translated", "edited": "reviewed", "approved": "final"}
READ: dict[str | None, State] = {written: state for state, written in STATES.items()}
PRIORITIES: dict[Severity, str] = {"error": "1", "warning": "3", "info": "5"}  # 1 is the highest of ten

FAMILY = "urn:oasis:names:tc:xliff:document:2."  # of the namespaces of 2.0, 2.1 (the same) and 2.2
Said = Mapping[str, list[Finding | Comment]]  # what is to be said on each segment

OWN_NOTE = re.compile(r"s\d+-\d+-([0-9a-f]{6})")  # the id of a note that went out, and its text's mark
NAME_TOKEN = re.compile("[A-Za-z0-9._가-힣一-鿿-]+")  # an id that XML surely takes

# What XML 1.0 cannot hold, not even as a reference: control characters, lone surrogates, U+FFFE and U+FFFF.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(publication: Publication, lang: str) -> bytes:
    """The article with its translation into one language, valid against the OASIS schema.

    The sources of segments and ignorables, joined unit by unit, are the text of the blocks character for character;
    a character that XML cannot hold is a `cp` element there, and U+FFFD in notes and metadata. A machine's draft is
    `translated`, an edited text `reviewed`, an approved one `final`, and a person's work under which the Korean has
    changed falls back to `translated` with the sub-state `daeyeok:stale`. Findings and comments are notes.
    """
    language = TARGETS[lang]
    article = publication.bitext.article
    root = etree.Element(
        _name(CORE, "xliff"),
        {"version": "2.0", "srcLang": SOURCE.tag, "trgLang": language.tag},
        nsmap=PREFIXES,  # type: ignore[arg-type]  # the stubs do not know the default namespace
    )
    file = etree.SubElement(root, _name(CORE, "file"), {"id": _file_id(article.id), "canResegment": "no"})
    file.set("original", _plain(article.meta.file or article.id))
    file.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    _add_metadata(file, article.id, article.meta)
    contents: list[tuple[etree._Element, str]] = []
    said = bilingual.said(publication, lang)
    for block in article.blocks:
        if block.text:
            contents += _add_unit(file, publication, block, language, said)
    etree.indent(root)
    for element, text in contents:  # after the indenting, which would put white space into them
        _fill(element, text)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _add_metadata(file: etree._Element, article: str, meta: Meta) -> None:
    group = etree.SubElement(_child(file, METADATA, "metadata"), _name(METADATA, "metaGroup"), {"category": "article"})
    names = ("title", "date", "publisher", "source", "author", "editor", "photographer", "url")
    values = [("id", article), *((name, getattr(meta, name)) for name in names)]
    for name, value in values:
        if value is not None:
            _child(group, METADATA, "meta", value, type=name)


def _add_unit(
    file: etree._Element, publication: Publication, block: Block, language: Language, said: Said
) -> Iterator[tuple[etree._Element, str]]:
    """Add the unit of a block; yields each source and target that is still empty with the text that belongs there."""
    unit = _child(file, CORE, "unit", id=block.id, type=f"daeyeok:{block.kind}")
    _add_glossary(unit, publication, block, language)
    _add_marks(unit, publication, block, language)
    _add_notes(unit, block, said)
    if block.lead:
        yield _child(_child(unit, CORE, "ignorable"), CORE, "source"), block.lead
    for segment in block.segments:
        yield from _add_segment(unit, publication, segment, language)
        if segment.gap:
            ignorable = _child(unit, CORE, "ignorable")
            yield _child(ignorable, CORE, "source"), segment.gap
            if segment is not block.segments[-1]:
                yield _child(ignorable, CORE, "target"), "" if language.script == "Hans" else " "


def _add_segment(
    unit: etree._Element, publication: Publication, segment: Segment, language: Language
) -> Iterator[tuple[etree._Element, str]]:
    element = _child(unit, CORE, "segment", id=segment.id)
    yield _child(element, CORE, "source"), segment.text
    translation = publication.bitext.translation(segment.id, language.code)
    if translation is None or not translation.text.strip():
        element.set("state", "initial")
        return
    is_stale = (segment.id, language.code) in publication.stale
    element.set("state", STATES[sent_state(publication, translation)])
    element.set("subState", "daeyeok:stale" if is_stale else f"daeyeok:{translation.origin}")
    yield _child(element, CORE, "target"), translation.text


def _add_glossary(unit: etree._Element, publication: Publication, block: Block, language: Language) -> None:
    """Each term of the block once, with the renderings that will do, the preferred one first."""
    promised = {
        (segment.text[hint.start : hint.end], hint.accepted): hint
        for segment in block.segments
        for hint in publication.hints.get((segment.id, language.code), ())
        if hint.why != "memory"
    }
    if not promised:
        return
    glossary = _child(unit, GLOSSARY, "glossary")
    for (korean, accepted), hint in promised.items():
        entry = _child(glossary, GLOSSARY, "glossEntry")
        _child(entry, GLOSSARY, "term", korean, source="glossary" if hint.why == "glossary" else "gloss in the article")
        for rendering in accepted:
            _child(entry, GLOSSARY, "translation", rendering)
        term = publication.terms.get(hint.term or "")
        if term and term.note:
            _child(entry, GLOSSARY, "definition", term.note)


def _add_marks(unit: etree._Element, publication: Publication, block: Block, language: Language) -> None:
    """What each segment goes out with. A sub-state would not do: tools drop it when they set another state."""
    if block.segments:
        group = _child(_child(unit, METADATA, "metadata"), METADATA, "metaGroup", category="marks")
        for segment in block.segments:
            _child(group, METADATA, "meta", sent_mark(publication, segment, language.code), type=segment.id)


def _add_notes(unit: etree._Element, block: Block, said: Said) -> None:
    """Findings and comments stand at the unit, where XLIFF has its notes: each begins with the id of its segment.

    The id of a note holds the mark of its text, so that an answer written into it is not taken for the note itself.
    """
    notes = [
        (f"{segment.id}-{number}", one)
        for segment in block.segments
        for number, one in enumerate(said.get(segment.id, ()), 1)
    ]
    if notes:
        parent = _child(unit, CORE, "notes")
        for name, one in notes:
            text = sentence(one)
            if isinstance(one, Finding):
                attributes = {"category": one.check, "priority": PRIORITIES[one.severity]}
            else:
                attributes = {"category": "comment", "appliesTo": "target" if one.lang else "source"}
            _child(parent, CORE, "note", text, id=f"{name}-{note_mark(_plain(text))}", **attributes)


def _child(
    parent: etree._Element, namespace: str, name: str, text: str | None = None, /, **attributes: str
) -> etree._Element:
    element = etree.SubElement(
        parent, _name(namespace, name), {key: _plain(value) for key, value in attributes.items()}
    )
    element.text = _plain(text) if text is not None else None
    return element


def _name(namespace: str, name: str) -> str:
    return f"{{{namespace}}}{name}"


def _plain(text: str) -> str:
    return UNWRITABLE.sub("\ufffd", text)


def _fill(element: etree._Element, text: str) -> None:
    """Put a text into a source or target; what XML cannot hold becomes `<cp hex="001B"/>`."""
    start = 0
    last: etree._Element | None = None
    for match in (*UNWRITABLE.finditer(text), None):
        piece = text[start : match.start() if match else len(text)]
        if last is None:
            element.text = piece
        else:
            last.tail = piece
        if match:
            last = _child(element, CORE, "cp", hex=f"{ord(match[0]):04X}")
            start = match.end()


def _file_id(article: str) -> str:
    return article if NAME_TOKEN.fullmatch(article) else "f1"


# --- coming back ----------------------------------------------------------------------------------------------------


def read_edits(content: bytes, name: str, by: str = "") -> Returned:
    """Every segment of a returned XLIFF 2 file as an edit, touched or not; notes of others are comments by `by`.

    A state counts where it is higher than the one that went out: `reviewed` is edited, `final` is approved. Segments
    that a tool has cut or numbered anew are found again by their Korean, others are problems and hold their text.
    Inline codes are what they stand for. Raises InputError for a file that is damaged, of another project or version,
    of several articles, or into a language that is none of ours.
    """
    root = parse(content, name)
    if _core(root) != "xliff" or not (root.get("version") or "2").startswith("2"):
        raise InputError(name, f"this is not XLIFF 2 but “{etree.QName(root).localname}” {root.get('version') or ''}.")
    files = [element for element in root if _core(element) == "file"]
    elements = [element for file in files for element in file.iter() if _core(element) in ("unit", "group", "file")]
    units = [_unit(element) for element in elements]
    if not any(unit.sent for unit in units) and not any(map(_is_ours, elements)):
        original = ", ".join(f"“{file.get('original') or file.get('id')}”" for file in files[:3])
        raise InputError(name, f"this is XLIFF of another project ({original or 'empty'}): no segment of it is ours.")
    language = language_of(root.get("trgLang"), name)
    article = one_article((found for file in files if (found := _article(file))), name)
    items = list(read_units(units, language.code, by))
    return Returned(
        article,
        tuple(item for item in items if isinstance(item, Edit)),
        tuple(item for item in items if isinstance(item, Comment)),
        tuple(Problem(item.place, item.message, item.text) for item in items if isinstance(item, Stray)),
    )


def _is_ours(element: etree._Element) -> bool:
    """Whether a file or a unit went out from here, although it holds no mark."""
    return (element.get("type") or "").startswith("daeyeok:") or "id" in _meta(element, "article")


def _core(element: etree._Element) -> str:
    """The name of an element of the core, whatever its prefix; "" for those of modules, comments and the like."""
    if not isinstance(element.tag, str):
        return ""
    namespace, _, local = element.tag.rpartition("}")
    return local if not namespace or namespace.startswith("{" + FAMILY) else ""


def _meta(element: etree._Element, category: str) -> dict[str, str]:
    """The metadata of one category that stand directly at an element, not at those below it."""
    groups = element.iterfind(f"{{{METADATA}}}metadata//{{{METADATA}}}metaGroup[@category='{category}']")
    metas = (meta for group in groups for meta in group.iterfind(f"{{{METADATA}}}meta"))
    return {meta.get("type") or "": "".join(map(str, meta.itertext())).strip() for meta in metas}


def _article(file: etree._Element) -> str | None:
    """The id of the article: from the metadata, or where a tool dropped them from the id of the file."""
    return _meta(file, "article").get("id") or (None if file.get("id") in (None, "f1") else file.get("id"))


def _unit(element: etree._Element) -> Unit:
    """A unit; of a group or a file, its notes."""
    marks = {segment: read_sent(segment, mark) for segment, mark in _meta(element, "marks").items()}
    sent: dict[str, Sent] = {segment: one for segment, one in marks.items() if one}
    codes = {
        data.get("id"): text_of(data, _character)
        for store in element
        if _core(store) == "originalData"
        for data in store
    }
    pieces = tuple(_piece(child, codes) for child in element if _core(child) in ("segment", "ignorable"))
    return Unit(pieces, sent, tuple(_notes(element)))


def _piece(element: etree._Element, codes: Mapping[str | None, str]) -> Piece:
    texts = {
        _core(child): text_of(child, lambda code: _meant(code, codes))
        for child in element
        if _core(child) in ("source", "target")
    }
    return Piece(
        element.get("id"),
        texts.get("source", ""),
        texts.get("target", ""),
        READ.get(element.get("state")),
        f"line {element.sourceline}" + (f", {element.get('id')}" if element.get("id") else ""),
        is_gap=_core(element) == "ignorable",
    )


def _meant(code: etree._Element, codes: Mapping[str | None, str]) -> str | None:
    """What an inline element stands for; None for `mrk`, which stands around text."""
    if _core(code) == "pc":
        inside = text_of(code, lambda nested: _meant(nested, codes))
        return codes.get(code.get("dataRefStart"), "") + inside + codes.get(code.get("dataRefEnd"), "")
    if _core(code) in ("ph", "sc", "ec"):
        return codes.get(code.get("dataRef")) or code.get("equiv") or ""
    if _core(code) in ("sm", "em"):
        return ""
    return _character(code)


def _character(code: etree._Element) -> str | None:
    if _core(code) != "cp":
        return None
    try:
        return chr(int(code.get("hex") or "", 16))
    except (ValueError, OverflowError):
        return "\ufffd"


def _notes(unit: etree._Element) -> Iterator[Note]:
    """The notes of a unit, and the comments that stand as marks in its texts."""
    notes = [note for store in unit if _core(store) == "notes" for note in store if _core(note) == "note"]
    for note in notes:
        own = OWN_NOTE.fullmatch(note.get("id") or "")
        text = "".join(map(str, note.itertext()))
        yield Note(text, own[1] if own else None, is_on_source=note.get("appliesTo") == "source")
    for part in unit:
        if _core(part) == "segment":
            yield from _spoken(part)


def _spoken(segment: etree._Element) -> Iterator[Note]:
    for mark in segment.iter():
        if _core(mark) == "mrk" and mark.get("type") == "comment" and mark.get("value"):
            side = next((_core(above) for above in mark.iterancestors() if _core(above) in ("source", "target")), "")
            yield Note(f"{segment.get('id')}: {mark.get('value')}", is_on_source=side == "source")
