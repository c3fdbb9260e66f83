"""Batches of equal length, and halves when memory runs out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import beams

LENGTHS = st.lists(st.integers(min_value=1, max_value=60), max_size=200)


@given(LENGTHS, st.integers(min_value=1, max_value=8))
def test_every_request_is_in_one_batch_and_every_batch_is_of_one_length(lengths: list[int], workers: int) -> None:
    found = list(beams.batches(lengths, workers))
    assert sorted(index for batch in found for index in batch) == list(range(len(lengths)))
    for batch in found:
        assert len({lengths[index] for index in batch}) == 1
        assert len(batch) * lengths[batch[0]] <= max(beams.BATCH_TOKENS, lengths[batch[0]])


def test_the_longest_come_first() -> None:
    assert list(beams.batches([5, 9, 5, 7])) == [[1], [3], [0, 2]]


def test_every_worker_gets_something() -> None:
    assert list(beams.batches([5] * 8, workers=4)) == [[0, 1], [2, 3], [4, 5], [6, 7]]


@given(st.lists(st.integers(), min_size=1, max_size=40), st.integers(min_value=1, max_value=5))
def test_halves_give_what_the_whole_would_have_given(rows: list[int], most: int) -> None:
    def decode(part: list[int]) -> list[int]:
        if len(part) > most:
            raise MemoryError
        return [row * 2 for row in part]

    assert beams.in_halves(rows, decode) == [row * 2 for row in rows]


def test_a_single_row_that_fails_is_an_error_that_says_why() -> None:
    def decode(part: list[int]) -> list[int]:
        raise MemoryError

    with pytest.raises(RuntimeError, match="out of memory"):
        beams.in_halves([1, 2], decode)


@pytest.mark.parametrize(("source", "expected"), [(3, 22), (60, 128), (200, 128)])
def test_output_is_at_most_twice_the_source_and_within_the_positions(source: int, expected: int) -> None:
    assert beams.longest_output(source, 128) == expected


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9)), max_size=100))
def test_lengths_of_source_and_beginning_are_both_equal_in_a_batch(lengths: list[tuple[int, int]]) -> None:
    found = list(beams.batches(lengths, 2))
    assert sorted(index for batch in found for index in batch) == list(range(len(lengths)))
    assert all(len({lengths[index] for index in batch}) == 1 for batch in found)


def test_a_given_beginning_leaves_room_to_go_on() -> None:
    assert beams.longest_output(3, 128, beginning=60) > 60 + 3
    assert beams.longest_output(60, 128, beginning=120) == 128


def test_what_goes_on_from_a_beginning_offers_more_and_repeats_less() -> None:
    assert beams.search("usual", 4).candidates == 1
    assert beams.search("usual", 4, beginning=3).candidates == 4
    assert beams.search("usual", 4, beginning=3).no_repeat
    assert beams.search("retry", 4, beginning=3) == beams.search("retry", 4)
