"""Check: the translation is a whole text in the right language, not what an engine makes when it fails."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.article import Finding
from pipeline.checks import Pair
from pipeline.faults import faults


def check(pair: Pair) -> Iterator[Finding]:
    """The engine gave a whole sentence in the right language.

    Error: the text goes round in circles (发展发展发展发展), stops in the middle (他说，“), is the Korean again, or is
    mostly in another script. Such a sentence was tried twice; translate it by hand.
    """
    if not pair.text.strip():
        return  # the completeness check says so
    for fault in faults(pair.source, pair.text, pair.lang):
        if fault.kind != "empty":
            yield Finding(
                check="output",
                segment=pair.segment.id,
                lang=pair.lang,
                message=f"{fault.message[:1].upper()}{fault.message[1:]}.",
                severity="error",
                start=fault.start,
                end=fault.end,
                about=fault.kind,
            )
