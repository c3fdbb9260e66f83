"""The pieces of training are those of the engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.article import Hint
from pipeline.errors import ModelError, SettingsError
from pipeline.marian import Folder, Tokeniser, mark
from pipeline.train.vocabulary import Vocabulary, language_tag, plain, sample, train_vocabulary

TEXTS = [
    "심양시의 목표는 ‘고품질발전’이다.",
    "沈阳市的目标是“高质量发展”，２０２２年。",
    "Shenyang aims at growth of 5.9 %.",
] * 5


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return train_vocabulary(TEXTS, tmp_path_factory.mktemp("vocabulary"), 380)


def test_end_comes_first_and_padding_last(vocabulary: Vocabulary) -> None:
    assert (vocabulary.end, vocabulary.unknown, vocabulary.pad) == (0, 1, vocabulary.size - 1)
    numbers = json.loads((vocabulary.folder / "vocab.json").read_text(encoding="utf-8"))
    assert sorted(numbers.values()) == list(range(vocabulary.size))


@pytest.mark.parametrize("text", [*TEXTS[:3], "모르는 글자 𠮷, emoji 🚢, ㈱"])
def test_a_text_comes_back_as_it_was(vocabulary: Vocabulary, text: str) -> None:
    assert vocabulary.decode(vocabulary.encode([text])[0].tolist()) == text


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("심양시의 목표", ()),
        ("심양시의 목표", (Hint(0, 2, "沈阳", "glossary"), Hint(5, 7, "the target", "glossary"))),
        (">>en<< 라고 쓴 글 ⟪표⟫", ()),
        ("🚢 배", ()),
    ],
)
def test_training_sees_the_pieces_that_the_engines_give(
    vocabulary: Vocabulary, text: str, hints: tuple[Hint, ...]
) -> None:
    folder = Folder(vocabulary.folder, vocabulary.numbers, 256, 120, {"zh": ">>zh<<"})
    expected = [vocabulary.numbers[piece] for piece in Tokeniser(folder).pieces(text, "zh", hints)]
    encoded = vocabulary.encode([mark(text, hints) if hints else plain(text)])[0].tolist()
    assert [vocabulary.tag(language_tag("zh")), *encoded, vocabulary.end] == expected


def test_the_marks_are_one_piece_each_and_no_text_has_them(vocabulary: Vocabulary) -> None:
    marks = {vocabulary.numbers["⟪"], vocabulary.numbers["⟫"]}
    assert marks <= set(vocabulary.encode(["심양⟪沈阳⟫시"])[0].tolist())
    assert not marks & set(vocabulary.encode([plain("심양⟪沈阳⟫시")])[0].tolist())


def test_a_vocabulary_can_be_taken_over(vocabulary: Vocabulary, tmp_path: Path) -> None:
    vocabulary.copy(tmp_path / "copy")
    taken = Vocabulary(tmp_path / "copy")
    assert [one.tolist() for one in taken.encode(TEXTS)] == [one.tolist() for one in vocabulary.encode(TEXTS)]


def test_a_missing_tag_and_a_missing_file_are_named(vocabulary: Vocabulary, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="has no >>ja<<"):
        vocabulary.tag(language_tag("ja"))
    with pytest.raises(ModelError, match="vocabulary cannot be read"):
        Vocabulary(tmp_path)


def test_a_sample_is_the_same_for_a_seed() -> None:
    texts = [str(number) for number in range(1000)]
    first, again, other = (sample(iter(texts), 50, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert len(set(first)) == 50
    assert max(map(int, first)) > 500
    assert sample(iter(texts[:9]), 50, 1) == texts[:9]
