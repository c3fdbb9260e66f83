"""Looks for terms anew only where a change of the glossary can matter, and keeps the index in step with the bitexts."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import cast

import ahocorasick

from pipeline import store
from pipeline.annotate import Annotations, annotate
from pipeline.article import Article, Bitext, Block, Mention, Meta, fingerprint
from pipeline.changes import Change, changes
from pipeline.errors import StorageError
from pipeline.glossary import Glossary
from pipeline.mentions import Matcher
from pipeline.occurrences import (
    SEGMENT_END,
    Document,
    Occurrences,
    Passage,
    Side,
    Stamp,
    glossary_key,
)
from pipeline.patterns import spelling_streams, stream_keys
from pipeline.terms import Term, spelling_key

FEW = 24  # patterns up to which one look for each is faster than an automaton (measured on 4,000 articles)
REVISION = re.compile(rb'"revision": (\d+)')
HEAD = 200  # bytes of a bitext in which its revision stands
REMADE = (0, 0)  # size and time of no file: the article is read again by the next `refresh`


class Wording:
    """What decides which terms are found and what they promise: a glossary, the day, the languages, the program.

    The matcher is built when the first text must be looked through. `basis` stands for languages and program.
    """

    def __init__(
        self,
        glossary: Glossary,
        targets: Sequence[str] = (),
        program: str = "",
        *,
        today: date | None = None,
        build: Callable[[Glossary], Matcher] = Matcher,
    ) -> None:
        self.glossary, self.targets, self.today = glossary, tuple(targets), today or date.today()
        self.basis = fingerprint("\x1f".join((program, *targets)))
        self._build = build

    @cached_property
    def key(self) -> str:
        """Stands for the content of the glossary."""
        return glossary_key(self.glossary)

    @cached_property
    def matcher(self) -> Matcher:
        """Finds the terms."""
        return self._build(self.glossary)

    @cached_property
    def dated(self) -> tuple[Term, ...]:
        """The terms in use that hold for a time only."""
        return tuple(
            t for t in self.glossary.terms.values() if t.status != "deprecated" and (t.valid_from or t.valid_to)
        )

    def day(self, meta: Meta) -> str:
        """The day that counts for an article, where it is not its own: "" where none does."""
        return "" if meta.date or not self.dated else self.today.isoformat()

    def is_that_of(self, document: Document) -> bool:
        """Whether the rows of a document say what this glossary says today."""
        return document.stamp.glossary == self.key and document.stamp.day == self.day(document.meta)


@dataclass(frozen=True, slots=True)
class Reach:
    """Folded texts by which a change of the glossary can touch a segment, and by which it can move its mentions."""

    touching: frozenset[str]
    moving: frozenset[str]

    @classmethod
    def of(cls, found: Iterable[Change], old: Glossary, new: Glossary, dated: Iterable[Term] = ()) -> Reach:
        """The reach of these changes; `dated` are terms that may have come into force or gone out of it meanwhile.

        A segment's mentions and promises depend on a term only where one of its spellings stands, or one of a
        namesake, whose renderings are admitted.
        """
        touching: set[str] = set()
        moving: set[str] = set()
        for change in found:
            if change.is_silent:
                continue
            streams = [spelling_streams(term) for term in change.terms]
            kin = {term for one in change.terms for glossary in (old, new) for term in _namesakes(one, glossary)}
            every = frozenset().union(*streams, *map(spelling_streams, kin))
            touching |= every
            moving |= frozenset(streams[0] ^ streams[1]) if change.keeps_spellings else every
        for term in dated:
            kin = {other for glossary in (old, new) for other in _namesakes(term, glossary)}
            moving |= spelling_streams(term).union(*map(spelling_streams, kin))
        return cls(frozenset(touching | moving), frozenset(moving))

    def places(self, streams: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[int]]]:
        """The articles that are touched, each with the positions of the segments, from `Occurrences.streams`."""
        stands_in = _finder(self.touching)
        for article, texts in streams:
            if stands_in(texts):
                segments = enumerate(texts.split(SEGMENT_END))
                if positions := [position for position, text in segments if stands_in(text)]:
                    yield article, positions

    def moves(self, text: str) -> bool:
        """Whether the mentions in a Korean text may be others after the change."""
        return (
            any(pattern in stream for stream in stream_keys(text) for pattern in self.moving) if self.moving else False
        )


class Remembered:
    """A matcher that knows the mentions of some passages, and looks only where the change may have moved them."""

    def __init__(self, passages: Iterable[Passage], reach: Reach, wording: Wording) -> None:
        self._known: Mapping[str, tuple[Mention, ...]] = {p.segment.text: p.mentions for p in passages}
        self._reach, self._wording = reach, wording

    def find(self, text: str, *, nested: bool = False) -> tuple[Mention, ...]:
        """As `Matcher.find`."""
        if nested or text not in self._known or self._reach.moves(text):
            return self._wording.matcher.find(text, nested=nested)
        return self._known[text]


def reannotate(
    document: Document, passages: Sequence[Passage], wording: Wording, reach: Reach | None = None
) -> tuple[Passage, ...]:
    """These passages of an article with the mentions and promises of a glossary; every gloss must be among them.

    `reach` is that of the change from the glossary of the rows to this one: where it moves no mention, those of the
    rows are taken. Without it all are looked for.
    """
    if wording.is_that_of(document):
        return tuple(passages)
    finder = wording.matcher if reach is None else cast(Matcher, Remembered(passages, reach, wording))
    blocks = tuple(Block(p.segment.id, p.kind, (p.segment,)) for p in passages)
    article = Article(document.article, blocks, document.meta)
    targets = tuple(dict.fromkeys(side.lang for passage in passages for side in passage.sides))
    found = annotate(article, wording.glossary, finder, targets, today=wording.today)
    return tuple(
        replace(
            passage,
            mentions=found.mentions.get(passage.segment.id, ()),
            sides=tuple(replace(side, hints=found.hints_on(passage.segment.id, side.lang)) for side in passage.sides),
        )
        for passage in passages
    )


def take(
    occurrences: Occurrences, folder: Path, bitext: Bitext, found: Annotations, wording: Wording, *, is_published: bool
) -> None:
    """Put a bitext that a run has just saved, with what was found in it, into the index.

    Should somebody have saved it again meanwhile, it is read again by the next `refresh`.
    """
    file = file_stamp(folder / store.FILE)
    if _revision(folder / store.FILE) != bitext.revision:
        file = REMADE
    occurrences.put_glossary(wording.glossary)
    document, passages = _rows(folder.name, file, bitext, found, wording)
    occurrences.put(replace(document, run_glossary=wording.key, is_published=is_published), passages)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: articles read from their bitexts, passages looked through again, articles forgotten."""

    read: int
    renewed: int
    removed: int
    problems: tuple[str, ...]  # of bitexts that cannot be read; their articles are not in the index


