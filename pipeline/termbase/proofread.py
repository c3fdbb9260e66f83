"""What may be wrong with one entry by itself: how its texts are written, and what it lacks.

Each rule is a generator over one term; its docstring is what `glossary lint --explain` prints.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

from pipeline.article import Severity
from pipeline.patterns import fold
from pipeline.readings import is_reading, readings, southern_spelling
from pipeline.terms import Renderings, Term

Remark = tuple[Severity, str, str]  # severity, what is wrong, what to do
Rule = Callable[[Term], Iterator[Remark]]

HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
IN_BRACKETS = re.compile(r"[（(《][^（()）》]*[）)》]")
INVISIBLE = re.compile(
    r"[\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u202a-\u202f\u205f-\u206f\u3164\ufe00-\ufe0f]"
)
FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ％＋－／＝＆＠＃]+")
HALF_WIDTH = re.compile(
    r"(?<=[\u3400-\u4dbf\u4e00-\u9fff”’》）])[,;:!?()]|[,;:!?()](?=[\u3400-\u4dbf\u4e00-\u9fff“‘《（])"
)
CHINESE_MARKS = str.maketrans(",;:!?()", "，；：！？（）")
PAIRS = {"“": "”", "‘": "’", "《": "》", "〈": "〉", "「": "」", "『": "』", "（": "）", "(": ")", "[": "]"}
KEPT_CHARACTERS = frozenset("乾濛著瞭藉徵於麼鍾夥餘昇")  # stand in simplified Chinese too, in names and some words
CLOSING = {closing: opening for opening, closing in PAIRS.items()}
ABBREVIATION = re.compile(r"(?<![A-Za-z])(?:[A-Za-z]|Co|Corp|Inc|Ltd|Jr|Sr|Dr|No|St|etc)\.$")
LATIN = re.compile("[A-Za-zÀ-ɏ]")
FEATURE = "province|city|county|district|prefecture|town|township|village|river|lake|sea|island|mountain|port|airport"
PLACE_NAME = re.compile(rf"[a-zß-ɏ]+(?: (?:{FEATURE}))?")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that an editor should look at."""

    code: str
    severity: Severity
    file: str
    line: int
    term: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.message} {self.suggestion} [{self.code}]"


def invisible_character(term: Term) -> Iterator[Remark]:
    """A spelling or rendering contains a character that nobody sees: a no-break or zero-width space, a soft hyphen, a
    mark of writing direction. It comes in with copied text, and a search for the word then fails.
    """
    for text in _texts(term):
        if match := INVISIBLE.search(text):
            name = unicodedata.name(match[0], "a character without a name").lower()
            yield "warning", f"“{text}” contains {name} (U+{ord(match[0]):04X}).", "Type the word anew."


def wrong_script(term: Term) -> Iterator[Remark]:
    """A Chinese or English rendering contains Korean letters, or an English one Chinese characters outside brackets.
    The check of finished translations would call each use of it an error.
    """
    for lang, text in _renderings(term):
        plain = IN_BRACKETS.sub("", text)
        if not term.do_not_translate and (match := HANGUL.search(text)):
            yield "error", f"“{match[0]}” in the {lang} rendering “{text}” is Korean.", "Write the rendering itself."
        if lang == "English" and (match := HAN.search(plain)):
            yield "error", f"“{match[0]}” in the English rendering “{text}” is Chinese.", "Write the rendering itself."


def traditional_characters(term: Term) -> Iterator[Remark]:
    """A Chinese rendering that is asked for or admitted has traditional characters; the documents are in simplified
    ones. Forbidden renderings may have them.
    """
    for text in term.zh.accepted if term.zh else ():
        simplified = _simplified(text)
        if simplified != text:
            yield "warning", f"“{text}” has traditional characters.", f"Write {simplified}."


def wrong_width(term: Term) -> Iterator[Remark]:
    """Full-width letters or digits, or half-width punctuation beside Chinese characters. Readers notice, and the same
    term written in two ways looks like two.
    """
    for text in term.zh.accepted if term.zh else ():
        usual = HALF_WIDTH.sub(lambda match: match[0].translate(CHINESE_MARKS), _half_width(text))
        if usual != text:
            yield "warning", f"“{text}” mixes full and half width.", f"Write {usual}."
    for text in (*term.ko, *(term.en.accepted if term.en else ())):
        if _half_width(text) != text:
            yield "warning", f"“{text}” has full-width letters or digits.", f"Write {_half_width(text)}."


