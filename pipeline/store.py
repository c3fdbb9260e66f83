"""The bitext on disk: `output/<article-id>/bitext.json`, readable, one translation a line, replaced as a whole."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from pipeline.article import Article, Bitext, Block, Comment, DroppedLine, Hint, Meta, Removed, Segment, Translation
from pipeline.errors import StorageError

FILE = "bitext.json"
FORMAT = 1
NEW = ".new"  # suffix of a file being written; one left by a killed run is written over or swept away

T = TypeVar("T")


class RevisionConflictError(StorageError):
    """Somebody saved this bitext after it was loaded: load it again and apply the change to that."""


def load_bitext(folder: Path) -> Bitext | None:
    """The bitext in an article's folder, None where there is none. Raises StorageError for a file that is damaged."""
    path = folder / FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise StorageError(f"{path} has format {content['format']}, this program reads {FORMAT}. Update Daeyeok.")
        return _bitext(content)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"{path} is damaged ({error}). Restore it from a backup; or rename it, and the article is made anew."
        ) from error


def save_bitext(folder: Path, bitext: Bitext) -> Bitext:
    """Save with the next revision, and return that. Raises RevisionConflictError when `bitext` is not the newest.

    The file is whole at every moment: it is written beside the old one, flushed to the disk, and put in its place.
    """
    with lock(folder.parent):
        on_disk = load_bitext(folder)
        if (on_disk.revision if on_disk else 0) != bitext.revision:
            raise RevisionConflictError(f"{folder / FILE} was changed by someone else meanwhile.")
        saved = replace(bitext, revision=bitext.revision + 1)
        write_file(folder / FILE, _text(saved).encode("utf-8"))
    return saved


def lock(output: Path) -> FileLock:
    """The lock under which bitexts are replaced, shared by runs and the review page. Held for milliseconds."""
    make_folder(output)
    return FileLock(output / ".save.lock", timeout=60)


def write_file(path: Path, content: bytes) -> None:
    """Replace a file as a whole. Raises StorageError, and leaves the old file, when it cannot be written."""
    make_folder(path.parent)
    new = path.with_name(f".{path.name}{NEW}")
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink()
        raise _storage_error(path, error) from error


def make_folder(folder: Path) -> None:
    """Make a folder and those above it. Raises StorageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _storage_error(folder, error) from error


def sweep(folder: Path) -> None:
    """Remove what a killed run left half-written."""
    for path in folder.glob(f".*{NEW}"):
        path.unlink(missing_ok=True)


def _storage_error(path: Path, error: OSError) -> StorageError:
    """The words for a failed write."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        advice = "The disk is full. Free some space and run again; what was finished is saved."
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        advice = "You may not write there. Change the rights of the folder and run again."
    else:
        advice = "What was there before is unchanged."
    return StorageError(f"{path} cannot be written: {error.strerror}. {advice}")


# --- JSON, written so that a person can read it and a diff shows one line a change ---------------------------------


def _text(bitext: Bitext) -> str:
    """The file: a line for each block, dropped line and translation."""
    article = bitext.article
    parts = [
        f'"format": {FORMAT}',
        f'"revision": {bitext.revision}',
        f'"last_id": {bitext.last_id}',
        f'"id": {_json(article.id)}',
        f'"meta": {_json(_without_defaults(asdict(article.meta), Meta()))}',
        f'"blocks": {_lines(_json(asdict(block)) for block in article.blocks)}',
        f'"dropped": {_lines(_json(asdict(line)) for line in article.dropped)}',
        f'"translations": {_lines(map(_translation_json, bitext.translations))}',
        f'"removed": {_lines(map(_removed_json, bitext.removed))}',
        f'"dismissed": {_lines(map(_json, bitext.dismissed))}',
        f'"comments": {_lines(_json(asdict(comment)) for comment in bitext.comments)}',
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(items: Iterator[str]) -> str:
    joined = ",\n  ".join(items)
    return f"[\n  {joined}\n]" if joined else "[]"


def _translation_json(translation: Translation) -> str:
    return _json(_translation_dict(translation))


def _translation_dict(translation: Translation) -> dict[str, object]:
    values = _without_defaults(asdict(translation), Translation("", "", "", ""))
    if translation.hints:
        values["hints"] = [_without_defaults(asdict(hint), Hint(-1, -1, "", "glossary")) for hint in translation.hints]
        for hint in values["hints"]:  # type: ignore[attr-defined]
            hint.setdefault("why", "glossary")
    return {"segment": translation.segment, "lang": translation.lang, "text": translation.text, **values}


def _removed_json(removed: Removed) -> str:
    work = [_translation_dict(translation) for translation in removed.translations]
    return _json({"segment": asdict(removed.segment), "translations": work})


def _without_defaults(values: dict[str, object], defaults: object) -> dict[str, object]:
    """Only what differs from the default, so that a line stays short."""
    return {name: value for name, value in values.items() if value != getattr(defaults, name)}


def _bitext(content: dict[str, list[dict[str, object]]]) -> Bitext:
    blocks = tuple(
        _value(Block, {**block, "segments": tuple(_value(Segment, segment) for segment in block["segments"])})  # type: ignore[attr-defined]
        for block in content["blocks"]
    )
    article = Article(
        id=str(content["id"]),
        blocks=blocks,
        meta=_value(Meta, content["meta"]),
        dropped=tuple(_value(DroppedLine, line) for line in content["dropped"]),
    )
    return Bitext(
        article=article,
        translations=tuple(map(_translation, content["translations"])),
        removed=tuple(
            Removed(_value(Segment, item["segment"]), tuple(map(_translation, item["translations"])))  # type: ignore[call-overload]
            for item in content["removed"]
        ),
        dismissed=tuple(map(str, content["dismissed"])),
        comments=tuple(_value(Comment, comment) for comment in content.get("comments", ())),
        revision=int(content["revision"]),  # type: ignore[call-overload]
        last_id=int(content["last_id"]),  # type: ignore[call-overload]
    )


def _translation(values: dict[str, object]) -> Translation:
    hints = tuple(
        _value(Hint, {**hint, **{name: tuple(hint.get(name, ())) for name in ("admitted", "forbidden")}})
        for hint in values.get("hints", ())  # type: ignore[attr-defined]
    )
    return _value(Translation, {**values, "hints": hints})


def _value(kind: type[T], values: object) -> T:
    """A dataclass from a JSON object; an unknown or missing name is a TypeError, and so a damaged file."""
    if not isinstance(values, dict):
        raise TypeError(f"{kind.__name__} expected, found {values!r:.40}")
    unknown = values.keys() - {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if unknown:
        raise TypeError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**values)
