"""Korean words that look like the names of places, organisations and persons, by their endings and their neighbours.

The endings, titles and ordinary words that look like names are data: `names.yaml` beside this file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml

from pipeline.particles import is_grammar
from pipeline.readings import is_surname
from pipeline.terms import TermKind

WORD = re.compile("[가-힣]+")
LINK = re.compile(r"[ \u00a0]")  # what stands between a title and a name
SUBJECT = ("은", "는", "이", "가", "께서")
LONGEST_PLACE = 4  # syllables before 시, 현 …


@dataclass(frozen=True, slots=True)
class Name:
    """A word that looks like a name; `ending` says what it names (시, 회사), "" for a person."""

    kind: TermKind
    ko: str
    ending: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The lists of names.yaml, the longer words first where they are endings."""

    places: tuple[str, ...]
    beside_place: frozenset[str]
    organisations: Mapping[str, str]
    chinese_places: tuple[str, ...]
    chinese_organisations: tuple[str, ...]
    titles: tuple[str, ...]
    ordinary: frozenset[str]


def kind_of(zh: str) -> TermKind:
    """What a Chinese name is the name of, by how it ends; a term where that does not tell."""
    if zh.endswith(facts().chinese_organisations):
        return "organisation"
    return "place" if len(zh) >= 3 and zh.endswith(facts().chinese_places) else "term"


def find_bodies(text: str, places: Set[int], ordinary: Set[str]) -> Iterator[tuple[Name, int]]:
    """Words that end as places and organisations do, particles aside, with their offsets.

    `places` are the offsets at which known places end; no place is made of a word that is `ordinary`.
    """
    known = facts()
    for match in WORD.finditer(text):
        for ending in (*known.organisations, *known.places):
            at = match[0].rfind(ending, 2)
            name, rest = match[0][: at + len(ending)], match[0][at + len(ending) :]
            if at < 2 or not is_grammar(rest, name[-1]) or name in known.places:
                continue
            if ending in known.organisations:
                yield Name("organisation", name, ending), match.start()
            elif at <= LONGEST_PLACE and ordinary.isdisjoint((name, name[:at], name[-2:])):
                is_beside = not places.isdisjoint((match.start(), match.start() - 1))
                if is_beside or ending not in known.beside_place:
                    yield Name("place", name, ending), match.start()
            break


def find_persons(text: str, titles: tuple[str, ...], ordinary: Set[str]) -> Iterator[tuple[Name, int]]:
    """Names of persons beside a title (국장 최영호는, 최영호 국장은), with their offsets; no `ordinary` word is one."""
    for before, after in pairwise(WORD.finditer(text)):
        if not LINK.fullmatch(text, before.end(), after.start()):
            continue
        name = _name_in(after[0], ordinary) if before[0].endswith(titles) else None
        if name is not None:
            yield Name("person", name, ""), after.start()
        elif len(before[0]) == 3 and _name_in(before[0], ordinary) == before[0]:
            title = next((one for one in titles if after[0].startswith(one)), None)
            if title and is_grammar(after[0][len(title) :], title[-1]):
                yield Name("person", before[0], ""), before.start()


def _name_in(word: str, ordinary: Set[str]) -> str | None:
    """The person's name that a word consists of, particles aside: a family name and one or two syllables more.

    A third syllable that could be a particle (엄동은) is taken for one; a name of two syllables must be the subject.
    """
    for length in (4, 3, 2):
        name, rest = word[:length], word[length:]
        is_name = len(name) == length and is_surname(name[:2] if length == 4 else name[:1])
        if not is_name or not is_grammar(rest, name[-1]) or name in ordinary or name[:2] in ordinary:
            continue
        if length == 2 and rest not in SUBJECT:
            continue
        if length == 3 and not rest and is_grammar(name[2:], name[1]):
            continue
        return name
    return None


@cache
def facts() -> Facts:
    """The lists, read once."""
    with Path(__file__).with_suffix(".yaml").open(encoding="utf-8") as file:
        content = yaml.load(file, yaml.CSafeLoader)
    organisations: dict[str, str] = content.pop("organisations")
    lists: dict[str, list[str]] = {name: words.split() for name, words in content.items()}

    def longest_first(name: str) -> tuple[str, ...]:
        return tuple(sorted(lists[name], key=lambda one: (-len(one), one)))

    return Facts(
        places=longest_first("places"),
        beside_place=frozenset(lists["beside_place"]),
        organisations={one: organisations[one] for one in sorted(organisations, key=lambda one: (-len(one), one))},
        chinese_places=longest_first("chinese_places"),
        chinese_organisations=longest_first("chinese_organisations"),
        titles=longest_first("titles"),
        ordinary=frozenset(lists["ordinary"]),
    )
