"""Check: what the glossary and the article's own glosses promise stands in the translation, once."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.article import Finding, Hint, Severity
from pipeline.checks import Pair
from pipeline.hints import DOUBLED_GLOSS, find_forbidden, is_honoured
from pipeline.inflect import in_place, plural

SEVERITY: dict[str, Severity] = {"gloss": "error", "glossary": "warning", "memory": "info"}
REASON = {"gloss": "as the article says", "glossary": "as the glossary says", "memory": "as translated before"}


def check(pair: Pair) -> Iterator[Finding]:
    """Terms are translated as agreed: 심양 is 沈阳 and Shenyang wherever it stands.

    Error: the article gives the Chinese itself, 림공항경제구(临空经济区), and the translation does not use it; or the
    translation uses a rendering that the glossary forbids.
    Warning: the glossary has a rendering and the translation uses neither it nor an admitted one; or a gloss is said
    twice, 临空经济区（临空经济区）.
    Info: the phrase was translated otherwise before.
    """
    if not pair.text.strip():
        return
    seen = set()
    for hint, rendering, place in find_forbidden(pair.hints, pair.text, pair.lang):
        seen.add(hint.term or hint.text)  # with the suggestion taken, the term is kept
        yield _forbidden(pair, hint, rendering, place)
    for hint in pair.hints:
        about = hint.term or hint.text
        if about not in seen and not is_honoured(hint, pair.text, pair.lang):
            seen.add(about)
            yield _missed(pair, hint, about)
    yield from _doubled(pair)


def _missed(pair: Pair, hint: Hint, about: str) -> Finding:
    spelling = pair.source[hint.start : hint.end]
    others = f" (or {', '.join(f'“{text}”' for text in hint.admitted)})" if hint.admitted else ""
    return Finding(
        check="terms",
        segment=pair.segment.id,
        lang=pair.lang,
        message=f"“{spelling}” should be “{hint.text}”{others}, {REASON[hint.why]}.",
        severity=SEVERITY[hint.why],
        suggestion=hint.text,
        about=f"{about} → {hint.text}",  # dismissed once, it comes back when something else is agreed on
    )


def _forbidden(pair: Pair, hint: Hint, rendering: str, place: tuple[int, int]) -> Finding:
    said = pair.text[slice(*place)]
    surface = in_place(hint.text, pair.text[: place[0]], pair.lang)[1]
    if pair.lang == "en" and said.casefold() == plural(rendering).casefold() != rendering.casefold():
        surface = plural(surface)
    return Finding(
        check="terms",
        segment=pair.segment.id,
        lang=pair.lang,
        message=f"“{said}” is not to be used for “{pair.source[hint.start : hint.end]}”, as the glossary says.",
        severity="error",
        start=place[0],
        end=place[1],
        suggestion=surface,
        about=f"forbidden {rendering}",
    )


def _doubled(pair: Pair) -> Iterator[Finding]:
    for match in DOUBLED_GLOSS.finditer(pair.text):
        yield Finding(
            check="terms",
            segment=pair.segment.id,
            lang=pair.lang,
            message=f"“{match['said']}” is said twice, the second time in brackets.",
            severity="warning",
            start=match.start(),
            end=match.end(),
            suggestion=match["said"],
            about=f"doubled {match['said']}",
        )
