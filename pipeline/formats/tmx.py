"""TMX 1.4b, for translation memories: what people have approved, one unit a Korean sentence with its translations.

Languages are written as everywhere in what we publish, `ko-CN`, `zh-Hans`, `en`; a tool that knows only regions gets
others. Translation memories are read for training, in `train.corpus`. What the names mean: TMX 1.4b Specification.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from lxml import etree

from pipeline import __version__
from pipeline.article import Segment, State, Translation, fingerprint, flat
from pipeline.languages import SOURCE, TARGETS
from pipeline.publication import Publication

XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
REGIONAL = {"ko": "ko-KR", "zh": "zh-CN", "en": "en-US"}  # for tools that refuse the script in zh-Hans or ko-CN
MOST_PLACES = 20  # of one pair that are named; a formula stands in every second article

# What XML 1.0 cannot hold, not even as a reference: control characters, lone surrogates, U+FFFE and U+FFFF.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a sentence stands, and the Korean before and after it, "" at the ends of the article."""

    article: str
    segment: str
    before: str
    after: str


@dataclass(slots=True)
class _Pair:
    """A Korean sentence, its translations by language, and every place where it is translated so."""

    korean: str
    translations: dict[str, Translation]
    places: list[_Place] = field(default_factory=list)

    def takes(self, translations: Mapping[str, Translation]) -> bool:
        """Whether these translations say nothing else where both say something, and have a language in common."""
        common = self.translations.keys() & translations.keys()
        return bool(common) and all(
            flat(self.translations[lang].text) == flat(translations[lang].text) for lang in common
        )


def write(
    publications: Iterable[Publication],
    langs: Sequence[str],
    only: Sequence[State] = ("approved",),
    tags: Mapping[str, str] | None = None,
) -> bytes:
    """The translations of many articles into these languages as one memory, valid against the DTD of TMX 1.4.

    `only` are the states that go in. Left out is what is empty and what the Korean has changed under. A sentence that
    is translated alike in several places is one unit that names them; one that is translated differently is several,
    each with the sentences around it as OmegaT (`prev`, `next`) and memoQ (`x-context-pre`, `x-context-post`) know
    them. Who changed a translation, and when, are those of the latest. `tags` are other codes for the languages, as
    in REGIONAL. The same publications give the same bytes.
    """
    tags = {SOURCE.code: SOURCE.tag, **{code: language.tag for code, language in TARGETS.items()}, **(tags or {})}
    root = etree.Element("tmx", {"version": "1.4"})
    header = {"creationtool": "Daeyeok", "creationtoolversion": __version__, "segtype": "sentence", "o-tmf": "Daeyeok"}
    header |= {"adminlang": "en", "srclang": tags[SOURCE.code], "datatype": "plaintext"}
    etree.SubElement(root, "header", header)
    body = etree.SubElement(root, "body")
    for pair in _pairs(publications, langs, only):
        _add_unit(body, pair, langs, tags)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def _pairs(publications: Iterable[Publication], langs: Sequence[str], only: Sequence[State]) -> list[_Pair]:
    """What goes in, in the order in which it is met, the same pair once."""
    pairs: list[_Pair] = []
    known: dict[str, list[_Pair]] = {}
    for publication in publications:
        for place, segment in _placed(publication):
            translations = dict(_translations(publication, segment, langs, only))
            if not translations:
                continue
            same = known.setdefault(flat(segment.text), [])
            pair = next((one for one in same if one.takes(translations)), None)
            if pair is None:
                pair = _Pair(segment.text, {})
                same.append(pair)
                pairs.append(pair)
            pair.places.append(place)
            for lang, translation in translations.items():
                pair.translations[lang] = max(pair.translations.get(lang, translation), translation, key=_changed)
    return pairs


def _placed(publication: Publication) -> Iterator[tuple[_Place, Segment]]:
    article = publication.bitext.article
    segments = [None, *article.segments(), None]
    for (before, segment), (_, after) in pairwise(pairwise(segments)):
        if segment is not None:
            yield (
                _Place(article.id, segment.id, before.text if before else "", after.text if after else ""),
                segment,
            )


def _translations(
    publication: Publication, segment: Segment, langs: Sequence[str], only: Sequence[State]
) -> Iterator[tuple[str, Translation]]:
    for lang in langs:
        one = publication.bitext.translation(segment.id, lang)
        if one is None or not one.text.strip() or one.state not in only:
            continue
        if one.of == fingerprint(segment.text) and (segment.id, lang) not in publication.stale:
            yield lang, one


def _changed(translation: Translation) -> str:
    return _date(translation.at) or ""


def _add_unit(body: etree._Element, pair: _Pair, langs: Sequence[str], tags: Mapping[str, str]) -> None:
    first = pair.places[0]
    unit = etree.SubElement(body, "tu", {"tuid": _plain(f"{first.article}.{first.segment}")})
    for place in pair.places[:MOST_PLACES]:
        _add_property(unit, "x-article", place.article)
        _add_property(unit, "x-segment", place.segment)
    around = {(place.before, place.after) for place in pair.places}
    if len(around) == 1:  # elsewhere the pair holds whatever stands around it
        _add_context(unit, first)
    _add_variant(unit, tags[SOURCE.code], pair.korean)
    for lang in langs:
        if lang in pair.translations:
            _add_variant(unit, tags[lang], pair.translations[lang].text, pair.translations[lang])


def _add_context(unit: etree._Element, place: _Place) -> None:
    for names, text in ((("prev", "x-context-pre"), place.before), (("next", "x-context-post"), place.after)):
        if text:
            _add_property(unit, names[0], text)
            _add_property(unit, names[1], f"<seg>{text}</seg>")  # memoQ has mark-up in it, as text


def _add_variant(unit: etree._Element, tag: str, text: str, translation: Translation | None = None) -> None:
    """One language of a unit. Of a translation only its last change is known: it stands for its making as well."""
    variant = etree.SubElement(unit, "tuv", {XML_LANGUAGE: tag})
    if translation is not None:
        date = _date(translation.at)
        for event in ("creation", "change"):
            if date:
                variant.set(f"{event}date", date)
            if translation.by:
                variant.set(f"{event}id", _plain(translation.by))
        _add_property(variant, "x-state", translation.state)
        _add_property(variant, "x-origin", translation.origin)
    etree.SubElement(variant, "seg").text = _plain(text)


def _add_property(parent: etree._Element, kind: str, text: str) -> None:
    etree.SubElement(parent, "prop", {"type": kind}).text = _plain(text)


def _date(at: str | None) -> str | None:
    """A time as TMX has it, 20261122T080000Z, None for what is no time. Without an offset it is UTC.

    >>> _date("2026-11-22T17:00:00+09:00")
    '20261122T080000Z'
    """
    try:
        time = datetime.fromisoformat(at or "")
    except ValueError:
        return None
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return time.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _plain(text: str) -> str:
    return UNWRITABLE.sub("\ufffd", text)
