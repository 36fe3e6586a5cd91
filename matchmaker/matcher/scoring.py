"""The kernel: scores of a segment's documents for one prepared query.

Plain numpy answers alone. Where numba is installed (the extra ``fast``) large segments use a compiled loop that
does the same arithmetic in the same order, so the answers are equal; it is imported at the first large segment
and never before.
"""

import functools
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher.query import Prepared, Weights
from matchmaker.matcher.segment import FREQUENCY, SUBLINEAR, Floats, Segment

COMPILED_FROM: Final = 20_000
"""Segments from this number of documents on use the compiled loop where there is one."""

FREQUENT: Final = 0.2
"""Terms that stand in a larger share of the documents bring no candidates (measured: same quality)."""

CANDIDATES: Final = 500
"""About how many documents are scored in full in candidate mode (measured: 200 to 1000)."""

_SAMPLE: Final = 16_384
Chosen = npt.NDArray[np.bool_]
Found = tuple[npt.NDArray[np.int64], Weights]


def add_scores(segment: Segment, prepared: Prepared, damper: Weights, compiled: bool = True) -> Weights:
    """The score of every document of the segment (0 where no term is shared)."""
    scores = np.zeros(len(segment), dtype=np.float64)
    _accumulate(segment, prepared, damper, scores, prepared.importance > 0, compiled)
    return scores


def _accumulate(
    segment: Segment, prepared: Prepared, damper: Weights, scores: Weights, chosen: Chosen, compiled: bool
) -> None:
    low, high = segment.lists_of(prepared.keys)
    terms = np.flatnonzero((high > low) & chosen)
    loop = _compiled() if compiled and len(segment) >= COMPILED_FROM else None
    if loop is not None:
        loop(
            low[terms],
            high[terms],
            prepared.lexical[terms],
            prepared.cosine[terms],
            segment.docs,
            segment.counts,
            damper,
            segment.scale,
            FREQUENCY,
            SUBLINEAR,
            scores,
        )
        return
    for i in terms.tolist():
        docs = segment.docs[low[i] : high[i]]
        counts = segment.counts[low[i] : high[i]]
        scores[docs] += _worth(prepared, i, counts, damper[docs], segment.scale[docs])


def _worth(
    prepared: Prepared, i: int, counts: npt.NDArray[np.uint8], damper: Weights, scale: Floats
) -> Weights:
    tf = FREQUENCY[counts]
    return np.asarray(
        prepared.lexical[i] * tf / (tf + damper) + prepared.cosine[i] * (SUBLINEAR[counts] * scale)
    )


def best_scores(
    segment: Segment,
    prepared: Prepared,
    damper: Weights,
    holding: npt.NDArray[np.int64],
    documents: int,
    alive: Chosen | None = None,
    compiled: bool = True,
) -> Found:
    """(document numbers, full scores) of about the best five hundred documents of the segment.

    Candidates come from the terms that stand in at most a fifth of the documents; then the frequent terms are
    added for the candidates alone. A query of frequent terms only is answered in full. ``alive`` says which
    documents count.
    """
    useful = prepared.importance > 0
    rare = useful & (holding <= FREQUENT * documents)
    low, high = segment.lists_of(prepared.keys)
    if not (rare & (high > low)).any():
        rare = useful
    scores = np.zeros(len(segment), dtype=np.float64)
    _accumulate(segment, prepared, damper, scores, rare, compiled)
    if alive is not None:
        scores[~alive] = 0
    found = leading(scores, CANDIDATES)
    full = scores[found]
    for i in np.flatnonzero(useful & ~rare & (high > low)).tolist():
        docs = segment.docs[low[i] : high[i]]
        at = np.minimum(np.searchsorted(docs, found.astype(np.uint32)), len(docs) - 1)
        here = np.flatnonzero(docs[at] == found)
        chosen = found[here]
        counts = segment.counts[low[i] : high[i]][at[here]]
        full[here] += _worth(prepared, i, counts, damper[chosen], segment.scale[chosen])
    return found, full


def leading(scores: Weights, most: int) -> npt.NDArray[np.int64]:
    """The numbers of the ``most`` best scores above 0, a few more, or all of them; in ascending order.

    Whoever is left out scores below everyone who is in. The border is guessed on a sample, for most scores are
    0 and a full selection would cost more than the scoring.
    """
    size = len(scores)
    if size > 2 * _SAMPLE:
        sample = scores[:: size // _SAMPLE]
        sample = sample[sample > 0]
        reach = max(8, 2 * most * _SAMPLE // size)
        if len(sample) > reach:
            border = float(np.partition(sample, len(sample) - reach)[len(sample) - reach])
            found = np.flatnonzero(scores >= border)
            if len(found) >= most:
                return _foremost(scores, found, most)
    return _foremost(scores, np.flatnonzero(scores > 0), most)


def _foremost(scores: Weights, found: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    if len(found) <= 2 * most:
        return found
    values = scores[found]
    border = float(np.partition(values, len(values) - most)[len(values) - most])
    return np.asarray(found[values >= border])


@functools.cache
def _compiled() -> Callable[..., None] | None:
    try:
        import numba
    except ImportError:
        return None

    def loop(
        low: Any,
        high: Any,
        lexical: Any,
        cosine: Any,
        docs: Any,
        counts: Any,
        damper: Any,
        scale: Any,
        frequency: Any,
        sublinear: Any,
        scores: Any,
    ) -> None:
        for i in range(len(low)):
            lexical_i = lexical[i]
            cosine_i = cosine[i]
            for at in range(low[i], high[i]):
                doc = docs[at]
                count = counts[at]
                tf = frequency[count]
                scores[doc] += lexical_i * tf / (tf + damper[doc]) + cosine_i * (
                    sublinear[count] * scale[doc]
                )

    compiled: Callable[..., None] = numba.njit(nogil=True)(loop)
    return compiled


def load() -> bool:
    """Bring in the compiled loop now, before a server forks; False when numba is not installed."""
    return _compiled() is not None
