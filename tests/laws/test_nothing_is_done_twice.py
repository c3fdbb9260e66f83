"""Law 4: a second run asks nothing, a change asks for what it touches, a killed run ends like any other."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import engines
from pipeline.summary import Summary

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


def test_a_dry_run_writes_nothing_and_says_what_a_run_would_ask(workspace: Path, run: Run, tree: Tree) -> None:
    planned = run(workspace, dry_run=True).translated
    assert tree(workspace / "output") == {}
    assert run(workspace).translated == planned


def test_a_renamed_input_is_another_article_and_the_old_one_stays(workspace: Path, run: Run) -> None:
    run(workspace)
    (workspace / "input" / "rice.txt").rename(workspace / "input" / "rice-2.txt")
    assert run(workspace).translated == 0  # every sentence is known
    assert (workspace / "output" / "rice" / "bitext.json").is_file()


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
        subprocess.run(command, check=True, capture_output=True)
        assert tree(fresh / "output") == expected
    assert killed >= KILLS * 2 // 3
