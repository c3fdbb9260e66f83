"""A test set: Korean sentences with reference translations, and what other systems made of them."""

from __future__ import annotations

import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.errors import InputError
from pipeline.languages import SOURCE, TARGETS

COMPRESSED: Mapping[str, Callable[[bytes], bytes]] = {".xz": lzma.decompress, ".gz": gzip.decompress}
DOCUMENT = "document"  # the column that says which sentences belong together


@dataclass(frozen=True, slots=True)
class Peer:
    """The output of another system for every sentence of a test set."""

    name: str
    lang: str
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TestSet:
    """Sentences in the order of the file. `references` by language code, as long as `sources`, "" where there is none.

    `documents` names the document of each sentence; where it is empty all sentences are one document.
    """

    name: str
    sources: tuple[str, ...]
    references: Mapping[str, tuple[str, ...]]
    peers: tuple[Peer, ...] = ()
    documents: tuple[str, ...] = ()

    def first(self, count: int) -> TestSet:
        """The same test set with no more than so many sentences."""
        return replace(
            self,
            sources=self.sources[:count],
            references={lang: texts[:count] for lang, texts in self.references.items()},
            peers=tuple(replace(peer, outputs=peer.outputs[:count]) for peer in self.peers),
            documents=self.documents[:count],
        )

    def referenced(self, lang: str) -> list[int]:
        """The positions of the sentences that have a reference in this language."""
        return [place for place, text in enumerate(self.references.get(lang, ())) if text]

    def by_document(self) -> Mapping[str, list[int]]:
        """The positions of the sentences of each document."""
        places: dict[str, list[int]] = {}
        for place in range(len(self.sources)):
            places.setdefault(self.documents[place] if self.documents else "", []).append(place)
        return places


def read_test_sets(path: Path) -> tuple[TestSet, ...]:
    """The test sets at `path`, in the order of their names.

    `path` is a TSV file; or the beginning of the names of parallel line files (`news` for `news.ko`, `news.zh`,
    `news.en`, and `news.google.en` for what a peer made of it), or one of them; or a folder with any of these.
    Every file may be compressed (.xz, .gz). A TSV has the columns ko, zh and en in this order, or a first line that
    names them (`ko en`, also `document` and `google.en`; other columns are left aside). Cells are taken as they
    stand: a quotation mark is a character. Raises InputError.
    """
    if path.is_dir():
        names = sorted({one for file in path.iterdir() if file.is_file() for one in _set_names(file)})
        if not names:
            raise InputError(
                path, "there is no test set in this folder (name.tsv, or name.ko beside name.zh, name.en)."
            )
        return tuple(map(_read, names))
    return (_read(next(_set_names(path), path)),)


def _set_names(file: Path) -> Iterator[Path]:
    """What `_read` is to read for this file: the file itself, the part before `.ko`, or nothing."""
    plain = _uncompressed_name(file)
    if plain.endswith(".tsv"):
        yield file
    elif plain.endswith(f".{SOURCE.code}"):
        yield file.with_name(plain.removesuffix(f".{SOURCE.code}"))


def _uncompressed_name(file: Path) -> str:
    return file.stem if file.suffix in COMPRESSED else file.name


def _read(path: Path) -> TestSet:
    if _uncompressed_name(path).endswith(".tsv"):
        return _read_table(path)
    return _read_line_files(path)


def _lines(file: Path) -> list[str]:
    """The lines without their ends. The last may be empty and still be a line: a system that failed gives one.

    Only LF and CRLF end a line: a sentence may hold what `str.splitlines` takes for an end, U+2028 or U+0085.
    """
    try:
        raw = file.read_bytes()
        content = COMPRESSED[file.suffix](raw) if file.suffix in COMPRESSED else raw
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise InputError(file, f"cannot be read ({error}).") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(file, f"is not UTF-8 (byte {error.start + 1}). Save it as UTF-8.", line) from error
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if not text.strip():
        raise InputError(file, "the file is empty.")
    return lines if lines[-1] else lines[:-1]


