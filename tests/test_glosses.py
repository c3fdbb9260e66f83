"""Inline Chinese glosses: labelled cases with exact edges, the five of the sample article, and what always holds."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Gloss
from pipeline.glosses import find_glosses, is_cognate, simplified, slips

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


@pytest.mark.parametrize("case", CASES["cognates"], ids=lambda case: f"{case['ko']}({case['zh']}): {case['why']}")
def test_a_gloss_is_a_cognate_when_it_reads_its_korean(case: dict[str, str | bool]) -> None:
    ko, zh = str(case["ko"]), str(case["zh"])
    assert is_cognate(Gloss(0, len(ko), len(ko) + len(zh) + 2, ko, zh, zh)) is case["is"]


def test_there_are_enough_labelled_cases() -> None:
    assert sum(len(group["cases"]) for group in CASES["groups"]) >= 120


def test_a_slip_says_where_it_is_and_what_should_stand_there() -> None:
    (extra,) = slips("림공항 경제구", "临空经济区")
    assert (extra.at, extra.written, extra.sounds) == (2, "항", frozenset())
    (missing,) = slips("림경제구", "临空经济区")
    assert (missing.at, missing.written) == (1, "")
    assert "공" in missing.sounds
    (other,) = slips("림공겅제구", "临空经济区")
    assert (other.at, other.written) == (2, "겅")
    assert "경" in other.sounds


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


@settings(deadline=None, max_examples=200)
@given(text=PIECES, tail=st.sampled_from(["临空区", "马英", "最先一公里优势"]))
def test_a_gloss_behind_any_text_is_found_with_some_korean_before_it(text: str, tail: str) -> None:
    whole = f"{text} 새 림공구({tail})를"
    assert any(gloss.zh == tail and gloss.end <= whole.rindex("(") for gloss in find_glosses(whole))


@settings(deadline=None, max_examples=200)
@given(
    ko=st.text(alphabet="림공항경제구 심양3G", max_size=8),
    zh=st.text(alphabet="临空港经济区沈阳三G", min_size=1, max_size=8),
)
def test_the_slips_are_in_order_and_no_more_than_either_side_has(ko: str, zh: str) -> None:
    found = slips(ko, zh)
    assert [slip.at for slip in found] == sorted(slip.at for slip in found)
    assert len(found) <= max(len(ko), len(zh))
    assert all(ko[slip.at : slip.at + len(slip.written)].casefold() == slip.written for slip in found)
    assert all(slip.written not in slip.sounds for slip in found)
