"""Puts the new rendering of a term in the place of the old one, only where nothing else in the text can suffer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from pipeline.article import Hint
from pipeline.hints import is_honoured
from pipeline.inflect import begins_with_vowel, capitalised, plural, starts_sentence

Span = tuple[int, int]

ARTICLE_BEFORE = re.compile(r"(?<![^\W_])(an?|the)\s+$", re.IGNORECASE)
OWN_ARTICLE = re.compile(r"(an?|the)\s+", re.IGNORECASE)


def swap(text: str, lang: str, before: Sequence[Hint], after: Sequence[Hint], longer: Collection[str]) -> str | None:
    """The translation with every promise of `after` kept, None where that needs a person.

    A promise is new where `text` does not keep it. Its old rendering is that of the hint of `before` on the same
    Korean; it must stand in the text exactly, once or as often as the Korean has it. `longer` are renderings of other
    terms that contain the old one: inside one of these it is not touched. In English the old rendering stands as whole
    words; number and capital stay, “a” becomes “an” where the sound asks for it, and no article is doubled.
    """
    old = {(hint.start, hint.end): hint for hint in before}
    wanted: dict[tuple[tuple[str, ...], str], int] = {}  # old renderings and the new one → how often the Korean has it
    for hint in after:
        if not is_honoured(hint, text, lang):
            earlier = old.get((hint.start, hint.end))
            if earlier is None:
                return None
            key = earlier.accepted, hint.text
            wanted[key] = wanted.get(key, 0) + 1
    replacements: dict[Span, str] = {}
    for (accepted, new), times in wanted.items():
        others = [one for one in longer if one not in accepted]
        forms = dict(_standing(text, lang, accepted, new, others))
        if len(forms) not in (1, times):
            return None
        for span, form in forms.items():
            fitted = (span, form) if lang == "zh" else _with_article(text, span, form)
            if fitted is None:
                return None
            replacements[fitted[0]] = fitted[1]
    swapped = _replaced(text, replacements)
    if swapped is None or not all(is_honoured(hint, swapped, lang) for hint in after):
        return None
    return swapped


def _standing(
    text: str, lang: str, accepted: Sequence[str], new: str, longer: Sequence[str]
) -> Iterator[tuple[Span, str]]:
    """Where one of the accepted renderings stands, the longest of several, and what is to stand there instead.

    None that is part of a longer rendering of another term.
    """
    taken = [span for one in longer for span in _find(text, one, lang)]
    for rendering in sorted(accepted, key=len, reverse=True):
        for old_form, new_form in _numbers(rendering, new, lang):
            for start, end in _find(text, old_form, lang):
                if not any(start < stop and begin < end for begin, stop in taken):
                    taken.append((start, end))
                    is_raised = text[start:end] != old_form
                    is_first = text[start].isupper() and starts_sentence(text[:start])
                    yield (start, end), capitalised(new_form) if lang != "zh" and (is_raised or is_first) else new_form


def _numbers(old: str, new: str, lang: str) -> Iterator[tuple[str, str]]:
    """The old rendering and the new one; in English also both in the plural, where both have one."""
    yield old, new
    if lang != "zh" and plural(old) != old and plural(new) != new:
        yield plural(old), plural(new)


def _find(text: str, rendering: str, lang: str) -> Iterator[Span]:
    """Where a rendering stands exactly; in English as whole words, also with the first letter large.

    A hyphen belongs to the word: “quality” does not stand in “high-quality”.
    """
    if rendering[1:] not in text:
        return
    pattern = re.escape(rendering)
    if lang != "zh":
        first = f"(?:{re.escape(rendering[0])}|{re.escape(rendering[0].upper())})"
        pattern = rf"(?<![^\W_])(?<![^\W_]-){first}{re.escape(rendering[1:])}(?![^\W_])(?!-[^\W_])"
    yield from (match.span() for match in re.finditer(pattern, text))


def _with_article(text: str, span: Span, new: str) -> tuple[Span, str] | None:
    """What is replaced and by what, the article before it included where it changes; None where none would fit."""
    article = ARTICLE_BEFORE.search(text[: span[0]])
    if article is None:
        return span, new
    own = OWN_ARTICLE.match(new)
    if article[1].casefold() == "the":
        return (span, new) if own is None else (span, new[own.end() :]) if own[1].casefold() == "the" else None
    if own or plural(new) == new:  # “a” before something that is not counted, or is several
        return None
    right = article[1][0] + ("n" if begins_with_vowel(new) else "")
    return (span, new) if right == article[1] else ((article.start(), span[1]), f"{right} {new}")


def _replaced(text: str, replacements: dict[Span, str]) -> str | None:
    """The text with these spans replaced; None where two of them meet."""
    pieces: list[str] = []
    position = 0
    for (start, end), new in sorted(replacements.items()):
        if start < position:
            return None
        pieces += [text[position:start], new]
        position = end
    return "".join([*pieces, text[position:]])
