"""XLIFF 1.2 as it goes out: valid, and with everything a translator needs in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from pipeline.article import Article, Bitext, Block, Comment, Finding, Hint, Meta, Segment, Translation
from pipeline.formats.xliff12 import write
from pipeline.office.ooxml import unwritable
from pipeline.publication import Publication

# The OASIS schema as Debian ships it (package php-symfony-translation), with the W3C's xml.xsd beside it.
SCHEMAS = Path("/usr/share/php/Symfony/Component/Translation/Resources/schemas")
NAMES = {"x": "urn:oasis:names:tc:xliff:document:1.2"}

# What our files may consist of, in our own words after the specification; it is checked wherever the tests run.
GRAMMAR = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="urn:oasis:names:tc:xliff:document:1.2"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="xliff">
    <attribute name="version"><value>1.2</value></attribute>
    <element name="file">
      <attribute name="original"/>
      <attribute name="datatype"><value>plaintext</value></attribute>
      <attribute name="source-language"><value>ko-CN</value></attribute>
      <attribute name="target-language"><choice><value>zh-Hans</value><value>en</value></choice></attribute>
      <attribute name="product-name"><value>Daeyeok</value></attribute>
      <attribute name="product-version"/>
      <attribute name="xml:space"><value>preserve</value></attribute>
      <optional><element name="header"><oneOrMore><ref name="note"/></oneOrMore></element></optional>
      <element name="body"><element name="group">
        <attribute name="restype"><value>x-daeyeok-article</value></attribute>
        <attribute name="resname"/>
        <zeroOrMore><element name="group">
          <attribute name="id"/>
          <attribute name="restype">
            <data type="string"><param name="pattern">x-daeyeok-[a-z]+</param></data>
          </attribute>
          <oneOrMore><ref name="unit"/></oneOrMore>
        </element></zeroOrMore>
      </element></element>
    </element>
  </element></start>
  <define name="unit"><element name="trans-unit">
    <attribute name="id"/>
    <attribute name="extradata"><data type="string">
      <param name="pattern">s\\d+ [0-9a-f]{6}·([0-9a-f]{6}|-{6}) (draft|edited|approved)</param>
    </data></attribute>
    <attribute name="xml:space"><value>preserve</value></attribute>
    <optional><attribute name="approved"><value>yes</value></attribute></optional>
    <element name="source"><text/></element>
    <optional><element name="target">
      <attribute name="state">
        <choice><value>needs-review-translation</value><value>translated</value><value>final</value></choice>
      </attribute>
      <optional><attribute name="state-qualifier">
        <choice><value>leveraged-mt</value><value>leveraged-tm</value></choice>
      </attribute></optional>
      <text/>
    </element></optional>
    <zeroOrMore><ref name="note"/></zeroOrMore>
  </element></define>
  <define name="note"><element name="note">
    <attribute name="annotates">
      <choice><value>general</value><value>source</value><value>target</value></choice>
    </attribute>
    <attribute name="priority"><choice><value>1</value><value>3</value><value>5</value></choice></attribute>
    <attribute name="from"/>
    <text/>
  </element></define>
</grammar>
"""

ODD = {
    "control characters": "앞\x00\x01\x08\x1b뒤\x7f\x85",
    "line ends": "앞\r뒤\r\n또\u2028다시\u2029\x0b\x0c",
    "no characters": "\ufffe\uffff\ufdd0",
    "what looks like ours": "⟦U+001B⟧ _x001B_",
    "emoji": "🌅👩‍👩‍👧🏽",
    "right to left": "שלום \u202bعربي\u202c",
    "markup": "<b>&amp;</b> ]]> <!-- x --> \"' <?x?>",
    "white space": " \u00a0\t 　 \n\n.",
}


@pytest.fixture(scope="module")
def grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.fromstring(GRAMMAR))


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    if not (SCHEMAS / "xliff-core-1.2-strict.xsd").exists():
        pytest.skip("the OASIS schema is not installed; on Debian: apt-get install php-symfony-translation")
    tree = etree.parse(str(SCHEMAS / "xliff-core-1.2-strict.xsd"), etree.XMLParser(no_network=True))
    for imported in tree.iter("{http://www.w3.org/2001/XMLSchema}import"):
        imported.set("schemaLocation", (SCHEMAS / "xml.xsd").as_uri())
    return etree.XMLSchema(tree)


def read(publication: Publication, lang: str) -> etree._Element:
    return etree.fromstring(write(publication, lang), etree.XMLParser(no_network=True, resolve_entities=False))


