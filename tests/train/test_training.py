"""Training itself: it learns, it is repeatable, it goes on exactly where it stopped, the engines take its model."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from pipeline.article import Hint
from pipeline.engines import EngineSettings, Request, open_engine
from pipeline.errors import SettingsError, StorageError
from pipeline.marian import read_folder
from pipeline.train import validation
from pipeline.train.options import Architecture, Corpus
from pipeline.train.prepare import fine_tuning, prepare
from pipeline.train.session import train

Weights = dict[str, torch.Tensor]


def weights(model: Path) -> Weights:
    return load_file(model / "model.safetensors")


def equal(first: Weights, second: Weights) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def killer(after: int, number: signal.Signals = signal.SIGTERM) -> Callable[[str], None]:
    """A reporter that sends this process a signal when it hears of the n-th update."""

    def note(message: str) -> None:
        if message.startswith(f"update {after} · loss"):
            os.kill(os.getpid(), number)

    return note


def quiet(message: str) -> None:
    """Nothing is said."""


# --- it learns ------------------------------------------------------------------------------------------------------


def test_the_loss_falls(trained: SimpleNamespace) -> None:
    losses = [float(match[1]) for note in trained.notes if (match := re.search(r"loss (\d+\.\d+)", note))]
    assert losses[0] > 4
    assert losses[-1] < 0.7  # label smoothing leaves about 0.5 however well it is learned


@pytest.fixture(scope="module")
def engine_settings(trained: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> EngineSettings:
    # Greedy: a beam of 4 stops at 4 finished hypotheses, and of a model so certain all but the best finish too early.
    return EngineSettings(trained.model, tmp_path_factory.mktemp("cache"), beam=1, quantisation="float32", threads=1)


Requests = list[tuple[Request, str]]


@pytest.fixture
def requests(toy: SimpleNamespace) -> Requests:
    """Requests with a hint for the word that has two renderings, and what is to come out."""
    requests = []
    for place in toy.places:
        for time in toy.times:
            korean = f"{time[0]} {place[0]}에서 회의를 열었다."
            start = korean.index("회의")
            for meeting in toy.meetings:
                chinese = (Hint(start, start + 2, meeting[1], "glossary"),)
                english = (Hint(start, start + 2, meeting[2], "glossary"),)
                requests.append((Request(korean, "zh", chinese), f"{time[1]}{place[1]}召开了{meeting[1]}。"))
                expected = f"The {meeting[2]} was held in {place[2]} {time[2]}."
                requests.append((Request(korean, "en", english), expected))
    return requests


@pytest.mark.parametrize("name", ["ctranslate2", "transformers"])
def test_both_engines_take_the_model_and_its_hints_are_obeyed(
    name: str, engine_settings: EngineSettings, requests: Requests
) -> None:
    hypotheses = open_engine(name, engine_settings).translate([request for request, _ in requests])
    right = [one.text == expected for one, (_, expected) in zip(hypotheses, requests, strict=True)]
    assert sum(right) >= 62  # of 64: the Korean says nothing about the rendering, the hint alone decides
    kept = [request.hints[0].text in one.text for one, (request, _) in zip(hypotheses, requests, strict=True)]
    assert all(kept)


def test_the_engines_agree(engine_settings: EngineSettings, requests: Requests) -> None:
    unhinted = [replace(request, hints=()) for request, _ in requests[::4]]
    first, second = (
        [one.text for one in open_engine(name, engine_settings).translate(unhinted)]
        for name in ("ctranslate2", "transformers")
    )
    assert first == second


def test_the_folder_is_a_whole_marian_folder(trained: SimpleNamespace) -> None:
    folder = read_folder(trained.model)
    assert folder.follows_hints
    assert dict(folder.tags) == {"zh": ">>zh<<", "en": ">>en<<"}
    assert folder.longest == 60
    embeddings = weights(trained.model)["model.shared.weight"]
    assert embeddings.dtype == torch.float16
    assert not embeddings[-1].any()  # Marian decoders begin with the embedding of <pad>
    assert (trained.model / "README.md").read_text(encoding="utf-8").startswith("# model")
    assert oct((trained.model / "model.safetensors").stat().st_mode & 0o777) == "0o644"


# --- it is repeatable -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_two_trainings_of_one_seed_are_one(toy: SimpleNamespace, precision: str) -> None:
    course = replace(toy.course, precision=precision)
    found = []
    for number in range(2):
        work = toy.root / f"work{number}"
        prepare(replace(toy.preparation, work=work), quiet)
        train(work, course, toy.root / f"model{number}", quiet)
        found.append(weights(toy.root / f"model{number}"))
    assert equal(*found)
    prepare(replace(toy.preparation, work=toy.root / "work2"), quiet)
    train(toy.root / "work2", replace(course, seed=2), toy.root / "model2", quiet)
    assert not equal(found[0], weights(toy.root / "model2"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_three_updates_and_two_more_are_five(toy: SimpleNamespace, number: signal.Signals) -> None:
    course = replace(toy.course, accumulate=2)
    prepare(toy.preparation, quiet)
    work, other = toy.preparation.work, toy.root / "straight"
    stopped = train(work, course, toy.root / "model", killer(3, number))
    assert (stopped.is_finished, stopped.updates) == (False, 3)
    assert not (toy.root / "model").exists()
    notes: list[str] = []
    resumed = train(work, course, toy.root / "model", notes.append)
    assert (resumed.is_finished, resumed.updates) == (True, 5)
    assert any("going on after 3 updates" in note for note in notes)
    prepare(replace(toy.preparation, work=other), quiet)
    straight = train(other, course, toy.root / "straight-model", quiet)
    assert straight.tokens == resumed.tokens
    assert equal(weights(toy.root / "model"), weights(toy.root / "straight-model"))


def test_signals_are_as_they_were_afterwards(toy: SimpleNamespace) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    prepare(toy.preparation, quiet)
    train(toy.preparation.work, replace(toy.course, updates=1), toy.root / "model", quiet)
    assert before == (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT))


def test_preparing_again_encodes_nothing_again(toy: SimpleNamespace) -> None:
    first: list[str] = []
    again: list[str] = []
    changed: list[str] = []
    plan = prepare(toy.preparation, first.append)
    assert prepare(toy.preparation, again.append) == plan
    assert "encoding toy" in first
    assert not any(note.startswith(("encoding", "making")) for note in again)
    terms = toy.glossary / "terms.yaml"
    terms.write_text(terms.read_text(encoding="utf-8").replace("大会", "盛会"), encoding="utf-8")
    prepare(toy.preparation, changed.append)
    assert "encoding toy" in changed


# --- it refuses -------------------------------------------------------------------------------------------------------


def test_a_checkpoint_of_another_training_is_refused(toy: SimpleNamespace) -> None:
    prepare(toy.preparation, quiet)
    work = toy.preparation.work
    train(work, toy.course, toy.root / "model", quiet)
    with pytest.raises(SettingsError, match="of another training"):
        train(work, replace(toy.course, seed=5), toy.root / "other", quiet)
    prepare(replace(toy.preparation, start=toy.root / "model"), quiet)
    with pytest.raises(SettingsError, match="of another training"):
        train(work, toy.course, toy.root / "other", quiet)
    prepare(toy.preparation, quiet)
    longer = train(work, replace(toy.course, updates=7), toy.root / "other", quiet)
    assert longer.updates == 7


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"updates": None}, "has no end"),
        ({"tokens": 0}, "are above 0"),
        ({"hints": 1.5}, "“hints” is a part"),
        ({"average": 1.0}, "“average” is from 0"),
        ({"architecture": Architecture(width=70, heads=4)}, "cannot be divided"),
    ],
)
def test_a_course_that_cannot_be_walked_is_refused(
    toy: SimpleNamespace, changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(SettingsError, match=problem):
        train(toy.preparation.work, replace(toy.course, **changes), toy.root / "model", quiet)


def test_a_model_is_replaced_only_when_asked(toy: SimpleNamespace) -> None:
    (toy.root / "model").mkdir()
    (toy.root / "model" / "config.json").write_text("{}", encoding="utf-8")
    prepare(toy.preparation, quiet)
    with pytest.raises(SettingsError, match="is there already"):
        train(toy.preparation.work, toy.course, toy.root / "model", quiet)
    train(toy.preparation.work, toy.course, toy.root / "model", quiet, replace=True)
    assert read_folder(toy.root / "model").longest == 60


def test_what_was_not_prepared_cannot_be_trained(toy: SimpleNamespace) -> None:
    with pytest.raises(StorageError, match="no training was prepared"):
        train(toy.root, toy.course, toy.root / "model", quiet)


def test_damaged_files_are_named(toy: SimpleNamespace) -> None:
    prepare(toy.preparation, quiet)
    work = toy.preparation.work
    (work / "checkpoint.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(StorageError, match=re.escape("checkpoint.pt: cannot be read")):
        train(work, toy.course, toy.root / "model", quiet)
    (work / "checkpoint.pt").unlink()
    for file in (work / "encoded").rglob("pieces.npy"):
        file.unlink()
    with pytest.raises(StorageError, match="examples of toy are not whole"):
        train(work, toy.course, toy.root / "model", quiet)


@pytest.mark.parametrize("direction", ["ko-ja", "ko", "zh-zh"])
def test_an_unknown_direction_is_refused(toy: SimpleNamespace, direction: str) -> None:
    with pytest.raises(SettingsError, match="is not a direction"):
        prepare(replace(toy.preparation, directions=(direction,)), quiet)


# --- validation -------------------------------------------------------------------------------------------------------


def dev_of(toy: SimpleNamespace) -> Path:
    (toy.root / "dev.tsv").write_text("ko\tzh\ten\n" + "\n".join(toy.lines[::4]) + "\n", encoding="utf-8")
    return toy.root / "dev.tsv"


def test_validation_scores_and_the_best_is_kept(toy: SimpleNamespace) -> None:
    notes: list[str] = []
    prepare(replace(toy.preparation, dev=(dev_of(toy),)), notes.append)
    assert any(
        "16 held out" in note for note in notes
    )  # each Korean stands there twice; never trained on what is measured
    work = toy.preparation.work
    course = replace(toy.course, updates=12, validate_minutes=1e-6)
    outcome = train(work, course, toy.root / "model", notes.append)
    assert outcome.best is not None
    assert set(outcome.best.chrf) == {"dev.tsv ko-zh", "dev.tsv ko-en"}
    assert outcome.best.obeyed is not None
    losses = [float(match[1]) for note in notes if (match := re.search(r"validation · loss (\d+\.\d+)", note))]
    assert len(losses) >= 12
    assert losses[-1] < losses[0] - 0.3
    best = torch.load(work / "best.pt", weights_only=True)["model.shared.weight"].half()
    assert torch.equal(best, weights(toy.root / "model")["model.shared.weight"])


def test_a_model_learned_by_heart_scores_high(trained: SimpleNamespace, toy: SimpleNamespace) -> None:
    prepare(replace(toy.preparation, start=trained.model, dev=(dev_of(toy),)), quiet)
    outcome = train(toy.preparation.work, replace(toy.course, updates=1, rate=1e-9), toy.root / "model", quiet)
    assert outcome.best is not None
    assert min(outcome.best.chrf.values()) > 60  # without hints one word is a guess
    assert outcome.best.obeyed == 1.0


def test_without_sacrebleu_the_loss_decides(toy: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "_chrf", lambda: None)
    prepare(replace(toy.preparation, dev=(dev_of(toy),)), quiet)
    outcome = train(
        toy.preparation.work, replace(toy.course, updates=3, validate_minutes=1e-6), toy.root / "model", quiet
    )
    assert outcome.best is not None
    assert outcome.best.chrf == {}
    assert outcome.best.rank == (0.0, -outcome.best.loss)


# --- from an existing model -------------------------------------------------------------------------------------------


def test_fine_tuning_learns_the_approved_and_keeps_the_rest(trained: SimpleNamespace, toy: SimpleNamespace) -> None:
    approved = [
        ("봄에 심양에서 회의를 열었다.", "zh", "春天沈阳开会。"),
        ("밤에 대련에서 회의를 열었다.", "zh", "夜里大连开会。"),
    ]
    replay = (Corpus("toy", (toy.tsv,), directions=("ko-en",)),)
    preparation, course = fine_tuning(trained.model, approved, toy.root / "tuned", replay=replay)
    assert course.rate < toy.course.rate
    assert course.updates is not None
    prepare(preparation, quiet)
    course = replace(
        course, updates=150, rate=1e-3, average=0.9, tokens=400, pool=64, precision="float32", threads=1, hints=0.0
    )
    train(preparation.work, course, toy.root / "model", quiet)
    engine = open_engine("transformers", EngineSettings(toy.root / "model", toy.root / "cache", beam=1, threads=1))
    learned = engine.translate([Request(korean, "zh") for korean, _, _ in approved])
    assert [one.text for one in learned] == [text for _, _, text in approved]
    kept = engine.translate([Request("어제 단동에서 회의를 열었다.", "en")])[0].text
    assert kept.endswith("was held in Dandong yesterday.")


def test_fine_tuning_on_nothing_is_refused(trained: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No approved translations"):
        fine_tuning(trained.model, [], tmp_path)


def test_the_pieces_of_another_model_can_be_used_for_a_new_one(trained: SimpleNamespace, toy: SimpleNamespace) -> None:
    prepare(replace(toy.preparation, vocabulary=trained.model), quiet)
    train(toy.preparation.work, toy.course, toy.root / "model", quiet)
    first, second = (json.loads((one / "vocab.json").read_text()) for one in (trained.model, toy.root / "model"))
    assert first == second


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_other_precisions_can_be_exported_and_opened(
    trained: SimpleNamespace, toy: SimpleNamespace, precision: str
) -> None:
    prepare(replace(toy.preparation, start=trained.model), quiet)
    course = replace(toy.course, updates=1, rate=1e-9, weights=precision)
    train(toy.preparation.work, course, toy.root / "model", quiet)
    assert weights(toy.root / "model")["model.shared.weight"].dtype == getattr(torch, precision)
    for name in ("ctranslate2", "transformers"):
        engine = open_engine(name, EngineSettings(toy.root / "model", toy.root / "cache", beam=1, threads=1))
        text = engine.translate([Request("어제 심양에서 회의를 열었다.", "en")])[0].text
        assert text.endswith("was held in Shenyang yesterday.")
