"""The command line as a person types it: results, exit codes, and wrong things typed into it."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli import main

COMMANDS = ["run", "status", "show", "check", "checks", "evaluate", "train", "doctor"]


@pytest.fixture
def daeyeok(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """daeyeok(*arguments) → exit code, stdout, stderr, in the workspace."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["--workspace", str(workspace), *arguments])
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return call


Call = Callable[..., tuple[int, str, str]]


def test_run_says_what_it_did(daeyeok: Call) -> None:
    code, out, err = daeyeok("run")
    assert code == 0
    assert "articles    2: 2 processed, 0 unchanged" in out
    assert "0 reused, 0 failed" in out
    assert "terms" in out
    assert "segments to translate" in err


def test_run_prints_json_for_programs(daeyeok: Call) -> None:
    code, out, _ = daeyeok("run", "--json", "--quiet")
    summary = json.loads(out)
    assert code == 0
    assert summary["articles"] == 2
    assert summary["translated"] > 0
    assert summary["missed"] == summary["asked"] - summary["honoured"]


def test_run_takes_single_files(daeyeok: Call, workspace: Path) -> None:
    daeyeok("run", str(workspace / "input" / "rice.txt"))
    assert sorted(path.name for path in (workspace / "output").glob("[!.]*")) == ["rice"]


def test_a_file_named_twice_is_processed_once(daeyeok: Call, workspace: Path) -> None:
    rice = str(workspace / "input" / "rice.txt")
    code, out, _ = daeyeok("run", rice, rice)
    assert code == 0
    assert "articles    1: 1 processed" in out


def test_status_knows_new_and_finished_articles(daeyeok: Call, workspace: Path) -> None:
    assert "new" in daeyeok("status")[1]
    daeyeok("run")
    (workspace / "input" / "later.txt").write_text("늦게 온 글\n\n늦게 온 글이다.\n", encoding="utf-8")
    _, out, _ = daeyeok("status", "--json")
    states = {entry["file"]: entry["id"] for entry in json.loads(out)}
    assert states == {"later.txt": "", "port.txt": "port", "rice.txt": "rice"}


def test_show_prints_the_three_texts_by_id_and_by_file(daeyeok: Call) -> None:
    daeyeok("run")
    code, out, _ = daeyeok("show", "port")
    assert code == 0
    assert "심양시는 올해" in out
    assert "\n       zh  " in out
    assert "\n       en  " in out
    assert daeyeok("show", "port.txt")[1] == out


def test_show_of_an_unknown_article_names_those_there_are(daeyeok: Call) -> None:
    daeyeok("run")
    code, out, err = daeyeok("show", "prot")
    assert (code, out) == (3, "")
    assert "port, rice" in err


def test_checks_describe_themselves(daeyeok: Call) -> None:
    code, out, _ = daeyeok("checks", "--json")
    described = json.loads(out)
    assert code == 0
    assert {"numbers", "terms"} <= set(described)
    assert all(len(text) > 40 for text in described.values())


def test_doctor_finds_a_healthy_workspace_healthy(daeyeok: Call) -> None:
    code, out, _ = daeyeok("doctor")
    assert code == 0, out
    assert "3 terms" in out


def test_doctor_names_a_missing_model_and_what_to_do(daeyeok: Call, workspace: Path) -> None:
    (workspace / "daeyeok.yaml").write_text("engine: ctranslate2\nmodel: models/none\n", encoding="utf-8")
    code, out, _ = daeyeok("doctor")
    assert code == 4
    assert "models/none" in out


def test_a_missing_model_ends_a_run_before_it_begins(daeyeok: Call, workspace: Path) -> None:
    (workspace / "daeyeok.yaml").write_text("engine: ctranslate2\nmodel: models/none\n", encoding="utf-8")
    code, _, err = daeyeok("run")
    assert code == 4
    assert "models/none" in err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"Example: daeyeok {command}" in " ".join(capsys.readouterr().out.split())


