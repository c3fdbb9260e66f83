"""What the index keeps of terms and segments: where each term stands, what is promised there, what was made of it.

Tables in `output/.index.sqlite`, one transaction an article. Everything comes from the bitexts and a glossary; the
basis of a row says from which, so that what is out of date is known without reading the bitext.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from hashlib import sha256

from pipeline.article import BlockKind, Hint, Mention, Meta, Segment, Translation
from pipeline.errors import StorageError
from pipeline.glossary import Glossary
from pipeline.patterns import stream_keys
from pipeline.terms import Renderings, Term

TABLES = ("document", "stream", "passage", "mention", "side")  # each with a column `article`
SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    article TEXT PRIMARY KEY, size INTEGER, changed INTEGER, basis TEXT, glossary TEXT, run_glossary TEXT, day TEXT,
    is_published INTEGER, file TEXT, title TEXT, meta TEXT, dismissed TEXT);
CREATE TABLE IF NOT EXISTS stream (article TEXT PRIMARY KEY, texts TEXT);
CREATE TABLE IF NOT EXISTS passage (
    article TEXT, position INTEGER, segment TEXT, kind TEXT, text TEXT, is_glossed INTEGER,
    PRIMARY KEY (article, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mention (
    article TEXT, position INTEGER, start INTEGER, end INTEGER, term TEXT, spelling TEXT,
    PRIMARY KEY (article, position, start)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mention_of_term ON mention (term);
CREATE TABLE IF NOT EXISTS side (
    article TEXT, position INTEGER, lang TEXT, translation TEXT, hints TEXT,
    PRIMARY KEY (article, position, lang)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS glossary (fingerprint TEXT PRIMARY KEY, terms TEXT);
"""
SEGMENT_END, VIEW = "\n", "\t"  # between segments, and between the views of one, in `stream`: no stream holds them


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an article's rows were made from: the file as it lay there, the program and languages, a glossary, a day."""

    size: int
    changed: int  # mtime_ns of bitext.json
    basis: str  # the program and the target languages
    glossary: str  # `glossary_key`
    day: str  # ISO date on which the terms were looked for; counts where the article has no date of its own


