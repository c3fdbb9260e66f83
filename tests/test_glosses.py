"""Inline Chinese glosses: labelled cases with exact edges, the five of the sample article, and what always holds."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.glosses import find_glosses, simplified

ROOT = Path(__file__).parents[1]
CASES = yaml.safe_load((ROOT / "tests" / "cases" / "glosses.yaml").read_text(encoding="utf-8"))
SAMPLES = ROOT.parent / "shared" / "samples"


def _parameters() -> list:
    return [
        pytest.param(
            case["text"],
            [(ko, zh, *written) for ko, zh, *written in case["expect"]],
            id=f"{group['label']}: {case['text']}",
            marks=pytest.mark.xfail(reason=case["known_failure"]) if "known_failure" in case else (),
        )
        for group in CASES["groups"]
        for case in group["cases"]
    ]


@pytest.mark.parametrize(("text", "expect"), _parameters())
def test_the_labelled_glosses_are_found_with_their_edges(text: str, expect: list[tuple[str, ...]]) -> None:
    found = find_glosses(text)
    assert [(gloss.ko, gloss.zh, gloss.written) for gloss in found] == [(one[0], one[1], one[-1]) for one in expect]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample article is not here")
def test_the_five_glosses_of_the_sample_have_the_right_edges() -> None:
    text = (SAMPLES / "liaoning-2022-09-22.txt").read_text(encoding="utf-8")
    expected = yaml.safe_load((SAMPLES / "liaoning-2022-09-22.expected.yaml").read_text(encoding="utf-8"))["glosses"]
    found = [{"ko": gloss.ko.replace("\u00a0", " "), "zh": gloss.zh} for gloss in find_glosses(text)]
    assert found == expected


def test_the_span_is_the_korean_and_the_outer_end_follows_the_bracket() -> None:
    text = "새 ‘큰 언덕(新高地)’을"
    (gloss,) = find_glosses(text)
    assert text[gloss.start : gloss.end] == "큰 언덕"
    assert text[gloss.end : gloss.outer_end] == "(新高地)"
    (gloss,) = find_glosses("새 ‘큰 언덕’ (新高地)을")
    assert "새 ‘큰 언덕’ (新高地)을"[: gloss.outer_end].endswith("(新高地)")


@pytest.mark.parametrize(
    ("written", "expect"),
    [
        ("習近平", "习近平"),
        ("臨空經濟區", "临空经济区"),
        ("乾隆", "乾隆"),
        ("临空经济区", "临空经济区"),
        ("瞭望", "瞭望"),
    ],
)
def test_traditional_characters_become_simplified_and_simplified_ones_stay(written: str, expect: str) -> None:
    assert simplified(written) == expect


PIECES = st.lists(
    st.sampled_from([*"(（)）‘’“”《》·, .0", "심양", "새 언덕", "临空区", "習近平", "말했다", "新华社", "\u00a0"]),
    max_size=20,
).map("".join)


@settings(deadline=None, max_examples=300)
@given(text=PIECES)
def test_glosses_stand_where_they_say_and_never_overlap(text: str) -> None:
    before = 0
    for gloss in find_glosses(text):
        assert before <= gloss.start < gloss.end < gloss.outer_end <= len(text)
        assert text[gloss.start : gloss.end] == gloss.ko
        assert text[gloss.outer_end - 1] in ")）"
        assert gloss.written in text[gloss.end : gloss.outer_end]
        before = gloss.outer_end
