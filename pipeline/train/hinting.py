"""Hints for training: only promises that the reference keeps, so that the model learns to obey.

Dinu et al. 2019 show that a model trained with renderings in the source copies them; Bergmanis & Pinnis 2021 that hints
on any words, not only on terms, make it obey for words never hinted before, and that it learns to inflect them. The
first comes from the glossary; the second from word lists, which need no word alignment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.article import Hint, Mention
from pipeline.glossary import load_glossary
from pipeline.hints import hints_for, is_honoured
from pipeline.languages import TARGETS
from pipeline.mentions import Matcher, stands_free
from pipeline.train.corpus import read_rows

SHORTEST_WORD = 2  # syllables; one syllable is too often part of something else


class HintBook:
    """Finds what could be hinted in a pair of texts."""

    def __init__(self, glossary: Path | None, words: Sequence[Path] = ()) -> None:
        """Load the glossary folder and the word lists. Raises GlossaryError and InputError."""
        self._glossary = load_glossary(glossary) if glossary else None
        self._matcher = Matcher(self._glossary) if self._glossary else None
        self._words: dict[str, dict[str, list[str]]] = {}
        for path in words:
            for row in read_rows(path):
                if len(row.ko) >= SHORTEST_WORD:
                    for lang in filter(row.text, TARGETS):
                        self._words.setdefault(row.ko, {}).setdefault(lang, []).append(row.text(lang))
        self._longest = max(map(len, self._words), default=0)
        self._last: tuple[str, tuple[Mention, ...]] = ("", ())

    def hints(self, korean: str, lang: str, reference: str) -> tuple[Hint, ...]:
        """Hints that the reference honours, in reading order, none over another, with the rendering that it has.

        The glossary comes before the word lists.
        """
        found: tuple[Hint, ...] = ()
        if self._matcher and self._glossary:
            if self._last[0] != korean:  # each Korean is asked for once for each language
                self._last = korean, self._matcher.find(korean)
            found = hints_for(korean, lang, self._last[1], (), {}, self._glossary)
        taken = {position for hint in found for position in range(hint.start, hint.end)}
        claims = [*found, *(hint for hint in self._word_hints(korean, lang) if hint.start not in taken)]
        kept = filter(None, (_kept(hint, lang, reference) for hint in claims))
        return _apart(sorted(kept, key=lambda hint: hint.start))

    def _word_hints(self, korean: str, lang: str) -> Iterator[Hint]:
        """Words of the lists that stand free, the longest at each place."""
        start = 0
        while start < len(korean) and self._words:
            for end in range(min(len(korean), start + self._longest), start + SHORTEST_WORD - 1, -1):
                texts = self._words.get(korean[start:end], {}).get(lang)
                if texts and stands_free(korean, start, end):
                    yield Hint(start, end, texts[0], "glossary", tuple(texts[1:]))
                    start = end - 1
                    break
            start += 1


def _kept(hint: Hint, lang: str, reference: str) -> Hint | None:
    """The hint with the first of its renderings that stands in the reference, None when none does."""
    for text in hint.accepted:
        candidate = replace(hint, text=text, admitted=())
        if is_honoured(candidate, reference, lang):
            return candidate
    return None


def _apart(hints: Sequence[Hint]) -> tuple[Hint, ...]:
    chosen: list[Hint] = []
    for hint in hints:
        if not chosen or hint.start >= chosen[-1].end:
            chosen.append(hint)
    return tuple(chosen)
