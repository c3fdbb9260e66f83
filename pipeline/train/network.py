"""The network, a Marian model of transformers: made, loaded, and its loss."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import ModelError
from pipeline.train.batches import Batch
from pipeline.train.options import Architecture, Course, Precision
from pipeline.train.vocabulary import Vocabulary

if TYPE_CHECKING:
    import torch
    from transformers import MarianMTModel

POSITIONS = 256  # hard limit of a new network
CLEARLY_FASTER = 1.3  # products are not all of a training


def choose_device(course: Course) -> str:
    """ "cpu" or "cuda". Raises ModelError where a GPU is asked for and there is none."""
    import torch

    if course.device == "cuda" and not torch.cuda.is_available():
        raise ModelError("There is no GPU that torch can use. Train with device cpu, or install torch for your GPU.")
    return "cuda" if course.device != "cpu" and torch.cuda.is_available() else "cpu"


@contextmanager
def repeatable(course: Course) -> Iterator[None]:
    """While it is open, the same seed gives the same numbers; torch is as it was afterwards."""
    import torch
    from torch.utils import deterministic as checks

    was, threads = torch.are_deterministic_algorithms_enabled(), torch.get_num_threads()
    filled: bool = checks.fill_uninitialized_memory  # type: ignore[attr-defined]  # set up at run time
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when CUDA starts
    torch.use_deterministic_algorithms(course.deterministic, warn_only=True)
    checks.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # a check for others' mistakes, and slow
    if course.threads:
        torch.set_num_threads(course.threads)
    torch.manual_seed(course.seed)
    random.seed(course.seed)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(was)
        checks.fill_uninitialized_memory = filled  # type: ignore[attr-defined]
        torch.set_num_threads(threads)


def new_network(architecture: Architecture, vocabulary: Vocabulary) -> MarianMTModel:
    """A network with random weights; the row of `<pad>`, with which decoding begins, is zero and stays it."""
    from transformers import MarianConfig, MarianMTModel

    heads = architecture.heads or max(1, architecture.width // 64)
    config = MarianConfig(
        vocab_size=vocabulary.size,
        decoder_vocab_size=vocabulary.size,
        d_model=architecture.width,
        encoder_layers=architecture.encoder_layers,
        decoder_layers=architecture.decoder_layers,
        encoder_attention_heads=heads,
        decoder_attention_heads=heads,
        encoder_ffn_dim=architecture.inner,
        decoder_ffn_dim=architecture.inner,
        max_position_embeddings=POSITIONS,
        pad_token_id=vocabulary.pad,
        decoder_start_token_id=vocabulary.pad,
        eos_token_id=vocabulary.end,
        bos_token_id=None,
        forced_eos_token_id=None,
        scale_embedding=True,
        activation_function="relu",
        share_encoder_decoder_embeddings=True,
        tie_word_embeddings=True,
    )
    network = MarianMTModel(config)
    _initialise(network)
    _check(network, "the new network")
    return network


def _initialise(network: MarianMTModel) -> None:
    """Weights as Vaswani et al. began: the library's are so small that positions drown the words.

    Of width 256 after 90 updates: loss 7.01 on held-out text, 7.24 with the library's. Of width 64 after 350 updates on
    64 pairs: learned by heart, and with the library's not a word of the source was used.
    """
    import torch
    from torch.nn import init

    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.requires_grad and parameter.ndim > 1 and "shared" not in name:
                init.xavier_uniform_(parameter)
        embeddings = network.model.shared.weight
        init.normal_(embeddings, std=embeddings.shape[1] ** -0.5)
        embeddings[network.config.pad_token_id].zero_()


def load_network(folder: Path) -> MarianMTModel:
    """The network of a model folder, in float32. Raises ModelError."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when transformers is imported: no network, ever
    import torch
    from transformers import MarianMTModel
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        network: MarianMTModel = MarianMTModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
        )
    except (OSError, ValueError, RuntimeError, KeyError) as problem:
        raise ModelError(f"{folder}: transformers cannot load the model ({problem}). Name another one.") from problem
    _check(network, str(folder))
    return network


