"""YAML as plain nodes that know their line: strings, lists, mappings, and nothing that a person would not write.

The C parser only delivers events; the nodes are put together here without recursion, because deep brackets would end
PyYAML's own composer with a crash, and 8,000 entries take a quarter of its time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

DEEPEST = 12  # levels; a glossary entry needs four


class NodesError(Exception):
    """The text cannot be read; `line` is 1-based."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line, self.problem = line, problem


@dataclass(slots=True)
class Node:
    """Where something stands in a file."""

    line: int


@dataclass(slots=True)
class Scalar(Node):
    """A value as it is written: `no`, `1` and an empty one are strings too."""

    text: str


@dataclass(slots=True)
class Listing(Node):
    """A list."""

    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping(Node):
    """A mapping as a list of pairs, so that repeated keys are still there."""

    pairs: list[tuple[Node, Node]] = field(default_factory=list)


def read_nodes(text: str) -> Node | None:
    """The nodes of a YAML text, None where there are none.

    Raises NodesError for what is not YAML, and for anchors, aliases, tags, a second document and deep nesting.
    """
    documents: list[Node] = []
    open_nodes: list[tuple[Listing | Mapping, list[Node]]] = []  # what is open, and the children it has so far
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            _refuse(event, line)
            if isinstance(event, yaml.ScalarEvent):
                (open_nodes[-1][1] if open_nodes else documents).append(Scalar(line, event.value))
            elif isinstance(event, yaml.CollectionStartEvent):
                is_list = isinstance(event, yaml.SequenceStartEvent)
                open_nodes.append((Listing(line) if is_list else Mapping(line), []))
                if len(open_nodes) > DEEPEST:
                    raise NodesError(line, "brackets are nested too deep. Check that each one is closed.")
            elif isinstance(event, yaml.CollectionEndEvent):
                node = _closed(*open_nodes.pop())
                (open_nodes[-1][1] if open_nodes else documents).append(node)
            elif isinstance(event, yaml.DocumentStartEvent) and documents:
                raise NodesError(line, "a second document begins here (---). Remove that line.")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(filter(None, (error.context, error.problem)))
        raise NodesError(
            mark.line + 1 if mark else 1, f"this is not YAML ({reason}). Check quotes and brackets."
        ) from error
    except yaml.YAMLError as error:
        raise NodesError(1, f"this is not YAML ({' '.join(str(error).split())}). Remove special characters.") from error
    return documents[0] if documents else None


def _refuse(event: yaml.Event, line: int) -> None:
    """Anchors, aliases and tags: a small file could stand for a huge one, and nobody writes them by hand."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise NodesError(line, "& and * (anchors and aliases) are not used here. Write it out, or put it in quotes.")
    if getattr(event, "tag", None):
        raise NodesError(line, "! (tags) are not used here. Write it without, or put it in quotes.")


def _closed(node: Listing | Mapping, children: list[Node]) -> Listing | Mapping:
    if isinstance(node, Listing):
        node.items = children
    else:
        node.pairs = list(zip(children[::2], children[1::2], strict=True))
    return node
