"""The languages, one row each: the only place where a language code or a language's name is written down."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Language:
    """A language of ours. `code` is used in our code, `tag` (BCP 47) in files we publish."""

    code: str
    tag: str
    name: str  # in the language itself
    english: str  # its English name
    script: str  # ISO 15924, decides which letters a translation may contain


KOREAN = Language("ko", "ko-CN", "한국어", "Korean", "Hang")
CHINESE = Language("zh", "zh-Hans", "中文", "Chinese", "Hans")
ENGLISH = Language("en", "en", "English", "English", "Latn")

SOURCE = KOREAN
TARGETS = {language.code: language for language in (CHINESE, ENGLISH)}


def target(code: str) -> Language:
    """The target language with this code; `zh-CN`, `zh_Hans` and `EN` are understood.

    Raises SettingsError for a language we do not translate into.
    """
    main = code.replace("_", "-").lower().split("-")[0]
    if main not in TARGETS:
        raise SettingsError(f"“{code}” is not a target language. Use one of: {', '.join(TARGETS)}.")
    return TARGETS[main]
