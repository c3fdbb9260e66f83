"""The echo engine: quick, always the same, and nothing in it that a check takes for a fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Hint
from pipeline.engines import EngineSettings, Request, engine_signature, open_engine
from pipeline.errors import SettingsError
from pipeline.faults import HANGUL, faults

NOWHERE = EngineSettings(Path("no/model"), Path("no/cache"))
KOREAN = st.text(st.sampled_from("심양은발전하고있다 로인들의노래, 3곳을건설한다. “관광객”"), min_size=1, max_size=80)


def echo(text: str, target: str, *hints: Hint) -> str:
    return open_engine("echo", NOWHERE).translate([Request(text, target, hints)])[0].text


def test_it_needs_no_model() -> None:
    assert engine_signature("echo", NOWHERE) == open_engine("echo", NOWHERE).signature


@pytest.mark.parametrize(("target", "names"), [("zh", ("沈阳", "大连")), ("en", ("Shenyang", "Dalian"))])
def test_hints_stand_in_it_in_their_order_and_numbers_are_kept(target: str, names: tuple[str, str]) -> None:
    hints = [Hint(0, 2, names[0], "glossary"), Hint(4, 6, names[1], "glossary")]
    text = echo("심양과 대련에 12.5억원, 13:36에", target, *hints)
    assert text.index(names[0]) < text.index(names[1]) < text.index("12.5") < text.index("13:36")


def test_different_sentences_are_told_apart() -> None:
    assert len({echo(text, "zh") for text in ("심양은 크다.", "대련은 크다.", "심양은 작다.")}) == 3


@given(KOREAN, st.sampled_from(["zh", "en"]))
def test_no_korean_is_left_and_no_fault_is_seen(text: str, target: str) -> None:
    answer = echo(text, target)
    assert answer == echo(text, target)
    assert not HANGUL.search(answer)
    if any(character.isalpha() for character in text):
        assert not [fault for fault in faults(text, answer, target) if fault.kind != "truncated"]


def test_a_long_text_does_not_fit() -> None:
    engine = open_engine("echo", NOWHERE)
    assert engine.fits(Request("책" * 400, "zh"))
    assert not engine.fits(Request("책" * 400, "zh", (Hint(0, 1, "书", "glossary"),)))


def test_a_language_without_letters_is_named() -> None:
    with pytest.raises(SettingsError, match="“ja”"):
        echo("책", "ja")


def test_it_begins_as_it_is_told() -> None:
    (found,) = open_engine("echo", NOWHERE).translate([Request("책", "zh", (), "沈阳")])
    assert found.text.startswith("沈阳")
