"""How the engines search: settings for the two efforts, batches, and what to do when memory runs out.

Kept in one place so that two engines with one model say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Row = TypeVar("Row")
Result = TypeVar("Result")

BATCH_TOKENS = 1024  # source pieces; 512 and 4096 were 6 to 15 % slower on two cores (12 M parameters, int8, beam 4)
VERSION = 2  # of everything here that decides an output; part of every signature


@dataclass(frozen=True, slots=True)
class Search:
    """One way to decode. `candidates` are returned, best first."""

    beam: int
    candidates: int = 1
    no_repeat: int = 0  # n-grams of this size never come twice; 0: they may
    penalty: float = 1.0  # on every piece that has been used; 1: none


def usual(beam: int) -> Search:
    """The first try."""
    return Search(beam)


def retry(beam: int) -> Search:
    """The second try, for a text with a fault or a missed term: wider, with more to choose from, and against loops.

    Of 120 faulty outputs of a badly trained model 79 stayed faulty with n-grams of four forbidden, 20 with the
    penalty as well. Four, because Chinese prose repeats three pieces in good faith (2020年、2021年、2022年).
    """
    width = max(8, 2 * beam)
    return Search(width, candidates=width, no_repeat=4, penalty=1.2)


def insisting(beam: int) -> Search:
    """The first try from a given beginning: what a rendering was forced into goes round in circles more readily.

    Of 64 English hints 52 could be kept without a fault when n-grams of four were allowed to come again, 58 when not.
    Every finished candidate is returned: one of them may honour what the best has lost.
    """
    return Search(beam, candidates=beam, no_repeat=4)


def search(effort: str, beam: int, beginning: int = 0) -> Search:
    """How to decode in this effort, with so many pieces of a beginning given."""
    if effort == "retry":
        return retry(beam)
    return insisting(beam) if beginning else usual(beam)


def longest_output(source: int, positions: int, beginning: int = 0) -> int:
    """Pieces at which decoding stops, for a source of `source` pieces; the `beginning` that is given counts.

    In 3,170 reference translations of news the target never had more than twice the pieces of the source, plus two.
    """
    return min(positions, max(2 * source + 16, beginning + source + 8))


def batches(lengths: Sequence[int | tuple[int, ...]], workers: int = 1) -> Iterator[list[int]]:
    """Indices in batches of equal length, the longest first (what runs out of memory does so at once).

    A length of several numbers, source and beginning, is equal where all of them are; the first one is that of the
    source.

    Equal, because a padded sequence does not get exactly the numbers it gets alone: of 600 sentences in int8, 21 had
    another score in padded batches of 32 than alone, none in batches of equal length. A run that was killed and
    started again meets its sentences in other company and must come to the same end.
    """
    share = -(-len(lengths) // max(1, workers))
    by_length: dict[tuple[int, ...], list[int]] = {}
    for index, length in enumerate(lengths):
        by_length.setdefault(length if isinstance(length, tuple) else (length,), []).append(index)
    for length in sorted(by_length, reverse=True):
        indices, rows = by_length[length], max(1, min(BATCH_TOKENS // max(1, length[0]), share))
        yield from (indices[start : start + rows] for start in range(0, len(indices), rows))


def in_halves(rows: Sequence[Row], decode: Callable[[Sequence[Row]], list[Result]]) -> list[Result]:
    """What `decode` makes of the rows; where it fails for want of memory, what it makes of each half.

    Raises RuntimeError when a single row fails.
    """
    try:
        return decode(rows)
    except (RuntimeError, MemoryError) as problem:
        if len(rows) == 1:
            raise RuntimeError(str(problem) or "out of memory") from problem
    middle = len(rows) // 2
    return [*in_halves(rows[:middle], decode), *in_halves(rows[middle:], decode)]
