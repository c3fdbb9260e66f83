"""What a file of terms that others made offers: terms with their places, what was refused, and what was left out.

The readers of `exchange` yield offers one by one; `gather` puts together what belongs together. A term is held to the
rules of the glossary by the glossary's own reader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pipeline.entries import read_entries
from pipeline.errors import InputError
from pipeline.terms import Renderings, Term, spelling_key

MOST = (
    300_000  # rows that are kept at once; a press glossary has 10,000, the largest public termbase for Korean 250,000
)
LINE_END = re.compile("\r\n?")
MOST_ALIKE = 20  # rows of one spelling that are compared with one another, and that become one
ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")  # what YAML would change or refuse, unescaped

Field = str | list[str]
Standing = Literal["admitted", "forbidden"]


@dataclass(frozen=True, slots=True)
class Row:
    """A term that a file offers. `given` are the fields it says something of: `ko`, `zh`, `kind`, `note` and so on."""

    term: Term
    place: str  # terms.csv, line 14
    given: frozenset[str]
    remarks: tuple[str, ...] = ()  # what of it was left out, or read in a way that a person should see


@dataclass(frozen=True, slots=True)
class Variant:
    """A rendering that is not the preferred one, on a row of its own: it joins the row of the same Korean."""

    ko: str
    lang: str
    text: str
    standing: Standing
    place: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot be used, and what to do about it."""

    place: str
    problem: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of the whole file: how its columns were read, what it has that the glossary has not."""

    text: str


Offer = Row | Variant | Refusal | Remark


@dataclass(frozen=True, slots=True)
class Reading:
    """A file opened: what it was taken for, and its offers in the order of the file, read as they are asked for.

    `rows` is about how many there will be, 0 where nobody knows.
    """

    format: str
    offers: Iterator[Offer]
    rows: int = 0


@dataclass(frozen=True)
class Incoming:
    """A whole file: the terms that can be used, in its order, the rows that cannot, and what is to be said of it."""

    file: str
    format: str
    rows: tuple[Row, ...]
    refused: tuple[Refusal, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file to be written, and what of the terms its format could not take."""

    content: bytes
    remarks: tuple[str, ...] = field(default=())


def take(fields: Mapping[str, Field], file: str, line: int, place: str, remarks: Iterable[str] = ()) -> Row | Refusal:
    """A row of the fields that a file gives, or why they make no term.

    The fields are the keys of an entry; `zh admitted`, `en forbidden` and so on stand beside `zh` and `en`. What is
    empty is not there, what is there twice counts once.
    """
    entry = {key: value for key, value in _entry(fields).items() if value}
    if "ko" not in entry:
        return Refusal(place, "there is no Korean. Fill it in.")
    if not (entry.keys() & {"zh", "en", "do_not_translate"}):
        return Refusal(place, f"{_shown(entry['ko'])} has neither Chinese nor English. Fill one in.")
    given = frozenset(key for key, value in fields.items() if value)
    problems: list[str] = []
    terms = read_entries(_yaml({"kind": "term", **entry}), "", problems)
    if problems:
        return Refusal(place, " ".join(problem.split(": ", 1)[1] for problem in problems))
    return Row(replace(terms[0], file=file, line=line), place, given, tuple(remarks))


def _entry(fields: Mapping[str, Field]) -> dict[str, object]:
    """The fields as an entry of the glossary has them."""
    entry: dict[str, object] = {key: _once(value) for key, value in fields.items() if " " not in key}
    for lang in ("zh", "en"):
        preferred = entry.get(lang)
        admitted = [text for text in _once(fields.get(f"{lang} admitted", [])) if text != preferred]
        forbidden = _once(fields.get(f"{lang} forbidden", []))
        if preferred and (admitted or forbidden):
            lists = {"admitted": admitted, "forbidden": forbidden}
            entry[lang] = {"preferred": preferred, **{name: texts for name, texts in lists.items() if texts}}
        elif admitted:
            entry[lang] = {"preferred": admitted[0], "admitted": admitted[1:]} if admitted[1:] else admitted[0]
    return entry


def _once(value: Field) -> Field:
    """A value without repetitions; line ends of other systems are ours."""
    if isinstance(value, str):
        return LINE_END.sub("\n", value)
    return list(dict.fromkeys(LINE_END.sub("\n", text) for text in value if text))


def _yaml(entry: Mapping[str, object]) -> str:
    """One entry as JSON, which is YAML too; characters that YAML would fold or refuse are escaped."""
    text = json.dumps(entry, ensure_ascii=False)
    return "- " + ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _shown(ko: object) -> str:
    return str(ko[0] if isinstance(ko, list) else ko)


# --- putting together what stands on several rows -----------------------------------------------------------------