def refresh(occurrences: Occurrences, output: Path, wording: Wording, is_published: Callable[[str], bool]) -> Refreshed:
    """Bring the index up to date with the bitexts in `output` and with a glossary; what is up to date is left alone.

    A bitext that is new, changed (by a run, a person, a restored backup) or read by another program is read again.
    After a change of the glossary alone only the segments are looked through that it can touch.
    """
    known = occurrences.documents()
    there = {path.parent.name: path for path in sorted(output.glob(f"*/{store.FILE}"))}
    occurrences.put_glossary(wording.glossary)
    kept = occurrences.glossary_keys()
    gone = known.keys() - there.keys()
    for article in sorted(gone):
        occurrences.remove(article)
    stale: list[Document] = []
    problems: list[str] = []
    read = 0
    for article, path in there.items():
        have, published = known.get(article), is_published(article)
        file = file_stamp(path)  # before it is read: a later change is seen by the next refresh
        is_same = have and (have.stamp.size, have.stamp.changed, have.stamp.basis) == (*file, wording.basis)
        if have and is_same and have.stamp.glossary in kept:
            if have.is_published != published or not wording.is_that_of(have):
                stale.append(replace(have, is_published=published))
            continue
        try:
            document, passages = _read(path.parent, file, wording)
        except StorageError as error:
            occurrences.remove(article)
            problems.append(str(error))
            continue
        run_glossary = have.run_glossary if have else ""
        occurrences.put(replace(document, run_glossary=run_glossary, is_published=published), passages)
        read += 1
    renewed = _renew(occurrences, stale, wording)
    return Refreshed(read, renewed, len(gone), tuple(problems))


