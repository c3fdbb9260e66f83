"""The trilingual review page: one HTML file that needs nothing else, one row a segment, no script.

Here the page's values are made (rows, promises, counts); how they look is in review.html.j2 and review.css.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from pipeline.article import SEVERITIES, Article, Block, Finding, Gloss, Hint, Mention, Segment, Translation
from pipeline.hints import APOSTROPHES, ARTICLES, WORD, english_words, fold_chinese, is_honoured
from pipeline.languages import SOURCE, TARGETS, Language
from pipeline.publication import Publication
from pipeline.terms import Term

COLOURS = 6  # as many as review.css has: a row with more promises begins again with the first

LABELS = {  # of the metadata, in the order of the page
    "date": "Date",
    "publisher": "Publisher",
    "source": "Source",
    "author": "Author",
    "editor": "Editor",
    "photographer": "Photographer",
    "url": "Address",
    "file": "File",
    "encoding": "Encoding",
}

# A browser would drop or misread control characters; each is shown by its picture, what has none as U+FFFD.
VISIBLE = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"}
VISIBLE |= dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], 0xFFFD) | {0x7F: 0x2421}


@dataclass(frozen=True, slots=True)
class Promise:
    """A stretch of the Korean for which renderings are known; `asked` says for each language what was kept."""

    start: int
    end: int
    text: str
    colour: int
    terms: tuple[Term, ...]
    asked: Mapping[str, tuple[tuple[Hint, bool], ...]]  # language code → hints, each with whether it is honoured

    @property
    def outcome(self) -> str:
        """One word for the style: missed, kept, or open where nothing is asked."""
        kept = [is_kept for asked in self.asked.values() for _, is_kept in asked]
        return "open" if not kept else "kept" if all(kept) else "missed"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to be shown on a stretch of text: CSS classes and, in the Korean, what the tooltip tells."""

    start: int
    end: int
    style: str
    promise: Promise | None = None
    gloss: Gloss | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring pieces of text, (text, CSS classes), that one tooltip belongs to, or none."""

    pieces: tuple[tuple[str, str], ...]
    promise: Promise | None = None
    gloss: Gloss | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One translation: its text in marked runs, where it comes from, and what is to be looked at."""

    language: Language
    runs: tuple[Run, ...]
    translation: Translation | None
    is_stale: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One segment with its translations, and the promises that stand in it."""

    segment: Segment
    runs: tuple[Run, ...]
    promises: tuple[Promise, ...]
    cells: tuple[Cell, ...]
    other: tuple[Finding, ...]  # findings on no target language of ours

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is to be looked at in this row."""
        return (*self.other, *(finding for cell in self.cells for finding in cell.findings))


@dataclass(frozen=True, slots=True)
class Count:
    """One language in the summary. Row lists hold a segment id once, in reading order."""

    language: Language
    segments: int
    translated: int
    states: Mapping[str, int]  # draft, edited, approved
    stale: tuple[str, ...]
    asked: int
    honoured: int
    missed: Mapping[str, tuple[str, ...]]  # the Korean → segment ids
    findings: Mapping[str, tuple[str, ...]]  # severity → segment ids
    untranslated: tuple[str, ...]


def write(publication: Publication) -> bytes:
    """The whole page as UTF-8. Everything that comes from outside is escaped; the same publication, the same bytes."""
    article = publication.bitext.article
    blocks = [(block, [_row(publication, segment) for segment in block.segments]) for block in article.blocks]
    rows = [row for _, block_rows in blocks for row in block_rows]
    targets = [TARGETS[lang] for lang in publication.targets]
    style = _style()
    html = _template().render(
        article=article,
        heading=_titles(publication),
        metadata=[(LABELS[name], value) for name in LABELS if (value := getattr(article.meta, name))],
        publication=publication,
        source=SOURCE,
        targets=targets,
        languages={language.code: language for language in (SOURCE, *TARGETS.values())},
        severities=SEVERITIES[::-1],
        blocks=blocks,
        counts=[_count(language, number, rows) for number, language in enumerate(targets)],
        has_findings=any(row.findings for row in rows),
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        is_address=_is_address,
    )
    return html.translate(VISIBLE).encode()


