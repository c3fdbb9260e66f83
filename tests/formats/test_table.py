"""Tables for data people: one schema, nothing lost, and readers of other programs get the same texts."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.article import Article, Bitext, Block, Segment, Translation
from pipeline.errors import SettingsError
from pipeline.formats import table
from pipeline.formats.table import SCHEMA, columns, rows, write_jsonl, write_parquet, write_tsv
from pipeline.publication import Publication

DESCRIBED = json.loads((Path(table.__file__).parent / "table.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(DESCRIBED)

UNESCAPED = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def of_texts(korean: str, chinese: str) -> Publication:
    segment = Segment("s1", korean)
    bitext = Bitext(Article("a", (Block("b1", "item", (segment,)),)), (Translation("s1", "zh", chinese, "0" * 16),))
    return Publication(bitext=bitext, hints={})


def tsv(*publications: Publication) -> str:
    out = io.BytesIO()
    write_tsv(publications, out)
    return out.getvalue().decode()


def jsonl(*publications: Publication) -> str:
    out = io.BytesIO()
    write_jsonl(publications, out)
    return out.getvalue().decode()


def unescaped(field: str) -> str:
    return re.sub(r"\\[\\tnr]", lambda match: UNESCAPED[match[0]], field)


def test_the_schema_is_one_and_names_its_version() -> None:
    Draft202012Validator.check_schema(DESCRIBED)
    assert DESCRIBED["properties"]["schema"]["const"] == SCHEMA
    assert DESCRIBED["$id"].endswith(SCHEMA.rpartition(".")[2])
    assert DESCRIBED["required"] == list(columns())


def test_every_row_has_every_column_and_is_valid(publication: Publication) -> None:
    for row in rows(publication):
        assert set(row) == set(columns())
        VALIDATOR.validate(row)


def test_a_row_tells_what_is_known_of_its_segment(publication: Publication) -> None:
    by_segment = {row["segment"]: row for row in rows(publication)}
    second = by_segment["s2"]
    assert (second["position"], second["kind"]) == (1, "paragraph")
    assert (second["en_hints_asked"], second["en_hints_honoured"]) == (2, 1)
    missed = [hint for hint in second["hints"] if not hint["honoured"]]
    assert missed == [{"lang": "en", "ko": "단동항", "text": "Dandong Port", "why": "glossary", "honoured": False}]
    assert [finding["check"] for finding in second["findings"]] == ["terms"]
    assert (by_segment["s1"]["zh_state"], by_segment["s1"]["zh_by"]) == ("approved", "Kim")
    assert by_segment["s4"]["zh_stale"] is True
    assert {by_segment["s6"][name] for name in columns() if re.fullmatch("en(_.*)?", name)} == {None}


def test_a_language_that_is_not_asked_for_is_null(publication: Publication) -> None:
    for row in rows(replace(publication, targets=("zh",))):
        assert row["en"] is None
        assert row["en_state"] is None
        VALIDATOR.validate(row)


def test_several_articles_stand_one_after_the_other_under_one_heading(publication: Publication) -> None:
    other = of_texts("글", "字")
    lines = tsv(publication, other).splitlines()
    assert lines[0].split("\t") == list(columns())
    assert [line.split("\t")[1] for line in lines[1:]] == ["harbour"] * 9 + ["a"]
    assert [json.loads(line)["article"] for line in jsonl(other, publication).splitlines()] == ["a"] + ["harbour"] * 9


def test_no_article_is_read_before_the_one_before_it_is_written(publication: Publication) -> None:
    out = io.BytesIO()
    sizes = []

    def publications():  # type: ignore[no-untyped-def]
        for _ in range(3):
            sizes.append(out.tell())
            yield publication

    assert write_jsonl(publications(), out) == 27
    assert sizes[0] < sizes[1] < sizes[2]


def test_tsv_and_json_lines_are_what_they_were(publication: Publication, golden: Callable[[str, bytes], None]) -> None:
    golden("harbour.tsv", tsv(publication).encode())
    golden("harbour.jsonl", jsonl(publication).encode())


def test_the_keys_of_a_json_line_are_sorted(publication: Publication) -> None:
    pairs: list[list[str]] = []
    for line in jsonl(publication).splitlines():
        json.loads(line, object_pairs_hook=lambda found: pairs.append([key for key, _ in found]))
    assert len(pairs) > 9
    assert all(keys == sorted(keys) for keys in pairs)


anything = st.text(st.characters(codec=None), min_size=1).filter(lambda text: text.strip())


@given(anything, anything)
def test_any_text_comes_out_of_json_lines_as_it_was(korean: str, chinese: str) -> None:
    written = jsonl(of_texts(korean, chinese))
    assert len(written.splitlines()) == 1
    row = json.loads(written)
    assert (row["ko"], row["zh"], row["en"]) == (korean, chinese, None)


@given(anything, anything)
def test_any_text_comes_out_of_tsv_but_for_lone_surrogates(korean: str, chinese: str) -> None:
    head, line, end = tsv(of_texts(korean, chinese)).split("\n")
    row = dict(zip(head.split("\t"), map(unescaped, line.split("\t")), strict=True))
    wanted = [re.sub("[\ud800-\udfff]", "\ufffd", text) for text in (korean, chinese)]
    assert [row["ko"], row["zh"], end] == [*wanted, ""]


def test_a_reader_without_quoting_gets_the_rows(publication: Publication) -> None:
    reader = csv.DictReader(io.StringIO(tsv(publication), newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    for read, row in zip(reader, rows(publication), strict=True):
        assert unescaped(read["zh"]) == (row["zh"] or "")
        assert json.loads(unescaped(read["findings"]) or "[]") == row["findings"]


def test_without_pyarrow_parquet_says_what_to_do(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(table, "import_module", missing)
    with pytest.raises(SettingsError, match=r"daeyeok\[parquet\]"):
        write_parquet([publication], io.BytesIO())


def test_parquet_has_the_same_rows(publication: Publication) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    out = io.BytesIO()
    assert write_parquet([publication, of_texts("\ud800", "字")], out) == 10
    read = parquet.read_table(io.BytesIO(out.getvalue()))
    assert read.column_names == list(columns())
    assert read.schema.metadata[b"schema"] == SCHEMA.encode()
    assert read.to_pylist()[:9] == list(rows(publication))
