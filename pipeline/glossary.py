"""The glossary: terms with their agreed renderings, kept by editors in `glossary/*.yaml`; every fault is named.

An entry's id is its first Korean spelling, or what it says under `id`; it does not depend on the order of the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.entries import read_entries
from pipeline.errors import GlossaryError
from pipeline.terms import Term, TermKind, spelling_key


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


def load_glossary(folder: Path) -> Glossary:
    """Read every `*.yaml` (and `*.yml`) of the folder, not of folders below it.

    Raises GlossaryError with all problems of all files, each `folder/file, line N: what is wrong. What to do.`
    """
    problems: list[str] = []
    terms: list[Term] = []
    files = _files(folder)
    for file in files:
        terms += _read_file(file, problems)
    problems += _conflicts(terms)
    if problems:
        raise GlossaryError(problems)
    return Glossary({term.id: term for term in terms}, glossary_fingerprint(folder))


def glossary_fingerprint(folder: Path) -> str:
    """Sixteen hexadecimal digits for the names and bytes of the glossary files; nothing is parsed.

    Raises GlossaryError where the folder or a file cannot be read.
    """
    digest = hashlib.sha256()
    for file in _files(folder):
        try:
            content = file.read_bytes()
        except OSError as error:
            raise GlossaryError(
                [f"{_name(file)}: cannot be read ({error.strerror}). Check its permissions."]
            ) from error
        digest.update(f"{file.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise GlossaryError([f"{folder}: there is no such folder. Create it, or set `glossary` in daeyeok.yaml."])
    names = (path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and not path.name.startswith("."))
    return sorted(names, key=lambda path: path.name)


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _read_file(file: Path, problems: list[str]) -> list[Term]:
    """The terms of one file; what is wrong is added to `problems`."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(f"{_name(file)}: is not UTF-8 (byte {error.start + 1}). Save it as UTF-8.")
        return []
    except OSError as error:
        problems.append(f"{_name(file)}: cannot be read ({error.strerror}). Check that it is a file you may read.")
        return []
    return read_entries(text, _name(file), problems)


def _conflicts(terms: list[Term]) -> Iterator[str]:
    """Ids given twice, and spellings that two entries of one kind lay claim to. Deprecated entries do not count."""
    by_id: dict[str, Term] = {}
    for term in terms:
        other = by_id.setdefault(term.id, term)
        if other is not term and not _share_claim(term, other):
            advice = f"Give this one an id of its own, such as “id: {term.id}~{term.kind}”."
            yield f"{term.file}, line {term.line}: the id {term.id} is already that of {_place(other)}. {advice}"
    claims: dict[tuple[str, TermKind], Term] = {}
    for term in terms:
        for key in dict.fromkeys(map(spelling_key, term.ko)) if term.status != "deprecated" else ():
            other = claims.setdefault((key, term.kind), term)
            if other is not term:
                spelling = next(one for one in term.ko if spelling_key(one) == key)
                yield f"{term.file}, line {term.line}: {spelling} is listed twice{_difference(term, other)}. Keep one."


def _share_claim(term: Term, other: Term) -> bool:
    """Whether `_conflicts` names the two anyway, for a spelling of the same kind."""
    in_use = "deprecated" not in (term.status, other.status)
    return in_use and term.kind == other.kind and bool({*map(spelling_key, term.ko)} & {*map(spelling_key, other.ko)})


def _difference(term: Term, other: Term) -> str:
    """What the two entries render differently, and where the other one stands."""
    for lang, name in (("zh", "Chinese"), ("en", "English")):
        here, there = term.renderings(lang), other.renderings(lang)
        if here and there and here.preferred != there.preferred:
            return f" for {name} (“{there.preferred}” in {_place(other)}, “{here.preferred}” here)"
    return f" (also in {_place(other)})"


def _place(term: Term) -> str:
    return f"{term.file}, line {term.line}"
