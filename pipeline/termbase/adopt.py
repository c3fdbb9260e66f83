"""What a file of other people's terms would do to the glossary, and what of it may be done.

`compare` says of every term whether it is new, the same, an addition, a change or a conflict; `plan` makes changes of
these for `amend`. Nothing that editors agreed on is replaced unless the caller says so, and nothing is ever removed: a
file may well be a part of a glossary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from pipeline.glossary import Glossary
from pipeline.incoming import Incoming, Refusal, Row, with_renderings
from pipeline.languages import TARGETS
from pipeline.orthography import south_korean_view
from pipeline.terms import Renderings, Term, TermStatus, spelling_key

Verdict = Literal["new", "same", "adds", "changed", "conflicting"]
Value = str | bool | tuple[str, ...] | Renderings | None
PLAIN_FIELDS = ("kind", "domain", "status", "valid_from", "valid_to", "do_not_translate", "inside_words", "note")

MOST_RIVALS = 5  # rows of the file that are named where they disagree with one


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which an entry and an incoming term differ. `adds`: the entry has nothing there yet."""

    what: str  # ko, zh, zh admitted, note and so on
    ours: str
    theirs: str
    adds: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """An incoming term beside the entry that it belongs to, None for a new one or where several lay claim to it.

    `after` is the entry as it would be with everything that the file says; `conflicts` say, with both texts and both
    places, why a person has to decide.
    """

    row: Row
    verdict: Verdict
    entry: Term | None = None
    after: Term | None = None
    differences: tuple[Difference, ...] = ()
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """A whole file compared with the glossary, in the order of the file."""

    file: str
    format: str
    comparisons: tuple[Comparison, ...]
    refused: tuple[Refusal, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many terms there are of each verdict, and how many rows were refused."""
        found = Counter(comparison.verdict for comparison in self.comparisons)
        verdicts: tuple[Verdict, ...] = ("new", "same", "adds", "changed", "conflicting")
        return {**{verdict: found[verdict] for verdict in verdicts}, "refused": len(self.refused)}


@dataclass(frozen=True, slots=True)
class Change:
    """A term to add (`before` is None), or an entry to edit. `place` is where the incoming term stands."""

    before: Term | None
    after: Term
    place: str

    @property
    def values(self) -> dict[str, Value]:
        """The keys of an entry that are edited, with their new values; none for a new one."""
        if self.before is None:
            return {}
        names = ("ko", *TARGETS, *PLAIN_FIELDS, "evidence")
        return {
            name: getattr(self.after, name) for name in names if getattr(self.after, name) != getattr(self.before, name)
        }


# --- comparing ------------------------------------------------------------------------------------------------------


def compare(glossary: Glossary, incoming: Incoming) -> Report:
    """Every incoming term beside the entry that it belongs to.

    It belongs to the entry with its id, where the file gives one, else to the one with a spelling in common; of
    several to the one of its kind, or of its rendering. A spelling of South Korea (요녕 for 료녕) finds its entry where
    a rendering agrees. What the file says nothing of is no difference.
    """
    ours = _Entries(glossary)
    rivals = _rivals(incoming.rows)
    comparisons = tuple(_comparison(row, ours, rivals.get(number, ())) for number, row in enumerate(incoming.rows))
    return Report(incoming.file, incoming.format, comparisons, incoming.refused, incoming.remarks)


def _comparison(row: Row, ours: _Entries, rivals: Sequence[Row]) -> Comparison:
    conflicts = [_disagreement(row, rival) for rival in rivals]
    found = ours.claimed_by(row)
    if len(found) > 1:
        entries = " and ".join(f"{_names(entry)} ({_place(entry)})" for entry in found)
        conflicts.append(f"{_names(row.term)} ({row.place}) fits several entries: {entries}")
    entry = found[0] if len(found) == 1 else None
    if entry and _is_homograph(row, entry):
        conflicts.append(
            f"{row.term.ko[0]} is a {row.term.kind} in {row.place} ({_names(row.term)}) "
            f"and a {entry.kind} in {_place(entry)} ({_names(entry)})"
        )
    if entry and entry.status == "deprecated" and row.term.status != "deprecated":
        conflicts.append(f"{entry.ko[0]} in {row.place} is retired in {_place(entry)}")
    if conflicts:
        return Comparison(row, "conflicting", entry, None, (), tuple(conflicts))
    if entry is None:
        return Comparison(row, "new", None, row.term)
    differences = tuple(_differences(entry, row))
    verdict: Verdict = "same" if not differences else "adds" if all(one.adds for one in differences) else "changed"
    return Comparison(row, verdict, entry, _united(entry, row), differences)


class _Entries:
    """The entries of the glossary, found by what an incoming term has in common with them."""

    def __init__(self, glossary: Glossary) -> None:
        self._by_id = glossary.terms
        self._by_key: dict[str, list[Term]] = {}
        self._by_view: dict[str, list[Term]] = {}
        for term in glossary.terms.values():
            for key in dict.fromkeys(map(spelling_key, term.ko)):
                self._by_key.setdefault(key, []).append(term)
            for view in dict.fromkeys(map(_view, term.ko)):
                self._by_view.setdefault(view, []).append(term)

    def claimed_by(self, row: Row) -> list[Term]:
        """The entries that the row may belong to: none, one, or several that nothing tells apart."""
        if "id" in row.given and row.term.id in self._by_id:
            return [self._by_id[row.term.id]]
        found = self._with(self._by_key, map(spelling_key, row.term.ko))
        in_use = [term for term in found if term.status != "deprecated"]
        found = in_use or found
        if not found:
            return [term for term in self._with(self._by_view, map(_view, row.term.ko)) if _agree(term, row.term)][:1]
        for is_likely in (_is_of_kind, lambda term, row: _agree(term, row.term)):
            likely = [term for term in found if is_likely(term, row)]
            if len(found) > 1 and len(likely) == 1:
                return likely
        return found

    @staticmethod
    def _with(table: Mapping[str, list[Term]], keys: Iterator[str]) -> list[Term]:
        return list({term.id: term for key in keys for term in table.get(key, [])}.values())


def _view(spelling: str) -> str:
    return spelling_key(south_korean_view(spelling).text)


def _is_of_kind(term: Term, row: Row) -> bool:
    return "kind" in row.given and term.kind == row.term.kind


def _agree(one: Term, other: Term) -> bool:
    """Whether two terms have the same preferred rendering in a language."""
    pairs = ((one.zh, other.zh), (one.en, other.en))
    return any(ours and theirs and ours.preferred == theirs.preferred for ours, theirs in pairs)


def _is_homograph(row: Row, entry: Term) -> bool:
    """Whether the row is of another thing that is only spelled like the entry: another kind, no rendering alike."""
    has_other_kind = "kind" in row.given and row.term.kind != entry.kind
    return has_other_kind and not _agree(entry, row.term) and not ("id" in row.given and row.term.id == entry.id)


def _rivals(rows: Sequence[Row]) -> dict[int, list[Row]]:
    """The rows of the file that say something else of a spelling of a row, by the number of the row."""
    by_key: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        for key in dict.fromkeys(map(spelling_key, row.term.ko)):
            by_key.setdefault(key, []).append(number)
    rivals: dict[int, list[Row]] = {}
    for numbers in by_key.values():
        for number in numbers if len(numbers) > 1 else ():
            others = (rows[other] for other in numbers if other != number and _are_rivals(rows[number], rows[other]))
            known = rivals.setdefault(number, [])
            known += [other for other in islice(others, MOST_RIVALS) if other not in known]
    return rivals


def _are_rivals(row: Row, other: Row) -> bool:
    """Whether two rows that share a spelling cannot both be entries: neither ids nor kinds tell them apart."""
    has_own_id = {"id"} <= row.given | other.given and row.term.id != other.term.id
    has_own_kind = {"kind"} <= row.given & other.given and row.term.kind != other.term.kind
    return not (has_own_id or has_own_kind)


def _disagreement(row: Row, rival: Row) -> str:
    return f"{row.place} says {_names(row.term)}, and {rival.place} says {_names(rival.term)}"


def _names(term: Term) -> str:
    """A term in short: 심양 沈阳 Shenyang."""
    renderings = (found.preferred for lang in TARGETS if (found := getattr(term, lang)))
    return " ".join(("/".join(term.ko), *renderings))


def _place(term: Term) -> str:
    return f"{term.file}, line {term.line}"


# --- differences, and the entry with them ---------------------------------------------------------------------------


def _differences(entry: Term, row: Row) -> Iterator[Difference]:
    """In what the row differs from the entry; what the entry has and the row has not is none."""
    term = row.term
    known = {*map(spelling_key, entry.ko), *map(_view, entry.ko)}
    for spelling in term.ko:
        if spelling_key(spelling) not in known and _view(spelling) not in known:
            yield Difference("ko", "", spelling, True)
    for lang in TARGETS:
        theirs: Renderings | None = getattr(term, lang)
        if theirs:
            yield from _rendering_differences(lang, getattr(entry, lang), theirs)
    for name in PLAIN_FIELDS:
        before, after = getattr(entry, name), getattr(term, name)
        if name in row.given and before != after and not (name == "note" and after in before):
            yield Difference(name, str(before or ""), str(after), not before and name not in ("kind", "status"))
    for text in term.evidence:
        if text not in entry.evidence:
            yield Difference("evidence", "", text, True)


def _rendering_differences(lang: str, ours: Renderings | None, theirs: Renderings) -> Iterator[Difference]:
    if ours is None:
        yield Difference(lang, "", theirs.preferred, True)
        ours = Renderings(theirs.preferred)
    elif ours.preferred != theirs.preferred:
        yield Difference(lang, ours.preferred, theirs.preferred, False)
    for text in theirs.admitted:
        if text in ours.forbidden:
            yield Difference(f"{lang} admitted", f"{text} is forbidden", text, False)
        elif text not in ours.accepted:
            yield Difference(f"{lang} admitted", "", text, True)
    for text in theirs.forbidden:
        if text in ours.accepted:
            yield Difference(f"{lang} forbidden", f"{text} is {_standing(text, ours)}", text, False)
        elif text not in ours.forbidden:
            yield Difference(f"{lang} forbidden", "", text, True)


def _standing(text: str, renderings: Renderings) -> str:
    return "preferred" if text == renderings.preferred else "admitted"


def _united(entry: Term, row: Row) -> Term:
    """The entry with everything that the row says; where both say something, the row counts."""
    term = row.term
    known = {*map(spelling_key, entry.ko), *map(_view, entry.ko)}
    more = tuple(text for text in term.ko if spelling_key(text) not in known and _view(text) not in known)
    plain = {name: getattr(term, name) for name in PLAIN_FIELDS if name in row.given}
    if "note" in plain and plain["note"] in entry.note:
        del plain["note"]
    after = replace(
        entry, ko=(*entry.ko, *more), evidence=tuple(dict.fromkeys((*entry.evidence, *term.evidence))), **plain
    )
    for lang in TARGETS:
        theirs: Renderings | None = getattr(term, lang)
        if theirs:
            ours: Renderings | None = getattr(entry, lang)
            after = with_renderings(after, lang, _united_renderings(ours, theirs) if ours else theirs)
    return after


def _united_renderings(ours: Renderings, theirs: Renderings) -> Renderings:
    """Both, each text once; of what they judge differently, theirs counts. A preferred one that is replaced goes."""
    new = {theirs.preferred, *theirs.admitted, *theirs.forbidden}
    admitted = (*(text for text in ours.admitted if text not in new), *theirs.admitted)
    forbidden = (*(text for text in ours.forbidden if text not in new), *theirs.forbidden)
    return Renderings(theirs.preferred, admitted, forbidden)


# --- what may be done -----------------------------------------------------------------------------------------------


def plan(report: Report, *, replace_agreed: bool = False, status: TermStatus | None = "proposed") -> tuple[Change, ...]:
    """The changes to make of a report, in its order, one for each entry; conflicts are never among them.

    New terms are proposed, or what `status` says; None keeps what the file says of them. Additions are made. Entries
    that the file would change are left as they are unless `replace_agreed`. Each change has the file and the row as
    evidence.
    """
    wanted: tuple[Verdict, ...] = ("new", "adds", "changed") if replace_agreed else ("new", "adds")
    changes: dict[str, Change] = {}
    for comparison in report.comparisons:
        if comparison.verdict not in wanted or comparison.after is None:
            continue
        row, entry, after = comparison.row, comparison.entry, comparison.after
        if entry is None:
            after = _new(after, changes, status)
        elif entry.id in changes:  # another row has something for the same entry
            after = _united(changes[entry.id].after, row)
        evidence = tuple(dict.fromkeys((*after.evidence, row.place)))
        changes[after.id] = Change(entry, replace(after, evidence=evidence), row.place)
    return tuple(changes.values())


def _new(term: Term, taken: Mapping[str, Change], status: TermStatus | None) -> Term:
    """A new entry as it comes in; a retired one stays retired, and an id that another new one has is told apart."""
    if status is not None and term.status != "deprecated":
        term = replace(term, status=status)
    number = 2
    name = f"{term.id}~{term.kind}"
    while term.id in taken:
        term = replace(term, id=name)
        name, number = f"{name}{number}", number + 1
    return term
