"""Changing the glossary files by command: only the lines of the entry change, and nobody's work is written over."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import GlossaryError, StorageError
from pipeline.glossary import load_glossary
from pipeline.termbase.amend import (
    LOCK,
    Addition,
    ChangedMeanwhileError,
    Revision,
    add,
    edit,
    find_entry,
    prepare,
    retire,
    save,
)
from pipeline.terms import Renderings, Term

SHIPPED = Path(__file__).parents[2] / "glossary"
PLACES = """\
# Places, kept by hand.

# --- Liaoning ---
- ko: [심양, 선양]   # the capital
  zh: 沈阳
  en:  Shenyang
  kind: place
  domain: Liaoning
- {ko: "대련", zh: '大连', en: Dalian,  kind: place, domain: Liaoning} # in brackets

# --- Jilin ---
-   ko:
    - 장춘
    - 창춘        # South Korean
    zh:
      preferred: 长春
      admitted:
      - 长春市
    kind: place
    # not agreed on
    domain: Jilin
    note: >-
      folded
      text

# the end
"""
TERMS = """\
- ko: 질량
  zh: 质量
  en: quality
  kind: term
  domain: economy

- ko: 농업
  zh: 农业
  en: agriculture
  kind: term
  domain: agriculture

- ko: 무역
  zh: 贸易
  en: trade
  kind: term
  domain: economy
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "glossary"
    folder.mkdir()
    (folder / "places.yaml").write_bytes(PLACES.encode())
    (folder / "terms.yaml").write_bytes(TERMS.encode())
    return folder


def _changed(folder: Path, old: str, new: str, name: str = "places.yaml", before: str = PLACES) -> None:
    """The file is what it was, but for this one place."""
    assert before.count(old) == 1
    assert (folder / name).read_bytes().decode() == before.replace(old, new)


# --- editing -------------------------------------------------------------------------------------------------------

EDITS = [
    ("a text", "심양", {"en": "Shen-yang"}, "en:  Shenyang\n", "en:  Shen-yang\n"),
    (
        "a text beside renderings that stay",
        "장춘",
        {"zh": "长春城"},
        "preferred: 长春\n",
        "preferred: 长春城\n",
    ),
    (
        "an admitted rendering becomes the preferred one",
        "장춘",
        {"zh": "长春市"},
        "    zh:\n      preferred: 长春\n      admitted:\n      - 长春市\n",
        "    zh: 长春市\n",
    ),
    (
        "one more in a list",
        "장춘",
        {"zh": Renderings("长春", ("长春市", "长市"))},
        "      - 长春市\n",
        "      - 长春市\n      - 长市\n",
    ),
    (
        "one more behind a comment",
        "장춘",
        {"ko": ["장춘", "창춘", "장춘시"]},
        "# South Korean\n",
        "# South Korean\n    - 장춘시\n",
    ),
    ("one item less", "장춘", {"ko": ["장춘"]}, "    - 창춘        # South Korean\n", ""),
    ("the first item less", "장춘", {"ko": ["창춘"]}, "- 장춘\n    - 창춘", "- 창춘"),
    ("one more in front", "장춘", {"ko": ["장춘시", "장춘", "창춘"]}, "    - 장춘\n", "    - 장춘시\n    - 장춘\n"),
    ("another item", "장춘", {"ko": ["장춘", "장춘시"]}, "- 창춘  ", "- 장춘시  "),
    ("one more in brackets", "심양", {"ko": ["심양", "선양", "봉천"]}, "[심양, 선양]", "[심양, 선양, 봉천]"),
    ("the first in brackets less", "심양", {"ko": ["선양"]}, "[심양, 선양]", "[선양]"),
    ("the last in brackets less", "심양", {"ko": ["심양"]}, "[심양, 선양]", "[심양]"),
    ("a list for a text, in brackets", "대련", {"ko": ["대련", "다롄"]}, 'ko: "대련"', "ko: [대련, 다롄]"),
    ("quotes stay", "대련", {"zh": "大连市"}, "'大连'", "'大连市'"),
    ("quotes of the other kind stay", "대련", {"ko": "대련시"}, '"대련"', '"대련시"'),
    ("a text that needs quotes", "심양", {"en": "Shenyang: a city"}, "en:  Shenyang\n", "en:  'Shenyang: a city'\n"),
    ("a comma in brackets", "대련", {"en": "Dalian, port"}, "en: Dalian, ", "en: 'Dalian, port', "),
    (
        "renderings for a text",
        "심양",
        {"zh": Renderings("沈阳", ("沈阳市",), ("瀋陽",))},
        "zh: 沈阳\n",
        "zh: {preferred: 沈阳, admitted: [沈阳市], forbidden: [瀋陽]}\n",
    ),
    ("a new key", "심양", {"status": "proposed"}, "  en:  Shenyang\n  kind: place\n  domain: Liaoning\n", ...),
    ("a new key in brackets", "대련", {"inside_words": True}, "Liaoning} #", "Liaoning, inside_words: true} #"),
    ("a new key between others", "장춘", {"en": "Changchun"}, "- 长春市\n", "- 长春市\n    en: Changchun\n"),
    ("an id", "심양", {"id": "심양~place"}, "- ko: [심양,", "- id: 심양~place\n  ko: [심양,"),
    ("a key less", "심양", {"en": None}, "  en:  Shenyang\n", ""),
    ("a key less in brackets", "대련", {"en": None}, " en: Dalian, ", ""),
    ("the last key less in brackets", "대련", {"domain": None}, ", domain: Liaoning}", "}"),
    ("folded prose", "장춘", {"note": "short"}, ">-\n      folded\n      text\n", "short\n"),
    ("a literal block", "장춘", {"note": "a\n\nb"}, ">-\n      folded\n      text\n", "|-\n      a\n\n      b\n"),
    ("lines in brackets", "대련", {"note": "one\ntwo"}, "Liaoning} #", 'Liaoning, note: "one\\ntwo"} #'),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "changes", "old", "new"), [pytest.param(*case[1:], id=case[0]) for case in EDITS])
