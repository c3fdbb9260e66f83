"""The one road by which people's work comes back: every edit is applied, found unchanged, or refused with a reason.

Formats read edits out of documents, the review page makes them; what becomes of them is decided here alone (law 3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.article import Bitext, Comment, Edit, Segment, State, Translation, fingerprint, flat

Outcome = Literal["applied", "unchanged", "refused"]
STATES: tuple[State, ...] = ("draft", "edited", "approved")  # a document raises a state, it never lowers one
LINE_BREAK = re.compile(r"[ \t]*[\r\n\v\f\u2028\u2029]+\s*")
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an edit. A refused one says why, and comes with what stands there now."""

    edit: Edit
    outcome: Outcome
    reason: str = ""
    source: str = ""  # the Korean as it is now, "" when the segment is gone
    current: str = ""  # the translation as it is now


def apply_edits(bitext: Bitext, edits: Sequence[Edit], at: str | None = None) -> tuple[Bitext, tuple[Verdict, ...]]:
    """The bitext with the edits in it, and a verdict for each in the same order. `at` is when, ISO 8601 in UTC.

    Refused, and nothing is lost: an edit of a segment that is not in the article; of a Korean text that has changed
    since; of a translation that has changed since; one of two that contradict each other; one that empties a text.
    What the person did not touch is unchanged, whatever has happened here meanwhile. Applying twice equals once.
    """
    segments = {segment.id: segment for segment in bitext.article.segments()}
    gone = {item.segment.id for item in bitext.removed}
    contested = _contested(edits)
    changed: dict[tuple[str, str], Translation] = {}
    verdicts = []
    for edit in edits:
        key = edit.segment, edit.lang
        have = changed.get(key) or bitext.translation(*key)
        segment = segments.get(edit.segment)
        current = have.text if have else ""
        if segment is None:
            where = "has left the article" if edit.segment in gone else "is not in this article"
            verdicts.append(Verdict(edit, "refused", f"Segment {edit.segment} {where}."))
            continue
        if _is_untouched(edit, have):
            verdicts.append(Verdict(edit, "unchanged", source=segment.text, current=current))
            continue
        reason = _objection(edit, segment, have, is_contested=key in contested)
        if reason:
            verdicts.append(Verdict(edit, "refused", reason, segment.text, current))
            continue
        changed[key] = _edited(edit, segment, have, at)
        verdicts.append(Verdict(edit, "applied", source=segment.text, current=changed[key].text))
    return bitext.with_translations(changed) if changed else bitext, tuple(verdicts)


def add_comments(bitext: Bitext, comments: Iterable[Comment]) -> tuple[Bitext, int]:
    """The bitext with the comments that it does not have yet, and how many those are."""
    known = {_identity(comment) for comment in bitext.comments}
    new = []
    for comment in comments:
        if comment.text.strip() and _identity(comment) not in known:
            known.add(_identity(comment))
            new.append(comment)
    return replace(bitext, comments=(*bitext.comments, *new)) if new else bitext, len(new)


def _identity(comment: Comment) -> tuple[str, str, str, str]:
    return comment.segment, comment.lang, flat(comment.text), comment.by


def _contested(edits: Sequence[Edit]) -> set[tuple[str, str]]:
    """Translations for which two edits say different things; what a person did not touch says nothing."""
    said: dict[tuple[str, str], set[tuple[str, str | None]]] = {}
    for edit in edits:
        if edit.base is None and not edit.text.strip():
            continue
        if not _is_same(edit.base, edit.text) or edit.state not in (None, "draft"):
            said.setdefault((edit.segment, edit.lang), set()).add((flat(edit.text), edit.state))
    return {key for key, texts in said.items() if len(texts) > 1}


def _is_untouched(edit: Edit, have: Translation | None) -> bool:
    """Whether the person left the text as it went out, or says what stands there already."""
    if not edit.text.strip() and (have is None or edit.base is None):  # it went out empty
        return True
    if have is None:
        return False
    if flat(edit.text) == flat(have.text):
        return STATES.index(edit.state or "draft") <= STATES.index(have.state)  # not even confirmed
    return _is_same(edit.base, edit.text) and edit.state in (None, "draft")


def _objection(edit: Edit, segment: Segment, have: Translation | None, *, is_contested: bool) -> str:
    """Why the edit cannot be applied, "" when it can."""
    if is_contested:
        return "The file has this segment more than once, with different texts. Keep one."
    if not edit.text.strip():
        return "The text was emptied. A translation is replaced, not deleted."
    if edit.of is not None and not _is_same(edit.of, segment.text):
        return "The Korean has changed since this file was made."
    if have is not None and flat(edit.text) == flat(have.text):
        return ""  # only the state is another one
    seen = None if have is None else have.text
    if seen is None and edit.base is None:
        return ""
    if seen is None or edit.base is None or not _is_same(edit.base, seen):
        return "The translation has changed since this file was made."
    return ""


def _is_same(mark: str | None, text: str) -> bool:
    """Whether a fingerprint, or its beginning, stands for a text."""
    return mark is not None and len(mark) >= 6 and fingerprint(text).startswith(mark)


def _edited(edit: Edit, segment: Segment, have: Translation | None, at: str | None) -> Translation:
    is_new_text = have is None or flat(edit.text) != flat(have.text)
    if have is None:
        have = Translation(edit.segment, edit.lang, "", fingerprint(segment.text), origin="human")
    machine = have.text if have.origin == "machine" and is_new_text and have.text else have.machine
    return replace(
        have,
        text=_on_one_line(edit.text) if is_new_text else have.text,
        of=fingerprint(segment.text),
        origin="human" if is_new_text else have.origin,
        by=edit.by or ("reviewer" if is_new_text else have.by),
        state=max("edited", edit.state or "draft", key=STATES.index),
        score=None if is_new_text else have.score,
        machine=machine,
        at=edit.at or at,
    )


def _on_one_line(text: str) -> str:
    """A segment is one line: a line break is a space, between Chinese characters nothing.

    >>> _on_one_line("沈阳\\n港口"), _on_one_line(" the port\\nof Dalian ")
    ('沈阳港口', 'the port of Dalian')
    """

    def joined(match: re.Match[str]) -> str:
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        return "" if CHINESE.match(before) and CHINESE.match(after) else " "

    text = text.strip()
    return LINE_BREAK.sub(joined, text)
