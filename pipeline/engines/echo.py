"""An engine without a model: the Korean in the letters of the target language, at once, always the same.

For tests and for work on layout. Hints are honoured, numbers are kept, sentences look like sentences, so that checks
have something to bite on; the words mean nothing.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence

from pipeline.article import Hint
from pipeline.engines import Effort, EngineSettings, Hypothesis, Request
from pipeline.errors import SettingsError

LONGEST = 400  # characters, hints included; a longer text is divided, as for a real model

# Two letters stand for a Hangul syllable in English, one for every second syllable in Chinese: about the length that
# a translation has. None of the characters is a numeral, a negation or part of a common name.
LATIN = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "yi",
    "zo",
)
HAN = "文书纸笔字句篇章词语音声色光影风云山水田园林木花草果叶枝根土石沙河海湖波桥路门窗屋舍庭院楼台亭阁舟船车轮"
PUNCTUATION: dict[str, dict[str, str]] = {
    "zh": {".": "。", ",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "<": "《", ">": "》", " ": ""},
    "en": {"《": "“", "》": "”", "。": ".", "，": ",", "、": ",", "·": " "},
}
TOKEN = re.compile(
    r"""
      (?P<hangul> [\u1100-\u11FF\u3130-\u318F\uAC00-\uD7A3]+ )
    | (?P<han>    [\u3400-\u9FFF\uF900-\uFAFF]+ )
    | (?P<number> [0-9]+ (?: [.,:] [0-9]+ )* )   # 3.5 and 13:36 keep their marks
    | (?P<other>  . )
    """,
    re.VERBOSE | re.DOTALL,
)


def signature(settings: EngineSettings) -> str:
    """The engine has no settings and no model."""
    return "echo 1"


def open_engine(settings: EngineSettings) -> EchoEngine:
    """Nothing to load; `settings` are not looked at."""
    return EchoEngine()


class EchoEngine:
    """The engine; see `pipeline.engines.Engine`. Both efforts give the same, and what is to begin it stands before it.

    >>> EchoEngine().translate([Request("심양 3위", "zh", (Hint(0, 2, "沈阳", "glossary"),))])[0].text
    '［沈阳3屋］'
    """

    signature = "echo 1"

    def fits(self, request: Request) -> bool:
        """Whether text and hints have no more than LONGEST characters."""
        return len(request.text) + sum(len(hint.text) for hint in request.hints) <= LONGEST

    def translate(self, requests: Sequence[Request], effort: Effort = "usual") -> list[Hypothesis]:
        """One hypothesis a request, in the same order; the score is always −1."""
        return [Hypothesis(request.begin + _echo(request), score=-1.0) for request in requests]


def _echo(request: Request) -> str:
    """The request in target letters, hinted spans by their renderings, in brackets that say: not a translation."""
    if request.target not in PUNCTUATION:
        raise SettingsError(f"the echo engine has no letters for “{request.target}”, only for zh and en.")
    pieces = " ".join("".join(_pieces(request.text, request.target, request.hints)).split())
    if request.target == "zh":
        return f"［{pieces}］"
    return f"[{pieces[:1].upper()}{pieces[1:]}]"


def _pieces(text: str, target: str, hints: Sequence[Hint]) -> Iterator[str]:
    done = 0
    for hint in sorted(hints, key=lambda hint: hint.start):
        if hint.start >= done:
            yield from _in_letters(text[done : hint.start], target)
            yield hint.text if target == "zh" else f" {hint.text} "
            done = hint.end
    yield from _in_letters(text[done:], target)


def _in_letters(text: str, target: str) -> Iterator[str]:
    recent: deque[str] = deque(maxlen=8)
    for token in TOKEN.finditer(text):
        word = token[0]
        if token["other"]:
            yield PUNCTUATION[target].get(word, word)
        elif token["number"] or (token["han"] and target == "zh"):
            yield word
        elif target == "zh":
            yield "".join(_letters(word[::2], HAN, recent))
        else:
            yield "".join(_letters(word, LATIN, recent))


def _letters(word: str, table: Sequence[str], recent: deque[str]) -> Iterator[str]:
    """Letters from the table for the syllables of a word; none again so soon that it would look like a loop."""
    for syllable in word:
        at = ord(syllable)
        while table[at % len(table)] in recent:
            at += 1
        recent.append(table[at % len(table)])
        yield recent[-1]
