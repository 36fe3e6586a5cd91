"""Who may do what to an order: the supplier delivers, the agency inspects, certifies and pays."""

from __future__ import annotations

from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny, first_denial
from matchmaker.kernel.words import N_
from matchmaker.orders.models import CallOffOrder, Certificate, Delivery
from matchmaker.orders.progress import is_accepted_once, to_certify, units
from matchmaker.orders.seats import Seats
from matchmaker.orders.states import ORDER_LIFE, DeliveryState, OrderState, Party
from matchmaker.people.actor import Actor
from matchmaker.people.policies import NOT_CONFIRMED, NOT_WRITER
from matchmaker.people.states import WRITERS, SignOffRole

NOT_PARTY = Reason("orders.not_party", N_("Only the agency and the supplier of this order can do this."))
NOT_BUYER = Reason("orders.not_buyer", N_("Only the agency that ordered can do this."))
NOT_SUPPLIER = Reason("orders.not_supplier", N_("Only the supplier of this order can do this."))
NOT_BUYER_OR_STAFF = Reason(
    "orders.not_buyer_or_staff", N_("Only the agency that ordered or the programme office can do this.")
)
WRONG_STATE = Reason("orders.wrong_state", N_("This is not possible while the order is “%(state)s”."))
DELIVERED_ALREADY = Reason(
    "orders.delivered_already",
    N_("Something was delivered already. Open a dispute: it can end the order and keep what was accepted."),
)
NOTHING_TO_DELIVER = Reason("orders.nothing_to_deliver", N_("Everything ordered was delivered."))
INSPECTED_ALREADY = Reason("orders.inspected_already", N_("This delivery was inspected."))
BUYER_INSPECTS = Reason(
    "orders.buyer_inspects",
    N_("Who bought is not the chief inspector. Another person of your agency inspects."),
)
NOTHING_TO_CERTIFY = Reason(
    "orders.nothing_to_certify", N_("Nothing that passed inspection waits for a certificate.")
)
NOT_CHIEF = Reason(
    "orders.not_chief", N_("The chief inspector makes the certificate over what they inspected: %(name)s.")
)
NOT_SUPERVISOR = Reason(
    "orders.not_supervisor",
    N_("The business supervisor of the agency, or the deputy, signs the certificate."),
)
CHIEF_SIGNS = Reason(
    "orders.chief_signs",
    N_("You made this certificate as chief inspector. Somebody else at the supervisor's desk signs it."),
)
SIGNED_ALREADY = Reason("orders.signed_already", N_("The supervisor has signed this certificate."))
NOT_SIGNED = Reason("orders.not_signed", N_("The supervisor has not signed this certificate yet."))
NOT_ACCOUNTANT = Reason(
    "orders.not_accountant", N_("The chief accountant of the agency, or the deputy, records payments.")
)
PAID_ALREADY = Reason("orders.paid_already", N_("The payment is recorded. It is never changed."))
NOT_ACCEPTED_YET = Reason(
    "orders.not_accepted_yet",
    N_("Experiences are written once something of the order has passed inspection."),
)


def side_of(actor: Actor, order: CallOffOrder) -> Party | None:
    """For whom this person acts on the order."""
    if actor.is_of(order.agency_id):
        return Party.AGENCY
    if actor.is_of(order.supplier_id):
        return Party.SUPPLIER
    return Party.STAFF if actor.is_staff else None


def can_see(actor: Actor, order: CallOffOrder) -> bool:
    """Its two sides see an order, and the programme office, which keeps the statistics (B-5)."""
    return side_of(actor, order) is not None


def _state(order: CallOffOrder, *allowed: OrderState) -> Decision:
    return ALLOWED if order.state in allowed else deny(WRONG_STATE, state=ORDER_LIFE.info(order.state))


def _moves(order: CallOffOrder, move: str) -> Decision:
    return _state(order, *ORDER_LIFE.moves[move].sources)


def _supplier(actor: Actor, order: CallOffOrder) -> Decision:
    if not actor.is_of(order.supplier_id):
        return deny(NOT_SUPPLIER)
    if actor.role not in WRITERS:
        return deny(NOT_WRITER)
    return ALLOWED if actor.confirmed else deny(NOT_CONFIRMED)


def _agency(actor: Actor, order: CallOffOrder, seats: Seats, otherwise: Reason = NOT_BUYER) -> Decision:
    """Whoever writes for the agency or sits at one of its desks."""
    if not actor.is_of(order.agency_id):
        return deny(otherwise)
    if not actor.confirmed:
        return deny(NOT_CONFIRMED)
    return ALLOWED if actor.role in WRITERS or seats.sits_anywhere(actor) else deny(NOT_WRITER)


def _agency_or_staff(actor: Actor, order: CallOffOrder, seats: Seats) -> Decision:
    return ALLOWED if actor.is_staff else _agency(actor, order, seats, NOT_BUYER_OR_STAFF)


def can_confirm(actor: Actor, order: CallOffOrder) -> Decision:
    """May this person accept the order for the supplier?"""
    return first_denial(_supplier(actor, order), _moves(order, "confirm"))


def can_decline(actor: Actor, order: CallOffOrder) -> Decision:
    """May this person decline it, with a reason?"""
    return first_denial(_supplier(actor, order), _moves(order, "decline"))


