"""What a work folder was prepared for. The folder holds all that training needs, to be carried where a GPU is:

plan.json     which shards, in what parts; longest source; directions
vocabulary/   source.spm, target.spm, vocab.json
start/        the model to go on from, if there is one
encoded/      one folder for each corpus, named by its content
dev.json      validation sentences
checkpoint.pt, best.pt   written while training
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from pipeline.errors import StorageError
from pipeline.train.batches import Ingredient
from pipeline.train.shard import Counts, load_shard
from pipeline.train.vocabulary import BACK, Vocabulary, language_tag

FILE = "plan.json"
VOCABULARY, START, ENCODED, DEV = "vocabulary", "start", "encoded", "dev.json"
CONFIG, WEIGHTS = "config.json", "model.safetensors"  # of the model to go on from


@dataclass(frozen=True, slots=True)
class Entry:
    """A corpus of a plan."""

    name: str
    key: str  # its folder below encoded/
    part: float  # of all examples
    is_tagged: bool
    counts: Counts
    only: tuple[str, ...] = ()  # directions that are used of it; (): all it was encoded in


@dataclass(frozen=True, slots=True)
class Plan:
    """What a work folder was prepared for."""

    directions: tuple[str, ...]
    longest: int
    start: str  # digest of the weights to go on from, "" for a new network
    entries: tuple[Entry, ...]

    def fingerprint(self) -> str:
        """A text that changes when the examples or the beginning do."""
        only = [one.only for one in self.entries]
        entries = [(one.key, one.part, one.is_tagged) for one in self.entries]
        return repr((self.longest, self.start, entries, *([only] if any(only) else [])))


def read_plan(work: Path) -> Plan:
    """The plan of a work folder. Raises StorageError where it was not prepared."""
    try:
        kept = json.loads((work / FILE).read_text(encoding="utf-8"))
        entries = [_entry(entry) for entry in kept["entries"]]
        return Plan(tuple(kept["directions"]), kept["longest"], kept["start"], tuple(entries))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise StorageError(f"{work}: no training was prepared there ({problem}). Prepare one first.") from problem


def _entry(kept: dict[str, object]) -> Entry:
    counts, only = cast("dict[str, int]", kept["counts"]), cast("list[str]", kept.get("only", []))
    return Entry(**{**kept, "counts": Counts(**counts), "only": tuple(only)})  # type: ignore[arg-type]


def write_plan(plan: Plan, work: Path) -> None:
    """Keep the plan, whole or not at all."""
    unfinished = work / ".plan.json.unfinished"
    unfinished.write_text(json.dumps(asdict(plan), ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.replace(work / FILE)


def copy_start(model: Path, work: Path) -> None:
    """Put the network of a model folder where the training begins from it."""
    (work / START).mkdir(exist_ok=True)
    for name in (CONFIG, WEIGHTS):
        shutil.copyfile(model / name, work / START / name)


def ingredients(plan: Plan, work: Path, vocabulary: Vocabulary) -> list[Ingredient]:
    """The corpora of a plan as the sampler takes them. Raises StorageError for examples that are gone."""
    found = []
    for entry in plan.entries:
        try:
            shard = load_shard(work / ENCODED / entry.key)
        except (OSError, ValueError, KeyError) as problem:
            raise StorageError(f"{work}: the examples of {entry.name} are not whole. Prepare again.") from problem
        back = (vocabulary.tag(BACK),) if entry.is_tagged else ()
        tags = [vocabulary.tag(language_tag(direction.split("-")[1])) for direction in shard.directions]
        only = frozenset(map(shard.directions.index, entry.only)) if entry.only else None
        found.append(Ingredient(shard, entry.part, tuple((tag, *back) for tag in tags), only))
    return found


def counted(counts: Counts) -> str:
    """What became of the rows, in words."""
    said = [f"{counts.rows:,} rows", f"{counts.examples:,} examples"]
    said += [f"{counts.hinted:,} with matches"] if counts.hinted else []
    said += [f"{counts.respelled:,} in two spellings"] if counts.respelled else []
    said += [f"{counts.too_long:,} too long"] if counts.too_long else []
    said += [f"{counts.held_out:,} held out"] if counts.held_out else []
    return ", ".join(said)
