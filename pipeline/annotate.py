"""Finds what the glossary and the article's own glosses promise for each segment: mentions, glosses, hints.

A dated entry speaks only for articles of its time: an article of 2019 is not judged by the wording of 2026.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.article import Article, Gloss, Hint, Mention
from pipeline.glossary import Glossary
from pipeline.glosses import find_glosses
from pipeline.hints import hints_for
from pipeline.mentions import Matcher
from pipeline.terms import Term, spelling_key


@dataclass(frozen=True, slots=True)
class Annotations:
    """By segment id; segments with nothing are left out. Hints by segment id and language code."""

    mentions: Mapping[str, tuple[Mention, ...]]
    glosses: Mapping[str, tuple[Gloss, ...]]
    hints: Mapping[tuple[str, str], tuple[Hint, ...]]

    def hints_on(self, segment: str, lang: str) -> tuple[Hint, ...]:
        """What is promised for one translation."""
        return self.hints.get((segment, lang), ())


def annotate(
    article: Article, glossary: Glossary, matcher: Matcher, targets: Sequence[str], *, today: date | None = None
) -> Annotations:
    """Look through a whole article. A gloss is authority for every mention of its Korean in the article.

    Entries count as far as they are in force on the date of the article; an article without one is held to the wording
    of `today` (the day of the call when nothing is given).
    """
    day = article.meta.date or (today or date.today()).isoformat()
    segments = list(article.segments())
    mentions = {one.id: found for one in segments if (found := find_in_force(one.text, glossary, matcher, day))}
    glosses = {segment.id: here for segment in segments if (here := find_glosses(segment.text))}
    wording = _wording((mention for found in mentions.values() for mention in found), glossary, day)
    agreed: dict[str, str] = {}
    for gloss in (gloss for here in glosses.values() for gloss in here):
        agreed.setdefault(gloss.ko, gloss.zh)
    hints = {}
    for segment in segments:
        on_it = mentions.get(segment.id, ()), glosses.get(segment.id, ())
        for lang in targets:
            if promised := hints_for(segment.text, lang, *on_it, agreed, wording):
                hints[segment.id, lang] = promised
    return Annotations(mentions, glosses, hints)


def is_in_force(term: Term, day: str) -> bool:
    """Whether the entry's wording holds on a day: an ISO date or time, or only its year or month.

    A date in part stands for its whole span: from 2022-10 begins on the first of October, to 2022 ends on the last of
    December. Two spans need only touch.

    >>> is_in_force(Term("가", ("가",), None, None, "term", "", valid_from="2022-10"), "2022-09-22T13:36:42+08:00")
    False
    """
    begun = term.valid_from is None or _cut(day, term.valid_from) >= _cut(term.valid_from, day)
    return begun and (term.valid_to is None or _cut(day, term.valid_to) <= _cut(term.valid_to, day))


def find_in_force(text: str, glossary: Glossary, matcher: Matcher, day: str) -> tuple[Mention, ...]:
    """What `matcher.find` gives, without the entries that are not in force on that day.

    In the place of such a mention comes an entry in force with the same spelling, else what it hid: a shorter term
    inside it or across its edge. Without dated entries among them the mentions are those of the matcher.
    """
    found = matcher.find(text)
    out_of_force = [mention for mention in found if not _speaks(mention, glossary, day)]
    if not out_of_force:
        return found
    places = {place for mention in out_of_force for place in range(mention.start, mention.end)}
    kept = [mention for mention in found if _speaks(mention, glossary, day)]
    freed = (one for one in matcher.find(text, nested=True) if not places.isdisjoint(range(one.start, one.end)))
    return _longest([*kept, *filter(None, (_speaking(mention, glossary, day) for mention in freed))])


def _cut(one: str, other: str) -> str:
    """A date as exactly as both are given."""
    return one[: min(len(one), len(other), len("2022-10-16"))]


def _speaks(mention: Mention, glossary: Glossary, day: str) -> bool:
    term = glossary.terms.get(mention.term)
    return term is None or is_in_force(term, day)


def _speaking(mention: Mention, glossary: Glossary, day: str) -> Mention | None:
    """The mention, or that of an entry in force with the same spelling; None when there is none."""
    if _speaks(mention, glossary, day):
        return mention
    own = {*map(spelling_key, glossary.terms[mention.term].ko)}
    here = spelling_key(mention.spelling)
    keys = [here] if here in own else sorted(own)  # a spelling derived from those of the entry: any of its namesakes
    others = (term for key in keys for term in glossary.homographs.get(key, ()) if is_in_force(term, day))
    best = min(others, key=lambda term: term.status != "approved", default=None)
    return None if best is None else replace(mention, term=best.id)


def _longest(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Mentions that do not overlap, in reading order: the longest first, then the first."""
    chosen: list[Mention] = []
    taken: set[int] = set()
    for one in sorted(mentions, key=lambda mention: (-len(spelling_key(mention.spelling)), mention.start)):
        span = range(one.start, one.end)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen.append(one)
    return tuple(sorted(chosen, key=lambda mention: mention.start))


def _wording(mentions: Iterable[Mention], glossary: Glossary, day: str) -> Glossary:
    """The glossary as these mentions see it on that day: itself, or without the namesakes that are not in force."""
    terms = {term.id: term for mention in mentions for term in _concerned(mention, glossary)}
    in_force = {name: term for name, term in terms.items() if is_in_force(term, day)}
    return glossary if len(in_force) == len(terms) else Glossary(in_force, glossary.fingerprint)


def _concerned(mention: Mention, glossary: Glossary) -> Iterator[Term]:
    """The entry of a mention, and those with the same spelling."""
    if mention.term in glossary.terms:
        yield glossary.terms[mention.term]
    yield from glossary.homographs.get(spelling_key(mention.spelling), ())
