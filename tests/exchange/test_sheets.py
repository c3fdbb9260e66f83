"""Tables of terms: what others write is read, what cannot be read is refused by row, and size does not matter."""

from __future__ import annotations

import contextlib
import csv
import io
import random
import re
import tracemalloc
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import exchange
from pipeline.errors import InputError
from pipeline.incoming import Refusal, Row
from pipeline.terms import Term

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "tables.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_a_table_is_read_as_it_was_meant(tmp_path: Path, case: dict) -> None:
    path = tmp_path / case.get("name", "terms.csv")
    text = case["text"]
    path.write_bytes(text.encode(case.get("encoding", "utf-8")))
    incoming = exchange.read(path, case.get("target"))
    assert [shown(row, expected) for row, expected in zip(incoming.rows, case["rows"], strict=True)] == case["rows"]
    assert_said([f"{one.place}: {one.problem}" for one in incoming.refused], case.get("refused", []))
    assert_said(incoming.remarks, case.get("remarks", incoming.remarks))
    assert_said([remark for row in incoming.rows for remark in row.remarks], case.get("row_remarks", []))


def shown(row: Row, expected: dict) -> dict:
    """What the case speaks of, and the renderings, of which a case names all."""
    values = {"zh": None, "en": None, **{name: value(row, name) for name in expected}}
    for lang in ("zh", "en"):
        values[lang] = value(row, lang)
        for standing in ("admitted", "forbidden"):
            values[f"{lang}_{standing}"] = value(row, f"{lang}_{standing}")
    return {name: found for name, found in values.items() if name in expected or found}


def value(row: Row, name: str) -> object:
    lang, _, standing = name.partition("_")
    if name == "place":
        return row.place
    if lang in ("zh", "en"):
        renderings = getattr(row.term, lang)
        found = getattr(renderings, standing or "preferred") if renderings else None
    else:
        found = getattr(row.term, name)
    return list(found) if isinstance(found, tuple) else found


def assert_said(said: object, expected: list[str]) -> None:
    found = list(said)  # type: ignore[call-overload]
    assert len(found) == len(expected), found
    for message, part in zip(found, expected, strict=True):
        assert part in message


WORLD = [
    ("empty.csv", b"", "the file is empty"),
    ("headings.csv", "한국어,中文\n".encode(), None),
    ("comments.utf8", b"# only a comment\n", "no row of terms"),
    ("spaces.csv", b" \n \n", "no row of terms"),
    ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "this is an image, not a file of terms"),
    ("paper.csv", b"%PDF-1.7\n", "this is a PDF document, not a file of terms"),
    ("old.xls", b"\xd0\xcf\x11\xe0" + bytes(100), "an old Excel file, or one with a password"),
    ("binary.csv", b"\x01\x02\x03\x00" * 200, "this is not a table of text"),
    ("terms.yaml", "- ko: 심양\n".encode(), "this is a glossary file"),
    ("latin.csv", b"one,two\nthree,four\n", "no column holds Korean"),
    ("numbers.csv", "심양,1\n대련,2\n".encode(), "cannot be told whether column 2 is Chinese or English"),
    ("broken.csv", b"\xec\x8b\xac\xec\x96\x91,\xe6\xb2\xff\xe9\x98\xb3\n", "broken"),
]


@pytest.mark.parametrize(("name", "content", "message"), WORLD, ids=[name for name, _, _ in WORLD])
def test_what_is_no_table_of_terms_is_refused_with_its_name(
    tmp_path: Path, name: str, content: bytes, message: str | None
) -> None:
    (tmp_path / name).write_bytes(content)
    if message is None:
        assert exchange.read(tmp_path / name).rows == ()
        return
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        exchange.read(tmp_path / name)
    assert str(caught.value).startswith(name)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv: it cannot be read"):
        exchange.read(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="it cannot be read"):
        exchange.read(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "cp949"])
def test_a_broken_byte_spoils_its_own_row(tmp_path: Path, encoding: str) -> None:
    rows = [
        "한국어,영어",
        "고품질발전,development",
        "국민경제,economy",
        "지역생산총액,product",
        "심양시,city",
        "대련항,port",
    ]
    lines = [row.encode(encoding) for row in rows]
    lines[4] = lines[4].replace(b",", b"\xff,")
    (tmp_path / "terms.csv").write_bytes(b"\n".join(lines) + b"\n")
    incoming = exchange.read(tmp_path / "terms.csv")
    assert [row.term.ko[0] for row in incoming.rows] == ["고품질발전", "국민경제", "지역생산총액", "대련항"]
    assert [one.place for one in incoming.refused] == ["terms.csv, line 5"]
    assert "do not fit" in incoming.refused[0].problem


