"""Changes the text of one glossary file as a person would: what a change is not about keeps every character.

New entries are written in the style of the files we ship: a line a key, lists and renderings in brackets.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from pipeline.entries import DATE, ENTRY_KEYS
from pipeline.nodes import Listing, Node, Scalar
from pipeline.nodes import Mapping as MappingNode
from pipeline.terms import Renderings, Term

Plain: TypeAlias = "str | bool | Sequence[str] | Mapping[str, Plain]"  # what stands behind a key
Edit = tuple[int, int, str]  # start, end, what stands there instead

NEEDS_QUOTES = re.compile(
    r"""
      ^[-?:](?:\s|$) | ^[,\[\]{}\#&*!|>'"%@`]     # what YAML takes for a mark of its own
    | :(?:\s|$) | \s\#                            # a key, a comment
    | ^[\s.] | \s$                                # spaces at the edges, ... and ---
    | ^---
    """,
    re.VERBOSE,
)
IN_BRACKETS = re.compile(r"[,\[\]{}]|:$|:[,\[\]{}]")
OTHER_TYPES = re.compile(r"(?i:true|false|yes|no|on|off|y|n|null|~)|[-+.\d][-+.\d_,:exa-fo]*")  # for other readers


class NotChangeableError(Exception):
    """The file is written in a way that cannot be changed without losing something; `offset` is where."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def values_of(term: Term) -> dict[str, Plain]:
    """What an entry says, by key, in the usual order; defaults are not written."""
    values: dict[str, Plain | None] = {
        "id": term.id if term.id != term.ko[0] else None,
        "ko": _one_or_list(term.ko),
        "zh": _rendered(term.zh),
        "en": _rendered(term.en),
        "kind": term.kind,
        "domain": term.domain,
        "status": term.status if term.status != "approved" else None,
        "valid_from": term.valid_from,
        "valid_to": term.valid_to,
        "do_not_translate": term.do_not_translate,
        "inside_words": term.inside_words,
        "note": term.note,
        "evidence": _one_or_list(term.evidence),
    }
    return {key: value for key, value in values.items() if value}


def entry_edit(text: str, root: Node | None, after: int | None, term: Term) -> Edit:
    """The edit that puts a new entry behind the entry with this number, or at the end of a file that has none."""
    newline = _newline(text)
    values = values_of(term)
    if not isinstance(root, Listing) or after is None:
        before = "" if not text or text.endswith("\n") else newline
        return len(text), len(text), before + _entry(values, 0, newline) + newline
    entry = root.items[after]
    if root.flow:
        return entry.end, entry.end, f", {_flow(values)}"
    column = text.rindex("-", 0, entry.start) - _line_start(text, entry.start)
    apart = newline if after and _is_blank_between(text, root.items[after - 1].end, entry.start) else ""
    end = _line_end(text, entry.end)
    return end, end, newline + apart + _entry(values, column, newline)


def value_edits(text: str, entry: MappingNode, before: Term, after: Term) -> Iterator[Edit]:
    """The edits that make an entry say what `after` says, where that differs from `before`.

    Raises NotChangeableError where a comment would be lost.
    """
    old, new = values_of(before), values_of(after)
    changed = {key: new.get(key) for key in ENTRY_KEYS if old.get(key) != new.get(key)}
    yield from _mapping_edits(text, entry, changed, ENTRY_KEYS)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; of several at one place the first comes first."""
    pieces: list[str] = []
    done = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        if start < done:
            raise NotChangeableError(start)
        pieces += (text[done:start], new)
        done = end
    return "".join([*pieces, text[done:]])


# --- what changes inside an entry ----------------------------------------------------------------------------------


def _mapping_edits(
    text: str, node: MappingNode, changed: Mapping[str, Plain | None], order: Sequence[str]
) -> Iterator[Edit]:
    """Set and remove (None) the values of a mapping; a new key comes behind those that usually stand before it."""
    keys = [key.text if isinstance(key, Scalar) else "" for key, _ in node.pairs]
    spans = [(key.start, value.end) for key, value in node.pairs]
    removed = [number for number, key in enumerate(keys) if key in changed and changed[key] is None]
    yield from _removals(text, spans, removed, node.flow)
    for key, (_, value) in zip(keys, node.pairs, strict=True):
        plain = changed.get(key)
        if plain is not None:
            yield from _value_edits(text, value, key, plain, node)
    for key, plain in changed.items():
        if plain is not None and key not in keys:
            earlier = [n for n, have in enumerate(keys) if n not in removed and order.index(have) < order.index(key)]
            yield _insertion(text, spans, max(earlier, default=-1), _pair(text, node, key, plain), node.flow)


def _value_edits(text: str, node: Node, key: str, plain: Plain, around: MappingNode) -> Iterator[Edit]:
    """Give a key another value."""
    if isinstance(node, MappingNode) and isinstance(plain, Mapping):
        old = {name.text: _plain(value) for name, value in node.pairs if isinstance(name, Scalar)}
        wanted = {name: plain.get(name) for name in (*old, *plain)}
        different = {name: value for name, value in wanted.items() if value is None or _differ(old.get(name), value)}
        yield from _mapping_edits(text, node, different, ("preferred", "admitted", "forbidden"))
    elif isinstance(node, Listing) and not isinstance(plain, Mapping | bool):
        yield from _listing_edits(text, node, [plain] if isinstance(plain, str) else plain)
    elif isinstance(node, MappingNode | Listing) and not node.flow:
        start = next(name.end for name, value in around.pairs if value is node)
        _keep_comments(text, start, node.end, [])
        yield start, node.end, f": {_flow(plain)}"
    else:
        written = _behind(text, around, key, plain, text[node.start])
        yield node.start, node.end, written


def _listing_edits(text: str, node: Listing, wanted: Sequence[str]) -> Iterator[Edit]:
    """Make a list say these texts; items that stay are not touched."""
    have = [item.text if isinstance(item, Scalar) else "" for item in node.items]
    spans = [(item.start, item.end) for item in node.items]
    dashes = spans if node.flow else [(text.rindex("-", 0, start), end) for start, end in spans]
    removed: list[int] = []
    added: list[Edit] = []
    kept = -1
    for what, start, end, first, last in difflib.SequenceMatcher(None, have, wanted, autojunk=False).get_opcodes():
        if what == "equal":
            kept = end - 1
            continue
        both = min(end - start, last - first)
        for offset in range(both):
            span = spans[start + offset]
            added.append((*span, _scalar(wanted[first + offset], node.flow, text[span[0]])))
        kept = start + both - 1 if both else kept
        removed += range(start + both, end)
        for new in wanted[first + both : last]:
            lead = "" if node.flow else "- "
            added.append(_insertion(text, dashes, kept, lead + _scalar(new, node.flow), node.flow))
    yield from _removals(text, dashes, removed, node.flow)
    yield from added


def _insertion(text: str, spans: Sequence[tuple[int, int]], after: int, content: str, flow: bool) -> Edit:
    """Content as a child of its own behind the child `after`, or before all of them (-1)."""
    first = spans[0][0]
    if flow:
        return (first, first, f"{content}, ") if after < 0 else (spans[after][1], spans[after][1], f", {content}")
    indent = " " * (first - _line_start(text, first))
    newline = _newline(text)
    if after < 0:
        return first, first, content + newline + indent
    place = _line_end(text, spans[after][1])
    return place, place, newline + indent + content


def _removals(text: str, spans: Sequence[tuple[int, int]], removed: Sequence[int], flow: bool) -> Iterator[Edit]:
    """Take children out, each run of them at once, in brackets with the comma and otherwise with the lines."""
    kept = [number for number in range(len(spans)) if number not in removed]
    for number in removed:
        if number and number - 1 in removed:
            continue
        following = next((one for one in kept if one > number), None)
        last = (following or len(spans)) - 1
        begins_line = not text[_line_start(text, spans[number][0]) : spans[number][0]].strip()
        if number == 0 or (flow and following is not None):
            start, end = spans[number][0], spans[following or 0][0]
        elif flow or not begins_line:
            start, end = spans[number - 1][1], spans[last][1]
        else:
            start = _line_end(text, _line_start(text, spans[number][0]) - 1)
            end = _line_end(text, spans[last][1])
        _keep_comments(text, start, end, spans[number : last + 1], at_line_end=not flow)
        yield start, end, ""


def _keep_comments(
    text: str, start: int, end: int, spans: Sequence[tuple[int, int]], *, at_line_end: bool = False
) -> None:
    """Refuse to remove a comment that is not about what is removed: one on a line of its own, or between brackets."""
    gaps, done = [], start
    for first, last in spans:
        gaps.append(text[done:first])
        done = last
    gaps.append(text[done:end])
    for gap in gaps:
        lines = gap.split("\n")[1:] if at_line_end else [gap]
        if any("#" in line for line in lines):
            raise NotChangeableError(start)


def _plain(node: Node) -> Plain:
    if isinstance(node, Listing):
        return [item.text for item in node.items if isinstance(item, Scalar)]
    return node.text if isinstance(node, Scalar) else ""


def _differ(old: Plain | None, new: Plain) -> bool:
    """Whether two values differ, a list of one being the same as its text."""
    texts = [list(one) if isinstance(one, tuple | list) else [one] for one in (old, new)]
    return texts[0] != texts[1]


# --- how values are written ----------------------------------------------------------------------------------------


def _entry(values: Mapping[str, Plain], column: int, newline: str) -> str:
    """An entry in block style, its dash in this column."""
    indent = " " * (column + 2)
    lines = [f"{key}: {_block(plain, indent + '  ', newline)}" for key, plain in values.items()]
    return " " * column + "- " + f"{newline}{indent}".join(lines)


def _pair(text: str, node: MappingNode, key: str, plain: Plain) -> str:
    return f"{key}: {_behind(text, node, key, plain)}"


def _behind(text: str, around: MappingNode, key: str, plain: Plain, style: str = "") -> str:
    """A value as it is written behind its key in this mapping; `style`: how the value before it began."""
    if around.flow:
        return _flow(plain, style)
    first = around.pairs[0][0].start
    indent = " " * (first - _line_start(text, first) + 2)
    return _block(plain, indent, _newline(text), style)


def _block(plain: Plain, indent: str, newline: str, style: str = "") -> str:
    """A value behind its key in block style; several lines of text become a literal block."""
    if not isinstance(plain, str):
        return _flow(plain)
    if "\n" not in plain:
        return _scalar(plain, False, style)
    lines = plain.split("\n")
    if lines[0] != lines[0].lstrip() or not all(map(str.strip, (lines[0], lines[-1]))):
        return json.dumps(plain, ensure_ascii=False)
    return "|-" + "".join(f"{newline}{indent}{line}" if line else newline for line in lines)


def _flow(plain: Plain, style: str = "") -> str:
    """A value in brackets where it needs any; a text as it may stand in brackets."""
    if isinstance(plain, str):
        return _scalar(plain, True, style)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in plain.items()) + "}"
    return "[" + ", ".join(_scalar(one, True) for one in plain) + "]"


def _scalar(text: str, flow: bool, style: str = "") -> str:
    """A text as YAML, without quotes where that is safe for every reader, else as the text before it was quoted."""
    if "\n" in text:
        return json.dumps(text, ensure_ascii=False)
    is_other = OTHER_TYPES.fullmatch(text) and not DATE.fullmatch(text)
    if not (is_other or NEEDS_QUOTES.search(text) or (flow and IN_BRACKETS.search(text)) or style in ("'", '"')):
        return text
    if style == '"':
        return json.dumps(text, ensure_ascii=False)
    return "'" + text.replace("'", "''") + "'"


def _one_or_list(texts: tuple[str, ...]) -> Plain:
    return texts[0] if len(texts) == 1 else texts


def _rendered(renderings: Renderings | None) -> Plain | None:
    if renderings is None:
        return None
    lists = {"admitted": renderings.admitted, "forbidden": renderings.forbidden}
    given = {name: texts for name, texts in lists.items() if texts}
    return {"preferred": renderings.preferred, **given} if given else renderings.preferred


@lru_cache(maxsize=4)
def _newline(text: str) -> str:
    """How the lines of a file end."""
    return "\r\n" if "\r\n" in text else "\n"


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    """Where the line ends that this place is on, before its line end of one or two characters."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def _is_blank_between(text: str, start: int, end: int) -> bool:
    return any(not line.strip() for line in text[start:end].split("\n")[1:-1])