def set_dropout(network: MarianMTModel, dropout: float) -> None:
    """Use this dropout wherever the network drops out activations."""
    network.config.dropout = dropout
    for module in network.modules():
        if isinstance(getattr(module, "dropout", None), float) and type(module).__name__ != "MarianAttention":
            module.dropout = dropout  # type: ignore[assignment]  # a number, not a module, in Marian's layers


def loss_sum(network: MarianMTModel, batch: Batch, smoothing: float, device: str) -> torch.Tensor:
    """The summed cross-entropy of the batch's target tokens, padding left out."""
    from torch.nn import functional

    logits, wanted, _ = _logits(network, batch, device)
    return functional.cross_entropy(logits, wanted, label_smoothing=smoothing, reduction="sum")


def row_losses(network: MarianMTModel, batch: Batch, device: str) -> list[float]:
    """The cross-entropy of each row of the batch, summed over its tokens, without smoothing."""
    import torch
    from torch.nn import functional

    logits, wanted, real = _logits(network, batch, device)
    losses = torch.zeros(real.shape, device=device)
    losses[real] = functional.cross_entropy(logits, wanted, reduction="none")
    return [float(loss) for loss in losses.sum(1)]


def _logits(network: MarianMTModel, batch: Batch, device: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The logits of all target tokens, padding left out; those tokens; and where they stand in the batch.

    `<pad>` can never come out of a model, so it is no class here; its embedding thus has no gradient at all and stays
    the zero with which Marian decoders begin.
    """
    import torch
    from torch.nn import functional

    pad = int(network.config.pad_token_id or 0)
    source, target = (_moved(array, device) for array in (batch.source, batch.target))
    begun = torch.cat([torch.full_like(target[:, :1], pad), target[:, :-1]], 1)
    states = network.model(
        input_ids=source, attention_mask=torch.ne(source, pad).long(), decoder_input_ids=begun, use_cache=False
    ).last_hidden_state
    real = torch.ne(target, pad)
    weight, bias = network.model.shared.weight[:pad], network.final_logits_bias[0, :pad]
    return functional.linear(states[real], weight).float() + bias, target[real], real


def choose_precision(course: Course, device: str) -> Precision:
    """What “auto” means here: bfloat16 on a GPU; on a processor, if a product of matrices is clearly faster in it.

    Two processors with AVX-512 BF16 differ: on one a training went 1.9 times as fast in bfloat16, on the other, without
    AMX, 0.6 times.
    """
    import torch

    if course.precision != "auto":
        return course.precision
    if device == "cuda":
        return "bfloat16"
    seconds = {}
    with torch.random.fork_rng(devices=()), torch.inference_mode():
        for dtype in (torch.float32, torch.bfloat16):
            left, right = torch.randn(2048, 256).to(dtype), torch.randn(256, 2048).to(dtype)
            turns = []
            for _ in range(6):
                begun = time.perf_counter()
                left @ right
                turns.append(time.perf_counter() - begun)
            seconds[dtype] = min(turns)
    return "bfloat16" if seconds[torch.bfloat16] * CLEARLY_FASTER < seconds[torch.float32] else "float32"


def autocast(precision: Precision, device: str) -> torch.autocast:
    """Products of matrices in this precision while it is open; not “auto”."""
    import torch

    return torch.autocast(device, dtype=torch.bfloat16, enabled=precision == "bfloat16")


def _moved(array: np.ndarray[tuple[int, ...], np.dtype[np.int64]], device: str) -> torch.Tensor:
    import torch

    tensor = torch.from_numpy(array)
    return tensor if device == "cpu" else tensor.pin_memory().to(device, non_blocking=True)


def _check(network: MarianMTModel, name: str) -> None:
    """Refuse what the loss and the engines do not expect."""
    config, pad = network.config, network.config.pad_token_id
    if pad != config.vocab_size - 1 or config.decoder_start_token_id != pad:
        raise ModelError(f"{name}: <pad> is not the last piece, or decoding does not begin with it; not supported.")
    if not config.share_encoder_decoder_embeddings or bool(network.model.shared.weight[pad].any()):
        raise ModelError(f"{name}: embeddings that are not shared, or a <pad> that is not zero, are not supported.")
