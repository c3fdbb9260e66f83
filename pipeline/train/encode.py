"""Rows become a shard: each text encoded once, with its hints and its other spelling prepared to be drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import TYPE_CHECKING

import numpy as np

from pipeline.article import Hint
from pipeline.marian import mark
from pipeline.train.options import Row
from pipeline.train.shard import Counts, Numbers, Shard
from pipeline.train.validation import DevSet
from pipeline.train.vocabulary import Pieces, Vocabulary, language_tag, plain

if TYPE_CHECKING:  # what they need is not everywhere where back-translations are encoded
    from pipeline.train.hinting import HintBook

BLOCK = 20000  # rows that are encoded together
MOST_HINTS = 3  # of one word: each doubles what is kept for it
NOTE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class _Slot:
    """A word that ends a match: its number in the text, and its forms for each choice of hints."""

    word: int
    hints: int
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    source: str
    target: str
    direction: int
    slots: tuple[_Slot, ...] = ()
    twin: _Draft | None = None


class Encoder:
    """Makes the shard of a corpus."""

    def __init__(
        self, vocabulary: Vocabulary, book: HintBook | None, directions: Sequence[str], longest: int, *, respells: bool
    ) -> None:
        """`book` None: no hints."""
        self._vocabulary, self._directions, self._longest = vocabulary, tuple(directions), longest
        self._book = book if vocabulary.follows_hints else None
        self._respells = respells

    def encode(self, rows: Iterable[Row], held_out: frozenset[str], note: Callable[[str], None]) -> Shard:
        """The examples of the rows, without those whose Korean (or, without Korean, Chinese) is held out."""
        table = _Table(self._vocabulary)
        counts, told = Counts(), time.monotonic()
        source = iter(rows)
        while block := list(islice(source, BLOCK)):
            kept = [row for row in block if (row.ko or row.zh) not in held_out]
            counts = replace(counts, rows=counts.rows + len(block), held_out=counts.held_out + len(block) - len(kept))
            counts = self._add(table, [draft for row in kept for draft in self._drafts(row)], counts)
            if time.monotonic() - told > NOTE_SECONDS:
                told = time.monotonic()
                note(f"  {counts.rows:,} rows, {counts.examples:,} examples")
        return table.shard(self._directions, counts)

    def _drafts(self, row: Row) -> Iterator[_Draft]:
        other = self._respelled(row) if self._respells and row.ko else row
        for number, direction in enumerate(self._directions):
            source, target = direction.split("-")
            if row.text(source) and row.text(target):
                twin = self._draft(other, source, target, number) if other.ko != row.ko and "ko" in direction else None
                yield replace(self._draft(row, source, target, number), twin=twin)

    def _respelled(self, row: Row) -> Row:
        from pipeline.train.spelling import chinese_press_view

        return replace(row, ko=chinese_press_view(row.ko))

    def _draft(self, row: Row, source: str, target: str, number: int) -> _Draft:
        slots: tuple[_Slot, ...] = ()
        if self._book and source == "ko":
            slots = _slots(row.ko, self._book.hints(row.ko, target, row.text(target)))
        return _Draft(plain(row.text(source)), plain(row.text(target)), number, slots)

    def _add(self, table: _Table, drafts: list[_Draft], counts: Counts) -> Counts:
        """Encode the drafts of a block and put them into the table; those too long are left out and counted."""
        table.begin_block()
        for draft in drafts:
            for one in filter(None, (draft, draft.twin)):
                table.announce(one)
        table.encode()
        added = respelled = hinted = too_long = 0
        for draft in drafts:
            if not all(0 < length <= self._longest for length in table.lengths(draft)):
                too_long += 1
                continue
            twin = draft.twin
            if twin and not all(0 < length <= self._longest for length in table.lengths(twin)):
                twin = None
            table.add(draft, twin)
            added, respelled, hinted = added + 1, respelled + bool(twin), hinted + bool(draft.slots)
        return replace(
            counts,
            examples=counts.examples + added,
            respelled=counts.respelled + respelled,
            hinted=counts.hinted + hinted,
            too_long=counts.too_long + too_long,
        )


class _Table:
    """Collects texts and examples, block by block; a text that comes twice in a block is kept once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._known: dict[tuple[str, bool], int] = {}
        self._forms: dict[tuple[str, ...], int] = {}  # the first of them
        self._waiting: list[tuple[str, bool]] = []
        self._texts: list[Pieces] = []  # of this block
        self._before = 0  # texts of earlier blocks
        self._blocks: list[Pieces] = []
        self._lengths: list[int] = []
        self._examples: list[tuple[int, int, int]] = []
        self._twins: list[int] = []
        self._slot_counts: list[int] = []
        self._slots: list[tuple[int, int, int, int]] = []

    def begin_block(self) -> None:
        """Put the texts of the last block away; they are no longer known by name, which would fill the memory."""
        if self._texts:
            self._blocks.append(np.concatenate(self._texts))
            self._lengths += map(len, self._texts)
            self._before += len(self._texts)
        self._known, self._forms, self._texts = {}, {}, []

    def announce(self, draft: _Draft) -> None:
        """Let the texts of a draft be encoded with the next `encode`."""
        for key in ((draft.source, False), self._target_key(draft.target)):
            if key not in self._known:
                self._known[key] = self._wait(key)
        for slot in draft.slots:  # choices are found by counting on from the first: they stand together
            if slot.forms not in self._forms:
                first, *_ = [self._wait((form, False)) for form in slot.forms]
                self._forms[slot.forms] = first

    def _target_key(self, text: str) -> tuple[str, bool]:
        """A text with the same pieces on both sides is kept once for both."""
        return text, not self._vocabulary.is_shared

    def _wait(self, key: tuple[str, bool]) -> int:
        self._waiting.append(key)
        return self._before + len(self._texts) + len(self._waiting) - 1

    def encode(self) -> None:
        """Encode what waits, in two calls: many small ones take three times as long."""
        found: dict[int, Pieces] = {}
        for is_target in (False, True):
            places = [place for place, key in enumerate(self._waiting) if key[1] is is_target]
            texts = [self._waiting[place][0] for place in places]
            found.update(zip(places, self._vocabulary.encode(texts, is_target=is_target), strict=True))
        self._texts += [found[place] for place in range(len(self._waiting))]
        self._waiting = []

    def lengths(self, draft: _Draft) -> tuple[int, int]:
        """Pieces of source and target of a draft of this block."""
        return len(self._text((draft.source, False))), len(self._text(self._target_key(draft.target)))

    def _text(self, key: tuple[str, bool]) -> Pieces:
        return self._texts[self._known[key] - self._before]

    def add(self, draft: _Draft, twin: _Draft | None) -> None:
        """Put an example of this block into the table, its twin behind it."""
        self._twins.append(len(self._twins) + 1 if twin else -1)
        self._put(draft)
        if twin:
            self._twins.append(-2)
            self._put(twin)

    def _put(self, draft: _Draft) -> None:
        key = draft.source, False
        self._examples.append((self._known[key], self._known[self._target_key(draft.target)], draft.direction))
        source = self._text(key)
        starts = np.flatnonzero(self._vocabulary.starts_word[source]).tolist() if draft.slots else []
        slots: Sequence[_Slot] = draft.slots if len(starts) == draft.source.count(" ") + 1 else ()
        ends = [*starts[1:], len(source)]
        for slot in slots:
            self._slots.append((starts[slot.word], ends[slot.word], self._forms[slot.forms], slot.hints))
        self._slot_counts.append(len(slots))

    def shard(self, directions: tuple[str, ...], counts: Counts) -> Shard:
        """Everything collected, as arrays."""
        self.begin_block()
        small = np.uint16 if self._vocabulary.size < 1 << 16 else np.uint32
        pieces = np.concatenate(self._blocks) if self._blocks else np.zeros(0)
        return Shard(
            directions,
            counts,
            pieces=pieces.astype(small),
            offsets=_running(self._lengths),
            examples=np.array(self._examples, np.int32).reshape(-1, 3),
            twins=np.array(self._twins, np.int32),
            slot_offsets=_running(self._slot_counts),
            slots=np.array(self._slots, np.int32).reshape(-1, 4),
        )


