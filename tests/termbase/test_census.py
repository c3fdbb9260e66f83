"""The glossary in numbers."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.glossary import Glossary, load_glossary
from pipeline.termbase.census import Row, take_census
from pipeline.terms import Renderings, Term

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 5, 1)


def term(name: str, *others: str, zh: str | Renderings | None = "汉", en: str | None = "x", **rest: object) -> Term:
    chinese = Renderings(zh) if isinstance(zh, str) else zh
    kind, domain = rest.pop("kind", "term"), rest.pop("domain", "economy")
    english = Renderings(en) if en else None
    return Term(str(rest.pop("id", name)), (name, *others), chinese, english, kind, domain, **rest)


def glossary_of(*terms: Term) -> Glossary:
    return Glossary({one.id: one for one in terms})


SMALL = glossary_of(
    term("심양", "선양", kind="place", domain="Liaoning", file="glossary/places.yaml", evidence=("심양은 도시이다.",)),
    term(
        "고품질발전",
        "고품질 발전",
        zh=Renderings("高质量发展", ("优质发展",), ("高品质发展",)),
        file="glossary/economy.yaml",
    ),
    term("새질생산력", valid_from="2023-09", note="2023", en=None, status="proposed", file="glossary/economy.yaml"),
    term("소강사회", valid_to="2020", zh=None, file="glossary/economy.yaml"),
    term("미래계획", valid_from="2027", valid_to="2030", domain=""),
    term("장성", kind="place", domain="sites"),
    term("장성", id="장성~title", kind="title", inside_words=True, domain="army"),
    term("AI", zh=None, en=None, do_not_translate=True),
    term("옛말", status="deprecated", zh=None, domain="old", file="glossary/old.yaml"),
)


def test_every_entry_is_counted_and_those_in_use_apart() -> None:
    census = take_census(SMALL, today=TODAY)
    assert (census.entries, census.in_use) == (9, 8)
    assert census.statuses == {"approved": 7, "deprecated": 1, "proposed": 1}
    assert census.files == {"": 4, "glossary/economy.yaml": 3, "glossary/old.yaml": 1, "glossary/places.yaml": 1}
    assert census.kinds["place"] == 2
    assert census.kinds["work"] == 0
    assert "old" not in census.domains


def test_what_is_missing_in_a_language_is_counted() -> None:
    census = take_census(SMALL, today=TODAY)
    assert (census.zh.with_rendering, census.zh.without_rendering) == (7, 1)
    assert (census.zh.with_admitted, census.zh.with_forbidden, census.zh.renderings) == (1, 1, 8)
    assert (census.en.with_rendering, census.en.without_rendering) == (7, 1)


def test_spellings_are_counted_and_the_extremes_named() -> None:
    census = take_census(SMALL, today=TODAY)
    assert census.spellings == 10
    assert census.spellings_per_term == {1: 6, 2: 2}
    assert census.shortest[:3] == ("AI", "선양", "심양")
    assert census.longest[0] == "고품질 발전"
    assert census.homographs == {"장성": ("장성", "장성~title")}


def test_dates_are_held_to_today() -> None:
    census = take_census(SMALL, today=TODAY)
    assert (census.dated, census.not_yet_in_force, census.no_longer_in_force) == (3, 1, 1)
    later = take_census(SMALL, today=date(2030, 12, 31))
    assert (later.not_yet_in_force, later.no_longer_in_force) == (0, 1)
    assert take_census(SMALL, today=date(2031, 1, 1)).no_longer_in_force == 2


def test_used_and_unused_entries_are_told_apart() -> None:
    assert take_census(SMALL).usage is None
    usage = take_census(SMALL, {"심양": 3, "장성~title": 5, "옛말": 9, "unknown": 1, "AI": 0}).usage
    assert usage is not None
    assert (usage.used, usage.unused, usage.mentions) == (2, 6, 8)
    assert usage.most_used == (("장성~title", 5), ("심양", 3))
    assert usage.unused_by_domain == {"economy": 4, "": 1, "sites": 1}


def test_the_table_tells_what_the_census_holds() -> None:
    rows = take_census(SMALL, {"심양": 3}, today=TODAY).rows()
    assert Row("status", "approved", 7, 7 / 9) in rows
    assert Row("kind", "place", 2, 2 / 8) in rows
    assert Row("domain", "(none)", 1, 1 / 8) in rows
    assert Row("zh", "without", 1, 1 / 8) in rows
    assert Row("usage", "used", 1, 1 / 8) in rows
    assert Row("usage", "mentions", 3, None) in rows


def test_an_empty_glossary_has_a_census() -> None:
    census = take_census(Glossary({}), {})
    assert (census.entries, census.spellings, census.longest, census.usage and census.usage.used) == (0, 0, (), 0)
    assert {row.share for row in census.rows()} == {None}


def test_the_census_of_the_shipped_glossary_is_whole_and_can_be_written_as_json() -> None:
    glossary = load_glossary(ROOT / "glossary")
    census = take_census(glossary)
    assert sum(census.files.values()) == census.entries == len(glossary.terms)
    assert set(census.files) == {f"glossary/{path.name}" for path in (ROOT / "glossary").glob("*.yaml")}
    written = json.loads(json.dumps(census.as_dict(), ensure_ascii=False))
    assert written["entries"] == census.entries
    assert written["zh"]["with_rendering"] == census.zh.with_rendering


TERMS = st.lists(
    st.builds(
        lambda number, zh, en, status, domain, ends: Term(
            f"{number}", (f"말{number}",), zh, en, "term", domain, status=status, valid_to=ends
        ),
        st.integers(0, 50),
        st.sampled_from([None, Renderings("汉"), Renderings("汉", ("漢",), ("韓",))]),
        st.sampled_from([None, Renderings("x")]),
        st.sampled_from(["approved", "proposed", "deprecated"]),
        st.sampled_from(["", "economy", "law"]),
        st.sampled_from([None, "2020", "2026-05-01", "2027-01"]),
    ),
    max_size=12,
)


@given(TERMS, st.dictionaries(st.integers(0, 50).map(str), st.integers(0, 9)))
@settings(max_examples=100, deadline=None)
def test_the_parts_of_a_census_add_up(terms: list[Term], mentions: dict[str, int]) -> None:
    glossary = glossary_of(*terms)
    census = take_census(glossary, mentions, today=TODAY)
    assert sum(census.statuses.values()) == sum(census.files.values()) == census.entries
    assert census.in_use == census.entries - census.statuses["deprecated"]
    assert sum(census.kinds.values()) == sum(census.domains.values()) == census.in_use
    assert sum(census.spellings_per_term.values()) == census.in_use
    for rendered in (census.zh, census.en):
        assert rendered.with_rendering + rendered.without_rendering == census.in_use
    assert census.usage is not None
    assert census.usage.used + census.usage.unused == census.in_use
    assert sum(census.usage.unused_by_domain.values()) == census.usage.unused
    assert census.domains == Counter(one.domain for one in glossary.terms.values() if one.status != "deprecated")
    assert all(row.share is None or 0 <= row.share <= 1 for row in census.rows())
