"""Imports point downwards only: the layers of docs/design.md, read from the code."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "pipeline"
LAYERS = [  # a module imports only from lines below its own
    {"__main__"},
    {"cli"},
    {"termbase"},
    {"console"},
    {"doctor"},
    {"workspace", "evaluate"},
    {"collect", "deliver"},
    {"reannotate"},
    {
        "annotate",
        "check",
        "publish",
        "translate",
        "revise",
        "edits",
        "intake",
        "index",
        "summary",
        "train",
        "report",
        "changes",
    },
    {"insist"},
    {"formats", "engines", "checks", "exchange", "parts", "metrics", "occurrences"},
    {"office", "galley"},
    {"bilingual"},
    {"publication", "store", "clauses", "consistency", "stamps"},
    {"hints", "marian", "press", "register", "remarks"},
    {"mentions", "glosses", "labels", "cells"},
    {"patterns", "candidates", "columns"},
    {"glossary", "segment", "decode", "numerals", "faults", "beams", "furniture", "testset", "incoming"},
    {"entries"},
    {"orthography", "particles", "nodes", "enclosures", "readings", "inflect"},
    {"article", "terms"},
    {"languages", "settings"},
    {"errors", "__init__"},
]
WITHIN_A_LAYER = {("settings", "languages")}  # the few arrows inside a line: the targets
FAMILIES = {"formats", "engines", "checks", "exchange"}


def level(module: str) -> int:
    found = [number for number, names in enumerate(LAYERS) if module in names]
    assert found, f"pipeline/{module} stands in no layer: give it a place in LAYERS and in docs/design.md"
    return found[0]


def imports(path: Path) -> list[list[str]]:
    """The parts, after `pipeline`, of every module that a file imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "pipeline":
            parts = node.module.split(".")[1:]
            found += [[*parts, alias.name] for alias in node.names] if len(parts) < 2 else [parts]
        elif isinstance(node, ast.Import):
            found += [alias.name.split(".")[1:] for alias in node.names if alias.name.startswith("pipeline.")]
    return [parts for parts in found if (PACKAGE / parts[0]).is_dir() or (PACKAGE / f"{parts[0]}.py").is_file()]


def test_imports_point_downwards_and_siblings_of_a_family_do_not_know_each_other() -> None:
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).with_suffix("").parts
        for imported in imports(path):
            same = imported[0] == module[0]
            in_family = same and module[0] in FAMILIES
            sibling = in_family and len(imported) > 1 and (PACKAGE / imported[0] / f"{imported[1]}.py").is_file()
            upwards = not same and level(imported[0]) <= level(module[0]) and module[0] != "__init__"
            if sibling or (upwards and (module[0], imported[0]) not in WITHIN_A_LAYER):
                wrong.append(f"{'.'.join(module)} imports {'.'.join(imported)}")
    assert not wrong


def test_no_file_is_called_by_a_name_that_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "core", "base", "manager", "misc"}
    assert not [path for path in PACKAGE.rglob("*.py") if path.stem in empty]
