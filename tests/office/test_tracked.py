"""What a Word cell says once its tracked changes are accepted: cases/tracked.yaml."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from lxml import etree

from pipeline.office.ooxml import NAMESPACES
from pipeline.office.tracked import accepted_text, asides, children, is_deleted, last_change

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "tracked.yaml").read_text("utf-8"))


def an_element(xml: str, namespace: str = NAMESPACES["w"][0]) -> etree._Element:
    """Elements without a prefix are of WordprocessingML, attributes carry theirs."""
    return etree.fromstring(f'<tc xmlns="{namespace}" xmlns:w="{namespace}">{xml}</tc>')


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
@pytest.mark.parametrize("namespace", NAMESPACES["w"], ids=["transitional", "strict"])
def test_the_accepted_text(case: dict[str, str], namespace: str) -> None:
    assert accepted_text(an_element(case["cell"], namespace)) == case["expect"]


@pytest.mark.parametrize("case", [case for case in CASES if "by" in case], ids=lambda case: case["label"])
def test_the_last_change_has_its_author(case: dict[str, str]) -> None:
    change = last_change(an_element(case["cell"]))
    assert change is not None
    assert (change.by, change.at) == (case["by"], case.get("at"))


def test_a_cell_without_tracked_changes_has_no_author() -> None:
    assert last_change(an_element('<p><r><rPr><rPrChange w:author="김"/></rPr><t>甲</t></r></p>')) is None


def test_rows_are_found_in_wrappers_and_not_in_nested_tables() -> None:
    table = an_element("<tr/><sdt><sdtContent><tr/></sdtContent></sdt><customXml><tr/></customXml><x><tr/></x>")
    assert len(list(children(table, "w:tr"))) == 3


def test_a_deleted_row_and_a_deleted_cell_are_known() -> None:
    row, cell = an_element('<trPr><del w:author="김"/></trPr>'), an_element('<tcPr><cellDel w:author="김"/></tcPr>')
    assert is_deleted(row)
    assert is_deleted(cell)
    assert not is_deleted(an_element("<trPr><cantSplit/></trPr>"))


def test_the_words_of_a_box_are_told_once() -> None:
    box = "<drawing><txbxContent><p><r><t>곁 말</t></r></p></txbxContent></drawing>"
    mc = NAMESPACES["mc"][0]
    either = f"<m:Choice>{box}</m:Choice><m:Fallback>{box}</m:Fallback>"
    twice = f'<r><m:AlternateContent xmlns:m="{mc}">{either}</m:AlternateContent></r>'
    cell = an_element(f"<p>{twice}<r><pict/></r></p>")
    assert list(asides(cell)) == ["곁 말", ""]
    assert accepted_text(cell) == ""


def test_thousands_of_nested_controls_are_no_danger() -> None:
    depth = 200  # what the parser lets through; reading does not call itself
    nested = "<sdt><sdtContent>" * depth + "<p><r><t>甲</t></r></p>" + "</sdtContent></sdt>" * depth
    cell = etree.fromstring(f'<tc xmlns="{NAMESPACES["w"][0]}">{nested}</tc>', etree.XMLParser(huge_tree=True))
    assert re.fullmatch("甲", accepted_text(cell))
