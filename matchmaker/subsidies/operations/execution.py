"""From the order to the payment: orders, budget, days, claims, reservations, cuts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.orders.events import CertificateSigned, DisputeSettled, OrderEnded
from matchmaker.orders.models import CallOffOrder
from matchmaker.people.actor import SYSTEM, Actor
from matchmaker.rulebook import claims as rules
from matchmaker.rulebook.facts import BadFact
from matchmaker.subsidies import accounts, dues, policies, queries, stored
from matchmaker.subsidies.facts import (
    BudgetFacts,
    ClaimFacts,
    CutFacts,
    LetterFacts,
    OrderFacts,
    PaperFacts,
    PaymentFacts,
    ProgressFacts,
    ReservationFacts,
    YuanFacts,
)
from matchmaker.subsidies.ledger import account_of, approval_of
from matchmaker.subsidies.models import CaseOrder, Claim, LegislativeCut, Reservation, SubsidyCase
from matchmaker.subsidies.operations.common import (
    Titles,
    bad_fact,
    given,
    held,
    keep,
    moved,
    not_ahead,
    owe,
    post,
    scheme_of,
    tell,
    write,
)
from matchmaker.subsidies.states import (
    BUDGET_LIFE,
    CASE_LIFE,
    CLAIM_LIFE,
    RESERVATION_LIFE,
    BudgetState,
    CaseState,
    ClaimKind,
    LetterKind,
    RequestState,
    YuanState,
)

ENDED = "ended"
"""Flag of an order that was declined or cancelled."""

OTHER_ITEMS = Reason("subsidies.other_items", N_("This order holds none of the items of the plan."))
OTHER_DAY = Reason("subsidies.other_day", N_("This order was placed on %(day)s."))
MORE_THAN_ORDER = Reason(
    "subsidies.more_than_order",
    N_("The plan's items in this order are worth %(worth)s; no more can be eligible."),
)
ORDER_NOT_THERE = Reason(
    "subsidies.order_not_there",
    N_("This order cannot be linked any more: it ended, or another case has it. Choose again."),
)
ORDER_TWICE = Reason("subsidies.order_twice", N_("An order with this number is recorded already."))
VALUE_NEEDED = Reason("subsidies.value_needed", N_("The eligible value is more than nothing."))
BEFORE_APPROVAL = Reason(
    "subsidies.before_approval", N_("The order cannot lie before the approval of %(day)s.")
)
ORDER_UNKNOWN = Reason("subsidies.order_unknown", N_("This order is not part of the case."))
SAME_VALUE = Reason("subsidies.same_value", N_("This is the value that is recorded already."))
PAPERS_MISSING = Reason("subsidies.papers_missing", N_("These papers are missing: %(papers)s"))
COST_ABOVE = Reason(
    "subsidies.cost_above",
    N_("More than the approved total of %(total)s is not counted; enter that at most."),
)
REFERENCE_NEEDED = Reason("subsidies.reference_needed", N_("Enter the number of the voucher."))
PAID_BEFORE = Reason("subsidies.paid_before", N_("The day of payment lies before the claim of %(day)s."))
PENDING = Reason("subsidies.yuan_pending", N_("Choose what the Executive Yuan decided."))
AMOUNT_RANGE = Reason("subsidies.amount_range", N_("Enter an amount above zero and at most %(most)s."))
REASON_NEEDED = Reason("subsidies.reason_needed", N_("Give the reason."))
YEAR_RANGE = Reason("subsidies.year_range", N_("Enter the year of the cut budget."))


def record_order(
    *, case: SubsidyCase, facts: OrderFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> CaseOrder:
    """Record an order of the plan by its number on the e-procurement system (R-041); a late one is flagged (R-083)."""
    case = held(case, expected_version)
    require(policies.can_record(by, case, at))
    approval = case.approval
    problems: dict[str, Denied] = {}
    number = facts.pcc_number.strip()
    if not number:
        problems["pcc_number"] = deny(REFERENCE_NEEDED)
    elif any(order.pcc_number == number for order in case.orders):
        problems["pcc_number"] = deny(ORDER_TWICE)
    if facts.value <= 0:
        problems["value"] = deny(VALUE_NEEDED)
    if approval is not None and facts.ordered_on < approval.approved_on:
        problems["ordered_on"] = deny(BEFORE_APPROVAL, day=approval.approved_on)
    if problems:
        raise Invalid(problems)
    not_ahead("ordered_on", facts.ordered_on, at)
    placed = queries.order_placed_here(number, case.agency_id)
    if placed is not None:
        _check_placed(case, placed, facts)
    due = dues.procure_due(case)
    order = CaseOrder(
        order_ref=placed.ref if placed is not None else None,
        pcc_number=number,
        ordered_on=facts.ordered_on,
        value=facts.value,
        flags=["late"] if due is not None and facts.ordered_on > due else [],
    )
    order.touch(by=by.name, at=at)
    case.orders.append(order)
    tell("record_order", case, by, at, {"number": number, "value": order.value, "flags": order.flags})
    return order


def link_order(
    *,
    case: SubsidyCase,
    order: str,
    value: int | None = None,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> CaseOrder:
    """Link an order that was placed on this platform, by its reference: number and day are the order's own.

    ``value`` is what of it is eligible; without it, all that the plan's items in the order are worth.
    """
    case = held(case, expected_version)
    require(policies.can_record(by, case, at))
    placed = next((each for each in queries.orders_to_link(case) if each.ref == order), None)
    if placed is None:
        raise Invalid({"order": deny(ORDER_NOT_THERE)})
    facts = OrderFacts(
        pcc_number=placed.eproc_number,
        ordered_on=local_day(placed.placed_at),
        value=value if value is not None else queries.eligible_worth(case, placed),
    )
    return record_order(case=case, facts=facts, by=by, at=at)


def _check_placed(case: SubsidyCase, placed: CallOffOrder, facts: OrderFacts) -> None:
    """An order of this platform holds an item of the plan, was placed on the day, and is worth what is recorded."""
    problems: dict[str, Denied] = {}
    planned = {line.item_id for line in case.lines}
    if not planned & {line.item_id for line in placed.lines}:
        problems["pcc_number"] = deny(OTHER_ITEMS)
    if local_day(placed.placed_at) != facts.ordered_on:
        problems["ordered_on"] = deny(OTHER_DAY, day=local_day(placed.placed_at))
    worth = queries.eligible_worth(case, placed)
    if "pcc_number" not in problems and facts.value > worth:
        problems["value"] = deny(MORE_THAN_ORDER, worth=f"NT${worth:,}")
    if problems:
        raise Invalid(problems)


def on_certificate_signed(event: CertificateSigned) -> None:
    """The certificate of an order that was placed here completes the acceptance, unless a day is recorded already."""
    case = queries.case_of_order(event.order.ref)
    if case is None or case.state is not CaseState.RUNNING or case.accepted_on is not None:
        return
    case = held(case)
    case.accepted_on = local_day(event.at)
    tell("record_progress", case, SYSTEM, event.at, {"accepted_on": case.accepted_on})


def on_order_ended(event: OrderEnded) -> None:
    """An order that was declined or cancelled counts no more; what was paid is counted anew (R-076, R-078)."""
    case = queries.case_of_order(event.order.ref)
    if case is None or case.state not in (CaseState.RUNNING, CaseState.SETTLED):
        return
    case = held(case)
    order = next(each for each in case.orders if each.order_ref == event.order.ref)
    order.flags = sorted({*order.flags, ENDED})
    order.touch(by=SYSTEM.name, at=event.at)
    tell("change_order", case, SYSTEM, event.at, {"number": order.pcc_number, "ended": True})
    moved(case, "order", event.at)
    _recount(case, SYSTEM, event.at)


def on_dispute_settled(event: DisputeSettled) -> None:
    """Where a settled dispute struck units of a linked order, its eligible value shrinks with it (R-078)."""
    case = queries.case_of_order(event.order.ref)
    if case is None or case.state not in (CaseState.RUNNING, CaseState.SETTLED):
        return
    case = held(case)
    order = next(each for each in case.orders if each.order_ref == event.order.ref)
    worth = queries.eligible_worth(case, event.order)
    if not 0 < worth < order.value:
        # Nothing left of it is an order that ended; that is heard for itself.
        return
    before, order.value = order.value, worth
    order.touch(by=SYSTEM.name, at=event.at)
    body = {"number": order.pcc_number, "before": before, "value": worth, "struck": True}
    tell("change_order", case, SYSTEM, event.at, body)
    moved(case, "order", event.at)
    _recount(case, SYSTEM, event.at)


def change_order(
    *,
    case: SubsidyCase,
    number: str,
    value: int,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Record that an order's value changed; what was paid is counted anew, and a refund is notified (C6, R-078).

    A change without an approved change of the plan is flagged (R-076).
    """
    case = held(case, expected_version)
    require(policies.can_change_order(by, case, at))
    order = next((each for each in case.orders if each.pcc_number == number), None)
    if order is None:
        raise Invalid({"pcc_number": deny(ORDER_UNKNOWN)})
    if value <= 0:
        raise Invalid({"value": deny(VALUE_NEEDED)})
    if value == order.value:
        raise Invalid({"value": deny(SAME_VALUE)})
    before, order.value = order.value, value
    if not any(change.state is RequestState.APPROVED for change in case.changes):
        order.flags = sorted({*order.flags, "before_approval"})
    order.touch(by=by.name, at=at)
    tell("change_order", case, by, at, {"number": number, "before": before, "value": value})
    moved(case, "order", at)
    _recount(case, by, at)


