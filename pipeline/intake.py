"""Input files: which there are, under which id each is known, and each read safely into an Article."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from pipeline.article import Article
from pipeline.decode import decode
from pipeline.errors import InputError

READERS = {".txt": "pipeline.formats.text", ".md": "pipeline.formats.markdown"}
LARGEST = 5_000_000  # bytes; a long newspaper article has 30,000
LONGEST_ID = 80  # bytes, so that every file name made from it stays below 255


def find_inputs(folder: Path) -> list[Path]:
    """All article files below input/, sorted; names that begin with a dot or ~ are not articles."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in READERS
        and not any(part.startswith((".", "~")) for part in path.relative_to(folder).parts)
    )


def input_name(path: Path, folder: Path) -> str:
    """How a file is called in metadata, index and messages: below input/ relative to it, else as an absolute path."""
    resolved = path.resolve()
    try:
        return resolved.relative_to(folder.resolve()).as_posix()
    except ValueError:
        return resolved.as_posix()


def article_id(file: str, taken: Mapping[str, str]) -> str:
    """A folder name for an input file; `taken` maps ids in use to their files.

    >>> article_id("료녕/심양 소식.txt", {})
    '료녕-심양-소식'
    >>> article_id("a.md", {"a": "a.txt"})
    'a-md'
    """
    suffix = Path(file).suffix
    base = _slug(file.removesuffix(suffix))
    candidates = [base, f"{base}-{suffix[1:].lower()}", *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in candidates if taken.get(name, file) == file)


def _slug(stem: str) -> str:
    """Letters, digits, dots and hyphens; cut to LONGEST_ID bytes with a hash when it is longer."""
    slug = re.sub(r"[^\w.]+", "-", stem.strip("/")).strip("-._") or "article"
    if len(slug.encode()) <= LONGEST_ID:
        return slug
    mark = hashlib.sha256(stem.encode()).hexdigest()[:8]
    return slug.encode()[: LONGEST_ID - 9].decode(errors="ignore") + "-" + mark


def read_bytes(path: Path, file: str) -> bytes:
    """The content of an input file, of one moment. Raises InputError: not there, a folder, too large, changing."""
    for _ in range(3):
        try:
            before = path.stat()
            if path.is_dir():
                raise InputError(file, "this is a folder. Name the files in it, or put the folder into input/.")
            if before.st_size > LARGEST:
                raise InputError(
                    file,
                    f"the file has {before.st_size / 1e6:.1f} MB, an article at most {LARGEST / 1e6:.0f} MB. "
                    "Split it into articles.",
                )
            raw = path.read_bytes()
            after = path.stat()
        except OSError as error:
            raise InputError(file, f"cannot be read: {error.strerror}.") from error
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and len(raw) == after.st_size:
            return raw
    raise InputError(file, "the file changes while it is read. Run again when it is finished.")


def read_article(raw: bytes, file: str, name: str) -> Article:
    """Decode a file and read it by its suffix; `name` becomes the article's id. Raises InputError.

    Reading is checked: the pieces of the article join to the very text of the file (law 1).
    """
    suffix = Path(file).suffix.lower()
    if suffix not in READERS:
        raise InputError(file, f"“{suffix}” files are not read. Use one of: {', '.join(READERS)}.")
    text, encoding = decode(raw, file)
    read = cast("Callable[[str, str, str, str], Article]", import_module(READERS[suffix]).read)
    article = read(text, name, file, encoding)
    if article.source_text() != text:
        raise AssertionError(f"{file}: reading lost text; this is a fault of the program, please report it")
    return article