def can_cancel(actor: Actor, order: CallOffOrder, seats: Seats) -> Decision:
    """May this person cancel the order? The agency or staff, until something is delivered."""
    who = _agency_or_staff(actor, order, seats)
    if who and order.deliveries:
        return deny(DELIVERED_ALREADY)
    return first_denial(who, _moves(order, "cancel"))


def can_deliver(actor: Actor, order: CallOffOrder) -> Decision:
    """May this person record a delivery? The supplier, while something is left to deliver."""
    left = any(row.left for row in units(order))
    return first_denial(
        _supplier(actor, order),
        ALLOWED if order.state is OrderState.DELIVERED else _moves(order, "deliver_part"),
        ALLOWED if left else deny(NOTHING_TO_DELIVER),
    )


def buyers(order: CallOffOrder) -> set[int]:
    """Who bought: prepared the requisition, signed it as case officer, or placed the order."""
    wanted = order.requisition
    signed = {each.user_id for each in wanted.signatures if each.desk is SignOffRole.CASE_OFFICER}
    return {wanted.prepared_by_id, order.placed_by_id} | signed


def can_inspect(actor: Actor, order: CallOffOrder, delivery: Delivery, seats: Seats) -> Decision:
    """May this person inspect the delivery as chief inspector? The agency's people, but for who bought (B-5)."""
    who = _agency(actor, order, seats)
    if not who:
        return who
    if delivery.state is not DeliveryState.NOTIFIED:
        return deny(INSPECTED_ALREADY)
    if actor.user_id in buyers(order):
        return deny(BUYER_INSPECTS)
    return _state(order, OrderState.DELIVERING, OrderState.DELIVERED)


def can_certify(actor: Actor, order: CallOffOrder, seats: Seats) -> Decision:
    """May this person make a certificate? The chief inspector, over what they inspected."""
    waiting = to_certify(order)
    who = first_denial(_agency(actor, order, seats), _certifiable(order))
    if not who:
        return who
    if not waiting:
        return deny(NOTHING_TO_CERTIFY)
    if all(each.chief_id != actor.user_id for each in waiting):
        return deny(NOT_CHIEF, name=waiting[0].chief_name)
    return ALLOWED


def _certifiable(order: CallOffOrder) -> Decision:
    return _state(order, OrderState.DELIVERING, OrderState.DELIVERED, OrderState.INSPECTED)


def can_countersign(actor: Actor, order: CallOffOrder, certificate: Certificate, seats: Seats) -> Decision:
    """May this person sign the certificate as the agency's supervisor? Not who made it."""
    if not actor.is_of(order.agency_id):
        return deny(NOT_BUYER)
    if certificate.signed_at is not None:
        return deny(SIGNED_ALREADY)
    if not actor.confirmed:
        return deny(NOT_CONFIRMED)
    if not seats.sits(actor, SignOffRole.SUPERVISOR):
        return deny(NOT_SUPERVISOR)
    if certificate.chief_id == actor.user_id:
        return deny(CHIEF_SIGNS)
    return _certifiable(order)


def can_pay(actor: Actor, order: CallOffOrder, certificate: Certificate, seats: Seats) -> Decision:
    """May this person record the payment? The accountant, once, on a signed certificate."""
    if not actor.is_of(order.agency_id):
        return deny(NOT_BUYER)
    if certificate.payment is not None:
        return deny(PAID_ALREADY)
    if certificate.signed_at is None:
        return deny(NOT_SIGNED)
    if not actor.confirmed:
        return deny(NOT_CONFIRMED)
    if not seats.sits(actor, SignOffRole.ACCOUNTANT):
        return deny(NOT_ACCOUNTANT)
    return _state(
        order, OrderState.DELIVERING, OrderState.DELIVERED, OrderState.INSPECTED, OrderState.CERTIFIED
    )


def can_close(actor: Actor, order: CallOffOrder, seats: Seats) -> Decision:
    """May this person close the order? The agency, when all is paid."""
    return first_denial(_agency(actor, order, seats), _moves(order, "close"))


def can_dispute(actor: Actor, order: CallOffOrder, seats: Seats) -> Decision:
    """May this person open a dispute? Either side, from the supplier's acceptance until all is paid."""
    if actor.is_of(order.supplier_id):
        return first_denial(_supplier(actor, order), _moves(order, "dispute"))
    return first_denial(_agency(actor, order, seats, NOT_PARTY), _moves(order, "dispute"))


def can_settle(actor: Actor, order: CallOffOrder, seats: Seats) -> Decision:
    """May this person record how the dispute was settled? The agency concerned, or staff (B-5)."""
    return first_denial(_agency_or_staff(actor, order, seats), _state(order, OrderState.DISPUTED))


def can_write_experience(actor: Actor, order: CallOffOrder, seats: Seats) -> Decision:
    """May this person say how the order went? The agency, once something was accepted."""
    accepted = ALLOWED if is_accepted_once(order) else deny(NOT_ACCEPTED_YET)
    return first_denial(_agency(actor, order, seats), accepted)


def can_attach(actor: Actor, order: CallOffOrder, seats: Seats) -> Decision:
    """May this person attach a scanned paper? Whoever works on the order for the agency."""
    return _agency(actor, order, seats)
