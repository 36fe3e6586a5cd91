"""How good the suggestions were, measured on calls whose proposals are known. Pure figures.

A suggestion came to something when its startup proposed and was found eligible. Startups that would have fitted but
did not propose count against the suggestions, so every figure is a lower bound.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import TypeVar

from matchmaker.kernel.programme import Domain
from matchmaker.suggestions.states import DismissReason

FEW = 5
"""Under so many challenges a figure is shown with the warning that chance rules it."""
SHORT, LONG = 5, 10
"""How far people read: the first five stand on the page of a challenge, the first ten on one screen of the list."""
Z = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""

Pair = tuple[int, int]
"""(challenge, startup), by their keys."""
Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A challenge whose screening is over: whom it was suggested, best first, and what came of it.

    ``eligible`` proposed and passed the screening; ``chosen`` were shortlisted, held in reserve or awarded. Whether
    somebody was chosen is known once ``decided``.
    """

    challenge: int
    domain: Domain | None
    opened_on: date
    suggested: Sequence[int]
    eligible: frozenset[int]
    chosen: frozenset[int]
    decided: bool


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` out of ``of``; nothing out of nothing has no value."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share in 0..1."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % score interval of Wilson (1927), which also holds for few cases and shares near 0 and 1."""
        if not self.of:
            return None
        n, p = self.of, self.hits / self.of
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        reach = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        # A share of all or of nothing is its own end; rounding must not push the end past it.
        return min(p, max(0.0, middle - reach)), max(p, min(1.0, middle + reach))


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of ``of`` values with this sum."""

    total: float
    of: int

    @property
    def value(self) -> float | None:
        return self.total / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a group of challenges, each with what it counts."""

    challenges: int
    precision_short: Share
    precision_long: Share
    recall: Share
    reciprocal_rank: Mean

    @property
    def few(self) -> bool:
        """Too few challenges to say much?"""
        return self.challenges < FEW


def figures(cases: Collection[Case]) -> Figures:
    """All figures of these cases together. Shares are pooled: every suggestion counts once."""
    chosen = [case for case in cases if case.decided and case.chosen]
    return Figures(
        challenges=len(cases),
        precision_short=_pooled(precision(case, SHORT) for case in cases),
        precision_long=_pooled(precision(case, LONG) for case in cases),
        recall=_pooled(recall(case, LONG) for case in cases),
        reciprocal_rank=Mean(sum(reciprocal_rank(case) for case in chosen), len(chosen)),
    )


def precision(case: Case, most: int) -> Share:
    """How many of the first ``most`` suggested came to something; where fewer were suggested, of those."""
    first = case.suggested[:most]
    return Share(sum(one in case.eligible for one in first), len(first))


def recall(case: Case, most: int) -> Share:
    """How many of the eligible proposers stood among the first ``most`` suggested."""
    return Share(len(case.eligible.intersection(case.suggested[:most])), len(case.eligible))


def reciprocal_rank(case: Case) -> float:
    """1 / the rank of the first suggested startup that was chosen; 0 where none was suggested."""
    ranks = (rank for rank, one in enumerate(case.suggested, 1) if one in case.chosen)
    return 1 / next(ranks, float("inf"))


def _pooled(shares: Iterable[Share]) -> Share:
    every = list(shares)
    return Share(sum(one.hits for one in every), sum(one.of for one in every))


def grouped(cases: Iterable[Case], key: Callable[[Case], Group | None]) -> dict[Group, list[Case]]:
    """The cases by domain, quarter or the like; those without are left out."""
    found: dict[Group, list[Case]] = {}
    for case in cases:
        group = key(case)
        if group is not None:
            found.setdefault(group, []).append(case)
    return found


def by_domain(cases: Iterable[Case]) -> dict[Domain, Figures]:
    """Figures of each domain, in the order of the domains."""
    found = grouped(cases, lambda case: case.domain)
    return {domain: figures(found[domain]) for domain in Domain if domain in found}


def by_quarter(cases: Iterable[Case]) -> dict[tuple[int, int], Figures]:
    """Figures by (year, quarter) of the opening, oldest first."""
    found = grouped(cases, lambda case: (case.opened_on.year, (case.opened_on.month + 2) // 3))
    return {quarter: figures(found[quarter]) for quarter in sorted(found)}


# --- what needs no proposal ---


def coverage(suggested: Mapping[int, int], least: int) -> Share:
    """How many challenges got at least so many suggestions; ``suggested`` counts them by challenge."""
    return Share(sum(count >= least for count in suggested.values()), len(suggested))


@dataclass(frozen=True, slots=True)
class Dismissals:
    """How many of the suggested pairs one side put away, and why, the most frequent reason first."""

    share: Share
    reasons: Sequence[tuple[DismissReason, int]]


def dismissals(suggested: Iterable[Pair], dismissed: Mapping[Pair, DismissReason]) -> Dismissals:
    """A pair that was put away counts as suggested, also where a later computation no longer suggests it."""
    counts = {reason: list(dismissed.values()).count(reason) for reason in DismissReason}
    order = sorted((reason for reason in counts if counts[reason]), key=lambda reason: -counts[reason])
    return Dismissals(
        Share(len(dismissed), len(set(suggested) | set(dismissed))),
        [(reason, counts[reason]) for reason in order],
    )
