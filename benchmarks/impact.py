"""What it costs to know what a change of the glossary touches: by the index, and by checking every article again.

    python benchmarks/impact.py [--segments 100000] [--rounds 3]

Makes articles of own sentences with the terms of our glossary, puts them into an index, and changes one term that
stands in hundreds of segments in several ways. Prints the seconds of `impact`, those of a full re-check (measured on
a part and multiplied), and their ratio. Figures go to docs/benchmarks.md with the date.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.annotate import annotate
from pipeline.article import Article, Bitext, Block, Meta, Segment, Translation, fingerprint
from pipeline.check import run_checks
from pipeline.checks import Pair
from pipeline.glossary import Glossary, load_glossary
from pipeline.index import Index
from pipeline.occurrences import Occurrences
from pipeline.reannotate import Wording, take
from pipeline.termbase.impact import impact
from pipeline.terms import Renderings, Term

ROOT = Path(__file__).parents[1]
TARGETS = ("zh", "en")
SENTENCES = (
    "올해 {}는 {}를 다그치고 {}의 수준을 한층 높였다.",
    "{}에서는 {}와 관련한 사업회의를 열고 {}에 대해 포치했다.",
    "책임자는 “{}를 틀어쥐고 {}를 추동하겠다.”고 말했다.",
    "{}의 해당 부문은 {}를 리용해 봉사의 질을 높이고 있다.",
)
SEGMENTS = 25  # of one article
OFTEN = 300  # of 100,000 segments have the changed term
CHECKED = 1500  # segments that are checked again to know what all would cost


def articles(glossary: Glossary, count: int, often: Term) -> Iterator[tuple[Bitext, int]]:
    """Articles with terms of the glossary, and how many of their segments hold the term that will change."""
    chance = random.Random(4)
    spellings = [term.ko[0] for term in glossary.terms.values() if len(term.ko[0]) >= 2 and term is not often]
    for number in range(count // SEGMENTS):
        texts = []
        for _ in range(SEGMENTS):
            sentence = chance.choice(SENTENCES)
            words = chance.sample(spellings, sentence.count("{}"))
            if chance.random() < OFTEN / 100_000:
                words[0] = often.ko[0]
            texts.append(sentence.format(*words))
        segments = tuple(Segment(f"s{place}", text) for place, text in enumerate(texts, 1))
        article = Article(f"article-{number:05}", (Block("b1", "paragraph", segments),), Meta(date="2026-03-12"))
        yield Bitext(article), sum(often.ko[0] in text for text in texts)


def translated(bitext: Bitext, found: dict[tuple[str, str], str], chance: random.Random) -> Bitext:
    """The article with a translation of each segment that says what is promised."""
    translations = {
        (segment.id, lang): Translation(
            segment.id,
            lang,
            found.get((segment.id, lang), "") + ("。" if lang == "zh" else "."),
            fingerprint(segment.text),
            state=chance.choice(("draft", "draft", "draft", "edited", "approved")),
        )
        for segment in bitext.article.segments()
        for lang in TARGETS
    }
    return bitext.with_translations(translations)


def fill(occurrences: Occurrences, output: Path, wording: Wording, count: int, often: Term) -> int:
    """Put the articles into the index and the first ones on disk; how many segments hold the term."""
    chance = random.Random(5)
    held = 0
    for bitext, here in articles(wording.glossary, count, often):
        annotations = annotate(bitext.article, wording.glossary, wording.matcher, TARGETS)
        joint = {"zh": "，", "en": " and "}
        said = {(s, lang): joint[lang].join(h.text for h in hints) for (s, lang), hints in annotations.hints.items()}
        take(
            occurrences,
            output / bitext.article.id,
            translated(bitext, said, chance),
            annotations,
            wording,
            is_published=True,
        )
        held += here
    return held


def recheck(occurrences: Occurrences, old: Wording, new: Wording, segments: int) -> float:
    """Seconds for looking through so many segments with both glossaries, and checking what they promise."""
    documents = [occurrences.passages(article) for article in list(occurrences.documents())[: segments // SEGMENTS]]
    begun = time.perf_counter()
    for passages in documents:
        blocks = (Block("b1", "paragraph", tuple(passage.segment for passage in passages)),)
        article = Article(passages[0].article, blocks, Meta(date="2026-03-12"))
        for wording in (old, new):
            found = annotate(article, wording.glossary, wording.matcher, TARGETS)
            for passage in passages:
                for side in passage.sides:
                    hints = found.hints_on(passage.segment.id, side.lang)
                    run_checks(Pair(passage.segment, side.lang, side.translation, hints))
    return time.perf_counter() - begun


def alternatives(glossary: Glossary, often: Term) -> Iterator[tuple[str, Glossary]]:
    """Glossaries after an ordinary change of an editor."""
    for name, term in {
        "another English rendering": replace(often, en=Renderings("another name")),
        "another Chinese rendering": replace(often, zh=Renderings("另一名称")),
        "one spelling more": replace(often, ko=(*often.ko, "새로운철자법")),
        "retired": replace(often, status="deprecated"),
    }.items():
        yield name, Glossary({**glossary.terms, often.id: term}, f"{glossary.fingerprint} {name}")
    added = Term("수준", ("수준",), Renderings("水平"), Renderings("level"), "term", "")
    yield "a new term that stands in every fourth segment", Glossary({**glossary.terms, "수준": added}, "added")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--segments", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    glossary = load_glossary(ROOT / "glossary")
    often = next(term for term in glossary.terms.values() if term.ko[0] == "고품질 발전" or term.ko[0] == "고품질발전")
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(Index(Path(folder))) as index:
        output, occurrences = Path(folder), index.occurrences
        old = Wording(glossary, TARGETS)
        begun = time.perf_counter()
        held = fill(occurrences, output, old, chosen.segments, often)
        size = (output / ".index.sqlite").stat().st_size / 2**20
        print(
            f"{chosen.segments:,} segments, {held} with “{often.id}”; index made in "
            f"{time.perf_counter() - begun:.0f} s, {size:.0f} MiB"
        )
        for name, changed in alternatives(glossary, often):
            seconds = []
            for _ in range(chosen.rounds):
                new = Wording(changed, TARGETS)
                begun = time.perf_counter()
                found = impact(occurrences, Wording(glossary, TARGETS), new)
                seconds.append(time.perf_counter() - begun)
            _ = old.matcher, new.matcher
            whole = recheck(occurrences, old, new, CHECKED) * chosen.segments / CHECKED
            print(
                f"{name}: {len(found.touches)} touched; impact {min(seconds):.2f} s, full re-check {whole:.0f} s, "
                f"{whole / min(seconds):.0f} times as long"
            )


if __name__ == "__main__":
    main()
