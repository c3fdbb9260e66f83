"""Reading Markdown: law 1, and marks that are never part of a sentence. The kinds are in tests/cases/reading.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Article
from pipeline.errors import InputError
from pipeline.formats.markdown import read

INPUT = Path(__file__).parents[2] / "input"
BODY = "심양시는 올해 새 항로를 개설한다고 밝혔다."
FRAGMENTS = st.sampled_from(
    [
        BODY,
        "단동항 새 항로",
        "# ",
        "## ",
        " #",
        "> ",
        ">",
        "- ",
        "* ",
        "1. ",
        "---\n",
        "***\n",
        "===\n",
        "```\n",
        "| ",
        "|---|\n",
        "\n",
        "\n\n",
        "\r\n",
        "\x0b",
        "\x85",
        "\u2028",
        "  \n",
        "\\\n",
        "\u00a0",
        "\t",
        "\u200b",
        "title: 제목\n",
        "- [ ] ",
        "**",
        "_",
        "`",
        "![부두](a.jpg)",
        "[글](b)",
        "<br>",
        "<!-- x -->",
        "[1]: http://a.cn\n",
        "来源：료녕일보",
        "료녕일보",
    ]
)
PAGES = st.one_of(st.text(max_size=60), st.lists(FRAGMENTS, max_size=25).map("".join))


def article(text: str) -> Article:
    return read(text, "case", "case.md", "utf-8")


@settings(max_examples=500, deadline=None)
@given(PAGES, PAGES)
def test_whatever_is_in_the_file_comes_back_character_for_character(before: str, after: str) -> None:
    text = f"# 제목\n{before}\n\n{BODY}\n\n{after}"
    found = article(text)
    assert found.source_text() == text
    assert BODY in "".join(block.text for block in found.blocks)


@settings(max_examples=300, deadline=None)
@given(PAGES)
def test_front_matter_of_any_kind_is_kept_or_refused(inside: str) -> None:
    text = f"---\ntitle: {inside}\n---\n{BODY}\n"
    try:
        found = article(text)
    except InputError as error:
        assert "front matter" in str(error)  # noqa: PT017 the other outcome is an article
        return
    assert found.source_text() == text


@pytest.mark.parametrize(
    ("line", "lead", "text"),
    [
        ("# 단동항 새 항로 #", "# ", "단동항 새 항로"),
        ("  ### 앞으로의 계획", "  ### ", "앞으로의 계획"),
        ("- 항로를 늘인다.", "- ", "항로를 늘인다."),
        ("  12) 부두를 넓힌다.", "  12) ", "부두를 넓힌다."),
        ("- [x] 부두를 넓힌다.", "- [x] ", "부두를 넓힌다."),
        ("> > 관계자는 기쁘다고 했다.", "> > ", "관계자는 기쁘다고 했다."),
        ("#단동항에 새 항로가 생겼다.", "", "#단동항에 새 항로가 생겼다."),
        ("2026. 6. 1. 새 항로가 생겼다.", "", "2026. 6. 1. 새 항로가 생겼다."),
    ],
)
def test_the_mark_of_a_block_is_its_lead(line: str, lead: str, text: str) -> None:
    found = article(f"{BODY}\n\n{line}\n\n{BODY}\n").blocks[1]
    assert (found.lead, found.segments[0].text) == (lead, text)


def test_wrapped_lines_of_an_item_and_of_a_paragraph_are_one_block() -> None:
    found = article(f"# 제목\n\n단동항은 새 항로를\n개설한다.\n\n- 항로를\n  늘인다.\n- {BODY}\n")
    assert [block.text for block in found.blocks[1:]] == [
        "단동항은 새 항로를\n개설한다.\n\n",
        "- 항로를\n  늘인다.\n",
        f"- {BODY}\n",
    ]


def test_a_line_break_that_was_asked_for_ends_a_block() -> None:
    found = article(f"# 제목\n\n첫줄이다.  \n둘째 줄이다.\\\n{BODY}\n")
    assert [block.segments[0].text for block in found.blocks[1:]] == ["첫줄이다.", "둘째 줄이다.", BODY]


def test_a_new_sentence_of_a_quote_is_a_block_so_that_no_mark_stands_in_the_text() -> None:
    found = article(f"# 제목\n\n{BODY}\n\n> 첫줄이다.\n> 둘째 줄이다.\n")
    assert [(block.kind, block.segments[0].text) for block in found.blocks[2:]] == [
        ("quote", "첫줄이다."),
        ("quote", "둘째 줄이다."),
    ]


def test_the_title_of_front_matter_is_text_that_stands_where_it_was_written() -> None:
    text = f'---\ndate: 2026-06-01\ntitle: "단동항 새 항로"\n---\n{BODY}\n'
    title = article(text).blocks[0]
    assert (title.kind, title.lead, title.segments[0].text) == ("title", 'title: "', "단동항 새 항로")
    assert text.startswith(title.text, title.start)


def test_front_matter_that_is_no_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(InputError) as caught:
        article(f"---\ndate: 2026-06-01\ntitle: a: b\n---\n{BODY}\n")
    assert str(caught.value).startswith("case.md, line 3: the front matter is not YAML")


def test_our_own_notice_is_read_whole() -> None:
    text = (INPUT / "notice-2026-06-01.md").read_text(encoding="utf-8")
    found = read(text, "notice", "notice-2026-06-01.md", "utf-8")
    assert found.source_text() == text
    assert (found.meta.date, found.meta.publisher) == ("2026-06-01", "연길시 신흥가두 문화봉사소")
    assert [block.kind for block in found.blocks] == ["title", "paragraph", "item", "item", "paragraph"]
