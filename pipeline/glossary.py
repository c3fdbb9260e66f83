"""The glossary: terms with their agreed renderings, kept by editors in `glossary/*.yaml`; every fault is named.

An entry's id is its first Korean spelling, or what it says under `id`; it does not depend on the order of the file.
"""

from __future__ import annotations

import codecs
import contextlib
import gc
import hashlib
import json
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path

from pipeline import __version__
from pipeline.entries import read_entries
from pipeline.errors import GlossaryError
from pipeline.terms import Renderings, Term, TermKind, TermStatus, spelling_key

SUFFIXES = (".yaml", ".yml")
BIGGEST = 32 * 2**20  # bytes of one file; 100,000 entries have about 15 MB
KEPT = ".glossary.json"  # in the cache folder

Texts = list[str]
KeptRenderings = tuple[str, Texts, Texts] | None
Row = tuple[  # a term as it is kept: its fields in their order
    str, Texts, KeptRenderings, KeptRenderings, TermKind, str, TermStatus,
    str | None, str | None, bool, bool, str, Texts, str, int,
]  # fmt: skip


@dataclass(frozen=True)
class Glossary:
    """All terms by id, and the fingerprint of the files they came from."""

    terms: Mapping[str, Term]
    fingerprint: str = ""

    @cached_property
    def homographs(self) -> Mapping[str, tuple[Term, ...]]:
        """Terms in use that share a spelling with another one, by the spelling as `spelling_key` gives it."""
        shared: dict[str, list[Term]] = {}
        for term in self.terms.values():
            if term.status != "deprecated":
                for key in dict.fromkeys(map(spelling_key, term.ko)):
                    shared.setdefault(key, []).append(term)
        return {key: tuple(terms) for key, terms in shared.items() if len(terms) > 1}


def load_glossary(folder: Path, cache: Path | None = None) -> Glossary:
    """Read every `*.yaml` (and `*.yml`) of the folder, not of folders below it.

    `cache` is a folder in which what was read is kept for the next time, by the content of the files and of this
    program; what is damaged there is made anew, and a folder that cannot be written does no harm.

    Raises GlossaryError with all problems of all files, each `folder/file, line N: what is wrong. What to do.`
    """
    problems: list[str] = []
    files = _read(folder, problems)
    if problems:
        _parse(files, folder.name, problems)
        raise GlossaryError(sorted(problems, key=_file_of))
    return parse_glossary(files, folder.name, cache)


def read_files(folder: Path) -> dict[str, bytes]:
    """The glossary files of a folder by name, sorted. Raises GlossaryError where one cannot be read."""
    problems: list[str] = []
    files = _read(folder, problems)
    if problems:
        raise GlossaryError(problems)
    return files


def parse_glossary(files: Mapping[str, bytes], folder: str = "glossary", cache: Path | None = None) -> Glossary:
    """The glossary that these files make, wherever they come from; `folder` is its name in messages.

    `cache` and GlossaryError as in `load_glossary`.
    """
    fingerprint = fingerprint_files(files)
    key = hashlib.sha256("\0".join((folder, fingerprint, _reader_fingerprint())).encode()).hexdigest()
    kept = _load_kept(cache / KEPT, key) if cache else None
    if kept is not None:
        return Glossary(kept, fingerprint)
    problems: list[str] = []
    terms = {term.id: term for term in _parse(files, folder, problems)}
    if problems:
        raise GlossaryError(problems)
    if cache:
        _keep(cache / KEPT, key, terms.values())
    return Glossary(terms, fingerprint)


def glossary_fingerprint(folder: Path) -> str:
    """Sixteen hexadecimal digits for the names and bytes of the glossary files; nothing is parsed.

    Raises GlossaryError where the folder or a file cannot be read.
    """
    return fingerprint_files(read_files(folder))


def fingerprint_files(files: Mapping[str, bytes]) -> str:
    """Sixteen hexadecimal digits for the names and bytes of these files."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


# --- files ---------------------------------------------------------------------------------------------------------


def _read(folder: Path, problems: list[str]) -> dict[str, bytes]:
    """The bytes of each file that can be read; what is wrong is added to `problems`."""
    if not folder.is_dir():
        raise GlossaryError([f"{folder}: there is no such folder. Create it, or set `glossary` in daeyeok.yaml."])
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and not path.name.startswith("."))
    except OSError as error:
        raise GlossaryError([f"{folder}: cannot be read ({error.strerror}). Check its permissions."]) from error
    files: dict[str, bytes] = {}
    for path in paths:
        name = f"{folder.name}/{path.name}"
        try:
            status = path.stat()
            fault = _unfit(status.st_mode, status.st_size)
            if fault:
                problems.append(f"{name}: {fault}")
            else:
                files[path.name] = path.read_bytes()
        except OSError as error:
            advice = "Remove the link, or point it to a file." if path.is_symlink() else "Check its permissions."
            problems.append(f"{name}: cannot be read ({error.strerror}). {advice}")
    return files


def _unfit(mode: int, size: int) -> str | None:
    """Why a file is not even opened."""
    if stat.S_ISDIR(mode):
        return "is a folder, not a file. Rename it, or move it out of the glossary."
    if not stat.S_ISREG(mode):
        return "is not a plain file. Move it out of the glossary."
    if size > BIGGEST:
        megabytes, limit = size / 2**20, BIGGEST // 2**20
        return f"has {megabytes:,.0f} MB, and no glossary file has more than {limit}. Divide it, or move it out."
    return None


def _parse(files: Mapping[str, bytes], folder: str, problems: list[str]) -> list[Term]:
    """The terms of all files that can be read; what is wrong is added to `problems`."""
    terms: list[Term] = []
    with _no_collection():
        for name, content in sorted(files.items()):
            text = _decoded(content, f"{folder}/{name}", problems)
            if text is not None:
                terms += read_entries(text, f"{folder}/{name}", problems)
        problems += conflicts(terms)
    return terms


def _decoded(content: bytes, name: str, problems: list[str]) -> str | None:
    """The text of a file, None after a complaint."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        problems.append(f"{name}, line 1: is UTF-16. Save it as UTF-8.")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.append(f"{name}, line {line}: is not UTF-8 (byte {error.start + 1} of the file). Save it as UTF-8.")
        return None


