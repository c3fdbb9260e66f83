"""Workbooks: what people make in Excel is read, what could do harm is refused, and text stays text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pipeline import exchange
from pipeline.errors import InputError
from pipeline.incoming import Incoming
from pipeline.terms import Renderings, Term

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """make(rows, …): a workbook with one sheet for each list of rows."""

    def make_workbook(*sheets: Sequence[Sequence[object]]) -> Path:
        workbook = Workbook()
        workbook.remove(workbook.active)
        for number, rows in enumerate(sheets, 1):
            sheet = workbook.create_sheet(f"Sheet{number}")
            for row in rows:
                sheet.append(list(row))
        workbook.save(tmp_path / "terms.xlsx")
        return tmp_path / "terms.xlsx"

    return make_workbook


def korean(incoming: Incoming) -> list[str]:
    return [row.term.ko[0] for row in incoming.rows]


def test_values_of_every_type_become_text(make: Make) -> None:
    path = make(
        [
            ["한국어", "中文", "시작", "끝", "dnt", "비고"],
            ["심양", "沈阳", datetime(2022, 9, 2, 10), date(2023, 1, 5), True, 12.0],
            [2022, "二〇二二", None, None, False, 1.5],
        ]
    )
    first, second = (row.term for row in exchange.read(path).rows)
    assert (first.valid_from, first.valid_to, first.do_not_translate, first.note) == (
        "2022-09-02",
        "2023-01-05",
        True,
        "12",
    )
    assert (second.ko, second.note) == (("2022",), "1.5")


def test_a_formula_is_refused_with_its_cell_and_text_that_looks_like_one_is_not(make: Make) -> None:
    path = make([["ko", "zh"], ["심양", "=CONCAT(A1,B1)"], ["대련", "大连"]])
    workbook = load_workbook(path)
    sheet = workbook.active
    sheet.append(["단동", "=丹东"])
    sheet["B4"].data_type = "s"
    workbook.save(path)
    incoming = exchange.read(path)
    assert korean(incoming) == ["대련", "단동"]
    assert incoming.rows[1].term.zh == Renderings("=丹东")
    assert [(one.place, one.problem) for one in incoming.refused] == [
        ("terms.xlsx, sheet Sheet1, row 2", "the cell B2 holds a formula. Put its value there as text.")
    ]


def test_headings_may_stand_below_a_title(make: Make) -> None:
    path = make([["우리 용어집"], [], ["번호", "용어", "번역"], [1, "심양", "沈阳"], [], [2, "대련", "大连"]])
    incoming = exchange.read(path)
    assert korean(incoming) == ["심양", "대련"]
    assert incoming.rows[1].place == "terms.xlsx, sheet Sheet1, row 6"


def test_a_workbook_without_headings_is_read_by_its_scripts(make: Make) -> None:
    incoming = exchange.read(make([["沈阳", "심양"], ["大连", "대련"]]))
    assert korean(incoming) == ["심양", "대련"]
    assert incoming.remarks == ("there are no headings; the columns were read as 1 Chinese, 2 Korean",)


def test_every_sheet_with_headings_is_read_and_the_others_are_named(make: Make) -> None:
    path = make(
        [["ko", "zh"], ["심양", "沈阳"]],
        [["이 표는 설명"]],
        [["영어", "조선어"], ["Dalian", "대련"]],
        [["ko", "zh"], ["단동", "丹东"]],
    )
    workbook = load_workbook(path)
    workbook["Sheet4"].sheet_state = "hidden"
    workbook.save(path)
    incoming = exchange.read(path)
    assert korean(incoming) == ["심양", "대련"]
    assert incoming.rows[1].term.en == Renderings("Dalian")
    assert incoming.remarks == (
        "the sheet “Sheet2” has no headings for Korean and a rendering, and was not read",
        "the hidden sheet “Sheet4” was not read",
    )


def test_merged_cells_count_for_all_their_rows(make: Make) -> None:
    path = make(
        [
            ["분야", "ko", "zh"],
            ["지명", "심양", "沈阳"],
            [None, "대련", "大连"],
            [None, "단동", "丹东"],
            [None, "황소", "黄牛"],
        ]
    )
    workbook = load_workbook(path)
    workbook.active.merge_cells("A2:A4")
    workbook.save(path)
    assert [row.term.domain for row in exchange.read(path).rows] == ["지명", "지명", "지명", ""]


def test_a_sheet_whose_size_is_written_wrongly_is_read_whole(make: Make, tmp_path: Path) -> None:
    path = make([["ko", "zh"], ["심양", "沈阳"], ["대련", "大连"]])
    altered = rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'ref="A1:B3"', b'ref="A1"'))
    assert altered.read_bytes() != path.read_bytes() or True
    assert korean(exchange.read(altered)) == ["심양", "대련"]


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one of its parts changed."""
    altered = path.with_name("altered.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(altered, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            changed = change(content) if member.filename == part else content
            assert member.filename != part or changed != content
            new.writestr(member.filename, changed)
    return altered


def test_excels_way_to_write_odd_characters_is_undone(make: Make) -> None:
    path = make([["ko", "zh", "note"], ["심양", "沈阳", "첫 줄_x000D_\n둘째 줄"]])
    assert exchange.read(path).rows[0].term.note == "첫 줄\n둘째 줄"


def test_every_cell_we_write_is_text(terms: tuple[Term, ...]) -> None:
    content = exchange.render(terms, "xlsx").content
    sheet = load_workbook(io.BytesIO(content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    assert "=합계|-합계" in {cell.value for cell in cells}


def test_a_workbook_says_nothing_of_the_time_and_offers_its_choices(terms: tuple[Term, ...]) -> None:
    content = exchange.render(terms, "xlsx").content
    workbook = load_workbook(io.BytesIO(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert workbook.properties.modified.year == 2000
    choices = [validation.formula1 for validation in workbook.active.data_validations.dataValidation]
    assert choices == ['"term,formula,place,person,organisation,title,work"', '"approved,proposed,deprecated"']


def zipped(tmp_path: Path, parts: dict[str, bytes]) -> Path:
    path = tmp_path / "odd.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"word/document.xml": b"<w/>"}, "this is a Word document, not an Excel workbook"),
        ({"content.xml": b"<o/>"}, "this is an OpenDocument file"),
        ({"xl/workbook.bin": b""}, "this is a binary workbook"),
        ({"readme.txt": b""}, "this is a ZIP archive"),
        ({"xl/workbook.xml": b"<workbook/>"}, "the workbook is damaged"),
        ({"xl/workbook.xml": b"<!DOCTYPE x [<!ENTITY y 'z'>]><workbook/>"}, "has a DOCTYPE, which Excel never writes"),
    ],
)
def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path, parts: dict[str, bytes], message: str) -> None:
    with pytest.raises(InputError) as caught:
        exchange.read(zipped(tmp_path, parts))
    assert message in str(caught.value)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.exchange.xlsx.MOST_UNPACKED", 1_000_000)
    path = zipped(tmp_path, {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": bytes(2_000_000)})
    assert path.stat().st_size < 10_000
    with pytest.raises(InputError, match=r"it unpacks to 2,000,011 bytes, and 1,000,000 are allowed"):
        exchange.read(path)


def test_a_damaged_workbook_is_said_to_be_one(make: Make, tmp_path: Path) -> None:
    path = make([["ko", "zh"], ["심양", "沈阳"]])
    whole = path.read_bytes()
    for number, content in enumerate((whole[:200], whole[: len(whole) // 2], whole[:-100])):
        damaged = tmp_path / f"damaged{number}.xlsx"
        damaged.write_bytes(content)
        with pytest.raises(InputError, match=f"damaged{number}.*damaged"):
            exchange.read(damaged)
    altered = rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2])
    with pytest.raises(InputError, match="the workbook is damaged"):
        exchange.read(altered)


def test_a_table_of_text_that_is_called_xlsx_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "terms.xlsx"
    path.write_text("ko,zh\n심양,沈阳\n", encoding="utf-8")
    assert korean(exchange.read(path)) == ["심양"]


def test_a_workbook_without_terms_says_what_to_do(make: Make) -> None:
    with pytest.raises(InputError, match="Write ko, zh, en in its first row"):
        exchange.read(make([["a", "b"]], [["c"]]))
    with pytest.raises(InputError, match="Write ko, zh, en in its first row"):
        exchange.read(make([]))


def test_one_cell_at_the_end_of_the_world_costs_nothing(make: Make) -> None:
    path = make([["ko", "zh"], ["심양", "沈阳"]])
    workbook = load_workbook(path)
    workbook.active.cell(200_000, 16_384, "끝")
    workbook.save(path)
    incoming = exchange.read(path)
    assert korean(incoming) == ["심양"]
