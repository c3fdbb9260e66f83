"""The ctranslate2 engine: converted once, the same alone as in company, never silently cut."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.article import Hint
from pipeline.engines import EngineSettings, Request, engine_signature, open_engine
from pipeline.engines import ctranslate2 as module
from pipeline.errors import ModelError, SettingsError, StorageError

DEFAULT = Path(__file__).parents[2] / "models" / "default"
Make = Callable[..., EngineSettings]

SENTENCES = [
    "심양시는 올해 물류기지 3곳을 새로 건설한다.",
    "료녕의 농민들은 벼모내기를 다그치고 있다.",
    "로인들은 공원에서 노래를 부른다.",
    "부두에서는 짐배 두척이 짐을 싣고 있다.",
    "책",
    "실험실은 새로운 재료를 연구하여 특허 12건을 얻었다.",
    "연변의 농민들은 도서관에서 짐을 싣고 있다.",
]
REQUESTS = [Request(text, target) for text in SENTENCES for target in ("zh", "en")]


def test_the_signature_is_known_before_the_model_is_loaded(settings: Make) -> None:
    assert engine_signature("ctranslate2", settings()) == open_engine("ctranslate2", settings()).signature


def test_the_signature_names_all_that_decides_the_output(settings: Make) -> None:
    signatures = [
        engine_signature("ctranslate2", settings(**changes))
        for changes in ({}, {"beam": 5}, {"quantisation": "float32"}, {"device": "auto", "threads": 2})
    ]
    assert len(set(signatures)) == 3
    assert signatures[0] == signatures[3]
    assert "int8" in signatures[0]
    assert "beam 4" in signatures[0]


def test_it_says_what_the_model_learnt_by_heart(settings: Make) -> None:
    hypothesis, other = open_engine("ctranslate2", settings()).translate(REQUESTS[:2])
    assert hypothesis.text == "沈阳市今年新建3处物流基地。"
    assert other.text == "Shenyang will build three new logistics bases this year."
    assert hypothesis.is_complete
    assert hypothesis.score is not None
    assert -0.5 < hypothesis.score <= 0


@pytest.mark.parametrize("effort", ["usual", "retry"])
def test_a_request_gets_the_same_alone_as_in_company_and_in_any_order(settings: Make, effort: str) -> None:
    engine = open_engine("ctranslate2", settings())
    together = engine.translate(REQUESTS, effort)
    assert [engine.translate([request], effort)[0] for request in REQUESTS] == together
    assert engine.translate(REQUESTS[::-1], effort)[::-1] == together


def test_a_second_try_offers_more_to_choose_from(settings: Make) -> None:
    engine = open_engine("ctranslate2", settings())
    (usual,) = engine.translate(REQUESTS[:1])
    (again,) = engine.translate(REQUESTS[:1], "retry")
    assert not usual.alternatives
    assert len(again.alternatives) >= 3
    assert len({again.text, *again.alternatives}) == 1 + len(again.alternatives)


def test_nothing_asked_nothing_given(settings: Make) -> None:
    assert open_engine("ctranslate2", settings()).translate([]) == []


def test_a_text_at_the_limit_fits_and_hints_count(settings: Make) -> None:
    engine = open_engine("ctranslate2", settings())
    text = "책" * 20
    while engine.fits(Request(text, "zh")):
        text += "책"
    at_the_limit = text[:-1]
    assert engine.fits(Request(at_the_limit, "zh"))
    assert not engine.fits(Request(at_the_limit, "zh", (Hint(0, 1, "书", "glossary"),)))


def test_what_has_no_positions_is_refused_not_cut(settings: Make) -> None:
    with pytest.raises(RuntimeError, match="more than the 128 pieces"):
        open_engine("ctranslate2", settings()).translate([Request("책 " * 200, "zh")])


class Failed:
    """A result of the library that is waited for in vain."""

    def result(self) -> object:
        raise RuntimeError("CUDA failed with error out of memory")


class Forgetful:
    """A translator that runs out of memory on more than `most` rows."""

    num_translators = 1

    def __init__(self, translator: object, most: int) -> None:
        self.translator, self.most, self.sizes = translator, most, []

    def translate_batch(self, rows: list[list[str]], **options: object) -> object:
        self.sizes.append(len(rows))
        return [Failed()] * len(rows) if len(rows) > self.most else self.translator.translate_batch(rows, **options)


def test_a_batch_too_large_for_memory_is_halved(settings: Make) -> None:
    engine = open_engine("ctranslate2", settings())
    requests = [REQUESTS[0]] * 6
    expected = engine.translate(requests)
    engine._translator = Forgetful(engine._translator, 2)
    assert engine.translate(requests) == expected
    assert engine._translator.sizes[0] == 6
    engine._translator.most = 0
    with pytest.raises(RuntimeError, match="out of memory"):
        engine.translate(requests)


def test_the_conversion_is_done_once(settings: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    convert = module._run_converter
    monkeypatch.setattr(module, "_run_converter", lambda *given: (runs.append(1), convert(*given)))
    for _ in range(2):
        open_engine("ctranslate2", settings(cache=tmp_path))
    assert len(runs) == 1
    open_engine("ctranslate2", settings(cache=tmp_path, quantisation="float32"))
    assert len(runs) == 2


def converted(cache: Path) -> Path:
    (folder,) = [folder for folder in cache.iterdir() if folder.is_dir()]
    return folder


def half_made(folder: Path) -> None:
    """What a kill in the middle leaves."""
    folder.rename(folder.with_name(folder.name + ".unfinished"))
    (folder.with_name(folder.name + ".unfinished") / module.MARKER).unlink()


def cut_short(folder: Path) -> None:
    """What a full disk or a crash of the machine leaves."""
    (folder / "model.bin").write_bytes((folder / "model.bin").read_bytes()[:100])


def of_another_version(folder: Path) -> None:
    noted = json.loads((folder / module.MARKER).read_text())
    (folder / module.MARKER).write_text(json.dumps({**noted, "converter": "1.0"}))


@pytest.mark.parametrize("spoil", [half_made, cut_short, of_another_version, lambda f: (f / module.MARKER).unlink()])
def test_a_conversion_that_is_not_whole_is_made_anew(
    settings: Make, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    expected = open_engine("ctranslate2", settings(cache=tmp_path)).translate(REQUESTS[:2])
    spoil(converted(tmp_path))
    assert open_engine("ctranslate2", settings(cache=tmp_path)).translate(REQUESTS[:2]) == expected
    assert converted(tmp_path).suffix != ".unfinished"


def test_a_killed_conversion_leaves_nothing_that_looks_whole(
    settings: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(made_from: EngineSettings, destination: Path) -> None:
        destination.mkdir()
        (destination / "model.bin").write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "_run_converter", killed)
        with pytest.raises(KeyboardInterrupt):
            open_engine("ctranslate2", settings(cache=tmp_path))
    assert open_engine("ctranslate2", settings(cache=tmp_path)).translate(REQUESTS[:1])[0].text


def test_a_cache_that_cannot_be_written_is_named(settings: Make, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way of the folder")
    with pytest.raises(StorageError, match="file: the converted model cannot be kept there"):
        open_engine("ctranslate2", settings(cache=tmp_path / "file"))


def test_weights_that_will_not_open_are_thrown_away_and_named(settings: Make, tmp_path: Path) -> None:
    open_engine("ctranslate2", settings(cache=tmp_path))
    folder = converted(tmp_path)
    size = (folder / "model.bin").stat().st_size
    (folder / "model.bin").write_bytes(b"\xff" * size)
    with pytest.raises(ModelError, match="Run again"):
        open_engine("ctranslate2", settings(cache=tmp_path))
    assert not folder.exists()


def test_unknown_settings_are_named_with_what_there_is(settings: Make) -> None:
    with pytest.raises(SettingsError, match=r"“int3” is not a quantisation\. Use one of: int8"):
        open_engine("ctranslate2", settings(quantisation="int3"))
    with pytest.raises(SettingsError, match=r"“tpu” is not a device\. Use one of: auto, cpu, cuda"):
        open_engine("ctranslate2", settings(device="tpu"))


@pytest.mark.usefixtures("no_network")
def test_converting_and_translating_ask_nothing_of_the_network(settings: Make, tmp_path: Path) -> None:
    assert open_engine("ctranslate2", settings(cache=tmp_path)).translate(REQUESTS[:1])[0].text


def test_opening_a_converted_model_loads_neither_torch_nor_transformers(settings: Make) -> None:
    open_engine("ctranslate2", settings())
    program = f"""
