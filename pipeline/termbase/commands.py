"""`daeyeok glossary …`: what editors type. Each command is one call of `Termbase`, printed as a table or as JSON."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from pipeline.article import SEVERITIES
from pipeline.console import print_json, print_table
from pipeline.entries import KINDS, STATUSES
from pipeline.errors import Exit, SettingsError
from pipeline.languages import TARGETS
from pipeline.termbase.amend import Addition, Revision, Value, find_entry, retirement
from pipeline.termbase.desk import SOURCES, Amended, Termbase
from pipeline.termbase.lint import explanations
from pipeline.termbase.printing import (
    impact_dict,
    marked,
    named,
    place,
    place_of,
    print_entry,
    print_impact,
    print_report,
    say,
    say_rest,
)
from pipeline.terms import Renderings, Term
from pipeline.workspace import Workspace

SHOWN = 20  # rows of a table; --limit asks for more
Command = Callable[[argparse.Namespace], int]


# --- asking -----------------------------------------------------------------------------------------------------


def lint(options: argparse.Namespace) -> int:
    """Look for what is doubtful: duplicates, conflicts, terms never found, unused ones."""
    if options.explain:
        for code, text in explanations().items():
            print(f"{code}\n    {text}\n")
        return Exit.OK
    problems = _termbase(options).lint()
    if options.json:
        print_json([asdict(problem) for problem in problems])
    else:
        for problem in problems if options.all else [one for one in problems if one.severity != "info"]:
            advice = f" {problem.suggestion}" if problem.suggestion else ""
            print(f"{problem.file}, line {problem.line}: {problem.severity} [{problem.code}] {problem.message}{advice}")
        counts = Counter(f"{problem.severity} {problem.code}" for problem in problems)
        for name, count in sorted(counts.items()):
            print(f"{count:>6}  {name}")
        say("--all lists remarks too, --explain says what each rule is for.")
    worst = max((SEVERITIES.index(problem.severity) for problem in problems), default=-1)
    fails = options.fail_on != "never" and worst >= SEVERITIES.index(options.fail_on)
    return Exit.FINDINGS if fails else Exit.OK


def find(options: argparse.Namespace) -> int:
    """Find entries by Korean, Chinese or English; with --in, say why terms stand in a sentence or not."""
    termbase, text = _termbase(options), " ".join(options.text)
    if options.sentence:
        explained = termbase.explain(text)
        if options.json:
            print_json([{**asdict(one), "term": one.term.id} for one in explained])
        else:
            rows = ([text[e.start : e.end], e.term.id, *named(e.term), f"{e.standing} {e.by}"] for e in explained)
            print_table(["in the text", "entry", "中文", "English", "is"], rows)
        return Exit.OK if explained else Exit.FINDINGS
    found = termbase.find(text)
    if options.json:
        print_json([{**asdict(one), "term": asdict(one.term)} for one in found])
    else:
        rows = (
            [one.term.id, *named(one.term), one.term.kind, one.match, place(one.term)] for one in found[: options.limit]
        )
        print_table(["entry", "中文", "English", "kind", "match", "where"], rows)
        say_rest(len(found), options.limit)
    return Exit.OK if found else Exit.FINDINGS


def show(options: argparse.Namespace) -> int:
    """Show an entry, where it stands in the articles, and how it was rendered there."""
    shown = _termbase(options).show(options.term)
    if options.json:
        seen = {lang: [asdict(one) for one in shown.seen(lang)] for lang in TARGETS}
        lines = [asdict(line) for line in shown.lines]
        print_json({"term": asdict(shown.term), "articles": dict(shown.by_article()), "seen": seen, "mentions": lines})
        return Exit.OK
    print_entry(shown.term)
    articles = shown.by_article()
    print(f"\n{len(shown.lines)} mentions in {len(articles)} articles")
    seen_rows = [
        [lang, one.rendering or "(missed)", str(one.count), " ".join(f"{a}#{s}" for a, s in one.places[:3])]
        for lang in TARGETS
        for one in shown.seen(lang)
    ]
    if seen_rows:
        print_table(["", "rendering seen", "times", "for example"], seen_rows)
    for line in shown.lines[: options.limit]:
        print(
            f"\n{line.article}#{line.segment.id}  {marked(line.segment.text, (line.mention.start, line.mention.end))}"
        )
        for one in line.rendered:
            if one.text:
                print(f"    {one.lang} {one.state:<8} {marked(one.text, one.span)}")
    say_rest(len(shown.lines), options.limit)
    return Exit.OK


def stats(options: argparse.Namespace) -> int:
    """Count entries by kind, domain, status and use."""
    census = _termbase(options).census()
    if options.json:
        print_json(census.as_dict())
    else:
        shares = ("" if row.share is None else f"{row.share:.1%}" for row in census.rows())
        counted = zip(census.rows(), shares, strict=True)
        print_table(
            ["", "", "entries", "share"], ([row.group, row.name, f"{row.count:,}", share] for row, share in counted)
        )
    return Exit.OK


def coverage(options: argparse.Namespace) -> int:
    """List frequent noun compounds of the articles that have no entry."""
    found = _termbase(options).coverage(options.articles, least=options.least, limit=options.limit)
    if options.json:
        print_json(asdict(found))
        return Exit.OK
    print(f"{found.segments_with_terms} of {found.segments} segments have a term; ", end="")
    print(f"{found.nouns_in_terms} of {found.nouns} nouns stand in one; {found.mentions} mentions.")
    rows = (
        [one.ko, one.zh or "", str(one.occurrences), str(one.articles), " ".join(one.known), place_of(one.evidence[0])]
        for one in found.candidates
    )
    print_table(["no entry", "perhaps", "times", "articles", "known parts", "for example"], rows)
    return Exit.OK


def suggest(options: argparse.Namespace) -> int:
    """Propose entries from glosses in the articles, reviewers' edits and Sino-Korean readings."""
    found = _termbase(options).suggest(options.source or SOURCES)
    if options.json:
        print_json([asdict(one) for one in found])
    else:
        rows = (
            [one.ko, " | ".join(one.candidates), one.kind, one.why, str(one.count), one.place]
            for one in found[: options.limit]
        )
        print_table(["Korean", "proposed", "kind", "why", "times", "for example"], rows)
        say_rest(len(found), options.limit)
    return Exit.OK