def test_an_edit_changes_one_place_and_leaves_the_rest(
    folder: Path, entry: str, changes: dict[str, object], old: str, new: str
) -> None:
    edit(folder, entry, changes)
    _changed(folder, old, old + "  status: proposed\n" if new is ... else new)


def test_an_id_follows_the_first_spelling_unless_the_entry_has_one_of_its_own(folder: Path) -> None:
    edit(folder, "심양", {"ko": "선양"})
    assert "선양" in load_glossary(folder).terms
    edit(folder, "선양", {"id": "capital"})
    edit(folder, "capital", {"ko": ["심양", "선양"]})
    assert load_glossary(folder).terms["capital"].ko == ("심양", "선양")
    edit(folder, "capital", {"id": None})
    assert (folder / "places.yaml").read_text("utf-8") == PLACES


def test_an_entry_is_named_by_its_id_or_by_a_spelling_that_is_its_own(folder: Path) -> None:
    glossary = load_glossary(folder)
    assert find_entry(glossary, "선 양").id == "심양"
    with pytest.raises(GlossaryError, match=r"심영 is not in the glossary. Did you mean 심양"):
        find_entry(glossary, "심영")
    add(folder, Term("대련~term", ("대련",), Renderings("大连"), None, "term", "economy"))
    add(folder, Term("봉천", ("봉천", "대련시"), Renderings("奉天"), None, "place", "Liaoning"))
    add(folder, Term("여순", ("려순", "대련시"), Renderings("旅顺"), None, "organisation", "Liaoning"))
    with pytest.raises(GlossaryError, match=r"several entries: 봉천 .*여순 .*Say the id"):
        find_entry(load_glossary(folder), "대련시")


def test_an_edit_without_a_change_writes_nothing(folder: Path) -> None:
    before = (folder / "places.yaml").stat().st_mtime_ns
    plan = edit(folder, "심양", {"en": "Shenyang", "kind": "place", "note": None})
    assert plan.diff == ""
    assert (folder / "places.yaml").stat().st_mtime_ns == before


