"""A training is prepared, once and at home: vocabulary, encoded examples, validation sentences, plan."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.marian import read_folder
from pipeline.train.batches import parts
from pipeline.train.corpus import corpus_digest, file_digest, from_triples, read_corpus, read_dev, read_texts
from pipeline.train.encode import Encoder, encode_dev
from pipeline.train.hinting import HintBook
from pipeline.train.options import Corpus, Course, Preparation, check_directions
from pipeline.train.plan import DEV, ENCODED, VOCABULARY, WEIGHTS, Entry, Plan, copy_start, counted, write_plan
from pipeline.train.shard import VERSION, load_shard, save_shard
from pipeline.train.spelling import chinese_press_view, respelling_digest
from pipeline.train.validation import save_dev
from pipeline.train.vocabulary import BACK, FILES, Vocabulary, language_tag, sample, train_vocabulary

Note = Callable[[str], None]

TEXTS_FOR_PIECES = 150_000  # of each corpus, all its languages together, for a new vocabulary
REPLAY_SHARE = 0.5  # of the examples, when the desk's translations are mixed with others
PASSES = 6  # over the desk's translations
SHORTEST_COURSE, LONGEST_COURSE = 30, 2000  # updates


def prepare(preparation: Preparation, note: Note) -> Plan:
    """Make the work folder ready: vocabulary, encoded examples, validation sentences, plan.

    What was encoded before from the same content is not encoded again. Raises SettingsError, InputError, GlossaryError,
    ModelError, each saying what to mend.
    """
    p = preparation
    every = {*p.directions, *(one for corpus in p.corpora for one in corpus.directions or ())}
    check_directions(every)
    if not p.corpora:
        raise SettingsError("There is nothing to train on. Name at least one file of translations.")
    p.work.mkdir(parents=True, exist_ok=True)
    vocabulary = _vocabulary(p, note)
    _check_tags(vocabulary, every, p.corpora)
    book = HintBook(p.glossary, p.hint_words) if p.glossary or p.hint_words else None
    dev = {path.name: read_dev(path) for path in p.dev}
    held_out = frozenset(row.ko or row.zh for rows in dev.values() for row in rows)
    dev = {name: rows[: p.dev_sentences] for name, rows in dev.items()}
    sets = [
        one for name, rows in dev.items() for one in encode_dev(name, rows, p.directions, vocabulary, book, p.longest)
    ]
    save_dev(sets, p.work / DEV)
    keys = [_encoded(p, corpus, vocabulary, book, held_out, note) for corpus in p.corpora]
    shards = [load_shard(p.work / ENCODED / key) for key in keys]
    shares = parts(shards, [corpus.weight for corpus in p.corpora], [corpus.share for corpus in p.corpora])
    for corpus, shard, part in zip(p.corpora, shards, shares, strict=True):
        note(f"{corpus.name}: {counted(shard.counts)}; {part:.1%} of the training")
    entries = (
        Entry(corpus.name, key, part, corpus.is_tagged, shard.counts)
        for corpus, key, part, shard in zip(p.corpora, keys, shares, shards, strict=True)
    )
    plan = Plan(p.directions, p.longest, file_digest(p.start / WEIGHTS) if p.start else "", tuple(entries))
    write_plan(plan, p.work)
    return plan


def fine_tuning(
    model: Path,
    approved: Iterable[tuple[str, str, str]],
    work: Path,
    *,
    replay: Sequence[Corpus] = (),
    glossary: Path | None = None,
    dev: Sequence[Path] = (),
) -> tuple[Preparation, Course]:
    """What to prepare and how to train so that a model learns from (Korean, language, translation) and forgets little.

    A low rate, a few passes, and with `replay`, the texts the model was made from, half of the examples from there:
    without them it unlearns what the desk's translations do not contain. Both values may be changed before use.
    """
    rows = from_triples(approved)
    if not rows:
        raise SettingsError("No approved translations to learn from. Approve some in the review page first.")
    folder = read_folder(model)
    share = REPLAY_SHARE if replay else None
    corpora = (Corpus("approved", rows=rows, share=share and 1 - share), *(replace(one, share=None) for one in replay))
    preparation = Preparation(
        work, corpora, start=model, longest=min(folder.longest, 120), glossary=glossary, dev=tuple(dev)
    )
    tokens = sum(len(row.zh) + len(row.en) / 3 for row in rows) / (1 - (share or 0.0))  # roughly, in pieces
    course = Course(rate=1e-4, warmup=20, dropout=0.1, average=0.99, tokens=4000)
    updates = math.ceil(PASSES * tokens / course.tokens)
    return preparation, replace(course, updates=min(LONGEST_COURSE, max(SHORTEST_COURSE, updates)))


def _vocabulary(p: Preparation, note: Note) -> Vocabulary:
    """The vocabulary in the work folder: that of the model to go on from, one taken over, or a new one."""
    folder = p.work / VOCABULARY
    if p.start:
        read_folder(p.start)
        copy_start(p.start, p.work)
    if taken := p.start or p.vocabulary:
        vocabulary = Vocabulary(taken)
        vocabulary.copy(folder)
        return Vocabulary(folder)
    made_from = (p.pieces, p.splits_digits, p.respells, p.seed, [(corpus_digest(c), c.weight) for c in p.corpora])
    key = _key(made_from, [file_digest(path) for path in p.vocabulary_texts])
    made = folder / "made-from.txt"
    if made.is_file() and made.read_text(encoding="utf-8") == key:
        return Vocabulary(folder)
    note(f"making a vocabulary of {p.pieces:,} pieces")
    vocabulary = train_vocabulary(_texts_for_pieces(p), folder, p.pieces, splits_digits=p.splits_digits)
    made.write_text(key, encoding="utf-8")
    return vocabulary


def _texts_for_pieces(p: Preparation) -> Iterator[str]:
    """A sample of each corpus, heavier ones repeated, and of the further texts."""
    for corpus in p.corpora:
        texts = (text for row in read_corpus(corpus) for text in (row.ko, row.zh, row.en) if text)
        for number, text in enumerate(sample(texts, TEXTS_FOR_PIECES, p.seed)):
            spelled = chinese_press_view(text) if p.respells and number % 2 else text
            yield from [spelled] * max(1, round(math.sqrt(corpus.weight)))
    for path in p.vocabulary_texts:
        yield from sample(read_texts(path), TEXTS_FOR_PIECES, p.seed)


def _check_tags(vocabulary: Vocabulary, directions: Iterable[str], corpora: Sequence[Corpus]) -> None:
    """Raise SettingsError for a tag that the vocabulary lacks, before hours are spent on encoding."""
    for direction in sorted(directions):
        vocabulary.tag(language_tag(direction.split("-")[1]))
    if any(corpus.is_tagged for corpus in corpora):
        vocabulary.tag(BACK)


def _encoded(
    p: Preparation,
    corpus: Corpus,
    vocabulary: Vocabulary,
    book: HintBook | None,
    held_out: frozenset[str],
    note: Note,
) -> str:
    """The key of the corpus, encoded now or before."""
    is_glossary = bool(corpus.paths) and all(path.is_dir() for path in corpus.paths)
    used = None if is_glossary else book  # a term beside its own rendering would teach to copy the whole sentence
    directions = corpus.directions or p.directions
    hinted = (p.glossary and corpus_digest(Corpus("", (p.glossary,))), [file_digest(path) for path in p.hint_words])
    key = _key(
        (VERSION, corpus_digest(corpus), [file_digest(vocabulary.folder / name) for name in FILES]),
        (directions, p.longest, hinted if used else None, p.respells and respelling_digest(), sorted(held_out)),
    )
    folder = p.work / ENCODED / key
    if not (folder / "about.json").is_file():
        note(f"encoding {corpus.name}")
        encoder = Encoder(vocabulary, used, directions, p.longest, respells=p.respells)
        save_shard(encoder.encode(read_corpus(corpus), held_out, note), folder)
    return key


def _key(*parts_of_it: object) -> str:
    return hashlib.sha256(repr(parts_of_it).encode()).hexdigest()[:16]
