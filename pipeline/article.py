"""The values everything else is a function of: an article, its translations, and what is said about them.

All of them are frozen; a change returns a new value. Offsets are in characters (Python `str` indices).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

BlockKind = Literal["title", "heading", "paragraph", "item", "quote", "caption", "byline"]
Origin = Literal["machine", "memory", "human"]
State = Literal["draft", "edited", "approved"]
Severity = Literal["error", "warning", "info"]
HintReason = Literal["glossary", "gloss", "memory"]

SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, exactly as it stands in the source, and the white space after it."""

    id: str
    text: str
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, title, heading …: `lead` (indent, list mark), then segments that join to the exact text."""

    id: str
    kind: BlockKind
    segments: tuple[Segment, ...]
    lead: str = ""
    start: int = 0  # offset in the decoded file, so that blocks and dropped lines join to it again

    @property
    def text(self) -> str:
        """The block as it stands in the file, lead and gaps included."""
        return self.lead + "".join(segment.text + segment.gap for segment in self.segments)


@dataclass(frozen=True, slots=True)
class DroppedLine:
    """A stretch of the file that is not part of the article, and why: site furniture, or `read as date`."""

    line: int  # 1-based
    text: str  # raw, with its line end and the empty lines after it
    reason: str
    start: int = 0

    @property
    def is_read(self) -> bool:
        """True for a line whose content went into the metadata: it was read, not lost."""
        return self.reason.startswith("read as")


@dataclass(frozen=True, slots=True)
class Meta:
    """What the article says of itself. Unknown stays None; nothing is guessed."""

    title: str | None = None
    date: str | None = None  # ISO 8601 with offset, 2022-09-22T13:36:42+08:00, or a date alone, 2022-09-22
    publisher: str | None = None
    source: str | None = None
    author: str | None = None
    editor: str | None = None
    photographer: str | None = None
    url: str | None = None
    file: str | None = None  # path below input/, with forward slashes
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article: its blocks in reading order, its metadata, and every line that is not in it with the reason."""

    id: str
    blocks: tuple[Block, ...]
    meta: Meta = Meta()
    dropped: tuple[DroppedLine, ...] = ()

    def segments(self) -> Iterator[Segment]:
        """All segments in reading order."""
        for block in self.blocks:
            yield from block.segments

    def source_text(self) -> str:
        """The decoded file, character for character, put together again from blocks and dropped lines (law 1)."""
        pieces = [(block.start, block.text) for block in self.blocks]
        pieces += [(line.start, line.text) for line in self.dropped]
        return "".join(text for _, text in sorted(pieces, key=lambda piece: piece[0]))


