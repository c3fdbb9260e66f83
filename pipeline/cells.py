"""One row of a table of terms: its cells as offers, and a term as the cells of our own table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.columns import (
    STANDINGS,
    UNNAMED,
    Column,
    Layout,
    language_code,
    plain_word,
    script_language,
    status_word,
    words,
)
from pipeline.incoming import Field, Offer, Refusal, Standing, Variant, take
from pipeline.languages import KOREAN, TARGETS
from pipeline.terms import Term

JOINTS = {"note": "\n", "domain": ", ", "id": " "}  # where two columns hold one field
DATE = re.compile(r"(\d{4})\s*[-./年년]\s*(\d{1,2})(?:\s*[-./月월]\s*(\d{1,2})\s*[日일.]?|\s*[月월.])?(?:[ T]\d.*)?")

# Several texts in one cell: divided by | or a line end, in tables of others by a semicolon too.
ESCAPE = re.compile(r"[\\|;；\n]")
PIECES = re.compile(r"(?:\\[\\|;；\n]|[^|;；\n])+")
PROSE_PIECES = re.compile(r"(?:\\[\\|]|[^|])+")
UNESCAPE = re.compile(r"\\([\\|;；\n])")

# Our own table, in the order in which it is written: the heading, and where in a term the cell comes from.
OWN_COLUMNS = {
    "term id": "id",
    KOREAN.tag: "ko",
    **{
        f"{language.tag}{standing}": f"{code}{standing}"
        for code, language in TARGETS.items()
        for standing in ("", " admitted", " forbidden")
    },
    **{name: name for name in ("kind", "domain", "status", "valid_from", "valid_to")},
    **{name: name for name in ("do_not_translate", "inside_words", "note", "evidence")},
}


def offers(layout: Layout, cells: Sequence[str], file: str, line: int, place: str) -> Iterator[Offer]:
    """What one row of a table offers: a term, or renderings that are not preferred, or why it cannot be used."""
    if any(cell.strip() for cell in cells[len(layout.columns) :]):
        problem = f"the row has {len(cells)} cells, the table {len(layout.columns)} columns"
        yield Refusal(place, f"{problem}. Put a cell that contains the separator in quotation marks.")
        return
    row = _Row(layout)
    for column, cell in zip(layout.columns, cells, strict=False):
        if column and cell.strip():
            row.add(column, cell.strip())
    problem = row.problem()
    if problem:
        yield Refusal(place, problem)
        return
    variants = [Variant(row.fields["ko"][0], *variant, place) for variant in row.variants()]
    yield from variants
    if not variants or row.fields.keys() & {*TARGETS, "do_not_translate"}:
        yield take(row.fields, file, line, place, [*row.remarks, *row.oddities()])


class _Row:
    """The cells of one row on their way to the fields of an entry."""

    def __init__(self, layout: Layout) -> None:
        self.fields: dict[str, Field] = {}
        self.remarks: list[str] = []
        self._layout = layout
        self._standing = ""  # admitted or forbidden, where a status says that of the rendering of this row
        self._languages: dict[str, str] = {}

    def add(self, column: Column, cell: str) -> None:
        """Take in one cell that is not empty."""
        role = column.role
        if role == "ko" or (role in UNNAMED and column.lang):
            self._add_texts(role, column.lang, self._pieces(cell))
        elif role in ("source_lang", "target_lang"):
            self._languages[role] = cell
        elif role == "evidence":
            self._extend(role, _pieces(cell, PROSE_PIECES) if self._layout.has_header else [cell])
        elif role in ("kind", "status", "do_not_translate", "inside_words"):
            self._add_word(role, cell)
        elif role in ("valid_from", "valid_to"):
            self.fields[role] = date_text(cell)
        elif role in ("note", "domain", "id"):
            before = self.fields.get(role)
            self.fields[role] = f"{before}{JOINTS[role]}{cell}" if before else cell

    def _add_texts(self, role: str, lang: str, texts: list[str]) -> None:
        """Korean spellings, or renderings: the first preferred one is the preferred one, the others are admitted."""
        if role == "ko":
            self._extend("ko", texts)
        elif role in STANDINGS:
            self._extend(f"{lang} {role}", texts)
        elif role == "source":
            self._extend("source", texts)
        elif lang in self.fields:
            self._extend(f"{lang} admitted", texts)
        elif texts:
            self.fields[lang] = texts[0]
            self._extend(f"{lang} admitted", texts[1:])

    def _add_word(self, role: str, cell: str) -> None:
        section = role if role in ("kind", "status") else "answer"
        word = plain_word(cell) or cell
        value = status_word(cell) if section == "status" else words(section).get(word, "")
        if not value:
            self.remarks.append(f"“{cell}” is not a {role.replace('_', ' ')} of the glossary: left out")
        elif value in STANDINGS:
            self._standing = value
        elif value not in ("preferred", "false"):
            self.fields[role] = value

    def problem(self) -> str:
        """Why the row cannot be used, "" when it can; settles the languages that the row itself names."""
        if "*" in {column.lang for column in self._layout.columns if column}:
            problem = self._settle_languages()
            if problem:
                return problem
        if "ko" not in self.fields:
            return "there is no Korean. Fill it in."
        first = self.fields["ko"][0]
        if not self._layout.has_header and script_language(first) == "zh":
            return f"there is no Korean: “{first}” has no Hangul. Are the columns exchanged in this row?"
        return ""

    def _settle_languages(self) -> str:
        """Give the texts of `source` and `*` to the languages that the row names."""
        named = {role: self._languages.get(role, "") for role in ("source_lang", "target_lang")}
        codes = {role: language_code(name) if name else None for role, name in named.items()}
        source = codes["source_lang"] or ("ko" if not named["source_lang"] else "")
        moved = {key.replace("*", "target"): self.fields.pop(key) for key in [*self.fields] if key[0] == "*"}
        left = self.fields.pop("source", [])
        if {source, codes["target_lang"]} not in ({"ko", "zh"}, {"ko", "en"}):
            pair = f"{named['source_lang'] or 'ko'} → {named['target_lang'] or '?'}"
            return f"the glossary goes from Korean to Chinese and English, and this row is {pair}."
        if source == "ko":
            self._extend("ko", _list(left))
            self.fields |= {key.replace("target", codes["target_lang"] or ""): value for key, value in moved.items()}
        else:
            for key in ("target", "target admitted"):
                self._extend("ko", _list(moved.get(key, [])))
            self._add_texts("preferred", source, _list(left))
        return ""

    def variants(self) -> Iterator[tuple[str, str, Standing]]:
        """Renderings that the row gives without a preferred one of their language; they leave the fields."""
        for lang in TARGETS:
            if self._standing:
                texts = [*_list(self.fields.pop(lang, [])), *_list(self.fields.pop(f"{lang} admitted", []))]
                yield from (
                    (lang, text, "forbidden" if self._standing == "forbidden" else "admitted") for text in texts
                )
            if lang not in self.fields and not self.fields.get(f"{lang} admitted"):
                yield from ((lang, text, "forbidden") for text in _list(self.fields.pop(f"{lang} forbidden", [])))

    def oddities(self) -> Iterator[str]:
        """What a person should look at: no Hangul in the Korean, Hangul in a rendering."""
        for text in _list(self.fields["ko"]):
            if script_language(text) == "zh":
                yield f"“{text}” is given as Korean and has no Hangul"
        for lang, language in TARGETS.items():
            for key in (lang, f"{lang} admitted"):
                for text in _list(self.fields.get(key, [])):
                    if script_language(text) == "ko":
                        yield f"“{text}” is given as {language.english} and has Hangul"

    def _pieces(self, cell: str) -> list[str]:
        """The texts of a cell. In a table without headings a cell is one text."""
        if not self._layout.has_header:
            return [cell]
        pieces = _pieces(cell, PIECES)
        if len(pieces) > 1 and re.search("[;；]", cell):
            self.remarks.append(f"“{cell}” was read as {len(pieces)} texts")
        return pieces

    def _extend(self, key: str, texts: list[str]) -> None:
        if texts:
            self.fields[key] = [*_list(self.fields.get(key, [])), *texts]


def _list(value: Field) -> list[str]:
    return [value] if isinstance(value, str) else value


def _pieces(cell: str, pattern: re.Pattern[str]) -> list[str]:
    return [UNESCAPE.sub(r"\1", piece.strip()) for piece in pattern.findall(cell) if piece.strip()]


def date_text(text: str) -> str:
    """A date as the glossary writes it, where it is one: 2022.10.16, 2022年10月, 2022년 10월 16일.

    >>> [date_text(text) for text in ("2022년 9월 2일", "2022年10月", "2022.9.2.", "2022-10-16 08:30", "2022")]
    ['2022-09-02', '2022-10', '2022-09-02', '2022-10-16', '2022']
    """
    match = DATE.fullmatch(text)
    return "-".join(part.zfill(2) for part in match.groups() if part) if match else text


# --- our own table --------------------------------------------------------------------------------------------------


def own_cells(term: Term) -> list[str]:
    """A term as the cells of our own table, in the order of OWN_COLUMNS; `offers` reads the same term from them."""
    fields: dict[str, str] = {
        "id": term.id if term.id != term.ko[0] else "",
        "ko": _cell(term.ko),
        "kind": term.kind,
        "domain": term.domain,
        "status": term.status,
        "valid_from": term.valid_from or "",
        "valid_to": term.valid_to or "",
        "do_not_translate": "true" if term.do_not_translate else "",
        "inside_words": "true" if term.inside_words else "",
        "note": term.note,
        "evidence": "|".join(re.sub(r"[\\|]", r"\\\g<0>", text) for text in term.evidence),
    }
    for lang, renderings in (("zh", term.zh), ("en", term.en)):
        if renderings:
            fields[lang] = _cell([renderings.preferred])
            fields |= {f"{lang} {name}": _cell(getattr(renderings, name)) for name in STANDINGS}
    return [fields.get(key, "") for key in OWN_COLUMNS.values()]


def _cell(texts: Sequence[str]) -> str:
    return "|".join(ESCAPE.sub(r"\\\g<0>", text) for text in texts)
