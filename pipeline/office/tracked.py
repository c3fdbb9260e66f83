"""What a piece of a Word document says when every tracked change in it is accepted, and who made the last change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from pipeline.office.ooxml import attribute, child, descendants, short, unwritable

# Elements between a row and its table, a cell and its row, and so on, that only wrap.
WRAPPERS = frozenset({"w:sdt", "w:sdtContent", "w:customXml", "w:smartTag", "w:ins", "w:moveTo"})
# What is not part of the accepted text: deletions, properties, the other half of alternatives, readings above letters.
SILENT = frozenset(
    {"w:del", "w:moveFrom", "w:delText", "w:instrText", "w:delInstrText", "w:rt", "mc:Fallback"}
    | {"w:rPr", "w:pPr", "w:tblPr", "w:trPr", "w:tcPr", "w:sdtPr", "w:sdtEndPr", "w:sectPr", "w:rubyPr"}
)
PICTURES = frozenset({"w:drawing", "w:pict", "w:object"})  # they may hold a box with text
SIGNS = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "\u2011", "w:softHyphen": "\xad"}
CHANGES = ("w:ins", "w:del", "w:moveFrom", "w:moveTo")

# Letters of the font Symbol, which Word writes as w:sym; what is not in the table keeps its private code.
SYMBOLS = {
    0xA3: "≤", 0xA5: "∞", 0xAC: "←", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×",
    0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xBC: "…", 0xD7: "⋅", 0xE5: "∑",
    **dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
    **dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed something, and when, ISO 8601 as the program wrote it."""

    by: str
    at: str | None


def accepted_text(element: etree._Element) -> str:
    """The text of a cell, a comment or a paragraph with all tracked changes accepted; line breaks are `\\n`.

    Paragraphs whose mark is deleted run into the next one. Fields give their result, links and content controls
    their text, a control that waits for text nothing. What XML could not hold is given back (`ooxml.writable`).
    """
    pieces: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))  # no recursion: documents may be nested by malice
    for event, node in walker:
        name = short(node.tag) if isinstance(node.tag, str) else ""
        if event == "end":
            if name == "w:p" and not _is_gone(child(node, "w:pPr", "w:rPr")):
                pieces.append("\n")
        elif name in SILENT or name in PICTURES or _is_deleted_row(node, name) or _is_waiting(node, name):
            walker.skip_subtree()
        elif name in ("w:t", "m:t"):
            text = node.text or ""
            is_kept = node.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
            pieces.append(text if is_kept else text.strip(" \t\r\n"))
        elif name in SIGNS and node is not element:
            pieces.append(SIGNS[name])
        elif name == "w:sym":
            pieces.append(_symbol(node))
    return unwritable("".join(pieces).removesuffix("\n"))


def last_change(element: etree._Element) -> Change | None:
    """The latest tracked insertion, deletion or move inside; None without one."""
    made = [Change(attribute(n, "w:author") or "", attribute(n, "w:date")) for n in descendants(element, *CHANGES)]
    return max(made, key=lambda change: change.at or "", default=None)


def asides(element: etree._Element) -> Iterator[str]:
    """The text of each picture or box inside, "" for a picture without words."""
    for node in descendants(element, *sorted(PICTURES)):
        fallback = any(short(above.tag) in SILENT | PICTURES for above in node.iterancestors() if above is not element)
        if not fallback:
            yield " ".join("".join(text.text or "" for text in descendants(node, "w:t")).split())


def children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """The rows of a table, the cells of a row: inside content controls and custom XML too, none of nested tables."""
    pending = list(reversed(parent))
    while pending:
        node = pending.pop()
        kind = short(node.tag) if isinstance(node.tag, str) else ""
        if kind == name:
            yield node
        elif kind in WRAPPERS:
            pending.extend(reversed(node))


def is_deleted(element: etree._Element) -> bool:
    """Whether a row or a cell is deleted by a tracked change."""
    return _is_gone(child(element, "w:trPr")) or child(element, "w:tcPr", "w:cellDel") is not None


def _is_deleted_row(node: etree._Element, name: str) -> bool:
    return name in ("w:tr", "w:tc") and is_deleted(node)


def _is_gone(properties: etree._Element | None) -> bool:
    return properties is not None and any(child(properties, name) is not None for name in ("w:del", "w:moveFrom"))


def _is_waiting(node: etree._Element, name: str) -> bool:
    """A content control that shows “Click here to enter text”."""
    return name == "w:sdt" and child(node, "w:sdtPr", "w:showingPlcHdr") is not None


def _symbol(node: etree._Element) -> str:
    try:
        code = int(attribute(node, "w:char") or "", 16)
    except ValueError:
        return "\ufffd"
    is_symbol = (attribute(node, "w:font") or "").casefold() == "symbol"
    return SYMBOLS.get(code & 0xFF, chr(code)) if is_symbol else chr(code)
