"""The network: what is measured, what stays zero, what is refused."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from pipeline.errors import ModelError
from pipeline.train.batches import Batch, Position
from pipeline.train.network import (
    choose_device,
    choose_precision,
    load_network,
    loss_sum,
    new_network,
    repeatable,
    row_losses,
    set_dropout,
)
from pipeline.train.prepare import prepare
from pipeline.train.vocabulary import Vocabulary

SOURCE, TARGET = [3, 30, 31, 32, 0], [40, 41, 0]


@pytest.fixture
def vocabulary(toy: SimpleNamespace) -> Vocabulary:
    prepare(toy.preparation, [].append)
    return Vocabulary(toy.preparation.work / "vocabulary")


def batch(vocabulary: Vocabulary, padding: int = 0) -> Batch:
    rows = [np.array([row + [vocabulary.pad] * padding]) for row in (SOURCE, TARGET)]
    return Batch(rows[0], rows[1], len(TARGET), Position())


def test_padding_changes_no_loss(toy: SimpleNamespace, vocabulary: Vocabulary) -> None:
    network = new_network(toy.course.architecture, vocabulary)
    set_dropout(network, 0.0)
    losses = [float(loss_sum(network, batch(vocabulary, padding), 0.1, "cpu").detach()) for padding in (0, 3)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_the_losses_of_the_rows_add_up_to_that_of_the_batch(toy: SimpleNamespace, vocabulary: Vocabulary) -> None:
    network = new_network(toy.course.architecture, vocabulary).train(False)
    short = [*TARGET[1:], vocabulary.pad]
    both = Batch(np.array([SOURCE, SOURCE]), np.array([TARGET, short]), 2 * len(TARGET) - 1, Position())
    with torch.inference_mode():
        rows = row_losses(network, both, "cpu")
    assert sum(rows) == pytest.approx(float(loss_sum(network, both, 0.0, "cpu").detach()), rel=1e-5)
    assert rows[0] == pytest.approx(float(loss_sum(network, batch(vocabulary), 0.0, "cpu").detach()), rel=1e-5)


def test_the_loss_is_that_of_the_library_without_padding_as_a_class(
    toy: SimpleNamespace, vocabulary: Vocabulary
) -> None:
    network = new_network(toy.course.architecture, vocabulary).train(False)
    logits = network(
        input_ids=torch.tensor([SOURCE]), decoder_input_ids=torch.tensor([[vocabulary.pad, *TARGET[:-1]]])
    ).logits[0, :, : vocabulary.pad]
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor(TARGET), label_smoothing=0.1, reduction="sum")
    found = loss_sum(network, batch(vocabulary), 0.1, "cpu")
    assert float(found.detach()) == pytest.approx(float(expected.detach()), rel=1e-5)


def test_the_embedding_of_padding_has_no_gradient(toy: SimpleNamespace, vocabulary: Vocabulary) -> None:
    network = new_network(toy.course.architecture, vocabulary)
    loss_sum(network, batch(vocabulary, 2), 0.1, "cpu").backward()
    gradient = network.model.shared.weight.grad
    assert gradient is not None
    assert gradient[:-1].any()
    assert not gradient[-1].any()
    assert not network.model.shared.weight[-1].any()


def test_words_are_as_loud_as_positions_at_the_beginning(toy: SimpleNamespace, vocabulary: Vocabulary) -> None:
    network = new_network(toy.course.architecture, vocabulary)
    words = network.model.shared.weight[:-1].std() * network.config.d_model**0.5
    positions = network.model.encoder.embed_positions.weight.std()
    assert 0.5 < (words / positions).item() < 2


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_dropout_is_set_in_every_layer(toy: SimpleNamespace, vocabulary: Vocabulary, dropout: float) -> None:
    network = new_network(toy.course.architecture, vocabulary).train()
    set_dropout(network, dropout)
    first, second = (float(loss_sum(network, batch(vocabulary), 0.0, "cpu").detach()) for _ in range(2))
    assert (first == second) is (dropout == 0)


def test_precision_is_measured_only_when_nobody_chose(toy: SimpleNamespace) -> None:
    automatic = replace(toy.course, precision="auto")
    assert choose_precision(automatic, "cuda") == "bfloat16"
    before = torch.get_rng_state()
    assert choose_precision(automatic, "cpu") in ("bfloat16", "float32")
    assert torch.equal(before, torch.get_rng_state())
    assert choose_precision(replace(toy.course, precision="bfloat16"), "cpu") == "bfloat16"


def test_torch_is_as_it_was_after_a_training(toy: SimpleNamespace) -> None:
    before = torch.are_deterministic_algorithms_enabled(), torch.get_num_threads()
    with repeatable(replace(toy.course, threads=1)):
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.get_num_threads() == 1
    assert (torch.are_deterministic_algorithms_enabled(), torch.get_num_threads()) == before


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_named(toy: SimpleNamespace) -> None:
    with pytest.raises(ModelError, match="no GPU that torch can use"):
        choose_device(replace(toy.course, device="cuda"))


def test_a_model_with_a_pad_that_is_not_zero_is_refused(toy: SimpleNamespace, vocabulary: Vocabulary) -> None:
    network = new_network(toy.course.architecture, vocabulary)
    with torch.no_grad():
        network.model.shared.weight[-1] += 1
    network.save_pretrained(toy.root / "odd")
    with pytest.raises(ModelError, match="a <pad> that is not zero"):
        load_network(toy.root / "odd")
