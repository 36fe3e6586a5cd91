"""What a case asks for next, of which side, and until when: the rule behind the tasks at the head of its page.

Nothing here asks who reads; a page says with the policies whether a task is the reader's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matchmaker.kernel.words import N_
from matchmaker.subsidies import dues, policies
from matchmaker.subsidies.dues import Due
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.models import PlanChange, SubsidyCase
from matchmaker.subsidies.states import (
    AskState,
    BudgetState,
    CaseState,
    ClaimKind,
    ClaimState,
    NoticeState,
    RequestState,
)


class Task(StrEnum):
    WRITE = "write"
    CURE = "cure"
    CHECK = "check"
    REVIEW = "review"
    APPROVE = "approve"
    DECLINE = "decline"
    ORDER = "order"
    BUDGET = "budget"
    DAYS = "days"
    CLAIM = "claim"
    CHECK_CLAIM = "check_claim"
    MEND_CLAIM = "mend_claim"
    PAY = "pay"
    RESERVE = "reserve"
    YUAN = "yuan"
    FILL_CHANGE = "fill_change"
    FILL_TERMINATION = "fill_termination"
    SIGN = "sign"
    DECIDE_CHANGE = "decide_change"
    DECIDE_TERMINATION = "decide_termination"
    EXTENSION = "extension"
    IMPROVE = "improve"
    JUDGE = "judge"
    NOTIFY = "notify"
    RETURN = "return"
    CLOSE = "close"


TASK_LABELS = {
    Task.WRITE: N_("Write the plan and submit the application"),
    Task.CURE: N_("Hand in the missing papers"),
    Task.CHECK: N_("Check whether the application is complete"),
    Task.REVIEW: N_("Rank the case in a review meeting"),
    Task.APPROVE: N_("Approve the subsidy by letter"),
    Task.DECLINE: N_("Tell the agency that the subsidy is not approved"),
    Task.ORDER: N_("Order the items and link the order"),
    Task.BUDGET: N_("Say how the subsidy got into the budget"),
    Task.DAYS: N_("Record the day from which the claim is counted"),
    Task.CLAIM: N_("Hand in the claim with its papers"),
    Task.CHECK_CLAIM: N_("Check the claim"),
    Task.MEND_CLAIM: N_("Mend the claim and hand it in again"),
    Task.PAY: N_("Pay the claim"),
    Task.RESERVE: N_("Ask for a reservation of what is not claimed this year"),
    Task.YUAN: N_("Record the Executive Yuan's word on the carry-over"),
    Task.FILL_CHANGE: N_("Finish annex 5 and ask for the signatures"),
    Task.FILL_TERMINATION: N_("Finish annex 6 and ask for the signatures"),
    Task.SIGN: N_("Sign the form at the desk whose turn it is"),
    Task.DECIDE_CHANGE: N_("Decide on the change of the plan"),
    Task.DECIDE_TERMINATION: N_("Decide on the termination"),
    Task.EXTENSION: N_("Decide on the extension"),
    Task.IMPROVE: N_("Mend what the improvement notice names"),
    Task.JUDGE: N_("Decide what follows: the day for improvement has passed"),
    Task.NOTIFY: N_("Send the repayment notice"),
    Task.RETURN: N_("Return what is owed"),
    Task.CLOSE: N_("Close the case: nothing is owed"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A task of one side, ``agency`` or ``staff``; ``due`` where a rule or a notice sets a last day."""

    task: Task
    side: str
    due: Due | None = None


def of_case(case: SubsidyCase, today: date) -> list[Asked]:
    """What is asked for now, the most pressing first."""
    known = {due.kind: due for due in reversed(dues.of_case(case, today))}
    asked = list(_asked(case, today, known))
    return sorted(asked, key=lambda each: each.due.on if each.due is not None else date.max)


