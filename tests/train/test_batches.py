"""The sequence of batches: fixed for a seed, entered anywhere, fair to every row, drawn anew each time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from pipeline.errors import InputError, SettingsError
from pipeline.train.batches import Batch, Ingredient, Position, Sampler, ahead, parts
from pipeline.train.options import Course
from pipeline.train.shard import Counts, Shard

END, PAD = 0, 999
COURSE = Course(tokens=60, pool=30, hints=0.5, respelling=0.5)


def shard(rows: int, *, first: int = 100, twins: bool = False, slots: bool = False) -> Shard:
    """Example n has the source [n] * (1 + n % 5) and the target [n]; a twin's source is 500 longer in number."""
    texts = [[first + number] * (1 + number % 5) for number in range(rows)] + [[first + n] for n in range(rows)]
    examples = [(number, rows + number, 0) for number in range(rows)]
    links = [-1] * rows
    if twins:
        examples += [(len(texts) + number, rows + number, 0) for number in range(rows)]
        texts += [[first + 500 + number] for number in range(rows)]
        links = [rows + number for number in range(rows)] + [-2] * rows
    places = [(0, 1, len(texts), 1)] * len(examples) if slots else []
    texts += [[7, 8, 9]] if slots else []
    return Shard(
        ("ko-zh",),
        Counts(rows=rows, examples=rows),
        pieces=np.array([piece for text in texts for piece in text], np.uint16),
        offsets=np.cumsum([0, *map(len, texts)]),
        examples=np.array(examples, np.int32),
        twins=np.array(links, np.int32),
        slot_offsets=np.arange(len(examples) + 1) if slots else np.zeros(len(examples) + 1, np.int64),
        slots=np.array(places, np.int32).reshape(-1, 4),
    )


def sampler(*ingredients: Ingredient, course: Course = COURSE) -> Sampler:
    return Sampler(ingredients, course, end=END, pad=PAD, longest=20)


def only(one: Shard) -> Ingredient:
    return Ingredient(one, 1.0, ((2,),))


def targets(batches: list[Batch]) -> list[int]:
    return [int(number) for batch in batches for number in batch.target[:, 0]]


def same(first: list[Batch], second: list[Batch]) -> bool:
    return all(
        np.array_equal(a.source, b.source) and np.array_equal(a.target, b.target) and a.after == b.after
        for a, b in zip(first, second, strict=True)
    )


def test_only_the_directions_that_are_asked_for_are_drawn() -> None:
    one = shard(20, twins=True)
    one.examples[:, 2] = np.arange(40) % 2  # a twin has the direction of its first
    chosen = Ingredient(replace(one, directions=("ko-zh", "zh-ko")), 1.0, ((2,), (3,)), frozenset({1}))
    drawn = targets(list(islice(sampler(chosen).batches(Position()), 20)))
    assert {number % 2 for number in drawn} == {1}
    assert len(set(drawn)) == 10
    with pytest.raises(SettingsError, match="nothing to train on"):
        sampler(replace(chosen, only=frozenset({2})))


def test_the_sequence_is_the_same_for_a_seed_and_another_for_another() -> None:
    ingredient = only(shard(50, twins=True, slots=True))
    first, again = (list(islice(sampler(ingredient).batches(Position()), 40)) for _ in range(2))
    assert same(first, again)
    other = list(islice(sampler(ingredient, course=replace(COURSE, seed=2)).batches(Position()), 40))
    assert targets(first) != targets(other)


@pytest.mark.parametrize("place", [1, 2, 7, 23])
def test_the_sequence_can_be_entered_after_any_batch(place: int) -> None:
    ingredient = only(shard(50, twins=True, slots=True))
    whole = list(islice(sampler(ingredient).batches(Position()), 40))
    rest = list(islice(sampler(ingredient).batches(whole[place - 1].after), 40 - place))
    assert same(whole[place:], rest)


