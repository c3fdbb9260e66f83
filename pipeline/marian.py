"""A Marian model folder as `transformers` writes it: checked, hashed, and its tokeniser with the marks of hints.

What the engines for such a folder share. Weights are read from safetensors only, nothing in the folder is executed,
nothing is fetched. Two files of ours may stand beside the standard ones: `daeyeok.json` says what the standard files
have no place for, `{"longest": 120, "tags": {"zh": ">>zh<<"}}`.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.article import Hint
from pipeline.errors import ModelError
from pipeline.languages import TARGETS

NEEDED = ("config.json", "model.safetensors", "source.spm", "target.spm", "vocab.json")
DECIDING = (*NEEDED, "tokenizer_config.json", "daeyeok.json")  # generation_config.json does not: engines set all of it
PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json")
EMBEDDINGS = ("model.shared.weight", "model.decoder.embed_tokens.weight", "model.encoder.embed_tokens.weight")

OPENING, CLOSING = "⟪", "⟫"  # 심양⟪沈阳⟫시의: one symbol each of a vocabulary that was trained with hints
END, UNKNOWN, PAD = "</s>", "<unk>", "<pad>"

RESTORE = "Restore the folder from where it came, or name another one under models/ in daeyeok.yaml."


@dataclass(frozen=True)
class Folder:
    """A model folder that was found whole: what an engine must know of it beyond the weights."""

    path: Path
    vocabulary: Mapping[str, int]
    positions: int  # hard limit: more pieces than this, tag and end included, have no position
    longest: int  # source pieces that the model handles well, hints counted, tag and end not
    tags: Mapping[str, str]  # target language -> the piece that asks for it, "" where the model needs none

    @property
    def follows_hints(self) -> bool:
        """Whether the vocabulary has the two marks; a model without them was never shown a hint."""
        return OPENING in self.vocabulary and CLOSING in self.vocabulary

    @cached_property
    def controls(self) -> tuple[str, ...]:
        """Pieces that steer the model and are never part of a text: tags, marks, end, unknown, padding."""
        named = [piece for piece in self.vocabulary if piece.startswith(">>") and piece.endswith("<<")]
        named += [piece for piece in self.tags.values() if piece and piece not in named]
        marks = [piece for piece in (OPENING, CLOSING, UNKNOWN, PAD) if piece in self.vocabulary]
        return (*named, *marks)


def read_folder(path: Path) -> Folder:
    """The model folder at `path`, checked: all files there, readable, and of one mind about the vocabulary.

    Raises ModelError that names the file and says what to do. The numbers in the weights are not judged.
    """
    _check_presence(path)
    config, vocabulary = _read_json(path / "config.json"), _read_vocabulary(path / "vocab.json")
    if config.get("model_type") != "marian":
        raise ModelError(f"{path}/config.json: a model of type “{config.get('model_type')}”; only marian runs here.")
    _check_weights(path, config, vocabulary)
    tokenizer, ours = (_read_json(path / name, optional=True) for name in ("tokenizer_config.json", "daeyeok.json"))
    if tokenizer.get("separate_vocabs"):
        raise ModelError(f"{path}: source and target have separate vocabularies, which is not supported.")
    positions = _whole_number(path / "config.json", config, "max_position_embeddings", 512)
    usable = min(positions, _whole_number(path / "tokenizer_config.json", tokenizer, "model_max_length", positions))
    # Room for tag, end, and the few pieces by which a part grows when a cut moves out of a hint.
    longest = min(_whole_number(path / "daeyeok.json", ours, "longest", usable), max(8, positions - 26))
    return Folder(path, vocabulary, positions, longest, _tags(path, vocabulary, tokenizer, ours))


def model_hash(path: Path, cache: Path) -> str:
    """Sixty-four hexadecimal digits over the names and bytes of all files that decide the output.

    Kept in `cache` by size and time of change, so that asking again takes a millisecond. A cache that cannot be
    written is no error. Raises ModelError for a missing file.
    """
    _check_presence(path)
    files = [path / name for name in DECIDING if (path / name).is_file()]
    stamp = [[file.name, file.stat().st_size, file.stat().st_mtime_ns] for file in files]
    store, key = cache / "hashes.json", str(path.resolve())
    known = _known_hashes(store)
    if known.get(key, {}).get("stamp") != stamp:
        digest = hashlib.sha256()
        for file in files:
            digest.update(f"{file.name}\0{file.stat().st_size}\0".encode() + file.read_bytes())
        known[key] = {"stamp": stamp, "hash": digest.hexdigest()}
        _keep_hashes(store, known)
    return str(known[key]["hash"])


class Tokeniser:
    """Text with hints to pieces, and pieces to text, in the way the model was trained."""

    def __init__(self, folder: Folder) -> None:
        """Load the two SentencePiece models. Raises ModelError where one is corrupt or is another model's."""
        self._folder = folder
        self._source = _sentencepiece(folder.path / "source.spm")
        self._target = _sentencepiece(folder.path / "target.spm")
        self._controls = frozenset((*folder.controls, END))
        size = self._source.get_piece_size()
        strangers = sum(self._source.id_to_piece(number) not in folder.vocabulary for number in range(size))
        if strangers * 10 > size:
            raise ModelError(
                f"{folder.path}: {strangers} of the {size} pieces in source.spm are not in vocab.json; "
                f"they belong to different models. {RESTORE}"
            )

    def pieces(self, text: str, target: str, hints: Sequence[Hint] = ()) -> list[str]:
        """The source as the model takes it: tag, text with its hints, end.

        Raises ModelError for a foreign `target`, RuntimeError for a source longer than the model has positions.
        """
        if target not in self._folder.tags:
            offered = ", ".join(self._folder.tags)
            raise ModelError(f"{self._folder.path} does not translate into “{target}”, only into {offered}.")
        tag = self._folder.tags[target]
        source = [*([tag] if tag else []), *self._encode(text, hints), END]
        if len(source) > self._folder.positions:
            raise RuntimeError(f"a text has more than the {self._folder.positions} pieces that the model can read")
        return source

    def length(self, text: str, hints: Sequence[Hint] = ()) -> int:
        """Pieces of the source, hints counted, tag and end not."""
        return len(self._encode(text, hints))

    def beginning(self, text: str) -> list[str]:
        """The pieces of a translation that begins with `text`.

        Raises RuntimeError for a text so long that the model has no positions for it and a few pieces more.
        """
        known = self._folder.vocabulary
        pieces = [piece if piece in known else UNKNOWN for piece in self._target.encode(text, out_type=str)]
        if len(pieces) + 8 > self._folder.positions:
            raise RuntimeError(
                f"a translation has more than the {self._folder.positions} pieces that the model can say"
            )
        return pieces

    def text(self, pieces: Sequence[str]) -> str:
        """The translation that these pieces spell; byte pieces are put together, control pieces left out."""
        return str(self._target.decode([piece for piece in pieces if piece not in self._controls])).strip()

    def _encode(self, text: str, hints: Sequence[Hint]) -> list[str]:
        marked = mark(text, hints) if self._folder.follows_hints else text
        allowed = self._controls - {OPENING, CLOSING}  # `mark` let no marks but its own through
        known = self._folder.vocabulary
        encoded = self._source.encode(marked, out_type=str)
        return [piece if piece in known and piece not in allowed else UNKNOWN for piece in encoded]


