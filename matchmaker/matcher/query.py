"""A query made ready: its terms with the weights that the recipe gives them against one state of the index.

score(d) = ( sum qw w idf tf / (tf + K(d)) / sum qw w idf
             + c sum w sq sd idf^2 / (|q| |d| top) ) / (1 + c)

with w the channel's weight, qw = sq = 1 + ln of the term's frequency in the query, sd the same in the
document, K(d) = k1 (1 - b + b length(d) / mean length), |q| = root of sum w sq^2 idf^2, |d| = root of sum w sd^2 over
all terms of the document, top = idf of a term that no document holds, c = cosine_share.

Both parts lie in 0..1, and both are plain sums over terms, so an explanation is exact. The norm of the
document
holds no idf (measured: equal in quality to the norm with idf), so it rests when other documents change.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.matcher.analysis import Keys, Tokens, channel_of
from matchmaker.matcher.segment import FREQUENCY, SUBLINEAR, Counts, Reading
from matchmaker.matcher.settings import Settings

Weights = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query's parts and occurrences, and for each distinct term the two coefficients of the recipe.

    K of a document is ``floor + slope * length``.
    """

    parts: tuple[tuple[str, str], ...]
    tokens: Tokens
    keys: Keys
    idf: Weights
    importance: Weights
    lexical: Weights
    cosine: Weights
    floor: float
    slope: float


def inverse_frequency(documents: int, holding: npt.NDArray[np.int64]) -> Weights:
    """ln(1 + (N - df + .5) / (df + .5)), the idf of BM25, never negative."""
    return np.asarray(np.log1p((documents - holding + 0.5) / (holding + 0.5)), dtype=np.float64)


def prepare(
    reading: Reading,
    extra: tuple[Keys, Weights],
    settings: Settings,
    channel_weight: Weights,
    documents: int,
    mean_length: float,
    holding: npt.NDArray[np.int64],
) -> Prepared:
    """The coefficients of the recipe for the terms of ``reading`` and the ``extra`` ones with their factors.

    ``holding`` is the number of documents that hold each key, first the reading's keys, then the extra ones.
    """
    keys = np.concatenate([reading.keys, extra[0]])
    repeated = np.concatenate([SUBLINEAR[reading.counts], extra[1]])
    weight = channel_weight[channel_of(keys)]
    documents = max(documents, settings.least_documents)
    idf = inverse_frequency(documents, holding)
    importance = repeated * weight * idf
    attainable = float(importance.sum())
    norm = float(np.sqrt((weight * (repeated * idf) ** 2).sum()))
    top = float(inverse_frequency(documents, np.zeros(1, dtype=np.int64))[0])
    part = settings.cosine_share / (1 + settings.cosine_share)
    return Prepared(
        parts=reading.parts,
        tokens=reading.tokens,
        keys=keys,
        idf=idf,
        importance=importance,
        lexical=importance / attainable * (1 - part) if attainable else importance,
        cosine=weight * repeated * idf**2 / (norm * top) * part if norm else importance,
        floor=settings.saturation * (1 - settings.length_share if mean_length else 1),
        slope=settings.saturation * settings.length_share / mean_length if mean_length else 0.0,
    )


def shares(prepared: Prepared, counts: Counts, length: float, scale: float) -> Weights:
    """What each term of the query adds to the score of one document; they sum to the score."""
    tf = FREQUENCY[counts]
    lexical = prepared.lexical * tf / (tf + prepared.floor + prepared.slope * length)
    return np.asarray(lexical + prepared.cosine * SUBLINEAR[counts] * scale)
