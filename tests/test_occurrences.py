"""What the index keeps of terms and segments: what was put is what is found, whole articles or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Hint, Mention, Meta, Segment, Translation
from pipeline.errors import StorageError
from pipeline.glossary import Glossary, load_glossary
from pipeline.occurrences import SCHEMA, SEGMENT_END, Document, Occurrences, Passage, Side, Stamp, glossary_key
from pipeline.terms import Renderings, Term

STAMP = Stamp(10, 20, "basis", "glossary", "")
DOCUMENT = Document("a", STAMP, "run", True, "a.txt", "제목", Meta(title="제목", date="2026-03-12"), ("f00",))
HINT = Hint(0, 2, "沈阳", "glossary", ("沈阳市",), "심양")
TRANSLATION = Translation("s1", "zh", "沈阳。", "0123", by="echo", score=-0.5, hints=(HINT,), state="approved")


def _passage(position: int, text: str, *, article: str = "a", is_glossed: bool = False) -> Passage:
    mentions = (Mention(0, 2, "심양", "심양"),) if text.startswith("심양") else ()
    sides = (Side("zh", replace(TRANSLATION, segment=f"s{position}"), (HINT,)), Side("en", None, ()))
    segment = Segment(f"s{position}", text)
    return Passage(article, position, segment, "paragraph", is_glossed, mentions, sides)


PASSAGES = (
    _passage(0, "심양은 크다."),
    _passage(1, "료녕에 있다."),
    _passage(2, "림공구(临空区)", is_glossed=True),
    _passage(3, "심양이다."),
)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:", isolation_level=None)
    opened.executescript(SCHEMA)
    yield opened
    opened.close()


@pytest.fixture
def occurrences(connection: sqlite3.Connection) -> Occurrences:
    return Occurrences(connection)


def test_what_was_put_is_what_is_found(occurrences: Occurrences) -> None:
    occurrences.put(DOCUMENT, PASSAGES)
    assert occurrences.documents() == {"a": DOCUMENT}
    assert occurrences.passages("a") == PASSAGES
    assert dict(occurrences.streams()) == {
        "a": SEGMENT_END.join(
            ("심양은크다.", "료녕에있다.\t요녕에있다.", "림공구(临空区)\t임공구(临空区)", "심양이다.")
        )
    }


def test_some_passages_come_with_those_that_hold_a_gloss(occurrences: Occurrences) -> None:
    occurrences.put(DOCUMENT, PASSAGES)
    assert occurrences.passages("a", [1]) == (PASSAGES[1], PASSAGES[2])
    assert occurrences.passages("nowhere", [1]) == ()


def test_putting_an_article_again_replaces_it(occurrences: Occurrences) -> None:
    occurrences.put(DOCUMENT, PASSAGES)
    occurrences.put(replace(DOCUMENT, title="다른 제목"), PASSAGES[:1])
    assert occurrences.passages("a") == PASSAGES[:1]
    assert occurrences.documents()["a"].title == "다른 제목"
    assert occurrences.usage() == {"심양": 1}


def test_a_removed_article_leaves_nothing(occurrences: Occurrences, connection: sqlite3.Connection) -> None:
    occurrences.put(DOCUMENT, PASSAGES)
    occurrences.remove("a")
    tables = ("document", "stream", "passage", "mention", "side")
    assert [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables] == [0] * 5


def test_a_term_is_counted_and_found_in_every_article(occurrences: Occurrences) -> None:
    occurrences.put(DOCUMENT, PASSAGES)
    occurrences.put(replace(DOCUMENT, article="b"), (_passage(5, "심양", article="b"),))
    assert occurrences.usage() == {"심양": 3}
    assert occurrences.places("심양") == {"a": [0, 3], "b": [5]}
    assert occurrences.places("료녕") == {}


def test_renewing_replaces_promises_and_stamps_and_nothing_else(occurrences: Occurrences) -> None:
    occurrences.put(DOCUMENT, PASSAGES)
    renewed = replace(PASSAGES[0], mentions=(), sides=(Side("zh", TRANSLATION, ()), Side("en", None, (HINT,))))
    document = replace(DOCUMENT, stamp=replace(STAMP, glossary="newer"))
    occurrences.renew([document], [renewed])
    assert occurrences.passages("a") == (renewed, *PASSAGES[1:])
    assert occurrences.documents() == {"a": document}


def test_what_fails_half_way_leaves_the_article_as_it_was(occurrences: Occurrences) -> None:
    occurrences.put(DOCUMENT, PASSAGES)
    twice = (PASSAGES[1], PASSAGES[1])
    with pytest.raises(StorageError, match="cannot be written"):
        occurrences.put(replace(DOCUMENT, title="neu"), twice)
    assert occurrences.documents() == {"a": DOCUMENT}
    assert occurrences.passages("a") == PASSAGES


NAMES = st.text("가나다 &'\"\\, 沈a", min_size=1, max_size=6)
RENDERINGS = st.builds(Renderings, NAMES, st.lists(NAMES).map(tuple), st.lists(NAMES).map(tuple))
TERMS = st.builds(
    Term,
    NAMES,
    st.lists(NAMES, min_size=1).map(tuple),
    st.none() | RENDERINGS,
    st.none() | RENDERINGS,
    st.sampled_from(("term", "place")),
    NAMES,
    valid_from=st.none() | st.just("2022-10"),
    do_not_translate=st.booleans(),
    evidence=st.lists(NAMES, max_size=3).map(tuple),
    line=st.integers(0, 9),
)


@settings(deadline=None, max_examples=30)
@given(terms=st.lists(TERMS, unique_by=lambda term: term.id))
def test_a_glossary_comes_back_as_it_was(terms: list[Term]) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    occurrences, glossary = Occurrences(connection), Glossary({term.id: term for term in terms})
    occurrences.put_glossary(glossary)
    kept = occurrences.glossary(glossary_key(glossary))
    assert kept is not None
    assert kept.terms == glossary.terms
    assert kept.fingerprint == glossary_key(glossary)


def test_the_glossary_of_the_project_comes_back_as_it_was(occurrences: Occurrences) -> None:
    glossary = load_glossary(Path(__file__).parents[1] / "glossary")
    occurrences.put_glossary(glossary)
    assert occurrences.glossary(glossary.fingerprint) == glossary


def test_glossaries_are_kept_as_long_as_an_article_was_made_from_them(occurrences: Occurrences) -> None:
    assert occurrences.last_run_glossary() is None
    occurrences.put(DOCUMENT, PASSAGES)
    for name in ("glossary", "run", "unused", "newest"):
        occurrences.put_glossary(Glossary({}, name))
    assert occurrences.glossary_keys() == {"glossary", "run", "newest"}
    assert occurrences.last_run_glossary() == Glossary({}, "run")
    occurrences.remove("a")
    occurrences.put_glossary(Glossary({}, "the very newest"))
    assert occurrences.glossary_keys() == {"the very newest"}
    assert occurrences.last_run_glossary() is None


def test_two_glossaries_with_other_terms_have_other_keys() -> None:
    term = Term("심양", ("심양",), Renderings("沈阳"), None, "place", "")
    keys = {glossary_key(Glossary({one.id: one})) for one in (term, replace(term, zh=Renderings("盛京")))}
    assert len(keys) == 2
