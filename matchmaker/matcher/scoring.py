"""Scores of a segment's documents for one prepared query: of all, of some, and the best.

Plain numpy answers alone. Where numba is installed (the extra ``fast``) large segments use compiled loops, which
are imported at the first large segment and never before. Finding may sum in single precision and in any order,
within a margin; every score that leaves this module is then summed anew in double precision, term by term in the
order of the query. So all ways give equal scores to the last bit.

The best are found in two steps. What a term can add to any document is bounded, and most of a query's postings
belong to common terms that can add little: their lists are only looked up, for documents that the other terms
bring near the border. With true bounds the answer is exact; ``daring`` takes smaller ones (candidate mode).
"""

import functools
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher import compiled
from matchmaker.matcher.query import Prepared, Weights
from matchmaker.matcher.segment import FREQUENCY, SUBLINEAR, Bounds, Floats, Numbers, Segment

PART: Final = 0.2
"""Terms are only looked up while all of them together reach this part of the last score at most (measured)."""

DARING: Final = 0.5
"""Candidate mode takes this much of what a term can add to be the most it will add, and (measured)"""

DARING_PART: Final = 0.5
"""lets the terms that are only looked up reach this part of the last score."""

MARGIN: Final = 1e-5
"""More than single precision can be off in a sum of a thousand terms."""

RARE: Final = 2048
"""So many postings of the rarest terms tell a first border."""

MANY: Final = 200_000
"""In segments of fewer documents a border is soon found on the way."""

LOOKED_UP: Final = 8
"""Answers of more than one in so many documents are taken from the scores of all."""

_SAMPLE: Final = 16_384
_TINY: Final = np.float32(1e-30)
Alive = npt.NDArray[np.bool_]
Found = tuple[Numbers, Weights]

_ALL: Final = np.zeros(0, dtype=np.bool_)
_TF: Final = FREQUENCY.astype(np.float32)
_LN_TF: Final = SUBLINEAR.astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists of a query's terms in one segment, with their coefficients, in the order of the query."""

    segment: Segment
    low: Numbers
    high: Numbers
    lexical: Weights
    cosine: Weights
    most: Weights
    floor: float
    slope: float

    def damper(self, numbers: Numbers | slice) -> Weights:
        return self.floor + self.slope * self.segment.length[numbers].astype(np.float64)

    def by_most(self) -> "_Lists":
        """Those that can add least first."""
        order = np.argsort(self.most, kind="stable")
        return replace(
            self,
            low=self.low[order],
            high=self.high[order],
            lexical=self.lexical[order],
            cosine=self.cosine[order],
            most=self.most[order],
        )


def _lists(segment: Segment, prepared: Prepared) -> _Lists:
    at, low, high = segment.places_of(prepared.keys)
    terms = np.flatnonzero((high > low) & (prepared.importance > 0))
    lexical, cosine = prepared.lexical[terms], prepared.cosine[terms]
    most = _most(segment.bounds, at[terms], lexical, cosine, prepared)
    return _Lists(segment, low[terms], high[terms], lexical, cosine, most, prepared.floor, prepared.slope)


def _most(bounds: Bounds, at: Numbers, lexical: Weights, cosine: Weights, prepared: Prepared) -> Weights:
    """What each term can add at the most; infinite for those whose lists are short or not bounded."""
    most = np.full(len(at), np.inf)
    if len(bounds.at):
        place = np.minimum(np.searchsorted(bounds.at, at), len(bounds.at) - 1)
        here = np.flatnonzero(bounds.at[place] == at)
        place = place[here]
        saturated = 1 / (
            1 + prepared.floor / FREQUENCY[bounds.count[place]] + prepared.slope * bounds.length[place]
        )
        most[here] = lexical[here] * saturated + cosine[here] * bounds.pull[place]
    return most


def all_scores(segment: Segment, prepared: Prepared) -> Weights:
    """The score of every document of the segment (0 where no term is shared)."""
    lists = _lists(segment, prepared)
    scores = np.zeros(len(segment), dtype=np.float64)
    damper = lists.damper(slice(None))
    scale = segment.scale.astype(np.float64)
    for term, (low, high) in enumerate(zip(lists.low.tolist(), lists.high.tolist(), strict=True)):
        docs, counts = segment.docs[low:high], segment.counts[low:high]
        scores[docs] += _worth(lists, term, counts, damper[docs], scale[docs])
    return scores


