"""Bytes become text in the right encoding, or an error that names the candidates; never mojibake."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
import yaml

from pipeline.decode import FLOOR, MARGIN, decode, plausibility
from pipeline.errors import InputError

PAGE = """심양, 새 항로 개척에 박차
发布日期:2026-03-12 09:30:00
来源：료녕일보

단동항은 올해 새 항로 3개를 개설한다. 관계자는 “물류원가를 10% 낮추겠다.”고 말했다.
"""
KOREAN = (
    "단동항은 올해 새 항로 3개를 개설한다. 관계자는 물류원가를 낮추겠다고 말했다.\n"  # in EUC-KR to its last letter
)
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "decoding.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_a_page_of_hangul_and_chinese_comes_back_as_it_was_written(encoding: str) -> None:
    assert decode(PAGE.encode(encoding), "a.txt") == (PAGE, encoding)


@pytest.mark.parametrize("encoding", ["cp949", "euc-kr"])
def test_korean_of_the_south_is_read_as_cp949(encoding: str) -> None:
    assert decode(KOREAN.encode(encoding), "a.txt") == (KOREAN, "cp949")


@pytest.mark.parametrize(
    ("mark", "codec", "name"),
    [
        (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    ],
)
def test_a_byte_order_mark_decides_and_is_left_out(mark: bytes, codec: str, name: str) -> None:
    assert decode(mark + PAGE.encode(codec), "a.txt") == (PAGE, name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_line_ends_stay_as_they_are(encoding: str) -> None:
    text = PAGE.replace("\n", "\r\n") + "끝\r다음\u2028줄\n"
    assert decode(text.encode(encoding), "a.txt")[0] == text


@pytest.mark.parametrize("text", [case["text"] for case in CASES["sentences"]])
@pytest.mark.parametrize("encoding", ["gb18030", "cp949", "utf-16-le", "utf-16-be"])
def test_one_sentence_is_enough(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a.txt") == (text, encoding)


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: str(case["label"]))
def test_bytes_that_are_not_certain_are_refused_and_the_message_says_what_to_do(case: dict[str, str]) -> None:
    raw = bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode(case["encoding"])
    with pytest.raises(InputError) as caught:
        decode(raw, "a.txt")
    for part in case["says"]:
        assert part in str(caught.value)
    assert str(caught.value).startswith("a.txt")


@pytest.mark.parametrize(
    ("encoding", "cut"),
    [("utf-8", 1), ("utf-8", 2), ("gb18030", 1), ("gb18030", 2), ("gb18030", 3), ("cp949", 1)],
)
def test_a_file_that_is_cut_off_in_a_letter_is_never_read_as_something_else(encoding: str, cut: int) -> None:
    raw = KOREAN.strip().rstrip(".").encode(encoding)[:-cut]
    with pytest.raises(InputError, match=encoding.upper()) as caught:
        decode(raw, "a.txt")
    assert caught.value.line == 1


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "cp949"])
def test_one_foreign_byte_is_found_and_its_line_named(encoding: str) -> None:
    raw = (KOREAN * 3).encode(encoding)
    place = raw.index(b"\n") + 1
    with pytest.raises(InputError, match="line 2") as caught:
        decode(raw[:place] + b"\xff" + raw[place:], "a.txt")
    assert f"byte {place + 1}" in str(caught.value)


def test_a_control_character_that_an_editor_left_behind_does_not_make_a_text_binary() -> None:
    text = PAGE + "\x08끝.\n"
    assert decode(text.encode(), "a.txt")[0] == text


def test_the_right_reading_of_a_sentence_leads_by_more_than_the_margin() -> None:
    for case in CASES["sentences"]:
        raw = case["text"].encode("cp949", errors="ignore")
        right = plausibility(raw.decode("cp949"))
        assert right >= FLOOR
        assert right - plausibility(raw.decode("gb18030", errors="ignore")) >= MARGIN
