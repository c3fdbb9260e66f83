"""Back-translation: a model trained both ways gives Korean for Chinese, and the result is trained on with a tag."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.errors import SettingsError
from pipeline.train import backtranslate
from pipeline.train.backtranslate import back_translate
from pipeline.train.corpus import read_rows
from pipeline.train.options import Corpus
from pipeline.train.plan import read_plan
from pipeline.train.prepare import prepare
from pipeline.train.session import train

MONO = "昨天沈阳召开了会议。\t2008\n夜里大连召开了大会。\t2009\n" + "长" * 80 + "\n春天营口召开了会议。\n"


@pytest.fixture(scope="module")
def both_ways(lasting_toy: SimpleNamespace) -> Path:
    toy = lasting_toy
    prepare(replace(toy.preparation, directions=("ko-zh", "zh-ko")), [].append)
    course = replace(toy.course, updates=300, dropout=0.0, smoothing=0.05)
    train(toy.preparation.work, course, toy.root / "model", [].append)
    return toy.root / "model"


def translate(model: Path, folder: Path, **more: object) -> list[str]:
    (folder / "mono.txt").write_text(MONO, encoding="utf-8")
    back_translate(model, folder / "mono.txt", "zh", folder / "back.tsv", [].append, **more)  # type: ignore[arg-type]
    return (folder / "back.tsv").read_text(encoding="utf-8").splitlines()


def test_chinese_gets_its_korean_and_each_text_has_its_line(both_ways: Path, tmp_path: Path) -> None:
    lines = translate(both_ways, tmp_path)
    assert lines[:3] == [
        "ko\tzh\ten\tsource",
        "어제 심양에서 회의를 열었다.\t昨天沈阳召开了会议。\t\tback-translation",
        "밤에 대련에서 회의를 열었다.\t夜里大连召开了大会。\t\tback-translation",
    ]
    assert lines[3].startswith("\t长")  # too long: no Korean, and readers pass over it
    assert len(lines) == 5
    assert len(list(read_rows(tmp_path / "back.tsv"))) == 3


@pytest.mark.parametrize("kept", [0, 1, 2, 2.5])
def test_a_stopped_back_translation_goes_on(
    both_ways: Path, tmp_path: Path, kept: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtranslate, "CHUNK", 1)
    whole = translate(both_ways, tmp_path)
    cut = "\n".join(whole[: 1 + int(kept)]) + "\n" + ("봄에 영" if kept % 1 else "")
    (tmp_path / "back.tsv").write_text(cut, encoding="utf-8")
    assert translate(both_ways, tmp_path) == whole


def test_only_so_many_texts_when_limited(both_ways: Path, tmp_path: Path) -> None:
    assert len(translate(both_ways, tmp_path, limit=2)) == 3


def test_drawn_korean_is_the_same_for_a_seed(both_ways: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert translate(both_ways, tmp_path / "a", draws=True) == translate(both_ways, tmp_path / "b", draws=True)


def test_korean_is_not_back_translated(both_ways: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="“ko” cannot be back-translated"):
        back_translate(both_ways, tmp_path / "mono.txt", "ko", tmp_path / "back.tsv", [].append)


def test_tagged_text_is_trained_on_beside_the_genuine(both_ways: Path, toy: SimpleNamespace) -> None:
    translate(both_ways, toy.root)
    back = Corpus("back", (toy.root / "back.tsv",), directions=("ko-zh",), share=0.25, is_tagged=True)
    plan = prepare(replace(toy.preparation, corpora=(*toy.preparation.corpora, back)), [].append)
    assert [entry.part for entry in plan.entries] == [0.75, 0.25]
    assert read_plan(toy.preparation.work) == plan
    assert train(toy.preparation.work, toy.course, toy.root / "model", [].append).is_finished
