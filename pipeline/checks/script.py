"""Check: no word of another script is left over in a translation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.article import Finding, Severity
from pipeline.checks import Pair

HANGUL = re.compile(r"[ᄀ-ᇿ㄰-㆏가-힣]+(?:[\s·]*[ᄀ-ᇿ㄰-㆏가-힣]+)*")
HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+")
# Words in small letters, four or more: names and abbreviations (GDP, Alipay, App, km) are at home in Chinese.
LATIN = re.compile(r"(?<![A-Za-zÀ-ɏ0-9./@_-])(?!wifi)[a-z]{4,}(?: [a-z]+)*(?![A-Za-zÀ-ɏ0-9./@_-])")
BRACKETS = re.compile(r"[（(][^（()）]*[）)]|《[^《》]*》")


def check(pair: Pair) -> Iterator[Finding]:
    """No word of another script is left over.

    Error: Korean letters in Chinese or English (沈阳의, Shenyang시).
    Warning: Chinese characters in English, unless they stand in brackets, Shenyang (沈阳), or in the Korean itself.
    Info: English words in Chinese that are no names (发展 development), unless they stand in brackets or in the Korean.
    """
    for match in HANGUL.finditer(pair.text):
        yield _finding(pair, match, "error", f"“{match[0]}” is still Korean.")
    if pair.lang == "en":
        for match in _unexplained(HAN, pair):
            yield _finding(pair, match, "warning", f"“{match[0]}” is still Chinese.")
    elif pair.lang == "zh":
        for match in _unexplained(LATIN, pair):
            yield _finding(pair, match, "info", f"“{match[0]}” is English.")


def _unexplained(script: re.Pattern[str], pair: Pair) -> Iterator[re.Match[str]]:
    """What is in the script, outside brackets, and not in the Korean either."""
    brackets = [match.span() for match in BRACKETS.finditer(pair.text)]
    for match in script.finditer(pair.text):
        is_in_brackets = any(start < match.start() and match.end() < end for start, end in brackets)
        if not is_in_brackets and match[0] not in pair.source:
            yield match


def _finding(pair: Pair, match: re.Match[str], severity: Severity, message: str) -> Finding:
    return Finding(
        check="script",
        segment=pair.segment.id,
        lang=pair.lang,
        message=message,
        severity=severity,
        start=match.start(),
        end=match.end(),
        about=match[0],
    )
