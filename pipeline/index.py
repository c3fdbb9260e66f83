"""What can be derived again: `output/.index.sqlite` keeps engine results and, per input file, what it was made from.

Where terms stand and what is promised there are in the same file (`occurrences`). Delete it at any time: the next run
reads the bitexts instead, and asks the engine nothing it need not ask.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipeline import occurrences
from pipeline.errors import StorageError
from pipeline.occurrences import Occurrences
from pipeline.store import make_folder

FILE = ".index.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS article (file TEXT PRIMARY KEY, id TEXT UNIQUE NOT NULL, entry TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS result (key TEXT PRIMARY KEY, result TEXT NOT NULL) WITHOUT ROWID;
"""
TABLES = ("article", "result", "glossary", *occurrences.TABLES)
VERSION = 2  # PRAGMA user_version; another one: the index is made anew


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index knows of one article: how it was made (`made_from`), what was written, and its counts."""

    file: str
    id: str
    made_from: str  # fingerprint of input bytes, glossary, engine, settings and program
    written: dict[str, tuple[int, int]] = field(default_factory=dict)  # file name → size, mtime_ns
    counts: dict[str, int] = field(default_factory=dict)
    title: str | None = None


class Index:
    """The open index. Used by one process at a time for writing; readers may look on."""

    def __init__(self, output: Path) -> None:
        """Open or make the index. Raises StorageError when the file cannot be used."""
        make_folder(output)
        self._path = output / FILE
        try:
            self._connection = self._open()
            self.occurrences = Occurrences(self._connection)
        except sqlite3.Error as error:
            raise StorageError(
                f"{self._path} cannot be opened: {error}. It holds nothing that cannot be made again: delete it."
            ) from error

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        if _version(connection) != VERSION:
            self._make_tables(connection)
        return connection

    @staticmethod
    def _make_tables(connection: sqlite3.Connection) -> None:
        """Make all tables anew, in one step: another process may be opening the same file."""
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if _version(connection) != VERSION:
                drops = [f"DROP TABLE IF EXISTS {table}" for table in TABLES]
                for statement in [
                    *drops,
                    *f"{SCHEMA}{occurrences.SCHEMA}".split(";"),
                    f"PRAGMA user_version={VERSION}",
                ]:
                    connection.execute(statement)

    def close(self) -> None:
        """Close the file; the index must not be used afterwards."""
        self._connection.close()

    def entries(self) -> Iterator[Entry]:
        """All articles, by input file."""
        for (entry,) in self._connection.execute("SELECT entry FROM article ORDER BY file"):
            yield _entry(json.loads(entry))

    def put_entry(self, entry: Entry) -> None:
        """Add or replace what is known of an article. Raises StorageError when the disk is full."""
        self._write(
            "INSERT OR REPLACE INTO article VALUES (?, ?, ?)",
            (entry.file, entry.id, json.dumps(asdict(entry), ensure_ascii=False)),
        )

    def get(self, key: str) -> str | None:
        """The engine result kept under a content key."""
        row = self._connection.execute("SELECT result FROM result WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, key: str, result: str) -> None:
        """Keep an engine result, at once, so that a killed run loses only what was being decoded."""
        self._write("INSERT OR REPLACE INTO result VALUES (?, ?)", (key, result))

    def _write(self, statement: str, values: tuple[str, ...]) -> None:
        try:
            self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise StorageError(f"{self._path} cannot be written: {error}. What was finished is saved.") from error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _entry(values: dict[str, object]) -> Entry:
    written = {name: (size, time) for name, (size, time) in values.pop("written").items()}  # type: ignore[attr-defined]
    return Entry(written=written, **values)  # type: ignore[arg-type]
