"""The words of the command line of training that stand for fields: corpora, the course, the size of a network."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.train.options import Architecture, Corpus, Course

COURSE_HELP = {
    "updates": "end after so many updates",
    "minutes": "end after so many minutes, earlier parts of a resumed training counted",
    "tokens": "size of a batch: rows times length",
    "accumulate": "batches to an update",
    "pool": "examples drawn and sorted by length together; 200000 on a GPU",
    "rate": "highest learning rate",
    "warmup": "updates until the rate is reached",
    "schedule": "cosine or inverse-sqrt",
    "optimiser": "adamw or muon",
    "dropout": "part of the activations left out",
    "smoothing": "label smoothing",
    "clip": "longest gradient",
    "weight_decay": "of AdamW",
    "average": "decay of the running average of the weights; 0 for none",
    "hints": "part of the examples with matches that carry hints",
    "respelling": "part of the examples with a second spelling that use it",
    "seed": "same seed, same model",
    "device": "auto, cpu or cuda",
    "precision": "auto, bfloat16 or float32",
    "threads": "of the processor; 0 for all",
    "validate_minutes": "between validations",
    "checkpoint_minutes": "between checkpoints",
    "report_seconds": "between progress lines",
    "weights": "precision of the model folder: float16, bfloat16 or float32",
}
SIZE_HELP = {
    "width": "of the network",
    "inner": "width of its feed-forward layers",
    "encoder_layers": "",
    "decoder_layers": "",
    "heads": "0: one for each 64 of the width",
}


CHOICES = {
    "schedule": ("cosine", "inverse-sqrt"),
    "optimiser": ("adamw", "muon"),
    "device": ("auto", "cpu", "cuda"),
    "precision": ("auto", "bfloat16", "float32"),
    "weights": ("float16", "bfloat16", "float32"),
}


def add_course(parser: argparse.ArgumentParser) -> None:
    """Options for the fields of a course; those that are not given are left to `course_of`."""
    _add_fields(parser, Course(), COURSE_HELP)
    parser.add_argument("--fast", action="store_true", help="give up exact repetition for speed on a GPU")


def add_size(parser: argparse.ArgumentParser) -> None:
    """Options for the size of a new network."""
    _add_fields(parser, Architecture(), SIZE_HELP)


def course_of(options: argparse.Namespace, course: Course) -> Course:
    """The course with what the options say otherwise. Raises SettingsError for a word that is not among the choices."""
    given = vars(options)
    for name, allowed in CHOICES.items():
        if given.get(name, allowed[0]) not in allowed:
            raise SettingsError(f"--{name} is one of {', '.join(allowed)}, not “{given[name]}”.")
    size = replace(course.architecture, **{name: given[name] for name in SIZE_HELP if name in given})
    chosen = {name: given[name] for name in COURSE_HELP if name in given}
    return replace(course, architecture=size, **chosen, deterministic=not options.fast)


def _add_fields(parser: argparse.ArgumentParser, defaults: Course | Architecture, helps: dict[str, str]) -> None:
    for name, text in helps.items():
        default = getattr(defaults, name)
        kind = {"updates": int, "minutes": float}.get(name, type(default))
        option, said = f"--{name.replace('_', '-')}", f"{text} ({default})".strip()
        parser.add_argument(option, type=kind, default=argparse.SUPPRESS, help=said)


def corpus_of(text: str, only: dict[str, str], tagged: list[str]) -> Corpus:
    """NAME:WEIGHT:FILE as a corpus. Raises SettingsError."""
    name, _, rest = text.partition(":")
    weight, _, pattern = rest.partition(":")
    try:
        factor = float(weight)
    except ValueError as problem:
        raise SettingsError(f"--data {text}: write NAME:WEIGHT:FILE, as in news:2:corpus/news.tsv.xz.") from problem
    path = Path(pattern)
    paths = sorted(path.parent.glob(path.name)) if "*" in path.name else [path]
    if not pattern or not paths:
        raise SettingsError(f"--data {text}: no such file.")
    directions = tuple(only[name].split(",")) if name in only else None
    return Corpus(name, tuple(paths), weight=factor, directions=directions, is_tagged=name in tagged)


def named(text: str, option: str) -> tuple[str, str]:
    """NAME:VALUE as a pair. Raises SettingsError."""
    name, colon, value = text.partition(":")
    if not colon:
        raise SettingsError(f"{option} {text}: write NAME:VALUE.")
    return name, value