def _row(publication: Publication, segment: Segment) -> Row:
    promises = _promises(publication, segment)
    on_it = [finding for finding in publication.findings if finding.segment == segment.id]
    return Row(
        segment,
        _runs(segment.text, _source_marks(promises, publication.glosses.get(segment.id, ()))),
        promises,
        tuple(_cell(publication, segment, TARGETS[lang], promises) for lang in publication.targets),
        tuple(finding for finding in on_it if finding.lang not in publication.targets),
    )


def _cell(publication: Publication, segment: Segment, language: Language, promises: Sequence[Promise]) -> Cell:
    translation = publication.bitext.translation(segment.id, language.code)
    text = translation.text if translation else ""
    findings = sorted(
        publication.findings_on(segment.id, language.code), key=lambda finding: -SEVERITIES.index(finding.severity)
    )
    marks = [
        Mark(finding.start, finding.end, f"spot {finding.severity}")
        for finding in findings
        if finding.start is not None and finding.end is not None
    ]
    for promise in promises:
        for hint, _ in promise.asked.get(language.code, ()):
            marks += [Mark(start, end, f"c{promise.colour}") for start, end in _places(hint, text, language.code)]
    is_stale = (segment.id, language.code) in publication.stale
    return Cell(language, _runs(text, marks), translation, is_stale, tuple(findings))


def _promises(publication: Publication, segment: Segment) -> tuple[Promise, ...]:
    """Mentions and hints of a segment brought together: where several lie over one another, the longest holds all."""
    mentions = publication.mentions.get(segment.id, ())
    hints = {lang: publication.hints.get((segment.id, lang), ()) for lang in publication.targets}
    texts = {lang: _text(publication, segment, lang) for lang in publication.targets}
    colours: dict[object, int] = {}
    promises = []
    for start, end in _widest([*mentions, *(hint for asked in hints.values() for hint in asked)]):
        here = [mention for mention in mentions if mention.start < end and mention.end > start]
        asked = {
            lang: tuple(
                (hint, is_honoured(hint, texts[lang], lang)) for hint in asked if hint.start < end and hint.end > start
            )
            for lang, asked in hints.items()
        }
        text = segment.text[start:end]
        subject = tuple(dict.fromkeys(mention.term for mention in here)) or text
        colour = colours.setdefault(subject, len(colours) % COLOURS + 1)
        terms = dict.fromkeys(mention.term for mention in here if mention.term in publication.terms)
        promises.append(Promise(start, end, text, colour, tuple(publication.terms[term] for term in terms), asked))
    return tuple(promises)


def _widest(stretches: Sequence[Mention | Hint]) -> list[tuple[int, int]]:
    """The spans that lie in no other, in order; of two that cross, the longer one."""
    chosen: list[tuple[int, int]] = []
    for start, end in sorted({(s.start, s.end) for s in stretches}, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= taken_start or start >= taken_end for taken_start, taken_end in chosen):
            chosen.append((start, end))
    return sorted(chosen)


def _source_marks(promises: Sequence[Promise], glosses: Sequence[Gloss]) -> list[Mark]:
    marks = [Mark(p.start, p.end, f"term c{p.colour} {p.outcome}", promise=p) for p in promises]
    for gloss in glosses:
        marks.append(Mark(gloss.start, gloss.end, "glossed"))
        marks.append(Mark(gloss.end, gloss.outer_end, "gloss", gloss=gloss))
    return marks


def _runs(text: str, marks: Sequence[Mark]) -> tuple[Run, ...]:
    """The text cut where a mark begins or ends. Pieces join to the text; a mark outside of it is left out."""
    marks = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    edges = sorted({0, len(text), *(edge for mark in marks for edge in (mark.start, mark.end))})
    runs: list[Run] = []
    for start, end in pairwise(edges):
        here = [mark for mark in marks if mark.start <= start and end <= mark.end]
        owner = next((mark for mark in here if mark.promise or mark.gloss), None)
        promise, gloss = (owner.promise, owner.gloss) if owner else (None, None)
        piece = text[start:end], " ".join(dict.fromkeys(" ".join(mark.style for mark in here).split()))
        if runs and owner and runs[-1].promise is promise and runs[-1].gloss is gloss:
            runs[-1] = Run((*runs[-1].pieces, piece), promise, gloss)
        else:
            runs.append(Run((piece,), promise, gloss))
    return tuple(runs)


