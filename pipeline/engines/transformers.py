"""A Marian folder run by transformers and torch in float32: slower, for models and machines CTranslate2 refuses.

Searches in the same way as the ctranslate2 engine, so that the same model gives the same translations. A second try
may differ: the two libraries apply the penalty on repetition at different points.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from pipeline import beams
from pipeline.engines import Effort, EngineSettings, Hypothesis, Request
from pipeline.errors import ModelError
from pipeline.marian import END, PAD, RESTORE, Folder, Tokeniser, model_hash, read_folder

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import GenerationConfig, MarianMTModel


def signature(settings: EngineSettings) -> str:
    """All that decides the output, without loading the model. Raises ModelError for a folder with a file missing."""
    digest = model_hash(settings.model, settings.cache)
    return (
        f"transformers {version('transformers')} · {settings.model.name} {digest[:12]} · float32 · "
        f"beam {settings.beam} · search {beams.VERSION}"
    )


def open_engine(settings: EngineSettings) -> TransformersEngine:
    """Check the folder and load it in float32, whatever `settings.quantisation` says.

    Raises ModelError for a folder that will not do.
    """
    folder = read_folder(settings.model)
    tokeniser = Tokeniser(folder)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when transformers is imported: no network, ever
    import torch
    from transformers import GenerationConfig, MarianMTModel
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    if settings.threads:
        torch.set_num_threads(settings.threads)
    try:
        model = MarianMTModel.from_pretrained(
            folder.path, local_files_only=True, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
        )
        device = settings.device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        model = model.to(device).eval()  # type: ignore[arg-type]
    except (OSError, ValueError, RuntimeError, KeyError) as problem:
        raise ModelError(f"{folder.path}: transformers cannot load the model ({problem}). {RESTORE}") from problem
    model.generation_config = GenerationConfig()  # type: ignore[no-untyped-call]  # the folder's would be mixed into ours
    return TransformersEngine(folder, tokeniser, model, settings)


class TransformersEngine:
    """The engine; see `pipeline.engines.Engine`."""

    def __init__(self, folder: Folder, tokeniser: Tokeniser, model: MarianMTModel, settings: EngineSettings) -> None:
        """Put together what `open_engine` loaded; control pieces get no probability at all."""
        self.signature = signature(settings)
        self._folder, self._tokeniser, self._model = folder, tokeniser, model
        self._beam = settings.beam
        self._spelling = {number: piece for piece, number in folder.vocabulary.items()}
        for piece in folder.controls:
            model.final_logits_bias[0, folder.vocabulary[piece]] = float("-inf")

    def fits(self, request: Request) -> bool:
        """Whether the source, hints included, has no more pieces than the model handles well."""
        return self._tokeniser.length(request.text, request.hints) <= self._folder.longest

    def translate(self, requests: Sequence[Request], effort: Effort = "usual") -> list[Hypothesis]:
        """One hypothesis a request, in the same order.

        Raises RuntimeError for a request too long to have positions, or for which memory does not suffice alone.
        """
        sources = [self._tokeniser.pieces(request.text, request.target, request.hints) for request in requests]
        beginnings = [self._tokeniser.beginning(request.begin) if request.begin else [] for request in requests]
        rows = list(zip(sources, beginnings, strict=True))
        hypotheses: dict[int, Hypothesis] = {}
        for indices in beams.batches([(len(source), len(beginning)) for source, beginning in rows]):
            results = beams.in_halves([rows[index] for index in indices], lambda part: self._decode(part, effort))
            hypotheses.update(zip(indices, results, strict=True))
        return [hypotheses[index] for index in range(len(requests))]

    def _decode(self, rows: Sequence[tuple[list[str], list[str]]], effort: Effort) -> list[Hypothesis]:
        """Hypotheses for sources of one length, with beginnings of one length."""
        import torch

        search = beams.search(effort, self._beam, len(rows[0][1]))
        start = self._folder.vocabulary[PAD]
        sources = [self._numbers(source) for source, _ in rows]
        beginnings = [[start, *self._numbers(beginning)] for _, beginning in rows]
        with torch.inference_mode():
            source = torch.tensor(sources, device=self._model.device)
            output = self._model.generate(  # type: ignore[misc]
                source,
                attention_mask=torch.ones_like(source),
                decoder_input_ids=torch.tensor(beginnings, device=self._model.device),
                generation_config=self._generation(search, len(sources[0]), len(beginnings[0]) - 1),
            )
            count = search.candidates
            scores = self._scores(source, output[::count])
        found = [[self._pieces(row) for row in output[at : at + count]] for at in range(0, len(output), count)]
        return [self._hypothesis(pieces, score) for pieces, score in zip(found, scores, strict=True)]

    def _numbers(self, pieces: Sequence[str]) -> list[int]:
        return [self._folder.vocabulary[piece] for piece in pieces]

    def _generation(self, search: beams.Search, source: int, beginning: int) -> GenerationConfig:
        from transformers import GenerationConfig

        pad, end = self._folder.vocabulary[PAD], self._folder.vocabulary[END]
        return GenerationConfig(  # type: ignore[no-untyped-call]
            num_beams=search.beam,
            num_return_sequences=search.candidates,
            no_repeat_ngram_size=search.no_repeat,
            repetition_penalty=search.penalty,
            renormalize_logits=True,  # what is forbidden leaves its probability to the rest, as in CTranslate2
            # The start symbol counts.
            max_length=1 + beams.longest_output(source, self._folder.positions - 1, beginning),
            early_stopping=search.beam > 1,  # stop at `beam` finished hypotheses, as CTranslate2 does
            do_sample=False,
            pad_token_id=pad,
            eos_token_id=end,
            decoder_start_token_id=pad,
        )

    def _scores(self, source: Tensor, output: Tensor) -> list[float]:
        """Mean log-probability of each row's pieces, its end included; `output` begins with the start symbol."""
        import torch

        logits = self._model(input_ids=source, decoder_input_ids=output[:, :-1]).logits
        likelihoods = torch.log_softmax(logits, dim=-1).gather(2, output[:, 1:, None])[..., 0]
        real = output[:, 1:] != self._folder.vocabulary[PAD]
        return [float(row[kept].mean()) for row, kept in zip(likelihoods, real, strict=True)]

    def _pieces(self, numbers: Tensor) -> list[str]:
        """Pieces of one output, start symbol and padding left out."""
        return [piece for piece in (self._spelling[int(number)] for number in numbers) if piece != PAD]

    def _hypothesis(self, candidates: Sequence[Sequence[str]], score: float) -> Hypothesis:
        texts = [self._tokeniser.text(pieces) for pieces in candidates]
        others = [text for text, pieces in zip(texts, candidates, strict=True) if END in pieces and text != texts[0]]
        return Hypothesis(
            text=texts[0],
            score=round(score, 3),
            alternatives=tuple(dict.fromkeys(others)),
            is_complete=END in candidates[0],
        )
