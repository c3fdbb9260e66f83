"""Two models side by side on validation sentences: what a fine-tuning gained, and what it cost elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.metrics import Difference, Share, chrf, paired_bootstrap, total
from pipeline.train.network import load_network
from pipeline.train.validation import DevSet, Trial, try_out
from pipeline.train.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Comparison:
    """One set in one direction, by the first model and by the second.

    `chrf` is of greedy translations without hints; `loss` is the mean for a token; `hints` those obeyed when given.
    """

    name: str
    sentences: int
    chrf: Difference
    loss: tuple[float, float]
    hints: tuple[Share, Share]


def compare(first: Path, second: Path, sets: Sequence[DevSet], device: str) -> list[Comparison]:
    """Both model folders, of one vocabulary, on each set. Raises ModelError."""
    trials = [_trials(model, sets, device) for model in (first, second)]
    return [_comparison(one, *both) for one, *both in zip(sets, *trials, strict=True)]


def table(comparisons: Sequence[Comparison], names: tuple[str, str]) -> str:
    """The comparisons as Markdown."""
    first, second = names
    lines = [f"| set | sentences | chrF {first} → {second} | p | loss | hints obeyed |", "|---|---|---|---|---|---|"]
    for one in comparisons:
        hints = " → ".join("–" if share.percent is None else f"{share.percent:.0f} %" for share in one.hints)
        lines.append(
            f"| {one.name} | {one.sentences} | {one.chrf.first:.1f} → {one.chrf.second:.1f} ({one.chrf.value:+.1f}) "
            f"| {one.chrf.p:.3f} | {one.loss[0]:.3f} → {one.loss[1]:.3f} | {hints} |"
        )
    all_hints = [total(one.hints[place] for one in comparisons) for place in (0, 1)]
    if all_hints[0].of:
        lines.append(f"| all | | | | | {all_hints[0].percent:.0f} % → {all_hints[1].percent:.0f} % |")
    return "\n".join(lines)


def _trials(model: Path, sets: Sequence[DevSet], device: str) -> list[Trial]:
    vocabulary = Vocabulary(model)
    network = load_network(model).to(device)  # type: ignore[arg-type]
    return [try_out(network, vocabulary, one, device) for one in sets]


def _comparison(one: DevSet, first: Trial, second: Trial) -> Comparison:
    before, after = (chrf(trial.texts, one.references) for trial in (first, second))
    losses = [sum(trial.losses) / max(1, sum(trial.tokens)) for trial in (first, second)]
    hints = [Share(*trial.obeyed(one)) for trial in (first, second)]
    return Comparison(
        one.name, len(one.references), paired_bootstrap(before, after), (losses[0], losses[1]), (hints[0], hints[1])
    )
