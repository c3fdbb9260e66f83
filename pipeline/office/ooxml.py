"""Office packages (DOCX and its kin): read within limits, without trust in what they say; written with the same bytes.

Names of elements and attributes are short here, `w:tbl`, whether a file is transitional or strict Open XML
(ISO/IEC 29500).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from lxml import etree

from pipeline.errors import InputError

MOST_PARTS = 10_000
LARGEST_PART = 100 * 2**20  # bytes unpacked; 1,000 rows of a review table take 4.5 million
LARGEST_PACKAGE = 500 * 2**20  # bytes unpacked, pictures included
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a ZIP archive

TRANSITIONAL = "http://schemas.openxmlformats.org"
NAMESPACES = {  # the one that is written stands first
    "w": (f"{TRANSITIONAL}/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"),
    "r": (f"{TRANSITIONAL}/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships"),
    "m": (f"{TRANSITIONAL}/officeDocument/2006/math", "http://purl.oclc.org/ooxml/officeDocument/math"),
    "mc": (f"{TRANSITIONAL}/markup-compatibility/2006",),
    "rel": (f"{TRANSITIONAL}/package/2006/relationships",),
    "cp": (f"{TRANSITIONAL}/package/2006/metadata/core-properties",),
    "op": (
        f"{TRANSITIONAL}/officeDocument/2006/custom-properties",
        "http://purl.oclc.org/ooxml/officeDocument/customProperties",
    ),
}  # fmt: skip
PREFIXES = {namespace: prefix for prefix, namespaces in NAMESPACES.items() for namespace in namespaces}
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)

# What XML 1.0 cannot hold, the bracket that stands for it (U+001B goes out as ⟦U+001B⟧ and comes back), and the
# beginning of _x001B_, which Office programs take for an escaped character.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|⟦|_(?=x[0-9A-Fa-f]{4}_)")
WRITTEN = re.compile("⟦U\\+([0-9A-F]{4})⟧")


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package; `name` is the file's, for messages."""

    name: str
    archive: zipfile.ZipFile
    parts: Mapping[str, zipfile.ZipInfo]

    def tree(self, part: str) -> etree._Element | None:
        """The root element of a part, None where there is no such part. Raises InputError for what is no plain XML."""
        if part not in self.parts:
            return None
        size = self.parts[part].file_size
        if size > LARGEST_PART:
            raise InputError(self.name, f"“{part}” in it unpacks to {size / 2**20:,.0f} MB. It was not read.")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        try:
            with self.archive.open(self.parts[part]) as packed:
                content = packed.read(size + 1)  # never more than it says
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise InputError(self.name, f"“{part}” in it is no XML ({error.msg}). Ask for the file again.") from error
        except DAMAGED as error:
            raise InputError(self.name, f"“{part}” in it is damaged ({error}). Ask for the file again.") from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise InputError(
                self.name, f"“{part}” in it declares entities, which no Office program does. It was not read."
            )
        return root

    def related(self, part: str, kind: str) -> str | None:
        """The part to which `part` ("" for the package) has a relationship of a kind: `comments`, `officeDocument`."""
        folder, file = posixpath.split(part)
        root = self.tree(posixpath.join(folder, "_rels", f"{file}.rels"))
        for relationship in root if root is not None else ():
            if (relationship.get("Type") or "").endswith(f"/{kind}") and relationship.get("TargetMode") != "External":
                return posixpath.normpath(posixpath.join("/", folder, relationship.get("Target") or "")).lstrip("/")
        return None


def open_package(content: bytes, name: str) -> Package:
    """A package from its bytes; nothing is unpacked yet. Raises InputError for what is none, or is too large."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGED as error:
        raise InputError(name, f"{_what_it_is(content)}. Ask for the file again.") from error
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_PARTS or size > LARGEST_PACKAGE:
        raise InputError(name, f"it unpacks to {size / 2**20:,.0f} MB in {len(entries):,} parts. It was not read.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise InputError(name, "it is encrypted. Save it without a password.")
    return Package(name, archive, {entry.filename.lstrip("/"): entry for entry in entries})


def write_package(parts: Mapping[str, bytes]) -> bytes:
    """The package as a ZIP archive, the parts in their order. The same parts give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, EARLIEST)
            info.create_system, info.compress_type = 0, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return packed.getvalue()


def serialise(root: etree._Element) -> bytes:
    """A part as Office programs write it."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


@cache
def tags(name: str) -> tuple[str, ...]:
    """A short name, `w:tbl`, as lxml writes it, in every namespace that it may stand in."""
    prefix, local = name.split(":")
    return tuple(f"{{{namespace}}}{local}" for namespace in NAMESPACES[prefix])


@cache
def short(tag: str) -> str:
    """A name as lxml writes it, short; of another namespace than ours the local name alone with a colon, `:anchor`."""
    namespace, _, local = tag.rpartition("}")
    return f"{PREFIXES.get(namespace[1:], '')}:{local}"


def attribute(element: etree._Element, name: str) -> str | None:
    """The value of an attribute with a short name, `w:val`."""
    return next((value for tag in tags(name) if (value := element.get(tag)) is not None), None)


def child(element: etree._Element, *path: str) -> etree._Element | None:
    """The element at the end of a path of short names, the first of each name: child(cell, "w:tcPr", "w:vMerge")."""
    found: etree._Element | None = element
    for name in path:
        found = next(found.iterchildren(*tags(name)), None) if found is not None else None
    return found


def descendants(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Every element below (and the element itself) with one of these short names, in document order."""
    return element.iter(*(tag for name in names for tag in tags(name)))


def writable(text: str) -> str:
    """A text that XML can hold and `unwritable` gives back.

    >>> writable("a\\x1bb"), unwritable("a⟦U+001B⟧b") == "a\\x1bb"
    ('a⟦U+001B⟧b', True)
    """
    return UNWRITABLE.sub(lambda match: f"⟦U+{ord(match[0]):04X}⟧", text)


def unwritable(text: str) -> str:
    """The inverse of `writable`; ⟦U+0041⟧, which it never writes, stays as it is."""

    def meant(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character == "_" or UNWRITABLE.fullmatch(character) else match[0]

    return WRITTEN.sub(meant, text)


def _what_it_is(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        return "this is a PDF, whatever its name says"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "this is a file of an old Office (.doc), or one with a password"
    return "the file is cut off or damaged" if content.startswith(b"PK") else "this is no Office file"
