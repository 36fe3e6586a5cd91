"""The kernel: scores of a segment's documents for one prepared query.

Plain numpy answers alone. Where numba is installed (the extra ``fast``) large segments use a compiled loop that
does the same arithmetic in the same order, so the answers are equal; it is imported at the first large segment
and never before. Sums are kept in single precision: half the memory traffic, and 1e-7 off at most.
"""

import functools
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from matchmaker.matcher.query import Prepared
from matchmaker.matcher.segment import FREQUENCY, SUBLINEAR, Floats, Numbers, Segment

COMPILED_FROM: Final = 20_000
"""Segments from this number of documents on use the compiled loop where there is one."""

FREQUENT: Final = 0.2
"""Terms that stand in a larger share of the documents bring no candidates (measured: same quality)."""

CARRYING: Final = 0.9
"""Nor do the commonest terms that together hold the last tenth of the query's weight (measured: half the work,
.998 of the exact first ten)."""

CANDIDATES: Final = 200
"""About how many documents are scored in full in candidate mode (measured: 200 to 1000)."""

REACH: Final = 1.5
"""How much more than its due a common term may add before its document is overlooked (measured)."""

_SAMPLE: Final = 16_384
Chosen = npt.NDArray[np.bool_]
Found = tuple[Numbers, Floats]

_TF: Final = FREQUENCY.astype(np.float32)
_LN_TF: Final = SUBLINEAR.astype(np.float32)


def resting(segment: Segment, dampers: npt.NDArray[np.float64]) -> Floats:
    """Damper and scale of every document side by side, so that one look in memory brings both."""
    both = np.empty((len(segment), 2), dtype=np.float32)
    both[:, 0] = dampers
    both[:, 1] = segment.scale
    return both


def add_scores(segment: Segment, prepared: Prepared, rest: Floats, compiled: bool = True) -> Floats:
    """The score of every document of the segment (0 where no term is shared); ``rest`` from :func:`resting`."""
    return _accumulated(segment, prepared, rest, prepared.importance > 0, compiled)


def _loops(segment: Segment, compiled: bool) -> "_Loops | None":
    return _compiled() if compiled and len(segment) >= COMPILED_FROM else None


def _accumulated(
    segment: Segment, prepared: Prepared, rest: Floats, chosen: Chosen, compiled: bool
) -> Floats:
    scores = np.zeros(len(segment), dtype=np.float32)
    low, high = segment.lists_of(prepared.keys)
    terms = np.flatnonzero((high > low) & chosen)
    lexical = prepared.lexical[terms].astype(np.float32)
    cosine = prepared.cosine[terms].astype(np.float32)
    loops = _loops(segment, compiled)
    if loops is not None:
        loops.accumulate(
            low[terms], high[terms], lexical, cosine, segment.docs, segment.counts, rest, _TF, _LN_TF, scores
        )
        return scores
    for i, term in enumerate(terms.tolist()):
        docs = segment.docs[low[term] : high[term]]
        counts = segment.counts[low[term] : high[term]]
        scores[docs] += _worth(lexical[i], cosine[i], counts, rest[docs])
    return scores


def _worth(lexical: np.float32, cosine: np.float32, counts: npt.NDArray[np.uint8], rest: Floats) -> Floats:
    tf = _TF[counts]
    return np.asarray(lexical * tf / (tf + rest[:, 0]) + cosine * (_LN_TF[counts] * rest[:, 1]))


