"""What a change of the glossary does to the translations that are there: which it touches, and what each then needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from pipeline.article import Finding, Hint, Segment
from pipeline.changes import Change, changes
from pipeline.check import run_checks
from pipeline.checks import Pair
from pipeline.glossary import Glossary
from pipeline.occurrences import Document, Occurrences, Passage, Side
from pipeline.reannotate import Reach, Wording, reannotate
from pipeline.revise import is_stale
from pipeline.termbase.swap import swap

TouchState = Literal["missing", "draft", "edited", "approved"]
Remedy = Literal["nothing", "swap", "person"]

REMEDIES: tuple[Remedy, ...] = ("nothing", "swap", "person")
STATES: tuple[TouchState, ...] = ("missing", "draft", "edited", "approved")


@dataclass(frozen=True, slots=True)
class Touch:
    """A segment in one language of which something else is promised, or found, after the change.

    `remedy`: nothing (the translation says already what is now asked, or nothing is asked any more), swap (`swapped`
    is the translation with the new rendering in the place of the old one), or person. `gained` and `lost` are the
    findings that come and go with the change if the translation stays as it is.
    """

    article: str
    segment: Segment
    lang: str
    text: str  # the translation, "" where there is none
    state: TouchState
    is_human: bool  # a person wrote or approved it: no run changes it
    is_published: bool
    before: tuple[Hint, ...]
    after: tuple[Hint, ...]
    gained: tuple[Finding, ...]
    lost: tuple[Finding, ...]
    remedy: Remedy
    swapped: str | None = None

    @property
    def is_asked_again(self) -> bool:
        """Whether the next run translates it anew: a machine's draft, or none at all."""
        return not self.is_human

    @property
    def terms(self) -> tuple[str, ...]:
        """The ids of the terms whose promises are not the same, sorted."""
        return tuple(sorted({hint.term for hint in set(self.before) ^ set(self.after) if hint.term}))


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """A translation by a person that must not be offered again for its Korean: it breaks what is now agreed."""

    source: str
    lang: str
    text: str
    swapped: str | None  # what may be offered in its place
    places: tuple[tuple[str, str], ...]  # article and segment ids


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything that a change touches, by article and in reading order."""

    changes: tuple[Change, ...]
    touches: tuple[Touch, ...]

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles with something touched, sorted."""
        return tuple(sorted({touch.article for touch in self.touches}))

    def by_state(self) -> dict[TouchState, dict[str, int]]:
        """Counts by state: all, the published ones among them, and by remedy."""
        table: dict[TouchState, dict[str, int]] = {}
        for state in STATES:
            here = [touch for touch in self.touches if touch.state == state]
            remedies = Counter(touch.remedy for touch in here)
            published = sum(touch.is_published for touch in here)
            table[state] = {"all": len(here), "published": published, **{name: remedies[name] for name in REMEDIES}}
        return table

    def memory(self) -> tuple[MemoryEntry, ...]:
        """The translations by persons to retire from the memory, each once, sorted by the Korean."""
        places: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        swaps: dict[tuple[str, str, str], str | None] = {}
        for touch in self.touches:
            if touch.is_human and touch.text and touch.remedy != "nothing":
                key = touch.segment.text, touch.lang, touch.text
                places.setdefault(key, []).append((touch.article, touch.segment.id))
                swaps[key] = touch.swapped if swaps.get(key, touch.swapped) == touch.swapped else None
        return tuple(MemoryEntry(*key, swaps[key], tuple(found)) for key, found in sorted(places.items()))


