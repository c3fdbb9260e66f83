"""Segments for data people: TSV, JSON lines and Parquet with one schema, `table.schema.json`, one row a segment.

Nothing is read back from here: these files are for counting and training. People edit the DOCX, XLSX or XLIFF.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

from pipeline.article import Block, Finding, Segment
from pipeline.errors import SettingsError
from pipeline.hints import is_honoured
from pipeline.languages import SOURCE, TARGETS
from pipeline.publication import Publication

SCHEMA = "daeyeok.segments.1"  # another number when a column changes its meaning or leaves; new ones may come
BATCH = 10_000  # rows of a row group in Parquet

Value = str | int | float | bool | None
Row = dict[str, Value | list[dict[str, Value]]]

# TSV: the escapes of PostgreSQL's COPY and of Linear TSV. Quotation marks are plain characters.
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
SURROGATES = re.compile("[\ud800-\udfff]")
# JSON: what many readers take for the end of a line, and what UTF-8 cannot hold.
UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")


def columns() -> tuple[str, ...]:
    """The names of the columns, the same in all three formats and in this order."""
    return tuple(_schema()["properties"])


def rows(publication: Publication) -> Iterator[Row]:
    """The segments of an article in reading order, each with all its translations. Every row has every column.

    A translation that there is not, or that was not asked for, is null, and so is what would be said about it; an
    empty text counts as none. Hints are the promises of glossary and glosses today, and whether today's text keeps
    them.
    """
    findings: dict[str, list[Finding]] = {}
    for finding in publication.findings:
        findings.setdefault(finding.segment, []).append(finding)
    position = 0
    for block in publication.bitext.article.blocks:
        for segment in block.segments:
            yield _row(publication, block, segment, position, findings.get(segment.id, ()))
            position += 1


def write_tsv(publications: Iterable[Publication], out: BinaryIO) -> int:
    r"""Write a heading and all rows as UTF-8, one article after the other; returns the number of rows.

    Inside a field backslash, tab, line feed and carriage return are `\\`, `\t`, `\n`, `\r`; null is an empty field,
    lists are JSON, a lone surrogate is U+FFFD. Nothing is quoted: read it with quoting off (pandas: `quoting=3`).
    """
    names = columns()
    out.write(("\t".join(names) + "\n").encode())
    number = 0
    for row in _all_rows(publications):
        line = "\t".join(_field(row[name]) for name in names)
        out.write((SURROGATES.sub("\ufffd", line) + "\n").encode())
        number += 1
    return number


def write_jsonl(publications: Iterable[Publication], out: BinaryIO) -> int:
    """Write a JSON object a line, UTF-8, keys sorted, one article after the other; returns the number of rows."""
    number = 0
    for row in _all_rows(publications):
        out.write((_json(row) + "\n").encode())
        number += 1
    return number


def write_parquet(publications: Iterable[Publication], out: BinaryIO) -> int:
    """Write Parquet (Snappy, a row group each 10,000 rows); returns the number of rows.

    Lists are lists of structures; the schema's name stands in the metadata of the file. Raises SettingsError without
    the package pyarrow.
    """
    arrow, parquet = _library("pyarrow"), _library("pyarrow.parquet")
    schema = arrow.schema(
        [(name, _arrow_type(arrow, described)) for name, described in _schema()["properties"].items()],
        metadata={"schema": SCHEMA},
    )
    everything = _all_rows(publications)
    number = 0
    with parquet.ParquetWriter(out, schema) as writer:
        while batch := list(islice(everything, BATCH)):
            plain = [{name: _without_surrogates(value) for name, value in row.items()} for row in batch]
            writer.write_table(arrow.Table.from_pylist(plain, schema=schema))
            number += len(batch)
    return number


def _all_rows(publications: Iterable[Publication]) -> Iterator[Row]:
    for publication in publications:
        yield from rows(publication)


def _row(publication: Publication, block: Block, segment: Segment, position: int, findings: Sequence[Finding]) -> Row:
    article = publication.bitext.article
    row: Row = {
        "schema": SCHEMA,
        "article": article.id,
        "date": article.meta.date,
        "publisher": article.meta.publisher,
        "segment": segment.id,
        "position": position,
        "block": block.id,
        "kind": block.kind,
        SOURCE.code: segment.text,
        "engine": publication.engine or None,
    }
    hints: list[dict[str, Value]] = []
    for lang in TARGETS:
        described, promised = _translation(publication, segment, lang)
        row |= described
        hints += promised
    row["hints"] = hints
    row["findings"] = [_finding(finding) for finding in findings]
    return row


def _translation(publication: Publication, segment: Segment, lang: str) -> tuple[Row, list[dict[str, Value]]]:
    """The columns of one translation, and the promises for it."""
    have = publication.bitext.translation(segment.id, lang) if lang in publication.targets else None
    if have is None or not have.text.strip():
        names = ("state", "origin", "by", "score", "machine", "stale", "hints_asked", "hints_honoured")
        return {lang: None, **{f"{lang}_{name}": None for name in names}}, []
    promised: list[dict[str, Value]] = [
        {
            "lang": lang,
            "ko": segment.text[hint.start : hint.end],
            "text": hint.text,
            "why": hint.why,
            "honoured": is_honoured(hint, have.text, lang),
        }
        for hint in publication.hints.get((segment.id, lang), ())
    ]
    described: Row = {
        lang: have.text,
        f"{lang}_state": have.state,
        f"{lang}_origin": have.origin,
        f"{lang}_by": have.by or None,
        f"{lang}_score": have.score,
        f"{lang}_machine": have.machine,
        f"{lang}_stale": (segment.id, lang) in publication.stale,
        f"{lang}_hints_asked": len(promised),
        f"{lang}_hints_honoured": sum(hint["honoured"] is True for hint in promised),
    }
    return described, promised


def _finding(finding: Finding) -> dict[str, Value]:
    names = ("lang", "check", "severity", "message", "start", "end", "suggestion")
    return {name: getattr(finding, name) for name in names}


# --- the three ways to write a value --------------------------------------------------------------------------------


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return _json(value).translate(ESCAPES) if value else ""
    return str(value).translate(ESCAPES)


def _json(value: object) -> str:
    """JSON on one line for every reader; characters that some trip over are escaped."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [{name: _without_surrogates(one) for name, one in item.items()} for item in value]
    return value


def _arrow_type(arrow: ModuleType, described: Mapping[str, object]) -> object:
    """The Arrow type of a column or field as the schema describes it."""
    kinds = described["type"]
    kind = next(one for one in ([kinds] if isinstance(kinds, str) else kinds) if one != "null")  # type: ignore[attr-defined]
    if kind == "array":
        items: Mapping[str, Mapping[str, Mapping[str, object]]] = described["items"]  # type: ignore[assignment]
        return arrow.list_(arrow.struct([(name, _arrow_type(arrow, one)) for name, one in items["properties"].items()]))
    types = {"string": arrow.string, "integer": arrow.int32, "number": arrow.float64, "boolean": arrow.bool_}
    return types[kind]()


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        advice = "Install it (pip install 'daeyeok[parquet]'), or export JSONL."
        raise SettingsError(f"Parquet needs the package pyarrow, which is not installed. {advice}") from error


@cache
def _schema() -> dict[str, dict[str, dict[str, object]]]:
    schema: dict[str, dict[str, dict[str, object]]] = json.loads(
        Path(__file__).with_name("table.schema.json").read_text("utf-8")
    )
    return schema
