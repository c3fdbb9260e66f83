"""`daeyeok glossary …` as editors type it, on a small workspace with the echo engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.errors import Exit

Run = Callable[..., object]
Type = Callable[..., tuple[int, str, str]]


@pytest.fixture
def type_in(workspace: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types a glossary command on a workspace that has been run; gives exit code, stdout and stderr."""
    run(workspace)

    def typed(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["--workspace", str(workspace), "glossary", *words])
        out, err = capsys.readouterr()
        return code, out, err

    return typed


def glossary(workspace: Path) -> str:
    return (workspace / "glossary" / "terms.yaml").read_text("utf-8")


@pytest.mark.parametrize("text", ["심양", "沈阳", "shenyang"])
def test_an_entry_is_found_in_any_of_the_three_languages(type_in: Type, text: str) -> None:
    code, out, _ = type_in("find", text, "--json")
    assert code == Exit.OK
    assert [found["term"]["id"] for found in json.loads(out)] == ["심양"]


def test_what_is_not_there_is_said_with_the_exit_code(type_in: Type) -> None:
    assert type_in("find", "없는말")[0] == Exit.FINDINGS
    code, out, err = type_in("show", "심양시청")
    assert (code, out) == (Exit.USAGE, "")
    assert "is not in the glossary" in err


def test_a_sentence_says_why_a_term_counts_or_not(type_in: Type) -> None:
    _, out, _ = type_in("find", "--in", "심양에서 고품질 발전을", "--json")
    assert [(one["term"], one["standing"]) for one in json.loads(out)] == [
        ("심양", "mention"),
        ("고품질발전", "mention"),
    ]


def test_show_counts_mentions_and_renderings(type_in: Type) -> None:
    _, out, _ = type_in("show", "선양", "--json")
    shown = json.loads(out)
    assert shown["term"]["id"] == "심양"
    assert shown["articles"] == {"port": 2}
    assert shown["seen"]["zh"][0]["rendering"] == "沈阳"
    assert type_in("show", "심양")[1].count("⟦심양⟧") == 2


def test_a_dry_run_shows_the_difference_and_its_effect_and_changes_nothing(type_in: Type, workspace: Path) -> None:
    before = glossary(workspace)
    code, out, _ = type_in("edit", "심양", "--zh", "盛京", "--dry-run")
    assert code == Exit.OK
    assert "-  zh: 沈阳" in out
    assert "+  zh: 盛京" in out
    assert "2 translations in 1 articles are touched" in out
    assert glossary(workspace) == before


def test_after_an_edit_the_next_run_asks_for_what_impact_had_said(type_in: Type, workspace: Path, run: Run) -> None:
    _, out, _ = type_in("edit", "심양", "--zh", "盛京", "--json")
    touched = {(touch["segment"]["id"], touch["lang"]) for touch in json.loads(out)["impact"]["touches"]}
    assert "zh: 盛京" in glossary(workspace)
    _, said, _ = type_in("impact", "--json")
    assert {(touch["segment"]["id"], touch["lang"]) for touch in json.loads(said)["touches"]} == touched
    summary = run(workspace)
    assert summary.translated == len(touched) == 2  # type: ignore[attr-defined]
    assert json.loads(type_in("impact", "--json")[1])["touches"] == []


def test_an_entry_is_added_with_everything_that_was_said(type_in: Type, workspace: Path) -> None:
    options = ["--kind", "term", "--domain", "economy", "--status", "proposed", "--evidence", "료녕신문 2026-03-12"]
    code, _, _ = type_in(
        *(
            "add",
            "--ko",
            "림공경제구",
            "--zh",
            "临空经济区",
            "--admit-zh",
            "空港经济区",
            "--forbid-zh",
            "机场区",
            *options,
        )
    )
    assert code == Exit.OK
    term = json.loads(type_in("show", "림공경제구", "--json")[1])["term"]
    assert term["zh"] == {"preferred": "临空经济区", "admitted": ["空港经济区"], "forbidden": ["机场区"]}
    assert (term["status"], term["domain"], term["en"]) == ("proposed", "economy", None)
    assert term["evidence"] == ["료녕신문 2026-03-12"]