# --- comparing --------------------------------------------------------------------------------------------------


def diff(options: argparse.Namespace) -> int:
    """Say which entries differ between two glossaries: folders, or git revisions such as HEAD~1:"""
    found = _termbase(options).diff(options.old, options.new)
    if options.json:
        print_json([{**asdict(change), "differences": [asdict(d) for d in change.differences()]} for change in found])
        return Exit.OK
    rows = (
        [change.term if not number else "", change.kind if not number else "", one.field, one.before, one.after]
        for change in found
        for number, one in enumerate(change.differences())
    )
    print_table(["entry", "is", "in", "before", "after"], rows)
    say(f"{len(found)} entries differ.")
    return Exit.OK


def impact(options: argparse.Namespace) -> int:
    """Say which translations a change of the glossary touches; default: since the last run."""
    effect = _termbase(options).impact(options.old, options.new)
    if options.json:
        print_json(impact_dict(effect))
    else:
        print_impact(effect, options.limit)
    return Exit.OK


# --- changing ---------------------------------------------------------------------------------------------------


def add(options: argparse.Namespace) -> int:
    """Add an entry, and say what that does to the articles."""
    changes = _changes(options)
    named: dict[str, object] = {"domain": "", **{name: value for name, value in changes.items() if value is not None}}
    spellings = tuple(options.ko)
    for lang in TARGETS:
        text = getattr(options, lang)
        named[lang] = (
            None
            if text is None
            else Renderings(text, tuple(_given(options, f"admit_{lang}")), tuple(_given(options, f"forbid_{lang}")))
        )
    term = Term(**{"id": options.id or spellings[0], "ko": spellings, "kind": "term", **named})
    return _finish(options, _termbase(options).amend([Addition(term, options.file)], dry_run=options.dry_run))


