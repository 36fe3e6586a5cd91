"""A segment: inverted lists over a set of documents, as plain arrays that a memory map can hold.

Lists keep raw term frequencies in quarters (uint8, so field weights of .25 steps count), never weights: idf
enters at query time, so adding, editing and deleting needs no reweighting. Per document two numbers rest: its
length (for BM25) and the inverse norm of its sublinear vector without idf (for the cosine part).
"""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher import analysis
from matchmaker.matcher.analysis import Analyser, Keys, Tokens, channel_of, channel_weights
from matchmaker.matcher.documents import Document
from matchmaker.matcher.errors import BadInput
from matchmaker.matcher.settings import Settings

QUARTERS: Final = 4
LONGEST: Final = 200_000
"""Characters read of one field; what lies beyond is not indexed. A book is not a profile."""

BATCH: Final = 500
_FAN: Final = 32
Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[np.uint8]
DocNumbers = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]

_NOWHERE: Final = np.zeros(0, dtype=np.int64)
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


class Strings:
    """Many short texts in one byte array, with a hash index to find one; fit for a memory map."""

    __slots__ = ("at", "blob", "hashes", "offsets")

    def __init__(
        self,
        blob: npt.NDArray[np.uint8],
        offsets: npt.NDArray[np.int64],
        hashes: npt.NDArray[np.uint64],
        at: npt.NDArray[np.uint32],
    ) -> None:
        self.blob, self.offsets, self.hashes, self.at = blob, offsets, hashes, at

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Strings":
        raw = [text.encode("utf-8", "surrogatepass") for text in texts]
        offsets = np.zeros(len(raw) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, raw), dtype=np.int64, count=len(raw)), out=offsets[1:])
        hashes = np.fromiter(map(_string_hash, raw), dtype=np.uint64, count=len(raw))
        order = np.argsort(hashes, kind="stable")
        blob = np.frombuffer(b"".join(raw), dtype=np.uint8)
        return cls(blob, offsets, hashes[order], order.astype(np.uint32))

    @classmethod
    def gather(cls, parts: Sequence["Strings"], owner: Numbers, place: Numbers) -> "Strings":
        """The texts ``parts[owner[i]][place[i]]``, without decoding any of them."""
        base = np.cumsum([0, *(len(part.blob) for part in parts)])
        first = np.cumsum([0, *(len(part) for part in parts)])
        starts = np.concatenate([part.offsets[:-1] + base[i] for i, part in enumerate(parts)])
        sizes = np.concatenate([np.diff(part.offsets) for part in parts])
        hashes = np.empty(int(first[-1]), dtype=np.uint64)
        for i, part in enumerate(parts):
            hashes[first[i] : first[i + 1]][part.at] = part.hashes
        chosen = first[owner] + place
        start, size, value = starts[chosen], sizes[chosen], hashes[chosen]
        offsets = np.concatenate(([0], np.cumsum(size))).astype(np.int64)
        whole = np.concatenate([part.blob for part in parts])
        blob = whole[np.repeat(start - offsets[:-1], size) + np.arange(int(offsets[-1]))]
        order = np.argsort(value, kind="stable")
        return cls(blob, offsets, value[order], order.astype(np.uint32))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        low, high = int(self.offsets[number]), int(self.offsets[number + 1])
        return bytes(self.blob[low:high]).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def refuse_twins(self) -> None:
        """BadInput when two of the texts, which are ids, are equal."""
        for at in np.flatnonzero(self.hashes[1:] == self.hashes[:-1]).tolist():
            text = self[int(self.at[at])]
            if len(self.find(text)) > 1:
                raise BadInput(f"two documents have the id {text!r}")

    def find(self, text: str) -> list[int]:
        """The places of this text."""
        value = np.uint64(_string_hash(text.encode("utf-8", "surrogatepass")))
        low = int(np.searchsorted(self.hashes, value, side="left"))
        high = int(np.searchsorted(self.hashes, value, side="right"))
        return [int(n) for n in self.at[low:high] if self[int(n)] == text]


def _string_hash(raw: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "big")


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

    def __len__(self) -> int:
        return len(self.length)

    def lists_of(self, keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """From where to where the list of each key runs; empty (0, 0) for a key that is not here."""
        if not len(self.keys):
            zero = np.zeros(len(keys), dtype=np.int64)
            return zero, zero
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        here = self.keys[at] == keys
        return np.where(here, self.indptr[at], 0), np.where(here, self.indptr[at + 1], 0)

    def counts_of(self, number: int, keys: Keys) -> Counts:
        """How often each key stands in document ``number``, in quarters."""
        found = np.zeros(len(keys), dtype=np.uint8)
        low, high = self.lists_of(keys)
        for i, (start, end) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
            if end > start:
                at = start + int(np.searchsorted(self.docs[start:end], np.uint32(number)))
                if at < end and int(self.docs[at]) == number:
                    found[i] = self.counts[at]
        return found

    def keys_of(self, number: int) -> Keys:
        """Every key of document ``number``, by a scan of all lists (for indexes that keep no texts)."""
        at = np.flatnonzero(self.docs == np.uint32(number))
        return np.asarray(self.keys[np.searchsorted(self.indptr, at, side="right") - 1])


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

        def put(segment: Segment) -> None:
            tiers[0].append(segment)
            for lower, upper in itertools.pairwise(tiers):
                if len(lower) == _FAN:
                    upper.append(assemble([(one, None) for one in lower]))
                    lower.clear()

        for document in documents:
            waiting.append(document)
            if len(waiting) == BATCH:
                put(self._batch(waiting))
                waiting = []
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
    ) -> Segment:
        """A segment of terms that are counted already: (document number, key, quarters) by key, then document."""
        starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if len(key) else _NOWHERE
        length, scale = self._rest(len(ids), doc, key, counts)
        return Segment(
            keys=key[starts],
            indptr=np.append(starts, len(key)).astype(np.int64),
            docs=doc.astype(np.uint32),
            counts=counts,
            length=length,
            scale=scale,
            ids=Strings.of(ids),
            word_keys=np.zeros(0, dtype=np.uint64) if word_keys is None else word_keys,
            words=Strings.of([]) if words is None else words,
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


def _count(
    doc: npt.NDArray[np.int64], tokens: Tokens, weight: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], Keys, Counts]:
    """(document, key, count in quarters) once for each pair, in the order of key, then document."""
    order = np.lexsort((doc, tokens.key))
    doc, key = doc[order], tokens.key[order]
    if not len(key):
        return doc, key, np.zeros(0, dtype=np.uint8)
    starts = np.flatnonzero(np.concatenate(([True], (key[1:] != key[:-1]) | (doc[1:] != doc[:-1]))))
    sums = np.add.reduceat(weight[tokens.text[order]], starts)
    return doc[starts], key[starts], np.minimum(sums, 255).astype(np.uint8)


