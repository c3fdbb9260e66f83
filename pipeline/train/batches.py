"""Which examples make the next batch: a fixed sequence for a seed that can be entered at any place.

Examples are drawn a *pool* at a time. Each corpus gives its part of the pool from its own endless shuffled stream, so
that no row comes twice before all others came once. A pool is sorted by length, cut into batches of about equal size,
and the batches shuffled. Everything in pool n follows from the seed and n.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError, SettingsError
from pipeline.train.options import Course
from pipeline.train.shard import Shard

LONGEST_WAIT = 0.2  # seconds between looks whether the reader has gone


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the sequence of batches."""

    pool: int = 0
    batch: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of about equal length, padded. `source` and `target` are [rows, length]; each row ends with the end."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    tokens: int  # of the targets, ends counted, padding not
    after: Position  # where to go on


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A corpus as the sampler takes it: `part` of all examples; the pieces in front of a source for each direction."""

    shard: Shard
    part: float
    prefixes: tuple[tuple[int, ...], ...]
    only: frozenset[int] | None = None  # numbers of the directions that are used; None: all

    def drawable(self) -> NDArray[np.int64]:
        """The examples that may be drawn: those of the directions, and no twins, which come in the others' place."""
        shard, drawn = self.shard, self.shard.twins != -2
        return np.flatnonzero(drawn if self.only is None else drawn & np.isin(shard.examples[:, 2], [*self.only]))


