"""The lifecycles of a subsidised case and of what happens to it; and the closed lists its tables store."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.machine import Machine, StateInfo, move
from matchmaker.kernel.words import N_


class CaseState(StrEnum):
    DRAFT = "draft"
    CHECKING = "checking"
    CURE = "cure"
    COMPLETE = "complete"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    RUNNING = "running"
    SETTLED = "settled"
    TERMINATED = "terminated"
    REVOKED = "revoked"
    CLOSED = "closed"


_C = CaseState
CASE_LIFE = Machine(
    "subsidy_case",
    N_("Subsidised case"),
    (
        StateInfo(_C.DRAFT, N_("Draft"), "draft", "agency"),
        StateInfo(_C.CHECKING, N_("Being checked"), "open", "staff"),
        StateInfo(_C.CURE, N_("Papers missing"), "closing", "agency"),
        StateInfo(_C.COMPLETE, N_("Waiting for the review meeting"), "judging", "staff"),
        StateInfo(_C.DECLINED, N_("Not approved"), "stopped", "none"),
        StateInfo(_C.WITHDRAWN, N_("Withdrawn"), "stopped", "none"),
        StateInfo(_C.RUNNING, N_("Approved and running"), "pilot", "agency"),
        StateInfo(_C.SETTLED, N_("Settled"), "open", "staff"),
        StateInfo(_C.TERMINATED, N_("Terminated"), "closing", "agency"),
        StateInfo(_C.REVOKED, N_("Subsidy revoked"), "stopped", "agency"),
        StateInfo(_C.CLOSED, N_("Case closed"), "done", "none"),
    ),
    (
        move("submit", [_C.DRAFT], _C.CHECKING, "agency", N_("Submit the application")),
        move("ask_cure", [_C.CHECKING], _C.CURE, "staff", N_("Ask for missing papers")),
        move("cure", [_C.CURE], _C.CHECKING, "agency", N_("Hand in the missing papers")),
        move("find_complete", [_C.CHECKING], _C.COMPLETE, "staff", N_("Find the application complete")),
        move("decline", [_C.CHECKING, _C.CURE, _C.COMPLETE], _C.DECLINED, "staff", N_("Do not approve")),
        move(
            "withdraw",
            [_C.DRAFT, _C.CHECKING, _C.CURE, _C.COMPLETE],
            _C.WITHDRAWN,
            "agency",
            N_("Withdraw the application"),
        ),
        move("approve", [_C.COMPLETE], _C.RUNNING, "staff", N_("Approve the subsidy")),
        move("settle", [_C.RUNNING], _C.SETTLED, "staff", N_("Settle")),
        move("terminate", [_C.RUNNING], _C.TERMINATED, "staff", N_("Approve the termination")),
        move("revoke", [_C.RUNNING, _C.SETTLED], _C.REVOKED, "staff", N_("Annul or revoke")),
        move("close", [_C.SETTLED, _C.TERMINATED, _C.REVOKED], _C.CLOSED, "staff", N_("Close the case")),
    ),
    initial=_C.DRAFT,
)
APPROVED_STATES = (_C.RUNNING, _C.SETTLED, _C.TERMINATED, _C.REVOKED, _C.CLOSED)
"""States of a case that has, or had, an approved subsidy."""


class ClaimKind(StrEnum):
    """The three claims of R-065 to R-070; the names are those of the scheme's lists of papers."""

    SAME_YEAR = "same_year"
    FIRST = "first_instalment"
    FINAL = "final_instalment"


CLAIM_KIND_LABELS = {
    ClaimKind.SAME_YEAR: N_("One payment of a plan within one year"),
    ClaimKind.FIRST: N_("First instalment"),
    ClaimKind.FINAL: N_("Final instalment"),
}


class ClaimState(StrEnum):
    HANDED_IN = "handed_in"
    RETURNED = "returned"
    CHECKED = "checked"
    PAID = "paid"


