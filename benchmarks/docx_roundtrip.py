"""What the Word review table costs: written, and read back with tracked changes, beside packing and parsing it alone.

    python benchmarks/docx_roundtrip.py [--segments 1000] [--changes 200] [--rounds 3]

Every fifth translation is deleted and written anew with tracked changes, as Word does it. Given is the median of the
rounds in processor time; the ratio is to zlib and lxml alone on the same bytes. Ends with 1 when a change is lost.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

from lxml import etree

from pipeline.article import Article, Bitext, Block, Finding, Hint, Mention, Meta, Segment, Translation, fingerprint
from pipeline.edits import apply_edits
from pipeline.formats.docx import read_edits, write
from pipeline.office.ooxml import child, descendants, open_package, serialise, write_package
from pipeline.office.tracked import accepted_text, children
from pipeline.office.wordprocessing import face, paragraph, run, w
from pipeline.publication import Publication

KOREAN = "심양항은 올해 들어 제{}차 화물렬차를 내보냈으며 림공경제구와 이어지는 길도 새로 닦았다."
CHINESE = "沈阳港今年发出了第{}列货运列车，并新修了通往临空经济区的道路。"
ENGLISH = "Shenyang Port has sent off freight train number {} this year and built a new road to the airport zone."
IN_BLOCK = 4  # segments

Made = TypeVar("Made")


def publication(segments: int) -> Publication:
    """An article of this many sentences, each with two terms and every tenth with a finding."""
    every = [Segment(f"s{n}", KOREAN.format(n), " ") for n in range(1, segments + 1)]
    blocks = [Block(f"b{at}", "paragraph", tuple(every[at : at + IN_BLOCK])) for at in range(0, len(every), IN_BLOCK)]
    pairs = (("zh", CHINESE), ("en", ENGLISH))
    texts = [
        Translation(segment.id, lang, text.format(number), fingerprint(segment.text))
        for number, segment in enumerate(every, 1)
        for lang, text in pairs
    ]
    asked = {"zh": ("沈阳港", "临空经济区"), "en": ("Shenyang Port", "airport zone")}
    at = KOREAN.replace("{}", "1").index("림공")
    hints = {
        (segment.id, lang): (
            Hint(0, 3, asked[lang][0], "glossary"),
            Hint(at + len(str(n)) - 1, at + len(str(n)) + 4, asked[lang][1], "glossary"),
        )
        for n, segment in enumerate(every, 1)
        for lang in asked
    }
    return Publication(
        bitext=Bitext(Article("benchmark", tuple(blocks), Meta(title="심양항")), tuple(texts), revision=1),
        hints=hints,
        mentions={segment.id: (Mention(0, 3, "심양항", "심양항"),) for segment in every},
        findings=tuple(Finding("terms", segment.id, "en", "Missing.", "warning", 0, 8) for segment in every[::10]),
    )


def reviewed(content: bytes, changes: int) -> bytes:
    """The document with this many translations deleted and inserted anew, tracked."""
    package = open_package(content, "benchmark.docx")
    parts = {name: package.archive.read(entry) for name, entry in package.parts.items()}
    tree = package.tree("word/document.xml")
    assert tree is not None
    rows = list(children(next(descendants(tree, "w:tbl")), "w:tr"))[1:]
    for row in rows[:: max(1, len(rows) // changes)][:changes]:
        one = list(children(row, "w:tc"))[2]
        old = child(one, "w:p")
        assert old is not None
        gone = w("r", w("delText"))
        gone[0].text = accepted_text(one)
        tracked = {"author": "김", "date": "2026-11-01T10:00:00Z"}
        inserted = w("ins", run("新的" + accepted_text(one), face("zh")), **tracked)
        one.replace(old, paragraph(w("del", gone, **tracked), inserted))
    return write_package(parts | {"word/document.xml": serialise(tree)})


def unpacked(content: bytes) -> bytes:
    """Packing and parsing alone: what no reader or writer can do without."""
    package = open_package(content, "benchmark.docx")
    parts = {name: package.archive.read(entry) for name, entry in package.parts.items()}
    for name, part in parts.items():
        if name.endswith(".xml"):
            parts[name] = etree.tostring(etree.fromstring(part))
    return write_package(parts)


def median(rounds: int, step: Callable[[], Made]) -> tuple[float, Made]:
    """Seconds of processor time, and what the step made."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        made = step()
        taken.append(time.process_time() - start)
    return statistics.median(taken), made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--segments", type=int, default=1000)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    known = publication(asked.segments)
    writing, content = median(asked.rounds, lambda: write(known))
    returned = reviewed(content, asked.changes)
    floor, _ = median(asked.rounds, lambda: unpacked(returned))
    reading, edits = median(asked.rounds, lambda: read_edits(returned, "benchmark.docx"))
    applying, (_, verdicts) = median(asked.rounds, lambda: apply_edits(known.bitext, edits.edits))
    applied = sum(verdict.outcome == "applied" for verdict in verdicts)
    print(f"{asked.segments:,} segments, {len(content):,} bytes; packing and parsing alone {floor:.2f} s")
    for name, taken in (("write", writing), ("read_edits", reading), ("apply_edits", applying)):
        print(f"{name:12} {taken:.2f} s, {taken / floor:.1f} times that")
    print(
        f"{applied} of {asked.changes} tracked changes applied, {len(verdicts):,} edits, {len(edits.problems)} problems"
    )
    return int(applied != asked.changes or len(edits.problems) > 0)


if __name__ == "__main__":
    raise SystemExit(main())
