"""Fine-tuning on the desk's own translations: what people approved goes into the model, if the model gets better by it.

A part is held out by article and never trained on. The model is compared on it with the one it began from, and a
worse one is not put in place.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path

from pipeline.errors import SettingsError, StorageError
from pipeline.store import write_file
from pipeline.train.approved import Document, counted, gather, hold_out, triples
from pipeline.train.comparison import Comparison, compare, table
from pipeline.train.corpus import read_rows
from pipeline.train.export import check_destination
from pipeline.train.loop import BEST, CHECKPOINT
from pipeline.train.network import choose_device, repeatable
from pipeline.train.options import ENOUGH, LANGUAGES, Corpus, Course
from pipeline.train.plan import DEV, FILE, read_plan
from pipeline.train.prepare import fine_tuning, prepare
from pipeline.train.session import train
from pipeline.train.validation import load_dev
from pipeline.train.vocabulary import sample

Note = Callable[[str], None]

PART = 0.1  # of the approved segments, held out
MOST_HELD = 200  # held-out segments that are translated at each validation
REPLAY_ROWS, REPLAY_FACTOR = 5000, 10  # rows of replay at most, or so many times the approved ones
VALIDATE_MINUTES = 3.0
HELD, MODEL = "held-out.tsv", "model"  # in the work folder


@dataclass(frozen=True, slots=True)
class Tuning:
    """What is to be learned, by which model, and where the new one goes."""

    output: Path  # the folder with a folder for each article
    start: Path
    to: Path
    work: Path
    files: tuple[Path, ...] = ()  # further approved translations, TSV or TMX
    replay: tuple[Path, ...] = ()  # texts of the model's own training, so that it forgets little
    dev: tuple[Path, ...] = ()  # further sets to compare the models on
    glossary: Path | None = None  # for hints
    with_edited: bool = True  # what a person wrote counts where nobody pressed approve
    least: int = ENOUGH
    replace: bool = False  # a model at `to` may be replaced
    anyway: bool = False  # put the new model in place even where it is worse


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it. Not finished: it was stopped, and the same call goes on. `model`: None where none was kept."""

    is_finished: bool
    comparisons: tuple[Comparison, ...] = ()
    model: Path | None = None

    @property
    def gain(self) -> float:
        """By how much chrF is higher on what was held out, the mean of its languages; below 0 is worse."""
        held = [one.chrf.value for one in self.comparisons if one.name.startswith(HELD)]
        return sum(held) / len(held) if held else 0.0


def fine_tune(tuning: Tuning, note: Note, change: Callable[[Course], Course] = lambda course: course) -> Result:
    """Gather, hold out, prepare, train, compare, and put the model in place if it is no worse.

    `change` may alter the course that the amount of text suggests. A worse model stays in the work folder; the same
    call with `anyway` puts it in place without training again. Raises SettingsError where too little was approved.
    """
    check_destination(tuning.to, replace=tuning.replace)
    documents = gather(tuning.output, tuning.files, with_edited=tuning.with_edited)
    learned, held = hold_out(documents, PART)
    note(f"approved: {counted(documents)}")
    _check_enough(documents, held, tuning)
    note(f"to learn from: {counted(learned)}; held out to compare: {counted(held)}")
    course = change(_prepare(tuning, learned, held, note))
    if not train(tuning.work, course, tuning.work / MODEL, note, replace=True).is_finished:
        return Result(is_finished=False)
    with repeatable(course):
        found = compare(tuning.start, tuning.work / MODEL, load_dev(tuning.work / DEV), choose_device(course))
    result = Result(True, tuple(found))
    report = table(found, (tuning.start.name, tuning.to.name))
    note(f"compared:\n{report}")
    if result.gain < 0 and not tuning.anyway:
        note(
            f"not put in place: chrF is {-result.gain:.1f} lower on what was held out. The model stays in "
            f"{tuning.work / MODEL}; approve more and train again, or take it with --anyway."
        )
        return result
    _put_in_place(tuning, report, [document.name for document in held])
    note(f"written: {tuning.to}. To use it, name it in daeyeok.yaml; to undo that, name {tuning.start} again.")
    return changed(result, model=tuning.to)


def _check_enough(documents: Sequence[Document], held: Sequence[Document], tuning: Tuning) -> None:
    count = sum(len(document.rows) for document in documents)
    if count < tuning.least:
        raise SettingsError(
            f"{count} segments are approved, and {tuning.least} are needed: from fewer a model learns these very "
            f"sentences and forgets others. Approve more, name files with --approved, or say --least {max(count, 2)}."
        )
    if not held:
        raise SettingsError("All approved segments are of one article, and none can be held out. Approve another one.")


def _prepare(tuning: Tuning, learned: Sequence[Document], held: Sequence[Document], note: Note) -> Course:
    """Make the work folder ready; the course that suits the amount of text. An older checkpoint is put away."""
    _write_held(tuning.work / HELD, held)
    count = sum(len(document.rows) for document in learned)
    most = max(REPLAY_ROWS, REPLAY_FACTOR * count)
    replay = [Corpus(file.name, rows=tuple(sample(read_rows(file), most, seed=1))) for file in tuning.replay]
    if not replay:
        note("no --replay: the model may forget what the approved segments do not contain")
    preparation, course = fine_tuning(
        tuning.start,
        triples(learned),
        tuning.work,
        replay=replay,
        glossary=tuning.glossary,
        dev=(tuning.work / HELD, *tuning.dev),
    )
    before = read_plan(tuning.work).fingerprint() if (tuning.work / FILE).exists() else None
    plan = prepare(changed(preparation, dev_sentences=MOST_HELD), note)
    if before is not None and before != plan.fingerprint() and (tuning.work / CHECKPOINT).exists():
        note("what was approved has changed: the training begins anew")
        _forget(tuning.work)
    return changed(course, validate_minutes=VALIDATE_MINUTES)


def _write_held(file: Path, held: Sequence[Document]) -> None:
    """The held-out rows as a test set that `daeyeok evaluate` reads too."""
    columns = (*LANGUAGES, "document")
    lines = ["\t".join(columns)]
    for document in held:
        for row in document.rows:
            texts = [" ".join(row.text(lang).split()) for lang in LANGUAGES]
            lines.append("\t".join((*texts, document.name)))
    write_file(file, ("\n".join(lines) + "\n").encode())


def _put_in_place(tuning: Tuning, report: str, held: Sequence[str]) -> None:
    """Move the model from the work folder to where it was wanted, its card completed; the checkpoint is done with."""
    model = tuning.work / MODEL
    try:
        with (model / "README.md").open("a", encoding="utf-8") as card:
            card.write(f"\nBegun from {tuning.start.name}. On articles held out ({', '.join(held)}):\n\n{report}\n")
        tuning.to.parent.mkdir(parents=True, exist_ok=True)
        if tuning.to.exists():
            shutil.rmtree(tuning.to)
        shutil.move(model, tuning.to)
    except OSError as problem:
        raise StorageError(f"{tuning.to}: cannot be written ({problem}). The model is in {model}.") from problem
    _forget(tuning.work)


def _forget(work: Path) -> None:
    for name in (CHECKPOINT, BEST):
        (work / name).unlink(missing_ok=True)
