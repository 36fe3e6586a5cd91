"""The lifecycles of a pilot and of a milestone; ``late`` comes by the clock."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.machine import Machine, StateInfo, move
from matchmaker.kernel.words import N_


class PilotState(StrEnum):
    PREPARING = "preparing"
    RUNNING = "running"
    SUSPENDED = "suspended"
    ENDED_EARLY = "ended_early"
    ASSESSED = "assessed"


_P = PilotState
PILOT_LIFE = Machine(
    "pilot",
    N_("Pilot"),
    (
        StateInfo(_P.PREPARING, N_("Preparing"), "closing", "agency"),
        StateInfo(_P.RUNNING, N_("Running"), "pilot", "startup"),
        StateInfo(_P.SUSPENDED, N_("Suspended"), "stopped", "agency"),
        StateInfo(_P.ENDED_EARLY, N_("Ended early"), "stopped", "none"),
        StateInfo(_P.ASSESSED, N_("Assessed"), "done", "none"),
    ),
    (
        move("start", [_P.PREPARING], _P.RUNNING, "agency", N_("Start the pilot")),
        move("suspend", [_P.RUNNING], _P.SUSPENDED, "agency", N_("Suspend")),
        move("resume", [_P.SUSPENDED], _P.RUNNING, "agency", N_("Resume")),
        move("end_early", [_P.PREPARING, _P.RUNNING, _P.SUSPENDED], _P.ENDED_EARLY, "staff", N_("End early")),
        move("assess", [_P.RUNNING], _P.ASSESSED, "agency", N_("Record the assessment")),
    ),
    initial=_P.PREPARING,
)


class MilestoneState(StrEnum):
    PLANNED = "planned"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    LATE = "late"


_M = MilestoneState
MILESTONE_LIFE = Machine(
    "milestone",
    N_("Milestone"),
    (
        StateInfo(_M.PLANNED, N_("Planned"), "draft", "startup"),
        StateInfo(_M.SUBMITTED, N_("Handed in"), "open", "agency"),
        StateInfo(_M.ACCEPTED, N_("Accepted"), "done", "none"),
        StateInfo(_M.RETURNED, N_("Returned"), "closing", "startup"),
        StateInfo(_M.LATE, N_("Late"), "stopped", "startup"),
    ),
    (
        move("submit", [_M.PLANNED, _M.RETURNED, _M.LATE], _M.SUBMITTED, "startup", N_("Hand in")),
        move("accept", [_M.SUBMITTED], _M.ACCEPTED, "agency", N_("Accept")),
        move("return", [_M.SUBMITTED], _M.RETURNED, "agency", N_("Return")),
        move(
            "pass_due_day", [_M.PLANNED, _M.RETURNED], _M.LATE, "clock", N_("Pass the due day"), by_clock=True
        ),
    ),
    initial=_M.PLANNED,
)
"""``late`` is never stored: a planned or returned milestone is late once its due day has passed."""


class PilotPurpose(StrEnum):
    """R-092."""

    PROOF_OF_CONCEPT = "proof_of_concept"
    PRODUCT_TRIAL = "product_trial"
    MARKET_DEPLOYMENT = "market_deployment"


PURPOSE_LABELS = {
    PilotPurpose.PROOF_OF_CONCEPT: N_("Proof of concept"),
    PilotPurpose.PRODUCT_TRIAL: N_("Product trial"),
    PilotPurpose.MARKET_DEPLOYMENT: N_("Market deployment"),
}


class NeedMet(StrEnum):
    """How far the pilot met the agency's need (R-093, R-094)."""

    FULLY = "fully"
    PARTLY = "partly"
    NOT = "not"


NEED_MET_LABELS = {
    NeedMet.FULLY: N_("Fully met"),
    NeedMet.PARTLY: N_("Partly met"),
    NeedMet.NOT: N_("Not met"),
}
