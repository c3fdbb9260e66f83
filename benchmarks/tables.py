"""What the tables cost: the Excel review table out and back, TSV and JSON lines, as ratios to the review page.

    python benchmarks/tables.py [--segments 1000] [--edits 200] [--rounds 3]

All are done in turn on one article with terms from the glossary of this folder; given is the median of the rounds in
processor time. Exit code 1 if an edit was lost, or if something takes two seconds or more.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from openpyxl import load_workbook

from pipeline.annotate import annotate
from pipeline.article import Article, Bitext, Block, Finding, Segment, Translation, fingerprint
from pipeline.edits import apply_edits
from pipeline.formats import review, table, xlsx
from pipeline.glossary import load_glossary
from pipeline.mentions import Matcher
from pipeline.publication import Publication
from pipeline.segment import split_sentences

ROOT = Path(__file__).parents[1]
LIMIT = 2.0  # seconds


def article(segments: int) -> Article:
    """An article of this many segments, each another one, from the articles of input/."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "input").glob("dandong*.txt"))]
    lines = [line.strip() for text in texts for line in text.splitlines() if len(line.strip()) > 40]
    sentences = [line[start:end] for line in lines for start, end in split_sentences(line)]
    numbered = (f"{sentence} ({number})" for number in range(segments) for sentence in sentences)
    found = [Segment(f"s{number}", text) for number, text in enumerate(islice(numbered, segments), 1)]
    blocks = (found[start : start + 5] for start in range(0, len(found), 5))
    return Article("benchmark", tuple(Block(f"b{n}", "paragraph", tuple(block)) for n, block in enumerate(blocks, 1)))


def publication(segments: int) -> Publication:
    """The article with translations, the terms of the glossary, and a finding on every fifth translation."""
    found = article(segments)
    translations = tuple(
        Translation(segment.id, lang, f"{text} {segment.id}", fingerprint(segment.text), by="benchmark", score=-0.3)
        for segment in found.segments()
        for lang, text in (
            ("zh", "这是一句译文，长度与原文相仿，谈的是港口的建设。"),
            ("en", "A sentence about the port."),
        )
    )
    glossary = load_glossary(ROOT / "glossary")
    bitext = Bitext(found, translations)
    notes = annotate(found, glossary, Matcher(glossary), ("zh", "en"))
    findings = tuple(
        Finding("terms", one.segment, one.lang, "A term is missing.", "error") for one in translations[::5]
    )
    return Publication(
        bitext=bitext, hints=notes.hints, mentions=notes.mentions, terms=glossary.terms, findings=findings
    )


def edited(content: bytes, edits: int) -> bytes:
    """The workbook as it comes back with this many edits."""
    workbook = load_workbook(io.BytesIO(content))
    sheet = workbook.worksheets[0]
    for number in range(edits):
        sheet.cell(2 + number, 3 + number % 2).value = f"改过的第{number}句。"
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--segments", type=int, default=1000)
    options.add_argument("--edits", type=int, default=200)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    made = publication(chosen.segments)
    content = edited(xlsx.write(made), chosen.edits)
    work: dict[str, Callable[[], object]] = {
        "review page": lambda: review.write(made),
        "XLSX out": lambda: xlsx.write(made),
        "XLSX back": lambda: apply_edits(made.bitext, xlsx.read_edits(content, "benchmark.xlsx").edits),
        "TSV": lambda: table.write_tsv([made], io.BytesIO()),
        "JSON lines": lambda: table.write_jsonl([made], io.BytesIO()),
    }
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(chosen.rounds):
        for name, one in work.items():
            times[name].append(seconds(one))
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        print(f"{name:12} {median:6.2f} s  {median / medians['review page']:5.2f} × the review page")
    _, verdicts = apply_edits(made.bitext, xlsx.read_edits(content, "benchmark.xlsx").edits)
    applied = sum(verdict.outcome == "applied" for verdict in verdicts)
    print(f"{chosen.segments} segments, {applied} of {chosen.edits} edits applied, {len(content):,} bytes")
    return int(applied != chosen.edits or max(medians.values()) >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
