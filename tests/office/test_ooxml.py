"""Office packages: read within limits, written with the same bytes, and texts that XML cannot hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.errors import InputError
from pipeline.office.ooxml import (
    NAMESPACES,
    attribute,
    child,
    open_package,
    short,
    tags,
    unwritable,
    writable,
    write_package,
)

odd = st.text(st.sampled_from("⟦⟧_xU+0015BDF\x00\x1b\x0b\ufffe\ud7ff가") | st.characters(exclude_categories=["Cs"]))


@given(odd)
def test_every_text_can_be_written_and_comes_back(text: str) -> None:
    element = etree.Element("t")
    element.text = writable(text)  # lxml refuses what XML cannot hold
    assert unwritable(element.text) == text


@pytest.mark.parametrize("text", ["심양 沈阳 Shenyang 🌅", "a_b_c _x12_", "⟧ U+001B", "\t\n"])
def test_what_xml_can_hold_is_written_as_it_is(text: str) -> None:
    assert writable(text) == text


def test_a_bracket_that_was_never_written_here_stays() -> None:
    assert unwritable("⟦U+0041⟧ ⟦U+001b⟧ ⟦U+FFFF") == "⟦U+0041⟧ ⟦U+001b⟧ ⟦U+FFFF"


@pytest.mark.parametrize(
    ("target", "found"),
    [("comments.xml", "word/comments.xml"), ("/word/comments.xml", "word/comments.xml"), ("../c.xml", "c.xml")],
)
def test_a_relationship_leads_to_its_part(target: str, found: str) -> None:
    relationships = f"""<Relationships xmlns="{NAMESPACES["rel"][0]}">
      <Relationship Id="a" Type="http://example.org/comments" Target="http://example.org/x" TargetMode="External"/>
      <Relationship Id="b" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/comments" Target="{target}"/>
    </Relationships>"""
    package = open_package(write_package({"word/_rels/document.xml.rels": relationships.encode()}), "x.docx")
    assert package.related("word/document.xml", "comments") == found
    assert package.related("word/document.xml", "footnotes") is None
    assert package.related("", "officeDocument") is None


def test_the_same_parts_give_the_same_bytes_and_come_back() -> None:
    parts = {"b.xml": b"<b/>", "a.xml": "<a>심양</a>".encode()}
    content = write_package(parts)
    assert content == write_package(parts)
    package = open_package(content, "x.docx")
    assert list(package.parts) == ["b.xml", "a.xml"]
    tree = package.tree("a.xml")
    assert tree is not None
    assert tree.text == "심양"
    assert package.tree("c.xml") is None


def test_names_are_short_in_both_kinds_of_open_xml() -> None:
    for namespace, tag in zip(NAMESPACES["w"], tags("w:p"), strict=True):
        element = etree.fromstring(f'<p xmlns="{namespace}" xmlns:w="{namespace}" w:val="1"><r><t/></r></p>')
        assert (element.tag, short(tag), attribute(element, "w:val")) == (tag, "w:p", "1")
        assert child(element, "w:r", "w:t") is not None
        assert child(element, "w:t") is None
    assert short("{urn:other}anchor") == ":anchor"


def test_a_package_of_too_many_parts_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match="10,001 parts"):
        open_package(write_package({f"{n}.xml": b"" for n in range(10_001)}), "many.docx")


def test_a_part_that_is_longer_than_it_says_is_not_unpacked() -> None:
    content = write_package({"a.xml": b"<a>" + b" " * 500_000 + b"</a>"})
    lying = content.replace((500_007).to_bytes(4, "little"), (20).to_bytes(4, "little"))
    assert lying != content
    with pytest.raises(InputError, match=r"a\.xml"):
        open_package(lying, "lying.docx").tree("a.xml")


def test_an_encrypted_package_is_told() -> None:
    content = bytearray(write_package({"a.xml": b"<a/>"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError, match="encrypted"):
        open_package(bytes(content), "secret.docx")
