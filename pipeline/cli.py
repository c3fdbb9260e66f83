"""The command line. Results go to stdout, progress and talk to stderr; each command is one call of Workspace."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.console import (
    ProgressBar,
    ProgressLines,
    finding_line,
    print_collected,
    print_json,
    print_publication,
    print_summary,
    print_table,
    publication_dict,
    status_row,
)
from pipeline.deliver import EXPORTS
from pipeline.errors import DaeyeokError, Exit, InputError

if TYPE_CHECKING:  # the workspace is imported when a command needs it: --help answers at once
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
    with _reporter(options) as reporter:
        summary = workspace.run(options.files, reporter=reporter, dry_run=options.dry_run)
    if options.json:
        print_json({**vars(summary), "missed": summary.missed, "seconds": round(reporter.seconds, 3)})
    else:
        print_summary(summary, reporter.seconds, workspace.output, dry_run=options.dry_run)
    if not summary.set_aside and not summary.failed:
        return Exit.OK
    return Exit.PARTLY if summary.articles else Exit.UNREADABLE


def status(options: argparse.Namespace) -> int:
    """Say what there is of each article."""
    workspace = _workspace(options)
    entries = workspace.status()
    if options.json:
        print_json([asdict(entry) for entry in entries])
    elif not entries:
        print(f"No articles yet. Put .txt or .md files into {workspace.input} and run `daeyeok run`.")
    else:
        print_table(["article", "file", "state", "segments", "findings", "terms"], map(status_row, entries))
    return Exit.OK


def show(options: argparse.Namespace) -> int:
    """Print an article with its translations and findings."""
    publication = _workspace(options).publication(options.article)
    if options.json:
        print_json(publication_dict(publication))
    else:
        print_publication(publication)
    return Exit.OK


def check(options: argparse.Namespace) -> int:
    """Check finished articles and list the findings."""
    workspace = _workspace(options)
    names = options.articles or workspace.article_ids()
    found = [(p.bitext.article.id, finding) for p in map(workspace.publication, names) for finding in p.findings]
    if options.json:
        print_json([{"article": article, **asdict(finding)} for article, finding in found])
    else:
        for article, finding in found:
            print(f"{article}#{finding.segment} {finding.lang} {finding.severity}: {finding_line(finding)}")
        print(f"{len(names)} articles, {len(found)} findings.", file=sys.stderr)
    levels = ("info", "warning", "error")
    fails = options.fail_on != "never" and any(
        levels.index(finding.severity) >= levels.index(options.fail_on) for _, finding in found
    )
    return Exit.FINDINGS if fails else Exit.OK


def checks(options: argparse.Namespace) -> int:
    """Say what each check looks for."""
    from pipeline.check import descriptions

    described = descriptions()
    if options.json:
        print_json(described)
    else:
        for name, text in described.items():
            print(f"{name}\n    {text}\n")
    return Exit.OK


def doctor(options: argparse.Namespace) -> int:
    """Look whether everything needed is there."""
    from pipeline.doctor import examine

    diagnoses = examine(Path(options.workspace))
    if options.json:
        print_json([asdict(diagnosis) for diagnosis in diagnoses])
    else:
        for diagnosis in diagnoses:
            print(f"{'ok     ' if diagnosis.is_well else 'MISSING'}  {diagnosis.what}: {diagnosis.state}")
            if diagnosis.advice:
                print(f"         → {diagnosis.advice}")
    return next((diagnosis.exit_code for diagnosis in diagnoses if not diagnosis.is_well), Exit.OK)


def evaluate(options: argparse.Namespace) -> int:
    """Score models on test sets: BLEU, chrF, terms, hints, faulty output."""
    from pipeline.engines import open_engine
    from pipeline.evaluate import evaluate as score
    from pipeline.glossary import load_glossary
    from pipeline.languages import target
    from pipeline.report import COMPARISON_HEADER, HEADER, as_json, compare, comparison_rows, effects, read_report, rows
    from pipeline.testset import read_test_sets

    workspace = _workspace(options)
    glossary = load_glossary(workspace.root / "glossary")
    languages = [target(code).code for code in options.lang]
    models = options.model or [workspace.root / workspace.settings.model]
    test_sets = [test_set for path in options.sets for test_set in read_test_sets(path)]
    reports = []
    with _reporter(options) as reporter:
        for model in models:
            engine = open_engine(workspace.settings.engine, replace(workspace.engine_settings, model=model))
            for test_set in test_sets:
                limited = test_set.first(options.limit) if options.limit else test_set
                reports.append(
                    score(
                        limited,
                        engine,
                        languages,
                        glossary,
                        options.hints,
                        name=model.name,
                        seed=options.seed,
                        reporter=reporter,
                    )
                )
    if options.json:
        print_json({"reports": [as_json(report) for report in reports]} if len(reports) != 1 else as_json(reports[0]))
        return Exit.OK
    for number, report in enumerate(reports):
        print_table(HEADER, rows(report))
        for run_signature in sorted({f"{run.bleu_signature} · {run.chrf_signature}" for run in report.runs}):
            print(f"  {run_signature}")
        print_table(COMPARISON_HEADER, comparison_rows(effects(report)))
        earlier = [other for other in reports[:number] if other.test_set == report.test_set]
        for other in [*earlier, *map(read_report, options.compare)]:
            print_table(COMPARISON_HEADER, comparison_rows(compare(other, report)))
    return Exit.OK


def export(options: argparse.Namespace) -> int:
    """Write articles as documents: for review in Word, Excel or a CAT tool, as memory, as data."""
    written = _workspace(options).export(options.articles, options.format or ["docx"], options.to)
    if options.json:
        print_json([str(path) for path in written])
    else:
        for path in written:
            print(path)
    return Exit.OK


def take(options: argparse.Namespace) -> int:
    """Take reviewed documents back: what was changed in them is applied, or refused with the reason."""
    from pipeline.collect import Collected

    workspace = _workspace(options)
    results = []
    for file in options.files:
        try:
            result = workspace.collect(
                file,
                article=options.article,
                by=options.by,
                state="approved" if options.approve else None,
                dry_run=options.dry_run,
            )
        except InputError as error:
            result = Collected(str(file), error=str(error))
        results.append(result)
    if options.json:
        print_json([asdict(result) for result in results])
    else:
        for result in results:
            print_collected(result, dry_run=options.dry_run)
    if all(result.is_whole for result in results):
        return Exit.OK
    return Exit.UNREADABLE if all(result.error for result in results) else Exit.PARTLY


def glossary(options: argparse.Namespace) -> int:
    """Look after the glossary: find, check and change entries, see what a change does."""
    from pipeline.termbase.commands import main as glossary_main

    return glossary_main(options.arguments, options.workspace)


def train(options: argparse.Namespace) -> int:
    """Prepare a training, train or fine-tune a model, or back-translate; see docs/training.md."""
    from pipeline.train.__main__ import main as train_main

    return train_main(options.arguments)


# --- the parser -------------------------------------------------------------------------------------------------


def _workspace(options: argparse.Namespace) -> Workspace:
    from pipeline.workspace import Workspace

    return Workspace.open(Path(options.workspace))


def _reporter(options: argparse.Namespace) -> ProgressLines:
    """A bar on a terminal, lines elsewhere."""
    is_terminal = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return ProgressBar() if is_terminal and not options.quiet else ProgressLines(quiet=options.quiet)


def _formats() -> str:
    return "; ".join(f"{name}: {export.title}" for name, export in EXPORTS.items()) + " (default: docx)"


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

    def add(function: object, example: str, name: str = "") -> argparse.ArgumentParser:
        name, text = name or function.__name__, (function.__doc__ or "").strip()  # type: ignore[attr-defined]
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
    command = add(export, "daeyeok export dandong-port-2026-03-12 --format docx xliff")
    command.add_argument("articles", nargs="*", metavar="ARTICLE", help="only these (default: all)")
    command.add_argument("--format", nargs="+", choices=tuple(EXPORTS), metavar="FORMAT", help=_formats())
    command.add_argument("--to", type=Path, metavar="FOLDER", help="where (default: output/exports)")
    command = add(take, "daeyeok import dandong-port-2026-03-12.review.docx --dry-run", "import")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE", help="DOCX, XLSX or XLIFF, under any name")
    command.add_argument("--article", metavar="ARTICLE", help="whose it is, where the file does not say")
    command.add_argument("--by", default="", metavar="NAME", help="who reviewed it, where the file does not say")
    command.add_argument("--approve", action="store_true", help="approve every text of the file")
    command.add_argument("--dry-run", action="store_true", help="only report, change nothing")
    command = add(evaluate, "daeyeok evaluate tests/press.tsv --hints none glossary")
    command.add_argument("sets", nargs="+", type=Path, metavar="SET", help="a TSV, a prefix of .ko .zh .en, a folder")
    command.add_argument("--model", action="append", type=Path, metavar="FOLDER", help="a model; twice for two")
    command.add_argument("--lang", nargs="+", default=[], metavar="LANG", help="default: those with references")
    command.add_argument(
        "--hints",
        nargs="+",
        choices=("none", "glossary", "random"),
        default=["none", "glossary", "random"],
        help="what the engine is told; “random” is the control with hints that should not matter",
    )
    command.add_argument("--limit", type=int, default=0, metavar="N", help="only the first N sentences")
    command.add_argument("--seed", type=int, default=1, help="decides what the random hints are")
    command.add_argument("--compare", action="append", type=Path, default=[], metavar="JSON", help="an earlier report")
    command.add_argument("--quiet", action="store_true", help="no progress")
    command = add(glossary, "daeyeok glossary edit 심양 --admit-zh 沈阳市 --dry-run")
    command.add_argument(
        "arguments",
        nargs=argparse.REMAINDER,
        metavar="find | show | add | edit | retire | lint | impact …",
        help="what to do; each has its own --help",
    )
    command = add(train, "daeyeok train fine-tune . --to models/desk")
    command.add_argument(
        "arguments",
        nargs=argparse.REMAINDER,
        metavar="prepare | train | fine-tune | lease …",
        help="what to do and how; each has its own --help",
    )
    add(doctor, "daeyeok doctor")
    return parser


if __name__ == "__main__":
    sys.exit(main())