def test_renderings_are_admitted_forbidden_and_taken_out_one_by_one(type_in: Type) -> None:
    type_in("edit", "심양", "--admit-zh", "沈阳市", "--forbid-zh", "奉天")
    type_in("edit", "심양", "--zh", "沈阳市", "--en", "")
    term = json.loads(type_in("show", "심양", "--json")[1])["term"]
    assert term["zh"] == {"preferred": "沈阳市", "admitted": [], "forbidden": ["奉天"]}
    assert term["en"] is None


def test_to_change_nothing_is_said(type_in: Type) -> None:
    code, _, err = type_in("edit", "심양")
    assert code == Exit.USAGE
    assert "Nothing to change" in err


def test_a_spelling_that_another_entry_has_is_refused(type_in: Type, workspace: Path) -> None:
    before = glossary(workspace)
    code, _, err = type_in("edit", "료녕", "--ko", "심양")
    assert code == Exit.USAGE
    assert "심양 is listed twice" in err
    assert glossary(workspace) == before


def test_a_retired_entry_is_no_longer_asked_for(type_in: Type, run: Run, workspace: Path) -> None:
    type_in("retire", "심양", "--note", "2027년부터 쓰지 않음")
    assert "status: deprecated" in glossary(workspace)
    summary = run(workspace)
    assert summary.translated == 4  # type: ignore[attr-defined]
    assert json.loads(type_in("show", "심양", "--json")[1])["mentions"] == []


def test_lint_lists_doubts_counts_remarks_and_explains_its_rules(type_in: Type) -> None:
    type_in("edit", "심양", "--zh", "瀋陽")
    code, out, _ = type_in("lint", "--fail-on", "warning")
    assert code == Exit.FINDINGS
    assert "terms.yaml, line 1: warning [traditional-characters]" in out
    assert type_in("lint", "--fail-on", "never")[0] == Exit.OK
    assert "traditional-characters\n" in type_in("lint", "--explain")[1]


def test_stats_coverage_and_suggestions_come_as_tables_and_as_json(type_in: Type) -> None:
    assert json.loads(type_in("stats", "--json")[1])["entries"] == 3
    assert json.loads(type_in("coverage", "--json")[1])["segments"] > 0
    suggested = json.loads(type_in("suggest", "--source", "glosses", "--json")[1])
    assert [(one["ko"], one["zh"]) for one in suggested] == [("림공경제구", "临空经济区")]
    for command in ("stats", "coverage", "suggest"):
        assert type_in(command)[0] == Exit.OK


def test_diff_names_each_field(type_in: Type, workspace: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "terms.yaml").write_text(glossary(workspace), encoding="utf-8")
    type_in("edit", "심양", "--zh", "盛京")
    (change,) = json.loads(type_in("diff", str(old), "--json")[1])
    assert (change["term"], change["kind"], change["fields"]) == ("심양", "changed", ["zh"])
    assert "沈阳" in type_in("diff", str(old))[1]
    assert type_in("diff", str(tmp_path / "nowhere"))[0] == Exit.USAGE


@pytest.mark.parametrize("ending", [".tbx", ".v2.tbx", ".csv", ".tsv", ".xlsx"])
def test_what_was_exported_comes_back_the_same(type_in: Type, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"terms{ending}"
    assert type_in("export", str(file))[0] == Exit.OK
    code, out, _ = type_in("import", str(file), "--json")
    brought = json.loads(out)
    assert (code, brought["counts"]["same"], brought["taken"]) == (Exit.OK, 3, 0)


def test_an_import_replaces_only_when_told_to_and_says_what_it_refuses(
    type_in: Type, workspace: Path, tmp_path: Path
) -> None:
    file = tmp_path / "others.csv"
    file.write_text("ko,zh,en\n로보트대회,机器人大赛,robot contest\n심양,盛京,Mukden\n,缺,missing\n", encoding="utf-8")
    code, out, _ = type_in("import", str(file), "--file", "imported.yaml")
    assert code == Exit.PARTLY
    assert "others.csv, line 4: there is no Korean" in out
    assert "zh: 沈阳" in glossary(workspace)
    assert "status: proposed" in (workspace / "glossary" / "imported.yaml").read_text("utf-8")
    type_in("import", str(file), "--replace")
    assert "zh: 盛京" in glossary(workspace)


def test_a_file_that_is_no_list_of_terms_is_refused(type_in: Type, tmp_path: Path) -> None:
    (tmp_path / "terms.xlsx").write_bytes(b"%PDF-1.7")
    code, _, err = type_in("import", str(tmp_path / "terms.xlsx"))
    assert code == Exit.UNREADABLE
    assert "PDF" in err