_L = ClaimState
CLAIM_LIFE = Machine(
    "subsidy_claim",
    N_("Claim"),
    (
        StateInfo(_L.HANDED_IN, N_("Handed in"), "open", "staff"),
        StateInfo(_L.RETURNED, N_("Returned"), "closing", "agency"),
        StateInfo(_L.CHECKED, N_("Passed the check"), "judging", "staff"),
        StateInfo(_L.PAID, N_("Paid"), "done", "none"),
    ),
    (
        move("return", [_L.HANDED_IN], _L.RETURNED, "staff", N_("Return")),
        move("hand_in", [_L.RETURNED], _L.HANDED_IN, "agency", N_("Hand in again")),
        move("check", [_L.HANDED_IN], _L.CHECKED, "staff", N_("Pass the check")),
        move("pay", [_L.CHECKED], _L.PAID, "staff", N_("Record the payment")),
    ),
    initial=_L.HANDED_IN,
)


class RequestState(StrEnum):
    """Of a change, a termination, and, without signatures, an extension."""

    DRAFT = "draft"
    SIGNING = "signing"
    HANDED_IN = "handed_in"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_R = RequestState
_REQUEST_STATES = (
    StateInfo(_R.DRAFT, N_("Draft"), "draft", "agency"),
    StateInfo(_R.SIGNING, N_("Being signed"), "closing", "agency"),
    StateInfo(_R.HANDED_IN, N_("Handed in"), "open", "staff"),
    StateInfo(_R.APPROVED, N_("Approved"), "done", "none"),
    StateInfo(_R.REFUSED, N_("Request refused"), "stopped", "none"),
    StateInfo(_R.WITHDRAWN, N_("Withdrawn"), "stopped", "none"),
)
_REQUEST_MOVES = (
    move("ask_signatures", [_R.DRAFT], _R.SIGNING, "agency", N_("Ask for the signatures")),
    move("return", [_R.SIGNING], _R.DRAFT, "agency", N_("Return for correction")),
    move("hand_in", [_R.SIGNING], _R.HANDED_IN, "agency", N_("Hand in with all signatures")),
    move("approve", [_R.HANDED_IN], _R.APPROVED, "staff", N_("Approve")),
    move("refuse", [_R.HANDED_IN], _R.REFUSED, "staff", N_("Refuse the request")),
    move("withdraw", [_R.DRAFT, _R.SIGNING, _R.HANDED_IN], _R.WITHDRAWN, "agency", N_("Withdraw")),
)
CHANGE_LIFE = Machine(
    "subsidy_change", N_("Change of a plan"), _REQUEST_STATES, _REQUEST_MOVES, initial=_R.DRAFT
)
TERMINATION_LIFE = Machine(
    "subsidy_termination", N_("Termination of a plan"), _REQUEST_STATES, _REQUEST_MOVES, initial=_R.DRAFT
)
OPEN_REQUEST = (_R.DRAFT, _R.SIGNING, _R.HANDED_IN)


class AskState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


_A = AskState
EXTENSION_LIFE = Machine(
    "subsidy_extension",
    N_("Extension of a deadline"),
    (
        StateInfo(_A.ASKED, N_("Extension asked for"), "open", "staff"),
        StateInfo(_A.GRANTED, N_("Granted"), "done", "none"),
        StateInfo(_A.REFUSED, N_("Request refused"), "stopped", "none"),
    ),
    (
        move("grant", [_A.ASKED], _A.GRANTED, "staff", N_("Grant")),
        move("refuse", [_A.ASKED], _A.REFUSED, "staff", N_("Refuse the request")),
    ),
    initial=_A.ASKED,
)


