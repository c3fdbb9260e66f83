"""One language alone as a Word document, for people who go on with it in Word: title, attribution, blocks, styles."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from pipeline.galley import Galley, Passage, galley
from pipeline.languages import SOURCE
from pipeline.office.ooxml import NAMESPACES, TRANSITIONAL, serialise, write_package
from pipeline.office.wordprocessing import FACES, GREY, SPACE, W, face, root, w
from pipeline.publication import Publication

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
RELATIONS = f"{TRANSITIONAL}/officeDocument/2006/relationships"
RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships+xml"
CORE = "application/vnd.openxmlformats-package.core-properties+xml"
DUBLIN = "http://purl.org/dc/elements/1.1/"
TERMS = "http://purl.org/dc/terms/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
STYLES = {"heading": "Heading", "quote": "Quote", "item": "ListParagraph", "caption": "Caption", "byline": "Byline"}
HANGING = 420  # of a list item, in twentieths of a point
SIZES = {"Title": 20.0, "Heading1": 15.0, "Heading2": 15.0, "Heading3": 13.0}  # points; deeper headings as the text


def write(publication: Publication, lang: str) -> bytes:
    """The article in one language (`ko`: the original), A4 upright, in styles that Word shows in its navigation.

    The notice below the title says how much of it people have reviewed. Edits are not read back from it: the review
    table is for that. The same publication, the same bytes.
    """
    text = galley(publication, lang)
    front = [_line(text.attribution, lang, "Attribution"), _line(text.notice, lang, "Notice")]
    body = [_paragraph(passage, text) for passage in text.passages]
    body[text.after_title : text.after_title] = [line for line in front if line is not None]
    section = w(
        "sectPr",
        w("pgSz", w=11906, h=16838),
        w("pgMar", top=1440, right=1440, bottom=1440, left=1440, header=720, footer=720, gutter=0),
    )
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(
            (f"{RELATIONS}/officeDocument", "word/document.xml"),
            (f"{TRANSITIONAL}/package/2006/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "word/_rels/document.xml.rels": _relationships((f"{RELATIONS}/styles", "styles.xml")),
        "word/document.xml": serialise(root("document", w("body", *body, section))),
        "word/styles.xml": serialise(_styles(lang)),
        "docProps/core.xml": _core(text, publication.bitext.article.meta.date),
    }
    return write_package(parts)


def _line(text: str, lang: str, style: str) -> etree._Element | None:
    return w("p", w("pPr", w("pStyle", val=style)), _run(text, lang)) if text else None


def _paragraph(passage: Passage, text: Galley) -> etree._Element:
    """A block in its style; Korean that stands for a missing translation is set in a Korean font."""
    lang = text.language.code
    element = w("p")
    if style := _style_of(passage):
        element.append(w("pPr", w("pStyle", val=style)))
    if passage.kind == "item":
        mark = "•" if passage.number is None else f"{passage.number}."
        element.append(_run(mark, lang))
        element[-1].append(w("tab"))
    for number, sentence in enumerate(passage.sentences):
        for piece, code in sentence.parts:
            element.append(_run(piece, code, GREY if code != lang else ""))
        if number + 1 < len(passage.sentences) and sentence.joint:
            element.append(_run(sentence.joint, lang))
    return element


def _run(text: str, lang: str, colour: str = "") -> etree._Element:
    """A text as it stands: what a galley holds XML can hold, and nothing is to be read back."""
    written = w("t")
    written.text = text
    written.set(SPACE, "preserve")
    return w("r", face(lang, colour=colour), written)


def _style_of(passage: Passage) -> str:
    if passage.kind == "title":
        return "Title"
    name = STYLES.get(passage.kind, "")
    return f"{name}{passage.depth}" if passage.kind == "heading" else name


def _styles(lang: str) -> etree._Element:
    """The styles: what Word calls them where it has them, so that its navigation and its themes know them."""
    body = face(lang, size=11)
    spacing = w("pPr", w("spacing", before=0, after=140, line=330, lineRule="auto"))
    if lang != SOURCE.code:
        spacing.append(w("jc", val="both" if lang == "zh" else "left"))
    listed = w("pPr", w("tabs", w("tab", val="left", pos=HANGING)), w("ind", left=HANGING, hanging=HANGING))
    headings = [
        _style(f"Heading{depth}", f"heading {depth}", _headed(depth - 1), _bold(lang, f"Heading{depth}"))
        for depth in range(1, 7)
    ]
    return root(
        "styles",
        w("docDefaults", w("rPrDefault", body), w("pPrDefault", spacing)),
        _style("Normal", "Normal", is_default=True),
        _style("Title", "Title", w("pPr", w("keepNext"), w("spacing", before=0, after=120)), _bold(lang, "Title")),
        *headings,
        _style("Quote", "Quote", w("pPr", w("ind", left=480, right=480))),
        _style("ListParagraph", "List Paragraph", listed),
        _style("Caption", "caption", w("pPr", w("jc", val="center")), face(lang, size=9.5, colour="595959")),
        _style("Byline", "Byline", w("pPr", w("jc", val="right")), face(lang, size=10)),
        _style("Attribution", "Attribution", w("pPr", w("spacing", after=120)), face(lang, size=9.5, colour="595959")),
        _style("Notice", "Notice", w("pPr", w("spacing", after=240)), face(lang, size=9.5, colour="595959")),
    )


def _headed(level: int) -> etree._Element:
    return w("pPr", w("keepNext"), w("spacing", before=320, after=120), w("outlineLvl", val=level))


def _bold(lang: str, style: str) -> etree._Element:
    return face(lang, size=SIZES.get(style, 11.5), bold=True)


def _style(name: str, shown: str, *properties: etree._Element, is_default: bool = False) -> etree._Element:
    style = w("style", w("name", val=shown), type="paragraph", styleId=name)
    if is_default:
        style.set(W + "default", "1")
    else:
        style.append(w("basedOn", val="Normal"))
    style.append(w("qFormat"))
    style.extend(properties)
    return style


def _core(text: Galley, date: str | None) -> bytes:
    """Title, language, and the time of the article where it is known; never the time of writing."""
    names = {"cp": NAMESPACES["cp"][0], "dc": DUBLIN, "dcterms": TERMS, "xsi": INSTANCE}
    element = etree.Element(f"{{{NAMESPACES['cp'][0]}}}coreProperties", nsmap=names)
    facts = {"title": text.title, "creator": "Daeyeok", "language": FACES[text.language.code].tag}
    for name, value in facts.items():
        etree.SubElement(element, f"{{{DUBLIN}}}{name}").text = value
    day = _day(date)
    if day:
        given = {f"{{{INSTANCE}}}type": "dcterms:W3CDTF"}
        etree.SubElement(element, f"{{{TERMS}}}created", given).text = day
    return serialise(element)


def _day(date: str | None) -> str:
    try:
        return datetime.fromisoformat(date).strftime("%Y-%m-%d") + "T00:00:00Z" if date else ""
    except ValueError:
        return ""


def _content_types() -> bytes:
    element = etree.Element("Types", xmlns=f"{TRANSITIONAL}/package/2006/content-types")
    etree.SubElement(element, "Default", Extension="rels", ContentType=RELATIONSHIPS)
    etree.SubElement(element, "Default", Extension="xml", ContentType="application/xml")
    kinds = {
        "word/document.xml": f"{WORD}.document.main+xml",
        "word/styles.xml": f"{WORD}.styles+xml",
        "docProps/core.xml": CORE,
    }
    for name, kind in kinds.items():
        etree.SubElement(element, "Override", PartName=f"/{name}", ContentType=kind)
    return serialise(element)


def _relationships(*entries: tuple[str, str]) -> bytes:
    element = etree.Element("Relationships", xmlns=NAMESPACES["rel"][0])
    for number, (kind, target) in enumerate(entries, 1):
        etree.SubElement(element, "Relationship", Id=f"r{number}", Type=kind, Target=target)
    return serialise(element)
