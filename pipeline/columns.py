"""What the columns of a table of terms mean, by their headings in three languages or by what stands in them.

Knows nothing of files, only of rows of cells. The words are data: `columns.yaml` beside this file.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import yaml

from pipeline.errors import InputError
from pipeline.languages import KOREAN, TARGETS

STANDINGS = ("admitted", "forbidden")
UNNAMED = ("source", "target", "preferred", *STANDINGS)  # columns that need a language
SUBTAG = re.compile("[a-z]{2}|hans|hang|kore|latn|[0-9]{3}")  # regions, and the scripts of our languages
SCRIPTS = {
    "ko": re.compile("[가-힣ᄀ-ᇿㄱ-ㆎ]"),
    "zh": re.compile("[㐀-䶿一-鿿豈-﫿\U00020000-\U0003134f]"),
    "en": re.compile("[A-Za-zÀ-ɏ]"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds: a role of columns.yaml, or `ko`; renderings have a language where it is known."""

    role: str
    lang: str = ""


@dataclass(frozen=True)
class Layout:
    """The columns of a table, None where the glossary has nothing like it; `said` tells a person how it is read."""

    columns: tuple[Column | None, ...]
    has_header: bool = True
    said: tuple[str, ...] = field(default=())

    def has(self, role: str) -> bool:
        """Whether there is a column of the role."""
        return any(column is not None and column.role == role for column in self.columns)


@cache
def words(section: str) -> Mapping[str, str]:
    """A section of columns.yaml: what each word means there."""
    table: dict[str, dict[str, list[str]]] = _vocabulary()
    return {word: meaning for meaning, every in table[section].items() for word in every}


@cache
def _listed(section: str) -> frozenset[str]:
    return frozenset(_vocabulary()[section])