def scores_of(segment: Segment, prepared: Prepared, numbers: Numbers, use_loops: bool = True) -> Weights:
    """The scores of these documents, which ascend."""
    if len(numbers) * LOOKED_UP > len(segment):
        return np.asarray(all_scores(segment, prepared)[numbers])
    return _full(_lists(segment, prepared), numbers, compiled.loops(len(segment), use_loops))


def _worth(
    lists: _Lists, term: int, counts: npt.NDArray[np.uint8], damper: Weights, scale: Weights
) -> Weights:
    tf = FREQUENCY[counts]
    return np.asarray(
        lists.lexical[term] * tf / (tf + damper) + lists.cosine[term] * (SUBLINEAR[counts] * scale)
    )


def _full(lists: _Lists, numbers: Numbers, loops: ModuleType | None) -> Weights:
    segment = lists.segment
    scores = np.zeros(len(numbers), dtype=np.float64)
    damper = lists.damper(numbers)
    scale = segment.scale[numbers].astype(np.float64)
    if loops is not None:
        loops.full(
            lists.low,
            lists.high,
            lists.lexical,
            lists.cosine,
            _read_only(segment.docs),
            _read_only(segment.counts),
            damper,
            scale,
            FREQUENCY,
            SUBLINEAR,
            len(segment),
            numbers,
            scores,
        )
        return scores
    for term in range(len(lists.low)):
        here, counts = _standing(lists, term, numbers)
        scores[here] += _worth(lists, term, counts, damper[here], scale[here])
    return scores


def _standing(lists: _Lists, term: int, numbers: Numbers) -> tuple[Numbers, npt.NDArray[np.uint8]]:
    """Which of the documents hold the term, by their place in ``numbers``, and how often."""
    docs = lists.segment.docs[lists.low[term] : lists.high[term]]
    at = np.minimum(np.searchsorted(docs, numbers.astype(np.uint32)), len(docs) - 1)
    here = np.flatnonzero(docs[at] == numbers)
    return here, lists.segment.counts[lists.low[term] : lists.high[term]][at[here]]


def best(
    segment: Segment,
    prepared: Prepared,
    wanted: int,
    alive: Alive | None = None,
    *,
    daring: bool = False,
    use_loops: bool = True,
) -> Found:
    """(document numbers, scores) of the best ``wanted`` documents of the segment, whoever equals the last, and
    perhaps some more. ``alive`` says which documents count.
    """
    loops = compiled.loops(len(segment), use_loops)
    lists = _lists(segment, prepared)
    if not len(lists.low):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    if wanted * LOOKED_UP > len(segment) or (loops is None and not len(segment.bounds.at)):
        scores = all_scores(segment, prepared)
        if alive is not None:
            scores[~alive] = 0
        numbers = leading(scores, wanted)
        return numbers, scores[numbers]
    part, share = (DARING_PART, DARING) if daring else (PART, 1.0)
    sorted_lists = lists.by_most()
    find = _found if loops is None else functools.partial(_found_by_loop, loops)
    border = _first_border(lists, wanted, alive, loops) if len(segment) >= MANY else 0.0
    numbers = find(sorted_lists, wanted, alive, border, part, share)
    return numbers, _full(lists, numbers, loops)


def _found_by_loop(
    loops: ModuleType,
    lists: _Lists,
    wanted: int,
    alive: Alive | None,
    border: float,
    part: float,
    share: float,
) -> Numbers:
    segment = lists.segment
    single = np.float32
    found = loops.search(
        lists.low,
        lists.high,
        lists.lexical.astype(single),
        lists.cosine.astype(single),
        (lists.most * share).astype(single),
        _read_only(segment.docs),
        _read_only(segment.counts),
        _read_only(segment.length),
        _read_only(segment.scale),
        _read_only(segment.bounds.shortest),
        _read_only(segment.bounds.steepest),
        _read_only(_ALL if alive is None else alive),
        single(lists.floor),
        single(lists.slope),
        _TF,
        _LN_TF,
        wanted,
        single(border),
        single(part),
        single(MARGIN),
    )
    return np.asarray(found, dtype=np.int64)


