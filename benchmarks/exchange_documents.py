"""What XLIFF and TMX cost: `python benchmarks/exchange_documents.py [--segments 1000]`, by hand.

An article of that many segments is written and read back in one process, the best of three; each figure is also given
as a ratio to parsing and serialising the same XML and nothing else. Figures go to docs/benchmarks.md with the date.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from lxml import etree

from pipeline.article import Article, Bitext, Block, Comment, Finding, Hint, Segment, Translation, fingerprint
from pipeline.edits import apply_edits
from pipeline.formats import tmx, xliff, xliff12
from pipeline.publication import Publication

KOREAN = "단동시는 올해 항구분야에서 {}항 중점임무를 실시하고 그중 38항을 상반기안에 완성하게 된다."
TEXTS = {
    "zh": "丹东市今年将在港口领域实施{}项重点任务，其中38项将于上半年完成。",
    "en": "Dandong will carry out {} key tasks for its port this year, 38 of them in the first half.",
}


def publication(count: int) -> Publication:
    """Paragraphs of five sentences; every segment has a term, every fifth a finding and a comment."""
    segments = [Segment(f"s{number}", KOREAN.format(number), " ") for number in range(1, count + 1)]
    blocks = [
        Block(f"b{start // 5 + 1}", "paragraph", tuple(segments[start : start + 5])) for start in range(0, count, 5)
    ]
    translations = tuple(
        Translation(segment.id, lang, text.format(number), fingerprint(segment.text), state="approved", by="Kim")
        for number, segment in enumerate(segments, 1)
        for lang, text in TEXTS.items()
    )
    comments = tuple(Comment(segment.id, "zh", "맞습니까?", "김") for segment in segments[::5])
    return Publication(
        bitext=Bitext(Article("harbour", tuple(blocks)), translations, comments=comments),
        hints={(segment.id, "zh"): (Hint(0, 3, "丹东市", "glossary", ("丹东",)),) for segment in segments},
        findings=tuple(Finding("numbers", segment.id, "zh", "38 is missing.", "warning") for segment in segments[::5]),
    )


def seconds(work: Callable[[], object]) -> float:
    """The best of three."""
    found = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, default=1000)
    count = parser.parse_args().segments
    source = publication(count)
    works: dict[str, tuple[Callable[[], object], bytes]] = {}
    for name, module in (("XLIFF 2.0", xliff), ("XLIFF 1.2", xliff12)):
        content = module.write(source, "zh")
        works[f"{name} written"] = (lambda module=module: module.write(source, "zh")), content  # type: ignore[misc]
        works[f"{name} read"] = (lambda module=module, content=content: module.read_edits(content, "a.xlf")), content  # type: ignore[misc]
        edits = module.read_edits(content, "a.xlf").edits
        works[f"{name} applied"] = (lambda edits=edits: apply_edits(source.bitext, edits)), content  # type: ignore[misc]
    memory = tmx.write([source], ("zh", "en"))
    works["TMX written"] = (lambda: tmx.write([source], ("zh", "en"))), memory
    for name, (work, content) in works.items():
        alone = seconds(lambda content=content: etree.tostring(etree.fromstring(content)))  # type: ignore[misc]
        took = seconds(work)
        print(f"{name:18} {took:7.3f} s  {took / alone:6.1f} × parsing and serialising  {len(content) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
