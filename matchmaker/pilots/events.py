"""What happens to pilots, for notices and later slices to hear."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.foundation.bus import Event
from matchmaker.pilots.models import Assessment, GrantPayment, Milestone, Pilot


class Side(StrEnum):
    """The two parties of a pilot."""

    AGENCY = "agency"
    STARTUP = "startup"

    @property
    def other(self) -> Side:
        return Side.STARTUP if self is Side.AGENCY else Side.AGENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotPrepared(Event):
    """A pilot was made from an awarded proposal; both sides can write its plan."""

    pilot: Pilot


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanged(Event):
    """A side changed the plan; ``cleared`` where an agreement fell with it."""

    pilot: Pilot
    side: Side
    cleared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAgreed(Event):
    """A side agreed to the plan as it stands."""

    pilot: Pilot
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotStarted(Event):
    pilot: Pilot


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotSuspended(Event):
    pilot: Pilot


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotResumed(Event):
    pilot: Pilot


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAsked(Event):
    """The agency asks the programme office to end the pilot early."""

    pilot: Pilot
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotEndedEarly(Event):
    pilot: Pilot


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneSubmitted(Event):
    pilot: Pilot
    milestone: Milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneAccepted(Event):
    pilot: Pilot
    milestone: Milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneReturned(Event):
    pilot: Pilot
    milestone: Milestone


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRecorded(Event):
    pilot: Pilot
    milestone: Milestone
    payment: GrantPayment


@dataclass(frozen=True, slots=True, kw_only=True)
class ActualsRecorded(Event):
    """Somebody entered what was measured."""

    pilot: Pilot


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotAssessed(Event):
    """The agency's final word; ``assessment.graduates`` tells outcome A (R-093) from outcome B (R-094)."""

    pilot: Pilot
    assessment: Assessment
