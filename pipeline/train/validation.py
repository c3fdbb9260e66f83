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
from pipeline.train.network import row_losses
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


@dataclass(frozen=True, slots=True)
class Trial:
    """What a network made of one set. `losses` are summed over a sentence's tokens, `tokens` says how many."""

    losses: list[float]
    tokens: list[int]
    texts: list[str]  # none where nothing was translated
    hinted: list[str]

    def obeyed(self, one: DevSet) -> tuple[int, int]:
        """How many of the set's hints came, and how many were given."""
        given = one.renderings if self.hinted else []
        pairs = [(text, each) for text, asked in zip(self.hinted, given, strict=True) for each in asked]
        return sum(each.casefold() in text.casefold() for text, each in pairs), len(pairs)


def validate(network: MarianMTModel, vocabulary: Vocabulary, sets: Sequence[DevSet], device: str) -> Score:
    """Score the network; it is set to eval and left so. Without sacrebleu only the loss counts, and takes less time."""
    chrf = _chrf()
    trials = [try_out(network, vocabulary, one, device, translates=chrf is not None) for one in sets]
    found = {one.name: chrf(trial.texts, one.references) for one, trial in zip(sets, trials, strict=True) if chrf}
    loss = sum(sum(trial.losses) for trial in trials) / max(1, sum(sum(trial.tokens) for trial in trials))
    hints = [trial.obeyed(one) for one, trial in zip(sets, trials, strict=True)]
    asked = sum(count for _, count in hints)
    return Score(loss, found, sum(hits for hits, _ in hints) / asked if asked else None)


def try_out(
    network: MarianMTModel, vocabulary: Vocabulary, one: DevSet, device: str, *, translates: bool = True
) -> Trial:
    """Losses of the set's sentences and, if asked for, their greedy translations; the network is left in eval."""
    network.train(False)
    losses, tokens = _losses(network, vocabulary, one, device)
    texts, hinted = (
        _translated(network, vocabulary, sources) if translates else [] for sources in (one.sources, one.hinted)
    )
    return Trial(losses, tokens, texts, hinted)


def _translated(network: MarianMTModel, vocabulary: Vocabulary, sources: Sequence[Sequence[int]]) -> list[str]:
    longest = max(map(len, sources), default=1)
    return generate(network, vocabulary, sources, tokens=ROWS * longest)


def _chrf() -> Callable[[list[str], list[str]], float] | None:
    try:
        from sacrebleu.metrics.chrf import CHRF
    except ImportError:
        return None
    return lambda texts, references: float(CHRF().corpus_score(texts, [references]).score)


def _losses(network: MarianMTModel, vocabulary: Vocabulary, one: DevSet, device: str) -> tuple[list[float], list[int]]:
    """Summed cross-entropy without smoothing, and the number of tokens, of each sentence."""
    import torch

    losses: list[float] = []
    for start in range(0, len(one.sources), ROWS):
        source, target = (_padded(rows[start : start + ROWS], vocabulary.pad) for rows in (one.sources, one.targets))
        with torch.inference_mode():
            losses += row_losses(network, Batch(source, target, 0, Position()), device)
    return losses, [len(target) for target in one.targets]


def _padded(rows: Sequence[Sequence[int]], pad: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    padded = np.full((len(rows), max(map(len, rows))), pad, np.int64)
    for number, row in enumerate(rows):
        padded[number, : len(row)] = row
    return padded
