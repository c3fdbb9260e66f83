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
from dataclasses import dataclass
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
        rows = [self._row(request) for request in requests]
        # All batches are handed over before the first is waited for: one thread works on each.
        started = []
        for indices in beams.batches([row.lengths for row in rows], self._translator.num_translators):
            batch = [rows[index] for index in indices]
            started.append((indices, batch, self._start(batch, effort)))
        results: dict[int, _Decoded] = {}
        for indices, batch, waiting in started:
            try:
                found = [row.result() for row in waiting]
            except (RuntimeError, MemoryError):
                found = beams.in_halves(batch, lambda part: [row.result() for row in self._start(part, effort)])
            results.update(zip(indices, map(_decoded, batch, found), strict=True))
        ordered = [results[index] for index in range(len(rows))]
        return [self._hypothesis(*one) for one in zip(ordered, self._scores(rows, ordered), strict=True)]

    def _row(self, request: Request) -> _Row:
        source = self._tokeniser.pieces(request.text, request.target, request.hints)
        return _Row(source, self._tokeniser.beginning(request.begin) if request.begin else [])

    def _start(self, rows: Sequence[_Row], effort: Effort) -> list[AsyncTranslationResult]:
        source, beginning = rows[0].lengths
        search = beams.search(effort, self._beam, beginning)
        started: list[AsyncTranslationResult] = self._translator.translate_batch(
            [row.source for row in rows],
            target_prefix=[row.beginning for row in rows] if beginning else None,
            asynchronous=True,
            beam_size=search.beam,
            num_hypotheses=search.candidates,
            no_repeat_ngram_size=search.no_repeat,
            repetition_penalty=search.penalty,
            max_decoding_length=beams.longest_output(source, self._folder.positions, beginning),
            max_input_length=0,  # otherwise what is longer would be cut without a word
            return_scores=True,
            return_end_token=True,
            suppress_sequences=self._suppressed,
        )
        return started

    def _scores(self, rows: Sequence[_Row], results: Sequence[_Decoded]) -> list[float]:
        """Mean log-probability of each best hypothesis; with a beginning, decoding gives that of the rest only."""
        scores = [result.score for result in results]
        begun = [index for index, row in enumerate(rows) if row.beginning]
        said = {index: _without_end(results[index].hypotheses[0]) for index in begun}
        for batch in beams.batches([(len(rows[index].source), len(said[index])) for index in begun]):
            indices = [begun[place] for place in batch]
            scored = self._translator.score_batch(
                [rows[index].source for index in indices], [said[index] for index in indices], max_input_length=0
            )
            for index, result in zip(indices, scored, strict=True):
                scores[index] = sum(result.log_probs) / len(result.log_probs)
        return scores

    def _hypothesis(self, result: _Decoded, score: float) -> Hypothesis:
        texts = [self._tokeniser.text(pieces) for pieces in result.hypotheses]
        finished = [bool(pieces) and pieces[-1] == END for pieces in result.hypotheses]
        others = [text for text, is_whole in zip(texts[1:], finished[1:], strict=True) if is_whole and text != texts[0]]
        return Hypothesis(
            text=texts[0],
            score=round(score, 3),
            alternatives=tuple(dict.fromkeys(others)),
            is_complete=finished[0],
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """The pieces of a request: its source, and what the translation begins with."""

    source: list[str]
    beginning: list[str]

    @property
    def lengths(self) -> tuple[int, int]:
        return len(self.source), len(self.beginning)


@dataclass(frozen=True, slots=True)
class _Decoded:
    """What was said to a row: pieces of the hypotheses, best first, and the score of the first."""

    hypotheses: list[list[str]]
    score: float


def _decoded(row: _Row, result: TranslationResult) -> _Decoded:
    """The result with its hypotheses in order of what they are worth.

    CTranslate2 divides the log-probability of what follows a beginning by the length of the whole, which favours
    whatever ends soonest; it is divided by the length of what follows, as transformers does.
    """
    said, given = result.hypotheses, len(row.beginning)
    if not given:
        return _Decoded(said, float(result.scores[0]))
    worth = [score * len(one) / max(1, len(one) - given) for score, one in zip(result.scores, said, strict=True)]
    order = sorted(range(len(said)), key=lambda number: (-worth[number], number))
    return _Decoded([said[number] for number in order], worth[order[0]])


def _without_end(pieces: Sequence[str]) -> list[str]:
    return [piece for piece in pieces if piece != END]


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
