"""The model folder: standard Marian files that both engines, and others' programs, take as they are."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ModelError, SettingsError
from pipeline.marian import END, PAD, UNKNOWN, read_folder
from pipeline.train.options import Weights
from pipeline.train.vocabulary import Vocabulary

if TYPE_CHECKING:
    from transformers import MarianMTModel

BEAM = 4


def check_destination(folder: Path, *, replace: bool) -> None:
    """Raise SettingsError where the folder holds something that may not be replaced; asked before the hours go by."""
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not replace)):
        raise SettingsError(f"{folder} is there already. Name another folder, or say that it may be replaced.")


def export(
    network: MarianMTModel, vocabulary: Vocabulary, folder: Path, *, weights: Weights, longest: int, card: str
) -> None:
    """Write the network as a model folder, whole or not at all; what stood there before is replaced.

    Raises ModelError where a weight has no value in the precision asked for.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_network(network, unfinished, weights)
        vocabulary.copy(unfinished)
        _write_json(
            unfinished / "tokenizer_config.json", _tokeniser(vocabulary, network.config.max_position_embeddings)
        )
        _write_json(unfinished / "daeyeok.json", {"longest": longest})
        (unfinished / "README.md").write_text(card, encoding="utf-8")
        read_folder(unfinished)
        unfinished.chmod(0o755)  # temporary folders and safetensors' files are for their owner alone
        for file in unfinished.iterdir():
            file.chmod(0o644)
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.replace(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write_network(network: MarianMTModel, folder: Path, weights: Weights) -> None:
    import copy

    import torch
    from transformers import GenerationConfig
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # A copy of its own: the network may be trained on in float32.
    smaller = copy.deepcopy(network)
    smaller.to(device="cpu", dtype=getattr(torch, weights))  # type: ignore[call-arg]  # transformers wraps it
    for name, tensor in smaller.state_dict().items():
        if not bool(torch.isfinite(tensor).all()):
            raise ModelError(
                f"{folder.name}: {name} has weights without a value in {weights}. Use bfloat16 or float32."
            )
    smaller.config.dropout = 0.0
    smaller.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        num_beams=BEAM,
        max_length=network.config.max_position_embeddings,
        pad_token_id=network.config.pad_token_id,
        eos_token_id=network.config.eos_token_id,
        decoder_start_token_id=network.config.pad_token_id,
        bad_words_ids=[[network.config.pad_token_id]],
    )
    smaller.save_pretrained(folder, safe_serialization=True)


def _tokeniser(vocabulary: Vocabulary, positions: int) -> Mapping[str, object]:
    """What `MarianTokenizer` wants to know."""
    special = {vocabulary.numbers[piece]: piece for piece in (END, UNKNOWN, PAD)}
    flags = dict.fromkeys(("lstrip", "normalized", "rstrip", "single_word"), False)
    return {
        "added_tokens_decoder": {
            str(number): {"content": piece, **flags, "special": True} for number, piece in special.items()
        },
        "eos_token": END,
        "unk_token": UNKNOWN,
        "pad_token": PAD,
        "model_max_length": positions,
        "separate_vocabs": False,
        "source_lang": "ko",
        "target_lang": "zh",
        "sp_model_kwargs": {},
        "tokenizer_class": "MarianTokenizer",
    }


def _write_json(file: Path, content: Mapping[str, object]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
