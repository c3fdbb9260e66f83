"""Word documents as they are written: elements, runs in the fonts of their language, comments, and the package.

The order of elements and what they mean: ECMA-376 Part 1, WordprocessingML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache

from lxml import etree

from pipeline.article import fingerprint
from pipeline.office.ooxml import NAMESPACES, TRANSITIONAL, serialise, writable, write_package

W = f"{{{NAMESPACES['w'][0]}}}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
RELATIONS = f"{TRANSITIONAL}/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
BREAK = re.compile("(\t|\r\n|[\r\n])")
GREY = "8C8C8C"

PARTS = {  # part → its content type and, where the document refers to it, the kind of the relationship
    "word/document.xml": (f"{WORD}.document.main+xml", ""),
    "word/styles.xml": (f"{WORD}.styles+xml", "styles"),
    "word/settings.xml": (f"{WORD}.settings+xml", "settings"),
    "word/comments.xml": (f"{WORD}.comments+xml", "comments"),
    "word/footer1.xml": (f"{WORD}.footer+xml", "footer"),
    "docProps/core.xml": ("application/vnd.openxmlformats-package.core-properties+xml", ""),
    "docProps/custom.xml": ("application/vnd.openxmlformats-officedocument.custom-properties+xml", ""),
}


@dataclass(frozen=True, slots=True)
class Face:
    """How the text of a language is set. Every Office has these fonts or puts its own of the same kind in."""

    latin: str
    east_asian: str
    tag: str  # as Word names the language
    hint: bool = True  # quotation marks and dots are those of the East Asian font


FACES = {
    "ko": Face("Malgun Gothic", "Malgun Gothic", "ko-KR"),
    "zh": Face("Microsoft YaHei", "Microsoft YaHei", "zh-CN"),
    "en": Face("Calibri", "Microsoft YaHei", "en-US", hint=False),
}


@dataclass(frozen=True, slots=True)
class Note:
    """A comment that goes out. Its mark tells when it comes back whether somebody wrote into it."""

    text: str
    by: str
    at: str | None = None

    @property
    def mark(self) -> str:
        """Six digits that stand for the text, shown small and grey at its end."""
        return fingerprint(self.text)[:6]


def w(name: str, /, *children: etree._Element, **attributes: str | int) -> etree._Element:
    """An element of WordprocessingML with its children; names of attributes are of the same namespace."""
    element = etree.Element(W + name, {W + key: str(value) for key, value in attributes.items()})
    element.extend(children)
    return element


def root(name: str, *children: etree._Element) -> etree._Element:
    """The root of a part."""
    element = etree.Element(W + name, nsmap={"w": NAMESPACES["w"][0], "r": NAMESPACES["r"][0]})
    element.extend(children)
    return element


def face(
    lang: str,
    *,
    size: float | None = None,
    bold: bool = False,
    colour: str = "",
    underline: tuple[str, str] | None = None,
) -> etree._Element:
    """The properties of a run in a language (`ko`, `zh`, `en`); size in points, underline as (kind, colour)."""
    return deepcopy(
        _face(lang, size, bold, colour, underline)
    )  # made anew each time, 1,000 rows took 2.0 s and not 1.2


@cache
def _face(lang: str, size: float | None, bold: bool, colour: str, underline: tuple[str, str] | None) -> etree._Element:
    used = FACES[lang]
    fonts = w("rFonts", ascii=used.latin, hAnsi=used.latin, eastAsia=used.east_asian, cs=used.latin)
    if used.hint:
        fonts.set(W + "hint", "eastAsia")
    properties = w("rPr", fonts)
    if bold:
        properties.append(w("b"))
    if colour:
        properties.append(w("color", val=colour))
    if size:
        properties.extend([w("sz", val=round(2 * size)), w("szCs", val=round(2 * size))])
    if underline:
        properties.append(w("u", val=underline[0], color=underline[1]))
    properties.append(w("lang", val=used.tag, eastAsia=used.tag if used.hint else "zh-CN"))
    return properties


def run(text: str, properties: etree._Element) -> etree._Element:
    """A run of text; tabs and line breaks become their elements, what XML cannot hold is written out."""
    element = w("r", properties)
    for number, piece in enumerate(BREAK.split(text)):
        if number % 2:
            element.append(w("tab" if piece == "\t" else "br"))
        elif piece:
            written = w("t")
            written.text = writable(piece)
            written.set(SPACE, "preserve")
            element.append(written)
    return element


def paragraph(*content: etree._Element, style: str = "") -> etree._Element:
    """A paragraph, in a style of ours or as it comes."""
    return w("p", *([w("pPr", w("pStyle", val=style))] if style else []), *content)


def cell(width: int, *content: etree._Element, fill: str = "", top: str = "") -> etree._Element:
    """A table cell; width in twentieths of a point, `fill` and `top` are colours of the ground and the upper line."""
    properties = w("tcPr", w("tcW", w=width, type="dxa"))
    if top:
        properties.append(w("tcBorders", w("top", val="single", sz=12, space=0, color=top)))
    if fill:
        properties.append(w("shd", val="clear", color="auto", fill=fill))
    return w("tc", properties, *content)


def locked(number: int, *content: etree._Element) -> etree._Element:
    """Runs that cannot be changed, though they may be deleted with their row."""
    properties = w("sdtPr", w("id", val=number), w("lock", val="contentLocked"))
    return w("sdt", properties, w("sdtContent", *content))


def document(
    body: Iterable[etree._Element], notes: Sequence[Note], *, title: str, footer: str, properties: Mapping[str, str]
) -> bytes:
    """The package: A4 landscape, changes tracked, `properties` as custom properties. The same input, the same bytes."""
    section = w(
        "sectPr",
        w("footerReference", type="default"),
        w("pgSz", w=16838, h=11906, orient="landscape"),
        w("pgMar", top=850, right=720, bottom=850, left=720, header=400, footer=400, gutter=0),
    )
    section[0].set(f"{{{NAMESPACES['r'][0]}}}id", "footer1")
    trees = {
        "word/document.xml": root("document", w("body", *body, section)),
        "word/styles.xml": _styles(),
        "word/settings.xml": _settings(),
        "word/comments.xml": root("comments", *(_comment(number, note) for number, note in enumerate(notes))),
        "word/footer1.xml": root("ftr", _footer(footer)),
        "docProps/core.xml": _core(title),
        "docProps/custom.xml": _custom(properties),
    }
    parts = {"[Content_Types].xml": _content_types(), "_rels/.rels": _package_relationships()}
    parts["word/_rels/document.xml.rels"] = _relationships(
        (name.removeprefix("word/").removesuffix(".xml"), f"{RELATIONS}/{kind}", name.removeprefix("word/"))
        for name, (_, kind) in PARTS.items()
        if kind
    )
    return write_package(parts | {name: serialise(tree) for name, tree in trees.items()})


def _comment(number: int, note: Note) -> etree._Element:
    mark = run(f" ·{note.mark}", face("en", size=6, colour=GREY))
    element = w("comment", paragraph(run(note.text, face("ko", size=9)), mark), id=number, author=writable(note.by))
    element.set(W + "initials", writable(note.by[:1]))
    if note.at:
        element.set(W + "date", writable(note.at))
    return element


def _footer(text: str) -> etree._Element:
    number, total = (
        w("fldSimple", run("1", face("en", size=8, colour=GREY)), instr=name) for name in ("PAGE", "NUMPAGES")
    )
    begin = run(f"{text} · ", face("ko", size=8, colour=GREY))
    return paragraph(begin, number, run(" / ", face("en", size=8, colour=GREY)), total)


def _styles() -> etree._Element:
    """The styles: how a paragraph looks in a table, the title, the table itself."""
    spacing = w("pPr", w("spacing", before=20, after=20, line=260, lineRule="auto"))
    normal = face("en", size=10.5)
    defaults = w("docDefaults", w("rPrDefault", normal), w("pPrDefault", spacing))
    edges = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = w("tblBorders", *(w(edge, val="single", sz=4, space=0, color="C8C8C8") for edge in edges))
    margins = w("tblCellMar", *(w(edge, w=85, type="dxa") for edge in ("left", "right")))
    table = w("tblPr", borders, margins)
    return root(
        "styles",
        defaults,
        _style("paragraph", "Normal", "Normal", is_default=True),
        _style(
            "paragraph", "Title", "Title", w("pPr", w("spacing", before=0, after=60)), face("ko", size=18, bold=True)
        ),
        _style("table", "ReviewTable", "Review Table", table),
    )


def _style(kind: str, name: str, shown: str, *properties: etree._Element, is_default: bool = False) -> etree._Element:
    style = w("style", w("name", val=shown), w("qFormat"), *properties, type=kind, styleId=name)
    if is_default:
        style.set(W + "default", "1")
    return style


def _settings() -> etree._Element:
    """Changes are tracked from the first one on, so that each has its author; Word reads it as its own of today."""
    mode = w("compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15)
    return root(
        "settings", w("zoom", percent=100), w("trackRevisions"), w("defaultTabStop", val=720), w("compat", mode)
    )


def _core(title: str) -> etree._Element:
    dublin = "http://purl.org/dc/elements/1.1/"
    element = etree.Element(f"{{{NAMESPACES['cp'][0]}}}coreProperties", nsmap={"cp": NAMESPACES["cp"][0], "dc": dublin})
    etree.SubElement(element, f"{{{dublin}}}title").text = writable(title)
    etree.SubElement(element, f"{{{dublin}}}creator").text = "Daeyeok"
    return element


def _custom(properties: Mapping[str, str]) -> etree._Element:
    variant = f"{TRANSITIONAL}/officeDocument/2006/docPropsVTypes"
    names: dict[str | None, str] = {None: NAMESPACES["op"][0], "vt": variant}
    element = etree.Element(f"{{{NAMESPACES['op'][0]}}}Properties", nsmap=names)  # type: ignore[arg-type]
    for number, (name, value) in enumerate(properties.items(), 2):
        given = {"fmtid": "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}", "pid": str(number), "name": name}
        entry = etree.SubElement(element, f"{{{NAMESPACES['op'][0]}}}property", given)
        etree.SubElement(entry, f"{{{variant}}}lpwstr").text = writable(value)
    return element


def _content_types() -> bytes:
    element = etree.Element("Types", xmlns=f"{TRANSITIONAL}/package/2006/content-types")
    etree.SubElement(element, "Default", Extension="rels", ContentType=_RELATIONSHIPS)
    etree.SubElement(element, "Default", Extension="xml", ContentType="application/xml")
    for name, (kind, _) in PARTS.items():
        etree.SubElement(element, "Override", PartName=f"/{name}", ContentType=kind)
    return serialise(element)


_RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships+xml"


def _package_relationships() -> bytes:
    core = f"{TRANSITIONAL}/package/2006/relationships/metadata/core-properties"
    return _relationships(
        [
            ("document", f"{RELATIONS}/officeDocument", "word/document.xml"),
            ("core", core, "docProps/core.xml"),
            ("custom", f"{RELATIONS}/custom-properties", "docProps/custom.xml"),
        ]
    )


def _relationships(entries: Iterable[tuple[str, str, str]]) -> bytes:
    element = etree.Element("Relationships", xmlns=NAMESPACES["rel"][0])
    for name, kind, target in entries:
        etree.SubElement(element, "Relationship", Id=name, Type=kind, Target=target)
    return serialise(element)
