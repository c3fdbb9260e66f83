"""Back-translation: genuine Chinese or English with Korean made by the model, as further training text.

The model must have been trained in that direction (>>ko<<). The result is used with a tag, so that the model learns
the genuine side and does not take the Korean for good (Sennrich et al. 2016; the tag: Caswell et al. 2019).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from pipeline.errors import SettingsError, StorageError
from pipeline.languages import SOURCE
from pipeline.marian import read_folder
from pipeline.train.corpus import read_texts
from pipeline.train.generation import generate
from pipeline.train.network import autocast, choose_device, load_network, repeatable
from pipeline.train.options import LANGUAGES, Course
from pipeline.train.vocabulary import Vocabulary, language_tag, plain

CHUNK = 4096  # texts translated, then written, together
HEADER = ("ko", "zh", "en", "source")
ORIGIN = "back-translation"
LEAST, MOST = 0.3, 6.0  # characters of Korean for one of the text; outside, something was dropped or repeated


def back_translate(
    model: Path,
    texts: Path,
    lang: str,
    result: Path,
    note: Callable[[str], None],
    *,
    limit: int | None = None,
    draws: bool = False,
    beam: int = 1,
    course: Course | None = None,
    until: float = math.inf,
) -> int:
    """Translate texts (first column of a file, in `lang`) into Korean; write a TSV with the columns ko zh en source.

    Gives the number of lines in the result. Goes on where a stopped call left off. A text that is too long, or whose
    Korean is empty, far too short or far too long, keeps its line with the Korean empty: readers pass over it.
    It ends at the end of the texts, or with the first lines after `until`, by `time.monotonic()`.
    `draws`: pieces are drawn at random among the likeliest. Raises SettingsError for a model without >>ko<<.
    """
    if lang not in LANGUAGES or lang == SOURCE.code:
        raise SettingsError(f"“{lang}” cannot be back-translated. Use one of: {', '.join(LANGUAGES[1:])}.")
    settings = course or Course(updates=1, tokens=8000)
    longest = read_folder(model).longest
    vocabulary = Vocabulary(model)
    tag = vocabulary.tag(language_tag(SOURCE.code))
    done, device = _begin(result), choose_device(settings)
    with repeatable(settings), autocast("bfloat16" if device == "cuda" else "float32", device):
        network = load_network(model).to(device).eval()  # type: ignore[arg-type]
        waiting = islice(read_texts(texts), done, limit)
        started, before = time.monotonic(), done
        for chunk in _chunks(waiting):
            pieces = vocabulary.encode([plain(text) for text in chunk])
            fitting = [row for row, one in enumerate(pieces) if len(one) <= longest]
            sources = [[tag, *pieces[row].tolist(), vocabulary.end] for row in fitting]
            made = generate(network, vocabulary, sources, tokens=settings.tokens, draws=draws, best=beam)
            _append(result, lang, chunk, dict(zip(fitting, made, strict=True)))
            done += len(chunk)
            note(f"{done:,} texts · {(done - before) / (time.monotonic() - started):,.1f} a second")
            if time.monotonic() >= until:
                break
    return done


def _begin(result: Path) -> int:
    """Lines that are there already, the header not counted; a line that was not finished is taken away."""
    try:
        if not result.exists():
            result.parent.mkdir(parents=True, exist_ok=True)
            result.write_text("\t".join(HEADER) + "\n", encoding="utf-8")
        content = result.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            result.write_bytes(whole)
    except OSError as problem:
        raise StorageError(f"{result}: cannot be written ({problem}).") from problem
    return whole.count(b"\n") - 1


def _append(result: Path, lang: str, chunk: list[str], korean: dict[int, str]) -> None:
    lines = []
    for row, text in enumerate(chunk):
        made = korean.get(row, "").replace("\t", " ")
        made = made if LEAST <= len(made) / len(text) <= MOST else ""
        cells = {"ko": made, lang: text, "source": ORIGIN}
        lines.append("\t".join(cells.get(name, "") for name in HEADER) + "\n")
    try:
        with result.open("a", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as problem:
        raise StorageError(f"{result}: cannot be written ({problem}). Make room, then go on.") from problem


def _chunks(texts: Iterator[str]) -> Iterator[list[str]]:
    while chunk := list(islice(texts, CHUNK)):
        yield chunk
