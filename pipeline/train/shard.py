"""The encoded examples of one corpus, as integer arrays on disk: written once, opened again in a moment.

Two things about an example are left open, to be drawn anew each time it is used: which of its matches carry a hint, and
in which spelling the Korean stands. Both need no second encoding. SentencePiece never joins across a space, so a hint
changes the pieces of one word alone: a *slot* says which pieces of the source those are, and what stands there for each
choice of hints. A second spelling is an example of its own, the *twin* of the first.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VERSION = 1  # of the arrays; a new number makes what was kept before useless
ARRAYS = ("pieces", "offsets", "examples", "twins", "slot_offsets", "slots")

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of a corpus."""

    rows: int = 0
    examples: int = 0  # the twins not counted
    respelled: int = 0  # examples with a second spelling
    hinted: int = 0  # examples with a match
    too_long: int = 0
    held_out: int = 0  # rows that are in a validation set


@dataclass(frozen=True)
class Shard:
    """The encoded examples of one corpus; arrays are read from disk as they are needed.

    pieces        all texts after each other, numbers of the vocabulary
    offsets       [texts + 1] where each text begins in `pieces`
    examples      [n, 3] text of the source, text of the target, number of the direction; twins stand among them
    twins         [n] the example with the other spelling, -1 for none, -2 for one that is itself a twin
    slot_offsets  [n + 1] where the slots of each example begin in `slots`
    slots         [m, 4] first piece, piece after the last, text of the first choice, number of hints k; the choices are
                  numbered 1 to 2^k - 1, bit i for hint i
    """

    directions: tuple[str, ...]
    counts: Counts
    pieces: NDArray[np.integer]
    offsets: Numbers
    examples: NDArray[np.int32]
    twins: NDArray[np.int32]
    slot_offsets: Numbers
    slots: NDArray[np.int32]

    def text(self, number: int) -> NDArray[np.integer]:
        """The pieces of a text."""
        return self.pieces[self.offsets[number] : self.offsets[number + 1]]

    def has_slots(self, example: int) -> bool:
        """Whether a hint can be given."""
        return bool(self.slot_offsets[example] < self.slot_offsets[example + 1])

    def source(self, example: int, draw: np.random.Generator | None = None) -> NDArray[np.integer]:
        """The source; with `draw`, a random part of the matches (at least half of them on average) carries its hint."""
        whole = self.text(self.examples[example, 0])
        if draw is None:
            return whole
        rate = draw.uniform(0.5, 1.0)
        parts, done = [], 0
        for start, end, first, count in self.slots[self.slot_offsets[example] : self.slot_offsets[example + 1]]:
            choice = sum(1 << bit for bit in range(count) if draw.random() < rate)
            if choice:
                parts += [whole[done:start], self.text(first + choice - 1)]
                done = end
        return np.concatenate([*parts, whole[done:]])


def save_shard(shard: Shard, folder: Path) -> None:
    """Write a shard whole: a killed run leaves nothing that looks finished."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    for name in ARRAYS:
        np.save(unfinished / f"{name}.npy", getattr(shard, name))
    about = {"version": VERSION, "directions": shard.directions, "counts": asdict(shard.counts)}
    (unfinished / "about.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    unfinished.replace(folder)


def load_shard(folder: Path) -> Shard:
    """Open a shard; nothing is read yet but its sizes."""
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    # A plain view of the memory map: slicing the map itself costs five times as much.
    arrays = {name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in ARRAYS}
    return Shard(tuple(about["directions"]), Counts(**about["counts"]), **arrays)
