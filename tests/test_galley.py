"""What readers get: every sentence, set in register, with its marker where the translation does not hold."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pipeline.article import Article, Bitext, Block, BlockKind, Finding, Meta, Segment, Translation
from pipeline.galley import galley
from pipeline.publication import Publication
from pipeline.terms import Renderings, Term

KOREAN = ("“첫째를 말한다.", "‘둘째’를 말한다.”")


def one(
    texts: Mapping[int, Translation], kind: BlockKind = "paragraph", meta: Meta | None = None, lang: str = "zh"
) -> Publication:
    """A block of two sentences, with these translations by number."""
    segments = tuple(Segment(f"s{number}", text, " ") for number, text in enumerate(KOREAN))
    article = Article("a", (Block("b1", kind, segments),), meta or Meta())
    return Publication(bitext=Bitext(article, tuple(texts.values())), hints={})


def draft(number: int, text: str, lang: str = "zh") -> Translation:
    return Translation(f"s{number}", lang, text, "x")


def person(number: int, text: str, lang: str = "zh") -> Translation:
    return Translation(f"s{number}", lang, text, "x", origin="human", state="approved")


def test_a_quotation_over_two_drafts_keeps_its_marks() -> None:
    text = one({0: draft(0, "“说第一."), 1: draft(1, "说'第二'.”")})
    assert galley(text, "zh").passages[0].text == "“说第一。说‘第二’。”"


def test_a_person_s_text_is_published_as_it_is_written() -> None:
    found = galley(one({0: person(0, "说<第一>."), 1: draft(1, "说<第二>.")}), "zh")
    assert found.passages[0].text == "说<第一>.说《第二》。"
    assert [sentence.is_draft for sentence in found.passages[0].sentences] == [False, True]


@pytest.mark.parametrize(
    ("texts", "zh", "is_partly"),
    [
        ({}, "", False),
        ({0: draft(0, "一")}, "机器翻译，未经人工审校。", False),
        ({0: person(0, "一"), 1: draft(1, "二")}, "机器翻译，2句中有1句经人工审校。", True),
        ({0: person(0, "一"), 1: person(1, "二")}, "", False),
    ],
)
def test_the_notice_says_how_much_a_person_has_read(texts: dict[int, Translation], zh: str, is_partly: bool) -> None:
    found = galley(one(texts), "zh")
    assert (found.notice, found.is_partly_reviewed) == (zh, is_partly)
    assert galley(one(texts), "ko").notice == ""


def test_a_chinese_headline_of_two_sentences_is_parted_by_a_space() -> None:
    assert galley(one({0: draft(0, "第一。"), 1: draft(1, "第二。")}, "title"), "zh").title == "第一 第二"


def test_what_is_not_translated_stands_in_korean_and_says_so() -> None:
    found = galley(one({0: draft(0, "One.", "en")}, lang="en"), "en").passages[0].sentences[1]
    assert found.parts == (("〔Not translated: ", "en"), (KOREAN[1], "ko"), ("〕", "en"))


def test_the_original_is_never_rewritten() -> None:
    assert galley(one({}), "ko").passages[0].text == " ".join(KOREAN)


def test_an_error_shows_the_korean_beside_a_draft() -> None:
    publication = one({0: draft(0, "一"), 1: draft(1, "二")})
    publication = Publication(
        bitext=publication.bitext, hints={}, findings=(Finding("terms", "s0", "zh", "missing", "error"),)
    )
    assert galley(publication, "zh").passages[0].sentences[0].text == f"一〔待核：{KOREAN[0]}〕"


def test_names_come_from_the_glossary_and_one_that_it_does_not_have_stays_with_a_note() -> None:
    meta = Meta(date="2022-09-22", source="료녕일보", author="한바다")
    publication = one({}, meta=meta)
    term = Term("t", ("료녕일보",), Renderings("辽宁日报"), Renderings("Liaoning Daily"), "organisation", "press")
    publication = Publication(bitext=publication.bitext, hints={}, terms={"t": term})
    assert (
        galley(publication, "zh").attribution
        == "2022年9月22日 · 来源：辽宁日报 · 作者：한바다 · 朝鲜文名称暂无规范译名"
    )
    assert galley(publication, "ko").attribution == "2022년 9월 22일 · 출처: 료녕일보 · 글: 한바다"
    assert galley(publication, "en").attribution == (
        "September 22, 2022 · Source: Liaoning Daily · Author: 한바다 · Names in Korean have no agreed English form yet"
    )


def test_characters_that_no_page_can_hold_are_taken_out() -> None:
    assert galley(one({0: person(0, "一\x1b二\ufffe"), 1: person(1, "\x07三")}), "zh").passages[0].text == "一二三"


def test_a_title_of_the_metadata_alone_is_the_title() -> None:
    found = galley(one({}, meta=Meta(title="제목")), "en")
    assert (found.title, found.after_title) == ("〔Not translated: 제목〕", 1)
    assert galley(one({}), "en").title == "a"


def test_work_on_a_sentence_that_has_changed_since_shows_the_new_korean() -> None:
    publication = one({0: person(0, "一"), 1: person(1, "二")})
    publication = Publication(bitext=publication.bitext, hints={}, stale=frozenset({("s1", "zh")}))
    assert galley(publication, "zh").passages[0].text == f"一二〔待核：{KOREAN[1]}〕"
