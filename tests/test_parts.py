"""What the engine is given, and how parts are joined: no character and no hint gets lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Hint, flat
from pipeline.parts import Part, in_parts, join, prepare


def hint(text: str, korean: str, rendering: str, nth: int = 0) -> Hint:
    start = -1
    for _ in range(nth + 1):
        start = text.index(korean, start + 1)
    return Hint(start, start + len(korean), rendering, "glossary")


def spans(part: Part) -> list[tuple[str, str]]:
    return [(part.text[found.start : found.end], found.text) for found in part.hints]


def test_white_space_is_laid_flat_and_hints_move_with_their_words() -> None:
    text = "\u00a0심양은  새\u3000국면을\n열었다. "
    part = prepare(text, "zh", [hint(text, "심양", "沈阳"), hint(text, "새\u3000국면", "新局面")])
    assert part.text == "심양은 새 국면을 열었다."
    assert spans(part) == [("심양", "沈阳"), ("새 국면", "新局面")]


def test_the_bracket_of_a_gloss_goes_when_a_hint_carries_its_chinese() -> None:
    text = "심양은 림공항경제구(临空经济区)를 질높게 건설한다."
    hints = [hint(text, "림공항경제구", "临空经济区"), hint(text, "건설", "建设")]
    part = prepare(text, "zh", hints)
    assert part.text == "심양은 림공항경제구를 질높게 건설한다."
    assert spans(part) == [("림공항경제구", "临空经济区"), ("건설", "建设")]


def test_the_bracket_stays_in_chinese_when_nothing_else_carries_it() -> None:
    assert prepare("새 림공항경제구(临空经济区)를 건설한다.", "zh").text == "새 림공항경제구(临空经济区)를 건설한다."


def test_the_bracket_goes_in_english() -> None:
    assert prepare("새 림공항경제구(临空经济区)를 건설한다.", "en").text == "새 림공항경제구를 건설한다."


@given(st.text(st.sampled_from("심양은 \u00a0\n\u3000다.abc"), max_size=40), st.data())
def test_a_text_without_glosses_is_only_laid_flat_and_hints_keep_their_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    part = prepare(text, "zh", [Hint(start, end, "x", "glossary")])
    assert part.text == flat(text)
    for found in part.hints:
        assert flat(part.text[found.start : found.end]) == flat(text[start:end])
    assert bool(part.hints) == bool(flat(text[start:end])) or text[start:end].isspace()


LONG = (
    "심양은 국가중심도시 건설에 힘쓰며, 료녕은 새 국면을 개척하고, "
    "농민들은 벼모내기를 다그치고, 로인들은 봄을 맞이했다."
)


def short(limit: int) -> object:
    return lambda text, hints: len(text) + sum(len(found.text) + 2 for found in hints) <= limit


def test_a_text_that_fits_stays_whole() -> None:
    part = prepare(LONG, "zh", [hint(LONG, "심양", "沈阳")])
    assert in_parts(part, short(200)) == (part,)


@given(
    st.integers(min_value=8, max_value=90),
    st.lists(st.sampled_from(["심양", "국가중심도시 건설", "새 국면", "벼모내기를 다그치고, 로인들은"]), unique=True),
)
def test_parts_lose_no_word_and_cut_no_hint(limit: int, korean: list[str]) -> None:
    hints = sorted((hint(LONG, words, "译文") for words in korean), key=lambda found: found.start)
    parts = in_parts(Part(LONG, tuple(hints)), short(limit))
    assert "".join("".join(part.text for part in parts).split()) == "".join(LONG.split())
    assert [found for part in parts for found in spans(part)] == [(LONG[h.start : h.end], h.text) for h in hints]


def test_hints_count_when_a_text_is_divided() -> None:
    hints = tuple(hint(LONG, words, "译" * 20) for words in ("심양", "료녕", "농민들"))
    plain, hinted = in_parts(Part(LONG), short(70)), in_parts(Part(LONG, hints), short(70))
    assert len(plain) < len(hinted)
    assert all(short(70)(part.text, part.hints) for part in hinted)


KO, GROWS = ["심양은 발전하고", "료녕도 발전한다."], "Shenyang is growing"


@pytest.mark.parametrize(
    ("lang", "sources", "translations", "expected"),
    [
        ("zh", KO, ["沈阳发展。", "辽宁也发展。"], "沈阳发展，辽宁也发展。"),
        ("zh", ["비가 왔지만,", "떠났다."], ["虽然下雨", "还是出发了。"], "虽然下雨，还是出发了。"),
        ("zh", ["비가 왔지만,", "떠났다."], ["虽然下雨，", "还是出发了。"], "虽然下雨，还是出发了。"),
        ("zh", ["비가 왔다.", "떠났다."], ["下雨了。", "出发了。"], "下雨了。出发了。"),
        ("zh", ["첫째, 도로;", "둘째, 다리."], ["一是路。", "二是桥。"], "一是路；二是桥。"),
        ("zh", ["새로운 물류기지를", "건설한다."], ["新的物流基地。", "正在建设。"], "新的物流基地正在建设。"),
        ("zh", ["“가자.”고 하며", "떠났다."], ["说“走吧。”", "便走了。"], "说“走吧。”，便走了。"),
        ("zh", KO, ["", "辽宁也发展。"], "辽宁也发展。"),
        ("en", KO, [f"{GROWS}.", "The region grows."], f"{GROWS}, the region grows."),
        ("en", KO, [f"{GROWS}.", "Liaoning grows."], f"{GROWS}, Liaoning grows."),
        ("en", KO, [f"{GROWS}.", "IT industries grow."], f"{GROWS}, IT industries grow."),
        ("en", KO, [f"{GROWS}.", "A port is built."], f"{GROWS}, a port is built."),
        ("en", ["비가 왔다.", "떠났다."], ["It rained.", "They left."], "It rained. They left."),
        ("en", ["새 기지를", "건설한다."], ["New bases.", "Are built."], "New bases are built."),
    ],
)
def test_joined_parts_read_as_one_sentence(
    lang: str, sources: list[str], translations: list[str], expected: str
) -> None:
    assert join(sources, translations, lang) == expected
