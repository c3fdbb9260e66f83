"""Empty, looping, truncated, copied, wrong script: seen where they are, not seen where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.faults import faults

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "faults.yaml").read_text(encoding="utf-8"))


def param(case: dict[str, str]) -> object:
    marks = [pytest.mark.xfail(strict=True, reason=case["xfail"])] if "xfail" in case else []
    return pytest.param(case, id=case["label"], marks=marks)


@pytest.mark.parametrize("case", [param(case) for case in CASES])
def test_each_case_shows_exactly_its_faults(case: dict[str, str]) -> None:
    found = faults(case["ko"], case["text"], case["lang"])
    assert sorted(fault.kind for fault in found) == sorted(case["expect"]), (case["why"], found)


def test_labels_are_unique() -> None:
    assert len({case["label"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [case for case in CASES if case["expect"]], ids=lambda case: case["label"])
def test_a_span_lies_in_the_translation_and_is_not_empty(case: dict[str, str]) -> None:
    for fault in faults(case["ko"], case["text"], case["lang"]):
        assert fault.message
        if fault.start is not None:
            assert 0 <= fault.start < fault.end <= len(case["text"])


def test_the_span_of_a_loop_is_the_loop() -> None:
    text = "市政府建设建设建设物流基地。"
    (fault,) = faults("시정부는 물류기지를 건설한다.", text, "zh")
    assert text[fault.start : fault.end] == "建设建设建设"


ANY_TEXT = st.text(st.sampled_from("심양은다. 沈阳建设，。“”（）《》abc the,. 12\n\ufffd\ud800"), max_size=60)


@given(ANY_TEXT, ANY_TEXT, st.sampled_from(["zh", "en"]))
def test_every_text_gets_an_answer_with_spans_inside_it(source: str, text: str, lang: str) -> None:
    for fault in faults(source, text, lang):
        assert (fault.start is None) == (fault.end is None)
        assert fault.start is None or 0 <= fault.start <= fault.end <= len(text)


def test_a_line_of_two_hundred_thousand_characters_is_answered() -> None:
    found = faults("물류기지를 건설한다 " * 20_000, "建设物流基地。", "zh")
    assert [fault.kind for fault in found] == ["truncated"]
