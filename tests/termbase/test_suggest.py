"""Suggestions: from glosses, from what reviewers write, from readings; with evidence, in a fixed order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Article, Bitext, Block, Segment, Translation, fingerprint
from pipeline.glossary import Glossary
from pipeline.termbase.suggest import Suggestion, from_edits, from_glosses, from_readings
from pipeline.terms import Renderings, Term, TermKind, TermStatus


def article(name: str, *texts: str) -> Article:
    segments = tuple(Segment(f"s{number}", text, " ") for number, text in enumerate(texts, start=1))
    return Article(name, (Block("b1", "paragraph", segments),))


def term(
    ko: str, zh: str | None, en: str | None = None, kind: TermKind = "term", status: TermStatus = "approved"
) -> Term:
    return Term(ko, (ko,), Renderings(zh) if zh else None, Renderings(en) if en else None, kind, "", status)


def glossary(*terms: Term) -> Glossary:
    return Glossary({one.id: one for one in terms})


def reviewed(name: str, rows: Sequence[tuple[str, str, str | None]], lang: str = "zh") -> Bitext:
    """An article whose texts a person approved: Korean, text, what the machine had written."""
    one = article(name, *(ko for ko, _, _ in rows))
    translations = tuple(
        Translation(segment.id, lang, text, fingerprint(segment.text), "human", "kim", "approved", machine=machine)
        for segment, (_, text, machine) in zip(one.segments(), rows, strict=True)
    )
    return Bitext(one, translations)


# --- glosses --------------------------------------------------------------------------------------------------------


def test_a_gloss_that_the_glossary_has_not_is_suggested_with_its_evidence() -> None:
    (found,) = from_glosses([article("a1", "올해 림공구(临空区)를 짓는다.")], glossary())
    assert (found.reason, found.ko, found.zh, found.en, found.kind) == ("gloss", "림공구", "临空区", None, "place")
    assert (found.count, found.articles, found.term) == (1, 1, None)
    assert [(one.article, one.segment, one.sentence) for one in found.evidence] == [
        ("a1", "s1", "올해 림공구(临空区)를 짓는다.")
    ]
    assert found.place == "a1 s1"


def test_what_the_glossary_has_is_not_suggested_however_it_is_spaced() -> None:
    known = glossary(term("종합보세구", "综合保税区"))
    assert from_glosses([article("a1", "종합 보세구(综合保税区)와 ‘종합보세구(綜合保稅區)’")], known) == ()


def test_quotation_marks_in_the_chinese_of_an_entry_make_no_conflict() -> None:
    known = glossary(term("‘일대일로’", "“一带一路”"))
    assert from_glosses([article("a1", "‘일대일로(一带一路)’ 창의와 ‘일대일로’(“一带一路”)")], known) == ()


def test_a_gloss_that_contradicts_its_entry_is_a_conflict_and_comes_first() -> None:
    texts = ["신항(新巷)이다.", "사슬주(链主)와 사슬장(链长)", "사슬주(链主)는"]
    first, second, third = from_glosses([article("a1", *texts)], glossary(term("신항", "新港")))
    assert (first.reason, first.term, first.zh) == ("conflict", "신항", "新巷")
    assert "the glossary has 新港" in first.why
    assert [(one.ko, one.count) for one in (second, third)] == [("사슬주", 2), ("사슬장", 1)]


def test_one_of_several_entries_with_this_chinese_is_enough() -> None:
    known = Glossary({"주~1": term("주문", "注文"), "주~2": term("주문", "订货")})
    assert from_glosses([article("a1", "주문(订货)이 늘었다.")], known) == ()


def test_a_gloss_completes_an_entry_without_chinese_and_a_retired_entry_does_not_count() -> None:
    known = glossary(term("사슬주", None, "chain leader"), term("신항", "新巷", status="deprecated"))
    found = from_glosses([article("a1", "사슬주(链主)와 신항(新港)")], known)
    assert [(one.reason, one.ko, one.term) for one in found] == [("gloss", "사슬주", "사슬주"), ("gloss", "신항", None)]
    assert "no Chinese" in found[0].why


def test_spellings_of_one_gloss_and_the_southern_one_are_variants() -> None:
    texts = ["‘록색 항구(绿色港口)’", "‘록색항구(绿色港口)’", "‘록색항구(绿色港口)’"]
    (found,) = from_glosses([article("a1", *texts)], glossary())
    assert (found.ko, found.count, found.variants) == ("록색항구", 3, ("록색 항구", "녹색항구"))


def test_more_articles_come_before_fewer() -> None:
    articles = [article("a1", "사슬주(链主), 신항(新港)과 신항(新港)"), article("a2", "사슬주(链主)")]
    assert [(one.ko, one.count, one.articles) for one in from_glosses(articles, glossary())] == [
        ("사슬주", 2, 2),
        ("신항", 2, 1),
    ]


# --- edits ----------------------------------------------------------------------------------------------------------

PATTERN = term("새국면", "新局面", "new situation")


def test_what_people_write_instead_is_suggested_with_the_places() -> None:
    rows = [
        ("심양은 새국면을 열었다.", "沈阳开创了新格局。", "沈阳开创了新局面。"),
        ("대련도 새국면을 맞았다.", "大连也迎来新格局。", None),
        ("단동의 새국면이다.", "这是丹东的新局面。", None),
        ("료양은 바다가 없다.", "辽阳没有海。", None),
    ]
    (found,) = from_edits([reviewed("a1", rows)], glossary(PATTERN))
    assert (found.reason, found.ko, found.zh, found.en, found.term) == ("edit", "새국면", "新格局", None, "새국면")
    assert (found.count, [one.segment for one in found.evidence]) == (2, ["s1", "s2"])
    assert "新局面 is agreed; 2 of 2 reviewed texts without it have 新格局" in found.why


def test_english_words_are_found_in_the_same_way() -> None:
    rows = [
        ("심양은 새국면을 열었다.", "Shenyang opened up a new landscape.", None),
        ("대련도 새국면을 맞았다.", "Dalian, too, sees a new landscape now.", None),
        ("료양은 바다가 없다.", "Liaoyang has no sea.", None),
    ]
    (found,) = from_edits([reviewed("a1", rows, "en")], glossary(PATTERN))
    assert (found.zh, found.en) == (None, "new landscape")


def test_once_is_not_enough() -> None:
    rows = [("심양은 새국면을 열었다.", "沈阳开创了新格局。", None)]
    assert from_edits([reviewed("a1", rows)], glossary(PATTERN)) == ()


def test_the_rendering_of_another_term_is_not_taken_for_it() -> None:
    rows = [
        ("심양은 새국면을 열었다.", "沈阳开创了一切。", None),
        ("심양의 새국면이다.", "沈阳面貌改变。", None),
        ("료양은 바다가 없다.", "辽阳没有海。", None),
    ]
    (found,) = from_edits([reviewed("a1", rows)], glossary(PATTERN, term("심양", "沈阳", kind="place")))
    assert found.zh is None
    assert "no one rendering stands out" in found.why
    assert found.count == 2


def test_what_all_texts_have_anyway_is_not_taken_for_it() -> None:
    rows = [
        ("새국면이다.", "这个情况。", None),
        ("새국면을 보았다.", "看到这个形势。", None),
        *((f"바다 {number}", f"这个第{number}海。", None) for number in range(4)),
    ]
    (found,) = from_edits([reviewed("a1", rows)], glossary(PATTERN))
    assert "这个" not in (found.zh, *found.candidates)


def test_what_the_machine_had_written_already_is_not_what_people_put_in() -> None:
    rows = [
        ("새국면을 열었다.", "积极打开新格局。", "积极打开新局面。"),
        ("새국면을 열자.", "积极打开新格局吧。", "积极打开新局面吧。"),
    ]
    (found,) = from_edits([reviewed("a1", rows)], glossary(PATTERN))
    assert found.zh == "新格局"
    assert all("打开" not in one or "新格局" in one for one in found.candidates)


def test_what_the_machine_had_written_instead_and_people_left_counts() -> None:
    rows = [
        ("심양은 새국면을 열었다.", "沈阳开创新格局。", "沈阳打开新格局。"),
        ("대련도 새국면을 맞았다.", "大连也迎来新格局。", "大连也迎来新格局。"),
        ("료양은 바다가 없다.", "辽阳没有海。", None),
    ]
    (found,) = from_edits([reviewed("a1", rows)], glossary(PATTERN))
    assert (found.zh, found.count) == ("新格局", 2)


def test_a_gloss_of_the_article_that_differs_from_the_entry_is_no_edit() -> None:
    rows = [("새국면(新格局)이다.", "新格局。", None), ("새국면(新格局)을 연다.", "开创新格局。", None)]
    assert from_edits([reviewed("a1", rows)], glossary(PATTERN)) == ()


@pytest.mark.parametrize("of", ["s", ""])
def test_texts_of_an_older_korean_and_machine_drafts_say_nothing(of: str) -> None:
    one = article("a1", "새국면을 열었다.", "새국면이다.")
    stale = tuple(Translation(s.id, "zh", "新格局。", of, "human", "kim", "approved") for s in one.segments())
    drafts = tuple(Translation(s.id, "zh", "新格局。", fingerprint(s.text)) for s in one.segments())
    assert from_edits([Bitext(one, stale), Bitext(one, drafts)], glossary(PATTERN)) == ()


# --- readings -------------------------------------------------------------------------------------------------------

PLACES = glossary(
    term("심양", "沈阳", kind="place"),
    term("심양시", "沈阳市", kind="place"),
    term("료양시", "辽阳市", kind="place"),
    term("남산구", "南山区", kind="place"),
    term("녕안현", "宁安县", kind="place"),
    term("방송", "广播"),
    term("처리", "处理"),
    term("공업", "工业"),
    term("부시장", "副市长", kind="title"),
    term("왕강", "王刚", kind="person"),
    term("리명화", "李明华", kind="person"),
)


def suggested(*texts: str) -> dict[str, Suggestion]:
    return {one.ko: one for one in from_readings([article("a1", *texts)], PLACES)}


def test_an_unknown_place_has_candidates_that_end_as_places_do() -> None:
    found = suggested("심양시 남양구에서 열렸다.", "안녕현은 올해 사과를 심었다.")
    assert {ko: one.kind for ko, one in found.items()} == {"남양구": "place", "안녕현": "place"}
    assert found["남양구"].zh is None
    assert found["남양구"].candidates[0] == "南阳区"
    assert all(one.endswith("县") for one in found["안녕현"].candidates)


def test_an_organisation_made_of_known_words_is_given_in_chinese() -> None:
    found = suggested("심양공업대학의 학생들이", "심양방송회사는")
    assert (found["심양공업대학"].zh, found["심양공업대학"].kind) == ("沈阳工业大学", "organisation")
    assert found["심양방송회사"].zh == "沈阳广播公司"
    assert found["심양방송회사"].why == "made of known words"


def test_a_person_has_candidates_and_never_one_chinese() -> None:
    found = suggested("부시장 리명호는 말했다.", "왕명강 주임이 소개했다.")
    assert set(found) == {"리명호", "왕명강"}
    for one in found.values():
        assert (one.kind, one.zh) == ("person", None)
        assert len(one.candidates) > 1
    assert found["왕명강"].candidates[0] == "王明刚"
    assert found["리명호"].variants == ("이명호",)


@pytest.mark.parametrize(
    "text",
    [
        "문제를 처리시 주의한다.",
        "이 사업은 중요성을 가진다.",
        "심양시 도시 건설을 추진했다.",
        "심양시와 료양시가 련합했다.",
        "기업 책임자 마을의 일을 돌본다.",
        "주민 대부분은 찬성했다.",
        "일 처리시",
        "왕강 주임은 말했다.",
        "심양시 림양구(临阳区)에서",
        "",
    ],
)
def test_ordinary_words_and_known_and_glossed_names_are_not_suggested(text: str) -> None:
    assert suggested(text) == {}


def test_a_name_is_counted_where_it_stands_again() -> None:
    found = suggested("안녕현은 크다.", "안녕현의 사과", "녕안현과 안녕현")
    assert (found["안녕현"].count, len(found["안녕현"].evidence)) == (3, 3)
    assert "녕안현" not in found


PHRASES = ("심양시 남양구에서", "부시장 리명호는", "림공구(临空区)를", "신항(新港)과", "안녕현의", "‘새 언덕(新高地)’")
TEXTS = st.lists(st.sampled_from(PHRASES), max_size=8).map(" ".join)


@settings(deadline=None, max_examples=40)
@given(texts=st.lists(TEXTS, max_size=4))
def test_the_order_of_the_articles_changes_only_the_evidence(texts: list[str]) -> None:
    articles = [article(f"a{number}", text) for number, text in enumerate(texts)]
    for suggest in (from_glosses, from_readings):
        there, back = suggest(articles, PLACES), suggest(list(reversed(articles)), PLACES)
        assert [(one.ko, one.zh, one.count, one.articles) for one in there] == [
            (one.ko, one.zh, one.count, one.articles) for one in back
        ]
        assert there == suggest(articles, PLACES)
        assert all(1 <= len(one.evidence) <= one.count and one.articles <= one.count for one in there)


@pytest.mark.skipif(not (Path(__file__).parents[3] / "shared" / "samples").exists(), reason="the sample is not here")
def test_the_glosses_of_the_sample_are_suggested() -> None:
    text = (Path(__file__).parents[3] / "shared" / "samples" / "liaoning-2022-09-22.txt").read_text(encoding="utf-8")
    found = from_glosses([article("sample", *text.split("\n"))], glossary())
    assert len(found) == 5
    assert all(one.evidence[0].sentence for one in found)
