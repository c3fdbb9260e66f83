"""Engines turn Korean with hints into a target language. One file an engine, one line in ENGINES.

An engine sees requests, never articles; batching and devices are its business. Heavy libraries are imported
when it opens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol

from pipeline.article import Hint
from pipeline.errors import SettingsError

Effort = Literal["usual", "retry"]


@dataclass(frozen=True, slots=True)
class Request:
    """One text to translate: white space flat, hints with spans in this text."""

    text: str
    target: str  # language code, "zh" or "en"
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What an engine made of a request; `alternatives` are further candidates, best first."""

    text: str
    score: float | None = None  # mean log-probability per token
    alternatives: tuple[str, ...] = ()
    is_complete: bool = True  # False when decoding stopped at the length limit


class Engine(Protocol):
    """What every engine offers."""

    signature: str  # all that decides the output: engine, model hash, quantisation, beam, library version

    def fits(self, request: Request) -> bool:
        """Whether the request, hints included, is within the model's length; a longer one must be divided."""

    def translate(self, requests: Sequence[Request], effort: Effort = "usual") -> list[Hypothesis]:
        """One hypothesis a request, in the same order. `retry` decodes with other settings and more candidates."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What an engine needs to open. `cache` is a folder it may keep converted weights in."""

    model: Path
    cache: Path
    beam: int = 4
    quantisation: str = "int8"
    device: str = "auto"
    threads: int = 0  # 0: as many as there are cores


ENGINES = {
    "ctranslate2": "pipeline.engines.ctranslate2",
    "transformers": "pipeline.engines.transformers",
    "echo": "pipeline.engines.echo",
}


def open_engine(name: str, settings: EngineSettings) -> Engine:
    """Load an engine by name. Raises SettingsError for an unknown name, ModelError for a model that will not load."""
    return _module(name, "open_engine")(settings)  # type: ignore[no-any-return]


def engine_signature(name: str, settings: EngineSettings) -> str:
    """The signature that the engine will have, without loading the model: a run with nothing to do needs no more."""
    return _module(name, "signature")(settings)  # type: ignore[no-any-return]


def _module(name: str, function: str) -> Callable[[EngineSettings], object]:
    if name not in ENGINES:
        raise SettingsError(f"“{name}” is not an engine. Use one of: {', '.join(ENGINES)}.")
    return getattr(import_module(ENGINES[name]), function)  # type: ignore[no-any-return]
