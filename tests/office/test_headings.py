"""The columns of a review table are known by their headings, whatever people did to them."""

from __future__ import annotations

import pytest

from pipeline.office.headings import order_of, read_order, roles


@pytest.mark.parametrize(
    ("heads", "expect"),
    [
        (["ID\nko·zh·en", "한국어", "中文", "English", "비고 / comment"], ("id", "ko", "zh", "en", "remark")),
        (["English (final)", "中文 修改", "id"], ("en", "zh", "id")),
        (["번호", "Korean", "Chinese", "备注"], ("id", "ko", "zh", "remark")),
        (["EN", "zh-Hans", "2차 교정", ""], ("en", "zh", "", "")),
        (["Comments", "ID"], ("remark", "id")),
    ],
)
def test_a_heading_row_tells_what_stands_in_each_column(heads: list[str], expect: tuple[str, ...]) -> None:
    assert roles(heads) == expect


@pytest.mark.parametrize(
    "cells",
    [
        [],
        ["s1 3fa2c1·91bc02", "심양항이 문을 열었다.", "沈阳港开港。", "The port opened."],
        ["", "그는 한국어로 말했다.", "他说了话。", ""],
        ["identity", "ideal"],
        ["", "한국어를 배우는 학생들이 해마다 늘어나고 있다고 학교에서 오늘 말했다.", "中文" * 30, "English " * 9],
    ],
)  # fmt: skip
def test_a_row_of_sentences_is_no_heading(cells: list[str]) -> None:
    assert roles(cells) is None


@pytest.mark.parametrize("targets", [("zh",), ("en", "zh")])
def test_the_order_of_the_marks_comes_back(targets: tuple[str, ...]) -> None:
    assert read_order(f"ID {order_of(targets)}") == targets
    assert read_order(f"version: 1 · columns: {order_of(targets)} · engine: x") == targets


def test_without_a_statement_there_is_no_order() -> None:
    assert read_order("ID") is None
    assert read_order("tokyo · zh") is None
