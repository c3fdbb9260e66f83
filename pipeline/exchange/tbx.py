"""TBX-Basic, the standard for termbases: version 3 (ISO 30042:2019) in both styles and version 2 (martif, 2008).

Both versions divide a concept into languages and these into terms; they differ in the names of these levels, and the
styles of version 3 in whether a data category is an attribute (DCA) or an element (DCT). Read are all of them and their
relatives (TBX-Core, TBX-Min, TBX-Default with `ntig`), by local names. What TBX-Basic has no category for stands in
notes that begin with `daeyeok:`. Names and places of the categories follow the public description of the dialect.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from lxml import etree

from pipeline.columns import language_code, status_word
from pipeline.errors import GlossaryError, InputError, SettingsError
from pipeline.incoming import Field, Offer, Outgoing, Reading, Refusal, Remark, Variant, take
from pipeline.languages import KOREAN, TARGETS
from pipeline.terms import Renderings, Term

NAMESPACE = "urn:iso:std:iso:30042:ed-2"
MODULES = {"min": "http://www.tbxinfo.net/ns/min", "basic": "http://www.tbxinfo.net/ns/basic"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CATEGORIES_OF_V2 = "TBXBasicXCSV02.xcs"  # the list of data categories that version 2 names in its header
DOCTYPE = '<!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">'

# The levels by their names in version 3, version 2 and TBX-Min.
ROOTS = ("tbx", "martif", "TBX")
CONCEPTS = ("conceptEntry", "termEntry", "entry")
SECTIONS = ("langSec", "langSet", "langGroup")
TERMS = ("termSec", "tig", "ntig", "termGroup")
LEVELS = {True: ("conceptEntry", "langSec", "termSec"), False: ("termEntry", "langSet", "tig")}

# Data categories: the element of DCA, and the module of DCT.
CATEGORIES = {
    "subjectField": ("descrip", "min"),
    "source": ("admin", "basic"),
    "administrativeStatus": ("termNote", "min"),
}
STATUSES = {
    "preferred": "preferredTerm-admn-sts",
    "admitted": "admittedTerm-admn-sts",
    "forbidden": "deprecatedTerm-admn-sts",
    "retired": "supersededTerm-admn-sts",
}
MARK = "daeyeok:"  # daeyeok:kind=place
MARKED = re.compile(rf"{MARK}(\w+)=(.*)", re.DOTALL)
ODD_SPACE = re.compile(r"[\r\n\t]|  |^\s|\s$")  # what a reader may take for the layout of the file
KEPT = ("id", "kind", "status", "valid_from", "valid_to", "do_not_translate", "inside_words", "note")

Category = tuple[str, str, etree._Element]  # name, text, where


# --- reading --------------------------------------------------------------------------------------------------------


def read(path: Path, target: str | None = None) -> Reading:
    """A TBX file, concept after concept. `target` says nothing here: TBX names every language.

    A reference to an outside DTD is passed over, nothing is fetched; a file that declares entities is refused. Raises
    InputError for that, for what is not XML (then nothing is taken), and for XML that is not TBX.
    """
    concepts = _concepts(path)
    return Reading(next(concepts).text, _offers(concepts, path.name))


@dataclass(frozen=True, slots=True)
class _Concept:
    """An element of the file on its way to a row; the first one is the root, with the name of the format as text."""

    element: etree._Element
    text: str = ""


def _concepts(path: Path) -> Iterator[_Concept]:
    """The root, then every concept; each is emptied when the next is asked for."""
    try:
        with path.open("rb") as file:
            yield from _parsed(file, path.name)
    except OSError as error:
        raise InputError(path.name, f"it cannot be read ({error.strerror}). Check its permissions.") from error


def _parsed(file: BinaryIO, name: str) -> Iterator[_Concept]:
    events = etree.iterparse(
        file,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root: etree._Element | None = None
    while (found := _next_event(events, name)) is not None:
        event, element = found
        if root is None:
            root = element
            yield _Concept(root, _checked_root(root, name))
        if event == "end" and isinstance(element.tag, str) and _local(element) in CONCEPTS:
            yield _Concept(element)
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]


def _next_event(events: Iterator[tuple[str, etree._Element]], name: str) -> tuple[str, etree._Element] | None:
    """The next event of the parser, None at the end. Raises InputError for what is not XML."""
    try:
        return next(events, None)
    except etree.XMLSyntaxError as error:
        entries = list(events.error_log) or [error]  # type: ignore[attr-defined]  # the first fault, not the last
        message = getattr(entries[0], "message", error.msg)
        line = getattr(entries[0], "line", error.lineno)
        problem = f"this is not XML that can be read ({message}). Repair it, or export it anew."
        raise InputError(name, problem, line or None) from error


def _checked_root(root: etree._Element, name: str) -> str:
    """What kind of TBX the file is. Raises InputError for another kind of XML and for declared entities."""
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and declared.entities():  # type: ignore[attr-defined]  # the stubs do not know it
        raise InputError(name, "it declares entities (<!ENTITY …>), which are not read here. Export it without them.")
    local = _local(root)
    if local not in ROOTS:
        raise InputError(name, f"this is XML of another kind (<{local}>), not TBX. Export the termbase as TBX.")
    version = {"tbx": "v3", "martif": "v2", "TBX": ""}[local]
    dialect = root.get("type") or root.get("dialect") or "TBX"
    style = f"({root.get('style', '').upper()})" if root.get("style") else ""
    return " ".join(filter(None, (dialect, version, style)))


def _offers(concepts: Iterator[_Concept], file: str) -> Iterator[Offer]:
    left = Counter[str]()
    for concept in concepts:
        yield from _Reader(concept.element, file, left).offers()
    for category, number in sorted(left.items()):
        yield Remark(f"{category} has no place in the glossary and was left out: {number}")


class _Reader:
    """One concept on its way to a row."""

    def __init__(self, concept: etree._Element, file: str, left: Counter[str]) -> None:
        self._concept, self._file, self._left = concept, file, left
        self._line = cast("int", concept.sourceline or 0)
        identity = concept.get("id")
        self._place = f"{file}, line {self._line}" + (f" ({identity})" if identity else "")
        self._fields: dict[str, Field] = {}
        self._remarks: list[str] = []

    def offers(self) -> Iterator[Offer]:
        """The row, and renderings that stand without a preferred one; what is in other languages is counted."""
        entity = next(self._concept.iter(etree.Entity), None)
        if entity is not None:
            yield Refusal(self._place, f"it refers to the entity {entity.text}, which is not read here. Write it out.")
            return
        found: dict[str, dict[str, list[str]]] = {}
        for section in _children(self._concept, SECTIONS):
            tag = section.get(LANG) or section.get("lang") or ""
            lang = language_code(tag)
            if lang is None:
                self._left[f"language {tag or 'without a name'}"] += 1
                continue
            for category in _categories(section, TERMS):
                self._add(*category)
            for term in _children(section, TERMS):
                standing, text = self._term(term)
                if text:
                    found.setdefault(lang, {}).setdefault(standing, []).append(text)
        for category in _categories(self._concept, SECTIONS):
            self._add(*category)
        yield from self._variants(found)
        yield take(self._fields, self._file, self._line, self._place, self._remarks)

    def _variants(self, found: dict[str, dict[str, list[str]]]) -> Iterator[Offer]:
        """Put the terms of each language into the fields; yields what cannot stand there."""
        korean = found.pop("ko", {})
        spellings = [text for texts in korean.values() for text in texts]
        if korean and not korean.keys() - {"forbidden", "deprecated"}:
            self._fields.setdefault("status", "deprecated")
        elif "forbidden" in korean:
            self._remarks.append(f"{', '.join(korean['forbidden'])} is not to be used, and is kept as a spelling")
        self._fields["ko"] = _first(korean, ("preferred", "", "admitted", "deprecated", "forbidden"))
        for lang, standings in found.items():
            wanted = _first(standings, ("preferred", "", "admitted"))
            forbidden = _first(standings, ("forbidden", "deprecated"))
            if len(standings.get("preferred", [])) > 1:
                self._remarks.append(f"{' and '.join(standings['preferred'])} are both preferred; the first was taken")
            if wanted:
                self._fields |= {lang: wanted[0], f"{lang} admitted": wanted[1:], f"{lang} forbidden": forbidden}
            elif spellings:
                yield from (Variant(spellings[0], lang, text, "forbidden", self._place) for text in forbidden)

    def _term(self, section: etree._Element) -> tuple[str, str]:
        """A term and its standing, "" where none is given; what else is said of it goes to the fields."""
        standing = ""
        text = ""
        for element in section.iter("{*}term"):
            if not text and _local(element.getparent()) in (*TERMS, "termGrp"):
                text = _text(element)
        for name, value, element in _categories(section, ("term",)):
            word = (
                status_word(value) if name in ("administrativeStatus", "termStatus", "normativeAuthorization") else ""
            )
            if word in ("preferred", "admitted", "forbidden", "deprecated"):
                standing = word
            elif name != "term":
                self._add(name, value, element)
        return standing, text

    def _add(self, name: str, text: str, element: etree._Element) -> None:
        """One data category of the concept, of a language or of a term."""
        marked = MARKED.fullmatch(_inner(element).strip()) if name == "note" else None
        if marked and marked[1] in (*KEPT, "evidence"):
            name, text = marked[1], marked[2]
        if name in ("note", "definition", "descrip", "explanation"):
            before = self._fields.get("note")
            self._fields["note"] = f"{before}\n{text}" if before and text not in str(before) else text
        elif name == "subjectField":
            before = self._fields.get("domain")
            self._fields["domain"] = f"{before}, {text}" if before and text != before else text
        elif name in ("source", "context", "evidence"):
            evidence = self._fields.get("evidence", [])
            self._fields["evidence"] = [*([evidence] if isinstance(evidence, str) else evidence), text]
        elif name in KEPT:
            self._fields[name] = text
        else:
            self._left[name] += 1


def _first(found: dict[str, list[str]], order: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(text for standing in order for text in found.get(standing, [])))


def _children(element: etree._Element, names: Sequence[str]) -> Iterator[etree._Element]:
    return (child for child in element if isinstance(child.tag, str) and _local(child) in names)


def _categories(element: etree._Element, not_in: Sequence[str]) -> Iterator[Category]:
    """The data categories of an element, of its groups too, but not of the levels below; both styles alike."""
    for child in element:
        if not isinstance(child.tag, str) or _local(child) in not_in:
            continue
        local = _local(child)
        if local.endswith("Grp") or local == "termGrp":
            yield from _categories(child, not_in)
        elif text := _text(child):
            yield child.get("type") or local, text, child


def _local(element: etree._Element | None) -> str:
    return etree.QName(element).localname if element is not None and isinstance(element.tag, str) else ""


def _text(element: etree._Element) -> str:
    """The text of an element, with what stands in marks inside it; line ends and indents are layout."""
    return re.sub(r"\s*[\r\n]\s*", " ", _inner(element)).strip()


def _inner(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


# --- writing --------------------------------------------------------------------------------------------------------


def write(terms: Sequence[Term], variety: str, target: str | None = None) -> Outgoing:
    """The terms as TBX-Basic: `dca` or `dct` of version 3, or `v2`. `target` says nothing here.

    The id of a concept is made from the id of the term, so that it stays from one export to the next. Raises
    GlossaryError for a character that XML cannot hold, and SettingsError where there is no term: TBX needs one.
    """
    if not terms:
        raise SettingsError("There is no term to write, and TBX needs at least one.")
    writer = _Writer(variety)
    problems: list[str] = []
    for term in terms:
        try:
            writer.add(term)
        except ValueError:
            problems.append(
                f"{term.file}, line {term.line}: {term.ko[0]} has a character that XML cannot hold. Remove it."
            )
    if problems:
        raise GlossaryError(problems)
    return Outgoing(writer.content())


class _Writer:
    """A TBX document in the making."""

    def __init__(self, variety: str) -> None:
        self._variety = variety
        self._levels = LEVELS[variety != "v2"]
        self._space = "" if variety == "v2" else f"{{{NAMESPACE}}}"
        nsmap: dict[str | None, str] = {}
        if variety != "v2":
            nsmap[None] = NAMESPACE
        if variety == "dct":
            nsmap.update(MODULES)
        name = "martif" if variety == "v2" else "tbx"
        self._root = etree.Element(self._space + name, {"type": "TBX-Basic"}, nsmap=nsmap)  # type: ignore[arg-type]
        if variety != "v2":
            self._root.set("style", variety)
        self._root.set(LANG, KOREAN.tag)
        header = self._child(self._root, "martifHeader" if variety == "v2" else "tbxHeader")
        file = self._child(header, "fileDesc")
        self._child(self._child(file, "titleStmt"), "title", "Daeyeok glossary")
        self._child(self._child(file, "sourceDesc"), "p", "Exported from a Daeyeok glossary.")
        if variety == "v2":
            self._child(self._child(header, "encodingDesc"), "p", CATEGORIES_OF_V2).set("type", "XCSURI")
        self._body = self._child(self._child(self._root, "text"), "body")

    def add(self, term: Term) -> None:
        """Add one concept, whole or not at all. Raises ValueError for a character that XML cannot hold."""
        digest = hashlib.sha256(term.id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        concept = etree.Element(self._space + self._levels[0], {"id": f"c{digest}"})
        if term.domain:
            self._category(concept, "subjectField", term.domain)
        for text in term.evidence:
            if ODD_SPACE.search(text):
                self._child(concept, "note", f"{MARK}evidence={text}")
            else:
                self._category(concept, "source", text)
        for note in _notes(term):
            self._child(concept, "note", note)
        retired = term.status == "deprecated"
        korean = ["retired"] * len(term.ko) if retired else ["preferred"] + ["admitted"] * (len(term.ko) - 1)
        self._section(concept, KOREAN.tag, list(zip(korean, term.ko, strict=True)))
        for lang, language in TARGETS.items():
            renderings: Renderings | None = getattr(term, lang)
            if renderings:
                self._section(concept, language.tag, _standings(renderings))
        self._body.append(concept)

    def content(self) -> bytes:
        """The document, indented."""
        etree.indent(self._root)
        doctype = DOCTYPE if self._variety == "v2" else ""
        text = etree.tostring(self._root, encoding="unicode")
        return "\n".join(filter(None, ('<?xml version="1.0" encoding="UTF-8"?>', doctype, text, ""))).encode() + b"\n"

    def _section(self, concept: etree._Element, tag: str, terms: Sequence[tuple[str, str]]) -> None:
        section = self._child(concept, self._levels[1])
        section.set(LANG, tag)
        for standing, text in terms:
            term = self._child(section, self._levels[2])
            self._child(term, "term", text)
            self._category(term, "administrativeStatus", STATUSES[standing])

    def _category(self, parent: etree._Element, name: str, text: str) -> None:
        element, module = CATEGORIES[name]
        if self._variety == "dct":
            etree.SubElement(parent, f"{{{MODULES[module]}}}{name}").text = text
        else:
            self._child(parent, element, text).set("type", name)

    def _child(self, parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
        element = etree.SubElement(parent, self._space + name)
        element.text = text
        return element


def _standings(renderings: Renderings) -> list[tuple[str, str]]:
    return [
        ("preferred", renderings.preferred),
        *(("admitted", text) for text in renderings.admitted),
        *(("forbidden", text) for text in renderings.forbidden),
    ]


def _notes(term: Term) -> Iterator[str]:
    """What TBX-Basic has no category for, then the note itself, marked where it could be taken for something else."""
    if term.id != term.ko[0]:
        yield f"{MARK}id={term.id}"
    if term.kind != "term":
        yield f"{MARK}kind={term.kind}"
    if term.status == "proposed":
        yield f"{MARK}status={term.status}"
    for name in ("valid_from", "valid_to"):
        if getattr(term, name):
            yield f"{MARK}{name}={getattr(term, name)}"
    for name in ("do_not_translate", "inside_words"):
        if getattr(term, name):
            yield f"{MARK}{name}=true"
    if term.note:
        is_plain = not (ODD_SPACE.search(term.note) or term.note.startswith(MARK))
        yield term.note if is_plain else f"{MARK}note={term.note}"