def quotation_marks(term: Term) -> Iterator[Remark]:
    """Quotation marks or brackets that do not come in pairs, or straight quotes in Chinese. A term with half a pair is
    not found, and a rendering with half a pair leaves the other half to chance.
    """
    for text in _texts(term):
        if not _is_balanced(text):
            yield "warning", f"“{text}” has half a pair of quotation marks or brackets.", "Add the other half."
    for text in term.zh.accepted if term.zh else ():
        if '"' in text or ("'" in text and HAN.search(text)):
            yield "warning", f"“{text}” has straight quotation marks.", "Use “ ” in Chinese."


def english_form(term: Term) -> Iterator[Remark]:
    """An English rendering ends in a full stop, comma or the like (abbreviations aside), has two spaces in a row or a
    space before a comma, or begins with an article. A rendering is put into sentences, and brings such a mark with
    it.
    """
    for text in term.en.accepted if term.en else ():
        if text[-1] in ".,;:!" and not ABBREVIATION.search(text):
            yield "warning", f"“{text}” ends in “{text[-1]}”.", f"Write {text.rstrip('.,;:! ')}."
        if re.search(r"\s\s|\s[,.;:!?)]", text):
            yield "warning", f"“{text}” has a space too many.", "Remove it."
    if term.en and term.en.preferred.startswith(("the ", "a ", "an ")):
        text = term.en.preferred
        yield "info", f"“{text}” begins with an article.", f"Write {text.split(' ', 1)[1]}; sentences bring their own."


def capital_letter(term: Term) -> Iterator[Remark]:
    """The English name of a place or person begins with a small letter. (Particles, von der Leyen, and descriptions,
    western region, are no names: what is looked at is one word, or one with province, city, river and the like, and
    for persons a name without any capital.)
    """
    text = term.en.preferred if term.en else ""
    is_name = PLACE_NAME.fullmatch(text) if term.kind == "place" else term.kind == "person" and text == text.lower()
    if text and is_name and LATIN.search(text):
        yield "warning", f"“{text}” is a {term.kind} and has a small letter.", f"Write {text[0].upper()}{text[1:]}."


def kept_but_rendered(term: Term) -> Iterator[Remark]:
    """The entry says `do_not_translate` and yet gives a rendering that is none of its spellings. The rendering wins, so
    the key does nothing.
    """
    for lang, renderings in (("Chinese", term.zh), ("English", term.en)):
        if term.do_not_translate and renderings and not {*renderings.accepted} & {*term.ko}:
            problem = f"{term.ko[0]} is not to be translated, but {lang} says “{renderings.preferred}”."
            yield "warning", problem, "Remove the rendering, or do_not_translate."


def one_syllable(term: Term) -> Iterator[Remark]:
    """A spelling of one syllable is part of countless other words. It is found only where it stands alone, and even
    there it may be another word.
    """
    for spelling in term.ko:
        if len(fold(spelling)) == 1 and HANGUL.fullmatch(fold(spelling)):
            advice = "Set inside_words to false." if term.inside_words else "Enter the compounds in which it matters."
            yield "warning", f"{spelling} has one syllable.", advice


def without_evidence(term: Term) -> Iterator[Remark]:
    """A proposed entry does not say where it was seen; who is to approve it has nothing to go by."""
    if term.status == "proposed" and not term.evidence:
        yield "info", f"{term.id} is proposed without evidence.", "Say under evidence where it was seen."


def missing_language(term: Term) -> Iterator[Remark]:
    """The entry has no Chinese or no English; nothing is asked of the translation into that language."""
    for lang, key, renderings in (("Chinese", "zh", term.zh), ("English", "en", term.en)):
        if renderings is None and not term.do_not_translate:
            yield "info", f"{term.id} has no {lang}.", f"Add {key}."


def without_domain(term: Term) -> Iterator[Remark]:
    """The entry has no domain; commands do not know which other entries it belongs to."""
    if not term.domain:
        yield "info", f"{term.id} has no domain.", "Add one; `glossary stats` lists those in use."