def mark(text: str, hints: Sequence[Hint]) -> str:
    """The text with each hint after its span; marks that the text itself brings become 《 and 》.

    >>> mark("심양시의 목표", [Hint(0, 2, "沈阳", "glossary")])
    '심양⟪沈阳⟫시의 목표'
    """
    pieces, done = [], 0
    for hint in sorted(hints, key=lambda hint: (hint.start, hint.end)):
        if done <= hint.start < hint.end <= len(text):
            pieces += [_unmarked(text[done : hint.end]), OPENING, _unmarked(hint.text), CLOSING]
            done = hint.end
    return "".join([*pieces, _unmarked(text[done:])])


def _unmarked(text: str) -> str:
    return text.replace(OPENING, "《").replace(CLOSING, "》")


def _check_presence(path: Path) -> None:
    if not path.is_dir():
        raise ModelError(f"{path}: there is no such model folder. {RESTORE}")
    missing = [name for name in NEEDED if not (path / name).is_file()]
    if "model.safetensors" in missing and any((path / name).is_file() for name in PICKLED):
        raise ModelError(
            f"{path}: the weights are in pytorch_model.bin, a format that can run code when it is read. "
            "Save the model as model.safetensors (transformers: save_pretrained) and put that into the folder."
        )
    if missing:
        raise ModelError(f"{path}: {', '.join(missing)} missing. {RESTORE}")


