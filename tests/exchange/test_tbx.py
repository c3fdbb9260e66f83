"""TBX: what is written is TBX-Basic, what others write is read, and nothing in a file can do harm."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from pipeline import exchange
from pipeline.errors import InputError
from pipeline.incoming import Incoming
from pipeline.terms import Renderings, Term

# What TBX-Basic allows of the elements that a glossary needs, in our own words after the public description of the
# dialect (tbxinfo.net) and of version 2: which levels there are, in which order, and where each data category stands.
# It is closer than the published schemas: those leave the places of the categories to rules beside them.
STATUS = "<choice>" + "".join(
    f"<value>{name}Term-admn-sts</value>" for name in ("preferred", "admitted", "deprecated", "superseded")
)
HEAD = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="{space}" xmlns:min="http://www.tbxinfo.net/ns/min"
         xmlns:basic="http://www.tbxinfo.net/ns/basic" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <define name="language"><attribute name="xml:lang"><data type="language"/></attribute></define>
  <define name="categories"><zeroOrMore><choice>
    <element name="note"><text/></element>{categories}
  </choice></zeroOrMore></define>
  <define name="body"><element name="text"><element name="body"><oneOrMore><element name="{concept}">
    <attribute name="id"><data type="ID"/></attribute>
    <ref name="categories"/>
    <oneOrMore><element name="{section}">
      <ref name="language"/>
      <oneOrMore><element name="{term}"><element name="term"><text/></element>{status}</element></oneOrMore>
    </element></oneOrMore>
  </element></oneOrMore></element></element></define>
  <define name="file"><element name="fileDesc">
    <element name="titleStmt"><element name="title"><text/></element></element>
    <element name="sourceDesc"><element name="p"><text/></element></element>
  </element></define>
  <start>{root}</start>
</grammar>"""
ATTRIBUTE_STYLE = {
    "categories": """
    <element name="descrip"><attribute name="type"><value>subjectField</value></attribute><text/></element>
    <element name="admin"><attribute name="type"><value>source</value></attribute><text/></element>""",
    "status": '<element name="termNote"><attribute name="type"><value>administrativeStatus</value></attribute>'
    f"{STATUS}</choice></element>",
}
TAG_STYLE = {
    "categories": '<element name="min:subjectField"><text/></element><element name="basic:source"><text/></element>',
    "status": f'<element name="min:administrativeStatus">{STATUS}</choice></element>',
}
VERSION_3 = {
    "space": "urn:iso:std:iso:30042:ed-2",
    "concept": "conceptEntry",
    "section": "langSec",
    "term": "termSec",
    "root": '<element name="tbx"><attribute name="type"><value>TBX-Basic</value></attribute><attribute name="style">'
    '<value>{style}</value></attribute><ref name="language"/><element name="tbxHeader"><ref name="file"/></element>'
    '<ref name="body"/></element>',
}
VERSION_2 = {
    "space": "",
    "concept": "termEntry",
    "section": "langSet",
    "term": "tig",
    "root": '<element name="martif"><attribute name="type"><value>TBX-Basic</value></attribute><ref name="language"/>'
    '<element name="martifHeader"><ref name="file"/><element name="encodingDesc"><element name="p">'
    '<attribute name="type"><value>XCSURI</value></attribute><value>TBXBasicXCSV02.xcs</value></element></element>'
    '</element><ref name="body"/></element>',
}
GRAMMARS = {
    "tbx": VERSION_3 | ATTRIBUTE_STYLE,
    "tbx-dct": VERSION_3 | TAG_STYLE,
    "tbx-v2": VERSION_2 | ATTRIBUTE_STYLE,
}


def grammar(name: str) -> etree.RelaxNG:
    values = GRAMMARS[name]
    root = values["root"].format(style="dct" if name == "tbx-dct" else "dca")
    return etree.RelaxNG(etree.fromstring(HEAD.format(**{**values, "root": root})))


@pytest.mark.parametrize("name", GRAMMARS)
def test_what_is_written_is_tbx_basic(terms: tuple[Term, ...], name: str) -> None:
    document = etree.fromstring(exchange.render(terms, name).content)
    schema = grammar(name)
    assert schema.validate(document), schema.error_log
    for other in GRAMMARS.keys() - {name}:
        assert not grammar(other).validate(document)


def test_version_2_names_the_dtd_that_its_readers_know(terms: tuple[Term, ...]) -> None:
    document = etree.fromstring(exchange.render(terms, "tbx-v2").content).getroottree()
    assert document.docinfo.system_url == "TBXBasiccoreStructV02.dtd"


def test_a_concept_keeps_its_id_from_one_export_to_the_next(terms: tuple[Term, ...]) -> None:
    both, one = (exchange.render(some, "tbx").content for some in (terms, terms[1:2]))
    identity = etree.fromstring(one).find(".//{*}conceptEntry").get("id")  # type: ignore[union-attr]
    assert f'id="{identity}"'.encode() in both


