"""Parcels: what is packed comes out again, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import StorageError
from pipeline.train.parcel import MEBIBYTE, UNPACKED, join, pack

KIBIBYTE = 1 / 1024  # in MiB


def filled(root: Path, contents: dict[str, bytes]) -> Path:
    for name, content in contents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def found(root: Path) -> dict[str, bytes]:
    """The files by their names, the list of what was unpacked not among them."""
    files = {str(file.relative_to(root)): file for file in root.rglob("*") if file.is_file()}
    return {name: file.read_bytes() for name, file in files.items() if name != UNPACKED}


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b/c", "b/d", "e/f/g"]), st.binary(max_size=5000), min_size=1))
def test_what_goes_in_comes_out_in_pieces_no_larger_than_asked(
    tmp_path_factory: pytest.TempPathFactory, contents: dict[str, bytes]
) -> None:
    root = tmp_path_factory.mktemp("parcel")
    filled(root / "in", contents)
    pieces = pack("all", root / "in", ["."], root / "pieces", KIBIBYTE)
    assert all(0 < piece.stat().st_size <= KIBIBYTE * MEBIBYTE for piece in pieces)
    assert join(root / "pieces", root / "out") == ["all"]
    assert found(root / "out") == contents


def test_checkpoints_and_hidden_files_stay_behind(tmp_path: Path) -> None:
    filled(tmp_path / "in", {"model/a": b"1", "checkpoint.pt": b"2", ".hidden/b": b"3", "model/.c": b"4"})
    pack("some", tmp_path / "in", ["."], tmp_path / "pieces", 1)
    join(tmp_path / "pieces", tmp_path / "out")
    assert found(tmp_path / "out") == {"model/a": b"1"}


def test_parcels_of_several_calls_are_joined_the_newest_last(tmp_path: Path) -> None:
    for number, folder in enumerate(("first", "second")):
        filled(tmp_path / folder, {"model/a": folder.encode(), f"model/{folder}": b""})
        for piece in pack("model", tmp_path / folder, ["model"], tmp_path / "pieces" / f"{9 - number}", 1):
            os.utime(piece, (1000 - number, 1000 - number))  # fetched in the other order
    join(tmp_path / "pieces", tmp_path / "out")
    assert found(tmp_path / "out")["model/a"] == b"second"


def test_what_was_unpacked_once_does_not_undo_what_was_done_since(tmp_path: Path) -> None:
    filled(tmp_path / "in", {"a": b"1"})
    pack("first", tmp_path / "in", ["a"], tmp_path / "pieces", 1)
    assert join(tmp_path / "pieces", tmp_path / "out") == ["first"]
    filled(tmp_path / "out", {"a": b"newer"})
    filled(tmp_path / "in", {"b": b"2"})
    pack("second", tmp_path / "in", ["b"], tmp_path / "pieces", 1)
    assert join(tmp_path / "pieces", tmp_path / "out") == ["second"]
    assert found(tmp_path / "out") == {"a": b"newer", "b": b"2"}


def test_a_missing_piece_and_a_damaged_one_are_named_and_nothing_is_unpacked(tmp_path: Path) -> None:
    filled(tmp_path / "in", {"a": os.urandom(5000)})
    pieces = pack("all", tmp_path / "in", ["a"], tmp_path / "pieces", KIBIBYTE)
    kept = pieces[1].read_bytes()
    pieces[1].write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(StorageError, match="all is damaged"):
        join(tmp_path / "pieces", tmp_path / "out")
    pieces[1].unlink()
    with pytest.raises(StorageError, match="of all, piece 2 of"):
        join(tmp_path / "pieces", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_without_parcels_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no parcel"):
        join(tmp_path, tmp_path / "out")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to("/etc/hostname")
    pack("all", tmp_path / "in", ["link"], tmp_path / "pieces", 1)
    with pytest.raises(StorageError, match="cannot be unpacked"):
        join(tmp_path / "pieces", tmp_path / "out")