def best_scores(
    segment: Segment,
    prepared: Prepared,
    rest: Floats,
    holding: Numbers,
    documents: int,
    top: int,
    alive: Chosen | None = None,
    compiled: bool = True,
) -> Found:
    """(document numbers, full scores) of the best ``top`` documents of the segment, and some more.

    Candidates come from the rare terms (:data:`FREQUENT`, :data:`CARRYING`); then the others are added for the
    candidates alone. A query of frequent terms only is answered in full. ``alive`` says which
    documents count.
    """
    useful = prepared.importance > 0
    rare = useful & (holding <= FREQUENT * documents) & _carrying(prepared, holding)
    low, high = segment.lists_of(prepared.keys)
    if not (rare & (high > low)).any():
        rare = useful
    scores = _accumulated(segment, prepared, rest, rare, compiled)
    if alive is not None:
        scores[~alive] = 0
    found = leading(scores, max(CANDIDATES, 2 * top))
    full = scores[found]
    if len(found) > top:
        # The terms to come can add about as much for their weight as those before did for the best document.
        carried = float(prepared.importance[rare].sum())
        to_come = float(prepared.importance[useful & ~rare].sum())
        last = float(np.partition(full, len(full) - top)[len(full) - top])
        hopeful = full >= last - REACH * float(full.max()) * to_come / carried
        found, full = found[hopeful], full[hopeful]
    terms = np.flatnonzero(useful & ~rare & (high > low))
    lexical = prepared.lexical[terms].astype(np.float32)
    cosine = prepared.cosine[terms].astype(np.float32)
    loops = _loops(segment, compiled)
    if loops is not None:
        loops.complete(
            low[terms],
            high[terms],
            lexical,
            cosine,
            segment.docs,
            segment.counts,
            rest,
            _TF,
            _LN_TF,
            found,
            full,
        )
        return found, full
    for i, term in enumerate(terms.tolist()):
        docs = segment.docs[low[term] : high[term]]
        at = np.minimum(np.searchsorted(docs, found.astype(np.uint32)), len(docs) - 1)
        here = np.flatnonzero(docs[at] == found)
        counts = segment.counts[low[term] : high[term]][at[here]]
        full[here] += _worth(lexical[i], cosine[i], counts, rest[found[here]])
    return found, full


def _carrying(prepared: Prepared, holding: Numbers) -> Chosen:
    """The rarest terms of the query that together hold :data:`CARRYING` of its weight."""
    order = np.argsort(holding, kind="stable")
    before = np.cumsum(prepared.importance[order]) - prepared.importance[order]
    chosen = np.zeros(len(order), dtype=np.bool_)
    chosen[order] = before < CARRYING * prepared.importance.sum()
    return chosen


def leading(scores: Floats, most: int) -> Numbers:
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
            border = np.partition(sample, len(sample) - reach)[len(sample) - reach]
            found = np.flatnonzero(scores >= border)
            if len(found) >= most:
                return _foremost(scores, found, most)
    return _foremost(scores, np.flatnonzero(scores > 0), most)


def _foremost(scores: Floats, found: Numbers, most: int) -> Numbers:
    if len(found) <= 2 * most:
        return found
    values = scores[found]
    border = np.partition(values, len(values) - most)[len(values) - most]
    return np.asarray(found[values >= border])


class _Loops(NamedTuple):
    accumulate: Callable[..., None]
    complete: Callable[..., None]


@functools.cache
def _compiled() -> _Loops | None:
    try:
        import numba
    except ImportError:
        return None
    compile_ = numba.njit(nogil=True)
    return _Loops(compile_(_accumulate_loop), compile_(_complete_loop))


def _accumulate_loop(
    low: Any,
    high: Any,
    lexical: Any,
    cosine: Any,
    docs: Any,
    counts: Any,
    rest: Any,
    tf: Any,
    ln_tf: Any,
    scores: Any,
) -> None:
    for i in range(len(low)):
        of_lexical = lexical[i]
        of_cosine = cosine[i]
        for at in range(low[i], high[i]):
            doc = docs[at]
            count = counts[at]
            scores[doc] += of_lexical * tf[count] / (tf[count] + rest[doc, 0]) + of_cosine * (
                ln_tf[count] * rest[doc, 1]
            )


def _complete_loop(
    low: Any,
    high: Any,
    lexical: Any,
    cosine: Any,
    docs: Any,
    counts: Any,
    rest: Any,
    tf: Any,
    ln_tf: Any,
    found: Any,
    full: Any,
) -> None:
    for i in range(len(low)):
        start = low[i]
        for n in range(len(found)):
            doc = found[n]
            # The list ascends as the candidates do: stride ahead, then halve.
            stride = 1
            while start + stride < high[i] and docs[start + stride] < doc:
                start += stride
                stride *= 2
            end = min(start + stride + 1, high[i])
            while start < end:
                middle = (start + end) // 2
                if docs[middle] < doc:
                    start = middle + 1
                else:
                    end = middle
            if start >= high[i]:
                break
            if docs[start] == doc:
                count = counts[start]
                full[n] += lexical[i] * tf[count] / (tf[count] + rest[doc, 0]) + cosine[i] * (
                    ln_tf[count] * rest[doc, 1]
                )


def load() -> bool:
    """Bring in the compiled loops now, before a server forks; False when numba is not installed."""
    return _compiled() is not None
