"""An article as it is set for readers in one language: title, attribution, notice, blocks. Formats only lay it out.

What a person wrote or approved is published as it is written: somebody has read just that line, and a program that
changes it afterwards would publish what nobody has read. The register is applied to drafts. Names, dates and the
attribution come from the metadata and the glossary, never from the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.article import Article, Block, BlockKind, Segment, Translation, flat
from pipeline.languages import SOURCE, TARGETS, Language
from pipeline.publication import Publication
from pipeline.register import HEADLINES, open_quotes, publishable, written_date

# Checks whose errors mean that the translation is no translation of the Korean: the Korean is shown in its place.
UNUSABLE = frozenset({"completeness", "output"})
NAMED = frozenset({"place", "person", "organisation", "work"})  # kinds of terms that are written as they are
UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a published text says around the article, in its language."""

    labels: dict[str, str]  # field of Meta → how its value is introduced
    joiner: str  # between the sentences of a paragraph
    unnamed: str = ""  # behind an attribution with names that the glossary does not have
    untranslated: str = "{}"  # in place of a sentence that has no usable translation
    unsure: str = "{}{}"  # after a sentence in which an error was found: the sentence, its Korean
    draft: str = ""  # over a text of which nothing was approved
    partly: str = ""  # over a text of which some was: how many sentences, of how many


