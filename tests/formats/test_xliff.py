"""XLIFF 2.0: valid, exact, and with everything a translator needs in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.article import Article, Bitext, Block, BlockKind, Finding, Hint, Meta, Segment, Translation
from pipeline.formats.xliff import write
from pipeline.publication import Publication

# The OASIS schema as Debian ships it (package php-symfony-translation), with the W3C's xml.xsd beside it.
SCHEMAS = Path("/usr/share/php/Symfony/Component/Translation/Resources/schemas")

NAMES = {
    "x": "urn:oasis:names:tc:xliff:document:2.0",
    "gls": "urn:oasis:names:tc:xliff:glossary:2.0",
    "mda": "urn:oasis:names:tc:xliff:metadata:2.0",
}

# What our files may consist of, in our own words after the specification: closer than the OASIS schema, which lets
# the modules pass unread. This one is checked wherever the tests run.
GRAMMAR = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="urn:oasis:names:tc:xliff:document:2.0"
         xmlns:gls="urn:oasis:names:tc:xliff:glossary:2.0" xmlns:mda="urn:oasis:names:tc:xliff:metadata:2.0"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="xliff">
    <attribute name="version"><value>2.0</value></attribute>
    <attribute name="srcLang"><value>ko-CN</value></attribute>
    <attribute name="trgLang"><choice><value>zh-Hans</value><value>en</value></choice></attribute>
    <element name="file">
      <attribute name="id"><data type="NMTOKEN"/></attribute>
      <attribute name="canResegment"><value>no</value></attribute>
      <attribute name="original"/>
      <attribute name="xml:space"><value>preserve</value></attribute>
      <element name="mda:metadata"><element name="mda:metaGroup">
        <attribute name="category"/>
        <oneOrMore><element name="mda:meta"><attribute name="type"/><text/></element></oneOrMore>
      </element></element>
      <oneOrMore><ref name="unit"/></oneOrMore>
    </element>
  </element></start>
  <define name="unit"><element name="unit">
    <attribute name="id"><data type="NMTOKEN"/></attribute>
    <attribute name="type"><data type="string"><param name="pattern">[^\\s:]+:[^\\s:]+</param></data></attribute>
    <optional><element name="gls:glossary"><oneOrMore><element name="gls:glossEntry">
      <element name="gls:term"><attribute name="source"/><text/></element>
      <oneOrMore><element name="gls:translation"><text/></element></oneOrMore>
      <optional><element name="gls:definition"><text/></element></optional>
    </element></oneOrMore></element></optional>
    <optional><element name="mda:metadata"><element name="mda:metaGroup">
      <attribute name="category"><value>marks</value></attribute>
      <oneOrMore><element name="mda:meta">
        <attribute name="type"><data type="string"><param name="pattern">s\\d+</param></data></attribute>
        <data type="string">
          <param name="pattern">[0-9a-f]{6}·([0-9a-f]{6}|-{6}) (draft|edited|approved)</param>
        </data>
      </element></oneOrMore>
    </element></element></optional>
    <optional><element name="notes"><oneOrMore><element name="note">
      <attribute name="id"><data type="NMTOKEN"/></attribute>
      <attribute name="category"/>
      <choice>
        <attribute name="priority"><choice><value>1</value><value>3</value><value>5</value></choice></attribute>
        <attribute name="appliesTo"><choice><value>source</value><value>target</value></choice></attribute>
      </choice>
      <text/>
    </element></oneOrMore></element></optional>
    <oneOrMore><choice>
      <element name="segment">
        <attribute name="id"><data type="NMTOKEN"/></attribute>
        <choice>
          <group><attribute name="state"><value>initial</value></attribute><ref name="source"/></group>
          <group>
            <attribute name="state">
              <choice><value>translated</value><value>reviewed</value><value>final</value></choice>
            </attribute>
            <attribute name="subState">
              <data type="string"><param name="pattern">daeyeok:(machine|memory|human|stale)</param></data>
            </attribute>
            <ref name="source"/><ref name="target"/>
          </group>
        </choice>
      </element>
      <element name="ignorable"><ref name="source"/><optional><ref name="target"/></optional></element>
    </choice></oneOrMore>
  </element></define>
  <define name="source"><element name="source"><ref name="content"/></element></define>
  <define name="target"><element name="target"><ref name="content"/></element></define>
  <define name="content"><mixed><zeroOrMore><element name="cp">
    <attribute name="hex"><data type="hexBinary"/></attribute>
  </element></zeroOrMore></mixed></define>
</grammar>
"""


