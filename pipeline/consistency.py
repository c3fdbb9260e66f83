"""One term, one rendering: where an article renders the same term in different ways, all of them accepted.

A check sees one pair; this looks at the whole article, and its findings stand beside those of the checks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.article import Bitext, Finding, Hint
from pipeline.hints import rendering_used

CHECK = "consistency"
MOST_PLACES = 5  # segments that a message names
ACRONYM = re.compile(r"[A-Z][A-Z0-9&.-]{1,7}s?")  # GDP after “gross domestic product” is how news is written


@dataclass(frozen=True, slots=True)
class _Use:
    """A term in one translation, and the accepted rendering that stands there."""

    segment: str
    spelling: str
    rendering: str


def inconsistencies(
    bitext: Bitext, hints: Mapping[tuple[str, str], Sequence[Hint]], targets: Sequence[str]
) -> Iterator[Finding]:
    """An info for each translation that renders a term otherwise than most of the article does.

    `hints` by segment and language, as in a Publication. Of two renderings that are used equally often the one that is
    asked for is right, else the first. What the glossary asks for in two forms (심양, 심양시) is looked at form by
    form; an acronym beside what it stands for is no inconsistency. A term that is not honoured at all is for the terms
    check.
    """
    for lang in targets:
        for (term, wanted), uses in _uses(bitext, hints, lang).items():
            counts = Counter(use.rendering for use in uses)
            if len(counts) < 2:
                continue
            usual = max(counts, key=lambda one: (counts[one], one == wanted))
            for use in uses:
                if use.rendering != usual:
                    yield _finding(use, lang, term, usual, [one.segment for one in uses if one.rendering == usual])


def _uses(
    bitext: Bitext, hints: Mapping[tuple[str, str], Sequence[Hint]], lang: str
) -> dict[tuple[str, str], list[_Use]]:
    """By term and the form asked for: where it is rendered how, in reading order, once a segment."""
    found: dict[tuple[str, str], list[_Use]] = {}
    for segment in bitext.article.segments():
        have = bitext.translation(segment.id, lang)
        text = have.text if have else ""
        for hint in {hint.text: hint for hint in hints.get((segment.id, lang), ())}.values():
            used = rendering_used(hint, text, lang)
            if used and not (lang == "en" and ACRONYM.fullmatch(used)):
                use = _Use(segment.id, segment.text[hint.start : hint.end], used)
                found.setdefault((hint.term or hint.text, hint.text), []).append(use)
    return found


def _finding(use: _Use, lang: str, term: str, usual: str, elsewhere: Sequence[str]) -> Finding:
    places = ", ".join(elsewhere[:MOST_PLACES]) + (" …" if len(elsewhere) > MOST_PLACES else "")
    return Finding(
        check=CHECK,
        segment=use.segment,
        lang=lang,
        message=f"“{use.spelling}” is “{use.rendering}” here and “{usual}” elsewhere in the article ({places}).",
        severity="info",
        suggestion=usual,
        about=term,
    )
