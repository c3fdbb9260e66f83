"""Takes a re-read article into its bitext: ids and people's work follow their sentences, not their positions."""

from __future__ import annotations

import difflib
from dataclasses import replace

from pipeline.article import Article, Bitext, Block, Removed, Segment, Translation, fingerprint, flat

SAME_SENTENCE = 0.5  # difflib ratio from which a changed sentence is still the same sentence


def take_in(bitext: Bitext | None, article: Article) -> Bitext:
    """The bitext for an article just read; `bitext` is what we had of it, None when it is new.

    Each segment that was there before keeps its id, wherever it stands now; new ones get ids never given before.
    A changed sentence keeps id and translations: their `of` no longer fits, so a machine's is made anew and a
    person's is shown as stale. What people did on sentences that left the article is kept in `removed`, and given
    back when the sentence returns.
    """
    if bitext is None:
        bitext = Bitext(Article(article.id, ()))
    old, new = list(bitext.article.segments()), list(article.segments())
    kept = _matched(old, new)
    returned = _returned(bitext.removed, new, kept)
    last_id = bitext.last_id
    ids: list[str] = []
    for number in range(len(new)):
        if number in kept:
            ids.append(old[kept[number]].id)
        elif number in returned:
            ids.append(returned[number].segment.id)
        else:
            last_id += 1
            ids.append(f"s{last_id}")
    translations = [*bitext.translations, *(t for removed in returned.values() for t in removed.translations)]
    return replace(
        bitext,
        article=_with_ids(article, ids),
        translations=tuple(t for t in translations if t.segment in set(ids)),
        removed=_removed(bitext, old, set(ids)),
        last_id=last_id,
    )


def is_stale(translation: Translation, segment: Segment) -> bool:
    """True when the Korean changed after this translation was made."""
    return translation.of != fingerprint(segment.text)


def _matched(old: list[Segment], new: list[Segment]) -> dict[int, int]:
    """Positions of new segments → positions of the old ones that they continue."""
    before, after = [flat(segment.text) for segment in old], [flat(segment.text) for segment in new]
    matched: dict[int, int] = {}
    changed: list[tuple[range, range]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            matched.update(zip(range(new_start, new_end), range(old_start, old_end), strict=True))
        else:
            changed.append((range(old_start, old_end), range(new_start, new_end)))
    _match_moved(before, after, matched)
    for olds, news in changed:
        _match_changed(before, after, olds, news, matched)
    return matched


def _match_moved(before: list[str], after: list[str], matched: dict[int, int]) -> None:
    """Sentences that stand elsewhere now, word for word."""
    free: dict[str, list[int]] = {}
    for number in sorted(set(range(len(before))) - set(matched.values()), reverse=True):
        free.setdefault(before[number], []).append(number)
    for number, text in enumerate(after):
        if number not in matched and free.get(text):
            matched[number] = free[text].pop()


def _match_changed(before: list[str], after: list[str], olds: range, news: range, matched: dict[int, int]) -> None:
    """Sentences changed in place: the most alike pairs first."""
    taken = set(matched.values())
    pairs = []
    for o in (number for number in olds if number not in taken):
        for n in (number for number in news if number not in matched):
            ratio = difflib.SequenceMatcher(None, before[o], after[n], autojunk=False).ratio()
            shift = abs((o - olds.start) - (n - news.start))  # of two alike the one in the same place
            pairs.append((ratio, -shift, o, n))
    for ratio, _, o, n in sorted(pairs, reverse=True):
        if ratio >= SAME_SENTENCE and o not in taken and n not in matched:
            matched[n] = o
            taken.add(o)


def _returned(removed: tuple[Removed, ...], new: list[Segment], kept: dict[int, int]) -> dict[int, Removed]:
    """New segments that are, word for word, removed ones come back."""
    waiting = {flat(item.segment.text): item for item in reversed(removed)}
    returned: dict[int, Removed] = {}
    for number, segment in enumerate(new):
        text = flat(segment.text)
        if number not in kept and text in waiting:
            returned[number] = waiting.pop(text)
    return returned


def _removed(bitext: Bitext, old: list[Segment], present: set[str]) -> tuple[Removed, ...]:
    """Work of people on segments that are not in the article, the older first."""
    kept = [item for item in bitext.removed if item.segment.id not in present]
    for segment in old:
        work = tuple(t for t in bitext.translations if t.segment == segment.id and t.is_human)
        if segment.id not in present and work:
            kept.append(Removed(segment, work))
    return tuple(kept)


def _with_ids(article: Article, ids: list[str]) -> Article:
    """The article with these segment ids, in reading order."""
    remaining = iter(ids)
    blocks: list[Block] = []
    for block in article.blocks:
        segments = tuple(replace(segment, id=next(remaining)) for segment in block.segments)
        blocks.append(replace(block, segments=segments))
    return replace(article, blocks=tuple(blocks))