@pytest.fixture(scope="module")
def grammar() -> etree.RelaxNG:
    return etree.RelaxNG(etree.fromstring(GRAMMAR))


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    if not (SCHEMAS / "xliff-core-2.0.xsd").exists():
        pytest.skip("the OASIS schema is not installed; on Debian: apt-get install php-symfony-translation")
    parser = etree.XMLParser(no_network=True)
    tree = etree.parse(str(SCHEMAS / "xliff-core-2.0.xsd"), parser)
    for imported in tree.iter("{http://www.w3.org/2001/XMLSchema}import"):
        imported.set("schemaLocation", (SCHEMAS / "xml.xsd").as_uri())
    return etree.XMLSchema(tree)


def read(publication: Publication, lang: str) -> etree._Element:
    return etree.fromstring(write(publication, lang), etree.XMLParser(no_network=True, resolve_entities=False))


def text_of(element: etree._Element) -> str:
    """The text of a source or target as it was before it went into XML."""
    pieces = [element.text or ""]
    for child in element:
        pieces += [chr(int(child.get("hex", ""), 16)), child.tail or ""]
    return "".join(pieces)


def unit_text(unit: etree._Element) -> str:
    return "".join(text_of(source) for source in unit.iterfind(".//x:source", NAMES))


def with_text(korean: str, translation: str = "", kind: BlockKind = "paragraph", gap: str = "") -> Publication:
    article = Article("a", (Block("b1", kind, (Segment("s1", korean, gap), Segment("s2", "끝."))),))
    return Publication(bitext=Bitext(article, (Translation("s1", "zh", translation, "x"),)), hints={})


def segments(root: etree._Element) -> dict[str | None, etree._Element]:
    return {segment.get("id"): segment for segment in root.iterfind(".//x:segment", NAMES)}


ODD = {
    "control characters": "앞\x00\x01\x08\x1b뒤\x7f\x85",
    "line ends": "앞\r뒤\r\n또\u2028다시\u2029\x0b\x0c",
    "no characters": "\ufffe\uffff\ufdd0",
    "a lone surrogate": "앞\ud800뒤",
    "emoji": "🌅👩‍👩‍👧🏽",
    "right to left": "שלום \u202bعربي\u202c",
    "markup": "<b>&amp;</b> ]]> <!-- x --> \"' <?x?>",
    "white space": " \u00a0\t 　 \n\n ",
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_is_valid_against_the_oasis_schema(
    publication: Publication, schema: etree.XMLSchema, lang: str
) -> None:
    schema.assertValid(read(publication, lang))


@pytest.mark.parametrize("label", ODD)
def test_odd_text_is_valid_against_the_oasis_schema(schema: etree.XMLSchema, label: str) -> None:
    schema.assertValid(read(_odd(ODD[label]), "zh"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_and_its_modules_are_built_as_the_specification_says(
    publication: Publication, grammar: etree.RelaxNG, lang: str
) -> None:
    grammar.assertValid(read(publication, lang))


@pytest.mark.parametrize("label", ODD)
def test_odd_text_breaks_nothing_wherever_it_stands(grammar: etree.RelaxNG, label: str) -> None:
    root = read(_odd(ODD[label]), "zh")
    grammar.assertValid(root)
    assert unit_text(root) == ODD[label] + "끝."
    assert text_of(root.find(".//x:target", NAMES)) == "译" + ODD[label]


def _odd(text: str) -> Publication:
    """A publication that carries a text wherever text from outside can stand."""
    publication = with_text(text, "译" + text)
    article = replace(publication.bitext.article, meta=Meta(title=text, author=text, file=text))
    return replace(
        publication,
        bitext=replace(publication.bitext, article=article),
        hints={("s1", "zh"): (Hint(0, len(text), text, "glossary", (text,)),)},
        findings=(Finding("terms", "s1", "zh", text, "error", suggestion=text),),
    )


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=5)), min_size=1, max_size=4), st.text(max_size=4))
def test_the_sources_join_to_the_exact_text_of_the_block(pieces: list[tuple[str, str]], lead: str) -> None:
    numbered = tuple(Segment(f"s{number}", text, gap) for number, (text, gap) in enumerate(pieces))
    block = Block("b1", "paragraph", numbered, lead)
    if block.text:
        root = read(Publication(bitext=Bitext(Article("a", (block,))), hints={}), "en")
        assert unit_text(root) == block.text


