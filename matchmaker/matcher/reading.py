"""Documents to segments: the terms of each are counted, and written into lists by key, then document."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher import analysis
from matchmaker.matcher.analysis import Analyser, Keys, Tokens, channel_of, channel_weights
from matchmaker.matcher.documents import Document
from matchmaker.matcher.merging import assemble, bounds_of, first_of_each
from matchmaker.matcher.segment import (
    FREQUENCY,
    LONGEST,
    QUARTERS,
    SUBLINEAR,
    Bounds,
    Counts,
    Floats,
    Numbers,
    Reading,
    Segment,
    Strings,
)
from matchmaker.matcher.settings import Settings

BATCH: Final = 2000
BATCH_CHARACTERS: Final = 1_000_000
"""Documents are read in batches of so many, or of so much text."""

_FAN: Final = 32
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_NOWHERE: Final = np.zeros(0, dtype=np.int64)


class Reader:
    """Turns documents into segments under one analyser and one set of settings."""

    def __init__(self, analyser: Analyser, settings: Settings) -> None:
        self.analyser = analyser
        self.settings = settings
        self.weights = channel_weights(settings.channels)

    def read(self, document: Document | str) -> Reading:
        """The terms of one document, or of a query text (one part with the empty field name)."""
        parts = _parts(document)
        tokens = self.analyser.tokens([text for _, text in parts])
        weight = np.array([self._weight(name) for name, _ in parts], dtype=np.int64)
        _, keys, counts = _count(np.zeros(len(tokens.key), dtype=np.int64), tokens, weight)
        return Reading(parts, tokens, keys, counts)

    def _weight(self, field: str) -> int:
        return max(1, round(self.settings.fields.get(field, 1.0) * QUARTERS))

    def segment(self, documents: Sequence[Document]) -> Segment:
        """One segment of all the documents, read in batches so that memory stays bounded by the result."""
        return self.stream(documents)

    def stream(self, documents: Iterable[Document]) -> Segment:
        """One segment of documents that come one by one; they are not held."""
        tiers: list[list[Segment]] = [[], [], []]
        waiting: list[Document] = []
        characters = 0

        def put(segment: Segment) -> None:
            tiers[0].append(segment)
            for lower, upper in itertools.pairwise(tiers):
                if len(lower) == _FAN:
                    upper.append(assemble([(one, None) for one in lower], bounded=False))
                    lower.clear()

        for document in documents:
            waiting.append(document)
            characters += sum(len(text) for _, text in document.texts())
            if len(waiting) >= BATCH or characters >= BATCH_CHARACTERS:
                put(self._batch(waiting))
                waiting, characters = [], 0
        if waiting or not any(tiers):
            put(self._batch(waiting))
        parts = [one for tier in reversed(tiers) for one in tier]
        return parts[0] if len(parts) == 1 else assemble([(one, None) for one in parts])

    def _batch(self, documents: Sequence[Document]) -> Segment:
        texts: list[str] = []
        owner: list[int] = []
        weight: list[int] = []
        for number, document in enumerate(documents):
            for name, text in _parts(document):
                texts.append(text)
                owner.append(number)
                weight.append(self._weight(name))
        folded = [analysis.fold(text) for text in texts]
        tokens = self.analyser.tokens_of_folded(folded)
        owners = np.array(owner, dtype=np.int64)
        doc, key, counts = _count(owners[tokens.text], tokens, np.array(weight, dtype=np.int64))
        word_keys, words = _surfaces(tokens, folded)
        return self.counted([document.id for document in documents], doc, key, counts, word_keys, words)

    def counted(
        self,
        ids: Sequence[str],
        doc: Numbers,
        key: Keys,
        counts: Counts,
        word_keys: Keys | None = None,
        words: Strings | None = None,
        *,
        bounded: bool = True,
    ) -> Segment:
        """A segment of terms that are counted already: (document number, key, quarters) by key, then document."""
        starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if len(key) else _NOWHERE
        length, scale = self._rest(len(ids), doc, key, counts)
        indptr = np.append(starts, len(key)).astype(np.int64)
        docs = doc.astype(np.uint32)
        return Segment(
            keys=key[starts],
            indptr=indptr,
            docs=docs,
            counts=counts,
            length=length,
            scale=scale,
            ids=Strings.of(ids),
            word_keys=np.zeros(0, dtype=np.uint64) if word_keys is None else word_keys,
            words=Strings.unindexed([]) if words is None else words,
            bounds=bounds_of(indptr, docs, counts, length, scale)
            if bounded
            else Bounds.of(_NOWHERE, length, scale),
        )

    def _rest(
        self, size: int, doc: npt.NDArray[np.int64], key: Keys, counts: Counts
    ) -> tuple[Floats, Floats]:
        weight = self.weights[channel_of(key)]
        length = np.bincount(doc, weight * FREQUENCY[counts], minlength=size)
        squares = np.bincount(doc, weight * SUBLINEAR[counts] ** 2, minlength=size)
        scale = 1 / np.sqrt(np.maximum(squares, 1e-12))
        return length.astype(np.float32), np.where(squares > 0, scale, 0).astype(np.float32)


def _parts(document: Document | str) -> tuple[tuple[str, str], ...]:
    texts = [("", document)] if isinstance(document, str) else document.texts()
    return tuple((name, text[:LONGEST]) for name, text in texts)


def grouped(key: Keys, doc: Numbers) -> Numbers:
    """The order of (key, document) pairs by key, then document.

    Documents mostly come in order, and one array of numbers is sorted many times faster than a table: so a
    scrambled key and the place are sorted as one number, and the keys, of which there are fewer, afterwards.
    """
    size = len(key)
    low = np.uint64((1 << size.bit_length()) - 1)
    packed = (key * _ODD & ~low) | np.arange(size, dtype=np.uint64)
    packed.sort()
    order = (packed & low).astype(np.int64)
    packed &= ~low
    key_now, doc_now = key[order], doc[order]
    changes = packed[1:] != packed[:-1]
    same = ~changes
    if (key_now[1:] != key_now[:-1])[same].any() or (doc_now[1:] < doc_now[:-1])[same].any():
        # Two keys were scrambled alike, or documents out of order.
        return np.asarray(np.lexsort((doc, key)))
    starts = np.flatnonzero(np.concatenate(([size > 0], changes)))
    sizes = np.diff(starts, append=size)
    by_key = np.argsort(key_now[starts])
    sizes = sizes[by_key]
    begin = np.cumsum(sizes) - sizes
    return np.asarray(order[np.repeat(starts[by_key] - begin, sizes) + np.arange(size)])


def _count(
    doc: npt.NDArray[np.int64], tokens: Tokens, weight: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], Keys, Counts]:
    """(document, key, count in quarters) once for each pair, in the order of key, then document."""
    order = grouped(tokens.key, doc)
    doc, key = doc[order], tokens.key[order]
    if not len(key):
        return doc, key, np.zeros(0, dtype=np.uint8)
    starts = np.flatnonzero(np.concatenate(([True], (key[1:] != key[:-1]) | (doc[1:] != doc[:-1]))))
    sums = np.add.reduceat(weight[tokens.text[order]], starts)
    return doc[starts], key[starts], np.minimum(sums, 255).astype(np.uint8)


def _surfaces(tokens: Tokens, folded: Sequence[str]) -> tuple[Keys, Strings]:
    channel = channel_of(tokens.key)
    at = np.flatnonzero((channel == analysis.STEM) | (channel == analysis.WORD))
    keys, first = first_of_each(tokens.key[at])
    where = at[first]
    texts, starts, ends = (
        tokens.text[where].tolist(),
        tokens.start[where].tolist(),
        tokens.end[where].tolist(),
    )
    return keys, Strings.unindexed([folded[t][s:e] for t, s, e in zip(texts, starts, ends, strict=True)])
