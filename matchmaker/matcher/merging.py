"""Several segments to one: every list is written straight to its place.

Time is linear, and memory is the result beside the parts: large segments are taken slice by slice.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher import compiled
from matchmaker.matcher.analysis import Keys
from matchmaker.matcher.segment import (
    FREQUENCY,
    SUBLINEAR,
    Bounds,
    Counts,
    DocNumbers,
    Floats,
    Numbers,
    Segment,
    Strings,
)

BOUNDED_FROM: Final = 4096
"""Lists of this length are bounded, so that a search may pass them over; shorter ones are soon read."""

_SLICE: Final = 1 << 21
_GONE: Final = -1
_NOWHERE: Final = np.zeros(0, dtype=np.int64)
Part = tuple[Segment, npt.NDArray[np.bool_] | None]


def assemble(parts: Sequence[Part], *, bounded: bool = True) -> Segment:
    """One segment from several, without the documents whose mask says False; order is kept.

    ``bounded`` False leaves out the bounds, for a segment that will itself be a part.
    """
    keys = distinct(np.concatenate([segment.keys for segment, _ in parts]))
    homes = [np.searchsorted(keys, segment.keys) for segment, _ in parts]
    kept = [_kept(segment, alive) for segment, alive in parts]
    sizes = np.zeros(len(keys), dtype=np.int64)
    for home, here in zip(homes, kept, strict=True):
        sizes[home] += here
    indptr = np.concatenate(([0], np.cumsum(sizes)))
    docs = np.empty(int(indptr[-1]), dtype=np.uint32)
    counts = np.empty(int(indptr[-1]), dtype=np.uint8)
    cursor = indptr[:-1].copy()
    base = 0
    owners: list[Numbers] = []
    places: list[Numbers] = []
    for one, ((segment, alive), home, here) in enumerate(zip(parts, homes, kept, strict=True)):
        stays = np.arange(len(segment)) if alive is None else np.flatnonzero(alive)
        number = np.full(len(segment), _GONE, dtype=np.int64)
        number[stays] = np.arange(base, base + len(stays))
        _copy(segment, home, here, number, cursor, docs, counts)
        places.append(stays)
        owners.append(np.full(len(stays), one, dtype=np.int64))
        base += len(stays)
    full = sizes > 0
    indptr = np.concatenate(([0], np.cumsum(sizes[full])))
    length = np.concatenate([segment.length[at] for (segment, _), at in zip(parts, places, strict=True)])
    scale = np.concatenate([segment.scale[at] for (segment, _), at in zip(parts, places, strict=True)])
    word_keys, words = _merge_words([segment for segment, _ in parts], keys[full])
    return Segment(
        keys=keys[full],
        indptr=indptr,
        docs=docs,
        counts=counts,
        length=length,
        scale=scale,
        ids=Strings.gather(
            [segment.ids for segment, _ in parts], np.concatenate(owners), np.concatenate(places)
        ),
        word_keys=word_keys,
        words=words,
        bounds=bounds_of(indptr, docs, counts, length, scale)
        if bounded
        else Bounds.of(_NOWHERE, length, scale),
    )


def distinct(keys: Keys) -> Keys:
    """The keys in order, each once."""
    ordered = np.sort(keys)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def first_of_each(keys: Keys) -> tuple[Keys, Numbers]:
    """The keys in order, each once, and where each stands first."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate(([len(keys) > 0], ordered[1:] != ordered[:-1])))
    return ordered[starts], order[starts]


def _slices(indptr: Numbers) -> Iterator[tuple[int, int]]:
    """From which list to which, so that a slice holds about :data:`_SLICE` postings or one list."""
    first, lists = 0, len(indptr) - 1
    while first < lists:
        last = int(np.searchsorted(indptr, indptr[first] + _SLICE, side="right")) - 1
        last = min(max(last, first + 1), lists)
        yield first, last
        first = last


def _kept(segment: Segment, alive: npt.NDArray[np.bool_] | None) -> Numbers:
    """How many documents stay in each list."""
    if alive is None or alive.all():
        return np.diff(segment.indptr)
    sizes = np.empty(len(segment.keys), dtype=np.int64)
    for first, last in _slices(segment.indptr):
        start, end = segment.indptr[first], segment.indptr[last]
        running = np.concatenate(([0], np.cumsum(alive[segment.docs[start:end]])))
        border = segment.indptr[first : last + 1] - start
        sizes[first:last] = running[border[1:]] - running[border[:-1]]
    return sizes


def _copy(
    segment: Segment,
    home: Numbers,
    here: Numbers,
    number: Numbers,
    cursor: Numbers,
    docs: DocNumbers,
    counts: Counts,
) -> None:
    """Write a segment's lists behind what ``cursor`` says is written; ``number`` renames the documents."""
    loops = compiled.loops(len(segment))
    if loops is not None:
        loops.copy_lists(segment.indptr, segment.docs, segment.counts, home, number, cursor, docs, counts)
        return
    for first, last in _slices(segment.indptr):
        start, end = segment.indptr[first], segment.indptr[last]
        new = number[segment.docs[start:end]]
        of = segment.counts[start:end]
        if (new == _GONE).any():
            of, new = of[new != _GONE], new[new != _GONE]
        size, to = here[first:last], home[first:last]
        place = np.repeat(cursor[to] - (np.cumsum(size) - size), size) + np.arange(len(new))
        docs[place] = new
        counts[place] = of
        cursor[to] += size


def bounds_of(indptr: Numbers, docs: DocNumbers, counts: Counts, length: Floats, scale: Floats) -> Bounds:
    """The bounds of the long lists."""
    at = np.flatnonzero(np.diff(indptr) >= BOUNDED_FROM)
    found = Bounds.of(at, length, scale)
    tf, ln_tf = FREQUENCY.astype(np.float32), SUBLINEAR.astype(np.float32)
    loops = compiled.loops(len(length))
    if loops is not None:
        loops.extremes(
            indptr, docs, counts, length, scale, tf, ln_tf, at, found.count, found.length, found.pull
        )
        return found
    for n, (start, end) in enumerate(zip(indptr[at].tolist(), indptr[at + 1].tolist(), strict=True)):
        doc, count = docs[start:end], counts[start:end]
        found.count[n] = count.max()
        found.length[n] = (length[doc] / tf[count]).min()
        found.pull[n] = (ln_tf[count] * scale[doc]).max()
    return found


def _merge_words(segments: Sequence[Segment], kept: Keys) -> tuple[Keys, Strings]:
    owner = np.repeat(np.arange(len(segments)), [len(segment.word_keys) for segment in segments])
    place = np.concatenate([np.arange(len(segment.word_keys)) for segment in segments])
    keys, first = first_of_each(np.concatenate([segment.word_keys for segment in segments]))
    if len(kept):
        here = kept[np.minimum(np.searchsorted(kept, keys), len(kept) - 1)] == keys
        keys, first = keys[here], first[here]
    else:
        keys, first = keys[:0], first[:0]
    return keys, Strings.gather([segment.words for segment in segments], owner[first], place[first])
