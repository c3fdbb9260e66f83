"""Measuring a system: every sentence is scored against its own reference, and hints that should not matter show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline import testset
from pipeline.article import Hint
from pipeline.engines import Effort, Hypothesis, Request
from pipeline.engines.echo import EchoEngine
from pipeline.errors import SettingsError
from pipeline.evaluate import evaluate, promises, random_hints
from pipeline.glossary import Glossary, load_glossary
from pipeline.metrics import Share
from pipeline.report import ARMS, Run, effects

SOURCES = (
    "심양에 눈이 내린다.",
    "료녕의 농민들은 오늘도 아침부터 벼모내기를 다그치고 있으며 저녁에는 회의를 연다.",
    "회의는 심양에서 열린다.",
)
CHINESE = ("沈阳下雪。", "辽宁农民今天一早就忙着插秧，晚上还要开会议。", "会议在沈阳举行。")
ENGLISH = (
    "It snows in Shenyang.",
    "Farmers in Liaoning are busy transplanting rice and hold a meeting in the evening.",
    "The meeting is in Shenyang.",
)
TERMS = """\
- {ko: 심양, zh: 沈阳, en: Shenyang, kind: place}
- {ko: 료녕, zh: 辽宁, en: Liaoning, kind: place}
- {ko: 농민, zh: {preferred: 农民, admitted: [农户]}, en: farmer, kind: term}
"""
SET = testset.TestSet("snow", SOURCES, {"zh": CHINESE, "en": ENGLISH})


@pytest.fixture(scope="module")
def glossary(tmp_path_factory: pytest.TempPathFactory) -> Glossary:
    folder = tmp_path_factory.mktemp("glossary")
    (folder / "terms.yaml").write_text(TERMS, encoding="utf-8")
    return load_glossary(folder)


class Table:
    """An engine that knows some texts by heart and makes of a hint what `with_hints` says."""

    signature = "table 1"

    def __init__(
        self, known: dict[str, str], with_hints: Callable[[str, Sequence[Hint]], str] = lambda text, hints: text
    ) -> None:
        self.known, self.with_hints = known, with_hints
        self.asked: list[Request] = []

    def fits(self, request: Request) -> bool:
        return True

    def translate(self, requests: Sequence[Request], effort: Effort = "usual") -> list[Hypothesis]:
        self.asked += requests
        if any(self.known.get(request.text) == "too much" for request in requests):
            raise RuntimeError("out of memory")
        return [Hypothesis(self._text(request)) for request in requests]

    def _text(self, request: Request) -> str:
        text = self.known.get(request.text, "")
        return self.with_hints(text, request.hints) if request.hints else text


PERFECT = dict(zip(SOURCES, CHINESE, strict=True))


def only(runs: Sequence[Run], lang: str, arm: str = "none", system: str = "") -> Run:
    (found,) = (r for r in runs if (r.lang, r.hints) == (lang, arm) and system in r.system)
    return found


# --- alignment --------------------------------------------------------------------------------------------------


def test_outputs_stand_in_the_order_of_the_sentences_though_long_ones_are_translated_first() -> None:
    report = evaluate(SET, EchoEngine())
    for run in report.runs:
        alone = EchoEngine().translate([Request(source, run.lang) for source in SOURCES])
        assert run.outputs == tuple(hypothesis.text for hypothesis in alone)
    assert [(run.lang, run.hints) for run in report.runs] == [("zh", "none"), ("en", "none")]


def test_a_system_that_says_what_the_reference_says_has_full_marks() -> None:
    run = only(evaluate(SET, Table(PERFECT), ["zh"]).runs, "zh")
    assert (run.bleu, run.chrf) == pytest.approx((100, 100))
    assert (run.faults, run.failed, run.system) == ({}, 0, "table 1")


def test_a_sentence_without_reference_is_neither_translated_nor_scored() -> None:
    engine = Table(PERFECT)
    partial = testset.TestSet("part", SOURCES, {"zh": (CHINESE[0], "", CHINESE[2])})
    run = only(evaluate(partial, engine).runs, "zh")
    assert run.outputs == (CHINESE[0], CHINESE[2])
    assert run.chrf == pytest.approx(100)
    assert SOURCES[1] not in {request.text for request in engine.asked}


def test_a_peer_is_scored_on_the_same_sentences_and_has_no_speed(glossary: Glossary) -> None:
    peers = (testset.Peer("peer", "zh", (CHINESE[0], "x", "会会会会会会。")),)
    partial = testset.TestSet("part", SOURCES, {"zh": (CHINESE[0], "", CHINESE[2]), "en": ENGLISH}, peers)
    report = evaluate(partial, EchoEngine(), glossary=glossary)
    peer = only(report.runs, "zh", system="peer")
    assert peer.outputs == (CHINESE[0], "会会会会会会。")
    assert (peer.term_accuracy, peer.faults) == (Share(1, 2), {"looping": 1})
    assert (peer.rate, len(report.runs)) == (None, 3)


def test_the_reporter_hears_of_every_sentence(glossary: Glossary) -> None:
    class Counting:
        total = done = 0

        def start(self, articles: int, segments: int) -> None:
            self.total = segments

        def advance(self, segments: int) -> None:
            self.done += segments

        def note(self, message: str) -> None: ...

    reporter = Counting()
    evaluate(SET, EchoEngine(), glossary=glossary, arms=ARMS, reporter=reporter)
    assert reporter.total == reporter.done == 3 * 2 * 3


# --- terms ------------------------------------------------------------------------------------------------------


def test_an_engine_that_follows_hints_has_the_terms_only_when_it_gets_them(glossary: Glossary) -> None:
    report = evaluate(SET, EchoEngine(), glossary=glossary, arms=["none", "glossary"])
    for lang in ("zh", "en"):
        without, with_hints = only(report.runs, lang), only(report.runs, lang, "glossary")
        assert (without.term_accuracy, without.given) == (Share(0, 4), (0, 0, 0))
        assert (with_hints.term_accuracy, with_hints.given) == (Share(4, 4), (1, 2, 1))
        assert (without.obedience, with_hints.obedience) == (Share(0, 4), Share(4, 4))
    assert report.glossary == glossary.fingerprint


def test_without_a_glossary_there_are_no_terms_to_count() -> None:
    run = only(evaluate(SET, EchoEngine()).runs, "zh")
    assert {run.term_accuracy, run.consistency, run.obedience, run.forcing} == {Share(0, 0)}


def test_the_engine_gets_no_hints_where_none_are_asked_for(glossary: Glossary) -> None:
    engine = Table(PERFECT)
    evaluate(SET, engine, ["zh"], glossary, ["none"])
    assert not any(request.hints for request in engine.asked)


def test_documents_share_neither_glosses_nor_the_count_of_renderings(glossary: Glossary) -> None:
    sources = ("림공항경제구(临空经济区)가 선다.", "림공항경제구는 심양에 있다.", "농민들이 온다.", "농민들이 간다.")
    references = ("临空经济区建成。", "临空经济区在沈阳。", "农民来了。", "农民走了。")
    apart = testset.TestSet("two", sources, {"zh": references}, documents=("a", "b", "a", "b"))
    together = testset.TestSet("one", sources, {"zh": references})
    texts = [[hint.text for hint in hints] for hints in promises(apart, glossary, ["zh"])["zh"]]
    assert texts == [["临空经济区"], ["沈阳"], ["农民"], ["农民"]]
    assert [hint.text for hint in promises(together, glossary, ["zh"])["zh"][1]] == ["临空经济区", "沈阳"]
    said = dict(zip(sources, ("临空经济区建成。", "它在沈阳。", "农户来了。", "农民走了。"), strict=True))
    assert only(evaluate(apart, Table(said), glossary=glossary).runs, "zh").consistency == Share(0, 0)
    assert only(evaluate(together, Table(said), glossary=glossary).runs, "zh").consistency.of == 4


# --- what goes wrong --------------------------------------------------------------------------------------------


def test_faulty_and_refused_sentences_are_counted() -> None:
    engine = Table({SOURCES[0]: "too much", SOURCES[1]: "农民农民农民农民农民农民农民农民农民农民。", SOURCES[2]: ""})
    run = only(evaluate(SET, engine, ["zh"]).runs, "zh")
    assert (run.failed, run.outputs[0], run.outputs[2]) == (1, "", "")
    assert run.faults == {"empty": 1, "looping": 1}
    assert run.retried == 2


def test_a_language_without_references_is_refused() -> None:
    with pytest.raises(SettingsError, match="no references in “en”, only: zh"):
        evaluate(testset.TestSet("zh only", SOURCES, {"zh": CHINESE}), EchoEngine(), ["en"])


def test_hints_from_no_glossary_are_refused() -> None:
    with pytest.raises(SettingsError, match="need a glossary"):
        evaluate(SET, EchoEngine(), arms=["glossary"])


# --- the random-term control --------------------------------------------------------------------------------------

WORDS = {"회의": "会议。", "눈이": "雪", "아침": "早上", "벼모내기": "插秧", "저녁": "晚上", "오늘": "今天"}


def drawn(engine: Table, promised: Sequence[tuple[Hint, ...]] = ((), (), ()), seed: int = 1) -> list[list[str]]:
    found = random_hints(SOURCES, CHINESE, promised, engine, "zh", seed)
    return [[f"{s[h.start : h.end]} {h.text}" for h in hints] for s, hints in zip(SOURCES, found, strict=True)]


def test_a_random_hint_is_a_word_without_its_particle_as_the_engine_and_the_reference_render_it() -> None:
    # 저녁 stands before 에는 only, 아침 before 부터, 오늘 before 도: no sign of a noun. 插秧 is shorter than 벼모내기.
    assert drawn(Table(WORDS)) == [[], ["회의 会议"], ["회의 会议"]]


def test_what_the_reference_does_not_have_is_no_hint() -> None:
    assert drawn(Table({"회의": "大会"})) == [[], [], []]
    assert drawn(Table({"회의": ""})) == [[], [], []]


def test_half_of_a_word_of_the_reference_is_no_hint() -> None:
    engine = Table({"회의실": "会议", "회의": "会议"})
    found = random_hints(["회의실을 쓴다.", "회의를 한다."], ["用会议室。", "开会议。"], [(), ()], engine, "zh")
    assert [len(hints) for hints in found] == [0, 1]


def test_an_english_word_is_written_as_in_the_reference_and_never_part_of_another() -> None:
    engine = Table({"회의": "Meeting.", "정책": "Policy", "생산": "Production", "사람": "Man"})
    sources = ["회의를 한다.", "정책을 세운다.", "생산을 한다.", "사람의 일."]
    references = ["A meeting is held.", "Policymakers act.", "There is overproduction.", "It is a man's work."]
    found = random_hints(sources, references, [()] * 4, engine, "en")
    assert [[hint.text for hint in hints] for hints in found] == [["meeting"], [], [], []]


def test_random_hints_leave_the_terms_alone() -> None:
    promised = [(), (), (Hint(0, 2, "会议", "glossary"),)]
    assert drawn(Table(WORDS), promised) == [[], ["회의 会议"], []]


def test_a_sentence_gets_as_many_random_hints_as_it_has_terms_and_at_least_one() -> None:
    source = "정책과 기업과 회의와 도시를 본다."
    engine = Table({"정책": "政策", "기업": "企业", "회의": "会议", "도시": "城市"})

    def count(terms: int) -> int:
        promised = tuple(Hint(len(source) - 3, len(source) - 1, "看", "glossary") for _ in range(terms))
        found = random_hints([source], ["看政策、企业、会议和城市。"], [promised], engine, "zh")[0]
        assert all(one.end <= other.start for one, other in pairwise(found))
        return len(found)

    assert [count(0), count(2), count(9)] == [1, 2, 4]


def test_the_seed_decides_what_is_drawn() -> None:
    source = "정책과 기업과 회의와 도시를 본다."
    engine = Table({"정책": "政策", "기업": "企业", "회의": "会议", "도시": "城市"})

    def text(seed: int) -> str:
        return random_hints([source], ["看政策、企业、会议和城市。"], [()], engine, "zh", seed)[0][0].text

    assert [text(seed) for seed in range(9)] == [text(seed) for seed in range(9)]
    assert len({text(seed) for seed in range(9)}) > 1


@pytest.mark.parametrize(
    ("with_hints", "is_harmed"),
    [(lambda text, hints: text, False), (lambda text, hints: hints[0].text + "啊这个那个。", True)],
    ids=["an engine that hints leave alone", "an engine that any hint upsets"],
)
def test_the_control_shows_whether_hints_that_should_not_matter_do_harm(
    with_hints: Callable[[str, Sequence[Hint]], str], is_harmed: bool
) -> None:
    many = testset.TestSet("many", SOURCES * 8, {"zh": CHINESE * 8})
    engine = Table({**PERFECT, **WORDS}, with_hints)
    report = evaluate(many, engine, ["zh"], arms=["none", "random"])
    assert only(report.runs, "zh", "random").given == (0, 1, 1) * 8
    (found,) = (one for one in effects(report) if one.measure == "chrF")
    control = found.difference
    assert found.sentences == 16
    assert (control.value < -1) is is_harmed
    assert (control.p < 0.05) is is_harmed


# --- a whole set ------------------------------------------------------------------------------------------------

SHARED = Path(__file__).parents[1].parent / "shared" / "test-sets" / "domain-dev.ko"


@pytest.mark.skipif(not SHARED.is_file(), reason="the shared test sets are not here")
def test_a_real_test_set_goes_through(glossary: Glossary) -> None:
    (found,) = testset.read_test_sets(SHARED)
    report = evaluate(found.first(20), EchoEngine(), glossary=glossary, arms=ARMS)
    assert [(run.lang, run.hints, len(run.outputs)) for run in report.runs] == [
        (lang, arm, 20) for lang in ("zh", "en") for arm in ARMS
    ]
    assert all(run.chrf > 0 for run in report.runs)
