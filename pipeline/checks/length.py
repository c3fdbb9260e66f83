"""Check: the translation is about as long as translations of such a sentence are."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from pipeline.article import Finding
from pipeline.checks import Pair

# The natural logarithm of translation over Korean, in characters without white space and brackets. Halfway between
# the median of 176 pairs of the Chinese-Korean press and that of 1,997 pairs of world news:
# zh between -0.279 and -0.205, en between 0.932 and 0.741.
USUAL = {"zh": -0.24, "en": 0.84}
# Spread (1.4826 × median absolute deviation) in the same pairs: 0.37 below 20 characters of Korean, 0.2 at 20–40,
# 0.17 above; in press text alone 0.12 (zh) and 0.18 (en). The curve is the square root of FLOOR + BY_LENGTH / length.
FLOOR, BY_LENGTH = {"zh": 0.02, "en": 0.03}, 0.9
# Beyond so many spreads a pair is reported. Measured on the references: no alarm in the press text, 1.5 (zh) and 5
# (en) in 1,000 of world news. A press sentence cut to its half is reported in 70 (zh) and 23 (en) of 100 cases, one
# cut to its third in 100 and 95.
TOLERANCE = 3.3
# Names in other scripts, (Kanye West), and inline glosses may be said on one side only.
BRACKETED = re.compile(r"[（(\[][^（()）\]]*[）)\]]")


def check(pair: Pair) -> Iterator[Finding]:
    """The translation is about as long as one of such a sentence usually is: a sentence of 50 characters becomes
    about 39 Chinese characters or 116 English letters.

    Warning: it is so much shorter or longer that something seems to be left out or added.
    """
    if pair.lang not in USUAL:
        return
    lengths = [(_length(pair.source), _length(pair.text))]
    lengths.append((_length(BRACKETED.sub("", pair.source)), _length(BRACKETED.sub("", pair.text))))
    if not all(source and target for source, target in lengths):
        return
    source, target = min(lengths, key=lambda both: abs(_excess(both[0], both[1], pair.lang)))
    excess = _excess(source, target, pair.lang)
    if abs(excess) > TOLERANCE:
        expected = round(source * math.exp(USUAL[pair.lang]))
        meaning = "Is something left out?" if excess < 0 else "Is something added?"
        yield Finding(
            check="length",
            segment=pair.segment.id,
            lang=pair.lang,
            message=f"{target} characters where about {expected} are usual. {meaning}",
            severity="warning",
            about="short" if excess < 0 else "long",
        )


def _excess(source: int, target: int, lang: str) -> float:
    """How many spreads the translation is longer than usual."""
    return (math.log(target / source) - USUAL[lang]) / math.sqrt(FLOOR[lang] + BY_LENGTH / source)


def _length(text: str) -> int:
    return sum(not character.isspace() for character in text)
