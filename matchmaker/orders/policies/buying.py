"""Who may do what to a requisition, and what still stands in the way of ordering."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from matchmaker.catalog.models import CatalogItem
from matchmaker.catalog.policies import can_be_bought
from matchmaker.catalog.states import ITEM_LIFE, ItemState
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import ALLOWED, Decision, Denied, Reason, deny, first_denial
from matchmaker.kernel.words import N_
from matchmaker.orders.limits import Broken, Draft, broken
from matchmaker.orders.models import CallOffOrder, Requisition
from matchmaker.orders.offers import differences
from matchmaker.orders.seats import Seats
from matchmaker.orders.states import REQUISITION_LIFE, RequisitionState
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.people.policies import NOT_CONFIRMED
from matchmaker.people.states import (
    SIGN_OFF_LABELS,
    WRITERS,
    OrganizationKind,
    OrganizationState,
    SignOffRole,
)
from matchmaker.rulebook import orders as rules

NOT_AGENCY = Reason("orders.not_agency", N_("Only a government body can order. Switch to your agency."))
NOT_CASE_OFFICER = Reason(
    "orders.not_case_officer",
    N_("The case officer of your agency prepares requisitions. An owner says who sits at this desk."),
)
NOT_AT_DESK = Reason("orders.not_at_desk", N_("This requisition waits at the desk “%(desk)s”, not at yours."))
TWO_DESKS = Reason(
    "orders.two_desks",
    N_("You have signed this requisition at another desk. Nobody signs at two desks: the deputy can sign."),
)
DESKS_EMPTY = Reason(
    "orders.desks_empty",
    N_("Nobody sits at the desk “%(desk)s”. An owner of your agency fills the sign-off desks first."),
)
WRONG_STATE = Reason(
    "orders.requisition_state", N_("This is not possible while the requisition is “%(state)s”.")
)
CHANGED = Reason(
    "orders.changed",
    N_(
        "“%(item)s” has another version or price since it was read. The case officer takes it over, "
        "then the sign-off begins anew."
    ),
)
UNCHANGED = Reason("orders.unchanged", N_("Versions and prices are those of today."))
GONE = Reason(
    "orders.gone", N_("“%(item)s” cannot be ordered: it is “%(state)s”. Take it off the requisition.")
)
ELSEWHERE = Reason(
    "orders.elsewhere",
    N_("“%(item)s” belongs to another supplier or agreement. Make a requisition of its own."),
)
AGREEMENT_OVER = Reason(
    "orders.agreement_over",
    N_("The agreement %(code)s holds from %(start)s to %(end)s. Orders are placed within it."),
)
SUPPLIER_GONE = Reason(
    "orders.supplier_gone",
    N_("The supplier's registration is suspended. Nothing can be ordered from it now."),
)
REGION = Reason(
    "orders.region",
    N_("Lot %(lot)s does not reach your county or city. Choose an item that is supplied there."),
)
NOTHING_LEFT = Reason("orders.nothing_left", N_("None of these items can be ordered any more."))
NOT_SETTLED = Reason(
    "orders.not_settled", N_("An order that was declined or cancelled is not ordered again.")
)

LIMITS = {
    rules.UNDER_PER_ORDER: Reason(
        "orders.limit_min",
        N_("An order from lot %(lot)s is worth %(limit)s at least. Order more at once. The rule: %(rule)s"),
    ),
    rules.OVER_PER_ORDER: Reason(
        "orders.limit_max",
        N_("An order from lot %(lot)s is worth %(limit)s at most. Order less. The rule: %(rule)s"),
    ),
    rules.OVER_BUDGET: Reason(
        "orders.limit_budget",
        N_("With this order, all orders together pass the published budget of %(limit)s. The rule: %(rule)s"),
    ),
    rules.OVER_ADD_ONS: Reason(
        "orders.limit_add_ons",
        N_(
            "The add-on items cost more than the %(limit)s allowed. Buy some of them otherwise. The rule: %(rule)s"
        ),
    ),
    rules.NEEDS_SUPERIOR: Reason(
        "orders.limit_superior",
        N_(
            "From %(limit)s on, the superior agency approves the order. Enter the number of its letter. "
            "The rule: %(rule)s"
        ),
    ),
}
LOT_BUDGET = Reason(
    "orders.limit_lot_budget",
    N_(
        "With this order, all orders together pass the published budget of lot %(lot)s, %(limit)s. "
        "The rule: %(rule)s"
    ),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a requisition needs before it is signed; ``field`` is where it is entered."""

    field: str
    reason: Reason
    given: Callable[[Requisition], object]


