"""What the calculator shows: the rulebook's answers to one example, each step with its clause.

An illustration of a closed or configured programme; nothing here is stored and nothing is on offer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from matchmaker.kernel.dates import Calendar
from matchmaker.kernel.money import TWD
from matchmaker.kernel.words import N_
from matchmaker.rulebook import amounts, deadlines
from matchmaker.rulebook.amounts import OneOff, PeriodUse
from matchmaker.rulebook.deadlines import Deadline
from matchmaker.rulebook.scheme import Scheme
from matchmaker.rulebook.tiers import TierTable
from matchmaker.rulebook.worksheet import Worksheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What somebody wants to see counted: a government by code, the approval day, lines and known days."""

    government: str
    approved_on: date
    lines: Sequence[OneOff | PeriodUse]
    accepted_on: date | None = None
    first_use_on: date | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline of the example, under its name."""

    label: str
    deadline: Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Illustration:
    """Amounts in NT$ (None where the tier leaves the rate open), deadlines, and the steps behind them."""

    eligible: TWD
    outside: TWD
    ceiling: TWD | None
    own_share: TWD | None
    rate: Fraction | None
    dues: tuple[Due, ...]
    sheets: tuple[tuple[str, Worksheet], ...]
    outside_validity: bool


def illustrate(scheme: Scheme, calendar: Calendar, tiers: TierTable, example: Example) -> Illustration:
    """Count the example by the rules of the scheme as they stand on its approval day.

    :raises BadFact: an amount out of range, or a service that starts before its order.
    :raises KeyError: no such government.
    """
    on = example.approved_on
    government = tiers.governments[example.government]
    cost = amounts.eligible(scheme, on, example.lines)
    limit = amounts.ceiling(
        scheme,
        on,
        eligible=cost.eligible,
        tier=tiers.tier(government.code, on),
        government=government,
    )
    dues = [Due(N_("The purchase"), deadlines.procure(scheme, on, calendar, approved=on))]
    if example.accepted_on is not None:
        due = deadlines.claim(scheme, on, calendar, accepted=example.accepted_on, year=on.year)
        dues.append(Due(N_("Claim of a plan within one year"), due))
    if example.first_use_on is not None:
        due = deadlines.first_claim(scheme, on, calendar, first_use=example.first_use_on)
        dues.append(Due(N_("First claim of a plan across years"), due))
    return Illustration(
        eligible=cost.eligible,
        outside=cost.ineligible,
        ceiling=limit.ceiling,
        own_share=limit.own_share,
        rate=limit.rate,
        dues=tuple(dues),
        sheets=(
            (N_("Eligible cost"), cost.worksheet),
            (N_("Ceiling and own share"), limit.worksheet),
            *((each.label, each.deadline.worksheet) for each in dues),
        ),
        outside_validity=not scheme.is_valid_on(on),
    )
