"""Plain text: law 1 for whatever is in the file, wrapped lines, ids, and the sample article."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Article, flat
from pipeline.decode import decode
from pipeline.errors import InputError
from pipeline.formats.text import read

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "samples"
BODY = "심양시는 올해 새 항로를 개설한다고 밝혔다."

# What pages are made of, and line ends that Python, but few editors, know.
FRAGMENTS = st.sampled_from(
    [
        BODY,
        "단동항 새 항로",
        "\n",
        "\r\n",
        "\r",
        "\x0b",
        "\x0c",
        "\x1c",
        "\x85",
        "\u2028",
        "\u2029",
        " ",
        "\u00a0",
        "\t",
        "\u3000",
        "\u200b",
        "\ufeff",
        "来源：료녕일보",
        "发布日期:2022-9-22",
        "(/신화통신)",
        "图片",
        "관련기사",
        "조회: 12",
        "기자 김철수",
        "▲ ",
        "• ",
        "제목: ",
        "사진: ",
        "来源：",
        "“",
        "”",
        "(",
        ")",
        "‘",
        "’",
        "[심양 신화통신]",
        "료녕일보",
    ]
)
PAGES = st.one_of(st.text(max_size=60), st.lists(FRAGMENTS, max_size=25).map("".join))


def article(text: str) -> Article:
    return read(text, "case", "case.txt", "utf-8")


@settings(max_examples=400, deadline=None)
@given(PAGES, PAGES)
def test_whatever_is_in_the_file_comes_back_character_for_character(before: str, after: str) -> None:
    text = f"{before}\n\n{BODY}\n\n{after}"
    assert article(text).source_text() == text


@settings(max_examples=400, deadline=None)
@given(PAGES)
def test_a_page_is_read_whole_or_refused(text: str) -> None:
    try:
        found = article(text)
    except InputError as error:
        assert "no paragraph" in str(error)  # noqa: PT017 the other outcome is an article
        return
    assert found.source_text() == text


@settings(max_examples=300, deadline=None)
@given(PAGES, PAGES)
def test_a_paragraph_stays_whatever_stands_around_it(before: str, after: str) -> None:
    found = article(f"{before}\n\n{BODY}\n\n{after}")
    assert BODY in "".join(block.text for block in found.blocks)


@settings(max_examples=300, deadline=None)
@given(PAGES, PAGES)
def test_segments_have_no_outer_white_space_and_gaps_nothing_else(before: str, after: str) -> None:
    for segment in article(f"{before}\n\n{BODY}\n\n{after}").segments():
        assert segment.text == segment.text.strip() != ""
        assert segment.gap.strip() == ""


@settings(max_examples=300, deadline=None)
@given(PAGES, PAGES)
def test_line_numbers_and_offsets_of_dropped_lines_are_those_of_the_file(before: str, after: str) -> None:
    text = f"{before}\n\n{BODY}\n\n{after}"
    lines = text.splitlines(keepends=True)
    for line in article(text).dropped:
        assert text.startswith(line.text, line.start)
        assert sum(map(len, lines[: line.line - 1])) <= line.start < sum(map(len, lines[: line.line]))


def test_ids_count_in_reading_order_over_all_blocks() -> None:
    found = article(f"단동항 새 항로 개통\n\n{BODY} {BODY}\n\n{BODY}\n")
    assert [block.id for block in found.blocks] == ["b1", "b2", "b3"]
    assert [segment.id for segment in found.segments()] == ["s1", "s2", "s3", "s4"]


def test_blank_lines_belong_to_what_stands_above_them() -> None:
    found = article(f"단동항 새 항로 개통\n조회: 12\n \n\n{BODY} \u00a0\n\u00a0\n")
    assert found.dropped[0].text == "조회: 12\n \n\n"
    assert found.blocks[-1].segments[-1].gap == " \u00a0\n\u00a0\n"


def test_the_mark_of_an_item_is_its_lead() -> None:
    found = article(f"올해 과업\n과업은 다음과 같다.\n  • {BODY}\n{BODY}\n")
    assert [(block.kind, block.lead) for block in found.blocks][2] == ("item", "  • ")


def test_wrapped_lines_keep_their_line_ends_inside_the_sentence() -> None:
    lines = [
        "단동항에서 3월 12일부터 새 정기항로가 개통되여 매주 화요일과",
        "금요일에 콘테이너선이 한척씩 떠나게 되며 이는 올해에 들어와서",
        "이 항구에 새로 생긴 세번째 항로로서 물류원가를 크게 낮추게 된다.",
    ]
    found = article("단동항 새 항로 개통\n\n" + "\n".join(lines) + "\n")
    assert found.blocks[1].segments[0].text == "\n".join(lines)
    assert len(found.blocks) == 2


def test_paragraphs_of_one_line_each_are_not_joined() -> None:
    page = "단동항 새 항로 개통\n" + f"{BODY}\n" * 5
    assert [block.kind for block in article(page).blocks] == ["title"] + ["paragraph"] * 5


def test_a_label_ends_a_wrapped_paragraph() -> None:
    wrapped = (
        "단동항에서 3월 12일부터 새 정기항로가 개통되여 매주 화요일과\n" * 2
        + "금요일에 콘테이너선이 한척씩 떠나게 된다.\n"
    )
    found = article(f"단동항 새 항로 개통\n\n{wrapped}责任编辑：김은주\n")
    assert found.meta.editor == "김은주"
    assert len(found.blocks) == 2


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not part of the project")
class TestTheSampleArticle:
    expected: dict[str, Any]
    found: Article

    @pytest.fixture(autouse=True)
    def sample(self) -> None:
        text, encoding = decode((SAMPLES / "liaoning-2022-09-22.txt").read_bytes(), "liaoning-2022-09-22.txt")
        expected = (SAMPLES / "liaoning-2022-09-22.expected.yaml").read_text(encoding="utf-8")
        self.expected = yaml.load(expected, Loader=yaml.BaseLoader)  # the date stays as it is written
        self.found = read(text, "liaoning-2022-09-22", "liaoning-2022-09-22.txt", encoding)
        assert self.found.source_text() == text

    def test_its_metadata_is_as_expected_and_nothing_else_is_known(self) -> None:
        meta = {field: value for field, value in asdict(self.found.meta).items() if value is not None}
        assert meta == {**self.expected["meta"], "file": "liaoning-2022-09-22.txt", "encoding": "utf-8"}

    def test_only_the_greeting_is_dropped_unread(self) -> None:
        dropped = [{"line": flat(line.text), "reason": line.reason} for line in self.found.dropped if not line.is_read]
        assert dropped == self.expected["dropped"]

    def test_its_paragraphs_and_segments_are_as_expected(self) -> None:
        paragraphs = [
            [flat(segment.text) for segment in block.segments]
            for block in self.found.blocks
            if block.kind == "paragraph"
        ]
        assert paragraphs == self.expected["paragraphs"]
        assert [block.kind for block in self.found.blocks] == ["title"] + ["paragraph"] * len(paragraphs)


@pytest.mark.parametrize(
    ("name", "encoding", "meta", "sentences"),
    [
        (
            "dandong-port-2026-03-12.txt",
            "utf-8",
            {"date": "2026-03-12T09:05:40+08:00", "publisher": "료녕신문", "source": "료녕일보", "editor": "김은주"},
            14,
        ),
        (
            "yanbian-rice-2026-05-20.txt",
            "gb18030",
            {"date": "2026-05-20T08:12:00+08:00", "source": "신화통신", "editor": "리향란"},
            10,  # with the dateline
        ),
    ],
)
def test_our_own_articles_are_read_whole(name: str, encoding: str, meta: dict[str, str], sentences: int) -> None:
    text, found_encoding = decode((ROOT / "input" / name).read_bytes(), name)
    found = read(text, name, name, found_encoding)
    assert found_encoding == encoding
    assert asdict(found.meta).items() >= meta.items()
    assert sum(len(block.segments) for block in found.blocks if block.kind == "paragraph") == sentences
    assert found.source_text() == text
