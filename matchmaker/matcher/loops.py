"""The compiled loops over a segment's arrays. Importing this needs numba (the extra ``fast``) and takes a moment,
so :mod:`matchmaker.matcher.scoring` does it late; what they compute stands there in plain numpy too.

The machine code is kept beside the Python files where they may be written, so it is made once.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

from matchmaker.matcher.segment import BLOCK, QUARTERS

_Loop = TypeVar("_Loop", bound=Callable[..., Any])

_MASK = BLOCK - 1  # whatever a damaged file holds, nothing is written elsewhere
_STRIDE = 16
_TINY = np.float32(1e-30)


def _compiled(loop: _Loop) -> _Loop:
    made: Any
    try:
        made = numba.njit(cache=True, nogil=True, error_model="numpy")(loop)
    except RuntimeError:
        # Nowhere to keep the machine code.
        made = numba.njit(nogil=True, error_model="numpy")(loop)
    return cast(_Loop, made)


@_compiled
def place(docs: Any, start: Any, end: Any, doc: Any) -> Any:
    """Where ``doc`` stands in the ascending ``docs[start:end]``, or would stand: stride ahead, then halve."""
    stride = 1
    while start + stride < end and docs[start + stride] < doc:
        start += stride
        stride *= 2
    end = min(start + stride + 1, end)
    while start < end:
        middle = (start + end) >> 1
        if docs[middle] < doc:
            start = middle + 1
        else:
            end = middle
    return start


@_compiled
def guessed_place(docs: Any, start: Any, end: Any, doc: Any, density: Any) -> Any:
    """As :func:`place`, for lists that are not at hand: guess twice as if documents were spread evenly, then
    stride from there, back or ahead. A far look costs more than a calculation.
    """
    at = start + int(density * doc)
    for _ in range(2):
        at = min(max(at, start), end - 1)
        at += int(density * (np.float64(doc) - np.float64(docs[at])))
    at = min(max(at, start), end - 1)
    if docs[at] < doc:
        return place(docs, at, end, doc)
    stride = 1
    while at - stride > start and docs[at - stride] >= doc:
        stride *= 2
    return place(docs, max(at - stride, start), at + 1, doc)


@_compiled
def search(
    low: Any,
    high: Any,
    lexical: Any,
    cosine: Any,
    most: Any,
    docs: Any,
    counts: Any,
    length: Any,
    scale: Any,
    shortest: Any,
    steepest: Any,
    alive: Any,
    floor: Any,
    slope: Any,
    tf: Any,
    ln_tf: Any,
    wanted: int,
    border: Any,
    part: Any,
    margin: Any,
) -> Any:
    """Numbers of all documents that may be among the best ``wanted``, in ascending order.

    Terms come by ascending ``most``, the most each can add to a score. ``border`` is a score that as many documents
    are known to reach, and rises as better ones are found. The terms before ``passed`` cannot lift a document
    to it by themselves (together they reach ``part`` of it at the most): their lists are looked at only for
    documents that the other terms bring near.
    Documents go by blocks. A term that stands once in a document adds
    lexical / (1 + K) + cosine scale, so it is enough to sum its two coefficients; the document's own numbers come
    in once at the end of a block, and only where the block's shortest and steepest document would be near.
    """
    terms = len(low)
    size = len(length)
    one = np.float32(1)
    reach = np.zeros(terms + 1, np.float32)
    for term in range(terms):
        reach[term + 1] = reach[term] + most[term]
    cursor = low.copy()
    density = (high - low) / size
    lexical_sum = np.zeros(BLOCK, np.float32)
    cosine_sum = np.zeros(BLOCK, np.float32)
    heap = np.zeros(wanted, np.float32)
    passed = 0
    held = 0
    numbers = np.empty(1024, np.int64)
    values = np.empty(1024, np.float32)
    for begin in range(0, size, BLOCK):
        end = min(size, begin + BLOCK)
        while passed < terms and reach[passed + 1] < part * border - margin:
            passed += 1
        for term in range(passed, terms):
            of_lexical = lexical[term]
            of_cosine = cosine[term]
            last = high[term]
            at = cursor[term]
            while at < last:
                doc = np.int64(docs[at])
                if doc >= end:
                    break
                count = counts[at]
                if count == QUARTERS:
                    lexical_sum[(doc - begin) & _MASK] += of_lexical
                    cosine_sum[(doc - begin) & _MASK] += of_cosine
                else:
                    damper = floor + slope * length[doc]
                    lexical_sum[(doc - begin) & _MASK] += (
                        of_lexical * tf[count] * (one + damper) / (tf[count] + damper)
                    )
                    cosine_sum[(doc - begin) & _MASK] += of_cosine * ln_tf[count]
                at += 1
            cursor[term] = at
        many = end - begin
        needed = max(border - margin - reach[passed], _TINY)
        of_shortest = one / (one + floor + slope * shortest[begin // BLOCK])
        of_steepest = steepest[begin // BLOCK]
        for start in range(0, many, _STRIDE):
            stop = min(start + _STRIDE, many)
            hits = 0
            for at in range(start, stop):
                hits += lexical_sum[at] * of_shortest + cosine_sum[at] * of_steepest >= needed
            if hits == 0:
                continue
            for near in range(start, stop):
                value = (
                    lexical_sum[near] / (one + floor + slope * length[begin + near])
                    + cosine_sum[near] * scale[begin + near]
                )
                if value < needed or (len(alive) > 0 and not alive[begin + near]):
                    continue
                number = begin + near
                term = passed
                while term > 0 and value + reach[term] >= border - margin:
                    term -= 1
                    found = guessed_place(docs, low[term], high[term], number, density[term])
                    if found < high[term] and docs[found] == number:
                        count = counts[found]
                        value += lexical[term] * tf[count] / (tf[count] + floor + slope * length[number])
                        value += cosine[term] * ln_tf[count] * scale[number]
                if value + reach[term] < border - margin:
                    continue
                if held == len(numbers):
                    held = _tidied(numbers, values, held, border - margin)
                    if 2 * held > len(numbers):
                        numbers = np.concatenate((numbers, numbers))
                        values = np.concatenate((values, values))
                numbers[held] = number
                values[held] = value
                held += 1
                if value > heap[0]:
                    _replace_least(heap, value)
                    border = max(border, heap[0])
        lexical_sum[:] = 0
        cosine_sum[:] = 0
    held = _tidied(numbers, values, held, border - margin)
    return numbers[:held]


@_compiled
def _tidied(numbers: Any, values: Any, held: int, border: Any) -> int:
    kept = 0
    for at in range(held):
        if values[at] >= border:
            numbers[kept] = numbers[at]
            values[kept] = values[at]
            kept += 1
    return kept


@_compiled
def _replace_least(heap: Any, value: Any) -> None:
    size = len(heap)
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = value


@_compiled
def full(
    low: Any,
    high: Any,
    lexical: Any,
    cosine: Any,
    docs: Any,
    counts: Any,
    damper: Any,
    scale: Any,
    tf: Any,
    ln_tf: Any,
    size: int,
    numbers: Any,
    scores: Any,
) -> None:
    """Add to ``scores`` what the terms give the documents ``numbers``, term by term, in double precision."""
    for term in range(len(low)):
        end = high[term]
        density = (end - low[term]) / size
        for n in range(len(numbers)):
            at = guessed_place(docs, low[term], end, numbers[n], density)
            if at >= end:
                break
            if docs[at] == numbers[n]:
                of = tf[counts[at]]
                scores[n] += lexical[term] * of / (of + damper[n]) + cosine[term] * (
                    ln_tf[counts[at]] * scale[n]
                )


@_compiled
def extremes(
    indptr: Any,
    docs: Any,
    counts: Any,
    length: Any,
    scale: Any,
    tf: Any,
    ln_tf: Any,
    chosen: Any,
    most_out: Any,
    least_out: Any,
    steepest_out: Any,
) -> None:
    """For each chosen list: highest count, least length for each occurrence, greatest share of a norm."""
    for n in range(len(chosen)):
        most = np.uint8(0)
        least = np.float32(np.inf)
        steepest = np.float32(0)
        for at in range(indptr[chosen[n]], indptr[chosen[n] + 1]):
            doc = docs[at]
            count = counts[at]
            most = max(most, count)
            least = min(least, length[doc] / tf[count])
            steepest = max(steepest, ln_tf[count] * scale[doc])
        most_out[n] = most
        least_out[n] = least
        steepest_out[n] = steepest


@_compiled
def copy_lists(
    indptr: Any, docs: Any, counts: Any, home: Any, number: Any, cursor: Any, new_docs: Any, new_counts: Any
) -> None:
    """Write a segment's lists to their places; ``number`` is a document's new number, or -1 when it goes."""
    for term in range(len(home)):
        to = cursor[home[term]]
        for at in range(indptr[term], indptr[term + 1]):
            new = number[docs[at]]
            if new >= 0:
                new_docs[to] = new
                new_counts[to] = counts[at]
                to += 1
        cursor[home[term]] = to
