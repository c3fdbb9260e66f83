"""Files in parcels of limited size, for machines that are reached through a narrow door.

A parcel is a .tar.xz cut into pieces: `both-20261122T210500123-3f2a9c1be07d.tar.xz.2-of-4`. The name has the time, so
that a newer parcel is unpacked over an older one whatever became of the files' own times on the way, and a digest of
the whole, so that nothing is unpacked that is not whole. Only the standard library is needed on either side.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import re
import tarfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import StorageError

MEBIBYTE = 1 << 20
SMALL, QUICK = 6, 1  # presets of xz; weights hardly become smaller, however long one tries
PIECE = re.compile(
    r"(?P<name>.+)-(?P<made>\d{8}T\d{9})-(?P<digest>[0-9a-f]{12})\.tar\.xz\.(?P<number>\d+)-of-(?P<count>\d+)"
)
UNPACKED = ".parcels"  # in the folder they were unpacked to: which were, so that work that went on is not undone
UNFINISHED = (".pt", ".unfinished")  # checkpoints stay where they are: large, and of no use elsewhere


def pack(
    name: str, root: Path, contents: Iterable[str], folder: Path, mebibytes: float, preset: int = SMALL
) -> list[Path]:
    """Put files and folders below `root` into a parcel in `folder`, in pieces of at most so many MiB.

    Checkpoints and hidden files are left out. Gives the pieces. Raises StorageError.
    """
    try:
        packed = io.BytesIO()
        with lzma.open(packed, "wb", preset=preset) as smaller, tarfile.open(fileobj=smaller, mode="w") as archive:
            for content in contents:
                archive.add(root / content, content, filter=_wanted)
        whole, size = packed.getvalue(), max(1, int(mebibytes * MEBIBYTE))
        folder.mkdir(parents=True, exist_ok=True)
        count = -(-len(whole) // size)
        made = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]
        start = f"{name}-{made}-{_digest(whole)}.tar.xz"
        pieces = [folder / f"{start}.{number}-of-{count}" for number in range(1, count + 1)]
        for number, piece in enumerate(pieces):
            piece.write_bytes(whole[number * size : (number + 1) * size])
    except OSError as problem:
        raise StorageError(f"{folder}: the parcel {name} cannot be written ({problem}). Make room.") from problem
    return pieces


def join(folder: Path, root: Path) -> list[str]:
    """Unpack all parcels of a folder below `root`, over what is there; gives the names of those that were new to it.

    The oldest comes first. One that was unpacked there before is not unpacked again. Raises StorageError where a piece
    is missing or damaged, before anything is unpacked.
    """
    try:
        done = root / UNPACKED
        known = done.read_text(encoding="utf-8").split() if done.is_file() else []
        wholes = [(one, _whole(one.name, pieces)) for one, pieces in _parcels(folder) if one.digest not in known]
        root.mkdir(parents=True, exist_ok=True)
        for one, whole in wholes:
            with tarfile.open(fileobj=io.BytesIO(whole), mode="r:xz") as archive:
                archive.extractall(root, filter="data")  # no links out of the folder, no devices, no owners
            known.append(one.digest)
            done.write_text("\n".join(known), encoding="utf-8")
    except (OSError, tarfile.TarError, lzma.LZMAError) as problem:
        raise StorageError(f"{folder}: a parcel cannot be unpacked ({problem}). Fetch it again.") from problem
    return [one.name for one, _ in wholes]


class _Parcel(NamedTuple):
    made: str
    name: str
    digest: str


def _parcels(folder: Path) -> list[tuple[_Parcel, list[Path]]]:
    """Each parcel with its pieces, the oldest first. Raises StorageError where there is none."""
    found: dict[_Parcel, list[Path]] = {}
    for file in sorted(folder.rglob("*-of-*")):
        if match := PIECE.fullmatch(file.name):
            found.setdefault(_Parcel(match["made"], match["name"], match["digest"]), []).append(file)
    if not found:
        raise StorageError(f"{folder}: there is no parcel (NAME….tar.xz.1-of-1) here. Name the folder that has them.")
    return sorted(found.items())


def _whole(name: str, pieces: list[Path]) -> bytes:
    """The bytes of a parcel, checked."""
    numbered = {}
    for piece in pieces:
        if match := PIECE.fullmatch(piece.name):
            numbered[int(match["number"])] = piece
            count, digest = int(match["count"]), match["digest"]
    missing = [str(number) for number in range(1, count + 1) if number not in numbered]
    if missing:
        raise StorageError(f"{pieces[0].parent}: of {name}, piece {', '.join(missing)} of {count} is missing.")
    whole = b"".join(numbered[number].read_bytes() for number in range(1, count + 1))
    if _digest(whole) != digest:
        raise StorageError(f"{pieces[0].parent}: {name} is damaged. Fetch its {count} pieces again.")
    return whole


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _wanted(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    last = member.name.rpartition("/")[2]
    if last.endswith(UNFINISHED) or (last.startswith(".") and last != "."):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
