"""Hints from mentions and glosses, and whether a translation keeps them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Hint
from pipeline.glossary import Glossary
from pipeline.glosses import find_glosses
from pipeline.hints import find_rendering, hints_for, is_honoured, rendering_used, stands_in
from pipeline.mentions import Matcher
from pipeline.terms import Renderings, Term

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "renderings.yaml").read_text(encoding="utf-8"))


def _term(*ko: str, zh: str = "", en: str = "", **rest: object) -> Term:
    zh_forms, en_forms = (text.split("|") if text else [] for text in (zh, en))
    return Term(
        id=rest.pop("id", ko[0]),
        ko=ko,
        zh=Renderings(zh_forms[0], tuple(zh_forms[1:])) if zh_forms else None,
        en=Renderings(en_forms[0], tuple(en_forms[1:])) if en_forms else None,
        kind=rest.pop("kind", "term"),
        domain="",
        **rest,
    )


TERMS = [
    _term("심양", "심양시", zh="沈阳|沈阳市", en="Shenyang|Shenyang City", kind="place"),
    _term("료녕성", zh="辽宁|辽宁省", en="Liaoning", kind="place"),
    _term("혁신", zh="创新", en="innovation"),
    _term("국가중심도시", zh="国家中心城市", en="national central city"),
    _term("림공구", zh="空港区", en="airport zone"),
    _term("사기", zh="诈骗", en="fraud"),
    _term("사기", id="사기~work", zh="史记", en="Records of the Grand Historian", kind="work"),
    _term("옛말", zh="旧词", en="old word", status="deprecated"),
    _term("새말", zh="新词", en="new word", status="proposed"),
    _term("중국말", zh="汉语"),
    _term("KTX", kind="term", do_not_translate=True),
]
GLOSSARY = Glossary({term.id: term for term in TERMS})
MATCHER = Matcher(GLOSSARY)


def _hints(text: str, lang: str, inherited: dict[str, str] | None = None) -> tuple[Hint, ...]:
    return hints_for(text, lang, MATCHER.find(text), find_glosses(text), inherited or {}, GLOSSARY)


def _texts(text: str, lang: str, inherited: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
    return [(text[hint.start : hint.end], hint.text, hint.why) for hint in _hints(text, lang, inherited)]


@pytest.mark.parametrize(
    ("lang", "case"),
    [pytest.param(lang, case, id=f"{lang}: {case['label']}") for lang in ("zh", "en") for case in CASES[lang]],
)
def test_a_translation_is_judged_as_labelled(lang: str, case: dict) -> None:
    hint = Hint(0, 1, case["hint"][0], "glossary", tuple(case["hint"][1:]))
    assert is_honoured(hint, case["text"], lang) is case["expect"]


def test_a_mention_gives_the_preferred_rendering_and_admits_the_others() -> None:
    (hint,) = _hints("심양의 겨울", "zh")
    assert (hint.start, hint.end, hint.text, hint.admitted, hint.term) == (0, 2, "沈阳", ("沈阳市",), "심양")


def test_a_place_with_its_suffix_asks_for_the_chinese_suffix() -> None:
    assert _texts("심양시의 겨울", "zh") == [("심양시", "沈阳市", "glossary")]
    assert _hints("심양시의 겨울", "zh")[0].admitted == ("沈阳",)
    assert _texts("료녕성의 겨울", "zh") == [("료녕성", "辽宁省", "glossary")]


def test_english_places_keep_the_preferred_rendering() -> None:
    assert _texts("심양시의 겨울", "en") == [("심양시", "Shenyang", "glossary")]


def test_a_gloss_comes_before_the_glossary_in_chinese_and_covers_the_korean_only() -> None:
    text = "올해 림공구(临空区)를 짓는다."
    (hint,) = _hints(text, "zh")
    assert (text[hint.start : hint.end], hint.text, hint.why, hint.admitted) == ("림공구", "临空区", "gloss", ())
    assert hint.term == "림공구"


def test_a_gloss_gives_no_english_hint_unless_the_glossary_knows_it() -> None:
    assert _texts("올해 림공구(临空区)를 짓는다.", "en") == [("림공구", "airport zone", "glossary")]
    assert _texts("올해 새언덕(新高地)을 쌓는다.", "en") == []


def test_a_gloss_hides_the_mentions_inside_it_and_those_that_reach_into_it() -> None:
    assert _texts("‘심양 혁신 언덕(沈阳创新高地)’", "zh") == [("심양 혁신 언덕", "沈阳创新高地", "gloss")]
    assert _texts("‘심양 혁신 언덕(沈阳创新高地)’", "en") == [
        ("심양", "Shenyang", "glossary"),
        ("혁신", "innovation", "glossary"),
    ]


def test_what_a_gloss_said_elsewhere_holds_for_later_places() -> None:
    said = {"림공구": "临空区"}
    assert _texts("림공구에서 림공구까지", "zh", said) == [("림공구", "临空区", "gloss"), ("림공구", "临空区", "gloss")]
    assert _texts("림공구에서", "en", said) == [("림공구", "airport zone", "glossary")]


def test_an_inherited_gloss_needs_a_word_of_its_own_and_not_its_own_spacing() -> None:
    said = {"새\u00a0언덕": "新高地"}
    assert _texts("새 언덕에서", "zh", said) == [("새 언덕", "新高地", "gloss")]
    assert _texts("새언덕의", "zh", said) == [("새언덕", "新高地", "gloss")]
    assert _texts("새언덕길에서", "zh", said) == []
    assert _texts("큰새언덕에서", "zh", said) == []


def test_a_longer_mention_comes_before_a_shorter_inherited_gloss() -> None:
    said = {"국가": "国"}
    assert _texts("국가중심도시를", "zh", said) == [("국가중심도시", "国家中心城市", "glossary")]
    assert _texts("국가의 일", "zh", said) == [("국가", "国", "gloss")]


def test_the_gloss_of_this_text_wins_over_another_one_said_elsewhere() -> None:
    assert _texts("림공구(临空区)를", "zh", {"림공구": "空港"}) == [("림공구", "临空区", "gloss")]


def test_the_renderings_of_a_homograph_are_admitted() -> None:
    (hint,) = _hints("사기를 읽었다.", "zh")
    assert hint.accepted == ("诈骗", "史记")


def test_a_deprecated_term_gives_no_hint_and_a_proposed_one_does() -> None:
    assert _texts("옛말과 새말", "zh") == [("새말", "新词", "glossary")]


def test_a_mention_of_a_term_that_has_become_deprecated_gives_no_hint() -> None:
    (mention,) = MATCHER.find("새말")
    changed = Glossary({"새말": _term("새말", zh="新词", status="deprecated")})
    assert hints_for("새말", "zh", [mention], (), {}, changed) == ()
    assert hints_for("새말", "zh", [mention], (), {}, Glossary({})) == ()


def test_a_term_without_a_rendering_in_the_language_gives_no_hint() -> None:
    assert _texts("중국말로", "zh") == [("중국말", "汉语", "glossary")]
    assert _texts("중국말로", "en") == []


def test_a_term_that_is_not_translated_is_asked_for_as_it_stands() -> None:
    assert _texts("KTX를 탔다.", "zh") == [("KTX", "KTX", "glossary")]
    assert _texts("KTX를 탔다.", "en") == [("KTX", "KTX", "glossary")]


def test_an_adjective_in_jeok_asks_for_nothing_in_english() -> None:
    assert _texts("혁신적인 방법", "zh") == [("혁신", "创新", "glossary")]
    assert _texts("혁신적인 방법", "en") == []
    assert _texts("혁신 방법", "en") == [("혁신", "innovation", "glossary")]


PIECES = st.lists(
    st.sampled_from(
        [" ", "(临空区)", "‘", "’", "의 ", ", ", "림공구", "심양", "심양시", "국가중심도시", "혁신", "사기"]
    ),
    max_size=20,
).map("".join)


@settings(deadline=None, max_examples=200)
@given(text=PIECES)
def test_hints_come_in_order_and_never_overlap(text: str) -> None:
    for lang in ("zh", "en"):
        hints = _hints(text, lang, {"림공구": "临空区", "심양": "沈阳"})
        assert all(0 <= hint.start < hint.end <= len(text) and hint.text for hint in hints)
        assert all(one.end <= two.start for one, two in pairwise(hints))


@settings(deadline=None, max_examples=200)
@given(text=PIECES)
def test_a_translation_that_lists_the_renderings_honours_every_hint(text: str) -> None:
    for lang in ("zh", "en"):
        hints = _hints(text, lang)
        assert all(is_honoured(hint, "; ".join(one.text for one in hints), lang) for hint in hints)


@pytest.mark.parametrize(
    ("rendering", "text", "lang", "found"),
    [
        ("“双碳”目标", "实现双碳 目标", "zh", "双碳 目标"),
        ("5A级", "国家５Ａ级景区", "zh", "５Ａ级"),
        ("沈阳市", "沈阳下雪", "zh", None),
        ("leading enterprise", "Two leading enterprises came", "en", "leading enterprises"),
        (
            "promote rural revitalization",
            "by promoting the rural revitalization plan",
            "en",
            "promoting the rural revitalization",
        ),
        ("people's livelihood", "the people’s livelihoods", "en", "people’s livelihoods"),
        ("Shenyang", "Mukden", "en", None),
        ("%", "5 % more", "en", None),
    ],
)
def test_the_place_of_a_rendering_is_found(rendering: str, text: str, lang: str, found: str | None) -> None:
    place = find_rendering(rendering, text, lang)
    assert (text[slice(*place)] if place else None) == found


@settings(deadline=None)
@given(
    before=st.text(st.sampled_from("a B“”’-沈阳市的 ,Ａ１"), max_size=12),
    rendering=st.sampled_from(["沈阳市", "“三农”问题", "airport zone", "Party", "U.S."]),
    after=st.text(st.sampled_from("s’ 的市.”x"), max_size=6),
)
def test_what_is_found_at_a_place_stands_in_the_text(before: str, rendering: str, after: str) -> None:
    for lang in ("zh", "en"):
        place = find_rendering(rendering, before + rendering + after, lang)
        if place is not None:
            assert stands_in(rendering, (before + rendering + after)[slice(*place)], lang)


def test_the_longest_rendering_that_stands_there_is_the_one_used() -> None:
    hint = Hint(0, 2, "沈阳", "glossary", ("沈阳市",))
    assert rendering_used(hint, "沈阳市政府", "zh") == "沈阳市"
    assert rendering_used(hint, "沈阳下雪", "zh") == "沈阳"
    assert rendering_used(hint, "大连下雪", "zh") is None


def test_a_hint_knows_what_is_forbidden_but_for_what_a_homograph_is_called() -> None:
    term = Term("사기", ("사기",), Renderings("诈骗", (), ("欺骗", "史记")), None, "term", "")
    work = Term("사기~work", ("사기",), Renderings("史记"), None, "work", "")
    glossary = Glossary({one.id: one for one in (term, work)})
    (hint,) = hints_for("사기를 읽었다.", "zh", Matcher(glossary).find("사기를 읽었다."), (), {}, glossary)
    assert hint.forbidden == ("欺骗",)


def test_two_terms_in_one_compound_and_a_nested_term_are_promised_each_once() -> None:
    assert _texts("심양국가중심도시의 혁신", "zh") == [
        ("심양", "沈阳", "glossary"),
        ("국가중심도시", "国家中心城市", "glossary"),
        ("혁신", "创新", "glossary"),
    ]
    hints = _hints("심양국가중심도시의 혁신", "zh")
    assert all(is_honoured(hint, "沈阳国家中心城市创新", "zh") for hint in hints)
    assert [is_honoured(hint, "沈阳中心城市创新", "zh") for hint in hints] == [True, False, True]