import sys
from pathlib import Path
from pipeline.engines import EngineSettings, Request, open_engine
engine = open_engine("ctranslate2", EngineSettings(Path({str(settings().model)!r}), Path({str(settings().cache)!r})))
print(engine.translate([Request("책", "zh")])[0].text != "")
print(sorted({{"torch", "transformers"}} & set(sys.modules)))
"""
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert output.split("\n")[:2] == ["True", "[]"]


@pytest.mark.skipif(not DEFAULT.is_dir(), reason="the default model is not here")
def test_the_default_model_translates_into_both_languages(tmp_path: Path) -> None:
    engine = open_engine("ctranslate2", EngineSettings(DEFAULT, tmp_path))
    texts = ["심양은 올해 물류기지를 건설한다.", "농민들의 소득이 늘어났다."]
    chinese = engine.translate([Request(text, "zh") for text in texts])
    english = engine.translate([Request(text, "en") for text in texts])
    assert all(any("\u4e00" <= character <= "\u9fff" for character in hypothesis.text) for hypothesis in chinese)
    assert all(any(character.isascii() and character.isalpha() for character in h.text) for h in english)


BEGUN = [
    Request(text, target, (Hint(0, 2, name, "glossary"),), begin)
    for text in SENTENCES
    if len(text) > 2
    for target, name, begins in (("zh", "沈阳", ("沈阳市", "农民")), ("en", "Shenyang", ("Shenyang", "The farmers")))
    for begin in begins
]


@pytest.mark.parametrize("effort", ["usual", "retry"])
def test_a_translation_begins_as_asked_alone_as_in_company(settings: Make, effort: str) -> None:
    engine = open_engine("ctranslate2", settings())
    together = engine.translate(BEGUN + REQUESTS, effort)
    for request, hypothesis in zip(BEGUN, together, strict=False):
        assert hypothesis.text.startswith(request.begin)
        assert all(text.startswith(request.begin) for text in hypothesis.alternatives)
    assert [engine.translate([request], effort)[0] for request in BEGUN] == together[: len(BEGUN)]
    assert engine.translate(REQUESTS, effort) == together[len(BEGUN) :]


def test_the_score_is_that_of_the_whole_text_its_beginning_included(settings: Make) -> None:
    engine = open_engine("ctranslate2", settings(quantisation="float32"))
    right, wrong = engine.translate([Request(SENTENCES[0], "zh", (), begin) for begin in ("沈阳市", "老人们")])
    (free,) = engine.translate([Request(SENTENCES[0], "zh")])
    assert right.text == free.text
    assert right.score == pytest.approx(free.score, abs=0.002)
    assert wrong.score < right.score - 0.5


def test_a_beginning_without_positions_is_refused_not_cut(settings: Make) -> None:
    with pytest.raises(RuntimeError, match="more than the 128 pieces"):
        open_engine("ctranslate2", settings()).translate([Request("책", "zh", (), "书籍，" * 100)])
