"""What stands on several rows of a file is put together where it agrees, and kept apart where it does not."""

from __future__ import annotations

from pipeline.incoming import Field, Incoming, Reading, Refusal, Remark, Row, Variant, gather, take
from pipeline.terms import Renderings


def row(line: int, **fields: Field) -> Row:
    taken = take(
        {key.replace("_", " ", 1): value for key, value in fields.items()}, "t.csv", line, f"t.csv, line {line}"
    )
    assert isinstance(taken, Row), taken
    return taken


def gathered(*offers: Row | Variant | Refusal | Remark) -> Incoming:
    return gather(Reading("table", iter(offers)), "t.csv")


def test_the_fields_of_rows_that_agree_are_put_together() -> None:
    incoming = gathered(
        row(2, ko=["심양"], zh="沈阳", kind="place", note="하나"),
        row(3, ko=["심양", "선양"], en="Shenyang", kind="place", zh_admitted=[]),
        row(4, ko=["심 양"], zh="沈阳", zh_admitted=["沈阳市"], kind="place", note="둘", evidence=["신문"]),
    )
    assert len(incoming.rows) == 1
    term = incoming.rows[0].term
    assert (term.ko, term.zh, term.en) == (
        ("심양", "선양", "심 양"),
        Renderings("沈阳", ("沈阳市",)),
        Renderings("Shenyang"),
    )
    assert (term.kind, term.note, term.evidence) == ("place", "하나\n둘", ("신문",))
    assert incoming.rows[0].place == "t.csv, line 2 and 3 and 4"


def test_rows_that_differ_in_anything_both_say_stay_apart() -> None:
    first = {"ko": ["장"], "zh": "张", "kind": "person", "domain": "a"}
    for change in (
        {"zh": "章"},
        {"kind": "term"},
        {"domain": "b"},
        {"zh_forbidden": ["张"], "zh": "章"},
        {"id": "장~2"},
    ):
        assert len(gathered(row(2, **first), row(3, **{**first, **change})).rows) == 2


def test_a_rendering_joins_the_one_row_of_its_korean_wherever_that_stands() -> None:
    incoming = gathered(
        Variant("질량", "zh", "品质", "forbidden", "t.csv, line 2"),
        row(3, ko=["질량"], zh="质量"),
        Variant("질 량", "zh", "品级", "admitted", "t.csv, line 4"),
        Variant("질량", "en", "mass", "forbidden", "t.csv, line 5"),
        Variant("질량", "zh", "质量", "forbidden", "t.csv, line 6"),
    )
    assert incoming.rows[0].term.zh == Renderings("质量", ("品级",), ("品质",))
    assert [(one.place, one.problem) for one in incoming.refused] == [
        ("t.csv, line 5", "mass is forbidden for 질량, but no row says what is preferred. Add one."),
        ("t.csv, line 6", "质量 is forbidden for 질량, but t.csv, line 3 says otherwise. Keep one."),
    ]


def test_a_row_that_is_repeated_without_end_stays_one_row() -> None:
    incoming = gathered(*(row(line, ko=["심양"], zh="沈阳") for line in range(2, 202)))
    assert len(incoming.rows) == 1
    assert len(incoming.rows[0].place) < 200


def test_what_is_said_twice_counts_once() -> None:
    taken = row(2, ko=["심양", "심양"], zh="沈阳", zh_admitted=["沈阳", "沈阳市", "沈阳市"])
    assert taken.term.ko == ("심양",)
    assert taken.term.zh == Renderings("沈阳", ("沈阳市",))
    assert gathered(Remark("a"), Remark("a")).remarks == ("a",)


def test_characters_that_yaml_would_fold_come_through_or_are_refused() -> None:
    assert row(2, ko=["심\u3000양", "심\u00a0양\u200b"], zh="沈\U00020bb7阳").term.ko == (
        "심\u3000양",
        "심\u00a0양\u200b",
    )
    for character in "\x85\u2028\x00\x1b\ud800\ufffe\t\n":
        refusal = take({"ko": [f"심{character}양"], "zh": "沈阳"}, "t.csv", 2, "t.csv, line 2")
        assert isinstance(refusal, Refusal), repr(character)
