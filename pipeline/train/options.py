"""What a training is told: its corpora, how they are prepared, the size of the network, and the course it takes.

A `Preparation` decides the numbers that are written down once; a `Course` decides what is done with them. The two are
apart because a prepared folder can be carried to another machine and trained there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import SettingsError
from pipeline.languages import SOURCE, TARGETS

Schedule = Literal["cosine", "inverse-sqrt"]
Precision = Literal["auto", "bfloat16", "float32"]
Device = Literal["auto", "cpu", "cuda"]
Kind = Literal["adamw", "muon"]
Weights = Literal["float16", "bfloat16", "float32"]

LANGUAGES = (SOURCE.code, *TARGETS)
FORWARD = tuple(f"{SOURCE.code}-{code}" for code in TARGETS)  # what the product translates
ENOUGH = 100  # approved segments for a fine-tuning: from fewer a model learns their words by heart and forgets others


@dataclass(frozen=True, slots=True)
class Row:
    """One text in up to three languages, "" where there is none; white space flat, NFC."""

    ko: str = ""
    zh: str = ""
    en: str = ""

    def text(self, lang: str) -> str:
        """The text in a language."""
        return {"ko": self.ko, "zh": self.zh, "en": self.en}[lang]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Bilingual text from files, or given as rows, and how much of it the training sees.

    A row with weight 2 is seen twice as often as one with weight 1. `share`, where given, comes before the weight: this
    part of all examples comes from this corpus, however large it is.
    """

    name: str
    paths: tuple[Path, ...] = ()  # .tsv, .tmx, either also .gz or .xz; a folder is read as a glossary
    rows: tuple[Row, ...] = ()
    weight: float = 1.0
    share: float | None = None
    directions: tuple[str, ...] | None = None  # None: those of the Preparation
    is_tagged: bool = False  # back-translations: marked, so that their Korean is not learned as good Korean


@dataclass(frozen=True, slots=True)
class Preparation:
    """Everything that decides the encoded examples. `work` is the folder that will hold them, and all else."""

    work: Path
    corpora: tuple[Corpus, ...]
    directions: tuple[str, ...] = FORWARD
    start: Path | None = None  # a model folder to go on from: its weights and its vocabulary
    vocabulary: Path | None = None  # a model folder whose vocabulary is taken over, without the weights
    pieces: int = 16000  # size of a new vocabulary
    splits_digits: bool = False  # a new vocabulary has each digit as a piece of its own
    vocabulary_texts: tuple[Path, ...] = ()  # further one-column texts that a new vocabulary should know
    longest: int = 120  # pieces of a source or target, hints counted, tag and end not
    glossary: Path | None = None  # folder of *.yaml: its terms become hints where the reference has them
    hint_words: tuple[Path, ...] = ()  # further TSV ko zh en of words to hint, so that copying is learned broadly
    respells: bool = False  # keep a second version of each Korean text, in the spelling of the Chinese press
    dev: tuple[Path, ...] = ()  # TSV, or the prefix of parallel files: dev/news for dev/news.ko, .zh, .en
    dev_sentences: int = 100
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Architecture:
    """The size of a new network: a deep encoder and a shallow decoder, tied embeddings."""

    width: int = 256
    inner: int = 1024
    encoder_layers: int = 6
    decoder_layers: int = 3
    heads: int = 0  # 0: one for each 64 of the width


@dataclass(frozen=True, slots=True)
class Course:
    """How the network is trained. Ends after `updates` or `minutes`, whichever comes first; one is needed."""

    architecture: Architecture = Architecture()
    updates: int | None = None
    minutes: float | None = None  # of the clock, validation counted, earlier parts of a resumed training too
    tokens: int = 6000  # in a batch: rows times the longer of source and target, padding counted
    accumulate: int = 1  # batches to an update
    pool: int = 40000  # examples that are drawn, sorted by length and cut into batches together
    rate: float = 1e-3
    warmup: int = 300
    schedule: Schedule = "cosine"
    optimiser: Kind = "adamw"
    dropout: float = 0.1
    smoothing: float = 0.1
    clip: float = 1.0
    weight_decay: float = 0.01
    average: float = (
        0.999  # decay of the moving average of the weights, which is what is validated and exported; 0: none
    )
    hints: float = 0.7  # part of the examples with matches that carry hints
    respelling: float = 0.5  # part of the examples with a second spelling that use it
    seed: int = 1
    device: Device = "auto"
    precision: Precision = "auto"  # bfloat16 on a GPU, and on a processor where it is measured to be faster
    threads: int = 0
    deterministic: bool = True  # costs nothing on a processor, some speed on a GPU
    validate_minutes: float = 10.0
    checkpoint_minutes: float = 10.0
    report_seconds: float = 30.0
    weights: Weights = "float16"  # of the exported folder


def check_directions(directions: Iterable[str]) -> None:
    """Raise SettingsError for a direction that is not two of our languages, as in ko-zh."""
    for direction in directions:
        source, _, target = direction.partition("-")
        if source not in LANGUAGES or target not in LANGUAGES or source == target:
            raise SettingsError(f"“{direction}” is not a direction. Write two of {', '.join(LANGUAGES)}, as in ko-zh.")


def check_course(course: Course) -> None:
    """Raise SettingsError for a course that has no end or cannot be walked."""
    if course.updates is None and course.minutes is None:
        raise SettingsError("The training has no end. Give a number of updates, or of minutes, or both.")
    numbers = (course.tokens, course.accumulate, course.pool, course.rate, course.clip)
    if any(number <= 0 for number in (*numbers, *filter(None, (course.updates, course.minutes)))):
        raise SettingsError("Tokens, accumulate, pool, rate, clip, updates and minutes of a training are above 0.")
    for name, part in (("hints", course.hints), ("respelling", course.respelling), ("dropout", course.dropout)):
        if not 0 <= part <= 1:
            raise SettingsError(f"“{name}” is a part from 0 to 1, not {part}.")
    if not 0 <= course.average < 1:
        raise SettingsError(f"“average” is from 0 to below 1, not {course.average}.")
    size = course.architecture
    heads = size.heads or max(1, size.width // 64)
    if size.width % heads or size.width % 2:
        raise SettingsError(f"A width of {size.width} cannot be divided among {heads} heads. Use a multiple of 64.")
