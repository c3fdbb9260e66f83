"""What finding terms costs: annotating a segment, as a ratio to cutting the paragraph into segments, in one run.

    python benchmarks/annotating.py [--segments 2000] [--rounds 5]

Both are done in turn on the same paragraphs with the glossary of this folder; given is the median of the rounds in
processor time. With dates: every entry dated and in force (nothing is looked up twice), and every second entry out of
force (segments with one of those are matched twice).
"""

from __future__ import annotations

import argparse
import lzma
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline.annotate import annotate
from pipeline.article import Article, Block, Meta, Segment
from pipeline.glossary import Glossary, load_glossary
from pipeline.mentions import Matcher
from pipeline.segment import split_sentences

ROOT = Path(__file__).parents[1]
CORPUS = ROOT.parent / "shared" / "corpus" / "domain.tsv.xz"
SENTENCES = 6  # in a paragraph
DAY = "2024-05-01"


def paragraphs(segments: int) -> list[str]:
    """Press text in paragraphs, from the corpus where there is one, else from the articles of input/."""
    if CORPUS.exists():
        with lzma.open(CORPUS, "rt", encoding="utf-8") as file:
            lines = [line.split("\t")[0] for line, _ in zip(file, range(segments), strict=False)]
        return [" ".join(lines[start : start + SENTENCES]) for start in range(0, len(lines), SENTENCES)]
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "input").glob("dandong*.txt"))]
    lines = [line.strip() for text in texts for line in text.splitlines() if len(line.strip()) > 40]
    return lines * (1 + segments // (3 * len(lines)))


def article(texts: list[str]) -> Article:
    """The paragraphs as an article, each cut into segments."""
    blocks = [
        Block(f"b{number}", "paragraph", tuple(Segment(f"{number}.{a}", text[a:b]) for a, b in split_sentences(text)))
        for number, text in enumerate(texts)
    ]
    return Article("benchmark", tuple(blocks), Meta(date=DAY))


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--segments", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    texts = paragraphs(chosen.segments)
    sample = article(texts)
    count = sum(1 for _ in sample.segments())
    glossary = load_glossary(ROOT / "glossary")
    matcher = Matcher(glossary)
    in_force = Glossary({name: replace(term, valid_from="2000") for name, term in glossary.terms.items()})
    half = Glossary(
        {
            name: replace(term, valid_to="2020") if number % 2 else term
            for number, (name, term) in enumerate(glossary.terms.items())
        }
    )
    works: dict[str, Callable[[], object]] = {
        "cutting into segments": lambda: [split_sentences(text) for text in texts],
        "finding mentions": lambda: [matcher.find(segment.text) for segment in sample.segments()],
        "annotating, no dates": lambda: annotate(sample, glossary, matcher, ["zh", "en"]),
        "annotating, all in force": lambda: annotate(sample, in_force, matcher, ["zh", "en"]),
        "annotating, half out of force": lambda: annotate(sample, half, matcher, ["zh", "en"]),
    }
    times = {name: [] for name in works}
    for _ in range(chosen.rounds):
        for name, work in works.items():
            times[name].append(seconds(work))
    base = statistics.median(times["cutting into segments"])
    print(f"{count} segments, {len(glossary.terms)} terms, median of {chosen.rounds} rounds, processor time")
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:32} {1e3 * median / count:7.3f} ms a segment   {median / base:6.2f} × cutting")


if __name__ == "__main__":
    main()
