"""Engines turn Korean with hints into a target language. One file an engine, one line in ENGINES.

An engine sees requests, never articles; batching and devices are its business. Heavy libraries are imported
when it opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
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
    begin: str = ""  # what the translation must begin with; an engine that cannot do that leaves it out of account


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What an engine made of a request; `alternatives` are further candidates, best first."""

    text: str
    score: float | None = None  # mean log-probability per token of the whole text, its given beginning included
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
    engine: Engine = _module(name).open_engine(settings)
    return engine


def engine_signature(name: str, settings: EngineSettings) -> str:
    """The signature that the engine will have, without loading the model: a run with nothing to do needs no more."""
    return str(_module(name).signature(settings))


class DeferredEngine:
    """An engine that is loaded by the first request it gets: a run with nothing to do loads no model."""

    def __init__(self, name: str, settings: EngineSettings) -> None:
        """Raises SettingsError and ModelError as `engine_signature` does; what loading raises comes later."""
        self._name, self._settings = name, settings
        self.signature = engine_signature(name, settings)

    @cached_property
    def _engine(self) -> Engine:
        return open_engine(self._name, self._settings)

    def fits(self, request: Request) -> bool:
        """See Engine."""
        return self._engine.fits(request)

    def translate(self, requests: Sequence[Request], effort: Effort = "usual") -> list[Hypothesis]:
        """See Engine."""
        return self._engine.translate(requests, effort)


def _module(name: str) -> ModuleType:
    if name not in ENGINES:
        raise SettingsError(f"“{name}” is not an engine. Use one of: {', '.join(ENGINES)}.")
    return import_module(ENGINES[name])