def edit(options: argparse.Namespace) -> int:
    """Change an entry, and say what that does to the articles."""
    termbase = _termbase(options)
    term = find_entry(termbase.glossary, options.term)
    changes = _changes(options)
    if options.ko or options.drop_ko:
        kept = [spelling for spelling in term.ko if spelling not in options.drop_ko]
        changes["ko"] = tuple(dict.fromkeys([*kept, *options.ko]))
    for lang in TARGETS:
        changes |= _rendering_changes(options, term, lang)
    if not changes:
        raise SettingsError(f"Nothing to change in {term.id}. Say what, for example --zh 沈阳市; see --help.")
    return _finish(options, termbase.amend([Revision(term.id, changes)], dry_run=options.dry_run))


def retire(options: argparse.Namespace) -> int:
    """Mark an entry as no longer in use; it stays in the file for the record."""
    termbase = _termbase(options)
    term = find_entry(termbase.glossary, options.term)
    revision = retirement(term, options.note or "", options.valid_to)
    return _finish(options, termbase.amend([revision], dry_run=options.dry_run))


def bring(options: argparse.Namespace) -> int:
    """Take terms from TBX, CSV, TSV or XLSX; nothing is replaced without --replace."""
    brought = _termbase(options).bring(
        options.file_in,
        target=options.lang,
        replace=options.replace,
        status=options.status or "proposed",
        into=options.file,
        dry_run=options.dry_run,
    )
    report = brought.report
    if options.json:
        comparisons = [asdict(one) for one in report.comparisons if one.verdict != "same"]
        refused = [asdict(one) for one in report.refused]
        print_json(
            {"file": report.file, "format": report.format, "counts": report.counts, "comparisons": comparisons}
            | {"refused": refused, "remarks": report.remarks, "taken": len(brought.taken)}
            | {"saved": brought.amended.is_saved, "impact": impact_dict(brought.amended.impact)}
        )
    else:
        print_report(report, options.limit)
        verb = "Taken" if brought.amended.is_saved else "Would be taken"
        print(f"{verb}: {len(brought.taken)} entries.")
        print_impact(brought.amended.impact, options.limit)
    is_whole = not report.refused and not report.counts["conflicting"]
    return Exit.OK if is_whole else Exit.PARTLY


def export(options: argparse.Namespace) -> int:
    """Write the glossary for another program: TBX, CSV, TSV, XLSX, DeepL, OmegaT."""
    count, remarks = _termbase(options).export(options.file_out, format_name=options.format, target=options.lang)
    if options.json:
        print_json({"file": str(options.file_out), "terms": count, "remarks": remarks})
    else:
        print(f"{count} terms in {options.file_out}")
        for remark in remarks:
            print(f"    {remark}")
    return Exit.OK


# --- what the options say ---------------------------------------------------------------------------------------


def _termbase(options: argparse.Namespace) -> Termbase:
    return Termbase(Workspace.open(Path(options.workspace)), _Notes())


class _Notes:
    """A reporter that only passes on what the user should know."""

    def start(self, articles: int, segments: int) -> None:
        """Nothing is counted here."""

    def advance(self, segments: int) -> None:
        """Nothing is counted here."""

    def note(self, message: str) -> None:
        """On stderr."""
        say(message)


def _given(options: argparse.Namespace, name: str) -> list[str]:
    return getattr(options, name) or []


