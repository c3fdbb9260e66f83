"""Law 2: a machine run never changes what a person wrote or approved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline import store
from pipeline.article import Bitext, fingerprint
from pipeline.summary import Summary

Run = Callable[..., Summary]
WORK = "沈阳市今年新建3个物流基地。"


def approve(folder: Path, korean: str, text: str = WORK) -> Bitext:
    """A translator corrects and approves the Chinese of one sentence."""
    bitext = store.load_bitext(folder)
    assert bitext is not None
    segment = next(s for s in bitext.article.segments() if s.text.startswith(korean))
    machine = bitext.translation(segment.id, "zh")
    assert machine is not None
    human = replace(machine, text=text, origin="human", by="박", state="approved", of=fingerprint(segment.text))
    return store.save_bitext(folder, bitext.with_translations({(segment.id, "zh"): human}))


def work_in(folder: Path) -> list[str]:
    bitext = store.load_bitext(folder)
    assert bitext is not None
    return [t.text for t in bitext.translations if t.is_human]


def test_a_second_run_keeps_the_work_and_publishes_it(workspace: Path, run: Run) -> None:
    run(workspace)
    approve(workspace / "output" / "port", "심양시는")
    run(workspace)
    assert work_in(workspace / "output" / "port") == [WORK]
    assert WORK in (workspace / "output" / "port" / "port.zh.md").read_text("utf-8")


def test_a_changed_term_keeps_the_work(workspace: Path, run: Run) -> None:
    run(workspace)
    approve(workspace / "output" / "port", "심양시는")
    terms = workspace / "glossary" / "terms.yaml"
    terms.write_text(terms.read_text("utf-8").replace("zh: 沈阳", "zh: 盛京"), encoding="utf-8")
    summary = run(workspace)
    assert work_in(workspace / "output" / "port") == [WORK]
    assert summary.missed >= 1


def test_changed_korean_keeps_the_work_and_marks_it_stale(workspace: Path, run: Run) -> None:
    run(workspace)
    approve(workspace / "output" / "port", "심양시는")
    article = workspace / "input" / "port.txt"
    article.write_text(
        article.read_text("utf-8").replace("물류기지 3곳을 새로", "물류기지 5곳을 새로"), encoding="utf-8"
    )
    run(workspace)
    assert work_in(workspace / "output" / "port") == [WORK]
    page = (workspace / "output" / "port" / "port.html").read_text("utf-8")
    assert "stale" in page


def test_work_saved_while_the_run_goes_on_stays(workspace: Path, run: Run, monkeypatch: object) -> None:
    """The run has read the bitext, then a translator approves, then the run saves."""
    run(workspace)
    folder = workspace / "output" / "port"
    article = workspace / "input" / "port.txt"
    article.write_text(article.read_text("utf-8") + "\n마지막으로 한 문장이 더 들어왔다.\n", encoding="utf-8")
    save = store.save_bitext
    approved: list[Bitext] = []

    def save_late(target: Path, bitext: Bitext) -> Bitext:
        if target == folder and not approved:
            approved.append(bitext)
            store.save_bitext = save  # the translator is faster
            approve(folder, "심양시는")
        return save(target, bitext)

    store.save_bitext = save_late
    try:
        run(workspace)
    finally:
        store.save_bitext = save
    assert approved
    assert work_in(folder) == [WORK]
    assert "마지막으로" in (folder / store.FILE).read_text("utf-8")