def _places(hint: Hint, text: str, lang: str) -> Iterator[tuple[int, int]]:
    """Where a promised rendering stands in a translation: of the accepted forms the longest that is found.

    The same folding as in `is_honoured`, kept with its offsets, so that what is honoured is also seen.
    """
    pieces = _characters(text) if lang == "zh" else _words(text)
    found = [piece for piece, _, _ in pieces]
    for rendering in sorted(hint.accepted, key=len, reverse=True):
        wanted = [piece for piece, _, _ in (_characters(rendering) if lang == "zh" else _words(rendering))]
        size = len(wanted)
        starts = [at for at in range(len(found) - size + 1) if size and found[at : at + size] == wanted]
        if starts:
            yield from ((pieces[at][1], pieces[at + size - 1][2]) for at in starts)
            return


def _characters(text: str) -> list[tuple[str, int, int]]:
    """The folded characters of a Chinese text, each with the span that it comes from."""
    return [(piece, at, at + 1) for at, character in enumerate(text) for piece in fold_chinese(character)]


def _words(text: str) -> list[tuple[str, int, int]]:
    """The folded words of an English text without articles, each with the span that it comes from."""
    words = [
        (english_words(match[0]), match.start(), match.end()) for match in WORD.finditer(text.translate(APOSTROPHES))
    ]
    return [(folded[0], start, end) for folded, start, end in words if folded and folded[0] not in ARTICLES]


def _text(publication: Publication, segment: Segment, lang: str) -> str:
    translation = publication.bitext.translation(segment.id, lang)
    return translation.text if translation else ""


def _count(language: Language, number: int, rows: Sequence[Row]) -> Count:
    cells = [(row.segment.id, row.cells[number]) for row in rows]
    done = {name: cell.translation for name, cell in cells if cell.translation and cell.translation.text.strip()}
    asked = [
        (row.segment.id, promise.text, is_kept)
        for row in rows
        for promise in row.promises
        for _, is_kept in promise.asked.get(language.code, ())
    ]
    missed = [(name, text) for name, text, is_kept in asked if not is_kept]
    return Count(
        language,
        segments=len(rows),
        translated=len(done),
        states={state: sum(t.state == state for t in done.values()) for state in ("draft", "edited", "approved")},
        stale=tuple(name for name, cell in cells if cell.is_stale),
        asked=len(asked),
        honoured=sum(is_kept for *_, is_kept in asked),
        missed={text: tuple(dict.fromkeys(name for name, other in missed if other == text)) for _, text in missed},
        findings={
            severity: tuple(name for name, cell in cells if any(f.severity == severity for f in cell.findings))
            for severity in SEVERITIES
        },
        untranslated=tuple(name for name, _ in cells if name not in done),
    )


def _titles(publication: Publication) -> list[tuple[Language, str]]:
    """The title in Korean, then each translation of it that there is. An article without a title shows its id."""
    article: Article = publication.bitext.article
    block: Block | None = next((block for block in article.blocks if block.kind == "title"), None)
    korean = article.meta.title or (block.text.strip() if block else "") or article.id
    titles = [(SOURCE, korean)]
    for lang in publication.targets:
        words = [_text(publication, segment, lang) for segment in block.segments] if block else []
        if any(words):
            titles.append((TARGETS[lang], " ".join(filter(None, words))))
    return titles


def _is_address(text: str) -> bool:
    """Only web addresses become links: an article may not bring a `javascript:` link into the page."""
    return re.fullmatch(r"https?://[^\s\"'<>]+", text, re.IGNORECASE) is not None


def _style() -> str:
    return Path(__file__).with_name("review.css").read_text("utf-8").strip()


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(Path(__file__).with_name("review.html.j2").read_text("utf-8"))
