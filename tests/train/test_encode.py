"""A corpus as arrays: what is drawn from them is what encoding the text with its hints would have given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.article import Hint
from pipeline.marian import mark
from pipeline.train.encode import Encoder
from pipeline.train.hinting import HintBook
from pipeline.train.options import Row
from pipeline.train.shard import Shard, load_shard, save_shard
from pipeline.train.vocabulary import Vocabulary, plain, train_vocabulary

GLOSSARY = """\
- {ko: 심양, zh: 沈阳, en: Shenyang, kind: place, domain: d}
- {ko: 료녕성, zh: 辽宁省, en: Liaoning Province, kind: place, domain: d}
- {ko: 고품질 발전, zh: {preferred: 高质量发展, admitted: [高质发展]}, en: high quality, kind: term, domain: d}
- {ko: 회의, zh: 会议, en: meeting, kind: term, domain: d}
"""
ROWS = [
    Row(
        "료녕성심양에서 고품질 발전을 위한 회의를 열었다.",
        "在辽宁省沈阳召开高质发展会议。",
        "Liaoning Province held meetings in Shenyang.",
    ),
    Row("심양에서 열었다.", "在盛京召开。", "It was held there."),
    Row("역사를 연구했다.", "研究了历史。", ""),
    Row("심양⟪盛京⟫이다.", "是沈阳⟪市⟫。", ""),
]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    texts = [text for row in ROWS for text in (row.ko, row.zh, row.en) if text] * 5
    return train_vocabulary([*texts, "력사"], tmp_path_factory.mktemp("vocabulary"), 400)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> HintBook:
    folder = tmp_path_factory.mktemp("glossary")
    (folder / "terms.yaml").write_text(GLOSSARY, encoding="utf-8")
    return HintBook(folder)


def encode(vocabulary: Vocabulary, book: HintBook | None, rows: list[Row] = ROWS, **more: object) -> Shard:
    options = {"directions": ("ko-zh", "ko-en"), "longest": 60, "respells": False, "held_out": frozenset(), **more}
    held_out = options.pop("held_out")
    return Encoder(vocabulary, book, **options).encode(rows, held_out, [].append)  # type: ignore[arg-type]


def test_an_example_is_the_encoded_pair(vocabulary: Vocabulary) -> None:
    shard = encode(vocabulary, None)
    assert shard.counts.examples == len(shard.examples) == 6
    pairs = [(row.ko, row.text(lang)) for row in ROWS for lang in ("zh", "en") if row.text(lang)]
    for example, (korean, other) in enumerate(pairs):
        assert shard.source(example).tolist() == vocabulary.encode([plain(korean)])[0].tolist()
        assert shard.text(shard.examples[example, 1]).tolist() == vocabulary.encode([plain(other)])[0].tolist()


def test_every_choice_of_hints_is_encoded_as_the_whole_text_would_be(vocabulary: Vocabulary, book: HintBook) -> None:
    row = ROWS[0]
    hints = book.hints(row.ko, "zh", row.zh)
    assert [(row.ko[hint.start : hint.end], hint.text) for hint in hints] == [
        ("료녕성", "辽宁省"),
        ("심양", "沈阳"),
        ("고품질 발전", "高质发展"),  # the admitted form: that is what the reference has
        ("회의", "会议"),
    ]
    shard = encode(vocabulary, book, [row])
    expected = {
        tuple(vocabulary.encode([mark(row.ko, [h for bit, h in enumerate(hints) if choice >> bit & 1])])[0].tolist())
        for choice in range(16)
    }
    draw = np.random.default_rng(1)
    drawn = {tuple(shard.source(0, draw).tolist()) for _ in range(400)}
    assert drawn == expected


def test_hints_are_only_those_that_the_reference_keeps(vocabulary: Vocabulary, book: HintBook) -> None:
    shard = encode(vocabulary, book, ROWS[:2], directions=("ko-zh",))
    assert shard.has_slots(0)
    assert not shard.has_slots(1)  # 심양 is 盛京 there
    assert shard.counts.hinted == 1


def test_nothing_is_hinted_on_the_way_into_korean(vocabulary: Vocabulary, book: HintBook) -> None:
    shard = encode(vocabulary, book, ROWS[:1], directions=("zh-ko", "en-ko"))
    assert shard.counts.examples == 2
    assert not any(shard.has_slots(example) for example in range(2))


def test_a_text_that_stands_on_both_sides_is_kept_once(vocabulary: Vocabulary) -> None:
    one_way = encode(vocabulary, None, ROWS[:1], directions=("ko-zh",))
    both_ways = encode(vocabulary, None, ROWS[:1], directions=("ko-zh", "zh-ko"))
    assert len(both_ways.pieces) == len(one_way.pieces)
    assert both_ways.examples[:, :2].tolist() == [[0, 1], [1, 0]]


def test_a_word_list_hints_words_that_stand_free(tmp_path: Path) -> None:
    words = tmp_path / "words.tsv"
    words.write_text("ko\tzh\n력사\t历史\n연구\t研究\n구했다\t求\n", encoding="utf-8")
    hints = HintBook(None, [words]).hints("력사를 연구했다.", "zh", "研究了历史。")
    assert hints == (Hint(0, 2, "历史", "glossary"),)  # 했다 is no particle: 연구 does not stand free


def test_the_other_spelling_is_a_twin(vocabulary: Vocabulary) -> None:
    shard = encode(vocabulary, None, [ROWS[1], ROWS[2]], respells=True)
    assert shard.twins.tolist() == [-1, -1, 3, -2]
    assert shard.counts.respelled == 1
    assert shard.source(3).tolist() == vocabulary.encode(["력사를 연구했다."])[0].tolist()
    assert shard.examples[2, 1] == shard.examples[3, 1]


def test_what_is_too_long_or_held_out_is_left_out_and_counted(vocabulary: Vocabulary) -> None:
    long = Row("심양 " * 70 + "끝", "很长", "")
    shard = encode(vocabulary, None, [long, *ROWS], held_out=frozenset({ROWS[1].ko}))
    assert (shard.counts.rows, shard.counts.too_long, shard.counts.held_out) == (5, 1, 1)
    assert shard.counts.examples == 4


def test_a_shard_comes_back_from_disk(vocabulary: Vocabulary, book: HintBook, tmp_path: Path) -> None:
    shard = encode(vocabulary, book, respells=True)
    save_shard(shard, tmp_path / "encoded" / "key")
    again = load_shard(tmp_path / "encoded" / "key")
    assert again.counts == shard.counts
    assert again.directions == shard.directions
    for name in ("pieces", "offsets", "examples", "twins", "slot_offsets", "slots"):
        np.testing.assert_array_equal(getattr(again, name), getattr(shard, name))
    assert [path.name for path in (tmp_path / "encoded").iterdir()] == ["key"]
