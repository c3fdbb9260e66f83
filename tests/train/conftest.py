"""A toy corpus of our own and a network small enough to learn it in seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipeline.train.options import Architecture, Corpus, Course, Preparation
from pipeline.train.prepare import prepare
from pipeline.train.session import train

PLACES = (
    ("심양", "沈阳", "Shenyang"),
    ("대련", "大连", "Dalian"),
    ("단동", "丹东", "Dandong"),
    ("영구", "营口", "Yingkou"),
)
TIMES = (
    ("어제", "昨天", "yesterday"),
    ("오늘", "今天", "today"),
    ("봄에", "春天", "in spring"),
    ("밤에", "夜里", "at night"),
)
# One Korean word with two renderings, each as often: only a hint can tell which is wanted.
MEETINGS = (("회의", "会议", "meeting"), ("회의", "大会", "assembly"))

GLOSSARY = """\
- ko: 회의
  zh: {preferred: 会议, admitted: [大会]}
  en: {preferred: meeting, admitted: [assembly]}
  kind: term
  domain: test
"""

TINY = Architecture(width=64, inner=128, encoder_layers=2, decoder_layers=1, heads=4)
QUICK = Course(
    architecture=TINY,
    updates=5,
    tokens=400,
    pool=64,
    rate=4e-3,
    warmup=20,
    dropout=0.1,
    average=0.9,
    precision="float32",
    threads=1,
    validate_minutes=60,
    report_seconds=0,
    device="cpu",
)


def toy_lines() -> list[str]:
    """32 rows: Korean, Chinese, English."""
    return [
        f"{time[0]} {place[0]}에서 {meeting[0]}를 열었다.\t{time[1]}{place[1]}召开了{meeting[1]}。"
        f"\tThe {meeting[2]} was held in {place[2]} {time[2]}."
        for place in PLACES
        for time in TIMES
        for meeting in MEETINGS
    ]


@dataclass(frozen=True)
class Toy:
    """Files of the toy corpus, what to prepare, and the shortest course."""

    root: Path
    tsv: Path
    glossary: Path
    preparation: Preparation
    course: Course = QUICK
    places: tuple[tuple[str, str, str], ...] = PLACES
    times: tuple[tuple[str, str, str], ...] = TIMES
    meetings: tuple[tuple[str, str, str], ...] = MEETINGS

    @property
    def lines(self) -> list[str]:
        """The rows of the corpus."""
        return toy_lines()


@dataclass(frozen=True)
class Trained:
    """A model folder that learned the toy corpus by heart, and what was said on the way."""

    model: Path
    work: Path
    notes: tuple[str, ...]


def make_toy(root: Path) -> Toy:
    tsv, glossary = root / "toy.tsv", root / "glossary"
    glossary.mkdir(parents=True)
    (glossary / "terms.yaml").write_text(GLOSSARY, encoding="utf-8")
    tsv.write_text("ko\tzh\ten\n" + "\n".join(toy_lines()) + "\n", encoding="utf-8")
    preparation = Preparation(root / "work", (Corpus("toy", (tsv,)),), pieces=420, glossary=glossary, longest=60)
    return Toy(root, tsv, glossary, preparation)


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """A fresh toy corpus in a folder of its own."""
    return make_toy(tmp_path / "toy")


@pytest.fixture(scope="session")
def lasting_toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """A toy corpus that outlasts one test."""
    return make_toy(tmp_path_factory.mktemp("lasting"))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The toy corpus learned by heart, by one training for all tests that ask."""
    toy = make_toy(tmp_path_factory.mktemp("trained"))
    notes: list[str] = []
    prepare(toy.preparation, notes.append)
    course = replace(QUICK, updates=350, rate=2e-3, dropout=0.0, smoothing=0.05, hints=0.9)
    train(toy.preparation.work, course, toy.root / "model", notes.append)
    return Trained(toy.root / "model", toy.preparation.work, tuple(notes))
