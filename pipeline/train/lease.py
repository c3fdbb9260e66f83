"""A whole training in the minutes for which a machine is lent, on work that was prepared at home.

The stages: all directions (`both`), Korean for the texts of a target language (`back.tsv`), the directions of the
product with those (`forward`), a last part on some corpora alone (`final`). Each begins with what the one before made.
All of it lies in the work folder. A call does what is not done yet, as long as it may, and puts every result of its own
into parcels; on another machine, those parcels and the same call go on with the next stage.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.train.backtranslate import back_translate
from pipeline.train.corpus import file_digest, read_rows
from pipeline.train.encode import Encoder
from pipeline.train.options import FORWARD, Course
from pipeline.train.parcel import QUICK, join, pack
from pipeline.train.plan import (
    DEV,
    ENCODED,
    VOCABULARY,
    WEIGHTS,
    Entry,
    Plan,
    copy_start,
    counted,
    read_plan,
    write_plan,
)
from pipeline.train.session import train
from pipeline.train.shard import load_shard, save_shard
from pipeline.train.validation import load_dev, save_dev
from pipeline.train.vocabulary import BACK as BACK_TAG
from pipeline.train.vocabulary import Vocabulary

Note = Callable[[str], None]

BOTH, BACK, AGAIN, FINAL = "both", "back.tsv", "forward", "final"  # results, in the work folder
DONE = "back.done"  # beside back.tsv when nothing is to be added to it
SPENT = "back.seconds"  # what it has taken by now
SO_FAR = "so-far"  # ending of a model whose training was stopped
MODELS = (BOTH, AGAIN, FINAL)
SHARES = {BOTH: 0.40, BACK: 0.20, AGAIN: 0.32, FINAL: 0.08}  # of the minutes
EDGE = 0.05  # of a call: with less left no stage is begun, it would go by with loading


@dataclass(frozen=True, slots=True)
class Lease:
    """What is to be done in which time, and where results go."""

    work: Path  # prepared; everything is made below it
    to: Path  # folder for the parcels of this call
    minutes: float  # of all stages together, in however many calls
    call_minutes: float  # after which this call ends and is to be repeated
    have: tuple[Path, ...] = ()  # folders with parcels of the work and of earlier calls
    texts: Path | None = None  # to be back-translated, one a line; None: no such stage
    lang: str = "zh"  # of the texts
    back_part: float = 0.25  # of the examples that come from back-translations
    back_tokens: int = 60000  # size of a batch when back-translating
    last: tuple[str, ...] = ()  # corpora of the last stage; (): none
    last_rate: float = 1e-4
    mebibytes: float = 15.0  # of a piece of a parcel


def carry_out(lease: Lease, course: Course, note: Note) -> bool:
    """Do as much as the call has time for; whether everything is done. The same call again does the rest.

    `course` is that of the first stage; later ones go on at half its rate. A training that a lost machine had begun is
    begun anew. Raises SettingsError for a work folder without a direction that a stage needs, or unknown corpora.
    """
    until = time.monotonic() + 60 * lease.call_minutes
    for folder in lease.have:
        note(f"unpacked from {folder}: {', '.join(join(folder, lease.work)) or 'nothing new'}")
    _check(lease)
    models: list[Path] = []  # pieces of this call that a later model makes needless
    for name, stage in _stages(lease, course, note):
        if _is_done(lease, name):
            continue
        if until - time.monotonic() < EDGE * 60 * lease.call_minutes:
            return False
        note(f"=== {name}, {_minutes(lease, name):.1f} minutes")
        stage(until)
        is_done = _is_done(lease, name)
        results = _results(lease, name, is_done=is_done)
        pieces = pack(name.partition(".")[0], lease.work, results, lease.to, lease.mebibytes, QUICK)
        note(f"in {lease.to}: {', '.join(piece.name for piece in pieces)}")
        if not is_done:
            return False
        if name != BACK:
            for piece in models:
                piece.unlink()
            models = pieces
    note(f"all is done: join the parcels of every call, and the model is “{FINAL if lease.last else AGAIN}” among them")
    return True


def _stages(lease: Lease, course: Course, note: Note) -> list[tuple[str, Callable[[float], None]]]:
    """The stages in order, each to be called with the time at which it must stop."""
    later = replace(course, rate=course.rate / 2, warmup=min(course.warmup, 200))
    last = replace(later, rate=lease.last_rate, warmup=20)

    def train_stage(name: str, work: Path, stage: Course, until: float) -> None:
        timed = replace(stage, updates=None, minutes=_minutes(lease, name))
        train(work, timed, lease.work / name, note, until=until, so_far=lease.work / f"{name}-{SO_FAR}", replace=True)

    def both(until: float) -> None:
        train_stage(BOTH, lease.work, course, until)

    def back(until: float) -> None:
        quick = replace(course, updates=1, tokens=lease.back_tokens, deterministic=False)
        _back_translate(lease, quick, note, until)

    def again(until: float) -> None:
        train_stage(AGAIN, _forward_work(lease, note), later, until)

    def final(until: float) -> None:
        train_stage(FINAL, _last_work(lease), last, until)

    found = [(BOTH, both), (BACK, back), (AGAIN, again), (FINAL, final)]
    unwanted = {*(() if lease.texts else (BACK,)), *(() if lease.last else (FINAL,))}
    return [(name, stage) for name, stage in found if name not in unwanted]


def _check(lease: Lease) -> None:
    """Raise SettingsError at the beginning for what would stop a later stage."""
    plan = read_plan(lease.work)
    names = {entry.name for entry in plan.entries}
    if unknown := set(lease.last) - names:
        raise SettingsError(f"--last {', '.join(sorted(unknown))}: prepared were {', '.join(sorted(names))}.")
    every = {direction for entry in plan.entries for direction in _directions(lease.work, entry)}
    needed = {*FORWARD, *([f"{lease.lang}-ko"] if lease.texts else [])}
    if missing := needed - every:
        raise SettingsError(
            f"{lease.work} was not prepared for {', '.join(sorted(missing))}. Prepare with --directions."
        )
    if lease.texts:
        Vocabulary(lease.work / VOCABULARY).tag(BACK_TAG)
    if lease.texts and not lease.texts.is_file():
        raise SettingsError(f"--texts {lease.texts}: no such file.")


def _minutes(lease: Lease, name: str) -> float:
    """The share of a stage, what unwanted stages would have had divided among the others."""
    wanted = [one for one in SHARES if (one != BACK or lease.texts) and (one != FINAL or lease.last)]
    return lease.minutes * SHARES[name] / sum(SHARES[one] for one in wanted)


def _is_done(lease: Lease, name: str) -> bool:
    """Whether the result of a stage is there, or one of a later stage, which needs it no more."""
    later = MODELS[MODELS.index(name) :] if name in MODELS else MODELS[1:]
    found = any((lease.work / one / "config.json").is_file() for one in later)
    return found or (name == BACK and (lease.work / DONE).is_file())


def _results(lease: Lease, name: str, *, is_done: bool) -> list[str]:
    """What of a stage is worth carrying home; of a training that was stopped, the model that it has so far."""
    wanted = (BACK, DONE, SPENT) if name == BACK else (name if is_done else f"{name}-{SO_FAR}",)
    return [one for one in wanted if (lease.work / one).exists()]


def _back_translate(lease: Lease, course: Course, note: Note, until: float) -> None:
    """Texts to Korean, until they or the minutes of the stage are at an end, or the call is."""
    assert lease.texts is not None
    spent, begun = lease.work / SPENT, time.monotonic()
    before = float(spent.read_text()) if spent.is_file() else 0.0
    end = begun + 60 * _minutes(lease, BACK) - before
    stop = min(end, until)
    back_translate(lease.work / BOTH, lease.texts, lease.lang, lease.work / BACK, note, course=course, until=stop)
    spent.write_text(f"{before + time.monotonic() - begun:.1f}")
    if time.monotonic() < stop or end <= until:
        (lease.work / DONE).touch()


def _forward_work(lease: Lease, note: Note) -> Path:
    """The work folder of the product's directions: the same examples with the back-translations, begun from `both`."""
    work, plan = lease.work / f"{AGAIN}-work", read_plan(lease.work)
    entries = [_restricted(lease.work, entry) for entry in plan.entries]
    entries = _shared_out([entry for entry in entries if entry.counts.examples])
    if lease.texts and (back := _encoded_back(lease, plan, note)).counts.examples:
        entries = [*(replace(one, part=one.part * (1 - lease.back_part)) for one in entries), back]
    _begin(work, lease.work, lease.work / BOTH, plan, entries)
    return work


