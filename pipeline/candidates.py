"""Places in a text where a term may stand: which of them are mentions, where several overlap or one is in doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.particles import is_suffixed, surroundings
from pipeline.terms import Term, TermKind

NAMES: frozenset[TermKind] = frozenset({"place", "organisation", "person"})
NEXT = re.compile(r"([가-힣]*)\s*([가-힣]*)")  # what is closed up behind a word, and the next word
DASH = re.compile("[-–—―~～]")
APART = 6  # characters between two names that are listed, at most
IN_A_ROW = ("", " ", "\u00a0", "의 ")
LISTED = re.compile(r"(?:과|와|랑)?\s*(?:[,，、·ㆍ・/\-–—~()（）]|및|그리고)\s*|(?:과|와|랑)\s*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pattern found at a place where it may stand; `term` is None for a decoy."""

    start: int
    end: int
    length: int
    origin: int
    term: Term | None
    is_doubtful: bool = False  # its letters are more often another word
    is_people: bool = False  # 조선족, 만족

    @property
    def is_name(self) -> bool:
        """Whether it speaks for a doubtful name beside it."""
        return not self.is_doubtful and (
            self.row in ("place", "people") or (self.term is not None and self.term.kind in NAMES)
        )

    @property
    def row(self) -> str:
        """What it is called that may stand in a row with others: a place, a people, the title of somebody."""
        if self.term is None:
            return ""
        return self.term.kind if self.term.kind in ("place", "title") else "people" if self.is_people else ""


def without_doubtful(text: str, candidates: list[Candidate]) -> list[Candidate]:
    """All candidates but the doubtful ones for which nothing speaks."""
    if not any(one.is_doubtful for one in candidates):
        return candidates
    names: dict[int, list[Candidate]] = {}
    for one in candidates:
        if one.is_name:
            names.setdefault(one.start, []).append(one)
            names.setdefault(one.end, []).append(one)
    return [one for one in candidates if not one.is_doubtful or _has_company(text, one, names)]


def _has_company(text: str, one: Candidate, names: dict[int, list[Candidate]]) -> bool:
    """Whether something beside a doubtful name speaks for it: a particle of place, a telling word, another name."""
    facts = surroundings()
    match = NEXT.match(text, one.end)
    behind, following = match.groups() if match else ("", "")
    if behind in facts.locative or behind.startswith(facts.company) or is_suffixed(behind, facts.suffixed):
        return True
    if behind in ("", "의") and following.startswith(facts.company):
        return True
    if DASH.match(text, one.end) or (one.start and DASH.match(text, one.start - 1)):
        return True
    near = (*range(one.start - APART, one.start + 1), *range(one.end, one.end + APART + 1))
    return any(_are_side_by_side(text, one, name) for place in near for name in names.get(place, ()))


def _are_side_by_side(text: str, one: Candidate, name: Candidate) -> bool:
    """Whether a doubtful one and a name are listed (영구와 반금) or stand in a row (길림성 안도, 일본 수상)."""
    first, second = sorted((one, name), key=lambda candidate: candidate.start)
    between = text[first.end : second.start] if first.end <= second.start else "?"
    if between in IN_A_ROW:
        return name.row != "" and (one.row == name.row or (one is second and one.row == "title"))
    return LISTED.fullmatch(between) is not None


def longest(candidates: list[Candidate]) -> list[Candidate]:
    """Candidates that do not overlap, longer ones first; a written spelling before a derived one, left before right."""
    chosen: list[Candidate] = []
    covered: set[int] = set()
    for one in sorted(candidates, key=lambda c: (-c.length, c.origin, c.start)):
        if one.start not in covered and one.end - 1 not in covered:
            covered.update(range(one.start, one.end))
            chosen.append(one)
    return chosen


def without_decoys(candidates: list[Candidate]) -> list[Candidate]:
    """All candidates but decoys and those inside a decoy."""
    inside = {place: one.start for one in candidates if one.term is None for place in range(one.start, one.end)}
    return [
        one
        for one in candidates
        if one.term is not None and (one.start not in inside or inside[one.start] != inside.get(one.end - 1))
    ]
