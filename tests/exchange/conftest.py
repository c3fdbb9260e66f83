"""What the tests of exchange share: a small glossary of our own writing, and the golden files.

Golden files change only on purpose: pytest tests/formats tests/exchange --update-golden
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.glossary import Glossary, load_glossary
from pipeline.incoming import Incoming
from pipeline.terms import Renderings, Term

GOLDEN = Path(__file__).parents[1] / "golden"

TERMS = (
    Term("심양", ("심양", "선양"), Renderings("沈阳"), Renderings("Shenyang"), "place", "Liaoning"),
    Term(
        "고품질발전",
        ("고품질발전",),
        Renderings("高质量发展", ("高质量的发展",), ("高品质发展",)),
        Renderings("high-quality development", (), ("good quality development",)),
        "formula",
        "economy",
        valid_from="2017-10",
        note="Not 高品质: quality of growth; since the 19th congress.",
        evidence=("고품질발전을 다그치자", "편집부 회의 2026-03-02"),
    ),
    Term(
        "장~person",
        ("장",),
        Renderings("张"),
        None,
        "person",
        "",
        status="proposed",
        note="Two lines:\n  the second one is indented.",
    ),
    Term(
        "로간부국", ("로간부국",), Renderings("老干部局"), None, "organisation", "party", "deprecated", valid_to="2020"
    ),
    Term("KBS", ("KBS",), None, None, "organisation", "", do_not_translate=True, inside_words=True),
    Term("=합계", ("=합계", "-합계"), Renderings("@合计|总计"), Renderings("+sum; total"), "term", "statistics"),
)


@pytest.fixture
def terms() -> tuple[Term, ...]:
    """A term of every sort."""
    return TERMS


@pytest.fixture
def plain() -> Callable[[Incoming], list[Term]]:
    """The terms of a file without where they stood."""
    return lambda incoming: [replace(row.term, file="", line=0) for row in incoming.rows]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """golden(name, content): the content is what tests/golden/<name> holds; written there with --update-golden."""

    def compare(name: str, content: bytes) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden", default=False):
            file.write_bytes(content)
        assert content.decode() == file.read_bytes().decode()

    return compare


@pytest.fixture(scope="session")
def project_glossary() -> Glossary:
    """The glossary of this project."""
    return load_glossary(Path(__file__).parents[2] / "glossary")