REFUSED = [
    ({"kind": "plaice"}, "“plaice” is not a kind. Did you mean “place”?"),
    ({"domian": "x"}, "“domian” is not known in a term"),
    ({"zh": None, "en": None}, "심양 has no rendering"),
    ({"ko": None}, "심양 needs a Korean spelling"),
    ({"ko": "대련"}, "대련 is listed twice"),
    ({"en": " "}, "“en” is empty"),
    ({"valid_to": "soon"}, "“soon” is not a date"),
    ({"zh": "‘’"}, "“zh” has no letter or digit"),
    ({"en": "She\nnyang"}, "a character that is not allowed"),
    ({"zh": Renderings("沈阳", ("沈阳",))}, "“沈阳” stands in more than one place"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_could_not_be_read_back_is_not_written(folder: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(GlossaryError) as caught:
        edit(folder, "심양", changes)
    assert message in str(caught.value)
    assert (folder / "places.yaml").read_text("utf-8") == PLACES


def test_a_comment_that_would_be_lost_is_a_reason_to_refuse(folder: Path) -> None:
    text = "- id: b\n  # why\n  ko: a\n  zh: c\n  kind: term\n"
    (folder / "terms.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(GlossaryError, match=r"terms.yaml, line 1: .*A comment would be lost"):
        edit(folder, "b", {"id": None})
    assert (folder / "terms.yaml").read_text("utf-8") == text


# --- adding and retiring -------------------------------------------------------------------------------------------


def test_a_new_entry_stands_behind_those_of_its_domain_and_kind(folder: Path) -> None:
    add(folder, Term("단동", ("단동", "단둥"), Renderings("丹东"), Renderings("Dandong"), "place", "Liaoning"))
    new = "- ko: [단동, 단둥]\n  zh: 丹东\n  en: Dandong\n  kind: place\n  domain: Liaoning\n"
    _changed(folder, "# in brackets\n", "# in brackets\n" + new)


def test_a_new_entry_keeps_the_indent_and_the_blank_lines_of_its_neighbours(folder: Path) -> None:
    add(folder, Term("수출", ("수출",), Renderings("出口"), None, "term", "economy"))
    new = "\n- ko: 수출\n  zh: 出口\n  kind: term\n  domain: economy\n"
    assert (folder / "terms.yaml").read_text("utf-8") == TERMS + new


def test_a_new_domain_goes_where_its_kind_lives_and_a_new_kind_where_its_domain_lives(folder: Path) -> None:
    add(folder, Term("북경", ("북경",), Renderings("北京"), None, "place", "Beijing"))
    add(folder, Term("대련시정부", ("대련시정부",), Renderings("大连市政府"), None, "organisation", "Liaoning"))
    terms = load_glossary(folder).terms
    assert {terms["북경"].file, terms["대련시정부"].file} == {"glossary/places.yaml"}
    assert [term.id for term in terms.values() if term.file.endswith("places.yaml")] == [
        *("심양", "대련", "대련시정부", "장춘", "북경")
    ]


def test_a_kind_that_lives_nowhere_is_asked_about(folder: Path) -> None:
    person = Term("리강", ("리강",), Renderings("李强"), None, "person", "leader")
    with pytest.raises(GlossaryError, match="Say which file"):
        add(folder, person)
    with pytest.raises(GlossaryError, match="no name for a glossary file"):
        add(folder, person, "../people.yaml")
    plan = add(folder, person, "people.yaml")
    assert [term.file for term in plan.terms] == ["glossary/people.yaml"]
    assert load_glossary(folder).terms["리강"].line == 1


def test_a_term_that_is_there_already_is_refused_with_its_place(folder: Path) -> None:
    with pytest.raises(GlossaryError, match=r"심양 is listed twice.*places.yaml, line 4"):
        add(folder, Term("심양", ("심양",), Renderings("沈阳"), None, "place", "Liaoning"))
    assert (folder / "places.yaml").read_text("utf-8") == PLACES


def test_retiring_keeps_the_entry_and_adds_to_its_note(folder: Path) -> None:
    retire(folder, "장춘", note="renamed", valid_to="2023-05")
    term = load_glossary(folder).terms["장춘"]
    assert (term.status, term.valid_to, term.note) == ("deprecated", "2023-05", "folded text\nrenamed")
    retire(folder, "심양")
    assert load_glossary(folder).terms["심양"].status == "deprecated"


def test_many_changes_are_one_plan(folder: Path) -> None:
    terms = [Term(f"도시{n}", (f"도시{n}",), Renderings(f"城{n}"), None, "place", "Liaoning") for n in range(300)]
    plan = prepare(folder, [*map(Addition, terms), Revision("대련", {"note": "x"}), Revision("질량", {"en": "grade"})])
    assert (folder / "places.yaml").read_text("utf-8") == PLACES
    save(plan)
    glossary = load_glossary(folder)
    assert [term.id for term in glossary.terms.values()][2:302] == [term.id for term in terms]
    assert (glossary.terms["대련"].note, glossary.terms["질량"].en) == ("x", Renderings("grade"))
    with pytest.raises(GlossaryError, match="대련 is to be changed twice"):
        prepare(folder, [Revision("대련", {"note": "y"}), Revision("대련", {"note": "z"})])


# --- what files look like ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_line_ends_and_the_byte_order_mark_stay(folder: Path, newline: str, mark: str) -> None:
    (folder / "places.yaml").write_bytes((mark + PLACES.replace("\n", newline)).encode())
    add(folder, Term("단동", ("단동",), Renderings("丹东"), None, "place", "Liaoning"))
    edit(folder, "심양", {"en": None, "note": "one\ntwo"})
    edit(folder, "장춘", {"ko": ["장춘"], "en": "Changchun"})
    content = (folder / "places.yaml").read_bytes().decode()
    assert content.startswith(mark + "# Places")
    assert content.count("\n") == content.count(newline)
    assert content.count("\r") == (0 if newline == "\n" else content.count("\n"))
    assert load_glossary(folder).terms["심양"].note == "one\ntwo"


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("", "- ko: 가나\n  zh: 甲\n  kind: work\n"),
        ("# none yet", "# none yet\n- ko: 가나\n  zh: 甲\n  kind: work\n"),
        ("- {ko: 다, zh: 乙, kind: work}", "- {ko: 다, zh: 乙, kind: work}\n- ko: 가나\n  zh: 甲\n  kind: work"),
        ("[{ko: 다, zh: 乙, kind: work}]\n", "[{ko: 다, zh: 乙, kind: work}, {ko: 가나, zh: 甲, kind: work}]\n"),
        ("  - ko: 다\n    zh: 乙\n    kind: work\n", ...),
    ],
    ids=["empty", "only a comment", "no line end", "in brackets", "indented"],
)  # fmt: skip
def test_a_new_entry_fits_into_any_file(folder: Path, text: str, expect: str) -> None:
    (folder / "works.yaml").write_text(text, encoding="utf-8")
    add(folder, Term("가나", ("가나",), Renderings("甲"), None, "work", ""), "works.yaml")
    indented = text + text.replace("다", "가나").replace("乙", "甲")
    assert (folder / "works.yaml").read_text("utf-8") == (indented if expect is ... else expect)


def test_a_new_file_names_the_schema_as_the_others_do(folder: Path) -> None:
    line = "# yaml-language-server: $schema=../pipeline/glossary.schema.json\n"
    (folder / "terms.yaml").write_text(line + TERMS, encoding="utf-8")
    add(folder, Term("사기", ("사기",), Renderings("史记"), None, "work", ""), "works.yaml")
    assert (folder / "works.yaml").read_text("utf-8") == line + "- ko: 사기\n  zh: 史记\n  kind: work\n"


def test_every_entry_of_shipped_files_can_be_changed_and_changed_back(tmp_path: Path) -> None:
    folder = tmp_path / "glossary"
    folder.mkdir()
    names = ("formulas.yaml", "law.yaml", "people.yaml")
    for name in names:
        (folder / name).write_bytes((SHIPPED / name).read_bytes())
    terms = load_glossary(folder).terms
    changes = {"note": "x: y", "status": "proposed", "valid_to": "2022"}
    save(prepare(folder, [Revision(name, changes) for name in terms]))
    assert {term.note for term in load_glossary(folder).terms.values()} == {"x: y"}
    before = {name: {key: getattr(term, key) for key in ("note", "status", "valid_to")} for name, term in terms.items()}
    save(prepare(folder, [Revision(name, changes) for name, changes in before.items()]))
    assert [name for name in names if (folder / name).read_bytes() != (SHIPPED / name).read_bytes()] == []


# --- laws ----------------------------------------------------------------------------------------------------------

CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="⟪⟫\ufeff\u2028\u2029"
)
TEXTS = st.text(CHARACTERS, min_size=1, max_size=12)
NOTES = TEXTS.map(str.strip)
WORDS = TEXTS.map(lambda text: f"가{text.strip()}")
STYLES = [
    "- ko: {ko}\n  zh: {zh}   # why\n  kind: term\n",
    "- {{ko: {ko}, zh: {zh}, kind: term}}\n",
    "-   zh: {zh}\n    # apart\n    ko:\n    - {ko}\n    kind: term\n    domain: x\n",
    "- ko: [{ko}]\n  zh: {{preferred: {zh}, admitted: [a,  'b']}}\n  kind: term\n  note: |\n    text\n    more\n",
    "- kind: term\n  zh:\n    preferred: {zh}\n    forbidden: [c]\n  ko: {ko}\n\n# --- section ---\n",
]


@st.composite
def _pieces(draw: st.DrawFn) -> list[str]:
    """The text of a file, entry by entry, in the styles of several hands."""
    styles = draw(st.lists(st.sampled_from(STYLES), min_size=1, max_size=5))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return [style.format(ko=f"말{n}", zh=f"字{n}").replace("\n", newline) for n, style in enumerate(styles)]


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "ko": st.lists(WORDS, min_size=1, max_size=3, unique=True),
        "zh": WORDS | st.builds(Renderings, WORDS.map("甲".__add__), st.tuples(WORDS.map("乙".__add__))),
        "en": WORDS | st.none(),
        "domain": WORDS | st.none(),
        "note": st.lists(WORDS, min_size=1, max_size=3).map("\n".join),
        "inside_words": st.booleans(),
        "status": st.sampled_from(["approved", "proposed", "deprecated"]),
        "valid_to": st.sampled_from(["2022", "2022-10", None]),
        "evidence": st.lists(WORDS, max_size=2, unique=True),
    },
)