class Sampler:
    """The sequence of batches."""

    def __init__(self, ingredients: Sequence[Ingredient], course: Course, *, end: int, pad: int, longest: int) -> None:
        """`longest`: no source grows beyond this many pieces by its hints. Raises SettingsError without examples."""
        drawable = [(one, one.drawable()) for one in ingredients if one.part > 0]
        self._ingredients = [one for one, examples in drawable if len(examples)]
        if not self._ingredients:
            raise SettingsError("There is nothing to train on: no corpus has an example in one of the directions.")
        self._course, self._end, self._pad, self._longest = course, end, pad, longest
        self._primary = [examples for _, examples in drawable if len(examples)]
        self._orders: dict[tuple[int, int], NDArray[np.int64]] = {}

    def batches(self, start: Position) -> Iterator[Batch]:
        """All batches from a place on, without end."""
        pool, first = start.pool, start.batch
        while True:
            sources, targets = self._examples(pool)
            groups = self._groups(pool, sources, targets)
            for number in range(first, len(groups)):
                after = Position(pool, number + 1) if number + 1 < len(groups) else Position(pool + 1)
                rows = groups[number]
                source, target = (self._padded([texts[row] for row in rows]) for texts in (sources, targets))
                yield Batch(source, target, sum(len(targets[row]) for row in rows), after)
            pool, first = pool + 1, 0

    def _examples(self, pool: int) -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]]:
        """Sources and targets of a pool, tags and ends with them."""
        draw = np.random.default_rng([self._course.seed, 1, pool])
        sources, targets = [], []
        for number, one in enumerate(self._ingredients):
            shard = one.shard
            chosen = self._rows(number, int(pool * self._course.pool * one.part), self._upto(pool, one.part))
            turned = (draw.random(len(chosen)) < self._course.respelling) & (shard.twins[chosen] >= 0)
            chosen = np.where(turned, shard.twins[chosen], chosen)
            hinted = draw.random(len(chosen)) < self._course.hints
            for example, is_hinted in zip(chosen.tolist(), hinted.tolist(), strict=True):
                sources.append(self._source(one, example, draw if is_hinted and shard.has_slots(example) else None))
                targets.append(np.append(shard.text(shard.examples[example, 1]), self._end))
        return sources, targets

    def _upto(self, pool: int, part: float) -> int:
        return int((pool + 1) * self._course.pool * part)

    def _source(self, one: Ingredient, example: int, draw: np.random.Generator | None) -> NDArray[np.int64]:
        text = one.shard.source(example, draw)
        if draw is not None and len(text) > self._longest:
            text = one.shard.source(example)
        return np.concatenate([one.prefixes[one.shard.examples[example, 2]], text, [self._end]]).astype(np.int64)

    def _rows(self, number: int, start: int, stop: int) -> NDArray[np.int64]:
        """Examples `start` to `stop` of the endless stream of a corpus."""
        size = len(self._primary[number])
        rounds = range(start // size, -(-stop // size)) if stop > start else range(0)
        parts = [self._order(number, one)[max(0, start - one * size) : min(size, stop - one * size)] for one in rounds]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def _order(self, number: int, turn: int) -> NDArray[np.int64]:
        """The order of a corpus in its n-th turn; the last one of each corpus is kept."""
        if (number, turn) not in self._orders:
            self._orders = {key: order for key, order in self._orders.items() if key[0] != number}
            draw = np.random.default_rng([self._course.seed, 2, number, turn])
            self._orders[number, turn] = draw.permutation(self._primary[number])
        return self._orders[number, turn]

    def _groups(
        self, pool: int, sources: Sequence[NDArray[np.int64]], targets: Sequence[NDArray[np.int64]]
    ) -> list[NDArray[np.int64]]:
        """The rows of each batch: neighbours in length, at most `tokens` with their padding, in random order."""
        draw = np.random.default_rng([self._course.seed, 3, pool])
        lengths = np.array([max(len(s), len(t)) for s, t in zip(sources, targets, strict=True)])
        order = np.lexsort((draw.random(len(lengths)), lengths))
        groups, start = [], 0
        for place in range(len(order)):  # lengths rise: the last row of a batch is the longest
            if place > start and lengths[order[place]] * (place + 1 - start) > self._course.tokens:
                groups.append(order[start:place])
                start = place
        groups.append(order[start:])
        return [groups[number] for number in draw.permutation(len(groups))]

    def _padded(self, rows: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        padded = np.full((len(rows), max(map(len, rows))), self._pad, np.int64)
        for number, row in enumerate(rows):
            padded[number, : len(row)] = row
        return padded


def ahead(batches: Iterator[Batch], count: int) -> Generator[Batch, None, None]:
    """The same batches, made in a thread of their own, `count` ahead of the reader. An error there is raised here."""
    ready: queue.Queue[Batch | BaseException] = queue.Queue(count)
    is_over = threading.Event()

    def fill() -> None:
        try:
            for batch in batches:
                while not is_over.is_set():
                    try:
                        ready.put(batch, timeout=LONGEST_WAIT)
                        break
                    except queue.Full:
                        continue
                if is_over.is_set():
                    return
        except (OSError, ValueError, IndexError, MemoryError) as problem:
            ready.put(problem)

    thread = threading.Thread(target=fill, name="batches", daemon=True)
    thread.start()
    try:
        while True:
            batch = ready.get()
            if isinstance(batch, BaseException):
                raise InputError("encoded examples", f"cannot be read ({batch}). Delete them; they are made again.")
            yield batch
    finally:
        is_over.set()
        thread.join()


def parts(shards: Sequence[Shard], weights: Sequence[float], shares: Sequence[float | None]) -> list[float]:
    """Which part of all examples each corpus gives: its share, and of what is left by weight times size.

    Raises SettingsError where the shares are more than everything.
    """
    given = sum(share or 0.0 for share in shares)
    if given > 1.000001 or any(share is not None and share < 0 for share in shares) or min(weights, default=0) < 0:
        raise SettingsError("The shares of the corpora must be 0 or more and not add up to more than 1.")
    sizes = [
        0.0 if share is not None else w * s.counts.examples for s, w, share in zip(shards, weights, shares, strict=True)
    ]
    rest = (1.0 - given) / sum(sizes) if sum(sizes) else 0.0
    found = [share if share is not None else size * rest for share, size in zip(shares, sizes, strict=True)]
    found = [part if shard.counts.examples else 0.0 for part, shard in zip(found, shards, strict=True)]
    total = sum(found)
    return [part / total for part in found] if total else found