def _recount(case: SubsidyCase, by: Actor, at: datetime) -> None:
    """After payment the orders' sum is the new total of the plan; before it the claim will tell."""
    account, approval = account_of(case), approval_of(case)
    total = sum(order.value for order in case.orders if ENDED not in order.flags)
    # Nothing ordered any more is no smaller plan: the programme office decides what becomes of the case.
    if not account.paid or not 0 < total < approval.total:
        return
    on = local_day(at)
    found = accounts.change(scheme_of(case), on, approval, account, new_total=total)
    if not found.refund:
        return
    inputs = {
        "approval": stored.basis(approval),
        "account": stored.sums(account),
        "new_total": total,
        "declared": None,
    }
    case.worksheets = {**case.worksheets, "order": stored.kept(found.worksheet, on, "change", inputs)}
    post(case, found.postings, cause="order", on=on, by=by, at=at)
    owe(case, found, cause="order", by=by, at=at)


def set_budget(
    *, case: SubsidyCase, facts: BudgetFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Say how the subsidy got into the agency's budget (R-071): annual, supplementary, or by the execution rules."""
    case = held(case, expected_version)
    require(policies.can_record(by, case, at))
    if facts.state is BudgetState.OTHER_RULE:
        given("note", facts.note)
    if case.budget_state is BudgetState.NOT_BUDGETED:
        case.budget_state = BUDGET_LIFE.next(str(facts.state), case.budget_state)
    else:
        case.budget_state = facts.state
    case.budget_with_matching, case.budget_note = facts.with_matching, facts.note.strip()
    body = {"state": case.budget_state, "with_matching": facts.with_matching, "note": case.budget_note}
    tell("set_budget", case, by, at, body)


def record_progress(
    *, case: SubsidyCase, facts: ProgressFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Record the days from which deadlines are counted; a day that is left empty stays as it was."""
    case = held(case, expected_version)
    require(policies.can_record(by, case, at))
    changed = {}
    for name in ProgressFacts.__dataclass_fields__:
        day = getattr(facts, name)
        if day is not None and day != getattr(case, name):
            not_ahead(name, day, at)
            setattr(case, name, day)
            changed[name] = day
    if changed:
        tell("record_progress", case, by, at, changed)


# --- claims ---


def missing_papers(case: SubsidyCase, kind: ClaimKind, present: Sequence[str]) -> list[str]:
    """Codes of the papers that this claim still lacks (R-067, R-069, R-070)."""
    found = rules.missing_papers(scheme_of(case), str(kind), present)
    return [entry.code for entry in found]


def hand_in_claim(
    *,
    case: SubsidyCase,
    facts: ClaimFacts,
    letter: LetterFacts,
    papers: Sequence[PaperFacts],
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Claim:
    """Hand in the next claim with its papers; one after its deadline is flagged, not refused (R-084)."""
    case = held(case, expected_version)
    require(policies.can_claim(by, case, at))
    kind = policies.next_claim(case)
    if kind is None or facts.kind is not kind:
        raise Invalid({"kind": deny(policies.OTHER_KIND)})
    _check_claim(case, kind, facts.cost, [paper.kind for paper in papers])
    due = dues.claim_due(case, kind)
    claim = Claim(
        kind=kind,
        cost=facts.cost,
        claimed_on=local_day(at),
        late=due is not None and local_day(at) > due,
        papers=[],
    )
    claim.touch(by=by.name, at=at)
    case.claims.append(claim)
    write(case, LetterKind.CLAIM, letter, by, at)
    claim.papers.extend(keep(case, papers, by, at, claim_id=claim.id))
    tell("claim", case, by, at, {"kind": kind, "cost": claim.cost, "late": claim.late})
    moved(case, "claim", at)
    return claim


def _check_claim(case: SubsidyCase, kind: ClaimKind, cost: int, present: Sequence[str]) -> None:
    problems: dict[str, Denied] = {}
    total = approval_of(case).total
    if cost < 0 or cost > total:
        problems["cost"] = deny(COST_ABOVE, total=f"NT${total:,}")
    missing = rules.missing_papers(scheme_of(case), str(kind), present)
    if missing:
        problems["papers"] = deny(PAPERS_MISSING, papers=Titles(missing))
    if problems:
        raise Invalid(problems)


def mend_claim(
    *,
    case: SubsidyCase,
    cost: int,
    letter: LetterFacts,
    papers: Sequence[PaperFacts],
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Hand a returned claim in again; its earlier papers stay with it."""
    case = held(case, expected_version)
    require(policies.can_mend_claim(by, case, at))
    claim = _open(case)
    present = [paper.kind for paper in claim.papers] + [paper.kind for paper in papers]
    _check_claim(case, claim.kind, cost, present)
    claim.cost, claim.state = cost, CLAIM_LIFE.next("hand_in", claim.state)
    claim.touch(by=by.name, at=at)
    write(case, LetterKind.CLAIM, letter, by, at)
    claim.papers.extend(keep(case, papers, by, at, claim_id=claim.id))
    tell("mend_claim", case, by, at, {"kind": claim.kind, "cost": cost})
    moved(case, "claim", at)


def _open(case: SubsidyCase) -> Claim:
    claim = policies.open_claim(case)
    if claim is None:
        raise Invalid({"kind": deny(policies.OTHER_KIND)})
    return claim


def return_claim(
    *, case: SubsidyCase, letter: LetterFacts, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Send a claim back with what is wrong."""
    case = held(case, expected_version)
    require(policies.can_return_claim(by, case, at))
    claim = _open(case)
    claim.note = given("body", letter.body)
    claim.state = CLAIM_LIFE.next("return", claim.state)
    claim.touch(by=by.name, at=at)
    write(case, LetterKind.CLAIM_RETURN, letter, by, at)
    tell("return_claim", case, by, at, {"kind": claim.kind, "note": claim.note})


def preview_claim(case: SubsidyCase, claim: Claim, at: datetime) -> accounts.Outcome:
    """What the claim would pay by the account as it stands."""
    return accounts.claim(
        scheme_of(case),
        local_day(at),
        approval_of(case),
        account_of(case),
        kind=claim.kind,
        cost=claim.cost,
    )


def check_claim(*, case: SubsidyCase, by: Actor, at: datetime, expected_version: int | None = None) -> None:
    """Pass the claim: what it pays is fixed, with its worksheet (C4)."""
    case = held(case, expected_version)
    require(policies.can_check_claim(by, case, at))
    claim = _open(case)
    found = preview_claim(case, claim, at)
    inputs = {
        "approval": stored.basis(approval_of(case)),
        "account": stored.sums(account_of(case)),
        "kind": str(claim.kind),
        "cost": claim.cost,
    }
    claim.worksheet = stored.kept(found.worksheet, local_day(at), "claim", inputs)
    claim.payable = found.amount
    claim.state = CLAIM_LIFE.next("check", claim.state)
    claim.touch(by=by.name, at=at)
    tell("check_claim", case, by, at, {"kind": claim.kind, "payable": claim.payable})


def pay_claim(
    *,
    case: SubsidyCase,
    payment: PaymentFacts,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Record the payment of a claim that passed, and write the payment notice; the last claim settles the case."""
    case = held(case, expected_version)
    require(policies.can_pay(by, case, at))
    claim = _open(case)
    if not payment.reference.strip():
        raise Invalid({"reference": deny(REFERENCE_NEEDED)})
    not_ahead("on", payment.on, at)
    if payment.on < claim.claimed_on:
        raise Invalid({"on": deny(PAID_BEFORE, day=claim.claimed_on)})
    found = preview_claim(case, claim, at)
    if found.amount != claim.payable:
        # Between check and payment nothing may change the account; the policies see to it.
        raise AssertionError("the account changed after the check")
    claim.state = CLAIM_LIFE.next("pay", claim.state)
    claim.touch(by=by.name, at=at)
    cause = f"claim:{claim.ref}"
    post(case, found.postings, cause=cause, on=payment.on, by=by, at=at, reference=payment.reference.strip())
    owe(case, found, cause=cause, by=by, at=at)
    write(case, LetterKind.PAYMENT, letter, by, at)
    if claim.kind is not ClaimKind.FIRST:
        case.state = CASE_LIFE.next("settle", case.state)
    tell("pay_claim", case, by, at, {"kind": claim.kind, "amount": claim.payable, "refund": found.refund})


# --- reservation and cut ---


def reserve(
    *,
    case: SubsidyCase,
    facts: ReservationFacts,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """The agency reserves what it cannot claim in the year, and says why (R-072)."""
    case = held(case, expected_version)
    require(policies.can_reserve(by, case, at))
    payable = account_of(case).payable
    problems: dict[str, Denied] = {}
    if not 0 < facts.amount <= payable:
        problems["amount"] = deny(AMOUNT_RANGE, most=f"NT${payable:,}")
    if not facts.reason.strip():
        problems["reason"] = deny(REASON_NEEDED)
    if problems:
        raise Invalid(problems)
    row = Reservation(year=local_day(at).year, amount=facts.amount, reason=facts.reason.strip())
    row.touch(by=by.name, at=at)
    case.reservations.append(row)
    write(case, LetterKind.REQUEST, letter, by, at)
    tell("reserve", case, by, at, {"year": row.year, "amount": row.amount, "reason": row.reason})
    moved(case, "reservation", at)


def decide_reservation(
    *,
    case: SubsidyCase,
    facts: YuanFacts,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Record the Executive Yuan's word on the programme's own carry-over: only what it approved is paid (C9)."""
    case = held(case, expected_version)
    require(policies.can_decide_reservation(by, case, at))
    row = policies.open_reservation(case)
    if facts.state is YuanState.PENDING or row is None:
        raise Invalid({"state": deny(PENDING)})
    not_ahead("decided_on", facts.decided_on, at)
    inputs = {
        "approved": row.amount,
        "claimed": 0,
        "executive_yuan": str(facts.state),
        "amount": facts.amount if facts.state is YuanState.APPROVED else None,
    }
    on = facts.decided_on
    try:
        found = rules.reservation(scheme_of(case), on, **inputs)  # type: ignore[arg-type]
    except BadFact as fact:
        raise bad_fact(fact, {}) from None
    row.state = RESERVATION_LIFE.next("approve" if facts.state is YuanState.APPROVED else "refuse", row.state)
    row.carried = found.payable if row.state is YuanState.APPROVED else None
    row.decided_on = on
    row.worksheet = stored.kept(found.worksheet, on, "reservation", inputs)
    row.touch(by=by.name, at=at)
    write(case, LetterKind.RESERVATION, letter, by, at)
    tell("decide_reservation", case, by, at, {"state": row.state, "carried": row.carried})


def hand_on_cut(
    *,
    case: SubsidyCase,
    facts: CutFacts,
    letter: LetterFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Hand on a legislative cut, in proportion or as negotiated (C10, R-073); what was paid stays."""
    case = held(case, expected_version)
    require(policies.can_cut(by, case, at))
    account, on = account_of(case), letter.dated_on
    inputs = {
        "method": str(facts.method),
        "share": facts.share,
        "amount": facts.amount,
        "reason": facts.reason.strip() or None,
    }
    if not 2018 <= facts.year <= 2199:
        raise Invalid({"year": deny(YEAR_RANGE)})
    try:
        found = accounts.cut(scheme_of(case), on, account, **inputs)  # type: ignore[arg-type]
    except BadFact as fact:
        raise bad_fact(fact, {"cut": "share"}) from None
    case.cuts.append(
        LegislativeCut(
            year=facts.year,
            method=facts.method,
            share=facts.share or "",
            reason=facts.reason.strip(),
            before=account.limit,
            after=found.amount,
            worksheet=stored.kept(found.worksheet, on, "cut", inputs | {"account": stored.sums(account)}),
        )
    )
    post(case, found.postings, cause="cut", on=on, by=by, at=at)
    write(case, LetterKind.CUT, letter, by, at)
    tell("cut", case, by, at, {"before": account.limit, "after": found.amount, "method": facts.method})
