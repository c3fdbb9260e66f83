"""Newspaper register: how a draft is set for readers in Chinese and English. Marks, spaces and capitals, never words.

Titles stand in 《 》 in Chinese and in quotation marks in English, as newspapers set them (AP style), where plain text
has no italics. Korean is the original: it is never rewritten. What is not certain stays as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from pipeline.article import BlockKind, flat

HEADLINES: frozenset[BlockKind] = frozenset({"title", "heading"})
TITLE = re.compile(r"(?<![0-9A-Za-z])[<＜](?=[^\s<>＜＞])([^<>＜＞]{0,118}[^\s<>＜＞])[>＞]")  # not: a < b, 5<6
TITLE_IN_QUOTES = re.compile("[“\"‘']《([^《》]*)》[”\"’']")

HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
CLOSERS = "”’》〉）】"
OPENERS = "“‘《〈（【"
_IS_CHINESE = re.compile(f"[{HAN}]")
_FULL_WIDTH = str.maketrans(",;:!?", "，；：！？")
_CHINESE = (  # (what is found, what it becomes), in this order
    (re.compile(r"\.{3,}|。{3,}|…+"), "……"),
    (re.compile(rf"(?<=[{HAN}{CLOSERS}])\s*-{{2,}}\s*(?=[{HAN}{OPENERS}])"), "——"),  # a single — joins names
    (re.compile(rf"\(([^()]*[{HAN}][^()]*)\)"), r"（\1）"),
    (re.compile(rf"(?<=[{HAN}])\(([^()]*)\)"), r"（\1）"),
    (re.compile(rf"(?<=[{HAN}{CLOSERS}])\s*\.(?=[\s{HAN}{CLOSERS}]|$)"), "。"),
    (re.compile(rf"(?<=[0-9A-Za-z%％])\.(?=[{CLOSERS}]*$)"), "。"),
    (re.compile(rf"\s+(?=[，。、；：！？…{CLOSERS}])|(?<=[，。、；：！？{OPENERS}])\s+|(?<=[）】])\s+(?=[{HAN}])"), ""),
)
_NARROW = re.compile(rf"(?<=[{HAN}{CLOSERS}！？])\s*[,;:!?]|[,;:!?](?=\s*[{HAN}{OPENERS}])")

_WORD = re.compile(r"[A-Za-zÀ-ɏ0-9’'.&/-]*[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9’'.&/-]*")
_OUTSIDE_QUOTES = re.compile(r"(?<![.,!?;:…—’‘“”])(’?”)([.,])(?![.\w])")


def publishable(
    text: str, lang: str, kind: BlockKind = "paragraph", *, depth: int = 0, names: Collection[str] = ()
) -> str:
    """A draft as it is published: title marks, quotation marks, punctuation and spaces of its language; in headlines
    no full stop, and English capitals (AP), but for `names`, which stay as they are written.

    `depth` is the number of quotations that the sentences before left open (`open_quotes`). Doing it twice changes
    nothing more. Korean comes back as it is, on one line.

    >>> publishable("他介绍了<民法典>,强调'双碳'目标.", "zh")
    '他介绍了《民法典》，强调“双碳”目标。'
    >>> publishable("Shenyang opens a state-of-the-art lab.", "en", "title")
    'Shenyang Opens a State-of-the-Art Lab'
    """
    text = flat(text)
    if lang not in _quotes():
        return text
    for _ in range(8):  # what one rule changes another may see; 40,000 random lines of marks took four rounds at most
        before, text = text, flat(_round(text, lang, kind, depth, names))
        if text == before:
            break
    return text


def open_quotes(text: str, lang: str, depth: int = 0) -> int:
    """How many quotations are open behind a sentence before which `depth` were."""
    return _set_quotes(flat(text), lang, depth)[1] if lang in _quotes() else 0


def written_date(iso: str, lang: str) -> str:
    """The day that an article says, as its language writes it; what is no date comes back as it is.

    >>> written_date("2022-09-22T13:36:42+08:00", "en"), written_date("2022-09-22", "ko")
    ('September 22, 2022', '2022년 9월 22일')
    """
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)", iso)
    if match is None or not 1 <= int(match[2]) <= 12:
        return iso
    year, month, day = map(int, match.groups())
    facts = _facts()
    form = cast(Mapping[str, str], facts["dates"])[lang]
    return form.format(year=year, month=month, day=day, name=cast(list[str], facts["months"])[month - 1])


def _round(text: str, lang: str, kind: BlockKind, depth: int, names: Collection[str]) -> str:
    if lang == "zh":
        text = _chinese(_nested_titles(TITLE.sub(_title, text)), depth)
        return text.removesuffix("。") if kind in HEADLINES and text != "。" else text
    text = _english(TITLE_IN_QUOTES.sub(r"“\1”", TITLE.sub(_title, text)), depth)
    return _headline(text, names) if kind in HEADLINES else text


def _title(match: re.Match[str]) -> str:
    """A title between angle brackets; a comparison has no letter in it."""
    return f"《{match[1]}》" if any(character.isalpha() for character in match[1]) else match[0]


def _nested_titles(text: str) -> str:
    """《 》 outside, 〈 〉 inside; where the marks do not pair they stay."""
    found, depth = list(text), 0
    for place, character in enumerate(text):
        if character in "《〈":
            found[place] = "《〈"[min(depth, 1)]
            depth += 1
        elif character in "》〉":
            depth -= 1
            found[place] = "》〉"[min(max(depth, 0), 1)]
        if depth < 0:
            return text
    return text if depth else "".join(found)


def _chinese(text: str, depth: int) -> str:
    """Chinese punctuation; a line without a Chinese character is left alone."""
    if not _IS_CHINESE.search(text):
        return text
    text = _set_quotes(text, "zh", depth)[0]
    text = _NARROW.sub(lambda match: match[0].strip().translate(_FULL_WIDTH), text)
    for pattern, replacement in _CHINESE:
        text = pattern.sub(replacement, text)
    return text


def _english(text: str, depth: int) -> str:
    """English punctuation: no full-width mark, quotation marks paired, full stop and comma inside them."""
    for wide, narrow in cast(Mapping[str, str], _facts()["widths"]).items():
        text = re.sub(rf"\s*{wide}\s*(?=\w)", f"{narrow} ", text)
        text = re.sub(rf"\s*{wide}\s*", narrow, text)
    text = re.sub(r"\s*（\s*", " (", text).replace("）", ")").replace("……", "...")
    text = re.sub(r"(?<=\S)\s*(?:(?:-{2,}|—{2,})\s*)+(?=\S)", " — ", text)
    text = re.sub(r"\)(?=[A-Za-z])", ") ", text).strip()
    return _OUTSIDE_QUOTES.sub(r"\2\1", _set_quotes(text, "en", depth)[0])


def _set_quotes(text: str, lang: str, depth: int) -> tuple[str, int]:
    """The text with the quotation marks of its language at every depth, and how many are open behind it.

    One may stay open at the end, for the sentences behind it. Where marks do not pair otherwise the text stays as it
    is: a guess would move a quotation.
    """
    pairs, found, stack, before = _quotes()[lang], list(text), list[tuple[str, int]](), depth
    for place, character in enumerate(text):
        kind, way = _marks().get(character, ("", ""))
        if not kind or (kind == "title" and lang == "zh"):
            continue
        top = stack[-1][0] if stack else ""
        if kind == "single" and _is_apostrophe(text, place, lang, is_open=top == "single" or (not top and depth > 1)):
            found[place] = "’" if lang == "en" else character
            continue
        if way == "straight":
            ends = top == kind or (not top and depth and kind == ("single", "double")[depth % 2])
            begins = _begins(text, place) if lang == "en" else not ends
            if not begins and not ends:
                continue  # inches, or a slip
            way = "opening" if begins else "closing"
        if way == "opening":
            stack.append((kind, place))
        elif top == kind:
            _, opened = stack.pop()
            pair = pairs[(depth + len(stack)) % 2]
            found[opened], found[place] = pair[0], pair[1]
        elif not top and depth:
            depth -= 1
            found[place] = pairs[depth % 2][1]
        else:
            return text, before
    if len(stack) > 1:
        return text, before
    for _, opened in stack:
        found[opened] = pairs[depth % 2][0]
    return "".join(found), depth + len(stack)


def _begins(text: str, place: int) -> bool:
    """Whether a quotation may begin at a place in English: behind a space, a bracket, a dash, before a word."""
    before, behind = text[:place][-1:], text[place + 1 :][:1]
    return (not before or before.isspace() or before in "([—–-“‘《〈\"'") and bool(behind) and not behind.isspace()


def _is_apostrophe(text: str, place: int, lang: str, *, is_open: bool) -> bool:
    """Whether a single mark is an apostrophe: Xi’an, workers’ rights, the ’90s. `is_open`: a single quotation is."""
    mark, before, behind = text[place], text[:place][-1:], text[place + 1 :][:1]
    if mark in "『』":
        return False
    if _is_latin(before) and _is_latin(behind):
        return True
    if lang == "zh":
        return False
    if re.match(r"\d0s(?![A-Za-z])", text[place + 1 :]) and not _is_latin(before):
        return True
    if mark == "‘":
        return False
    if not is_open:
        return mark == "’" or _is_latin(before)
    rest = re.split(r"(?<![A-Za-z0-9])['‘](?=\S)", text[place + 1 :], maxsplit=1)[0]
    return before == "s" and re.search(r"(?<=\S)['’](?![A-Za-z0-9])", rest) is not None  # the quotation ends later


def _is_latin(character: str) -> bool:
    return bool(character) and character.isalnum() and ord(character) < 0x250


def _headline(text: str, names: Collection[str]) -> str:
    """A headline in AP style. Only small letters become capitals: what has a capital or a digit is a name."""
    last = text.rsplit(" ", 1)[-1].removesuffix(".").lstrip("“‘(")
    is_short = last in cast(list[str], _facts()["abbreviations"]) or "." in last
    if text.endswith(".") and not text.endswith("..") and not is_short:
        text = text[:-1]
    kept = [match.span() for name in names if name for match in re.finditer(re.escape(name), text)]
    words = list(_WORD.finditer(text))
    found = list(text)
    for number, word in enumerate(words):
        if any(start < word.end() and word.start() < end for start, end in kept):
            continue
        is_edge = number in (0, len(words) - 1) or re.search(r"[:—?!]\s*[“‘]?$", text[: word.start()]) is not None
        found[word.start() : word.end()] = _capitalised(word[0], is_edge=is_edge)
    return "".join(found)


def _capitalised(word: str, *, is_edge: bool) -> str:
    """A word with its capital, each part of a compound for itself; small words stay small but at the edges."""
    if any(character.isupper() or character.isdigit() for character in word) and "-" not in word:
        return word
    small = cast(list[str], _facts()["lower_in_headlines"])
    parts = word.split("-")
    for number, part in enumerate(parts):
        stays = part.rstrip(".") in small and not (is_edge and number in (0, len(parts) - 1))
        if part and part.islower() and not stays and not any(character.isdigit() for character in part):
            place = next(at for at, character in enumerate(part) if character.isalpha())
            capital = part[place].upper()
            parts[number] = part if len(capital) > 1 or place else capital + part[1:]
    return "-".join(parts)


@cache
def _facts() -> Mapping[str, object]:
    return cast(Mapping[str, object], yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8")))


@cache
def _quotes() -> dict[str, list[str]]:
    """Language → pairs of quotation marks, outermost first."""
    return cast(dict[str, list[str]], _facts()["quotes"])


@cache
def _marks() -> dict[str, tuple[str, str]]:
    """Mark → its kind (double, single, title) and which way it faces."""
    ways = {way: cast(Mapping[str, str], _facts()[way]) for way in ("opening", "closing", "straight")}
    return {mark: (kind, way) for way, kinds in ways.items() for kind, marks in kinds.items() for mark in marks}
