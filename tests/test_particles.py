"""What may stand around a word: particles by the syllable before them, and lists that do not contradict each other."""

from __future__ import annotations

import re

import pytest

from pipeline.particles import is_grammar, is_suffixed, surroundings

GRAMMAR = [
    ("에서의", "양"),
    ("은", "양"),
    ("는", "도"),
    ("로", "물"),
    ("으로부터", "양"),
    ("들에게서", "업"),
    ("이였으며", "양"),
    ("였다", "화"),
    ("적인", "신"),
    ("등지에서", "양"),
    ("", "양"),
]
NO_GRAMMAR = [
    ("는", "양"),
    ("은", "도"),
    ("로", "양"),
    ("률", "대"),
    ("하다", "전"),
    ("은의", "양"),
    ("였다", "양"),
]


@pytest.mark.parametrize(("rest", "before"), GRAMMAR)
def test_particles_that_fit_are_grammar(rest: str, before: str) -> None:
    assert is_grammar(rest, before)


@pytest.mark.parametrize(("rest", "before"), NO_GRAMMAR)
def test_what_does_not_fit_or_makes_another_word_is_no_grammar(rest: str, before: str) -> None:
    assert not is_grammar(rest, before)


def test_a_suffix_may_have_particles_behind_it_and_nothing_else() -> None:
    suffixes = frozenset({"시", "자치현"})
    assert is_suffixed("시에서", suffixes)
    assert is_suffixed("자치현", suffixes)
    assert not is_suffixed("시민", suffixes)
    assert not is_suffixed("", suffixes)


def test_every_sense_names_one_part_of_its_phrase() -> None:
    shape = re.compile(r"[가-힣_]*\([가-힣]+\)[가-힣_]*~?")
    assert sorted(one for one in surroundings().senses if not shape.fullmatch(one)) == []


def test_no_sense_says_that_a_word_never_means_what_it_means() -> None:
    alone = re.compile(r"\([가-힣]+\)~?")
    assert sorted(one for one in surroundings().senses if alone.fullmatch(one)) == []


def test_the_lists_do_not_contradict_each_other() -> None:
    facts = surroundings()
    assert sorted(facts.doubtful & facts.decoys) == []
    assert sorted(facts.doubtful & facts.bare) == []
    assert sorted(facts.parts & facts.doubtful) == []
    assert sorted(word for word in facts.parts if len(word) < 2) == []
    assert sorted(word for word in facts.affixes if len(word) != 1) == []
    assert facts.suffixed <= facts.after_name | facts.attached
