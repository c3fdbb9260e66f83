"""What was measured: kept, read again, tabled, compared."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import testset
from pipeline.errors import InputError, SettingsError
from pipeline.metrics import Share
from pipeline.report import (
    COMPARISON_HEADER,
    HEADER,
    Report,
    Run,
    as_json,
    compare,
    comparison_rows,
    effects,
    read_report,
    rows,
)

REFERENCES = ("沈阳下雪。", "辽宁农民忙着插秧。", "会议在沈阳举行。")
SET = testset.TestSet(
    "snow",
    ("심양에 눈이 내린다.", "료녕의 농민들이 바쁘다.", "회의는 심양에서 열린다."),
    {"zh": REFERENCES},
    (testset.Peer("peer", "zh", REFERENCES),),
    ("a", "a", "b"),
)
NOTHING = Share(0, 0)
GOOD = Run(
    system="ours",
    lang="zh",
    hints="none",
    outputs=("沈阳在下雪。", "辽宁农民正忙着插秧。", "会议在沈阳召开。"),
    bleu=51.04,
    bleu_signature="s",
    chrf=48.0,
    chrf_signature="s",
    terms=(Share(1, 1), Share(1, 2), Share(0, 0)),
    consistency=Share(3, 4),
    reference_consistency=Share(4, 4),
    given=(0, 0, 0),
    obedience=Share(1, 2),
    forcing=NOTHING,
    faults={"looping": 2},
    failed=1,
    retried=2,
    seconds=1.5,
)
BAD = replace(GOOD, system="other", outputs=("雪。", "人。", "会。"), terms=(Share(0, 1), Share(0, 2), Share(0, 0)))
REPORT = Report(SET, "engine 1", "abc", (GOOD, replace(GOOD, hints="glossary", given=(3, 4, 0))))


def test_a_report_kept_as_json_is_the_same_report(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(json.dumps(as_json(REPORT), ensure_ascii=False), encoding="utf-8")
    assert read_report(file) == REPORT


def test_the_json_gives_percentages_to_programs() -> None:
    run = as_json(REPORT)["runs"][0]  # type: ignore[index]
    assert run["percent"]["term_accuracy"] == pytest.approx(200 / 3)
    assert run["percent"]["forcing"] is None
    assert run["sentences_per_second"] == 2.0


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"test_set": {}}', '{"test_set": 3, "runs": []}', "\ufeff{}"])
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="no report of an evaluation"):
        read_report(file)


def test_a_report_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_report(tmp_path / "report.json")


def test_the_table_says_how_many_each_share_is_of() -> None:
    first, second = (dict(zip(HEADER, row, strict=True)) for row in rows(REPORT))
    assert first == {
        "system": "ours",
        "lang": "zh",
        "hints": "none",
        "sentences": "3",
        "BLEU": "51.0",
        "chrF": "48.0",
        "terms": "66.7 (3)",
        "consistent": "75.0 (4) [reference 100.0]",
        "obeyed": "50.0 (2)",
        "forced": "",
        "faults": "2 looping, 1 failed",
        "sentences/s": "2.0",
    }
    assert second["hints"] == "glossary (7)"


def test_a_peer_has_no_speed_in_the_table() -> None:
    peer = replace(GOOD, seconds=None, faults={}, failed=0, consistency=NOTHING)
    row = dict(zip(HEADER, rows(Report(SET, "", "", (peer,)))[0], strict=True))
    assert (row["sentences/s"], row["faults"], row["consistent"]) == ("", "none", "")


# --- two side by side -------------------------------------------------------------------------------------------


def report(*runs: Run) -> Report:
    return Report(SET, "engine", "abc", runs)


def test_two_systems_are_compared_in_every_measure() -> None:
    found = compare(report(BAD), report(GOOD))
    assert [(one.measure, one.first, one.second) for one in found] == [
        (measure, "other, none", "ours, none") for measure in ("BLEU", "chrF", "terms")
    ]
    assert all(one.difference.value > 0 for one in found)
    assert found[2].difference.second == pytest.approx(200 / 3)


def test_sentences_without_reference_shift_nothing() -> None:
    partial = replace(SET, references={"zh": (REFERENCES[0], "", REFERENCES[2])})
    perfect = replace(GOOD, outputs=(REFERENCES[0], REFERENCES[2]), terms=(NOTHING, NOTHING))
    found = compare(Report(partial, "engine", "", (perfect,)), Report(partial, "engine", "", (perfect,)))
    assert [(one.sentences, one.difference.first) for one in found] == [(2, pytest.approx(100))] * 2


def test_a_system_compared_with_itself_shows_no_difference() -> None:
    assert {(one.difference.value, one.difference.p) for one in compare(REPORT, REPORT)} == {(0.0, 1.0)}


def test_peers_are_left_out_of_a_comparison() -> None:
    peer = replace(BAD, system="peer", seconds=None)
    assert {one.first for one in compare(report(GOOD, peer), report(GOOD, peer))} == {"ours, none"}


def test_terms_are_not_compared_when_there_are_none_or_others() -> None:
    without = replace(BAD, terms=(NOTHING, NOTHING, NOTHING))
    for one, other in ((without, without), (without, GOOD)):
        assert [found.measure for found in compare(report(one), report(other))] == ["BLEU", "chrF"]


def test_reports_on_other_sentences_are_not_compared() -> None:
    other = replace(SET, references={"zh": (*REFERENCES[:2], "会议在大连举行。")})
    with pytest.raises(SettingsError, match="not on the same sentences"):
        compare(report(GOOD), Report(other, "engine", "abc", (BAD,)))


def test_scores_counted_in_two_ways_are_not_compared() -> None:
    with pytest.raises(SettingsError, match="counted in different ways"):
        compare(report(GOOD), report(replace(BAD, bleu_signature="another")))


def test_reports_with_nothing_in_common_are_not_compared() -> None:
    with pytest.raises(SettingsError, match="no language and kind of hints in common"):
        compare(report(GOOD), report(replace(BAD, hints="random")))


def test_effects_hold_each_kind_of_hints_against_none() -> None:
    ours = replace(BAD, system="ours", given=(1, 1, 1))
    found = effects(report(GOOD, replace(ours, hints="glossary"), replace(ours, hints="random")))
    assert [(one.measure, one.second) for one in found if one.measure == "chrF"] == [
        ("chrF", "ours, glossary"),
        ("chrF", "ours, random"),
    ]
    assert all(one.first == "ours, none" and one.difference.value < 0 for one in found)


def test_effects_are_measured_on_the_sentences_that_have_hints() -> None:
    with_hints = replace(GOOD, hints="random", outputs=(*GOOD.outputs[:2], "会。"), given=(0, 0, 1))
    everywhere = replace(with_hints, given=(1, 1, 1))
    (there,), (diluted,) = (
        [one for one in effects(report(GOOD, run)) if one.measure == "chrF"] for run in (with_hints, everywhere)
    )
    assert (there.sentences, diluted.sentences) == (1, 3)
    assert there.difference.value < diluted.difference.value < 0


def test_an_arm_that_gave_no_hints_has_no_effect() -> None:
    assert effects(report(GOOD, replace(BAD, hints="random"))) == ()


def test_a_comparison_is_a_row_of_its_table() -> None:
    row = dict(zip(COMPARISON_HEADER, comparison_rows(compare(report(BAD), report(GOOD)))[2], strict=True))
    assert (row["measure"], row["scores"], row["difference"]) == ("terms", "0.0 → 66.7", "+66.7")
    assert row["p"] == f"{float(row['p']):.3f}"
