"""What an agency does with an approved subsidy until it claims: its orders, its budget, the days that count."""

from __future__ import annotations

from datetime import datetime

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.orders.events import CertificateSigned, DisputeSettled, OrderEnded
from matchmaker.orders.models import CallOffOrder
from matchmaker.people.actor import SYSTEM, Actor
from matchmaker.subsidies import accounts, dues, policies, queries, stored
from matchmaker.subsidies.facts import (
    BudgetFacts,
    OrderFacts,
    ProgressFacts,
)
from matchmaker.subsidies.ledger import account_of, approval_of
from matchmaker.subsidies.models import CaseOrder, SubsidyCase
from matchmaker.subsidies.operations.common import (
    given,
    held,
    moved,
    not_ahead,
    owe,
    post,
    scheme_of,
    tell,
)
from matchmaker.subsidies.states import (
    BUDGET_LIFE,
    BudgetState,
    CaseState,
    RequestState,
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
NUMBER_NEEDED = Reason(
    "subsidies.order_number_needed",
    N_("Enter the number that the government e-procurement system gave the order. The order is made there."),
)
ORDER_TWICE = Reason("subsidies.order_twice", N_("An order with this number is recorded already."))
VALUE_NEEDED = Reason("subsidies.value_needed", N_("The eligible value is more than nothing."))
BEFORE_APPROVAL = Reason(
    "subsidies.before_approval", N_("The order cannot lie before the approval of %(day)s.")
)
ORDER_UNKNOWN = Reason("subsidies.order_unknown", N_("This order is not part of the case."))
SAME_VALUE = Reason("subsidies.same_value", N_("This is the value that is recorded already."))


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
        problems["pcc_number"] = deny(NUMBER_NEEDED)
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
