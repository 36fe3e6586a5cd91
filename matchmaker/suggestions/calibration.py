"""Reading the bands off outcomes: how often pairs of a score came to something. Pure but for scikit-learn.

The fit is isotonic (a better score never means a worse chance) and weighs nothing else, so it can be drawn and argued
about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matchmaker.suggestions.states import Bands

STRONG_CHANCE, FAIR_CHANCE = 0.5, 0.2
"""A strong fit comes to something at least every second time, a fair one every fifth: what an officer who writes to
five startups may expect. The second is about twice the share among all compared pairs."""
LEAST_PAIRS, LEAST_POSITIVES = 50, 10
"""Below these the fit follows single proposals."""
LEAST_ABOVE = 5
"""So many known pairs must lie in the strong band; else its limit hangs on a lucky few."""
LEAST_GAP = 0.001
"""Bands are at least this far apart, so that they stay in order where the chance leaps past both at one score."""
DIGITS = 4
RESAMPLES, SEED, GRID = 200, 0, 200
"""Fits that are averaged, and the most scores at which the line is kept; the seed makes the answer repeatable."""


@dataclass(frozen=True, slots=True)
class Known:
    """A pair whose outcome is known: its score, and whether it came to something."""

    score: float
    success: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """A rising line through (score, chance) points, flat before the first and after the last."""

    points: Sequence[tuple[float, float]]

    def at(self, score: float) -> float:
        """The chance at a score."""
        first, last = self.points[0], self.points[-1]
        if score <= first[0]:
            return first[1]
        for (left, low), (right, high) in pairwise(self.points):
            if score <= right:
                return low + (high - low) * (score - left) / (right - left)
        return last[1]

    def reaches(self, chance: float) -> float | None:
        """The lowest score with at least this chance; None where the line stays below."""
        if self.points[0][1] >= chance:
            return self.points[0][0]
        for (left, low), (right, high) in pairwise(self.points):
            if high >= chance:
                return left + (right - left) * (chance - low) / (high - low)
        return None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration that can be proposed."""

    bands: Bands
    curve: Curve
    pairs: int
    positives: int


@dataclass(frozen=True, slots=True)
class Missing:
    """How much is missing until a calibration can be tried."""

    pairs: int
    positives: int

    def __bool__(self) -> bool:
        return bool(self.pairs or self.positives)


def missing(known: Sequence[Known]) -> Missing:
    """How many pairs and successes are missing."""
    positives = sum(one.success for one in known)
    return Missing(max(0, LEAST_PAIRS - len(known)), max(0, LEAST_POSITIVES - positives))


def curve_of(known: Sequence[Known]) -> Curve:
    """The isotonic fit of success on score (pool adjacent violators, scikit-learn), averaged over resamples.

    The steps of a single fit hang on single pairs; the mean of fits to resamples rises just as well and leaps less.
    """
    import numpy as np
    from sklearn.isotonic import IsotonicRegression

    scores = np.array([one.score for one in known])
    success = np.array([float(one.success) for one in known])
    grid = np.unique(np.quantile(scores, np.linspace(0.0, 1.0, GRID), method="nearest"))
    draw, total = np.random.default_rng(SEED), np.zeros(len(grid))
    for _again in range(RESAMPLES):
        some = draw.integers(0, len(scores), len(scores))
        fit = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(scores[some], success[some])
        total += fit.predict(grid)
    # Rounding of the sum must not make the line fall.
    chances = np.maximum.accumulate(np.clip(total / RESAMPLES, 0.0, 1.0))
    return Curve(_corners([(float(x), round(float(y), 6)) for x, y in zip(grid, chances, strict=True)]))


def _corners(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points without those inside a level stretch."""
    return [
        point
        for number, point in enumerate(points)
        if not 0 < number < len(points) - 1 or not points[number - 1][1] == point[1] == points[number + 1][1]
    ]


def calibrate(known: Sequence[Known]) -> Fitted | None:
    """Where the bands should lie by these outcomes; None where they are too few or tell scores apart too poorly."""
    if missing(known):
        return None
    curve = curve_of(known)
    bands = _bands(curve)
    if bands is None or sum(one.score >= bands.strong for one in known) < LEAST_ABOVE:
        return None
    return Fitted(bands, curve, len(known), sum(one.success for one in known))


def _bands(curve: Curve) -> Bands | None:
    strong, fair = curve.reaches(STRONG_CHANCE), curve.reaches(FAIR_CHANCE)
    if strong is None or fair is None:
        return None
    strong = round(strong, DIGITS)
    fair = round(min(fair, strong - LEAST_GAP), DIGITS)
    return Bands(strong, fair) if 0 < fair < strong < 1 else None
