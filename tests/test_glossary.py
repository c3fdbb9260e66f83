"""Loading the glossary: the shipped one is sound, and every fault is named with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import GlossaryError
from pipeline.glossary import Glossary, glossary_fingerprint, load_glossary

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
    ("unknown flag", "- {ko: 심양, zh: a, kind: place, inside_words: maybe}\n", 1, "is not a inside_words"),
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
    ("control character", "- {ko: 심\x07양, zh: a, kind: place}\n", 1, "this is not YAML"),
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
        *("glossary/d.yaml", "glossary/e.yaml"),
    ]


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
