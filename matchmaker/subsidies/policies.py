"""Who may do what to a subsidised case, and what still stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import ALLOWED, Decision, Denied, Reason, deny, first_denial
from matchmaker.kernel.machine import StateInfo
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization, SignOffDesk
from matchmaker.people.policies import NOT_CONFIRMED, NOT_STAFF, NOT_WRITER
from matchmaker.people.states import SIGN_OFF_LABELS, WRITERS, AgencyKind, OrganizationKind, SignOffRole
from matchmaker.rulebook import refunds
from matchmaker.rulebook.scheme import Scheme
from matchmaker.subsidies.ledger import account_of
from matchmaker.subsidies.models import (
    Claim,
    Extension,
    ImprovementNotice,
    PlanChange,
    PlanTermination,
    Repayment,
    Reservation,
    ReviewMeeting,
    SubsidyCase,
    SubsidyRound,
)
from matchmaker.subsidies.states import (
    APPROVED_STATES,
    CASE_LIFE,
    CHANGE_LIFE,
    CLAIM_LIFE,
    OPEN_REQUEST,
    AskState,
    BudgetState,
    CaseState,
    ClaimKind,
    ClaimState,
    NoticeState,
    RequestState,
    YuanState,
)

NOT_AGENCY = Reason("subsidies.not_agency", N_("Only the agency of this case can do this."))
NOT_LOCAL = Reason(
    "subsidies.not_local",
    N_("Only county and city governments could apply; other bodies order without this subsidy."),
)
NO_COUNTY = Reason(
    "subsidies.no_county",
    N_("The programme office has to note the county or city of your organisation first."),
)
ROUND_CLOSED = Reason("subsidies.round_closed", N_("This round takes no applications today."))
WRONG_STATE = Reason("subsidies.wrong_state", N_("This is not possible while the case is “%(state)s”."))
NO_BUREAU = Reason("subsidies.no_bureau", N_("Name the bureau or department."))
NO_CONTACT = Reason("subsidies.no_contact", N_("Name a contact with a telephone number."))
NO_PURPOSE = Reason("subsidies.no_purpose", N_("Say what the purchase is for."))
NO_SUSTAINMENT = Reason(
    "subsidies.no_sustainment", N_("Say how operation goes on after the purchase: later controls rest on it.")
)
NO_PERIOD = Reason("subsidies.no_period", N_("Enter the first and the last day of the plan."))
NO_LINES = Reason("subsidies.no_lines", N_("Add at least one listed item."))
NO_REQUEST = Reason("subsidies.no_request", N_("Enter the subsidy that you ask for."))
OVER_CEILING = Reason(
    "subsidies.over_ceiling", N_("You ask for more than the ceiling of %(ceiling)s. Ask for less.")
)
TIER_UNKNOWN = Reason(
    "subsidies.tier_unknown",
    N_("The fiscal tier of the county or city is not on file for this year, so the ceiling is unknown."),
)
NO_PLAN_PAPER = Reason("subsidies.no_plan_paper", N_("Add the subsidy plan as a file."))
NOT_LISTED = Reason(
    "subsidies.not_listed", N_("“%(title)s” is not listed today. Only listed items can be subsidised.")
)
NOT_REVIEWED = Reason("subsidies.not_reviewed", N_("A concluded review meeting has to rank the case first."))
NOT_RECOMMENDED = Reason("subsidies.not_recommended", N_("The review meeting did not recommend the case."))
MEETING_CONCLUDED = Reason("subsidies.meeting_concluded", N_("The meeting is concluded; its ranking stands."))
NO_RANKING = Reason("subsidies.no_ranking", N_("Rank at least one case first."))
NO_BUDGET_LEFT = Reason("subsidies.no_budget_left", N_("Nothing is left of the budget of the round."))
NO_ORDERS = Reason("subsidies.no_orders", N_("Record the order of the plan first."))
NOT_BUDGETED = Reason("subsidies.not_budgeted", N_("Say first how the subsidy got into the agency's budget."))
NO_MATCHING = Reason(
    "subsidies.no_matching",
    N_("A plan across years needs its matching funds in the budget too. Correct the budget entry."),
)
NO_ACCEPTANCE = Reason(
    "subsidies.no_acceptance", N_("Record the day on which acceptance was completed first.")
)
NO_FIRST_USE = Reason("subsidies.no_first_use", N_("Record the day of first use first."))
NOT_PLAN_CLOSED = Reason(
    "subsidies.not_plan_closed", N_("Record the day on which the plan was closed first.")
)
OTHER_KIND = Reason("subsidies.other_kind", N_("This kind of claim does not fit the plan."))
CLAIMED = Reason("subsidies.claimed", N_("This claim was handed in already."))
FIRST_OPEN = Reason("subsidies.first_open", N_("The first instalment is not paid yet; it comes first."))
CLAIM_STATE = Reason("subsidies.claim_state", N_("This is not possible while the claim is “%(state)s”."))
REQUEST_OPEN = Reason(
    "subsidies.request_open", N_("A change or a termination is being decided; finish or withdraw it first.")
)
CLAIM_OPEN = Reason("subsidies.claim_open", N_("A claim is being checked; it is paid or returned first."))
NOT_CARRIED = Reason(
    "subsidies.not_carried",
    N_(
        "After the approval year only what the Executive Yuan carried over can be paid. Nothing of that is left."
    ),
)
MORE_THAN_CARRIED = Reason(
    "subsidies.more_than_carried",
    N_("Of what the Executive Yuan carried over only %(left)s is left, less than this claim pays."),
)
NOTHING_LEFT = Reason("subsidies.nothing_left", N_("Nothing is left to pay."))
RESERVED = Reason("subsidies.reserved", N_("A reservation of this year was asked for already."))
NO_RESERVATION = Reason("subsidies.no_reservation", N_("No reservation waits for the Executive Yuan."))
NO_REQUEST_OPEN = Reason("subsidies.no_request_open", N_("There is no such request."))
REQUEST_STATE = Reason(
    "subsidies.request_state", N_("This is not possible while the request is “%(state)s”.")
)
NO_DESKS = Reason(
    "subsidies.no_desks",
    N_("Nobody sits at the desk “%(desk)s”. An owner of your organisation seats people at the four desks."),
)
NOT_YOUR_DESK = Reason("subsidies.not_your_desk", N_("The next signature is that of the desk “%(desk)s”."))
STAFF_FIELD = Reason(
    "subsidies.staff_field", N_("The right box of the form is filled by the programme office alone.")
)
NO_EXTENSION = Reason("subsidies.no_extension", N_("No extension is asked for."))
EXTENSION_OPEN = Reason("subsidies.extension_open", N_("An extension is being decided already."))
NO_NOTICE = Reason("subsidies.no_notice", N_("No improvement notice is open."))
NOTICE_OPEN = Reason("subsidies.notice_open", N_("An improvement notice is open already."))
NOTICE_STANDS = Reason(
    "subsidies.notice_stands",
    N_("An improvement notice is open: find the defects mended, or decide on them, first."),
)
NO_REPAYMENT = Reason("subsidies.no_repayment", N_("There is nothing to notify."))
NOTHING_OWED = Reason("subsidies.nothing_owed", N_("Nothing is owed."))
STILL_OWED = Reason("subsidies.still_owed", N_("%(amount)s are still to be returned."))
NOTICE_MISSING = Reason("subsidies.repayment_unsent", N_("The repayment notice has to be written first."))


# --- who ---


def _staff(actor: Actor) -> Decision:
    return ALLOWED if actor.is_staff else deny(NOT_STAFF)


def _agency(actor: Actor, case: SubsidyCase) -> Decision:
    if not actor.is_of(case.agency_id):
        return deny(NOT_AGENCY)
    if actor.role not in WRITERS:
        return deny(NOT_WRITER)
    return ALLOWED if actor.confirmed else deny(NOT_CONFIRMED)


def _in(case: SubsidyCase, *states: CaseState) -> Decision:
    return ALLOWED if case.state in states else deny(WRONG_STATE, state=CASE_LIFE.info(case.state))


def _may(case: SubsidyCase, move: str) -> Decision:
    return _in(case, *CASE_LIFE.moves[move].sources)


def can_see(actor: Actor, case: SubsidyCase) -> Decision:
    """The people of its agency, and staff once it was submitted."""
    if actor.is_of(case.agency_id) or (actor.is_staff and case.submitted_at is not None):
        return ALLOWED
    return deny(NOT_AGENCY)


# --- application (R-009, R-032, R-050, R-060, R-061) ---


def can_manage_rounds(actor: Actor) -> Decision:
    """May this person make rounds and hold meetings? Staff."""
    return _staff(actor)


def can_apply(actor: Actor, agency: Organization, round_: SubsidyRound, now: datetime) -> Decision:
    """May this person begin an application? Writers of county and city governments, in an open round (R-009)."""
    if not actor.is_of(agency.id) or actor.role not in WRITERS:
        return deny(NOT_WRITER)
    if not actor.confirmed:
        return deny(NOT_CONFIRMED)
    if agency.kind is not OrganizationKind.AGENCY or agency.agency_kind is not AgencyKind.LOCAL:
        return deny(NOT_LOCAL)
    if agency.county_id is None:
        return deny(NO_COUNTY)
    return ALLOWED if round_.is_open(local_day(now)) else deny(ROUND_CLOSED)


def can_edit(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person change the plan? Writers of the agency, before submission and while papers are missing."""
    return first_denial(_agency(actor, case), _in(case, CaseState.DRAFT, CaseState.CURE))


