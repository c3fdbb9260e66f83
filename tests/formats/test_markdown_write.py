"""The translation alone, as Markdown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.article import Article, Bitext, Block, BlockKind, Finding, Meta, Segment, Translation, flat
from pipeline.formats.markdown import write
from pipeline.publication import Publication


def one(text: str, kind: BlockKind = "paragraph", lead: str = "") -> Publication:
    """A publication of one block with one translated segment."""
    article = Article("a", (Block("b1", kind, (Segment("s1", "글"),), lead),))
    person = {"origin": "human", "state": "edited"}  # whose text is published as it stands
    bitext = Bitext(article, tuple(Translation("s1", lang, text, "x", **person) for lang in ("zh", "en")))
    return Publication(bitext=bitext, hints={})


def lines(publication: Publication, lang: str) -> list[str]:
    return write(publication, lang).decode().split("\n\n")


def with_meta(publication: Publication, meta: Meta) -> Publication:
    return replace(
        publication, bitext=replace(publication.bitext, article=replace(publication.bitext.article, meta=meta))
    )


def read_back(markdown: str) -> str:
    """What a reader of the Markdown sees: the text of all inline content."""
    tokens = MarkdownIt("commonmark").enable("strikethrough").parse(markdown)
    inlines = [child for token in tokens if token.children for child in token.children]
    assert all(child.type in {"text", "text_special", "em_open", "em_close"} for child in inlines), inlines
    return "".join(child.content for child in inlines)


@given(
    st.text(st.sampled_from("*_`[]()<>&#!-+=.~|\\ \n\t1a9好。가;:/x\"'")),
    st.sampled_from(["paragraph", "heading", "item", "quote"]),
)
def test_markdown_in_a_translation_stays_text(text: str, kind: BlockKind) -> None:
    if flat(text):
        assert read_back(write(one(text, kind), "zh").decode()) == flat(text)


LIKE_MARKUP = ["# 1", "1. 一", "2026) x", "- a", "+ a", "> a", "---", "===", "a #", "**强**", "a_b_c"]
LIKE_MARKUP += ["&lt;", "[x](y)", "<b>", "~~x~~", "a\\"]


@pytest.mark.parametrize("text", LIKE_MARKUP)
def test_a_translation_that_looks_like_markup_reads_as_it_stands(text: str) -> None:
    assert read_back(write(one(text), "en").decode()) == text


def test_plain_text_is_not_littered_with_backslashes() -> None:
    text = "2026年3月（至3-4月），“丹东港”增长5.9%——12.5亿元。Up 3.5% to 1,200; A-B! #1"
    assert write(one(text), "zh").decode() == text + "\n"


def test_sentences_are_joined_without_space_in_chinese_and_with_one_in_english(publication: Publication) -> None:
    assert "开始建设新码头。还将修建" in write(publication, "zh").decode()
    assert "〕 Roads to the airport" in write(publication, "en").decode()


def test_title_attribution_and_notice_come_first_with_the_names_of_the_glossary(publication: Publication) -> None:
    assert lines(publication, "zh")[:3] == [
        "# 丹东港新码头开工建设",
        "2026年3月12日 · 来源：丹东日报 · 发布：바다신문 · 作者：한바다 · 朝鲜文名称暂无规范译名",
        "*机器翻译，9句中有2句经人工审校。*",
    ]
    assert lines(publication, "en")[:3] == [
        "# Dandong Port starts building a new wharf",
        "March 12, 2026 · Source: Dandong Daily · Published by: 바다신문 · Author: 한바다 · "
        "Names in Korean have no agreed English form yet",
        "*Machine translation; 2 of 9 sentences were reviewed by a person.*",
    ]


@pytest.mark.parametrize(
    ("date", "zh", "en"),
    [
        ("2022-09-22", "2022年9月22日", "September 22, 2022"),
        # the day of the article, not of the reader's time zone
        ("2026-01-01T00:10:00+08:00", "2026年1月1日", "January 1, 2026"),
        ("2026-12-31T23:59:59+09:00", "2026年12月31日", "December 31, 2026"),
        ("2026-13-01", "2026-13-01", "2026-13-01"),
    ],
)
def test_a_date_is_written_as_the_language_writes_it(date: str, zh: str, en: str) -> None:
    publication = with_meta(one("x"), Meta(date=date))
    assert lines(publication, "zh")[0] == zh
    assert lines(publication, "en")[0] == en


def test_without_metadata_there_is_no_attribution() -> None:
    assert write(one("文"), "zh") == "文\n".encode()


def test_a_deprecated_term_gives_no_name(publication: Publication) -> None:
    terms = {name: replace(term, status="deprecated") for name, term in publication.terms.items()}
    assert "来源：단동일보" in write(replace(publication, terms=terms), "zh").decode()


def test_a_title_known_only_from_the_metadata_is_shown_untranslated() -> None:
    publication = with_meta(one("文"), Meta(title="제목"))
    assert lines(publication, "zh")[0] == "# 〔未译：제목〕"


def test_each_kind_of_block_is_written_as_what_it_is(publication: Publication) -> None:
    assert lines(publication, "zh")[4:] == [
        "## 人们的期待〔待核：사람들의 기대〕",
        "- 就业岗位将增加。\n2. 物价将下降。",
        "> “大海近了。”",
        "*▲ 丹东港的早晨 🌅*",
        "〔未译：기자 한바다〕\n",
    ]


@pytest.mark.parametrize(("lead", "mark"), [("", "##"), ("# ", "##"), ("### ", "###"), ("######### ", "######")])
def test_a_heading_keeps_its_depth_below_the_title(lead: str, mark: str) -> None:
    assert write(one("x", "heading", lead), "en").decode() == f"{mark} x\n"


def test_a_sentence_without_translation_stands_there_in_korean(publication: Publication) -> None:
    assert "2. 〔Not translated: 물건값이 내려간다.〕" in write(publication, "en").decode()


def test_an_unusable_machine_translation_gives_way_to_the_korean(publication: Publication) -> None:
    text = write(publication, "zh").decode()
    assert "〔未译：기자 한바다〕" in text
    assert "的的" not in text


def test_a_person_s_text_is_shown_even_when_a_check_calls_it_unusable() -> None:
    publication = replace(one("的的的"), findings=(Finding("output", "s1", "zh", "loop", "error"),))
    edited = Translation("s1", "zh", "的的的", "x", origin="human", state="edited")
    bitext = publication.bitext.with_translations({("s1", "zh"): edited})
    assert write(replace(publication, bitext=bitext), "zh").decode() == "的的的〔待核：글〕\n"


def test_an_error_is_marked_with_the_korean_beside_it_until_it_is_approved(publication: Publication) -> None:
    marked = "new pier. 〔To be checked: 단동항은 3월 12일 새 부두 건설을 시작했다.〕"
    assert marked in write(publication, "en").decode()
    draft = publication.bitext.translation("s2", "en")
    assert draft is not None
    approved = publication.bitext.with_translations({("s2", "en"): replace(draft, state="approved")})
    assert "To be checked" not in write(replace(publication, bitext=approved), "en").decode()


def test_a_warning_does_not_mark_the_text(publication: Publication) -> None:
    assert "길 2갈래" not in write(publication, "en").decode()


def test_no_sentence_is_ever_left_out(publication: Publication) -> None:
    for lang in ("zh", "en"):
        text = read_back(write(publication, lang).decode())
        for segment in publication.bitext.article.segments():
            translation = publication.bitext.translation(segment.id, lang)
            assert flat(segment.text) in text or (translation and flat(translation.text) in text), segment.id


def test_the_same_publication_gives_the_same_bytes(publication: Publication) -> None:
    assert write(publication, "zh") == write(publication, "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_is_as_agreed(publication: Publication, golden: Callable[[str, bytes], None], lang: str) -> None:
    golden(f"harbour.{lang}.md", write(publication, lang))


def test_a_draft_is_set_in_newspaper_register_and_a_person_s_text_stays() -> None:
    raw, article = "通过了<民法典>.", Article("a", (Block("b1", "paragraph", (Segment("s1", "글"),)),))
    draft = Translation("s1", "zh", raw, "x")
    approved = replace(draft, state="approved")
    found = [
        write(Publication(bitext=Bitext(article, (t,)), hints={}), "zh").decode().splitlines()[-1]
        for t in (draft, approved)
    ]
    assert found == ["通过了《民法典》。", "通过了\\<民法典>."]


def test_the_original_alone_is_the_original(publication: Publication) -> None:
    assert lines(publication, "ko")[:3] == [
        "# 단동항 새 부두 건설 시작",
        "2026년 3월 12일 · 출처: 단동일보 · 발행: 바다신문 · 글: 한바다",
        "단동항은 3월 12일 새 부두 건설을 시작했다. 림공경제구(临空经济区)와 이어지는 길 2갈래도 닦는다.",
    ]