Read = Callable[[str], Incoming]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The content of a TBX file, read."""

    def read_text(text: str, encoding: str = "utf-8") -> Incoming:
        (tmp_path / "bank.tbx").write_bytes(text.encode(encoding))
        return exchange.read(tmp_path / "bank.tbx")

    return read_text


PUBLIC = """<?xml version='1.0' encoding='UTF-8'?>
<!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">
<martif type="TBX-Basic" xml:lang="en">
  <martifHeader><fileDesc><sourceDesc><p>A termbase</p></sourceDesc></fileDesc></martifHeader>
  <text><body>
    <termEntry id="c5">
      <descripGrp>
        <descrip type="definition">The space for the goods
            of a port.</descrip>
        <admin type="source">Harbour handbook</admin>
      </descripGrp>
      <descrip type="subjectField">transport</descrip>
      <langSet xml:lang="en">
        <tig><term>logistics <hi type="italics">park</hi></term>
          <termNote type="partOfSpeech">noun</termNote>
          <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote>
          <descrip type="context">A logistics park opened in May.</descrip></tig>
        <ntig><termGrp><term>freight village</term>
          <termNote type="administrativeStatus">supersededTerm-admn-sts</termNote></termGrp></ntig>
      </langSet>
      <langSet xml:lang="fr"><tig><term>parc logistique</term></tig></langSet>
      <langSet xml:lang="KO-KR"><tig><term>물류단지</term></tig><tig><term>물류기지</term></tig></langSet>
      <langSet xml:lang="zh_CN">
        <tig><term>物流基地</term>
          <termNote type="administrativeStatus">admittedTerm-admn-sts</termNote></tig>
        <tig><term>物流园区</term>
          <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote></tig>
      </langSet>
      <langSet xml:lang="zh-Hant"><tig><term>物流園區</term></tig></langSet>
    </termEntry>
    <termEntry id="c6"><langSet xml:lang="en"><tig><term>quay</term></tig></langSet></termEntry>
    <termEntry id="c7">
      <langSet xml:lang="ko"><tig><term>부두</term></tig></langSet>
      <langSet xml:lang="zh"><tig><term>埠头</term>
        <termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig></langSet>
      <langSet xml:lang="en"><tig><term>pier</term></tig></langSet>
    </termEntry>
  </body></text>
</martif>
"""


def small(doctype: str, text: str = "부두") -> str:
    return f"""<?xml version="1.0"?>{doctype}<martif type="TBX"><text><body><termEntry>
    <langSet xml:lang="ko"><tig><term>{text}</term></tig></langSet>
    <langSet xml:lang="en"><tig><term>pier</term></tig></langSet></termEntry></body></text></martif>"""


def test_a_public_termbase_is_read_with_all_that_it_says(read: Read) -> None:
    incoming = read(PUBLIC)
    assert incoming.format == "TBX-Basic v2"
    row = incoming.rows[0]
    assert (row.place, row.term.line) == ("bank.tbx, line 6 (c5)", 6)
    assert row.term.ko == ("물류단지", "물류기지")
    assert row.term.zh == Renderings("物流园区", ("物流基地",))
    assert row.term.en == Renderings("logistics park", (), ("freight village",))
    assert row.term.domain == "transport"
    assert row.term.note == "The space for the goods of a port."
    assert row.term.evidence == ("A logistics park opened in May.", "Harbour handbook")
    assert "kind" not in row.given


def test_what_a_termbase_has_and_the_glossary_has_not_is_said(read: Read) -> None:
    incoming = read(PUBLIC)
    assert incoming.remarks == (
        "language fr has no place in the glossary and was left out: 1",
        "language zh-Hant has no place in the glossary and was left out: 1",
        "partOfSpeech has no place in the glossary and was left out: 1",
    )
    assert [(one.place, one.problem) for one in incoming.refused] == [
        ("bank.tbx, line 31 (c6)", "there is no Korean. Fill it in."),
        ("bank.tbx, line 32 (c7)", "埠头 is forbidden for 부두, but no row says what is preferred. Add one."),
    ]
    assert incoming.rows[1].term.en == Renderings("pier")


@pytest.mark.parametrize(
    "space",
    ["urn:iso:std:iso:30042:ed-2", "urn:iso:std:iso:30042:ed:3.0", "urn:iso:std:iso:30042:ed-3", "http://example.org"],
)
def test_every_namespace_that_was_ever_given_to_version_3_is_read(read: Read, space: str) -> None:
    incoming = read(
        f"""<tbx type="TBX-Basic" style="dct" xml:lang="en" xmlns="{space}" xmlns:b="http://www.tbxinfo.net/ns/basic">
        <text><body><conceptEntry><!-- a comment --><b:subjectField>ports</b:subjectField>
        <b:definition>Where ships <!-- big ones --> lie.</b:definition>
        <langSec xml:lang="ko"><termSec><term>부두</term></termSec></langSec>
        <langSec xml:lang="en"><termSec><term>pier</term><b:administrativeStatus>admittedTerm-admn-sts
        </b:administrativeStatus></termSec></langSec></conceptEntry></body></text></tbx>"""
    )
    assert incoming.format == "TBX-Basic v3 (DCT)"
    term = incoming.rows[0].term
    assert (term.ko, term.en, term.domain, term.note) == (("부두",), Renderings("pier"), "ports", "Where ships  lie.")


def test_tbx_min_is_read(read: Read) -> None:
    incoming = read(
        """<TBX dialect="TBX-Min"><header><id>x</id></header><body><entry id="C1"><subjectField>ports</subjectField>
        <langGroup xml:lang="ko"><termGroup><term>부두</term></termGroup></langGroup>
        <langGroup xml:lang="en"><termGroup><term>pier</term><termStatus>preferred</termStatus></termGroup>
        <termGroup><term>jetty</term><termStatus>notRecommended</termStatus></termGroup></langGroup>
        </entry></body></TBX>"""
    )
    assert incoming.rows[0].term.en == Renderings("pier", (), ("jetty",))
    assert incoming.rows[0].term.domain == "ports"


def test_an_entry_whose_korean_is_superseded_is_retired(read: Read) -> None:
    text = PUBLIC.replace(
        "<tig><term>부두</term></tig>",
        '<tig><term>부두</term><termNote type="administrativeStatus">supersededTerm-admn-sts</termNote></tig>',
    )
    assert read(text).rows[1].term.status == "deprecated"


def test_a_file_in_utf_16_is_read(tmp_path: Path) -> None:
    path = tmp_path / "wide.tbx"
    path.write_bytes(PUBLIC.replace("UTF-8", "UTF-16").encode("utf-16"))
    assert len(exchange.read(path).rows) == 2


LAUGHS = "<!DOCTYPE martif [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12)
)
HARMFUL = {
    "a file is to be read in": ("<!DOCTYPE martif [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>", "부두&x;"),
    "a page is to be fetched": ("<!DOCTYPE martif [<!ENTITY x SYSTEM '{url}'>]>", "부두&x;"),
    "a billion laughs": (LAUGHS + "]>", "&m;"),
    "a billion laughs in an attribute": (LAUGHS + "]>", '부두</term><termNote type="&m;">x</termNote><term>'),
    "a parameter entity": ("<!DOCTYPE martif [<!ENTITY % x SYSTEM '{url}'> %x;]>", "부두"),
    "a harmless entity": ("<!DOCTYPE martif [<!ENTITY x 'y'>]>", "부두"),
}


@pytest.fixture
def visited() -> Iterator[tuple[str, list[str]]]:
    """The address of a server on this machine, and what was asked of it."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *arguments: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/x.dtd", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("case", HARMFUL)
