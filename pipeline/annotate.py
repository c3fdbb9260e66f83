"""Finds what the glossary and the article's own glosses promise for each segment: mentions, glosses, hints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.article import Article, Gloss, Hint, Mention
from pipeline.glossary import Glossary
from pipeline.glosses import find_glosses
from pipeline.hints import hints_for
from pipeline.mentions import Matcher


@dataclass(frozen=True, slots=True)
class Annotations:
    """By segment id; segments with nothing are left out. Hints by segment id and language code."""

    mentions: Mapping[str, tuple[Mention, ...]]
    glosses: Mapping[str, tuple[Gloss, ...]]
    hints: Mapping[tuple[str, str], tuple[Hint, ...]]

    def hints_on(self, segment: str, lang: str) -> tuple[Hint, ...]:
        """What is promised for one translation."""
        return self.hints.get((segment, lang), ())


def annotate(article: Article, glossary: Glossary, matcher: Matcher, targets: Sequence[str]) -> Annotations:
    """Look through a whole article. A gloss is authority for every mention of its Korean in the article."""
    mentions = {segment.id: found for segment in article.segments() if (found := matcher.find(segment.text))}
    glosses = {segment.id: here for segment in article.segments() if (here := find_glosses(segment.text))}
    agreed: dict[str, str] = {}
    for gloss in (gloss for here in glosses.values() for gloss in here):
        agreed.setdefault(gloss.ko, gloss.zh)
    hints = {}
    for segment in article.segments():
        on_it = mentions.get(segment.id, ()), glosses.get(segment.id, ())
        for lang in targets:
            if promised := hints_for(segment.text, lang, *on_it, agreed, glossary):
                hints[segment.id, lang] = promised
    return Annotations(mentions, glosses, hints)
