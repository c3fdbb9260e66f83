"""Quick decoding inside training: greedy, or drawn at random for back-translations. The engines do it better, alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from pipeline.train.vocabulary import Vocabulary

if TYPE_CHECKING:
    import torch
    from transformers import MarianMTModel

LIKELIEST = 10  # pieces to draw among: enough variety for back-translations without nonsense (Edunov et al. 2018)


def generate(
    network: MarianMTModel,
    vocabulary: Vocabulary,
    sources: Sequence[Sequence[int]],
    *,
    tokens: int,
    draws: bool = False,
    best: int = 1,
) -> list[str]:
    """The translation of each source (tag and end with it), in the same order.

    `tokens`: size of a batch, rows times length. `draws`: pieces are drawn among the likeliest instead of the
    likeliest taken. `best`: width of the beam otherwise. Uses the network as it stands: set it to eval first.
    """
    import torch
    from transformers import GenerationConfig

    network.generation_config = GenerationConfig()  # type: ignore[no-untyped-call]  # the folder's would be mixed in
    found: dict[int, str] = {}
    for rows in _batches([len(source) for source in sources], tokens):
        longest = max(len(sources[row]) for row in rows)
        padded = np.full((len(rows), longest), vocabulary.pad, np.int64)
        for place, row in enumerate(rows):
            padded[place, : len(sources[row])] = sources[row]
        source = torch.from_numpy(padded).to(network.device)
        settings = GenerationConfig(  # type: ignore[no-untyped-call]
            max_length=min(2 * longest + 20, network.config.max_position_embeddings),
            num_beams=1 if draws else best,
            do_sample=draws,
            top_k=LIKELIEST if draws else None,
            suppress_tokens=list(vocabulary.controls),
            pad_token_id=vocabulary.pad,
            eos_token_id=vocabulary.end,
            decoder_start_token_id=vocabulary.pad,
        )
        with torch.inference_mode():
            mask = torch.ne(source, vocabulary.pad).long()
            output = cast(
                "torch.Tensor",
                network.generate(source, attention_mask=mask, generation_config=settings),  # type: ignore[misc]
            )
        for row, numbers in zip(rows, output.tolist(), strict=True):
            found[row] = vocabulary.decode(numbers)
    return [found[row] for row in range(len(sources))]


def _batches(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Rows of about equal length, the longest batch first: a batch that does not fit shows at once."""
    rows = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(rows):
        count = max(1, tokens // lengths[rows[start]])
        yield rows[start : start + count]
        start += count
