"""Scores, shares, terms, and what is more than chance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sacrebleu
import yaml

from pipeline import metrics
from pipeline.article import Hint
from pipeline.metrics import Share

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "term-measures.yaml").read_text(encoding="utf-8"))
REFERENCES = ["沈阳市新建了三个物流基地。", "总投资达十二亿元。", "农民们正忙着插秧。", "今天下雪，路上车不多。"]
GOOD = ["沈阳市新建三个物流基地。", "总投资达12亿元。", "农民们正在忙着插秧。", "今天下雪，路上的车不多。"]
BAD = ["沈阳建基地。", "投资为亿元。", "农民在田里。", "下雪了，有车。"]
ENGLISH = ["Shenyang builds three logistics bases.", "Total investment is 1.2 billion yuan."]


def hint(text: str, *admitted: str, term: str = "t") -> Hint:
    return Hint(0, 2, text, "glossary", admitted, term)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_terms_are_counted_where_the_reference_shows_that_they_can_stand(case: dict[str, Any]) -> None:
    hints = [hint(*texts) for texts in case["hints"]]
    counted = {
        name: getattr(metrics, name)(hints, case["reference"], case["output"], case["lang"]) for name in case["expect"]
    }
    assert counted == {name: Share(*counts) for name, counts in case["expect"].items()}, case["why"]


# --- scores -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outputs", [GOOD, BAD, REFERENCES, ["", "", "", ""]])
def test_the_sum_of_the_sentences_is_the_score_that_sacrebleu_gives(outputs: list[str]) -> None:
    bleu, chrf = metrics.bleu(outputs, REFERENCES, "zh"), metrics.chrf(outputs, REFERENCES)
    assert bleu.score == pytest.approx(sacrebleu.corpus_bleu(outputs, [REFERENCES], tokenize="zh").score)
    assert chrf.score == pytest.approx(sacrebleu.corpus_chrf(outputs, [REFERENCES]).score)


def test_a_signature_says_how_the_words_were_cut() -> None:
    chinese = metrics.bleu(GOOD, REFERENCES, "zh").signature
    english = metrics.bleu(ENGLISH, ENGLISH, "en").signature
    version = f"version:{sacrebleu.__version__}"
    assert chinese.startswith("nrefs:1|case:mixed|eff:no|tok:zh|")
    assert chinese.endswith(version)
    assert "|tok:13a|" in english
    assert metrics.chrf(GOOD, REFERENCES).signature == f"nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|{version}"


def test_chinese_is_not_taken_for_one_long_word() -> None:
    assert 30 < metrics.bleu(GOOD, REFERENCES, "zh").score < 100


def test_shares_add_up_and_nothing_of_nothing_is_no_percentage() -> None:
    whole = metrics.total([Share(1, 2), Share(0, 0), Share(2, 2)])
    assert (whole, whole.percent) == (Share(3, 4), 75.0)
    assert Share(0, 0).percent is None
    assert metrics.share_sample([Share(1, 2), Share(0, 0), Share(2, 2)]).score == 75.0
    assert metrics.share_sample([]).score == 0.0


# --- chance -----------------------------------------------------------------------------------------------------


def test_a_system_does_not_differ_from_itself() -> None:
    same = metrics.paired_bootstrap(metrics.chrf(GOOD, REFERENCES), metrics.chrf(GOOD, REFERENCES))
    assert (same.value, same.low, same.high, same.p) == (0.0, 0.0, 0.0, 1.0)


def test_a_better_system_is_better_with_a_small_p() -> None:
    worse, better = (metrics.chrf(outputs * 10, REFERENCES * 10) for outputs in (BAD, GOOD))
    found = metrics.paired_bootstrap(worse, better)
    assert found.p < 0.01
    assert 0 < found.low < found.value < found.high
    assert found.value == pytest.approx(better.score - worse.score)


def test_the_smallest_p_is_two_sided_and_one_draw_away_from_nothing() -> None:
    always_better = metrics.paired_bootstrap(metrics.share_sample([Share(0, 1)]), metrics.share_sample([Share(1, 1)]))
    assert always_better.p == pytest.approx(2 / (metrics.SAMPLES + 1))


def test_the_order_of_the_systems_turns_the_sign_and_nothing_else() -> None:
    one, other = metrics.bleu(GOOD, REFERENCES, "zh"), metrics.bleu(BAD, REFERENCES, "zh")
    there, back = metrics.paired_bootstrap(one, other), metrics.paired_bootstrap(other, one)
    assert (there.value, there.low, there.p) == pytest.approx((-back.value, -back.high, back.p))


def test_one_sentence_out_of_many_is_no_evidence() -> None:
    before = [Share(1, 1)] * 30
    after = [Share(0, 1), *before[1:]]
    found = metrics.paired_bootstrap(metrics.share_sample(before), metrics.share_sample(after))
    assert found.value == pytest.approx(-100 / 30)
    assert found.p > 0.3


def test_chance_is_the_same_each_time() -> None:
    one, other = metrics.chrf(GOOD, REFERENCES), metrics.chrf(BAD, REFERENCES)
    first = metrics.paired_bootstrap(one, other, samples=5)
    assert metrics.paired_bootstrap(one, other, samples=5) == first
    assert metrics.paired_bootstrap(one, other, samples=5, seed=2) != first


@pytest.mark.parametrize("count", [0, 2])
def test_systems_on_other_sentences_cannot_be_compared(count: int) -> None:
    with pytest.raises(ValueError, match="sentences"):
        metrics.paired_bootstrap(
            metrics.share_sample([Share(1, 1)] * count), metrics.share_sample([Share(1, 1)] * (count and 3))
        )


# --- consistency ------------------------------------------------------------------------------------------------

WORKER = hint("农民工", "务工人员", term="worker")
RETURN = "农民工返乡。"


def consistency(outputs: list[str], references: list[str] | None = None, asked: Hint = WORKER) -> Share:
    return metrics.consistency([[asked]] * len(outputs), references or [RETURN] * len(outputs), outputs, "zh")


def test_a_document_that_always_says_the_same_is_consistent() -> None:
    assert consistency(["农民工回来了。", "农民工走了。", "农民工多了。"]) == Share(3, 3)
    assert consistency(["务工人员回来了。", "务工人员走了。"]) == Share(2, 2)


def test_the_majority_counts_where_renderings_change() -> None:
    assert consistency(["农民工回来了。", "务工人员走了。", "农民工多了。"]) == Share(2, 3)


def test_what_is_not_known_is_not_consistent() -> None:
    assert consistency(["工人回来了。", "工人走了。", "农民工多了。"]) == Share(1, 3)
    assert consistency(["工人回来了。", "工人走了。"]) == Share(1, 2)


def test_a_term_of_one_sentence_cannot_be_inconsistent() -> None:
    assert consistency(["农民工回来了。"]) == Share(0, 0)


def test_sentences_whose_reference_words_it_otherwise_do_not_count() -> None:
    assert consistency(["农民工回来了。", "他们走了。"], [RETURN, "他们走了。"]) == Share(0, 0)


def test_two_forms_of_a_place_are_two_terms() -> None:
    city, place = hint("沈阳市", "沈阳", term="심양"), hint("沈阳", "沈阳市", term="심양")
    texts = ["沈阳市政府通知。", "沈阳下雪。", "沈阳市开会。", "沈阳很冷。"]
    assert metrics.consistency([[city], [place], [city], [place]], texts, texts, "zh") == Share(4, 4)


def test_of_two_renderings_one_inside_the_other_the_longer_was_used() -> None:
    place = hint("沈阳", "沈阳市")
    assert metrics.rendering(place, "沈阳市政府", "zh") == "沈阳市"
    assert metrics.rendering(place, "沈阳下雪", "zh") == "沈阳"
    assert metrics.rendering(place, "大连下雪", "zh") is None
