"""daeyeok.yaml: defaults, and errors that name the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import Settings, find_workspace, load_settings

ROOT = Path(__file__).parents[1]


def test_the_file_that_we_ship_lists_every_setting_with_its_default() -> None:
    assert load_settings(ROOT) == Settings()
    text = (ROOT / "daeyeok.yaml").read_text(encoding="utf-8")
    assert all(f"\n{name}:" in text for name in Settings.__slots__)


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "daeyeok.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert load_settings(tmp_path) == Settings()


def test_target_codes_are_brought_into_one_form(tmp_path: Path) -> None:
    (tmp_path / "daeyeok.yaml").write_text("targets: [zh_CN, EN, zh-Hans]\n", encoding="utf-8")
    assert load_settings(tmp_path).targets == ("zh", "en")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("beam: 4\nmodle: x\n", r"line 2: “modle” is not a setting. Did you mean “model”\?"),
        ("beam: 0\n", "line 1: “beam” is a whole number from 1"),
        ("beam: yes\n", "line 1: “beam” is a whole number"),
        ("beam: 4\nbeam: 5\n", "line 2: “beam” is set twice"),
        ("targets: []\n", "line 1: “targets” is a list"),
        ("targets: [ja]\n", "line 1: “ja” is not a target language"),
        ("device: tpu\n", "line 1: “device” is one of: auto, cpu, cuda"),
        ("model: [a]\n", "line 1: “model” is a text"),
        ("- a\n", "lines of “name: value”"),
        ("a: [\n", "not YAML"),
        ("model: !!python/object/apply:os.system [ls]\n", "line 1: the value of “model” is not understood"),
    ],
)
def test_what_is_not_understood_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "daeyeok.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        load_settings(tmp_path)


def test_a_workspace_is_found_from_below_and_its_absence_is_said(tmp_path: Path) -> None:
    (tmp_path / "daeyeok.yaml").touch()
    deep = tmp_path / "input" / "2026"
    deep.mkdir(parents=True)
    assert find_workspace(deep) == tmp_path
    with pytest.raises(SettingsError, match="--workspace"):
        find_workspace(Path("/"))
