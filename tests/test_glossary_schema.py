"""The schema that editors complete and validate with says what the reader says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.entries import ENTRY_KEYS, KINDS, RENDERING_KEYS, STATUSES, read_entries
from pipeline.nodes import Listing, Mapping, Node, Scalar, read_nodes

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "pipeline" / "glossary.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
TERM = SCHEMA["$defs"]["term"]


CORE_TYPES = {"": None, "~": None, "null": None, "true": True, "True": True, "false": False, "False": False}


def _as_an_editor_reads(text: str) -> object:
    """The values with the types of the core schema of YAML 1.2: `no` and 2022-10-16 are texts, 2022 is a number."""

    def value(node: Node | None) -> object:
        if isinstance(node, Listing):
            return [value(item) for item in node.items]
        if isinstance(node, Mapping):
            return {getattr(key, "text", "[…]"): value(one) for key, one in node.pairs}
        if not isinstance(node, Scalar) or text[node.start : node.start + 1] in ("'", '"', "|", ">"):
            return node.text if isinstance(node, Scalar) else None
        if re.fullmatch(r"[-+]?\d+", node.text):
            return int(node.text)
        if re.fullmatch(r"[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?", node.text):
            return float(node.text)
        return CORE_TYPES.get(node.text, node.text)

    return value(read_nodes(text))


def _refused_by_the_schema(text: str) -> bool:
    return not VALIDATOR.is_valid(_as_an_editor_reads(text))


def _refused_by_the_reader(text: str) -> bool:
    problems: list[str] = []
    read_entries(text, "a.yaml", problems)
    return bool(problems)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_knows_the_keys_and_choices_of_the_reader() -> None:
    assert tuple(TERM["properties"]) == ENTRY_KEYS
    assert tuple(SCHEMA["$defs"]["renderings"]["anyOf"][1]["properties"]) == RENDERING_KEYS
    assert TERM["properties"]["kind"]["enum"] == list(KINDS)
    assert TERM["properties"]["status"]["enum"] == list(STATUSES)


def test_every_key_is_described() -> None:
    described = {**TERM["properties"], **SCHEMA["$defs"]["renderings"]["anyOf"][1]["properties"]}
    assert [key for key, value in described.items() if len(value.get("description", "")) < 20] == []


def test_the_manual_names_every_key_and_its_example_is_read() -> None:
    manual = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    assert [key for key in (*ENTRY_KEYS, *RENDERING_KEYS) if f"`{key}`" not in manual and f"{key}:" not in manual] == []
    example = re.search(r"```yaml\n(.*?)```", manual, re.DOTALL)
    assert example
    assert not _refused_by_the_reader(example[1])
    assert not _refused_by_the_schema(example[1])


def test_every_example_is_valid() -> None:
    for value in TERM["properties"].values():
        own = {"$defs": SCHEMA["$defs"], **value}
        for example in value.get("examples", ()):
            Draft202012Validator(own).validate(example)


@pytest.mark.parametrize("path", sorted((ROOT / "glossary").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_file_is_valid_and_names_the_schema(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not [error.message for error in VALIDATOR.iter_errors(_as_an_editor_reads(text))]
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named
    assert (path.parent / named[1]).resolve() == (ROOT / "pipeline" / "glossary.schema.json")


RIGHT = [
    "",
    "# nothing yet\n",
    "- {ko: 심양, zh: 沈阳, kind: place}\n",
    "- {ko: [심양, 선양], en: Shenyang, kind: place}\n",
    "- {ko: 심양, zh: {preferred: 沈阳}, kind: place}\n",
    "- {ko: 심양, zh: {preferred: 沈阳, admitted: 沈阳市, forbidden: [瀋陽, 盛京]}, kind: place}\n",
    "- {ko: KTX, do_not_translate: true, kind: term}\n",
    "- {ko: KTX, do_not_translate: yes, kind: term}\n",
    "- {ko: 5.4, zh: 110, en: no, kind: term}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, valid_from: 2022, valid_to: 2022-10-16}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, valid_from: '2022', valid_to: 2022-12}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, id: 심양~place, domain: Liaoning, status: proposed, inside_words: false}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, evidence: seen}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, evidence: [seen, 'seen again']}\n",
    "- ko: 심양\n  zh: 沈阳\n  kind: place\n  note: |\n    Two\n    lines.\n",
    "- {ko: ‘3농’, zh: “三农”, kind: term}\n",
]
WRONG = [
    "ko: 심양\n",
    "심양\n",
    "- 심양\n",
    "- [심양]\n",
    "- {zh: 沈阳, kind: place}\n",
    "- {ko: , zh: 沈阳, kind: place}\n",
    "- {ko: '', zh: 沈阳, kind: place}\n",
    "- {ko: ' ', zh: 沈阳, kind: place}\n",
    "- {ko: '심양 ', zh: 沈阳, kind: place}\n",
    "- {ko: ' 심양', zh: 沈阳, kind: place}\n",
    "- {ko: [], zh: 沈阳, kind: place}\n",
    "- {ko: [심양, 심양], zh: 沈阳, kind: place}\n",
    "- {ko: [[심양]], zh: 沈阳, kind: place}\n",
    "- {ko: {preferred: 심양}, zh: 沈阳, kind: place}\n",
    "- {ko: ‘’, zh: 沈阳, kind: place}\n",
    "- {ko: '《 》', zh: 沈阳, kind: place}\n",
    "- {ko: 심⟪양, zh: 沈阳, kind: place}\n",
    '- {ko: "심\\n양", zh: 沈阳, kind: place}\n',
    '- {ko: "심\\0양", zh: 沈阳, kind: place}\n',
    f"- {{ko: 심{'양' * 300}, zh: 沈阳, kind: place}}\n",
    "- {ko: 심양, kind: place}\n",
    "- {ko: 심양, kind: place, do_not_translate: false}\n",
    "- {ko: 심양, zh: , kind: place}\n",
    "- {ko: 심양, zh: [沈阳], kind: place}\n",
    "- {ko: 심양, zh: {}, kind: place}\n",
    "- {ko: 심양, zh: {admitted: [沈阳]}, kind: place}\n",
    "- {ko: 심양, zh: {preferred: [沈阳]}, kind: place}\n",
    "- {ko: 심양, zh: {preferred: 沈阳, admited: [沈阳市]}, kind: place}\n",
    "- {ko: 심양, zh: {preferred: 沈阳, admitted: []}, kind: place}\n",
    "- {ko: 심양, zh: {preferred: 沈阳, forbidden: ['“”']}, kind: place}\n",
    "- {ko: 심양, en: '。', kind: place}\n",
    "- {ko: 심양, zh: 沈阳}\n",
    "- {ko: 심양, zh: 沈阳, kind: plase}\n",
    "- {ko: 심양, zh: 沈阳, kind: [place]}\n",
    "- {ko: 심양, zh: 沈阳, kind: Place}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, status: ok}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, domian: x}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, domain: [x]}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, id: ' x'}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, valid_from: 1.3.2022}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, valid_from: 2022-13}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, valid_to: 22}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, valid_to: [2022]}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, inside_words: maybe}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, do_not_translate: 1}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, note: }\n",
    "- {ko: 심양, zh: 沈阳, kind: place, note: [a]}\n",
    '- {ko: 심양, zh: 沈阳, kind: place, note: "a\\0"}\n',
    "- {ko: 심양, zh: 沈阳, kind: place, evidence: []}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, evidence: [a, a]}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, evidence: ['']}\n",
]


@pytest.mark.parametrize("text", RIGHT)
def test_both_take_a_right_entry(text: str) -> None:
    assert not _refused_by_the_reader(text)
    assert not _refused_by_the_schema(text)


@pytest.mark.parametrize("text", WRONG)
def test_both_refuse_a_wrong_entry(text: str) -> None:
    assert _refused_by_the_reader(text)
    assert _refused_by_the_schema(text)


# What a schema cannot say: keys that stand twice, days of the calendar, one value compared with another.
ONLY_THE_READER = [
    "- {ko: 심양, zh: 沈阳, kind: place, valid_to: 2022-02-30}\n",
    "- {ko: 심양, zh: 沈阳, kind: place, valid_from: 2023, valid_to: 2022}\n",
    "- {ko: 심양, zh: {preferred: 沈阳, forbidden: [沈阳]}, kind: place}\n",
]


@pytest.mark.parametrize("text", ONLY_THE_READER)
def test_the_reader_sees_more(text: str) -> None:
    assert _refused_by_the_reader(text)
    assert not _refused_by_the_schema(text)


WORDS = st.text("가나沈a1 ‘’《》()·,.-⟪\u200b\u00a0\u3000", min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(word=WORDS, key=st.sampled_from(["ko", "zh", "en", "id", "domain", "note", "evidence"]))
def test_reader_and_schema_agree_on_every_text(word: str, key: str) -> None:
    entry = {"ko": "심양", "zh": "沈阳", "kind": "place", key: word}
    assert _refused_by_the_reader(json.dumps([entry], ensure_ascii=False)) == (not VALIDATOR.is_valid([entry]))