def test_train_passes_its_arguments_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", "prepare", "--help"])
    assert ended.value.code == 0
    assert "--data" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["rnu"], ["run", "--fast"], ["check", "--fail-on", "worst"]])
def test_a_wrong_command_line_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_help_loads_nothing_heavy() -> None:
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "pipeline", "--help"], capture_output=True, text=True, check=True
    ).stderr
    heavy = ("torch", "transformers", "ctranslate2", "numpy", "lxml", "jinja2", "rich", "yaml", "opencc")
    assert not [name for name in heavy if f"| {name}\n" in loaded]


# --- bad input: a clear message, and nothing is lost ---------------------------------------------------------------

BAD_FILES = {
    "empty.txt": (b"", "empty"),
    "blank.txt": ("\n \u3000\n".encode(), "paragraph"),
    "binary.txt": (bytes(range(256)) * 40, "binary|text"),
    "undecodable.txt": (b"\xff\xfe\xfa" + b"\x81\x00\xff" * 50, "UTF-16|binary|encoding"),
    "no-body.txt": ("제목만 있는 글\n\n발표시간: 2026-03-12\n".encode(), "body"),
    "picture.png": (b"\x89PNG\r\n", "“.png” files are not read"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_read_is_set_aside_and_the_others_are_processed(
    name: str, daeyeok: Call, workspace: Path
) -> None:
    content, message = BAD_FILES[name]
    bad = workspace / "input" / name
    bad.write_bytes(content)
    code, out, _ = daeyeok("run", str(bad), str(workspace / "input" / "rice.txt"))
    assert code == 5
    assert name in out
    assert any(part in out for part in message.split("|")), out
    assert (workspace / "output" / "rice" / "rice.html").is_file()
    assert bad.read_bytes() == content


def test_only_unreadable_files_exit_with_3(daeyeok: Call, workspace: Path) -> None:
    bad = workspace / "input" / "empty.txt"
    bad.touch()
    assert daeyeok("run", str(bad))[0] == 3


def test_a_folder_in_place_of_a_file_is_named(daeyeok: Call, workspace: Path) -> None:
    code, out, _ = daeyeok("run", str(workspace / "input"))
    assert code == 3
    assert "this is a folder" in out
    (workspace / "input" / "folder.txt").mkdir()
    assert daeyeok("run")[0] == 5


def test_a_file_that_is_not_there_is_named(daeyeok: Call, workspace: Path) -> None:
    code, out, _ = daeyeok("run", str(workspace / "input" / "none.txt"))
    assert code == 3
    assert "none.txt" in out


def test_a_line_of_50_megabytes_is_refused_with_its_size(daeyeok: Call, workspace: Path) -> None:
    (workspace / "input" / "long.txt").write_bytes("가".encode() * (50_000_000 // 3))
    code, out, _ = daeyeok("run")
    assert code == 5
    assert "50.0 MB" in out


def test_a_long_line_within_the_limit_is_processed(daeyeok: Call, workspace: Path) -> None:
    (workspace / "input" / "long.txt").write_text("긴 글\n\n" + "심양은 발전한다. " * 2000 + "\n", encoding="utf-8")
    assert daeyeok("run")[0] == 0


def test_two_articles_with_the_same_title_and_name_both_stay(daeyeok: Call, workspace: Path) -> None:
    (workspace / "input" / "2026").mkdir()
    text = (workspace / "input" / "rice.txt").read_text("utf-8")
    (workspace / "input" / "2026" / "rice.txt").write_text(text, encoding="utf-8")
    (workspace / "input" / "rice.md").write_text("# 벼모내기 한창\n\n벼모내기가 끝났다.\n", encoding="utf-8")
    assert daeyeok("run")[0] == 0
    names = {path.name for path in (workspace / "output").glob("[!.]*")}
    assert len(names) == 4
    assert {"2026-rice", "port"} <= names
    daeyeok("run")
    assert {path.name for path in (workspace / "output").glob("[!.]*")} == names


def test_a_file_that_changes_while_it_is_read_is_set_aside(
    daeyeok: Call, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = workspace / "input" / "rice.txt"
    read = Path.read_bytes

    def read_and_grow(path: Path) -> bytes:
        content = read(path)
        if path == article:
            path.write_bytes(content + "더 왔다.".encode())
        return content

    monkeypatch.setattr(Path, "read_bytes", read_and_grow)
    code, out, _ = daeyeok("run")
    monkeypatch.undo()
    assert code == 5
    assert "changes while it is read" in out
    assert daeyeok("run")[0] == 0


def test_broken_glossary_yaml_is_named_with_its_line(daeyeok: Call, workspace: Path) -> None:
    (workspace / "glossary" / "broken.yaml").write_text("- ko: 심양\n  zh: [沈阳\n", encoding="utf-8")
    code, _, err = daeyeok("run")
    assert code == 2
    assert "broken.yaml, line" in err


def test_a_damaged_bitext_is_set_aside_and_not_written_over(daeyeok: Call, workspace: Path) -> None:
    daeyeok("run")
    bitext = workspace / "output" / "rice" / "bitext.json"
    bitext.write_text(bitext.read_text("utf-8")[:300], encoding="utf-8")
    damaged = bitext.read_bytes()
    code, out, _ = daeyeok("run")
    assert code == 5
    assert "is damaged" in out
    assert bitext.read_bytes() == damaged


def test_a_damaged_index_says_that_it_may_be_deleted(daeyeok: Call, workspace: Path) -> None:
    (workspace / "output").mkdir()
    (workspace / "output" / ".index.sqlite").write_bytes(b"not a database" * 100)
    code, _, err = daeyeok("run")
    assert code == 5
    assert "delete it" in err


def test_output_that_may_not_be_written_is_said(daeyeok: Call, workspace: Path, tmp_path: Path) -> None:
    """As a user without the right. Root may write anywhere, so a child process becomes nobody for it."""
    daeyeok("run")  # everything is imported before the child gives up its rights
    shutil.rmtree(workspace / "output")
    for folder in (workspace, *workspace.parents):
        if folder.owner() == workspace.owner() and folder.stat().st_mode & 0o055 != 0o055 and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    workspace.chmod(0o555)
    said = tmp_path.parent / "said.txt"
    child = os.fork()
    if child == 0:  # never returns into pytest
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT), 2)
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        os._exit(subprocess_main(workspace))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    workspace.chmod(0o755)
    message = said.read_text("utf-8")
    assert code == 5, message
    assert "cannot be written: Permission denied" in message
    assert list((workspace / "input").iterdir())


def subprocess_main(workspace: Path) -> int:
    """A run in a forked child, its words on the real stderr; 99 for a traceback."""
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    try:
        return main(["--workspace", str(workspace), "run"])
    except BaseException:  # noqa: BLE001 the child must not go on as a second pytest
        traceback.print_exc()
        return 99
    finally:
        sys.stderr.flush()


def test_a_full_disk_keeps_what_is_finished_and_the_next_run_goes_on(workspace: Path) -> None:
    """A limit on the size of files stands in for a disk without space: the write itself fails, for real."""

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, 3_000))

    command = [sys.executable, "-m", "pipeline", "--workspace", str(workspace), "run"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=small_files)
    assert ended.returncode == 5, ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list((workspace / "output").rglob("*.new"))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_second_run_at_the_same_time_is_refused(daeyeok: Call, workspace: Path) -> None:
    from filelock import FileLock

    (workspace / "output").mkdir()
    with FileLock(workspace / "output" / ".run.lock"):
        code, _, err = daeyeok("run")
    assert code == 5
    assert "Another run" in err


def test_ctrl_c_ends_with_130_and_the_next_run_goes_on(daeyeok: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import workspace as module

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "translate", interrupted)
    code, _, err = daeyeok("run")
    assert code == 130
    assert "run again to go on" in err
    monkeypatch.undo()
    assert daeyeok("run")[0] == 0
