"""The glossary in numbers: what it holds, what it lacks, and, where mentions were counted, what of it is used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import get_args

from pipeline.glossary import Glossary
from pipeline.terms import Term, TermKind, TermStatus

EXTREMES = 5  # longest and shortest spellings named


@dataclass(frozen=True, slots=True)
class Rendered:
    """The renderings of the entries in use in one target language."""

    with_rendering: int
    without_rendering: int
    with_admitted: int  # entries that have other renderings that will do
    with_forbidden: int
    renderings: int  # preferred and admitted


@dataclass(frozen=True, slots=True)
class Usage:
    """What was found of the entries in use in the texts that were counted."""

    used: int
    unused: int
    mentions: int
    most_used: tuple[tuple[str, int], ...]  # term ids
    unused_by_domain: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `share` is that of the entries, 0 to 1; None where the count is of something else."""

    group: str
    name: str
    count: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Census:
    """Counts of entries; all but `entries`, `statuses` and `files` count those in use, that is not deprecated.

    Tables are in the order of their counts; kinds and statuses that no entry has are 0.
    """

    entries: int
    in_use: int
    statuses: Mapping[str, int]
    files: Mapping[str, int]
    kinds: Mapping[str, int]
    domains: Mapping[str, int]
    zh: Rendered
    en: Rendered
    spellings: int
    spellings_per_term: Mapping[int, int]  # number of spellings → entries
    homographs: Mapping[str, tuple[str, ...]]  # spelling → ids of the entries that share it
    shortest: tuple[str, ...]
    longest: tuple[str, ...]
    with_evidence: int
    with_note: int
    do_not_translate: int
    inside_words: int
    dated: int
    not_yet_in_force: int
    no_longer_in_force: int
    usage: Usage | None = None

    def rows(self) -> tuple[Row, ...]:
        """The census as a table, in the order in which it is read."""
        return tuple(self._rows())

    def as_dict(self) -> dict[str, object]:
        """The census for JSON; the keys are the fields."""
        return asdict(self)

    def _rows(self) -> Iterator[Row]:
        yield Row("entries", "all", self.entries, None)
        yield from self._of_entries("status", self.statuses, self.entries)
        yield from self._of_entries("file", self.files, self.entries)
        yield from self._of_entries("kind", self.kinds, self.in_use)
        yield from self._of_entries("domain", self.domains, self.in_use)
        for lang, rendered in (("zh", self.zh), ("en", self.en)):
            yield self._row(lang, "with a rendering", rendered.with_rendering)
            yield self._row(lang, "without", rendered.without_rendering)
            yield self._row(lang, "with admitted ones", rendered.with_admitted)
            yield self._row(lang, "with forbidden ones", rendered.with_forbidden)
        yield Row("spellings", "all", self.spellings, None)
        yield from self._of_entries("spellings", self.spellings_per_term, self.in_use)
        yield Row("spellings", "shared by several entries", len(self.homographs), None)
        yield self._row("kept", "with evidence", self.with_evidence)
        yield self._row("kept", "with a note", self.with_note)
        yield self._row("kept", "not to be translated", self.do_not_translate)
        yield self._row("kept", "found inside words", self.inside_words)
        yield self._row("dates", "with a date", self.dated)
        yield self._row("dates", "not yet in force", self.not_yet_in_force)
        yield self._row("dates", "no longer in force", self.no_longer_in_force)
        if self.usage:
            yield self._row("usage", "used", self.usage.used)
            yield self._row("usage", "unused", self.usage.unused)
            yield Row("usage", "mentions", self.usage.mentions, None)

    def _row(self, group: str, name: str, count: int) -> Row:
        return Row(group, name, count, _share(count, self.in_use))

    @staticmethod
    def _of_entries(group: str, table: Mapping[str, int] | Mapping[int, int], of: int) -> Iterator[Row]:
        for name, count in table.items():
            yield Row(group, str(name) or "(none)", count, _share(count, of))


def take_census(glossary: Glossary, usage: Mapping[str, int] | None = None, *, today: date | None = None) -> Census:
    """Count a glossary. `usage` is how often each term id was found; `today` decides which dates have passed."""
    day = (today or date.today()).isoformat()
    every = list(glossary.terms.values())
    terms = [term for term in every if term.status != "deprecated"]
    spellings = sorted({spelling for term in terms for spelling in term.ko}, key=lambda one: (len(one), one))
    return Census(
        entries=len(every),
        in_use=len(terms),
        statuses=_table((term.status for term in every), get_args(TermStatus)),
        files=_table(term.file for term in every),
        kinds=_table((term.kind for term in terms), get_args(TermKind)),
        domains=_table(term.domain for term in terms),
        zh=_rendered(terms, "zh"),
        en=_rendered(terms, "en"),
        spellings=sum(len(term.ko) for term in terms),
        spellings_per_term=dict(sorted(Counter(len(term.ko) for term in terms).items())),
        homographs={key: tuple(term.id for term in shared) for key, shared in sorted(glossary.homographs.items())},
        shortest=tuple(spellings[:EXTREMES]),
        longest=tuple(spellings[: -EXTREMES - 1 : -1]),
        with_evidence=sum(bool(term.evidence) for term in terms),
        with_note=sum(bool(term.note) for term in terms),
        do_not_translate=sum(term.do_not_translate for term in terms),
        inside_words=sum(term.inside_words for term in terms),
        dated=sum(bool(term.valid_from or term.valid_to) for term in terms),
        not_yet_in_force=sum(day[: len(begins)] < begins for term in terms if (begins := term.valid_from)),
        no_longer_in_force=sum(day[: len(ends)] > ends for term in terms if (ends := term.valid_to)),
        usage=None if usage is None else _usage(terms, usage),
    )


def _rendered(terms: Iterable[Term], lang: str) -> Rendered:
    """A term that is not to be translated counts as rendered by its own spellings."""
    every = [term.renderings(lang) for term in terms]
    given = [one for one in every if one is not None]
    return Rendered(
        with_rendering=len(given),
        without_rendering=len(every) - len(given),
        with_admitted=sum(bool(one.admitted) for one in given),
        with_forbidden=sum(bool(one.forbidden) for one in given),
        renderings=sum(len(one.accepted) for one in given),
    )


def _usage(terms: Sequence[Term], mentions: Mapping[str, int]) -> Usage:
    counts = {term.id: mentions.get(term.id, 0) for term in terms}
    used = sorted(((name, count) for name, count in counts.items() if count > 0), key=lambda one: (-one[1], one[0]))
    return Usage(
        used=len(used),
        unused=len(counts) - len(used),
        mentions=sum(count for _, count in used),
        most_used=tuple(used[:EXTREMES]),
        unused_by_domain=_table(term.domain for term in terms if counts[term.id] <= 0),
    )


def _table(names: Iterable[str], expected: Iterable[str] = ()) -> dict[str, int]:
    """How often each name comes, the most frequent first, equal ones by name; expected ones also when they do not."""
    counts = Counter(names)
    return dict(sorted(((name, counts[name]) for name in {*counts, *expected}), key=lambda one: (-one[1], one[0])))


def _share(count: int, of: int) -> float | None:
    return count / of if of else None
