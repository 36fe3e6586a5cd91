"""The lifecycle of a proposal."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.machine import Machine, StateInfo, move
from matchmaker.kernel.words import N_


class ProposalState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    SHORTLISTED = "shortlisted"
    AWARDED = "awarded"
    RESERVE = "reserve"
    NOT_AWARDED = "not_awarded"


_S = ProposalState
PROPOSAL_LIFE = Machine(
    "proposal",
    N_("Proposal"),
    (
        StateInfo(_S.DRAFT, N_("Draft"), "draft", "startup"),
        StateInfo(_S.SUBMITTED, N_("Submitted"), "open", "startup"),
        StateInfo(_S.WITHDRAWN, N_("Withdrawn"), "stopped", "startup"),
        StateInfo(_S.ELIGIBLE, N_("Eligible"), "judging", "staff"),
        StateInfo(_S.NOT_ELIGIBLE, N_("Not eligible"), "stopped", "staff"),
        StateInfo(_S.SHORTLISTED, N_("Shortlisted"), "judging", "staff"),
        StateInfo(_S.AWARDED, N_("Awarded"), "pilot", "staff"),
        StateInfo(_S.RESERVE, N_("Reserve"), "closing", "staff"),
        StateInfo(_S.NOT_AWARDED, N_("Not awarded"), "done", "none"),
    ),
    (
        move("submit", [_S.DRAFT, _S.WITHDRAWN], _S.SUBMITTED, "startup", N_("Submit the proposal")),
        move("resubmit", [_S.SUBMITTED], _S.SUBMITTED, "startup", N_("Submit the revised version")),
        move("withdraw", [_S.SUBMITTED], _S.WITHDRAWN, "startup", N_("Withdraw")),
        move("admit", [_S.SUBMITTED], _S.ELIGIBLE, "staff", N_("Admit")),
        move("reject", [_S.SUBMITTED], _S.NOT_ELIGIBLE, "staff", N_("Mark as not eligible")),
        move("shortlist", [_S.ELIGIBLE], _S.SHORTLISTED, "staff", N_("Shortlist")),
        move("award", [_S.ELIGIBLE, _S.SHORTLISTED, _S.RESERVE], _S.AWARDED, "director", N_("Award")),
        move("reserve", [_S.ELIGIBLE, _S.SHORTLISTED], _S.RESERVE, "director", N_("Hold in reserve")),
        move(
            "turn_down",
            [_S.ELIGIBLE, _S.SHORTLISTED, _S.RESERVE],
            _S.NOT_AWARDED,
            "director",
            N_("Turn down"),
        ),
    ),
    initial=_S.DRAFT,
)

WRITABLE = frozenset({_S.DRAFT, _S.SUBMITTED, _S.WITHDRAWN})
"""While the call is open the startup may go on writing; what was submitted stays as it was until it resubmits."""
IN_CONTEST = frozenset({_S.ELIGIBLE, _S.SHORTLISTED})
RELEASED = frozenset({_S.AWARDED, _S.RESERVE, _S.NOT_AWARDED, _S.NOT_ELIGIBLE})


class EvidenceKind(StrEnum):
    """What stands in place of a government track record (R-036); any one suffices."""

    AWARD = "award"
    PRIVATE_COOPERATION = "private_cooperation"
    GOVERNMENT_PILOT = "government_pilot"
    GOVERNMENT_REFERENCE = "government_reference"


EVIDENCE_LABELS = {
    EvidenceKind.AWARD: N_("Competition award"),
    EvidenceKind.PRIVATE_COOPERATION: N_("Cooperation with a private firm"),
    EvidenceKind.GOVERNMENT_PILOT: N_("Short pilot with a government body"),
    EvidenceKind.GOVERNMENT_REFERENCE: N_("Government reference (optional)"),
}


class CheckResult(StrEnum):
    """What a rule finds, and what staff confirm."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


RESULT_LABELS = {
    CheckResult.MET: N_("Fulfilled"),
    CheckResult.NOT_MET: N_("Not fulfilled"),
    CheckResult.UNKNOWN: N_("The rule cannot tell"),
}
RESULT_TONES = {
    CheckResult.MET: "open",
    CheckResult.NOT_MET: "stopped",
    CheckResult.UNKNOWN: "closing",
}
