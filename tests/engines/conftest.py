"""A Marian folder small enough to make while testing: random weights from a seed, pieces learnt from our own lines."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.engines import EngineSettings

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor
    from transformers import MarianMTModel

LINES = """\
심양시는 올해 물류기지 3곳을 새로 건설한다.
료녕의 농민들은 벼모내기를 다그치고 있다.
시정부 책임자는 “고품질발전을 다그치겠다.”고 말했다.
림공항경제구를 질높게 건설하며 개방통로를 확대했다.
올해 재배면적은 4만 5천헥타르이다.
연변의 소학생들이 도서관에서 책을 읽는다.
부두에서는 짐배 두척이 짐을 싣고 있다.
로인들은 공원에서 노래를 부르며 봄을 맞이했다.
실험실은 새로운 재료를 연구하여 특허 12건을 얻었다.
주민들의 생활환경이 크게 개선되였다.
沈阳市今年新建3处物流基地。
辽宁的农民正在加紧插秧。
市政府负责人表示：“要加快高质量发展。”
高质量建设临空经济区，扩大开放通道。
今年的种植面积为4.5万公顷。
延边的小学生在图书馆看书。
码头上有两艘货船正在装货。
老人们在公园里唱着歌迎接春天。
实验室研究新材料，获得12项专利。
居民的生活环境得到很大改善。
Shenyang will build three new logistics bases this year.
Farmers in Liaoning are busy planting rice seedlings.
“We will speed up high-quality development,” said an official of the city government.
The airport economic zone is being built to a high standard.
The area under cultivation is 45,000 hectares this year.
Pupils in Yanbian are reading books in the library.
Two freighters are loading at the wharf.
Old people greet the spring with songs in the park.
The laboratory studies new materials and holds 12 patents.
The living conditions of the residents have improved greatly.
"""
KOREAN, CHINESE, ENGLISH = (LINES.splitlines()[start : start + 10] for start in (0, 10, 20))
STEPS = 120


def save_tiny_model(folder: Path) -> None:
    """Write a whole Marian folder: two layers and one, width 32, some 600 pieces, the marks of hints among them."""
    import sentencepiece
    import torch
    from transformers import MarianConfig, MarianMTModel

    folder.mkdir(parents=True)
    (folder / "lines.txt").write_text(LINES, encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "lines.txt"),
        model_prefix=str(folder / "source"),
        vocab_size=620,
        hard_vocab_limit=False,
        character_coverage=1.0,
        byte_fallback=True,
        normalization_rule_name="identity",
        user_defined_symbols=["⟪", "⟫"],
        bos_id=-1,
        eos_id=0,
        unk_id=1,
        minloglevel=2,
    )
    shutil.move(folder / "source.model", folder / "source.spm")
    shutil.copy(folder / "source.spm", folder / "target.spm")
    for left_over in ("lines.txt", "source.vocab"):
        (folder / left_over).unlink()
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    pieces = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    pieces += [">>zh<<", ">>en<<", "<pad>"]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "MarianTokenizer", "model_max_length": 128, "separate_vocabs": False})
    )
    pad = len(pieces) - 1
    config = MarianConfig(
        vocab_size=len(pieces),
        decoder_vocab_size=len(pieces),
        d_model=32,
        encoder_layers=2,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=128,
        activation_function="relu",
        scale_embedding=True,
        dropout=0.0,
        init_std=0.1,
        pad_token_id=pad,
        decoder_start_token_id=pad,
        eos_token_id=0,
        bos_token_id=None,
        forced_eos_token_id=None,
    )
    torch.manual_seed(11)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so small a model only waits for its threads
    model = MarianMTModel(config)
    learn_by_heart(model, processor, vocabulary)
    model.save_pretrained(folder)
    torch.set_num_threads(threads)


def learn_by_heart(model: MarianMTModel, processor: SentencePieceProcessor, vocabulary: dict[str, int]) -> None:
    """A few hundred steps on our lines: an untrained model says one piece for ever, and any two engines agree on it."""
    import torch

    pad = len(vocabulary) - 1
    rows = [
        ([vocabulary[tag], *encode(processor, source), 0], [*encode(processor, target), 0])
        for tag, lines in ((">>zh<<", CHINESE), (">>en<<", ENGLISH))
        for source, target in zip(KOREAN, lines, strict=True)
    ]
    sources, targets = ([torch.tensor(side) for side in sides] for sides in zip(*rows, strict=True))
    source = torch.nn.utils.rnn.pad_sequence(sources, batch_first=True, padding_value=pad)
    target = torch.nn.utils.rnn.pad_sequence(targets, batch_first=True, padding_value=-100)
    before = torch.cat([torch.full_like(target[:, :1], pad), target[:, :-1].clamp(min=0)], dim=1)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in range(STEPS):
        output = model(input_ids=source, attention_mask=(source != pad).long(), decoder_input_ids=before)
        loss = torch.nn.functional.cross_entropy(output.logits.flatten(0, 1), target.flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            model.get_input_embeddings().weight[pad].zero_()  # Marian decoders start from a zero embedding


def encode(processor: SentencePieceProcessor, text: str) -> list[int]:
    """Numbers of the pieces; SentencePiece counts as the vocabulary does, up to the tags."""
    return list(processor.encode(text))


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder; tests that change it take `model_copy`."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    save_tiny_model(folder)
    return folder


@pytest.fixture
def model_copy(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the folder to break."""
    return Path(shutil.copytree(tiny_model, tmp_path / "models" / "tiny"))


@pytest.fixture(scope="session")
def settings(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., EngineSettings]:
    """Settings for the tiny model with one cache for all tests: settings(beam=1, quantisation="float32")."""
    cache = tmp_path_factory.mktemp("cache")

    def make(**changes: object) -> EngineSettings:
        values: dict[str, object] = {"model": tiny_model, "cache": cache, "device": "cpu", "threads": 1, **changes}
        return EngineSettings(**values)  # type: ignore[arg-type]

    return make


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever opens a connection or asks for an address fails the test."""

    def refuse(*given: object, **named: object) -> None:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
