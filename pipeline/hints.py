"""Mentions and glosses become hints, promises for the translation, and it is checked whether they were kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from pipeline import inflect
from pipeline.article import Gloss, Hint, Mention
from pipeline.glossary import Glossary
from pipeline.mentions import stands_free
from pipeline.terms import Term, spelling_key

# What the suffix of a Korean place name is in Chinese: 심양시 asks for 沈阳市, 심양 for 沈阳.
SUFFIXES = {
    "자치주": "自治州",
    "자치현": "自治县",
    "자치구": "自治区",
    "지역": "地区",
    "지구": "地区",
    "시": "市",
    "성": "省",
    "현": "县",
    "주": "州",
    "구": "区",
    "진": "镇",
    "향": "乡",
    "촌": "村",
    "군": "郡",
}
ADJECTIVE = re.compile("적(?:인|이|으로|$|[^가-힣])")  # 혁신적: “innovative”, which no rendering of the noun promises
UNSEEN = re.compile(r"[\s‘’“”「」『』\"'`´]+")  # what Chinese renderings may differ in
COMMAS = str.maketrans("、·・•‧", ",····")
APOSTROPHES = str.maketrans("’‘ʼ´`", "'''''")
# 临空经济区（临空经济区）: the gloss of the Korean, translated and then copied. One character alone is no gloss.
DOUBLED_GLOSS = re.compile(r"(?P<said>[^\s（()），。、；：“”‘’,.;:\"']{2,}?)\s?[（(]\s?(?P=said)\s?[）)]")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
INITIALS = re.compile(r"(?<![^\W_])((?:[a-z]\.){2,})")  # u.s., e.g.
ARTICLES = frozenset({"the", "a", "an"})
JOINING = frozenset({"and", "or", "not", "but"})

COVERED = "\ue000"  # for use inside a program; neither a word nor white space

Claim = tuple[Hint, bool]  # a hint, and whether it is a gloss that stands in this very text


def hints_for(
    text: str,
    lang: str,
    mentions: Sequence[Mention],
    glosses_here: Sequence[Gloss],
    inherited: Mapping[str, str],
    glossary: Glossary,
) -> tuple[Hint, ...]:
    """The hints of one segment for one language, in reading order, none over another.

    `inherited` is what the article's glosses said elsewhere, Korean to Chinese. For Chinese a gloss that stands here
    comes before everything; then the longer span, and of two equal ones the gloss. A gloss hint covers the Korean, not
    the bracket. For English only the glossary speaks. Deprecated terms give no hints.
    """
    claims = list(_glossary_claims(text, lang, mentions, glossary))
    if lang == "zh":
        terms = {(hint.start, hint.end): hint.term for hint, _ in claims}
        claims += [(_gloss_hint(gloss, terms), True) for gloss in glosses_here]
        claims += [(hint, False) for hint in _inherited_hints(text, glosses_here, inherited, terms)]
    return _without_overlaps(claims)


def is_honoured(hint: Hint, translation: str, lang: str) -> bool:
    """Whether the translation contains one of the accepted renderings; see `stands_in`."""
    return any(stands_in(rendering, translation, lang) for rendering in hint.accepted)


def stands_in(rendering: str, translation: str, lang: str) -> bool:
    """Whether a rendering stands in a translation, in one of the forms that a sentence may give it.

    Chinese: as a substring, white space, quotation marks and full or half width aside. English: as whole words in any
    case; plural, possessive, hyphen, space or neither, articles, accents, British spelling and the form of apostrophes
    do not matter, nor the form of the verbs that a formula begins with (“promoting rural revitalization”).
    """
    if lang == "zh":
        return fold_chinese(rendering) in fold_chinese(translation)
    if f" {' '.join(english_words(rendering))} " in f" {' '.join(english_words(translation))} ":
        return True
    if "-" in rendering or "-" in translation:
        closed_up = english_words(rendering.replace("-", ""))
        if f" {' '.join(closed_up)} " in f" {' '.join(english_words(translation.replace('-', '')))} ":
            return True
    verbs = _verb_places(rendering)
    return bool(verbs) and _find_words(english_words(rendering), verbs, english_words(translation)) is not None


def find_rendering(rendering: str, text: str, lang: str) -> tuple[int, int] | None:
    """Where the rendering first stands in the text, for what looks at its place; None where that cannot be said."""
    if lang == "zh":
        kept = [(folded, at) for at, one in enumerate(text) for folded in fold_chinese(one)]
        characters = fold_chinese(rendering)
        start = "".join(folded for folded, _ in kept).find(characters)
        return (kept[start][1], kept[start + len(characters) - 1][1] + 1) if characters and start >= 0 else None
    spoken = [(english_words(match[0]), match) for match in WORD.finditer(text.translate(APOSTROPHES))]
    words = [(one[0], match) for one, match in spoken if len(one) == 1 and one[0] not in ARTICLES]
    wanted = english_words(rendering)
    found = _find_words(wanted, _verb_places(rendering), [word for word, _ in words]) if wanted else None
    return (words[found.start][1].start(), words[found.stop - 1][1].end()) if found else None


@lru_cache(maxsize=1 << 12)
def _verb_places(rendering: str) -> frozenset[int]:
    """Which words of a formula are verbs that a sentence may inflect: the first, and those joined to it by “and”."""
    words = english_words(rendering)
    if len(words) < 2 or not inflect.is_verb(words[0]):
        return frozenset()
    joined = {place for place in range(2, len(words)) if words[place - 1] in JOINING and inflect.is_verb(words[place])}
    return frozenset({0, *joined})


def _find_words(wanted: Sequence[str], verbs: frozenset[int], words: Sequence[str]) -> range | None:
    """The first place at which the words stand, those at `verbs` in any form."""
    for start in range(len(words) - len(wanted) + 1):
        if all(
            word == words[start + place]
            or (place in verbs and inflect.verb_base(word) == inflect.verb_base(words[start + place]))
            for place, word in enumerate(wanted)
        ):
            return range(start, start + len(wanted))
    return None


def find_forbidden(hints: Sequence[Hint], text: str, lang: str) -> Iterator[tuple[Hint, str, tuple[int, int]]]:
    """The forbidden renderings that stand in a translation, with the hint and the place; each rendering once.

    What an accepted rendering of any of the hints covers is not looked at: 辽 may be forbidden and stand in 辽宁.
    """
    rest = text
    accepted = {one for hint in hints for one in hint.accepted}
    for rendering in sorted(accepted, key=lambda one: (-len(one), one)):
        while place := find_rendering(rendering, rest, lang):
            rest = rest[: place[0]] + COVERED * (place[1] - place[0]) + rest[place[1] :]
    seen = set()
    for hint in hints:
        for rendering in hint.forbidden:
            place = find_rendering(rendering, rest, lang)
            if place and rendering not in seen:
                seen.add(rendering)
                yield hint, rendering, place


def rendering_used(hint: Hint, text: str, lang: str) -> str | None:
    """Which of the accepted renderings stands in the text, the longest where one holds another; None if none does."""
    return max((one for one in hint.accepted if stands_in(one, text, lang)), key=len, default=None)


@lru_cache(maxsize=1 << 12)
def fold_chinese(text: str) -> str:
    """A Chinese text without what two renderings of the same may differ in."""
    return UNSEEN.sub("", unicodedata.normalize("NFKC", text).translate(COMMAS)).casefold()


@lru_cache(maxsize=1 << 12)
def english_words(text: str) -> tuple[str, ...]:
    """The words of an English text, lower case, singular, without articles; `U.S.` is one word, `G20` too."""
    letters = unicodedata.normalize("NFKD", text.translate(APOSTROPHES)).casefold()
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("&", " and ")
    plain = INITIALS.sub(lambda match: match[1].replace(".", ""), plain)
    words = tuple(inflect.base(word) for word in WORD.findall(plain))
    return tuple(word for word in words if word not in ARTICLES) or words


def _glossary_claims(text: str, lang: str, mentions: Iterable[Mention], glossary: Glossary) -> Iterator[Claim]:
    for mention in mentions:
        term = glossary.terms.get(mention.term)
        if term is None or term.status == "deprecated":
            continue
        if lang == "en" and ADJECTIVE.match(text, mention.end):
            continue
        accepted = _accepted(mention, term, lang, glossary)
        if accepted:
            forbidden = _forbidden(term, lang, accepted)
            yield Hint(mention.start, mention.end, accepted[0], "glossary", accepted[1:], term.id, forbidden), False


def _accepted(mention: Mention, term: Term, lang: str, glossary: Glossary) -> tuple[str, ...]:
    """The renderings that will do for this spelling, the one to ask for first; homographs' renderings are admitted."""
    renderings = term.renderings(lang)
    if renderings is None:
        return ()
    others = glossary.homographs.get(spelling_key(mention.spelling), ())
    admitted = [one for other in others if (r := other.renderings(lang)) is not None for one in r.accepted]
    own = renderings.accepted
    if term.do_not_translate and mention.spelling in own:
        own = (mention.spelling, *own)
    if lang == "zh" and term.kind == "place":
        own = _by_suffix(mention.spelling, own)
    return tuple(dict.fromkeys((*own, *admitted)))


