"""XLIFF 2.0, for CAT tools: one file an article and language, one unit a block, one segment a sentence.

Terms stand in the glossary module and not as marks inside the source: tools show marks as tags, and every translator
would have to place them. Metadata stands in the metadata module. What the names mean: OASIS XLIFF Version 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.article import Block, Finding, Meta, Segment, Severity, State
from pipeline.languages import SOURCE, TARGETS, Language
from pipeline.publication import Publication

CORE = "urn:oasis:names:tc:xliff:document:2.0"
GLOSSARY = "urn:oasis:names:tc:xliff:glossary:2.0"
METADATA = "urn:oasis:names:tc:xliff:metadata:2.0"

PREFIXES: dict[str | None, str] = {None: CORE, "gls": GLOSSARY, "mda": METADATA}
STATES: dict[State, str] = {"draft": "translated", "edited": "reviewed", "approved": "final"}
PRIORITIES: dict[Severity, str] = {"error": "1", "warning": "3", "info": "5"}  # 1 is the highest of ten

# What XML 1.0 cannot hold, not even as a reference: control characters, lone surrogates, U+FFFE and U+FFFF.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(publication: Publication, lang: str) -> bytes:
    """The article with its translation into one language, valid against the OASIS schema.

    The sources of segments and ignorables, joined unit by unit, are the text of the blocks character for character;
    a character that XML cannot hold is a `cp` element there, and U+FFFD in notes and metadata. A machine's draft is
    `translated`, an edited text `reviewed`, an approved one `final`, and a person's work under which the Korean has
    changed falls back to `translated` with the sub-state `daeyeok:stale`. Findings are notes for translators.
    """
    language = TARGETS[lang]
    article = publication.bitext.article
    root = etree.Element(
        _name(CORE, "xliff"),
        {"version": "2.0", "srcLang": SOURCE.tag, "trgLang": language.tag},
        nsmap=PREFIXES,  # type: ignore[arg-type]  # the stubs do not know the default namespace
    )
    file = etree.SubElement(root, _name(CORE, "file"), {"id": "f1", "canResegment": "no"})
    file.set("original", _plain(article.meta.file or article.id))
    file.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    _add_metadata(file, article.id, article.meta)
    contents: list[tuple[etree._Element, str]] = []
    for block in article.blocks:
        if block.text:
            contents += _add_unit(file, publication, block, language)
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
    file: etree._Element, publication: Publication, block: Block, language: Language
) -> Iterator[tuple[etree._Element, str]]:
    """Add the unit of a block; yields each source and target that is still empty with the text that belongs there."""
    unit = _child(file, CORE, "unit", id=block.id, type=f"daeyeok:{block.kind}")
    _add_glossary(unit, publication, block, language)
    _add_notes(unit, publication, block, language)
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
    element.set("state", "translated" if is_stale else STATES[translation.state])
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


def _add_notes(unit: etree._Element, publication: Publication, block: Block, language: Language) -> None:
    """Findings stand at the unit, where XLIFF has its notes: each begins with the id of its segment."""
    segments = {segment.id for segment in block.segments}
    findings = [
        finding
        for finding in publication.findings
        if finding.segment in segments and (finding.lang == language.code or finding.lang not in TARGETS)
    ]
    if findings:
        notes = _child(unit, CORE, "notes")
        for finding in findings:
            priority = PRIORITIES[finding.severity]
            _child(notes, CORE, "note", _sentence(finding), category=finding.check, priority=priority)


def _sentence(finding: Finding) -> str:
    """A finding as one line: `s12, warning: … Suggestion: …`."""
    suggestion = f" Suggestion: {finding.suggestion}" if finding.suggestion is not None else ""
    return f"{finding.segment}, {finding.severity}: {finding.message}{suggestion}"


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
