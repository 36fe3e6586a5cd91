"""The compiled loops over a segment's arrays. Importing this needs numba (the extra ``fast``) and takes a moment,
so :mod:`matchmaker.matcher.scoring` does it late; what they compute stands there in plain numpy too.

The machine code is kept beside the Python files where they may be written, so it is made once.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

_Loop = TypeVar("_Loop", bound=Callable[..., Any])

BLOCK = 8192
"""Documents whose sums are held at a time: they stay in the nearest cache (measured)."""

_MASK = BLOCK - 1  # whatever a damaged file holds, nothing is written elsewhere
_STRIDE = 64
_TINY = np.float32(1e-30)


def _compiled(loop: _Loop) -> _Loop:
    made: Any
    try:
        made = numba.njit(cache=True, nogil=True)(loop)
    except RuntimeError:
        # Nowhere to keep the machine code.
        made = numba.njit(nogil=True)(loop)
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
    alive: Any,
    floor: Any,
    slope: Any,
    tf: Any,
    ln_tf: Any,
    wanted: int,
    part: Any,
    margin: Any,
) -> Any:
    """Numbers of all documents that may be among the best ``wanted``, in ascending order.

    Terms come by ascending ``most``, the most each can add to a score. Once ``wanted`` documents are known, the
    terms before ``passed`` cannot lift a document to their scores by themselves (together they reach ``part`` of
    the last at the most): their lists are looked at only for documents that the other terms bring near.
    Documents go by blocks. A term that stands once in a document adds
    lexical / (1 + K) + cosine scale, so it is enough to sum its two coefficients; the document's own numbers come
    in once at the end of a block.
    """
    terms = len(low)
    size = len(length)
    one = np.float32(1)
    reach = np.zeros(terms + 1, np.float32)
    for term in range(terms):
        reach[term + 1] = reach[term] + most[term]
    cursor = low.copy()
    lexical_sum = np.zeros(BLOCK, np.float32)
    cosine_sum = np.zeros(BLOCK, np.float32)
    sums = np.zeros(BLOCK, np.float32)
    heap = np.zeros(wanted, np.float32)
    border = np.float32(0)
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
                if count == 4:
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
        for at in range(many):
            sums[at] = (
                lexical_sum[at] / (one + floor + slope * length[begin + at])
                + cosine_sum[at] * scale[begin + at]
            )
            lexical_sum[at] = 0
            cosine_sum[at] = 0
        needed = max(border - margin - reach[passed], _TINY)
        for start in range(0, many, _STRIDE):
            stop = min(start + _STRIDE, many)
            hits = 0
            for at in range(start, stop):
                hits += sums[at] >= needed
            if hits == 0:
                continue
            for near in range(start, stop):
                value = sums[near]
                if value < needed or not alive[begin + near]:
                    continue
                number = begin + near
                term = passed
                while term > 0 and value + reach[term] >= border - margin:
                    term -= 1
                    found = place(docs, cursor[term], high[term], number)
                    cursor[term] = found
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
                    border = heap[0]
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
    numbers: Any,
    scores: Any,
) -> None:
    """Add to ``scores`` what the terms give the documents ``numbers``, term by term, in double precision."""
    for term in range(len(low)):
        at = low[term]
        end = high[term]
        for n in range(len(numbers)):
            at = place(docs, at, end, numbers[n])
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
