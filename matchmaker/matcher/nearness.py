"""More like these, and near-duplicates.

Feedback (leading terms of the first answers) loses where one answer is right and wins where many are
(measured:
+.025), so it serves "more like these" alone. Duplicates: cosine of sublinear tf-idf vectors, with a threshold
from the corpus's own nearest neighbours (measured: 99th percentile), then a person looks at the difference.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from matchmaker.matcher import analysis
from matchmaker.matcher.analysis import Keys, Tokens, channel_of
from matchmaker.matcher.documents import Document
from matchmaker.matcher.query import Weights, inverse_frequency
from matchmaker.matcher.results import Pair
from matchmaker.matcher.segment import SUBLINEAR, Reading, Segment
from matchmaker.matcher.settings import Settings

FEEDBACK_DOCUMENTS: Final = 5
FEEDBACK_TERMS: Final = 40
FEEDBACK_FACTOR: Final = 0.3
BLEND_TERMS: Final = 150
LOWEST_THRESHOLD: Final = 0.5
_ROWS: Final = 512

Blend = tuple[Reading, Keys, Weights]
Importance = Callable[[Keys], Weights]


def _without_text() -> Reading:
    none = np.zeros(0, dtype=np.int32)
    keys = np.zeros(0, dtype=np.uint64)
    return Reading((), Tokens(none, keys, none, none), keys, np.zeros(0, dtype=np.uint8))


def _summed(readings: Sequence[tuple[Reading, float]]) -> tuple[Keys, Weights]:
    keys = np.concatenate([reading.keys for reading, _ in readings])
    values = np.concatenate([SUBLINEAR[reading.counts] * factor for reading, factor in readings])
    distinct, place = np.unique(keys, return_inverse=True)
    return distinct, np.asarray(np.bincount(place, values, minlength=len(distinct)))


def _leading(keys: Keys, values: Weights, importance: Importance, most: int) -> tuple[Keys, Weights]:
    order = np.argsort(-values * importance(keys), kind="stable")[:most]
    order.sort()
    return keys[order], values[order]


def blend(seeds: Sequence[Reading], importance: Importance) -> Blend:
    """The mean of several documents as one query of their leading terms."""
    keys, values = _summed([(seed, 1 / len(seeds)) for seed in seeds])
    return (_without_text(), *_leading(keys, values, importance, BLEND_TERMS))


def with_feedback(query: Blend, answers: Sequence[tuple[Reading, float]], importance: Importance) -> Blend:
    """The query and, at a lower weight, the leading terms of its first answers, weighted by their scores."""
    total = sum(score for _, score in answers)
    if not answers or total <= 0:
        return query
    keys, values = _summed([(reading, score / total) for reading, score in answers])
    keys, values = _leading(keys, values, importance, FEEDBACK_TERMS)
    joined = np.concatenate([query[1], keys])
    factors = np.concatenate([query[2], values * FEEDBACK_FACTOR])
    distinct, place = np.unique(joined, return_inverse=True)
    return query[0], distinct, np.asarray(np.bincount(place, factors, minlength=len(distinct)))


def duplicates(segment: Segment, channel_weight: Weights, threshold: float | None) -> list[Pair]:
    """Pairs of documents whose cosine reaches the threshold; see :meth:`Index.duplicates`."""
    from scipy import sparse

    size = len(segment)
    if size < 2:
        return []
    frequency = np.diff(segment.indptr)
    weight = np.sqrt(channel_weight[channel_of(segment.keys)]) * inverse_frequency(size, frequency)
    values = SUBLINEAR[segment.counts] * np.repeat(weight, frequency)
    matrix = sparse.csc_array(
        (values, segment.docs.astype(np.int64), segment.indptr), shape=(size, len(segment.keys))
    ).tocsr()
    norm = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix = sparse.diags_array(1 / np.maximum(norm, 1e-12)) @ matrix
    turned = matrix.T.tocsr()
    nearest = np.zeros(size)
    pairs: list[tuple[float, int, int]] = []
    for start in range(0, size, _ROWS):
        block = np.asarray((matrix[start : start + _ROWS] @ turned).toarray())
        rows = np.arange(len(block))
        block[rows, rows + start] = 0
        nearest[start : start + len(block)] = block.max(axis=1)
        low = LOWEST_THRESHOLD if threshold is None else threshold
        for row, column in zip(*np.nonzero(block >= low), strict=True):
            if row + start < column:
                pairs.append((float(block[row, column]), int(row + start), int(column)))
    border = max(LOWEST_THRESHOLD, float(np.quantile(nearest, 0.99))) if threshold is None else threshold
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    ids = segment.ids
    return [Pair(ids[a], ids[b], min(value, 1.0)) for value, a, b in pairs if value >= border]


def difference(first: str, second: str) -> list[tuple[str, str, str]]:
    """What differs between two texts: (equal | replace | delete | insert, left, right), word by word."""
    left, right = _pieces(first), _pieces(second)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    return [(tag, "".join(left[a:b]), "".join(right[c:d])) for tag, a, b, c, d in matcher.get_opcodes()]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for character in text:
        latin = character.isalnum() and not analysis.is_gram(character)
        if pieces and latin and pieces[-1][-1].isalnum() and not analysis.is_gram(pieces[-1][-1]):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


class Weighs(Protocol):
    """What an index knows of its terms."""

    @property
    def settings(self) -> Settings: ...

    @property
    def reader(self) -> Reads: ...

    def __len__(self) -> int: ...

    def holding(self, keys: Keys) -> npt.NDArray[np.int64]: ...


class Reads(Protocol):
    """How an index reads a text."""

    @property
    def weights(self) -> Weights: ...

    def read(self, document: Document | str) -> Reading: ...


def likeness(index: Weighs, first: Document | str, second: Document | str) -> float:
    """How nearly two texts say the same: the cosine of :meth:`Index.duplicates`, by the weights of this index.

    Neither text has to be in the index.
    """
    one, two = index.reader.read(first), index.reader.read(second)
    a, b = _vector(index, one), _vector(index, two)
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    _, here, there = np.intersect1d(one.keys, two.keys, assume_unique=True, return_indices=True)
    return min(1.0, float(a[here] @ b[there]) / length) if length > 0 else 0.0


def _vector(index: Weighs, reading: Reading) -> Weights:
    documents = max(len(index), index.settings.least_documents)
    weight = np.sqrt(index.reader.weights[channel_of(reading.keys)])
    idf = inverse_frequency(documents, index.holding(reading.keys))
    return np.asarray(SUBLINEAR[reading.counts] * weight * idf, dtype=np.float64)
