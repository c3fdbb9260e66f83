"""TMX 1.4b: what people approved, once, valid, and read back by our own reader."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.article import Article, Bitext, Block, Segment, State, Translation, fingerprint, flat
from pipeline.formats.tmx import REGIONAL, write
from pipeline.publication import Publication
from pipeline.train.corpus import read_rows

LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# The elements and attributes of TMX 1.4b that a memory without inline codes may have, in our own words after the
# specification.
DTD = etree.DTD(
    io.StringIO("""
<!ELEMENT tmx (header, body)>
<!ATTLIST tmx version CDATA #FIXED "1.4">
<!ELEMENT header (note | prop)*>
<!ATTLIST header creationtool CDATA #REQUIRED creationtoolversion CDATA #REQUIRED
  segtype (block | paragraph | sentence | phrase) #REQUIRED o-tmf CDATA #REQUIRED adminlang CDATA #REQUIRED
  srclang CDATA #REQUIRED datatype CDATA #REQUIRED o-encoding CDATA #IMPLIED creationdate CDATA #IMPLIED
  creationid CDATA #IMPLIED changedate CDATA #IMPLIED changeid CDATA #IMPLIED>
<!ELEMENT body (tu)*>
<!ELEMENT tu ((note | prop)*, tuv+)>
<!ATTLIST tu tuid CDATA #IMPLIED o-encoding CDATA #IMPLIED datatype CDATA #IMPLIED usagecount CDATA #IMPLIED
  lastusagedate CDATA #IMPLIED creationtool CDATA #IMPLIED creationtoolversion CDATA #IMPLIED
  creationdate CDATA #IMPLIED creationid CDATA #IMPLIED changedate CDATA #IMPLIED
  segtype (block | paragraph | sentence | phrase) #IMPLIED changeid CDATA #IMPLIED o-tmf CDATA #IMPLIED
  srclang CDATA #IMPLIED>
<!ELEMENT tuv ((note | prop)*, seg)>
<!ATTLIST tuv xml:lang CDATA #REQUIRED o-encoding CDATA #IMPLIED datatype CDATA #IMPLIED usagecount CDATA #IMPLIED
  lastusagedate CDATA #IMPLIED creationtool CDATA #IMPLIED creationtoolversion CDATA #IMPLIED
  creationdate CDATA #IMPLIED creationid CDATA #IMPLIED changedate CDATA #IMPLIED o-tmf CDATA #IMPLIED
  changeid CDATA #IMPLIED>
