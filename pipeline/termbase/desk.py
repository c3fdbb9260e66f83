"""The use cases of the glossary's editors, on one workspace."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import exchange, store
from pipeline.article import Bitext
from pipeline.changes import Change, changes, open_glossary
from pipeline.glossary import Glossary, parse_glossary
from pipeline.occurrences import Occurrences
from pipeline.summary import Reporter
from pipeline.termbase import adopt, amend, concordance, suggest
from pipeline.termbase.census import Census, take_census
from pipeline.termbase.impact import Impact, impact
from pipeline.termbase.lint import lint
from pipeline.termbase.proofread import Problem
from pipeline.terms import Term, TermStatus
from pipeline.workspace import Workspace

if TYPE_CHECKING:  # it loads a Korean tagger
    from pipeline.termbase.coverage import Coverage

SOURCES = ("glosses", "edits", "readings")  # of suggestions


@dataclass(frozen=True)
class Amended:
    """A change of the glossary, made or only tried, with what it does to the translations that are there."""

    plan: amend.Plan
    impact: Impact
    is_saved: bool


@dataclass(frozen=True)
class Brought:
    """A file of other people's terms: how it compares, and what was or would be taken of it."""

    report: adopt.Report
    taken: tuple[adopt.Change, ...]
    amended: Amended


class Termbase:
    """What editors do with the glossary of a workspace."""

    def __init__(self, workspace: Workspace, reporter: Reporter | None = None) -> None:
        """`reporter` is told what could not be read on the way."""
        self._workspace, self._reporter = workspace, reporter
        self.folder = workspace.glossary_folder

    @property
    def glossary(self) -> Glossary:
        """All entries as they are now. Raises GlossaryError."""
        return self._workspace.glossary

    # --- asking --------------------------------------------------------------------------------------------------

    def lint(self) -> tuple[Problem, ...]:
        """What is doubtful in the glossary; faults that keep it from loading raise GlossaryError instead."""
        with self._workspace.occurrences(self._reporter) as occurrences:
            return tuple(lint(self.glossary, occurrences.usage()))

    def find(self, text: str) -> tuple[concordance.Found, ...]:
        """The entries that a text leads to, in any of the three languages, the best first."""
        return concordance.find(text, self.glossary)

    def explain(self, text: str) -> tuple[concordance.Explained, ...]:
        """Every entry that is spelled in a Korean sentence, and why it is a mention there or not."""
        return concordance.explain(text, self.glossary, self._workspace.matcher)

    def show(self, name: str) -> concordance.Shown:
        """An entry with its mentions and what became of them. Raises GlossaryError for a name that is none."""
        term = amend.find_entry(self.glossary, name)
        with self._workspace.occurrences(self._reporter) as occurrences:
            return concordance.show(occurrences, term)

    def census(self) -> Census:
        """The numbers of the glossary."""
        with self._workspace.occurrences(self._reporter) as occurrences:
            return take_census(self.glossary, occurrences.usage())

    def coverage(self, articles: Collection[str] = (), *, least: int = 2, limit: int = 100) -> Coverage:
        """How far the glossary reaches in these articles (default: all), and what it lacks."""
        from pipeline.termbase.coverage import Passage, coverage

        passages = (
            Passage(bitext.article.id, segment.id, segment.text)
            for bitext in self._bitexts(articles)
            for segment in bitext.article.segments()
        )
        return coverage(passages, self.glossary, self._workspace.matcher, least=least, limit=limit)

    def suggest(self, sources: Sequence[str] = SOURCES) -> tuple[suggest.Suggestion, ...]:
        """Entries that glosses, reviewers' edits and Sino-Korean readings propose, the best founded first."""
        bitexts, matcher = tuple(self._bitexts()), self._workspace.matcher
        articles = [bitext.article for bitext in bitexts]
        found: list[suggest.Suggestion] = []
        if "glosses" in sources:
            found += suggest.from_glosses(articles, self.glossary)
        if "edits" in sources:
            found += suggest.from_edits(
                bitexts, self.glossary, self._workspace.matcher, self._workspace.settings.targets
            )
        if "readings" in sources:
            found += suggest.from_readings(articles, self.glossary, matcher)
        return tuple(found)

    def _bitexts(self, articles: Collection[str] = ()) -> Iterator[Bitext]:
        for name in articles or self._workspace.article_ids():
            yield self._workspace.bitext(name)

    # --- comparing -----------------------------------------------------------------------------------------------

    def diff(self, old: str, new: str | None = None) -> tuple[Change, ...]:
        """What changed between two glossaries, each a folder or a git revision such as `HEAD~1:`. Default: to now."""
        return changes(open_glossary(old, self.folder), open_glossary(new, self.folder) if new else self.glossary)

    def impact(self, old: str | None = None, new: str | None = None) -> Impact:
        """What a change touches. Default: from the glossary of the last run to the one that lies there now."""
        after = open_glossary(new, self.folder) if new else self.glossary
        with self._workspace.occurrences(self._reporter) as occurrences:
            before = open_glossary(old, self.folder) if old else occurrences.last_run_glossary() or after
            return self._impact(occurrences, before, after)

    def _impact(self, occurrences: Occurrences, before: Glossary, after: Glossary) -> Impact:
        return impact(occurrences, self._workspace.wording(before), self._workspace.wording(after))

    # --- changing ------------------------------------------------------------------------------------------------

    def amend(self, amendments: Sequence[amend.Amendment], *, dry_run: bool = False) -> Amended:
        """Change the glossary, and say what that does to the articles; a dry run says it and changes nothing.

        Raises GlossaryError where the change cannot be, StorageError where it cannot be saved; then nothing is changed.
        """
        plan = amend.prepare(self.folder, amendments)
        after = parse_glossary({**plan.before, **plan.after}, self.folder.name)
        with self._workspace.occurrences(self._reporter) as occurrences:
            effect = self._impact(occurrences, self.glossary, after)
        if not dry_run:
            amend.save(plan)
        return Amended(plan, effect, not dry_run)

    def bring(
        self,
        file: Path,
        *,
        target: str | None = None,
        replace: bool = False,
        status: TermStatus = "proposed",
        into: str | None = None,
        dry_run: bool = False,
    ) -> Brought:
        """Take terms from a file of another program. What editors agreed on is replaced only with `replace`."""
        report = adopt.compare(self.glossary, exchange.read(file, target))
        taken = adopt.plan(report, replace_agreed=replace, status=status)
        amended = self.amend([_amendment(change, into) for change in taken], dry_run=dry_run)
        return Brought(report, tuple(taken), amended)

    def export(
        self, file: Path, *, format_name: str | None = None, target: str | None = None, terms: Sequence[Term] = ()
    ) -> tuple[int, tuple[str, ...]]:
        """Write entries (default: all in use) for another program; how many, and what the format could not take."""
        chosen = terms or [term for term in self.glossary.terms.values() if term.status != "deprecated"]
        store.make_folder(file.resolve().parent)
        return len(chosen), exchange.write(chosen, file, format_name, target)


def _amendment(change: adopt.Change, into: str | None) -> amend.Amendment:
    """What is taken from a file as a change of the glossary; new entries go `into` a file."""
    if change.before is None:
        return amend.Addition(change.after, into)
    return amend.Revision(change.before.id, change.values)
