"""How far a pilot is: milestones as the clock has them, the money, and the length of its period.

Pages, lists, mails and exports all ask here, so that they agree on what is late and what is paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, case

from matchmaker.kernel.dates import add_months
from matchmaker.pilots.models import Milestone, Pilot
from matchmaker.pilots.states import MilestoneState, PilotState

SHORTEST_MONTHS, LONGEST_MONTHS = 5, 7
"""R-091 asks for about half a year; outside these months the plan is warned of, not refused."""

WAITING = frozenset({MilestoneState.PLANNED, MilestoneState.RETURNED})
DONE = frozenset({PilotState.ASSESSED, PilotState.ENDED_EARLY})


def shown_state(pilot: Pilot, milestone: Milestone, today: date) -> MilestoneState:
    """A milestone's state on a day in Taiwan; it is late only while its pilot runs."""
    return milestone.state_on(today) if pilot.state is PilotState.RUNNING else milestone.state


def shown_expression(today: date) -> ColumnElement[str]:
    """The same as ``shown_state``, in SQL; the query joins Pilot."""
    return case((Pilot.state == PilotState.RUNNING, Milestone.state_expression(today)), else_=Milestone.state)


@dataclass(frozen=True, slots=True)
class Progress:
    """Milestones accepted out of all, the next day on which one is due, and how many are late."""

    accepted: int
    total: int
    next_due: date | None
    late: int


def progress(pilot: Pilot, today: date) -> Progress:
    """How far the pilot is (needs ``milestones`` loaded)."""
    live = pilot.state not in DONE
    return Progress(
        accepted=sum(m.state is MilestoneState.ACCEPTED for m in pilot.milestones),
        total=len(pilot.milestones),
        next_due=min((m.due_on for m in pilot.milestones if m.state in WAITING), default=None)
        if live
        else None,
        late=sum(shown_state(pilot, m, today) is MilestoneState.LATE for m in pilot.milestones),
    )


@dataclass(frozen=True, slots=True)
class Ledger:
    """The grant in whole NT$: what the plan spreads over milestones, what is earned, what is paid."""

    grant: int
    planned: int
    earned: int
    paid: int

    @property
    def remaining(self) -> int:
        """Not yet paid."""
        return self.grant - self.paid

    @property
    def owed(self) -> int:
        """Earned by accepted milestones and not yet paid."""
        return self.earned - self.paid

    @property
    def balanced(self) -> bool:
        """Do the payments of the milestones make up the grant exactly?"""
        return self.planned == self.grant


def ledger(pilot: Pilot) -> Ledger:
    """The money of the pilot (needs ``milestones`` and their ``paid`` loaded)."""
    return Ledger(
        grant=pilot.grant,
        planned=sum(m.payment for m in pilot.milestones),
        earned=sum(m.payment for m in pilot.milestones if m.state is MilestoneState.ACCEPTED),
        paid=sum(m.paid.amount for m in pilot.milestones if m.paid is not None),
    )


def split_grant(grant: int, parts: int) -> list[int]:
    """A grant in equal whole NT$ payments; what does not divide is added to the last one."""
    if parts <= 0:
        return []
    share, rest = divmod(grant, parts)
    return [share] * (parts - 1) + [share + rest]


def last_day(starts_on: date, months: int) -> date:
    """The last day of so many months that begin on ``starts_on``: 1 March and six months end on 31 August."""
    return add_months(starts_on - timedelta(days=1), months)


def usual_length(starts_on: date, ends_on: date) -> bool:
    """Is the pilot about half a year long (R-091)?"""
    return last_day(starts_on, SHORTEST_MONTHS) <= ends_on <= last_day(starts_on, LONGEST_MONTHS)


def unusual_length(pilot: Pilot) -> bool:
    """Does the pilot's period call for a warning?"""
    return (
        pilot.starts_on is not None
        and pilot.ends_on is not None
        and not usual_length(pilot.starts_on, pilot.ends_on)
    )


def first_start(today: date) -> date:
    """A start to propose: the first of the month after next, so that both sides have time to agree."""
    months = today.year * 12 + today.month - 1 + 2
    return date(months // 12, months % 12 + 1, 1)


def due_days(starts_on: date, ends_on: date, months: Sequence[int | None]) -> list[date]:
    """Due days for a proposal's milestones: the end of the named month, spread evenly where none is named."""
    days = (ends_on - starts_on).days + 1
    count = len(months)
    return [
        min(
            ends_on,
            last_day(starts_on, month)
            if month is not None and month > 0
            else starts_on + timedelta(days=days * (index + 1) // count - 1),
        )
        for index, month in enumerate(months)
    ]