GAPS = (
    Gap("title", Reason("orders.needs_title", N_("Say in a few words what is bought.")), lambda r: r.title),
    Gap(
        "quantities",
        Reason("orders.needs_item", N_("Enter the quantity of at least one item.")),
        lambda r: any(line.item_id is not None for line in r.lines),
    ),
    Gap(
        "wanted_on",
        Reason("orders.needs_day", N_("Enter the day by which it should be delivered.")),
        lambda r: r.wanted_on,
    ),
    Gap("place", Reason("orders.needs_place", N_("Say where it is delivered.")), lambda r: r.place),
    Gap(
        "budget_line",
        Reason("orders.needs_budget", N_("Name the budget line that pays for it.")),
        lambda r: r.budget_line,
    ),
    Gap(
        "why",
        Reason("orders.needs_why", N_("Say why this supplier fits your need best.")),
        lambda r: r.why,
    ),
)


def gaps(requisition: Requisition) -> list[Gap]:
    """What the requisition still lacks before it can be signed (needs lines loaded)."""
    return [gap for gap in GAPS if not gap.given(requisition)]


# --- who ---


def can_see(actor: Actor, requisition: Requisition) -> bool:
    """Requisitions are the agency's own affair: only its people see them."""
    return actor.is_of(requisition.agency_id)


def _case_officer(actor: Actor, agency_id: int, seats: Seats) -> Decision:
    """Who sits at the case officer's desk; while it is empty, whoever writes for the agency."""
    if not actor.is_of(agency_id) or actor.kind is not OrganizationKind.AGENCY:
        return deny(NOT_AGENCY)
    if not actor.confirmed:
        return deny(NOT_CONFIRMED)
    empty = seats.at(SignOffRole.CASE_OFFICER) is None
    if seats.sits(actor, SignOffRole.CASE_OFFICER) or (empty and actor.role in WRITERS):
        return ALLOWED
    return deny(NOT_CASE_OFFICER)


def _state(requisition: Requisition, *allowed: RequisitionState) -> Decision:
    if requisition.state in allowed:
        return ALLOWED
    return deny(WRONG_STATE, state=REQUISITION_LIFE.info(requisition.state))


def _moves(requisition: Requisition, move: str) -> Decision:
    return _state(requisition, *REQUISITION_LIFE.moves[move].sources)


# --- what can be ordered ---


def can_be_ordered(item: CatalogItem, agency: Organization, now: datetime) -> Decision:
    """May this agency order this item today (needs supplier, framework, lot; the agency's county loaded)?

    The item is listed, its agreement holds, its supplier is confirmed, and its lot reaches the agency's county.
    Every kind of agency may order (R-007).
    """
    today = local_day(now)
    state = item.state_on(today)
    if state is not ItemState.LISTED:
        return deny(GONE, item=item.title, state=ITEM_LIFE.info(state))
    bought = can_be_bought(item)
    if not bought:
        return bought
    if item.supplier.state is not OrganizationState.CONFIRMED:
        return deny(SUPPLIER_GONE)
    framework = item.framework
    if framework is None or not framework.is_running(today):
        return _over(item, today)
    county = agency.county
    if (
        item.lot is not None
        and item.lot.regions
        and county is not None
        and county.code not in item.lot.regions
    ):
        return deny(REGION, lot=item.lot.code)
    return ALLOWED


def _over(item: CatalogItem, today: date) -> Decision:
    framework = item.framework
    if framework is None:
        return deny(GONE, item=item.title, state=ITEM_LIFE.info(item.state_on(today)))
    return deny(AGREEMENT_OVER, code=framework.code, start=framework.starts_on, end=framework.ends_on)


def _all_can_be_ordered(requisition: Requisition, now: datetime) -> Decision:
    decisions: list[Decision] = []
    for line in requisition.lines:
        if line.item is None:
            continue
        same = (
            line.item.supplier_id == requisition.supplier_id
            and line.item.framework_id == requisition.framework_id
        )
        decisions.append(ALLOWED if same else deny(ELSEWHERE, item=line.item.title))
        decisions.append(can_be_ordered(line.item, requisition.agency, now))
    return first_denial(*decisions)


def _as_read(requisition: Requisition) -> Decision:
    """Are versions and prices those that were read?"""
    changed = differences(requisition)
    return deny(CHANGED, item=changed[0].line.name) if changed else ALLOWED


# --- the steps of a requisition ---


def can_prepare(actor: Actor, agency: Organization, seats: Seats) -> Decision:
    """May this person prepare a requisition for the agency?"""
    if agency.kind is not OrganizationKind.AGENCY:
        return deny(NOT_AGENCY)
    return _case_officer(actor, agency.id, seats)


def can_prepare_for(
    actor: Actor, agency: Organization, seats: Seats, item: CatalogItem, now: datetime
) -> Decision:
    """The same for one item: is it to be had today?"""
    return first_denial(can_prepare(actor, agency, seats), can_be_ordered(item, agency, now))