WORDINGS = {
    "ko": Wording(
        labels={
            "source": "출처: {}",
            "publisher": "발행: {}",
            "author": "글: {}",
            "editor": "편집: {}",
            "photographer": "사진: {}",
        },
        joiner=" ",
    ),
    "zh": Wording(
        labels={
            "source": "来源：{}",
            "publisher": "发布：{}",
            "author": "作者：{}",
            "editor": "编辑：{}",
            "photographer": "摄影：{}",
        },
        joiner="",
        unnamed="朝鲜文名称暂无规范译名",
        untranslated="〔未译：{}〕",
        unsure="{}〔待核：{}〕",
        draft="机器翻译，未经人工审校。",
        partly="机器翻译，{total}句中有{done}句经人工审校。",
    ),
    "en": Wording(
        labels={
            "source": "Source: {}",
            "publisher": "Published by: {}",
            "author": "Author: {}",
            "editor": "Editor: {}",
            "photographer": "Photographer: {}",
        },
        joiner=" ",
        unnamed="Names in Korean have no agreed English form yet",
        untranslated="〔Not translated: {}〕",
        unsure="{} 〔To be checked: {}〕",
        draft="Machine translation, not reviewed by a person.",
        partly="Machine translation; {done} of {total} sentences were reviewed by a person.",
    ),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a published text: stretches of (text, language code), and whether it is a draft of the machine."""

    parts: tuple[tuple[str, str], ...]
    is_draft: bool = False
    joint: str = ""  # between this sentence and the next one

    @property
    def text(self) -> str:
        """The sentence as it reads."""
        return "".join(text for text, _ in self.parts)


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of the article in one language. Galleys of one publication have the same passages in the same order."""

    id: str
    kind: BlockKind
    sentences: tuple[Sentence, ...]
    depth: int = 1  # of a heading: 1 for the title, 2–6
    number: int | None = None  # of an item, as the source counts

    @property
    def text(self) -> str:
        """The block as it reads."""
        joints = [sentence.joint for sentence in self.sentences[:-1]] + [""]
        return "".join(sentence.text + joint for sentence, joint in zip(self.sentences, joints, strict=True))


@dataclass(frozen=True, slots=True)
class Galley:
    """One language of an article, ready to be laid out."""

    language: Language
    title: str  # never empty: the id of an article that has none
    attribution: str  # date, source, publisher and people, as far as they are known
    notice: str  # that it is a machine's work, "" where nothing of it is
    passages: tuple[Passage, ...]
    after_title: int = 0  # the attribution and the notice stand before this passage

    @property
    def is_partly_reviewed(self) -> bool:
        """Whether drafts stand between sentences of people, so that a reader has to be shown which they are."""
        return bool(self.notice) and self.notice != WORDINGS[self.language.code].draft


def galley(publication: Publication, lang: str) -> Galley:
    """The article in a language, `ko` for the original. No sentence is left out.

    One without a usable translation stands in Korean with a marker; one with an error that nobody approved, or
    whose Korean has changed since, is followed by its Korean. Control characters, which no page can show, are taken
    out.
    """
    article = publication.bitext.article
    names = _names(publication, lang)
    passages = [_passage(publication, block, lang, names) for block in article.blocks]
    if article.meta.title and all(block.kind != "title" for block in article.blocks):
        passages.insert(0, Passage("title", "title", (_korean(article.meta.title, lang),)))
    titles = [number for number, passage in enumerate(passages) if passage.kind == "title"]
    return Galley(
        {SOURCE.code: SOURCE, **TARGETS}[lang],
        passages[titles[0]].text if titles else printable(article.id),
        _attribution(publication, article, lang),
        _notice(publication, lang),
        tuple(passages),
        titles[0] + 1 if titles else 0,
    )


def printable(text: str) -> str:
    """A text on one line, without the characters that XML and HTML cannot hold."""
    return flat(UNPRINTABLE.sub("", text))


def _passage(publication: Publication, block: Block, lang: str, names: Iterable[str]) -> Passage:
    sentences, quotes = [], 0
    for segment in block.segments:
        sentence = _sentence(publication, block, segment, lang, quotes, tuple(names))
        quotes = open_quotes(sentence.parts[0][0], lang, quotes)
        sentences.append(sentence)
    number = re.search(r"(\d{1,9})[.)]", block.lead) if block.kind == "item" else None
    depth = 1 if block.kind == "title" else min(max(block.lead.count("#"), 2), 6)
    return Passage(block.id, block.kind, tuple(sentences), depth, int(number[1]) if number else None)


def _sentence(
    publication: Publication, block: Block, segment: Segment, lang: str, quotes: int, names: tuple[str, ...]
) -> Sentence:
    """A segment as a reader gets it, with a marker where its translation does not hold."""
    korean = printable(segment.text)
    if lang == SOURCE.code:
        return Sentence(((korean, lang),), joint=" " if segment.gap else "")
    joint = " " if block.kind in HEADLINES else WORDINGS[lang].joiner  # a space parts two lines of a Chinese headline
    translation = publication.bitext.translation(segment.id, lang)
    errors = {found.check for found in publication.findings_on(segment.id, lang) if found.severity == "error"}
    if translation is None or not printable(translation.text) or (errors & UNUSABLE and not translation.is_human):
        return _korean(korean, lang, joint)
    text = printable(translation.text)
    if not translation.is_human:
        text = publishable(text, lang, block.kind, depth=quotes, names=names)
    parts: tuple[tuple[str, str], ...] = ((text, lang),)
    is_stale = (segment.id, lang) in publication.stale  # approved, but as the translation of another sentence
    if is_stale or (errors and translation.state != "approved"):
        parts = _filled(WORDINGS[lang].unsure, (text, lang), (korean, SOURCE.code))
    return Sentence(parts, not translation.is_human, joint)


def _korean(text: str, lang: str, joint: str = "") -> Sentence:
    """The Korean in the place of a translation that is not there."""
    marker = "{}" if lang == SOURCE.code else WORDINGS[lang].untranslated
    return Sentence(_filled(marker, (printable(text), SOURCE.code), lang=lang), joint=joint)


def _filled(marker: str, *stretches: tuple[str, str], lang: str = "") -> tuple[tuple[str, str], ...]:
    """The words of a marker and the stretches between them; its words are in `lang`, or as the first stretch."""
    words = [(text, lang or stretches[0][1]) for text in marker.split("{}")]
    found = [words[0]]
    for stretch, word in zip(stretches, words[1:], strict=True):
        found += [stretch, word]
    return tuple((text, code) for text, code in found if text)


def _names(publication: Publication, lang: str) -> tuple[str, ...]:
    """The agreed renderings that a headline may not change."""
    found = (term.renderings(lang) for term in publication.terms.values() if term.kind in NAMED)
    return tuple(sorted({name for renderings in found if renderings for name in renderings.accepted}))


def _attribution(publication: Publication, article: Article, lang: str) -> str:
    """Date, source, publisher and people on one line, as far as they are known. Never from the model."""
    wording, meta = WORDINGS[lang], article.meta
    parts = [written_date(meta.date, lang)] if meta.date else []
    is_unnamed = False
    for name, label in wording.labels.items():
        korean = getattr(meta, name)
        if korean:
            agreed = _agreed(publication, korean, lang)
            is_unnamed |= agreed is None and _is_korean(korean)
            parts.append(label.format(agreed or flat(korean)))
    if is_unnamed and wording.unnamed:
        parts.append(wording.unnamed)
    return printable(" · ".join(parts))


def _agreed(publication: Publication, korean: str, lang: str) -> str | None:
    """The agreed rendering of a name, None for one that no term has."""
    for term in publication.terms.values():
        renderings = term.renderings(lang)
        if flat(korean) in term.ko and renderings and term.status != "deprecated":
            return renderings.preferred
    return None


def _is_korean(text: str) -> bool:
    return re.search("[가-힣]", text) is not None


def _notice(publication: Publication, lang: str) -> str:
    """How much of the text a person has reviewed; a person's own text and an approved one are."""
    if lang == SOURCE.code:
        return ""
    found = [publication.bitext.translation(segment.id, lang) for segment in publication.bitext.article.segments()]
    have: list[Translation] = [translation for translation in found if translation and flat(translation.text)]
    done = sum(translation.is_human for translation in have)
    if done == len(have):
        return ""
    wording = WORDINGS[lang]
    return wording.partly.format(done=done, total=len(found)) if done else wording.draft