@settings(max_examples=150, deadline=None)
@given(pieces=_pieces(), changes=CHANGES, choice=st.randoms(use_true_random=False))
def test_only_the_lines_of_the_changed_entry_change(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], changes: dict[str, object], choice: object
) -> None:
    folder = tmp_path_factory.mktemp("property") / "glossary"
    folder.mkdir()
    (folder / "a.yaml").write_bytes("".join(pieces).encode())
    number = choice.randrange(len(pieces))
    old = load_glossary(folder).terms
    try:
        edit(folder, f"말{number}", changes)
    except GlossaryError as error:
        if "A comment would be lost" not in str(error):
            raise
        assert (folder / "a.yaml").read_bytes() == "".join(pieces).encode()
        return
    text = (folder / "a.yaml").read_bytes().decode()
    before, after = "".join(pieces[:number]), "".join(pieces[number + 1 :])
    assert text.startswith(before)
    assert text.endswith(after)
    assert text.count("#") >= "".join(pieces).count("#") - 1  # that of a value that was taken out or replaced
    new = list(load_glossary(folder).terms.values())[number]
    for key, value in changes.items():
        have = getattr(new, key)
        if isinstance(have, Renderings) and isinstance(value, str):
            assert have == Renderings(
                value, getattr(old[f"말{number}"], key).admitted if key == "zh" else (), have.forbidden
            )
        else:
            assert have == (tuple(value) if isinstance(value, list) else value or type(have)())


