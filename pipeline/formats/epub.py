"""The edition for e-readers: EPUB 3.3, one article, its languages one below the other, block by block.

The package is written here: no fonts, no script, nothing from outside. Dates are those of the article.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from pipeline.article import Meta
from pipeline.galley import Galley, Passage, galley, printable
from pipeline.languages import SOURCE, TARGETS
from pipeline.publication import Publication

XHTML = "http://www.w3.org/1999/xhtml"
OPS = "http://www.idpf.org/2007/ops"
OPF = "http://www.idpf.org/2007/opf"
DUBLIN = "http://purl.org/dc/elements/1.1/"
CONTAINER = "urn:oasis:names:tc:opendocument:xmlns:container"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TYPE = f"{{{OPS}}}type"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a ZIP archive
UNDATED = "1980-01-01T00:00:00Z"
CONTENTS = {"ko": "차례", "zh": "目录", "en": "Contents"}
CREATORS = {"author": "aut", "editor": "edt", "photographer": "pht"}  # field of Meta → its MARC relator
ACCESSIBILITY = (
    ("schema:accessMode", "textual"),
    ("schema:accessModeSufficient", "textual"),
    ("schema:accessibilityFeature", "structuralNavigation"),
    ("schema:accessibilityFeature", "tableOfContents"),
    ("schema:accessibilityHazard", "none"),
    ("schema:accessibilitySummary", "Plain text with headings; every passage is tagged with its language."),
)


def write(publication: Publication, columns: Sequence[str] = ()) -> bytes:
    """The book. `columns` are codes of languages in their order; none: the original and all targets.

    The same publication gives the same bytes.
    """
    set_texts = [galley(publication, lang) for lang in columns or (SOURCE.code, *publication.targets)]
    parts = {
        "META-INF/container.xml": _container(),
        "EPUB/package.opf": _package(publication, set_texts),
        "EPUB/nav.xhtml": _navigation(set_texts),
        "EPUB/article.xhtml": _article(publication, set_texts),
        "EPUB/style.css": Path(__file__).with_name("epub.css").read_bytes(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(_entry("mimetype", zipfile.ZIP_STORED), "application/epub+zip")  # first and not packed
        for name, content in parts.items():
            archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), content)
    return packed.getvalue()


def _entry(name: str, packing: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EARLIEST)
    info.create_system, info.compress_type = 0, packing
    return info


def _container() -> bytes:
    root = _root(CONTAINER, "container", {"version": "1.0"})
    files = etree.SubElement(root, f"{{{CONTAINER}}}rootfiles")
    given = {"full-path": "EPUB/package.opf", "media-type": "application/oebps-package+xml"}
    etree.SubElement(files, f"{{{CONTAINER}}}rootfile", given)
    return _serialise(root)


def _package(publication: Publication, set_texts: Sequence[Galley]) -> bytes:
    article, first = publication.bitext.article, set_texts[0].language
    codes = "·".join(text.language.code for text in set_texts)
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"daeyeok:{printable(article.id)}:{codes}")
    given = {"version": "3.0", "unique-identifier": "id", XML_LANG: first.tag}
    root = _root(OPF, "package", given, dc=DUBLIN)
    metadata = etree.SubElement(root, f"{{{OPF}}}metadata")
    _dublin(metadata, "identifier", f"urn:uuid:{identity}", id="id")
    for number, text in enumerate(set_texts):
        _dublin(metadata, "title", text.title, text.language.tag, id=f"title-{number}")
        _refines(metadata, f"title-{number}", "title-type", "main" if not number else "subtitle")
        _refines(metadata, f"title-{number}", "display-seq", str(number + 1))
    for text in set_texts:
        _dublin(metadata, "language", text.language.tag)
    _facts(metadata, article.meta)
    for name, value in (("dcterms:modified", _modified(article.meta.date)), *ACCESSIBILITY):
        etree.SubElement(metadata, f"{{{OPF}}}meta", {"property": name}).text = value
    manifest = etree.SubElement(root, f"{{{OPF}}}manifest")
    items = (
        {"id": "nav", "href": "nav.xhtml", "media-type": "application/xhtml+xml", "properties": "nav"},
        {"id": "article", "href": "article.xhtml", "media-type": "application/xhtml+xml"},
        {"id": "style", "href": "style.css", "media-type": "text/css"},
    )
    for item in items:
        etree.SubElement(manifest, f"{{{OPF}}}item", item)
    etree.SubElement(etree.SubElement(root, f"{{{OPF}}}spine"), f"{{{OPF}}}itemref", {"idref": "article"})
    return _serialise(root)


def _facts(metadata: etree._Element, meta: Meta) -> None:
    """What the article says of itself, as it says it: this is the record of the original."""
    for name, role in CREATORS.items():
        if value := printable(getattr(meta, name) or ""):
            _dublin(metadata, "creator" if name == "author" else "contributor", value, SOURCE.tag, id=name)
            _refines(metadata, name, "role", role, scheme="marc:relators")
    if publisher := printable(meta.publisher or ""):
        _dublin(metadata, "publisher", publisher, SOURCE.tag)
    if source := printable(meta.url or meta.source or ""):
        _dublin(metadata, "source", source)
    if meta.date and _moment(meta.date):
        _dublin(metadata, "date", meta.date)


def _dublin(parent: etree._Element, name: str, text: str, lang: str = "", **attributes: str) -> None:
    element = etree.SubElement(parent, f"{{{DUBLIN}}}{name}", attributes)
    element.text = text
    if lang:
        element.set(XML_LANG, lang)


def _refines(parent: etree._Element, target: str, name: str, value: str, **attributes: str) -> None:
    given = {"refines": f"#{target}", "property": name, **attributes}
    etree.SubElement(parent, f"{{{OPF}}}meta", given).text = value


def _moment(iso: str) -> datetime | None:
    try:
        return datetime.fromisoformat(iso)
    except ValueError:
        return None


def _modified(iso: str | None) -> str:
    """The time of the article in UTC, as the package wants it; a day without a time begins at midnight."""
    moment = _moment(iso) if iso else None
    if moment is None:
        return UNDATED
    try:
        return (moment.astimezone(UTC) if moment.tzinfo else moment).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError):
        return UNDATED


def _navigation(set_texts: Sequence[Galley]) -> bytes:
    """The table of contents: the title and every heading, in the first language."""
    first = set_texts[0]
    title = CONTENTS[first.language.code]
    root, body = _page(title, first.language.tag)
    navigation = etree.SubElement(body, "nav", {TYPE: "toc", "id": "toc"})
    etree.SubElement(navigation, "h1").text = title
    entries = etree.SubElement(navigation, "ol")
    heads = [(f"article.xhtml#{passage.id}", passage.text) for passage in first.passages if _is_head(passage)]
    for address, text in heads or [("article.xhtml", first.title)]:
        etree.SubElement(etree.SubElement(entries, "li"), "a", {"href": address}).text = text
    return _serialise(root)


def _is_head(passage: Passage) -> bool:
    return passage.kind in ("title", "heading") and bool(passage.text)


def _article(publication: Publication, set_texts: Sequence[Galley]) -> bytes:
    root, body = _page(set_texts[0].title, set_texts[0].language.tag)
    rows = list(zip(*(text.passages for text in set_texts), strict=True))
    for number, row in enumerate([*rows, ()]):
        if number == set_texts[0].after_title:
            _front(body, "attribution", [(text.attribution, text.language.tag) for text in set_texts])
            _front(body, "notice", [(text.notice, text.language.tag) for text in set_texts])
        if row:
            element = etree.SubElement(body, "div", {"class": f"row {row[0].kind}", "id": row[0].id})
            for place, (passage, text) in enumerate(zip(row, set_texts, strict=True)):
                _passage(element, passage, text, is_first=not place)
    return _serialise(root)


def _front(body: etree._Element, name: str, lines: Sequence[tuple[str, str]]) -> None:
    """The lines below the title that say something, one a language."""
    if any(line for line, _ in lines):
        element = etree.SubElement(body, "div", {"class": f"row {name}"})
        for line, tag in lines:
            if line:
                etree.SubElement(element, "p", _tagged(tag)).text = line


def _passage(parent: etree._Element, passage: Passage, text: Galley, *, is_first: bool) -> None:
    is_heading = is_first and passage.kind in ("title", "heading")
    element = etree.SubElement(parent, f"h{passage.depth}" if is_heading else "p", _tagged(text.language.tag))
    if passage.kind == "item":
        mark = "•" if passage.number is None else f"{passage.number}."
        etree.SubElement(element, "span", {"class": "mark"}).text = mark
    for piece, tag, is_draft in _pieces(passage, text):
        if tag == text.language.tag and not is_draft:
            _append(element, piece)
        else:
            given = ({"class": "draft"} if is_draft else {}) | ({} if tag == text.language.tag else _tagged(tag))
            etree.SubElement(element, "span", given).text = piece


def _pieces(passage: Passage, text: Galley) -> Iterator[tuple[str, str, bool]]:
    """Stretches of a passage: (text, tag of its language, whether it is to be shown as a draft)."""
    for number, sentence in enumerate(passage.sentences):
        for piece, code in sentence.parts:
            yield piece, {SOURCE.code: SOURCE, **TARGETS}[code].tag, sentence.is_draft and text.is_partly_reviewed
        if number + 1 < len(passage.sentences) and sentence.joint:
            yield sentence.joint, text.language.tag, False


def _append(element: etree._Element, text: str) -> None:
    """Text at the end of an element, behind what stands in it."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _tagged(tag: str) -> dict[str, str]:
    return {"lang": tag, XML_LANG: tag}


def _page(title: str, tag: str) -> tuple[etree._Element, etree._Element]:
    """An XHTML page and its body; elements without a namespace get that of XHTML when it is written."""
    root = etree.Element("html", _tagged(tag), nsmap={"epub": OPS})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    etree.SubElement(head, "link", {"rel": "stylesheet", "type": "text/css", "href": "style.css"})
    return root, etree.SubElement(root, "body")


def _root(namespace: str, name: str, given: dict[str, str], **prefixed: str) -> etree._Element:
    """A root element in a namespace that needs no prefix."""
    names: dict[str | None, str] = {None: namespace}
    names.update(prefixed)
    return etree.Element(f"{{{namespace}}}{name}", given, nsmap=names)  # type: ignore[arg-type]


def _serialise(root: etree._Element) -> bytes:
    if root.tag == "html":
        page = _root(XHTML, "html", {str(name): str(value) for name, value in root.attrib.items()}, epub=OPS)
        page.extend(root)
        for element in page.iter():
            if isinstance(element.tag, str) and not element.tag.startswith("{"):
                element.tag = f"{{{XHTML}}}{element.tag}"
        root = page
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
