"""Terms on the day of the article: entries speak in their time, and without dates nothing changes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.annotate import annotate, find_in_force, is_in_force
from pipeline.article import Article, Block, Meta, Segment
from pipeline.glossary import Glossary
from pipeline.glosses import find_glosses
from pipeline.hints import hints_for
from pipeline.mentions import Matcher
from pipeline.terms import Renderings, Term

TARGETS = ("zh", "en")


def term(*ko: str, zh: str = "汉", **rest: str) -> Term:
    return Term(rest.pop("id", ko[0]), ko, Renderings(zh), Renderings("x"), rest.pop("kind", "term"), "", **rest)


def glossary_of(*terms: Term) -> Glossary:
    return Glossary({one.id: one for one in terms})


def article_of(*texts: str, day: str | None = None) -> Article:
    segments = tuple(Segment(f"s{number}", text) for number, text in enumerate(texts))
    return Article("a", (Block("b", "paragraph", segments),), Meta(date=day))


def hints_on(text: str, glossary: Glossary, day: str | None, today: date | None = None) -> list[tuple[str, str]]:
    found = annotate(article_of(text, day=day), glossary, Matcher(glossary), ["zh"], today=today)
    return [(text[hint.start : hint.end], hint.text) for hint in found.hints_on("s0", "zh")]


PERIODS = [
    ("2022-10-16", None, "2022-10-15T23:59:59+08:00", False),
    ("2022-10-16", None, "2022-10-16T00:00:01+08:00", True),
    ("2022-10", None, "2022-09-30", False),
    ("2022-10", None, "2022-10-01", True),
    ("2022", None, "2021-12-31", False),
    (None, "2022", "2022-12-31", True),
    (None, "2022", "2023-01-01", False),
    (None, "2022-02", "2022-02-28T09:00:00+08:00", True),
    (None, "2022-02", "2022-03-01", False),
    ("2019", "2021-06-30", "2021-06-30", True),
    ("2019", "2021-06-30", "2021-07-01", False),
    ("2022-10", None, "2022", True),
    (None, "2022-10-16", "2022-10", True),
    ("2022-10-16", "2022-10-16", "2022-10-16", True),
    (None, None, "1949-10-01", True),
]


@pytest.mark.parametrize(("begins", "ends", "day", "expect"), PERIODS)
def test_an_entry_is_in_force_from_its_first_day_to_its_last(
    begins: str | None, ends: str | None, day: str, expect: bool
) -> None:
    assert is_in_force(Term("가", ("가",), None, None, "term", "", valid_from=begins, valid_to=ends), day) is expect


def test_an_article_of_2019_is_not_judged_by_the_wording_of_2026() -> None:
    glossary = glossary_of(term("새질생산력", zh="新质生产力", valid_from="2023-09"), term("발전", zh="发展"))
    text = "새질생산력의 발전을 다그친다."
    assert hints_on(text, glossary, "2019-05-01") == [("발전", "发展")]
    assert hints_on(text, glossary, "2026-05-01") == [("새질생산력", "新质生产力"), ("발전", "发展")]


OLD = term("소강사회", id="소강사회~2019", zh="小康社会", valid_to="2020")
NEW = term("소강사회", id="소강사회~2021", zh="全面小康社会", kind="formula", valid_from="2021")


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
@pytest.mark.parametrize(("day", "expect"), [("2019-03-05", "小康社会"), ("2021-07-01", "全面小康社会")])
def test_of_two_entries_with_one_spelling_the_one_in_force_speaks_alone(
    order: tuple[Term, ...], day: str, expect: str
) -> None:
    glossary = glossary_of(*order)
    found = annotate(article_of("소강사회를 건설한다.", day=day), glossary, Matcher(glossary), ["zh"])
    (hint,) = found.hints_on("s0", "zh")
    assert (hint.text, hint.admitted) == (expect, ())


def test_a_namesake_is_found_by_the_south_korean_spelling_too() -> None:
    old = term("료녕성", id="old", zh="奉天省", kind="place", valid_to="1928")
    glossary = glossary_of(old, term("료녕성", id="new", zh="辽宁省", kind="organisation", valid_from="1929"))
    assert hints_on("요녕성의 소식이다.", glossary, "1920-01-01") == [("요녕성", "奉天省")]
    assert hints_on("요녕성의 소식이다.", glossary, "2020-01-01") == [("요녕성", "辽宁省")]


def test_a_term_out_of_force_gives_way_to_what_it_hid() -> None:
    glossary = glossary_of(
        term("국가중심도시", zh="国家中心城市", valid_from="2010"),
        term("중심도시", zh="中心城市"),
        term("건설", zh="建设"),
    )
    text = "국가중심도시 건설을 다그친다."
    assert hints_on(text, glossary, "2005-01-01") == [("중심도시", "中心城市"), ("건설", "建设")]
    assert hints_on(text, glossary, "2015-01-01") == [("국가중심도시", "国家中心城市"), ("건설", "建设")]


def test_what_a_longer_term_in_force_hides_stays_hidden() -> None:
    glossary = glossary_of(term("당 대회 정신"), term("대회"), term("정신"), term("대회 정신", valid_to="2000"))
    assert [m.spelling for m in find_in_force("당 대회 정신을 관철한다.", glossary, Matcher(glossary), "2020")] == [
        "당 대회 정신"
    ]


def test_an_article_without_a_date_is_held_to_the_wording_of_today() -> None:
    glossary = glossary_of(
        term("새질생산력", valid_from="2023-09"), term("소강사회", valid_to="2020"), term("현대화", valid_to="2035")
    )
    text = "새질생산력, 소강사회, 현대화."
    assert [ko for ko, _ in hints_on(text, glossary, None, date(2026, 5, 1))] == ["새질생산력", "현대화"]
    assert [ko for ko, _ in hints_on(text, glossary, None, date(2019, 5, 1))] == ["소강사회", "현대화"]
    assert [ko for ko, _ in hints_on(text, glossary, "2036-01-01", date(2019, 5, 1))] == ["새질생산력"]


def test_a_deprecated_namesake_does_not_come_back_when_the_entry_is_out_of_force() -> None:
    glossary = glossary_of(
        term("소강사회", valid_to="2020"), term("소강사회", id="retired", zh="小康", status="deprecated")
    )
    assert hints_on("소강사회를 건설한다.", glossary, "2024-01-01") == []


def test_a_gloss_speaks_whatever_the_date_of_the_entry() -> None:
    glossary = glossary_of(term("림공경제구", zh="空港经济区", valid_to="2018"))
    assert hints_on("림공경제구(临空经济区)를 건설한다.", glossary, "2022-09-22") == [("림공경제구", "临空经济区")]


# --- what holds for every text ------------------------------------------------------------------------------------

WORDS = [
    "국가",
    "중심",
    "도시",
    "국가 중심",
    "중심 도시",
    "국가 중심 도시",
    "발전",
    "도시 발전",
    "료녕성",
    "력사",
]
YEARS = [None, "2019", "2020-06", "2021-03-15"]
DAYS = ["2018-12-31", "2019-01-01", "2020-05-31", "2020-06-30T10:00:00+08:00", "2021-03-16", "2022"]


@st.composite
def dated_terms(draw: st.DrawFn) -> Term:
    word = draw(st.sampled_from(WORDS))
    begins, ends = draw(st.sampled_from(YEARS)), draw(st.sampled_from(YEARS))
    number = draw(st.integers(0, 9))
    kind = draw(st.sampled_from(["term", "formula", "place"]))
    dates = {key: day for key, day in (("valid_from", begins), ("valid_to", ends)) if day}
    return term(word, id=f"{word}~{number}", zh=f"汉{number}", kind=kind, **dates)


TEXTS = st.lists(
    st.tuples(
        st.sampled_from(["국가", "중심", "도시", "발전", "료녕성", "요녕성", "력사", "사람"]),
        st.sampled_from(["", "의", "을"]),
    ),
    max_size=9,
).map(lambda words: " ".join(word + particle for word, particle in words))


@given(st.lists(dated_terms(), max_size=8), st.lists(TEXTS, max_size=3), st.sampled_from(DAYS))
@settings(max_examples=150, deadline=None)
def test_a_glossary_without_dates_gives_what_the_matcher_finds(terms: list[Term], texts: list[str], day: str) -> None:
    glossary = glossary_of(*(Term(t.id, t.ko, t.zh, t.en, t.kind, "") for t in terms))
    matcher = Matcher(glossary)
    found = annotate(article_of(*texts, day=day), glossary, matcher, TARGETS)
    for number, text in enumerate(texts):
        mentions = matcher.find(text)
        assert found.mentions.get(f"s{number}", ()) == mentions
        for lang in TARGETS:
            expect = hints_for(text, lang, mentions, find_glosses(text), {}, glossary)
            assert found.hints_on(f"s{number}", lang) == expect


@given(st.lists(dated_terms(), max_size=8), TEXTS, st.sampled_from(DAYS))
@settings(max_examples=300, deadline=None)
def test_an_entry_out_of_force_is_as_good_as_not_there(terms: list[Term], text: str, day: str) -> None:
    glossary = glossary_of(*terms)
    view = glossary_of(*(one for one in glossary.terms.values() if is_in_force(one, day)))
    here, there = (annotate(article_of(text, day=day), one, Matcher(one), TARGETS) for one in (glossary, view))
    spans = [[(m.start, m.end) for m in found.mentions.get("s0", ())] for found in (here, there)]
    assert spans[0] == spans[1]
    for lang in TARGETS:
        promised = [{(h.start, h.end): {*h.accepted} for h in found.hints_on("s0", lang)} for found in (here, there)]
        assert promised[0] == promised[1]
