"""What a change of the glossary touches: exactly what a full re-check finds, and what each translation then needs."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.annotate import annotate
from pipeline.article import Article, Bitext, Block, Meta, Segment, Translation, fingerprint
from pipeline.check import run_checks
from pipeline.checks import Pair
from pipeline.glossary import Glossary
from pipeline.hints import is_honoured
from pipeline.mentions import Matcher
from pipeline.occurrences import SCHEMA, Occurrences
from pipeline.reannotate import Wording, take
from pipeline.termbase.impact import Impact, Touch, impact
from pipeline.terms import Renderings, Term

TARGETS = ("zh", "en")
TODAY = date(2026, 3, 12)
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "changes.yaml").read_text(encoding="utf-8"))
STATES = ("draft", "edited", "approved")


def _term(entry: dict) -> Term:
    zh, en = (Renderings(entry[lang]) if entry[lang] else None for lang in TARGETS)
    rest = {key: str(value) if key.startswith("valid") else value for key, value in entry.items() if key != "why"}
    return Term(**{**rest, "ko": tuple(entry["ko"]), "zh": zh, "en": en, "domain": ""})


TERMS = [_term(entry) for entry in CASES["terms"]]
WORDS = [*(spelling for term in TERMS for spelling in term.ko), *CASES["pieces"]]


def _glossary(terms: list[Term]) -> Glossary:
    return Glossary({term.id: term for term in terms})


def _bitext(name: str, chance: random.Random, glossary: Glossary) -> Bitext:
    """An article of random pieces; its translations say some of what is promised, some are missing or dismissed."""
    texts = ["".join(chance.choices(WORDS, k=chance.randint(1, 9))) for _ in range(chance.randint(1, 6))]
    segments = tuple(Segment(f"s{number}", text) for number, text in enumerate(texts, 1))
    meta = Meta(date=chance.choice((None, "2022-03-01", "2022-11-01")))
    article = Article(name, (Block("b1", "paragraph", segments),), meta)
    found = annotate(article, glossary, Matcher(glossary), TARGETS, today=TODAY)
    translations = {}
    dismissed: list[str] = []
    for segment in segments:
        for lang in TARGETS:
            hints = found.hints_on(segment.id, lang)
            said = [chance.choice(hint.accepted) for hint in hints if chance.random() < 0.8]
            text = ("，" if lang == "zh" else " and ").join(said)
            if chance.random() < 0.9:
                of = fingerprint(segment.text if chance.random() < 0.95 else "별개")
                translation = Translation(segment.id, lang, text, of, state=chance.choice(STATES))
                translations[segment.id, lang] = translation
                findings = run_checks(Pair(segment, lang, translation, hints))
                dismissed += [finding.key(text) for finding in findings if chance.random() < 0.2]
    return replace(Bitext(article, dismissed=tuple(dismissed)).with_translations(translations), revision=1)


def _changed(terms: list[Term], chance: random.Random) -> list[Term]:
    """The terms after one to four changes of an editor."""
    changed = {term.id: term for term in terms}
    for _ in range(chance.randint(1, 4)):
        old = chance.choice(TERMS)
        term = changed.pop(old.id, None)
        match chance.choice(
            ("add", "remove", "zh", "en", "admit", "spelling", "status", "kind", "inside", "date", "id")
        ):
            case "remove":
                continue
            case "add":
                new = old
            case "zh":
                new = replace(term or old, zh=Renderings(chance.choice(("新词", "沈阳市区", "发展", "历史"))))
            case "en":
                new = replace(term or old, en=Renderings(chance.choice(("a new word", "Liaoning", "development zone"))))
            case "admit":
                new = replace(term or old, zh=Renderings("新词", ("发展", "沈阳")), en=None)
            case "spelling":
                extra = chance.choice(("건설", "선양", "성과", "전문", "새국면", "역사적"))
                new = replace(term or old, ko=tuple(dict.fromkeys((*old.ko, extra))))
            case "status":
                new = replace(term or old, status=chance.choice(("approved", "proposed", "deprecated")))
            case "kind":
                new = replace(term or old, kind=chance.choice(("term", "place", "formula")))
            case "inside":
                new = replace(term or old, inside_words=not old.inside_words)
            case "date":
                new = replace(term or old, valid_to=chance.choice((None, "2022-06", "2026-03-11")))
            case _:
                new = replace(term or old, id=f"{old.id}~renamed")
        changed[new.id] = new
    return list(changed.values())


def _index(bitexts: list[Bitext], glossary: Glossary) -> Occurrences:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    occurrences, wording = Occurrences(connection), Wording(glossary, TARGETS, today=TODAY)
    for bitext in bitexts:
        found = annotate(bitext.article, glossary, wording.matcher, TARGETS, today=TODAY)
        take(occurrences, Path("nowhere") / bitext.article.id, bitext, found, wording, is_published=True)
    return occurrences


def _rechecked(bitexts: list[Bitext], old: Glossary, new: Glossary) -> dict[tuple[str, str, str], tuple[object, ...]]:
    """What is promised or found otherwise, from looking at every article with both glossaries."""
    touched = {}
    matchers = Matcher(old), Matcher(new)
    for bitext in bitexts:
        was, is_now = (
            annotate(bitext.article, glossary, matcher, TARGETS, today=TODAY)
            for glossary, matcher in zip((old, new), matchers, strict=True)
        )
        for segment in bitext.article.segments():
            for lang in TARGETS:
                have = bitext.translation(segment.id, lang)
                hints = was.hints_on(segment.id, lang), is_now.hints_on(segment.id, lang)
                found = [
                    [f for f in run_checks(Pair(segment, lang, have, promised)) if not _is_dismissed(f, bitext, have)]
                    for promised in hints
                ]
                if hints[0] != hints[1] or found[0] != found[1]:
                    gained = tuple(finding for finding in found[1] if finding not in found[0])
                    lost = tuple(finding for finding in found[0] if finding not in found[1])
                    touched[bitext.article.id, segment.id, lang] = (*hints, gained, lost)
    return touched


def _is_dismissed(finding: object, bitext: Bitext, have: Translation | None) -> bool:
    return finding.key(have.text if have else "") in bitext.dismissed  # type: ignore[attr-defined]


def _as_rechecked(found: Impact) -> dict[tuple[str, str, str], tuple[object, ...]]:
    return {(t.article, t.segment.id, t.lang): (t.before, t.after, t.gained, t.lost) for t in found.touches}


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32), indexed_with=st.sampled_from(("old", "new", "another")))
def test_the_impact_is_what_a_full_recheck_finds(seed: int, indexed_with: str) -> None:
    chance = random.Random(seed)
    terms = chance.sample(TERMS, chance.randint(3, len(TERMS)))
    old, new = _glossary(terms), _glossary(_changed(terms, chance))
    bitexts = [_bitext(f"article-{number}", chance, old) for number in range(24)]
    made_with = {"old": old, "new": new, "another": _glossary(chance.sample(TERMS, 8))}[indexed_with]
    occurrences = _index(bitexts, made_with)
    found = impact(occurrences, Wording(old, today=TODAY), Wording(new, today=TODAY))
    assert _as_rechecked(found) == _rechecked(bitexts, old, new)
    for touch in found.touches:
        if touch.swapped is not None:
            assert all(is_honoured(hint, touch.swapped, touch.lang) for hint in touch.after)


def test_a_namesake_speaks_where_none_of_its_own_spellings_stands() -> None:
    ended = Term("력사", ("력사", "연혁"), Renderings("历史"), None, "term", "", valid_to="2020")
    namesake = Term("연혁", ("연혁",), Renderings("沿革"), None, "work", "")
    old, new = _glossary([ended, namesake]), _glossary([ended, replace(namesake, zh=Renderings("由来"))])
    bitexts = [_article("역사의 흐름", zh="沿革", en="")]  # found as 력사, which is over: the namesake takes its place
    found = impact(_index(bitexts, old), Wording(old, today=TODAY), Wording(new, today=TODAY))
    assert len(found.touches) == 1
    assert _as_rechecked(found) == _rechecked(bitexts, old, new)


def test_no_change_touches_nothing_and_builds_no_matcher() -> None:
    occurrences = _index([_bitext("a", random.Random(1), _glossary(TERMS))], _glossary(TERMS))

    def refuse(_: Glossary) -> Matcher:
        raise AssertionError("a matcher was built")

    same = impact(occurrences, Wording(_glossary(TERMS), build=refuse), Wording(_glossary(TERMS), build=refuse))
    assert (same.changes, same.touches) == ((), ())


def test_another_english_rendering_needs_only_the_rows_of_the_index() -> None:
    def refuse(_: Glossary) -> Matcher:
        raise AssertionError("a matcher was built")

    old = _glossary(TERMS)
    new = _glossary([replace(term, en=Renderings("Mukden")) if term.id == "심양" else term for term in TERMS])
    occurrences = _index([_article("심양의 발전", zh="沈阳的发展", en="The development of Shenyang")], old)
    found = impact(occurrences, Wording(old, today=TODAY, build=refuse), Wording(new, today=TODAY, build=refuse))
    assert [(touch.lang, touch.swapped) for touch in found.touches] == [("en", "The development of Mukden")]


# --- what a touched translation needs --------------------------------------------------------------------------------


def _article(text: str, *, zh: str, en: str, state: str = "approved", of: str | None = None) -> Bitext:
    article = Article("a", (Block("b1", "paragraph", (Segment("s1", text),)),))
    texts = {"zh": zh, "en": en}
    translations = {
        ("s1", lang): Translation("s1", lang, said, fingerprint(of or text), state=state)  # type: ignore[arg-type]
        for lang, said in texts.items()
        if said
    }
    return replace(Bitext(article).with_translations(translations), revision=1)


def _touches(bitext: Bitext, old: list[Term], new: list[Term]) -> dict[str, Touch]:
    found = impact(_index([bitext], _glossary(old)), Wording(_glossary(old)), Wording(_glossary(new)))
    return {touch.lang: touch for touch in found.touches}


SWAPS = yaml.safe_load((Path(__file__).parents[1] / "cases" / "swaps.yaml").read_text(encoding="utf-8"))


def _entries(rows: list[dict]) -> list[Term]:
    return [
        Term(
            row["ko"][0],
            tuple(row["ko"]),
            Renderings(*_names(row["zh"])) if row.get("zh") else None,
            Renderings(*_names(row["en"])) if row.get("en") else None,
            row.get("kind", "term"),
            "",
        )
        for row in rows
    ]


def _names(names: str | list[str]) -> Iterator[str | tuple[str, ...]]:
    first, *others = [names] if isinstance(names, str) else names
    yield first
    yield tuple(others)


@pytest.mark.parametrize("case", SWAPS, ids=lambda case: case["why"])
def test_a_swap_is_offered_only_where_it_is_safe(case: dict) -> None:
    lang = case["lang"]
    bitext = _article(case["ko"], **{"zh": "", "en": "", lang: case["text"]}, of=case.get("of"))
    touch = _touches(bitext, _entries(case["old"]), _entries(case["new"]))[lang]
    assert (touch.remedy, touch.swapped) == (case["expect"], case.get("swapped"))


def test_a_touch_says_who_must_act() -> None:
    old, new = [TERMS[0]], [replace(TERMS[0], zh=Renderings("盛京"))]
    draft = _touches(_article("심양에 간다.", zh="去沈阳。", en="", state="draft"), old, new)["zh"]
    approved = _touches(_article("심양에 간다.", zh="去沈阳。", en=""), old, new)["zh"]
    missing = _touches(_article("심양에 간다.", zh="", en=""), old, new)["zh"]
    assert [one.is_asked_again for one in (draft, approved, missing)] == [True, False, True]
    assert [one.state for one in (draft, approved, missing)] == ["draft", "approved", "missing"]
    assert missing.remedy == "nothing"
    assert approved.terms == ("심양",)
    assert [finding.suggestion for finding in approved.gained] == ["盛京"]


def test_the_table_counts_by_state_and_remedy() -> None:
    old, new = _glossary([TERMS[0]]), _glossary([replace(TERMS[0], zh=Renderings("盛京"))])
    bitexts = [
        replace(one, article=replace(one.article, id=name))
        for name, one in {
            "a": _article("심양에 간다.", zh="去沈阳。", en="To Shenyang."),
            "b": _article("심양에 간다.", zh="去那儿。", en="", state="edited"),
            "c": _article("심양에 간다.", zh="去盛京。", en="", state="draft"),
        }.items()
    ]
    found = impact(_index(bitexts, old), Wording(old), Wording(new))
    assert found.articles == ("a", "b", "c")
    table = found.by_state()
    assert table["approved"] == {"all": 1, "published": 1, "nothing": 0, "swap": 1, "person": 0}
    assert table["edited"] == {"all": 1, "published": 1, "nothing": 0, "swap": 0, "person": 1}
    assert table["draft"] == {"all": 1, "published": 1, "nothing": 1, "swap": 0, "person": 0}
    assert table["missing"]["all"] == 0


def test_memory_entries_to_retire_are_peoples_translations_that_break_the_new_promise_each_once() -> None:
    old, new = _glossary([TERMS[0]]), _glossary([replace(TERMS[0], zh=Renderings("盛京"))])
    said = {"a": "去沈阳。", "b": "去沈阳。", "c": "去盛京。", "d": "去那儿。"}
    bitexts = []
    for name, text in said.items():
        one = _article("심양에 간다.", zh=text, en="", state="draft" if name == "d" else "approved")
        bitexts.append(replace(one, article=replace(one.article, id=name)))
    (entry,) = impact(_index(bitexts, old), Wording(old), Wording(new)).memory()
    assert (entry.lang, entry.text, entry.swapped) == ("zh", "去沈阳。", "去盛京。")
    assert entry.places == (("a", "s1"), ("b", "s1"))
