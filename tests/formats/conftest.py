"""What the tests of the writers share: a small publication of our own writing, and the golden files.

Golden files change only on purpose: pytest tests/formats --update-golden
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

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
    fingerprint,
)
from pipeline.publication import Publication
from pipeline.terms import Renderings, Term

GOLDEN = Path(__file__).parents[1] / "golden"

ARTICLE = Article(
    "harbour",
    (
        Block("b1", "title", (Segment("s1", "단동항 새 부두 건설 시작", "\n\n"),), start=0),
        Block(
            "b2",
            "paragraph",
            (
                Segment("s2", "단동항은 3월 12일 새 부두 건설을 시작했다.", " "),
                Segment("s3", "림공경제구(临空经济区)와 이어지는 길 2갈래도 닦는다.", "\n\n"),
            ),
            lead="\u3000",
        ),
        Block("b3", "heading", (Segment("s4", "사람들의 기대", "\n"),), lead="## "),
        Block("b4", "item", (Segment("s5", "일자리가 늘어난다.", "\n"),), lead="• "),
        Block("b5", "item", (Segment("s6", "물건값이 내려간다.", "\n"),), lead="2) "),
        Block("b6", "quote", (Segment("s7", "“바다가 가까와졌다.”", "\n"),), lead="> "),
        Block("b7", "caption", (Segment("s8", "▲ 단동항의 아침 🌅 שלום", "\n"),)),
        Block("b8", "byline", (Segment("s9", "기자 한바다", "\r\n"),)),
    ),
    Meta(
        title="단동항 새 부두 건설 시작",
        date="2026-03-12T09:30:00+08:00",
        publisher="바다신문",
        source="단동일보",
        author="한바다",
        url="https://example.org/harbour",
        file="2026/harbour.txt",
        encoding="utf-8",
    ),
    (
        DroppedLine(1, "바다의 창 방문을 환영합니다\n", "site furniture"),
        DroppedLine(4, "발표시간: 2026-03-12 09:30\n", "read as date"),
    ),
)

TERMS = {
    term.id: term
    for term in (
        Term(
            "단동항",
            ("단동항",),
            Renderings("丹东港"),
            Renderings("Dandong Port"),
            "place",
            "Liaoning",
            note="항 is 港.",
        ),
        Term("부두", ("부두",), Renderings("码头"), Renderings("wharf", ("pier",)), "term", "transport"),
        Term("길", ("길",), None, None, "term", "transport", "proposed"),
        Term("단동일보", ("단동일보",), Renderings("丹东日报"), Renderings("Dandong Daily"), "organisation", "press"),
    )
}

TEXTS = {
    ("s1", "zh"): "丹东港新码头开工建设",
    ("s1", "en"): "Dandong Port starts building a new wharf",
    ("s2", "zh"): "丹东港3月12日开始建设新码头。",
    ("s2", "en"): "On March 12, work began on a new pier.",
    ("s3", "zh"): "还将修建两条通往临空经济区的道路。",
    ("s3", "en"): "Roads to the airport economic zone will be built as well.",
    ("s4", "zh"): "人们的期待",
    ("s4", "en"): "What people hope for",
    ("s5", "zh"): "就业岗位将增加。",
    ("s5", "en"): "There will be more jobs.",
    ("s6", "zh"): "物价将下降。",
    ("s7", "zh"): "“大海近了。”",
    ("s7", "en"): "“The sea has come *closer*.”",
    ("s8", "zh"): "▲ 丹东港的早晨 🌅",
    ("s8", "en"): "▲ Morning at Dandong Port 🌅",
    ("s9", "zh"): "的的的的的的",
    ("s9", "en"): "Reporter Han Bada",
}


def _translation(segment: Segment, lang: str) -> Translation | None:
    text = TEXTS.get((segment.id, lang))
    if text is None:
        return None
    translation = Translation(segment.id, lang, text, fingerprint(segment.text), by="echo 1")
    people = {
        "s1": replace(translation, origin="human", state="approved", by="Kim"),
        "s4": replace(translation, origin="human", state="edited", by="Li"),
        "s5": replace(translation, origin="memory"),
    }
    return people.get(segment.id, translation)


def _asked(start: int, end: int, term: str, lang: str) -> Hint:
    renderings = TERMS[term].renderings(lang)
    assert renderings is not None
    return Hint(start, end, renderings.preferred, "glossary", renderings.admitted, term)


@pytest.fixture
def publication() -> Publication:
    """An article with every kind of block, terms kept and missed, a gloss, and findings of each severity.

    In English s2 misses 단동항 and s6 has no translation; the Chinese of s9 is a loop; the Chinese of s4 is stale.
    """
    return Publication(
        bitext=Bitext(
            ARTICLE,
            tuple(t for s in ARTICLE.segments() for lang in ("zh", "en") if (t := _translation(s, lang))),
            revision=3,
        ),
        hints={
            **{("s1", lang): (_asked(0, 3, "단동항", lang), _asked(6, 8, "부두", lang)) for lang in ("zh", "en")},
            **{("s2", lang): (_asked(0, 3, "단동항", lang), _asked(14, 16, "부두", lang)) for lang in ("zh", "en")},
            ("s3", "zh"): (Hint(0, 5, "临空经济区", "gloss"),),
        },
        mentions={
            "s1": (Mention(0, 3, "단동항", "단동항"), Mention(6, 8, "부두", "부두")),
            "s2": (Mention(0, 3, "단동항", "단동항"), Mention(14, 16, "부두", "부두")),
            "s3": (Mention(19, 20, "길", "길"),),
        },
        glosses={"s3": (Gloss(0, 5, 12, "림공경제구", "临空经济区", "临空经济区"),)},
        terms=TERMS,
        findings=(
            Finding("terms", "s2", "en", "“단동항” is to be “Dandong Port”.", "error", suggestion="Dandong Port"),
            Finding("numbers", "s3", "en", "“2갈래” (2) is missing.", "warning", 0, 5),
            Finding("script", "s8", "zh", "Latin letters.", "info"),
            Finding("completeness", "s6", "en", "Nothing is here.", "error"),
            Finding("output", "s9", "zh", "的 again and again.", "error", 0, 6),
        ),
        stale=frozenset({("s4", "zh")}),
        engine="echo 1",
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """golden(name, content): the content is what tests/golden/<name> holds; written there with --update-golden."""

    def compare(name: str, content: bytes) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden", default=False):
            file.write_bytes(content)
        assert content.decode() == file.read_bytes().decode()

    return compare
