"""Which documents an article gets, and under which names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.publication import Publication


def documents(publication: Publication, targets: Sequence[str]) -> dict[str, bytes]:
    """File name → content, for every document of one article. The same publication gives the same bytes."""
    article = publication.bitext.article.id
    return {name: write(publication) for name, write in _writers(article, targets).items()}


def document_names(article: str, targets: Sequence[str]) -> list[str]:
    """The names of the documents of an article, without making them."""
    return [
        f"{article}.html",
        *(f"{article}.{lang}.md" for lang in targets),
        *(f"{article}.ko-{lang}.xlf" for lang in targets),
    ]


def _writers(article: str, targets: Sequence[str]) -> dict[str, Callable[[Publication], bytes]]:
    """The table: what is written under which name. Templates and XML are loaded when first needed."""
    from pipeline.formats import markdown, review, xliff

    texts = [lambda p, lang=lang: markdown.write(p, lang) for lang in targets]
    exchanges = [lambda p, lang=lang: xliff.write(p, lang) for lang in targets]
    return dict(zip(document_names(article, targets), [review.write, *texts, *exchanges], strict=True))
