"""Which places are mentions where several overlap, and what speaks for a doubtful name."""

from __future__ import annotations

import pytest

from pipeline.candidates import Candidate, longest, without_decoys, without_doubtful
from pipeline.terms import Term, TermKind


def _term(spelling: str, kind: TermKind = "term") -> Term:
    return Term(spelling, (spelling,), None, None, kind, "")


def _at(start: int, end: int, name: str | None, kind: TermKind = "term", origin: int = 0) -> Candidate:
    return Candidate(start, end, end - start, origin, _term(name, kind) if name else None)


def test_of_two_over_one_another_the_longer_is_chosen() -> None:
    short, long = _at(0, 2, "심양"), _at(0, 3, "심양시")
    assert longest([short, long]) == [long]


def test_of_two_of_one_length_the_written_spelling_is_chosen_then_the_left_one() -> None:
    derived, written, later = _at(0, 3, "a", origin=1), _at(1, 4, "b"), _at(2, 5, "c")
    assert longest([derived, later, written]) == [written]
    assert longest([_at(1, 4, "b"), _at(0, 3, "a")]) == [_at(0, 3, "a")]


def test_a_decoy_counts_with_its_whole_phrase_but_covers_what_it_hides() -> None:
    phrase = Candidate(0, 2, 6, 0, None)  # (의사)를 밝히다
    assert longest([phrase, _at(0, 2, "의사"), _at(4, 6, "밝기")]) == [phrase, _at(4, 6, "밝기")]


def test_what_stands_inside_a_decoy_is_no_nested_mention_but_what_reaches_out_of_it_is() -> None:
    inside, across = _at(0, 2, "예술"), _at(2, 5, "가치")
    assert without_decoys([_at(0, 3, None), inside, across]) == [across]


@pytest.mark.parametrize(
    ("text", "beside", "expected"),
    [
        ("통화에서 열렸다.", None, True),
        ("통화시의 거리", None, True),
        ("통화 공항에", None, True),
        ("통화-백산", None, True),
        ("통화와 백산", "백산", True),
        ("통화, 백산", "백산", True),
        ("통화 백산", "백산", True),
        ("통화의 흐름", None, False),
        ("통화정책", None, False),
        ("통화가 백산", "백산", False),
    ],
)
def test_a_particle_of_place_a_suffix_or_a_neighbour_speaks_for_a_name(
    text: str, beside: str | None, expected: bool
) -> None:
    doubtful = Candidate(0, 2, 2, 0, _term("통화", "place"), is_doubtful=True)
    others = [_at(text.index(beside), text.index(beside) + 2, beside, "place")] if beside else []
    assert (doubtful in without_doubtful(text, [doubtful, *others])) is expected


def test_one_doubtful_name_does_not_speak_for_another() -> None:
    first = Candidate(0, 2, 2, 0, _term("통화", "place"), is_doubtful=True)
    second = Candidate(4, 6, 2, 0, _term("정서", "place"), is_doubtful=True)
    assert without_doubtful("통화와 정서", [first, second]) == []
