"""What insisting on terms brings and costs: `python benchmarks/terms.py SET [--limit 60] [--lang zh en]`, by hand.

The test set is translated with its glossary terms twice in one process, without insisting and with it: terms honoured
by step, chrF, consistency of documents, faulty sentences, processor seconds and their ratio. Figures go to
docs/benchmarks.md with the date.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline import metrics
from pipeline import translate as step
from pipeline.article import Hint
from pipeline.engines import Engine, EngineSettings, Request, open_engine
from pipeline.evaluate import promises
from pipeline.glossary import load_glossary
from pipeline.testset import TestSet, read_test_sets
from pipeline.translate import Outcome, Task, translate

ROOT = Path(__file__).parents[1]
INSIST = step.insist


def outcomes(texts: Sequence[str], lang: str, hints: Sequence[tuple[Hint, ...]], engine: Engine) -> list[Outcome]:
    """One outcome a text, in order."""
    tasks = [Task("", str(at), lang, text, hints[at]) for at, text in enumerate(texts)]
    return sorted(translate(tasks, engine), key=lambda outcome: int(outcome.task.segment))


def show(name: str, test_set: TestSet, lang: str, found: Sequence[Outcome], seconds: float) -> None:
    """One way of working on one language."""
    texts, references = [outcome.text for outcome in found], test_set.references[lang]
    hints = [outcome.task.hints for outcome in found]
    asked = sum(map(len, hints))
    honoured = asked - sum(len(outcome.missed) for outcome in found)
    steps: Counter[str] = sum((Counter(outcome.honoured) for outcome in found), Counter())
    documents = [
        metrics.consistency(
            [hints[at] for at in places], [references[at] for at in places], [texts[at] for at in places], lang
        )
        for places in test_set.by_document().values()
    ]
    together = metrics.total(documents)
    faulty = sum(bool(outcome.faults) for outcome in found)
    print(
        f"{lang} {name}: honoured {honoured} of {asked} = {honoured / max(1, asked):.1%} {dict(steps)}, "
        f"chrF {metrics.chrf(texts, references).score:.2f}, consistent {together.hits} of {together.of}, "
        f"faulty {faulty}, {seconds:.1f} s of processor time"
    )


def measure(test_set: TestSet, lang: str, engine: Engine) -> None:
    """Without hints, with hints, with insisting."""
    glossary = load_glossary(ROOT / "glossary")
    promised = promises(test_set, glossary, [lang])[lang]
    engine.fits(Request("가", lang))  # loads the model before the clock runs
    spent: dict[str, float] = {}
    for name, hints, insisting in (
        ("no hints", [()] * len(promised), INSIST),
        ("hints and retry", promised, lambda started, ask: [candidate for _, candidate in started]),
        ("and insisting", promised, INSIST),
    ):
        step.insist = insisting  # type: ignore[assignment]
        begun = time.process_time()
        found = outcomes(test_set.sources, lang, hints, engine)
        spent[name] = time.process_time() - begun
        show(name, test_set, lang, found, spent[name])
    print(f"{lang}: insisting takes {spent['and insisting'] / spent['hints and retry']:.1f} times the time\n")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("set", type=Path)
    options.add_argument("--limit", type=int, default=60)
    options.add_argument("--lang", nargs="+", default=["zh", "en"])
    chosen = options.parse_args()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    settings = EngineSettings(ROOT / "models" / "default", ROOT / "models" / ".cache")
    engine = open_engine("ctranslate2", settings)
    test_set = read_test_sets(chosen.set)[0].first(chosen.limit)
    for lang in chosen.lang:
        measure(test_set, lang, engine)


if __name__ == "__main__":
    main()