def can_edit(actor: Actor, requisition: Requisition, seats: Seats) -> Decision:
    """May this person change what is asked for? The case officer, while it is a draft or was returned."""
    return first_denial(
        _case_officer(actor, requisition.agency_id, seats),
        _state(requisition, RequisitionState.DRAFT, RequisitionState.RETURNED),
    )


def can_hand_in(actor: Actor, requisition: Requisition, seats: Seats, now: datetime) -> Decision:
    """May this person sign first and hand it in? Whole, at prices of today, with somebody at every desk."""
    return first_denial(
        _case_officer(actor, requisition.agency_id, seats),
        _moves(requisition, "hand_in"),
        *(deny(DESKS_EMPTY, desk=_desk(role)) for role in seats.empty()),
        *(deny(gap.reason) for gap in gaps(requisition)),
        _one_desk(actor, requisition, SignOffRole.CASE_OFFICER),
        _as_read(requisition),
        _all_can_be_ordered(requisition, now),
    )


def _desk(role: SignOffRole) -> Denied:
    """A desk's name as it stands in a sentence, in the reader's language."""
    return deny(Reason(f"orders.desk.{role}", SIGN_OFF_LABELS[role]))


def _at_desk(actor: Actor, requisition: Requisition, seats: Seats) -> Decision:
    if not actor.is_of(requisition.agency_id):
        return deny(NOT_AGENCY)
    if not actor.confirmed:
        return deny(NOT_CONFIRMED)
    moves = _moves(requisition, "sign")
    if not moves:
        return moves
    assert requisition.desk is not None
    if not seats.sits(actor, requisition.desk):
        return deny(NOT_AT_DESK, desk=_desk(requisition.desk))
    return _one_desk(actor, requisition, requisition.desk)


def _one_desk(actor: Actor, requisition: Requisition, desk: SignOffRole) -> Decision:
    """Nobody acts at two desks of one requisition, in whichever round."""
    others = (each for each in requisition.signatures if each.desk is not desk)
    return deny(TWO_DESKS) if any(each.user_id == actor.user_id for each in others) else ALLOWED


def can_sign(actor: Actor, requisition: Requisition, seats: Seats, now: datetime) -> Decision:
    """May this person sign at the desk whose turn it is? At prices of today only."""
    return first_denial(
        _at_desk(actor, requisition, seats), _as_read(requisition), _all_can_be_ordered(requisition, now)
    )


def can_return(actor: Actor, requisition: Requisition, seats: Seats) -> Decision:
    """May this person send it back to the case officer?"""
    return _at_desk(actor, requisition, seats)


def can_take_over(actor: Actor, requisition: Requisition, seats: Seats) -> Decision:
    """May this person take over new versions and prices? The case officer, until the order is placed."""
    living = _moves(requisition, "drop")
    changed = ALLOWED if differences(requisition) else deny(UNCHANGED)
    return first_denial(_case_officer(actor, requisition.agency_id, seats), living, changed)


def can_drop(actor: Actor, requisition: Requisition, seats: Seats) -> Decision:
    """May this person give the purchase up? The case officer, until the order is placed."""
    return first_denial(_case_officer(actor, requisition.agency_id, seats), _moves(requisition, "drop"))


def can_prepare_placing(actor: Actor, requisition: Requisition, seats: Seats, now: datetime) -> Decision:
    """May the form that places the order be sent? Approved, at prices of today, with everything to be had."""
    return first_denial(
        _case_officer(actor, requisition.agency_id, seats),
        _moves(requisition, "place"),
        _as_read(requisition),
        _all_can_be_ordered(requisition, now),
    )


def can_place(actor: Actor, requisition: Requisition, seats: Seats, draft: Draft, now: datetime) -> Decision:
    """May this person place the order? Within every limit of C11 on the day."""
    standing = can_prepare_placing(actor, requisition, seats, now)
    return first_denial(standing, *limit_denials(draft, local_day(now)))


def limit_denials(draft: Draft, today: date) -> Sequence[Denied]:
    """A refusal for every limit that the order breaks, with the rule in words."""
    return [_broken(each) for each in broken(draft, today)]


def _broken(each: Broken) -> Denied:
    reason = LIMITS[each.code]
    if each.code == rules.OVER_BUDGET and each.lot is not None:
        reason = LOT_BUDGET
    return deny(reason, lot=each.place, limit=each.amount, rule=each.words)


def can_reorder(
    actor: Actor,
    order: CallOffOrder,
    seats: Seats,
    items: Sequence[CatalogItem],
    agency: Organization,
    now: datetime,
) -> Decision:
    """May this person order the same again? The case officer, if one of the items is still to be had."""
    if order.ended_at is not None:
        return deny(NOT_SETTLED)
    standing = _case_officer(actor, order.agency_id, seats)
    if not standing:
        return standing
    there = [item for item in items if can_be_ordered(item, agency, now)]
    return ALLOWED if there else deny(NOTHING_LEFT)
