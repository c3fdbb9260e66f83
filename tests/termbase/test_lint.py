"""What an editor should know of a glossary: each rule finds its fault, and leaves what is right alone."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline.glossary import Glossary, load_glossary, parse_glossary
from pipeline.termbase.lint import explanations, lint
from pipeline.termbase.proofread import Problem

SHIPPED = Path(__file__).parents[2] / "glossary"
FINE = "- {ko: 심양, zh: 沈阳, en: Shenyang, kind: place, domain: Liaoning}\n"


def _glossary(text: str) -> Glossary:
    return parse_glossary({"a.yaml": text.encode()})


def _lint(text: str, **options: object) -> list[Problem]:
    return lint(_glossary(text), **options)  # type: ignore[arg-type]


def _entry(ko: str = "가나", zh: str = "甲乙", en: str = "thing", rest: str = "") -> str:
    return f"- {{ko: {ko}, zh: {zh}, en: {en}, kind: term, domain: x{rest}}}\n"


# code, entries with the fault in the last one, what the message or suggestion says
FOUND = [
    ("invisible-character", _entry(ko='"가\\u00a0나"'), "contains no-break space (U+00A0)"),
    ("invisible-character", _entry(en='"thi\\u200bng"'), "zero width space"),
    ("invisible-character", _entry(zh='"甲\\u202e乙"'), "right-to-left override"),
    ("wrong-script", _entry(zh="甲가"), "“가” in the Chinese rendering “甲가” is Korean."),
    ("wrong-script", _entry(en="thing나"), "English"),
    ("wrong-script", _entry(en="{preferred: thing, admitted: [甲 thing]}"), "“甲” in the English rendering"),
    ("traditional-characters", _entry(zh="瀋陽市"), "Write 沈阳市."),
    ("traditional-characters", _entry(zh="{preferred: 沈阳, admitted: [沈陽]}"), "“沈陽” has"),
    ("wrong-width", _entry(zh="甲(乙)"), "Write 甲（乙）."),
    ("wrong-width", _entry(zh="'甲,乙'"), "Write 甲，乙."),
    ("wrong-width", _entry(zh="ＧＤＰ甲"), "Write GDP甲."),
    ("wrong-width", _entry(ko="５Ｇ망"), "Write 5G망."),
    ("wrong-width", _entry(en="５G"), "Write 5G."),
    ("quotation-marks", _entry(ko="‘가나"), "half a pair"),
    ("quotation-marks", _entry(zh="甲》乙"), "half a pair"),
    ("quotation-marks", _entry(en="thing (a"), "half a pair"),
    ("quotation-marks", _entry(zh="'\"甲\"乙'"), "Use “ ” in Chinese."),
    ("english-form", _entry(en="thing."), "Write thing."),
    ("english-form", _entry(en="big  thing"), "a space too many"),
    ("english-form", _entry(en="'one , two'"), "a space too many"),
    ("english-form", _entry(en="the thing"), "Write thing; sentences bring their own."),
    ("capital-letter", "- {ko: 대련, zh: 大连, en: dalian, kind: place, domain: x}\n", "Write Dalian."),
    ("capital-letter", "- {ko: 심양시, zh: 沈阳, en: shenyang city, kind: place, domain: x}\n", "Write Shenyang city."),
    ("capital-letter", "- {ko: 습근평, zh: 习近平, en: xi jinping, kind: person, domain: x}\n", "small letter"),
    ("kept-but-rendered", _entry(en="가나", rest=", do_not_translate: true"), "but Chinese says “甲乙”"),
    ("one-syllable", _entry(ko="[가나, 성]"), "Enter the compounds in which it matters."),
    ("one-syllable", _entry(ko="성", rest=", inside_words: true"), "Set inside_words to false."),
    ("without-evidence", _entry(rest=", status: proposed"), "Say under evidence where it was seen."),
    ("missing-language", "- {ko: 가나, zh: 甲, kind: term, domain: x}\n", "has no English. Add en."),
    ("missing-language", "- {ko: 가나, en: thing, kind: term, domain: x}\n", "has no Chinese. Add zh."),
    ("without-domain", "- {ko: 가나, zh: 甲, en: thing, kind: term}\n", "has no domain"),
    ("southern-only", _entry(ko="노동", zh="劳动"), "Add 로동."),
    ("southern-only", _entry(ko="비율", zh="比率"), "Add 비률."),
    ("southern-only", _entry(ko="여성 노동자", zh="女性劳动者"), "Add 녀성로동자."),
    ("forbidden-inside", _entry(zh="{preferred: 高质量发展, forbidden: [质量]}"), "“质量” is forbidden, but part of"),
    ("forbidden-inside", _entry(en="{preferred: big thing, forbidden: [Thing]}"), "part of “big thing”"),
    ("spelled-alike", _entry(ko="[‘가나’, 가나]"), "가나 is found as ‘가나’ is."),
    ("duplicate", _entry() + _entry(rest=", id: b").replace("term", "work"), "b says the same as 가나"),
    ("conflict", _entry() + _entry(zh="丙", rest=", id: b").replace("term", "work"), "with Chinese “甲乙” for “丙”."),
    ("conflict", _entry(ko="‘가나’") + _entry(en="other").replace("term", "work"), "with English “thing” for “other”."),
    ("colliding-spelling", _entry(ko="역졸", zh="役卒") + _entry(ko="력졸", zh="力卒", en="b"), "력졸 is 역졸 in"),
    ("shadowed", _entry() + _entry(zh="丙", rest=", id: b").replace("term", "person"), "b is never found: 가나 ("),
    ("shadowed", _entry() + _entry(zh="丙", rest=", id: b, status: proposed").replace("term", "work"), "b is never"),
    ("forbidden-elsewhere", _entry() + _entry(ko="새 가나", zh="{preferred: 丙, forbidden: [甲乙]}", en="b"), "“甲"),
    ("divergent-rendering", _entry() + _entry(ko="다라", en="matter"), "甲乙 is “matter” here and “thing” in 가나"),
    ("separate-spelling", _entry() + _entry(ko="다라"), "다라 asks for the same as 가나"),
    ("out-of-date", _entry(rest=", valid_to: 2020-05"), "가나 was valid to 2020-05."),
    ("out-of-date", _entry(rest=", valid_to: 2023-03-14"), "was valid to 2023-03-14."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "says"), FOUND)
def test_a_fault_is_found_at_its_line_and_says_what_to_do(code: str, text: str, says: str) -> None:
    problems = [problem for problem in _lint(FINE + text, today="2023-03-15") if problem.code == code]
    assert len(problems) == 1
    assert (problems[0].file, problems[0].line) == ("glossary/a.yaml", 1 + text.count("\n"))
    assert says in f"{problems[0].message} {problems[0].suggestion}"


LEFT_ALONE = [
    FINE,
    "- {ko: 왕몽, zh: 王濛, en: Wang Meng, kind: person, domain: x}\n",
    "- {ko: 건안현, zh: 乾安县, en: Qian'an County, kind: place, domain: x}\n",
    "- {ko: 우르줄라 폰데어라이엔, zh: 冯德莱恩, en: von der Leyen, kind: person, domain: x}\n",
    "- {ko: 서부지구, zh: 西部地区, en: western region, kind: place, domain: x}\n",
    "- {ko: 인민법원, zh: 人民法院, en: people's court, kind: organisation, domain: x}\n",
    "- {ko: 애플, zh: 苹果公司, en: Apple Inc., kind: organisation, domain: x}\n",
    "- {ko: 미국, zh: 美国, en: {preferred: United States, admitted: [U.S.]}, kind: place, domain: x}\n",
    "- {ko: ‘일대일로’, zh: “一带一路”, en: Belt and Road, kind: formula, domain: x}\n",
    "- {ko: 5G망, zh: 5G网络, en: 5G network, kind: term, domain: x}\n",
    "- {ko: 국내총생산, zh: 国内生产总值（GDP）, en: gross domestic product (GDP), kind: term, domain: x}\n",
    "- {ko: 카드, zh: 卡, en: card, kind: term, domain: x}\n",
    "- {ko: KTX, do_not_translate: true, kind: term, domain: x}\n",
    "- {ko: KTX, en: KTX, do_not_translate: true, kind: term, domain: x}\n",
    "- {ko: [로동, 노동], zh: 劳动, en: labor, kind: term, domain: x}\n",
    "- {ko: 연구, zh: 研究, en: research, kind: term, domain: x}\n",
    "- {ko: 양식, zh: 样式, en: style, kind: term, domain: x}\n",
    "- {ko: [새 국면, 새국면], zh: 新局面, en: new prospects, kind: term, domain: x}\n",
    "- {ko: 가나, zh: {preferred: 甲, forbidden: [瀋陽, 甲乙]}, en: thing, kind: term, domain: x}\n",
    "- {ko: 가나, zh: 甲, en: thing, kind: term, domain: x, valid_to: 2023-03}\n",
    "- {ko: 가나, zh: 甲, en: thing, kind: term, domain: x, status: proposed, evidence: seen}\n",
    _entry(rest=", valid_to: 2024, id: a") + _entry(zh="丙", en="b", rest=", valid_from: 2025, id: b"),
    _entry(rest=", status: deprecated, valid_to: 2000, id: a") + _entry(),
    _entry() + _entry(ko="다라", en="Things").replace("Things", '"\\"Thing\\""'),
    _entry() + _entry(ko="다라", zh="丙", en="b"),
]  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert _lint(text, today="2023-03-15") == []


def test_only_a_glossary_whose_mentions_were_counted_has_unused_terms() -> None:
    text = FINE + _entry()
    assert _lint(text) == []
    assert [problem.term for problem in _lint(text, usage={"심양": 3})] == ["가나"]
    assert [problem.code for problem in _lint(text, usage={"심양": 3, "가나": 0})] == ["unused"]


def test_a_rare_domain_that_looks_like_a_frequent_one_is_asked_about() -> None:
    many = "".join(_entry(ko=f"말{n}", zh=f"字{n}", en=f"word {n}").replace("x}", "economy}") for n in range(6))
    problems = _lint(many + _entry().replace("x}", "econmy}") + _entry(ko="다", zh="丁", en="y").replace("x}", "law}"))
    assert [(problem.code, problem.line) for problem in problems if problem.code != "one-syllable"] == [
        ("unknown-domain", 7)
    ]
    assert "Did you mean “economy”?" in str(problems[0])


def test_problems_come_by_file_and_line_and_print_as_one_line() -> None:
    files = {"b.yaml": _entry(ko="다", en="b", zh="丙").encode(), "a.yaml": (FINE + _entry(zh="甲가")).encode()}
    problems = lint(parse_glossary(files))
    assert [str(problem) for problem in problems] == [
        "glossary/a.yaml:2: error: “가” in the Chinese rendering “甲가” is Korean. "
        "Write the rendering itself. [wrong-script]",
        "glossary/b.yaml:1: warning: 다 has one syllable. Enter the compounds in which it matters. [one-syllable]",
    ]


def test_every_code_has_an_explanation_and_a_case() -> None:
    told = explanations()
    assert {code for code, _, _ in FOUND} | {"unused", "unknown-domain"} == set(told)
    assert [code for code, text in told.items() if len(text) < 60 or not text.endswith((".", ".)"))] == []


def test_the_manual_names_every_code() -> None:
    manual = (SHIPPED.parent / "docs" / "glossary.md").read_text("utf-8")
    named = {
        code
        for row in re.findall(r"^\| (`[a-z-]+`.*?) \|", manual, re.MULTILINE)
        for code in re.findall("`(.+?)`", row)
    }
    assert [code for code in explanations() if code not in named] == []


def test_a_term_may_be_the_beginning_of_ten_thousand_others() -> None:
    entries = [_entry(ko=f"심양{n}", zh=f"沈阳{n}", en=f"Shenyang {n}") for n in range(10_000)]
    assert lint(_glossary(FINE + "".join(entries))) == []


def test_the_shipped_glossary_has_nothing_worse_than_advice() -> None:
    problems = lint(load_glossary(SHIPPED), today="2025-01-01")
    assert [str(problem) for problem in problems if problem.severity != "info"] == []
    counts = Counter(problem.code for problem in problems)
    assert set(counts) <= {"separate-spelling", "divergent-rendering"}
    assert sum(counts.values()) <= 50
