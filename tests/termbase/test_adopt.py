"""Other people's terms come in without replacing anything, and what they would change is said with both places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import exchange
from pipeline.glossary import Glossary, load_glossary
from pipeline.incoming import Incoming, Row
from pipeline.termbase.adopt import Change, Report, compare, plan
from pipeline.termbase.amend import Addition, Amendment, Revision, prepare, save
from pipeline.terms import Renderings, Term

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "adoption.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "glossary").mkdir()
    (tmp_path / "glossary" / "terms.yaml").write_text(CASES["glossary"], encoding="utf-8")
    return tmp_path / "glossary"


def compared(folder: Path, table: str) -> Report:
    path = folder.parent / "terms.csv"
    path.write_text(table, encoding="utf-8")
    return compare(load_glossary(folder), exchange.read(path))


@pytest.mark.parametrize("case", CASES["cases"], ids=[case["label"] for case in CASES["cases"]])
def test_a_table_is_compared_and_planned(folder: Path, case: dict) -> None:
    report = compared(folder, case["table"])
    assert {verdict: number for verdict, number in report.counts.items() if number} == case["counts"]
    differences = [d for one in report.comparisons for d in one.differences if not d.adds]
    assert [f"{d.what}: {d.ours} → {d.theirs}" for d in differences] == case.get(
        "differences", shown_changes(differences)
    )
    assert [text for one in report.comparisons for text in one.conflicts] == case.get("conflicts", [])
    changes = plan(report, replace_agreed=case.get("replace", False), status=case.get("status", "proposed"))
    if "changes" in case:
        wanted = case["changes"]
        assert [fields(change.after, names) for change, names in zip(changes, wanted, strict=True)] == wanted
    if "values" in case:
        assert [list(change.values) for change in changes] == case["values"]


def shown_changes(differences: list) -> list[str]:
    return [f"{d.what}: {d.ours} → {d.theirs}" for d in differences]


def fields(term: Term, names: dict) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in names:
        lang, _, standing = name.partition("_")
        value = getattr(getattr(term, lang), standing or "preferred") if lang in ("zh", "en") else getattr(term, name)
        found[name] = list(value) if isinstance(value, tuple) else value
    return found


def amendments(changes: tuple[Change, ...]) -> Iterator[Amendment]:
    for change in changes:
        yield Revision(change.before.id, change.values) if change.before else Addition(change.after)


TABLE = "ko,zh,en,kind\n부두,码头,pier,\n료녕성,辽宁省,Liaoning,\n심양,奉天,,\n장,章,,term\n장,张,,person\n"


def test_a_plan_can_be_carried_out_and_then_nothing_is_left_to_do(folder: Path) -> None:
    for allowed, left in ((False, {"same": 4, "changed": 1}), (True, {"same": 5})):
        changes = plan(compared(folder, TABLE), replace_agreed=allowed)
        save(prepare(folder, amendments(changes)))
        again = compared(folder, TABLE)
        assert {verdict: number for verdict, number in again.counts.items() if number} == left
        assert plan(again) == ()
    assert load_glossary(folder).terms["심양"].zh == Renderings("奉天")


def test_without_leave_no_agreed_text_goes_away(folder: Path) -> None:
    before = load_glossary(folder).terms
    save(prepare(folder, amendments(plan(compared(folder, TABLE)))))
    after = load_glossary(folder).terms
    for name, term in before.items():
        assert set(term.ko) <= set(after[name].ko)
        for lang in ("zh", "en"):
            ours, theirs = getattr(term, lang), getattr(after[name], lang)
            assert ours is None or ours.preferred == theirs.preferred


def test_an_export_of_the_project_glossary_is_the_same(tmp_path: Path) -> None:
    glossary = load_glossary(Path(__file__).parents[2] / "glossary")
    some = Glossary(dict(list(glossary.terms.items())[::4]))
    for name in ("csv", "tbx"):
        path = tmp_path / f"terms.{name}"
        exchange.write(list(some.terms.values()), path)
        report = compare(some, exchange.read(path))
        assert report.counts == {
            "new": 0,
            "same": len(some.terms),
            "adds": 0,
            "changed": 0,
            "conflicting": 0,
            "refused": 0,
        }


WORDS = st.sampled_from(["심양", "선양", "대련", "성", "새 국면", "새국면"])
TEXTS = st.sampled_from(["沈阳", "大连", "省", "城"])
KINDS = st.sampled_from(["term", "place"])


@st.composite
def small_term(draw: st.DrawFn) -> Term:
    ko = tuple(draw(st.lists(WORDS, min_size=1, max_size=2, unique=True)))
    texts = draw(st.lists(TEXTS, min_size=1, max_size=3, unique=True))
    return Term(ko[0], ko, Renderings(texts[0], tuple(texts[1:2]), tuple(texts[2:])), None, draw(KINDS), "")


@settings(max_examples=200, deadline=None)
@given(ours=st.lists(small_term(), max_size=4), theirs=st.lists(small_term(), max_size=4), has_kinds=st.booleans())
def test_every_row_gets_one_verdict_and_nothing_agreed_is_replaced(
    ours: list[Term], theirs: list[Term], has_kinds: bool
) -> None:
    glossary = Glossary({term.id: replace(term, file="g.yaml") for term in ours})
    given_fields = frozenset({"ko", "zh", "kind"} if has_kinds else {"ko", "zh"})
    rows = tuple(Row(term, f"t.csv, line {number}", given_fields) for number, term in enumerate(theirs, 2))
    report = compare(glossary, Incoming("t.csv", "table", rows))
    assert [comparison.row for comparison in report.comparisons] == list(rows)
    assert plan(report) == plan(compare(glossary, Incoming("t.csv", "table", rows)))
    for comparison in report.comparisons:
        assert bool(comparison.conflicts) == (comparison.verdict == "conflicting")
        assert bool(comparison.differences) == (comparison.verdict in ("adds", "changed"))
    changes = plan(report)
    assert len({change.after.id for change in changes}) == len(changes)
    for change in changes:
        assert change.after.evidence
        if change.before:
            assert change.before.zh is not None
            assert change.after.zh is not None
            assert change.after.zh.preferred == change.before.zh.preferred
            assert set(change.before.zh.admitted) <= set(change.after.zh.admitted)
            assert set(change.before.zh.forbidden) <= set(change.after.zh.forbidden)