def _file_of(problem: str) -> str:
    """The file that a problem is about."""
    return re.split(", line |: ", problem, maxsplit=1)[0]


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Without the garbage collector: it would look through all terms again and again (100,000: 23 s, without 12 s)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# --- what was read, kept for the next time: plain JSON, because anyone may write to that folder --------------------


@lru_cache(1)
def _reader_fingerprint() -> str:
    """Stands for the program that reads: a newer one may read the same files otherwise."""
    digest = hashlib.sha256(__version__.encode())
    for name in ("terms.py", "nodes.py", "entries.py", "glossary.py"):
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:16]


def _load_kept(path: Path, key: str) -> dict[str, Term] | None:
    """What was kept under this key; None where there is nothing, something else, or something damaged."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        if head != _head(key, body):
            return None
        with _no_collection():
            return {term.id: term for term in map(_term, json.loads(body))}
    except (OSError, ValueError, TypeError, IndexError):
        return None


def _keep(path: Path, key: str, terms: Iterable[Term]) -> None:
    """Keep what was read, as a whole or not at all."""
    rows = [_row(term) for term in terms]
    body = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(_head(key, body) + b"\n" + body)
        new.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)


def _head(key: str, body: bytes) -> bytes:
    """The first line of the file: what it was made from, and a digest by which damage is known."""
    return f"{key} {hashlib.sha256(body).hexdigest()}".encode()


def _row(term: Term) -> list[object]:
    """The fields in their order, renderings as lists."""
    values = (getattr(term, field.name) for field in fields(Term))
    return [(one.preferred, one.admitted, one.forbidden) if isinstance(one, Renderings) else one for one in values]


def _term(row: Row) -> Term:
    """The term of a row. Written out, because 100,000 of them are to be there in a second."""
    name, ko, zh, en, kind, domain, status, begins, ends, is_kept, is_inside, note, evidence, file, line = row
    return Term(
        name,
        tuple(ko),
        Renderings(zh[0], tuple(zh[1]), tuple(zh[2])) if zh else None,
        Renderings(en[0], tuple(en[1]), tuple(en[2])) if en else None,
        *(kind, domain, status, begins, ends, is_kept, is_inside, note),
        tuple(evidence),
        *(file, line),
    )


# --- terms that contradict one another -----------------------------------------------------------------------------


def conflicts(terms: Collection[Term]) -> Iterator[str]:
    """Ids given twice, and spellings that two entries of one kind lay claim to at the same time.

    Deprecated entries make no claims, and two entries that are never valid on the same day make none on each other.
    """
    by_id: dict[str, Term] = {}
    for term in terms:
        other = by_id.setdefault(term.id, term)
        if other is not term and not _share_claim(term, other):
            advice = f"Give this one an id of its own, such as “id: {term.id}~{term.kind}”."
            yield f"{term.file}, line {term.line}: the id {term.id} is already that of {_place(other)}. {advice}"
    claims: dict[tuple[str, TermKind], list[Term]] = {}
    for term in terms:
        for key in dict.fromkeys(map(spelling_key, term.ko)) if term.status != "deprecated" else ():
            earlier = claims.setdefault((key, term.kind), [])
            if rival := next((one for one in earlier if not take_turns(one, term)), None):
                spelling = next(one for one in term.ko if spelling_key(one) == key)
                yield f"{term.file}, line {term.line}: {spelling} is listed twice{_difference(term, rival)}. Keep one."
            else:
                earlier.append(term)


def take_turns(one: Term, other: Term) -> bool:
    """Whether one ends before the other begins, as far as their dates go: 2022 does not end before 2022-10."""
    pairs = ((one.valid_to, other.valid_from), (other.valid_to, one.valid_from))
    return any(end and start and end[: len(start)] < start[: len(end)] for end, start in pairs)


def _share_claim(term: Term, other: Term) -> bool:
    """Whether `conflicts` names the two anyway, for a spelling of the same kind."""
    in_use = "deprecated" not in (term.status, other.status)
    shared = {*map(spelling_key, term.ko)} & {*map(spelling_key, other.ko)}
    return in_use and term.kind == other.kind and bool(shared) and not take_turns(term, other)


def _difference(term: Term, other: Term) -> str:
    """What the two entries render differently, and where the other one stands."""
    for lang, name in (("zh", "Chinese"), ("en", "English")):
        here, there = term.renderings(lang), other.renderings(lang)
        if here and there and here.preferred != there.preferred:
            return f" for {name} (“{there.preferred}” in {_place(other)}, “{here.preferred}” here)"
    return f" (also in {_place(other)})"


def _place(term: Term) -> str:
    return f"{term.file}, line {term.line}"
