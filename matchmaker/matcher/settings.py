"""The numbers of the recipe in one frozen value with a stable fingerprint.

The defaults are the measured recipe R: channel weights, saturated term frequency, and the sum of the
normalised BM25 part and the cosine part. They were chosen by measurement over Chinese and English sets; the
benchmark in ``tests/benchmarks/matching.py`` prints what they reach.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from matchmaker.matcher.errors import BadInput

DEFAULT_FIELDS: Mapping[str, float] = {
    "title": 2.0,
    "summary": 1.5,
    "tags": 1.5,
    "body": 1.0,
    "evidence": 0.5,
}


@dataclass(frozen=True, slots=True)
class Channels:
    """The weight of each kind of term (measured, recipe R; ``concept`` is the near-same terms of a lexicon).

    A weight of 0 leaves the channel out of the index altogether.
    """

    unigram: float = 0.5
    bigram: float = 1.0
    word: float = 1.0
    stem: float = 1.0
    word_pair: float = 0.3
    letters: float = 0.12
    concept: float = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How documents are read and scored.

    ``fields``         weight of each field; a field that is not named here counts 1.
    ``saturation``     k1 of BM25: how soon a repeated term stops adding (measured).
    ``length_share``   b of BM25: how far a long document is discounted, 0 to 1 (measured).
    ``cosine_share``   weight of the cosine part beside the BM25 part, which has weight 1 (measured).
    ``least_documents``  a smaller index counts as this large when it weighs how rare a term is: what stands in two
    of three documents is not common for that. The weights of a small index so hardly move when it grows.
    ``strong``, ``fair``  the lowest scores of the two upper bands (measured: of wrong answers in the first
    ten about one in thirty is strong, and of right ones three in four are at least fair).
    """

    fields: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_FIELDS))
    channels: Channels = field(default_factory=Channels)
    saturation: float = 1.2
    length_share: float = 0.75
    cosine_share: float = 2.0
    strong: float = 0.15
    fair: float = 0.07
    least_documents: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", dict(self.fields))
        for name, weight in self.fields.items():
            if not (math.isfinite(weight) and 0 <= weight <= 15):
                raise BadInput(f"the weight of the field {name!r} must be between 0 and 15, not {weight!r}")
        for name, weight in asdict(self.channels).items():
            if not (math.isfinite(weight) and 0 <= weight <= 100):
                raise BadInput(
                    f"the weight of the channel {name!r} must be between 0 and 100, not {weight!r}"
                )
        if not (math.isfinite(self.saturation) and self.saturation > 0):
            raise BadInput("saturation must be above 0")
        if not 0 <= self.length_share <= 1:
            raise BadInput("length_share must be between 0 and 1")
        if not (math.isfinite(self.cosine_share) and self.cosine_share >= 0):
            raise BadInput("cosine_share must be 0 or more")
        if self.least_documents < 0:
            raise BadInput("least_documents must be 0 or more")
        if not 0 < self.fair < self.strong < 1:
            raise BadInput("the bands must satisfy 0 < fair < strong < 1")

    def fingerprint(self) -> str:
        """A short, stable name of these settings: equal settings give equal names, on any machine."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