def gather(reading: Reading, file: str) -> Incoming:
    """All that a file offers. Rows of one term that agree become one: 심양 → 沈阳 and 심양 → Shenyang on two rows.

    Rows that disagree stay two, for a person to decide. Raises InputError for more than MOST rows, and what the
    reading raises.
    """
    if reading.rows > 2 * MOST:  # said at once, and not after minutes
        raise InputError(
            file, f"it has about {reading.rows:,} rows, and {MOST:,} are read. Divide it into several files."
        )
    rows: list[Row] = []
    variants: list[Variant] = []
    refused: list[Refusal] = []
    remarks: list[str] = []
    places: dict[str, list[int]] = {}
    for offer in reading.offers:
        if isinstance(offer, Row):
            _add(offer, rows, places)
        elif isinstance(offer, Variant):
            variants.append(offer)
        elif isinstance(offer, Refusal):
            refused.append(offer)
        else:
            remarks.append(offer.text)
        if len(rows) + len(variants) + len(refused) > MOST:
            raise InputError(file, f"it has more than {MOST:,} rows. Divide it into several files.")
    for variant in variants:
        refused += _add_variant(variant, rows, places)
    return Incoming(file, reading.format, tuple(rows), tuple(refused), tuple(dict.fromkeys(remarks)))


def _add(row: Row, rows: list[Row], places: dict[str, list[int]]) -> None:
    """Add a row, or join it to an earlier one that it agrees with."""
    same = places.setdefault(spelling_key(row.term.ko[0]), [])
    for number in same[:MOST_ALIKE]:
        joined = _joined(rows[number], row)
        if joined is not None:
            rows[number] = joined
            return
    same.append(len(rows))
    rows.append(row)


def _joined(first: Row, second: Row) -> Row | None:
    """Two rows as one, None where they contradict each other in anything that both say."""
    one, two = first.term, second.term
    if one.kind != two.kind or ("id" in first.given | second.given and one.id != two.id):
        return None
    for name in ("domain", "status", "valid_from", "valid_to", "do_not_translate", "inside_words"):
        if name in first.given & second.given and getattr(one, name) != getattr(two, name):
            return None
    later = {
        name: getattr(two, name) for name in second.given - first.given - {"ko", "note", "evidence"} if " " not in name
    }
    renderings: dict[str, Renderings] = {}
    for lang in ("zh", "en"):
        both = [found for found in (getattr(one, lang), getattr(two, lang)) if found]
        if len({found.preferred for found in both}) > 1:
            return None
        if both:
            renderings[lang] = Renderings(
                both[0].preferred,
                tuple(dict.fromkeys(text for found in both for text in found.admitted)),
                tuple(dict.fromkeys(text for found in both for text in found.forbidden)),
            )
            if {*renderings[lang].accepted} & {*renderings[lang].forbidden}:
                return None
    term = replace(
        one,
        **{**later, **renderings},
        ko=tuple(dict.fromkeys((*one.ko, *two.ko))),
        note="\n".join(dict.fromkeys(filter(None, (one.note, two.note)))),
        evidence=tuple(dict.fromkeys((*one.evidence, *two.evidence))),
    )
    times = first.place.count(" and ")
    if times >= MOST_ALIKE:
        return first if term == one else None
    place = f"{first.place} and {second.term.line}"
    return Row(term, place, first.given | second.given, first.remarks + second.remarks)


def _add_variant(variant: Variant, rows: list[Row], places: dict[str, list[int]]) -> Iterator[Refusal]:
    """Add a rendering to the one row of its Korean; yields why that cannot be done."""
    said = f"{variant.text} is {variant.standing} for {variant.ko}"
    numbers = [
        number for number in places.get(spelling_key(variant.ko), []) if getattr(rows[number].term, variant.lang)
    ]
    if len(numbers) != 1:
        what = "no row says what is preferred" if not numbers else f"{len(numbers)} rows say different things of it"
        yield Refusal(variant.place, f"{said}, but {what}. Add one.")
        return
    row = rows[numbers[0]]
    renderings: Renderings = getattr(row.term, variant.lang)
    if variant.text in renderings.accepted + renderings.forbidden:
        if variant.text not in getattr(renderings, variant.standing):
            yield Refusal(variant.place, f"{said}, but {row.place} says otherwise. Keep one.")
        return
    fields = {"admitted": renderings.admitted, "forbidden": renderings.forbidden}
    fields[variant.standing] += (variant.text,)
    term = with_renderings(row.term, variant.lang, Renderings(renderings.preferred, **fields))
    rows[numbers[0]] = replace(row, term=term, given=row.given | {f"{variant.lang} {variant.standing}"})


def with_renderings(term: Term, lang: str, renderings: Renderings) -> Term:
    """The term with these renderings in one language."""
    return replace(term, zh=renderings) if lang == "zh" else replace(term, en=renderings)
