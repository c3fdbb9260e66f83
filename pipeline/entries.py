"""Reads the entries of one glossary file; every fault is named with its line, and reading goes on."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterator, Mapping
from typing import TypeVar, get_args

from pipeline.nodes import Listing, Node, NodesError, Scalar, read_nodes
from pipeline.nodes import Mapping as MappingNode
from pipeline.terms import Renderings, Term, TermKind, TermStatus

Choice = TypeVar("Choice")

KINDS: dict[str, TermKind] = {kind: kind for kind in get_args(TermKind)}
STATUSES: dict[str, TermStatus] = {status: status for status in get_args(TermStatus)}
FLAGS = {"true": True, "false": False, "yes": True, "no": False}  # in small letters, capitals or both
ENTRY_KEYS = (
    *("id", "ko", "zh", "en", "kind", "domain", "status", "valid_from", "valid_to"),
    *("do_not_translate", "inside_words", "note", "evidence"),
)
PLAIN_KEYS = ("id", "domain", "valid_from", "valid_to", "note")
PROSE_KEYS = ("note", "evidence")
WORD_KEYS = ("ko", "zh", "en", "preferred", "admitted", "forbidden")
RENDERING_KEYS = ("preferred", "admitted", "forbidden")
LONGEST = 300  # characters of a spelling or rendering; ours have up to 136, a forgotten quote thousands
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)  # 2022, 2022-10 or 2022-10-16
NO_TEXT = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"  # control characters etc.
IN_FILE = re.compile(rf"[{NO_TEXT}]|\r(?!\n)")
IN_PROSE = re.compile(rf"[{NO_TEXT}\r]")
IN_TERM = re.compile(rf"[{NO_TEXT}\r\n\t⟪⟫]")  # hint marks too
QUOTES_AND_BRACKETS = "‘’“”'\"「」『』《》〈〉<>＜＞«»()（）\\[\\]【】"
ONLY_MARKS = re.compile(rf"[\s\u200b-\u200d\u2060\u00ad{QUOTES_AND_BRACKETS}.,·…!?。，、！？:;：；-]+")


def read_entries(text: str, name: str, problems: list[str]) -> list[Term]:
    """The terms of one file that can be read; what is wrong is added to `problems`, with `name` and the line."""
    return list(_Reader(name, problems).terms(text))


class _Reader:
    """Reads the entries of one file; each problem is noted with its line, and reading goes on."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self._name, self._problems = name, problems

    def terms(self, text: str) -> Iterator[Term]:
        """The entries that can be read."""
        if self._has_foreign_characters(text):
            return
        try:
            root = read_nodes(text)
        except NodesError as error:
            self._complain(error.line, error.problem)
            return
        if isinstance(root, Listing):
            yield from filter(None, map(self._term, root.items))
        elif root is not None and not (isinstance(root, Scalar) and not root.text):
            self._complain(root.line, "the file is not a list of terms. Begin each term with “- ko: …”.")

    def _has_foreign_characters(self, text: str) -> bool:
        """Whether there are tabs, which YAML counts as no indentation, or characters that are no text."""
        before = len(self._problems)
        if "\t" in text:
            for number, line in enumerate(text.split("\n"), 1):
                if "\t" in line:
                    self._complain(number, "there is a tab. Use spaces instead.")
        match = IN_FILE.search(text)  # only the first: a file that is no text has thousands
        if match:
            what = (
                "a line end of an old kind (CR alone)"
                if match[0] == "\r"
                else f"U+{ord(match[0]):04X}, which is no text"
            )
            self._complain(
                text.count("\n", 0, match.start()) + 1, f"there is {what}. Remove it, or save the file anew."
            )
        return len(self._problems) > before

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
            do_not_translate=self._flag(values.get("do_not_translate"), "do_not_translate"),
            inside_words=self._flag(values.get("inside_words"), "inside_words"),
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
            if date is not None and not _is_date(date):
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
        elif (IN_PROSE if key in PROSE_KEYS else IN_TERM).search(node.text):
            self._complain(node.line, f"“{key}” contains a character that is not allowed in a term. Remove it.")
        elif key in PROSE_KEYS:
            return node.text.strip()
        elif node.text != node.text.strip():
            self._complain(node.line, f"“{key}” begins or ends with a space (“{node.text}”). Remove it.")
        elif len(node.text) > LONGEST:
            problem = (
                f"“{key}” has {len(node.text):,} characters, and {LONGEST} are allowed. Is a quotation mark missing?"
            )
            self._complain(node.line, problem)
        elif key in WORD_KEYS and ONLY_MARKS.fullmatch(node.text):
            self._complain(node.line, f"“{key}” has no letter or digit ({node.text}). Write the word itself.")
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
        if isinstance(node, Listing):
            advice = f"Write “{lang}: {{preferred: …, admitted: […]}}”."
            self._complain(node.line, f"“{lang}” is a list, which does not say which rendering is asked for. {advice}")
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

    def _flag(self, node: Node | None, key: str) -> bool:
        text = "" if node is None else self._text(node, key)
        if text and text.casefold() not in FLAGS:
            self._complain(node.line if node else 0, f"“{text}” is not an answer for {key}. Write true or false.")
        return FLAGS.get(text.casefold(), False)

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


def _is_date(text: str) -> bool:
    """Whether this is a day that the calendar has, a month or a year."""
    if not DATE.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _advice(name: str, allowed: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, allowed, n=1)
    return f"Did you mean “{near[0]}”?" if near else f"Use one of: {', '.join(allowed)}."
