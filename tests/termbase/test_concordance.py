"""What is known of a term in the articles, which entries a text leads to, and why a term counts in a text or not."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.annotate import annotate
from pipeline.article import Article, Bitext, Block, Segment, Translation, fingerprint
from pipeline.glossary import Glossary
from pipeline.mentions import Matcher
from pipeline.occurrences import SCHEMA, Occurrences
from pipeline.reannotate import Wording, take
from pipeline.termbase.concordance import Shown, explain, find, show
from pipeline.terms import Renderings, Term

TERMS = (
    Term("심양", ("심양", "선양"), Renderings("沈阳", ("沈阳市",)), Renderings("Shenyang"), "place", ""),
    Term("료녕", ("료녕",), Renderings("辽宁"), Renderings("Liaoning"), "place", ""),
    Term("개발구", ("개발구",), Renderings("开发区"), Renderings("development zone", (), ("devzone",)), "term", ""),
    Term("경제개발구", ("경제개발구",), Renderings("经济开发区"), Renderings("economic development zone"), "term", ""),
    Term("로동자", ("로동자",), Renderings("工人"), Renderings("worker"), "term", ""),
    Term("단지", ("단지",), Renderings("园区"), None, "term", "", status="deprecated"),
)
GLOSSARY = Glossary({term.id: term for term in TERMS})
MATCHER = Matcher(GLOSSARY)


def _bitext(name: str, *rows: tuple[str, str, str]) -> Bitext:
    """An article from rows of Korean, Chinese and English; "" is no translation."""
    segments = tuple(Segment(f"s{number}", ko) for number, (ko, _, _) in enumerate(rows, 1))
    bitext = Bitext(Article(name, (Block("b1", "paragraph", segments),)))
    translations = {
        (segment.id, lang): Translation(segment.id, lang, text, fingerprint(segment.text), state="approved")
        for segment, (_, zh, en) in zip(segments, rows, strict=True)
        for lang, text in (("zh", zh), ("en", en))
        if text
    }
    return replace(bitext.with_translations(translations), revision=1)


def _index(*bitexts: Bitext) -> Occurrences:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    occurrences, wording = Occurrences(connection), Wording(GLOSSARY, ("zh", "en"))
    for bitext in bitexts:
        found = annotate(bitext.article, GLOSSARY, MATCHER, ("zh", "en"))
        take(occurrences, Path("nowhere") / bitext.article.id, bitext, found, wording, is_published=False)
    return occurrences


@pytest.fixture
def shown() -> Shown:
    occurrences = _index(
        _bitext(
            "a",
            ("심양시는 크다. 선양!", "沈阳市很大。沈阳！", "Shenyang is big. Shenyang!"),
            ("료녕에 있다.", "在辽宁。", "In Liaoning."),
            ("심양에 간다.", "去那里。", ""),
        ),
        _bitext("b", ("심양이다.", "是沈阳。", "It is Shenyang.")),
    )
    return show(occurrences, TERMS[0])


def test_a_term_is_shown_with_every_mention_and_its_sentence(shown: Shown) -> None:
    places = [(line.article, line.segment.id, line.mention.spelling) for line in shown.lines]
    assert places == [("a", "s1", "심양"), ("a", "s1", "선양"), ("a", "s3", "심양"), ("b", "s1", "심양")]
    assert shown.by_article() == (("a", 3), ("b", 1))


def test_the_renderings_seen_are_counted_and_missed_ones_come_last(shown: Shown) -> None:
    assert [(seen.rendering, seen.count) for seen in shown.seen("zh")] == [("沈阳市", 2), ("沈阳", 1), (None, 1)]
    assert shown.seen("zh")[-1].places == (("a", "s3"),)
    assert [(seen.rendering, seen.count, seen.places) for seen in shown.seen("en")] == [
        ("Shenyang", 3, (("a", "s1"), ("b", "s1")))
    ]


def test_each_mention_says_where_its_rendering_stands(shown: Shown) -> None:
    zh, en = shown.lines[3].rendered
    assert (zh.text[slice(*zh.span or ())], en.text[slice(*en.span or ())]) == ("沈阳", "Shenyang")
    missing = shown.lines[2].rendered[1]
    assert (missing.state, missing.rendering, missing.span, missing.is_asked) == ("missing", None, None, True)


def test_a_term_that_stands_nowhere_is_shown_without_lines() -> None:
    assert show(_index(_bitext("a", ("비가 온다.", "下雨。", ""))), TERMS[0]).lines == ()


# --- find ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("심양", [("심양", "ko", "exact")]),
        ("선양", [("심양", "ko", "exact")]),
        ("요녕", [("료녕", "ko", "exact")]),
        ("노동자", [("로동자", "ko", "exact")]),
        ("개발", [("개발구", "ko", "prefix"), ("경제개발구", "ko", "part")]),
        ("경제 개발구", [("경제개발구", "ko", "exact")]),
        ("瀋陽", [("심양", "zh", "exact")]),
        ("开发", [("개발구", "zh", "prefix"), ("경제개발구", "zh", "part")]),
        ("Development Zones", [("개발구", "en", "exact"), ("경제개발구", "en", "part")]),
        ("liao", [("료녕", "en", "prefix")]),
        ("devzone", [("개발구", "en", "exact")]),
        ("단지", [("단지", "ko", "exact")]),
        ("없는 말", []),
        (" ", []),
        ("", []),
    ],
)
def test_a_text_leads_to_entries_the_best_first(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(one.term.id, one.lang, one.match) for one in find(text, GLOSSARY)] == expected


def test_an_entry_is_found_by_an_id_that_is_none_of_its_spellings() -> None:
    term = replace(TERMS[0], id="봉천~place")
    assert [one.name for one in find("봉천~place", Glossary({term.id: term}))] == ["봉천~place"]


def test_a_forbidden_rendering_says_that_it_is_one() -> None:
    assert [one.is_forbidden for one in find("devzone", GLOSSARY)] == [True]
    assert not any(one.is_forbidden for one in find("development zone", GLOSSARY))


# --- explain -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("심양에 간다.", [("심양", "mention", "")]),
        ("경제개발구이다.", [("경제개발구", "mention", ""), ("개발구", "hidden", "경제개발구")]),
        ("요녕의 심양", [("료녕", "mention", ""), ("심양", "mention", "")]),
        ("심양률을 높인다.", [("심양", "inside a word", "심양률을")]),
        ("새 단지이다.", [("단지", "retired", "")]),
        ("비가 온다.", []),
        ("", []),
    ],
)
def test_a_sentence_says_which_terms_count_and_why_the_others_do_not(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    assert [(one.term.id, one.standing, one.by) for one in explain(text, GLOSSARY, MATCHER)] == expected