@settings(max_examples=100, deadline=None)
@given(
    pieces=_pieces(),
    ko=WORDS,
    zh=WORDS,
    en=WORDS,
    note=TEXTS.map(str.strip),
    evidence=st.lists(WORDS, max_size=3, unique=True),
)
def test_an_added_entry_reads_back_as_it_was_and_moves_no_other_character(
    tmp_path_factory: pytest.TempPathFactory,
    pieces: list[str],
    ko: str,
    zh: str,
    en: str,
    note: str,
    evidence: list[str],
) -> None:
    folder = tmp_path_factory.mktemp("property") / "glossary"
    folder.mkdir()
    text = "".join(pieces)
    (folder / "a.yaml").write_bytes(text.encode())
    term = Term(
        ko, (ko,), Renderings(zh), Renderings(en, ("b", "c, d")), "work", "x", note=note, evidence=tuple(evidence)
    )
    plan = add(folder, term)
    new = load_glossary(folder).terms[ko]
    assert (new.zh, new.en, new.note, new.evidence) == (term.zh, term.en, term.note.strip(), term.evidence)
    assert all(line.startswith(("+", "---", " ", "@@")) for line in plan.diff.replace("\r", "").split("\n") if line)
    written = (folder / "a.yaml").read_bytes().decode()
    start = next(n for n in range(len(text) + 1) if text[:n] != written[:n] or n == len(text))
    kept = start - 1 if text[:start] != written[:start] else start
    assert any(written == text[:n] + written[n : n + len(written) - len(text)] + text[n:] for n in range(kept, -1, -1))


# --- two editors, and a world that is in the way -------------------------------------------------------------------