def test_the_units_join_to_the_text_of_the_article(publication: Publication) -> None:
    article = publication.bitext.article
    units = {unit.get("id"): unit_text(unit) for unit in read(publication, "en").iterfind(".//x:unit", NAMES)}
    assert units == {block.id: block.text for block in article.blocks}


def test_segments_keep_their_ids_and_targets(publication: Publication) -> None:
    found = segments(read(publication, "zh"))
    assert list(found) == [segment.id for segment in publication.bitext.article.segments()]
    for name, element in found.items():
        translation = publication.bitext.translation(str(name), "zh")
        assert translation is not None
        assert text_of(element.find("x:target", NAMES)) == translation.text


def test_states_say_who_had_the_last_word(publication: Publication) -> None:
    states = {
        lang: {
            name: (found.get("state"), found.get("subState"))
            for name, found in segments(read(publication, lang)).items()
        }
        for lang in ("zh", "en")
    }
    assert states["en"]["s1"] == ("final", "daeyeok:human")
    assert states["en"]["s2"] == ("translated", "daeyeok:machine")
    assert states["en"]["s4"] == ("reviewed", "daeyeok:human")
    assert states["en"]["s5"] == ("translated", "daeyeok:memory")
    assert states["en"]["s6"] == ("initial", None)


def test_work_under_which_the_korean_changed_is_not_called_reviewed(publication: Publication) -> None:
    found = segments(read(publication, "zh"))["s4"]
    assert (found.get("state"), found.get("subState")) == ("translated", "daeyeok:stale")


def test_a_sentence_without_translation_has_no_target(publication: Publication) -> None:
    assert segments(read(publication, "en"))["s6"].find("x:target", NAMES) is None


def test_white_space_between_sentences_is_that_of_the_target_language(publication: Publication) -> None:
    for lang, between in (("zh", ""), ("en", " ")):
        targets = read(publication, lang).findall(".//x:unit[@id='b2']/x:ignorable/x:target", NAMES)
        assert [text_of(target) for target in targets] == [between]


def test_findings_of_this_language_become_notes_that_name_their_segment(publication: Publication) -> None:
    notes = [
        (n.get("category"), n.get("priority"), n.text) for n in read(publication, "en").iterfind(".//x:note", NAMES)
    ]
    assert notes == [
        ("terms", "1", "s2, error: “단동항” is to be “Dandong Port”. Suggestion: Dandong Port"),
        ("numbers", "3", "s3, warning: “2갈래” (2) is missing."),
        ("completeness", "1", "s6, error: Nothing is here."),
    ]


def test_terms_and_glosses_of_a_unit_are_its_glossary(publication: Publication) -> None:
    def entries(lang: str, unit: str) -> list[list[str | None]]:
        found = read(publication, lang).iterfind(f".//x:unit[@id='{unit}']/gls:glossary/gls:glossEntry", NAMES)
        return [[child.text for child in entry] for entry in found]

    assert entries("en", "b1") == [["단동항", "Dandong Port", "항 is 港."], ["부두", "wharf", "pier"]]
    assert entries("zh", "b2") == [["단동항", "丹东港", "항 is 港."], ["부두", "码头"], ["림공경제구", "临空经济区"]]


def test_a_term_that_stands_twice_in_a_unit_is_listed_once() -> None:
    publication = with_text("항구와 항구")
    hints = (Hint(0, 2, "港口", "glossary"), Hint(4, 6, "港口", "glossary"))
    root = read(replace(publication, hints={("s1", "zh"): hints}), "zh")
    assert len(root.findall(".//gls:glossEntry", NAMES)) == 1


def test_the_metadata_travels_and_what_is_unknown_is_left_out(publication: Publication) -> None:
    root = read(publication, "zh")
    found = {meta.get("type"): meta.text for meta in root.iterfind("x:file/mda:metadata//mda:meta", NAMES)}
    assert found["publisher"] == "바다신문"
    assert found["source"] == "단동일보"
    assert "editor" not in found


def test_ids_are_given_once_in_a_unit_and_units_once_in_the_file(publication: Publication) -> None:
    root = read(publication, "zh")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_the_same_publication_gives_the_same_bytes(publication: Publication) -> None:
    assert write(publication, "en") == write(publication, "en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_is_as_agreed(publication: Publication, golden: Callable[[str, bytes], None], lang: str) -> None:
    golden(f"harbour.ko-{lang}.xlf", write(publication, lang))
