"""Documents on request: which formats there are, what their files are called, and how they are written."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from pipeline.errors import SettingsError

if TYPE_CHECKING:  # the command line lists the formats without loading anything
    from pipeline.publication import Publication

Scope = Literal["article", "language", "all"]  # one file an article, one an article and language, one for all


@dataclass(frozen=True, slots=True)
class Export:
    """A document that can be asked for: what it is, its file ending, the module that writes it."""

    title: str
    ending: str
    module: str
    scope: Scope = "article"
    takes_edits: bool = False
    function: str = "write"
    is_stream: bool = False  # the function writes to a stream instead of giving bytes


EXPORTS = {
    "docx": Export("Word table for review", ".review.docx", "docx", takes_edits=True),
    "xlsx": Export("Excel table for review", ".review.xlsx", "xlsx", takes_edits=True),
    "xliff": Export("XLIFF 2.0 for CAT tools", ".ko-{lang}.xlf", "xliff", "language", takes_edits=True),
    "xliff12": Export("XLIFF 1.2 for older CAT tools", ".ko-{lang}.12.xlf", "xliff12", "language", takes_edits=True),
    "tmx": Export("TMX 1.4b of approved pairs", "memory.tmx", "tmx", "all"),
    "tsv": Export("TSV for data people", "segments.tsv", "table", "all", function="write_tsv", is_stream=True),
    "jsonl": Export(
        "JSON lines for data people", "segments.jsonl", "table", "all", function="write_jsonl", is_stream=True
    ),
    "parquet": Export(
        "Parquet for data people", "segments.parquet", "table", "all", function="write_parquet", is_stream=True
    ),
    "html": Export("page for readers, all languages", ".edition.html", "edition"),
    "html-pair": Export(
        "page for readers, Korean and one", ".ko-{lang}.edition.html", "edition", "language", function="write_pair"
    ),
    "epub": Export("EPUB 3 for readers", ".epub", "epub"),
    "manuscript": Export("Word file of one language", ".{lang}.docx", "manuscript", "language"),
    "markdown": Export("Markdown of one language", ".{lang}.md", "markdown", "language"),
}


def deliver(publications: Sequence[Publication], names: Sequence[str], folder: Path) -> Iterator[Path]:
    """Write articles in these formats into a folder, and give each file when it lies there.

    Raises SettingsError for an unknown format, StorageError, and what a format raises (a font that is missing).
    """
    for name in names:
        if name not in EXPORTS:
            raise SettingsError(f"“{name}” is not a format. Use one of: {', '.join(EXPORTS)}.")
    from pipeline.store import write_file

    for name in names:
        for file, content in _files(EXPORTS[name], publications):
            write_file(folder / file, content)
            yield folder / file


def _files(export: Export, publications: Sequence[Publication]) -> Iterator[tuple[str, bytes]]:
    """File name and content of each document of one format."""
    writer = getattr(import_module(f"pipeline.formats.{export.module}"), export.function)
    if export.scope == "all":
        langs = dict.fromkeys(lang for publication in publications for lang in publication.targets)
        yield export.ending, _streamed(writer, publications) if export.is_stream else writer(publications, [*langs])
        return
    for publication in publications:
        article = publication.bitext.article.id
        if export.scope == "article":
            yield f"{article}{export.ending}", writer(publication)
        else:
            for lang in publication.targets:
                yield f"{article}{export.ending.format(lang=lang)}", writer(publication, lang)


def _streamed(
    writer: Callable[[Sequence[Publication], BinaryIO], object], publications: Sequence[Publication]
) -> bytes:
    stream = io.BytesIO()
    writer(publications, stream)
    return stream.getvalue()
