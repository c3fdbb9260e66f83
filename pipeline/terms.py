"""The value of a glossary entry: what a term is called in Korean, Chinese and English, and what is known of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

TermKind = Literal["term", "formula", "place", "person", "organisation", "title", "work"]
TermStatus = Literal["approved", "proposed", "deprecated"]

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


def spelling_key(spelling: str) -> str:
    """A spelling without what editors write differently: white space, quotation marks, title marks.

    >>> spelling_key("‘쌍탄소’ 목표")
    '쌍탄소목표'
    """
    return SPELLING_MARKS.sub("", spelling).casefold() or spelling