def encode_dev(
    name: str,
    rows: Sequence[Row],
    directions: Sequence[str],
    vocabulary: Vocabulary,
    book: HintBook | None,
    longest: int,
) -> Iterator[DevSet]:
    """A set for each direction in which the rows have texts; sentences longer than `longest` pieces are left out."""
    for direction in directions:
        source, target = direction.split("-")
        tag = vocabulary.tag(language_tag(target))
        pairs = [(row.text(source), row.text(target)) for row in rows if row.text(source) and row.text(target)]
        encoded = vocabulary.encode([plain(text) for text, _ in pairs])
        pairs = [pair for pair, pieces in zip(pairs, encoded, strict=True) if len(pieces) <= longest]
        if not pairs:
            continue

        def complete(texts: Sequence[str], tag: int = tag) -> list[list[int]]:
            return [[tag, *pieces.tolist(), vocabulary.end] for pieces in vocabulary.encode(texts)]

        asked = [(text, book.hints(text, target, wanted) if book and source == "ko" else ()) for text, wanted in pairs]
        asked = [(text, hints) for text, hints in asked if hints]
        targets = vocabulary.encode([plain(text) for _, text in pairs], is_target=True)
        yield DevSet(
            f"{name} {direction}",
            direction,
            sources=complete([plain(text) for text, _ in pairs]),
            targets=[[*pieces.tolist()[:longest], vocabulary.end] for pieces in targets],
            references=[text for _, text in pairs],
            hinted=complete([mark(text, hints) for text, hints in asked]),
            renderings=[[hint.text for hint in hints] for _, hints in asked],
        )


def _running(lengths: Sequence[int]) -> Numbers:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(lengths, np.int64))])


def _slots(text: str, hints: Sequence[Hint]) -> tuple[_Slot, ...]:
    """The words of the text in which hints end, with their forms for each choice; `text` has single spaces."""
    slots = []
    for word, group in groupby(hints, key=lambda hint: text.count(" ", 0, hint.end - 1)):
        start = _word_start(text, word)
        end = text.find(" ", start)
        whole = text[start : end if end >= 0 else len(text)]
        here = [replace(h, start=max(0, h.start - start), end=h.end - start) for h in list(group)[:MOST_HINTS]]
        choices = range(1, 1 << len(here))
        forms = tuple(mark(whole, [h for bit, h in enumerate(here) if choice >> bit & 1]) for choice in choices)
        slots.append(_Slot(word, len(here), forms))
    return tuple(slots)


def _word_start(text: str, word: int) -> int:
    """Where the word with this number begins."""
    start = 0
    for _ in range(word):
        start = text.index(" ", start) + 1
    return start
