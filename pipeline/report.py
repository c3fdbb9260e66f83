"""What was measured on test sets: the values, a table of them, two side by side, and how they are kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

from pipeline import metrics
from pipeline.errors import InputError, SettingsError
from pipeline.faults import FaultKind
from pipeline.metrics import Difference, Sample, Share
from pipeline.testset import Peer, TestSet

Arm = Literal["none", "glossary", "random"]
Measure = Literal["BLEU", "chrF", "terms"]

ARMS: tuple[Arm, ...] = get_args(Arm)
SHARES = ("consistency", "reference_consistency", "obedience", "forcing")
HEADER = (
    *("system", "lang", "hints", "sentences", "BLEU", "chrF", "terms", "consistent", "obeyed", "forced"),
    *("faults", "sentences/s"),
)
COMPARISON_HEADER = ("lang", "measure", "first", "second", "sentences", "scores", "difference", "95 %", "p")


@dataclass(frozen=True, slots=True)
class Run:
    """What one system made of a test set in one language with one kind of hints, and what it is worth.

    Everything goes by the sentences that have a reference; `outputs` are in their order, "" where the engine failed.
    What the glossary is needed for is 0 of 0 without one. `obedience` and `forcing` are about the hints that were
    given; without hints they are about those that `glossary` would give: what the system does anyway.
    """

    system: str
    lang: str
    hints: Arm
    outputs: tuple[str, ...]
    bleu: float
    bleu_signature: str
    chrf: float
    chrf_signature: str
    terms: tuple[Share, ...]  # by sentence: terms that the reference renders as agreed, and the output does
    consistency: Share  # of terms over each document
    reference_consistency: Share  # the same for the references: what a good translation gets
    given: tuple[int, ...]  # by sentence: hints that the engine got
    obedience: Share  # hints whose text stands in the reference: those whose text is in the output
    forcing: Share  # hints without any of their renderings in the reference: those whose text is in the output
    faults: Mapping[FaultKind, int]  # sentences with such a fault
    failed: int = 0  # sentences that the engine refused
    retried: int = 0  # sentences that it was asked twice for
    seconds: float | None = None  # of translating; None for a peer

    @property
    def term_accuracy(self) -> Share:
        """All sentences together."""
        return metrics.total(self.terms)

    @property
    def rate(self) -> float | None:
        """Sentences a second."""
        return len(self.outputs) / self.seconds if self.seconds else None


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured on one test set, and all that decided it."""

    test_set: TestSet
    engine: str  # signature
    glossary: str  # fingerprint, "" for none
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of two runs on the same sentences, so many of them."""

    lang: str
    measure: Measure
    first: str  # system and hints
    second: str
    sentences: int
    difference: Difference


# --- two runs side by side --------------------------------------------------------------------------------------


def compare(first: Report, second: Report) -> tuple[Comparison, ...]:
    """The engines of two reports on the same test set: every measure in every language and arm that both have.

    Raises SettingsError when the sentences, the references or the way of counting are not the same.
    """
    if _texts(first) != _texts(second):
        raise SettingsError("The two reports are not on the same sentences. Evaluate both systems on one test set.")
    own, others = list(_own(first)), list(_own(second))
    pairs = [(one, other) for one in own for other in others if (one.lang, one.hints) == (other.lang, other.hints)]
    if not pairs:
        raise SettingsError("The two reports have no language and kind of hints in common.")
    return tuple(
        found for one, other in pairs for found in _comparisons(first.test_set, one, other, range(len(one.outputs)))
    )


def effects(report: Report) -> tuple[Comparison, ...]:
    """What hints change where they are given: each arm with hints against the arm without, on the sentences with hints.

    The chrF of `random` is the random-term control: it is to lose no more than 1. On all sentences the loss would
    look the smaller the fewer have such hints.
    """
    own = list(_own(report))
    pairs = [
        (one, other)
        for one in own
        for other in own
        if one.lang == other.lang and one.hints == "none" and other.hints != "none"
    ]
    return tuple(found for one, other in pairs for found in _comparisons(report.test_set, one, other, _hinted(other)))


def _hinted(run: Run) -> list[int]:
    return [at for at, count in enumerate(run.given) if count]


def _texts(report: Report) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    return report.test_set.sources, dict(report.test_set.references)


def _own(report: Report) -> Iterator[Run]:
    """The runs of the engine; those of peers have no time."""
    return (run for run in report.runs if run.seconds is not None)


def _comparisons(test_set: TestSet, first: Run, second: Run, places: Sequence[int]) -> Iterator[Comparison]:
    """On the sentences at these places of the runs; nothing where there are none."""
    if (first.bleu_signature, first.chrf_signature) != (second.bleu_signature, second.chrf_signature):
        raise SettingsError("The two reports were counted in different ways. Evaluate both with one version.")
    names = f"{first.system}, {first.hints}", f"{second.system}, {second.hints}"
    ours, theirs = _samples(test_set, first, places), _samples(test_set, second, places)
    for measure, sample in ours.items():
        if len(places) and _is_comparable(sample, theirs[measure], measure):
            difference = metrics.paired_bootstrap(sample, theirs[measure])
            yield Comparison(first.lang, measure, *names, len(places), difference)


def _is_comparable(first: Sample, second: Sample, measure: Measure) -> bool:
    """Terms are when both were counted by one glossary, and there are any."""
    if measure != "terms":
        return True
    counted = first.rows[:, 1]
    return bool(counted.any()) and bool((counted == second.rows[:, 1]).all())


def _samples(test_set: TestSet, run: Run, places: Sequence[int]) -> Mapping[Measure, Sample]:
    referenced = test_set.referenced(run.lang)
    references = [test_set.references[run.lang][referenced[at]] for at in places]
    outputs = [run.outputs[at] for at in places]
    return {
        "BLEU": metrics.bleu(outputs, references, run.lang),
        "chrF": metrics.chrf(outputs, references),
        "terms": metrics.share_sample([run.terms[at] for at in places]),
    }


# --- tables -----------------------------------------------------------------------------------------------------


def rows(report: Report) -> list[list[str]]:
    """A table below HEADER; a share is written `percent (of how many)`, what was not measured is empty."""
    return [_row(run) for run in report.runs]


def comparison_rows(comparisons: Sequence[Comparison]) -> list[list[str]]:
    """A table below COMPARISON_HEADER."""
    return [
        [
            one.lang,
            one.measure,
            one.first,
            one.second,
            str(one.sentences),
            f"{one.difference.first:.1f} → {one.difference.second:.1f}",
            f"{one.difference.value:+.1f}",
            f"{one.difference.low:+.1f} … {one.difference.high:+.1f}",
            f"{one.difference.p:.3f}",
        ]
        for one in comparisons
    ]


def _row(run: Run) -> list[str]:
    consistent = _percent(run.consistency)
    if consistent:
        consistent += f" [reference {_percent(run.reference_consistency).split()[0]}]"
    return [
        run.system,
        run.lang,
        f"{run.hints} ({sum(run.given)})" if any(run.given) else run.hints,
        str(len(run.outputs)),
        f"{run.bleu:.1f}",
        f"{run.chrf:.1f}",
        _percent(run.term_accuracy),
        consistent,
        _percent(run.obedience),
        _percent(run.forcing),
        _faults(run),
        f"{run.rate:.1f}" if run.rate else "",
    ]


def _percent(share: Share) -> str:
    return "" if share.percent is None else f"{share.percent:.1f} ({share.of})"


def _faults(run: Run) -> str:
    counts = [*run.faults.items(), ("failed", run.failed)]
    return ", ".join(f"{count} {kind}" for kind, count in counts if count) or "none"


# --- JSON -------------------------------------------------------------------------------------------------------


def as_json(report: Report) -> dict[str, object]:
    """The report for programs, with all texts: `read_report` gives the same report again."""
    sums = ("term_accuracy", *SHARES)
    return {
        "test_set": asdict(report.test_set),
        "engine": report.engine,
        "glossary": report.glossary,
        "runs": [
            {
                **asdict(run),
                "terms": [[share.hits, share.of] for share in run.terms],
                "percent": {name: getattr(run, name).percent for name in sums},
                "sentences_per_second": run.rate,
            }
            for run in report.runs
        ],
    }


def read_report(file: Path) -> Report:
    """A report that was kept as JSON. Raises InputError for a file that is none."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        texts = kept["test_set"]
        test_set = TestSet(
            name=texts["name"],
            sources=tuple(texts["sources"]),
            references={lang: tuple(of_lang) for lang, of_lang in texts["references"].items()},
            peers=tuple(Peer(one["name"], one["lang"], tuple(one["outputs"])) for one in texts["peers"]),
            documents=tuple(texts["documents"]),
        )
        runs = tuple(_run(dict(run)) for run in kept["runs"])
        return Report(test_set, kept["engine"], kept["glossary"], runs)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"this is no report of an evaluation ({error!r}). Make one with `daeyeok evaluate --json`."
        raise InputError(file, problem) from error


def _run(kept: dict[str, object]) -> Run:
    """A run as it stands in the JSON; what is derived from the rest is left aside."""
    del kept["percent"], kept["sentences_per_second"]
    shares = {name: Share(**kept[name]) for name in SHARES}  # type: ignore[arg-type]
    terms = tuple(Share(*counts) for counts in kept["terms"])  # type: ignore[attr-defined]
    outputs, given = tuple(kept["outputs"]), tuple(kept["given"])  # type: ignore[arg-type, var-annotated]
    return Run(**{**kept, **shares, "terms": terms, "outputs": outputs, "given": given})  # type: ignore[arg-type]
