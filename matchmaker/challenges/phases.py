"""Where a published challenge stands, as the public sees it: computed from the state and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, or_

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState as S
from matchmaker.kernel.words import N_

CLOSING_SOON = timedelta(days=7)
"""A call is closing soon in its last seven days."""


class Phase(StrEnum):
    """What the filters of the public list offer."""

    COMING = "coming"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    SELECTION = "selection"
    DECIDED = "decided"
    PILOT = "pilot"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PhaseInfo:
    """English label (translated where shown) and tone of colour."""

    label: str
    tone: str


PHASES = {
    Phase.COMING: PhaseInfo(N_("Opens soon"), "draft"),
    Phase.OPEN: PhaseInfo(N_("Accepting proposals"), "open"),
    Phase.CLOSING: PhaseInfo(N_("Closing soon"), "closing"),
    Phase.CLOSED: PhaseInfo(N_("Call closed"), "closing"),
    Phase.SELECTION: PhaseInfo(N_("In selection"), "judging"),
    Phase.DECIDED: PhaseInfo(N_("Decided"), "pilot"),
    Phase.PILOT: PhaseInfo(N_("In pilot"), "pilot"),
    Phase.CONCLUDED: PhaseInfo(N_("Concluded"), "done"),
    Phase.CANCELLED: PhaseInfo(N_("Cancelled"), "stopped"),
}

_BY_STATE = {
    S.CLOSED: Phase.CLOSED,
    S.OPENED: Phase.SELECTION,
    S.SCREENING: Phase.SELECTION,
    S.JUDGING: Phase.SELECTION,
    S.DECIDED: Phase.DECIDED,
    S.IN_PILOT: Phase.PILOT,
    S.CONCLUDED: Phase.CONCLUDED,
    S.CANCELLED: Phase.CANCELLED,
}


def phase_at(challenge: Challenge, now: datetime) -> Phase | None:
    """The phase of a challenge; None while it is not published."""
    state = challenge.state_at(now)
    if state is not S.PUBLISHED:
        return _BY_STATE.get(state)
    if challenge.opens_at is not None and now < challenge.opens_at:
        return Phase.COMING
    if challenge.closes_at is not None and challenge.closes_at - now <= CLOSING_SOON:
        return Phase.CLOSING
    return Phase.OPEN


def phase_expression(now: datetime) -> ColumnElement[str]:
    """The same in SQL; NULL while not published."""
    live = Challenge.state == S.PUBLISHED
    return case(
        (and_(live, Challenge.closes_at <= now), Phase.CLOSED.value),
        (and_(live, Challenge.opens_at > now), Phase.COMING.value),
        (and_(live, Challenge.closes_at <= now + CLOSING_SOON), Phase.CLOSING.value),
        (live, Phase.OPEN.value),
        *(
            (
                or_(*(Challenge.state == state for state, each in _BY_STATE.items() if each is phase)),
                phase.value,
            )
            for phase in (Phase.SELECTION, Phase.DECIDED, Phase.PILOT, Phase.CONCLUDED, Phase.CANCELLED)
        ),
        else_=None,
    )
