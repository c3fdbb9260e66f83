"""Takes documents back: which format a file is, which article it belongs to, what becomes of its edits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from lxml import etree

from pipeline import store
from pipeline.article import Bitext, State
from pipeline.edits import Verdict, add_comments, apply_edits
from pipeline.errors import InputError
from pipeline.formats import Problem, Returned

LARGEST = 200 * 2**20  # bytes; a book of 100,000 reviewed segments has 20 MB
READERS = {  # what a document is → the module that reads it
    "docx": "pipeline.formats.docx",
    "xlsx": "pipeline.formats.xlsx",
    "xliff": "pipeline.formats.xliff",
    "xliff12": "pipeline.formats.xliff12",
}
PARTS = (("word/document", "docx"), ("xl/workbook", "xlsx"))  # Word on the web calls it document2.xml
OTHERS = {
    b"%PDF": "a PDF. Edits in a PDF cannot be read; export a DOCX, XLSX or XLIFF file and edit that",
    b"\xd0\xcf\x11\xe0": "a file of an old or encrypted Office. Save it as .docx or .xlsx, without a password",
    b"{\\rtf": "RTF. Save it as .docx",
}


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of one returned document; `error` says why nothing of it could be read."""

    file: str
    format: str = ""
    article: str = ""
    verdicts: tuple[Verdict, ...] = ()
    comments: int = 0  # new ones
    problems: tuple[Problem, ...] = ()
    error: str | None = None

    def count(self, outcome: str) -> int:
        """How many edits were applied, unchanged or refused."""
        return sum(verdict.outcome == outcome for verdict in self.verdicts)

    @property
    def is_whole(self) -> bool:
        """Whether everything in the document was understood and taken."""
        return self.error is None and not self.problems and not self.count("refused")


def read_returned(path: Path, by: str = "") -> tuple[str, Returned]:
    """The format of a returned document, and what stands in it. Raises InputError for a document that is none."""
    name = path.name
    try:
        if (size := path.stat().st_size) > LARGEST:
            raise InputError(name, f"has {size / 2**20:,.0f} MB, more than a reviewed article can have.")
        content = path.read_bytes()
    except OSError as error:
        raise InputError(name, f"cannot be read: {error.strerror}.") from error
    found = _format(name, content)
    read: Callable[..., Returned] = import_module(READERS[found]).read_edits
    return found, read(content, name, by=by)


def take_back(
    output: Path, article: str, returned: Returned, *, at: str, state: State | None = None, dry_run: bool = False
) -> tuple[Bitext, tuple[Verdict, ...], int]:
    """Apply what was returned to an article and save it, unless nothing changes or it is a dry run.

    `state` is given to every text that the document has, as when a whole reviewed file is approved. Gives the bitext,
    the verdicts and the number of new comments. Raises InputError without such an article, StorageError.
    """
    folder = output / article
    edits = [replace(edit, state=state) if state and edit.text.strip() else edit for edit in returned.edits]
    while True:
        bitext = store.load_bitext(folder)
        if bitext is None:
            raise InputError(article, "there is no such article any more.")
        edited, verdicts = apply_edits(bitext, edits, at)
        edited, comments = add_comments(edited, returned.comments)
        if dry_run or edited == bitext:
            return edited, verdicts, comments
        try:
            return store.save_bitext(folder, edited), verdicts, comments
        except store.RevisionConflictError:  # somebody else saved meanwhile: look again
            continue


def _format(name: str, content: bytes) -> str:
    """A key of READERS, from the content: names change on the way."""
    if content.startswith(b"PK"):
        return _packed_format(name, content)
    for beginning, what in OTHERS.items():
        if content.startswith(beginning):
            raise InputError(name, f"this is {what}.")
    root = _root(content)
    if root is None:
        raise InputError(name, "this is no document that edits can be read from. Use DOCX, XLSX or XLIFF.")
    if etree.QName(root).localname == "tmx":
        raise InputError(
            name, "this is a translation memory (TMX). It has no edits; bring back the DOCX, XLSX or XLIFF."
        )
    if etree.QName(root).localname != "xliff":
        raise InputError(name, f"this is XML with the root “{etree.QName(root).localname}”, not XLIFF.")
    return "xliff12" if (root.get("version") or "").startswith("1") else "xliff"


def _packed_format(name: str, content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
    except zipfile.BadZipFile as error:
        raise InputError(name, f"the file is damaged or cut off ({error}). Ask for it again.") from error
    for part, found in PARTS:
        if any(one.startswith(part) and one.endswith(".xml") for one in names):
            return found
    if "mimetype" in names:
        raise InputError(name, "this is an OpenDocument file. Save it as .docx or .xlsx.")
    raise InputError(name, "this is a packed file, but neither DOCX nor XLSX. Unpack it first.")


def _root(content: bytes) -> etree._Element | None:
    """The root element alone; what follows it is the reader's business."""
    try:
        events = etree.iterparse(
            io.BytesIO(content), events=("start",), resolve_entities=False, no_network=True, load_dtd=False
        )
        return next((element for _, element in events), None)
    except etree.XMLSyntaxError:
        return None
