"""A prepared training is carried out, here or on another machine, and its model written."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

from pipeline.train.batches import Sampler
from pipeline.train.export import check_destination, export
from pipeline.train.loop import Loop, Outcome
from pipeline.train.network import choose_device, load_network, new_network, repeatable
from pipeline.train.options import Course, check_course
from pipeline.train.plan import DEV, START, VOCABULARY, Plan, counted, ingredients, read_plan
from pipeline.train.validation import load_dev
from pipeline.train.vocabulary import Vocabulary

Note = Callable[[str], None]


def train(
    work: Path,
    course: Course,
    destination: Path,
    note: Note,
    *,
    replace: bool = False,
    until: float = math.inf,
    so_far: Path | None = None,
) -> Outcome:
    """Train what was prepared in `work`, and write the model folder when the course is at its end.

    Goes on from the checkpoint that is there. Stopped by SIGTERM or Ctrl-C it saves its state, writes no model, and
    says so in the outcome. `replace`: a model at the destination may be replaced. `until`: stop then, by
    `time.monotonic()`. `so_far`: where a stopped training writes what it has, to be kept should the machine be lost.
    """
    check_course(course)
    check_destination(destination, replace=replace)
    plan, vocabulary = read_plan(work), Vocabulary(work / VOCABULARY)
    device = choose_device(course)
    with repeatable(course):
        network = load_network(work / START) if plan.start else new_network(course.architecture, vocabulary)
        note(f"{sum(one.numel() for one in network.parameters()) / 1e6:.1f} million weights, on {device}")
        sampler = Sampler(
            ingredients(plan, work, vocabulary), course, end=vocabulary.end, pad=vocabulary.pad, longest=plan.longest
        )
        loop = Loop(
            network, vocabulary, sampler, load_dev(work / DEV), course, device, work, plan.fingerprint(), note, until
        )
        outcome = loop.run()
    written = destination if outcome.is_finished else so_far
    if written:
        if not outcome.is_finished:
            loop.take_best()
        card = _card(written.name, plan, course, outcome)
        export(loop.network, vocabulary, written, weights=course.weights, longest=plan.longest, card=card)
        note(f"written: {written}")
    return outcome


def _card(name: str, plan: Plan, course: Course, outcome: Outcome) -> str:
    """A beginning of a model card: what is known here."""
    corpora = "\n".join(f"| {one.name} | {counted(one.counts)} | {one.part:.1%} |" for one in plan.entries)
    settings = "\n".join(f"- {key}: {value}" for key, value in asdict(course).items())
    begun = " Begun from another model." if plan.start else ""
    return (
        f"# {name}\n\nTrained on {date.today().isoformat()}: {outcome.updates:,} updates, {outcome.tokens:,} target "
        f"tokens, {outcome.seconds / 3600:.2f} hours. Directions: {', '.join(plan.directions)}.{begun}\n\n"
        f"Best validation: {outcome.best or 'none was made'}.\n\n"
        f"| corpus | rows | part |\n|---|---|---|\n{corpora}\n\nSettings:\n{settings}\n"
    )
