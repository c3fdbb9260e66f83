"""Which column of a returned sheet holds what: by the headings, and where those are gone by what stands below them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.article import fingerprint
from pipeline.languages import SOURCE, TARGETS
from pipeline.office.headings import ID, ID_HEADING, OTHER, read_order, roles
from pipeline.office.spreadsheet import Cell, Sheet
from pipeline.stamps import DIGITS, Stamp, read_stamp

TICK = "✓"  # in the heading of a column for approvals, and in its cells
CHECKS_HEADING = "점검 / checks"
LONGEST = 200  # characters of a cell with a stamp


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The columns of a sheet (numbers from 1 on), what the marks of its stamps stand for, and the row of headings."""

    of: Mapping[str, int]  # ID, REMARK or the code of a language → column
    approvals: Mapping[str, int] = field(default_factory=dict)  # code of a language → column
    added: Mapping[int, str] = field(default_factory=dict)  # columns of other people → heading
    order: tuple[str, ...] = tuple(TARGETS)
    heading: int = 0  # 0: none


def arrangement(sheet: Sheet, said: str = "") -> Arrangement | None:
    """How a sheet is arranged; None for one without stamps. `said`: what the file says of the marks' order."""
    stamps = _stamps(sheet)
    if not stamps:
        return None
    identity = max(stamps, key=lambda column: (len(stamps[column]), -column))
    found = _by_headings(sheet, identity, {number for rows in stamps.values() for number in rows})
    order = read_order(sheet.rows.get(found.heading, {}).get(identity, Cell("")).text) or read_order(said)
    order = order or tuple(TARGETS)
    known = {ID: identity, **found.of}
    for position, lang in enumerate((SOURCE.code, *order)):
        taken = {*known.values(), *found.approvals.values()}
        column = None if lang in known else _by_marks(sheet, stamps[identity], position, taken)
        if column:
            known[lang] = column
    ours = {*known.values(), *found.approvals.values()}
    others = {column for cells in sheet.rows.values() for column in cells} - ours
    added = {column: found.added.get(column, "") for column in sorted(others)}
    added = {column: head for column, head in added.items() if not _is_checks(head)}
    return Arrangement(known, found.approvals, added, order, found.heading)


def mark(text: str) -> str:
    """The mark of a text, as it stands in a stamp."""
    return fingerprint(text)[:DIGITS]


def _stamps(sheet: Sheet) -> dict[int, dict[int, Stamp]]:
    """Column → row → stamp, for every cell that has one."""
    found: dict[int, dict[int, Stamp]] = {}
    for number, cells in sheet.rows.items():
        for column, cell in cells.items():
            stamp = read_stamp(cell.text) if len(cell.text) < LONGEST else None
            if stamp:
                found.setdefault(column, {})[number] = stamp
    return found


def _by_headings(sheet: Sheet, identity: int, stamped: set[int]) -> Arrangement:
    """What the headings say; `added` has every heading that says nothing to us. Of two columns with the same heading
    the first is ours.
    """
    for number, cells in sorted(sheet.rows.items()):
        heads = {column: cell.text for column, cell in sorted(cells.items()) if column != identity}
        texts = {column: head for column, head in heads.items() if TICK not in head and not _is_checks(head)}
        said = roles([ID_HEADING, *texts.values()])
        if number in stamped or said is None:
            continue
        of: dict[str, int] = {}
        for column, role in zip(texts, said[1:], strict=True):
            if role not in (OTHER, ID):
                of.setdefault(role, column)
        ticks = {
            lang: column
            for column, head in heads.items()
            if TICK in head
            for lang in roles([ID_HEADING, head]) or ()
            if lang in TARGETS
        }
        return Arrangement(of, ticks, heads, heading=number)
    return Arrangement({})


def _by_marks(sheet: Sheet, stamps: Mapping[int, Stamp], position: int, taken: set[int]) -> int | None:
    """The column in which at least half of the texts are those that the marks at a position stand for."""
    fitting: dict[int, int] = {}
    for number, stamp in stamps.items():
        every = (stamp.of, *stamp.bases)
        for column, cell in sheet.rows[number].items():
            if column not in taken and position < len(every) and mark(cell.text) == every[position]:
                fitting[column] = fitting.get(column, 0) + 1
    best = max(fitting, key=lambda column: (fitting[column], -column), default=None)
    return best if best and 2 * fitting[best] >= len(stamps) else None


def _is_checks(head: str) -> bool:
    return "점검" in head or "checks" in head.casefold()
