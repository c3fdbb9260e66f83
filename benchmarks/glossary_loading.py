"""How long a glossary of 100,000 terms takes to load: read from its files, and from what was kept.

    python benchmarks/glossary_loading.py --terms 100000

Seconds are of the processor (`process_time`), beside those of the clock; the ratio of the two loads is what to compare.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.glossary import Glossary, load_glossary
from pipeline.termbase.amend import Revision, prepare
from pipeline.termbase.lint import lint

FILES = 10
HANGUL = [chr(code) for code in range(0xAC00, 0xD7A4, 37)]
HAN = [chr(code) for code in range(0x4E00, 0x9000, 7)]


def write_glossary(folder: Path, count: int) -> None:
    """Entries as editors write them: two spellings, renderings with an admitted one, invented words."""
    chance = random.Random(1)
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(chance.choices(HANGUL, k=chance.randint(2, 7)))] = None
    texts: list[list[str]] = [[] for _ in range(FILES)]
    for number, word in enumerate(words):
        chinese, other = ("".join(chance.choices(HAN, k=length)) for length in (4, 5))
        texts[number % FILES].append(
            f"- ko: [{word}, {word}{word}]\n  zh: {{preferred: {chinese}, admitted: [{other}]}}\n"
            f"  en: thing number {number}\n  kind: term\n  domain: subject {number % 90}\n"
        )
    for number, entries in enumerate(texts):
        (folder / f"terms-{number}.yaml").write_text("".join(entries), encoding="utf-8")


def timed(what: str, action: Callable[[], object]) -> float:
    """Do it once, print how long it took, and give back the processor seconds."""
    processor, clock = time.process_time(), time.perf_counter()
    action()
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    print(f"{what:32}{processor:8.2f} s of the processor {clock:8.2f} s by the clock")
    return processor


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--terms", type=int, default=100_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, cache = Path(place) / "glossary", Path(place) / "cache"
        folder.mkdir()
        write_glossary(folder, chosen.terms)
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"{chosen.terms:,} terms in {FILES} files, {size / 2**20:.1f} MB")
        first = timed("first load", lambda: load_glossary(folder, cache))
        second = min(timed("load of what was kept", lambda: load_glossary(folder, cache)) for _ in range(3))
        print(f"{'ratio':32}{first / second:8.1f}")
        glossary: Glossary = load_glossary(folder, cache)
        name = next(iter(glossary.terms))
        timed("prepare an edit", lambda: prepare(folder, [Revision(name, {"note": "seen"})], cache))
        timed("lint", lambda: lint(glossary))


if __name__ == "__main__":
    main()
