"""`python -m pipeline.train` in a process of its own, as on a machine with nothing but the folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.marian import read_folder
from pipeline.train.__main__ import main
from pipeline.train.plan import read_plan

SIZE = ["--width", "64", "--inner", "128", "--encoder-layers", "1", "--decoder-layers", "1", "--heads", "4"]
SHORT = [*SIZE, "--updates", "2", "--tokens", "400", "--pool", "64", "--threads", "1", "--device", "cpu"]
FORBIDDEN = "ahocorasick", "ctranslate2", "lxml", "opencc", "rich"


def prepared(toy: SimpleNamespace, *more: str) -> int:
    return main(["prepare", str(toy.preparation.work), "--data", f"toy:2:{toy.tsv}", "--pieces", "420", *more])


def test_a_model_is_made_with_two_commands(toy: SimpleNamespace) -> None:
    assert prepared(toy, "--glossary", str(toy.glossary), "--respell", "--longest", "50") == 0
    assert main(["train", str(toy.preparation.work), "--to", str(toy.root / "model"), *SHORT]) == 0
    assert read_folder(toy.root / "model").longest == 50


def test_training_needs_few_packages(toy: SimpleNamespace) -> None:
    """The machine with the GPU has torch and friends, and not what the rest of the product needs."""
    assert prepared(toy) == 0
    code = (
        "import sys\n"
        f"for name in {FORBIDDEN!r}: sys.modules[name] = None\n"
        "from pipeline.train.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "train", str(toy.preparation.work), "--to", str(toy.root / "model"), *SHORT]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0, done.stderr
    assert "update 2 · loss" in done.stderr


def test_directions_tags_and_patterns_are_understood(toy: SimpleNamespace) -> None:
    second = toy.root / "back-1.tsv"
    second.write_text(toy.tsv.read_text(encoding="utf-8"), encoding="utf-8")
    more = ["--data", f"back:1:{toy.root}/back-*.tsv", "--tagged", "back", "--only", "back:ko-zh,en-zh"]
    assert prepared(toy, "--directions", "ko-zh,zh-ko", *more) == 0
    entries = read_plan(toy.preparation.work).entries
    assert [(entry.name, entry.is_tagged, entry.counts.examples) for entry in entries] == [
        ("toy", False, 64),
        ("back", True, 64),
    ]
    assert [entry.part for entry in entries] == pytest.approx([2 / 3, 1 / 3])


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["prepare", "w", "--data", "toy:much:a.tsv"], "write NAME:WEIGHT:FILE"),
        (["prepare", "w", "--data", "toy:1:nothing-*.tsv"], "no such file"),
        (["prepare", "w", "--data", "toy:1:nothing.tsv"], "nothing.tsv: cannot be read"),
        (["prepare", "w", "--data", "toy:1:a.tsv", "--tagged", "other"], "No --data is called other"),
        (["train", "w", "--to", "m", "--updates", "1", "--schedule", "square"], "--schedule is one of"),
        (["train", "w", "--to", "m"], "has no end"),
    ],
)
def test_a_wrong_word_on_the_command_line_is_named(
    arguments: list[str],
    problem: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) in (2, 3)
    assert problem in capsys.readouterr().err
