"""Faults of decoding, seen from outside: empty, looping, truncated, copied, wrong script.

They are what small models do when they fail, and no reader needs to know the language to see them. Whether a
translation is *right* is the business of the checks. A false alarm costs a second decoding and a person's look, so
thresholds stand clear of what 3,170 pairs of news with reference translations show; the numbers are beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal["empty", "looping", "truncated", "copied", "wrong_script"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `start`–`end` is where it shows in the translation, None where it is the whole."""

    kind: FaultKind
    message: str
    start: int | None = None
    end: int | None = None


HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")
HAN = re.compile("[\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
LATIN = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a]")
LETTER = re.compile(r"[^\W\d_]")
LATIN_WORD = re.compile("[A-Za-z\u00c0-\u024f]+")


# Chinese: four characters or more twice in a row (0 of 3,170 references).
ECHO = re.compile(r"(?P<unit>[\u4e00-\u9fff]{4,24}?)(?P=unit)")
# Chinese: something doubled again and again, 负责人负责人 … 部部 … 名名 (one in 3,170 references); but 高高兴兴 and
# 一步一步 are words, and matched first to be left out.
DOUBLED = re.compile(
    r"""(?P<word> (?P<a>[\u4e00-\u9fff])(?P=a)(?P<b>[\u4e00-\u9fff])(?P=b) | (?P<c>一[\u4e00-\u9fff])(?P=c) )
      | (?P<unit>[\u4e00-\u9fff]{1,5})(?P=unit)""",
    re.VERBOSE,
)
MOST_DOUBLED = 0.15  # of all characters, when there are two places or more
# English: inside a word, a letter or syllable three times, kkkilograms, Taiwiaiaia (0 of 4,137 references).
STUTTER = re.compile(r"(?P<unit>[a-z]{1,4})(?P=unit){2,}(?<!www)(?<!iii)(?<!xxx)")
PLAIN_LATIN_WORD = re.compile(
    "(?<![A-Za-z\u00c0-\u024f.@/])[a-z]{2,}(?![A-Za-z\u00c0-\u024f@/]|\\.[a-z])"
)  # no names, no addresses
UNDECODED = "\ufffd"

OPENERS, CLOSERS = "(（[［【《〈「『", ")）]］】》〉」』"
QUOTES = '"“”„＂'  # direction is not trusted: writers close with “ and with " what they opened with ”
COMMAS = ",，、"
# Marks that end a sentence, and what may follow them at the end of a text.
SENTENCE_END = re.compile(r"[.。．!！?？…][\s\"'“”‘’」』)）\]】》〉]*$")
# One, two or three laughs or cries are a style, not a loop.
EXCLAMATIONS = frozenset("哈呵嘿嘻嗯啊呀哇哦噢咯嘎咚滴叮喵汪")

COMMA_LIKE = re.compile(r"[,，、;；:：·](?:\s*[,，、;；:：·]){3,}")
# A unit of up to 24 characters three times in a row, nothing or commas and spaces between.
CHARACTER_LOOP = re.compile(r"(?P<unit>[^\W_](?:.{0,23}?[^\W_])??)(?:[\s,，、;；和与及]*(?P=unit)){2,}")
WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")

LONGEST_UNIT = 10  # words
INTENSIFIERS = frozenset(
    {"very", "really", "so", "much", "many", "far", "too", "no", "yes", "never", "more", "long", "ha"}
)
LONGEST_SENTENCE = 5000  # characters of the Korean that are looked at; what is longer is no sentence
LEAST_VARIETY = 0.75  # references: 3 of 4,137 in English below it, none of 3,170 in Chinese
USUAL_LENGTH = {"zh": 0.74, "en": 2.0}  # letters and digits of a translation for one of the Korean, median
LEAST_FULLNESS = 0.28  # of the usual length


def faults(source: str, text: str, lang: str) -> tuple[Fault, ...]:
    """What is wrong with `text` as a translation of the Korean `source` into `lang`, without understanding either.

    >>> [fault.kind for fault in faults("심양은 아름답다.", "沈阳沈阳沈阳沈阳", "zh")]
    ['looping']
    """
    if not _content(text) and (_content(source) or not text.strip()):
        return (Fault("empty", "there is no word in the translation"),)
    found = [*_copied(source, text), *_loops(source, text, lang), *_truncated(source, text, lang)]
    if not any(fault.kind == "copied" for fault in found):
        found += _wrong_script(source, text, lang)
    return tuple(found)


def _content(text: str) -> int:
    """Letters and digits."""
    return sum(map(str.isalnum, text))


def _copied(source: str, text: str) -> Iterator[Fault]:
    hangul, letters = len(HANGUL.findall(text)), len(LETTER.findall(text))
    if hangul >= 2 and 2 * hangul >= letters:
        yield Fault("copied", "the translation is mostly Korean")


def _wrong_script(source: str, text: str, lang: str) -> Iterator[Fault]:
    if UNDECODED in text:
        at = text.index(UNDECODED)
        yield Fault("wrong_script", "a character could not be put together", at, at + 1)
    letters = len(LETTER.findall(text))
    hangul, han, latin = (list(script.finditer(text)) for script in (HANGUL, HAN, LATIN))
    if len(hangul) >= 3 and 8 * len(hangul) >= letters:
        yield Fault("wrong_script", f"{len(hangul)} Korean letters are left", hangul[0].start(), hangul[-1].end())
    foreign = letters - len(hangul) - len(han) - len(latin)
    if foreign >= 3 and 3 * foreign >= letters:
        yield Fault("wrong_script", "the translation is in letters of another language")
    if lang == "zh":
        yield from _latin_for_chinese(source, text, len(han))
    elif lang == "en" and HANGUL.search(source):
        words = len(LATIN_WORD.findall(text))
        # A gloss or a name in Chinese characters stands among words; Chinese for English does not.
        if len(han) >= 2 and len(han) > words:
            yield Fault("wrong_script", "the translation is Chinese, not English", han[0].start(), han[-1].end())


