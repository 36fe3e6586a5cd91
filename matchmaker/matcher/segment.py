"""A segment: inverted lists over a set of documents, as plain arrays that a memory map can hold.

Lists keep raw term frequencies in quarters (uint8, so field weights of .25 steps count), never weights: idf
enters at query time, so adding, editing and deleting needs no reweighting. Per document two numbers rest: its
length (for BM25) and the inverse norm of its sublinear vector without idf (for the cosine part).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher.analysis import Keys, Tokens
from matchmaker.matcher.strings import Numbers, Strings

QUARTERS: Final = 4
LONGEST: Final = 200_000
"""Characters read of one field; what lies beyond is not indexed. A book is not a profile."""

BLOCK: Final = 8192
"""Documents whose sums are held at a time: they stay in the nearest cache (measured). A power of two."""

Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[np.uint8]
DocNumbers = npt.NDArray[np.uint32]

FREQUENCY: Final = np.arange(256, dtype=np.float64) / QUARTERS
with np.errstate(divide="ignore"):
    SUBLINEAR: Final = np.where(FREQUENCY >= 1, 1 + np.log(np.maximum(FREQUENCY, 1)), FREQUENCY)
"""1 + ln tf from tf = 1 on (measured: the largest free win), tf itself below."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The terms of one document or query with their frequencies, and where each came from."""

    parts: tuple[tuple[str, str], ...]
    tokens: Tokens
    keys: Keys
    counts: Counts


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the terms of long lists can add to a score at the most, whatever idf and mean length become.

    Of each list, named by its place ``at``: the highest count, the least length for each occurrence, and the
    greatest share that the term has in the norm of a document. And of each :data:`BLOCK` documents the least
    length and the greatest scale.
    """

    at: DocNumbers
    count: Counts
    length: Floats
    pull: Floats
    shortest: Floats
    steepest: Floats

    @classmethod
    def of(cls, at: Numbers, length: Floats, scale: Floats) -> "Bounds":
        """The blocks are looked through; the lists' own bounds are still to be filled in."""
        starts = np.arange(0, len(length), BLOCK)
        return cls(
            at.astype(np.uint32),
            np.empty(len(at), dtype=np.uint8),
            np.empty(len(at), dtype=np.float32),
            np.empty(len(at), dtype=np.float32),
            np.minimum.reduceat(length, starts) if len(length) else length,
            np.maximum.reduceat(scale, starts) if len(length) else scale,
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """Inverted lists of ``len(ids)`` documents; ``keys`` ascend, and documents ascend within a list.

    ``word_keys`` and ``words`` keep one surface of every word and stem, for spelling and completion.
    """

    keys: Keys
    indptr: npt.NDArray[np.int64]
    docs: DocNumbers
    counts: Counts
    length: Floats
    scale: Floats
    ids: Strings
    word_keys: Keys
    words: Strings
    bounds: Bounds

    def __len__(self) -> int:
        return len(self.length)

    def places_of(self, keys: Keys) -> tuple[Numbers, Numbers, Numbers]:
        """The place of each key's list, and from where to where it runs; empty (0, 0) for one not here."""
        if not len(self.keys):
            zero = np.zeros(len(keys), dtype=np.int64)
            return zero, zero, zero
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        here = self.keys[at] == keys
        return at, np.where(here, self.indptr[at], 0), np.where(here, self.indptr[at + 1], 0)

    def lists_of(self, keys: Keys) -> tuple[Numbers, Numbers]:
        """From where to where the list of each key runs; empty (0, 0) for a key that is not here."""
        return self.places_of(keys)[1:]

    def counts_of(self, number: int, keys: Keys) -> Counts:
        """How often each key stands in document ``number``, in quarters."""
        found = np.zeros(len(keys), dtype=np.uint8)
        low, end = self.lists_of(keys)
        high = end.copy()
        # All lists are halved at once: a step for each doubling of the longest, not for each list.
        while (open_ := low < high).any():
            middle = np.where(open_, (low + high) // 2, 0)
            before = open_ & (self.docs[middle] < number)
            low = np.where(before, middle + 1, low)
            high = np.where(open_ & ~before, middle, high)
        at = np.flatnonzero(low < end)
        here = at[self.docs[low[at]] == number]
        found[here] = self.counts[low[here]]
        return found

    def keys_of(self, number: int) -> Keys:
        """Every key of document ``number``, by a scan of all lists (for indexes that keep no texts)."""
        at = np.flatnonzero(self.docs == np.uint32(number))
        return np.asarray(self.keys[np.searchsorted(self.indptr, at, side="right") - 1])


__all__ = [
    "BLOCK",
    "FREQUENCY",
    "LONGEST",
    "QUARTERS",
    "SUBLINEAR",
    "Bounds",
    "Counts",
    "DocNumbers",
    "Floats",
    "Numbers",
    "Reading",
    "Segment",
    "Strings",
]
