"""Adds, edits and retires entries in the glossary files, the way a person would, and two people at once.

A change is prepared (`prepare` gives a Plan with its diff; nothing is written) and saved (`save`). What was prepared is
checked as a whole folder first, and a file that changed meanwhile is not written over.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.entries import ENTRY_KEYS, read_entries
from pipeline.errors import GlossaryError, StorageError
from pipeline.glossary import SUFFIXES, Glossary, conflicts, parse_glossary, read_files
from pipeline.nodes import Listing, Node, read_nodes
from pipeline.nodes import Mapping as MappingNode
from pipeline.store import write_file
from pipeline.termbase.rewrite import Edit, NotChangeableError, applied, entry_edit, value_edits
from pipeline.terms import Renderings, Term, spelling_key

LOCK = ".glossary.lock"
PATIENCE = 30.0  # seconds to wait for another editor's save, which takes milliseconds
BOM = "\ufeff"
SCHEMA_LINE = b"# yaml-language-server:"
DEFAULTS = {one.name: one.default for one in dataclasses.fields(Term) if one.default is not dataclasses.MISSING}
DEFAULTS["domain"] = ""
Value = str | bool | Sequence[str] | Renderings | None  # of a key; None takes it out


class ChangedMeanwhileError(StorageError):
    """A glossary file is no longer what it was when the change was prepared: prepare it again."""


@dataclass(frozen=True)
class Addition:
    """A new entry; `file` is the name of a file of the folder, an old or a new one, None for where its kind lives."""

    term: Term
    file: str | None = None


@dataclass(frozen=True)
class Revision:
    """New values for some keys of an entry, which is named by its id or one of its spellings.

    A text for `zh` or `en` becomes the preferred rendering; what was admitted and forbidden stays.
    """

    entry: str
    changes: Mapping[str, Value]


Amendment = Addition | Revision


@dataclass(frozen=True)
class Plan:
    """A change of the glossary that is ready to be saved: the files as they were seen, and those that change."""

    folder: Path
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    terms: tuple[Term, ...]  # the entries that are new or changed, as they will stand

    @property
    def diff(self) -> str:
        """The change as a unified diff, "" where there is none."""
        return "".join(
            _diff(f"{self.folder.name}/{name}", self.before.get(name, b""), content)
            for name, content in self.after.items()
        )


def add(folder: Path, term: Term, file: str | None = None, *, dry_run: bool = False) -> Plan:
    """Add an entry, behind the entries of its kind and domain. Raises as `prepare` and `save` do."""
    return _carry_out(folder, Addition(term, file), dry_run=dry_run)


def edit(folder: Path, entry: str, changes: Mapping[str, Value], *, dry_run: bool = False) -> Plan:
    """Change some keys of an entry. Raises as `prepare` and `save` do."""
    return _carry_out(folder, Revision(entry, changes), dry_run=dry_run)


def retire(folder: Path, entry: str, note: str = "", valid_to: str | None = None, *, dry_run: bool = False) -> Plan:
    """Mark an entry as deprecated: it stays for the record and is no longer asked for. `note` is added to its note."""
    glossary = parse_glossary(read_files(folder), folder.name)
    return _carry_out(folder, retirement(find_entry(glossary, entry), note, valid_to), dry_run=dry_run)


def retirement(term: Term, note: str = "", valid_to: str | None = None) -> Revision:
    """The change that retires an entry."""
    changes: dict[str, Value] = {"status": "deprecated"}
    if valid_to:
        changes["valid_to"] = valid_to
    if note:
        changes["note"] = f"{term.note}\n{note}" if term.note else note
    return Revision(term.id, changes)


def prepare(folder: Path, amendments: Iterable[Amendment], cache: Path | None = None) -> Plan:
    """What the files would be after these changes; nothing is written.

    `cache` is that of `load_glossary`. Raises GlossaryError where the glossary cannot be read now, could not be read
    afterwards, an entry to change is not there or not the only one of that name, or no file is the place of a new one.
    """
    files = read_files(folder)
    glossary = parse_glossary(files, folder.name, cache)
    drafts = _Drafts(folder.name, files, glossary)
    for amendment in amendments:
        drafts.add(amendment)
    after = {name: content for name, content in drafts.contents().items() if content != files.get(name)}
    return Plan(folder, files, after, _checked(folder.name, glossary, after, drafts))


def save(plan: Plan) -> None:
    """Write the files of a plan, each as a whole.

    Raises ChangedMeanwhileError, with what was changed, where somebody changed one of them since; GlossaryError where
    it no longer goes together with a change of another file; StorageError where one cannot be written. Then nothing is
    written.
    """
    if not plan.after:
        return
    try:
        with FileLock(plan.folder / LOCK, timeout=PATIENCE):
            now = read_files(plan.folder)
            _refuse_changed(plan, now)
            if now != plan.before:
                parse_glossary({**now, **plan.after}, plan.folder.name)
            for name, content in plan.after.items():
                _write(plan.folder / name, content)
    except Timeout as error:
        raise StorageError(f"{plan.folder} is being changed by someone else. Try again in a moment.") from error
    except OSError as error:
        raise StorageError(
            f"{plan.folder} cannot be written: {error.strerror}. Change the rights of the folder."
        ) from error


def find_entry(glossary: Glossary, name: str) -> Term:
    """The entry with this id, else the only one with this spelling. Raises GlossaryError with what is near."""
    if name in glossary.terms:
        return glossary.terms[name]
    key = spelling_key(name)
    found = [term for term in glossary.terms.values() if key in map(spelling_key, term.ko)]
    if len(found) == 1:
        return found[0]
    if found:
        places = "; ".join(f"{term.id} ({term.file}, line {term.line})" for term in found)
        raise GlossaryError([f"{name} is a spelling of several entries: {places}. Say the id."])
    near = difflib.get_close_matches(name, glossary.terms, n=3, cutoff=0.5)
    advice = f"Did you mean {' or '.join(near)}?" if near else "Look for it with `daeyeok glossary find`."
    raise GlossaryError([f"{name} is not in the glossary. {advice}"])


# --- preparing -----------------------------------------------------------------------------------------------------


@dataclass
class _File:
    """One file that is to change: its text, nodes and entries, and the edits so far."""

    text: str
    root: Node | None
    terms: list[Term]
    numbers: dict[str, int]  # of the entries, by id
    bom: bool
    revisions: list[Edit] = field(default_factory=list)
    additions: list[Edit] = field(default_factory=list)  # behind the revisions of the entry they follow


class _Drafts:
    """Collects the edits of all amendments; each is made on the files as they were read."""

    def __init__(self, folder: str, files: Mapping[str, bytes], glossary: Glossary) -> None:
        self._folder, self._contents, self._glossary = folder, files, glossary
        self._files: dict[str, _File] = {}
        self.revised: set[str] = set()  # ids
        self.wanted: dict[str, Term] = {}  # the entries that are to be there afterwards, by id

    def add(self, amendment: Amendment) -> None:
        """Take one amendment in."""
        if isinstance(amendment, Addition):
            self._add_entry(amendment.term, amendment.file)
        else:
            self._revise(find_entry(self._glossary, amendment.entry), amendment.changes)

    def contents(self) -> dict[str, bytes]:
        """The new bytes of each file that was looked at."""
        contents: dict[str, bytes] = {}
        for name, file in self._files.items():
            try:
                text = applied(file.text, [*file.revisions, *file.additions])
            except NotChangeableError as error:
                raise self._not_changeable(name, file.text, error) from error
            contents[name] = (BOM * file.bom + text).encode()
        return contents

    def _revise(self, before: Term, changes: Mapping[str, Value]) -> None:
        name = before.file.removeprefix(f"{self._folder}/")
        file = self._file(name)
        number = file.numbers[before.id]
        node = file.root.items[number] if isinstance(file.root, Listing) else None
        if before.id in self.revised:
            raise GlossaryError([f"{before.id} is to be changed twice. Change it once, with all values."])
        assert isinstance(node, MappingNode), "an entry that was read is one"
        has_id = any(getattr(key, "text", "") == "id" for key, _ in node.pairs)
        after = _revised(before, changes, follows_spelling=not has_id)
        try:
            file.revisions += value_edits(file.text, node, before, after)
        except NotChangeableError as error:
            raise self._not_changeable(name, file.text, error) from error
        self.revised.add(before.id)
        self.wanted[after.id] = after

    def _add_entry(self, term: Term, name: str | None) -> None:
        if not term.ko:
            raise GlossaryError(["the term has no Korean. Add a spelling."])
        name = name or self._home(term)
        file = self._file(name)
        file.additions.append(entry_edit(file.text, file.root, _neighbour(file.terms, term), term))
        self.wanted[term.id or term.ko[0]] = dataclasses.replace(term, file=f"{self._folder}/{name}")

    def _home(self, term: Term) -> str:
        """The file in which most entries of its domain and kind stand, else of its domain, else of its kind."""
        others = self._glossary.terms.values()
        for alike in (_same_domain_and_kind, _same_domain, _same_kind):
            files = Counter(other.file for other in others if alike(other, term))
            if files:
                return files.most_common(1)[0][0].removeprefix(f"{self._folder}/")
        if len(self._contents) == 1:
            return next(iter(self._contents))
        raise GlossaryError(
            [f"{term.ko[0]}: no file has entries of this domain or kind. Say which file it belongs to."]
        )

    def _file(self, name: str) -> _File:
        """A file to change; a new one where there is none of that name."""
        if name not in self._files:
            if Path(name).suffix not in SUFFIXES or Path(name).name != name or name.startswith("."):
                raise GlossaryError([f"“{name}” is no name for a glossary file. Call it something like places.yaml."])
            text = (self._contents[name] if name in self._contents else self._first_line()).decode("utf-8")
            has_bom = text.startswith(BOM)
            text = text.removeprefix(BOM)
            terms = [term for term in self._glossary.terms.values() if term.file == f"{self._folder}/{name}"]
            numbers = {term.id: number for number, term in enumerate(terms)}
            self._files[name] = _File(text, read_nodes(text), terms, numbers, has_bom)
        return self._files[name]

    def _first_line(self) -> bytes:
        """What a new file begins with: the line that names the schema to editors, where the others have it."""
        firsts = (content.split(b"\n", 1)[0] for content in self._contents.values())
        return next((first + b"\n" for first in firsts if first.startswith(SCHEMA_LINE)), b"")

    def _not_changeable(self, name: str, text: str, error: NotChangeableError) -> GlossaryError:
        line = text.count("\n", 0, error.offset) + 1
        advice = "A comment would be lost. Change the entry by hand."
        return GlossaryError([f"{self._folder}/{name}, line {line}: this cannot be changed by a command. {advice}"])


def _checked(folder: str, glossary: Glossary, after: Mapping[str, bytes], drafts: _Drafts) -> tuple[Term, ...]:
    """The new and changed entries as the new files have them.

    Raises GlossaryError where the new files cannot be read or do not go together, and where they do not say exactly
    what was asked for and, for the rest, what they said before.
    """
    problems: list[str] = []
    written: list[Term] = []
    names = {f"{folder}/{name}": content for name, content in after.items()}
    for name, content in names.items():
        written += read_entries(content.decode("utf-8-sig"), name, problems)
    before: list[Term] = []
    others: list[Term] = []
    for term in glossary.terms.values():
        (before if term.file in names else others).append(term)
    problems = problems or list(conflicts([*others, *written]))
    if problems:
        raise GlossaryError(problems)
    found = {term.id: _content(term) for term in written}
    expected = {term.id: _content(term) for term in before if term.id not in drafts.revised}
    expected |= {name: _content(term) for name, term in drafts.wanted.items() if term.file in names}
    for name in [*expected, *found]:
        if found.get(name) != expected.get(name):
            place = (expected.get(name) or found[name]).file
            raise GlossaryError([f"{place}: {name} cannot be written by a command. Change the file by hand."])
    return tuple(term for term in written if term.id in drafts.wanted)


def _content(term: Term) -> Term:
    """An entry as it is compared: it may move to another line, and white space around prose is not kept."""
    evidence = tuple(one.strip() for one in term.evidence)
    return dataclasses.replace(term, id=term.id or term.ko[0], line=0, note=term.note.strip(), evidence=evidence)


def _revised(term: Term, changes: Mapping[str, Value], *, follows_spelling: bool) -> Term:
    """The entry with new values. Without an `id` of its own its id follows its first spelling."""
    values: dict[str, object] = {}
    for key, value in changes.items():
        if key not in ENTRY_KEYS:
            raise GlossaryError([f"“{key}” is not known in a term. Use one of: {', '.join(ENTRY_KEYS)}."])
        if key in ("zh", "en") and isinstance(value, str):
            values[key] = _preferring(value, term.zh if key == "zh" else term.en)
        elif key in ("ko", "evidence"):
            values[key] = (value,) if isinstance(value, str) else tuple(value or ())  # type: ignore[arg-type]
        else:
            values[key] = DEFAULTS.get(key) if value is None else value
    ko = values.get("ko", term.ko)
    if not isinstance(ko, tuple) or not ko:
        raise GlossaryError([f"{term.file}, line {term.line}: {term.id} needs a Korean spelling. Retire it instead."])
    if ("id" in changes and not changes["id"]) or ("id" not in changes and follows_spelling):
        values["id"] = ko[0]
    return dataclasses.replace(term, **values)  # type: ignore[arg-type]


def _preferring(text: str, have: Renderings | None) -> Renderings:
    """Renderings that ask for this text; it is no longer among those that only will do."""
    if have is None:
        return Renderings(text)
    return Renderings(text, tuple(one for one in have.admitted if one != text), have.forbidden)


def _neighbour(terms: Sequence[Term], new: Term) -> int | None:
    """The number of the entry behind which a new one belongs: the last that is most like it; None in an empty file."""
    for alike in (_same_domain_and_kind, _same_domain):
        for number in range(len(terms) - 1, -1, -1):
            if alike(terms[number], new):
                return number
    return len(terms) - 1 if terms else None


def _same_domain_and_kind(one: Term, other: Term) -> bool:
    return _same_domain(one, other) and one.kind == other.kind


def _same_domain(one: Term, other: Term) -> bool:
    return bool(other.domain) and one.domain == other.domain


def _same_kind(one: Term, other: Term) -> bool:
    return one.kind == other.kind


# --- saving --------------------------------------------------------------------------------------------------------


def _carry_out(folder: Path, amendment: Amendment, *, dry_run: bool) -> Plan:
    plan = prepare(folder, [amendment])
    if not dry_run:
        save(plan)
    return plan


def _refuse_changed(plan: Plan, now: Mapping[str, bytes]) -> None:
    for name in plan.after:
        if now.get(name) != plan.before.get(name):
            there = f"{plan.folder.name}/{name}"
            difference = _diff(there, plan.before.get(name, b""), now.get(name, b""))
            message = f"{there} was changed by someone else meanwhile, and is left as it is. Make your change again."
            raise ChangedMeanwhileError(f"{message} What they changed:\n{difference}")


def _write(path: Path, content: bytes) -> None:
    """Replace a file; a link stays a link, and who may read it stays as it was."""
    target = path.resolve()
    mode = target.stat().st_mode if target.exists() else None
    write_file(target, content)
    if mode is not None:
        target.chmod(mode)


def _diff(name: str, before: bytes, after: bytes) -> str:
    old, new = (content.decode("utf-8", "replace").splitlines(keepends=True) for content in (before, after))
    lines = difflib.unified_diff(old, new, f"{name} (before)", f"{name} (after)")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