def test_no_row_comes_again_before_all_have_come() -> None:
    seen: list[int] = []
    for batch in sampler(only(shard(70))).batches(Position()):
        seen += targets([batch])
        if batch.after.batch == 0 and batch.after.pool == 7:  # 7 pools of 30: three times 70
            break
    assert set(Counter(seen).values()) == {3}


def test_each_corpus_gives_its_part() -> None:
    large, small = Ingredient(shard(60), 0.8, ((2,),)), Ingredient(shard(4, first=600), 0.2, ((2,),))
    batches = []
    for batch in sampler(large, small).batches(Position()):
        batches.append(batch)
        if batch.after == Position(10):
            break
    found = Counter(number >= 600 for number in targets(batches))
    assert found == {False: 240, True: 60}


def test_batches_keep_to_their_size_and_rows_to_their_neighbours_length() -> None:
    for batch in islice(sampler(only(shard(50))).batches(Position()), 30):
        rows, length = max(batch.source.shape, batch.target.shape, key=lambda shape: shape[1])
        assert rows * length <= COURSE.tokens
        assert (batch.source[:, 0] == 2).all()
        assert batch.tokens == 2 * rows  # one piece and the end
        lengths = (batch.source != PAD).sum(1)
        assert lengths.max() - lengths.min() <= 2


def test_hints_and_spelling_are_drawn_anew_each_time() -> None:
    forms: dict[int, set[int]] = {}
    for batch in islice(sampler(only(shard(5, twins=True, slots=True))).batches(Position()), 60):
        for source, target in zip(batch.source, batch.target, strict=True):
            forms.setdefault(int(target[0]), set()).add(int(source[1]))
    assert all(found == {number, number + 500, 7} for number, found in forms.items())


@pytest.mark.parametrize(("hints", "respelling", "expected"), [(0.0, 0.0, "own"), (0.0, 1.0, "twin")])
def test_nothing_is_drawn_where_none_is_wanted(hints: float, respelling: float, expected: str) -> None:
    course = replace(COURSE, hints=hints, respelling=respelling)
    one = sampler(only(shard(5, twins=True, slots=True)), course=course)
    for batch in islice(one.batches(Position()), 20):
        assert (batch.source[:, 1] == batch.target[:, 0] + (500 if expected == "twin" else 0)).all()


def test_a_source_that_its_hints_make_too_long_goes_without() -> None:
    course = replace(COURSE, hints=1.0)
    tight = Sampler([only(shard(5, slots=True))], course, end=END, pad=PAD, longest=4)
    longest = 0
    for batch in islice(tight.batches(Position()), 40):
        for source in batch.source:
            text = source[(source != PAD) & (source != END)][1:]
            longest = max(longest, len(text))
            assert len(text) <= 4 or (text != 7).all()  # five pieces of its own, without the hint
    assert longest == 5


def test_batches_made_ahead_are_the_same() -> None:
    one = sampler(only(shard(50)))
    reader = ahead(one.batches(Position()), 3)
    assert same(list(islice(reader, 25)), list(islice(one.batches(Position()), 25)))
    reader.close()


def test_an_error_while_making_batches_reaches_the_reader() -> None:
    broken = replace(shard(50), pieces=np.zeros(0, np.uint16))
    with pytest.raises(InputError, match="encoded examples"):
        next(ahead(sampler(only(replace(broken, examples=broken.examples + 500))).batches(Position()), 2))


def test_shares_come_before_weights() -> None:
    shards = [shard(10), shard(30), shard(10)]
    assert parts(shards, [1, 2, 9], [None, None, 0.3]) == pytest.approx([0.1, 0.6, 0.3])
    assert parts(shards, [1, 1, 4], [None, None, None]) == pytest.approx([0.125, 0.375, 0.5])
    with pytest.raises(SettingsError, match="not add up"):
        parts(shards, [1, 1, 1], [0.7, 0.7, None])


def test_a_training_without_examples_is_refused() -> None:
    with pytest.raises(SettingsError, match="nothing to train on"):
        sampler(Ingredient(shard(0), 1.0, ((2,),)))