def _changes(options: argparse.Namespace) -> dict[str, Value]:
    """The plain keys that the command line names; one that is named without a text is taken out."""
    names = ("kind", "domain", "status", "valid_from", "valid_to", "note", "do_not_translate", "inside_words")
    changes: dict[str, Value] = {
        name: getattr(options, name) or None for name in names if getattr(options, name) is not None
    }
    if options.evidence:
        changes["evidence"] = tuple(options.evidence)
    return changes


def _rendering_changes(options: argparse.Namespace, term: Term, lang: str) -> dict[str, Value]:
    """The renderings of an entry with what the command line says of one language."""
    text, admitted, forbidden = (
        getattr(options, lang),
        _given(options, f"admit_{lang}"),
        _given(options, f"forbid_{lang}"),
    )
    if text == "":
        return {lang: None}
    if text is None and not admitted and not forbidden:
        return {}
    have: Renderings | None = getattr(term, lang)
    preferred = text or (have.preferred if have else "")
    if not preferred:
        raise SettingsError(f"{term.id} has no rendering in {lang} yet. Give the preferred one with --{lang}.")
    kept = [one for one in (have.admitted if have else ()) if one != preferred and one not in forbidden]
    never = [one for one in (have.forbidden if have else ()) if one != preferred and one not in admitted]
    return {
        lang: Renderings(
            preferred, tuple(dict.fromkeys([*kept, *admitted])), tuple(dict.fromkeys([*never, *forbidden]))
        )
    }


def _finish(options: argparse.Namespace, amended: Amended) -> int:
    if options.json:
        print_json(
            {
                "saved": amended.is_saved,
                "diff": amended.plan.diff,
                "terms": [asdict(term) for term in amended.plan.terms],
            }
            | {"impact": impact_dict(amended.impact)}
        )
        return Exit.OK
    print(amended.plan.diff or "Nothing changes: the entry says this already.\n", end="")
    print_impact(amended.impact, options.limit)
    if not amended.is_saved:
        print("Nothing was written (dry run).")
    return Exit.OK