def southern_only(term: Term) -> Iterator[Remark]:
    """A word read syllable for character from its Chinese is given only as South Korea spells it (노동), not in the
    spelling of our newspapers (로동). Articles in either spelling are searched, but the entry should begin with
    theirs.
    """
    known = {fold(spelling) for spelling in term.ko}
    for spelling in term.ko:
        northern = _northern(spelling, term.zh) if term.zh else spelling
        if northern != spelling and fold(northern) not in known:
            yield "info", f"{spelling} is the South Korean spelling.", f"Add {northern}."


def forbidden_inside(term: Term) -> Iterator[Remark]:
    """A forbidden rendering is part of an accepted one of the same entry, so that every right translation would be
    called wrong.
    """
    for lang, renderings in (("zh", term.zh), ("en", term.en)):
        for forbidden in renderings.forbidden if renderings else ():
            for accepted in renderings.accepted if renderings else ():
                inside = forbidden in accepted if lang == "zh" else f" {forbidden} ".lower() in f" {accepted} ".lower()
                if inside:
                    yield "warning", f"“{forbidden}” is forbidden, but part of “{accepted}”.", "Forbid a longer form."


def spelled_alike(term: Term) -> Iterator[Remark]:
    """Two spellings of an entry differ only in quotation marks, width or case, which a search does not see; one is
    enough. (Spaces do matter: a word with a space is looked for with and without it.)
    """
    seen: dict[str, str] = {}
    for spelling in term.ko:
        key = " ".join(map(fold, spelling.split()))
        if key in seen:
            yield "info", f"{spelling} is found as {seen[key]} is.", "Keep one."
        seen.setdefault(key, spelling)


RULES: tuple[Rule, ...] = (
    *(invisible_character, wrong_script, traditional_characters, wrong_width, quotation_marks, english_form),
    *(capital_letter, kept_but_rendered, one_syllable, without_evidence, missing_language, without_domain),
    *(southern_only, forbidden_inside, spelled_alike),
)


def proofread(term: Term) -> Iterator[Problem]:
    """Everything that the rules find in one entry."""
    for rule in RULES:
        for severity, message, suggestion in rule(term):
            yield Problem(code_of(rule.__name__), severity, term.file, term.line, term.id, message, suggestion)


def code_of(name: str) -> str:
    """The code of a rule from the name of its function."""
    return name.replace("_", "-")


def _texts(term: Term) -> Iterator[str]:
    yield from term.ko
    for _, text in _renderings(term):
        yield text


def _renderings(term: Term) -> Iterator[tuple[str, str]]:
    """Every rendering that will do, with its language."""
    for lang, renderings in (("Chinese", term.zh), ("English", term.en)):
        for text in renderings.accepted if renderings else ():
            yield lang, text


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _simplified(text: str) -> str:
    simplified = str(_converter().convert(text))
    pairs = zip(text, simplified, strict=len(text) == len(simplified))
    return "".join(old if old in KEPT_CHARACTERS else new for old, new in pairs)


def _half_width(text: str) -> str:
    return FULL_WIDTH.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _is_balanced(text: str) -> bool:
    """Whether marks come in pairs; ’ alone is an apostrophe in English."""
    open_marks: list[str] = []
    for place, character in enumerate(text):
        if character in PAIRS:
            open_marks.append(character)
        elif character == "’" and "‘" not in open_marks and text[:place][-1:].isascii():
            continue
        elif character in CLOSING and (not open_marks or open_marks.pop() != CLOSING[character]):
            return False
    return not open_marks


def _northern(spelling: str, zh: Renderings) -> str:
    """The PRC spelling of a word that is read from its Chinese; the spelling itself where it is not or is the same."""
    plain = spelling.replace(" ", "")
    for text in zh.accepted:
        if len(text) == len(plain) and all(map(is_reading, plain, text)):
            northern = "".join(map(_northern_syllable, plain, text))
            if northern != plain:
                return northern
            return spelling
    return spelling


def _northern_syllable(syllable: str, character: str) -> str:
    """The reading of a character of which South Korea makes this syllable."""
    known = readings(character)
    if syllable in known:
        return syllable
    laws = (*((one, southern_spelling(one)) for one in known), ("률", "율"), ("렬", "열"))
    return next((one for one, southern in laws if southern == syllable and one in known), syllable)
