"""South Korean training text in the spelling of the Chinese press, as far as it is certain without the hanja.

The inverse of what `orthography` does for matching, kept to words that are never something else. Spacing stays: the
press of our samples spaces as the South does (는 것 1,689 times against 는것 3 times).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from pipeline.orthography import spelling as orthography

# A run of Hangul, and whether a letter or digit stands before it: API이용 has no word of its own at 이용.
RUN = re.compile(r"(?<![가-힣])[가-힣]+")
RATE = re.compile("(?<=[가-힣])율")  # 비율 → 비률, after a vowel or ㄴ, where the South writes 율
COPULA = re.compile("(?<=[가-힣]이)었")  # 학생이었다 → 학생이였다
FINALS, FINAL_N = 28, 4


@dataclass(frozen=True, slots=True)
class Respelling:
    """South Korean form → PRC form, by where in a run of Hangul the form may stand."""

    beginning: dict[str, str]
    anywhere: dict[str, str]
    pattern: re.Pattern[str]  # all of `anywhere`, the longest first
    longest: int  # syllables of the longest form of `beginning`


def chinese_press_view(text: str) -> str:
    """The text as the Chinese press would spell it; what is not certain stays.

    >>> chinese_press_view("러시아의 역사와 노동 비율이 연구되었다")
    '로씨야의 력사와 로동 비률이 연구되였다'
    """
    return RUN.sub(lambda match: _respelled(match.group(), _stands_apart(text, match.start())), text)


def respelling_digest() -> str:
    """A text that changes when the facts do; part of the key of encoded examples."""
    table = _table()
    return repr((sorted(table.beginning.items()), sorted(table.anywhere.items())))


def _stands_apart(text: str, start: int) -> bool:
    return start == 0 or not text[start - 1].isalnum()


@lru_cache(maxsize=1 << 16)
def _respelled(run: str, stands_apart: bool) -> str:
    table = _table()
    begun = run
    run = table.pattern.sub(lambda match: table.anywhere[match.group()], run)
    if stands_apart:
        for length in range(min(table.longest, len(run)), 1, -1):
            # 이탈리아 has become 이딸리아: 이탈 is no word there any more
            if run[:length] == begun[:length] and run[:length] in table.beginning:
                run = table.beginning[run[:length]] + run[length:]
                break
    run = RATE.sub(lambda match: "률" if _softens(run[match.start() - 1]) else "율", run)
    return COPULA.sub(lambda match: "였" if match.start() >= 2 and _final(run[match.start() - 2]) else "었", run)


def _final(syllable: str) -> int:
    return (ord(syllable) - 0xAC00) % FINALS


def _softens(syllable: str) -> bool:
    return _final(syllable) in (0, FINAL_N)


@cache
def _table() -> Respelling:
    facts, ours = orthography(), _own_facts()
    kept = frozenset(ours["kept"])
    words = {facts.initial[word[0]] + word[1:]: word for word in facts.words if word[0] in facts.initial}
    beginning = {southern: word for southern, word in words.items() if southern not in facts.ambiguous}
    # 스페인과 would become 에스빠냐과: a name whose end asks for other particles stays
    anywhere = {sk: prc for prc, sk in facts.loans.items() if bool(_final(sk[-1])) == bool(_final(prc[-1]))}
    anywhere |= {word.replace("페", "폐"): word for word in facts.pye}
    for prc, southern in facts.endings.items():
        (beginning if prc.startswith("^") else anywhere)[southern] = prc.lstrip("^")
    beginning |= _pairs(ours["words"])
    anywhere |= _pairs(ours["anywhere"])
    beginning, anywhere = (
        {southern: prc for southern, prc in forms.items() if southern not in kept and len(southern) >= 2}
        for forms in (beginning, anywhere)
    )
    pattern = re.compile("|".join(sorted(anywhere, key=len, reverse=True)))
    return Respelling(beginning, anywhere, pattern, max(map(len, beginning)))


def _own_facts() -> dict[str, list[str]]:
    with Path(__file__).with_suffix(".yaml").open(encoding="utf-8") as file:
        return {name: text.split() for name, text in yaml.load(file, yaml.CSafeLoader).items()}


def _pairs(entries: list[str]) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in entries)
