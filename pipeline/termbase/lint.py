"""Looks through a whole glossary for what an editor should know: entries that contradict, hide or repeat one another.

What is wrong with an entry by itself is found by `proofread`. Nothing here keeps a glossary from being used; what does
is an error of `load_glossary`.
"""

from __future__ import annotations

import datetime
import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.article import Severity
from pipeline.glossary import Glossary, take_turns
from pipeline.orthography import is_ambiguous, south_korean_view
from pipeline.patterns import Pattern, Patterns, fold
from pipeline.termbase import proofread
from pipeline.termbase.proofread import Problem, code_of
from pipeline.terms import Renderings, Term

Remark = tuple[Term, Severity, str, str]  # the entry, how bad it is, what is wrong, what to do
FREQUENT = 5  # entries from which a domain is taken for one that is meant


@dataclass(frozen=True)
class Survey:
    """A glossary as the rules look at it. `usage`: mentions by term id, None where nobody counted; `today`: a date."""

    glossary: Glossary
    usage: Mapping[str, int] | None
    today: str

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The entries in use."""
        return tuple(term for term in self.glossary.terms.values() if term.status != "deprecated")

    @cached_property
    def by_spelling(self) -> Mapping[str, tuple[Term, ...]]:
        """The entries in use by their written spellings, folded as the search folds them."""
        found: dict[str, dict[str, Term]] = defaultdict(dict)
        for term in self.terms:
            for spelling in term.ko:
                found[fold(spelling)][term.id] = term
        return {key: tuple(terms.values()) for key, terms in found.items()}

    @cached_property
    def patterns(self) -> Mapping[str, Pattern]:
        """What the search looks for; the first term of a pattern is the one that is found."""
        return Patterns(self.glossary).hangul


Rule = Callable[[Survey], Iterator[Remark]]


def lint(glossary: Glossary, usage: Mapping[str, int] | None = None, today: str | None = None) -> list[Problem]:
    """Every problem of a glossary, by file and line.

    `usage` says how often each term was found in the articles; without it nobody is told what is unused. `today` is a
    date, 2022-10-16, by which entries are out of date.
    """
    survey = Survey(glossary, usage, today or datetime.date.today().isoformat())
    problems = [problem for term in survey.terms for problem in proofread.proofread(term)]
    for rule in RULES:
        for term, severity, message, suggestion in rule(survey):
            code = code_of(rule.__name__)
            problems.append(Problem(code, severity, term.file, term.line, term.id, message, suggestion))
    return sorted(problems, key=lambda problem: (problem.file, problem.line, problem.code, problem.message))


def explanations() -> dict[str, str]:
    """What each code is about, by code, in the order of the rules."""
    return {code_of(rule.__name__): " ".join((rule.__doc__ or "").split()) for rule in (*RULES, *proofread.RULES)}


# --- rules ---------------------------------------------------------------------------------------------------------


def duplicate(survey: Survey) -> Iterator[Remark]:
    """Two entries of different kinds have a spelling in common and ask for the same. One of them is enough, and two
    will sooner or later say different things.
    """
    for terms in survey.by_spelling.values():
        for first, second in _pairs(terms):
            if not _differences(first, second) and not first.inside_words ^ second.inside_words:
                yield second, "warning", f"{second.id} says the same as {_place(first)}.", "Keep one."


def conflict(survey: Survey) -> Iterator[Remark]:
    """Two entries of different kinds have a spelling in common and ask for different Chinese or English. The search
    cannot tell them apart: it takes one of them everywhere and lets the other's renderings pass, so nothing is
    proved for this word. Give one a longer spelling that shows which is meant.
    """
    for key, terms in survey.by_spelling.items():
        for first, second in _pairs(terms):
            if differences := _differences(first, second):
                spelling = next(one for one in second.ko if fold(one) == key)
                problem = f"{spelling} is also a spelling of {_place(first)}, with {' and '.join(differences)}."
                yield second, "info", problem, "Give one of them a longer spelling."


def colliding_spelling(survey: Survey) -> Iterator[Remark]:
    """What South Korea writes for one entry is the spelling of another with different Chinese (량식 粮食 is 양식 there,
    and 양식 is 样式). In an article in South Korean spelling the first is taken for the second.
    """
    for term in survey.terms:
        for spelling in term.ko:
            southern = south_korean_view(spelling).text
            if southern == spelling or is_ambiguous(southern):
                continue
            for other in survey.by_spelling.get(fold(southern), ()):
                if other.id != term.id and _texts(term.zh).isdisjoint(_texts(other.zh)):
                    problem = f"{spelling} is {southern} in South Korea, which is {_place(other)}."
                    yield term, "info", problem, "Check which one articles in that spelling mean."


def shadowed(survey: Survey) -> Iterator[Remark]:
    """Wherever a spelling of this entry stands, another entry with the same spelling is taken for it: the kinds term,
    formula, title, organisation, work, place, person come in this order, and approved before proposed. The entry
    does nothing but admit its renderings.
    """
    for term in survey.terms:
        rivals = [survey.patterns[fold(spelling)].terms[0] for spelling in term.ko if fold(spelling) in survey.patterns]
        if rivals and all(rival.id != term.id and not _is_dated(term, rival) for rival in rivals):
            places = ", ".join(dict.fromkeys(map(_place, rivals)))
            yield (
                term,
                "warning",
                f"{term.id} is never found: {places} is.",
                "Give it a spelling of its own, or retire it.",
            )


def forbidden_elsewhere(survey: Survey) -> Iterator[Remark]:
    """A rendering that one entry forbids is the preferred one of another entry whose Korean contains the first one's,
    or is contained in it. Where both stand in a sentence no translation satisfies both.
    """
    preferred: dict[tuple[str, str], list[Term]] = defaultdict(list)
    for term in survey.terms:
        for lang in ("zh", "en"):
            if renderings := term.renderings(lang):
                preferred[lang, renderings.preferred].append(term)
    for term in survey.terms:
        for lang in ("zh", "en"):
            renderings = term.renderings(lang)
            for forbidden in renderings.forbidden if renderings else ():
                for other in preferred.get((lang, forbidden), ()):
                    is_near = other.id != term.id and _touch(term, other)
                    problem = f"“{forbidden}” is forbidden here and preferred in {_place(other)}."
                    yield term, "warning" if is_near else "info", problem, "Allow it here, or change the other."


def divergent_rendering(survey: Survey) -> Iterator[Remark]:
    """Two entries of one kind have the same Chinese and different English, so that one thing has two names in the
    English documents. (Where the Chinese word has two senses, all is well.)
    """
    by_chinese: dict[tuple[str, str], list[tuple[Term, Renderings]]] = defaultdict(list)
    for term in survey.terms:
        if term.zh and term.en:
            by_chinese[term.kind, term.zh.preferred].append((term, term.en))
    for (_, chinese), entries in by_chinese.items():
        first, there = entries[0]
        for term, here in entries[1:]:
            if _letters(there).isdisjoint(_letters(here)):
                problem = f"{chinese} is “{here.preferred}” here and “{there.preferred}” in {_place(first)}."
                yield term, "info", problem, "Agree on one, or admit the other."


def separate_spelling(survey: Survey) -> Iterator[Remark]:
    """Two entries of one kind ask for the same Chinese and the same English: one entry with both spellings will do."""
    same: dict[tuple[object, ...], list[Term]] = defaultdict(list)
    for term in survey.terms:
        if term.zh and term.en and not _is_dated(term):
            same[term.kind, term.zh, term.en, term.status].append(term)
    for terms in same.values():
        for other in terms[1:]:
            yield other, "info", f"{other.id} asks for the same as {_place(terms[0])}.", "Make it a spelling of that."


def unknown_domain(survey: Survey) -> Iterator[Remark]:
    """A domain that stands in one or two entries is written nearly as a frequent one, which may have been meant."""
    counts = Counter(term.domain for term in survey.terms if term.domain)
    frequent = [domain for domain, count in counts.items() if count >= FREQUENT]
    for term in survey.terms:
        if 0 < counts[term.domain] <= 2:
            near = difflib.get_close_matches(term.domain, frequent, n=1, cutoff=0.85)
            if near:
                yield term, "info", f"The domain “{term.domain}” is rare.", f"Did you mean “{near[0]}”?"


def out_of_date(survey: Survey) -> Iterator[Remark]:
    """The entry's `valid_to` has passed. It still speaks for articles of its time; where those are no longer worked on,
    retire it.
    """
    for term in survey.terms:
        if term.valid_to and term.valid_to < survey.today[: len(term.valid_to)]:
            yield term, "info", f"{term.id} was valid to {term.valid_to}.", "Retire it, or enter what is said now."


def unused(survey: Survey) -> Iterator[Remark]:
    """The term was found in no article so far. (Only where mentions were counted.)"""
    for term in survey.terms if survey.usage is not None else ():
        if not (survey.usage or {}).get(term.id):
            yield term, "info", f"{term.id} was never found in an article.", "Keep it if it may come, else retire it."


RULES: tuple[Rule, ...] = (
    *(duplicate, conflict, colliding_spelling, shadowed, forbidden_elsewhere, divergent_rendering),
    *(separate_spelling, unknown_domain, out_of_date, unused),
)


# --- what the rules share ------------------------------------------------------------------------------------------


def _pairs(terms: Iterable[Term]) -> Iterator[tuple[Term, Term]]:
    """The first entry with each of the others that may be valid on the same day."""
    first, *others = terms
    return ((first, other) for other in others if not take_turns(first, other))


def _differences(first: Term, second: Term) -> list[str]:
    """What two entries ask for differently, in words; a rendering that the other one admits is no difference."""
    found = []
    for lang, name in (("zh", "Chinese"), ("en", "English")):
        here, there = first.renderings(lang), second.renderings(lang)
        if here and there and _texts(here).isdisjoint(_texts(there)):
            found.append(f"{name} “{here.preferred}” for “{there.preferred}”")
    return found


def _texts(renderings: Renderings | None) -> set[str]:
    return set(renderings.accepted) if renderings else set()


def _letters(renderings: Renderings) -> set[str]:
    """English renderings without what two of them may differ in by chance: case, hyphens, quotation marks."""
    return {"".join(filter(str.isalnum, text)).casefold() for text in _texts(renderings)}


def _is_dated(*terms: Term) -> bool:
    """Whether the date of an article may decide between these."""
    return any(term.valid_from or term.valid_to for term in terms)


def _touch(first: Term, second: Term) -> bool:
    """Whether a spelling of one is part of a spelling of the other."""
    return any(a in b or b in a for a in map(fold, first.ko) for b in map(fold, second.ko))


def _place(term: Term) -> str:
    return f"{term.id} ({term.file}, line {term.line})"
