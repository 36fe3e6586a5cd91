"""What falls due in a case, and when: the rulebook's deadlines on the days of a stored case, with its extensions.

Nothing here reads a clock; where the working days of a year are not on file, days left are None, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from matchmaker.kernel.dates import UnknownYear
from matchmaker.kernel.words import N_
from matchmaker.rulebook import deadlines, reference
from matchmaker.rulebook.deadlines import Deadline
from matchmaker.rulebook.scheme import Scheme
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.models import SubsidyCase
from matchmaker.subsidies.states import (
    AskState,
    CaseState,
    ClaimKind,
    Matter,
    NoticeState,
    YuanState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing that falls due: its name, the day, the last working day not after it, and the clause behind it.

    ``left`` counts working days from today up to ``act_by``; None where they are not on file.
    """

    kind: str
    label: str
    on: date
    act_by: date
    clause: str
    left: int | None
    side: str

    @property
    def is_moved(self) -> bool:
        """Is the day itself off, so that one has to act before?"""
        return self.act_by != self.on


def _scheme(case: SubsidyCase) -> Scheme:
    return reference.scheme(case.scheme)


def _extended(case: SubsidyCase, matter: Matter, due: date | None) -> date | None:
    granted = [
        each.granted_until
        for each in case.extensions
        if each.matter is matter and each.state is AskState.GRANTED and each.granted_until is not None
    ]
    return max([*granted, *([due] if due is not None else [])], default=None)


def procure_deadline(case: SubsidyCase) -> Deadline | None:
    """Two months after the approval (R-083, C5), as the rulebook counts them."""
    if case.approval is None:
        return None
    on = case.approval.approved_on
    return deadlines.procure(_scheme(case), on, reference.calendar(), approved=on)


def procure_due(case: SubsidyCase) -> date | None:
    """The last day in time for the order, with extensions."""
    found = procure_deadline(case)
    return None if found is None else _extended(case, Matter.PROCURE, found.due)


def claim_deadline(case: SubsidyCase, kind: ClaimKind) -> Deadline | None:
    """The deadline of a claim (R-066, R-069, R-070); None while the day that it counts from is not known."""
    if case.approval is None:
        return None
    scheme, calendar, on = _scheme(case), reference.calendar(), case.approval.approved_on
    if kind is ClaimKind.SAME_YEAR:
        if case.accepted_on is None:
            return None
        return deadlines.claim(scheme, on, calendar, accepted=case.accepted_on, year=on.year)
    if kind is ClaimKind.FIRST:
        if case.first_use_on is None:
            return None
        return deadlines.first_claim(scheme, on, calendar, first_use=case.first_use_on)
    if case.plan_closed_on is None:
        return None
    return deadlines.final_claim(scheme, on, closed=case.plan_closed_on, year=on.year)


def claim_due(case: SubsidyCase, kind: ClaimKind) -> date | None:
    """The last day in time for a claim, with extensions; None where the directive names none (Q-06)."""
    found = claim_deadline(case, kind)
    return None if found is None else _extended(case, Matter.CLAIM, found.due)


def of_case(case: SubsidyCase, today: date) -> list[Due]:
    """Everything that is open and falls due, the earliest first."""
    return sorted(_open(case, today), key=lambda due: (due.on, due.kind))


def _open(case: SubsidyCase, today: date) -> Iterable[Due]:
    if case.state is CaseState.CURE and case.cure_due_on is not None:
        yield _due("cure", N_("Missing papers"), case.cure_due_on, today, "APA 48", "agency")
    for notice in case.notices:
        # After a revocation nothing is left to mend.
        if notice.state is NoticeState.OPEN and case.state in (CaseState.RUNNING, CaseState.SETTLED):
            yield _due("improve", N_("Improvement"), notice.due_on, today, "11-2(1)", "agency")
    account = account_of(case)
    if account.owed or account.owed_interest:
        for repayment in case.repayments:
            if repayment.due_on is not None:
                yield _due("repay", N_("Repayment"), repayment.due_on, today, "10(1)", "agency")
    if case.state is CaseState.RUNNING:
        yield from _running(case, today)


def _running(case: SubsidyCase, today: date) -> Iterable[Due]:
    procure = procure_due(case)
    if procure is not None and not case.orders:
        yield _due("procure", N_("The purchase"), procure, today, "11-1(1)", "agency")
    made = {claim.kind for claim in case.claims}
    kinds = (ClaimKind.FIRST, ClaimKind.FINAL) if case.crosses_years else (ClaimKind.SAME_YEAR,)
    open_kind = next((kind for kind in kinds if kind not in made), None)
    if open_kind is not None:
        yield from _claim(case, open_kind, today)
    if case.approval is not None and account_of(case).payable:
        year = case.approval.approved_on.year
        if today.year == year and not case.reservations and case.crosses_years:
            # The agency's carry-over is reported within ten days after the year's end (Budget Act 72, 74; B-7).
            yield _due("reserve", N_("Budget reservation"), date(year, 12, 31), today, "9(4)", "agency")
    for reservation in case.reservations:
        if reservation.state is YuanState.PENDING:
            on = date(reservation.year + 1, 1, 10)
            yield _due("carry", N_("Report of the carry-over"), on, today, "9(4)", "staff")


def _claim(case: SubsidyCase, kind: ClaimKind, today: date) -> Iterable[Due]:
    due = claim_due(case, kind)
    if due is not None:
        clause = "9(1)" if kind is ClaimKind.SAME_YEAR else "9(2)1"
        yield _due("claim", N_("Claim"), due, today, clause, "agency")
        return
    found = claim_deadline(case, kind)
    if found is not None and found.warn_from is not None:
        label = N_("Final claim (no stated deadline; reminded from here)")
        yield _due("final", label, found.warn_from, today, "9(2)2", "agency")
    elif case.approval is not None and kind is not ClaimKind.FINAL:
        # Until acceptance or first use is known, the year's cut-off is what binds.
        on = case.approval.approved_on
        cutoff = _extended(case, Matter.CLAIM, _scheme(case).cutoff(on.year, on))
        if cutoff is not None:
            label = N_("Purchase, acceptance and claim at the latest")
            yield _due("cutoff", label, cutoff, today, "11-1(1)", "agency")


def _due(kind: str, label: str, on: date, today: date, clause: str, side: str) -> Due:
    calendar = reference.calendar()
    act_by = calendar.nearest_working(on, -1)
    try:
        left: int | None = calendar.working_days_between(today, act_by)
    except UnknownYear:
        left = None
    return Due(kind=kind, label=label, on=on, act_by=act_by, clause=clause, left=left, side=side)
