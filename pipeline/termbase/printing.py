"""What the glossary commands print: the effect of a change, a comparison, an entry."""

from __future__ import annotations

import sys
from dataclasses import asdict, fields

from pipeline.console import print_table
from pipeline.languages import TARGETS
from pipeline.termbase.adopt import Report
from pipeline.termbase.impact import REMEDIES, Impact, Touch
from pipeline.terms import Renderings, Term


def impact_dict(effect: Impact) -> dict[str, object]:
    """The effect of a change for programs."""
    return {
        "changes": [{"term": change.term, "kind": change.kind, "fields": change.fields} for change in effect.changes],
        "articles": effect.articles,
        "by_state": effect.by_state(),
        "touches": [asdict(touch) for touch in effect.touches],
        "memory": [asdict(entry) for entry in effect.memory()],
    }


def print_impact(effect: Impact, limit: int) -> None:
    """The counts by state, then the translations of persons that need something."""
    if not effect.touches:
        print("No translation is touched.")
        return
    print(f"\n{len(effect.touches)} translations in {len(effect.articles)} articles are touched:")
    header = [
        "state",
        "all",
        "published",
        *("has it already" if name == "nothing" else f"by {name}" for name in REMEDIES),
    ]
    print_table(header, ([state, *map(str, row.values())] for state, row in effect.by_state().items() if row["all"]))
    asked = sum(touch.is_asked_again for touch in effect.touches)
    if asked:
        print(f"{asked} drafts are translated again by the next run.")
    work = [touch for touch in effect.touches if touch.is_human]
    for touch in work[:limit]:
        print(_touch_line(touch))
    say_rest(len(work), limit)


def _touch_line(touch: Touch) -> str:
    advice = {"nothing": "has it already", "person": "needs a person", "swap": f"→ {touch.swapped}"}[touch.remedy]
    return f"{touch.article}#{touch.segment.id} {touch.lang} {touch.state}: {touch.text}\n    {advice}"


def print_report(report: Report, limit: int) -> None:
    """How a file compares with the glossary."""
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items() if count)
    print(f"{report.file} ({report.format}): {counts or 'nothing in it'}")
    for remark in report.remarks:
        print(f"    {remark}")
    told = [one for one in report.comparisons if one.verdict in ("changed", "conflicting", "adds")]
    for one in told[:limit]:
        print(f"{one.row.place}: {one.row.term.ko[0]} {one.verdict}")
        for conflict in one.conflicts:
            print(f"    {conflict}")
        for difference in one.differences:
            print(f"    {difference.what}: {difference.ours or '(nothing)'} → {difference.theirs}")
    say_rest(len(told), limit)
    for refusal in report.refused[:limit]:
        print(f"{refusal.place}: {refusal.problem}")
    say_rest(len(report.refused), limit)


def print_entry(term: Term) -> None:
    """An entry, a line a key."""
    for field in fields(term):
        value = getattr(term, field.name)
        if isinstance(value, Renderings):
            admitted = f"; also {', '.join(value.admitted)}" if value.admitted else ""
            forbidden = f"; never {', '.join(value.forbidden)}" if value.forbidden else ""
            value = f"{value.preferred}{admitted}{forbidden}"
        elif isinstance(value, tuple):
            value = ", ".join(value)
        if value and field.name not in ("file", "line"):
            print(f"{field.name:<16} {value if value is not True else 'yes'}")
    print(f"{'where':<16} {place(term)}")


def named(term: Term) -> list[str]:
    """The preferred renderings, one a target language."""
    return [renderings.preferred if (renderings := term.renderings(lang)) else "" for lang in TARGETS]


def place(term: Term) -> str:
    """Where an entry stands."""
    return f"{term.file}, line {term.line}"


def place_of(passage: object) -> str:
    """Where a passage stands."""
    return f"{passage.article}#{passage.segment}"  # type: ignore[attr-defined]


def marked(text: str, span: tuple[int, int] | None) -> str:
    """A text on one line with a span in brackets that neither language uses."""
    if span is None:
        return " ".join(text.split())
    return " ".join(f"{text[: span[0]]}⟦{text[span[0] : span[1]]}⟧{text[span[1] :]}".split())


def say(message: str) -> None:
    """Talk to the person, on stderr."""
    print(message, file=sys.stderr)


def say_rest(count: int, limit: int) -> None:
    """Say that there are more rows than were shown."""
    if count > limit:
        say(f"… and {count - limit} more; --limit {count} shows all.")
