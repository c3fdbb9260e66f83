"""The edition for readers: complete, tagged, safe, and the same every time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from pipeline.article import Article, Bitext, Block, Meta, Segment, Translation, flat
from pipeline.formats.edition import write, write_pair
from pipeline.galley import galley, printable
from pipeline.publication import Publication


def texts(page: bytes, tag: str) -> list[str]:
    """What stands in one language, as it reads."""
    root = html.fromstring(page.decode())
    return [flat(element.text_content()) for element in root.xpath(f'//*[contains(@class,"text")][@lang="{tag}"]')]


@pytest.mark.parametrize(("lang", "tag"), [("ko", "ko-CN"), ("zh", "zh-Hans"), ("en", "en")])
def test_every_block_stands_there_in_every_language(publication: Publication, lang: str, tag: str) -> None:
    found = texts(write(publication), tag)
    assert [passage.text for passage in galley(publication, lang).passages if passage.kind != "item"] == [
        text for text in found if text in {passage.text for passage in galley(publication, lang).passages}
    ]
    assert all(any(passage.text in text for text in found) for passage in galley(publication, lang).passages)


def test_the_columns_stand_in_the_order_that_was_asked_for(publication: Publication) -> None:
    row = html.fromstring(write(publication, ("en", "ko")).decode()).xpath('//div[@id="b2"]/p')
    assert [element.get("lang") for element in row] == ["en", "ko-CN"]
    row = html.fromstring(write_pair(publication, "zh").decode()).xpath('//div[@id="b2"]/p')
    assert [element.get("lang") for element in row] == ["ko-CN", "zh-Hans"]


def test_the_layout_is_the_one_that_was_asked_for(publication: Publication) -> None:
    assert b'<body class="beside columns-3">' in write(publication)
    assert b'<body class="below columns-2">' in write(publication, ("ko", "zh"), "below")


def test_korean_inside_a_translation_is_tagged_as_korean(publication: Publication) -> None:
    spans = html.fromstring(write(publication).decode()).xpath('//p[@lang="en"]/descendant::span[@lang="ko-CN"]')
    assert "물건값이 내려간다." in [span.text for span in spans]


def test_drafts_are_marked_between_sentences_of_people(publication: Publication) -> None:
    page = html.fromstring(write(publication).decode())
    assert page.xpath('//div[@role="note"]/p[@lang="en"]')[0].text.startswith("Machine translation; 2 of 9")
    drafts = [element.text_content() for element in page.xpath('//*[@lang="zh-Hans"]/span[@class="draft"]')]
    assert "物价将下降。" in drafts
    assert "人们的期待" not in drafts


def test_the_page_needs_nothing_from_outside(publication: Publication) -> None:
    page = write(publication).decode()
    assert not re.search(r"<script|<img|<link|@import|url\(|src=", page)
    assert set(re.findall(r"https?://[^\"'<> ]+", page)) == {"https://example.org/harbour"}


def test_what_looks_like_markup_is_text() -> None:
    article = Article(
        "a", (Block("b1", "paragraph", (Segment("s1", "<script>글</script>"),)),), Meta(url="javascript:1")
    )
    person = Translation("s1", "zh", '<b onload="x">&amp;', "x", origin="human", state="approved")
    page = write(Publication(bitext=Bitext(article, (person,)), hints={}))
    assert b"<script>" not in page
    assert b"javascript:" not in page
    assert texts(page, "zh-Hans")[-1] == '<b onload="x">&amp;'


def test_without_metadata_and_title_the_page_is_still_whole(publication: Publication) -> None:
    article = replace(publication.bitext.article, meta=Meta(), blocks=publication.bitext.article.blocks[1:2])
    page = write(replace(publication, bitext=replace(publication.bitext, article=article)))
    assert b"<title>harbour" in page
    assert b"attribution" not in page.split(b"</style>")[1]


def test_the_same_publication_gives_the_same_bytes(publication: Publication) -> None:
    assert write(publication) == write(publication)


def test_the_page_is_as_agreed(publication: Publication, golden: Callable[[str, bytes], None]) -> None:
    golden("harbour.edition.html", write(publication))


def person(text: str) -> Publication:
    """A publication of one sentence that a person translated so."""
    article = Article("a", (Block("b1", "paragraph", (Segment("s1", "글"),)),))
    return Publication(
        bitext=Bitext(article, (Translation("s1", "zh", text, "x", origin="human", state="approved"),)), hints={}
    )


@given(st.text(st.characters(exclude_categories=[]), min_size=1, max_size=30).filter(printable))
def test_any_text_of_a_person_stands_there_as_it_is(text: str) -> None:
    assert texts(write(person(text)), "zh-Hans") == [printable(text)]