def test_a_dry_run_says_what_it_would_change_and_writes_nothing(folder: Path) -> None:
    plan = edit(folder, "심양", {"en": "Shen-yang"}, dry_run=True)
    assert (folder / "places.yaml").read_text("utf-8") == PLACES
    assert "--- glossary/places.yaml (before)\n+++ glossary/places.yaml (after)\n" in plan.diff
    assert "\n-  en:  Shenyang\n+  en:  Shen-yang\n" in plan.diff
    assert [term.en.preferred for term in plan.terms] == ["Shen-yang"]
    assert sorted(path.name for path in folder.iterdir()) == ["places.yaml", "terms.yaml"]


def test_a_file_that_changed_meanwhile_is_left_as_it_is(folder: Path) -> None:
    plan = prepare(folder, [Revision("심양", {"en": "Shen-yang"})])
    theirs = PLACES.replace("en: Dalian", "en: Talien")
    (folder / "places.yaml").write_text(theirs, encoding="utf-8")
    with pytest.raises(ChangedMeanwhileError, match="changed by someone else meanwhile") as caught:
        save(plan)
    assert "en: Talien" in str(caught.value)
    assert (folder / "places.yaml").read_text("utf-8") == theirs
    (folder / "places.yaml").unlink()
    with pytest.raises(ChangedMeanwhileError):
        save(plan)


def test_a_change_of_another_file_is_no_hindrance_unless_they_contradict(folder: Path) -> None:
    plan = prepare(folder, [Revision("심양", {"ko": ["심양", "봉천"]})])
    (folder / "terms.yaml").write_text(TERMS.replace("en: trade", "en: commerce"), encoding="utf-8")
    other = "- {ko: 봉천, zh: 奉天, kind: place}\n"
    (folder / "history.yaml").write_text(other, encoding="utf-8")
    with pytest.raises(GlossaryError, match="봉천 is listed twice"):
        save(plan)
    (folder / "history.yaml").unlink()
    save(plan)
    assert load_glossary(folder).terms["심양"].ko == ("심양", "봉천")
    assert load_glossary(folder).terms["무역"].en == Renderings("commerce")


def test_of_twenty_editors_at_once_nobody_loses_a_term(folder: Path) -> None:
    refused = []

    def work(number: int) -> None:
        term = Term(f"도시{number}", (f"도시{number}",), Renderings(f"城{number}"), None, "place", "Liaoning")
        for _ in range(200):
            try:
                add(folder, term)
                return
            except ChangedMeanwhileError:
                continue
        refused.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    assert {f"도시{number}" for number in range(20)} <= load_glossary(folder).terms.keys()


def test_a_folder_that_is_held_is_said_to_be_held(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.termbase.amend.PATIENCE", 0.01)
    with FileLock(folder / LOCK), pytest.raises(StorageError, match="being changed by someone else"):
        edit(folder, "심양", {"en": "Shen-yang"})
    assert (folder / "places.yaml").read_text("utf-8") == PLACES


def test_a_full_disk_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match="The disk is full"):
        edit(folder, "심양", {"en": "Shen-yang"})
    assert (folder / "places.yaml").read_text("utf-8") == PLACES
    assert {path.name for path in folder.iterdir()} == {"places.yaml", "terms.yaml", LOCK}


def test_a_link_stays_a_link_and_rights_stay(folder: Path) -> None:
    real = folder.parent / "real.yaml"
    (folder / "places.yaml").rename(real)
    (folder / "places.yaml").symlink_to(real)
    real.chmod(0o640)
    edit(folder, "심양", {"en": "Shen-yang"})
    assert (folder / "places.yaml").is_symlink()
    assert "Shen-yang" in real.read_text("utf-8")
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_said_to_be_one(folder: Path) -> None:
    folder.chmod(0o555)
    try:
        with pytest.raises(StorageError, match="Change the rights"):
            edit(folder, "심양", {"en": "Shen-yang"})
    finally:
        folder.chmod(0o755)


def test_a_glossary_that_cannot_be_read_is_not_written_to(folder: Path) -> None:
    (folder / "terms.yaml").write_text("- ko: [\n", encoding="utf-8")
    with pytest.raises(GlossaryError, match=r"terms.yaml, line 2"):
        edit(folder, "심양", {"en": "Shen-yang"})
    assert (folder / "places.yaml").read_text("utf-8") == PLACES
