"""The trilingual review page: whole, safe, and saying what a reviewer has to know."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from pipeline.article import (
    Article,
    Bitext,
    Block,
    DroppedLine,
    Finding,
    Gloss,
    Hint,
    Mention,
    Meta,
    Segment,
    Translation,
)
from pipeline.formats import review
from pipeline.formats.review import write
from pipeline.hints import is_honoured
from pipeline.publication import Publication
from pipeline.terms import Renderings, Term

CSS = Path(review.__file__).with_name("review.css").read_text("utf-8")


def page(publication: Publication) -> html.HtmlElement:
    return html.document_fromstring(write(publication).decode())


def by_class(element: html.HtmlElement, name: str) -> list[html.HtmlElement]:
    return element.xpath(f".//*[contains(concat(' ', @class, ' '), ' {name} ')]")


def seen(element: html.HtmlElement) -> str:
    """What is read when no tooltip is open."""
    shown = deepcopy(element)
    for tip in by_class(shown, "tip"):
        tip.drop_tree()
    return shown.text_content()


def cells(root: html.HtmlElement, row: str) -> dict[str, html.HtmlElement]:
    """The three texts of a row by language tag."""
    return {cell.get("lang"): cell for cell in root.get_element_by_id(row).xpath("./td[@lang]")}


def korean_of(root: html.HtmlElement, row: str) -> str:
    return seen(cells(root, row)["ko-CN"].find("p"))


def one(korean: str, zh: str = "", en: str = "") -> Publication:
    article = Article("a", (Block("b1", "paragraph", (Segment("s1", korean),)),))
    translations = tuple(Translation("s1", lang, text, "x") for lang, text in (("zh", zh), ("en", en)) if text)
    return Publication(bitext=Bitext(article, translations), hints={})


# --- the page as a whole ---------------------------------------------------------------------------------------------


def test_the_page_needs_nothing_and_runs_nothing(publication: Publication) -> None:
    root = page(publication)
    tags = {element.tag for element in root.iter() if isinstance(element.tag, str)}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "video", "audio"}
    names = {name for element in root.iter() for name in element.keys()}  # noqa: SIM118
    assert not [name for name in names if name.startswith("on") or name in {"src", "srcset", "style", "action"}]
    assert "url(" not in CSS
    assert "@import" not in CSS
    outside = [link.get("href") for link in root.iter("a", "use") if not link.get("href").startswith("#")]
    assert outside == ["https://example.org/harbour"]  # the article's own address


def test_the_policy_allows_this_style_sheet_and_nothing_else(publication: Publication) -> None:
    root = page(publication)
    policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    digest = base64.b64encode(hashlib.sha256(root.find(".//style").text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_text_from_outside_never_becomes_markup() -> None:
    evil = """<script>alert("1")</script> & 'x' "y" </style></td><b onclick=z>"""
    publication = one(evil, evil, evil)
    article = replace(
        publication.bitext.article,
        id=evil,
        meta=Meta(*[evil] * 10),
        dropped=(DroppedLine(1, evil, evil), DroppedLine(2, evil, "read as " + evil)),
    )
    term = Term("t", (evil,), Renderings(evil, (evil,)), None, "term", evil, note=evil)
    publication = replace(
        publication,
        bitext=replace(publication.bitext, article=article),
        mentions={"s1": (Mention(0, 8, "t", evil),)},
        glosses={"s1": (Gloss(9, 12, 20, evil, evil, evil + "!"),)},
        hints={("s1", "zh"): (Hint(0, 8, evil, "glossary", (evil,), "t"),)},
        terms={"t": term},
        findings=(Finding(evil, "s1", "zh", evil, "error", 3, 9, evil), Finding("x", "s1", evil, evil, "info")),
        engine=evil,
    )
    root = page(publication)
    assert not root.xpath("//script | //b[@onclick] | //*[@onclick]")
    assert len(root.xpath("//style")) == 1
    assert korean_of(root, "s1") == evil
    assert seen(cells(root, "s1")["zh-Hans"].find("p")) == evil


@pytest.mark.parametrize(
    ("address", "is_link"),
    [
        ("https://example.org/a?b=1&c=2", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        ("javascript://example.org/%0aalert(1)", False),
        ("data:text/html,x", False),
        ("example.org", False),
        ("https://example.org/ x", False),
    ],
)
def test_only_a_web_address_becomes_a_link(address: str, is_link: bool) -> None:
    publication = one("글")
    article = replace(publication.bitext.article, meta=Meta(url=address))
    root = page(replace(publication, bitext=replace(publication.bitext, article=article)))
    assert (address in root.xpath("//a/@href")) is is_link
    assert address in root.text_content()


def test_control_characters_are_shown_and_cannot_break_the_page() -> None:
    root = page(one("앞\x00\x1b뒤\x7f\ud800"))
    assert korean_of(root, "s1") == "앞␀␛뒤␡\ufffd"


def test_every_link_inside_the_page_leads_somewhere_and_no_id_is_given_twice(publication: Publication) -> None:
    root = page(publication)
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    aimed = [link.removeprefix("#") for link in root.xpath("//@href") if link.startswith("#")]
    aimed += [name for names in root.xpath("//@aria-describedby | //@aria-labelledby") for name in names.split()]
    assert set(aimed) <= set(ids)
    assert {segment.id for segment in publication.bitext.article.segments()} <= set(aimed)


def test_the_same_publication_gives_the_same_bytes(publication: Publication) -> None:
    assert write(publication) == write(publication)


def test_the_page_is_as_agreed_but_for_its_style_sheet(
    publication: Publication, golden: Callable[[str, bytes], None]
) -> None:
    text = re.sub(r"<style>.*?</style>", "<style></style>", write(publication).decode(), flags=re.DOTALL)
    golden("harbour.html", re.sub(r"sha256-[^']+", "sha256-", text).encode())


# --- the rows --------------------------------------------------------------------------------------------------------


def test_every_segment_is_a_row_with_its_three_texts(publication: Publication) -> None:
    root = page(publication)
    rows = root.xpath("//table[@role='table']//tbody/tr")
    assert [row.get("id") for row in rows] == [segment.id for segment in publication.bitext.article.segments()]
    for segment in publication.bitext.article.segments():
        texts = cells(root, segment.id)
        assert list(texts) == ["ko-CN", "zh-Hans", "en"]
        assert korean_of(root, segment.id).removeprefix("• ").removeprefix("2) ") == segment.text
        for tag, lang in (("zh-Hans", "zh"), ("en", "en")):
            translation = publication.bitext.translation(segment.id, lang)
            shown = seen(texts[tag].find("p"))
            assert shown == (translation.text if translation else "Not translated")


def spans(length: int = 12) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(-1, length), st.integers(-1, length))


@given(
    st.text("가나 다(临空)<&", max_size=10),
    st.lists(spans(), max_size=4),
    st.lists(spans(), max_size=4),
    st.lists(spans(), max_size=2),
)
def test_marks_however_they_lie_never_change_the_text(
    text: str, terms: list[tuple[int, int]], hints: list[tuple[int, int]], glosses: list[tuple[int, int]]
) -> None:
    publication = replace(
        one(text, text or "文"),
        mentions={"s1": tuple(Mention(start, end, "t", "가") for start, end in terms)},
        hints={("s1", "zh"): tuple(Hint(start, end, "나", "glossary") for start, end in hints)},
        glosses={"s1": tuple(Gloss(start, end, end + 2, "가", "临", "临") for start, end in glosses)},
        findings=tuple(Finding("x", "s1", "zh", "m", "info", start, end) for start, end in terms),
    )
    root = page(publication)
    assert korean_of(root, "s1") == text
    assert seen(cells(root, "s1")["zh-Hans"].find("p")) in (text or "文", "Not translated")


def test_each_block_says_what_it_is(publication: Publication) -> None:
    bodies = page(publication).xpath("//table[@role='table']/tbody")
    blocks = publication.bitext.article.blocks
    assert [body.get("class") for body in bodies] == [block.kind for block in blocks]
    assert [body.get("aria-label") for body in bodies[:4]] == ["Title", "Paragraph", "Heading", "List item"]


def test_a_language_that_is_not_wanted_has_no_column(publication: Publication) -> None:
    root = page(replace(publication, targets=("en",)))
    assert list(cells(root, "s1")) == ["ko-CN", "en"]
    assert [column.text for column in by_class(root, "summary")[0].findall("thead//th")] == ["English"]


def test_the_state_of_each_translation_is_said(publication: Publication) -> None:
    root = page(publication)
    states = {row: by_class(cells(root, row)["zh-Hans"], "state")[0].text_content() for row in ("s1", "s2", "s4", "s5")}
    assert states == {
        "s1": "approved · human · Kim",
        "s2": "draft · machine",
        "s4": "edited · human · Li stale: the Korean has changed",
        "s5": "draft · memory",
    }


# --- terms and glosses -----------------------------------------------------------------------------------------------


def tip(root: html.HtmlElement, row: str, term: str) -> str:
    word = next(word for word in root.get_element_by_id(row).iter("dfn") if word.text_content() == term)
    return " ".join(root.get_element_by_id(word.get("aria-describedby")).text_content().split())


def test_a_term_tells_its_renderings_its_note_and_whether_it_is_honoured(publication: Publication) -> None:
    root = page(publication)
    assert (
        tip(root, "s2", "단동항")
        == "단동항 place · Liaoning 中文 丹东港 honoured English Dandong Port missed 항 is 港."
    )
    assert tip(root, "s2", "부두") == "부두 term · transport 中文 码头 honoured English wharf or pier honoured"


def test_a_term_that_nobody_agreed_on_says_so(publication: Publication) -> None:
    found = tip(page(publication), "s3", "길")
    nothing = "nothing agreed not asked for"
    assert found == f"길 term · transport · proposed 中文 {nothing} English {nothing}"


def test_a_rendering_has_the_colour_of_its_term(publication: Publication) -> None:
    texts = cells(page(publication), "s1")
    coloured = {
        tag: [(style, mark.text_content()) for style in ("c1", "c2") for mark in by_class(cell, style)]
        for tag, cell in texts.items()
    }
    assert coloured == {
        "ko-CN": [("c1", "단동항"), ("c2", "부두")],
        "zh-Hans": [("c1", "丹东港"), ("c2", "码头")],
        "en": [("c1", "Dandong Port"), ("c2", "wharf")],
    }


def test_kept_missed_and_open_terms_look_different(publication: Publication) -> None:
    root = page(publication)
    styles = {
        row: [word.get("class").split()[-1] for word in root.get_element_by_id(row).iter("dfn")]
        for row in ("s1", "s2", "s3")
    }
    assert styles == {"s1": ["kept", "kept"], "s2": ["missed", "kept"], "s3": ["kept", "gloss", "open"]}


@pytest.mark.parametrize(
    ("rendering", "text", "marked"),
    [
        ("Shenyang", "Shenyang’s port", ["Shenyang’s"]),
        ("pilot zone", "Two pilot zones, one Pilot-Zone", ["pilot zones", "Pilot-Zone"]),
        ("port", "The airport has no port.", ["port"]),
        ("People's Daily", "The People’s Daily says", ["People’s Daily"]),
        ("leading company", "Leading companies came.", ["Leading companies"]),
        ("CPC Central Committee", "CPC the Central Committee’s", ["CPC the Central Committee’s"]),
        ("harbour", "nothing of the kind", []),
    ],
)
def test_english_renderings_are_found_as_words(rendering: str, text: str, marked: list[str]) -> None:
    publication = replace(one("항구", en=text), hints={("s1", "en"): (Hint(0, 2, rendering, "glossary"),)})
    found = by_class(cells(page(publication), "s1")["en"], "c1")
    assert [mark.text_content() for mark in found] == marked


def test_chinese_renderings_are_found_across_white_space_the_longest_first() -> None:
    hint = Hint(0, 2, "沈阳", "glossary", ("沈阳市",))
    found = by_class(
        cells(page(replace(one("심양", "沈 阳市与沈阳"), hints={("s1", "zh"): (hint,)})), "s1")["zh-Hans"], "c1"
    )
    assert [mark.text_content() for mark in found] == ["沈 阳市"]


@pytest.mark.parametrize(
    ("rendering", "text"), [("《中国》", "中 国"), ("A股", "Ａ股市"), ("“空路”", "‘空路’"), ("ﬁ", "a")]
)
def test_what_is_honoured_in_chinese_is_also_marked(rendering: str, text: str) -> None:
    hint = Hint(0, 2, rendering, "glossary")
    root = page(replace(one("항구", text), hints={("s1", "zh"): (hint,)}))
    assert bool(by_class(cells(root, "s1")["zh-Hans"], "c1")) is is_honoured(hint, text, "zh")


def test_a_gloss_is_marked_with_its_korean_and_its_chinese(publication: Publication) -> None:
    root = page(publication)
    row = root.get_element_by_id("s3")
    assert [seen(mark) for mark in by_class(row, "glossed")] == ["림공경제구"]
    assert tip(root, "s3", "(临空经济区)") == "림공경제구 gloss in the article 中文 临空经济区"
    assert "the article’s own gloss honoured" in tip(root, "s3", "림공경제구").replace(
        "glosshonoured", "gloss honoured"
    )


def test_a_term_inside_a_longer_gloss_is_told_in_the_one_tooltip() -> None:
    publication = replace(
        one("항공, 륙로(空路)", "空路"),
        mentions={"s1": (Mention(4, 6, "륙로", "륙로"),)},
        hints={("s1", "zh"): (Hint(0, 6, "空路", "gloss"),), ("s1", "en"): (Hint(4, 6, "land", "glossary"),)},
        glosses={"s1": (Gloss(0, 6, 10, "항공, 륙로", "空路", "空路"),)},
        terms={"륙로": Term("륙로", ("륙로",), Renderings("陆路"), Renderings("land"), "term", "transport")},
    )
    found = tip(page(publication), "s1", "항공, 륙로")
    assert "空路 the article’s own gloss honoured" in found
    assert "land missed" in found


# --- findings and summary --------------------------------------------------------------------------------------------


def test_a_finding_stands_in_its_row_with_severity_and_language(publication: Publication) -> None:
    root = page(publication)
    found = [" ".join(item.text_content().split()) for item in by_class(root.get_element_by_id("s2"), "finding")]
    assert found == ["Error English terms“단동항” is to be “Dandong Port”."]
    assert [mark.text_content() for mark in by_class(cells(root, "s3")["en"], "spot")] == ["Roads"]


def test_a_suggestion_is_shown_unless_the_message_says_it(publication: Publication) -> None:
    found = publication.findings[0]
    changed = replace(publication, findings=(replace(found, message="A number is wrong.", suggestion="1.2 million"),))
    assert "Suggestion: 1.2 million" in page(changed).text_content()
    changed = replace(publication, findings=(replace(found, message="Write “1.2 million”.", suggestion="1.2 million"),))
    assert "Suggestion" not in page(changed).text_content()


def test_a_finding_without_a_language_is_not_lost() -> None:
    root = page(replace(one("글", "文"), findings=(Finding("source", "s1", "ko", "A slip in the Korean.", "info"),)))
    assert "A slip in the Korean." in root.get_element_by_id("s1").text_content()


def test_without_findings_there_is_no_column_for_them(publication: Publication) -> None:
    assert by_class(page(publication), "findings")
    assert not by_class(page(replace(publication, findings=())), "findings")


def test_the_summary_counts_and_links(publication: Publication) -> None:
    table = by_class(page(publication), "summary")[0]
    rows = {
        row[0].text_content(): [" ".join(cell.itertext()).split() for cell in row[1:]] for row in table.find("tbody")
    }
    assert {name: [" ".join(words) for words in cells] for name, cells in rows.items()} == {
        "Translated": ["9 of 9", "8 of 9 missing: s6"],
        "State": ["7 draft, 1 edited, 1 approved 1 stale: s4", "6 draft, 1 edited, 1 approved"],
        "Terms honoured": ["5 of 5", "3 of 4 1 term missed 단동항 s2"],
        "Errors": ["s9", "s2 s6"],
        "Warnings": ["none", "s3"],
        "Notes": ["s8", "none"],
    }


def test_a_long_list_of_rows_is_folded() -> None:
    segments = tuple(Segment(f"s{number}", "글") for number in range(1, 40))
    article = Article("a", (Block("b1", "paragraph", segments),))
    root = page(Publication(bitext=Bitext(article), hints={}))
    folded = by_class(root, "summary")[0].findall(".//details")
    assert [element.find("summary").text for element in folded] == ["39 rows", "39 rows"]
    assert not any(element.get("open") for element in folded)


def test_lines_left_out_and_lines_read_are_listed_apart_with_their_reasons(publication: Publication) -> None:
    tables = by_class(page(publication), "lines")
    rows = [[[cell.text_content() for cell in row] for row in table.findall(".//tbody/tr")] for table in tables]
    assert rows == [
        [["1", "바다의 창 방문을 환영합니다", "site furniture"]],
        [["4", "발표시간: 2026-03-12 09:30", "read as date"]],
    ]


def test_the_metadata_and_the_titles_stand_on_top(publication: Publication) -> None:
    root = page(publication)
    titles = [(title.get("lang"), title.text) for title in by_class(root, "headline")]
    assert titles == [
        ("ko-CN", "단동항 새 부두 건설 시작"),
        ("zh-Hans", "丹东港新码头开工建设"),
        ("en", "Dandong Port starts building a new wharf"),
    ]
    about = {entry[0].text_content(): entry[1].text_content() for entry in root.findall(".//dl/div")}
    assert about["Date"] == "2026-03-12 09:30:00+08:00"
    assert (about["Publisher"], about["Source"], about["Author"]) == ("바다신문", "단동일보", "한바다")
    assert "Editor" not in about


# --- the style -------------------------------------------------------------------------------------------------------


def colours(scheme: str) -> dict[str, str]:
    """The colours of a scheme by name; dark ones stand over the light ones."""
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    light, dark = (dict(re.findall(r"--(\w[\w-]*): (#[0-9a-f]{3,6})", block)) for block in blocks[:2])
    return light if scheme == "light" else light | dark


def contrast(one_colour: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one_colour), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


GROUNDS = ["paper", "panel", "target", "error-wash", "warning-wash", "info-wash"]
TEXTS = ["ink", "quiet", "error", "warning", "info", "good", "link"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", [*GROUNDS, *(f"w{number}" for number in range(1, 7))])
def test_text_has_the_contrast_of_wcag_aa(scheme: str, ground: str) -> None:
    named = colours(scheme)
    texts = TEXTS if ground in {"paper", "panel", "target"} else ["ink", "quiet"]
    too_faint = {text: round(contrast(named[text], named[ground]), 2) for text in texts}
    assert not {text: ratio for text, ratio in too_faint.items() if ratio < 4.5}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_term_colours_are_told_from_the_paper(scheme: str) -> None:
    named = colours(scheme)
    ratios = [contrast(named[f"c{number}"], named["paper"]) for number in range(1, review.COLOURS + 1)]
    assert min(ratios) >= 3  # WCAG AA for graphical objects