def file_stamp(path: Path) -> tuple[int, int]:
    """Size and time of a file, by which it is known to be untouched; `REMADE` where there is none."""
    with contextlib.suppress(OSError):
        stat = path.stat()
        return stat.st_size, stat.st_mtime_ns
    return REMADE


def _revision(path: Path) -> int | None:
    """The revision of a bitext, without reading all of it."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        match = REVISION.search(file.read(HEAD))
        return int(match[1]) if match else None
    return None


def _read(folder: Path, file: tuple[int, int], wording: Wording) -> tuple[Document, tuple[Passage, ...]]:
    bitext = store.load_bitext(folder)
    if bitext is None:
        raise StorageError(f"{folder / store.FILE} is gone.")
    found = annotate(bitext.article, wording.glossary, wording.matcher, wording.targets, today=wording.today)
    return _rows(folder.name, file, bitext, found, wording)


def _rows(
    article: str, file: tuple[int, int], bitext: Bitext, found: Annotations, wording: Wording
) -> tuple[Document, tuple[Passage, ...]]:
    """A bitext as the index keeps it; the name of the folder is the article's, whoever named it."""
    meta = bitext.article.meta
    stamp = Stamp(*file, wording.basis, wording.key, wording.day(meta))
    document = Document(article, stamp, "", False, meta.file or "", meta.title or "", meta, bitext.dismissed)
    segments = [(block.kind, segment) for block in bitext.article.blocks for segment in block.segments]
    passages = (
        Passage(
            article=article,
            position=position,
            segment=segment,
            kind=kind,
            is_glossed=segment.id in found.glosses,
            mentions=found.mentions.get(segment.id, ()),
            sides=tuple(
                Side(lang, bitext.translation(segment.id, lang), found.hints_on(segment.id, lang))
                for lang in wording.targets
            ),
        )
        for position, (kind, segment) in enumerate(segments)
    )
    return document, tuple(passages)


def _renew(occurrences: Occurrences, stale: Sequence[Document], wording: Wording) -> int:
    """Look through what a change of the glossary, or of the day, can touch in these documents; how many passages."""
    count = 0
    for key in sorted({document.stamp.glossary for document in stale}):
        old = occurrences.glossary(key)
        assert old is not None, "an article whose glossary is not kept was read again"
        documents = {document.article: document for document in stale if document.stamp.glossary == key}
        is_another_day = any(d.stamp.day not in ("", wording.today.isoformat()) for d in documents.values())
        dated = (*wording.dated, *Wording(old).dated) if is_another_day else ()
        reach = Reach.of(changes(old, wording.glossary), old, wording.glossary, dated)
        fresh: list[Passage] = []
        for article, positions in reach.places(one for one in occurrences.streams() if one[0] in documents):
            looked = reannotate(documents[article], occurrences.passages(article, positions), wording, reach)
            fresh += [passage for passage in looked if passage.position in positions]
        stamped = (
            replace(d, stamp=replace(d.stamp, glossary=wording.key, day=wording.day(d.meta)))
            for d in documents.values()
        )
        occurrences.renew(stamped, fresh)
        count += len(fresh)
    return count


def _namesakes(term: Term, glossary: Glossary) -> Iterator[Term]:
    """The terms in use with one of its spellings."""
    for key in map(spelling_key, term.ko):
        yield from glossary.homographs.get(key, ())


def _finder(patterns: Collection[str]) -> Callable[[str], bool]:
    """Whether one of the patterns is part of a text."""
    shortest: list[str] = []  # one that contains another says nothing new
    for pattern in sorted(patterns, key=lambda one: (len(one), one)):
        if len(patterns) > 1000 or not any(short in pattern for short in shortest):
            shortest.append(pattern)
    if len(shortest) <= FEW:
        return lambda text: any(pattern in text for pattern in shortest)
    automaton = ahocorasick.Automaton()
    for pattern in shortest:
        automaton.add_word(pattern, True)
    automaton.make_automaton()
    return lambda text: next(automaton.iter(text), None) is not None