# --- the parser -------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str], workspace: str) -> int:
    """Run one command on the workspace in this folder; gives the exit code. Raises DaeyeokError."""
    options = _parser().parse_args(arguments)
    options.workspace = workspace
    return int(options.command(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="daeyeok glossary", description="Look after the glossary.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(function: Command, example: str, name: str = "") -> argparse.ArgumentParser:
        name, text = name or function.__name__, (function.__doc__ or "").strip()
        made = commands.add_parser(name, help=text, description=text, epilog=f"Example: daeyeok glossary {example}")
        made.add_argument("--json", action="store_true", help="print JSON, for programs")
        made.add_argument("--limit", type=int, default=SHOWN, metavar="N", help=f"rows to show (default: {SHOWN})")
        made.set_defaults(command=function)
        return made

    made = command(lint, "lint --fail-on warning")
    made.add_argument("--all", action="store_true", help="list remarks too (info), not only count them")
    made.add_argument("--explain", action="store_true", help="say what each rule is for")
    levels = (*SEVERITIES, "never")
    made.add_argument(
        "--fail-on", choices=levels, default="error", help="exit with 1 at or above this (default: error)"
    )
    made = command(find, "find 심양")
    made.add_argument("text", nargs="+", metavar="TEXT", help="a name in any of the three languages")
    made.add_argument("--in", dest="sentence", action="store_true", help="TEXT is a sentence: explain its terms")
    made = command(show, "show 심양")
    made.add_argument("term", metavar="TERM", help="an entry's id or one of its spellings")
    command(stats, "stats --json")
    made = command(coverage, "coverage --least 3")
    made.add_argument("articles", nargs="*", metavar="ARTICLE", help="only these (default: all)")
    made.add_argument("--least", type=int, default=2, metavar="N", help="occurrences (default: 2)")
    made = command(suggest, "suggest --source glosses")
    made.add_argument("--source", action="append", choices=SOURCES, help="only from there; may be repeated")
    made = command(diff, "diff HEAD~1:")
    made.add_argument("old", metavar="OLD", help="a folder, or a git revision with a colon")
    made.add_argument("new", nargs="?", metavar="NEW", help="default: the glossary as it is now")
    made = command(impact, "impact HEAD~1:")
    made.add_argument("old", nargs="?", metavar="OLD", help="default: the glossary of the last run")
    made.add_argument("new", nargs="?", metavar="NEW", help="default: the glossary as it is now")
    made = command(add, "add --ko 림공경제구 --zh 临空经济区 --en 'airport economic zone'")
    made.add_argument("--ko", action="append", required=True, metavar="TEXT", help="a spelling; may be repeated")
    made.add_argument("--id", metavar="ID", help="default: the first spelling")
    _add_keys(made)
    made = command(edit, "edit 심양 --admit-zh 沈阳市 --dry-run")
    made.add_argument("term", metavar="TERM", help="an entry's id or one of its spellings")
    made.add_argument("--ko", action="append", default=[], metavar="TEXT", help="a further spelling; may be repeated")
    made.add_argument("--drop-ko", action="append", default=[], metavar="TEXT", help="a spelling to take out")
    _add_keys(made)
    made = command(retire, "retire 심양 --note '2027년부터 쓰지 않음'")
    made.add_argument("term", metavar="TERM", help="an entry's id or one of its spellings")
    made.add_argument("--note", metavar="TEXT", help="why; added to the note")
    made.add_argument("--valid-to", metavar="DATE", help="the last day on which it held")
    _add_dry_run(made)
    made = command(bring, "import terms.tbx --dry-run", "import")
    made.add_argument("file_in", type=Path, metavar="FILE", help="TBX, CSV, TSV or XLSX")
    made.add_argument("--replace", action="store_true", help="let the file win where it says something else")
    made.add_argument("--status", choices=tuple(STATUSES), help="of new entries (default: proposed)")
    made.add_argument("--lang", choices=tuple(TARGETS), help="of a table that does not say it")
    made.add_argument("--file", metavar="NAME", help="the glossary file for new entries, such as imported.yaml")
    _add_dry_run(made)
    made = command(export, "export terms.tbx")
    made.add_argument("file_out", type=Path, metavar="FILE", help="the ending says the format")
    made.add_argument("--format", metavar="NAME", help="tbx, tbx-dct, tbx-v2, csv, tsv, xlsx, deepl or omegat")
    made.add_argument("--lang", choices=tuple(TARGETS), help="only this language")
    return parser


def _add_keys(command: argparse.ArgumentParser) -> None:
    """The keys of an entry as options; an empty text takes a key out."""
    for lang, language in TARGETS.items():
        command.add_argument(f"--{lang}", metavar="TEXT", help=f"the preferred {language.english}")
        command.add_argument(f"--admit-{lang}", action="append", metavar="TEXT", help="another that will do")
        command.add_argument(f"--forbid-{lang}", action="append", metavar="TEXT", help="one never to be used")
    command.add_argument("--kind", choices=tuple(KINDS))
    command.add_argument("--domain", metavar="TEXT")
    command.add_argument("--status", choices=tuple(STATUSES))
    command.add_argument("--valid-from", metavar="DATE", help="2022, 2022-10 or 2022-10-16")
    command.add_argument("--valid-to", metavar="DATE")
    flag = argparse.BooleanOptionalAction
    command.add_argument("--do-not-translate", action=flag, default=None, help="it stays as it is spelled")
    command.add_argument("--inside-words", action=flag, default=None, help="found inside longer words too")
    command.add_argument("--note", metavar="TEXT")
    command.add_argument("--evidence", action="append", metavar="TEXT", help="may be repeated")
    command.add_argument("--file", metavar="NAME", help="the glossary file for a new entry")
    _add_dry_run(command)


def _add_dry_run(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dry-run", action="store_true", help="show the change and its effect, write nothing")