def test_a_line_that_never_ends_is_refused_and_the_others_are_taken(tmp_path: Path) -> None:
    (tmp_path / "terms.csv").write_text("ko,zh\n심양,沈阳\n대련," + "大" * 300_000 + "\n단동,丹东\n", encoding="utf-8")
    incoming = exchange.read(tmp_path / "terms.csv")
    assert [row.term.ko[0] for row in incoming.rows] == ["심양", "단동"]
    assert [one.place for one in incoming.refused] == ["terms.csv, line 3"]


def test_a_nul_byte_spoils_its_own_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.exchange.sheets.HEAD", 100)  # further down than is looked at for the encoding
    rows = "".join(f"심양{number},沈阳\n" for number in range(20))
    (tmp_path / "terms.csv").write_text(f"ko,zh\n{rows}대련,大\0连\n단동,丹东\n", encoding="utf-8")
    incoming = exchange.read(tmp_path / "terms.csv")
    assert len(incoming.rows) == 21
    assert incoming.refused == (Refusal("terms.csv, line 22", "there is a NUL byte. Write the row anew."),)


def test_many_rows_are_read_in_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.exchange.sheets.HEAD", 10_000)
    monkeypatch.setattr("pipeline.exchange.sheets.SAMPLE", 20)
    path = tmp_path / "terms.csv"
    path.write_text("ko,zh,note\n" + f"심양,,{'설명 ' * 300}\n" * 2_000, encoding="utf-8")
    next(exchange.open_reading(path).offers)  # what is loaded once
    tracemalloc.start()
    refused = sum(isinstance(offer, Refusal) for offer in exchange.open_reading(path).offers)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused == 2_000
    assert peak < path.stat().st_size / 4


@pytest.mark.parametrize(
    ("rows", "message"), [(11, r"more than 10 rows\. Divide it"), (40, "about 41 rows, and 10 are")]
)
def test_more_rows_than_a_glossary_has_are_refused_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, message: str
) -> None:
    monkeypatch.setattr("pipeline.incoming.MOST", 10)
    text = "ko,zh\n" + "".join(f"심양{number},沈阳\n" for number in range(rows))
    (tmp_path / "terms.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        exchange.read(tmp_path / "terms.csv")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text("심沈a,;\t\"'\n\r|=#⟪ \ufeff\0", max_size=80).map(str.encode))
def test_any_bytes_give_terms_or_a_message_and_never_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    with contextlib.suppress(InputError):
        incoming = exchange.read(path)
        assert all(one.place and one.problem for one in incoming.refused)


CELLS = st.lists(st.text("심沈a,;\t\"'\n|=# ", max_size=8).map(str.strip), min_size=2, max_size=2)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CELLS.filter(any), min_size=1, max_size=5))
def test_every_row_is_taken_or_refused(tmp_path: Path, rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["ko", "en"], *rows])
    (tmp_path / "rows.csv").write_text(stream.getvalue(), encoding="utf-8", newline="")
    offers = list(exchange.open_reading(tmp_path / "rows.csv").offers)
    assert len([offer for offer in offers if isinstance(offer, Row | Refusal)]) == len(rows)


def test_what_deepl_cannot_hold_is_said(terms: tuple[Term, ...]) -> None:
    outgoing = exchange.render([*terms, terms[0]], "deepl", "en")
    rows = list(csv.reader(io.StringIO(outgoing.content.decode())))
    assert rows == [
        ["심양", "Shenyang"],
        ["선양", "Shenyang"],
        ["고품질발전", "high-quality development"],
        ["KBS", "KBS"],
        ["=합계", "+sum; total"],
        ["-합계", "+sum; total"],
    ]
    assert outgoing.remarks == (
        "terms without English, left out: 2",
        "renderings that are forbidden, left out: 1",
        "spellings that stand twice, the later left out: 2",
        "texts that a spreadsheet program would take for formulas: 4",
    )


def test_no_cell_of_ours_begins_like_a_formula(terms: tuple[Term, ...]) -> None:
    for name, separator in (("csv", ","), ("tsv", "\t")):
        content = exchange.render(terms, name).content.decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(content, newline=""), delimiter=separator) for cell in row]
        assert "'=합계|-합계" in cells
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝"))]


def test_shuffled_columns_say_the_same(tmp_path: Path, terms: tuple[Term, ...]) -> None:
    content = exchange.render(terms, "csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    order = list(range(len(rows[0])))
    random.Random(4).shuffle(order)
    path = tmp_path / "terms.csv"
    path.write_bytes(exchange.render(terms, "csv").content)
    with (tmp_path / "shuffled.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([row[column] for column in order] for row in rows)
    expected = [row.term for row in exchange.read(path).rows]
    found = [row.term for row in exchange.read(tmp_path / "shuffled.csv").rows]
    assert [(term.ko, term.zh, term.en, term.note, term.kind) for term in found] == [
        (term.ko, term.zh, term.en, term.note, term.kind) for term in expected
    ]
