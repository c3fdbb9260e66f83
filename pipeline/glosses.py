"""Inline Chinese glosses, 림공항경제구(临空经济区): where they stand, what they gloss, whether they sound alike.

What a bracket says is clear; where its Korean begins is not. The quotation mark decides where there is one; else the
sound of the Chinese says which words belong to it; else it is the word, and the bare nouns before it while the gloss
has more characters. What is known of words is data: `glosses.yaml` beside this file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from opencc import OpenCC

from pipeline.article import Gloss
from pipeline.particles import is_grammar
from pipeline.readings import HAN, sounds

BRACKET = re.compile(r"\s?[(（]([^()（）]{1,60})[)）]")
LABEL = re.compile(r"(?:简称|全称|以下简称|简体|原文|原名|中文名?|汉语|汉字|即|又称|也称)\s*[:：]?\s*(?=\S{2})")
WRAPPED = re.compile(r"[“‘「『\"']([^“”‘’「」『』\"']+)[”’」』\"']")
ALLOWED = re.compile(rf"(?:{HAN.pattern}|[\d\sA-Za-z·・•\-—–+&%％“”‘’\"'《》「」、，,：:.．/；;0-9０-９〇])+")
DIVIDED = re.compile(r"[,，、;；/·・•]")
DATE = re.compile(
    r"[\d\s０-９年月日时時分秒号號点點:：.\-—–至]+"
)  # (2022年9月) dates the word, it does not translate it
CREDIT = re.compile(r"(?:社|报|報|网|網|摄|攝|记者|記者|讯|訊|电|電|图|圖|编译|资料|資料)$")  # 新华社, 记者 …
SENTENCE_END = re.compile(r"[.。!！?？…](?:[’”」』\"'])*$|(?:다|요|까)[’”」』\"']*$")
QUOTED = {"’": "‘", "”": "“", "」": "「", "』": "『", "》": "《", "〉": "〈", ">": "<"}
WORD_EDGE = re.compile(r"[\s,，、;；:：.。!?！？()（）\[\]【】〔〕‘’“”「」『』《》〈〉<>·・/|\"'—–]")
PHRASE_EDGE = re.compile(r"[,，、;；:：.。!?！？()（）\[\]【】〔〕‘’“”「」『』《》〈〉<>|—–]")
HANGUL = re.compile("[가-힣]")
LETTER = re.compile("[A-Za-z]")
UNIT = re.compile("[가-힣0-9A-Za-z]")  # what one part of the Chinese may stand for
LOOK_BACK = 200  # characters; a gloss is short, and so is what it glosses
WORDS_BACK = 6  # words before the bracket that may belong to the gloss
ALIKE = 0.6  # share of a closed-up word's end that must sound like the gloss for the rest to be cut off


@dataclass(frozen=True, slots=True)
class Facts:
    """The lists of glosses.yaml."""

    native: dict[str, tuple[str, ...]]
    counters: tuple[str, ...]
    apart: frozenset[str]
    endings: tuple[str, ...]
    credited: tuple[str, ...]
    grammar: tuple[str, ...]
    unspoken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """Where the Korean of a gloss and the sound of its Chinese part.

    `at` is the offset in the Korean. `written` is what stands there, "" where a syllable is missing; `sounds` is what
    could stand there, empty where a syllable is too many.
    """

    at: int
    written: str
    sounds: frozenset[str]


def find_glosses(text: str) -> tuple[Gloss, ...]:
    """The glosses of a text in reading order; `zh` is simplified, `written` as it stands in the bracket.

    No gloss is a bracket with Hangul, kana, only digits, a date, Latin letters alone, Chinese with a number
    beside it (习近平, 69), or a credit (新华社); neither is one without a Hangul or Latin word before it. Of Latin and
    Chinese side by side (Shenyang, 沈阳) the Chinese is the gloss.
    """
    return tuple(_glosses(text))


def is_cognate(gloss: Gloss) -> bool:
    """Whether the Korean is the Chinese read syllable by syllable (one slip allowed from three on); else it translates.

    True for 림공항경제구(临空经济区); False for 출발점 우세(最先一公里优势), and for an abbreviation, 시당위(市委).
    """
    found = slips(gloss.ko, gloss.zh)
    return not found or (len(found) == 1 and len(sounds(gloss.zh)) >= 3 and not is_translated(found[0]))


def is_translated(slip: Slip) -> bool:
    """Whether a native word stands for the character: 새고지(新高地) is no slip of the pen for 신고지."""
    return any(
        slip.written in words and sounds(character)[0] == slip.sounds for character, words in _facts().native.items()
    )


def is_unspoken(slip: Slip) -> bool:
    """Whether only grammar differs: 의 or 적 in Korean (공화국의 장자), 和 or 的 in Chinese, 와 for 和."""
    facts = _facts()
    is_particle = not slip.written or slip.written in facts.grammar
    return is_particle and (not slip.sounds or any(sounds(one)[0] == slip.sounds for one in facts.unspoken))


def slips(ko: str, zh: str) -> tuple[Slip, ...]:
    """The fewest differences between the Korean and the sound of simplified Chinese, in reading order; () for none.

    Compared are syllables, digits and letters; northern and southern spelling of a reading are the same.

    >>> slips("림공항경제구", "临空经济区")
    (Slip(at=2, written='항', sounds=frozenset()),)
    """
    units = [(match.start(), match[0].casefold()) for match in UNIT.finditer(ko)]
    parts = sounds(zh)
    costs = [list(range(len(parts) + 1))]  # of making the first units from the first parts
    for _, unit in units:
        above, here = costs[-1], [costs[-1][0] + 1]
        for column, part in enumerate(parts):
            here.append(min(above[column] + (unit not in part), above[column + 1] + 1, here[column] + 1))
        costs.append(here)
    return tuple(reversed(list(_way_back(costs, units, parts, len(ko)))))


def _way_back(
    costs: Sequence[Sequence[int]], units: Sequence[tuple[int, str]], parts: Sequence[frozenset[str]], end: int
) -> Iterator[Slip]:
    """The differences on a cheapest way through the table of costs, the last one first."""
    row, column = len(units), len(parts)
    while row or column:
        cost = costs[row][column]
        is_other = bool(row and column) and units[row - 1][1] not in parts[column - 1]
        if row and column and cost == costs[row - 1][column - 1] + is_other:
            row, column = row - 1, column - 1
            if is_other:
                yield Slip(units[row][0], units[row][1], parts[column])
        elif row and cost == costs[row - 1][column] + 1:
            row -= 1
            yield Slip(units[row][0], units[row][1], frozenset())
        else:
            column -= 1
            yield Slip(units[row][0] if row < len(units) else end, "", parts[column])


def _glosses(text: str) -> Iterator[Gloss]:
    for match in BRACKET.finditer(text):
        written = match[1].strip()
        chinese = _chinese(written)
        if not chinese or _is_credit(text, match.start(), written):
            continue
        span = _korean_span(text, match.start(), match.end(), simplified(chinese))
        if span is not None:
            start, end = span
            yield Gloss(start, end, match.end(), text[start:end], simplified(chinese), written)


def _chinese(written: str) -> str:
    """The Chinese of a bracket, without a label or quotation marks around it; "" where the bracket is no gloss."""
    label = LABEL.match(written)
    content = written[label.end() :] if label else written
    if not ALLOWED.fullmatch(content) or DATE.fullmatch(content) or not HAN.search(content):
        return ""
    pieces = [piece.strip() for piece in DIVIDED.split(content)]
    chinese = [piece for piece in pieces if HAN.search(piece)]
    if len(chinese) < len(pieces):  # something else stands beside it
        if len(chinese) > 1 or not all(LETTER.search(piece) for piece in pieces if piece not in chinese):
            return ""
        content = chinese[0]
    wrapped = WRAPPED.fullmatch(content)
    return (wrapped[1] if wrapped else content).strip()


def _is_credit(text: str, bracket: int, written: str) -> bool:
    """Whether the bracket follows a sentence, or names the agency behind a word such as 사진."""
    before = text[max(0, bracket - LOOK_BACK) : bracket].rstrip()
    is_agency = CREDIT.search(written) is not None
    if is_agency and before[_word_start(before, len(before), parts=1) :] in _facts().credited:
        return True
    if SENTENCE_END.search(before) is None:
        return False
    is_noun = (
        before.rstrip("’”」』\"'")[-1:] in tuple("다요까") and not text[bracket].isspace()
    )  # 수요(需求), 바다(大海)
    return not is_noun or is_agency


def _korean_span(text: str, bracket: int, after: int, zh: str) -> tuple[int, int] | None:
    """The span that the bracket glosses, None where there is no Korean."""
    end, parts = bracket, sounds(zh)
    quote = _quoted_span(text, end, after, len(parts))
    if quote is not None:
        start, last = quote
        exact = None if text[end - 1 : end] in QUOTED else _sounding_start(text, start, last, parts)
        return (start if exact is None else exact), last
    if text[end - 1 : end] in QUOTED:  # a closed quotation too long for the gloss: its last words
        end -= 1
    starts = _word_starts(text, end, parts=len(re.findall("[·・•]", zh)) + 1)
    if not starts:
        return None
    start = _start_among(text, starts, end, zh)
    return (start, end) if HANGUL.search(text, start, end) or LETTER.search(text, start, end) else None


def _quoted_span(text: str, end: int, after: int, count: int) -> tuple[int, int] | None:
    """The quotation before the bracket, ‘새고지’(新高地), or that it closes, ‘새고지(新高地)’; not a long one."""
    if text[end - 1 : end] in QUOTED and end:
        closing, last = text[end - 1], end - 1
    elif text[after : after + 1] in QUOTED and after < len(text):
        closing, last = text[after], end
    else:
        return None
    start = text.rfind(QUOTED[closing], max(0, last - LOOK_BACK), last) + 1
    korean = text[start:last] if start else ""
    is_short = len(UNIT.findall(korean)) <= 3 * count + 4
    if closing in korean or not is_short or re.search("[.!?。()（）]", korean):
        return None
    return (start, last) if HANGUL.search(korean) else None


def _word_start(text: str, end: int, parts: int) -> int:
    """Where the word begins that ends at `end`; a name written with middle dots has as many parts as its Chinese."""
    start = end
    while start > 0:
        before = text[start - 1]
        if before in "·・•" and parts > 1 and start < end:
            parts -= 1
        elif WORD_EDGE.match(before):
            break
        start -= 1
    return start


def _word_starts(text: str, end: int, parts: int) -> list[int]:
    """Where the last word before `end` begins, and the words before it that stand in the same phrase."""
    starts = []
    place = _word_start(text, end, parts)
    while place < end:
        starts.append(place)
        if len(starts) == WORDS_BACK or place < 2 or not text[place - 1].isspace():
            break
        if text[place - 2].isspace() or PHRASE_EDGE.match(text[place - 2]):
            break
        end, place = place, _word_start(text, place - 1, parts=1)
    return starts


def _start_among(text: str, starts: Sequence[int], end: int, zh: str) -> int:
    """Where the Korean of the gloss begins: by its sound, else by what the words are."""
    parts = sounds(zh)
    exact = _sounding_start(text, starts[-1], end, parts)
    if exact is not None and (exact in starts or exact > starts[0]):
        return exact
    by_sound = _similar_start(text, starts, end, parts)
    return _start_by_words(text, starts, end, zh) if by_sound is None else by_sound


def _sounding_start(text: str, start: int, end: int, parts: Sequence[frozenset[str]]) -> int | None:
    """Where the end of the Korean begins that sounds exactly like the Chinese, spaces aside; None for no such place."""
    units = [(match.start(), match[0].casefold()) for match in UNIT.finditer(text, start, end)][-len(parts) :]
    if len(units) < len(parts) or not parts:
        return None
    return units[0][0] if all(unit in part for (_, unit), part in zip(units, parts, strict=True)) else None


def _similar_start(text: str, starts: Sequence[int], end: int, parts: Sequence[frozenset[str]]) -> int | None:
    """Where the Korean begins that sounds like the Chinese for the most part, or that the Chinese abbreviates.

    Inside a closed-up word: 심양|국가중심도시(国家中心城市), 장춘|시당위(市委). From words before:
    도시 관리(城市管理), 중국공산당 중앙위원회(中共中央), 산업 클러스터(产业集群).
    """
    word = text[starts[0] : end]
    if _is_short_for(word, parts):
        return starts[0]
    for start in starts[1:]:
        words = _units(text[start:end])
        if _is_short_for(words, parts) or (len(words) == len(parts) and _share(words, parts) >= 0.5):
            return start
    inner = _inner_start(word, parts)
    if inner is not None:
        return starts[0] + inner
    if word[0].casefold() in parts[0]:
        return starts[0]
    for start in starts[1:]:
        words = _units(text[start:end])
        if len(words) > 2 * len(parts) + 2:
            break
        if words[0] in parts[0] and _heard(words, parts) >= max(2, len(parts) / 2):
            return start
    return None


def _inner_start(word: str, parts: Sequence[frozenset[str]]) -> int | None:
    """Where in a closed-up word its end begins that alone is glossed; None where the whole word is."""
    if not all(UNIT.match(one) for one in word) or len(word) <= len(parts) or len(parts) < 2:
        return None
    inner = len(word) - len(parts)
    if len(parts) >= 3 and word[inner] in parts[0] and _share(word[inner:], parts) >= ALIKE:
        return inner
    for place in range(inner - 1, 0, -1):
        if len(word) - place <= 2 * len(parts) + 1 and _is_short_for(word[place:], parts):
            return place
    return None


def _start_by_words(text: str, starts: Sequence[int], end: int, zh: str) -> int:
    """For a gloss that does not sound like its Korean: a native word for its first character (새 다리, 新桥), and bare
    nouns before as long as the Chinese has more characters than the Korean syllables."""
    chosen, count = starts[0], len(sounds(zh))
    edges = [(start, text[start:stop].strip()) for start, stop in zip(starts[1:], starts, strict=False)]
    if edges and _is_native(edges[0][1], zh[0]):
        return edges[0][0]
    for start, word in edges:
        if count < 3 or len(_units(text[chosen:end])) >= count or not _is_bare(word):
            break
        chosen = start
    return chosen


def _units(text: str) -> str:
    return "".join(UNIT.findall(text)).casefold()


def _share(units: str, parts: Sequence[frozenset[str]]) -> float:
    """The share of the Chinese that sounds like what stands at the same place."""
    return sum(unit in part for unit, part in zip(units, parts, strict=False)) / len(parts)


def _heard(units: str, parts: Sequence[frozenset[str]]) -> int:
    """How many parts of the Chinese are heard in the Korean, from the first on, in order."""
    place = heard = 0
    for part in parts:
        found = next((at for at in range(place, len(units)) if units[at] in part), None)
        if found is not None:
            place, heard = found + 1, heard + 1
    return heard


def _is_short_for(korean: str, parts: Sequence[frozenset[str]]) -> bool:
    """Whether the Chinese is the Korean with syllables left out, its beginning kept (市委 for 시당위)."""
    units = _units(korean)
    is_near = len(parts) >= 2 and len(parts) < len(units) <= 4 * len(parts)
    return is_near and units[0] in parts[0] and _heard(units, parts) == len(parts)


def _is_native(word: str, character: str) -> bool:
    """Whether the word is a native one for the character, a counter behind it aside."""
    facts = _facts()
    return any(
        word == native or (word.startswith(native) and word[len(native) :] in facts.counters)
        for native in facts.native.get(character, ())
    )


def _is_bare(word: str) -> bool:
    """Whether the word looks like a noun without particle or ending, one that can belong to a term."""
    facts = _facts()
    if len(word) < 2 or not all(HANGUL.match(one) for one in word) or word in facts.apart:
        return False
    if word.endswith(facts.endings):
        return False
    return not any(is_grammar(word[cut:], word[cut - 1]) for cut in range(2, len(word)))


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
def _facts() -> Facts:
    """The lists, read once."""
    with Path(__file__).with_suffix(".yaml").open(encoding="utf-8") as file:
        lists = yaml.load(file, yaml.CSafeLoader)
    return Facts(
        native={character: tuple(words.split()) for character, words in lists["native"].items()},
        counters=tuple(lists["counters"].split()),
        apart=frozenset(lists["apart"].split()),
        endings=tuple(lists["endings"].split()),
        credited=tuple(lists["credited"].split()),
        grammar=tuple(lists["grammar"].split()),
        unspoken=tuple(lists["unspoken"].split()),
    )
