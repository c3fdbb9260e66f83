"""Keeps the promises that an engine did not keep of itself.

A rendering that is missing is put where it belongs by the order of the Korean, and the engine goes on from there
(prefix-constrained decoding, from left to right). What is missing still is mended in the finished text where it is
certain what stands in its place; the rest is for a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.article import Hint
from pipeline.engines import Effort, Hypothesis, Request
from pipeline.faults import Fault, faults
from pipeline.glosses import simplified
from pipeline.hints import DOUBLED_GLOSS, find_forbidden, find_rendering, is_honoured, stands_in
from pipeline.inflect import in_place

# How many places a rendering is tried at, first and when it is missing still. Five at first cost half as much again and
# kept no more (128 hints, two languages).
TRIES: dict[Effort, int] = {"usual": 3, "retry": 6}
# How far from where the order of the Korean puts it, in shares of the translation. Korean has its verbs last, and the
# places next to each other say the same. So spread they were worth as much (chrF 18.8 and 33.6 on 80 sentences) as the
# places that the model's attention names (18.9 and 33.4), and more than neighbouring ones (18.6 and 33.0).
AWAY = (0.0, -0.15, 0.15, -0.3, 0.3, 1.0, -0.45, 0.45, -0.6, 0.6)
CLOSING_MARKS = re.compile(r"[\s.。!！?？…,，、;；:：)）\]】\"'”’》」』]*$")
WORD_BEFORE = re.compile(r"[^\s(“‘\"]*$")  # what a word that a place cuts in two has before the place
LETTERS = re.compile(r"[A-Za-z]+")
LATIN_OR_DIGIT = re.compile(r"[A-Za-z0-9.%]")
DOUBLED_MARK = re.compile(r"([“”‘’《》〈〉「」『』])\1+")
UNKNOWN = 99.0  # the score of an alternative: behind everything that has one
PAIRS = ("“”", "‘’", "《》", "〈〉", "「」", "『』")

# What the engine says to the requests in an effort; a str is why it would not.
Ask = Callable[[Sequence[Request], Effort], Sequence[Hypothesis | str]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A translation of a request that may be taken."""

    text: str
    score: float | None = None
    is_complete: bool = True

    @classmethod
    def of(cls, hypothesis: Hypothesis) -> Candidate:
        """The best of a hypothesis."""
        return cls(hypothesis.text, hypothesis.score, hypothesis.is_complete)


def rank(request: Request, candidate: Candidate) -> tuple[int, int]:
    """Faults and missed hints: less is better. No text at all is worse than any text."""
    found = faults_of(request.text, candidate.text, request.target, is_complete=candidate.is_complete)
    weight = sum(10 if fault.kind == "empty" else 1 for fault in found)
    return weight, len(missed(request.hints, candidate.text, request.target))


def faults_of(source: str, text: str, lang: str, *, is_complete: bool) -> tuple[Fault, ...]:
    """The faults of a text, and that its decoding was stopped."""
    found = faults(source, text, lang)
    if is_complete or any(fault.kind == "truncated" for fault in found):
        return found
    return (*found, Fault("truncated", "decoding came to no end and was stopped", len(text), len(text)))


def missed(hints: Iterable[Hint], text: str, lang: str) -> tuple[Hint, ...]:
    """The hints that the text does not honour."""
    return tuple(hint for hint in hints if not is_honoured(hint, text, lang))


# --- by decoding --------------------------------------------------------------------------------------------------


def insist(started: Sequence[tuple[Request, Candidate]], ask: Ask) -> list[Candidate]:
    """For each request the candidate, or one that honours more of its hints and has no more faults.

    Every missed hint is tried at a few places, the leftmost first; what is missed then is tried once more with the
    greater effort. The engine is asked for all requests together, once for each missed hint of the request that has
    most. An engine that pays no regard to `Request.begin` is asked twice.
    """
    candidates = [candidate for _, candidate in started]
    for effort, tries in TRIES.items():
        courses = [_Course(request, now, now, tries) for (request, _), now in zip(started, candidates, strict=True)]
        while steps := [(course, step) for course in courses if (step := course.next_step())]:
            answers = iter(ask([request for _, step in steps for request in step.requests], effort))
            for course, step in steps:
                course.take(step, [next(answers) for _ in step.requests])
        candidates = [course.best for course in courses]
    return candidates