def _last_work(lease: Lease) -> Path:
    """The work folder of the last stage: some corpora alone, begun from `forward`."""
    work, plan = lease.work / f"{FINAL}-work", read_plan(lease.work)
    entries = [_restricted(lease.work, entry) for entry in plan.entries if entry.name in lease.last]
    _begin(work, lease.work, lease.work / AGAIN, plan, _shared_out(entries))
    return work


def _encoded_back(lease: Lease, plan: Plan, note: Note) -> Entry:
    """The back-translations as a corpus: without hints, which nobody could check; no text of a validation set."""
    vocabulary = Vocabulary(lease.work / VOCABULARY)
    key = f"back-{file_digest(lease.work / BACK)[:16]}"
    folder = lease.work / ENCODED / key
    if not (folder / "about.json").is_file():
        references = {text for one in load_dev(lease.work / DEV) for text in one.references}
        rows = (row for row in read_rows(lease.work / BACK) if row.text(lease.lang) not in references)
        encoder = Encoder(vocabulary, None, (f"ko-{lease.lang}",), plan.longest, respells=False)
        save_shard(encoder.encode(rows, frozenset(), note), folder)
    counts = load_shard(folder).counts
    note(f"back-translations: {counted(counts)}")
    return Entry("back-translations", key, lease.back_part, True, counts)


