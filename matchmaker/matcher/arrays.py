"""A segment as named arrays, and back: every array is checked for its type and for fitting the others."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from matchmaker.matcher.errors import CorruptIndex
from matchmaker.matcher.folders import REBUILD
from matchmaker.matcher.segment import BLOCK, Bounds, Segment, Strings

_TYPES: Final = {
    "keys": "<u8",
    "indptr": "<i8",
    "docs": "<u4",
    "counts": "|u1",
    "length": "<f4",
    "scale": "<f4",
    "word_keys": "<u8",
}
_BOUNDS: Final = {
    "at": "<u4",
    "count": "|u1",
    "length": "<f4",
    "pull": "<f4",
    "shortest": "<f4",
    "steepest": "<f4",
}
_STRINGS: Final = {"blob": "|u1", "offsets": "<i8", "hashes": "<u8", "at": "<u4"}


def taken_apart(segment: Segment, texts: Strings | None) -> dict[str, Any]:
    """The arrays of a segment, and of its documents' texts where they are kept, by name."""
    arrays: dict[str, Any] = {name: getattr(segment, name) for name in _TYPES}
    arrays |= {f"bounds_{name}": getattr(segment.bounds, name) for name in _BOUNDS}
    for group, strings in (("ids", segment.ids), ("words", segment.words), ("texts", texts)):
        if strings is not None:
            arrays |= {f"{group}_{part}": getattr(strings, part) for part in _STRINGS}
    return arrays


def put_together(arrays: Mapping[str, Any], name: str) -> tuple[Segment, Strings | None]:
    """The segment of these arrays, and its texts. CorruptIndex when they do not make one."""

    def one(key: str, kind: str) -> Any:
        array = arrays.get(key)
        if array is None or array.ndim != 1 or array.dtype != np.dtype(kind):
            raise CorruptIndex(f"segment {name} has no proper array {key!r}: {REBUILD}")
        return array

    def strings(group: str) -> Strings:
        return Strings(*(one(f"{group}_{part}", kind) for part, kind in _STRINGS.items()))

    plain = {key: one(key, kind) for key, kind in _TYPES.items()}
    bounds = Bounds(*(one(f"bounds_{key}", kind) for key, kind in _BOUNDS.items()))
    segment = Segment(**plain, ids=strings("ids"), words=strings("words"), bounds=bounds)
    texts = strings("texts") if "texts_blob" in arrays else None
    fitting = (
        len(segment.indptr) == len(segment.keys) + 1
        and int(segment.indptr[-1]) == len(segment.docs) == len(segment.counts)
        and len(segment.length) == len(segment.scale) == len(segment.ids)
        and len(segment.word_keys) == len(segment.words)
        and len(bounds.at) == len(bounds.count) == len(bounds.length) == len(bounds.pull)
        and len(bounds.shortest) == len(bounds.steepest) == -(-len(segment) // BLOCK)
        and (texts is None or len(texts) == len(segment))
        and all(_holds(one) for one in (segment.ids, segment.words, texts) if one is not None)
    )
    if not fitting:
        raise CorruptIndex(f"the arrays of segment {name} do not fit each other: {REBUILD}")
    return segment, texts


def _holds(strings: Strings) -> bool:
    return len(strings.offsets) > 0 and int(strings.offsets[-1]) == len(strings.blob)
