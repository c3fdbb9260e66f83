"""Law 5: what does not hold is a finding that a person sees, never silent and never “successful”."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline import store
from pipeline.cli import main
from pipeline.summary import Summary
from pipeline.workspace import Workspace

Run = Callable[..., Summary]


def spoil(folder: Path, korean: str, lang: str, text: str) -> None:
    """Put another text in the place of a machine translation."""
    bitext = store.load_bitext(folder)
    assert bitext is not None
    segment = next(s for s in bitext.article.segments() if s.text.startswith(korean))
    have = bitext.translation(segment.id, lang)
    assert have is not None
    spoilt = replace(have, text=text)
    store.save_bitext(folder, bitext.with_translations({(segment.id, lang): spoilt}))


def checks_that_fail(root: Path, article: str) -> set[str]:
    return {finding.check for finding in Workspace.open(root).publication(article).findings}


def test_a_missed_term_is_counted_and_found(workspace: Path, run: Run) -> None:
    run(workspace)
    spoil(workspace / "output" / "port", "심양시는", "zh", "该市今年新建3个物流基地。")
    summary = run(workspace)
    assert summary.missed == 1
    assert "terms" in checks_that_fail(workspace, "port")


def test_a_wrong_number_is_found(workspace: Path, run: Run) -> None:
    run(workspace)
    spoil(workspace / "output" / "rice", "올해 재배면적은", "zh", "今年种植面积达450公顷。")
    assert "numbers" in checks_that_fail(workspace, "rice")


def test_hangul_left_over_is_found_and_check_exits_with_1(workspace: Path, run: Run) -> None:
    run(workspace)
    spoil(workspace / "output" / "rice", "올해 재배면적은", "en", "This year's area is 45,000 헥타르.")
    assert checks_that_fail(workspace, "rice") & {"script", "output"}
    assert main(["--workspace", str(workspace), "check", "rice"]) == 1
    assert main(["--workspace", str(workspace), "check", "rice", "--fail-on", "never"]) == 0


def test_a_dismissed_finding_stays_dismissed_until_the_text_changes(workspace: Path, run: Run) -> None:
    run(workspace)
    folder = workspace / "output" / "rice"
    spoil(folder, "올해 재배면적은", "zh", "今年种植面积达450公顷。")
    publication = Workspace.open(workspace).publication("rice")
    bitext = publication.bitext
    keys = []
    for finding in publication.findings:
        translation = bitext.translation(finding.segment, finding.lang)
        keys.append(finding.key(translation.text if translation else ""))
    store.save_bitext(folder, replace(bitext, dismissed=tuple(keys)))
    assert "numbers" not in checks_that_fail(workspace, "rice")
    spoil(folder, "올해 재배면적은", "zh", "今年种植面积达45公顷。")
    assert "numbers" in checks_that_fail(workspace, "rice")
