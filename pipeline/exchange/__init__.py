"""Glossaries of other programs, read and written: TBX, CSV and TSV, XLSX. One file a format, one line in FORMATS.

What a file is, its content says; its name only says which format to write.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from pipeline.decode import SIGNATURES
from pipeline.errors import InputError, SettingsError
from pipeline.incoming import Incoming, Outgoing, Reading, gather
from pipeline.languages import target as target_language
from pipeline.store import write_file
from pipeline.terms import Term

HEAD = 4_096  # bytes that tell what a file is
XML = re.compile(rb"\s*<(\?xml|!DOCTYPE|!--|[A-Za-z][\w:.-]*[\s>])")
READABLE = "TBX, CSV, TSV or XLSX"


class Module(Protocol):
    """What a file of this folder offers."""

    def read(self, path: Path, target: str | None) -> Reading:
        """Open a file; `target` is the language of renderings that name none. Raises InputError."""

    def write(self, terms: Sequence[Term], variety: str, target: str | None) -> Outgoing:
        """The terms as a file; the same terms give the same bytes. Raises SettingsError."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is written: how it is shown to people, the module and its variety, the endings it is known by."""

    title: str
    module: str
    variety: str
    endings: tuple[str, ...] = ()


FORMATS = {  # of two endings that fit, the longer one counts
    "tbx": Format("TBX-Basic v3 (ISO 30042:2019), style DCA", "tbx", "dca", (".tbx", ".v3.tbx")),
    "tbx-dct": Format("TBX-Basic v3 (ISO 30042:2019), style DCT", "tbx", "dct", (".dct.tbx",)),
    "tbx-v2": Format("TBX-Basic v2 (martif, 2008)", "tbx", "v2", (".v2.tbx",)),
    "csv": Format("CSV with all columns", "sheets", "csv", (".csv",)),
    "tsv": Format("TSV with all columns", "sheets", "tsv", (".tsv",)),
    "xlsx": Format("Excel workbook", "xlsx", "xlsx", (".xlsx",)),
    "deepl": Format("DeepL glossary, CSV of two columns", "sheets", "deepl", (".deepl.csv",)),
    "omegat": Format("OmegaT glossary, tabs", "sheets", "omegat", (".utf8", ".tab", ".txt")),
}


def read(path: Path, target: str | None = None) -> Incoming:
    """Everything that a file of terms offers, with the rows that cannot be used and why.

    `target` (zh or en) is needed only where a table does not show which language its renderings are in. Raises
    InputError for a file that cannot be read at all, and SettingsError for a target that is none.
    """
    return gather(open_reading(path, target), path.name)


def open_reading(path: Path, target: str | None = None) -> Reading:
    """The offers of a file one by one, so that a file of any size needs little memory. Raises as `read` does."""
    code = target_language(target).code if target else None
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise InputError(path.name, f"it cannot be read ({error.strerror}). Check its name and permissions.") from error
    return _module(_kind(path, head)).read(path, code)


def write(terms: Sequence[Term], path: Path, name: str | None = None, target: str | None = None) -> tuple[str, ...]:
    """Write terms to a file; returns what of them the format could not take.

    The format is `name` of FORMATS, else what the ending of the path says. Raises SettingsError where neither names
    one, and where a term cannot be written; StorageError.
    """
    outgoing = render(terms, name or format_name(path), target)
    write_file(path, outgoing.content)
    return outgoing.remarks


def render(terms: Sequence[Term], name: str, target: str | None = None) -> Outgoing:
    """The terms as the bytes of a file, in their order; with `target` only what they are called in that language."""
    if name not in FORMATS:
        raise SettingsError(f"“{name}” is not a format. Use one of: {', '.join(FORMATS)}.")
    module, variety = _module(FORMATS[name].module), FORMATS[name].variety
    if target is None:
        return module.write(terms, variety, None)
    language = target_language(target)
    kept = [_only(term, language.code) for term in terms if term.renderings(language.code)]
    outgoing = module.write(kept, variety, language.code)
    missing = len(terms) - len(kept)
    said = (f"terms without {language.english}, left out: {missing}",) if missing else ()
    return replace(outgoing, remarks=(*said, *outgoing.remarks))


def _only(term: Term, lang: str) -> Term:
    return replace(term, en=None) if lang == "zh" else replace(term, zh=None)


def format_name(path: Path) -> str:
    """The format that a file name asks for. Raises SettingsError.

    >>> format_name(Path("terms.v2.tbx"))
    'tbx-v2'
    """
    fitting = [
        (len(ending), name)
        for name, one in FORMATS.items()
        for ending in one.endings
        if path.name.lower().endswith(ending)
    ]
    if not fitting:
        raise SettingsError(f"{path.name} does not say which format to write. Name one of: {', '.join(FORMATS)}.")
    return max(fitting)[1]


def _kind(path: Path, head: bytes) -> str:
    """The module that reads the file, by how it begins. Raises InputError for what holds no terms."""
    if not head:
        raise InputError(path.name, f"the file is empty. Give a file of terms: {READABLE}.")
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(path.name, "this is an old Excel file, or one with a password. Save it as .xlsx without one.")
    for signature, name in SIGNATURES:
        if head.startswith(signature):
            raise InputError(path.name, f"this is {name}, not a file of terms. Give {READABLE}.")
    if path.suffix.lower() in (".yaml", ".yml"):
        raise InputError(path.name, "this is a glossary file. Put it into the glossary folder.")
    return "tbx" if XML.match(head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")) else "sheets"


def _module(name: str) -> Module:
    return cast(Module, import_module(f"pipeline.exchange.{name}"))
