"""Finding terms in Korean: labelled cases, the sample article, and what holds for every text."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.glossary import Glossary, load_glossary
from pipeline.mentions import Matcher
from pipeline.patterns import Patterns, stream_keys
from pipeline.terms import Renderings, Term

ROOT = Path(__file__).parents[1]
CASES = yaml.safe_load((ROOT / "tests" / "cases" / "mentions.yaml").read_text(encoding="utf-8"))
PARTS = ("development", "held-out", "blind")
SAMPLE = ROOT.parent / "shared" / "samples" / "liaoning-2022-09-22.txt"


def _term(entry: dict) -> Term:
    rest = {key: value for key, value in entry.items() if key not in ("ko", "zh")}
    chinese = Renderings(entry.get("zh", "汉"))
    return Term(entry["ko"][0], tuple(entry["ko"]), chinese, Renderings("x"), domain="", **rest)


def _parameters() -> list:
    return [
        pytest.param(
            case["text"],
            case["expect"],
            id=f"{group['label']}: {case['text']}",
            marks=pytest.mark.xfail(reason=case["known_failure"]) if "known_failure" in case else (),
        )
        for group in CASES["groups"]
        for case in group["cases"]
    ]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(Glossary({term.id: term for term in map(_term, CASES["terms"])}))


@pytest.fixture(scope="module")
def shipped() -> Matcher:
    return Matcher(load_glossary(ROOT / "glossary"))


@pytest.mark.parametrize(("text", "expect"), _parameters())
def test_the_labelled_mentions_are_found_and_no_others(matcher: Matcher, text: str, expect: list[str]) -> None:
    assert [mention.spelling for mention in matcher.find(text)] == expect


def _labelled(part: str) -> list[str]:
    cases = yaml.safe_load((ROOT / "tests" / "cases" / f"mentions-{part}.yaml").read_text(encoding="utf-8"))
    return [sentence for group in cases["groups"] for sentence in group["sentences"]]


def _unmarked(sentence: str) -> tuple[str, set[tuple[int, int]], set[tuple[int, int]]]:
    """The text of a labelled sentence, where its mentions stand, and where letters of a term are no mention."""
    spans: dict[str, set[tuple[int, int]]] = {"[": set(), "{": set()}
    text, opened = "", ("", 0)
    for character in sentence:
        if character in spans:
            opened = (character, len(text))
        elif character in "]}":
            spans[opened[0]].add((opened[1], len(text)))
        else:
            text += character
    return text, spans["["], spans["{"]


def _measured(matcher: Matcher, sentences: list[str]) -> tuple[float, float]:
    """Recall and precision."""
    right = marked = found = 0
    for sentence in sentences:
        text, mentions, _ = _unmarked(sentence)
        spans = {(mention.start, mention.end) for mention in matcher.find(text)}
        right, marked, found = right + len(spans & mentions), marked + len(mentions), found + len(spans)
    return right / marked, right / found


@pytest.mark.parametrize(
    ("part", "recall", "precision"), [("development", 0.99, 0.99), ("held-out", 0.99, 0.99), ("blind", 0.99, 0.98)]
)
def test_the_labelled_sentences_are_read_as_well_as_they_once_were(
    shipped: Matcher, part: str, recall: float, precision: float
) -> None:
    reached = _measured(shipped, _labelled(part))
    assert reached[0] >= recall
    assert reached[1] >= precision


def test_the_labelled_set_has_a_thousand_places_and_each_mention_is_a_spelling_of_the_glossary() -> None:
    sentences = [_unmarked(sentence) for part in PARTS for sentence in _labelled(part)]
    assert sum(len(mentions) + len(others) for _, mentions, others in sentences) >= 1000
    patterns = Patterns(load_glossary(ROOT / "glossary"))
    known = patterns.hangul | patterns.hanja
    stems = tuple(key for key, pattern in known.items() if pattern.terms and pattern.is_stem)
    marked = {stream_keys(text[start:end]) for text, mentions, _ in sentences for start, end in mentions}
    assert sorted(keys for keys in marked if not known.keys() & {*keys} and not keys[0].startswith(stems)) == []


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample article is not here")
def test_shenyang_is_found_fourteen_times_in_the_sample(shipped: Matcher) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    places = [mention.start for mention in shipped.find(text, nested=True) if mention.spelling == "심양"]
    assert len(places) == 14
    assert all(text.startswith("심양", place) for place in places)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample article is not here")
def test_each_of_the_fourteen_stands_in_a_mention_of_the_sample(shipped: Matcher) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    spans = [(mention.start, mention.end) for mention in shipped.find(text)]
    nested = [mention for mention in shipped.find(text, nested=True) if mention.spelling == "심양"]
    assert all(any(start <= one.start and one.end <= end for start, end in spans) for one in nested)


def test_nested_mentions_come_with_the_longer_one_first(matcher: Matcher) -> None:
    found = matcher.find("심양시의 국가 중심도시", nested=True)
    assert [mention.spelling for mention in found] == ["심양시", "심양", "국가 중심도시", "중심도시"]


def test_a_decoy_hides_its_term_from_nested_mentions_too(matcher: Matcher) -> None:
    assert matcher.find("예술가를 만났다.", nested=True) == ()


def test_a_text_in_separate_letters_gives_the_same_mentions(matcher: Matcher) -> None:
    composed = "심양시의 력사와 국가중심도시건설을 보았다."
    apart = unicodedata.normalize("NFD", composed)
    found = [unicodedata.normalize("NFC", mention.spelling) for mention in matcher.find(apart)]
    assert found == [mention.spelling for mention in matcher.find(composed)]
    assert found == ["심양시", "력사", "국가중심도시"]


def test_a_zero_width_mark_does_not_hide_a_term(matcher: Matcher) -> None:
    assert [mention.spelling for mention in matcher.find("심\u200b양은")] == ["심\u200b양"]


def test_the_approved_term_of_two_homographs_is_named() -> None:
    renderings = Renderings("汉")
    proposed = Term("a", ("주주",), renderings, None, "term", "", status="proposed")
    approved = Term("b", ("주주",), renderings, None, "place", "")
    assert [m.term for m in Matcher(Glossary({"a": proposed, "b": approved})).find("주주가")] == ["b"]


def test_a_homograph_that_may_not_stand_here_gives_way_to_one_that_may() -> None:
    renderings = Renderings("汉")
    common = Term("a", ("주주",), renderings, None, "term", "")
    place = Term("b", ("주주",), renderings, None, "place", "")
    matcher = Matcher(Glossary({"a": common, "b": place}))
    assert [m.term for m in matcher.find("주주가")] == ["a"]
    assert [m.term for m in matcher.find("주주역에서")] == ["b"]


def test_nothing_is_doubtful_about_a_word_that_means_something_else_in_this_glossary() -> None:
    currency = Term("통화", ("통화",), Renderings("货币"), None, "term", "")
    will = Term("의사", ("의사",), Renderings("意愿"), None, "term", "")
    matcher = Matcher(Glossary({"통화": currency, "의사": will}))
    assert [m.term for m in matcher.find("통화가 그의 의사를 밝혔다.")] == ["통화", "의사"]


def test_an_empty_glossary_finds_nothing() -> None:
    assert Matcher(Glossary({})).find("심양은 크다.") == ()


def test_a_line_of_a_million_syllables_without_a_space_comes_to_an_end(matcher: Matcher) -> None:
    found = matcher.find("가" * 500_000 + " 심양은 " + "고품질발전" * 20_000)
    assert found[0].spelling == "심양"


@pytest.mark.parametrize("piece", ["통화 ", "통화와 ", "沈阳 ", "(沈阳 ", "'쌍탄소' ", "시간 두 ", "심양", "発"])
def test_a_text_of_one_word_twenty_thousand_times_comes_to_an_end(matcher: Matcher, piece: str) -> None:
    assert len(matcher.find(piece * 20_000)) <= 20_000


PIECES = st.lists(
    st.sampled_from(
        [*"은의에 ,.‘’“”()《》\n\u00a0", "심양", "심양시", "국가", "중심도시", "새 국면", "력사", "역사", "AI", "5"]
    ),
    max_size=25,
).map("".join)


@settings(deadline=None, max_examples=200)
@given(text=PIECES)
def test_mentions_stand_where_they_say_and_never_overlap(text: str) -> None:
    found = _PROPERTY_MATCHER.find(text)
    assert all(text[mention.start : mention.end] == mention.spelling for mention in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


@settings(deadline=None, max_examples=200)
@given(text=PIECES)
def test_every_mention_is_among_the_nested_ones(text: str) -> None:
    assert set(_PROPERTY_MATCHER.find(text)) <= set(_PROPERTY_MATCHER.find(text, nested=True))


_PROPERTY_MATCHER = Matcher(Glossary({term.id: term for term in map(_term, CASES["terms"])}))
