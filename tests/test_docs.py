"""The documentation is true: helps are copies, links lead somewhere, every dependency has its reason."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pipeline.cli import main

ROOT = Path(__file__).parents[1]
COMMANDS = (
    *("run", "status", "show", "check", "checks", "export", "import", "evaluate", "train", "doctor"),
    *("glossary lint", "glossary find", "glossary show", "glossary add", "glossary edit", "glossary retire"),
    *("glossary stats", "glossary coverage", "glossary suggest", "glossary diff", "glossary impact"),
    *("glossary import", "glossary export"),
)
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("command", COMMANDS)
def test_the_manual_has_the_very_help_of_each_command(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit):
        main([*command.split(), "--help"])
    manual = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert capsys.readouterr().out.strip() in manual, f"COLUMNS=100 daeyeok {command} --help has changed"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_lead_to_files_that_are_there(document: Path) -> None:
    text = document.read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert not [link for link in links if not (document.parent / link).exists()]


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    reasons = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    needed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = [re.split(r"[~=<>\[ ]", requirement)[0].lower() for requirement in needed]
    assert not [name for name in names if name not in reasons]


def test_the_design_names_every_module() -> None:
    design = (ROOT / "docs" / "design.md").read_text("utf-8")
    modules = {path.stem for path in (ROOT / "pipeline").glob("*.py")} - {"__init__", "__main__"}
    assert not [name for name in sorted(modules) if not re.search(rf"\b{name}\b", design)]
