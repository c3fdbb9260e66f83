"""`python -m pipeline.train`: prepare, train, fine-tune, back-translate, or all of it on a machine that is lent.

`train`, `back-translate`, `lease`, `pack` and `join` need torch, transformers, sentencepiece, numpy and safetensors
alone (sacrebleu for chrF), and of this project the folder pipeline/.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import DaeyeokError, Exit, SettingsError
from pipeline.train.arguments import add_course, add_size, corpus_of, course_of, named
from pipeline.train.options import ENOUGH, Course, Preparation


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except DaeyeokError as error:
        _note(f"error: {error}")
        return error.exit_code


# --- commands ---------------------------------------------------------------------------------------------------


def _prepare(options: argparse.Namespace) -> int:
    from pipeline.train.prepare import prepare

    only = dict(named(text, "--only") for text in options.only)
    corpora = [corpus_of(text, only, options.tagged) for text in options.data]
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

    outcome = train(options.work, course_of(options, Course()), options.to, _note, replace=options.replace)
    if not outcome.is_finished:
        _note(f"stopped after {outcome.updates:,} updates; the same command goes on from there")
        return Exit.INTERRUPTED
    return Exit.OK


def _fine_tune(options: argparse.Namespace) -> int:
    from pipeline.settings import load_settings
    from pipeline.train.finetune import Tuning, fine_tune

    root: Path = options.workspace
    glossary = root / "glossary"
    tuning = Tuning(
        output=root / "output",
        start=options.start or root / load_settings(root).model,
        to=options.to,
        work=options.work or options.to.parent / ".training" / f"fine-tune-{options.to.name}",
        files=tuple(options.approved),
        replay=tuple(options.replay),
        dev=tuple(options.dev),
        glossary=glossary if glossary.is_dir() else None,
        with_edited=not options.approved_only,
        least=options.least,
        replace=options.replace,
        anyway=options.anyway,
    )
    result = fine_tune(tuning, _note, lambda course: course_of(options, course))
    if not result.is_finished:
        _note("stopped; the same command goes on from there")
        return Exit.INTERRUPTED
    return Exit.OK if result.model else Exit.FINDINGS


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


def _lease(options: argparse.Namespace) -> int:
    from pipeline.train.lease import Lease, carry_out

    course = course_of(options, Course())
    if course.minutes is None:
        raise SettingsError("The lease has no end. Say with --minutes how many all stages have together.")
    lease = Lease(
        work=options.work,
        to=options.to,
        minutes=course.minutes,
        call_minutes=options.call_minutes,
        have=tuple(options.have),
        texts=options.texts,
        lang=options.lang,
        back_part=options.back_part,
        back_tokens=options.back_tokens,
        last=tuple(options.last),
        last_rate=options.last_rate,
        mebibytes=options.parts,
    )
    if not carry_out(lease, course, _note):
        _note("the time of this call is over; the same command goes on")
        return Exit.INTERRUPTED
    return Exit.OK


def _pack(options: argparse.Namespace) -> int:
    from pipeline.train.parcel import pack

    for piece in pack(options.folder.name, options.folder, ["."], options.to, options.parts):
        _note(f"written: {piece}")
    return Exit.OK


def _join(options: argparse.Namespace) -> int:
    from pipeline.train.parcel import join

    _note(f"in {options.to}: {', '.join(join(options.parcels, options.to))}")
    return Exit.OK


# --- their options ----------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_prepare(commands.add_parser("prepare", help="encode the corpora into a work folder"))
    _add_train(commands.add_parser("train", help="train what was prepared, write a model folder"))
    _add_fine_tune(commands.add_parser("fine-tune", help="a model that learns what the desk approved"))
    _add_back_translate(commands.add_parser("back-translate", help="Korean for texts of a target language"))
    _add_lease(commands.add_parser("lease", help="all stages of a training within the minutes of a lent machine"))
    _add_parcels(
        commands.add_parser("pack", help="a folder as a parcel in pieces of limited size"),
        commands.add_parser("join", help="unpack the parcels of a folder"),
    )
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


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_train)
    parser.add_argument("work", type=Path, help="the prepared folder")
    parser.add_argument("--to", type=Path, required=True, help="the model folder to write")
    parser.add_argument("--replace", action="store_true", help="a model that is there may be replaced")
    add_course(parser)
    add_size(parser)


def _add_fine_tune(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_fine_tune)
    add = parser.add_argument
    add("workspace", type=Path, help="folder with daeyeok.yaml: what people wrote or approved in its output/")
    add("--to", type=Path, required=True, help="the model folder to write, such as models/desk")
    add("--start", type=Path, help="model to begin from (that of daeyeok.yaml)")
    add("--approved", type=Path, nargs="+", default=[], metavar="FILE", help="further approved texts, TSV or TMX")
    add("--approved-only", action="store_true", help="leave out what a person wrote and nobody approved")
    add("--replay", type=Path, nargs="+", default=[], metavar="FILE", help="texts the model was made from, TSV or TMX")
    add("--dev", type=Path, action="append", default=[], help="further set to compare the two models on")
    add("--least", type=int, default=ENOUGH, help=f"approved segments that are enough ({ENOUGH})")
    add("--anyway", action="store_true", help="keep the model even if it is worse on what was held out")
    add("--replace", action="store_true", help="a model that is there may be replaced")
    add("--work", type=Path, help="folder to train in (.training beside the new model)")
    add_course(parser)


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


def _add_lease(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_lease)
    add = parser.add_argument
    add("work", type=Path, help="the prepared folder, or where the parcels of --have are to make it")
    add("--to", type=Path, required=True, help="folder for the parcels with the results of this call")
    add("--call-minutes", type=float, required=True, help="this call ends after so many; repeat it to go on")
    add(
        "--have", type=Path, action="append", default=[], help="folder with parcels: the work, results of earlier calls"
    )
    add("--texts", type=Path, help="texts to back-translate, one a line; without, that stage is left out")
    add("--lang", default="zh", help="language of the texts")
    add("--back-part", type=float, default=0.25, help="part of the examples that come from back-translations (0.25)")
    add("--back-tokens", type=int, default=60000, help="size of a batch when back-translating (60000)")
    add("--last", action="append", default=[], metavar="NAME", help="a corpus of the last stage; without, left out")
    add("--last-rate", type=float, default=1e-4, help="rate of the last stage (1e-4)")
    add("--parts", type=float, default=15.0, help="MiB of a piece of a parcel (15)")
    add_course(parser)
    add_size(parser)


def _add_parcels(pack: argparse.ArgumentParser, join: argparse.ArgumentParser) -> None:
    pack.set_defaults(command=_pack)
    pack.add_argument("folder", type=Path, help="what to pack; checkpoints and hidden files are left out")
    pack.add_argument("--to", type=Path, required=True, help="folder for the pieces")
    pack.add_argument("--parts", type=float, default=15.0, help="MiB of a piece (15)")
    join.set_defaults(command=_join)
    join.add_argument("parcels", type=Path, help="folder with the pieces, those of several parcels too")
    join.add_argument("--to", type=Path, required=True, help="folder to unpack into")


def _note(message: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {message}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