def _found(
    lists: _Lists, wanted: int, alive: Alive | None, border: float, part: float, share: float
) -> Numbers:
    """The same in numpy: whole lists, and one border, taken when half of the postings are summed."""
    segment = lists.segment
    scores = np.zeros(len(segment), dtype=np.float32)
    reach = np.append(0, np.cumsum(lists.most * share))
    sizes = lists.high - lists.low
    half, summed, asked = int(sizes.sum()) // 2, 0, False
    term = len(lists.low)
    while term > 0 and reach[term] >= part * border - MARGIN:
        term -= 1
        docs = segment.docs[lists.low[term] : lists.high[term]]
        scores[docs] += _worth_single(lists, term, segment.counts[lists.low[term] : lists.high[term]], docs)
        summed += int(sizes[term])
        if not asked and summed >= half:
            asked = True
            if alive is not None:
                scores[~alive] = 0
            first = leading(scores, wanted)
            if len(first) >= wanted:
                border = max(border, _last(_full(lists, first, None), wanted))
    if alive is not None:
        scores[~alive] = 0
    if term == 0:
        border = max(border, _last(scores[leading(scores, wanted)], wanted))
    numbers = np.flatnonzero(scores >= max(border - MARGIN - reach[term], _TINY))
    while term > 0 and len(numbers):
        term -= 1
        here, counts = _standing(lists, term, numbers)
        scores[numbers[here]] += _worth_single(lists, term, counts, numbers[here])
        values = scores[numbers]
        border = max(border, _last(values, wanted))
        numbers = numbers[values >= border - MARGIN - reach[term]]
    values = scores[numbers]
    return np.asarray(numbers[values >= _last(values, wanted) - MARGIN])


def _first_border(lists: _Lists, wanted: int, alive: Alive | None, loops: ModuleType | None) -> float:
    """A score that ``wanted`` documents are sure to reach: those that hold most of the rarest terms."""
    sizes = lists.high - lists.low
    order = np.argsort(sizes, kind="stable")
    rare = order[: max(1, int(np.searchsorted(np.cumsum(sizes[order]), RARE, side="right")))]
    if int(sizes[rare].sum()) > RARE:
        return 0.0
    segment = lists.segment
    docs = np.concatenate([segment.docs[lists.low[term] : lists.high[term]] for term in rare.tolist()])
    weight = np.repeat((lists.lexical + lists.cosine)[rare], sizes[rare])
    by_document = np.argsort(docs)
    docs, weight = docs[by_document], weight[by_document]
    starts = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1])))
    numbers, held = docs[starts].astype(np.int64), np.add.reduceat(weight, starts)
    if alive is not None:
        numbers, held = numbers[alive[numbers]], held[alive[numbers]]
    if len(numbers) < wanted:
        return 0.0
    likely = np.sort(numbers[np.argpartition(-held, wanted - 1)[: 2 * wanted]])
    return _last(_full(lists, likely, loops), wanted)


def _last(values: Floats | Weights, wanted: int) -> float:
    """The score of the last of the best ``wanted``; 0 when there are fewer."""
    if len(values) < wanted:
        return 0.0
    return float(np.partition(values, len(values) - wanted)[len(values) - wanted])


def _worth_single(
    lists: _Lists, term: int, counts: npt.NDArray[np.uint8], docs: npt.NDArray[np.integer]
) -> Floats:
    tf = _TF[counts]
    damper = np.float32(lists.floor) + np.float32(lists.slope) * lists.segment.length[docs]
    lexical, cosine = np.float32(lists.lexical[term]), np.float32(lists.cosine[term])
    return np.asarray(lexical * tf / (tf + damper) + cosine * (_LN_TF[counts] * lists.segment.scale[docs]))


def leading(scores: Floats | Weights, most: int) -> Numbers:
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


def _foremost(scores: Floats | Weights, found: Numbers, most: int) -> Numbers:
    if len(found) <= 2 * most:
        return found
    values = scores[found]
    border = np.partition(values, len(values) - most)[len(values) - most]
    return np.asarray(found[values >= border])


def _read_only(array: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """A view that may not be written, as that of a memory map: one kind of array, one piece of machine code."""
    view = array.view()
    view.flags.writeable = False
    return view
