"""Formats read articles, write documents, and read back what people changed in them.

One file a format, all directions in the same file. What a format reads back is a `Returned`; what becomes of it is
decided in `pipeline.edits`, the same for every format.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.article import Comment, Edit


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a returned document that cannot be an edit: where it stands, what is wrong, the text as it stands."""

    place: str  # “row 14”
    message: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """Everything a person sent back in one document, touched or not; nothing in it is left out."""

    article: str | None  # id of the article, None where the document does not say
    edits: tuple[Edit, ...] = ()
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()
