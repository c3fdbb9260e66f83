"""Law 3: what comes back is what went out, in every format that people edit, through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import store
from pipeline.article import Bitext
from pipeline.cli import main
from pipeline.deliver import EXPORTS
from pipeline.errors import Exit

Run = Callable[..., object]
EDITABLE = [name for name, export in EXPORTS.items() if export.takes_edits]


def bitext_of(workspace: Path) -> Bitext:
    bitext = store.load_bitext(workspace / "output" / "port")
    assert bitext is not None
    return bitext


def export(workspace: Path, name: str) -> list[Path]:
    assert main(["--workspace", str(workspace), "export", "port", "--format", name]) == Exit.OK
    return sorted((workspace / "output" / "exports").iterdir())


def take(workspace: Path, *arguments: str) -> int:
    return main(["--workspace", str(workspace), "import", *arguments])


@pytest.mark.parametrize("name", EDITABLE)
def test_a_document_that_nobody_touched_changes_nothing(workspace: Path, run: Run, name: str) -> None:
    run(workspace)
    before = (workspace / "output" / "port" / store.FILE).read_bytes()
    for file in export(workspace, name):
        assert take(workspace, str(file)) == Exit.OK
    assert (workspace / "output" / "port" / store.FILE).read_bytes() == before


@pytest.mark.parametrize("name", EDITABLE)
def test_a_document_approved_as_a_whole_is_kept_from_the_machine(workspace: Path, run: Run, name: str) -> None:
    run(workspace)
    files = export(workspace, name)
    for file in files:
        assert take(workspace, str(file), "--approve", "--by", "박") == Exit.OK
    approved = bitext_of(workspace)
    assert {translation.state for translation in approved.translations} == {"approved"}
    assert {translation.by for translation in approved.translations} == {"박"}
    for file in files:  # twice is once
        assert take(workspace, str(file), "--approve", "--by", "박") == Exit.OK
    assert bitext_of(workspace) == approved
    run(workspace)
    assert bitext_of(workspace).translations == approved.translations


@pytest.mark.parametrize("name", EDITABLE)
def test_an_edit_of_an_older_text_is_handed_back_with_both(
    workspace: Path, run: Run, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(workspace)
    files = export(workspace, name)
    article = workspace / "input" / "port.txt"
    article.write_text(article.read_text("utf-8").replace("3곳을", "9곳을"), encoding="utf-8")
    run(workspace)  # the machine translates the changed sentence anew
    changed = bitext_of(workspace)
    capsys.readouterr()
    for file in files:
        assert take(workspace, str(file), "--approve", "--json") == Exit.PARTLY
        (result,) = json.loads(capsys.readouterr().out)
        refused = [verdict for verdict in result["verdicts"] if verdict["outcome"] == "refused"]
        assert refused
        assert all("9곳을" in verdict["source"] and verdict["edit"]["text"] for verdict in refused)
    late = next(segment.id for segment in changed.article.segments() if "9곳을" in segment.text)
    for lang in ("zh", "en"):
        assert bitext_of(workspace).translation(late, lang) == changed.translation(late, lang)


@pytest.mark.parametrize("name", [name for name in EXPORTS if name not in EDITABLE])
def test_every_other_format_is_written_and_written_the_same_again(workspace: Path, run: Run, name: str) -> None:
    run(workspace)
    first = {file.name: file.read_bytes() for file in export(workspace, name)}
    assert first
    assert all(content for content in first.values())
    assert {file.name: file.read_bytes() for file in export(workspace, name)} == first


def test_a_file_that_is_no_document_is_refused_in_words(
    workspace: Path, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(workspace)
    capsys.readouterr()
    for name, content, words in [
        ("a.pdf", b"%PDF-1.7 ...", "a PDF"),
        ("b.docx", b"PK\x03\x04cut", "damaged or cut off"),
        ("c.doc", b"\xd0\xcf\x11\xe0....", "old or encrypted Office"),
        ("d.tmx", b"<tmx version='1.4'><body/></tmx>", "translation memory"),
        ("e.txt", "본문입니다.".encode(), "no document that edits can be read from"),
    ]:
        file = tmp_path / name
        file.write_bytes(content)
        assert take(workspace, str(file)) == Exit.UNREADABLE
        assert words in capsys.readouterr().out
    assert take(workspace, str(tmp_path / "nowhere.docx")) == Exit.UNREADABLE
