"""What an editor changed: the difference of two glossaries, entry by entry, and a glossary as git has it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import Literal

from pipeline.errors import GlossaryError
from pipeline.glossary import Glossary, load_glossary, parse_glossary
from pipeline.terms import Renderings, Term, spelling_key

ChangeKind = Literal["added", "removed", "renamed", "retired", "restored", "changed"]

PLACES = frozenset({"file", "line"})  # where an entry stands, not what it says
FIELDS = tuple(field.name for field in fields(Term) if field.name not in PLACES)
SILENT = frozenset({"note", "evidence", *PLACES})  # no translation depends on them
RENDERING = frozenset({"zh", "en"})
SAYS = attrgetter(*FIELDS)
PATIENCE = 60  # seconds that git may take for one answer


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of an entry before and after, in words for a table; "" where there is nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one entry. `term` is its id today, or the id that it had when it is gone.

    Renamed: another id, but the same kind and a spelling in common. Retired: set to deprecated; restored: the reverse.
    """

    term: str
    kind: ChangeKind
    before: Term | None
    after: Term | None
    fields: tuple[str, ...]  # what differs, in the order of an entry; nothing for an entry added or removed

    @property
    def terms(self) -> tuple[Term, ...]:
        """The entry before and after, as far as there is one."""
        return tuple(term for term in (self.before, self.after) if term is not None)

    @property
    def is_silent(self) -> bool:
        """True when no translation can be touched: only notes and evidence differ, or the entry is not in use."""
        is_unused = all(term.status == "deprecated" for term in self.terms)
        return is_unused or (bool(self.fields) and SILENT.issuperset(self.fields))

    @property
    def keeps_spellings(self) -> bool:
        """True when only what the entry is called in other languages differs."""
        return bool(self.fields) and (RENDERING | SILENT).issuperset(self.fields)

    def differences(self) -> tuple[Difference, ...]:
        """Each field that differs, before and after; of an entry added or removed each field that says something."""
        names = self.fields or FIELDS
        texts = ((name, _in_words(self.before, name), _in_words(self.after, name)) for name in names)
        return tuple(Difference(*text) for text in texts if text[1] != text[2])


def changes(old: Glossary, new: Glossary) -> tuple[Change, ...]:
    """Every entry that differs between two glossaries, by id. Where an entry stands in the files does not matter."""
    gone = {name: term for name, term in old.terms.items() if name not in new.terms}
    came = {name: term for name, term in new.terms.items() if name not in old.terms}
    renamed = _renamed(gone, came)
    found = [Change(name, "removed", term, None, ()) for name, term in gone.items() if name not in renamed.values()]
    for name, term in came.items():
        if name in renamed:
            before = gone[renamed[name]]
            found.append(Change(name, "renamed", before, term, _differing(before, term)))
        else:
            found.append(Change(name, "added", None, term, ()))
    for name in old.terms.keys() & new.terms.keys():
        before, after = old.terms[name], new.terms[name]
        if SAYS(before) != SAYS(after):
            found.append(Change(name, _kind(before, after), before, after, _differing(before, after)))
    return tuple(sorted(found, key=lambda change: change.term))


def open_glossary(place: str, folder: Path) -> Glossary:
    """A glossary by its place: a folder, or a git revision of `folder` written with a colon, `HEAD~1:`.

    Raises GlossaryError when there is no such folder, git, repository or revision, and for what is wrong in the files.
    """
    if Path(place).is_dir() or not place.endswith(":"):
        return load_glossary(Path(place))
    revision = place.removesuffix(":") or "HEAD"
    files = dict(_committed(folder, revision))
    if not files:
        raise GlossaryError([f"{folder}: in {revision} there is no glossary file. Name a later revision, or a folder."])
    return parse_glossary(files, folder.name)


def _renamed(gone: Mapping[str, Term], came: Mapping[str, Term]) -> dict[str, str]:
    """Ids that came → ids that are gone, of entries that are the same: one of a kind with a spelling in common."""
    by_spelling: dict[tuple[str, str], list[str]] = {}
    for name, term in gone.items():
        for key in {*map(spelling_key, term.ko)}:
            by_spelling.setdefault((term.kind, key), []).append(name)
    found: dict[str, str] = {}
    for name, term in sorted(came.items()):
        keys = dict.fromkeys((term.kind, spelling_key(spelling)) for spelling in term.ko)
        earlier = (one for key in keys for one in sorted(by_spelling.get(key, ())) if one not in found.values())
        if (before := next(earlier, None)) is not None:
            found[name] = before
    return found


def _differing(before: Term, after: Term) -> tuple[str, ...]:
    return tuple(name for name in FIELDS if getattr(before, name) != getattr(after, name))


def _kind(before: Term, after: Term) -> ChangeKind:
    match before.status == "deprecated", after.status == "deprecated":
        case False, True:
            return "retired"
        case True, False:
            return "restored"
        case _:
            return "changed"


def _in_words(term: Term | None, field: str) -> str:
    """What an entry says under a key, on one line."""
    match getattr(term, field, None):
        case Renderings() as renderings:
            admitted = [f"also {', '.join(renderings.admitted)}"] if renderings.admitted else []
            forbidden = [f"never {', '.join(renderings.forbidden)}"] if renderings.forbidden else []
            return "; ".join([renderings.preferred, *admitted, *forbidden])
        case tuple() as texts:
            return ", ".join(map(str, texts))
        case bool() as flag:
            return "yes" if flag else ""
        case None:
            return ""
        case text:
            return str(text)


def _committed(folder: Path, revision: str) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the glossary files that a git revision has in the folder; links are left out."""
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode()
    for entry in _git(folder, "ls-tree", "-z", commit.strip(), "./").decode().split("\0"):
        head, _, path = entry.partition("\t")
        mode, kind, name, *_ = (*head.split(), "", "", "")
        if kind == "blob" and mode.startswith("100") and path.endswith((".yaml", ".yml")):
            yield Path(path).name, _git(folder, "cat-file", "blob", name)


def _git(folder: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, timeout=PATIENCE, check=True)
    except FileNotFoundError as error:
        raise GlossaryError(["git is not installed, so no revision can be read. Name a folder instead."]) from error
    except subprocess.TimeoutExpired as error:
        raise GlossaryError([f"{folder}: git did not answer. Name a folder instead of a revision."]) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip() or f"{words[-1].split('^')[0]} is not a revision"
        raise GlossaryError([f"{folder}: {said}. Name a revision of a git repository, or a folder."]) from error
    return done.stdout
