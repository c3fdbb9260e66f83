"""What a row of a review document went out with: its segment, and marks of the three texts that stood there.

The stamp stands in the ID cell, so it survives sorting, renaming, re-saving by another program and copying into
another document. Six hexadecimal digits: a changed text has the same mark once in 16 million times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.article import Bitext, Segment, fingerprint

DIGITS = 6
NOTHING = "-" * DIGITS  # there was no translation
STAMP = re.compile(
    rf"(?P<segment>s\d+)\s*\(?(?P<marks>(?:[0-9a-f]{{{DIGITS}}}|-{{{DIGITS}}})(?:\s*·\s*(?:[0-9a-f]{{{DIGITS}}}|-{{{DIGITS}}}))+)"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stamp read back: `of` marks the Korean, `bases` the translations in the order of the document's columns."""

    segment: str
    of: str
    bases: tuple[str | None, ...]


def marks(bitext: Bitext, segment: Segment, langs: Sequence[str]) -> str:
    """The marks of a row, Korean first: `3fa2c1·91bc02·------`."""
    have = (bitext.translation(segment.id, lang) for lang in langs)
    texts = [
        segment.text,
        *(translation.text if translation and translation.text.strip() else None for translation in have),
    ]
    return "·".join(NOTHING if text is None else fingerprint(text)[:DIGITS] for text in texts)


def read_stamp(cell: str) -> Stamp | None:
    """The stamp in an ID cell, `s12` and its marks with any white space or line break between; None without one."""
    match = STAMP.search(cell.lower())
    if match is None:
        return None
    of, *bases = (mark.strip() for mark in match["marks"].split("·"))
    return Stamp(match["segment"], of, tuple(None if base == NOTHING else base for base in bases))