@dataclass(frozen=True, slots=True)
class _Step:
    """One hint, tried at several places."""

    number: int  # of the hint
    requests: tuple[Request, ...]


@dataclass(slots=True)
class _Course:
    """A translation on its way from left to right: all before `fixed` is settled, the rest the engine says anew."""

    request: Request
    best: Candidate
    now: Candidate
    tries: int  # places for a hint
    fixed: int = 0
    tried: set[int] = field(default_factory=set)

    def next_step(self) -> _Step | None:
        """The missed hint that comes first in the translation, at the places where it may belong."""
        hints, text, lang = self.request.hints, self.now.text, self.request.target
        waiting = [
            (self._places(number), number)
            for number, hint in enumerate(hints)
            if number not in self.tried and not is_honoured(hint, text, lang)
        ]
        if not waiting:
            return None
        places, number = min(waiting)
        begins = (_begun(text[:place], hints[number].text, lang) for place in places)
        return _Step(number, tuple(replace(self.request, begin=begin) for begin in dict.fromkeys(begins)))

    def take(self, step: _Step, answers: Sequence[Hypothesis | str]) -> None:
        """Go on from the best of the answers that begin as asked."""
        self.tried.add(step.number)
        pairs = list(zip(step.requests, answers, strict=True))
        begun = [(one, answer) for one, answer in pairs if not isinstance(answer, str) and _begins(answer, one)]
        if not begun and not any(isinstance(answer, str) for answer in answers):
            self.tried.update(range(len(self.request.hints)))  # the engine pays no regard to what it is to begin with
        found = [
            (rank(one, candidate), -candidate.score if candidate.score is not None else UNKNOWN, candidate, one)
            for one, answer in begun
            for candidate in _with_hint(self.request.hints[step.number], one, answer)
        ]
        if found:
            worth, _, self.now, chosen = min(found, key=lambda one: one[:2])  # the first, likeliest place of equal ones
            self.fixed = len(chosen.begin)
            if worth < rank(self.request, self.best):
                self.best = self.now

    def _places(self, number: int) -> list[int]:
        """Up to `tries` offsets behind what is settled, the likeliest first."""
        text, lang, hints = self.now.text, self.request.target, self.request.hints
        end = CLOSING_MARKS.search(text)
        last = max(self.fixed, end.start() if end else len(text))
        taken = {hint.start: span for hint in hints if (span := _span(hint, text, lang))}
        likely = _by_order(hints[number].start, len(self.request.text), taken, last)
        places: dict[int, None] = {}
        for place in (*(round(likely + share * last) for share in AWAY), *range(self.fixed, last + 1)):
            whole = _word_start(text, min(last, max(self.fixed, place)), lang)
            sooner = _overlap_start(text, whole, hints[number].text, lang)
            whole = sooner if sooner >= self.fixed else whole
            if self.fixed <= whole and not any(start < whole < stop for start, stop in taken.values()):
                places[whole] = None
            if len(places) == self.tries:
                break
        return list(places or {last: None})


def _by_order(start: int, length: int, taken: Mapping[int, tuple[int, int]], last: int) -> float:
    """Where in a translation that ends at `last` a hint belongs that starts at `start` of `length` in the Korean.

    Between those of its neighbours that are there already (`taken`: start in the Korean, span in the translation).
    """
    before, after = (0, 0), (max(length, start + 1), last)
    for korean, (begin, end) in sorted(taken.items()):
        if korean < start and end >= before[1]:
            before = (korean, end)
        elif korean > start and before[1] <= begin < after[1]:
            after = (korean, begin)
    return before[1] + (after[1] - before[1]) * (start - before[0]) / (after[0] - before[0])


def _begins(hypothesis: Hypothesis, request: Request) -> bool:
    return hypothesis.text.startswith(request.begin)


