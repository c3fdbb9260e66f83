"""The difference of two glossaries: every entry that differs, and none that only stands elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.changes import Change, changes, open_glossary
from pipeline.errors import GlossaryError
from pipeline.glossary import Glossary
from pipeline.terms import Renderings, Term

TERM = Term("심양", ("심양", "선양"), Renderings("沈阳"), Renderings("Shenyang"), "place", "Liaoning", line=3)
OTHER = Term("발전", ("발전",), Renderings("发展"), Renderings("development"), "term", "economy")


def _glossary(*terms: Term) -> Glossary:
    return Glossary({term.id: term for term in terms})


def _only(old: Glossary, new: Glossary) -> Change:
    (change,) = changes(old, new)
    return change


def test_the_same_entries_in_another_order_and_another_file_are_no_change() -> None:
    moved = replace(TERM, file="glossary/other.yaml", line=99)
    assert changes(_glossary(TERM, OTHER), _glossary(OTHER, moved)) == ()


@pytest.mark.parametrize(
    ("before", "after", "kind", "fields"),
    [
        (None, TERM, "added", ()),
        (TERM, None, "removed", ()),
        (TERM, replace(TERM, status="deprecated", note="old"), "retired", ("status", "note")),
        (replace(TERM, status="deprecated"), TERM, "restored", ("status",)),
        (TERM, replace(TERM, status="proposed"), "changed", ("status",)),
        (TERM, replace(TERM, zh=Renderings("盛京"), ko=("심양",)), "changed", ("ko", "zh")),
        (TERM, replace(TERM, id="선양", ko=("선양", "심양")), "renamed", ("id", "ko")),
        (TERM, replace(TERM, inside_words=True, valid_to="2026"), "changed", ("valid_to", "inside_words")),
    ],
)
def test_what_became_of_an_entry(before: Term | None, after: Term | None, kind: str, fields: tuple[str, ...]) -> None:
    old, new = ([term] if term else [] for term in (before, after))
    change = _only(_glossary(OTHER, *old), _glossary(OTHER, *new))
    assert (change.kind, change.before, change.after, change.fields) == (kind, before, after, fields)


def test_an_entry_of_another_kind_with_the_same_spelling_is_not_the_old_one_renamed() -> None:
    new = replace(TERM, id="심양~work", kind="work")
    assert [change.kind for change in changes(_glossary(TERM), _glossary(new))] == ["removed", "added"]


def test_two_entries_cannot_both_be_the_old_one_renamed() -> None:
    new = replace(TERM, id="선양", ko=("선양",)), replace(TERM, id="심양 2", ko=("심양 ",))
    kinds = [change.kind for change in changes(_glossary(TERM), _glossary(*new))]
    assert kinds == ["renamed", "added"]


@pytest.mark.parametrize(
    ("changed", "is_silent", "keeps_spellings"),
    [
        ({"note": "a note"}, True, True),
        ({"evidence": ("a sentence",)}, True, True),
        ({"en": Renderings("Mukden")}, False, True),
        ({"ko": ("심양",)}, False, False),
        ({"status": "deprecated"}, False, False),
        ({"domain": "history"}, False, False),
    ],
)
def test_what_a_change_can_do_to_translations(
    changed: dict[str, object], is_silent: bool, keeps_spellings: bool
) -> None:
    change = _only(_glossary(TERM), _glossary(replace(TERM, **changed)))  # type: ignore[arg-type]
    assert (change.is_silent, change.keeps_spellings) == (is_silent, keeps_spellings)


def test_an_entry_that_was_and_stays_retired_is_silent() -> None:
    retired = replace(TERM, status="deprecated")
    assert _only(_glossary(retired), _glossary(replace(retired, zh=Renderings("盛京")))).is_silent
    assert _only(_glossary(), _glossary(retired)).is_silent


def test_the_differences_are_in_words() -> None:
    new = replace(TERM, ko=("심양",), zh=Renderings("沈阳市", ("沈阳",), ("盛京",)), do_not_translate=True)
    found = {one.field: (one.before, one.after) for one in _only(_glossary(TERM), _glossary(new)).differences()}
    assert found == {
        "ko": ("심양, 선양", "심양"),
        "zh": ("沈阳", "沈阳市; also 沈阳; never 盛京"),
        "do_not_translate": ("", "yes"),
    }
    added = {one.field for one in _only(_glossary(), _glossary(TERM)).differences()}
    assert added == {"id", "ko", "zh", "en", "kind", "domain", "status"}


NAMES = st.sampled_from("가나다라마")
TERMS = st.builds(
    lambda name, spelling, zh, status: Term(name, (spelling,), Renderings(zh), None, "term", "", status),
    NAMES,
    NAMES,
    st.sampled_from("甲乙"),
    st.sampled_from(("approved", "deprecated")),
)
GLOSSARIES = st.lists(TERMS, unique_by=lambda term: term.id).map(lambda terms: _glossary(*terms))


@given(old=GLOSSARIES, new=GLOSSARIES)
def test_the_changes_lead_from_one_glossary_to_the_other_and_back(old: Glossary, new: Glossary) -> None:
    terms = dict(old.terms)
    for change in changes(old, new):
        if change.before:
            assert terms.pop(change.before.id) == change.before
    for change in changes(old, new):
        if change.after:
            terms[change.after.id] = change.after
    assert terms == new.terms
    back = {(change.after, change.before) for change in changes(new, old) if change.kind != "renamed"}
    there = {(change.before, change.after) for change in changes(old, new) if change.kind != "renamed"}
    assert len(back) == len(there)


# --- a revision of git -------------------------------------------------------------------------------------------

ENTRY = "- ko: 심양\n  zh: {}\n  kind: place\n"
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with three revisions of a glossary, and one more change that is not committed."""
    folder = tmp_path / "desk" / "glossary"
    folder.mkdir(parents=True)
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

    def git(*words: str) -> None:
        names = ("-c", "user.name=desk", "-c", "user.email=desk@example.org")
        subprocess.run(["git", "-C", str(tmp_path), *names, *words], check=True, capture_output=True, env=environment)

    git("init", "--quiet")
    for zh in ("甲", "乙", "丙", "丁"):
        (folder / "지명.yaml").write_text(ENTRY.format(zh), encoding="utf-8")
        (folder / "notes.txt").write_text("not an entry", encoding="utf-8")
        if zh != "丁":
            git("add", ".")
            git("commit", "--quiet", "-m", zh)
    (folder.parent / "other").mkdir()
    return folder


