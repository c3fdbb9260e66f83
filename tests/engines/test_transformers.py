"""The transformers engine: the same as ctranslate2 for the same model, and the same rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.article import Hint
from pipeline.engines import EngineSettings, Request, engine_signature, open_engine
from pipeline.errors import ModelError

Make = Callable[..., EngineSettings]

LEARNT = ["심양시는 올해 물류기지 3곳을 새로 건설한다.", "로인들은 공원에서 노래를 부르며 봄을 맞이했다."]
UNSEEN = [
    "심양시는 올해 도서관에서 책을 읽는다.",
    "농민들은 부두에서 노래를 부르고 있다.",
    "실험실은 물류기지 12곳을 건설하며 봄을 맞이했다.",
    "연변의 주민들은 벼모내기를 다그치겠다고 말했다.",
    "책",
    "올해 재배면적은 3곳이다. 짐배 두척이 짐을 싣고 있다.",
]


@pytest.mark.parametrize("beam", [1, 4])
def test_both_engines_say_the_same_of_learnt_and_of_unseen_sentences(settings: Make, beam: int) -> None:
    requests = [Request(text, target) for text in LEARNT + UNSEEN for target in ("zh", "en")]
    hint = Hint(0, 3, "沈阳市", "glossary")
    requests.append(Request(LEARNT[0], "zh", (hint,)))
    ours = open_engine("transformers", settings(beam=beam)).translate(requests)
    theirs = open_engine("ctranslate2", settings(beam=beam, quantisation="float32")).translate(requests)
    assert [hypothesis.text for hypothesis in ours] == [hypothesis.text for hypothesis in theirs]
    assert [hypothesis.is_complete for hypothesis in ours] == [hypothesis.is_complete for hypothesis in theirs]
    for left, right in zip(ours, theirs, strict=True):
        assert left.score == pytest.approx(right.score, abs=0.002)


@pytest.mark.parametrize("beam", [1, 4])
def test_both_engines_go_on_in_the_same_way_from_a_beginning(settings: Make, beam: int) -> None:
    ours = open_engine("transformers", settings(beam=beam))
    theirs = open_engine("ctranslate2", settings(beam=beam, quantisation="float32"))
    beginnings = {"zh": ["沈阳市", "今年的种植面积", "农民"], "en": ["Farmers", "The airport", "Shenyang will build"]}
    hint = Hint(0, 2, "沈阳", "glossary")
    requests = [
        Request(text, target, (hint,) if text.startswith("심양") else (), begin)
        for text in LEARNT + UNSEEN
        for target, begins in beginnings.items()
        for begin in begins
    ]
    left, right = ours.translate(requests), theirs.translate(requests)
    assert [hypothesis.text for hypothesis in left] == [hypothesis.text for hypothesis in right]
    assert all(h.text.startswith(request.begin) for request, h in zip(requests, left, strict=True))
    for one, other in zip(left, right, strict=True):
        assert one.is_complete is other.is_complete
        if one.is_complete:
            assert one.score == pytest.approx(other.score, abs=0.002)


def test_the_signature_is_known_before_the_model_is_loaded_and_is_its_own(settings: Make) -> None:
    signature = engine_signature("transformers", settings())
    assert signature == open_engine("transformers", settings()).signature
    assert signature != engine_signature("ctranslate2", settings(quantisation="float32"))


def test_a_second_try_offers_more_to_choose_from(settings: Make) -> None:
    (again,) = open_engine("transformers", settings()).translate([Request(LEARNT[0], "zh")], "retry")
    assert len(again.alternatives) >= 3


def test_what_has_no_positions_is_refused_not_cut(settings: Make) -> None:
    with pytest.raises(RuntimeError, match="more than the 128 pieces"):
        open_engine("transformers", settings()).translate([Request("책 " * 200, "zh")])


def test_weights_in_a_pickle_are_never_read(settings: Make, model_copy: Path) -> None:
    (model_copy / "model.safetensors").rename(model_copy / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"pytorch_model\.bin"):
        open_engine("transformers", settings(model=model_copy))


@pytest.mark.usefixtures("no_network")
def test_loading_and_translating_ask_nothing_of_the_network(settings: Make) -> None:
    assert open_engine("transformers", settings()).translate([Request(LEARNT[0], "zh")])[0].text