class YuanState(StrEnum):
    """The Executive Yuan's word on the programme's own carry-over (R-072); names as the rulebook has them."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


_Y = YuanState
RESERVATION_LIFE = Machine(
    "subsidy_reservation",
    N_("Budget reservation"),
    (
        StateInfo(_Y.PENDING, N_("Waiting for the Executive Yuan"), "closing", "staff"),
        StateInfo(_Y.APPROVED, N_("Carry-over approved"), "done", "none"),
        StateInfo(_Y.REFUSED, N_("Carry-over refused"), "stopped", "none"),
    ),
    (
        move("approve", [_Y.PENDING], _Y.APPROVED, "staff", N_("Record the approval")),
        move("refuse", [_Y.PENDING], _Y.REFUSED, "staff", N_("Record the refusal")),
    ),
    initial=_Y.PENDING,
)


class NoticeState(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    MENDED = "mended"


_N = NoticeState
NOTICE_LIFE = Machine(
    "subsidy_notice",
    N_("Improvement notice"),
    (
        StateInfo(_N.OPEN, N_("To be mended"), "closing", "agency"),
        StateInfo(_N.OVERDUE, N_("Not mended in time"), "stopped", "staff"),
        StateInfo(_N.MENDED, N_("Mended"), "done", "none"),
    ),
    (
        move("find_mended", [_N.OPEN, _N.OVERDUE], _N.MENDED, "staff", N_("Find the defects mended")),
        move("pass_due_day", [_N.OPEN], _N.OVERDUE, "clock", N_("Pass the due day"), by_clock=True),
    ),
    initial=_N.OPEN,
)
"""``overdue`` is never stored: a notice that is open after its day is overdue."""


class BudgetState(StrEnum):
    """Where the approved subsidy stands in the agency's budget (R-071)."""

    NOT_BUDGETED = "not_budgeted"
    ANNUAL = "annual"
    SUPPLEMENTARY = "supplementary"
    OTHER_RULE = "other_rule"


_B = BudgetState
BUDGET_LIFE = Machine(
    "subsidy_budget",
    N_("Inclusion in the agency's budget"),
    (
        StateInfo(_B.NOT_BUDGETED, N_("Not in a budget yet"), "draft", "agency"),
        StateInfo(_B.ANNUAL, N_("In the annual budget"), "done", "none"),
        StateInfo(_B.SUPPLEMENTARY, N_("In a supplementary budget"), "done", "none"),
        StateInfo(_B.OTHER_RULE, N_("By the agency's budget-execution rules"), "done", "none"),
    ),
    (
        move("annual", [_B.NOT_BUDGETED], _B.ANNUAL, "agency", N_("Put into the annual budget")),
        move(
            "supplementary",
            [_B.NOT_BUDGETED],
            _B.SUPPLEMENTARY,
            "agency",
            N_("Put into a supplementary budget"),
        ),
        move("other_rule", [_B.NOT_BUDGETED], _B.OTHER_RULE, "agency", N_("Handle by the execution rules")),
    ),
    initial=_B.NOT_BUDGETED,
)


class LineKind(StrEnum):
    """How an item of the plan is paid; month and day are units of a period of use (R-051, R-052)."""

    ONE_OFF = "one_off"
    MONTH = "month"
    DAY = "day"


LINE_KIND_LABELS = {
    LineKind.ONE_OFF: N_("Bought once"),
    LineKind.MONTH: N_("Paid by the month"),
    LineKind.DAY: N_("Paid by the day"),
}


class EntryKind(StrEnum):
    """Kinds of ledger entries; amounts are positive, and every figure is a sum of entries."""

    APPROVED = "approved"
    REDUCED = "reduced"
    PAID = "paid"
    REFUND_DUE = "refund_due"
    INTEREST_DUE = "interest_due"
    RETURNED = "returned"
    INTEREST = "interest"


ENTRY_LABELS = {
    EntryKind.APPROVED: N_("Subsidy approved"),
    EntryKind.REDUCED: N_("No longer payable"),
    EntryKind.PAID: N_("Paid"),
    EntryKind.REFUND_DUE: N_("To be returned"),
    EntryKind.INTEREST_DUE: N_("Interest to be returned"),
    EntryKind.RETURNED: N_("Subsidy returned"),
    EntryKind.INTEREST: N_("Interest returned"),
}