def _check_weights(path: Path, config: Mapping[str, object], vocabulary: Mapping[str, int]) -> None:
    rows = dict(_embedding_rows(path / "model.safetensors"))
    if not rows:
        raise ModelError(f"{path}/model.safetensors: no embeddings in it; these are not a Marian model's weights.")
    rows["config.json"] = _whole_number(path / "config.json", config, "vocab_size", len(vocabulary))
    for name, size in rows.items():
        if size != len(vocabulary):
            raise ModelError(
                f"{path}: vocab.json has {len(vocabulary)} pieces, {name} has {size}; "
                f"they belong to different models. {RESTORE}"
            )


def _embedding_rows(weights: Path) -> Iterator[tuple[str, int]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(weights, framework="numpy") as opened:
            for name in sorted(set(opened.keys()) & set(EMBEDDINGS)):
                yield name, opened.get_slice(name).get_shape()[0]
    except (SafetensorError, OSError) as problem:
        raise ModelError(f"{weights}: the file is damaged or cut short ({problem}). {RESTORE}") from problem


def _read_json(file: Path, *, optional: bool = False) -> dict[str, object]:
    if optional and not file.is_file():
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as problem:
        raise ModelError(f"{file}: cannot be read as JSON ({problem}). {RESTORE}") from problem
    if not isinstance(content, dict):
        raise ModelError(f"{file}: should hold a JSON object. {RESTORE}")
    return content


def _read_vocabulary(file: Path) -> dict[str, int]:
    content = _read_json(file)
    vocabulary = {piece: number for piece, number in content.items() if isinstance(number, int)}
    if sorted(vocabulary.values()) != list(range(len(content))):
        raise ModelError(f"{file}: the pieces are not numbered from 0 without a gap. {RESTORE}")
    for piece in (END, UNKNOWN):
        if piece not in vocabulary:
            raise ModelError(f"{file}: {piece} is missing. {RESTORE}")
    if vocabulary.get(PAD) != len(vocabulary) - 1:
        raise ModelError(f"{file}: {PAD} must be the last piece, as in every Marian model. {RESTORE}")
    return vocabulary


def _whole_number(file: Path, content: Mapping[str, object], key: str, otherwise: int) -> int:
    number = content.get(key, otherwise)
    if not isinstance(number, int | float) or number < 1:
        raise ModelError(f"{file}: {key} should be a whole number above 0, not {number!r}. {RESTORE}")
    return int(min(number, 1 << 30))  # tokenizers write 1e30 for "no limit"


def _tags(
    path: Path, vocabulary: Mapping[str, int], tokenizer: Mapping[str, object], ours: Mapping[str, object]
) -> dict[str, str]:
    """What asks for a target language: as daeyeok.json says, else >>zh<<, else nothing for a one-language model."""
    given = ours.get("tags", {})
    if not isinstance(given, dict) or any(str(tag) not in vocabulary for tag in given.values()):
        raise ModelError(f"{path}/daeyeok.json: every one of “tags” must be a piece of vocab.json, not {given!r}.")
    tags = {code: str(given.get(code, f">>{code}<<")) for code in TARGETS}
    tags = {code: tag for code, tag in tags.items() if tag in vocabulary}
    only = str(tokenizer.get("target_lang", ""))[:2].lower()
    if not tags and only in TARGETS and not any(piece.startswith(">>") for piece in vocabulary):
        tags = {only: ""}
    if not tags:
        wanted = ", ".join(f">>{code}<<" for code in TARGETS)
        raise ModelError(
            f"{path}: the vocabulary has none of {wanted}. If the model calls its languages otherwise, "
            'say so in daeyeok.json, for instance {"tags": {"zh": ">>cmn_Hans<<"}}.'
        )
    return tags


def _sentencepiece(file: Path):  # type: ignore[no-untyped-def]  # the package has no types
    import sentencepiece

    try:
        return sentencepiece.SentencePieceProcessor(model_file=str(file))
    except (RuntimeError, OSError) as problem:
        raise ModelError(f"{file}: the file is damaged or is no SentencePiece model. {RESTORE}") from problem


def _known_hashes(store: Path) -> dict[str, dict[str, object]]:
    try:
        content = json.loads(store.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return {}  # not there yet, or damaged: it is only a cache
    return (
        {key: value for key, value in content.items() if isinstance(value, dict)} if isinstance(content, dict) else {}
    )


def _keep_hashes(store: Path, known: Mapping[str, object]) -> None:
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=store.parent, prefix="hashes-", delete=False, encoding="utf-8"
        ) as unfinished:
            json.dump(known, unfinished, ensure_ascii=False, indent=1)
        Path(unfinished.name).replace(store)
    except OSError:
        return  # read-only cache: the hash is computed again next time