@dataclass(frozen=True, slots=True)
class Document:
    """What is known of an article as a whole. `run_glossary` is that of the last run, `stamp.glossary` today's."""

    article: str
    stamp: Stamp
    run_glossary: str
    is_published: bool
    file: str
    title: str
    meta: Meta
    dismissed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """A segment in one language: what was made of it, if anything, and what is promised for it today."""

    lang: str
    translation: Translation | None
    hints: tuple[Hint, ...]

    @property
    def text(self) -> str:
        """The translation, "" where there is none."""
        return self.translation.text if self.translation else ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A segment at its place in the article, with its mentions and its sides. `is_glossed`: a gloss stands in it."""

    article: str
    position: int
    segment: Segment
    kind: BlockKind
    is_glossed: bool
    mentions: tuple[Mention, ...]
    sides: tuple[Side, ...]


class Occurrences:
    """The tables of one open index. What is read is as it was at the last `put`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # --- putting in ------------------------------------------------------------------------------------------------

    def put(self, document: Document, passages: Sequence[Passage]) -> None:
        """Replace all that is known of an article, wholly or not at all."""
        with self._change():
            self._remove(document.article)
            self._put_document(document)
            streams = SEGMENT_END.join(VIEW.join(stream_keys(passage.segment.text)) for passage in passages)
            self._connection.execute("INSERT INTO stream VALUES (?, ?)", (document.article, streams))
            rows = ((p.article, p.position, p.segment.id, p.kind, p.segment.text, p.is_glossed) for p in passages)
            self._connection.executemany("INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._put_promises(passages)

    def renew(self, documents: Iterable[Document], passages: Iterable[Passage]) -> None:
        """Note other mentions and promises of passages that are there, and of what their documents are made now."""
        with self._change():
            renewed = list(passages)
            for passage in renewed:
                for table in ("mention", "side"):
                    self._connection.execute(
                        f"DELETE FROM {table} WHERE article = ? AND position = ?", (passage.article, passage.position)
                    )
            self._put_promises(renewed)
            for document in documents:
                self._connection.execute("DELETE FROM document WHERE article = ?", (document.article,))
                self._put_document(document)

    def remove(self, article: str) -> None:
        """Forget an article."""
        with self._change():
            self._remove(article)

    def put_glossary(self, glossary: Glossary) -> None:
        """Keep the terms of a glossary, so that a later one can be compared with it.

        Those from which no article is made any more are forgotten.
        """
        key = glossary_key(glossary)
        if key not in self.glossary_keys():
            rows = json.dumps([_term_row(term) for term in glossary.terms.values()], ensure_ascii=False)
            used = "SELECT glossary FROM document UNION SELECT run_glossary FROM document"
            with self._change():
                self._connection.execute(f"DELETE FROM glossary WHERE fingerprint NOT IN ({used})")
                self._connection.execute("INSERT OR REPLACE INTO glossary VALUES (?, ?)", (key, rows))

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        """A change that is made wholly or not at all. Raises StorageError when the index cannot be written."""
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
        except sqlite3.Error as error:
            raise StorageError(f"The index cannot be written: {error}. What was finished is saved.") from error

    def _remove(self, article: str) -> None:
        for table in TABLES:
            self._connection.execute(f"DELETE FROM {table} WHERE article = ?", (article,))

    def _put_document(self, document: Document) -> None:
        stamp = document.stamp
        values = (
            *(document.article, stamp.size, stamp.changed, stamp.basis, stamp.glossary),
            *(document.run_glossary, stamp.day, document.is_published, document.file, document.title),
            *(json.dumps(asdict(document.meta), ensure_ascii=False), json.dumps(document.dismissed)),
        )
        self._connection.execute(f"INSERT INTO document VALUES ({', '.join('?' * len(values))})", values)

    def _put_promises(self, passages: Iterable[Passage]) -> None:
        for p in passages:
            mentions = ((p.article, p.position, m.start, m.end, m.term, m.spelling) for m in p.mentions)
            self._connection.executemany("INSERT INTO mention VALUES (?, ?, ?, ?, ?, ?)", mentions)
            sides = (
                (p.article, p.position, side.lang, _packed(side.translation), _packed(side.hints)) for side in p.sides
            )
            self._connection.executemany("INSERT INTO side VALUES (?, ?, ?, ?, ?)", sides)

    # --- looking up ------------------------------------------------------------------------------------------------

    def documents(self, articles: Collection[str] | None = None) -> dict[str, Document]:
        """All documents by article id, sorted; or these of them that are there."""
        where, names = ("", ()) if articles is None else _among("article", articles)
        rows = self._connection.execute(f"SELECT * FROM document {where} ORDER BY article", names)
        return {row[0]: _document(row) for row in rows}

    def streams(self) -> Iterator[tuple[str, str]]:
        """Each article with the folded texts of its segments, in order, as one text: see `SEGMENT_END` and `VIEW`."""
        yield from self._connection.execute("SELECT article, texts FROM stream ORDER BY article")

    def passages(self, article: str, positions: Collection[int] | None = None) -> tuple[Passage, ...]:
        """The segments of an article in order; with `positions` only these and those with a gloss."""
        number = "" if positions is None else _numbers("position", positions)
        here = f"article = ?{number and f' AND ({number} OR is_glossed)'}"
        rows = self._connection.execute(
            f"SELECT position, segment, kind, text, is_glossed FROM passage WHERE {here} ORDER BY position", (article,)
        ).fetchall()
        read = "" if positions is None else " AND " + _numbers("position", [row[0] for row in rows])
        mentions: dict[int, list[Mention]] = {}
        for position, *mention in self._connection.execute(
            f"SELECT position, start, end, term, spelling FROM mention WHERE article = ?{read} ORDER BY start",
            (article,),
        ):
            mentions.setdefault(position, []).append(Mention(*mention))
        sides: dict[int, list[Side]] = {}
        for position, lang, translation, hints in self._connection.execute(
            f"SELECT position, lang, translation, hints FROM side WHERE article = ?{read} ORDER BY lang = 'en'",
            (article,),
        ):
            sides.setdefault(position, []).append(Side(lang, _translation(translation), _hints(hints)))
        return tuple(
            Passage(
                article,
                position,
                Segment(segment, text),
                kind,
                bool(is_glossed),
                tuple(mentions.get(position, ())),
                tuple(sides.get(position, ())),
            )
            for position, segment, kind, text, is_glossed in rows
        )

    def usage(self) -> dict[str, int]:
        """How often each term stands in the articles, by term id; terms that stand nowhere are left out."""
        return dict(self._connection.execute("SELECT term, count(*) FROM mention GROUP BY term ORDER BY term"))

    def places(self, term: str) -> dict[str, list[int]]:
        """Where a term stands: article id → positions of segments, each once."""
        found: dict[str, list[int]] = {}
        for article, position in self._connection.execute(
            "SELECT DISTINCT article, position FROM mention WHERE term = ? ORDER BY article, position", (term,)
        ):
            found.setdefault(article, []).append(position)
        return found

    def glossary_keys(self) -> set[str]:
        """The keys of the glossaries that are kept."""
        return {key for (key,) in self._connection.execute("SELECT fingerprint FROM glossary")}

    def glossary(self, key: str) -> Glossary | None:
        """A glossary from which articles were made, None when it is not kept."""
        row = self._connection.execute("SELECT terms FROM glossary WHERE fingerprint = ?", (key,)).fetchone()
        return None if row is None else Glossary({term.id: term for term in map(_term, json.loads(row[0]))}, key)

    def last_run_glossary(self) -> Glossary | None:
        """The glossary of the last run: of several the one that was kept last. None before the first run."""
        row = self._connection.execute(
            "SELECT fingerprint FROM glossary WHERE fingerprint IN (SELECT run_glossary FROM document)"
            " ORDER BY rowid DESC LIMIT 1"
        ).fetchone()
        return None if row is None else self.glossary(row[0])


def glossary_key(glossary: Glossary) -> str:
    """Stands for the content of a glossary: its fingerprint, or a digest of its terms where no file was read."""
    return glossary.fingerprint or sha256(repr(sorted(glossary.terms.items())).encode()).hexdigest()[:16]


# --- values as rows and back. The basis of a document covers the program, so that a row fits today's dataclasses. ----


def _among(column: str, values: Collection[str]) -> tuple[str, tuple[str, ...]]:
    return f"WHERE {column} IN (SELECT value FROM json_each(?))", (json.dumps(list(values)),)


def _numbers(column: str, values: Iterable[int]) -> str:
    return f"{column} IN ({', '.join(map(str, map(int, values)))})"


def _packed(value: Translation | Sequence[Hint] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_values)


def _values(value: object) -> list[object]:
    """The values of a dataclass, in the order of its fields; what is inside is packed in its turn."""
    return [getattr(value, field.name) for field in fields(value)]  # type: ignore[arg-type]


def _hints(packed: str) -> tuple[Hint, ...]:
    return tuple(map(_hint, json.loads(packed)))


def _hint(values: list[object]) -> Hint:
    return Hint(*(tuple(one) if isinstance(one, list) else one for one in values))  # type: ignore[arg-type]


def _translation(packed: str | None) -> Translation | None:
    if packed is None:
        return None
    values = (tuple(map(_hint, one)) if isinstance(one, list) else one for one in json.loads(packed))
    return Translation(*values)  # type: ignore[arg-type]


def _document(row: Sequence[object]) -> Document:
    article, size, changed, basis, glossary, run_glossary, day, is_published, file, title, meta, dismissed = row
    return Document(
        article=str(article),
        stamp=Stamp(size, changed, str(basis), str(glossary), str(day)),  # type: ignore[arg-type]
        run_glossary=str(run_glossary),
        is_published=bool(is_published),
        file=str(file),
        title=str(title),
        meta=Meta(**json.loads(str(meta))),
        dismissed=tuple(json.loads(str(dismissed))),
    )


def _term_row(term: Term) -> list[object]:
    return [astuple(one) if isinstance(one, Renderings) else one for one in _values(term)]


def _term(values: Sequence[object]) -> Term:
    named: Mapping[str, object] = dict(zip((field.name for field in fields(Term)), values, strict=True))
    return Term(**{name: _term_value(name, value) for name, value in named.items()})  # type: ignore[arg-type]


def _term_value(name: str, value: object) -> object:
    if name in ("zh", "en") and isinstance(value, list):
        preferred, admitted, forbidden = value
        return Renderings(preferred, tuple(admitted), tuple(forbidden))
    return tuple(value) if isinstance(value, list) else value
