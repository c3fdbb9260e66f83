"""Drafts are set as newspapers set them, and nothing but marks, spaces and capitals is changed."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline import register
from pipeline.article import BlockKind
from pipeline.register import open_quotes, publishable, written_date

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "register.yaml").read_text("utf-8"))
KINDS: list[BlockKind] = ["title", "paragraph"]
MARKS = "“”‘’\"'「」『』《》〈〉<>(),.;:!?，。、；：！？（）…—- "


def letters(text: str) -> str:
    """The text without marks, spaces and capitals."""
    return "".join(c for c in text.casefold() if unicodedata.category(c)[0] not in "PZS" and not c.isspace())


@pytest.mark.parametrize(
    ("lang", "case"), [pytest.param(lang, case, id=case["why"]) for lang, cases in CASES.items() for case in cases]
)
def test_a_draft_is_published_as_its_language_writes(lang: str, case: dict[str, str]) -> None:
    found = publishable(case["text"], lang, case.get("kind", "paragraph"), names=case.get("names", ()))
    assert found == case["expect"]


@given(
    st.text(st.sampled_from(MARKS + "沈阳好的aBs19 "), max_size=24),
    st.sampled_from(["zh", "en"]),
    st.sampled_from(KINDS),
    st.integers(0, 2),
)
def test_doing_it_twice_changes_nothing_more_and_no_word_is_touched(
    text: str, lang: str, kind: BlockKind, depth: int
) -> None:
    once = publishable(text, lang, kind, depth=depth)
    assert publishable(once, lang, kind, depth=depth) == once
    assert letters(once) == letters(text)


@given(st.text(max_size=40), st.sampled_from(["zh", "en"]), st.sampled_from(KINDS))
def test_no_word_of_any_text_is_lost(text: str, lang: str, kind: BlockKind) -> None:
    assert letters(publishable(text, lang, kind)) == letters(text)


def test_a_quotation_over_several_sentences_keeps_its_depth() -> None:
    sentences, depth, found = ["他说：“第一。", "要落实‘双碳’目标。", "第三。”然后走了‘很远’。"], 0, []
    for sentence in sentences:
        found.append(publishable(sentence, "zh", depth=depth))
        depth = open_quotes(sentence, "zh", depth)
    assert found == ["他说：“第一。", "要落实‘双碳’目标。", "第三。”然后走了“很远”。"]
    assert depth == 0


@pytest.mark.parametrize(
    ("iso", "ko", "zh", "en"),
    [
        ("2022-09-22T13:36:42+08:00", "2022년 9월 22일", "2022年9月22日", "September 22, 2022"),
        ("2026-01-01", "2026년 1월 1일", "2026年1月1日", "January 1, 2026"),
        ("2026-13-01", "2026-13-01", "2026-13-01", "2026-13-01"),
        ("soon", "soon", "soon", "soon"),
    ],
)
def test_a_date_is_written_as_the_language_writes_it(iso: str, ko: str, zh: str, en: str) -> None:
    assert [written_date(iso, lang) for lang in ("ko", "zh", "en")] == [ko, zh, en]


def test_the_facts_are_words_and_not_truth_values() -> None:
    facts = yaml.safe_load((Path(register.__file__).with_suffix(".yaml")).read_text("utf-8"))
    assert {type(word) for word in facts["lower_in_headlines"] + facts["abbreviations"]} == {str}
