"""The bitext on disk: what is saved is what comes back, whole, or the old one."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import store
from pipeline.article import Article, Bitext, Block, DroppedLine, Hint, Meta, Removed, Segment, Translation
from pipeline.errors import StorageError

HINT = Hint(0, 2, "港口", "glossary")
FULL = Bitext(
    article=Article(
        "항구",
        (
            Block("b1", "title", (Segment("s1", "항구\u00a0소식", "\n\n"),), start=8),
            Block("b2", "paragraph", (Segment("s2", "“배가 왔다.”\x0c", "\r\n"),), lead="\u3000\u3000", start=15),
        ),
        Meta(title="항구 소식", date="2026-03-12", file="a/항구.txt"),
        (DroppedLine(1, "홈 > 뉴스\n", "navigation", 0),),
    ),
    translations=(
        Translation("s1", "zh", "港口消息", of="0" * 16, by="engine", score=-0.25, hints=(HINT,)),
        Translation("s1", "en", 'News "from" the port', of="0" * 16, origin="human", by="김", state="approved"),
    ),
    removed=(Removed(Segment("s9", "떠난 문장"), (Translation("s9", "zh", "走了", of="1" * 16, origin="human"),)),),
    dismissed=("abc",),
    last_id=9,
)  # fmt: skip


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    saved = store.save_bitext(tmp_path / "항구", FULL)
    assert saved == replace(FULL, revision=1)
    assert store.load_bitext(tmp_path / "항구") == saved


def test_the_file_has_one_line_for_each_translation(tmp_path: Path) -> None:
    store.save_bitext(tmp_path / "a", FULL)
    lines = (tmp_path / "a" / store.FILE).read_text(encoding="utf-8").splitlines()
    assert sum('"lang"' in line for line in lines) == 3
    assert any("港口消息" in line for line in lines)


def test_an_older_revision_is_refused_and_the_newer_stays(tmp_path: Path) -> None:
    first = store.save_bitext(tmp_path / "a", FULL)
    second = store.save_bitext(tmp_path / "a", replace(first, dismissed=("x",)))
    with pytest.raises(store.RevisionConflictError):
        store.save_bitext(tmp_path / "a", replace(first, dismissed=("y",)))
    assert store.load_bitext(tmp_path / "a") == second


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"format": 1}', '{"format": 99}', "\x00" * 100],
    ids=["empty", "cut off", "a list", "names missing", "newer format", "zeros"],
)
def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / store.FILE
    path.write_text(content, encoding="utf-8")
    with pytest.raises(StorageError, match=r"bitext\.json"):
        store.load_bitext(tmp_path)
    assert path.read_text(encoding="utf-8") == content


def test_a_truncated_file_is_damaged_at_every_length(tmp_path: Path) -> None:
    store.save_bitext(tmp_path / "a", FULL)
    path = tmp_path / "a" / store.FILE
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2, 7):
        path.write_bytes(whole[:length])
        with pytest.raises(StorageError):
            store.load_bitext(tmp_path / "a")


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = store.save_bitext(tmp_path / "a", FULL)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="disk is full"):
        store.save_bitext(tmp_path / "a", saved)
    monkeypatch.undo()
    assert store.load_bitext(tmp_path / "a") == saved
    assert [path.name for path in (tmp_path / "a").iterdir()] == [store.FILE]
