"""Remarks on the Korean source: what the inline glosses of an article show to be a slip of the pen or a contradiction.

A remark is a Finding of the check `source` in the language `ko`: its offsets stand in the Korean, its suggestion is
Korean or, for two glosses that differ, Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from pipeline.article import Article, Finding, Gloss, Severity
from pipeline.glossary import Glossary
from pipeline.glosses import UNIT, Slip, is_cognate, is_unspoken, slips
from pipeline.readings import likeness, sounds, southern_spelling
from pipeline.terms import spelling_key

LONG_ENOUGH = 4  # characters from which a syllable too many or too few is a slip and not another word (지하철, 地铁)
ONE_LETTER = 2  # of their three letters that two syllables share when they differ in one
HANGUL = re.compile("[가-힣]")

WARNING: Severity = "warning"
INFO: Severity = "info"


def remarks(
    article: Article, glosses: Mapping[str, Sequence[Gloss]], glossary: Glossary | None = None
) -> Iterator[Finding]:
    """What a person should look at in the source, in reading order; `glosses` by segment id.

    A gloss that reads its Korean syllable by syllable but for one: a syllable too many or too few (info), or one that
    differs in a letter (warning). A gloss that translates is not remarked, nor what the entries of the glossary write
    in the same way (규률 for 纪律, 당위 for 委). Two Chinese for one Korean (warning), and one Chinese for two forms of
    Korean (info), are remarked at the later one.
    """
    chinese: dict[str, Gloss] = {}
    korean: dict[str, Gloss] = {}
    for segment in article.segments():
        for gloss in glosses.get(segment.id, ()):
            key = spelling_key(gloss.ko)
            yield from _slip(segment.id, gloss, glossary)
            yield from _contradictions(segment.id, gloss, chinese.get(key), korean.get(gloss.zh))
            chinese.setdefault(key, gloss)
            korean.setdefault(gloss.zh, gloss)


def _agreed(glossary: Glossary | None) -> Iterator[tuple[str, str]]:
    """The pairs of Korean and Chinese that the glossary has agreed on."""
    for term in glossary.terms.values() if glossary else ():
        if term.status != "deprecated" and term.zh is not None:
            yield from product(term.ko, term.zh.accepted)


def _slip(segment: str, gloss: Gloss, glossary: Glossary | None) -> Iterator[Finding]:
    """The remark on a gloss that sounds like its Korean but for one syllable, where that is a likely slip."""
    found = slips(gloss.ko, gloss.zh)
    if len(found) != 1 or not is_cognate(gloss) or not _is_likely(gloss, found[0]):
        return
    expected = _expected(gloss, found[0])
    if expected is None or _is_customary(gloss, found[0], glossary):
        return
    count, wanted = len(UNIT.findall(gloss.ko)), len(sounds(gloss.zh))
    if count == wanted:
        what, severity = f"“{found[0].written}” in “{gloss.ko}” is not how {gloss.zh} is read.", WARNING
    else:
        what, severity = f"“{gloss.ko}” has {count} syllables, {gloss.zh} has {wanted}.", INFO
    yield _finding(segment, gloss, f"{what} Perhaps “{expected}” is meant.", severity, expected, "slip")


def _is_likely(gloss: Gloss, slip: Slip) -> bool:
    """Whether a difference looks like a slip and not like another word for the same."""
    if is_unspoken(slip):
        return False
    if slip.written and slip.sounds:
        return max(likeness(slip.written, sound) for sound in slip.sounds) == ONE_LETTER
    units = [match.start() for match in UNIT.finditer(gloss.ko)]
    is_inside = units[0] < slip.at < units[-1] or (slip.at == units[-1] and not slip.written)
    return is_inside and len(sounds(gloss.zh)) >= LONG_ENOUGH


def _expected(gloss: Gloss, slip: Slip) -> str | None:
    """The Korean without the slip, in northern spelling; of several readings the one most like what stands there."""
    southern = {southern_spelling(sound) for sound in slip.sounds if southern_spelling(sound) != sound}
    choices = [sound for sound in slip.sounds if HANGUL.match(sound) and sound not in southern]
    if slip.sounds and not choices:
        return None
    sound = min(choices, key=lambda one: (-likeness(slip.written, one), one), default="")
    return gloss.ko[: slip.at] + sound + gloss.ko[slip.at + len(slip.written) :]


def _is_customary(gloss: Gloss, slip: Slip, glossary: Glossary | None) -> bool:
    """Whether the glossary has the pair, or differs in the same way in another word.

    A syllable too many or too few is told even when the glossary has the pair: editors list such a form so that it is
    found, and the newsroom should still hear of it.
    """
    here = _written_around(gloss.ko, slip)
    for ko, zh in _agreed(glossary):
        if zh == gloss.zh and spelling_key(ko) == spelling_key(gloss.ko):
            if slip.written and slip.sounds:
                return True
            continue
        if slip.written not in ko or not any(neighbour in ko for neighbour in here):
            continue
        for other in slips(ko, zh):
            is_same = (other.written, other.sounds) == (slip.written, slip.sounds)
            if is_same and (bool(slip.sounds and slip.written) or here & _written_around(ko, other)):
                return True
    return False


def _written_around(ko: str, slip: Slip) -> set[str]:
    """What stands there with the syllable before it, and with the one behind it."""
    before, after = UNIT.findall(ko[: slip.at]), UNIT.findall(ko[slip.at + len(slip.written) :])
    return {slip.written + one for one in after[:1]} | {one + slip.written for one in before[-1:]}


def _contradictions(
    segment: str, gloss: Gloss, same_korean: Gloss | None, same_chinese: Gloss | None
) -> Iterator[Finding]:
    """The remarks on a gloss that does not agree with the first one of its Korean, or of its Chinese."""
    if same_korean is not None and same_korean.zh != gloss.zh:
        message = f"“{gloss.ko}” is {gloss.zh} here and {same_korean.zh} before. Only one can be meant."
        yield _finding(segment, gloss, message, "warning", same_korean.zh, "two glosses")
    elif same_chinese is not None and spelling_key(same_chinese.ko) != spelling_key(gloss.ko):
        message = f"{gloss.zh} is “{gloss.ko}” here and “{same_chinese.ko}” before."
        yield _finding(segment, gloss, message, "info", same_chinese.ko, "two spellings")


def _finding(segment: str, gloss: Gloss, message: str, severity: Severity, suggestion: str, about: str) -> Finding:
    return Finding(
        check="source",
        segment=segment,
        lang="ko",
        message=message,
        severity=severity,
        start=gloss.start,
        end=gloss.end,
        suggestion=suggestion,
        about=f"{about}: {gloss.ko} = {gloss.zh}",
    )
