"""What a run tells: how it goes on, and what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.hints import is_honoured
from pipeline.publication import Publication


class Reporter(Protocol):
    """Who is told how a run goes on."""

    def start(self, articles: int, segments: int) -> None:
        """Translating begins: so many articles, so many segments × languages."""

    def advance(self, segments: int) -> None:
        """So many more are done."""

    def note(self, message: str) -> None:
        """Something the user should know at once."""


@dataclass
class Summary:
    """What a run did. Counts of segments are per language: one segment into zh and en counts twice."""

    articles: int = 0  # read or found unchanged
    unchanged: int = 0  # nothing to do
    set_aside: list[tuple[str, str]] = field(default_factory=list)  # file, reason
    translated: int = 0  # asked of the engine (in a dry run: would be)
    reused: int = 0  # kept from before, or known from an earlier run
    failed: int = 0  # without a usable translation
    asked: int = 0  # terms
    honoured: int = 0
    steps: Counter[str] = field(default_factory=Counter)  # what honoured the terms of this run's translations → count
    findings: Counter[str] = field(default_factory=Counter)  # severity → count

    @property
    def missed(self) -> int:
        """Terms asked for that the translation does not contain."""
        return self.asked - self.honoured


def counts(publication: Publication, targets: Iterable[str]) -> dict[str, int]:
    """The numbers of an article that status and summary show: segments, terms, findings, states."""
    bitext = publication.bitext
    found: Counter[str] = Counter(segments=sum(1 for _ in bitext.article.segments()), stale=len(publication.stale))
    found.update(dict.fromkeys(("asked", "honoured", "error", "warning", "info", "draft", "edited", "approved"), 0))
    found.update(finding.severity for finding in publication.findings)
    found.update(translation.state for translation in bitext.translations if translation.lang in targets)
    for (segment, lang), hints in publication.hints.items():
        have = bitext.translation(segment, lang)
        found["asked"] += len(hints)
        found["honoured"] += sum(is_honoured(hint, have.text if have else "", lang) for hint in hints)
    return dict(found)
