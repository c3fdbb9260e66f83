"""How good the network is by now: loss, chrF and obedience to hints on sentences held out from training."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import StorageError
from pipeline.train.batches import Batch, Position
from pipeline.train.generation import generate
from pipeline.train.network import loss_sum
from pipeline.train.vocabulary import Vocabulary

if TYPE_CHECKING:
    from transformers import MarianMTModel

ROWS = 32  # to a batch; validation sets are small


@dataclass(frozen=True, slots=True)
class DevSet:
    """Encoded sentences of one direction. `hinted` are those sources that have hints, `renderings` what was asked."""

    name: str
    direction: str
    sources: list[list[int]]
    targets: list[list[int]]
    references: list[str]
    hinted: list[list[int]]
    renderings: list[list[str]]


@dataclass(frozen=True, slots=True)
class Score:
    """`chrf` by set, empty where sacrebleu is not installed; `obeyed` is the part of hints whose rendering came."""

    loss: float
    chrf: dict[str, float]
    obeyed: float | None = None

    @property
    def rank(self) -> tuple[float, float]:
        """Greater is better: the mean of chrF, and by loss where there is none."""
        return (sum(self.chrf.values()) / len(self.chrf) if self.chrf else 0.0, -self.loss)

    def __str__(self) -> str:
        parts = [f"loss {self.loss:.3f}", *(f"{name} chrF {value:.1f}" for name, value in self.chrf.items())]
        return " · ".join([*parts, *([] if self.obeyed is None else [f"hints obeyed {self.obeyed:.0%}"])])


def save_dev(sets: Sequence[DevSet], file: Path) -> None:
    """Keep encoded sets."""
    file.write_text(json.dumps([asdict(one) for one in sets], ensure_ascii=False), encoding="utf-8")


def load_dev(file: Path) -> list[DevSet]:
    """Sets as they were kept. Raises StorageError."""
    try:
        return [DevSet(**one) for one in json.loads(file.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError) as problem:
        raise StorageError(f"{file}: cannot be read ({problem}). Prepare the training again.") from problem


def validate(network: MarianMTModel, vocabulary: Vocabulary, sets: Sequence[DevSet], device: str) -> Score:
    """Score the network; it is set to eval and left so. Without sacrebleu only the loss counts, and takes less time."""
    network.train(False)
    chrf = _chrf()
    found: dict[str, float] = {}
    obeyed = asked = 0
    losses = [_loss(network, vocabulary, one, device) for one in sets]
    for one in sets if chrf else ():
        found[one.name] = chrf(_translated(network, vocabulary, one.sources), one.references) if chrf else 0.0
        for text, renderings in zip(_translated(network, vocabulary, one.hinted), one.renderings, strict=True):
            asked += len(renderings)
            obeyed += sum(rendering.casefold() in text.casefold() for rendering in renderings)
    loss = sum(total for total, _ in losses) / max(1, sum(count for _, count in losses))
    return Score(loss, found, obeyed / asked if asked else None)


def _translated(network: MarianMTModel, vocabulary: Vocabulary, sources: Sequence[Sequence[int]]) -> list[str]:
    longest = max(map(len, sources), default=1)
    return generate(network, vocabulary, sources, tokens=ROWS * longest)


def _chrf() -> Callable[[list[str], list[str]], float] | None:
    try:
        from sacrebleu.metrics.chrf import CHRF
    except ImportError:
        return None
    return lambda texts, references: float(CHRF().corpus_score(texts, [references]).score)


def _loss(network: MarianMTModel, vocabulary: Vocabulary, one: DevSet, device: str) -> tuple[float, int]:
    """Summed cross-entropy without smoothing, and the number of tokens."""
    import torch

    total, count = 0.0, 0
    for start in range(0, len(one.sources), ROWS):
        source, target = (_padded(rows[start : start + ROWS], vocabulary.pad) for rows in (one.sources, one.targets))
        tokens = int((target != vocabulary.pad).sum())
        with torch.inference_mode():
            total += float(loss_sum(network, Batch(source, target, tokens, Position()), 0.0, device))
        count += tokens
    return total, count


def _padded(rows: Sequence[Sequence[int]], pad: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    padded = np.full((len(rows), max(map(len, rows))), pad, np.int64)
    for number, row in enumerate(rows):
        padded[number, : len(row)] = row
    return padded
