"""One term, one rendering: findings about an article as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.article import Article, Bitext, Block, Finding, Hint, Segment, Translation, fingerprint
from pipeline.consistency import inconsistencies

CITY = Hint(0, 2, "沈阳", "glossary", ("沈阳市", "奉天"), "심양")
KOREAN = "심양은 크다."


def findings(texts: Sequence[str], *hints: Hint, lang: str = "zh", korean: str = KOREAN) -> list[Finding]:
    segments = tuple(Segment(f"s{at}", korean) for at in range(len(texts)))
    article = Article("a", (Block("b", "paragraph", segments),))
    made = tuple(Translation(s.id, lang, text, fingerprint(korean)) for s, text in zip(segments, texts, strict=True))
    asked = {(segment.id, lang): hints or (CITY,) for segment in segments}
    return list(inconsistencies(Bitext(article, made), asked, [lang]))


def test_what_differs_from_the_rest_of_the_article_is_named_with_the_places_of_the_rest() -> None:
    (found,) = findings(["沈阳很大。", "奉天很大。", "沈阳很好。"])
    assert (found.segment, found.lang, found.severity, found.suggestion) == ("s1", "zh", "info", "沈阳")
    assert "“심양” is “奉天” here and “沈阳” elsewhere in the article (s0, s2)." in found.message


def test_of_two_used_equally_often_the_one_that_is_asked_for_is_right() -> None:
    (found,) = findings(["奉天很大。", "沈阳很大。"])
    assert (found.segment, found.suggestion) == ("s0", "沈阳")


def test_one_rendering_throughout_is_no_finding_whichever_it_is() -> None:
    assert findings(["奉天很大。", "奉天很好。"]) == []
    assert findings(["沈阳很大。"]) == []


def test_what_is_missed_or_not_translated_is_for_other_checks() -> None:
    assert findings(["沈阳很大。", "首府很大。", ""]) == []


def test_each_form_that_is_asked_for_is_looked_at_by_itself() -> None:
    with_suffix = Hint(0, 2, "沈阳市", "glossary", ("沈阳",), "심양")
    segments = (Segment("s0", KOREAN), Segment("s1", KOREAN))
    made = (Translation("s0", "zh", "沈阳很大。", ""), Translation("s1", "zh", "沈阳市很大。", ""))
    bitext = Bitext(Article("a", (Block("b", "paragraph", segments),)), made)
    asked = {("s0", "zh"): (CITY,), ("s1", "zh"): (with_suffix,)}
    assert list(inconsistencies(bitext, asked, ["zh"])) == []


def test_an_acronym_after_the_full_name_is_no_inconsistency() -> None:
    product = Hint(0, 2, "gross domestic product", "glossary", ("GDP", "domestic output"), "국내생산총액")
    texts = ["Gross domestic product grew.", "GDP grew.", "Gross domestic product fell."]
    assert findings(texts, product, lang="en") == []
    (found,) = findings([*texts, "Domestic output fell."], product, lang="en")
    assert found.segment == "s3"


def test_many_places_are_not_all_named() -> None:
    found = findings(["沈阳很大。"] * 9 + ["奉天很大。"])
    assert found[0].message.count("s") < 9
    assert "…" in found[0].message


def test_a_finding_keeps_its_key_while_its_own_text_stays() -> None:
    (one,) = findings(["沈阳很大。", "奉天很大。", "沈阳很好。"])
    (other,) = findings(["沈阳很大。", "奉天很大。", "沈阳很好。", "沈阳。"])
    assert one.key("奉天很大。") == other.key("奉天很大。")
