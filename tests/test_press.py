"""Pages of the press, case by case: what is read, what is dropped and why, what is text."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from pipeline.article import Article, flat
from pipeline.errors import InputError
from pipeline.formats import markdown, text

READERS: dict[str, ModuleType] = {"text": text, "markdown": markdown}
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "reading.yaml").read_text(encoding="utf-8"))


def parameters(cases: list[dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(case, id=case["label"], marks=[pytest.mark.xfail(reason=case["xfail"])] if "xfail" in case else [])
        for case in cases
    ]


def read(case: dict[str, Any]) -> Article:
    article: Article = READERS[case.get("format", "text")].read(case["page"], "case", "case.txt", "utf-8")
    return article


@pytest.mark.parametrize("case", parameters([case for case in CASES if "error" not in case]))
def test_a_page_is_read_as_the_case_says(case: dict[str, Any]) -> None:
    article = read(case)
    meta = {field: value for field, value in asdict(article.meta).items() if value is not None}
    assert meta == case["meta"] | {"file": "case.txt", "encoding": "utf-8"}
    assert [line.reason for line in article.dropped] == case["dropped"]
    assert [block.kind for block in article.blocks] == case["kinds"]
    if "texts" in case:
        assert [block.text.strip() for block in article.blocks] == case["texts"]
    if "segments" in case:
        assert [flat(segment.text) for segment in article.segments()] == case["segments"]
    assert article.source_text() == case["page"]


@pytest.mark.parametrize("case", parameters([case for case in CASES if "error" in case]))
def test_a_page_without_an_article_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        read(case)
    assert case["error"] in str(caught.value)
    assert "case.txt" in str(caught.value)


def test_every_case_has_a_label_of_its_own_and_a_reason() -> None:
    assert len({case["label"] for case in CASES}) == len(CASES) >= 60
    assert all(case["why"] for case in CASES)
