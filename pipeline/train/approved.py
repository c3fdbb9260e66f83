"""What people of the desk wrote or approved: gathered from bitexts and files, and divided by article.

A part is held out to see whether a model became better, by whole articles: neighbouring sentences say the same things
in the same words, and a sentence beside one that was trained on proves nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.article import Bitext, Segment, Translation, fingerprint
from pipeline.languages import TARGETS
from pipeline.store import FILE, load_bitext
from pipeline.train.corpus import read_rows
from pipeline.train.options import Row

STRETCH = 50  # rows of a file that are held out together; a file knows no articles
LARGEST_PART = 1 / 3  # of all rows: more is never held out
ENOUGH = 30  # rows to compare models on, where there are that many to spare


@dataclass(frozen=True, slots=True)
class Document:
    """The approved translations of one article, or of a stretch of a file; `rows` have Korean and a target."""

    name: str
    rows: tuple[Row, ...]


def gather(output: Path, files: Sequence[Path] = (), *, with_edited: bool = True) -> list[Document]:
    """Everything that people stand behind: in the articles of an output folder, then in TSV or TMX files.

    `with_edited`: what a person wrote counts too where nobody pressed approve. A translation of a Korean that was
    changed since is left out, and so is what the machine wrote and nobody touched. Raises StorageError, InputError.
    """
    found = [_document(path.parent, with_edited=with_edited) for path in sorted(output.glob(f"*/{FILE}"))]
    for file in files:
        rows = tuple(row for row in read_rows(file) if row.ko and (row.zh or row.en))
        starts = range(0, len(rows), STRETCH)
        found += [Document(f"{file.name} {start + 1}", rows[start : start + STRETCH]) for start in starts]
    return [document for document in found if document.rows]


def hold_out(documents: Sequence[Document], part: float) -> tuple[list[Document], list[Document]]:
    """The documents to learn from, and about this part of them to compare models on.

    A document is held out by its name alone, so that next month, with more of them, it still is: a model that was
    fine-tuned once and is fine-tuned again is measured on what neither saw. Two documents are needed for two lists.
    """
    rows = sum(len(document.rows) for document in documents)
    held: list[Document] = []
    count = 0
    for document in sorted(documents, key=_place):
        is_wanted = _place(document) < part or count < min(ENOUGH, rows * part)
        if is_wanted and count + len(document.rows) <= rows * LARGEST_PART:
            held.append(document)
            count += len(document.rows)
    if not held and len(documents) > 1:
        held = [min(documents, key=lambda document: (len(document.rows), document.name))]
    return [document for document in documents if document not in held], held


def counted(documents: Sequence[Document]) -> str:
    """How much there is, in words."""
    rows = [row for document in documents for row in document.rows]
    texts = Counter(lang for row in rows for lang in TARGETS if row.text(lang))
    languages = ", ".join(f"{count:,} {lang}" for lang, count in sorted(texts.items(), reverse=True))
    return f"{len(rows):,} segments ({languages or 'no translations'}) of {len(documents):,} articles"


def _document(folder: Path, *, with_edited: bool) -> Document:
    bitext = load_bitext(folder)
    return Document(folder.name, tuple(_rows(bitext, with_edited=with_edited)) if bitext else ())


def _rows(bitext: Bitext, *, with_edited: bool) -> Iterator[Row]:
    """A row for each segment that people worked on, in reading order, then for those that left the article."""
    kept: dict[str, dict[str, Translation]] = {}
    for translation in bitext.translations:
        kept.setdefault(translation.segment, {})[translation.lang] = translation
    worked_on = [(segment, kept.get(segment.id, {})) for segment in bitext.article.segments()]
    worked_on += [(one.segment, {t.lang: t for t in one.translations}) for one in bitext.removed]
    for segment, translations in worked_on:
        texts = _texts(segment, translations, with_edited=with_edited)
        if texts:
            yield Row(ko=segment.text, **texts)


def _texts(segment: Segment, translations: Mapping[str, Translation], *, with_edited: bool) -> dict[str, str]:
    korean = fingerprint(segment.text)
    return {
        lang: one.text
        for lang, one in translations.items()
        if lang in TARGETS
        and one.text.strip()
        and one.of == korean
        and (one.is_human if with_edited else one.state == "approved")
    }


def _place(document: Document) -> float:
    """A number from 0 to 1 that the name decides."""
    return int(hashlib.sha256(document.name.encode()).hexdigest()[:8], 16) / (1 << 32)


def triples(documents: Iterable[Document]) -> Iterator[tuple[str, str, str]]:
    """(Korean, language, translation) of every text."""
    for document in documents:
        for row in document.rows:
            yield from ((row.ko, lang, row.text(lang)) for lang in TARGETS if row.text(lang))
