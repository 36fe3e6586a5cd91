"""Which documents count as found: those that hold enough of what was asked.

The matcher ranks everything that shares a single character with the question. A list with counts needs a border:
a document is found when the parts of the question that it holds weigh at least :data:`ENOUGH` of all the parts that
anything holds. A part is a word or a pair of characters; a near-same term, a known word that stands for a
misspelt one, or one that begins like the last, holds the part it stands for. A part weighs its inverse frequency.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.matcher import Index
from matchmaker.matcher.analysis import BIGRAM, CONCEPT, STEM, UNIGRAM, WORD, channel_of
from matchmaker.matcher.query import Prepared

ENOUGH = 0.34
"""The share of the question that a document has to hold."""

NEAREST = 0.6
"""Of a question that nothing holds to that share: how near to the best document the others have to come."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the question, its weight, and the terms any of which holds it."""

    weight: float
    keys: npt.NDArray[np.uint64]


def parts(index: Index, prepared: Prepared) -> list[Part]:
    """What the question consists of, as far as any document holds it."""
    holding = dict(zip(prepared.keys.tolist(), index.holding(prepared.keys).tolist(), strict=True))
    rarity = dict(zip(prepared.keys.tolist(), prepared.idf.tolist(), strict=True))
    tokens = prepared.tokens
    channel = channel_of(tokens.key).tolist()
    places = list(zip(tokens.text.tolist(), tokens.start.tolist(), tokens.end.tolist(), strict=True))
    pairs = [place for place, kind in zip(places, channel, strict=True) if kind == BIGRAM]
    paired = {(part, at) for part, start, end in pairs for at in range(start, end)}
    here: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    wider: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    for place, key, kind in zip(places, tokens.key.tolist(), channel, strict=True):
        alone = kind == UNIGRAM and (place[0], place[1]) not in paired
        if holding[key] > 0 and (alone or kind in (WORD, STEM, CONCEPT, BIGRAM)):
            (wider if kind in (WORD, CONCEPT) else here)[place].add(key)
    found: dict[frozenset[int], float] = {}
    for place in {**here, **wider}:
        part, start, end = place
        keys = here.get(place, set()).union(
            *(more for (p, s, e), more in wider.items() if p == part and s <= start and end <= e)
        )
        found[frozenset(keys)] = max(rarity[key] for key in keys)
    return [Part(weight, np.array(sorted(keys), dtype=np.uint64)) for keys, weight in found.items()]


def covering(index: Index, prepared: Prepared) -> dict[str, float]:
    """The share of the question that each document holds, by id; documents that hold nothing are left out."""
    asked = parts(index, prepared)
    whole = sum(part.weight for part in asked)
    if not whole:
        return {}
    shares: dict[str, float] = {}
    for live in index.segments:
        share = np.zeros(len(live.segment), dtype=np.float64)
        for part in asked:
            held = np.zeros(len(live.segment), dtype=np.bool_)
            low, high = live.segment.lists_of(part.keys)
            for start, end in zip(low.tolist(), high.tolist(), strict=True):
                held[live.segment.docs[start:end]] = True
            share += part.weight * held
        share[~live.alive] = 0
        for number in np.flatnonzero(share).tolist():
            shares[live.segment.ids[number]] = float(share[number]) / whole
    return shares


def enough(shares: dict[str, float]) -> set[str]:
    """The ids of the documents that count as found."""
    best = max(shares.values(), default=0.0)
    border = min(ENOUGH, NEAREST * best)
    return {document for document, share in shares.items() if share >= border}
