"""The kernel: scores of all documents of a segment for one prepared query, in plain numpy."""

import numpy as np

from matchmaker.matcher.query import Prepared, Weights
from matchmaker.matcher.segment import FREQUENCY, SUBLINEAR, Segment


def add_scores(segment: Segment, prepared: Prepared, damper: Weights) -> Weights:
    """The score of every document of the segment (0 where no term is shared)."""
    scores = np.zeros(len(segment), dtype=np.float64)
    low, high = segment.lists_of(prepared.keys)
    scale = segment.scale
    for i in np.flatnonzero((high > low) & (prepared.importance > 0)).tolist():
        docs = segment.docs[low[i] : high[i]]
        counts = segment.counts[low[i] : high[i]]
        tf = FREQUENCY[counts]
        scores[docs] += prepared.lexical[i] * tf / (tf + damper[docs]) + prepared.cosine[i] * (
            SUBLINEAR[counts] * scale[docs]
        )
    return scores