def plan_gaps(case: SubsidyCase, today: date, ceiling: int | None) -> Sequence[Denied]:
    """What the plan still lacks (needs lines with items and agreements, papers); ``ceiling`` as counted now."""
    gaps = [
        deny(reason)
        for reason, given in (
            (NO_BUREAU, case.bureau.strip()),
            (NO_CONTACT, case.contact_name.strip() and case.contact_phone.strip()),
            (NO_PURPOSE, case.purpose.strip()),
            (NO_SUSTAINMENT, case.sustainment.strip()),
            (NO_PERIOD, case.starts_on),
            (NO_LINES, case.lines),
            (NO_REQUEST, case.requested),
            (NO_PLAN_PAPER, any(paper.kind == "plan" for paper in case.papers)),
        )
        if not given
    ]
    gaps += [
        deny(NOT_LISTED, title=line.title_zh)
        for line in case.lines
        if line.item.state_on(today).value != "listed"
    ]
    if case.lines and ceiling is None:
        gaps.append(deny(TIER_UNKNOWN))
    if ceiling is not None and (case.requested or 0) > ceiling:
        gaps.append(deny(OVER_CEILING, ceiling=f"NT${ceiling:,}"))
    return gaps


def can_submit(actor: Actor, case: SubsidyCase, now: datetime, gaps: Sequence[Denied] = ()) -> Decision:
    """May this person submit? A whole plan, while the round is open."""
    opened = ALLOWED if case.round.is_open(local_day(now)) else deny(ROUND_CLOSED)
    return first_denial(_agency(actor, case), _may(case, "submit"), opened, *gaps)


