"""A Marian folder run by CTranslate2: int8 on the processor by default, the fastest way we know on a laptop.

The folder is converted once; the converted weights stay in the cache folder and are made again when anything that
decides them changes. Opening a converted model needs neither torch nor transformers.
"""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import beams
from pipeline.engines import Effort, EngineSettings, Hypothesis, Request
from pipeline.errors import ModelError, SettingsError, StorageError
from pipeline.marian import END, PAD, Folder, Tokeniser, model_hash, read_folder

if TYPE_CHECKING:
    from ctranslate2 import AsyncTranslationResult, TranslationResult, Translator

# As they stand in daeyeok.yaml, and as CTranslate2 calls what we mean: a bare “int8” of a model saved in float16
# would become int8_float16, which processors do not have.
QUANTISATIONS = {
    "int8": "int8_float32",
    "int8_float16": "int8_float16",
    "int8_bfloat16": "int8_bfloat16",
    "int16": "int16",
    "float16": "float16",
    "bfloat16": "bfloat16",
    "float32": "float32",
}
DEVICES = ("auto", "cpu", "cuda")
MARKER = "converted.json"  # written last; a folder without it was not finished


def signature(settings: EngineSettings) -> str:
    """All that decides the output, without loading the model. Raises ModelError for a folder with a file missing."""
    digest = model_hash(settings.model, settings.cache)
    return (
        f"ctranslate2 {version('ctranslate2')} · {settings.model.name} {digest[:12]} · {settings.quantisation} · "
        f"beam {settings.beam} · search {beams.VERSION}"
    )


def open_engine(settings: EngineSettings) -> Ctranslate2Engine:
    """Check the folder, convert it if that was not done, load it.

    Raises ModelError for a folder that will not do, SettingsError for an unknown quantisation or device, StorageError
    where the converted weights cannot be kept.
    """
    _check_settings(settings)
    folder = read_folder(settings.model)
    tokeniser = Tokeniser(folder)
    return Ctranslate2Engine(folder, tokeniser, _load(settings), settings)


class Ctranslate2Engine:
    """The engine; see `pipeline.engines.Engine`. Results do not depend on what else is translated beside a request."""

    def __init__(self, folder: Folder, tokeniser: Tokeniser, translator: Translator, settings: EngineSettings) -> None:
        """Put together what `open_engine` loaded."""
        self.signature = signature(settings)
        self._folder, self._tokeniser, self._translator = folder, tokeniser, translator
        self._beam = settings.beam
        self._suppressed = [[piece] for piece in folder.controls if piece != PAD]  # the converter drops it

    def fits(self, request: Request) -> bool:
        """Whether the source, hints included, has no more pieces than the model handles well."""
        return self._tokeniser.length(request.text, request.hints) <= self._folder.longest

    def translate(self, requests: Sequence[Request], effort: Effort = "usual") -> list[Hypothesis]:
        """One hypothesis a request, in the same order.

        Raises RuntimeError for a request too long to have positions, or for which memory does not suffice alone.
        """
        sources = [self._tokeniser.pieces(request.text, request.target, request.hints) for request in requests]
        search = beams.SEARCHES[effort](self._beam)
        # All batches are handed over before the first is waited for: one thread works on each.
        started = []
        for indices in beams.batches([len(source) for source in sources], self._translator.num_translators):
            rows = [sources[index] for index in indices]
            started.append((indices, rows, self._start(rows, search)))
        hypotheses: dict[int, Hypothesis] = {}
        for indices, rows, batch in started:
            try:
                results = [row.result() for row in batch]
            except (RuntimeError, MemoryError):
                results = beams.in_halves(rows, lambda part: [row.result() for row in self._start(part, search)])
            hypotheses.update(zip(indices, map(self._hypothesis, results), strict=True))
        return [hypotheses[index] for index in range(len(requests))]

    def _start(self, rows: Sequence[list[str]], search: beams.Search) -> list[AsyncTranslationResult]:
        started: list[AsyncTranslationResult] = self._translator.translate_batch(
            list(rows),
            asynchronous=True,
            beam_size=search.beam,
            num_hypotheses=search.candidates,
            no_repeat_ngram_size=search.no_repeat,
            repetition_penalty=search.penalty,
            max_decoding_length=beams.longest_output(len(rows[0]), self._folder.positions),
            max_input_length=0,  # otherwise what is longer would be cut without a word
            return_scores=True,
            return_end_token=True,
            suppress_sequences=self._suppressed,
        )
        return started

    def _hypothesis(self, result: TranslationResult) -> Hypothesis:
        texts = [self._tokeniser.text(pieces) for pieces in result.hypotheses]
        finished = [bool(pieces) and pieces[-1] == END for pieces in result.hypotheses]
        others = [text for text, is_whole in zip(texts[1:], finished[1:], strict=True) if is_whole and text != texts[0]]
        return Hypothesis(
            text=texts[0],
            score=round(result.scores[0], 3),
            alternatives=tuple(dict.fromkeys(others)),
            is_complete=finished[0],
        )