class LetterKind(StrEnum):
    """Official letters (函) of a case; those of the agency come in, those of the programme office go out."""

    APPLICATION = "application"
    CLAIM = "claim"
    REQUEST = "request"
    CURE = "cure"
    DECLINE = "decline"
    APPROVAL = "approval"
    CLAIM_RETURN = "claim_return"
    PAYMENT = "payment"
    CHANGE = "change"
    CHANGE_REFUSED = "change_refused"
    TERMINATION = "termination"
    TERMINATION_REFUSED = "termination_refused"
    EXTENSION = "extension"
    EXTENSION_REFUSED = "extension_refused"
    RESERVATION = "reservation"
    CUT = "cut"
    INSPECTION = "inspection"
    IMPROVEMENT = "improvement"
    REVOCATION = "revocation"
    REPAYMENT = "repayment"


LETTER_LABELS = {
    LetterKind.APPLICATION: N_("Application"),
    LetterKind.CLAIM: N_("Claim"),
    LetterKind.REQUEST: N_("Request"),
    LetterKind.CURE: N_("Request for missing papers"),
    LetterKind.DECLINE: N_("Decision not to approve"),
    LetterKind.APPROVAL: N_("Approval letter"),
    LetterKind.CLAIM_RETURN: N_("Claim returned"),
    LetterKind.PAYMENT: N_("Payment notice"),
    LetterKind.CHANGE: N_("Change approved"),
    LetterKind.CHANGE_REFUSED: N_("Change refused"),
    LetterKind.TERMINATION: N_("Termination: approval revoked"),
    LetterKind.TERMINATION_REFUSED: N_("Termination refused"),
    LetterKind.EXTENSION: N_("Extension granted"),
    LetterKind.EXTENSION_REFUSED: N_("Extension refused"),
    LetterKind.RESERVATION: N_("Decision on the reservation"),
    LetterKind.CUT: N_("Adjustment after a legislative cut"),
    LetterKind.INSPECTION: N_("Inspection"),
    LetterKind.IMPROVEMENT: N_("Improvement notice"),
    LetterKind.REVOCATION: N_("Annulment or revocation"),
    LetterKind.REPAYMENT: N_("Repayment notice"),
}
INCOMING = frozenset({LetterKind.APPLICATION, LetterKind.CLAIM, LetterKind.REQUEST})
ADVERSE = frozenset(
    {
        LetterKind.DECLINE,
        LetterKind.CHANGE_REFUSED,
        LetterKind.TERMINATION,
        LetterKind.TERMINATION_REFUSED,
        LetterKind.EXTENSION_REFUSED,
        LetterKind.RESERVATION,
        LetterKind.CUT,
        LetterKind.REVOCATION,
        LetterKind.REPAYMENT,
    }
)
"""Decisions against the agency: they record how it was heard and the remedy notice (APA 96, 102; B-7)."""


class Matter(StrEnum):
    """Which deadline an extension is about (R-084)."""

    PROCURE = "procure"
    CLAIM = "claim"


MATTER_LABELS = {Matter.PROCURE: N_("The purchase"), Matter.CLAIM: N_("Claim")}


class CutMethod(StrEnum):
    """How a legislative cut is handed on (R-073); names as the rulebook has them."""

    PRO_RATA = "pro_rata"
    NEGOTIATED = "negotiated"


CUT_LABELS = {CutMethod.PRO_RATA: N_("In proportion"), CutMethod.NEGOTIATED: N_("By negotiation")}


class EndKind(StrEnum):
    """Annulment takes back an unlawful decision from its start; revocation ends a lawful one (B-7)."""

    ANNULMENT = "annulment"
    REVOCATION = "revocation"


END_LABELS = {
    EndKind.ANNULMENT: N_("Annulment (from the start)"),
    EndKind.REVOCATION: N_("Revocation (from now on)"),
}


class Scale(StrEnum):
    """None, part or all: payment stop and claw-back are two such scales (R-089)."""

    NONE = "none"
    PART = "part"
    ALL = "all"


SCALE_LABELS = {Scale.NONE: N_("None"), Scale.PART: N_("A part"), Scale.ALL: N_("All")}
