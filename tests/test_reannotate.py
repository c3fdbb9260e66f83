"""The index in step with bitexts and glossary: nothing out of date stays, and only what is out of date is made anew."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import annotate, reannotate, store
from pipeline.article import Article, Bitext, Block, Meta, Segment, Translation
from pipeline.glossary import Glossary, load_glossary
from pipeline.index import FILE, Index
from pipeline.occurrences import Occurrences
from pipeline.patterns import spelling_streams
from pipeline.reannotate import Reach, Refreshed, Wording, refresh
from pipeline.summary import Summary
from pipeline.terms import Renderings, Term
from pipeline.workspace import Workspace

Run = Callable[..., Summary]
TARGETS = ("zh", "en")
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "changes.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 3, 12)


def _term(entry: dict) -> Term:
    zh, en = (Renderings(entry[lang]) if entry[lang] else None for lang in TARGETS)
    rest = {key: str(value) if key.startswith("valid") else value for key, value in entry.items() if key != "why"}
    return Term(**{**rest, "ko": tuple(entry["ko"]), "zh": zh, "en": en, "domain": ""})


TERMS = [_term(entry) for entry in CASES["terms"]]
WORDS = [*(spelling for term in TERMS for spelling in term.ko), *CASES["pieces"]]


def _content(occurrences: Occurrences) -> dict[str, object]:
    """Everything that the index knows of the articles."""
    return {name: (document, occurrences.passages(name)) for name, document in occurrences.documents().items()}


def _refresh(output: Path, wording: Wording) -> tuple[Refreshed, dict[str, object], dict[str, int]]:
    with contextlib.closing(Index(output)) as index:
        done = refresh(index.occurrences, output, wording, lambda _: False)
        return done, _content(index.occurrences), index.occurrences.usage()


def _fresh(output: Path, wording: Wording) -> tuple[dict[str, object], dict[str, int]]:
    """What an index made from nothing says."""
    for path in output.glob(".index.sqlite*"):
        path.unlink()
    _, content, usage = _refresh(output, wording)
    return content, usage


def _save(output: Path, name: str, texts: list[str], *, day: str | None = "2026-01-01") -> None:
    segments = tuple(Segment(f"s{number}", text) for number, text in enumerate(texts, 1))
    bitext = Bitext(Article(name, (Block("b1", "paragraph", segments),), Meta(date=day, file=f"{name}.txt")))
    have = store.load_bitext(output / name)
    store.save_bitext(output / name, replace(bitext, revision=have.revision if have else 0))


def _glossary(terms: list[Term]) -> Glossary:
    return Glossary({term.id: term for term in terms})


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_after_any_changes_the_index_says_what_a_new_one_would(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(seed)
    output = tmp_path_factory.mktemp("output")
    for step in range(4):
        for number in range(8):
            if chance.random() < (1 if step == 0 else 0.2):
                texts = ["".join(chance.choices(WORDS, k=6)) for _ in range(chance.randint(0, 4))]
                _save(output, f"article-{number}", texts, day=chance.choice((None, "2022-03", "2026-01-01")))
        if chance.random() < 0.3:
            shutil.rmtree(output / f"article-{chance.randrange(8)}", ignore_errors=True)
        today = date(chance.choice((2022, 2026)), 9 + step, 1)
        terms = [
            replace(term, zh=Renderings("新词")) if chance.random() < 0.1 else term
            for term in chance.sample(TERMS, len(TERMS) - chance.randint(0, 4))
        ]
        _, content, usage = _refresh(output, Wording(_glossary(terms), TARGETS, "1", today=today))
    assert (content, usage) == _fresh(output, Wording(_glossary(terms), TARGETS, "1", today=today))


def test_a_second_refresh_reads_nothing_and_looks_through_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _save(tmp_path, "a", ["심양의 발전"])
    first, content, _ = _refresh(tmp_path, Wording(_glossary(TERMS), TARGETS, today=TODAY))
    monkeypatch.setattr(reannotate, "annotate", lambda *_: pytest.fail("an article was looked through"))
    monkeypatch.setattr(store, "load_bitext", lambda *_: pytest.fail("a bitext was read"))
    second, again, _ = _refresh(tmp_path, Wording(_glossary(TERMS), TARGETS, today=TODAY))
    assert (first, second) == (Refreshed(1, 0, 0, ()), Refreshed(0, 0, 0, ()))
    assert again == content


def test_a_changed_term_looks_through_only_the_segments_where_it_stands(tmp_path: Path) -> None:
    _save(tmp_path, "a", ["심양의 발전", "료녕의 력사", "림공경제구(临空经济区)"])
    _save(tmp_path, "b", ["료녕은 국가이다."])
    _refresh(tmp_path, Wording(_glossary(TERMS), TARGETS, today=TODAY))
    changed = [replace(term, en=Renderings("Mukden")) if term.id == "심양" else term for term in TERMS]
    done, _, _ = _refresh(tmp_path, Wording(_glossary(changed), TARGETS, today=TODAY))
    assert done == Refreshed(0, 1, 0, ())


def test_an_article_whose_glossary_is_not_kept_is_read_again(tmp_path: Path) -> None:
    _save(tmp_path, "a", ["심양의 발전"])
    _refresh(tmp_path, Wording(_glossary(TERMS), TARGETS, today=TODAY))
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("DELETE FROM glossary")
    done, _, usage = _refresh(tmp_path, Wording(_glossary(TERMS[1:]), TARGETS, today=TODAY))
    assert (done.read, usage) == (1, {"발전": 1})


def test_a_persons_edit_is_seen(tmp_path: Path) -> None:
    _save(tmp_path, "a", ["심양의 발전"])
    wording = Wording(_glossary(TERMS), TARGETS, today=TODAY)
    _refresh(tmp_path, wording)
    bitext = store.load_bitext(tmp_path / "a")
    assert bitext is not None
    edited = Translation("s1", "zh", "沈阳的发展", "x", origin="human", state="edited")
    store.save_bitext(tmp_path / "a", bitext.with_translations({("s1", "zh"): edited}))
    done, content, _ = _refresh(tmp_path, wording)
    assert done.read == 1
    assert content["a"][1][0].sides[0].translation == edited  # type: ignore[index]


def test_an_article_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    _save(tmp_path, "a", ["심양의 발전"])
    wording = Wording(_glossary(TERMS), TARGETS, today=TODAY)
    _refresh(tmp_path, wording)
    shutil.rmtree(tmp_path / "a")
    assert _refresh(tmp_path, wording) == (Refreshed(0, 0, 1, ()), {}, {})


def test_a_damaged_bitext_is_named_and_the_others_are_there(tmp_path: Path) -> None:
    for name in ("a", "b"):
        _save(tmp_path, name, ["심양의 발전"])
    wording = Wording(_glossary(TERMS), TARGETS, today=TODAY)
    _refresh(tmp_path, wording)
    (tmp_path / "a" / store.FILE).write_text("{", encoding="utf-8")
    done, content, _ = _refresh(tmp_path, wording)
    assert "is damaged" in done.problems[0]
    assert list(content) == ["b"]


def test_another_program_or_other_languages_read_everything_again(tmp_path: Path) -> None:
    _save(tmp_path, "a", ["심양의 발전"])
    for program, targets in (("1", TARGETS), ("2", TARGETS), ("2", ("en",))):
        done, content, _ = _refresh(tmp_path, Wording(_glossary(TERMS), targets, program, today=TODAY))
        assert done.read == 1
    assert [side.lang for side in content["a"][1][0].sides] == ["en"]  # type: ignore[index]


def test_a_day_on_which_a_term_ends_is_seen_in_articles_without_a_date(tmp_path: Path) -> None:
    ending = _glossary([Term("심양", ("심양",), Renderings("沈阳"), None, "place", "", valid_to="2026-03-12")])
    _save(tmp_path, "dated", ["심양의 발전"], day="2026-03-01")
    _save(tmp_path, "undated", ["심양의 발전"], day=None)
    _, _, before = _refresh(tmp_path, Wording(ending, TARGETS, today=date(2026, 3, 12)))
    done, _, after = _refresh(tmp_path, Wording(ending, TARGETS, today=date(2026, 3, 13)))
    assert (before, after) == ({"심양": 2}, {"심양": 1})
    assert done == Refreshed(0, 1, 0, ())


def test_a_file_saved_again_while_it_is_taken_in_is_read_again(tmp_path: Path) -> None:
    _save(tmp_path, "a", ["심양의 발전"])
    seen = store.load_bitext(tmp_path / "a")
    assert seen is not None
    _save(tmp_path, "a", ["료녕의 발전"])
    wording = Wording(_glossary(TERMS), TARGETS, today=TODAY)
    found = annotate.annotate(seen.article, wording.glossary, wording.matcher, TARGETS)
    with contextlib.closing(Index(tmp_path)) as index:
        reannotate.take(index.occurrences, tmp_path / "a", seen, found, wording, is_published=True)
    done, content, _ = _refresh(tmp_path, wording)
    assert done.read == 1
    assert content["a"][1][0].segment.text == "료녕의 발전"  # type: ignore[index]


def test_a_reach_finds_segments_by_few_patterns_and_by_many() -> None:
    glossary = _glossary(TERMS)
    few = Reach(spelling_streams(TERMS[0]), frozenset())
    many = Reach(few.touching | {f"없는말{number}" for number in range(100)}, frozenset())
    streams = [("a", "심양의발전\n료녕\n선양"), ("b", "료녕"), ("c", "")]
    assert list(few.places(streams)) == list(many.places(streams)) == [("a", [0, 2])]
    assert list(Reach.of((), glossary, glossary).places(streams)) == []


# --- in a workspace ------------------------------------------------------------------------------------------------


def test_a_run_leaves_the_index_up_to_date(workspace: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(workspace)
    monkeypatch.setattr(reannotate, "annotate", lambda *_: pytest.fail("an article was looked through"))
    with Workspace.open(workspace).occurrences() as occurrences:
        assert occurrences.usage() == {"고품질발전": 1, "료녕": 1, "심양": 2}
        assert all(document.is_published for document in occurrences.documents().values())
        assert occurrences.last_run_glossary() == load_glossary(workspace / "glossary")


def test_a_lost_index_is_made_again_from_the_bitexts(workspace: Path, run: Run) -> None:
    run(workspace)
    with Workspace.open(workspace).occurrences() as occurrences:
        before = {name: document.stamp for name, document in occurrences.documents().items()}
        passages = [occurrences.passages(name) for name in before]
    for path in (workspace / "output").glob(".index.sqlite*"):
        path.unlink()
    with Workspace.open(workspace).occurrences() as occurrences:
        assert {name: document.stamp for name, document in occurrences.documents().items()} == before
        assert [occurrences.passages(name) for name in before] == passages
        assert occurrences.last_run_glossary() is None


def test_documents_that_are_deleted_are_not_published(workspace: Path, run: Run) -> None:
    run(workspace)
    for path in (workspace / "output" / "port").glob("port.*"):
        path.unlink()
    with Workspace.open(workspace).occurrences() as occurrences:
        assert {name: one.is_published for name, one in occurrences.documents().items()} == {
            "port": False,
            "rice": True,
        }


def test_a_bitext_that_cannot_be_read_is_told(workspace: Path, run: Run) -> None:
    run(workspace)
    (workspace / "output" / "port" / store.FILE).write_text("{", encoding="utf-8")
    told: list[str] = []

    class Told:
        def start(self, articles: int, segments: int) -> None: ...
        def advance(self, segments: int) -> None: ...
        def note(self, message: str) -> None:
            told.append(message)

    with Workspace.open(workspace).occurrences(Told()) as occurrences:
        assert list(occurrences.documents()) == ["rice"]
    assert "is damaged" in told[0]
