"""Remarks on the source: labelled sentences, contradictions in an article, custom learnt from the glossary."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.article import Article, Block, Finding, Segment
from pipeline.glossary import Glossary, load_glossary
from pipeline.glosses import find_glosses
from pipeline.remarks import remarks
from pipeline.terms import Renderings, Term

ROOT = Path(__file__).parents[1]
CASES = yaml.safe_load((ROOT / "tests" / "cases" / "remarks.yaml").read_text(encoding="utf-8"))["cases"]
SAMPLE = ROOT.parent / "shared" / "samples" / "liaoning-2022-09-22.txt"


def found(*texts: str, glossary: Glossary | None = None) -> list[Finding]:
    segments = tuple(Segment(f"s{number}", text) for number, text in enumerate(texts, start=1))
    glosses = {segment.id: find_glosses(segment.text) for segment in segments}
    return list(remarks(Article("a", (Block("b1", "paragraph", segments),)), glosses, glossary))


def glossary(*pairs: tuple[str, str]) -> Glossary:
    return Glossary({ko: Term(ko, (ko,), Renderings(zh), None, "term", "") for ko, zh in pairs})


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['why']}: {case['text']}")
def test_a_slip_is_remarked_and_nothing_else(case: dict) -> None:
    assert [[one.severity, one.suggestion] for one in found(case["text"])] == case["expect"]


def test_a_remark_stands_on_the_korean_and_says_what_is_meant() -> None:
    text = "올해 림공항경제구(临空经济区)를 짓는다."
    (remark,) = found(text)
    assert (remark.check, remark.lang, remark.segment) == ("source", "ko", "s1")
    assert text[remark.start : remark.end] == "림공항경제구"
    assert remark.message == "“림공항경제구” has 6 syllables, 临空经济区 has 5. Perhaps “림공경제구” is meant."


def test_what_the_glossary_writes_elsewhere_is_custom_and_no_slip() -> None:
    custom = glossary(("규률건설", "纪律建设"), ("시당위 서기", "市委书记"))
    assert found("규률검사(纪律检查)를", "현당위 서기(县委书记)는", glossary=custom) == []
    assert len(found("규률검사(纪律检查)를", "현당위 서기(县委书记)는")) == 2


def test_a_syllable_too_many_is_told_though_editors_list_the_form_so_that_it_is_found() -> None:
    (remark,) = found("림공항경제구(临空经济区)를", glossary=glossary(("림공항경제구", "临空经济区")))
    assert remark.suggestion == "림공경제구"


def test_another_letter_is_no_slip_where_the_glossary_has_the_pair() -> None:
    assert found("규률검사(纪律检查)를", glossary=glossary(("규률검사", "纪律检查"))) == []


def test_two_chinese_for_one_korean_are_remarked_at_the_second() -> None:
    first, second = found("새 신항(新港)이다.", "그 신항(新巷)에서", "신항(新港)을", "신항(新巷)의")
    assert (first.segment, second.segment) == ("s2", "s4")
    assert (first.severity, first.suggestion) == ("warning", "新港")
    assert "新巷 here and 新港 before" in first.message


def test_one_chinese_for_two_korean_forms_is_remarked_spaces_aside() -> None:
    (remark,) = found("료녕(辽宁)이다.", "요녕(辽宁)에서", "종합보세구(综合保税区)", "종합 보세구(综合保税区)")
    assert (remark.segment, remark.severity, remark.suggestion) == ("s2", "info", "료녕")


def test_the_remark_is_dismissed_by_what_it_is_about_and_not_by_its_words() -> None:
    (remark,) = found("림공항경제구(临空经济区)")
    assert remark.about == "slip: 림공항경제구 = 临空经济区"


def test_the_glossary_of_this_project_is_remarked_for_little() -> None:
    """Its pairs are right, so each remark would be a false alarm; the pair itself is left out, custom is known."""
    real = load_glossary(ROOT / "glossary")
    pairs = sorted({(ko, zh) for term in real.terms.values() if term.zh for ko in term.ko for zh in term.zh.accepted})
    some = [pair for number, pair in enumerate(pairs) if number % 10 == 0 and "(" not in pair[0]]
    alarms = 0
    for ko, zh in some:
        if found(f"‘{ko}({zh})’"):
            rest = Glossary({name: term for name, term in real.terms.items() if ko not in term.ko})
            alarms += bool(found(f"‘{ko}({zh})’", glossary=rest))
    assert alarms <= 0.01 * len(some)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample article is not here")
def test_the_sample_has_one_remark() -> None:
    remarked = found(*SAMPLE.read_text(encoding="utf-8").split("\n"), glossary=load_glossary(ROOT / "glossary"))
    assert [one.suggestion for one in remarked] == ["림공경제구"]
