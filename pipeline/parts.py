"""What an engine is given for a segment, and how its parts become one translation again.

A segment's text is laid flat and loses the brackets of its glosses, whose Chinese travels in the hints. What is too
long for the model is given in parts of clause size and joined.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.article import Gloss, Hint
from pipeline.clauses import divide
from pipeline.glosses import find_glosses

Fits = Callable[[str, tuple[Hint, ...]], bool]


@dataclass(frozen=True, slots=True)
class Part:
    """Korean for the engine: white space flat, hints with spans in this text."""

    text: str
    hints: tuple[Hint, ...] = ()


CLOSING_MARKS = "\\s\"'“”‘’」』)）\\]】》〉"
SENTENCE_END = re.compile(rf"[.。．!！?？…][{CLOSING_MARKS}]*$")
STOP = re.compile(r"[.。．]$")  # a stop with a quotation mark behind it belongs to the quotation
SEMICOLON = re.compile(r"[;；]$")
# The Korean ends a clause: a comma, or an ending that links one to the next.
CLAUSE_END = re.compile(
    r"(?:[,，、:：]|며|고|지만|는데|은데|인데|면서|도록|므로|거나|는바|[였했]바|[해하여]서|면|[하되]여)$"
)
MARKS = {"zh": ("，", "；"), "en": (",", ";")}  # between clauses, for a semicolon
ANY_MARK = re.compile(r"[,，、;；:：.。!！?？…—]$")
# Words that a sentence begins with and that are no names: small again when their part goes on a sentence.
SMALL_WORDS = re.compile(
    r"(?:"
    r"a|about|according|after|all|also|although|an|and|are|as|at|be|because|before|both|but|by|during|each|for|"
    r"from|further|furthermore|has|have|he|her|his|however|if|in|including|is|it|its|many|meanwhile|moreover|more|not|"
    r"of|on|one|or|our|she|since|so|some|such|that|the|their|then|there|these|they|this|those|through|"
    r"thus|to|under|was|we|were|when|where|which|while|who|will|with"
    r")(?![a-z])",
    re.IGNORECASE,
)


def prepare(text: str, lang: str, hints: Sequence[Hint] = ()) -> Part:
    """The whole segment as one part.

    The bracket of a gloss is left out where a hint on its Korean carries the Chinese, so that the Chinese does not
    come twice; in English it always is, where Chinese in brackets is of no use to the reader.
    A hint of which nothing is left is dropped.

    >>> prepare("심양의  새 구(新区)", "en").text
    '심양의 새 구'
    """
    left_out = [gloss for gloss in find_glosses(text) if lang != "zh" or _is_hinted(gloss, hints)]
    characters, origins = [], []  # what is kept, and where it stood
    for at, character in enumerate(text):
        if any(gloss.end <= at < gloss.outer_end for gloss in left_out):
            continue
        if not character.isspace():
            characters.append(character)
            origins.append(at)
        elif characters and characters[-1] != " ":
            characters.append(" ")
            origins.append(at)
    flat = "".join(characters).rstrip()

    def moved(at: int) -> int:
        return min(bisect_left(origins, at), len(flat))

    on_flat = (replace(hint, start=moved(hint.start), end=moved(hint.end)) for hint in hints)
    return Part(flat, tuple(hint for hint in on_flat if hint.start < hint.end))


def _is_hinted(gloss: Gloss, hints: Sequence[Hint]) -> bool:
    return any(hint.start < gloss.end and gloss.start < hint.end for hint in hints)


def in_parts(whole: Part, fits: Fits) -> tuple[Part, ...]:
    """The part itself where it fits, else clause-sized parts that do, no hint cut in two, nothing left out.

    A part may be a hint's length too long where a cut had to move out of the hint.
    """
    if fits(whole.text, whole.hints):
        return (whole,)

    def fits_alone(piece: str) -> bool:
        start = whole.text.find(piece)
        return fits(piece, _within(whole.hints, start, start + len(piece)))

    starts = [start for start, _ in divide(whole.text, fits_alone)]
    cuts = sorted({_outside(cut, whole.hints) for cut in starts[1:]} - {0, len(whole.text)})
    return tuple(_slices(whole, [0, *cuts, len(whole.text)]))


def _outside(cut: int, hints: Sequence[Hint]) -> int:
    """The cut, or the start of the hint that it would cut; the end where the hint starts the text."""
    for hint in hints:
        if hint.start < cut < hint.end:
            return hint.start or hint.end
    return cut


def _slices(whole: Part, cuts: Sequence[int]) -> Iterator[Part]:
    for start, end in pairwise(cuts):
        text = whole.text[start:end]
        start += len(text) - len(text.lstrip())
        if text.strip():
            yield Part(text.strip(), _within(whole.hints, start, start + len(text.strip())))


def _within(hints: Sequence[Hint], start: int, end: int) -> tuple[Hint, ...]:
    """The hints that stand wholly inside, with spans from there."""
    inside = (hint for hint in hints if start <= hint.start and hint.end <= end)
    return tuple(replace(hint, start=hint.start - start, end=hint.end - start) for hint in inside)


def join(sources: Sequence[str], translations: Sequence[str], lang: str) -> str:
    """The translations of the parts `sources` as one sentence: inner stops become commas, inner capitals small.

    >>> join(["심양은 발전하고", "료녕도 발전한다."], ["沈阳发展。", "辽宁也发展。"], "zh")
    '沈阳发展，辽宁也发展。'
    """
    joined, goes_on = "", False
    for number, (source, translation) in enumerate(zip(sources, translations, strict=True)):
        text = translation.strip()
        if not text:
            continue
        if goes_on and lang == "en":
            text = _small_first(text)
        goes_on = number < len(sources) - 1 and not SENTENCE_END.search(source)
        if goes_on:
            text = _with_clause_mark(source.rstrip(), text, lang)
        joined += (" " if joined and lang == "en" else "") + text
    return joined


def _with_clause_mark(source: str, text: str, lang: str) -> str:
    comma, semicolon = MARKS[lang if lang in MARKS else "en"]
    text = STOP.sub("", text)
    if ANY_MARK.search(text):
        return text
    if SEMICOLON.search(source):
        return text + semicolon
    return text + comma if CLAUSE_END.search(source) else text


def _small_first(text: str) -> str:
    word = SMALL_WORDS.match(text)
    if word and (word[0] == "A" or not word[0].isupper()):  # IT and US are names
        return text[:1].lower() + text[1:]
    return text
