"""What can be wrong with the world, as a tree; each leaf carries the exit code of the command line.

Wrong text is a Finding (data). A wrong world is one of these. Wrong code is a traceback.

    DaeyeokError
    ├── SettingsError    2  daeyeok.yaml, a glossary file, the command line
    │   └── GlossaryError
    ├── InputError       3  a file that cannot be read as an article
    ├── ModelError       4  a model that is missing, broken or not supported
    └── StorageError     5  output that cannot be written or read, or is held by another run
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path


class Exit(IntEnum):
    """Exit codes of the command line."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    UNREADABLE = 3
    NO_MODEL = 4
    PARTLY = 5
    INTERRUPTED = 130


class DaeyeokError(Exception):
    """Something in the world is wrong; the message says what, where, and what to do next."""

    exit_code: Exit = Exit.USAGE


class SettingsError(DaeyeokError):
    """daeyeok.yaml or the command line asks for something that cannot be done."""

    exit_code = Exit.USAGE


class GlossaryError(SettingsError):
    """One or several faults of the glossary files; `problems` are lines `file, line N: what. What to do.`"""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class InputError(DaeyeokError):
    """A file that cannot be read as an article; it is set aside and the run goes on."""

    exit_code = Exit.UNREADABLE

    def __init__(self, file: Path | str, problem: str, line: int | None = None) -> None:
        self.file, self.problem, self.line = str(file), problem, line
        place = f"{file}, line {line}" if line is not None else str(file)
        super().__init__(f"{place}: {problem}")


class ModelError(DaeyeokError):
    """A model folder or engine that cannot be used."""

    exit_code = Exit.NO_MODEL


class StorageError(DaeyeokError):
    """Output that cannot be written or read back; what was saved before stays as it was."""

    exit_code = Exit.PARTLY
