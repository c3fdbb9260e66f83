"""The step that looks a finished pair over: all checks, in the order in which a person should read their findings."""

from __future__ import annotations

from pipeline.article import Finding
from pipeline.checks import Check, Pair, completeness, length, numbers, output, script, terms
from pipeline.consistency import inconsistencies
from pipeline.remarks import remarks

CHECKS: dict[str, Check] = {
    "completeness": completeness.check,
    "output": output.check,
    "terms": terms.check,
    "numbers": numbers.check,
    "script": script.check,
    "length": length.check,
}
# What looks at a whole article and not at one pair; its findings come beside those of CHECKS.
OF_ARTICLES = {"consistency": inconsistencies, "source": remarks}
# What reviewers who count errors by MQM call it.
MQM = {
    "completeness": "accuracy/omission",
    "output": "fluency/unintelligible",
    "terms": "terminology/wrong-term",
    "numbers": "accuracy/mistranslation/number",
    "script": "accuracy/untranslated",
    "length": "accuracy/omission",
    "consistency": "terminology/inconsistent",
    "source": "source/error",
}
# What need not be said any more when the output check has found this in the text: a copy of the Korean has other
# numbers for every reader, and a text that breaks off is short.
SAID = {
    "copied": {"terms", "numbers", "script", "length"},
    "wrong_script": {"terms", "numbers", "script", "length"},
    "looping": {"length"},
    "truncated": {"length"},
}


def run_checks(pair: Pair) -> tuple[Finding, ...]:
    """Everything the checks find on one pair, check after check, each thing said once."""
    found: list[Finding] = []
    said: set[str] = set()
    for name, check in CHECKS.items():
        if name not in said:
            found += check(pair)
        said.update(*(SAID.get(finding.about, ()) for finding in found if finding.check == "output"))
    return tuple(found)


def descriptions() -> dict[str, str]:
    """What each check looks for, by name."""
    functions = {**CHECKS, **OF_ARTICLES}
    return {name: " ".join((function.__doc__ or "").split()) for name, function in functions.items()}
