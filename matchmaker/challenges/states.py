"""The lifecycle of a challenge; ``closed`` comes by the clock, every other move has its owner."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from matchmaker.kernel.machine import Machine, StateInfo, move
from matchmaker.kernel.words import N_


class ChallengeState(StrEnum):
    DRAFT = "draft"
    IN_TRIAGE = "in_triage"
    RETURNED = "returned"
    PUBLISHED = "published"
    CLOSED = "closed"
    OPENED = "opened"
    SCREENING = "screening"
    JUDGING = "judging"
    DECIDED = "decided"
    IN_PILOT = "in_pilot"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


_S = ChallengeState
CHALLENGE_LIFE = Machine(
    "challenge",
    N_("Challenge"),
    (
        StateInfo(_S.DRAFT, N_("Draft"), "draft", "agency"),
        StateInfo(_S.IN_TRIAGE, N_("In triage"), "closing", "staff"),
        StateInfo(_S.RETURNED, N_("Returned for changes"), "closing", "agency"),
        StateInfo(_S.PUBLISHED, N_("Open for proposals"), "open", "startup"),
        StateInfo(_S.CLOSED, N_("Call closed"), "closing", "staff"),
        StateInfo(_S.OPENED, N_("Opened"), "judging", "staff"),
        StateInfo(_S.SCREENING, N_("Eligibility screening"), "judging", "staff"),
        StateInfo(_S.JUDGING, N_("Being judged"), "judging", "juror"),
        StateInfo(_S.DECIDED, N_("Decided"), "pilot", "staff"),
        StateInfo(_S.IN_PILOT, N_("In pilot"), "pilot", "agency"),
        StateInfo(_S.CONCLUDED, N_("Concluded"), "done", "none"),
        StateInfo(_S.CANCELLED, N_("Cancelled"), "stopped", "none"),
    ),
    (
        move("hand_in", [_S.DRAFT, _S.RETURNED], _S.IN_TRIAGE, "agency", N_("Hand in for triage")),
        move("take_back", [_S.IN_TRIAGE], _S.DRAFT, "agency", N_("Take back")),
        move("return", [_S.IN_TRIAGE], _S.RETURNED, "staff", N_("Return for changes")),
        move("publish", [_S.IN_TRIAGE], _S.PUBLISHED, "staff", N_("Publish")),
        move("close", [_S.PUBLISHED], _S.CLOSED, "clock", N_("Close the call"), by_clock=True),
        move("open", [_S.PUBLISHED, _S.CLOSED], _S.OPENED, "staff", N_("Open the proposals")),
        move("screen", [_S.OPENED], _S.SCREENING, "staff", N_("Begin screening")),
        move("judge", [_S.SCREENING], _S.JUDGING, "staff", N_("Begin judging")),
        move("decide", [_S.JUDGING, _S.SCREENING], _S.DECIDED, "director", N_("Release the decision")),
        move("begin_pilot", [_S.DECIDED], _S.IN_PILOT, "staff", N_("Begin the pilot")),
        move("conclude", [_S.IN_PILOT, _S.DECIDED], _S.CONCLUDED, "staff", N_("Conclude")),
        move(
            "cancel",
            [
                _S.DRAFT,
                _S.IN_TRIAGE,
                _S.RETURNED,
                _S.PUBLISHED,
                _S.CLOSED,
                _S.OPENED,
                _S.SCREENING,
                _S.JUDGING,
            ],
            _S.CANCELLED,
            "staff",
            N_("Cancel"),
        ),
    ),
    initial=_S.DRAFT,
)

UNPUBLISHED = frozenset({_S.DRAFT, _S.IN_TRIAGE, _S.RETURNED})
EDITABLE = frozenset({_S.DRAFT, _S.RETURNED})
SEALED = frozenset({_S.PUBLISHED, _S.CLOSED})
"""Until opening nobody outside a startup knows of its proposal."""
STORED = frozenset(_S) - {_S.CLOSED}
"""``closed`` is never stored: a published challenge is closed once its deadline has passed."""


def effective(state: ChallengeState, closes_at: datetime | None, now: datetime) -> ChallengeState:
    """The state as the clock has it: a published challenge is closed from its deadline on."""
    if state is _S.PUBLISHED and closes_at is not None and now >= closes_at:
        return _S.CLOSED
    return state