def impact(occurrences: Occurrences, old: Wording, new: Wording) -> Impact:
    """What the change from one glossary to another touches, exactly: as if every article were checked with both.

    The index must be up to date with the bitexts (`reannotate.refresh`, with any glossary). Where its rows were made
    with `old` or `new` they are used; a matcher is built only where a mention may have moved.
    """
    found = changes(old.glossary, new.glossary)
    reach = Reach.of(found, old.glossary, new.glossary)
    places = dict(reach.places(occurrences.streams()))
    renderings = _Renderings(old.glossary, new.glossary)
    touches: list[Touch] = []
    for article, document in occurrences.documents(places).items():
        passages = occurrences.passages(article, places[article])
        is_known = old.is_that_of(document) or new.is_that_of(document)
        pairs = zip(
            reannotate(document, passages, old, reach if is_known else None),
            reannotate(document, passages, new, reach if is_known else None),
            strict=True,
        )
        touches += [touch for before, after in pairs for touch in _touches(document, before, after, renderings)]
    return Impact(found, tuple(touches))


def _touches(document: Document, before: Passage, after: Passage, renderings: _Renderings) -> Iterator[Touch]:
    for old, new in zip(before.sides, after.sides, strict=True):
        if old.hints != new.hints:
            yield _touch(document, before.segment, old, new, renderings)


def _touch(document: Document, segment: Segment, old: Side, new: Side, renderings: _Renderings) -> Touch:
    translation = old.translation
    was, is_now = _findings(document, segment, old), _findings(document, segment, new)
    gained = tuple(finding for finding in is_now if finding not in was)
    swapped = None
    if gained and translation is not None and not is_stale(translation, segment):
        swapped = swap(old.text, old.lang, old.hints, new.hints, renderings.around(old, new))
    if swapped is not None and translation is not None:
        side = replace(new, translation=replace(translation, text=swapped))
        if not set(map(_about, _findings(document, segment, side))) <= set(map(_about, was)):
            swapped = None
    return Touch(
        article=document.article,
        segment=segment,
        lang=old.lang,
        text=old.text,
        state=translation.state if translation else "missing",
        is_human=translation is not None and translation.is_human,
        is_published=document.is_published,
        before=old.hints,
        after=new.hints,
        gained=gained,
        lost=tuple(finding for finding in was if finding not in is_now),
        remedy="nothing" if translation is None or not gained else "person" if swapped is None else "swap",
        swapped=swapped,
    )


def _findings(document: Document, segment: Segment, side: Side) -> tuple[Finding, ...]:
    """What the checks find and nobody dismissed."""
    found = run_checks(Pair(segment, side.lang, side.translation, side.hints))
    return tuple(finding for finding in found if finding.key(side.text) not in document.dismissed)


def _about(finding: Finding) -> tuple[str, str, str]:
    """What a finding says, wherever it stands in the text."""
    return finding.check, finding.about or finding.message, finding.severity


class _Renderings:
    """All renderings of two glossaries, looked through for those that contain another one."""

    def __init__(self, *glossaries: Glossary) -> None:
        self._glossaries = glossaries
        self._known: dict[str, tuple[tuple[str, str], ...]] = {}
        self._longer = lru_cache(maxsize=1 << 12)(self._longer_uncached)

    def around(self, old: Side, new: Side) -> set[str]:
        """Every rendering of a term, or of a promise of these sides, that contains one that is promised no more."""
        changed = {one for hint in old.hints if hint not in new.hints for one in hint.accepted}
        longer = {one for rendering in changed for one in self._longer(rendering, old.lang)}
        promised = {one for hint in (*old.hints, *new.hints) for one in hint.accepted}
        return longer | {one for one in promised if any(other in one and other != one for other in changed)}

    def _longer_uncached(self, rendering: str, lang: str) -> tuple[str, ...]:
        wanted = rendering.casefold()
        return tuple(one for folded, one in self._all(lang) if wanted in folded and wanted != folded)

    def _all(self, lang: str) -> tuple[tuple[str, str], ...]:
        """Each rendering in use, folded and as it is."""
        if lang not in self._known:
            terms = (t for glossary in self._glossaries for t in glossary.terms.values() if t.status != "deprecated")
            given = (renderings for term in terms if (renderings := term.renderings(lang)))
            every = dict.fromkeys(one for renderings in given for one in renderings.accepted)
            self._known[lang] = tuple((one.casefold(), one) for one in every)
        return self._known[lang]
