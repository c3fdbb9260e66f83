"""All checks together on cases in tests/cases/checks.yaml: what is found, and what is left in peace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.article import Hint, Segment, Translation, fingerprint
from pipeline.check import CHECKS, MQM, OF_ARTICLES, run_checks
from pipeline.checks import Pair

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "checks.yaml").read_text(encoding="utf-8"))["cases"]


def marked(case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(strict=True, reason=case["xfail"])] if "xfail" in case else []
    return pytest.param(case, marks=marks, id=case["label"])


def pair_of(case: dict[str, Any]) -> Pair:
    segment = Segment("s1", case["ko"])
    hints = []
    for hint in case.get("hints", ()):
        start = case["ko"].index(hint["ko"])
        admitted = tuple(hint.get("admitted", ()))
        end = start + len(hint["ko"])
        forbidden = tuple(hint.get("forbidden", ()))
        hints.append(Hint(start, end, hint["text"], hint.get("why", "glossary"), admitted, hint.get("term"), forbidden))
    if case["text"] is None:
        return Pair(segment, case["lang"], None, tuple(hints))
    made_of = fingerprint(case.get("of", case["ko"]))
    return Pair(segment, case["lang"], Translation("s1", case["lang"], case["text"], made_of), tuple(hints))


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_the_checks_say_what_a_careful_reader_would(case: dict[str, Any]) -> None:
    pair = pair_of(case)
    found = run_checks(pair)
    assert [f"{finding.check} {finding.severity}" for finding in found] == case["expect"], (case["why"], found)
    if "spans" in case:
        assert [pair.text[f.start : f.end] for f in found if f.start is not None] == case["spans"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_every_finding_is_a_sentence_about_this_pair_with_a_key_of_its_own(case: dict[str, Any]) -> None:
    pair = pair_of(case)
    found = run_checks(pair)
    assert all(finding.segment == "s1" and finding.lang == case["lang"] for finding in found)
    assert all(
        finding.message[-1] in ".?" and finding.message[0] not in "abcdefghijklmnopqrstuvwxyz" for finding in found
    )
    assert len({finding.key(pair.text) for finding in found}) == len(found)


def test_no_two_cases_have_the_same_label() -> None:
    labels = [case["label"] for case in CASES]
    assert len(set(labels)) == len(labels) >= 60


def test_every_check_explains_itself_and_has_a_category() -> None:
    assert {*CHECKS, *OF_ARTICLES} == set(MQM)
    for name, check in CHECKS.items():
        assert len((check.__doc__ or "").split()) > 20, name


def test_the_checks_of_the_folder_are_all_in_the_table() -> None:
    folder = Path(__file__).parents[2] / "pipeline" / "checks"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(CHECKS)


def test_a_suggestion_replaces_the_span_and_the_finding_is_gone() -> None:
    for case in CASES:
        pair = pair_of(case)
        for finding in run_checks(pair):
            if finding.suggestion is None or finding.start is None or "xfail" in case:
                continue
            text = pair.text[: finding.start] + finding.suggestion + pair.text[finding.end :]
            left = run_checks(pair_of({**case, "text": text}))
            assert finding.check not in {other.check for other in left}, (case["label"], text)


def test_a_dismissed_missing_term_is_told_again_when_something_else_is_agreed_on() -> None:
    said = {"ko": "심양에 간다.", "lang": "zh", "text": "去奉天。"}
    before, after = (
        run_checks(pair_of({**said, "hints": [{"ko": "심양", "text": text, "term": "심양"}]}))
        for text in ("沈阳", "盛京")
    )
    assert [finding.check for finding in (*before, *after)] == ["terms", "terms"]
    assert before[0].key("去奉天。") != after[0].key("去奉天。")