def units(publication: Publication, lang: str) -> dict[str | None, etree._Element]:
    return {unit.get("id"): unit for unit in read(publication, lang).iterfind(".//x:trans-unit", NAMES)}


def attribute(unit: etree._Element, name: str) -> str | None:
    target = unit.find("x:target", NAMES)
    return target.get(name) if target is not None else None


def odd(text: str) -> Publication:
    """A publication that carries a text wherever text from outside can stand."""
    block = Block("b1", "paragraph", (Segment("s1", text), Segment("s2", "끝.")))
    article = Article("a", (block,), Meta(title=text, author=text, file=text))
    return Publication(
        bitext=Bitext(article, (Translation("s1", "zh", "译" + text, "x"),), comments=(Comment("s1", "", text, text),)),
        hints={("s1", "zh"): (Hint(0, len(text), text, "glossary", (text,)),)},
        findings=(Finding("terms", "s1", "zh", text, "error", suggestion=text),),
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_is_valid_against_the_oasis_schema(
    publication: Publication, schema: etree.XMLSchema, lang: str
) -> None:
    schema.assertValid(read(publication, lang))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_is_built_as_the_specification_says(
    publication: Publication, grammar: etree.RelaxNG, lang: str
) -> None:
    grammar.assertValid(read(publication, lang))


@pytest.mark.parametrize("label", ODD)
def test_odd_text_breaks_nothing_wherever_it_stands(
    grammar: etree.RelaxNG, schema: etree.XMLSchema, label: str
) -> None:
    root = read(odd(ODD[label]), "zh")
    grammar.assertValid(root)
    schema.assertValid(root)
    unit = next(root.iterfind(".//x:trans-unit", NAMES))
    assert unwritable(unit.findtext("x:source", "", NAMES)) == ODD[label]
    assert unwritable(unit.findtext("x:target", "", NAMES)) == "译" + ODD[label]


def test_an_article_without_text_and_metadata_is_valid(schema: etree.XMLSchema, grammar: etree.RelaxNG) -> None:
    root = read(
        Publication(bitext=Bitext(Article("a", (Block("b1", "title", (Segment("s1", "끝."),)),))), hints={}), "en"
    )
    schema.assertValid(root)
    grammar.assertValid(root)


def test_every_segment_is_a_unit_with_its_texts(publication: Publication) -> None:
    found = units(publication, "zh")
    assert list(found) == [segment.id for segment in publication.bitext.article.segments()]
    for segment in publication.bitext.article.segments():
        unit = found[segment.id]
        have = publication.bitext.translation(segment.id, "zh")
        assert have is not None
        assert (unit.findtext("x:source", "", NAMES), unit.findtext("x:target", "", NAMES)) == (segment.text, have.text)


def test_states_say_who_had_the_last_word(publication: Publication) -> None:
    english = units(publication, "en")
    found = {
        name: (attribute(unit, "state"), attribute(unit, "state-qualifier"), unit.get("approved"))
        for name, unit in english.items()
    }
    assert found["s1"] == ("final", None, "yes")
    assert found["s2"] == ("needs-review-translation", "leveraged-mt", None)
    assert found["s4"] == ("translated", None, None)
    assert found["s5"] == ("needs-review-translation", "leveraged-tm", None)
    assert english["s6"].find("x:target", NAMES) is None
    stale = units(publication, "zh")["s4"]
    assert (attribute(stale, "state"), attribute(stale, "state-qualifier")) == ("needs-review-translation", None)


def test_terms_findings_and_comments_are_notes(publication: Publication) -> None:
    comments = (Comment("s2", "en", "정말 pier인가?", "김"), Comment("s2", "zh", "别的", "Li"))
    publication = replace(publication, bitext=replace(publication.bitext, comments=comments))
    notes = [
        (note.get("annotates"), note.get("priority"), note.text)
        for note in units(publication, "en")["s2"].iterfind("x:note", NAMES)
    ]
    assert notes == [
        ("source", "3", "단동항 → Dandong Port"),
        ("source", "3", "부두 → wharf / pier"),
        ("target", "1", "s2, error: “단동항” is to be “Dandong Port”. Suggestion: Dandong Port"),
        ("target", "3", "s2, 김: 정말 pier인가?"),
    ]


def test_the_same_publication_gives_the_same_bytes(publication: Publication) -> None:
    assert write(publication, "en") == write(publication, "en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_is_as_agreed(publication: Publication, golden: Callable[[str, bytes], None], lang: str) -> None:
    golden(f"harbour.ko-{lang}.12.xlf", write(publication, lang))
