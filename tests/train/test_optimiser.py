"""Muon beside AdamW: which weights it takes, that it learns, and that it goes on exactly where it stopped."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from pipeline.errors import SettingsError
from pipeline.train.network import new_network
from pipeline.train.optimiser import Optimiser
from pipeline.train.options import Course
from pipeline.train.prepare import prepare
from pipeline.train.session import train
from pipeline.train.vocabulary import Vocabulary


@pytest.fixture
def muon(toy: SimpleNamespace) -> Course:
    prepare(toy.preparation, [].append)
    course: Course = replace(toy.course, optimiser="muon")
    return course


def weights(model: Path) -> dict[str, torch.Tensor]:
    return load_file(model / "model.safetensors")


def test_muon_takes_the_matrices_of_the_layers_and_adamw_all_else(toy: SimpleNamespace, muon: Course) -> None:
    network = new_network(toy.course.architecture, Vocabulary(toy.preparation.work / "vocabulary"))
    learned = [one for one in network.parameters() if one.requires_grad]
    adamw, orthogonal = Optimiser(network, muon)._parts
    counts = [sum(len(group["params"]) for group in part.param_groups) for part in (adamw, orthogonal)]
    assert sum(counts) == len(learned)
    assert all(one.ndim == 2 for group in orthogonal.param_groups for one in group["params"])
    matrices = [one for group in adamw.param_groups for one in group["params"] if one.ndim == 2]
    assert [tuple(one.shape) for one in matrices] == [tuple(network.model.shared.weight.shape)]
    assert len(Optimiser(network, toy.course)._parts) == 1


def test_three_updates_and_two_more_are_five_with_muon(toy: SimpleNamespace, muon: Course) -> None:
    work, other = toy.preparation.work, toy.root / "other"

    def stop(message: str) -> None:
        if message.startswith("update 3 · loss"):
            os.kill(os.getpid(), signal.SIGTERM)

    assert not train(work, muon, toy.root / "model", stop).is_finished
    assert train(work, muon, toy.root / "model", [].append).updates == 5
    prepare(replace(toy.preparation, work=other), [].append)
    train(other, muon, toy.root / "straight", [].append)
    first, second = weights(toy.root / "model"), weights(toy.root / "straight")
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_the_pieces_of_padding_stay_zero_with_muon(toy: SimpleNamespace, muon: Course) -> None:
    train(toy.preparation.work, muon, toy.root / "model", [].append)
    assert not weights(toy.root / "model")["model.shared.weight"][-1].any()


def test_a_checkpoint_of_the_other_optimiser_is_refused(toy: SimpleNamespace, muon: Course) -> None:
    train(toy.preparation.work, toy.course, toy.root / "model", [].append)
    with pytest.raises(SettingsError, match="of another training"):
        train(toy.preparation.work, muon, toy.root / "other", [].append)
