"""Loading the glossary: the shipped one is sound, and every fault is named with its file and line."""

from __future__ import annotations

import gc
import hashlib
import os
from pathlib import Path

import pytest

from pipeline.entries import read_entries
from pipeline.errors import GlossaryError
from pipeline.glossary import Glossary, glossary_fingerprint, load_glossary
from pipeline.terms import Term

SHIPPED = Path(__file__).parents[1] / "glossary"
ENTRY = "- {ko: 심양, zh: 沈阳, en: Shenyang, kind: place}\n"


@pytest.fixture(scope="module")
def shipped() -> Glossary:
    return load_glossary(SHIPPED)


def _folder(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "glossary"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def _problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(GlossaryError) as caught:
        load_glossary(folder)
    return caught.value.problems


def test_the_shipped_glossary_is_sound_and_large(shipped: Glossary) -> None:
    assert len(shipped.terms) >= 6_900
    assert {term.kind for term in shipped.terms.values()} == {
        *("term", "formula", "place", "person", "organisation", "title", "work")
    }


def test_every_shipped_term_has_both_languages_and_a_domain(shipped: Glossary) -> None:
    assert [t.id for t in shipped.terms.values() if t.zh is None or t.en is None or not t.domain] == []


def test_no_shipped_spelling_is_of_one_syllable(shipped: Glossary) -> None:
    assert [one for term in shipped.terms.values() for one in term.ko if len(one) < 2] == []


def test_no_shipped_rendering_is_in_the_wrong_script(shipped: Glossary) -> None:
    wrong = []
    for term in shipped.terms.values():
        texts = [*term.zh.accepted, *term.en.accepted]
        wrong += [text for text in texts if any("가" <= character <= "힣" for character in text)]
        wrong += [text for text in term.en.accepted if any("一" <= character <= "鿿" for character in text)]
    assert wrong == []


def test_an_entry_is_read_whole(tmp_path: Path) -> None:
    text = """\
# a comment
- id: 심양~place
  ko: [심양, 심양시]
  zh: {preferred: 沈阳, admitted: [沈阳市], forbidden: [瀋陽]}
  en: Shenyang
  kind: place
  domain: Liaoning
  status: proposed
  valid_from: 2022-10
  valid_to: 2027
  do_not_translate: false
  inside_words: true
  note: |
    Two lines
    of prose.
  evidence: [first, second]
"""
    term = load_glossary(_folder(tmp_path, places=text)).terms["심양~place"]
    assert term.ko == ("심양", "심양시")
    assert term.zh is not None
    assert term.zh.accepted == ("沈阳", "沈阳市")
    assert term.zh.forbidden == ("瀋陽",)
    assert (term.kind, term.domain, term.status) == ("place", "Liaoning", "proposed")
    assert (term.valid_from, term.valid_to) == ("2022-10", "2027")
    assert term.inside_words
    assert not term.do_not_translate
    assert term.note == "Two lines\nof prose.\n".strip()
    assert term.evidence == ("first", "second")
    assert (term.file, term.line) == ("glossary/places.yaml", 2)


def test_values_that_yaml_takes_for_something_else_stay_text(tmp_path: Path) -> None:
    text = "- {ko: 5.4, zh: 2022-10-16, en: no, kind: term}\n"
    term = load_glossary(_folder(tmp_path, terms=text)).terms["5.4"]
    assert (term.zh.preferred, term.en.preferred) == ("2022-10-16", "no")


def test_a_term_that_is_not_translated_is_rendered_by_itself(tmp_path: Path) -> None:
    text = "- {ko: [KTX, 케이티엑스], kind: term, do_not_translate: true}\n"
    term = load_glossary(_folder(tmp_path, terms=text)).terms["KTX"]
    assert term.renderings("zh").accepted == ("KTX", "케이티엑스")


FAULTS = [
    ("tab", "- ko: 심양\n\tzh: 沈阳\n", 2, "there is a tab. Use spaces instead."),
    ("unknown key", "- {ko: 심양, zh: 沈阳, kind: place, domian: x}\n", 1, "Did you mean “domain”?"),
    ("unknown key, nothing near", "- {ko: 심양, zh: 沈阳, kind: place, xyz: x}\n", 1, "Use one of: id, ko"),
    (
        "repeated key",
        "- ko: 심양\n  kind: place\n  zh: 沈阳\n  zh: 瀋陽\n",
        4,
        "“zh” stands twice in a term. Keep one.",
    ),
    (
        "repeated rendering key",
        "- {ko: 심양, kind: place, zh: {preferred: a, preferred: b}}\n",
        1,
        "“preferred” stands twice",
    ),
    ("no Korean", "- {zh: 沈阳, kind: place}\n", 1, "the term has no Korean. Add “ko: …”."),
    ("empty Korean", "- {ko: , zh: 沈阳, kind: place}\n", 1, "“ko” is empty."),
    ("empty list", "- {ko: [], zh: 沈阳, kind: place}\n", 1, "“ko” is an empty list."),
    ("one space", "- {ko: ' ', zh: 沈阳, kind: place}\n", 1, "“ko” is empty."),
    ("space at the end", "- {ko: '심양 ', zh: 沈阳, kind: place}\n", 1, "begins or ends with a space (“심양 ”)"),
    ("no rendering", "- {ko: 심양, kind: place}\n", 1, "심양 has no rendering. Add “zh: …” or “en: …”."),
    ("no preferred", "- {ko: 심양, kind: place, zh: {admitted: [a]}}\n", 1, "“zh” has no preferred rendering."),
    ("no kind", "- {ko: 심양, zh: 沈阳}\n", 1, "the term has no kind. Use one of: term, formula"),
    ("unknown kind", "- {ko: 심양, zh: 沈阳, kind: plase}\n", 1, "“plase” is not a kind. Did you mean “place”?"),
    ("unknown status", "- {ko: 심양, zh: a, kind: place, status: ok}\n", 1, "“ok” is not a status."),
    (
        "unknown flag",
        "- {ko: 심양, zh: a, kind: place, inside_words: maybe}\n",
        1,
        "“maybe” is not an answer for inside_words.",
    ),
    ("twice in one entry", "- {ko: [심양, 심양], zh: a, kind: place}\n", 1, "“심양” stands twice under “ko”."),
    (
        "preferred and forbidden",
        "- {ko: 심, zh: {preferred: a, forbidden: [a]}, kind: place}\n",
        1,
        "“a” stands in more than",
    ),
    ("a list for one text", "- {ko: 심양, zh: a, kind: [place]}\n", 1, "“kind” is to be one text."),
    ("hint mark", "- {ko: 심⟪양, zh: a, kind: place}\n", 1, "a character that is not allowed in a term"),
    ("date", "- {ko: 심양, zh: a, kind: place, valid_from: 1.3.2022}\n", 1, "is not a date for valid_from."),
    (
        "dates reversed",
        "- {ko: 심, zh: a, kind: term, valid_from: 2023, valid_to: 2022}\n",
        1,
        "ends (2022) before it begins",
    ),
    ("not a list", "ko: 심양\n", 1, "the file is not a list of terms."),
    ("not a term", "- 심양\n", 1, "this is not a term. Begin it with “- ko: …”."),
    ("broken YAML", "- ko: [심양\n- ko: 대련\n", 2, "this is not YAML"),
    ("anchor", "- {ko: &a 심양, zh: b, kind: place}\n", 1, "& and * (anchors and aliases)"),
    ("alias", "- {ko: 심양, zh: *a, kind: place}\n", 1, "& and * (anchors and aliases)"),
    ("tag", "- {ko: !!python/name:os.system 심양, zh: b, kind: place}\n", 1, "! (tags) are not used"),
    ("second document", "- {ko: 심, zh: b, kind: term}\n---\n- {ko: 양, zh: b, kind: term}\n", 2, "a second document"),
    ("deep nesting", "- ko: " + "[" * 200_000 + "\n", 1, "brackets are nested too deep."),
    ("deep blocks", "- " * 200_000 + "a\n", 1, "brackets are nested too deep."),
    ("control character", "#\n- {ko: 심\x07양, zh: a, kind: place}\n", 2, "there is U+0007, which is no text."),
    ("NUL", "- ko: 심양\n  zh: a\x00\n", 2, "there is U+0000, which is no text. Remove it"),
    ("NUL in an escape", '- {ko: "심\\0양", zh: a, kind: place}\n', 1, "a character that is not allowed in a term"),
    ("NUL in a note", '- {ko: 심, zh: a, kind: place, note: "a\\0"}\n', 1, "a character that is not allowed"),
    ("half a character", '- {ko: "\\uD800", zh: a, kind: place}\n', 1, "this is not YAML"),
    ("line separator", "- ko: 심\u2028양\n", 1, "there is U+2028, which is no text."),
    ("old line ends", "- ko: 심양\r  zh: a\r", 1, "a line end of an old kind (CR alone)"),
    ("tab far down", "- ko: 심양\n  zh: a\n  kind:\tplace\n", 3, "there is a tab."),
    ("only quotation marks", "- {ko: ‘’, zh: a, kind: place}\n", 1, "“ko” has no letter or digit (‘’)."),
    (
        "only brackets in one rendering",
        "- {ko: 심, zh: {preferred: a, admitted: [《》]}, kind: place}\n",
        1,
        "“admitted” has",
    ),
    ("a zero-width space alone", '- {ko: "\u200b", zh: a, kind: place}\n', 1, "“ko” has no letter or digit"),
    ("a forgotten quotation mark", f"- {{ko: '심양{'긴' * 300}', zh: a, kind: place}}\n", 1, "has 302 characters"),
    (
        "a list of renderings",
        "- {ko: 심양, zh: [a, b], kind: place}\n",
        1,
        "Write “zh: {preferred: …, admitted: […]}”.",
    ),
    ("a day that is not", "- {ko: 심양, zh: a, kind: place, valid_to: 2022-02-30}\n", 1, "“2022-02-30” is not a date"),
    ("merge key", "- {ko: 심양, zh: a, kind: place, <<: {en: b}}\n", 1, "“<<” is not known in a term"),
    ("laughs", "- &a [x]\n- &b [*a, *a]\n- [*b, *b]\n", 1, "& and * (anchors and aliases) are not used here."),
    ("a key that is a list", "- {[ko]: 심양, zh: a, kind: place}\n", 1, "“[…]” is not known in a term"),
]


@pytest.mark.parametrize(("text", "line", "expect"), [pytest.param(*fault[1:], id=fault[0]) for fault in FAULTS])
def test_a_fault_is_named_with_file_and_line(tmp_path: Path, text: str, line: int, expect: str) -> None:
    problems = _problems(_folder(tmp_path, places=text))
    assert problems[0].startswith(f"glossary/places.yaml, line {line}: ")
    assert expect in problems[0]


def test_a_spelling_with_two_renderings_is_named_with_both(tmp_path: Path) -> None:
    other = "- {ko: 심양, zh: 沈阳, en: Shen-yang, kind: place}\n"
    assert _problems(_folder(tmp_path, a=ENTRY, b=other)) == (
        "glossary/b.yaml, line 1: 심양 is listed twice for English "
        "(“Shenyang” in glossary/a.yaml, line 1, “Shen-yang” here). Keep one.",
    )


def test_the_same_spelling_in_two_entries_of_one_kind_is_refused_though_they_agree(tmp_path: Path) -> None:
    problems = _problems(_folder(tmp_path, a=ENTRY + ENTRY.replace("ko: 심양", "ko: [심양시, 심 양]")))
    assert problems == ("glossary/a.yaml, line 2: 심 양 is listed twice (also in glossary/a.yaml, line 1). Keep one.",)


def test_two_kinds_may_share_a_spelling_but_not_an_id(tmp_path: Path) -> None:
    term = "- {ko: 사기, zh: 诈骗, kind: term}\n"
    problems = _problems(_folder(tmp_path, a=term + "- {ko: 사기, zh: 史记, kind: work}\n"))
    assert problems == (
        "glossary/a.yaml, line 2: the id 사기 is already that of glossary/a.yaml, line 1. "
        "Give this one an id of its own, such as “id: 사기~work”.",
    )
    (tmp_path / "glossary" / "a.yaml").write_text(term + "- {ko: 사기, id: 사기~work, zh: 史记, kind: work}\n")
    glossary = load_glossary(tmp_path / "glossary")
    assert set(glossary.terms) == {"사기", "사기~work"}
    assert [term.id for term in glossary.homographs["사기"]] == ["사기", "사기~work"]


def test_a_deprecated_entry_does_not_stand_in_the_way_of_its_successor(tmp_path: Path) -> None:
    old = "- {ko: 심양, id: 심양~old, zh: 奉天, kind: place, status: deprecated}\n"
    assert set(load_glossary(_folder(tmp_path, a=old + ENTRY)).terms) == {"심양~old", "심양"}


def test_the_problems_of_all_files_come_together(tmp_path: Path) -> None:
    folder = _folder(tmp_path, a="- {ko: 심양, zh: a}\n- {zh: b, kind: term}\n", b="- [\n", c=ENTRY)
    (folder / "d.yaml").write_bytes("- ko: 심양".encode("cp949"))
    (folder / "e.yaml").mkdir()
    problems = _problems(folder)
    assert [problem.split(":")[0] for problem in problems] == [
        *("glossary/a.yaml, line 1", "glossary/a.yaml, line 2", "glossary/b.yaml, line 2"),
        *("glossary/d.yaml, line 1", "glossary/e.yaml"),
    ]


FILES = [
    ("UTF-16", "- ko: 심양\n".encode("utf-16"), "line 1: is UTF-16. Save it as UTF-8."),
    ("UTF-16 without mark", "- ko: a\n".encode("utf-16-le"), "line 1: there is U+0000, which is no text."),
    ("EUC-KR", "# a\n#\n- ko: 심양\n".encode("cp949"), "line 3: is not UTF-8 (byte 13 of the file). Save it as UTF-8."),
]


@pytest.mark.parametrize(("content", "expect"), [pytest.param(*one[1:], id=one[0]) for one in FILES])
def test_a_file_in_another_encoding_is_named_with_the_line(tmp_path: Path, content: bytes, expect: str) -> None:
    folder = _folder(tmp_path)
    (folder / "a.yaml").write_bytes(content)
    assert _problems(folder)[0].startswith(f"glossary/a.yaml, {expect}")


def test_a_folder_a_link_without_end_and_a_pipe_are_not_read(tmp_path: Path) -> None:
    folder = _folder(tmp_path, a=ENTRY)
    (folder / "b.yaml").mkdir()
    (folder / "c.yaml").symlink_to(folder / "d.yaml")
    (folder / "d.yaml").symlink_to(folder / "c.yaml")
    (folder / "e.yaml").symlink_to(folder / "nowhere.yaml")
    os.mkfifo(folder / "f.yaml")
    problems = _problems(folder)
    assert [problem.split(":")[0] for problem in problems] == [f"glossary/{name}.yaml" for name in "bcdef"]
    assert "is a folder, not a file. Rename it" in problems[0]
    assert "Remove the link, or point it to a file." in problems[1]
    assert "Remove the link" in problems[3]
    assert "is not a plain file. Move it out" in problems[4]
    with pytest.raises(GlossaryError, match="is a folder"):
        glossary_fingerprint(folder)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    folder = _folder(tmp_path, a=ENTRY)
    with (folder / "b.yaml").open("wb") as file:
        file.truncate(200 * 2**20)  # takes no room on the disk
    assert _problems(folder) == (
        "glossary/b.yaml: has 200 MB, and no glossary file has more than 32. Divide it, or move it out.",
    )


def test_windows_line_ends_change_neither_lines_nor_texts(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    text = (
        "# a\n- ko: 심양\n  zh: 沈阳\n  kind: place\n  note: |\n    one\n    two\n- {ko: 대련, zh: 大连, kind: place}\n"
    )
    (folder / "a.yaml").write_bytes(text.replace("\n", "\r\n").encode())
    terms = load_glossary(folder).terms
    assert [(term.line, term.note) for term in terms.values()] == [(2, "one\ntwo"), (8, "")]


def test_a_term_may_be_the_beginning_of_ten_thousand_others(tmp_path: Path) -> None:
    entries = "".join(f"- {{ko: 심양{number}, zh: 沈阳{number}, kind: place}}\n" for number in range(10_000))
    assert len(load_glossary(_folder(tmp_path, a=ENTRY + entries)).terms) == 10_001


@pytest.mark.parametrize("flag", ["true", "True", "TRUE", "yes", "Yes"])
def test_a_flag_may_be_written_in_capitals(tmp_path: Path, flag: str) -> None:
    text = f"- {{ko: KTX, kind: term, do_not_translate: {flag}}}\n"
    assert load_glossary(_folder(tmp_path, a=text)).terms["KTX"].do_not_translate


TURNS = [
    ("one after the other", "valid_to: 2020-12", "valid_from: 2021-01", True),
    ("to the day", "valid_to: 2021-03-14", "valid_from: 2021-03-15", True),
    ("in the same month", "valid_to: 2021-03", "valid_from: 2021-03-15", False),
    ("in the same year", "valid_to: 2021", "valid_from: 2021-03-15", False),
    ("no end", "valid_from: 2020", "valid_from: 2021", False),
]


@pytest.mark.parametrize(("first", "second", "is_fine"), [pytest.param(*one[1:], id=one[0]) for one in TURNS])
def test_two_entries_may_take_turns_with_a_spelling(tmp_path: Path, first: str, second: str, is_fine: bool) -> None:
    old, new = (ENTRY.replace("}", f", id: {name}, {date}}}") for name, date in (("old", first), ("new", second)))
    folder = _folder(tmp_path, a=old + new)
    if is_fine:
        assert set(load_glossary(folder).terms) == {"old", "new"}
    else:
        assert "심양 is listed twice" in _problems(folder)[0]


# --- what was read is kept -----------------------------------------------------------------------------------------


def _read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that are parsed from now on."""
    names: list[str] = []

    def read_and_note(text: str, name: str, problems: list[str]) -> list[Term]:
        names.append(name)
        return read_entries(text, name, problems)

    monkeypatch.setattr("pipeline.glossary.read_entries", read_and_note)
    return names


def test_an_unchanged_glossary_is_not_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "not" / "there"
    first = load_glossary(SHIPPED, cache)
    parsed = _read(monkeypatch)
    assert load_glossary(SHIPPED, cache) == first == load_glossary(SHIPPED)
    assert len(parsed) == len(list(SHIPPED.glob("*.yaml")))  # of the last one, which has no cache


def test_every_field_survives_being_kept(tmp_path: Path) -> None:
    text = """\
- {ko: [가, ‘나’], id: 다, zh: {preferred: 甲, admitted: [乙, 丙], forbidden: [丁]}, kind: formula, domain: x,
   status: proposed, valid_from: 2021, valid_to: 2022-10, inside_words: true, note: "a\\nb", evidence: [e, f]}
- {ko: KTX, en: x, kind: work, do_not_translate: true}
"""
    folder = _folder(tmp_path, a=text)
    assert load_glossary(folder, tmp_path) == load_glossary(folder, tmp_path) == load_glossary(folder)


def test_a_changed_file_a_renamed_folder_and_another_program_are_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _folder(tmp_path, a=ENTRY, b="- {ko: 대련, zh: 大连, kind: place}\n")
    load_glossary(folder, tmp_path)
    (folder / "a.yaml").write_text(ENTRY.replace("Shenyang", "Mukden"), encoding="utf-8")
    assert load_glossary(folder, tmp_path).terms["심양"].en.preferred == "Mukden"
    other = folder.rename(tmp_path / "terms")
    assert load_glossary(other, tmp_path).terms["심양"].file == "terms/a.yaml"
    parsed = _read(monkeypatch)
    monkeypatch.setattr("pipeline.glossary._reader_fingerprint", lambda: "newer")
    load_glossary(other, tmp_path)
    assert parsed == ["terms/a.yaml", "terms/b.yaml"]


def test_what_is_damaged_is_read_anew_and_kept_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _folder(tmp_path, a=ENTRY)
    glossary = load_glossary(folder, tmp_path)
    kept = next(path for path in tmp_path.iterdir() if path.is_file())
    whole = kept.read_bytes()
    head, body = whole.split(b"\n")
    resigned = head[:65] + hashlib.sha256(b"[[1]]").hexdigest().encode() + b"\n[[1]]"
    for damaged in (b"", whole[:-3], whole.replace(b"Shen", b"Sham"), b"\xff" * 99, head + b"\n[]" + body, resigned):
        kept.write_bytes(damaged)
        parsed = _read(monkeypatch)
        assert load_glossary(folder, tmp_path) == glossary
        assert parsed == ["glossary/a.yaml"]
        assert kept.read_bytes() == whole


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    folder = _folder(tmp_path, a=ENTRY)
    (tmp_path / "file").write_text("")
    assert set(load_glossary(folder, tmp_path / "file").terms) == {"심양"}
    (tmp_path / "cache" / ".glossary.json").mkdir(parents=True)
    assert set(load_glossary(folder, tmp_path / "cache").terms) == {"심양"}
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".glossary.json"]


def test_a_faulty_glossary_is_not_kept(tmp_path: Path) -> None:
    folder = _folder(tmp_path, a=ENTRY + ENTRY)
    for _ in range(2):
        with pytest.raises(GlossaryError):
            load_glossary(folder, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_the_collector_is_on_again_after_loading(tmp_path: Path) -> None:
    load_glossary(_folder(tmp_path, a=ENTRY))
    assert gc.isenabled()


def test_a_missing_folder_is_said_to_be_missing(tmp_path: Path) -> None:
    assert "there is no such folder" in _problems(tmp_path / "glossary")[0]
    with pytest.raises(GlossaryError, match="no such folder"):
        glossary_fingerprint(tmp_path / "glossary")


def test_an_empty_folder_and_an_empty_file_are_an_empty_glossary(tmp_path: Path) -> None:
    assert load_glossary(_folder(tmp_path, empty="", comment="# nothing yet\n")).terms == {}


def test_other_files_and_hidden_ones_are_left_alone(tmp_path: Path) -> None:
    folder = _folder(tmp_path, a=ENTRY)
    before = glossary_fingerprint(folder)
    (folder / ".a.yaml.swp.yaml").write_text("[")
    (folder / "notes.txt").write_text("[")
    assert set(load_glossary(folder).terms) == {"심양"}
    assert glossary_fingerprint(folder) == before


def test_the_fingerprint_follows_the_content_and_nothing_else(tmp_path: Path) -> None:
    folder = _folder(tmp_path, a=ENTRY)
    before = glossary_fingerprint(folder)
    assert load_glossary(folder).fingerprint == before
    (folder / "a.yaml").touch()
    assert glossary_fingerprint(folder) == before
    (folder / "a.yaml").write_text(ENTRY + "# a comment\n", encoding="utf-8")
    assert glossary_fingerprint(folder) != before


def test_text_may_not_wander_between_files_unnoticed(tmp_path: Path) -> None:
    folder = _folder(tmp_path, a="- 1\n- 2\n", b="")
    before = glossary_fingerprint(folder)
    (folder / "a.yaml").write_text("- 1\n")
    (folder / "b.yaml").write_text("- 2\n")
    assert glossary_fingerprint(folder) != before


def test_a_byte_order_mark_and_the_other_suffix_are_no_hindrance(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "a.yml").write_text(ENTRY, encoding="utf-8-sig")
    assert set(load_glossary(folder).terms) == {"심양"}
