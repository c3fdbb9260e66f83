"""Segmentation: no character is lost, no enclosure is cut, and the cases of segmentation.yaml and division.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clauses import divide
from pipeline.segment import Span, split_sentences

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "shared" / "samples"
MARKS = list("“”‘’\"'「」『』《》〈〉<>()（）[]【】.。!?？…~/,;:·-— \n\u00a0\u3000")
FRAGMENTS = [
    *(
        "그는 ",
        "말했다",
        "한다.",
        "좋습니다.",
        "고 말했다.",
        "라고",
        "이라고 ",
        "그리고 ",
        "왔는가?",
        "만세!",
        "……",
        "…",
    ),
    *("3.5%", "12.9", "2025. 1. 26.", "1. ", "가. ", "(1) ", "①", "No. 1", "U.S.", "J. Smith", "Co., Ltd.", "Don't"),
    *("www.example.com", "[심양 1월 24일발 신화통신]", "(끝)", "/신화통신", "临空经济区", "\U0001f468\u200d\U0001f469"),
]
KOREAN_TEXT = st.lists(st.sampled_from(FRAGMENTS + MARKS), max_size=40).map("".join)
UNMARKED = st.lists(st.sampled_from(["그는 왔다. ", "좋은가? ", "만세! ", "3.5%…", "물이 맑다.", " "]), max_size=6).map(
    "".join
)
PAIRS = ["“”", "‘’", "「」", "『』", "《》", "()", "（）", "[]", "【】", '""']


class Case(TypedDict, total=False):
    """One entry of the case files."""

    label: str
    why: str
    known_failure: str
    text: str
    expect: list[str]
    longest: int


def cases(name: str) -> list[object]:
    """The cases of a file as test parameters; known failures must fail."""
    entries: list[Case] = yaml.safe_load((HERE / "cases" / name).read_text(encoding="utf-8"))
    return [
        pytest.param(entry, id=entry["label"], marks=[pytest.mark.xfail(strict=True, reason=entry["known_failure"])])
        if "known_failure" in entry
        else pytest.param(entry, id=entry["label"])
        for entry in entries
    ]


def texts(text: str, spans: list[Span]) -> list[str]:
    return [text[start:end] for start, end in spans]


def assert_nothing_is_lost(text: str, spans: list[Span]) -> None:
    """Spans are in order, not empty, without outer white space; between them there is white space only (law 1)."""
    place = 0
    for start, end in [*spans, (len(text), len(text))]:
        assert place <= start
        assert not text[place:start].strip()
        place = end
    assert all(text[start:end] and text[start:end] == text[start:end].strip() for start, end in spans)


@pytest.mark.parametrize("case", cases("segmentation.yaml"))
def test_a_paragraph_is_cut_where_its_sentences_end(case: Case) -> None:
    assert texts(case["text"], split_sentences(case["text"])) == case["expect"]


@pytest.mark.parametrize("case", cases("division.yaml"))
def test_a_long_sentence_is_cut_where_its_clauses_end(case: Case) -> None:
    parts = divide(case["text"], lambda part: len(part) <= case["longest"])
    assert texts(case["text"], parts) == case["expect"]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
def test_the_sample_article_is_cut_as_agreed() -> None:
    agreed = yaml.safe_load((SAMPLES / "liaoning-2022-09-22.expected.yaml").read_text(encoding="utf-8"))["paragraphs"]
    lines = (SAMPLES / "liaoning-2022-09-22.txt").read_text(encoding="utf-8").splitlines()
    body = [line for line in lines[4:] if line.strip()][:-1]  # four lines of head, the byline at the foot
    found = [[text.replace("\u00a0", " ") for text in texts(line, split_sentences(line))] for line in body]
    assert found == agreed


@given(st.one_of(st.text(), KOREAN_TEXT))
def test_no_character_is_lost_between_sentences(text: str) -> None:
    assert_nothing_is_lost(text, split_sentences(text))


@given(st.one_of(st.text(), KOREAN_TEXT), st.integers(0, 30))
def test_no_character_is_lost_between_parts(text: str, longest: int) -> None:
    assert_nothing_is_lost(text, divide(text, lambda part: len(part) <= longest))


@settings(max_examples=300)
@given(
    UNMARKED, st.lists(st.tuples(st.sampled_from(PAIRS), UNMARKED), min_size=1, max_size=4, unique_by=lambda p: p[0])
)
def test_no_sentence_ends_inside_a_closed_enclosure(before: str, layers: list[tuple[str, str]]) -> None:
    inner = "가다"
    for (opening, closing), words in layers:
        inner = f"{opening}{inner} 오고 {words.strip()}{closing}"
    text = f"{before} {inner} 그는 갔다. 비가 온다."
    start, end = text.index(inner), text.index(inner) + len(inner)
    assert not [cut for span in split_sentences(text) for cut in span if start < cut < end]


@given(UNMARKED, st.sampled_from(["“", "‘", "「", "《", "(", "[", '"', "<"]))
def test_a_mark_that_is_never_closed_swallows_nothing(before: str, mark: str) -> None:
    text = f"{before}그는 {mark}좋다고 말했다. 모두 웃었다. 비가 온다."
    assert texts(text, split_sentences(text))[-2:] == ["모두 웃었다.", "비가 온다."]


@given(st.text(alphabet="가나다 ,.”하고며", min_size=1), st.integers(1, 20))
def test_every_part_fits_when_a_single_character_does(text: str, longest: int) -> None:
    assert all(len(part) <= longest for part in texts(text, divide(text, lambda part: len(part) <= longest)))


@given(st.text(alphabet="가나 ,.“”", max_size=60))
def test_what_never_fits_comes_back_in_single_characters(text: str) -> None:
    assert texts(text, divide(text, lambda part: False)) == [character for character in text if not character.isspace()]


@given(
    st.lists(
        st.sampled_from(["가", "e\u0301", "\u1112\u119e\u11ab", "\U0001f44d\U0001f3fd", "\U0001f468\u200d\U0001f469"])
    )
)
def test_no_part_begins_or_ends_inside_a_character_made_of_several(characters: list[str]) -> None:
    edges = {len("".join(characters[:count])) for count in range(len(characters) + 1)}
    assert {edge for span in divide("".join(characters), lambda part: len(part) <= 4) for edge in span} <= edges


def test_one_character_under_thousands_of_accents_is_given_back_whole() -> None:
    text = "e" + "\u0301" * 5000
    assert divide(text, lambda part: len(part) <= 10) == [(0, len(text))]


def test_a_long_line_without_any_place_to_cut_is_divided_evenly() -> None:
    lengths = [end - start for start, end in divide("가" * 20_000, lambda part: len(part) <= 100)]
    assert sum(lengths) == 20_000
    assert max(lengths) - min(lengths) <= 1


def test_a_quotation_beyond_its_reach_is_cut_like_any_text() -> None:
    text = "그는 “" + "비가 온다. " * 300 + "”고 말했다."
    assert len(split_sentences(text)) > 290
