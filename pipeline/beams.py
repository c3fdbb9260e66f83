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
VERSION = 1  # of everything here that decides an output; part of every signature


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


SEARCHES = {"usual": usual, "retry": retry}  # by effort


def longest_output(source: int, positions: int) -> int:
    """Pieces at which decoding stops, for a source of `source` pieces.

    In 3,170 reference translations of news the target never had more than twice the pieces of the source, plus two.
    """
    return min(positions, 2 * source + 16)


def batches(lengths: Sequence[int], workers: int = 1) -> Iterator[list[int]]:
    """Indices in batches of equal length, the longest first (what runs out of memory does so at once).

    Equal, because a padded sequence does not get exactly the numbers it gets alone: of 600 sentences in int8, 21 had
    another score in padded batches of 32 than alone, none in batches of equal length. A run that was killed and
    started again meets its sentences in other company and must come to the same end.
    """
    share = -(-len(lengths) // max(1, workers))
    by_length: dict[int, list[int]] = {}
    for index, length in enumerate(lengths):
        by_length.setdefault(length, []).append(index)
    for length in sorted(by_length, reverse=True):
        indices, rows = by_length[length], max(1, min(BATCH_TOKENS // max(1, length), share))
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
