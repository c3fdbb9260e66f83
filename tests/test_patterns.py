"""Texts and spellings folded alike; and that a term changes only the texts in which one of its patterns stands."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.glossary import Glossary
from pipeline.mentions import Matcher
from pipeline.particles import surroundings
from pipeline.patterns import Patterns, fold, spelling_streams, stream_keys, streams_of
from pipeline.terms import Renderings, Term

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "mentions.yaml").read_text(encoding="utf-8"))
CHINESE = {"발전": "发展", "력사": "历史", "조선": "朝鲜", "새 국면": "新局面"}


def _term(entry: dict) -> Term:
    rest = {key: value for key, value in entry.items() if key not in ("ko", "zh")}
    spellings = tuple(entry["ko"])
    chinese = Renderings(entry.get("zh") or CHINESE.get(spellings[0], "汉"))
    return Term(spellings[0], spellings, chinese, None, domain="", **rest)


TERMS = [
    *map(_term, CASES["terms"]),
    *(Term(f"decoy {one}", (one,), None, None, "term", "") for one in sorted(surroundings().decoys)[:12]),
    Term("homograph", ("발전", "혁신성과"), None, None, "place", ""),
    Term("within", ("국가",), None, None, "term", "", inside_words=True),
]
WORDS = sorted({spelling for term in TERMS for spelling in term.ko})
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from(
            [*"은의에는 ,.‘’“”()\n새전성시를률", "역사", "여성", "沈陽", "發展", "국가", "건설", "성과", " "]
        ),
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("새 국면", "새국면"),
        ("‘쌍탄소’ 목표", "쌍탄소목표"),
        ("전문화ㆍ정밀화", "전문화·정밀화"),
        ("심양–대련", "심양-대련"),
        ("ＡＩ와 5Ｇ", "ai와5g"),
        ("瀋陽과 沈阳", "沈阳과沈阳"),
        ("심\u200b양", "심양"),
        (unicodedata.normalize("NFD", "심양의 력사"), "심양의력사"),
        ("", ""),
        (" ‘’\u3000", ""),
    ],
)
def test_what_is_written_differently_is_folded_alike(text: str, folded: str) -> None:
    assert fold(text) == folded


@settings(deadline=None, max_examples=300)
@given(text=st.one_of(st.text(max_size=20), TEXTS, TEXTS.map(lambda text: unicodedata.normalize("NFD", text))))
def test_the_keys_of_a_text_are_the_streams_that_are_searched(text: str) -> None:
    assert stream_keys(text) == tuple(stream.text for stream in streams_of(text))


@settings(deadline=None, max_examples=300)
@given(text=st.one_of(st.text(max_size=20), TEXTS))
def test_every_character_of_a_stream_stands_in_the_source(text: str) -> None:
    for stream in streams_of(text):
        assert len(stream.text) == len(stream.starts) == len(stream.ends) == len(stream.gaps)
        assert all(0 <= start < end <= len(text) for start, end in zip(stream.starts, stream.ends, strict=True))


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.id)
def test_the_streams_of_a_term_are_its_patterns(term: Term) -> None:
    in_use = Term(term.id, term.ko, term.zh, term.en, term.kind, "", inside_words=term.inside_words)
    patterns = Patterns(Glossary({term.id: in_use}))
    own = {key for key, pattern in (patterns.hangul | patterns.hanja).items() if pattern.terms}
    assert own == spelling_streams(term)


@settings(deadline=None, max_examples=500)
@given(
    kept=st.lists(st.sampled_from(TERMS), unique_by=lambda term: term.id, max_size=12),
    changed=st.sampled_from(TERMS),
    text=TEXTS,
)
def test_a_term_changes_only_texts_that_contain_one_of_its_patterns(kept: list[Term], changed: Term, text: str) -> None:
    without = {term.id: term for term in kept if term is not changed}
    before = Matcher(Glossary(without))
    after = Matcher(Glossary({**without, changed.id: changed}))
    if not any(pattern in key for pattern in spelling_streams(changed) for key in stream_keys(text)):
        assert after.find(text) == before.find(text)
        assert after.find(text, nested=True) == before.find(text, nested=True)


def test_a_spelling_that_is_written_in_the_glossary_comes_before_a_derived_one() -> None:
    southern = Term("력사", ("력사",), Renderings("历史"), None, "term", "")
    written = Term("역사", ("역사",), Renderings("驿舍"), None, "term", "")
    patterns = Patterns(Glossary({"력사": southern, "역사": written}))
    assert [term.id for term in patterns.hangul["역사"].terms] == ["역사"]
    assert [term.id for term in patterns.hanja["历史"].terms] == ["력사"]


def test_a_deprecated_term_has_no_pattern() -> None:
    retired = Term("력사", ("력사",), None, None, "term", "", status="deprecated")
    assert "력사" not in Patterns(Glossary({"력사": retired})).hangul
    assert "력사" in spelling_streams(retired)
