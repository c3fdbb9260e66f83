"""Which input files there are, and under which id each is known."""

from __future__ import annotations

from pathlib import Path

from pipeline.intake import LONGEST_ID, article_id, find_inputs, input_name


def test_articles_are_found_in_folders_and_hidden_files_are_not_articles(tmp_path: Path) -> None:
    for name in ("b.txt", "a.MD", "2026/c.txt", ".hidden.txt", ".git/d.txt", "~$b.txt", "e.docx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in find_inputs(tmp_path)]
    assert found == ["2026/c.txt", "a.MD", "b.txt"]


def test_an_id_is_never_given_to_two_files() -> None:
    taken: dict[str, str] = {}
    for file in ("a.txt", "a.md", "a b.txt", "a-b.txt", "a/b.txt", "a/b.md", "...txt", "?.txt"):
        taken[article_id(file, taken)] = file
    assert len(taken) == 8


def test_a_file_keeps_its_id() -> None:
    taken = {"a": "a.txt", "a-md": "a.md"}
    assert article_id("a.md", {"a": "a.txt"}) == "a-md"
    assert article_id("a.txt", taken) == "a"


def test_an_id_is_a_safe_folder_name() -> None:
    for file in ("../../etc/passwd.txt", "/tmp/x.txt", "a\x00b.txt", ".txt", "심양 소식!.txt", "가" * 200 + ".txt"):
        name = article_id(file, {})
        assert "/" not in name
        assert "\x00" not in name
        assert not name.startswith(".")
        assert 0 < len(name.encode()) <= LONGEST_ID


def test_a_file_outside_input_is_known_by_its_whole_path(tmp_path: Path) -> None:
    assert input_name(tmp_path / "input" / "a" / "b.txt", tmp_path / "input") == "a/b.txt"
    assert input_name(tmp_path / "c.txt", tmp_path / "input") == (tmp_path / "c.txt").resolve().as_posix()
