"""Is everything there that a run needs? Each answer comes with what to do."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.engines import EngineSettings, engine_signature
from pipeline.errors import DaeyeokError, Exit
from pipeline.glossary import load_glossary
from pipeline.intake import find_inputs
from pipeline.workspace import Workspace

NEEDED = ("ctranslate2", "sentencepiece", "charset-normalizer", "pyahocorasick", "opencc", "jinja2", "lxml", "torch")
LEAST_SPACE = 500_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at: what, how it is, whether that is well, and what to do otherwise."""

    what: str
    state: str
    is_well: bool = True
    advice: str = ""
    exit_code: Exit = Exit.USAGE


def examine(start: Path) -> list[Diagnosis]:
    """Look at program, settings, folders, glossary and model. Nothing is changed."""
    found = [Diagnosis("Python", platform.python_version()), *_packages()]
    try:
        workspace = Workspace.open(start)
    except DaeyeokError as error:
        return [*found, Diagnosis("settings", str(error), is_well=False, exit_code=error.exit_code)]
    found.append(Diagnosis("settings", f"{workspace.root / 'daeyeok.yaml'}"))
    found.extend(_folders(workspace))
    found.append(_asked("glossary", lambda: f"{len(load_glossary(workspace.root / 'glossary').terms):,} terms"))
    found.append(_asked("engine", lambda: _engine(workspace.settings.engine, workspace.engine_settings)))
    return found


def _packages() -> Iterator[Diagnosis]:
    for name in NEEDED:
        try:
            yield Diagnosis(name, version(name))
        except PackageNotFoundError:
            yield Diagnosis(name, "not installed", is_well=False, advice="make clean, then make run")


def _folders(workspace: Workspace) -> Iterator[Diagnosis]:
    if workspace.input.is_dir():
        yield Diagnosis("input", f"{len(find_inputs(workspace.input))} articles in {workspace.input}")
    else:
        yield Diagnosis("input", f"{workspace.input} is not there", is_well=False, advice=f"mkdir {workspace.input}")
    place = workspace.output if workspace.output.is_dir() else workspace.root
    if os.access(place, os.W_OK):
        yield Diagnosis("output", f"{workspace.output} can be written")
    else:
        yield Diagnosis(
            "output",
            f"{workspace.output} cannot be written",
            is_well=False,
            advice="change its rights",
            exit_code=Exit.PARTLY,
        )
    free = shutil.disk_usage(place).free
    advice = "" if free > LEAST_SPACE else "free some space; weights and documents need it"
    yield Diagnosis("disk", f"{free / 1e9:.1f} GB free", is_well=not advice, advice=advice, exit_code=Exit.PARTLY)


def _engine(name: str, settings: EngineSettings) -> str:
    return f"{engine_signature(name, settings)} from {settings.model}"


def _asked(what: str, state: Callable[[], str]) -> Diagnosis:
    """What a part says of itself, or the error it raises."""
    try:
        return Diagnosis(what, state())
    except DaeyeokError as error:
        return Diagnosis(what, str(error), is_well=False, exit_code=error.exit_code)
