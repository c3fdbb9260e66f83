"""The nouns of a text, in runs that may be compounds."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.termbase.nouns import noun_runs

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "coverage.yaml").read_text(encoding="utf-8"))["nouns"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_nouns_are_found_with_what_is_closed_up_to_them(case: dict) -> None:
    text = case["text"]
    found = [
        "".join(("|" if noun.is_joined else " ") + text[noun.start : noun.end] for noun in run).strip()
        for run in noun_runs(text)
    ]
    assert found == case["expect"]


@given(st.text(alphabet="가로인녀성력사AI2 ,‘’%\u00a0\u1100\u1161漢", max_size=40))
@settings(max_examples=60, deadline=None)
def test_nouns_lie_in_the_text_in_order_and_only_a_space_parts_them(text: str) -> None:
    last = 0
    for run in noun_runs(text):
        for before, noun in zip((None, *run), run, strict=False):
            assert last <= noun.start < noun.end <= len(text)
            gap = text[last : noun.start]
            assert before is None or gap == ("" if noun.is_joined else " ")
            last = noun.end
