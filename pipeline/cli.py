"""The command line. Results go to stdout, progress and talk to stderr; each command is one call of Workspace."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.errors import DaeyeokError, Exit

if TYPE_CHECKING:  # the workspace is imported when a command needs it: --help answers at once
    from rich.progress import Progress, TaskID

    from pipeline.article import Finding
    from pipeline.index import Entry
    from pipeline.publication import Publication
    from pipeline.summary import Summary
    from pipeline.workspace import Workspace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; user errors are printed, never a traceback."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite kill ends like Ctrl-C
    try:
        return int(options.command(options))
    except DaeyeokError as error:
        print(f"daeyeok: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("daeyeok: stopped. Finished articles are saved; run again to go on.", file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:  # `daeyeok show … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK


# --- commands ---------------------------------------------------------------------------------------------------


def run(options: argparse.Namespace) -> int:
    """Process new and changed articles."""
    workspace = _workspace(options)
    reporter = ProgressBar() if _is_terminal() and not options.quiet else ProgressLines(quiet=options.quiet)
    with reporter:
        summary = workspace.run(options.files, reporter=reporter, dry_run=options.dry_run)
    if options.json:
        _print_json({**vars(summary), "missed": summary.missed, "seconds": round(reporter.seconds, 3)})
    else:
        _print_summary(summary, reporter.seconds, workspace, dry_run=options.dry_run)
    if not summary.set_aside and not summary.failed:
        return Exit.OK
    return Exit.PARTLY if summary.articles else Exit.UNREADABLE


def status(options: argparse.Namespace) -> int:
    """Say what there is of each article."""
    workspace = _workspace(options)
    entries = workspace.status()
    if options.json:
        _print_json([asdict(entry) for entry in entries])
    elif not entries:
        print(f"No articles yet. Put .txt or .md files into {workspace.input} and run `daeyeok run`.")
    else:
        _print_table(["article", "file", "state", "segments", "findings", "terms"], map(_status_row, entries))
    return Exit.OK


def show(options: argparse.Namespace) -> int:
    """Print an article with its translations and findings."""
    publication = _workspace(options).publication(options.article)
    if options.json:
        _print_json(_publication_dict(publication))
    else:
        _print_publication(publication)
    return Exit.OK


def check(options: argparse.Namespace) -> int:
    """Check finished articles and list the findings."""
    workspace = _workspace(options)
    names = options.articles or workspace.article_ids()
    found = [(p.bitext.article.id, finding) for p in map(workspace.publication, names) for finding in p.findings]
    if options.json:
        _print_json([{"article": article, **asdict(finding)} for article, finding in found])
    else:
        for article, finding in found:
            print(f"{article}#{finding.segment} {finding.lang} {finding.severity}: {_finding_line(finding)}")
        print(f"{len(names)} articles, {len(found)} findings.", file=sys.stderr)
    levels = ("info", "warning", "error")
    fails = options.fail_on != "never" and any(
        levels.index(finding.severity) >= levels.index(options.fail_on) for _, finding in found
    )
    return Exit.FINDINGS if fails else Exit.OK


def checks(options: argparse.Namespace) -> int:
    """Say what each check looks for."""
    from pipeline.check import CHECKS

    described = {name: " ".join((function.__doc__ or "").split()) for name, function in CHECKS.items()}
    if options.json:
        _print_json(described)
    else:
        for name, text in described.items():
            print(f"{name}\n    {text}\n")
    return Exit.OK


def doctor(options: argparse.Namespace) -> int:
    """Look whether everything needed is there."""
    from pipeline.doctor import examine

    diagnoses = examine(Path(options.workspace))
    if options.json:
        _print_json([asdict(diagnosis) for diagnosis in diagnoses])
    else:
        for diagnosis in diagnoses:
            print(f"{'ok     ' if diagnosis.is_well else 'MISSING'}  {diagnosis.what}: {diagnosis.state}")
            if diagnosis.advice:
                print(f"         → {diagnosis.advice}")
    return next((diagnosis.exit_code for diagnosis in diagnoses if not diagnosis.is_well), Exit.OK)


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


# --- printing ---------------------------------------------------------------------------------------------------


def _print_summary(summary: Summary, seconds: float, workspace: Workspace, *, dry_run: bool) -> None:
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
    found = ", ".join(f"{summary.findings[name]} {name}s" for name in ("error", "warning"))
    print(f"findings    {found}, {summary.findings['info']} remarks")
    print(f"time        {seconds:.1f} s")
    if done:
        print(f"Open the pages in {workspace.output}: <article>/<article>.html")


def _status_row(entry: Entry) -> list[str]:
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


def _print_table(header: list[str], rows: object) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*header, box=None, pad_edge=False)
    for row in rows:  # type: ignore[attr-defined]
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _print_publication(publication: Publication) -> None:
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
                print(f"        !  {finding.lang} {finding.severity}: {_finding_line(finding)}")


def _finding_line(finding: Finding) -> str:
    advice = f" → {finding.suggestion}" if finding.suggestion else ""
    return f"{finding.check}: {finding.message}{advice}"


def _publication_dict(publication: Publication) -> dict[str, object]:
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


def _print_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=str)
    print()


# --- the parser -------------------------------------------------------------------------------------------------


def _workspace(options: argparse.Namespace) -> Workspace:
    from pipeline.workspace import Workspace

    return Workspace.open(Path(options.workspace))


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="daeyeok",
        description="Korean press articles in, aligned Korean–Chinese–English documents out.",
        epilog="Exit codes: 0 ok · 1 findings at or above --fail-on · 2 usage or settings · 3 unreadable input · "
        "4 model not available · 5 partly done · 130 interrupted, state saved.",
    )
    parser.add_argument("--version", action="version", version=f"daeyeok {__version__}")
    parser.add_argument("--workspace", default=".", metavar="FOLDER", help="the project folder (default: this one)")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(function: object, example: str) -> argparse.ArgumentParser:
        name, text = function.__name__, (function.__doc__ or "").strip()  # type: ignore[attr-defined]
        command = commands.add_parser(name, help=text, description=text, epilog=f"Example: {example}")
        command.add_argument("--json", action="store_true", help="print JSON, for programs")
        command.set_defaults(command=function)
        return command

    command = add(run, "daeyeok run input/dandong-port-2026-03-12.txt")
    command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="only these (default: all of input/)")
    command.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
    command.add_argument("--quiet", action="store_true", help="no progress, only the summary")
    add(status, "daeyeok status --json")
    command = add(show, "daeyeok show dandong-port-2026-03-12")
    command.add_argument("article", metavar="ARTICLE", help="an article's id or its input file")
    command = add(check, "daeyeok check --fail-on error")
    command.add_argument("articles", nargs="*", metavar="ARTICLE", help="only these (default: all)")
    command.add_argument(
        "--fail-on",
        choices=("info", "warning", "error", "never"),
        default="error",
        help="exit with 1 when there is a finding at or above this (default: error)",
    )
    add(checks, "daeyeok checks")
    add(doctor, "daeyeok doctor")
    return parser


if __name__ == "__main__":
    sys.exit(main())
