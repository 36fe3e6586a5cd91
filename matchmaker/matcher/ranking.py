"""The best documents of several segments, best first; ties in the order of their ids."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matchmaker.matcher import scoring
from matchmaker.matcher.query import Prepared
from matchmaker.matcher.segment import Segment

EXACT_BELOW: Final = 10_000
"""Below this number of documents every answer is exact."""

EXACT_UP_TO: Final = 500_000
"""From :data:`EXACT_BELOW` documents on, a query whose terms stand in the index more often than this is answered
from candidates: full scoring would cost more (measured)."""

MOST_BY_CANDIDATES: Final = 100
"""Longer answers, and answers of chosen documents only, are always exact."""

Scored = list[tuple[float, str]]


@dataclass(slots=True)
class Live:
    """A segment and which of its documents still count."""

    segment: Segment
    alive: npt.NDArray[np.bool_]
    count: int

    @classmethod
    def of(cls, segment: Segment) -> "Live":
        """All of them count."""
        return cls(segment, np.ones(len(segment), dtype=np.bool_), len(segment))

    def length(self) -> float:
        """Sum of the lengths of the documents that count."""
        whole = float(np.sum(self.segment.length, dtype=np.float64))
        if self.count == len(self.segment):
            return whole
        return whole - float(np.sum(self.segment.length[~self.alive], dtype=np.float64))


def cheap(documents: int, postings: int, wanted: int) -> bool:
    """Whether an exact answer costs so little that nothing else is worth while."""
    return documents < EXACT_BELOW or postings <= EXACT_UP_TO or wanted > MOST_BY_CANDIDATES


def best(
    segments: Sequence[Live],
    prepared: Prepared,
    top: int,
    keep: Callable[[str], bool] | None,
    without: Collection[str],
    exact: bool,
) -> Scored:
    """(score below 0, id) of the best ``top`` documents, less those ``without`` and those not to ``keep``."""
    wanted = top + len(without)
    while True:
        found = [
            scoring.best(
                live.segment,
                prepared,
                wanted + 1,
                live.alive if live.count < len(live.segment) else None,
                daring=not exact and live.count >= EXACT_BELOW,
            )
            for live in segments
        ]
        values = np.concatenate([scores for _, scores in found]) if found else np.zeros(0)
        owner = np.repeat(np.arange(len(found)), [len(scores) for _, scores in found])
        numbers = np.concatenate([one for one, _ in found]) if found else np.zeros(0, dtype=np.int64)
        more = len(values) > wanted
        border = float(np.partition(values, len(values) - wanted)[len(values) - wanted]) if more else 0.0
        listed = sorted(
            (-float(values[at]), segments[int(owner[at])].segment.ids[int(numbers[at])])
            for at in np.flatnonzero(values >= border).tolist()
        )
        kept = [one for one in listed if one[1] not in without and (keep is None or keep(one[1]))]
        if len(kept) >= top or not more:
            return kept[:top]
        wanted *= 4


def best_of(segments: Sequence[Live], prepared: Prepared, ids: Collection[str]) -> Scored:
    """(score below 0, id) of those of these documents that share a term with the query, best first."""
    found: Scored = []
    for live in segments:
        places = {
            number: document_id
            for document_id in ids
            for number in live.segment.ids.find(document_id)
            if live.alive[number]
        }
        numbers = np.array(sorted(places), dtype=np.int64)
        scores = scoring.scores_of(live.segment, prepared, numbers)
        found += [
            (-score, places[number])
            for number, score in zip(numbers.tolist(), scores.tolist(), strict=True)
            if score > 0
        ]
    return sorted(found)
