"""The step that measures: a test set is translated as an article would be, and the result held to the references.

A test set is translated in up to three *arms*, as in the terminology tasks of WMT 2023 and 2025: without hints
(`none`), with what the glossary and the glosses promise (`glossary`), and with hints on words drawn at random
(`random`), which bring nothing and therefore must not do harm.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline import metrics
from pipeline.annotate import annotate
from pipeline.article import Article, Block, Hint, Segment
from pipeline.engines import Engine, Request
from pipeline.errors import SettingsError
from pipeline.faults import faults
from pipeline.glossary import Glossary
from pipeline.mentions import Matcher
from pipeline.metrics import Share
from pipeline.particles import is_grammar
from pipeline.report import Arm, Report, Run
from pipeline.summary import Reporter
from pipeline.testset import Peer, TestSet
from pipeline.translate import Outcome, Task, translate

Hints = tuple[Hint, ...]
Span = tuple[int, int]

TRIED = 8  # words of a sentence that are looked up for the random arm
CHUNK = 256  # words looked up at once
KOREAN_WORD = re.compile("[가-힣]{2,24}")
AFTER_NOUNS = frozenset({"을", "를", "의", "에", "에서", "과", "와"})  # not 로, which cuts 전으로 into 전으 and 로
CHINESE_WORD = re.compile("[\u4e00-\u9fff]{2,8}")
ENGLISH_WORDS = re.compile("[A-Za-z][A-Za-z'-]{3,}(?: [A-Za-z][A-Za-z'-]{3,})?")  # a small word says nothing


def evaluate(
    test_set: TestSet,
    engine: Engine,
    languages: Sequence[str] = (),
    glossary: Glossary | None = None,
    arms: Sequence[Arm] = ("none",),
    *,
    name: str = "",
    seed: int = 1,
    reporter: Reporter | None = None,
) -> Report:
    """Translate the test set in every arm and language, score it, and score the peers that come with it.

    `languages` are those that have references when none are named. `name` stands for the engine in tables. `seed`
    decides what the random arm draws. Nothing is taken from a cache: the speed is that of the engine.
    Raises SettingsError for a language without references, and for the arm `glossary` without a glossary.
    """
    languages = tuple(languages) or tuple(test_set.references)
    for lang in languages:
        if not test_set.referenced(lang):
            raise SettingsError(
                f"{test_set.name} has no references in “{lang}”, only: {', '.join(test_set.references)}."
            )
    if "glossary" in arms and glossary is None:
        raise SettingsError("Hints from the glossary need a glossary. Name its folder, or ask for no hints.")
    promised = promises(test_set, glossary, languages)
    if reporter:
        reporter.start(1, sum(len(test_set.referenced(lang)) for lang in languages) * len(arms))
    runs = []
    for lang in languages:
        trial = _Trial(test_set, lang, promised[lang])
        engine.fits(Request("가", lang))  # an engine that is loaded when first needed is loaded now, not on the clock
        runs += [_run(trial, arm, engine, name or engine.signature, seed, reporter) for arm in arms]
        runs += [_peer_run(trial, peer) for peer in test_set.peers if peer.lang == lang]
    return Report(test_set, engine.signature, glossary.fingerprint if glossary else "", tuple(runs))


def promises(test_set: TestSet, glossary: Glossary | None, languages: Sequence[str]) -> Mapping[str, list[Hints]]:
    """By language and sentence: what the glossary and the glosses of the document promise, as in a run."""
    found: dict[str, list[Hints]] = {lang: [()] * len(test_set.sources) for lang in languages}
    if glossary is None:
        return found
    matcher = Matcher(glossary)
    for name, places in test_set.by_document().items():
        segments = tuple(Segment(str(place), test_set.sources[place]) for place in places)
        annotations = annotate(Article(name, (Block("b1", "paragraph", segments),)), glossary, matcher, languages)
        for lang in languages:
            for place in places:
                found[lang][place] = annotations.hints_on(str(place), lang)
    return found


# --- one arm ----------------------------------------------------------------------------------------------------


class _Trial:
    """The sentences of a test set that can be scored in one language."""

    def __init__(self, test_set: TestSet, lang: str, promised: Sequence[Hints]) -> None:
        self.lang, self.places = lang, test_set.referenced(lang)
        self.sources = [test_set.sources[place] for place in self.places]
        self.references = [test_set.references[lang][place] for place in self.places]
        self.promised = [promised[place] for place in self.places]
        kept = {place: at for at, place in enumerate(self.places)}
        self.documents = [[kept[one] for one in places if one in kept] for places in test_set.by_document().values()]

    def hints(self, arm: Arm, engine: Engine, seed: int) -> Sequence[Hints]:
        """What the engine is given in an arm."""
        if arm == "glossary":
            return self.promised
        if arm == "random":
            return random_hints(self.sources, self.references, self.promised, engine, self.lang, seed)
        return [()] * len(self.sources)

    def consistency(self, outputs: Sequence[str]) -> Share:
        """See metrics; over all documents."""
        return metrics.total(
            metrics.consistency(
                [self.promised[at] for at in places],
                [self.references[at] for at in places],
                [outputs[at] for at in places],
                self.lang,
            )
            for places in self.documents
        )


def _run(trial: _Trial, arm: Arm, engine: Engine, name: str, seed: int, reporter: Reporter | None) -> Run:
    hints = trial.hints(arm, engine, seed)
    tasks = [
        Task("", str(at), trial.lang, source, given)
        for at, (source, given) in enumerate(zip(trial.sources, hints, strict=True))
    ]
    outcomes: dict[int, Outcome] = {}
    begun = time.perf_counter()
    for outcome in translate(tasks, engine):
        outcomes[int(outcome.task.segment)] = outcome
        if reporter:
            reporter.advance(1)
    seconds = time.perf_counter() - begun
    ordered = [outcomes[at] for at in range(len(tasks))]
    return _scored(trial, name, arm, ordered, hints, seconds)


def _peer_run(trial: _Trial, peer: Peer) -> Run:
    texts = [peer.outputs[place] for place in trial.places]
    nothing: list[Hints] = [()] * len(texts)
    outcomes = [
        Outcome(Task("", "", trial.lang, source), text, None, faults(source, text, trial.lang), (), retried=False)
        for source, text in zip(trial.sources, texts, strict=True)
    ]
    return _scored(trial, peer.name, "none", outcomes, nothing, None)


def _scored(
    trial: _Trial, name: str, arm: Arm, outcomes: Sequence[Outcome], hints: Sequence[Hints], seconds: float | None
) -> Run:
    outputs = tuple(outcome.text for outcome in outcomes)
    lang, references = trial.lang, trial.references
    bleu, chrf = metrics.bleu(outputs, references, lang), metrics.chrf(outputs, references)
    held = list(zip(trial.promised if arm == "none" else hints, references, outputs, strict=True))
    found = Counter(kind for outcome in outcomes for kind in {fault.kind for fault in outcome.faults})
    return Run(
        system=name,
        lang=lang,
        hints=arm,
        outputs=outputs,
        bleu=bleu.score,
        bleu_signature=bleu.signature,
        chrf=chrf.score,
        chrf_signature=chrf.signature,
        terms=tuple(
            metrics.term_accuracy(promised, reference, output, lang)
            for promised, reference, output in zip(trial.promised, references, outputs, strict=True)
        ),
        consistency=trial.consistency(outputs),
        reference_consistency=trial.consistency(references),
        given=tuple(map(len, hints)),
        obedience=metrics.total(metrics.obedience(*one, lang) for one in held),
        forcing=metrics.total(metrics.forcing(*one, lang) for one in held),
        faults=dict(sorted(found.items())),
        failed=sum(outcome.error is not None for outcome in outcomes),
        retried=sum(outcome.retried for outcome in outcomes),
        seconds=seconds,
    )


# --- the random arm ---------------------------------------------------------------------------------------------


def random_hints(
    sources: Sequence[str],
    references: Sequence[str],
    promised: Sequence[Hints],
    engine: Engine,
    lang: str,
    seed: int = 1,
) -> list[Hints]:
    """Hints that should not matter: words that are no terms, with renderings that the reference has as well.

    As in the terminology task of WMT 2025, the words are drawn at random from the text and the renderings are right.
    A rendering is what the engine itself makes of the word alone, so that it learns nothing from it, and counts only
    when it stands in the reference. A sentence gets as many hints as the glossary gives it, at least one, fewer where
    not so many words can be had. The same seed and engine give the same hints.
    """
    draw = random.Random(f"{seed} {lang}")
    nouns = _nouns(sources)
    drawn: list[list[Span]] = []
    for source, hints in zip(sources, promised, strict=True):
        spans = [span for span, _ in _words(source) if source[slice(*span)] in nouns and _is_free(span, hints)]
        drawn.append(draw.sample(spans, min(TRIED, len(spans))))
    asked = {source[slice(*span)] for source, spans in zip(sources, drawn, strict=True) for span in spans}
    known = _lookup(sorted(asked), engine, lang)
    chosen = []
    for source, reference, hints, spans in zip(sources, references, promised, drawn, strict=True):
        renderings = [(span, _rendering(source[slice(*span)], known, reference, lang)) for span in spans]
        usable = [Hint(*span, text, "memory") for span, text in renderings if text]
        chosen.append(tuple(sorted(usable[: max(1, len(hints))], key=lambda hint: hint.start)))
    return chosen


def _nouns(texts: Iterable[str]) -> set[str]:
    """Words that stand before an object or genitive particle or the like, or with two different endings.

    Verbs, which the list of particles may cut anywhere, seldom do.
    """
    particles: dict[str, set[str]] = {}
    for text in texts:
        for (start, end), particle in _words(text):
            particles.setdefault(text[start:end], set()).add(particle)
    return {word for word, found in particles.items() if len(found) > 1 or found & AFTER_NOUNS}


def _words(text: str) -> Iterator[tuple[Span, str]]:
    """The Korean words of two syllables and more, where they stand without their particles, and the particles."""
    for match in KOREAN_WORD.finditer(text):
        word = match[0]
        size = next(size for size in range(2, len(word) + 1) if is_grammar(word[size:], word[size - 1]))
        yield (match.start(), match.start() + size), word[size:]


def _is_free(span: Span, hints: Iterable[Hint]) -> bool:
    return all(span[1] <= hint.start or hint.end <= span[0] for hint in hints)


def _lookup(words: Sequence[str], engine: Engine, lang: str) -> Mapping[str, str]:
    """What the engine makes of each word alone."""
    found: dict[str, str] = {}
    for start in range(0, len(words), CHUNK):
        chunk = words[start : start + CHUNK]
        hypotheses = engine.translate([Request(word, lang) for word in chunk])
        found.update(zip(chunk, (hypothesis.text for hypothesis in hypotheses), strict=True))
    return found


def _rendering(word: str, known: Mapping[str, str], reference: str, lang: str) -> str | None:
    """What the word is known as, written as in the reference; None where that has no such word."""
    if lang == "zh":
        # A character for a syllable, 회의 会议: 会议 for 회의실 would be half of what the reference says.
        chinese = CHINESE_WORD.fullmatch(known[word].strip("。．.，！？ "))
        return chinese[0] if chinese and len(chinese[0]) == len(word) and chinese[0] in reference else None
    english = ENGLISH_WORDS.fullmatch(known[word].strip(" .,!?"))
    pattern = f"(?<![A-Za-z]){re.escape(english[0])}(?![A-Za-z])" if english else None
    there = re.search(pattern, reference, re.IGNORECASE) if pattern else None
    return there[0] if there else None
