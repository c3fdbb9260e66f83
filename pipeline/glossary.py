"""The glossary: terms with their agreed renderings, kept by editors in `glossary/*.yaml`; every fault is named.

An entry's id is its first Korean spelling, or what it says under `id`; it does not depend on the order of the file.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar, get_args

from pipeline.errors import GlossaryError
from pipeline.nodes import Listing, Node, NodesError, Scalar, read_nodes
from pipeline.nodes import Mapping as MappingNode

TermKind = Literal["term", "formula", "place", "person", "organisation", "title", "work"]
TermStatus = Literal["approved", "proposed", "deprecated"]

Choice = TypeVar("Choice")

KINDS: dict[str, TermKind] = {kind: kind for kind in get_args(TermKind)}
STATUSES: dict[str, TermStatus] = {status: status for status in get_args(TermStatus)}
FLAGS = {"true": True, "false": False, "yes": True, "no": False}
ENTRY_KEYS = (
    *("id", "ko", "zh", "en", "kind", "domain", "status", "valid_from", "valid_to"),
    *("do_not_translate", "inside_words", "note", "evidence"),
)
PLAIN_KEYS = ("id", "domain", "valid_from", "valid_to", "note")
PROSE_KEYS = ("note", "evidence")
RENDERING_KEYS = ("preferred", "admitted", "forbidden")
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")  # 2022, 2022-10 or 2022-10-16
RESERVED = re.compile(r"[⟪⟫\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")  # hint marks and control characters
SPELLING_MARKS = re.compile(r"[\s‘’“”'\"《》〈〉「」]+")  # what two spellings may differ in and still be the same


@dataclass(frozen=True, slots=True)
class Renderings:
    """What a term is called in one target language: the agreed form, others that will do, forms never to be used."""

    preferred: str
    admitted: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every rendering that will do, the preferred one first."""
        return (self.preferred, *self.admitted)


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the glossary. `file` and `line` say where it was read, for messages."""

    id: str
    ko: tuple[str, ...]
    zh: Renderings | None
    en: Renderings | None
    kind: TermKind
    domain: str
    status: TermStatus = "approved"
    valid_from: str | None = None
    valid_to: str | None = None
    do_not_translate: bool = False
    inside_words: bool = False
    note: str = ""
    evidence: tuple[str, ...] = ()
    file: str = ""
    line: int = 0

    def renderings(self, lang: str) -> Renderings | None:
        """The renderings in a target language, None where the entry has none.

        A term that is not to be translated is rendered by its own spellings where the entry gives nothing else.
        """
        given = {"zh": self.zh, "en": self.en}.get(lang)
        if given is None and self.do_not_translate:
            return Renderings(self.ko[0], self.ko[1:])
        return given


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


def spelling_key(spelling: str) -> str:
    """A spelling without what editors write differently: white space, quotation marks, title marks.

    >>> spelling_key("‘쌍탄소’ 목표")
    '쌍탄소목표'
    """
    return SPELLING_MARKS.sub("", spelling).casefold() or spelling


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
    return list(_Reader(_name(file), problems).terms(text))


class _Reader:
    """Reads the entries of one file; each problem is noted with its line, and reading goes on."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self._name, self._problems = name, problems

    def terms(self, text: str) -> Iterator[Term]:
        """The entries that can be read."""
        tabs = [number for number, line in enumerate(text.split("\n"), 1) if "\t" in line]
        for number in tabs:
            self._complain(number, "there is a tab. Use spaces instead.")
        try:
            root = None if tabs else read_nodes(text)
        except NodesError as error:
            self._complain(error.line, error.problem)
            return
        if isinstance(root, Listing):
            yield from filter(None, map(self._term, root.items))
        elif root is not None and not (isinstance(root, Scalar) and not root.text):
            self._complain(root.line, "the file is not a list of terms. Begin each term with “- ko: …”.")

    def _complain(self, line: int, problem: str) -> None:
        self._problems.append(f"{self._name}, line {line}: {problem}")

    def _term(self, node: Node) -> Term | None:
        """One entry, None when it cannot be used."""
        if not isinstance(node, MappingNode):
            self._complain(node.line, "this is not a term. Begin it with “- ko: …”.")
            return None
        before = len(self._problems)
        values = self._pairs(node, ENTRY_KEYS, "a term")
        ko = self._texts(values.get("ko"), "ko")
        if "ko" not in values:
            self._complain(node.line, "the term has no Korean. Add “ko: …”.")
        one = {key: self._text(values[key], key) for key in PLAIN_KEYS if key in values}
        term = Term(
            id=one.get("id") or (ko[0] if ko else ""),
            ko=ko,
            zh=self._renderings(values.get("zh"), "zh"),
            en=self._renderings(values.get("en"), "en"),
            kind=self._choice(values.get("kind"), "kind", KINDS, node.line) or "term",
            domain=one.get("domain", ""),
            status=self._choice(values.get("status"), "status", STATUSES, None) or "approved",
            valid_from=one.get("valid_from"),
            valid_to=one.get("valid_to"),
            do_not_translate=self._choice(values.get("do_not_translate"), "do_not_translate", FLAGS, None) or False,
            inside_words=self._choice(values.get("inside_words"), "inside_words", FLAGS, None) or False,
            note=one.get("note", ""),
            evidence=self._texts(values.get("evidence"), "evidence"),
            file=self._name,
            line=node.line,
        )
        if len(self._problems) == before:
            self._check(term)
        return term if len(self._problems) == before else None

    def _check(self, term: Term) -> None:
        """What only the whole entry shows."""
        if not term.zh and not term.en and not term.do_not_translate:
            self._complain(term.line, f"{term.ko[0]} has no rendering. Add “zh: …” or “en: …”.")
        for key, date in (("valid_from", term.valid_from), ("valid_to", term.valid_to)):
            if date is not None and not DATE.fullmatch(date):
                self._complain(term.line, f"“{date}” is not a date for {key}. Write it as 2022-10-16, 2022-10 or 2022.")
        if term.valid_from and term.valid_to and term.valid_to < term.valid_from[: len(term.valid_to)]:
            self._complain(term.line, f"{term.ko[0]} ends ({term.valid_to}) before it begins ({term.valid_from}).")

    def _pairs(self, node: MappingNode, allowed: tuple[str, ...], where: str) -> dict[str, Node]:
        """The values of a mapping by key; unknown and repeated keys are complained of."""
        values: dict[str, Node] = {}
        for key, value in node.pairs:
            name = key.text if isinstance(key, Scalar) else "[…]"
            if name in values:
                self._complain(key.line, f"“{name}” stands twice in {where}. Keep one.")
            elif name in allowed:
                values[name] = value
            else:
                self._complain(key.line, f"“{name}” is not known in {where}. {_advice(name, allowed)}")
        return values

    def _text(self, node: Node, key: str) -> str:
        """One line of text, "" after a complaint."""
        if not isinstance(node, Scalar):
            self._complain(node.line, f"“{key}” is to be one text. Write “{key}: …”, without brackets.")
        elif not node.text.strip():
            self._complain(node.line, f"“{key}” is empty. Fill it in, or remove the line.")
        elif key in PROSE_KEYS:
            return node.text.strip()
        elif node.text != node.text.strip():
            self._complain(node.line, f"“{key}” begins or ends with a space (“{node.text}”). Remove it.")
        elif RESERVED.search(node.text) or "\n" in node.text:
            self._complain(node.line, f"“{key}” contains a character that is not allowed in a term. Remove it.")
        else:
            return node.text
        return ""

    def _texts(self, node: Node | None, key: str) -> tuple[str, ...]:
        """One text or a list of texts, each of them once."""
        if node is None:
            return ()
        items = node.items if isinstance(node, Listing) else [node]
        if not items:
            self._complain(node.line, f"“{key}” is an empty list. Fill it in, or remove the line.")
        texts = tuple(filter(None, (self._text(item, key) for item in items)))
        for text in sorted({text for text in texts if texts.count(text) > 1}):
            self._complain(node.line, f"“{text}” stands twice under “{key}”. Keep one.")
        return texts

    def _renderings(self, node: Node | None, lang: str) -> Renderings | None:
        if node is None:
            return None
        if not isinstance(node, MappingNode):
            text = self._text(node, lang)
            return Renderings(text) if text else None
        values = self._pairs(node, RENDERING_KEYS, f"“{lang}”")
        if "preferred" not in values:
            self._complain(node.line, f"“{lang}” has no preferred rendering. Add “preferred: …”.")
            return None
        lists = (self._texts(values.get(key), key) for key in ("admitted", "forbidden"))
        renderings = Renderings(self._text(values["preferred"], "preferred"), *lists)
        every = (*renderings.accepted, *renderings.forbidden)
        for text in sorted({text for text in every if every.count(text) > 1}):
            self._complain(node.line, f"“{text}” stands in more than one place under “{lang}”. Keep one.")
        return renderings

    def _choice(
        self, node: Node | None, key: str, choices: Mapping[str, Choice], needed_at: int | None
    ) -> Choice | None:
        """One of the values that a key may have; `needed_at` is the line to name when it is missing and must not be."""
        if node is None:
            if needed_at is not None:
                self._complain(needed_at, f"the term has no {key}. Use one of: {', '.join(choices)}.")
            return None
        text = self._text(node, key)
        if text and text not in choices:
            self._complain(node.line, f"“{text}” is not a {key}. {_advice(text, tuple(choices))}")
        return choices.get(text)


def _advice(name: str, allowed: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, allowed, n=1)
    return f"Did you mean “{near[0]}”?" if near else f"Use one of: {', '.join(allowed)}."


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
