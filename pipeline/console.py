"""What a person sees on a terminal: progress on stderr, results on stdout."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # heavy or above; only the types are needed here
    from pathlib import Path

    from rich.progress import Progress, TaskID

    from pipeline.article import Finding
    from pipeline.collect import Collected
    from pipeline.index import Entry
    from pipeline.publication import Publication
    from pipeline.summary import Summary


# --- progress ---------------------------------------------------------------------------------------------------


@dataclass
class ProgressLines:
    """Plain lines on stderr, one every few seconds: for logs and pipes."""

    quiet: bool = False
    every: float = 5.0  # seconds
    seconds: float = 0.0
    _begun: float = field(default_factory=time.monotonic)
    _translating: float = 0.0
    _spoke: float = 0.0
    _done: int = 0
    _total: int = 0

    def __enter__(self) -> ProgressLines:
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.monotonic() - self._begun

    def start(self, articles: int, segments: int) -> None:
        """Translating begins."""
        self._total, self._translating = segments, time.monotonic()
        self._spoke = self._translating
        if segments:
            self.note(f"{articles} articles, {segments} segments to translate")

    def advance(self, segments: int) -> None:
        """So many more are done."""
        self._done += segments
        now = time.monotonic()
        if now - self._spoke >= self.every or self._done == self._total:
            self._spoke = now
            rate = self._done / max(now - self._translating, 1e-6)
            left = (self._total - self._done) / max(rate, 1e-6)
            self.note(f"{self._done}/{self._total} segments, {rate:.1f} a second, {left:.0f} s left")

    def note(self, message: str) -> None:
        """Something the user should know at once."""
        if not self.quiet:
            print(message, file=sys.stderr, flush=True)


class ProgressBar(ProgressLines):
    """A bar with rate and time left, for a terminal."""

    _bar: Progress
    _task: TaskID

    def __enter__(self) -> ProgressBar:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task("reading", total=None, rate="")
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
        super().__exit__()

    def start(self, articles: int, segments: int) -> None:
        """Translating begins."""
        self._translating = time.monotonic()
        self._bar.update(self._task, total=segments, description=f"translating {articles} articles")

    def advance(self, segments: int) -> None:
        """So many more are done."""
        self._done += segments
        rate = self._done / max(time.monotonic() - self._translating, 1e-6)
        self._bar.update(self._task, advance=segments, rate=f"{rate:.1f} segments/s")

    def note(self, message: str) -> None:
        """Something the user should know at once."""
        self._bar.console.print(message, markup=False, highlight=False)


STEPS = {"hint": "by the hint alone", "retry": "decoded again", "insist": "insisted on", "repair": "repaired"}

# --- printing ---------------------------------------------------------------------------------------------------


def print_summary(summary: Summary, seconds: float, output: Path, *, dry_run: bool) -> None:
    """What a run did."""
    done = summary.articles - summary.unchanged
    print(f"articles    {summary.articles}: {done} processed, {summary.unchanged} unchanged")
    for file, reason in summary.set_aside:
        print(f"set aside   {reason if reason.startswith(file) else f'{file}: {reason}'}")
    verb = "to translate" if dry_run else "translated"
    print(f"segments    {summary.translated} {verb}, {summary.reused} reused, {summary.failed} failed")
    if dry_run:
        print("Nothing was written (dry run).")
        return
    print(f"terms       {summary.asked} asked, {summary.honoured} honoured, {summary.missed} missed")
    if summary.steps:
        print(f"            {', '.join(f'{summary.steps[step]} {word}' for step, word in STEPS.items())}")
    found = ", ".join(f"{summary.findings[name]} {name}s" for name in ("error", "warning"))
    print(f"findings    {found}, {summary.findings['info']} remarks")
    print(f"time        {seconds:.1f} s")
    if done:
        print(f"Open the pages in {output}: <article>/<article>.html")


def status_row(entry: Entry) -> list[str]:
    """What `status` shows of one article."""
    counts = entry.counts
    if not entry.id:
        return ["", entry.file, "new", "", "", ""]
    if not counts:
        return [entry.id, entry.file, "run again", "", "", ""]
    state = (
        "approved"
        if not counts["draft"] + counts["edited"]
        else "in review"
        if counts["edited"] + counts["approved"]
        else "draft"
    )
    return [
        entry.id,
        entry.file,
        f"{state}, {counts['stale']} stale" if counts["stale"] else state,
        str(counts["segments"]),
        f"{counts['error']} errors, {counts['warning']} warnings",
        f"{counts['honoured']} of {counts['asked']}",
    ]


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table; on a terminal as wide as that, else wide enough."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*header, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def print_collected(result: Collected, *, dry_run: bool) -> None:
    """What became of a returned document, with both texts where an edit was refused."""
    if result.error:
        print(result.error)
        return
    counts = ", ".join(f"{result.count(outcome)} {outcome}" for outcome in ("applied", "unchanged", "refused"))
    said = f", {result.comments} new comments" if result.comments else ""
    print(f"{result.file} ({result.format}) → {result.article}: {counts}{said}{' (dry run)' if dry_run else ''}")
    for verdict in result.verdicts:
        edit = verdict.edit
        if verdict.outcome == "applied":
            print(f"  {edit.segment} {edit.lang}: {verdict.current}")
        elif verdict.outcome == "refused":
            print(f"  {edit.segment} {edit.lang} refused{f' ({edit.place})' if edit.place else ''}: {verdict.reason}")
            print(f"      in the file: {edit.text}\n      now here:    {verdict.current}")
    for problem in result.problems:
        print(f"  {problem.place}: {problem.message}{f' “{problem.text}”' if problem.text else ''}")


def print_publication(publication: Publication) -> None:
    """An article with its translations and findings, segment by segment."""
    bitext = publication.bitext
    meta = bitext.article.meta
    for name, value in asdict(meta).items():
        if value:
            print(f"{name:<10} {value}")
    for block in bitext.article.blocks:
        print(f"\n[{block.kind}]")
        for segment in block.segments:
            print(f"{segment.id:>5}  ko  {' '.join(segment.text.split())}")
            for translation in (t for t in bitext.translations if t.segment == segment.id):
                print(f"       {translation.lang}  {translation.text}")
            for finding in (f for f in publication.findings if f.segment == segment.id):
                print(f"        !  {finding.lang} {finding.severity}: {finding_line(finding)}")


def finding_line(finding: Finding) -> str:
    """A finding on one line, with its suggestion."""
    is_said = not finding.suggestion or finding.suggestion in finding.message
    advice = "" if is_said else f" → {finding.suggestion}"
    return f"{finding.check}: {finding.message}{advice}"


def publication_dict(publication: Publication) -> dict[str, object]:
    """An article for programs."""
    bitext = publication.bitext
    return {
        "id": bitext.article.id,
        "revision": bitext.revision,
        "meta": asdict(bitext.article.meta),
        "blocks": [asdict(block) for block in bitext.article.blocks],
        "dropped": [asdict(line) for line in bitext.article.dropped],
        "translations": [asdict(translation) for translation in bitext.translations],
        "findings": [asdict(finding) for finding in publication.findings],
        "glosses": {name: [asdict(gloss) for gloss in found] for name, found in publication.glosses.items()},
        "mentions": {name: [asdict(mention) for mention in found] for name, found in publication.mentions.items()},
    }


def print_json(value: object) -> None:
    """A value as JSON on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=str)
    print()