@needs_git
@pytest.mark.parametrize(("revision", "zh"), [("HEAD~2:", "甲"), ("HEAD~1:", "乙"), ("HEAD:", "丙"), (":", "丙")])
def test_a_revision_is_read_as_git_has_it(repository: Path, revision: str, zh: str) -> None:
    glossary = open_glossary(revision, repository)
    assert glossary.terms["심양"].zh == Renderings(zh)
    assert glossary.terms["심양"].file == "glossary/지명.yaml"


@needs_git
def test_a_folder_is_read_as_it_lies_there(repository: Path) -> None:
    assert open_glossary(str(repository), repository).terms["심양"].zh == Renderings("丁")


@needs_git
def test_the_same_content_has_the_same_fingerprint_in_git_and_on_disk(repository: Path) -> None:
    (repository / "지명.yaml").write_text(ENTRY.format("丙"), encoding="utf-8")
    committed, here = open_glossary("HEAD:", repository), open_glossary(str(repository), repository)
    assert committed.fingerprint == here.fingerprint
    assert changes(committed, here) == ()


@needs_git
@pytest.mark.parametrize("place", ["HEAD~9:", "no-such-branch:", "--output=x:"])
def test_a_revision_that_is_none_is_named(repository: Path, place: str) -> None:
    with pytest.raises(GlossaryError, match="Name a revision"):
        open_glossary(place, repository)
    assert not (repository / "x").exists()


@needs_git
def test_a_revision_without_a_glossary_is_named(repository: Path) -> None:
    with pytest.raises(GlossaryError, match="no glossary file"):
        open_glossary("HEAD:", repository.parent / "other")


@needs_git
def test_outside_of_a_repository_a_revision_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(GlossaryError, match="Name a revision of a git repository"):
        open_glossary("HEAD:", tmp_path)


def test_without_git_a_folder_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GlossaryError, match="git is not installed"):
        open_glossary("HEAD:", tmp_path)


def test_a_place_that_is_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(GlossaryError, match="no such folder"):
        open_glossary(str(tmp_path / "nowhere"), tmp_path)