def _forbidden(term: Term, lang: str, accepted: Sequence[str]) -> tuple[str, ...]:
    """What is never to be used for the term, but for what a homograph of it is called."""
    renderings = term.renderings(lang)
    return tuple(one for one in renderings.forbidden if one not in accepted) if renderings else ()


def _by_suffix(spelling: str, accepted: tuple[str, ...]) -> tuple[str, ...]:
    """The renderings of a place, first the one that ends as the spelling does (시 in 市)."""
    wanted = next((chinese for korean, chinese in SUFFIXES.items() if spelling.endswith(korean)), None)
    if wanted is None:
        return accepted
    return tuple(sorted(accepted, key=lambda rendering: not (rendering.endswith(wanted) and len(rendering) > 2)))


def _gloss_hint(gloss: Gloss, terms: Mapping[tuple[int, int], str | None]) -> Hint:
    return Hint(gloss.start, gloss.end, gloss.zh, "gloss", (), terms.get((gloss.start, gloss.end)))


def _inherited_hints(
    text: str,
    glosses_here: Sequence[Gloss],
    inherited: Mapping[str, str],
    terms: Mapping[tuple[int, int], str | None],
) -> Iterator[Hint]:
    """Where the Korean of a gloss that stands elsewhere in the article is used again."""
    brackets = [range(gloss.start, gloss.outer_end) for gloss in glosses_here]
    for korean, chinese in inherited.items():
        for match in _spaced(korean).finditer(text):
            start, end = match.span()
            if stands_free(text, start, end) and not any(start in bracket for bracket in brackets):
                yield Hint(start, end, chinese, "gloss", (), terms.get((start, end)))


@lru_cache(maxsize=1 << 10)
def _spaced(korean: str) -> re.Pattern[str]:
    """The Korean of a gloss, however its words are spaced."""
    return re.compile(r"\s*".join(map(re.escape, korean.split())) or "(?!)")


def _without_overlaps(claims: Iterable[Claim]) -> tuple[Hint, ...]:
    """Glosses of this text first, then the longer span, then the gloss, then what comes first."""
    chosen: list[Hint] = []
    taken: set[int] = set()
    for hint, _ in sorted(
        claims, key=lambda claim: (not claim[1], claim[0].start - claim[0].end, claim[0].why != "gloss", claim[0].start)
    ):
        span = range(hint.start, hint.end)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen.append(hint)
    return tuple(sorted(chosen, key=lambda hint: hint.start))
