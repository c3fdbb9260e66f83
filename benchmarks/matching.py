"""What finding terms costs: a glossary of 100,000 made-up terms on 1,000 made-up articles of 20 segments, by hand.

    python benchmarks/matching.py [--terms 100000] [--articles 1000]

1. building the matcher: seconds (nothing is kept on disk; building is as fast as reading it back would be);
2. finding: milliseconds a segment, the longest segment, and mentions found;
3. one term that is the prefix of 10,000 others: milliseconds a segment that is full of it, against the same glossary
   without the 10,000, as a ratio;
4. the shipped glossary on as many articles made of its terms.

All times are seconds of the processor, so that another job on the machine does little harm.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from pipeline.glossary import Glossary, load_glossary
from pipeline.mentions import Matcher
from pipeline.terms import Renderings, Term, TermKind

ROOT = Path(__file__).parents[1]
SYLLABLES = (
    "가각간강개건경계고공과관교구국군권금급기남내녀년농단당대도동등력련령로료류률리림만면명목무문물미민반발방배백변보복본부북"
    "분비사산상생서선성세소속수시신실심안양업여역연영예외용우원위유은음의이인일임자작장재전절정제조종주중지진질집차참창처천철"
    "청체초총최추출치친통특파판평표품풍학한합항해행향현형호화환활황회효후흥"
)
KINDS: tuple[TermKind, ...] = ("term", "term", "term", "place", "person", "organisation", "title", "work")
ENDINGS = ("은", "는", "이", "가", "을", "를", "의", "에", "에서", "으로", "와", "과", "도", "")
FILLER = (
    "올해",
    "크게",
    "늘어났다",
    "발표하였다",
    "적극적으로",
    "다그치고",
    "있으며",
    "가운데",
    "함께",
    "3,200",
    "2022년",
)


def terms(number: int, chance: random.Random) -> list[Term]:
    """Made-up terms as long as those of the shipped glossary: 2 to 8 syllables, one in four with a second spelling."""
    found: dict[str, Term] = {}
    while len(found) < number:
        lengths = chance.choices((2, 3, 4, 5, 6, 8), (2, 20, 35, 20, 13, 10), k=2)
        spellings = ["".join(chance.choices(SYLLABLES, k=length)) for length in lengths]
        ko = tuple(dict.fromkeys(spellings if chance.random() < 0.25 else spellings[:1]))
        chinese = "".join(chr(0x4E00 + chance.randrange(8000)) for _ in range(4))
        found[ko[0]] = Term(ko[0], ko, Renderings(chinese), Renderings("x"), chance.choice(KINDS), "made-up")
    return list(found.values())


def segments(number: int, words: Sequence[str], chance: random.Random) -> list[str]:
    """Sentences of 5 to 25 words, half of them terms with a particle."""
    texts = []
    for _ in range(number):
        drawn = (
            chance.choice(words) + chance.choice(ENDINGS) if chance.random() < 0.5 else chance.choice(FILLER)
            for _ in range(chance.randint(5, 25))
        )
        texts.append(" ".join(drawn) + ".")
    return texts


def find_all(matcher: Matcher, texts: Sequence[str]) -> tuple[list[float], int]:
    """Milliseconds for each text, and mentions found."""
    spent, found = [], 0
    for text in texts:
        begun = time.process_time()
        found += len(matcher.find(text))
        spent.append(1000 * (time.process_time() - begun))
    return spent, found


def report(name: str, matcher: Matcher, texts: Sequence[str]) -> None:
    spent, found = find_all(matcher, texts)
    characters = sum(map(len, texts)) / len(texts)
    print(f"{name}: {len(texts)} segments of {characters:.0f} characters, {found} mentions")
    print(f"  {statistics.mean(spent):.3f} ms a segment, the slowest {max(spent):.2f} ms")


def built(glossary: Glossary, name: str) -> Matcher:
    begun = time.process_time()
    matcher = Matcher(glossary)
    print(f"{name}: {len(glossary.terms)} terms, matcher built in {time.process_time() - begun:.2f} s")
    return matcher


def prefixed(chance: random.Random) -> None:
    """A term that begins 10,000 others, in texts full of it."""
    plain = terms(1000, chance)
    short = Term("발전", ("발전",), Renderings("发展"), None, "term", "made-up")
    longer = ("발전" + "".join(chance.choices(SYLLABLES, k=4)) for _ in range(10_000))
    many = {one.id: one for one in plain} | {"발전": short}
    more = many | {ko: Term(ko, (ko,), Renderings("汉"), None, "term", "made-up") for ko in longer}
    texts = [("발전은 발전의 발전을 발전 " * 6).strip()] * 1000
    times = [statistics.mean(find_all(Matcher(Glossary(some)), texts)[0]) for some in (many, more)]
    print(f"prefix of 10,000: {times[1]:.3f} ms a segment, {times[1] / times[0]:.2f} times that without them")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--terms", type=int, default=100_000)
    parser.add_argument("--articles", type=int, default=1000)
    options = parser.parse_args()
    chance = random.Random(4)
    made_up = terms(options.terms, chance)
    words = [spelling for term in made_up for spelling in term.ko]
    texts = segments(options.articles * 20, words, chance)
    matcher = built(Glossary({term.id: term for term in made_up}), "made up")
    report("made up", matcher, texts)
    del matcher
    prefixed(chance)
    shipped = load_glossary(ROOT / "glossary")
    known = [spelling for term in shipped.terms.values() for spelling in term.ko]
    report("shipped", built(shipped, "shipped"), segments(options.articles * 20, known, chance))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
