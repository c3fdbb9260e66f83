"""Checks look at one finished pair and yield findings. One file a topic, one line in CHECKS.

A check's docstring is the text shown by `daeyeok checks` and by the page's "why?".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from pipeline.article import Finding, Hint, Segment, Translation


@dataclass(frozen=True, slots=True)
class Pair:
    """A segment and its translation as a check sees them; `translation` is None where there is none."""

    segment: Segment
    lang: str
    translation: Translation | None
    hints: tuple[Hint, ...] = ()  # what glossary and glosses promise for this segment today

    @property
    def source(self) -> str:
        """The Korean."""
        return self.segment.text

    @property
    def text(self) -> str:
        """The translation, "" where there is none."""
        return self.translation.text if self.translation else ""


class Check(Protocol):
    """A generator over one pair."""

    __name__: str
    __doc__: str | None

    def __call__(self, pair: Pair) -> Iterator[Finding]: ...
