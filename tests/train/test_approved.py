"""What counts as approved, and how a part of it is held out by article."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Article, Bitext, Block, Removed, Segment, State, Translation, fingerprint
from pipeline.errors import StorageError
from pipeline.store import save_bitext
from pipeline.train.approved import Document, counted, gather, hold_out, triples
from pipeline.train.options import Row


def translation(segment: Segment, lang: str, text: str, state: State = "approved", **more: str) -> Translation:
    return Translation(segment.id, lang, text, fingerprint(segment.text), state=state, **more)  # type: ignore[arg-type]


def article(name: str, *segments: Segment) -> Article:
    return Article(name, (Block("b1", "paragraph", segments),))


ONE, TWO, THREE = (Segment(f"s{number}", f"문장 {number}이다.") for number in (1, 2, 3))


def rows(output: Path, **more: bool) -> list[Row]:
    return [row for document in gather(output, **more) for row in document.rows]


def test_what_people_approved_or_wrote_counts_and_what_the_machine_drafted_does_not(tmp_path: Path) -> None:
    translations = (
        translation(ONE, "zh", "句子一。"),
        translation(ONE, "en", "Machine draft.", "draft"),
        translation(TWO, "zh", "句子二。", "edited"),
        translation(THREE, "en", "Sentence three.", "draft", origin="human"),
    )
    save_bitext(tmp_path / "a", Bitext(article("a", ONE, TWO, THREE), translations))
    assert rows(tmp_path) == [
        Row(ONE.text, "句子一。", ""),
        Row(TWO.text, "句子二。", ""),
        Row(THREE.text, "", "Sentence three."),
    ]
    assert rows(tmp_path, with_edited=False) == [Row(ONE.text, "句子一。", "")]


def test_a_translation_of_another_korean_is_left_out(tmp_path: Path) -> None:
    stale = replace(translation(ONE, "zh", "旧。"), of=fingerprint("다른 문장"))
    save_bitext(tmp_path / "a", Bitext(article("a", ONE, TWO), (stale, translation(TWO, "zh", " "))))
    assert gather(tmp_path) == []


def test_work_on_a_sentence_that_left_the_article_counts(tmp_path: Path) -> None:
    removed = Removed(TWO, (translation(TWO, "en", "Sentence two."),))
    save_bitext(tmp_path / "a", Bitext(article("a", ONE), (), (removed,)))
    assert rows(tmp_path) == [Row(TWO.text, "", "Sentence two.")]


def test_files_are_cut_into_stretches_and_rows_without_korean_left_out(tmp_path: Path) -> None:
    lines = [f"문장 {number}\t句子{number}\t" for number in range(120)]
    (tmp_path / "old.tsv").write_text("ko\tzh\ten\n\t汉语\tEnglish\n" + "\n".join(lines) + "\n", encoding="utf-8")
    documents = gather(tmp_path / "nothing", [tmp_path / "old.tsv"])
    assert [(one.name, len(one.rows)) for one in documents] == [
        ("old.tsv 1", 50),
        ("old.tsv 51", 50),
        ("old.tsv 101", 20),
    ]
    assert counted(documents) == "120 segments (120 zh) of 3 articles"


def test_a_damaged_bitext_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "bitext.json").write_text("{", encoding="utf-8")
    with pytest.raises(StorageError, match=r"bitext\.json is damaged"):
        gather(tmp_path)


def test_triples_are_what_the_rows_have() -> None:
    document = Document("a", (Row("가", "甲", "A"), Row("나", "", "B")))
    assert list(triples([document])) == [("가", "zh", "甲"), ("가", "en", "A"), ("나", "en", "B")]


sizes = st.lists(st.integers(1, 60), min_size=2, max_size=40)


def documents_of(sizes: list[int]) -> list[Document]:
    return [
        Document(f"article-{number}", tuple(Row(f"{number}-{row}", "甲") for row in range(size)))
        for number, size in enumerate(sizes)
    ]


@settings(max_examples=100, deadline=None)
@given(sizes)
def test_every_document_is_on_one_side_and_neither_side_is_empty(sizes: list[int]) -> None:
    documents = documents_of(sizes)
    learned, held = hold_out(documents, 0.1)
    assert sorted(one.name for one in [*learned, *held]) == sorted(one.name for one in documents)
    assert learned
    assert held
    assert sum(len(one.rows) for one in held) <= max(sum(sizes) / 3, min(sizes))


def test_what_is_held_out_stays_so_when_more_articles_come() -> None:
    fewer, more = ({one.name for one in hold_out(documents_of([5] * count), 0.1)[1]} for count in (200, 300))
    assert len(fewer) > 10
    assert fewer < more


def test_one_article_cannot_be_divided() -> None:
    documents = documents_of([200])
    assert hold_out(documents, 0.1) == (documents, [])
