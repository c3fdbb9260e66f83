"""The pieces of the model: trained with SentencePiece, or taken over from a model folder; text to numbers and back.

The numbers are those of vocab.json, `<pad>` last, so that nothing is renumbered on the way to the exported folder.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError, SettingsError
from pipeline.marian import CLOSING, END, OPENING, PAD, UNKNOWN, mark
from pipeline.train.options import LANGUAGES

BACK = ">>bt<<"  # stands after the language tag where the source was written by a machine
FILES = ("source.spm", "target.spm", "vocab.json")
WORD_START = "▁"
ENCODING_THREADS = 2

Pieces = NDArray[np.int32]
T = TypeVar("T")


def language_tag(lang: str) -> str:
    """The piece that asks for a language.

    >>> language_tag("zh")
    '>>zh<<'
    """
    return f">>{lang}<<"


class Vocabulary:
    """The pieces of a folder with source.spm, target.spm and vocab.json."""

    def __init__(self, folder: Path) -> None:
        """Load the pieces. Raises ModelError where a file is missing or damaged."""
        import sentencepiece

        self.folder = folder
        try:
            self.numbers: dict[str, int] = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
            self._source = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
            self._target = sentencepiece.SentencePieceProcessor(model_file=str(folder / "target.spm"))
        except (OSError, ValueError, RuntimeError) as problem:
            raise ModelError(f"{folder}: the vocabulary cannot be read ({problem}). Name another model.") from problem
        self.size = len(self.numbers)
        source, target = ((folder / name).read_bytes() for name in ("source.spm", "target.spm"))
        self.is_shared = source == target  # a text has the same pieces on both sides
        self.end, self.pad, self.unknown = (self.numbers[piece] for piece in (END, PAD, UNKNOWN))
        self._pieces = {number: piece for piece, number in self.numbers.items()}
        self.controls = tuple(number for piece, number in self.numbers.items() if _is_control(piece))
        self.starts_word = np.array([self._pieces[number].startswith(WORD_START) for number in range(self.size)])
        self._source_map, self._target_map = self._map(self._source), self._map(self._target)

    @property
    def follows_hints(self) -> bool:
        """Whether the marks of hints are pieces."""
        return OPENING in self.numbers and CLOSING in self.numbers

    def tag(self, piece: str) -> int:
        """The number of a tag. Raises SettingsError where the vocabulary was made without it."""
        if piece not in self.numbers:
            raise SettingsError(
                f"{self.folder}: the vocabulary has no {piece}. Train a new one, or leave out what needs the tag."
            )
        return self.numbers[piece]

    def encode(self, texts: Sequence[str], *, is_target: bool = False) -> list[Pieces]:
        """The pieces of each text, as `Tokeniser.pieces` gives them to the model: no tag, no end.

        Hint marks are taken as marks; call `plain` first on text that should not have any.
        """
        processor, table = (self._target, self._target_map) if is_target else (self._source, self._source_map)
        return [table[row] for row in processor.encode(list(texts), out_type=int, num_threads=ENCODING_THREADS)]

    def decode(self, numbers: Iterable[int]) -> str:
        """The text that these pieces spell; tags, marks, end and padding are left out."""
        left_out = {*self.controls, self.end}
        return str(self._target.decode([self._pieces[n] for n in numbers if n not in left_out])).strip()

    def copy(self, folder: Path) -> None:
        """Put the files of the vocabulary into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            if (self.folder / name).resolve() != (folder / name).resolve():
                shutil.copyfile(self.folder / name, folder / name)

    def _map(self, processor) -> Pieces:  # type: ignore[no-untyped-def]  # sentencepiece has no types
        """From SentencePiece's numbers to ours; tags that a text spells out are unknown, as the tokeniser has it."""
        pieces = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
        forbidden = {self._pieces[number] for number in self.controls} - {OPENING, CLOSING}
        return np.array(
            [self.unknown if piece in forbidden else self.numbers.get(piece, self.unknown) for piece in pieces],
            np.int32,
        )


def plain(text: str) -> str:
    """A text without hint marks, as the tokeniser changes them."""
    return mark(text, ())


def train_vocabulary(texts: Iterable[str], folder: Path, pieces: int, *, splits_digits: bool = False) -> Vocabulary:
    """A new vocabulary of at most this many pieces, `<pad>` counted, made from the texts and written to the folder.

    Unigram, byte fallback, identity normalisation (full-width punctuation must survive), the two hint marks one piece
    each, all tags reserved. Raises SettingsError where the texts have more characters than there is room for.
    """
    import sentencepiece

    written = io.BytesIO()
    tags = [*map(language_tag, LANGUAGES), BACK]
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_writer=written,
            model_type="unigram",
            vocab_size=pieces - 1,
            hard_vocab_limit=False,
            character_coverage=0.9998,
            byte_fallback=True,
            normalization_rule_name="identity",
            split_digits=splits_digits,
            control_symbols=tags,
            user_defined_symbols=[OPENING, CLOSING],
            eos_id=0,
            unk_id=1,
            bos_id=-1,
            pad_id=-1,
            eos_piece=END,
            unk_piece=UNKNOWN,
            max_sentence_length=4096,
            num_threads=ENCODING_THREADS,
            minloglevel=2,
        )
    except RuntimeError as problem:
        raise SettingsError(f"No vocabulary of {pieces} pieces can be made of these texts ({problem}).") from problem
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(written.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
    numbers = {processor.id_to_piece(number): number for number in range(processor.get_piece_size())}
    numbers[PAD] = len(numbers)
    (folder / "vocab.json").write_text(json.dumps(numbers, ensure_ascii=False, indent=1), encoding="utf-8")
    return Vocabulary(folder)


def sample(texts: Iterable[T], count: int, seed: int) -> list[T]:
    """At most `count` of the texts or rows, each with the same chance, always the same for a seed (reservoir)."""
    draw = np.random.default_rng(seed)
    kept: list[T] = []
    for number, text in enumerate(texts):
        if number < count:
            kept.append(text)
        elif (place := int(draw.integers(number + 1))) < count:
            kept[place] = text
    return kept


def _is_control(piece: str) -> bool:
    is_tag = piece.startswith(">>") and piece.endswith("<<")
    return is_tag or piece in (OPENING, CLOSING, UNKNOWN, PAD)
