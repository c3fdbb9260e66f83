"""Headings in three languages are understood, and what is no heading is not taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.columns import Column, header_layout, language_code, status_word, words

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "headings.yaml").read_text(encoding="utf-8"))
HEADINGS = [(heading, meaning) for meaning, headings in CASES.items() for heading in headings]


@pytest.mark.parametrize(("heading", "meaning"), HEADINGS, ids=[heading for heading, _ in HEADINGS])
def test_a_heading_is_understood(heading: str, meaning: str) -> None:
    layout = header_layout(["term", "target", heading])  # “source” and “term” are the Korean only where no other is
    assert layout is not None
    expected = {"null": None, "source": Column("evidence") if heading == "source" else None}
    role, _, lang = meaning.partition(" ")
    with_korean = header_layout(["ko", "zh", heading])
    assert with_korean is not None
    if meaning in expected:
        assert with_korean.columns[2] == expected[meaning]
    else:
        assert with_korean.columns[2] == layout.columns[2] == Column(role, lang)
    if meaning == "null" and heading.strip():
        assert f"“{heading}”" in layout.said[0]


@pytest.mark.parametrize(
    "cells",
    [
        ["용어", "术语"],  # a term that happens to be a heading
        ["심양", "沈阳"],
        ["심양", "沈阳", "KO", "ZH"],
        ["영어", "英语"],
        ["한국어", "조선어"],
        ["번역", "译文", "translation"],
        ["중국어", "中文", "Chinese"],
        ["ko"],
        [],
    ],
)
def test_a_row_of_terms_is_no_row_of_headings(cells: list[str]) -> None:
    assert header_layout(cells) is None


def test_no_word_means_two_things_in_one_section() -> None:
    for section in ("languages", "columns", "kind", "status", "answer"):
        assert all(word and word == word.casefold() for word in words(section))
    assert not words("languages").keys() & words("columns").keys()


def test_states_of_tbx_and_of_people_are_understood() -> None:
    said = [
        "preferredTerm-admn-sts",
        "admittedTerm",
        "deprecatedTerm-admn-sts",
        "supersededTerm-admn-sts",
        "승인",
        "草案",
        "?",
    ]
    meant = ["preferred", "admitted", "forbidden", "deprecated", "approved", "proposed", ""]
    assert [status_word(word) for word in said] == meant


@given(st.text(max_size=30))
def test_any_heading_gives_a_column_or_nothing(heading: str) -> None:
    layout = header_layout(["ko", "zh", heading])
    assert layout is not None
    assert len(layout.columns) == 3
    assert language_code(heading) in ("ko", "zh", "en", None)
