"""The step: everything asked once, doubtful answers asked again, the best taken, nothing asked that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import translate as module
from pipeline.article import Hint
from pipeline.engines import Effort, EngineSettings, Hypothesis, Request, open_engine
from pipeline.translate import CachedResult, Outcome, Task, translate

Answer = Callable[[Request], Hypothesis]


class Scripted:
    """An engine that says what it is told, and keeps what it was asked."""

    signature = "scripted"

    def __init__(self, usual: Answer, retry: Answer | None = None, longest: int = 1000) -> None:
        self.answers = {"usual": usual, "retry": retry or usual}
        self.longest = longest
        self.asked: list[tuple[Effort, list[Request]]] = []

    def fits(self, request: Request) -> bool:
        return len(request.text) <= self.longest

    def translate(self, requests: Sequence[Request], effort: Effort = "usual") -> list[Hypothesis]:
        self.asked.append((effort, list(requests)))
        return [self.answers[effort](request) for request in requests]

    def requests(self, effort: Effort = "usual") -> list[Request]:
        return [request for asked, requests in self.asked if asked == effort for request in requests]


class Kept(dict[str, CachedResult]):
    """A cache in memory. It is empty and false at first, as a new one on disk is."""

    def put(self, key: str, result: CachedResult) -> None:
        self[key] = result


ECHO = open_engine("echo", EngineSettings(Path(), Path()))


def good(request: Request) -> Hypothesis:
    """A faultless answer that honours every hint."""
    return ECHO.translate([request])[0]


def says(*texts: str, score: float = -1.0, is_complete: bool = True) -> Answer:
    return lambda request: Hypothesis(texts[0], score, texts[1:], is_complete)


def task(text: str, lang: str = "zh", *hints: Hint, article: str = "a", segment: str = "1") -> Task:
    return Task(article, segment, lang, text, hints)


def only(outcomes: Iterator[Outcome]) -> Outcome:
    (outcome,) = outcomes
    return outcome


PLAIN = "시정부는 올해 물류기지를 새로 건설한다."
SHENYANG = Hint(0, 2, "沈阳", "glossary", admitted=("沈阳市",))
CITY = "심양시는 물류기지를 건설한다."


def test_every_task_has_one_outcome_in_its_own_language() -> None:
    tasks = [
        task(f"{'긴 ' * number}문장 {number}호가 있다.", lang, article=article, segment=str(number))
        for article in ("a", "b")
        for number in range(30)
        for lang in ("zh", "en")
    ]
    outcomes = list(translate(tasks, Scripted(good)))
    assert sorted(map(repr, (outcome.task for outcome in outcomes))) == sorted(map(repr, tasks))
    for outcome in outcomes:
        assert outcome.text == good(Request(outcome.task.text, outcome.task.lang)).text
        assert (outcome.error, outcome.faults, outcome.retried, outcome.is_cached) == (None, (), False, False)


def test_both_languages_and_all_articles_go_to_the_engine_together_sorted_by_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CHUNK", 4)
    engine = Scripted(good)
    texts = ["짧다.", "조금 더 긴 문장이다.", "이것은 그보다도 훨씬 더 긴 문장이다."]
    list(translate([task(text, lang, article=text) for text in texts for lang in ("zh", "en")], engine))
    lengths = [len(request.text) for request in engine.requests()]
    assert lengths == sorted(lengths, reverse=True)
    assert [len(requests) for _, requests in engine.asked] == [4, 2]
    assert {request.target for request in engine.asked[0][1]} == {"zh", "en"}


def test_what_is_the_same_is_asked_once() -> None:
    engine = Scripted(good)
    same = [task(PLAIN), task(f"  {PLAIN.replace(' ', '  ')}", segment="2"), task(PLAIN, "en", segment="3")]
    outcomes = list(translate(same, engine))
    assert len(outcomes) == 3
    assert len(engine.requests()) == 2


@pytest.mark.parametrize(
    "other",
    [
        task("시정부는 래년 물류기지를 새로 건설한다."),
        task(PLAIN, "en"),
        task(PLAIN, "zh", Hint(0, 3, "市政府", "glossary")),
        task(PLAIN, "zh", Hint(0, 3, "市政府", "glossary", forbidden=("市府",))),
    ],
    ids=["text", "language", "hint", "forbidden"],
)
def test_what_differs_is_asked_for_itself(other: Task) -> None:
    cache, engine = Kept(), Scripted(good)
    list(translate([task(PLAIN)], engine, cache))
    outcome = only(translate([other], engine, cache))
    assert len(engine.requests()) == 2
    assert not outcome.is_cached


def test_what_is_known_is_not_asked_and_comes_out_the_same() -> None:
    def usual(request: Request) -> Hypothesis:
        return Hypothesis("建设建设建设", -1.0) if "심양" in request.text else good(request)

    tasks = [task(PLAIN), task(CITY, "zh", SHENYANG, segment="2"), task("긴 문장을 둘로, 나누어 묻는다.", segment="3")]
    cache, engine = Kept(), Scripted(usual, says("又是又是又是", "沈阳又是又是又是", score=-2.0), longest=16)
    first = {outcome.task.segment: outcome for outcome in translate(tasks, engine, cache)}
    silent = Scripted(says("must not be asked"), longest=16)
    second = {outcome.task.segment: outcome for outcome in translate(tasks, silent, cache)}
    assert not silent.asked
    assert all(outcome.is_cached for outcome in second.values())
    assert {key: replace(outcome, is_cached=False) for key, outcome in second.items()} == first
    assert first["2"].retried
    assert first["2"].faults


def test_another_engine_does_not_use_what_the_first_one_said() -> None:
    cache, other = Kept(), Scripted(good)
    list(translate([task(PLAIN)], Scripted(good), cache))
    other.signature = "another"
    list(translate([task(PLAIN)], other, cache))
    assert len(other.requests()) == 1


def test_results_are_kept_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    cache = Kept()

    def dies_at_the_fifth(request: Request) -> Hypothesis:
        if len(engine.requests()) > 4:
            raise KeyboardInterrupt
        return good(request)

    engine = Scripted(dies_at_the_fifth)
    tasks = [task(f"문장 {number}호이다.", segment=str(number)) for number in range(9)]
    with pytest.raises(KeyboardInterrupt):
        list(translate(tasks, engine, cache))
    assert len(cache) == 4
    again = Scripted(good)
    assert len(list(translate(tasks, again, cache))) == 9
    assert len(again.requests()) == 5


def test_a_result_is_in_the_cache_before_its_outcome_is_given_out() -> None:
    cache = Kept()
    for outcome in translate([task(PLAIN), task(CITY, segment="2")], Scripted(good), cache):
        assert outcome.text in {result.text for result in cache.values()}


def test_a_faulty_answer_is_asked_for_once_more_and_the_better_one_taken() -> None:
    engine = Scripted(says("建设建设建设建设"), says("市政府今年新建物流基地。", score=-9.0))
    outcome = only(translate([task(PLAIN)], engine))
    assert (outcome.text, outcome.score, outcome.faults) == ("市政府今年新建物流基地。", -9.0, ())
    assert outcome.retried
    assert [effort for effort, _ in engine.asked] == ["usual", "retry"]


def test_a_missed_hint_is_asked_for_once_more_and_an_alternative_may_win() -> None:
    engine = Scripted(says("城市在建设物流基地。"), says("该市建设物流基地。", "沈阳市在建设物流基地。"))
    outcome = only(translate([task(CITY, "zh", SHENYANG)], engine))
    assert (outcome.text, outcome.missed, outcome.retried) == ("沈阳市在建设物流基地。", (), True)
    assert outcome.score is None  # engines do not say what an alternative is worth


def test_faults_weigh_more_than_hints_and_hints_more_than_the_score() -> None:
    hints = (SHENYANG, Hint(5, 9, "物流基地", "glossary"))
    candidates = ["沈阳沈阳沈阳物流基地", "某市建设基地。", "沈阳建设基地。"]
    engine = Scripted(says(candidates[1], score=-0.1), says(candidates[0], candidates[2], score=-0.2))
    outcome = only(translate([task(CITY, "zh", *hints)], engine))
    assert outcome.text == "沈阳建设基地。"
    assert outcome.missed == hints[1:]


def test_of_two_equally_good_the_better_score_wins() -> None:
    first, second = "某市建设物流基地。", "一市在建物流基地。"
    for scores, expected in (((-1.0, -2.0), first), ((-2.0, -1.0), second)):
        engine = Scripted(says(first, score=scores[0]), says(second, score=scores[1]))
        assert only(translate([task(CITY, "zh", SHENYANG)], engine)).text == expected


def test_any_text_is_better_than_none() -> None:
    outcome = only(translate([task(PLAIN)], Scripted(says("建设建设建设，"), says(""))))
    assert outcome.text == "建设建设建设，"


def test_what_stays_wrong_comes_out_with_its_faults_and_missed_hints() -> None:
    outcome = only(translate([task(CITY, "zh", SHENYANG)], Scripted(says("建设建设建设"))))
    assert [fault.kind for fault in outcome.faults] == ["looping"]
    assert outcome.missed == (SHENYANG,)
    assert outcome.retried


def test_missed_hints_are_given_back_with_their_spans_in_the_raw_text() -> None:
    hint = Hint(3, 5, "沈阳", "glossary")
    outcome = only(translate([task("\u00a0\u00a0 심양은  크다.", "zh", hint)], Scripted(says("城市很大。"))))
    assert outcome.missed == (hint,)


def test_a_decoding_that_was_stopped_is_a_fault() -> None:
    stopped = says("市政府今年新建物流基地。", is_complete=False)
    cache = Kept()
    outcome = only(translate([task(PLAIN)], Scripted(stopped), cache))
    assert [fault.kind for fault in outcome.faults] == ["truncated"]
    assert only(translate([task(PLAIN)], Scripted(stopped), cache)).faults == outcome.faults


def test_a_request_that_the_engine_refuses_is_an_error_and_the_others_do_not_suffer() -> None:
    def refuses_three(request: Request) -> Hypothesis:
        if "3호" in request.text:
            raise RuntimeError("no memory for this one")
        return good(request)

    cache = Kept()
    tasks = [task(f"문장 {number}호이다.", segment=str(number)) for number in range(8)]
    outcomes = {outcome.task.segment: outcome for outcome in translate(tasks, Scripted(refuses_three), cache)}
    assert (outcomes["3"].error, outcomes["3"].text) == ("no memory for this one", "")
    assert [key for key, outcome in outcomes.items() if outcome.error] == ["3"]
    assert len(cache) == 7  # an error is tried again by the next run


def test_a_second_try_that_is_refused_leaves_the_first() -> None:
    def refuses(request: Request) -> Hypothesis:
        raise RuntimeError("no memory for so wide a beam")

    outcome = only(translate([task(PLAIN)], Scripted(says("建设建设建设"), refuses)))
    assert (outcome.text, outcome.error) == ("建设建设建设", None)


def test_what_is_not_the_engines_refusal_ends_the_stream() -> None:
    def broken(request: Request) -> Hypothesis:
        raise ValueError("a mistake of ours")

    with pytest.raises(ValueError, match="a mistake of ours"):
        list(translate([task(PLAIN)], Scripted(broken)))


def test_white_space_is_not_asked_for() -> None:
    engine = Scripted(good)
    outcome = only(translate([task(" \u00a0 ")], engine))
    assert (outcome.text, outcome.error, outcome.faults) == ("", None, ())
    assert not engine.asked


def test_the_engine_gets_flat_text_without_the_bracket_of_a_hinted_gloss() -> None:
    text = "심양은\u00a0 림공항경제구(临空经济区)를 건설한다."
    start = text.index("림")
    engine = Scripted(good)
    outcome = only(translate([task(text, "zh", Hint(start, start + 6, "临空经济区", "gloss"))], engine))
    (request,) = engine.requests()
    assert request.text == "심양은 림공항경제구를 건설한다."
    assert request.text[request.hints[0].start : request.hints[0].end] == "림공항경제구"
    assert outcome.text.count("临空经济区") == 1


LONG = "심양은 물류기지를 건설하고, 료녕은 새 국면을 개척하며, 농민들은 벼모내기를 다그친다."


def test_a_long_sentence_is_asked_in_parts_and_joined() -> None:
    spoken = {"심양은": "沈阳建设基地。", "료녕은": "辽宁开创局面。", "농민들은": "农民加紧插秧。"}
    engine = Scripted(lambda request: Hypothesis(spoken[request.text.split()[0]], -1.0), longest=22)
    outcome = only(translate([task(LONG, "zh", SHENYANG)], engine))
    assert outcome.text == "沈阳建设基地，辽宁开创局面，农民加紧插秧。"
    assert (outcome.score, outcome.missed, outcome.faults) == (-1.0, (), ())
    assert "".join(request.text for request in engine.requests()).count("은 ") == LONG.count("은 ")
    assert [request.hints for request in engine.requests() if request.hints] == [(SHENYANG,)]


def test_an_empty_part_is_seen_although_the_whole_hides_it() -> None:
    def one_is_silent(request: Request) -> Hypothesis:
        return Hypothesis("" if "료녕" in request.text else "沈阳建设基地，成绩突出。", -1.0)

    outcome = only(translate([task(LONG)], Scripted(one_is_silent, longest=22)))
    assert "empty" in [fault.kind for fault in outcome.faults]
    assert any("료녕" in fault.message for fault in outcome.faults)


def test_a_part_that_is_refused_is_the_error_of_the_whole() -> None:
    def refuses_one(request: Request) -> Hypothesis:
        if "료녕" in request.text:
            raise RuntimeError("not this one")
        return good(request)

    outcome = only(translate([task(LONG)], Scripted(refuses_one, longest=22)))
    assert (outcome.text, outcome.error) == ("", "not this one")


def test_articles_are_finished_window_by_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WINDOW", 4)
    tasks = [
        task(f"{article}호 기사의 문장 {number}이다.", segment=str(number), article=article)
        for article in ("일", "이")
        for number in range(4)
    ]
    order = [outcome.task.article for outcome in translate(tasks, Scripted(good))]
    assert order == ["일"] * 4 + ["이"] * 4


def test_a_surrogate_in_the_text_is_no_reason_to_stop() -> None:
    assert only(translate([task("문장\udc80이다.")], Scripted(good), Kept())).error is None


class Steerable(Scripted):
    """A scripted engine that begins as it is told."""

    def translate(self, requests: Sequence[Request], effort: Effort = "usual") -> list[Hypothesis]:
        plain = super().translate(requests, effort)
        return [
            replace(hypothesis, text=request.begin + "建设基地。") if request.begin else hypothesis
            for request, hypothesis in zip(requests, plain, strict=True)
        ]


TWO = (SHENYANG, Hint(5, 9, "物流基地", "glossary"))


def test_what_both_tries_miss_is_insisted_on() -> None:
    engine = Steerable(says("该市建设基地。"))
    outcome = only(translate([task(CITY, "zh", SHENYANG)], engine))
    assert (outcome.text, outcome.missed) == ("沈阳建设基地。", ())
    assert [effort for effort, _ in engine.asked] == ["usual", "retry", "usual"]


def test_nothing_is_insisted_on_where_every_hint_is_honoured() -> None:
    engine = Steerable(says("沈阳建设基地。"))
    assert only(translate([task(CITY, "zh", SHENYANG)], engine)).honoured == {"hint": 1}
    assert len(engine.asked) == 1


def test_an_outcome_says_which_step_honoured_how_many_hints() -> None:
    at_once = only(translate([task(CITY, "zh", *TWO)], Scripted(says("沈阳建设物流基地。"))))
    second = only(translate([task(CITY, "zh", *TWO)], Scripted(says("沈阳建设基地。"), says("沈阳建设物流基地。"))))
    forced = only(translate([task(CITY, "zh", *TWO)], Steerable(says("该市建设物流基地。"))))
    mended = only(translate([task(CITY, "zh", SHENYANG)], Scripted(says("심양建设基地，成绩突出，群众满意。"))))
    assert at_once.honoured == {"hint": 2}
    assert second.honoured == {"hint": 1, "retry": 1}
    assert forced.honoured == {"hint": 1, "insist": 1} or forced.honoured == {"insist": 2}
    assert mended.honoured == {"repair": 1}
    assert mended.text == "沈阳建设基地，成绩突出，群众满意。"


def test_the_counts_of_the_steps_are_those_of_the_hints_that_are_kept() -> None:
    hint = Hint(3, 7, "物流基地", "glossary")
    for engine in (Scripted(says("某市建设。")), Steerable(says("某市建设。")), Scripted(good)):
        outcome = only(translate([task(CITY, "zh", SHENYANG, replace(hint, start=5, end=9))], engine))
        assert sum(outcome.honoured.values()) == len(outcome.task.hints) - len(outcome.missed)


def test_what_was_insisted_on_is_known_by_the_next_run_with_its_steps() -> None:
    cache = Kept()
    first = only(translate([task(CITY, "zh", *TWO)], Steerable(says("该市建设仓库。")), cache))
    silent = Scripted(says("must not be asked"))
    second = only(translate([task(CITY, "zh", *TWO)], silent, cache))
    assert not silent.asked
    assert replace(second, is_cached=False) == first


def test_insisting_does_not_depend_on_what_else_is_translated() -> None:
    texts = [CITY, "심양시는 작은 창고를 건설한다.", "심양시는 공원을 새로 꾸린다."]
    tasks = [task(text, "zh", SHENYANG, segment=str(at)) for at, text in enumerate(texts)]
    together = {o.task.segment: o for o in translate(tasks, Steerable(says("该市建设仓库。")))}
    for one in tasks:
        assert only(translate([one], Steerable(says("该市建设仓库。")))) == together[one.segment]


def test_doubled_quotation_marks_and_glosses_are_said_once() -> None:
    hint = Hint(0, 6, "“三农”问题", "glossary")
    outcome = only(translate([task("‘3농’문제를 해결한다.", "zh", hint)], Scripted(says("解决““三农”问题。"))))
    assert outcome.text == "解决“三农”问题。"