@dataclass(frozen=True, slots=True)
class Gloss:
    """An inline Chinese gloss, 림공항경제구(临空经济区): `start`–`end` is the Korean span that it glosses.

    `outer_end` is the offset just after the closing bracket; `zh` is simplified, `written` as it stands.
    """

    start: int
    end: int
    outer_end: int
    ko: str
    zh: str
    written: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A term that stands in a segment at `start`–`end`, with the spelling found there."""

    start: int
    end: int
    term: str  # Term.id
    spelling: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A promise: the Korean span `start`–`end` is to be rendered by `text` (or by one of `admitted`)."""

    start: int
    end: int
    text: str
    why: HintReason
    admitted: tuple[str, ...] = ()
    term: str | None = None
    forbidden: tuple[str, ...] = ()  # renderings that are never to be used for it

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every rendering that keeps the promise, the preferred one first."""
        return (self.text, *self.admitted)


@dataclass(frozen=True, slots=True)
class Translation:
    """The text of one segment in one language, where it came from, and what was asked of it."""

    segment: str
    lang: str
    text: str
    of: str  # fingerprint() of the Korean it translates; another one now means: stale
    origin: Origin = "machine"
    by: str = ""  # engine signature, or the person
    state: State = "draft"
    score: float | None = None  # mean log-probability per token, 0 is certain
    hints: tuple[Hint, ...] = ()  # what was asked; whether it was honoured is checked on the text
    machine: str | None = None  # what the machine had written, under a person's text
    at: str | None = None  # when a person last changed it, ISO 8601 in UTC

    @property
    def is_human(self) -> bool:
        """True when a person wrote or approved it: no machine run changes it (law 2)."""
        return self.origin == "human" or self.state != "draft"


@dataclass(frozen=True, slots=True)
class Removed:
    """A segment that left the article although people had worked on it: kept, and given back when it returns."""

    segment: Segment
    translations: tuple[Translation, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at. `key` is stable until the text changes, so a dismissal lasts that long."""

    check: str
    segment: str
    lang: str
    message: str
    severity: Severity
    start: int | None = None  # in the translation
    end: int | None = None
    suggestion: str | None = None
    about: str = ""  # what it is about (the term, the number): part of the key, the message is not

    def key(self, text: str) -> str:
        """Identity of the finding on this text of the translation."""
        return fingerprint("\x1f".join((self.check, self.segment, self.lang, self.about, text)))


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person says about a segment, or about its translation into one language."""

    segment: str
    lang: str  # "" when it is about the segment
    text: str
    by: str = ""
    at: str | None = None  # ISO 8601


@dataclass(frozen=True, slots=True)
class Edit:
    """A translation as a person sent it back, touched or not, and what that person had seen.

    `base` stands for the translation and `of` for the Korean in the document that went out: beginnings of
    `fingerprint()`, at least six digits. None: there was no translation; nothing is known of the Korean.
    """

    segment: str
    lang: str
    text: str
    base: str | None
    of: str | None = None
    state: State | None = None  # None: edited if the text is another one, else as it was
    by: str = ""
    place: str = ""  # where it stood, for messages: “row 14”
    at: str | None = None  # when it was made, ISO 8601, where the document says so


@dataclass(frozen=True, slots=True)
class Bitext:
    """An article with its translations: the whole truth about it, one JSON file on disk."""

    article: Article
    translations: tuple[Translation, ...] = ()
    removed: tuple[Removed, ...] = ()
    dismissed: tuple[str, ...] = ()  # Finding.key()
    comments: tuple[Comment, ...] = ()  # in the order in which they came; they stay when their segment leaves
    revision: int = 0
    last_id: int = 0  # the highest segment number ever given; ids are never given twice

    _index: dict[tuple[str, str], Translation] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    def translation(self, segment: str, lang: str) -> Translation | None:
        """The translation of a segment into a language, if there is one."""
        if not self._index and self.translations:
            self._index.update({(t.segment, t.lang): t for t in self.translations})
        return self._index.get((segment, lang))

    def with_translations(self, changed: dict[tuple[str, str], Translation]) -> Bitext:
        """The same bitext with these translations added or replaced, in reading order, ko→zh before ko→en.

        A person's translation is never replaced by a machine's (law 2): such an entry raises ValueError.
        """
        merged = {(t.segment, t.lang): t for t in self.translations}
        for key, new in changed.items():
            old = merged.get(key)
            if old is not None and old.is_human and not new.is_human:
                raise ValueError(f"a machine translation may not replace the work on {key}")
            merged[key] = new
        order = {segment.id: number for number, segment in enumerate(self.article.segments())}
        languages = {"zh": 0, "en": 1}
        kept = sorted(
            (t for t in merged.values() if t.segment in order),
            key=lambda t: (order[t.segment], languages.get(t.lang, 9), t.lang),
        )
        return replace(self, translations=tuple(kept))


def fingerprint(text: str) -> str:
    """Sixteen hexadecimal digits that stand for a text; white space runs count as one space.

    >>> fingerprint("심양은  료녕에") == fingerprint("심양은 료녕에")
    True
    """
    return hashlib.sha256(flat(text).encode(errors="surrogatepass")).hexdigest()[:16]


def flat(text: str) -> str:
    """A text on one line: every run of white space (NO-BREAK SPACE and line ends too) is one space."""
    return re.sub(r"\s+", " ", text).strip()
