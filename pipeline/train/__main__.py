"""`python -m pipeline.train`: prepare, train, back-translate from a plain folder, with no workspace.

`train` and `back-translate` need torch, transformers, sentencepiece, numpy and safetensors alone (sacrebleu for chrF).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

from pipeline.errors import DaeyeokError, Exit, SettingsError
from pipeline.train.options import Architecture, Corpus, Course, Preparation

COURSE_HELP = {
    "updates": "end after so many updates",
    "minutes": "end after so many minutes, earlier parts of a resumed training counted",
    "tokens": "size of a batch: rows times length",
    "accumulate": "batches to an update",
    "pool": "examples drawn and sorted by length together; 200000 on a GPU",
    "rate": "highest learning rate",
    "warmup": "updates until the rate is reached",
    "schedule": "cosine or inverse-sqrt",
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except DaeyeokError as error:
        _note(f"error: {error}")
        return error.exit_code


def _prepare(options: argparse.Namespace) -> int:
    from pipeline.train.prepare import prepare

    only = dict(_named(text, "--only") for text in options.only)
    corpora = [_corpus(text, only, options.tagged) for text in options.data]
    unknown = ({*only, *options.tagged}) - {corpus.name for corpus in corpora}
    if unknown:
        raise SettingsError(f"No --data is called {', '.join(sorted(unknown))}.")
    preparation = Preparation(
        options.work,
        tuple(corpora),
        directions=tuple(options.directions.split(",")),
        start=options.start,
        vocabulary=options.vocabulary,
        pieces=options.pieces,
        splits_digits=options.split_digits,
        vocabulary_texts=tuple(options.vocabulary_text),
        longest=options.longest,
        glossary=options.glossary,
        hint_words=tuple(options.hint_words),
        respells=options.respell,
        dev=tuple(options.dev),
        dev_sentences=options.dev_sentences,
        seed=options.seed,
    )
    prepare(preparation, _note)
    return Exit.OK


def _train(options: argparse.Namespace) -> int:
    from pipeline.train.session import train

    outcome = train(options.work, _course(options), options.to, _note, replace=options.replace)
    if not outcome.is_finished:
        _note(f"stopped after {outcome.updates:,} updates; the same command goes on from there")
        return Exit.INTERRUPTED
    return Exit.OK


def _back_translate(options: argparse.Namespace) -> int:
    from pipeline.train.backtranslate import back_translate

    course = Course(updates=1, tokens=options.tokens, device=options.device, seed=options.seed, deterministic=False)
    back_translate(
        options.model,
        options.texts,
        options.lang,
        options.to,
        _note,
        limit=options.limit,
        draws=options.draw,
        beam=options.beam,
        course=course,
    )
    return Exit.OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_prepare(commands.add_parser("prepare", help="encode the corpora into a work folder"))
    train = commands.add_parser("train", help="train what was prepared, write a model folder")
    train.set_defaults(command=_train)
    train.add_argument("work", type=Path, help="the prepared folder")
    train.add_argument("--to", type=Path, required=True, help="the model folder to write")
    train.add_argument("--replace", action="store_true", help="a model that is there may be replaced")
    train.add_argument("--fast", action="store_true", help="give up exact repetition for speed on a GPU")
    _add_fields(train, Course(), COURSE_HELP)
    _add_fields(train, Architecture(), SIZE_HELP)
    _add_back_translate(commands.add_parser("back-translate", help="Korean for texts of a target language"))
    return parser


def _add_prepare(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_prepare)
    add = parser.add_argument
    add("work", type=Path, help="folder for everything that training needs")
    add(
        "--data",
        action="append",
        required=True,
        metavar="NAME:WEIGHT:FILE",
        help="repeat for each; FILE may be a pattern",
    )
    add("--only", action="append", default=[], metavar="NAME:DIRECTIONS", help="directions for one of the data")
    add("--tagged", action="append", default=[], metavar="NAME", help="this one is back-translated")
    add("--directions", default="ko-zh,ko-en", help="such as ko-zh,ko-en,zh-ko")
    add("--start", type=Path, help="model folder to go on from")
    add("--vocabulary", type=Path, help="model folder whose vocabulary is taken over")
    add("--pieces", type=int, default=16000, help="size of a new vocabulary")
    add("--split-digits", action="store_true", help="a new vocabulary has each digit by itself")
    add("--vocabulary-text", type=Path, action="append", default=[], help="further texts for a new vocabulary")
    add("--longest", type=int, default=120, help="pieces of a source or target")
    add("--glossary", type=Path, help="folder of *.yaml for hints")
    add("--hint-words", type=Path, action="append", default=[], help="TSV ko zh en of further words to hint")
    add("--respell", action="store_true", help="give South Korean text a second version in the spelling of the press")
    add("--dev", type=Path, action="append", default=[], help="TSV, or prefix of parallel files, to validate on")
    add("--dev-sentences", type=int, default=100, help="of each set")
    add("--seed", type=int, default=1)


def _add_back_translate(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_back_translate)
    add = parser.add_argument
    add("model", type=Path, help="model folder trained into Korean too")
    add("texts", type=Path, help="one text a line, first column")
    add("--lang", default="zh", help="language of the texts")
    add("--to", type=Path, required=True, help="TSV to write, or to go on with")
    add("--limit", type=int, help="only so many texts")
    add("--draw", action="store_true", help="draw among the likeliest pieces")
    add("--beam", type=int, default=1)
    add("--tokens", type=int, default=8000, help="size of a batch")
    add("--device", default="auto")
    add("--seed", type=int, default=1)


def _add_fields(parser: argparse.ArgumentParser, defaults: Course | Architecture, helps: dict[str, str]) -> None:
    for name, text in helps.items():
        default = getattr(defaults, name)
        kind = {"updates": int, "minutes": float}.get(name, type(default))
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=kind, default=default, help=f"{text} ({default})".strip()
        )


def _course(options: argparse.Namespace) -> Course:
    size = Architecture(**{field.name: getattr(options, field.name) for field in fields(Architecture)})
    chosen = {name: getattr(options, name) for name in COURSE_HELP}
    for name, allowed in (
        ("schedule", ("cosine", "inverse-sqrt")),
        ("device", ("auto", "cpu", "cuda")),
        ("precision", ("auto", "bfloat16", "float32")),
        ("weights", ("float16", "bfloat16", "float32")),
    ):
        if chosen[name] not in allowed:
            raise SettingsError(f"--{name} is one of {', '.join(allowed)}, not “{chosen[name]}”.")
    return replace(Course(architecture=size, **chosen), deterministic=not options.fast)


def _corpus(text: str, only: dict[str, str], tagged: list[str]) -> Corpus:
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


def _named(text: str, option: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise SettingsError(f"{option} {text}: write NAME:VALUE.")
    return name, value


def _note(message: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {message}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
