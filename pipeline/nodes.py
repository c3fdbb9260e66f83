"""YAML as plain nodes that know where they stand: strings, lists, mappings, and nothing that a person would not write.

The C parser only delivers events; the nodes are put together here without recursion, because deep brackets would end
PyYAML's own composer with a crash, and 8,000 entries take a quarter of its time.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    """Where something stands: its first line, 1-based, and `text[start:end]` without what follows it on the line."""

    line: int
    start: int
    end: int


@dataclass(slots=True)
class Scalar(Node):
    """A value as it is written: `no`, `1` and an empty one are strings too."""

    text: str


@dataclass(slots=True)
class Listing(Node):
    """A list; `flow` says that it is written in brackets."""

    flow: bool
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping(Node):
    """A mapping as a list of pairs, so that repeated keys are still there."""

    flow: bool
    pairs: list[tuple[Node, Node]] = field(default_factory=list)


def read_nodes(text: str) -> Node | None:
    """The nodes of a YAML text, None where there are none.

    Raises NodesError for what is not YAML, and for anchors, aliases, tags, a second document and deep nesting.
    """
    documents: list[Node] = []
    children = documents  # of what was opened last
    open_nodes: list[tuple[Listing | Mapping, list[Node]]] = []  # what is open, with the children of what is around it
    for event in _events(text):
        if isinstance(event, yaml.ScalarEvent):
            children.append(_scalar(event, text))
        elif isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((_opened(event), children))
            children = []
            if len(open_nodes) > DEEPEST:
                raise NodesError(_line(event), "brackets are nested too deep. Check that each one is closed.")
        elif isinstance(event, yaml.CollectionEndEvent):
            node, around = open_nodes.pop()
            _close(node, children, _end(event))
            children = around
            children.append(node)
        elif isinstance(event, yaml.AliasEvent):
            _refuse(event)
        elif isinstance(event, yaml.DocumentStartEvent) and documents:
            raise NodesError(_line(event), "a second document begins here (---). Remove that line.")
    return documents[0] if documents else None


def _events(text: str) -> Iterator[yaml.Event]:
    """The events of the parser, its errors as NodesError."""
    try:
        loader = yaml.CSafeLoader(text)
        while (event := loader.get_event()) is not None:
            yield event
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(filter(None, (error.context, error.problem)))
        raise NodesError(
            mark.line + 1 if mark else 1, f"this is not YAML ({reason}). Check quotes and brackets."
        ) from error
    except yaml.YAMLError as error:
        raise NodesError(1, f"this is not YAML ({' '.join(str(error).split())}). Remove special characters.") from error


def _refuse(event: yaml.NodeEvent) -> None:
    """Anchors, aliases and tags: a small file could stand for a huge one, and nobody writes them by hand."""
    if event.anchor:
        problem = "& and * (anchors and aliases) are not used here. Write it out, or put it in quotes."
        raise NodesError(_line(event), problem)
    if getattr(event, "tag", None):
        raise NodesError(_line(event), "! (tags) are not used here. Write it without, or put it in quotes.")


def _scalar(event: yaml.ScalarEvent, text: str) -> Scalar:
    _refuse(event)
    start, end = _start(event), _end(event)
    if event.style and event.style in "|>":  # such a text ends, for the parser, where the next thing begins
        end = start + len(text[start:end].rstrip())
    return Scalar(_line(event), start, end, event.value)


def _opened(event: yaml.CollectionStartEvent) -> Listing | Mapping:
    """A list or mapping that has no children yet; where it ends is not known."""
    _refuse(event)
    made = Listing if isinstance(event, yaml.SequenceStartEvent) else Mapping
    return made(_line(event), _start(event), -1, bool(event.flow_style))


def _close(node: Listing | Mapping, children: list[Node], end: int) -> None:
    """Give a node its children; one without brackets ends with the last of them."""
    node.end = end if node.flow or not children else children[-1].end
    if isinstance(node, Listing):
        node.items = children
    else:
        node.pairs = list(zip(children[::2], children[1::2], strict=True))


def _line(event: yaml.Event) -> int:
    """The line of an event, 1-based."""
    return event.start_mark.line + 1 if event.start_mark else 1


def _start(event: yaml.Event) -> int:
    """Where an event begins, in characters."""
    return event.start_mark.index if event.start_mark else 0


def _end(event: yaml.Event) -> int:
    """Where an event ends, in characters."""
    return event.end_mark.index if event.end_mark else 0