def test_declared_entities_are_refused_and_nothing_is_fetched(
    read: Read, visited: tuple[str, list[str]], case: str
) -> None:
    url, asked = visited
    doctype, text = HARMFUL[case]
    with pytest.raises(InputError, match=r"entities|not XML"):
        read(small(doctype.replace("{url}", url), text))
    assert asked == []


def test_an_outside_dtd_is_passed_over(read: Read, visited: tuple[str, list[str]]) -> None:
    url, asked = visited
    incoming = read(small(f'<!DOCTYPE martif SYSTEM "{url}">'))
    assert [row.term.ko for row in incoming.rows] == [("부두",)]
    assert asked == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PUBLIC[:-40], "bank.tbx, line 37: this is not XML that can be read"),
        (small("").replace("부두", "&auml;"), "bank.tbx, line 2: this is not XML that can be read"),
        ("<html><body>심양</body></html>", "this is XML of another kind (<html>), not TBX"),
        ("<?xml version='1.0'?>\n<tmx version='1.4'/>", "this is XML of another kind (<tmx>), not TBX"),
        ("<?xml version='1.0'?>", "this is not XML that can be read"),
        ("<tbx>" * 400 + "</tbx>" * 400, "this is not XML that can be read"),
    ],
)
def test_what_is_no_tbx_is_refused_with_its_line(read: Read, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert message in str(caught.value)


def test_an_entity_of_a_dtd_that_is_not_read_spoils_its_own_concept(read: Read) -> None:
    incoming = read(PUBLIC.replace("<term>pier</term>", "<term>pi&egrave;r</term>"))
    assert [row.term.ko[0] for row in incoming.rows] == ["물류단지"]
    assert incoming.refused[-1].place == "bank.tbx, line 32 (c7)"
    assert "it refers to the entity &egrave;" in incoming.refused[-1].problem


def test_a_tbx_without_concepts_has_no_terms(read: Read) -> None:
    incoming = read("<tbx type='TBX-Basic' style='dca'><text><body/></text></tbx>")
    assert (incoming.rows, incoming.refused) == ((), ())


def test_lines_far_down_a_file_are_right(read: Read) -> None:
    lines = "\n" * 100_000
    assert read(small("").replace("<body>", f"<body>{lines}")).rows[0].term.line == 100_002