@cache
def _vocabulary() -> dict[str, dict[str, list[str]]]:
    vocabulary: dict[str, dict[str, list[str]]] = yaml.load(
        Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return vocabulary


def language_code(tag: str) -> str | None:
    """Our code for a language as others write it, None for a language (or a script) that the glossary does not have.

    >>> [language_code(tag) for tag in ("ko_KR", "zh-Hans-CN", "zh-TW", "EN-us", "中文", "de")]
    ['ko', 'zh', None, 'en', 'zh', None]
    """
    parts = _parts(tag)
    if _listed("traditional") & {*parts}:
        return None
    languages = words("languages")
    has_only_subtags = all(SUBTAG.fullmatch(part) for part in parts[1:])
    return languages.get("".join(parts)) or (languages.get(parts[0]) if has_only_subtags else None)


def status_word(text: str) -> str:
    """What a state as others write it means: approved, proposed, deprecated, preferred, admitted, forbidden, or ""."""
    return words("status").get("".join(_parts(text)).removesuffix("admnsts"), "")


def _parts(text: str) -> list[str]:
    """The words of a heading or tag, in small letters and without signs; at least one, which may be empty."""
    return [part for part in re.split(r"[\W_]+", unicodedata.normalize("NFKC", text).casefold()) if part] or [""]


def header_layout(cells: Sequence[str]) -> Layout | None:
    """The layout that a row of headings describes; None where it is no row of headings.

    A heading row names the Korean (or a source) and at least one rendering: a row 용어 → 术语 does not.
    """
    found = [_column(cell) for cell in cells]
    if not any(found[:2]) and {*map(script_language, cells[:2])} > {"ko"} and len(cells) < 6:
        return None  # 심양, 沈阳, KO, ZH: a row of DeepL
    roles = {column.role for column in found if column}
    if not (roles & {"ko", "source"} and roles & {"target", "preferred", "admitted", "forbidden"}):
        return None
    if "ko" in roles:  # then “source” is where a term was found, and “term” can be anything
        others = [Column("evidence") if _parts(cell) == ["source"] else None for cell in cells]
        found = [other if column == Column("source") else column for column, other in zip(found, others, strict=True)]
    unknown = [cell.strip() for cell, column in zip(cells, found, strict=True) if cell.strip() and not column]
    names = ", ".join(f"“{name}”" for name in unknown)
    said = (f"the columns {names} have no place in the glossary and were left out",) if unknown else ()
    return Layout(tuple(found), said=said)


def _column(heading: str) -> Column | None:
    """What one heading names: a language, a language with a standing (`zh_forbidden`, 中文禁用), or another column."""
    parts = _parts(heading)
    name = "".join(parts)
    code = language_code(heading)
    if code:
        return Column("ko") if code == "ko" else Column("preferred", code)
    roles = words("columns")
    if name in roles or _listed("traditional") & {*parts}:
        return Column(roles[name]) if name in roles else None
    for language, rest in _beside_language(parts, name):
        role = roles.get(rest, "") if rest and rest not in _listed("fillers") else "preferred"
        if role in ("preferred", *STANDINGS):
            return Column("ko") if language == "ko" else Column(role, language)
        if role in ("note", "evidence", "domain"):
            return Column(role)
    return None


def _beside_language(parts: Sequence[str], name: str) -> Iterator[tuple[str, str]]:
    """Languages that a heading may name, each with what stands beside it."""
    languages = words("languages")
    for part in parts:
        if part in languages:
            others = [other for other in parts if other != part]
            yield languages[part], "".join(others)
            yield languages[part], "".join(other for other in others if not SUBTAG.fullmatch(other))
    for language in sorted((known for known in languages if not known.isascii()), key=len, reverse=True):
        if name.startswith(language) or name.endswith(language):
            yield languages[language], name.replace(language, "", 1)


def headless_layout(sample: Sequence[Sequence[str]], *, has_comments: bool) -> Layout:
    """The layout of a table without headings, by what stands in its columns; `has_comments`: as OmegaT writes it.

    DeepL writes two columns, or four with the codes of the languages (and a fifth with a number); OmegaT writes two
    and a comment.
    """
    width = max((len(row) for row in sample), default=0)
    columns: list[Column | None] = [Column("source"), *[Column("target")] * (width - 1)]
    codes = [cell.strip() for row in sample for cell in row[2:4]]
    if width >= 4 and all(len(code) < 8 and re.fullmatch("[A-Za-z]{2,3}([-_][A-Za-z]+)*", code) for code in codes):
        columns[2:] = [Column("source_lang"), Column("target_lang"), *[None] * (width - 4)]
    elif width >= 3 and has_comments:
        columns[2:] = [Column("note"), *[None] * (width - 3)]
    return Layout(tuple(columns), has_header=False)


def settle(layout: Layout, sample: Sequence[Sequence[str]], target: str | None, file: str) -> Layout:
    """The layout with a language for every column that names none, by the script of what stands in it.

    `target` is the language of the renderings where the caller knows it. Columns of a table that says the languages
    row by row get the language `*`. Raises InputError where it cannot be told which column is what.
    """
    columns = list(layout.columns)
    unnamed = [number for number, column in enumerate(columns) if column and column.role in UNNAMED and not column.lang]
    if layout.has("source_lang") or layout.has("target_lang"):
        for number in unnamed:
            columns[number] = replace(columns[number] or Column(""), lang="*")
        return replace(layout, columns=tuple(columns))
    scripts = {number: _script([row[number] for row in sample if len(row) > number]) for number in unnamed}
    if not layout.has("ko"):
        korean = [number for number, script in scripts.items() if script == "ko"]
        if not korean:
            raise InputError(file, "no column holds Korean. Name the columns in the first row: ko, zh, en.")
        columns[korean[0]] = Column("ko")
        unnamed.remove(korean[0])
    likely = target or next((scripts[number] for number in unnamed if scripts[number] in TARGETS), "")
    for number in unnamed:
        lang = target or scripts[number] or likely
        if lang not in TARGETS:
            what = f"it cannot be told whether column {number + 1} is Chinese or English"
            raise InputError(file, f"{what}. Name the columns in the first row (ko, zh, en), or name the language.")
        role = (columns[number] or Column("")).role
        column = Column(role if role in STANDINGS else "preferred", lang)
        is_one_more = (
            not layout.has_header and column in columns
        )  # a kind, a source: nobody says that it is a rendering
        columns[number] = None if is_one_more else column
    settled = replace(layout, columns=tuple(columns))
    return settled if layout.has_header else replace(settled, said=(*layout.said, _described(columns)))


def _described(columns: Sequence[Column | None]) -> str:
    names = {"ko": KOREAN.english, **{code: language.english for code, language in TARGETS.items()}}
    read = (
        f"{number} {names.get(column.lang or column.role, column.role)}"
        for number, column in enumerate(columns, 1)
        if column
    )
    left = "" if all(columns) else "; the others were left out"
    return f"there are no headings; the columns were read as {', '.join(read)}{left}"


def _script(cells: Sequence[str]) -> str:
    """The language that most cells are in by their script, "" where none has three in five."""
    counts = Counter(filter(None, map(script_language, cells)))
    best = counts.most_common(1)
    return best[0][0] if best and best[0][1] >= 0.6 * counts.total() else ""


def script_language(text: str) -> str:
    """The language that the script of a text suggests; Hangul before Han before Latin.

    >>> [script_language(text) for text in ("KBS방송", "DNA检测", "GDP", "100")]
    ['ko', 'zh', 'en', '']
    """
    return next((lang for lang, letters in SCRIPTS.items() if letters.search(text)), "")


def plain_word(text: str) -> str:
    """A heading or a word of a cell as columns.yaml has it: small letters, no spaces, no signs."""
    return "".join(_parts(text))
