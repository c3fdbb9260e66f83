"""daeyeok.yaml: what the user may set, its defaults, and errors that name the line."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields
from pathlib import Path

import yaml

from pipeline.errors import SettingsError
from pipeline.languages import TARGETS, target

FILE = "daeyeok.yaml"
DEVICES = ("auto", "cpu", "cuda")
QUANTISATIONS = ("int8", "int8_float16", "float16", "bfloat16", "float32")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a workspace; the file lists each with a comment."""

    engine: str = "ctranslate2"
    model: str = "models/default"
    targets: tuple[str, ...] = tuple(TARGETS)
    beam: int = 4
    quantisation: str = "int8"
    device: str = "auto"
    threads: int = 0


def find_workspace(start: Path) -> Path:
    """The folder with daeyeok.yaml, `start` or the nearest one above. Raises SettingsError when there is none."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder
    raise SettingsError(
        f"There is no {FILE} in {start} or above. Go to the project folder, or name it with --workspace FOLDER."
    )


def load_settings(root: Path) -> Settings:
    """Read daeyeok.yaml. Raises SettingsError with file and line for anything that is not understood."""
    path = root / FILE
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: this is not YAML. {error}") from error
    if node is None:
        return Settings()
    if not isinstance(node, yaml.MappingNode):
        raise SettingsError(f"{path}: the file must be lines of “name: value”.")
    values: dict[str, object] = {}
    loader = yaml.SafeLoader("")
    for key_node, value_node in node.value:
        place = f"{path}, line {key_node.start_mark.line + 1}"
        name = str(key_node.value)
        if name in values:
            raise SettingsError(f"{place}: “{name}” is set twice. Keep one.")
        try:
            values[name] = _value(name, loader.construct_object(value_node, deep=True), place)
        except yaml.YAMLError as error:
            raise SettingsError(f"{place}: the value of “{name}” is not understood: {error}") from error
    return Settings(**values)  # type: ignore[arg-type]


def _value(name: str, value: object, place: str) -> object:
    """The value of one setting, checked."""
    known = [field.name for field in fields(Settings)]
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean “{near[0]}”?" if near else f"Known are: {', '.join(known)}."
        raise SettingsError(f"{place}: “{name}” is not a setting. {hint}")
    if name == "targets":
        if not isinstance(value, list) or not value:
            raise SettingsError(f"{place}: “targets” is a list such as [zh, en].")
        try:
            return tuple(dict.fromkeys(target(str(code)).code for code in value))
        except SettingsError as error:
            raise SettingsError(f"{place}: {error}") from error
    if name in ("beam", "threads"):
        low = 1 if name == "beam" else 0
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= 64:
            raise SettingsError(f"{place}: “{name}” is a whole number from {low} to 64.")
        return value
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{place}: “{name}” is a text.")
    choices = {"device": DEVICES, "quantisation": QUANTISATIONS}.get(name)
    if choices and value not in choices:
        raise SettingsError(f"{place}: “{name}” is one of: {', '.join(choices)}.")
    return value
