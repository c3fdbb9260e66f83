"""The step between articles and an engine: everything that is to be translated, in one stream.

Tasks of all articles and both languages run together, so that batches are full. Each result is looked at, asked for
once more when it is faulty or misses a hint, insisted on and repaired when it misses one still, and kept in the cache
as it comes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

from pipeline.article import Hint
from pipeline.engines import Effort, Engine, Hypothesis, Request
from pipeline.faults import Fault, faults
from pipeline.insist import Candidate, faults_of, insist, missed, rank, repaired
from pipeline.parts import Part, in_parts, join, prepare

WINDOW = 2000  # tasks sorted by length together: some twenty articles, a minute or so
CHUNK = 128  # requests to the engine at once: what a killed run has to do again
VERSION = 2  # of how a candidate is chosen; part of every cache key

Step = Literal["hint", "retry", "insist", "repair"]  # what brought a rendering into a translation, in this order
STEPS: tuple[Step, ...] = get_args(Step)


@dataclass(frozen=True, slots=True)
class Task:
    """One segment to translate into one language. `text` is the Korean, raw; hints have spans in it."""

    article: str
    segment: str
    lang: str
    text: str
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a task: a translation with what is still wrong with it, or `error` and no text."""

    task: Task
    text: str
    score: float | None  # mean log-probability per token; None when unknown
    faults: tuple[Fault, ...]
    missed: tuple[Hint, ...]  # of task.hints
    retried: bool  # the engine was asked a second time
    error: str | None = None
    is_cached: bool = False  # the engine was not asked in this run
    honoured: Mapping[Step, int] = field(default_factory=dict)  # how many of task.hints, by the step that did it


@dataclass(frozen=True, slots=True)
class CachedResult:
    """What an engine finally gave for a request; from it the same outcome is made again."""

    text: str
    score: float | None = None
    retried: bool = False
    is_complete: bool = True  # False when decoding stopped at the length limit
    steps: Sequence[Step | None] = ()  # for each hint of the request what made it honoured; None: missed


class Cache(Protocol):
    """Results by content key: signature, language, text, hints. `put` keeps a result at once."""

    def get(self, key: str) -> CachedResult | None: ...

    def put(self, key: str, result: CachedResult) -> None: ...


@dataclass(slots=True)
class _Plan:
    """A task, the parts it is asked in, and the results as they arrive; a str is the error of a part."""

    task: Task
    whole: Part
    requests: dict[str, Request]  # by key, in the order of the text
    order: list[str]  # keys of the parts; a key twice is a part twice
    results: dict[str, CachedResult | str] = field(default_factory=dict)
    is_cached: bool = True

    @property
    def is_done(self) -> bool:
        return len(self.results) == len(self.requests)


def translate(tasks: Sequence[Task], engine: Engine, cache: Cache | None = None) -> Iterator[Outcome]:
    """One outcome a task, in the order in which they are finished.

    What the engine refuses with RuntimeError is an outcome with `error`; everything else it raises ends the stream.
    A result is in the cache before its outcome is given out.
    """
    for start in range(0, len(tasks), WINDOW):
        plans = [_plan(task, engine, cache) for task in tasks[start : start + WINDOW]]
        waiting: dict[str, list[_Plan]] = {}
        unknown: dict[str, Request] = {}
        for plan in plans:
            for key, request in plan.requests.items():
                if result := None if cache is None else cache.get(key):
                    plan.results[key] = result
                else:
                    waiting.setdefault(key, []).append(plan)
                    unknown[key] = request
            if plan.is_done:
                yield _outcome(plan)
        for key, answer in _answers(unknown, engine):
            if cache is not None and isinstance(answer, CachedResult):
                cache.put(key, answer)
            for plan in waiting[key]:
                plan.results[key], plan.is_cached = answer, False
                if plan.is_done:
                    yield _outcome(plan)


def _plan(task: Task, engine: Engine, cache: Cache | None) -> _Plan:
    whole = prepare(task.text, task.lang, task.hints)
    if not whole.text:
        return _Plan(task, whole, {}, [])

    def fits(text: str, hints: tuple[Hint, ...]) -> bool:
        return engine.fits(Request(text, task.lang, hints))

    # A result for the whole says that it fitted: the engine need not even open.
    is_known = cache is not None and cache.get(_key(engine, _request(whole, task.lang))) is not None
    parts = (whole,) if is_known else in_parts(whole, fits)
    requests = [_request(part, task.lang) for part in parts]
    order = [_key(engine, request) for request in requests]
    return _Plan(task, whole, dict(zip(order, requests, strict=True)), order)


def _request(part: Part, lang: str) -> Request:
    return Request(part.text, lang, part.hints)


def _key(engine: Engine, request: Request) -> str:
    """Stands for all that decides a result, and for nothing else."""
    hints = [(hint.start, hint.end, hint.accepted, hint.forbidden) for hint in request.hints]
    content = repr((VERSION, engine.signature, request.target, request.text, hints))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _answers(requests: dict[str, Request], engine: Engine) -> Iterator[tuple[str, CachedResult | str]]:
    """The final result or the error of each request, longest first; doubtful ones are gathered and asked again."""
    keys = sorted(requests, key=lambda key: _length(requests[key]), reverse=True)
    doubtful: list[tuple[str, Hypothesis]] = []
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        for key, hypothesis in zip(chunk, _ask([requests[key] for key in chunk], engine, "usual"), strict=True):
            if isinstance(hypothesis, str):
                yield key, hypothesis
            elif rank(requests[key], Candidate.of(hypothesis)) == (0, 0):
                yield key, _result(requests[key], [Candidate.of(hypothesis)])
            else:
                doubtful.append((key, hypothesis))
        if len(doubtful) >= CHUNK or start + CHUNK >= len(keys):
            yield from _second_answers(doubtful, requests, engine)
            doubtful = []


