"""One language alone in Word: what a Word library reads from it is what was set."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Article, Bitext, Block, Meta, Segment, Translation
from pipeline.formats.manuscript import write
from pipeline.galley import galley, printable
from pipeline.publication import Publication

LANGS = ["ko", "zh", "en"]


def read(content: bytes) -> list[tuple[str, str]]:
    """Style and text of every paragraph."""
    return [(paragraph.style.name, paragraph.text) for paragraph in Document(io.BytesIO(content)).paragraphs]


@pytest.mark.parametrize("lang", LANGS)
def test_every_block_stands_there_in_its_order(publication: Publication, lang: str) -> None:
    text = galley(publication, lang)
    front = [line for line in (text.attribution, text.notice) if line]
    found = [words.split("\t")[-1] for _, words in read(write(publication, lang))]
    passages = [passage.text for passage in text.passages]
    assert found == [*passages[: text.after_title], *front, *passages[text.after_title :]]


def test_blocks_have_the_styles_that_word_knows(publication: Publication) -> None:
    assert [style for style, _ in read(write(publication, "en"))] == [
        "Title", "Attribution", "Notice", "Normal", "Heading 2", "List Paragraph", "List Paragraph", "Quote",
        "Caption", "Byline",
    ]  # fmt: skip


def test_items_have_their_marks(publication: Publication) -> None:
    items = [text for style, text in read(write(publication, "zh")) if style == "List Paragraph"]
    assert items == ["•\t就业岗位将增加。", "2.\t物价将下降。"]


@pytest.mark.parametrize(("lang", "font"), [("ko", "Malgun Gothic"), ("zh", "Microsoft YaHei")])
def test_the_fonts_of_the_language_are_set(publication: Publication, lang: str, font: str) -> None:
    body = Document(io.BytesIO(write(publication, lang))).paragraphs[3]
    assert {run._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) for run in body.runs} == {font}


def test_korean_in_a_translation_is_set_in_a_korean_font(publication: Publication) -> None:
    runs = Document(io.BytesIO(write(publication, "zh"))).paragraphs[-1].runs
    fonts = [(run.text, run._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia"))) for run in runs]
    assert fonts == [("〔未译：", "Microsoft YaHei"), ("기자 한바다", "Malgun Gothic"), ("〕", "Microsoft YaHei")]


def test_the_document_says_its_title_and_day(publication: Publication) -> None:
    core = Document(io.BytesIO(write(publication, "zh"))).core_properties
    assert (core.title, core.language, str(core.created.date())) == ("丹东港新码头开工建设", "zh-CN", "2026-03-12")


def test_a_document_without_metadata_is_whole(publication: Publication) -> None:
    article = replace(publication.bitext.article, meta=Meta(date="soon"))
    content = write(replace(publication, bitext=replace(publication.bitext, article=article)), "ko")
    assert [style for style, _ in read(content)][:2] == ["Title", "Attribution"]


def test_the_same_publication_gives_the_same_bytes(publication: Publication) -> None:
    assert write(publication, "en") == write(publication, "en")
    with zipfile.ZipFile(io.BytesIO(write(publication, "en"))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_libreoffice_reads_the_same_text(publication: Publication, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "harbour.docx"
    file.write_bytes(write(publication, "en"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "docx", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert [text for _, text in read((tmp_path / "harbour.docx").read_bytes())] == [
        text for _, text in read(file.read_bytes())
    ]


def person(text: str) -> Publication:
    """A publication of one sentence that a person translated so."""
    article = Article("a", (Block("b1", "paragraph", (Segment("s1", "글"),)),))
    return Publication(
        bitext=Bitext(article, (Translation("s1", "zh", text, "x", origin="human", state="approved"),)), hints={}
    )


@given(st.text(st.characters(exclude_categories=[]), min_size=1, max_size=30).filter(printable))
def test_any_text_of_a_person_stands_there_as_it_is(text: str) -> None:
    assert read(write(person(text), "zh")) == [("Normal", printable(text))]
