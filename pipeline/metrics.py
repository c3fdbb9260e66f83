"""What is measured on finished translations, sentence by sentence, and whether a difference is more than chance.

BLEU and chrF are sacrebleu's, each with the signature that says how it was counted. Terms are counted over every
rendering the glossary accepts, and only where the reference shows that one of them can stand in the sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from pipeline.article import Hint
from pipeline.hints import is_honoured
from pipeline.hints import rendering_used as rendering

TOKENISERS = {"zh": "zh", "en": "13a"}  # of sacrebleu, for BLEU
SAMPLES, SEED = 1000, 12345  # of the bootstrap; those that sacrebleu uses

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def percent(self) -> float | None:
        """0 to 100; None of nothing."""
        return 100 * self.hits / self.of if self.of else None

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.of + other.of)


def total(shares: Iterable[Share]) -> Share:
    """All of them together."""
    return sum(shares, Share(0, 0))


# --- scores -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """A measure that is made from counts: one row a sentence, and the score (0 to 100) of the sum of any rows."""

    rows: Counts  # sentences × counts
    score_of: Callable[[Counts], float]
    signature: str = ""

    @property
    def score(self) -> float:
        """The score of all sentences together."""
        return self.score_of(self.rows.sum(axis=0))


def bleu(outputs: Sequence[str], references: Sequence[str], lang: str) -> Sample:
    """BLEU with the tokeniser that sacrebleu has for the language."""
    return _sacrebleu(BLEU(tokenize=TOKENISERS[lang]), outputs, references)


def chrf(outputs: Sequence[str], references: Sequence[str]) -> Sample:
    """chrF2: characters up to six in a row, recall twice as heavy as precision."""
    return _sacrebleu(CHRF(), outputs, references)


def share_sample(shares: Sequence[Share]) -> Sample:
    """A share counted sentence by sentence, in percent; 0 where there is nothing to count."""
    rows = np.array([(share.hits, share.of) for share in shares], dtype=np.float64).reshape(-1, 2)
    return Sample(rows, lambda sums: 100 * float(sums[0] / sums[1]) if sums[1] else 0.0)


def _sacrebleu(metric: BLEU | CHRF, outputs: Sequence[str], references: Sequence[str]) -> Sample:
    # sacrebleu gives the counts of a sentence under names of its own only; a test holds the sum to its `corpus_score`.
    rows = np.array(metric._extract_corpus_statistics(outputs, [references]), dtype=np.float64)
    signature = str(metric.get_signature().format())
    return Sample(rows, lambda sums: float(metric._compute_score_from_stats(list(sums)).score), signature)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two systems on the same sentences: their scores, and what would become of `second - first` on other sentences.

    95 of 100 resampled test sets give a difference between `low` and `high`; `p` is the chance of one at least as
    telling when the two are equally good (two-sided). Equal outputs have p = 1.
    """

    first: float
    second: float
    low: float
    high: float
    p: float

    @property
    def value(self) -> float:
        """How much better the second is."""
        return self.second - self.first


def paired_bootstrap(first: Sample, second: Sample, samples: int = SAMPLES, seed: int = SEED) -> Difference:
    """Draw test sets of the same size from the sentences, score both systems on each (Koehn 2004).

    Not sacrebleu's own: it centres absolute differences and gives equal outputs p = 0.001.
    """
    if len(first.rows) != len(second.rows) or not len(first.rows):
        raise ValueError(f"the systems have {len(first.rows)} and {len(second.rows)} sentences")
    count = len(first.rows)
    # How often each sentence is drawn: a row of weights for each test set.
    weights = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=samples)
    scores = [[sample.score_of(sums) for sums in weights @ sample.rows] for sample in (first, second)]
    differences = np.array(scores[1]) - np.array(scores[0])
    # The + 1: a p of 0 cannot be known from a finite number of draws.
    tails = [(int(np.sum(one)) + 1) / (samples + 1) for one in (differences <= 0, differences >= 0)]
    low, high = (float(edge) for edge in np.percentile(differences, [2.5, 97.5]))
    return Difference(first.score, second.score, low, high, min(1.0, 2 * min(tails)))


# --- terms ------------------------------------------------------------------------------------------------------


def term_accuracy(hints: Iterable[Hint], reference: str, output: str, lang: str) -> Share:
    """Of the terms that the reference renders as agreed, those that the output does. A term counts once a sentence."""
    possible = [hint for hint in _once(hints) if is_honoured(hint, reference, lang)]
    return Share(sum(is_honoured(hint, output, lang) for hint in possible), len(possible))


def obedience(hints: Iterable[Hint], reference: str, output: str, lang: str) -> Share:
    """Of the hints whose very text stands in the reference, those whose very text stands in the output."""
    possible = [hint for hint in map(_strict, _once(hints)) if is_honoured(hint, reference, lang)]
    return Share(sum(is_honoured(hint, output, lang) for hint in possible), len(possible))


def forcing(hints: Iterable[Hint], reference: str, output: str, lang: str) -> Share:
    """Of the hints that the reference does without, in any rendering, those whose text stands in the output.

    Some are good translations that the reference words otherwise; where this is far above what the same model does
    without hints, wrong hints are obeyed.
    """
    unwanted = [_strict(hint) for hint in _once(hints) if not is_honoured(hint, reference, lang)]
    return Share(sum(is_honoured(hint, output, lang) for hint in unwanted), len(unwanted))


def consistency(hints: Sequence[Sequence[Hint]], references: Sequence[str], outputs: Sequence[str], lang: str) -> Share:
    """How often a term of this document is rendered as it mostly is here: the majority's share, over all terms.

    Only terms of two sentences or more, and only where the reference renders them as agreed. An output with none of
    the renderings counts as one of its own kind each time. 심양 and 심양시 are asked for in two forms and count as two.
    """
    used: dict[tuple[str, str], list[str | None]] = {}
    for promised, reference, output in zip(hints, references, outputs, strict=True):
        for hint in _once(promised):
            if is_honoured(hint, reference, lang):
                used.setdefault((hint.term or "", hint.text), []).append(rendering(hint, output, lang))
    repeated = [renderings for renderings in used.values() if len(renderings) > 1]
    return total(Share(_majority(renderings), len(renderings)) for renderings in repeated)


def _majority(renderings: Sequence[str | None]) -> int:
    return max(Counter(filter(None, renderings)).values(), default=1)


def _strict(hint: Hint) -> Hint:
    return replace(hint, admitted=())


def _once(hints: Iterable[Hint]) -> Iterable[Hint]:
    """One hint for each text that is asked for, the first."""
    each: dict[str, Hint] = {}
    for hint in hints:
        each.setdefault(hint.text, hint)
    return each.values()
