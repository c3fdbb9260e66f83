"""The edition for e-readers: a valid package, complete, tagged, and the same bytes every time."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.article import Article, Bitext, Block, Meta, Segment, Translation
from pipeline.formats.epub import write
from pipeline.galley import galley, printable
from pipeline.publication import Publication

NAMES = {
    "h": "http://www.w3.org/1999/xhtml",
    "o": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def part(book: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return etree.fromstring(archive.read(f"EPUB/{name}"))


def undated(publication: Publication, **facts: str | None) -> Publication:
    article = publication.bitext.article
    meta = replace(article.meta, date=None) if not facts else Meta(**facts)
    return replace(publication, bitext=replace(publication.bitext, article=replace(article, meta=meta)))


def test_the_package_begins_with_its_kind_not_packed(publication: Publication) -> None:
    book = write(publication)
    assert book[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_book_has_a_title_and_a_language_for_each_column(publication: Publication) -> None:
    package = part(write(publication), "package.opf")
    titles = package.xpath("//dc:title", namespaces=NAMES)
    assert [title.text for title in titles] == [
        "단동항 새 부두 건설 시작",
        "丹东港新码头开工建设",
        "Dandong Port starts building a new wharf",
    ]
    assert package.xpath("//dc:language/text()", namespaces=NAMES) == ["ko-CN", "zh-Hans", "en"]


@pytest.mark.parametrize(("lang", "tag"), [("ko", "ko-CN"), ("zh", "zh-Hans"), ("en", "en")])
def test_every_block_stands_there_in_every_language(publication: Publication, lang: str, tag: str) -> None:
    page = part(write(publication), "article.xhtml")
    rows = page.xpath('//h:div[starts-with(@id,"b")]', namespaces=NAMES)
    cells = [row.xpath(f'*[@lang="{tag}"]') for row in rows]
    assert all(len(cell) == 1 for cell in cells)
    for (cell,), passage in zip(cells, galley(publication, lang).passages, strict=True):
        assert "".join(cell.itertext()).endswith(passage.text)


def test_the_contents_lead_to_the_title_and_every_heading(publication: Publication) -> None:
    links = part(write(publication), "nav.xhtml").xpath("//h:a", namespaces=NAMES)
    assert [(link.get("href"), link.text) for link in links] == [
        ("article.xhtml#b1", "단동항 새 부두 건설 시작"),
        ("article.xhtml#b3", "사람들의 기대"),
    ]


@pytest.mark.parametrize(
    ("date", "modified"),
    [
        ("2026-03-12T09:30:00+08:00", "2026-03-12T01:30:00Z"),
        ("2026-03-12", "2026-03-12T00:00:00Z"),
        (None, "1980-01-01T00:00:00Z"),
        ("soon", "1980-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+09:00", "1980-01-01T00:00:00Z"),
    ],
)
def test_its_date_is_that_of_the_article(publication: Publication, date: str | None, modified: str) -> None:
    package = part(write(undated(publication, date=date)), "package.opf")
    assert package.xpath('//o:meta[@property="dcterms:modified"]/text()', namespaces=NAMES) == [modified]


def test_other_columns_are_another_book(publication: Publication) -> None:
    ids = [
        part(write(publication, columns), "package.opf").xpath("//dc:identifier/text()", namespaces=NAMES)
        for columns in ((), ("en", "ko"))
    ]
    assert ids[0] != ids[1]


def test_the_same_publication_gives_the_same_bytes(publication: Publication) -> None:
    assert write(publication) == write(publication)


@pytest.mark.skipif(not (shutil.which("epubcheck") and shutil.which("java")), reason="needs epubcheck and java")
def test_epubcheck_has_nothing_to_say(publication: Publication, tmp_path: Path) -> None:
    hard = publication.bitext.with_translations(
        {
            (old.segment, old.lang): replace(old, text=f"</p><b>&amp; ]]> \x1b {old.text} 🌅 שלום", state="approved")
            for old in publication.bitext.translations
        }
    )
    book = tmp_path / "harbour.epub"
    book.write_bytes(write(replace(publication, bitext=hard)))
    program = Path(shutil.which("epubcheck") or "").resolve()
    command = ["java", "-jar", str(program)] if program.suffix == ".jar" else [str(program)]
    done = subprocess.run([*command, "--failonwarnings", str(book)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def person(text: str) -> Publication:
    """A publication of one sentence that a person translated so."""
    article = Article("a", (Block("b1", "paragraph", (Segment("s1", "글"),)),))
    return Publication(
        bitext=Bitext(article, (Translation("s1", "zh", text, "x", origin="human", state="approved"),)), hints={}
    )


@given(st.text(st.characters(exclude_categories=[]), min_size=1, max_size=30).filter(printable))
def test_any_text_of_a_person_stands_there_as_it_is(text: str) -> None:
    found = part(write(person(text), ("zh",)), "article.xhtml").xpath('//h:div[@id="b1"]', namespaces=NAMES)
    assert "".join(found[0].itertext()) == printable(text)