<!ELEMENT note (#PCDATA)>
<!ATTLIST note o-encoding CDATA #IMPLIED xml:lang CDATA #IMPLIED>
<!ELEMENT prop (#PCDATA)>
<!ATTLIST prop type CDATA #REQUIRED xml:lang CDATA #IMPLIED o-encoding CDATA #IMPLIED>
<!ELEMENT seg (#PCDATA)>
""")
)


def a_publication(
    rows: Sequence[tuple[str, str | None, str | None]], name: str = "port", **changes: object
) -> Publication:
    """Sentences with their Chinese and English, approved by Kim unless `changes` say otherwise."""
    segments = tuple(Segment(f"s{number}", korean) for number, (korean, _, _) in enumerate(rows, 1))
    made = [
        Translation(segment.id, lang, text, fingerprint(segment.text), "human", "Kim", "approved")
        for segment, (_, zh, en) in zip(segments, rows, strict=True)
        for lang, text in (("zh", zh), ("en", en))
        if text is not None
    ]
    made = [replace(translation, **changes) for translation in made]  # type: ignore[arg-type]
    return Publication(bitext=Bitext(Article(name, (Block("b1", "paragraph", segments),)), tuple(made)), hints={})


def read(*publications: Publication, langs: Sequence[str] = ("zh", "en"), **more: object) -> list[etree._Element]:
    """The units of the memory; that it is valid is looked at every time."""
    root = etree.fromstring(write(publications, langs, **more))  # type: ignore[arg-type]
    DTD.assertValid(root)
    return list(root.iter("tu"))


def texts(unit: etree._Element) -> dict[str | None, str | None]:
    return {variant.get(LANG): variant.findtext("seg") for variant in unit.iter("tuv")}


def properties(element: etree._Element) -> list[tuple[str | None, str | None]]:
    return [(prop.get("type"), prop.text) for prop in element.iterfind("prop")]


ROWS = [("심양항이 문을 열었다.", "沈阳港开港。", "Shenyang opened."), ("화물이 늘었다.", "货物增加了。", None)]


def test_a_sentence_is_one_unit_with_its_languages() -> None:
    first, second = read(a_publication(ROWS))
    assert texts(first) == {"ko-CN": ROWS[0][0], "zh-Hans": ROWS[0][1], "en": ROWS[0][2]}
    assert texts(second) == {"ko-CN": ROWS[1][0], "zh-Hans": ROWS[1][1]}
    assert [unit.get("tuid") for unit in (first, second)] == ["port.s1", "port.s2"]


def test_only_the_languages_that_are_asked_for_are_in_it() -> None:
    (unit,) = read(a_publication(ROWS), langs=("en",))
    assert set(texts(unit)) == {"ko-CN", "en"}


def test_tools_that_know_only_regions_get_them() -> None:
    unit, _ = read(a_publication(ROWS), tags=REGIONAL)
    assert set(texts(unit)) == {"ko-KR", "zh-CN", "en-US"}
    root = etree.fromstring(write([a_publication(ROWS)], ("zh",), tags=REGIONAL))
    assert root.find("header").get("srclang") == "ko-KR"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "only", "units"),
    [
        ({"state": "draft", "origin": "machine"}, ("approved",), 0),
        ({"state": "edited"}, ("approved",), 0),
        ({"state": "edited"}, ("approved", "edited"), 2),
        ({"state": "approved", "origin": "machine"}, ("approved",), 2),
        ({"of": "another"}, ("approved",), 0),
        ({"text": " "}, ("approved",), 0),
    ],
)
def test_only_what_people_stand_behind_is_in_it(changes: dict[str, str], only: Sequence[State], units: int) -> None:
    assert len(read(a_publication(ROWS, **changes), only=only)) == units


def test_work_under_which_the_korean_has_changed_is_left_out() -> None:
    publication = replace(a_publication(ROWS), stale=frozenset({("s1", "zh")}))
    first, _ = read(publication)
    assert set(texts(first)) == {"ko-CN", "en"}


def test_who_and_when_stand_at_the_translation() -> None:
    unit, _ = read(a_publication(ROWS, at="2026-11-22T17:00:00+09:00"))
    korean, chinese, _ = unit.iter("tuv")
    assert dict(korean.attrib) == {LANG: "ko-CN"}
    assert (chinese.get("changeid"), chinese.get("changedate")) == ("Kim", "20261122T080000Z")
    assert (chinese.get("creationid"), chinese.get("creationdate")) == ("Kim", "20261122T080000Z")
    assert properties(chinese) == [("x-state", "approved"), ("x-origin", "human")]


@pytest.mark.parametrize("at", [None, "", "yesterday"])
def test_what_is_no_time_is_left_out(at: str | None) -> None:
    unit, _ = read(a_publication(ROWS, at=at))
    assert all(variant.get("changedate") is None for variant in unit.iter("tuv"))


def test_a_unit_says_where_it_stands_and_what_stands_around_it() -> None:
    first, second = read(a_publication(ROWS))
    assert properties(first) == [
        ("x-article", "port"),
        ("x-segment", "s1"),
        ("next", ROWS[1][0]),
        ("x-context-post", f"<seg>{ROWS[1][0]}</seg>"),
    ]
    assert properties(second)[2:] == [("prev", ROWS[0][0]), ("x-context-pre", f"<seg>{ROWS[0][0]}</seg>")]


def test_a_pair_that_stands_in_two_articles_is_one_unit_that_names_both() -> None:
    one = a_publication(ROWS, at="2026-01-01T00:00:00Z")
    two = a_publication([("벼가 익는다.", "稻子熟了。", None), ROWS[0]], "rice", at="2026-02-01T00:00:00Z", by="Li")
    units = read(one, two)
    assert len(units) == 3
    assert properties(units[0]) == [
        ("x-article", "port"),
        ("x-segment", "s1"),
        ("x-article", "rice"),
        ("x-segment", "s2"),
    ]
    assert [variant.get("changeid") for variant in units[0].iter("tuv")] == [None, "Li", "Li"]


def test_a_sentence_that_is_translated_in_two_ways_is_two_units() -> None:
    other = a_publication([(ROWS[0][0], "沈阳港启用。", None)], "rice")
    found = [texts(unit).get("zh-Hans") for unit in read(a_publication(ROWS[:1]), other)]
    assert found == ["沈阳港开港。", "沈阳港启用。"]


def test_a_language_that_only_one_of_them_has_joins_the_other() -> None:
    korean, chinese, english = ROWS[0]
    units = read(a_publication([(korean, chinese, None)]), a_publication([(korean, chinese, english)], "rice"))
    assert [texts(unit) for unit in units] == [{"ko-CN": korean, "zh-Hans": chinese, "en": english}]


def test_translations_without_a_language_in_common_are_not_joined() -> None:
    korean, chinese, english = ROWS[0]
    units = read(a_publication([(korean, chinese, None)]), a_publication([(korean, None, english)], "rice"))
    assert len(units) == 2


def test_an_empty_memory_is_valid() -> None:
    assert read() == []
    assert read(a_publication([])) == []


cells = st.text(min_size=1, max_size=20).filter(str.strip)


@given(st.lists(st.tuples(cells, st.none() | cells, st.none() | cells), max_size=6))
def test_any_text_gives_a_valid_memory_with_every_pair_in_it(rows: list[tuple[str, str | None, str | None]]) -> None:
    found = {
        (flat(texts(unit)["ko-CN"] or ""), tag, flat(text or ""))
        for unit in read(a_publication(rows))
        for tag, text in texts(unit).items()
    }

    def plain(text: str) -> str:
        kept = "".join(c if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in text)
        return flat(kept)

    for korean, chinese, english in rows:
        for tag, text in (("zh-Hans", chinese), ("en", english)):
            assert text is None or (plain(korean), tag, plain(text)) in found


def test_our_own_reader_takes_it_back(tmp_path: Path) -> None:
    file = tmp_path / "memory.tmx"
    file.write_bytes(write([a_publication(ROWS)], ("zh", "en")))
    assert [(row.ko, row.zh, row.en or None) for row in read_rows(file)] == ROWS


def test_the_same_publications_give_the_same_bytes() -> None:
    publications = [a_publication(ROWS), a_publication(ROWS[::-1], "rice")]
    assert write(publications, ("zh", "en")) == write(iter(publications), ("zh", "en"))


def test_the_memory_is_as_agreed(publication: Publication, golden: Callable[[str, bytes], None]) -> None:
    golden("harbour.tmx", write([publication], ("zh", "en"), only=("approved", "edited")))
