"""The index file: made anew when it is of another version, whole at every moment, named when it cannot be used."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from pipeline.errors import StorageError
from pipeline.index import FILE, TABLES, VERSION, Entry, Index


def _tables(output: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(output / FILE)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_new_index_has_its_tables_and_its_version(tmp_path: Path) -> None:
    Index(tmp_path).close()
    assert _tables(tmp_path) == set(TABLES)
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_what_was_put_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    entry = Entry("a.txt", "a", "made", {"bitext.json": (1, 2)}, {"segments": 3}, "제목")
    with contextlib.closing(Index(tmp_path)) as index:
        index.put_entry(entry)
        index.put("key", "result")
    with contextlib.closing(Index(tmp_path)) as index:
        assert (list(index.entries()), index.get("key")) == ([entry], "result")


@pytest.mark.parametrize("version", [1, VERSION + 1])
def test_an_index_of_another_version_is_made_anew(tmp_path: Path, version: int) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.executescript(
            "CREATE TABLE article (file TEXT); CREATE TABLE result (key TEXT);"
            f"INSERT INTO article VALUES ('old'); PRAGMA user_version={version};"
        )
    with contextlib.closing(Index(tmp_path)) as index:
        assert list(index.entries()) == []
        assert index.occurrences.documents() == {}
    assert _tables(tmp_path) == set(TABLES)


def test_two_may_open_a_new_index_at_once_and_neither_loses_what_it_put(tmp_path: Path) -> None:
    with contextlib.closing(Index(tmp_path)) as one, contextlib.closing(Index(tmp_path)) as other:
        one.put("one", "1")
        other.put("other", "2")
        assert (one.get("other"), other.get("one")) == ("2", "1")


def test_a_file_that_is_no_index_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database " * 100)
    with pytest.raises(StorageError, match="delete it"):
        Index(tmp_path)
