"""Bilingual files as rows: TSV with or without a header, TMX 1.4, a glossary folder, translations given as triples."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.article import flat
from pipeline.errors import InputError, SettingsError
from pipeline.train.options import LANGUAGES, Corpus, Row

COLUMNS = ("ko", "zh", "en", "source")
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
CODES = frozenset({"bpt", "ept", "ph", "it", "ut", "sub"})  # inline elements of TMX that hold mark-up, not text
TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")  # another script: not what we translate into


def read_corpus(corpus: Corpus) -> Iterator[Row]:
    """All rows of a corpus in order, those without two languages left out.

    Raises InputError with file and line for what cannot be read, GlossaryError for a broken glossary.
    """
    for row in corpus.rows:
        yield Row(*(_clean(text) for text in (row.ko, row.zh, row.en)))
    for path in corpus.paths:
        yield from read_rows(path)


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of one file (.tsv, .tmx, either also .gz or .xz) or of a glossary folder.

    A TSV names its columns in the first line (`ko`, `zh`, `en`, `source`, in any order); without such a line they are
    ko, zh, en and perhaps a source.
    """
    if path.is_dir():
        rows = _glossary_rows(path)
    elif ".tmx" in path.suffixes:
        rows = _read_tmx(path)
    else:
        rows = _read_tsv(path)
    yield from (row for row in rows if sum(map(bool, (row.ko, row.zh, row.en))) >= 2)


def read_dev(path: Path) -> tuple[Row, ...]:
    """A set of sentences to validate on: a TSV, or the prefix of parallel files of one sentence a line.

    Raises InputError where files differ in length, SettingsError where there are none.
    """
    if path.is_file():
        return tuple(read_rows(path))
    columns: dict[str, list[str]] = {}
    for lang in LANGUAGES:
        file = path.with_name(f"{path.name}.{lang}")
        if file.is_file():
            columns[lang] = [_clean(line) for line in _lines(file)]
    if len(columns) < 2:
        raise SettingsError(f"{path}: no file and no prefix of files such as {path.name}.ko and {path.name}.zh.")
    if len({len(lines) for lines in columns.values()}) > 1:
        counts = ", ".join(f"{path.name}.{lang} {len(lines)}" for lang, lines in columns.items())
        raise InputError(path, f"the files differ in their number of lines ({counts}); they must go together.")
    return tuple(Row(**dict(zip(columns, texts, strict=True))) for texts in zip(*columns.values(), strict=True))


def read_texts(path: Path) -> Iterator[str]:
    """The first column of a file, one text a line; for texts in one language. Raises InputError."""
    for line in _lines(path):
        text = _clean(line.split("\t")[0])
        if text:
            yield text


def from_triples(triples: Iterable[tuple[str, str, str]]) -> tuple[Row, ...]:
    """Rows from (Korean, language, translation), such as the approved segments of a workspace; the last one counts."""
    found: dict[str, dict[str, str]] = {}
    for korean, lang, text in triples:
        found.setdefault(_clean(korean), {})[lang] = _clean(text)
    return tuple(Row(ko=korean, **texts) for korean, texts in found.items())


def corpus_digest(corpus: Corpus) -> str:
    """Hexadecimal digits for all bytes of a corpus, whatever its files are called."""
    digest = hashlib.sha256()
    for row in corpus.rows:
        digest.update("\t".join((row.ko, row.zh, row.en, "\n")).encode())
    for path in corpus.paths:
        for file in sorted(path.glob("*.y*ml")) if path.is_dir() else [path]:
            digest.update(file_digest(file).encode())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """Hexadecimal digits for the bytes of a file. Raises InputError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise InputError(path, f"cannot be read ({problem.strerror}). Check the name and the permissions.") from problem


def _clean(text: str) -> str:
    return flat(unicodedata.normalize("NFC", text))


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO | gzip.GzipFile | lzma.LZMAFile]:
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rb") as unpacked:
                yield unpacked
        elif path.suffix == ".xz":
            with lzma.open(path, "rb") as unpacked:
                yield unpacked
        else:
            with path.open("rb") as file:
                yield file
    except (OSError, EOFError, lzma.LZMAError) as problem:
        raise InputError(path, f"cannot be read ({problem}). Check the name, or copy the file again.") from problem


def _lines(path: Path) -> Iterator[str]:
    with _opened(path) as file:
        for number, line in enumerate(file, 1):
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as problem:
                raise InputError(path, "is not UTF-8. Save it as UTF-8.", number) from problem


def _read_tsv(path: Path) -> Iterator[Row]:
    names: tuple[str, ...] = COLUMNS
    for number, line in enumerate(_lines(path), 1):
        cells = line.split("\t")
        if number == 1:
            header = _header(cells)
            names = header or _positional(path, cells)
            if header:
                continue
        if len(cells) > len(names) or (line.strip() and len(cells) < 2):
            wanted = f"{len(names)} columns ({' '.join(names)})"
            raise InputError(path, f"there are {len(cells)} columns instead of {wanted}. Mend the line.", number)
        texts = {name: _clean(cell) for name, cell in zip(names, cells, strict=False) if name in LANGUAGES}
        yield Row(**texts)


def _header(cells: list[str]) -> tuple[str, ...]:
    """The names of the columns, empty when the first line is no header."""
    names = tuple(cell.strip().lower() for cell in cells)
    return names if sum(name in LANGUAGES for name in names) >= 2 and len(set(names)) == len(names) else ()


def _positional(path: Path, cells: list[str]) -> tuple[str, ...]:
    if len(cells) not in (3, 4):
        problem = f"{len(cells)} columns and no line that names them. Begin the file with a line such as “ko⇥zh”."
        raise InputError(path, problem, 1)
    return COLUMNS[: len(cells)]


def _read_tmx(path: Path) -> Iterator[Row]:
    from lxml import etree

    with _opened(path) as file:
        try:
            # Entities are not resolved and nothing is fetched: the file may come from anywhere.
            units = etree.iterparse(file, tag="{*}tu", resolve_entities=False, no_network=True, load_dtd=False)
            for _, unit in units:
                texts: dict[str, str] = {}
                for variant in unit.iterfind("{*}tuv"):
                    code = str(variant.get(XML_LANGUAGE) or variant.get("lang") or "").replace("_", "-").lower()
                    segment = variant.find("{*}seg")
                    if segment is not None and not code.startswith(TRADITIONAL) and code[:2] in LANGUAGES:
                        texts.setdefault(code[:2], _clean("".join(_text(segment))))
                unit.clear()
                yield Row(**texts)
        except etree.XMLSyntaxError as problem:
            raise InputError(path, f"is not well-formed TMX ({problem.msg}). Export it again.") from problem


def _text(element: object) -> Iterator[str]:
    """The text of a TMX segment without its inline codes; what stands behind a code belongs to the text."""
    yield getattr(element, "text", None) or ""
    for child in element:  # type: ignore[attr-defined]  # lxml's stubs keep the type of elements private
        tag = child.tag if isinstance(child.tag, str) else "ph"  # comments and the like have no name
        if tag.rpartition("}")[2] not in CODES:
            yield from _text(child)
        yield child.tail or ""


def _glossary_rows(folder: Path) -> Iterator[Row]:
    """Each spelling of each term in use beside its preferred renderings."""
    from pipeline.glossary import load_glossary  # back-translation reads texts where there is no yaml

    for term in load_glossary(folder).terms.values():
        if term.status == "deprecated":
            continue
        zh, en = term.renderings("zh"), term.renderings("en")
        for spelling in term.ko:
            yield Row(_clean(spelling), _clean(zh.preferred) if zh else "", _clean(en.preferred) if en else "")