def _length(request: Request) -> tuple[int, str, str]:
    return len(request.text) + sum(len(hint.text) + 2 for hint in request.hints), request.text, request.target


def _second_answers(
    doubtful: Sequence[tuple[str, Hypothesis]], requests: dict[str, Request], engine: Engine
) -> Iterator[tuple[str, CachedResult | str]]:
    again = _ask([requests[key] for key, _ in doubtful], engine, "retry")
    chosen: dict[str, Candidate] = {}
    for (key, first), second in zip(doubtful, again, strict=True):
        chosen[key] = _best(requests[key], [first] if isinstance(second, str) else [first, second])
    kept = _insisted({key: (requests[key], candidate) for key, candidate in chosen.items()}, engine)
    for key, first in doubtful:
        yield key, _result(requests[key], [Candidate.of(first), chosen[key], kept[key]])


def _insisted(chosen: Mapping[str, tuple[Request, Candidate]], engine: Engine) -> dict[str, Candidate]:
    """The candidates, those that miss hints insisted on."""
    keys = [key for key, (request, candidate) in chosen.items() if rank(request, candidate)[1]]
    better = insist([chosen[key] for key in keys], lambda requests, effort: _ask(requests, engine, effort))
    return {key: candidate for key, (_, candidate) in chosen.items()} | dict(zip(keys, better, strict=True))


def _result(request: Request, candidates: Sequence[Candidate]) -> CachedResult:
    """The last candidate, repaired; which step each hint was honoured by shows in those before."""
    last = repaired(request, candidates[-1])
    texts = [*(candidate.text for candidate in candidates), last.text]
    names = (*STEPS[: len(candidates)], "repair")
    steps: list[Step | None] = []
    for hint in request.hints:
        without = [at for at, text in enumerate(texts) if missed([hint], text, request.target)]
        since = without[-1] + 1 if without else 0  # what was honoured, lost and honoured again is the later step's
        steps.append(names[since] if since < len(names) else None)
    return CachedResult(last.text, last.score, len(candidates) > 1, last.is_complete, tuple(steps))


def _ask(requests: Sequence[Request], engine: Engine, effort: Effort) -> list[Hypothesis | str]:
    """A hypothesis for each request, or what the engine said against it; the others do not suffer."""
    if not requests:
        return []
    try:
        return list(engine.translate(requests, effort))
    except RuntimeError as problem:
        if len(requests) == 1:
            return [str(problem) or "the engine gave up"]
    middle = len(requests) // 2
    return [*_ask(requests[:middle], engine, effort), *_ask(requests[middle:], engine, effort)]


def _best(request: Request, hypotheses: Sequence[Hypothesis]) -> Candidate:
    """Fewest faults, then fewest missed hints, then the best score; alternatives, whose score is unknown, last."""
    mains = sorted(map(Candidate.of, hypotheses), key=lambda main: -(main.score or 0.0))
    others = [Candidate(text) for hypothesis in hypotheses for text in hypothesis.alternatives]
    ranks: dict[str, tuple[int, int]] = {}
    best = None
    for candidate in [*mains, *others]:
        if candidate.text in ranks:
            continue
        ranks[candidate.text] = rank(request, candidate)
        if best is None or ranks[candidate.text] < ranks[best.text]:
            best = candidate
        if ranks[best.text] == (0, 0):  # no later one is better
            break
    assert best is not None, "there is at least the first hypothesis"
    return best


def _outcome(plan: _Plan) -> Outcome:
    """The parts' results as one outcome; an error of one part is the error of all."""
    task = plan.task
    answers = [plan.results[key] for key in plan.order]
    results = [answer for answer in answers if isinstance(answer, CachedResult)]
    if len(results) < len(answers):
        error = next(answer for answer in answers if isinstance(answer, str))
        return Outcome(task, "", None, (), task.hints, retried=False, error=error)
    sources = [plan.requests[key].text for key in plan.order]
    text = join(sources, [result.text for result in results], task.lang)
    left = missed(task.hints, text, task.lang)
    scores = [result.score for result in results if result.score is not None]
    return Outcome(
        task=task,
        text=text,
        score=round(sum(scores) / len(scores), 3) if scores and len(scores) == len(results) else None,
        faults=tuple(_all_faults(plan, text, sources, results)) if sources else (),
        missed=left,
        retried=any(result.retried for result in results),
        is_cached=plan.is_cached,
        honoured=_by_step(results, len(task.hints) - len(left)),
    )


def _by_step(results: Sequence[CachedResult], honoured: int) -> dict[Step, int]:
    """So many hints honoured, by step. What no part was asked for is honoured without doing, as a hint is."""
    counts = Counter(step for result in results for step in result.steps if step)
    counts["hint"] += honoured - counts.total()
    return {step: counts[step] for step in STEPS if counts[step] > 0}


def _all_faults(plan: _Plan, text: str, sources: Sequence[str], results: Sequence[CachedResult]) -> Iterator[Fault]:
    """The faults of the whole, and of a part what the whole does not show: a part may be empty and the rest hide it."""
    lang, is_complete = plan.task.lang, all(result.is_complete for result in results)
    found = faults_of(plan.whole.text, text, lang, is_complete=is_complete)
    yield from found
    seen = {fault.kind for fault in found}
    for source, result in zip(sources, results, strict=True):
        for fault in faults(source, result.text, lang) if len(results) > 1 else ():
            if fault.kind not in seen:
                seen.add(fault.kind)
                yield Fault(fault.kind, f"{fault.message} (part “{source[:20]}…”)")
