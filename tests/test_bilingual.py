"""Segments that tools have cut, joined or numbered anew: found again by their Korean, or handed to a person whole."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Comment, Edit, fingerprint, flat
from pipeline.bilingual import Piece, Sent, Stray, Unit, parse, read_sent, read_units
from pipeline.errors import InputError
from pipeline.stamps import Stamp

KOREAN = ("심양항이 문을 열었다.", "화물이 늘어났다.", "로동자들이 기뻐하였다.", "바다는 잔잔하다.")


def sent(korean: Sequence[str] = KOREAN) -> dict[str, Sent]:
    return {
        f"s{number}": Sent(Stamp(f"s{number}", fingerprint(text)[:6], (None,)), "draft")
        for number, text in enumerate(korean, 1)
    }


def read(pieces: Sequence[Piece], marks: dict[str, Sent]) -> list[Edit | Comment | Stray]:
    return list(read_units([Unit(tuple(pieces), marks)], "en", ""))


@given(st.lists(st.tuples(st.integers(1, 7), st.booleans()), min_size=4, max_size=4), st.booleans())
def test_wherever_a_tool_cuts_every_segment_comes_back_with_its_whole_translation(
    cuts: list[tuple[int, bool]], keeps_first_id: bool
) -> None:
    pieces = []
    for number, (korean, (cut, is_cut)) in enumerate(zip(KOREAN, cuts, strict=True), 1):
        parts = [korean[:cut], korean[cut:]] if is_cut else [korean]
        names = [f"s{number}" if keeps_first_id or not is_cut else f"x{number}", f"x{number}b"]
        pieces += [
            Piece(name, part, f"T{number}.{n}") for n, (name, part) in enumerate(zip(names, parts, strict=False))
        ]
        pieces.append(Piece(None, " ", " ", is_gap=True))
    items = read(pieces, sent())
    expected = [
        (f"s{number}", f"T{number}.0T{number}.1" if is_cut else f"T{number}.0")
        for number, (_, is_cut) in enumerate(cuts, 1)
    ]
    assert [(item.segment, item.text) for item in items if isinstance(item, Edit)] == expected
    assert len(items) == len(KOREAN)


@given(st.permutations([f"s{number}" for number in range(1, 5)]))
def test_ids_that_were_given_to_others_are_set_right_by_the_korean(ids: list[str]) -> None:
    pieces = [Piece(name, korean, korean[:2] + "!") for name, korean in zip(ids, KOREAN, strict=True)]
    items = read(pieces, sent())
    assert [(item.segment, item.text) for item in items if isinstance(item, Edit)] == [
        (f"s{number}", korean[:2] + "!") for number, korean in enumerate(KOREAN, 1)
    ]


@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6), st.booleans()), max_size=8))
def test_no_text_is_lost_whatever_the_pieces_are(rows: list[tuple[str, str, str, bool]]) -> None:
    pieces = [Piece(name, korean, text, is_gap=is_gap) for name, korean, text, is_gap in rows]
    told = "".join(item.text for item in read(pieces, sent(("가", "나", "다"))))
    said = [text.strip() for _, korean, text, is_gap in rows if not is_gap and flat(text) != flat(korean)]
    assert all(text in told for text in said)


def test_a_gap_inside_a_cut_segment_is_the_space_of_the_target_language() -> None:
    pieces = [Piece("1", "화물이", "Freight"), Piece(None, " ", is_gap=True), Piece("2", "늘어났다.", "grew.")]
    unit = Unit(tuple(pieces), {"s2": sent()["s2"]})
    for lang, expected in (("en", "Freight grew."), ("zh", "Freightgrew.")):
        (item,) = read_units([unit], lang, "")
        assert isinstance(item, Edit)
        assert item.text == expected


def test_a_cut_segment_is_as_far_as_its_least_part() -> None:
    pieces = [Piece("1", "화물이 ", "a", "approved"), Piece("2", "늘어났다.", "b", "edited")]
    (item,) = read(pieces, {"s2": sent()["s2"]})
    assert isinstance(item, Edit)
    assert item.state == "edited"


@pytest.mark.parametrize("mark", ["", "s12", "3fa2c1", "draft", "3fa2c1·91bc0"])
def test_what_is_no_mark_is_none(mark: str) -> None:
    assert read_sent("s12", mark) is None


def test_a_mark_of_a_state_that_nobody_knows_is_that_of_a_draft() -> None:
    read = read_sent("s12", "3fa2c1·------ excellent")
    assert read == Sent(Stamp("s12", "3fa2c1", (None,)), "draft")


def test_an_error_in_the_xml_says_its_line() -> None:
    with pytest.raises(InputError, match=r"a\.xlf, line 2: the file is cut off or damaged"):
        parse(b"<a>\n<b></a>", "a.xlf")
