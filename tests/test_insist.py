"""Renderings put where they belong: by decoding from a given beginning, then in the finished text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Hint
from pipeline.engines import Effort, Hypothesis, Request
from pipeline.hints import is_honoured
from pipeline.insist import TRIES, Candidate, insist, missed, rank, repaired

Tail = Callable[[Request], str]

SOURCE = "심양시는 물류기지를 건설한다."
CITY, BASE = Hint(0, 3, "沈阳市", "glossary"), Hint(5, 9, "物流基地", "glossary")
IN_ENGLISH = (Hint(0, 3, "Shenyang", "glossary"), Hint(5, 9, "logistics base", "glossary"))


class Obedient:
    """An engine that begins as it is told and goes on with what `tail` says."""

    def __init__(self, tail: Tail, score: Callable[[str], float] = lambda text: -1.0) -> None:
        self.tail, self.score = tail, score
        self.asked: list[tuple[Effort, list[Request]]] = []

    def __call__(self, requests: Sequence[Request], effort: Effort) -> list[Hypothesis | str]:
        self.asked.append((effort, list(requests)))
        texts = [request.begin + self.tail(request) for request in requests]
        return [Hypothesis(text, self.score(text)) for text in texts]


def request(lang: str = "zh", *hints: Hint, text: str = SOURCE) -> Request:
    return Request(text, lang, hints or ((CITY, BASE) if lang == "zh" else IN_ENGLISH))


def only(asked: Request, text: str, engine: Obedient) -> Candidate:
    (found,) = insist([(asked, Candidate(text, -0.5))], engine)
    return found


def prefers(begin: str) -> Callable[[str], float]:
    """A score that is best where the text begins so."""
    return lambda text: -0.1 if text.startswith(begin) else -2.0


def test_a_missed_rendering_is_put_where_the_order_of_the_korean_has_it() -> None:
    engine = Obedient(lambda asked: "建设物流基地。" if asked.begin == "沈阳市" else "建设基地。")
    assert only(request(), "该市建设物流基地。", engine).text == "沈阳市建设物流基地。"
    assert engine.asked[0][1][0].begin == "沈阳市"


def test_a_missed_rendering_is_looked_for_between_its_neighbours() -> None:
    hints = (Hint(0, 1, "甲", "glossary"), Hint(10, 11, "乙", "glossary"), Hint(20, 21, "丙", "glossary"))
    engine = Obedient(lambda asked: "。")
    only(request("zh", *hints, text="가" * 30), "开始很久很久以后甲大丙" + "完" * 20, engine)
    assert engine.asked[0][1][0].begin in {"开始很久很久以后甲乙", "开始很久很久以后甲大乙"}


def test_two_missed_renderings_are_kept_from_left_to_right() -> None:
    engine = Obedient(lambda asked: "建设什么。" if asked.begin == "沈阳市" else "。")
    found = only(request(), "该市建设什么。", engine)
    assert rank(request(), found) == (0, 0)
    assert found.text.index("沈阳市") < found.text.index("物流基地")
    begins = [asked.begin for _, requests in engine.asked[1:] for asked in requests]
    assert all(begin.startswith("沈阳市") for begin in begins)


def test_what_is_lost_behind_a_forced_rendering_is_insisted_on_in_its_turn() -> None:
    engine = Obedient(lambda asked: "建设基地。" if "物流基地" not in asked.begin else "。")
    found = only(request(), "该市建设物流基地。", engine)
    assert missed(request().hints, found.text, "zh") == ()


def test_a_new_fault_is_too_high_a_price() -> None:
    engine = Obedient(lambda asked: "建设建设建设建设建设建设。")
    assert only(request(), "该市建设基地。", engine).text == "该市建设基地。"


def test_what_already_says_the_beginning_of_a_rendering_is_not_said_twice() -> None:
    river = Hint(0, 4, "辽河实验室", "glossary")
    engine = Obedient(lambda asked: "成立。", prefers("在辽"))
    found = only(request("zh", river, text="료하실험실이 섰다."), "在辽宁成立。", engine)
    assert found.text == "在辽河实验室成立。"
    city = Hint(0, 6, "national central city", "glossary")
    engine = Obedient(lambda asked: " grew.", prefers("The national"))
    found = only(request("en", city, text="국가중심도시가 컸다."), "The national city grew.", engine)
    assert found.text == "The national central city grew."


def test_of_several_places_the_one_with_the_best_score_is_taken() -> None:
    engine = Obedient(lambda asked: "很好。", prefers("在"))
    found = only(request("zh", CITY), "在那里建设仓库。", engine)
    assert found.text.startswith("在")
    assert found.text.endswith("沈阳市很好。")
    assert found.score == -0.1


def test_no_rendering_is_put_into_the_middle_of_another_one_a_number_or_a_word() -> None:
    engine = Obedient(lambda asked: "。")
    only(request("zh", CITY, BASE), "建设物流基地2022年APP。", engine)
    begins = {asked.begin.removesuffix("沈阳市") for _, requests in engine.asked for asked in requests}
    assert begins
    assert not begins & {"建设物", "建设物流", "建设物流基", "建设物流基地2", "建设物流基地20", "建设物流基地2022年A"}
    english = Obedient(lambda asked: ".")
    only(request("en"), "The logistics base was built.", english)
    begins = {asked.begin for _, requests in english.asked for asked in requests}
    assert all(
        begin.removesuffix("Shenyang").strip() in ("", "The", "The logistics base", "The logistics base was")
        for begin in begins
    )


def test_a_rendering_takes_the_form_of_its_place() -> None:
    engine = Obedient(lambda asked: " of Shenyang were built.", prefers("The three l"))
    found = only(request("en"), "The three Shenyang sheds were built.", engine)
    assert found.text == "The three logistics bases of Shenyang were built."


def test_letters_glued_to_a_rendering_are_taken_off_and_a_plural_is_left() -> None:
    engine = Obedient(lambda asked: "er of Shenyang.", prefers("It built a log"))
    assert only(request("en"), "It built a shed in Shenyang.", engine).text == "It built a logistics base of Shenyang."
    plural = Obedient(lambda asked: "s of Shenyang.", prefers("It built log"))
    assert only(request("en"), "It built sheds in Shenyang.", plural).text == "It built logistics bases of Shenyang."


def test_an_alternative_that_honours_more_is_taken() -> None:
    def ask(requests: Sequence[Request], effort: Effort) -> list[Hypothesis | str]:
        return [Hypothesis(one.begin + "建仓。", -1.0, (one.begin + "建设物流基地。",)) for one in requests]

    (found,) = insist([(request(), Candidate("该市建仓。", -0.5))], ask)
    assert missed(request().hints, found.text, "zh") == ()


def test_an_engine_that_does_not_begin_as_asked_is_asked_once_an_effort_and_changes_nothing() -> None:
    asked: list[Effort] = []

    def deaf(requests: Sequence[Request], effort: Effort) -> list[Hypothesis | str]:
        asked.append(effort)
        return [Hypothesis("那里有沈阳市的物流基地。") for _ in requests]

    (found,) = insist([(request(), Candidate("该市建仓。"))], deaf)
    assert found.text == "该市建仓。"
    assert asked == ["usual", "retry"]


def test_a_refusal_costs_the_place_and_not_the_course() -> None:
    def moody(requests: Sequence[Request], effort: Effort) -> list[Hypothesis | str]:
        return ["no memory" if not one.begin.startswith("该市") else Hypothesis(one.begin + "。") for one in requests]

    (found,) = insist([(request(), Candidate("该市建仓。"))], moody)
    assert is_honoured(BASE, found.text, "zh")


def test_segments_are_asked_for_together_and_do_not_depend_on_each_other() -> None:
    texts = ["该市建设基地。", "沈阳市建设基地。", "该市建设物流基地。"]
    started = [(request(), Candidate(text, -0.5)) for text in texts]
    engine = Obedient(lambda asked: "很好。")
    together = insist(started, engine)
    assert [insist([one], Obedient(lambda asked: "很好。"))[0] for one in started] == together
    assert len(engine.asked[0][1]) > TRIES["usual"]


@given(
    st.sampled_from(["", "。", "该市建设基地。", "沈阳市。", "沈沈沈沈沈沈", "“三农”"]),
    st.lists(st.sampled_from(["。", "建设", "建设物流基地", "沈阳市", "基地基地基地基地"]), max_size=4).map("".join),
)
def test_nothing_ever_becomes_worse_and_effort_is_bounded(text: str, tail: str) -> None:
    engine = Obedient(lambda asked: tail)
    found = only(request(), text, engine)
    assert rank(request(), found) <= rank(request(), Candidate(text, -0.5))
    assert sum(len(requests) for _, requests in engine.asked) <= sum(TRIES.values()) * len(request().hints)


# --- in the finished text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "hint", "source", "text", "expected"),
    [
        ("zh", CITY, SOURCE, "심양시建设仓库。", "沈阳市建设仓库。"),
        ("zh", Hint(0, 3, "沈阳市", "glossary", (), None, ("奉天",)), SOURCE, "奉天建设仓库。", "沈阳市建设仓库。"),
        ("en", IN_ENGLISH[1], SOURCE, "It builds a 물류기지 in the city.", "It builds a logistics base in the city."),
        ("zh", Hint(0, 2, "辽宁省", "glossary"), "료녕은 크다.", "遼寧省很大。", "辽宁省很大。"),
        ("zh", Hint(0, 6, "“三农”问题", "glossary"), "‘3농’문제", "解决““三农”问题。", "解决“三农”问题。"),
        (
            "zh",
            Hint(0, 6, "临空经济区", "gloss"),
            "림공항경제구를",
            "建设临空经济区（临空经济区）。",
            "建设临空经济区。",
        ),
    ],
)
def test_what_is_certain_is_put_right(lang: str, hint: Hint, source: str, text: str, expected: str) -> None:
    assert repaired(Request(source, lang, (hint,)), Candidate(text)).text == expected


@pytest.mark.parametrize("text", ["他说：“解决“三农””。", "首府建设仓库。", "沈阳市（辽宁）建设物流基地。"])
def test_what_is_not_certain_is_left(text: str) -> None:
    assert repaired(request(), Candidate(text)).text == text


@given(st.text(st.sampled_from("심양시沈阳“”《》（）物流基地。遼 "), max_size=20))
def test_a_repair_makes_nothing_worse_and_is_done_once(text: str) -> None:
    once = repaired(request(), Candidate(text))
    assert rank(request(), once) <= rank(request(), Candidate(text))
    assert repaired(request(), once) == once
