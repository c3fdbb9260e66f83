"""What the columns of a review table hold, told by their headings: people move columns, remove and add some."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.article import flat
from pipeline.languages import SOURCE, TARGETS

ID, REMARK, OTHER = "id", "remark", ""  # roles of columns; the others are codes of languages
ID_HEADING, REMARK_HEADING = "ID", "비고 / comment"
REMARKS = ("비고", "备注", "備考", "comment", "remark")
LONGEST = 40  # characters of a heading, with the order of the marks or a note that somebody put behind it
ORDER = re.compile(rf"(?<![a-z]){SOURCE.code}((?:\s*·\s*[a-z]{{2}}(?![a-z]))+)")


def order_of(targets: Sequence[str]) -> str:
    """How a document says which texts the marks of a stamp stand for, in order: `ko·zh·en`."""
    return "·".join((SOURCE.code, *targets))


def read_order(text: str) -> tuple[str, ...] | None:
    """The targets in such a statement; None where there is none.

    >>> read_order("ID ko·zh·en")
    ('zh', 'en')
    """
    match = ORDER.search(text)
    return tuple(code.strip() for code in match[1].split("·")[1:]) if match else None


def roles(heads: Sequence[str]) -> tuple[str, ...] | None:
    """The role of each column: ID, REMARK, the code of a language, or OTHER. None for a row that is no heading.

    >>> roles(["ID", "English (final)", "한국어", "2차 교정"])
    ('id', 'en', 'ko', '')
    """
    found = tuple(map(_role, heads))
    return found if len({role for role in found if role != OTHER}) >= 2 else None


def _role(head: str) -> str:
    text = flat(head).casefold()
    if len(text) > LONGEST:
        return OTHER
    if re.match(r"(?:id|번호)(?![^\W_])", text):
        return ID
    for language in (SOURCE, *TARGETS.values()):
        is_named = any(name.casefold() in text for name in (language.name, language.english))
        if is_named or text in (language.code, language.tag.casefold()):
            return language.code
    return REMARK if any(name in text for name in REMARKS) else OTHER
