"""Mentions and glosses become hints, promises for the translation, and it is checked whether they were kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

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
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
INITIALS = re.compile(r"(?<![^\W_])((?:[a-z]\.){2,})")  # u.s., e.g.
ARTICLES = frozenset({"the", "a", "an"})

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
    """Whether the translation contains one of the accepted renderings.

    Chinese: as a substring, white space, quotation marks and full or half width aside. English: as whole words in any
    case; plural, possessive, hyphen or space, articles, accents and the form of apostrophes do not matter.
    """
    if lang == "zh":
        folded = fold_chinese(translation)
        return any(fold_chinese(rendering) in folded for rendering in hint.accepted)
    words = f" {' '.join(english_words(translation))} "
    return any(f" {' '.join(english_words(rendering))} " in words for rendering in hint.accepted)


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
    words = tuple(_singular(word) for word in WORD.findall(plain))
    return tuple(word for word in words if word not in ARTICLES) or words


def _singular(word: str) -> str:
    """A word without plural and possessive ending; both sides are cut alike, so a wrong cut does no harm.

    >>> _singular("companies"), _singular("bureaus"), _singular("party's"), _singular("class")
    ('company', 'bureau', 'party', 'class')
    """
    word = word.removesuffix("'s").rstrip("'")
    if len(word) <= 3 or word.endswith("ss") or word == "news":
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word.removesuffix("s")


def _glossary_claims(text: str, lang: str, mentions: Iterable[Mention], glossary: Glossary) -> Iterator[Claim]:
    for mention in mentions:
        term = glossary.terms.get(mention.term)
        if term is None or term.status == "deprecated":
            continue
        if lang == "en" and ADJECTIVE.match(text, mention.end):
            continue
        accepted = _accepted(mention, term, lang, glossary)
        if accepted:
            yield Hint(mention.start, mention.end, accepted[0], "glossary", accepted[1:], term.id), False


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
