"""English words in their forms: what number, verb form and spelling do not change, and a rendering put into a sentence.

Rules for what is regular, `inflect.yaml` for the rest. Only what agreed renderings need: nouns in the plural and
possessive, formulas that begin with a verb, the article and the capital at the place where a rendering is put.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

LAST_WORD = re.compile(r"([A-Za-z][A-Za-z'’-]*|\d[\d,.]*)[\s(“‘\"']*$")
LAST_ARTICLE = re.compile(r"(?<![A-Za-z])(an?)(\s+)$", re.IGNORECASE)
FIRST_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
SENTENCE_START = re.compile(r"(?:^|[.!?…]['\"’”)]*\s)[\s\"'“‘(\[]*$")
ABBREVIATED = re.compile(r"(?:^|[^A-Za-z])(?:[A-Z]|Mr|Mrs|Ms|Dr|No|St|vs|etc|Inc|Ltd|Co|U\.S|e\.g|i\.e)\.\s$")
HEAD = re.compile(r"[A-Za-z][A-Za-z'’]*$")
AFTER_HEAD = re.compile(r"\s(?:of|for|in|on|to|with|from|at|by|under|and|or)\s")
OPENERS = frozenset('([“‘"-–—/')
VOWELS = frozenset("aeiou")
QUOTES = {"“": "”", "‘": "’", "《": "》", "〈": "〉", "「": "」", "『": "』"}


@dataclass(frozen=True)
class _Facts:
    """What stands in inflect.yaml, as sets and tables."""

    plurals: dict[str, str]
    singulars: dict[str, str]
    unchanged: frozenset[str]
    uncountable: frozenset[str]
    verbs: dict[str, str]  # every form of a verb -> its base
    british: dict[str, str]
    spoken_vowel: tuple[str, ...]
    spoken_consonant: tuple[str, ...]
    vowel_letters: str
    singular_after: frozenset[str]
    plural_after: frozenset[str]
    uncounted: tuple[str, ...]
    determiners: frozenset[str]


# --- words compared -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 14)
def base(word: str) -> str:
    """A lower-case word without what plural, possessive and British spelling add; both sides are cut alike.

    A wrong cut does no harm where texts are compared word by word.

    >>> base("companies"), base("bureaus"), base("party's"), base("class"), base("lives"), base("centres")
    ('company', 'bureau', 'party', 'class', 'life', 'center')
    """
    return _american(_singular(word.removesuffix("'s").rstrip("'")))


@lru_cache(maxsize=1 << 12)
def verb_base(word: str) -> str | None:
    """The base form of a verb that formulas begin with, None for any other word.

    >>> verb_base("promoting"), verb_base("kept"), verb_base("carries"), verb_base("rural")
    ('promote', 'keep', 'carry', None)
    """
    return _facts().verbs.get(word)


def is_verb(word: str) -> bool:
    """Whether a rendering that begins with this word speaks of doing something: not “training course”, a noun."""
    return word in _facts().verbs and word not in _facts().uncountable


def verb_forms(verb: str) -> frozenset[str]:
    """All forms of a verb, regular unless the table says otherwise.

    >>> sorted(verb_forms("promote"))
    ['promote', 'promoted', 'promotes', 'promoting']
    """
    return frozenset(form for form, of in _facts().verbs.items() if of == verb) or frozenset(_regular(verb))


def _singular(word: str) -> str:
    facts = _facts()
    if word in facts.plurals:
        return facts.plurals[word]
    if len(word) <= 3 or word in facts.unchanged or word.endswith(("ss", "'s")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word.removesuffix("s")


def _american(word: str) -> str:
    """American spelling; what only looks like -ise (promise) is changed alike on both sides."""
    return _facts().british.get(word) or re.sub(r"(?<=[a-z]{3})is(ation|ing|ed|e)$", r"iz\1", word)


# --- a rendering put into a sentence --------------------------------------------------------------------------------


def in_place(rendering: str, before: str, lang: str) -> tuple[str, str]:
    """The text before, and the rendering as it has to stand after it: `before + surface` is the sentence so far.

    English: a capital at the start of a sentence, no second article, “an” for “a” where the sound asks for it, one
    thing after “a” and several after “three”, one space between. Chinese: no quotation mark or title mark twice.

    >>> in_place("private enterprise", "The three", "en")
    ('The three ', 'private enterprises')
    >>> in_place("the Party", "members of the", "en")
    ('members of the ', 'Party')
    >>> in_place("“三农”问题", "关于“", "zh")
    ('关于', '“三农”问题')
    """
    if lang != "en":
        mark = rendering[:1]
        return (before[:-1] if mark in QUOTES and before.endswith(mark) else before), rendering
    before = before.rstrip()
    if before and (before[-1] not in OPENERS or _closes(before)):
        before += " "
    found = LAST_WORD.search(before)
    word = found[1].lower() if found else ""
    surface = FIRST_ARTICLE.sub("", rendering, count=1) if word in _facts().determiners else rendering
    surface = _in_number(surface, word)
    before = _with_right_article(before, surface)
    return before, capitalised(surface) if starts_sentence(before) else surface


def capitalised(text: str) -> str:
    """The text with a capital, after an opening quotation mark too; a name such as iPhone stays itself.

    >>> capitalised("rural revitalization"), capitalised("“four new” economy"), capitalised("eSports")
    ('Rural revitalization', '“Four new” economy', 'eSports')
    """
    found = re.match(r"[\"'“‘(\[]*([a-z])(?![A-Z])", text)
    return text if not found else text[: found.start(1)] + found[1].upper() + text[found.end(1) :]


def starts_sentence(before: str) -> bool:
    """Whether a sentence begins after `before`; the point of an abbreviation ends none."""
    return bool(SENTENCE_START.search(before)) and not ABBREVIATED.search(before)


def plural(phrase: str) -> str:
    """The phrase with its head in the plural, itself where it has none.

    >>> plural("private enterprise"), plural("member of the committee"), plural("county"), plural("agriculture")
    ('private enterprises', 'members of the committee', 'counties', 'agriculture')
    """
    return _with_head(phrase, _plural_word)


def singular(phrase: str) -> str:
    """The phrase with its head in the singular.

    >>> singular("leading enterprises"), singular("people with disabilities")
    ('leading enterprise', 'people with disabilities')
    """
    return _with_head(phrase, lambda word: word if word in _facts().uncountable else _singular(word))


def begins_with_vowel(text: str) -> bool:
    """Whether “an” stands before it: an hour, a university, an NGO, a CPC member.

    >>> [begins_with_vowel(word) for word in ("hour", "university", "NGO", "CPC member", "airport", "8-lane road")]
    [True, False, True, False, True, True]
    """
    facts = _facts()
    word = text.lstrip("\"'“‘([")
    if re.match(r"[A-Z]{2,}(?![a-z])", word):
        return word[0] in facts.vowel_letters
    lower = word.lower()
    if lower.startswith(facts.spoken_vowel) or re.match(r"(?:8|11|18)(?!\d|,\d)|8\d", lower):
        return True
    return lower[:1] in VOWELS and not lower.startswith(facts.spoken_consonant)


def _closes(before: str) -> bool:
    """Whether the straight quotation mark at the end of a text closes something."""
    return before[-1] == '"' and before.count('"') % 2 == 0


def _in_number(surface: str, word: str) -> str:
    """One or several, as the word before says; a name has no number."""
    if any(letter.isupper() for letter in surface):
        return surface
    if word in _facts().singular_after:
        return singular(surface)
    is_several = word in _facts().plural_after or (re.fullmatch(r"\d[\d,.]*", word) is not None and word != "1")
    return plural(surface) if is_several and not re.fullmatch(r"(?:19|20)\d\d", word) else surface


def _with_right_article(before: str, surface: str) -> str:
    """“a” or “an” before the surface, as it is spoken."""
    found = LAST_ARTICLE.search(before)
    if not found:
        return before
    article = "an" if begins_with_vowel(surface) else "a"
    article = article.capitalize() if found[1][0].isupper() else article
    return before[: found.start(1)] + article + found[2]


def _with_head(phrase: str, change: Callable[[str], str]) -> str:
    """The phrase with its head, the last word before a preposition, changed."""
    cut = AFTER_HEAD.search(phrase)
    front, rest = (phrase[: cut.start()], phrase[cut.start() :]) if cut else (phrase, "")
    found = HEAD.search(front)
    return phrase if not found else front[: found.start()] + change(found[0]) + rest


def _plural_word(word: str) -> str:
    facts = _facts()
    if word in facts.singulars:
        return facts.singulars[word]
    if (
        word in facts.uncountable
        or word in facts.unchanged
        or word.endswith(facts.uncounted)
        or _singular(word) != word
    ):
        return word
    if word.endswith("y") and word[-2:-1] not in VOWELS:
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


# --- the facts ----------------------------------------------------------------------------------------------------


@cache
def _facts() -> _Facts:
    with Path(__file__).with_suffix(".yaml").open(encoding="utf-8") as file:
        table = yaml.load(file, yaml.CSafeLoader)
    irregular: dict[str, list[str]] = table["irregular"]
    verbs = {form: verb for verb in table["verbs"].split() for form in _regular(verb)}
    for verb, forms in irregular.items():
        regular = _regular(verb)
        kept = [verb] if verb == "be" else regular[:2] if any(form.endswith("ing") for form in forms) else regular[:3]
        for form in regular:
            verbs.pop(form, None)
        verbs.update(dict.fromkeys([*kept, *forms], verb))
    plurals: dict[str, str] = table["plurals"]
    return _Facts(
        plurals=plurals,
        singulars={one: several for several, one in plurals.items()},
        unchanged=frozenset(table["unchanged"].split()),
        uncountable=frozenset(table["uncountable"].split()),
        verbs=verbs,
        british=table["british"],
        spoken_vowel=tuple(table["spoken_vowel"]),
        spoken_consonant=tuple(table["spoken_consonant"]),
        vowel_letters=table["vowel_letters"],
        singular_after=frozenset(table["singular_after"]),
        plural_after=frozenset(table["plural_after"].split()),
        uncounted=tuple(table["uncounted_endings"]),
        determiners=frozenset(table["determiners"].split()),
    )


def _regular(verb: str) -> list[str]:
    """Base, third person, -ing and -ed of a regular verb."""
    if verb.endswith("y") and verb[-2] not in VOWELS:
        return [verb, verb[:-1] + "ies", verb + "ing", verb[:-1] + "ied"]
    third = verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh")) else "s")
    stem = verb.removesuffix("e") if not verb.endswith(("ee", "oe", "ye")) else verb
    return [verb, third, stem + "ing", verb.removesuffix("e") + "ed"]