def _asked(case: SubsidyCase, today: date, known: Mapping[str, Due]) -> Iterable[Asked]:
    yield from _applying(case, known)
    if case.state is CaseState.RUNNING:
        yield from _running(case, known)
    for notice in case.notices:
        shown = notice.state_on(today)
        if case.state in (CaseState.RUNNING, CaseState.SETTLED) and shown is not NoticeState.MENDED:
            late = shown is NoticeState.OVERDUE
            yield Asked(Task.JUDGE, "staff") if late else Asked(Task.IMPROVE, "agency", known.get("improve"))
    yield from _ending(case, known)


def _applying(case: SubsidyCase, known: Mapping[str, Due]) -> Iterable[Asked]:
    if case.state is CaseState.DRAFT:
        yield Asked(Task.WRITE, "agency")
    elif case.state is CaseState.CURE:
        yield Asked(Task.CURE, "agency", known.get("cure"))
    elif case.state is CaseState.CHECKING:
        yield Asked(Task.CHECK, "staff")
    elif case.state is CaseState.COMPLETE:
        if case.review is None or case.review.meeting.concluded_at is None:
            yield Asked(Task.REVIEW, "staff")
        else:
            yield Asked(Task.APPROVE if case.review.recommended else Task.DECLINE, "staff")


def _running(case: SubsidyCase, known: Mapping[str, Due]) -> Iterable[Asked]:
    request = policies.open_request(case)
    if request is not None:
        is_change = isinstance(request, PlanChange)
        if request.state is RequestState.DRAFT:
            yield Asked(Task.FILL_CHANGE if is_change else Task.FILL_TERMINATION, "agency")
        elif request.state is RequestState.SIGNING:
            yield Asked(Task.SIGN, "agency")
        else:
            yield Asked(Task.DECIDE_CHANGE if is_change else Task.DECIDE_TERMINATION, "staff")
    yield from _to_payment(case, known, waits=request is not None)
    if "reserve" in known:
        yield Asked(Task.RESERVE, "agency", known["reserve"])
    if policies.open_reservation(case) is not None:
        yield Asked(Task.YUAN, "staff", known.get("carry"))
    if any(each.state is AskState.ASKED for each in case.extensions):
        yield Asked(Task.EXTENSION, "staff")


def _to_payment(case: SubsidyCase, known: Mapping[str, Due], *, waits: bool) -> Iterable[Asked]:
    """The way from the order to the payment; ``waits``: a request is decided before anything is claimed."""
    claim = policies.open_claim(case)
    if claim is not None:
        if claim.state is ClaimState.RETURNED:
            yield Asked(Task.MEND_CLAIM, "agency", known.get("claim"))
        else:
            yield Asked(Task.PAY if claim.state is ClaimState.CHECKED else Task.CHECK_CLAIM, "staff")
        return
    due = known.get("claim") or known.get("final") or known.get("cutoff")
    kind = policies.next_claim(case)
    if kind is None or (waits and case.orders):
        return
    if not case.orders:
        yield Asked(Task.ORDER, "agency", known.get("procure"))
    if case.budget_state is BudgetState.NOT_BUDGETED:
        yield Asked(Task.BUDGET, "agency")
    if not case.orders or waits:
        return
    days = {
        ClaimKind.SAME_YEAR: case.accepted_on,
        ClaimKind.FIRST: case.first_use_on,
        ClaimKind.FINAL: case.plan_closed_on,
    }
    yield Asked(Task.CLAIM if days[kind] is not None else Task.DAYS, "agency", due)


def _ending(case: SubsidyCase, known: Mapping[str, Due]) -> Iterable[Asked]:
    account, unsent = account_of(case), policies.unsent_repayment(case)
    if unsent is not None:
        yield Asked(Task.NOTIFY, "staff")
    owed = account.owed or account.owed_interest
    if owed and any(each.due_on is not None for each in case.repayments):
        yield Asked(Task.RETURN, "agency", known.get("repay"))
    ended = (CaseState.SETTLED, CaseState.TERMINATED, CaseState.REVOKED)
    notified = policies.open_notice(case) is not None and case.state is CaseState.SETTLED
    if case.state in ended and unsent is None and not owed and not notified:
        yield Asked(Task.CLOSE, "staff")
