"""Check: every segment has a translation, and it is one of today's Korean."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.article import Finding, Severity, fingerprint
from pipeline.checks import Pair


def check(pair: Pair) -> Iterator[Finding]:
    """Every sentence has a translation, and the Korean has not changed since it was made.

    Error: there is no translation, or it is empty.
    Warning: the Korean was changed afterwards, for example 102항 became 103항 when the article was read again; a
    person's translation is kept then, and should be looked at.
    """
    if pair.translation is None:
        yield _finding(pair, "error", "missing", "Not translated yet.")
    elif not pair.text.strip():
        yield _finding(pair, "error", "empty", "The translation is empty.")
    elif pair.translation.of != fingerprint(pair.source):
        yield _finding(pair, "warning", "stale", "The Korean has changed since this was translated.")


def _finding(pair: Pair, severity: Severity, about: str, message: str) -> Finding:
    return Finding("completeness", pair.segment.id, pair.lang, message, severity, about=about)
