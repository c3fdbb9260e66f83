"""Law 1, from the file to the finished documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline import store
from pipeline.summary import Summary

Run = Callable[..., Summary]


def test_the_stored_article_joins_to_the_very_text_of_the_file(workspace: Path, run: Run) -> None:
    run(workspace)
    for name in ("port", "rice"):
        bitext = store.load_bitext(workspace / "output" / name)
        assert bitext is not None
        assert bitext.article.source_text() == (workspace / "input" / f"{name}.txt").read_bytes().decode("utf-8")


def test_every_line_is_in_the_article_or_dropped_with_a_reason(workspace: Path, run: Run) -> None:
    run(workspace)
    bitext = store.load_bitext(workspace / "output" / "port")
    assert bitext is not None
    assert {line.reason for line in bitext.article.dropped} == {"read as date", "read as source"}
    assert bitext.article.meta.date == "2026-03-12T09:30:00+08:00"
    assert bitext.article.meta.source == "료녕신문"


def test_every_segment_stands_in_every_document(workspace: Path, run: Run) -> None:
    run(workspace)
    bitext = store.load_bitext(workspace / "output" / "port")
    assert bitext is not None
    folder = workspace / "output" / "port"
    page, exchange = (folder / "port.html").read_text("utf-8"), (folder / "port.ko-zh.xlf").read_text("utf-8")
    for segment in bitext.article.segments():
        assert f'id="{segment.id}"' in page
        assert f'id="{segment.id}"' in exchange
        assert bitext.translation(segment.id, "zh") is not None
        assert bitext.translation(segment.id, "en") is not None


def test_an_input_file_is_never_written_to(workspace: Path, run: Run) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (workspace / "input").iterdir()}
    run(workspace)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (workspace / "input").iterdir()} == before
