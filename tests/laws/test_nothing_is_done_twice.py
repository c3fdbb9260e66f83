"""Law 4: a second run asks nothing, a change asks for what it touches, a killed run ends like any other."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import engines, store
from pipeline.article import Translation
from pipeline.engines import Effort, Engine, Hypothesis, Request
from pipeline.glossary import load_glossary
from pipeline.index import Index
from pipeline.summary import Summary
from pipeline.termbase.impact import Impact, impact
from pipeline.workspace import Workspace

Run = Callable[..., Summary]
Tree = Callable[[Path], dict[str, bytes]]
KILLS = 32


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening an engine is an error from here on."""

    def refuse(*_: object) -> None:
        raise AssertionError("an engine was opened")

    monkeypatch.setattr(engines, "open_engine", refuse)


def test_a_second_run_asks_the_engine_nothing_and_writes_nothing(
    workspace: Path, run: Run, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(workspace)
    before = {path: path.stat().st_mtime_ns for path in (workspace / "output").rglob("*/*")}
    monkeypatch.setattr(engines, "open_engine", lambda *_: pytest.fail("an engine was opened"))
    second = run(workspace)
    assert first.translated > 0
    assert (second.articles, second.unchanged, second.translated) == (2, 2, 0)
    assert {path: path.stat().st_mtime_ns for path in (workspace / "output").rglob("*/*")} == before


def test_a_lost_index_costs_no_engine_call(workspace: Path, run: Run, tree: Tree) -> None:
    run(workspace)
    before = tree(workspace / "output")
    for path in (workspace / "output").glob(".index.sqlite*"):
        path.unlink()
    assert run(workspace).translated == 0
    assert tree(workspace / "output") == before


def test_a_deleted_document_comes_back_without_an_engine(
    workspace: Path, run: Run, tree: Tree, no_engine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    run(workspace)
    before = tree(workspace / "output")
    (workspace / "output" / "port" / "port.html").unlink()
    assert run(workspace).translated == 0
    assert tree(workspace / "output") == before


def test_a_changed_sentence_asks_for_itself_and_no_other(workspace: Path, run: Run) -> None:
    run(workspace)
    article = workspace / "input" / "rice.txt"
    article.write_text(article.read_text("utf-8").replace("4만 5천", "4만 8천"), encoding="utf-8")
    assert run(workspace).translated == 2  # one sentence, two languages


def test_a_changed_term_asks_for_the_segments_it_touches_and_no_others(workspace: Path, run: Run) -> None:
    run(workspace)
    terms = workspace / "glossary" / "terms.yaml"
    terms.write_text(terms.read_text("utf-8").replace("en: Liaoning\n", "en: Liaoning Province\n"), encoding="utf-8")
    assert run(workspace).translated == 1  # 료녕 stands in one sentence, and only its English changed


# --- after an editor's change: what the engine is asked again is what the impact had said ---------------------------

BASE = "- ko: 물류기지\n  zh: 物流基地\n  en: logistics base\n  kind: term\n"
CITY = "- ko: 심양시\n  zh: 沈阳市\n  en: Shenyang City\n  kind: place\n"
EDITS: dict[str, tuple[Callable[[str], str], int]] = {  # an edit of the glossary, and how many drafts it asks for again
    "a new term": (lambda text: text + BASE, 3),  # in two sentences, of which the Chinese of one is approved
    "a new term that hides another": (lambda text: text + CITY, 1),  # the Chinese of that sentence is approved
    "another Chinese rendering": (lambda text: text.replace("zh: 沈阳", "zh: 盛京"), 1),
    "another English rendering": (lambda text: text.replace("en: Shenyang", "en: Mukden"), 2),
    "a second rendering admitted": (
        lambda text: text.replace("zh: 辽宁", "zh: {preferred: 辽宁, admitted: [辽宁省]}"),
        1,
    ),
    "a retired term": (lambda text: text.replace("  domain: economy", "  domain: economy\n  status: deprecated"), 2),
    "a removed term": (lambda text: text[: text.index("- ko: [고품질발전")], 2),
    "another kind": (lambda text: text.replace("kind: term", "kind: formula"), 0),
    "a spelling that stands nowhere": (lambda text: text.replace("선양", "선양시내"), 0),
    "a note": (lambda text: text.replace("  domain: economy", "  note: agreed in 2022\n  domain: economy"), 0),
    "another order": (lambda text: "".join(reversed(text.replace("- ko", "\0- ko").split("\0"))), 0),
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """The Korean and the language of everything that an engine is asked from here on."""
    seen: set[tuple[str, str]] = set()

    class Spied:
        def __init__(self, engine: Engine) -> None:
            self._engine, self.signature = engine, engine.signature

        def fits(self, request: Request) -> bool:
            return self._engine.fits(request)

        def translate(self, requests: Sequence[Request], effort: Effort = "usual") -> list[Hypothesis]:
            seen.update((request.text, request.target) for request in requests)
            return self._engine.translate(requests, effort)

    opened = engines.open_engine
    monkeypatch.setattr(engines, "open_engine", lambda name, settings: Spied(opened(name, settings)))
    return seen


def _approve(root: Path) -> Translation:
    """A translator approves the Chinese of one sentence as it is."""
    bitext = store.load_bitext(root / "output" / "port")
    assert bitext is not None
    segment = next(segment for segment in bitext.article.segments() if segment.text.startswith("심양시는"))
    machine = bitext.translation(segment.id, "zh")
    assert machine is not None
    approved = replace(machine, state="approved", by="박")
    store.save_bitext(root / "output" / "port", bitext.with_translations({(segment.id, "zh"): approved}))
    return approved


def _impact_since_the_last_run(root: Path) -> Impact:
    workspace = Workspace.open(root)
    with workspace.occurrences() as occurrences:
        before = occurrences.last_run_glossary()
        assert before is not None
        now = load_glossary(root / "glossary")
        return impact(occurrences, workspace.wording(before), workspace.wording(now))


def _translations(root: Path) -> dict[tuple[str, str, str], Translation]:
    found = {}
    for name in ("port", "rice"):
        bitext = store.load_bitext(root / "output" / name)
        assert bitext is not None
        found.update({(name, one.segment, one.lang): one for one in bitext.translations})
    return found


@pytest.mark.parametrize("name", EDITS)
def test_after_an_edit_the_engine_is_asked_for_the_drafts_that_the_impact_names_and_no_others(
    workspace: Path, run: Run, asked: set[tuple[str, str]], name: str
) -> None:
    change, count = EDITS[name]
    run(workspace)
    approved = _approve(workspace)
    terms = workspace / "glossary" / "terms.yaml"
    terms.write_text(change(terms.read_text("utf-8")), encoding="utf-8")
    told = _impact_since_the_last_run(workspace)
    before = _translations(workspace)
    asked.clear()
    summary = run(workspace)
    again = [touch for touch in told.touches if touch.is_asked_again]
    assert asked == {(touch.segment.text, touch.lang) for touch in again}
    assert summary.translated == len(again) == count
    after = _translations(workspace)
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {(touch.article, touch.segment.id, touch.lang) for touch in again}
    assert after["port", approved.segment, "zh"] == approved
    assert _impact_since_the_last_run(workspace).touches == ()


def test_an_approved_translation_whose_term_changed_is_marked_and_not_touched(
    workspace: Path, run: Run, asked: set[tuple[str, str]]
) -> None:
    run(workspace)
    approved = _approve(workspace)
    terms = workspace / "glossary" / "terms.yaml"
    terms.write_text(terms.read_text("utf-8").replace("zh: 沈阳", "zh: 盛京"), encoding="utf-8")
    (touch,) = (touch for touch in _impact_since_the_last_run(workspace).touches if touch.is_human)
    run(workspace)
    found = Workspace.open(workspace).publication("port").findings
    marked = [finding for finding in found if (finding.segment, finding.lang) == (approved.segment, "zh")]
    assert tuple(marked) == touch.gained
    assert [(finding.check, finding.suggestion) for finding in marked] == [("terms", "盛京")]
    assert [finding for finding in found if finding.check == "terms" and finding not in marked] == []
    assert (touch.remedy, touch.swapped) == ("swap", approved.text.replace("沈阳", "盛京"))


def test_a_change_taken_back_costs_no_engine_call(workspace: Path, run: Run, asked: set[tuple[str, str]]) -> None:
    run(workspace)
    terms = workspace / "glossary" / "terms.yaml"
    first = terms.read_text("utf-8")
    terms.write_text(first.replace("zh: 沈阳", "zh: 盛京"), encoding="utf-8")
    run(workspace)
    before = _translations(workspace)
    terms.write_text(first, encoding="utf-8")
    asked.clear()
    assert run(workspace).translated == 0
    assert asked == set()
    assert _translations(workspace) != before


def test_a_dry_run_writes_nothing_and_says_what_a_run_would_ask(workspace: Path, run: Run, tree: Tree) -> None:
    planned = run(workspace, dry_run=True).translated
    assert tree(workspace / "output") == {}
    assert run(workspace).translated == planned


def test_a_renamed_input_is_another_article_and_the_old_one_stays(workspace: Path, run: Run) -> None:
    run(workspace)
    (workspace / "input" / "rice.txt").rename(workspace / "input" / "rice-2.txt")
    assert run(workspace).translated == 0  # every sentence is known
    assert (workspace / "output" / "rice" / "bitext.json").is_file()


def assert_index_is_whole(output: Path) -> None:
    """Every article in the index is there with all its segments, and with the promises of all of them."""
    with contextlib.closing(Index(output)) as index:
        streams = dict(index.occurrences.streams())
        assert streams.keys() == index.occurrences.documents().keys()
        for article, texts in streams.items():
            passages = index.occurrences.passages(article)
            assert len(passages) == texts.count("\n") + 1
            assert all(len(passage.sides) == 2 for passage in passages)


def test_a_run_killed_at_any_moment_and_started_again_ends_with_the_same_files(
    workspace: Path, tree: Tree, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = (workspace / "input" / "port.txt").read_text("utf-8")
    for number in range(12):
        (workspace / "input" / f"port-{number}.txt").write_text(
            text.replace("3곳", f"{number + 4}곳"), encoding="utf-8"
        )
    fresh = tmp_path_factory.mktemp("fresh") / "workspace"
    shutil.copytree(workspace, fresh)
    command = [sys.executable, "-m", "pipeline", "--workspace", str(workspace), "run", "--quiet"]
    begun = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - begun
    expected = tree(workspace / "output")
    assert len(expected) == 14 * 6

    chance = random.Random(20260312)
    killed = 0
    command[4] = str(fresh)
    for _ in range(KILLS):
        shutil.rmtree(fresh / "output", ignore_errors=True)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.05, whole))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
        assert_index_is_whole(fresh / "output")
        subprocess.run(command, check=True, capture_output=True)
        assert tree(fresh / "output") == expected
        assert_index_is_whole(fresh / "output")
    assert killed >= KILLS * 2 // 3