def can_cure(actor: Actor, case: SubsidyCase, now: datetime, gaps: Sequence[Denied] = ()) -> Decision:
    """May this person hand in the missing papers? Late as well: staff decide what a late cure is worth."""
    return first_denial(_agency(actor, case), _may(case, "cure"), *gaps)


def can_withdraw(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person withdraw the application? The agency, until the approval."""
    return first_denial(_agency(actor, case), _may(case, "withdraw"))


def can_ask_cure(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return first_denial(_staff(actor), _may(case, "ask_cure"))


def can_find_complete(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return first_denial(_staff(actor), _may(case, "find_complete"))


def can_decline(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return first_denial(_staff(actor), _may(case, "decline"))


# --- review and approval (R-013, R-056, R-058, R-059) ---


def can_rank(actor: Actor, meeting: ReviewMeeting, now: datetime) -> Decision:
    """May this person change the ranking? Staff, until the meeting is concluded."""
    return first_denial(_staff(actor), ALLOWED if meeting.concluded_at is None else deny(MEETING_CONCLUDED))


def can_conclude(actor: Actor, meeting: ReviewMeeting, now: datetime) -> Decision:
    """May this person conclude the meeting? Once it ranks something."""
    return first_denial(can_rank(actor, meeting, now), ALLOWED if meeting.entries else deny(NO_RANKING))


def can_approve(actor: Actor, case: SubsidyCase, now: datetime, budget_left: int | None = None) -> Decision:
    """May this person approve? Staff, after a concluded meeting recommended the case, within the budget."""
    standing = first_denial(_staff(actor), _may(case, "approve"))
    if not standing:
        return standing
    if case.review is None or case.review.meeting.concluded_at is None:
        return deny(NOT_REVIEWED)
    if not case.review.recommended:
        return deny(NOT_RECOMMENDED)
    return deny(NO_BUDGET_LEFT) if budget_left is not None and budget_left <= 0 else ALLOWED


# --- execution (R-041, R-071, R-083) ---


def can_record(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person record orders, budget and days? The agency, while the case runs."""
    return first_denial(_agency(actor, case), _in(case, CaseState.RUNNING))


def can_change_order(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person record that an order changed? Also after settlement: what was paid is counted anew."""
    settled = _in(case, CaseState.RUNNING, CaseState.SETTLED)
    return first_denial(_agency(actor, case), settled, ALLOWED if case.orders else deny(NO_ORDERS))


# --- claims (R-065 to R-072) ---


def claim_kinds(case: SubsidyCase) -> tuple[ClaimKind, ...]:
    """The claims of this plan, in order."""
    return (ClaimKind.FIRST, ClaimKind.FINAL) if case.crosses_years else (ClaimKind.SAME_YEAR,)


def next_claim(case: SubsidyCase) -> ClaimKind | None:
    """The claim that comes next, None when all were handed in."""
    made = {claim.kind for claim in case.claims}
    return next((kind for kind in claim_kinds(case) if kind not in made), None)


def open_claim(case: SubsidyCase) -> Claim | None:
    """The claim that is not paid yet."""
    return next((claim for claim in case.claims if claim.state is not ClaimState.PAID), None)


def open_request(case: SubsidyCase) -> PlanChange | PlanTermination | None:
    """The change or termination that is not decided yet."""
    requests: list[PlanChange | PlanTermination] = [*case.changes, *case.terminations]
    return next((each for each in requests if each.state in OPEN_REQUEST), None)


def can_claim(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person hand in the next claim? The order, the budget and the day it rests on are recorded first."""
    standing = first_denial(_agency(actor, case), _in(case, CaseState.RUNNING))
    if not standing:
        return standing
    if open_request(case) is not None:
        return deny(REQUEST_OPEN)
    kind = next_claim(case)
    if kind is None:
        return deny(CLAIMED)
    if not case.orders:
        return deny(NO_ORDERS)
    if case.budget_state is BudgetState.NOT_BUDGETED:
        return deny(NOT_BUDGETED)
    if kind is ClaimKind.SAME_YEAR:
        return ALLOWED if case.accepted_on else deny(NO_ACCEPTANCE)
    if not case.budget_with_matching:
        return deny(NO_MATCHING)
    if kind is ClaimKind.FIRST:
        return ALLOWED if case.first_use_on else deny(NO_FIRST_USE)
    if open_claim(case) is not None:
        return deny(FIRST_OPEN)
    return ALLOWED if case.plan_closed_on else deny(NOT_PLAN_CLOSED)


def _claim(case: SubsidyCase, claim: Claim | None, move: str) -> Decision:
    if claim is None or claim.state not in CLAIM_LIFE.moves[move].sources:
        state = CLAIM_LIFE.info(claim.state) if claim is not None else CASE_LIFE.info(case.state)
        return deny(CLAIM_STATE, state=state)
    return ALLOWED


def can_mend_claim(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person hand in a returned claim again?"""
    return first_denial(
        _agency(actor, case), _in(case, CaseState.RUNNING), _claim(case, open_claim(case), "hand_in")
    )


def can_return_claim(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return first_denial(_staff(actor), _in(case, CaseState.RUNNING), _claim(case, open_claim(case), "return"))


def can_check_claim(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person pass the claim? Staff; a request that could change the amount is decided first."""
    undecided = deny(REQUEST_OPEN) if open_request(case) is not None else ALLOWED
    return first_denial(
        _staff(actor), _in(case, CaseState.RUNNING), _claim(case, open_claim(case), "check"), undecided
    )


def carried_left(case: SubsidyCase) -> int:
    """What the Executive Yuan carried over and is not paid yet."""
    carried = sum(each.carried or 0 for each in case.reservations if each.state is YuanState.APPROVED)
    if case.approval is None or not case.reservations:
        return 0
    first = min(each.year for each in case.reservations)
    paid = sum(e.amount for e in case.entries if e.kind.value == "paid" and e.on.year > first)
    return max(0, carried - paid)


def can_pay(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person record the payment? After the approval year only within what was carried over (R-072)."""
    claim = open_claim(case)
    standing = first_denial(_staff(actor), _in(case, CaseState.RUNNING), _claim(case, claim, "pay"))
    if not standing or claim is None or case.approval is None:
        return standing
    if claim.payable and local_day(now).year > case.approval.approved_on.year:
        left = carried_left(case)
        if left == 0:
            return deny(NOT_CARRIED)
        if claim.payable > left:
            return deny(MORE_THAN_CARRIED, left=f"NT${left:,}")
    return ALLOWED


def can_reserve(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person ask for a reservation? The agency, for what it cannot claim in the year."""
    standing = first_denial(_agency(actor, case), _in(case, CaseState.RUNNING))
    if not standing:
        return standing
    if account_of(case).payable == 0:
        return deny(NOTHING_LEFT)
    year = local_day(now).year
    return deny(RESERVED) if any(each.year == year for each in case.reservations) else ALLOWED


def open_reservation(case: SubsidyCase) -> Reservation | None:
    return next((each for each in case.reservations if each.state is YuanState.PENDING), None)


def can_decide_reservation(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person record the Executive Yuan's word? Staff."""
    waiting = ALLOWED if open_reservation(case) is not None else deny(NO_RESERVATION)
    return first_denial(_staff(actor), waiting)


def can_cut(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person hand on a legislative cut? Staff, while something is still to be paid."""
    standing = first_denial(_staff(actor), _in(case, CaseState.RUNNING))
    if not standing:
        return standing
    claim = open_claim(case)
    if claim is not None and claim.state is ClaimState.CHECKED:
        return deny(CLAIM_OPEN)
    return ALLOWED if account_of(case).payable else deny(NOTHING_LEFT)


# --- changes and terminations (R-015, R-016, R-075 to R-082) ---


def can_request(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person begin a change or a termination? One at a time, and not while a claim is checked."""
    standing = first_denial(_agency(actor, case), _in(case, CaseState.RUNNING))
    if not standing:
        return standing
    if open_request(case) is not None:
        return deny(REQUEST_OPEN)
    claim = open_claim(case)
    return deny(CLAIM_OPEN) if claim is not None else ALLOWED


def _request(
    case: SubsidyCase, request: PlanChange | PlanTermination | None, *states: RequestState
) -> Decision:
    if request is None:
        return deny(NO_REQUEST_OPEN)
    if request.state in states:
        return ALLOWED
    return deny(REQUEST_STATE, state=CHANGE_LIFE.info(request.state))


def can_edit_request(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person change the form? The agency, before the signatures begin."""
    return first_denial(_agency(actor, case), _request(case, open_request(case), RequestState.DRAFT))


def can_withdraw_request(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return first_denial(_agency(actor, case), _request(case, open_request(case), *OPEN_REQUEST))


def next_desk(request: PlanChange | PlanTermination) -> SignOffRole | None:
    """The desk whose signature comes next, in the order of the form (R-015)."""
    signed = {each.role for each in request.signatures}
    return next((role for role in SignOffRole if role not in signed), None)


def missing_desk(desks: Sequence[SignOffDesk]) -> SignOffRole | None:
    """The first of the four desks at which nobody sits."""
    seated = {desk.role for desk in desks}
    return next((role for role in SignOffRole if role not in seated), None)


def _desk(role: SignOffRole) -> StateInfo[SignOffRole]:
    """The desk's name for a sentence, in the reader's language."""
    return StateInfo(role, SIGN_OFF_LABELS[role], "draft", "agency")


def can_ask_signatures(
    actor: Actor, case: SubsidyCase, now: datetime, desks: Sequence[SignOffDesk]
) -> Decision:
    """May this person send the form to the desks? When all four are seated."""
    standing = can_edit_request(actor, case, now)
    empty = missing_desk(desks)
    if standing and empty is not None:
        return deny(NO_DESKS, desk=_desk(empty))
    return standing


def can_sign(actor: Actor, case: SubsidyCase, now: datetime, desks: Sequence[SignOffDesk]) -> Decision:
    """May this person sign next? Whoever sits at the next desk, or the deputy."""
    request = open_request(case)
    if not actor.is_of(case.agency_id):
        return deny(NOT_AGENCY)
    standing = _request(case, request, RequestState.SIGNING)
    if not standing or request is None:
        return standing
    role = next_desk(request)
    desk = next((each for each in desks if each.role is role), None)
    if role is None or desk is None:
        return deny(NO_REQUEST_OPEN)
    at_desk = {desk.holder.user_id} | ({desk.deputy.user_id} if desk.deputy is not None else set())
    return ALLOWED if actor.user_id in at_desk else deny(NOT_YOUR_DESK, desk=_desk(role))


def signed_request(case: SubsidyCase) -> PlanChange | PlanTermination | None:
    """The form that a scanned sheet belongs to: the one that is being signed, or else the last that was."""
    made: list[PlanChange | PlanTermination] = [*case.changes, *case.terminations]
    signed = [each for each in made if each.state not in (RequestState.DRAFT, RequestState.WITHDRAWN)]
    return max(signed, key=lambda each: (each.state in OPEN_REQUEST, each.applied_on, each.id), default=None)


def can_attach_form(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person attach the scanned sheet with its wet signatures? The agency, once the signatures began."""
    waiting = ALLOWED if signed_request(case) is not None else deny(NO_REQUEST_OPEN)
    return first_denial(_agency(actor, case), _in(case, CaseState.RUNNING, CaseState.TERMINATED), waiting)


def can_decide_request(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person decide on the change or termination? Staff, once all four have signed."""
    return first_denial(_staff(actor), _request(case, open_request(case), RequestState.HANDED_IN))


RIGHT_BOX = frozenset({"right_subsidy", "right_interest", "right_other"})
"""The fields of the double-line box on annex 6 (6.11)."""


def can_fill(actor: Actor, case: SubsidyCase, field: str) -> Decision:
    """May this person fill this field of annex 6? The right box staff, everything else the agency (R-016)."""
    if field in RIGHT_BOX:
        return ALLOWED if actor.is_staff else deny(STAFF_FIELD)
    return _agency(actor, case)


# --- oversight (R-083 to R-089) ---


def open_extension(case: SubsidyCase) -> Extension | None:
    return next((each for each in case.extensions if each.state is AskState.ASKED), None)


def can_ask_extension(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person ask for an extension? Several are possible, one at a time (Q-16)."""
    asked = deny(EXTENSION_OPEN) if open_extension(case) is not None else ALLOWED
    return first_denial(_agency(actor, case), _in(case, CaseState.RUNNING), asked)


def can_decide_extension(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    asked = ALLOWED if open_extension(case) is not None else deny(NO_EXTENSION)
    return first_denial(_staff(actor), asked)


def can_inspect(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person record a check? Staff, during the plan and after it (R-086)."""
    return first_denial(_staff(actor), _in(case, *APPROVED_STATES))


def open_notice(case: SubsidyCase) -> ImprovementNotice | None:
    return next((each for each in case.notices if each.state is NoticeState.OPEN), None)


def can_notify(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person send an improvement notice?"""
    sent = deny(NOTICE_OPEN) if open_notice(case) is not None else ALLOWED
    return first_denial(_staff(actor), _may(case, "revoke"), sent)


def can_find_mended(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person find the notice mended? Staff, while the case can still fall for it."""
    waiting = ALLOWED if open_notice(case) is not None else deny(NO_NOTICE)
    return first_denial(_staff(actor), _may(case, "revoke"), waiting)


def can_revoke(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person annul or revoke at all? Whether a cause stands is asked with ``cause_stands``."""
    claim = open_claim(case)
    checked = deny(CLAIM_OPEN) if claim is not None and claim.state is ClaimState.CHECKED else ALLOWED
    return first_denial(_staff(actor), _may(case, "revoke"), checked)


def cause_stands(scheme: Scheme, case: SubsidyCase, cause: str, today: date) -> Decision:
    """Does the cause stand? The first needs a notice whose deadline passed without improvement (R-087)."""
    notice = open_notice(case)
    return refunds.may_revoke(scheme, cause, notice_due=notice.due_on if notice else None, today=today)


# --- repayment and end ---


def unsent_repayment(case: SubsidyCase) -> Repayment | None:
    """What is to be returned and was not notified yet."""
    return next((each for each in case.repayments if each.due_on is None), None)


def can_send_repayment(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    waiting = ALLOWED if unsent_repayment(case) is not None else deny(NO_REPAYMENT)
    return first_denial(_staff(actor), waiting)


def can_record_return(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person record that money came back? Staff, within what is owed."""
    account = account_of(case)
    owed = ALLOWED if account.owed or account.owed_interest else deny(NOTHING_OWED)
    return first_denial(_staff(actor), owed)


def can_close(actor: Actor, case: SubsidyCase, now: datetime) -> Decision:
    """May this person close the case? Staff, when nothing is owed and every notice is written."""
    standing = first_denial(_staff(actor), _may(case, "close"))
    if not standing:
        return standing
    if unsent_repayment(case) is not None:
        return deny(NOTICE_MISSING)
    if case.state is CaseState.SETTLED and open_notice(case) is not None:
        return deny(NOTICE_STANDS)
    account = account_of(case)
    owed = account.owed + account.owed_interest
    return deny(STILL_OWED, amount=f"NT${owed:,}") if owed else ALLOWED