def _surfaces(tokens: Tokens, folded: Sequence[str]) -> tuple[Keys, Strings]:
    channel = channel_of(tokens.key)
    at = np.flatnonzero((channel == analysis.STEM) | (channel == analysis.WORD))
    keys, first = np.unique(tokens.key[at], return_index=True)
    where = at[first]
    texts, starts, ends = (
        tokens.text[where].tolist(),
        tokens.start[where].tolist(),
        tokens.end[where].tolist(),
    )
    return keys, Strings.of([folded[t][s:e] for t, s, e in zip(texts, starts, ends, strict=True)])


def assemble(parts: Sequence[tuple[Segment, npt.NDArray[np.bool_] | None]]) -> Segment:
    """One segment from several, without the documents whose mask says False; order is kept.

    Every list is written straight to its place: time is linear, and memory is the result beside the parts.
    """
    keys = np.unique(np.concatenate([segment.keys for segment, _ in parts]))
    sizes = np.zeros(len(keys), dtype=np.int64)
    homes: list[npt.NDArray[np.int64]] = []
    kept_counts: list[npt.NDArray[np.int64]] = []
    masks: list[npt.NDArray[np.bool_] | None] = []
    for segment, alive in parts:
        home = np.searchsorted(keys, segment.keys)
        here = np.diff(segment.indptr)
        mask = None
        if alive is not None and not alive.all():
            mask = alive[segment.docs]
            running = np.concatenate(([0], np.cumsum(mask)))
            here = running[segment.indptr[1:]] - running[segment.indptr[:-1]]
        sizes[home] += here
        homes.append(home)
        kept_counts.append(here)
        masks.append(mask)
    full = sizes > 0
    indptr = np.concatenate(([0], np.cumsum(sizes)))
    docs = np.empty(int(indptr[-1]), dtype=np.uint32)
    counts = np.empty(int(indptr[-1]), dtype=np.uint8)
    cursor = indptr[:-1].copy()
    base = 0
    owners: list[Numbers] = []
    places: list[Numbers] = []
    lengths: list[Floats] = []
    scales: list[Floats] = []
    for one, ((segment, alive), home, here, mask) in enumerate(
        zip(parts, homes, kept_counts, masks, strict=True)
    ):
        stays = np.ones(len(segment), dtype=np.bool_) if alive is None else alive
        number = np.cumsum(stays) - 1 + base
        whole = mask is None
        old_docs = segment.docs if whole else segment.docs[mask]
        begin = np.cumsum(here) - here
        place = np.arange(len(old_docs)) + np.repeat(cursor[home] - begin, here)
        docs[place] = number[old_docs]
        counts[place] = segment.counts if whole else segment.counts[mask]
        cursor[home] += here
        lengths.append(segment.length[stays])
        scales.append(segment.scale[stays])
        places.append(np.flatnonzero(stays))
        owners.append(np.full(len(places[-1]), one, dtype=np.int64))
        base += len(places[-1])
    word_keys, words = _merge_words([segment for segment, _ in parts], keys[full])
    return Segment(
        keys=keys[full],
        indptr=np.concatenate(([0], np.cumsum(sizes[full]))),
        docs=docs,
        counts=counts,
        length=np.concatenate(lengths),
        scale=np.concatenate(scales),
        ids=Strings.gather(
            [segment.ids for segment, _ in parts], np.concatenate(owners), np.concatenate(places)
        ),
        word_keys=word_keys,
        words=words,
    )


def _merge_words(segments: Sequence[Segment], kept: Keys) -> tuple[Keys, Strings]:
    all_keys = np.concatenate([segment.word_keys for segment in segments])
    owner = np.repeat(np.arange(len(segments)), [len(segment.word_keys) for segment in segments])
    place = np.concatenate([np.arange(len(segment.word_keys)) for segment in segments])
    keys, first = np.unique(all_keys, return_index=True)
    here = np.isin(keys, kept, assume_unique=True)
    keys, first = keys[here], first[here]
    return keys, Strings.gather([segment.words for segment in segments], owner[first], place[first])
