"""What is written is read again as it was, in every format that holds a whole term; the same terms, the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import exchange
from pipeline.entries import KINDS, STATUSES
from pipeline.errors import GlossaryError, SettingsError
from pipeline.glossary import Glossary
from pipeline.incoming import Incoming
from pipeline.terms import Renderings, Term, spelling_key

WHOLE = [name for name, one in exchange.FORMATS.items() if one.variety not in ("deepl", "omegat")]

FIRST = st.sampled_from(["", "", "", "=", "+", "-", "@", "'", "'=", "#", "＝", '"', "“", "<", "&", "\\", "|", ";"])
LETTERS = st.sampled_from("심양료녕새국면沈阳发展GDPaé1７𠮷🌾")
MIDDLE = st.text(st.sampled_from("심양 료沈阳abc ,;；|\\\"'“”=&<>]#:_x0041\u00a0\u3000\u200bй𠮷"), max_size=12)
WORD = st.builds("{}{}{}{}".format, FIRST, LETTERS, MIDDLE, LETTERS)
PROSE = st.text(st.sampled_from("심 양a\n\t ;|\\\"'=<&,daeyeok:note=x\u00a0\u2014"), max_size=40).map(str.strip)
DATE = st.none() | st.sampled_from(["2012", "2017-10", "2022-10-16"])


@st.composite
def renderings(draw: st.DrawFn) -> Renderings:
    words = draw(st.lists(WORD, min_size=1, max_size=5, unique=True))
    end = draw(st.integers(1, len(words)))
    return Renderings(words[0], tuple(words[1:end]), tuple(words[end:]))


@st.composite
def a_term(draw: st.DrawFn) -> Term:
    ko = tuple(draw(st.lists(WORD, min_size=1, max_size=3, unique=True)))
    zh, en = draw(st.none() | renderings()), draw(st.none() | renderings())
    is_kept = draw(st.booleans()) or not (zh or en)
    return Term(
        id=draw(st.just(ko[0]) | WORD),
        ko=ko,
        zh=zh,
        en=en,
        kind=draw(st.sampled_from(list(KINDS.values()))),
        domain=draw(st.just("") | WORD),
        status=draw(st.sampled_from(list(STATUSES.values()))),
        valid_from=draw(DATE),
        do_not_translate=is_kept,
        inside_words=draw(st.booleans()),
        note=draw(PROSE),
        evidence=tuple(draw(st.lists(PROSE.filter(bool), max_size=3, unique=True))),
    )


def as_one_glossary(terms: list[Term]) -> list[Term]:
    """Those of the terms that can stand in one glossary: ids of their own, no spelling twice in one kind."""
    kept: dict[str, Term] = {}
    claimed: set[tuple[str, str]] = set()
    for term in terms:
        claims = {(spelling_key(spelling), term.kind) for spelling in term.ko}
        if term.id not in kept and not claims & claimed:
            kept[term.id] = term
            claimed |= claims
    return list(kept.values())


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(terms=st.lists(a_term(), min_size=1, max_size=4).map(as_one_glossary))
def test_what_is_written_is_read_again(tmp_path: Path, name: str, terms: list[Term]) -> None:
    path = tmp_path / "terms"
    exchange.write(terms, path, name)
    incoming = exchange.read(path)
    assert incoming.refused == ()
    assert [replace(row.term, file="", line=0) for row in incoming.rows] == terms


@pytest.mark.parametrize("name", WHOLE)
def test_a_term_of_every_sort_comes_back(
    tmp_path: Path, terms: tuple[Term, ...], plain: Callable[[Incoming], list[Term]], name: str
) -> None:
    path = tmp_path / f"terms{exchange.FORMATS[name].endings[-1]}"
    assert exchange.write(terms, path) == ()
    incoming = exchange.read(path)
    assert plain(incoming) == list(terms)
    assert (incoming.refused, incoming.remarks) == ((), ())


@pytest.mark.parametrize("name", exchange.FORMATS)
def test_the_same_terms_give_the_same_bytes(terms: tuple[Term, ...], name: str) -> None:
    first, second = (exchange.render(terms, name, "zh").content for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", ["tbx", "tbx-dct", "tbx-v2", "csv", "deepl", "omegat"])
def test_the_files_are_as_agreed(terms: tuple[Term, ...], golden: Callable[[str, bytes], None], name: str) -> None:
    target = "zh" if name in ("deepl", "omegat") else None
    golden(f"terms{exchange.FORMATS[name].endings[0]}", exchange.render(terms, name, target).content)


def test_every_fourth_term_of_our_glossary_comes_back(tmp_path: Path, project_glossary: Glossary) -> None:
    terms = list(project_glossary.terms.values())[::4]
    path = tmp_path / "terms.csv"
    exchange.write(terms, path)
    assert [replace(row.term, file="", line=0) for row in exchange.read(path).rows] == [
        replace(term, file="", line=0) for term in terms
    ]


@pytest.mark.parametrize("name", ["tbx", "tbx-dct", "tbx-v2", "xlsx"])
def test_a_character_that_a_format_cannot_hold_is_named_with_its_entry(terms: tuple[Term, ...], name: str) -> None:
    wrong = replace(terms[0], note="a\x01b", file="glossary/places.yaml", line=14)
    with pytest.raises(GlossaryError, match=r"glossary/places\.yaml, line 14: 심양 has a character"):
        exchange.render([terms[1], wrong], name)


def test_with_a_target_only_its_renderings_are_written(terms: tuple[Term, ...]) -> None:
    outgoing = exchange.render(terms, "csv", "en")
    assert "沈阳" not in outgoing.content.decode()
    assert "Shenyang" in outgoing.content.decode()
    assert outgoing.remarks == ("terms without English, left out: 2",)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("a.tbx", "tbx"),
        ("a.v2.tbx", "tbx-v2"),
        ("A.DCT.TBX", "tbx-dct"),
        ("a.deepl.csv", "deepl"),
        ("a.utf8", "omegat"),
    ],
)
def test_the_longest_ending_names_the_format(file: str, name: str) -> None:
    assert exchange.format_name(Path(file)) == name


def test_a_name_that_says_no_format_is_refused(terms: tuple[Term, ...], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not say which format"):
        exchange.write(terms, tmp_path / "terms.docx")
    with pytest.raises(SettingsError, match="“word” is not a format"):
        exchange.render(terms, "word")
    with pytest.raises(SettingsError, match="has one target language"):
        exchange.render(terms, "deepl")
    with pytest.raises(SettingsError, match="at least one"):
        exchange.render([], "tbx")