def _with_hint(hint: Hint, request: Request, hypothesis: Hypothesis) -> Iterator[Candidate]:
    """The candidates of a hypothesis that honour the hint."""
    for candidate in (Candidate.of(hypothesis), *map(Candidate, hypothesis.alternatives)):
        if is_honoured(hint, candidate.text, request.target):
            yield candidate
        elif is_honoured(hint, (mended := _unglued(candidate, len(request.begin))).text, request.target):
            yield mended


def _unglued(candidate: Candidate, end: int) -> Candidate:
    """The candidate without the letters that the engine put to the word that ends there (“Funders” for “Fund”)."""
    glued = LETTERS.match(candidate.text, end)
    if not glued:
        return candidate
    return replace(candidate, text=candidate.text[:end] + candidate.text[glued.end() :])


def _begun(before: str, rendering: str, lang: str) -> str:
    return "".join(in_place(rendering, before, lang))


def _span(hint: Hint, text: str, lang: str) -> tuple[int, int] | None:
    """Where an accepted rendering of the hint stands, the longest: no place for another one."""
    found = filter(None, (find_rendering(one, text, lang) for one in hint.accepted))
    return max(found, key=lambda span: span[1] - span[0], default=None)


def _word_start(text: str, place: int, lang: str) -> int:
    """The place, or the start of the word that it would cut in two; in Chinese of a number or a Latin word."""
    if lang != "zh":
        found = WORD_BEFORE.search(text, 0, place)
        return found.start() if found else place
    while 0 < place < len(text) and LATIN_OR_DIGIT.match(text[place]) and LATIN_OR_DIGIT.match(text[place - 1]):
        place -= 1
    return place


def _overlap_start(text: str, place: int, rendering: str, lang: str) -> int:
    """The place, or where what stands before it begins to say the same: no 辽 before 辽河, no “national national”."""
    before = text[:place].rstrip().casefold()
    units = rendering.casefold().split() if lang == "en" else list(rendering.casefold())
    for count in range(len(units) - 1, 0, -1):
        head = (" " if lang == "en" else "").join(units[:count])
        start = len(before) - len(head)
        if before.endswith(head) and (lang != "en" or not before[:start][-1:].isalnum()):
            return start
    return place


# --- in the finished text -----------------------------------------------------------------------------------------


def repaired(request: Request, candidate: Candidate) -> Candidate:
    """The candidate with what is certain put right; itself where that would bring a fault.

    A missed rendering takes the place of a forbidden one, of the Korean that was copied, or of itself in traditional
    characters. Marks
    that stand twice stand once (““三农””), and a gloss that was translated and copied is said once.
    """
    for hint in missed(request.hints, candidate.text, request.target):
        text = _swapped(candidate.text, hint, request)
        mended = replace(candidate, text=text)
        if text != candidate.text and rank(request, mended) < rank(request, candidate):
            candidate = mended
    mended = replace(candidate, text=_said_once(candidate.text, request.target))
    return mended if rank(request, mended) <= rank(request, candidate) else candidate


def _swapped(text: str, hint: Hint, request: Request) -> str:
    """The text with the rendering where something stands that can only be the same term."""
    korean = request.text[hint.start : hint.end]
    forbidden = next(find_forbidden([hint], text, request.target), None)
    if forbidden:
        start, end = forbidden[2]
    elif korean in text and not stands_in(hint.text, korean, request.target):
        start, end = text.index(korean), text.index(korean) + len(korean)
    elif request.target == "zh" and (span := _in_traditional(text, hint)):
        start, end = span
    else:
        return text
    return _begun(text[:start], hint.text, request.target) + text[end:]


def _in_traditional(text: str, hint: Hint) -> tuple[int, int] | None:
    plain = simplified(text)
    return find_rendering(hint.text, plain, "zh") if len(plain) == len(text) and plain != text else None


def _said_once(text: str, lang: str) -> str:
    text = DOUBLED_GLOSS.sub(lambda match: match["said"], text)
    if lang != "zh":
        return text
    once = DOUBLED_MARK.sub(lambda match: match[1], text)
    return once if _imbalance(once) <= _imbalance(text) else text


def _imbalance(text: str) -> int:
    return sum(abs(text.count(pair[0]) - text.count(pair[1])) for pair in PAIRS)