def _begin(work: Path, root: Path, start: Path, plan: Plan, entries: Sequence[Entry]) -> None:
    """Make a work folder, directly below `root`, that begins with a model and shares its examples."""
    work.mkdir(exist_ok=True)
    if not (work / ENCODED).exists():
        (work / ENCODED).symlink_to(Path("..") / ENCODED)
    Vocabulary(root / VOCABULARY).copy(work / VOCABULARY)
    copy_start(start, work)
    save_dev([one for one in load_dev(root / DEV) if one.direction in FORWARD], work / DEV)
    write_plan(Plan(FORWARD, plan.longest, file_digest(start / WEIGHTS), tuple(entries)), work)


def _directions(work: Path, entry: Entry) -> tuple[str, ...]:
    return load_shard(work / ENCODED / entry.key).directions


def _restricted(work: Path, entry: Entry) -> Entry:
    """The corpus in the product's directions alone; its part as large as these are in it."""
    shard = load_shard(work / ENCODED / entry.key)
    only = tuple(direction for direction in shard.directions if direction in FORWARD)
    numbers = [shard.directions.index(direction) for direction in only]
    kept = int(((shard.twins != -2) & [one in numbers for one in shard.examples[:, 2]]).sum()) if numbers else 0
    part = entry.part * kept / max(1, entry.counts.examples)
    return replace(entry, only=only, part=part, counts=replace(entry.counts, examples=kept))


def _shared_out(entries: Sequence[Entry]) -> list[Entry]:
    """The same entries with parts that add up to 1."""
    whole = sum(entry.part for entry in entries) or 1.0
    return [replace(entry, part=entry.part / whole) for entry in entries]
