"""English words in their forms, and renderings put into sentences."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline import inflect

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "renderings.yaml").read_text(encoding="utf-8"))["in_place"]
NOUNS = st.sampled_from(
    ["private enterprise", "county", "reform of the county", "State Council", "hour", "rural areas"]
)
PHRASES = st.tuples(st.sampled_from(["", "the ", "a "]), NOUNS).map("".join)
BEFORE = st.sampled_from(["", "The", "of the", "a", "an", "three", "It said “", "Good. ", "He came (", "in", "12"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_a_rendering_takes_the_form_of_its_place(case: dict[str, str]) -> None:
    before, surface = inflect.in_place(case["rendering"], case["before"], case["lang"])
    assert before + surface == case["expect"], case["why"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("companies", "company"),
        ("taxes", "tax"),
        ("classes", "class"),
        ("bureaus", "bureau"),
        ("children", "child"),
        ("criteria", "criterion"),
        ("lives", "life"),
        ("news", "news"),
        ("series", "series"),
        ("party's", "party"),
        ("students'", "student"),
        ("programmes", "program"),
        ("modernisation", "modernization"),
        ("status", "status"),
        ("ties", "tie"),
        ("bases", "base"),
    ],
)
def test_number_possessive_and_british_spelling_do_not_matter(word: str, expected: str) -> None:
    assert inflect.base(word) == inflect.base(expected)


def test_different_words_stay_different() -> None:
    words = ["new", "news", "economy", "economics", "busy", "bus", "base", "basin", "analyst", "policy", "police"]
    assert len({inflect.base(word) for word in words}) == len(words)


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("promote", {"promote", "promotes", "promoting", "promoted"}),
        ("carry", {"carry", "carries", "carrying", "carried"}),
        ("build", {"build", "builds", "building", "built"}),
        ("put", {"put", "puts", "putting"}),
        ("seek", {"seek", "seeks", "seeking", "sought"}),
        ("write", {"write", "writes", "writing", "wrote", "written"}),
        ("oversee", {"oversee", "oversees", "overseeing", "oversaw", "overseen"}),
    ],
)
def test_a_verb_has_its_regular_and_irregular_forms(verb: str, forms: set[str]) -> None:
    assert inflect.verb_forms(verb) == forms
    assert {inflect.verb_base(form) for form in forms} == {verb}


def test_every_form_belongs_to_one_verb_of_the_table_and_nouns_are_no_verbs() -> None:
    assert inflect.verb_base("rural") is None
    assert not inflect.is_verb("training")
    assert inflect.is_verb("fostering")


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("private enterprise", "private enterprises"),
        ("member of the committee", "members of the committee"),
        ("county", "counties"),
        ("church", "churches"),
        ("child with a disability", "children with a disability"),
        ("analysis", "analyses"),
    ],
)
def test_the_head_of_a_phrase_has_the_number(one: str, several: str) -> None:
    assert inflect.plural(one) == several
    assert inflect.singular(several) == one
    assert inflect.plural(several) == several
    assert inflect.singular(one) == one


@pytest.mark.parametrize("phrase", ["agriculture", "rural revitalization", "manufacturing", "headquarters", "the news"])
def test_what_is_not_counted_has_no_plural(phrase: str) -> None:
    assert inflect.plural(phrase) == phrase


@given(PHRASES, BEFORE)
def test_articles_never_meet_and_nothing_but_form_is_changed(rendering: str, before: str) -> None:
    begun, surface = inflect.in_place(rendering, before, "en")
    whole = f"{begun}{surface}".casefold().split()
    articles = {"the", "a", "an"}
    assert not any(one in articles and two in articles for one, two in pairwise(whole))
    kept = [inflect.base(word.strip("“(.").casefold()) for word in whole if word.strip("“(.") not in articles]
    given_words = f"{before} {rendering}".casefold().split()
    assert kept == [inflect.base(w.strip("“(.")) for w in given_words if w.strip("“(.") and w not in articles]


@given(st.text(st.sampled_from("“”《》三农问题的 "), max_size=12), st.sampled_from(["“三农”问题", "《史记》", "沈阳"]))
def test_no_chinese_mark_is_opened_twice(before: str, rendering: str) -> None:
    begun, surface = inflect.in_place(rendering, before, "zh")
    assert surface == rendering
    assert before.startswith(begun)
    assert not (begun and begun[-1] == surface[0] and before[-2:-1] != before[-1:])
