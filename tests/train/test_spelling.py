"""South Korean text in the spelling of the Chinese press."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.orthography import south_korean_view
from pipeline.train.spelling import chinese_press_view

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "respelling.yaml").read_text(encoding="utf-8"))
PARAMETERS = [
    pytest.param(
        case["text"],
        case["expect"],
        id=case["label"],
        marks=[pytest.mark.xfail(reason=case["xfail"], strict=True)] if "xfail" in case else [],
    )
    for case in CASES
]


@pytest.mark.parametrize(("text", "expected"), PARAMETERS)
def test_a_text_is_respelled(text: str, expected: str) -> None:
    assert chinese_press_view(text) == expected


@pytest.mark.parametrize(("text", "expected"), [one for one in PARAMETERS if not one.marks])
def test_respelling_twice_is_respelling_once(text: str, expected: str) -> None:
    assert chinese_press_view(chinese_press_view(text)) == chinese_press_view(text)


@pytest.mark.parametrize("text", ["연구되었다", "여성들의 역사", "러시아의 비율", "화폐를 폐기하다"])
def test_the_view_for_matching_takes_the_respelling_back(text: str) -> None:
    respelled = chinese_press_view(text)
    assert respelled != text
    assert south_korean_view(respelled).text == text
