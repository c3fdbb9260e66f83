"""Which setting of a training learns more from the same text: by hand; what was seen goes to docs/training-log.md.

    python benchmarks/training.py WORK --tokens 120000 --arm adamw:tokens=1000 --arm muon:tokens=1000,optimiser=muon

WORK is a folder that `python -m pipeline.train prepare` made; it is read and left as it is. Every arm begins with the
same weights, sees the same examples and ends after as many target tokens. For each validation set the loss of each arm
is compared with that of the first, sentence by sentence (paired bootstrap); processor seconds say what it cost.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from pipeline.metrics import Sample, paired_bootstrap
from pipeline.train.batches import Position, Sampler
from pipeline.train.loop import Loop
from pipeline.train.network import load_network, new_network, repeatable
from pipeline.train.options import Architecture, Course, check_course
from pipeline.train.plan import DEV, START, VOCABULARY, ingredients, read_plan
from pipeline.train.validation import DevSet, Trial, load_dev, try_out
from pipeline.train.vocabulary import Vocabulary

POOL = 4000  # examples sorted together: small, so that a short training sees the same ones whatever its batches are


@dataclass(frozen=True)
class Arm:
    """One way to train, and what came of it."""

    name: str
    updates: int
    seconds: float  # of the processor
    trials: tuple[Trial, ...]


def measured(name: str, work: Path, course: Course, target_tokens: int, note: bool) -> Arm:
    """Train one arm from the weights of the work folder, and try it on the validation sets."""
    plan, vocabulary = read_plan(work), Vocabulary(work / VOCABULARY)
    sampler = Sampler(
        ingredients(plan, work, vocabulary), course, end=vocabulary.end, pad=vocabulary.pad, longest=plan.longest
    )
    course = replace(course, updates=updates_for(sampler, target_tokens))
    check_course(course)
    with tempfile.TemporaryDirectory() as own, repeatable(course):
        network = load_network(work / START) if plan.start else new_network(course.architecture, vocabulary)
        loop = Loop(network, vocabulary, sampler, [], course, "cpu", Path(own), name, said if note else lambda _: None)
        begun = time.process_time()
        outcome = loop.run()
        seconds = time.process_time() - begun
        trials = [try_out(network, vocabulary, one, "cpu", translates=False) for one in load_dev(work / DEV)]
    return Arm(name, outcome.updates, seconds, tuple(trials))


def updates_for(sampler: Sampler, target_tokens: int) -> int:
    """After how many batches so many target tokens were seen."""
    seen = 0
    for number, batch in enumerate(sampler.batches(Position()), 1):
        seen += batch.tokens
        if seen >= target_tokens:
            return number
    raise AssertionError("batches have no end")


def table(arms: Sequence[Arm], sets: Sequence[DevSet]) -> Iterator[str]:
    """Lines of Markdown: the loss of each arm on each set, and what it is beside the first arm."""
    yield "| arm | updates | processor seconds | " + " | ".join(one.name for one in sets) + " |"
    yield "|---" * (3 + len(sets)) + "|"
    for arm in arms:
        cells = [
            compared(first, own) if arm is not arms[0] else f"{loss_of(own).score:.3f}"
            for first, own in zip(arms[0].trials, arm.trials, strict=True)
        ]
        yield f"| {arm.name} | {arm.updates:,} | {arm.seconds:.0f} | " + " | ".join(cells) + " |"


def compared(first: Trial, second: Trial) -> str:
    """The loss of the second, and how much it is above the first, with the interval that holds 95 of 100."""
    found = paired_bootstrap(loss_of(first), loss_of(second))
    return f"{found.second:.3f} ({found.value:+.3f}, {found.low:+.3f} … {found.high:+.3f})"


def loss_of(trial: Trial) -> Sample:
    """The loss for a target token, as a measure that can be drawn from sentence by sentence."""
    rows = np.array([trial.losses, trial.tokens], np.float64).T
    return Sample(rows, lambda sums: float(sums[0] / sums[1]))


def course_of(text: str, common: Course) -> tuple[str, Course]:
    """NAME:FIELD=VALUE,FIELD=VALUE as the name of an arm and its course."""
    name, _, settings = text.partition(":")
    kinds = {field.name: type(getattr(common, field.name)) for field in fields(Course)}
    chosen = dict(one.split("=", 1) for one in filter(None, settings.split(",")))
    unknown = chosen.keys() - kinds.keys()
    if not name or unknown:
        sys.exit(f"--arm {text}: write NAME:FIELD=VALUE,… with fields of Course; unknown: {', '.join(unknown)}")
    return name, replace(common, **{key: kinds[key](value) for key, value in chosen.items()})  # type: ignore[arg-type]


def said(message: str) -> None:
    """Progress."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {message}\n")


def main() -> None:
    """Measure the arms one after another, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--arm", action="append", required=True, metavar="NAME:FIELD=VALUE,…")
    parser.add_argument("--tokens", type=int, default=120_000, help="target tokens of each arm")
    parser.add_argument(
        "--width", type=int, default=256, help="of a new network, where WORK has no model to begin with"
    )
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    common = Course(
        architecture=Architecture(width=options.width, inner=4 * options.width),
        pool=POOL,
        rate=5e-4,
        warmup=10,
        dropout=0.0,
        average=0.0,
        precision="float32",
        device="cpu",
        threads=options.threads,
    )
    arms = []
    for text in options.arm:
        name, course = course_of(text, common)
        said(f"--- {name}")
        arms.append(measured(name, options.work, course, options.tokens, note=True))
        print("\n".join(table(arms, load_dev(options.work / DEV))), flush=True)


if __name__ == "__main__":
    main()