def _check_settings(settings: EngineSettings) -> None:
    if settings.quantisation not in QUANTISATIONS:
        raise SettingsError(f"“{settings.quantisation}” is not a quantisation. Use one of: {', '.join(QUANTISATIONS)}.")
    if settings.device not in DEVICES:
        raise SettingsError(f"“{settings.device}” is not a device. Use one of: {', '.join(DEVICES)}.")


def _load(settings: EngineSettings) -> Translator:
    import ctranslate2

    ctranslate2.set_log_level(40)  # logging.ERROR; what matters is raised
    device = settings.device
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    threads = settings.threads or _processors()
    # One translator a core, one thread each: 13 to 20 % faster on two cores than one translator with two threads.
    layout = {"inter_threads": threads, "intra_threads": 1} if device == "cpu" else {}
    folder = _converted(settings)
    try:
        return ctranslate2.Translator(str(folder), device=device, **layout)
    except RuntimeError as problem:
        shutil.rmtree(folder, ignore_errors=True)  # the next run makes it anew
        raise ModelError(
            f"{settings.model}: CTranslate2 cannot open the model on {device} ({problem}). "
            "Run again; if that does not help, use device: cpu or engine: transformers in daeyeok.yaml."
        ) from problem


def _processors() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _converted(settings: EngineSettings) -> Path:
    """The folder with the converted weights, made if it is not there whole; only one process makes it."""
    from filelock import FileLock

    digest = model_hash(settings.model, settings.cache)
    folder = settings.cache / f"{digest[:16]}-{settings.quantisation}"
    if _is_whole(folder):
        return folder
    try:
        settings.cache.mkdir(parents=True, exist_ok=True)
        with FileLock(settings.cache / "conversion.lock"):
            if not _is_whole(folder):
                _convert(settings, folder)
    except OSError as problem:
        raise StorageError(
            f"{settings.cache}: the converted model cannot be kept there ({problem}). "
            "Make room or give write permission, then run again."
        ) from problem
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether the conversion was finished, by this version of the converter, and the files still have their sizes."""
    try:
        noted = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(noted, dict) and noted == _content(folder)


def _content(folder: Path) -> dict[str, object]:
    files = sorted(file for file in folder.iterdir() if file.name != MARKER)
    return {"converter": version("ctranslate2"), "files": {file.name: file.stat().st_size for file in files}}


def _convert(settings: EngineSettings, folder: Path) -> None:
    """Make the converted folder beside its place and move it there whole. What a killed run left is thrown away."""
    unfinished = folder.with_name(folder.name + ".unfinished")
    for old in (unfinished, folder):
        if old.exists():
            shutil.rmtree(old)
    _run_converter(settings, unfinished)
    (unfinished / MARKER).write_text(json.dumps(_content(unfinished), indent=1), encoding="utf-8")
    unfinished.replace(folder)


def _run_converter(settings: EngineSettings, destination: Path) -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when transformers is imported: no network, ever
    from ctranslate2.converters import TransformersConverter
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "Recommended: pip install sacremoses": we tokenise ourselves
            converter = TransformersConverter(str(settings.model), trust_remote_code=False)
            converter.convert(str(destination), quantization=QUANTISATIONS[settings.quantisation], force=True)
    except (ValueError, RuntimeError, KeyError, NotImplementedError, ImportError) as problem:
        raise ModelError(
            f"{settings.model}: CTranslate2 cannot convert the model ({problem}). "
            "Use engine: transformers in daeyeok.yaml, or another model."
        ) from problem
