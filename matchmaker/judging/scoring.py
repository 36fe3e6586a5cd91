"""The arithmetic of a selection panel: exact totals, ranks, quorum and divergence. Pure: values in, values out.

The defaults follow the rules for evaluation committees of the Government Procurement Act. Those rules do not bind
the selection of pilots; the programme takes them over as well-known defaults, and the pages say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from matchmaker.judging.states import SCORE_STEPS, ScoringMethod

FULL = 100
"""The weights of a challenge sum to it, and so does the best total."""

SMALLEST_PANEL = 5
"""Fewest members of a panel. Assumed; Government Procurement Act art. 94, organisation rules art. 4."""
EXPERT_SHARE = Fraction(1, 3)
"""Smallest share of external experts among members, and among those who score. Assumed; the same articles."""
FEWEST_EXPERTS = 2
"""Fewest external experts who score a proposal. Assumed; deliberation rules of evaluation committees."""
PRESENT_SHARE = Fraction(1, 2)
"""Smallest share of members who score a proposal. Assumed; deliberation rules of evaluation committees."""
DIVERGENT = 3
"""Points between the lowest and the highest score of a criterion from which the panel should talk it over.

Assumed: the review rules (art. 6) speak of an obvious difference without a number.
"""


def weighted_total(points: Mapping[str, int], weights: Mapping[str, int]) -> Fraction:
    """The total out of 100: five points earn the whole weight of a criterion.

    :raises ValueError: weights that do not sum to 100, a criterion without points or points without a criterion,
        or points outside 1 to 5.
    """
    if sum(weights.values()) != FULL:
        raise ValueError("the weights do not sum to 100")
    if set(points) != set(weights):
        raise ValueError("the points do not cover the criteria")
    if any(value not in SCORE_STEPS for value in points.values()):
        raise ValueError("points lie outside 1 to 5")
    return sum((Fraction(weights[key] * points[key], SCORE_STEPS[-1]) for key in weights), Fraction(0))


def shared_ranks(totals: Mapping[str, Fraction]) -> dict[str, int]:
    """1 for the highest total; equal totals share the better rank and the next one is left out (1, 1, 3)."""
    return {key: 1 + sum(other > total for other in totals.values()) for key, total in totals.items()}


def shown(value: Fraction, places: int = 2) -> str:
    """The figure to read, rounded half up, without needless zeros."""
    step = Decimal(1).scaleb(-places)
    exact = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(step, ROUND_HALF_UP)
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Mark:
    """One juror's finished sheet of one proposal. ``points`` may be empty where only the total is known."""

    juror: str
    proposal: str
    total: Fraction
    points: Mapping[str, int] = field(default_factory=dict)


