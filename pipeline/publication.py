"""Everything a document needs to know about an article, computed once, so that the writers are pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.article import Bitext, Finding, Gloss, Hint, Mention
from pipeline.languages import TARGETS
from pipeline.terms import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A bitext with what is known about it today. The same publication gives the same bytes in every format.

    Segments without mentions, glosses or hints may be left out of the mappings. `terms` holds at least every term
    that is mentioned, and those that name the publisher, the source and the people of the metadata.
    """

    bitext: Bitext
    hints: Mapping[tuple[str, str], tuple[Hint, ...]]  # (segment id, language code) → what glossary and glosses promise
    mentions: Mapping[str, tuple[Mention, ...]] = field(default_factory=dict)  # by segment id
    glosses: Mapping[str, tuple[Gloss, ...]] = field(default_factory=dict)  # by segment id
    terms: Mapping[str, Term] = field(default_factory=dict)  # by term id
    findings: tuple[Finding, ...] = ()  # those that nobody dismissed
    stale: frozenset[tuple[str, str]] = frozenset()  # (segment id, language code): Korean changed under a person's work
    targets: tuple[str, ...] = tuple(TARGETS)  # language codes of the columns, in order
    engine: str = ""  # signature of the engine of the last run

    def findings_on(self, segment: str, lang: str) -> Iterator[Finding]:
        """What is to be looked at in one translation, in the order of the checks."""
        return (finding for finding in self.findings if (finding.segment, finding.lang) == (segment, lang))
