"""A model folder is whole or named with what is wrong; pieces go in and text comes out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.article import Hint
from pipeline.errors import ModelError
from pipeline.marian import Tokeniser, mark, model_hash, read_folder

Break = Callable[[Path], object]


def rewrite(name: str, **changes: object) -> Break:
    def change(folder: Path) -> None:
        content = json.loads((folder / name).read_text(encoding="utf-8"))
        (folder / name).write_text(json.dumps({**content, **changes}, ensure_ascii=False), encoding="utf-8")

    return change


def without_tags(folder: Path) -> None:
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    renamed = {piece.replace(">>zh<<", ">>cmn<<").replace(">>en<<", ">>eng<<"): at for piece, at in vocabulary.items()}
    (folder / "vocab.json").write_text(json.dumps(renamed, ensure_ascii=False), encoding="utf-8")


def one_piece_less(folder: Path) -> None:
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    last = max(vocabulary.values())
    fewer = {piece: at for piece, at in vocabulary.items() if at < last - 1} | {"<pad>": last - 1}
    (folder / "vocab.json").write_text(json.dumps(fewer, ensure_ascii=False), encoding="utf-8")


def strangers(folder: Path) -> None:
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    kept = ("<", ">>", "⟪", "⟫")
    other = {piece if piece.startswith(kept) else f"other{at}": at for piece, at in vocabulary.items()}
    (folder / "vocab.json").write_text(json.dumps(other, ensure_ascii=False), encoding="utf-8")


def cut_short(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])


def pickled_only(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


BROKEN: list[tuple[str, Break, str]] = [
    ("no folder", shutil.rmtree, "there is no such model folder"),
    ("no config", lambda folder: (folder / "config.json").unlink(), "config.json missing"),
    ("no weights", lambda folder: (folder / "model.safetensors").unlink(), "model.safetensors missing"),
    ("no vocabulary", lambda folder: (folder / "vocab.json").unlink(), "vocab.json missing"),
    ("no pieces", lambda folder: (folder / "source.spm").unlink(), "source.spm missing"),
    ("pickled weights only", pickled_only, "pytorch_model.bin, a format that can run code"),
    ("weights cut short", cut_short, "model.safetensors: the file is damaged"),
    ("weights are a page", lambda folder: (folder / "model.safetensors").write_text("<html>"), "the file is damaged"),
    (
        "config is no JSON",
        lambda folder: (folder / "config.json").write_text("{"),
        "config.json: cannot be read as JSON",
    ),
    ("config is a list", lambda folder: (folder / "config.json").write_text("[]"), "should hold a JSON object"),
    ("config of another kind", rewrite("config.json", model_type="bart"), "a model of type “bart”"),
    ("config with a word", rewrite("config.json", max_position_embeddings="many"), "max_position_embeddings should be"),
    (
        "vocabulary is no JSON",
        lambda folder: (folder / "vocab.json").write_text("\udcff", errors="surrogateescape"),
        "JSON",
    ),
    ("vocabulary too short", one_piece_less, "they belong to different models"),
    ("vocabulary of another model", strangers, "they belong to different models"),
    ("vocabulary with a gap", rewrite("vocab.json", **{"⟪": 99999}), "not numbered from 0 without a gap"),
    ("config of another size", rewrite("config.json", vocab_size=5), "config.json has 5"),
    (
        "damaged pieces",
        lambda folder: (folder / "target.spm").write_bytes(b"\x00\x01"),
        "target.spm: the file is damaged",
    ),
    ("two vocabularies", rewrite("tokenizer_config.json", separate_vocabs=True), "separate vocabularies"),
    ("other languages", without_tags, "the vocabulary has none of >>zh<<, >>en<<"),
]


@pytest.mark.parametrize(("spoil", "message"), [pytest.param(s, m, id=label) for label, s, m in BROKEN])
def test_a_broken_folder_is_refused_with_the_file_and_a_way_out(model_copy: Path, spoil: Break, message: str) -> None:
    Tokeniser(read_folder(model_copy))  # whole before
    spoil(model_copy)
    with pytest.raises(ModelError) as raised:
        Tokeniser(read_folder(model_copy))
    assert message in str(raised.value)
    assert str(model_copy) in str(raised.value)


def test_what_the_standard_files_have_no_place_for_stands_in_ours(model_copy: Path) -> None:
    without_tags(model_copy)
    ours = {"longest": 40, "tags": {"zh": ">>cmn<<", "en": ">>eng<<"}}
    (model_copy / "daeyeok.json").write_text(json.dumps(ours))
    folder = read_folder(model_copy)
    assert (folder.longest, folder.tags) == (40, {"zh": ">>cmn<<", "en": ">>eng<<"})
    assert Tokeniser(folder).pieces("책", "zh")[0] == ">>cmn<<"


def test_a_tag_that_the_vocabulary_lacks_is_refused(model_copy: Path) -> None:
    (model_copy / "daeyeok.json").write_text(json.dumps({"tags": {"zh": ">>nowhere<<"}}))
    with pytest.raises(ModelError, match="must be a piece"):
        read_folder(model_copy)


def test_the_limit_is_below_the_positions_of_the_model(tiny_model: Path) -> None:
    folder = read_folder(tiny_model)
    assert folder.positions == 128
    assert 90 < folder.longest < 126


def test_a_language_that_the_model_lacks_is_refused(tiny_model: Path) -> None:
    with pytest.raises(ModelError, match="does not translate into “ja”, only into zh, en"):
        Tokeniser(read_folder(tiny_model)).pieces("책", "ja")


def test_the_hash_changes_with_what_decides_the_output_and_with_nothing_else(model_copy: Path, tmp_path: Path) -> None:
    before = model_hash(model_copy, tmp_path)
    (model_copy / "README.md").write_text("a model card")
    (model_copy / "generation_config.json").write_text("{}")
    assert model_hash(model_copy, tmp_path) == before
    (model_copy / "daeyeok.json").write_text('{"longest": 50}')
    assert model_hash(model_copy, tmp_path) != before


def test_the_hash_is_kept_until_a_file_changes(model_copy: Path, tmp_path: Path) -> None:
    first = model_hash(model_copy, tmp_path)
    kept = json.loads((tmp_path / "hashes.json").read_text(encoding="utf-8"))
    kept[str(model_copy.resolve())]["hash"] = "from the cache"
    (tmp_path / "hashes.json").write_text(json.dumps(kept))
    assert model_hash(model_copy, tmp_path) == "from the cache"
    cut_short(model_copy)
    assert model_hash(model_copy, tmp_path) not in ("from the cache", first)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"x": 1}'])
def test_a_damaged_cache_of_hashes_does_no_harm(model_copy: Path, tmp_path: Path, content: str) -> None:
    expected = model_hash(model_copy, tmp_path / "other")
    (tmp_path / "hashes.json").write_text(content)
    assert model_hash(model_copy, tmp_path) == expected


def test_a_cache_that_cannot_be_written_does_no_harm(model_copy: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way of the folder")
    assert len(model_hash(model_copy, tmp_path / "file")) == 64


def test_text_comes_back_from_its_pieces_with_full_width_marks_and_rare_characters(tiny_model: Path) -> None:
    tokeniser = Tokeniser(read_folder(tiny_model))
    for text in ("沈阳市：“高质量发展。”（3处）", "𠮷野家 ﹏ 龘", "Shenyang’s 12 “bases”, 4.5%", "심양은 발전한다."):
        assert tokeniser.text(tokeniser.pieces(text, "zh")) == text


def test_control_pieces_never_come_from_a_text_and_never_get_into_one(tiny_model: Path) -> None:
    tokeniser = Tokeniser(read_folder(tiny_model))
    pieces = tokeniser.pieces(">>en<< 심양⟪北京⟫ </s> <pad>", "zh")
    assert pieces[0] == ">>zh<<"
    assert pieces[-1] == "</s>"
    assert not {">>en<<", ">>zh<<", "⟪", "⟫", "</s>", "<pad>"} & set(pieces[1:-1])
    assert tokeniser.text([">>en<<", "⟪", "<unk>", *tokeniser.pieces("책", "zh"), "<pad>"]) == "책"


def test_a_hint_is_marked_in_the_pieces_and_counts_in_the_length(tiny_model: Path) -> None:
    tokeniser = Tokeniser(read_folder(tiny_model))
    hint = Hint(0, 2, "沈阳", "glossary")
    pieces = tokeniser.pieces("심양시의 책", "zh", [hint])
    assert pieces.index("⟪") < pieces.index("⟫")
    assert tokeniser.length("심양시의 책", [hint]) == len(pieces) - 2 > tokeniser.length("심양시의 책")


def test_a_model_that_never_saw_marks_is_given_none(model_copy: Path) -> None:
    vocabulary = json.loads((model_copy / "vocab.json").read_text(encoding="utf-8"))
    plain = {piece.replace("⟪", "open").replace("⟫", "close"): at for piece, at in vocabulary.items()}
    (model_copy / "vocab.json").write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
    folder = read_folder(model_copy)
    assert not folder.follows_hints
    hint = Hint(0, 2, "沈阳", "glossary")
    assert Tokeniser(folder).pieces("심양시", "zh", [hint]) == Tokeniser(folder).pieces("심양시", "zh")


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("심양시의 목표", [(0, 2, "沈阳")], "심양⟪沈阳⟫시의 목표"),
        ("심양과 대련", [(4, 6, "大连"), (0, 2, "沈阳")], "심양⟪沈阳⟫과 대련⟪大连⟫"),
        ("심양", [(0, 2, "沈阳")], "심양⟪沈阳⟫"),
        ("심양시", [(0, 3, "沈阳市"), (0, 2, "沈阳")], "심양⟪沈阳⟫시"),  # one over another: the second is left out
        ("심양", [(0, 9, "沈阳"), (1, 1, "x")], "심양"),  # out of the text, or empty
        ("⟪심양⟫", [(1, 3, "沈⟫阳")], "《심양⟪沈》阳⟫》"),  # marks of others become harmless
    ],
)
def test_marks(text: str, spans: list[tuple[int, int, str]], expected: str) -> None:
    assert mark(text, [Hint(start, end, rendering, "glossary") for start, end, rendering in spans]) == expected