class Settled(StrEnum):
    """What parted two proposals that the method left level."""

    FIRST_PLACES = "first_places"
    HEAVIEST = "heaviest"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a proposal stands.

    ``mean`` and ``mean_rank`` are per scorer, so that a recusal is no loss; without recusals their order is that
    of ``sum`` and ``rank_sum``. ``firsts`` counts the scorers who put it first. ``rank`` is by the panel's method
    after the tie-breaks; ``level`` names the proposals that still share it, for the panel to settle (a second
    round, then by lot). ``settled`` says which tie-break parted it from another.
    """

    proposal: str
    scorers: int
    sum: Fraction
    mean: Fraction
    rank_sum: int
    mean_rank: Fraction
    firsts: int
    rank: int
    level: tuple[str, ...] = ()
    settled: Settled | None = None

    def passes(self, mark: int) -> bool:
        """Does the mean reach the pass mark? Exactly the mark is enough."""
        return self.mean >= mark


@dataclass(slots=True)
class _Tally:
    totals: list[Fraction] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    heaviest: list[int] = field(default_factory=list)

    @property
    def mean(self) -> Fraction:
        return sum(self.totals, Fraction(0)) / len(self.totals)

    @property
    def mean_rank(self) -> Fraction:
        return Fraction(sum(self.ranks), len(self.ranks))

    @property
    def firsts_share(self) -> Fraction:
        return Fraction(self.ranks.count(1), len(self.ranks))

    @property
    def heaviest_mean(self) -> Fraction:
        return Fraction(sum(self.heaviest), len(self.totals))


def standings(
    marks: Iterable[Mark], method: ScoringMethod, weights: Mapping[str, int] | None = None
) -> list[Standing]:
    """Every proposal that was scored, best first.

    Total score: the highest mean total wins; a tie goes to the higher score on the heaviest criterion. Ranking:
    each juror's totals become ranks, the lowest mean rank wins; a tie goes to more first places, then to the
    heaviest criterion. Proposals still level share the rank. Where several criteria are heaviest, their points
    are added.
    """
    sheets = list(marks)
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    top = max((weights or {}).values(), default=0)
    heaviest = [key for key, weight in (weights or {}).items() if weight == top]
    for ranks in _ranks_by_juror(sheets).values():
        for proposal, rank in ranks.items():
            tallies[proposal].ranks.append(rank)
    for mark in sheets:
        tallies[mark.proposal].totals.append(mark.total)
        tallies[mark.proposal].heaviest.append(sum(mark.points.get(key, 0) for key in heaviest))
    keys = {proposal: _keys(tally, method) for proposal, tally in tallies.items()}
    made = [_standing(proposal, tally, keys) for proposal, tally in tallies.items()]
    return sorted(made, key=lambda standing: (standing.rank, standing.proposal))


def _ranks_by_juror(marks: Sequence[Mark]) -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for mark in marks:
        totals[mark.juror][mark.proposal] = mark.total
    return {juror: shared_ranks(given) for juror, given in totals.items()}


def _keys(tally: _Tally, method: ScoringMethod) -> tuple[Fraction, ...]:
    """What is compared, in order; the greater is the better. The first figure is the method itself."""
    if method is ScoringMethod.RANKING:
        return (-tally.mean_rank, tally.firsts_share, tally.heaviest_mean)
    return (tally.mean, tally.heaviest_mean)


def _standing(proposal: str, tally: _Tally, keys: Mapping[str, tuple[Fraction, ...]]) -> Standing:
    mine = keys[proposal]
    others = {key: value for key, value in keys.items() if key != proposal}
    return Standing(
        proposal=proposal,
        scorers=len(tally.totals),
        sum=sum(tally.totals, Fraction(0)),
        mean=tally.mean,
        rank_sum=sum(tally.ranks),
        mean_rank=tally.mean_rank,
        firsts=tally.ranks.count(1),
        rank=1 + sum(value > mine for value in others.values()),
        level=tuple(sorted(key for key, value in others.items() if value == mine)),
        settled=_settled(mine, [value for value in others.values() if value[0] == mine[0] and value != mine]),
    )


def _settled(mine: tuple[Fraction, ...], rivals: Sequence[tuple[Fraction, ...]]) -> Settled | None:
    """The tie-break that parted a proposal from those the method left level with it: the last one needed."""
    if not rivals:
        return None
    places = [
        next(i for i, pair in enumerate(zip(mine, rival, strict=True)) if pair[0] != pair[1])
        for rival in rivals
    ]
    return Settled.FIRST_PLACES if len(mine) == 3 and max(places) == 1 else Settled.HEAVIEST


@dataclass(frozen=True, slots=True)
class Divergence:
    """A criterion on which the jurors see a proposal very differently."""

    proposal: str
    criterion: str
    lowest: int
    highest: int


def divergences(marks: Iterable[Mark], threshold: int = DIVERGENT) -> list[Divergence]:
    """Where highest and lowest points lie ``threshold`` or more apart, in order of first appearance."""
    given: dict[tuple[str, str], list[int]] = defaultdict(list)
    for mark in marks:
        for criterion, points in mark.points.items():
            given[mark.proposal, criterion].append(points)
    return [
        Divergence(proposal, criterion, min(points), max(points))
        for (proposal, criterion), points in given.items()
        if max(points) - min(points) >= threshold
    ]


class Shortfall(StrEnum):
    """Why a panel may not be convened, or why its scores of a proposal do not count."""

    MEMBERS = "members"
    EXPERTS = "experts"


def composition(members: int, experts: int) -> Shortfall | None:
    """What a panel lacks before it may be convened; None where nothing is missing."""
    if members < SMALLEST_PANEL:
        return Shortfall.MEMBERS
    return Shortfall.EXPERTS if experts < EXPERT_SHARE * members else None


def quorum(members: int, present: int, experts: int) -> Shortfall | None:
    """What the scorers of a proposal lack; ``experts`` counts the external experts among those present.

    Half of the members, and among those present two external experts and a third.
    """
    if present < PRESENT_SHARE * members:
        return Shortfall.MEMBERS
    return Shortfall.EXPERTS if experts < max(Fraction(FEWEST_EXPERTS), EXPERT_SHARE * present) else None