def _latin_for_chinese(source: str, text: str, han: int) -> Iterator[Fault]:
    """English prose shows in its small words; names, units and addresses may be as many as they like."""
    words = [word for word in PLAIN_LATIN_WORD.findall(text) if word not in source]
    if len(words) >= 3 and 2 * len(words) > han:
        yield Fault("wrong_script", "the translation is English, not Chinese")
    elif not han and len(HANGUL.findall(source)) >= 8 and LATIN.search(text):
        yield Fault("wrong_script", "there is no Chinese in the translation")


def _loops(source: str, text: str, lang: str) -> Iterator[Fault]:
    """At most one loop; none where the Korean says a thing three times itself."""
    commas = COMMA_LIKE.search(text)
    source = source[:LONGEST_SENTENCE]
    if commas and not COMMA_LIKE.search(source):
        yield Fault("looping", "a comma is repeated over and over", *commas.span())
        return
    if _thrice(source):
        return
    span = _word_loop(text) if lang == "en" else _character_loop(text)
    if span:
        yield Fault("looping", f"“{text[span[0] : span[1]][:40]}” goes round in circles", *span)
    elif _variety(text, lang) < LEAST_VARIETY <= _variety(source, "ko"):
        yield Fault("looping", "the same few words make up the whole translation")


def _thrice(text: str) -> tuple[int, int] | None:
    """The first unit of letters that stands three times in a row; numbers (1000000) and laughs are none."""
    for loop in CHARACTER_LOOP.finditer(text):
        if LETTER.search(loop["unit"]) and loop["unit"] not in EXCLAMATIONS:
            return loop.span()
    return None


def _character_loop(text: str) -> tuple[int, int] | None:
    loop = _thrice(text)
    if loop:
        return loop
    if echo := ECHO.search(text):
        return echo.span()
    doubled = [place.span() for place in DOUBLED.finditer(text) if not place["word"]]
    if len(doubled) >= 2 and sum(end - start for start, end in doubled) > MOST_DOUBLED * len(text):
        return doubled[0][0], doubled[-1][1]
    return None


def _word_loop(text: str) -> tuple[int, int] | None:
    """The first word that stands three times in a row, or two to ten words twice, or a stutter inside a word."""
    if stutter := STUTTER.search(text):
        return stutter.span()
    found = list(WORD.finditer(text))
    words = [word[0].lower() for word in found]
    for size in range(1, LONGEST_UNIT + 1):
        equal = 0  # how many words in a row are the same as the one `size` before
        for index in range(size, len(words)):
            equal = equal + 1 if words[index] == words[index - size] else 0
            if equal >= (2 * size if size < 3 else size):
                start, end = found[index - equal - size + 1].start(), found[index].end()
                if not _is_said_for_effect(text[start:end], size, equal):
                    return start, end
    return None


def _is_said_for_effect(text: str, size: int, equal: int) -> bool:
    """“very very very good”, “no, no, no, no”; “… of a cyclical event. A cyclical event …”; “1, 1, 1”."""
    if not LETTER.search(text):
        return True
    if size == 1:
        is_apart = any(mark in text for mark in ",!-…—")
        return equal < 5 and (is_apart or text.split()[0].lower() in INTENSIFIERS)
    return size >= 3 and equal < 2 * size and bool(re.search(r"[.!?;:]\s", text))


def _variety(text: str, lang: str) -> float:
    """Different pairs of words (English) or triples of characters for all of them; 1 for a short text."""
    units = [word.lower() for word in WORD.findall(text)] if lang == "en" else [c for c in text if c.isalnum()]
    size = 2 if lang == "en" else 3
    grams = [tuple(units[start : start + size]) for start in range(len(units) - size + 1)]
    return len(set(grams)) / len(grams) if len(grams) >= 10 else 1.0


def _truncated(source: str, text: str, lang: str) -> Iterator[Fault]:
    end = text.rstrip()
    fullness = _content(text) / (_content(source) or 1) / USUAL_LENGTH.get(lang, 1)
    if end.endswith(tuple(OPENERS)) or (end.endswith(tuple(COMMAS)) and SENTENCE_END.search(source) and fullness < 0.9):
        yield Fault("truncated", "the translation breaks off", len(end) - 1, len(end))
    elif not SENTENCE_END.search(text) and _open_mark(source) is None and (start := _open_mark(text)) is not None:
        yield Fault("truncated", "the translation breaks off inside a bracket or quotation", start, len(end))
    elif _content(source) >= 15 and fullness < LEAST_FULLNESS:
        yield Fault("truncated", "the translation is far too short")


def _open_mark(text: str) -> int | None:
    """Where a bracket or quotation opens that is not closed; apostrophes are no quotation marks."""
    waiting: list[tuple[str, int]] = []
    for at, character in enumerate(text):
        if character in OPENERS:
            waiting.append((CLOSERS[OPENERS.index(character)], at))
        elif waiting and character == waiting[-1][0]:
            waiting.pop()
    quotes = [at for at, character in enumerate(text) if character in QUOTES]
    return waiting[-1][1] if waiting else quotes[-1] if len(quotes) % 2 else None