# --- a table ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Columns:
    """The cells of a table by what its header calls them."""

    cells: dict[str, list[str]] = field(default_factory=dict)

    def add(self, names: Sequence[str], row: Sequence[str]) -> None:
        for name, cell in zip(names, row, strict=True):
            self.cells.setdefault(name, []).append(cell.strip())


def _read_table(file: Path) -> TestSet:
    lines = _lines(file)
    while not lines[-1].strip():
        lines.pop()
    names = [name.strip().casefold() for name in lines[0].lstrip("#").split("\t")]
    first = 1
    if SOURCE.code not in names:
        names, first = _usual_columns(file, len(names)), 0
    columns = _Columns()
    for number, line in enumerate(lines[first:], first + 1):
        row = line.split("\t")
        if len(row) != len(names):
            raise InputError(file, f"there are {len(row)} columns here and {len(names)} in the first line.", number)
        if not row[names.index(SOURCE.code)].strip():
            raise InputError(file, "there is no Korean. Remove the line, or fill it in.", number)
        columns.add(names, row)
    if not columns.cells:
        raise InputError(file, "there is nothing below the header.")
    return _test_set(file, _uncompressed_name(file).removesuffix(".tsv"), columns.cells)


def _usual_columns(file: Path, count: int) -> list[str]:
    usual = [SOURCE.code, *TARGETS]
    if count < len(usual):
        example = "<tab>".join((SOURCE.code, next(iter(TARGETS))))
        raise InputError(file, f"there are {count} columns. Name them in a first line such as “{example}”.", 1)
    return [*usual, *(f"column {number}" for number in range(len(usual) + 1, count + 1))]


# --- parallel line files ----------------------------------------------------------------------------------------


def _read_line_files(prefix: Path) -> TestSet:
    cells: dict[str, list[str]] = {}
    source = next((file for name, file in _siblings(prefix) if name == SOURCE.code), None)
    if source is None:
        raise InputError(prefix, "there is no such test set. Name a .tsv file, or what stands before “.ko”.")
    for name, file in [(SOURCE.code, source), *_siblings(prefix)]:
        if name == SOURCE.code or name.rpartition(".")[2] in TARGETS:
            cells[name] = [line.strip() for line in _lines(file)]
            count, expected = len(cells[name]), len(cells[SOURCE.code])
            if count != expected:
                raise InputError(file, f"there are {count} lines here and {expected} in {source.name}. Pair them.")
    if "" in cells[SOURCE.code]:
        raise InputError(source, "there is no Korean on this line.", cells[SOURCE.code].index("") + 1)
    return _test_set(prefix, prefix.name, cells)


def _siblings(prefix: Path) -> list[tuple[str, Path]]:
    """The files that begin as `prefix` does, with the rest of their names: `ko`, `en`, `google.en`."""
    start = f"{prefix.name}."
    beside = sorted(prefix.parent.iterdir()) if prefix.parent.is_dir() else []
    files = (file for file in beside if file.is_file() and file.name.startswith(start))
    return [(_uncompressed_name(file).removeprefix(start), file) for file in files]


def _test_set(file: Path, name: str, cells: Mapping[str, Sequence[str]]) -> TestSet:
    references = {lang: tuple(cells[lang]) for lang in TARGETS if any(cells.get(lang, ()))}
    if not references:
        raise InputError(file, f"there are no reference translations ({' or '.join(TARGETS)}).")
    named = ((column.rpartition("."), outputs) for column, outputs in sorted(cells.items()))
    peers = (Peer(peer, lang, tuple(outputs)) for (peer, _, lang), outputs in named if peer and lang in references)
    return TestSet(name, tuple(cells[SOURCE.code]), references, tuple(peers), tuple(cells.get(DOCUMENT, ())))
