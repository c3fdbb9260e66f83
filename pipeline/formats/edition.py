"""The edition for readers as a web page: one HTML file that needs nothing else, an article in two or three languages.

What stands in it is set in pipeline.galley; how it looks is in edition.html.j2 and edition.css.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from pipeline.galley import galley
from pipeline.languages import SOURCE, TARGETS
from pipeline.publication import Publication

Layout = Literal["beside", "below"]  # languages side by side on wide screens; always one below the other


def write(publication: Publication, columns: Sequence[str] = (), layout: Layout = "beside") -> bytes:
    """The page as UTF-8, a row for each block. The same publication gives the same bytes.

    `columns` are codes of languages in their order, `("en", "ko")` for the original last; none: the original and all
    targets. On narrow screens the languages stand one below the other, block by block.
    """
    set_texts = [galley(publication, lang) for lang in columns or (SOURCE.code, *publication.targets)]
    style = Path(__file__).with_name("edition.css").read_text("utf-8").strip()
    url = publication.bitext.article.meta.url or ""
    html = _template().render(
        columns=set_texts,
        rows=list(zip(*(text.passages for text in set_texts), strict=True)),
        after_title=set_texts[0].after_title,
        layout=layout,
        tags={language.code: language.tag for language in (SOURCE, *TARGETS.values())},
        url=url if re.fullmatch(r"https?://[^\s\"'<>]+", url, re.IGNORECASE) else "",
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
    return html.encode()


def write_pair(publication: Publication, lang: str) -> bytes:
    """The original and one translation, the original first."""
    return write(publication, (SOURCE.code, lang))


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(Path(__file__).with_name("edition.html.j2").read_text("utf-8"))
