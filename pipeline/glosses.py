"""Inline Chinese glosses, 림공항경제구(临空经济区): where they stand and what they gloss.

What a bracket says is clear; where its Korean begins is not. The quotation mark decides where there is one, else the
word, and the Sino-Korean readings of the characters (`glosses.yaml`) say whether the words before belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from opencc import OpenCC

from pipeline.article import Gloss

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
BRACKET = re.compile(r"\s?[(（]([^()（）]{1,60})[)）]")
GLOSS = re.compile(rf"(?=.*[{HAN}])[{HAN}\d\sA-Za-z·・•\-—–+%％“”‘’\"'《》「」、，,：:.．0-9０-９]+")
DATE = re.compile(
    r"[\d\s０-９年月日时時分秒号號点點:：.\-—–至]+"
)  # (2022年9月) dates the word, it does not translate it
CREDIT = re.compile(r"(?:社|报|報|网|網|摄|攝|记者|記者|讯|訊|电|電|图|圖|编译|资料|資料)$")  # 新华社, 记者 …
SENTENCE_END = re.compile(r"[.。!?！？…](?:[’”」』\"'])*$|(?:다|요|까)$")
QUOTED = {"’": "‘", "”": "“", "」": "「", "』": "『", "》": "《", "〉": "〈", ">": "<"}
WORD_EDGE = re.compile(r"[\s,，、;；:：.。!?！？()（）\[\]‘’“”「」『』《》〈〉<>·・/|\"']")
PHRASE_EDGE = re.compile(r"[,，、;；:：.。!?！？()（）\[\]‘’“”「」『』《》〈〉<>|]")
SYLLABLE = re.compile("[가-힣0-9]")
LOOK_BACK = 200  # characters; a gloss is short, and so is what it glosses
WORDS_BACK = 4  # words before the bracket that may belong to the gloss


def find_glosses(text: str) -> tuple[Gloss, ...]:
    """The glosses of a text in reading order; `zh` is simplified, `written` as it stands in the bracket.

    No gloss is a bracket with Hangul, kana, only digits, a date, Latin letters alone, or a credit (新华社) after a
    sentence; neither is one that has no Hangul before it.
    """
    return tuple(_glosses(text))


def _glosses(text: str) -> Iterator[Gloss]:
    for match in BRACKET.finditer(text):
        written = match[1].strip()
        if not GLOSS.fullmatch(written) or DATE.fullmatch(written) or _is_credit(text, match.start(), written):
            continue
        span = _korean_span(text, match.start(), match.end(), written)
        if span is not None:
            start, end = span
            yield Gloss(start, end, match.end(), text[start:end], simplified(written), written)


def _is_credit(text: str, bracket: int, written: str) -> bool:
    """Whether the bracket follows a sentence, or closes the text as the name of an agency does."""
    before = text[max(0, bracket - LOOK_BACK) : bracket].rstrip()
    if SENTENCE_END.search(before) is None:
        return False
    is_noun = before[-1] in "다요까" and not text[bracket].isspace()  # 수요(需求), 바다(大海)
    return not is_noun or CREDIT.search(written) is not None


def _korean_span(text: str, bracket: int, after: int, written: str) -> tuple[int, int] | None:
    """The span that the bracket glosses, None where there is no Korean."""
    end = bracket
    quote = _quoted_span(text, end, after, written)
    if quote is not None:
        return quote
    if text[end - 1 : end] in QUOTED:  # a closed quotation too long for the gloss: its last words
        end -= 1
    start = _word_start(text, end, parts=written.count("·") + written.count("・") + 1)
    if start == end:
        return None
    start = _aligned_start(text, start, end, written)
    return (start, end) if re.search("[가-힣]", text[start:end]) else None


def _quoted_span(text: str, end: int, after: int, written: str) -> tuple[int, int] | None:
    """The quotation before the bracket, ‘새고지’(新高地), or the one that it closes, ‘새고지(新高地)’."""
    if text[end - 1 : end] in QUOTED and end:
        closing, last = text[end - 1], end - 1
    elif text[after : after + 1] in QUOTED and after < len(text):
        closing, last = text[after], end
    else:
        return None
    start = text.rfind(QUOTED[closing], max(0, last - LOOK_BACK), last) + 1
    korean = text[start:last] if start else ""
    is_short = len(SYLLABLE.findall(korean)) <= 3 * _han_count(written) + 4
    if not korean.strip() or closing in korean or not is_short or re.search("[.!?。]", korean):
        return None
    if not re.search("[가-힣]", korean):
        return None
    return start, last


def _word_start(text: str, end: int, parts: int) -> int:
    """Where the word begins that ends at `end`; a name written with middle dots has as many parts as its Chinese."""
    start = end
    while start > 0:
        before = text[start - 1]
        if before in "·・" and parts > 1 and start < end:
            parts -= 1
        elif WORD_EDGE.match(before):
            break
        start -= 1
    return start


def _aligned_start(text: str, start: int, end: int, written: str) -> int:
    """The beginning of the word, or an earlier or later place where the readings of the Chinese begin.

    Earlier: 종합 보세구(综合保税区), the words together have as many syllables as the gloss has characters and at least
    half of them read alike, or the first word begins like the gloss. Later: 심양국가중심도시(国家中心城市).
    """
    characters = re.findall(rf"[{HAN}]", simplified(written))
    syllables = SYLLABLE.findall(text[start:end])
    if len(syllables) > len(characters) >= 3:
        inner = end - len(characters)
        tail = text[inner:end]
        if _likeness(tail, characters) >= 0.6 and _reads(tail[0], characters[0]) and _is_joined(tail):
            return inner
    if _reads(text[start], characters[0]) or len(syllables) >= 2 * len(characters):
        return start
    place = start
    for _ in range(WORDS_BACK):
        if (
            place < 2
            or not text[place - 1].isspace()
            or text[place - 2].isspace()
            or PHRASE_EDGE.match(text[place - 2])
        ):
            break
        place = _word_start(text, place - 1, parts=1)
        words = "".join(SYLLABLE.findall(text[place:end]))
        begins_alike = bool(words) and _reads(words[0], characters[0])
        fits = len(words) == len(characters) and _likeness(words, characters) >= 0.5
        if fits or (begins_alike and len(words) <= 2 * len(characters) + 2):
            return place
        if len(words) > 2 * len(characters) + 2:
            break
    return start


def _is_joined(tail: str) -> bool:
    return all("가" <= character <= "힣" or character.isdigit() for character in tail)


def _likeness(syllables: str, characters: list[str]) -> float:
    """The share of characters whose Sino-Korean reading stands at the same place."""
    pairs = zip(syllables, characters, strict=False)
    return sum(_reads(syllable, character) for syllable, character in pairs) / len(characters)


def _reads(syllable: str, character: str) -> bool:
    return syllable in _readings().get(character, "")


def _han_count(written: str) -> int:
    return len(re.findall(rf"[{HAN}]", written))


def simplified(text: str) -> str:
    """Chinese in simplified characters; a text that is simplified already (all in GB 2312) stays as it is.

    >>> simplified("習近平"), simplified("乾隆")
    ('习近平', '乾隆')
    """
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return str(_converter().convert(text))
    return text


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _readings() -> dict[str, str]:
    """The Sino-Korean readings of simplified characters, 临 → 림임."""
    with Path(__file__).with_suffix(".yaml").open(encoding="utf-8") as file:
        table: dict[str, str] = yaml.load(file, yaml.CSafeLoader)
    readings: dict[str, str] = {}
    for syllables, characters in table.items():
        for character in characters.replace(" ", ""):
            readings[character] = readings.get(character, "") + syllables
    return readings
