"""The life of an accepted order: deliveries, inspections, certificates, payments, the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from matchmaker.catalog import operations as catalog
from matchmaker.foundation import bus
from matchmaker.foundation.db import check_version, db
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.orders import queries
from matchmaker.orders.events import (
    CertificateMade,
    CertificateSigned,
    Delivered,
    Inspected,
    OrderClosed,
    OrderPaid,
)
from matchmaker.orders.facts import DeliveryFacts, InspectionFacts, PaymentFacts
from matchmaker.orders.models import (
    CallOffOrder,
    Certificate,
    Delivery,
    DeliveryLine,
    Inspection,
    Payment,
)
from matchmaker.orders.operations.placing import advance, tell, touch
from matchmaker.orders.policies import ordering
from matchmaker.orders.progress import payable_of, to_certify, units
from matchmaker.orders.states import DELIVERY_LIFE, ORDER_LIFE, RESULT_MOVES, Result
from matchmaker.people.actor import SYSTEM, Actor

NOTHING_DELIVERED = Reason(
    "orders.nothing_delivered", N_("Enter how many of at least one line were delivered.")
)
TOO_MANY = Reason("orders.too_many", N_("At most %(left)s of these are still to be delivered."))
NEGATIVE = Reason("orders.negative", N_("Enter a whole number, 0 where there is none."))
AHEAD = Reason("orders.ahead", N_("This day lies in the future."))
BEFORE_ORDER = Reason("orders.before_order", N_("This day lies before the order of %(day)s."))
BEFORE_DELIVERY = Reason("orders.before_delivery", N_("This day lies before the delivery of %(day)s."))
REDUCTION_NEEDED = Reason(
    "orders.reduction_needed", N_("Enter what is taken off: more than nothing and less than NT$%(most)s.")
)
NO_REDUCTION = Reason(
    "orders.no_reduction", N_("An amount is taken off only with “Passed at a reduced price”.")
)
DISCREPANCIES_NEEDED = Reason(
    "orders.discrepancies_needed", N_("Describe what deviates from the order: it stands in the record.")
)
CURE_NEEDED = Reason(
    "orders.cure_needed", N_("Enter the last day to cure the defects, after the inspection.")
)
ALL_ACCEPTED = Reason(
    "orders.all_accepted",
    N_("Where defects were found, fewer were accepted than delivered. Correct the numbers."),
)
MORE_THAN_DELIVERED = Reason("orders.more_than_delivered", N_("At most %(most)s of these were delivered."))
OTHER_AMOUNT = Reason(
    "orders.other_amount", N_("The certificate is over NT$%(amount)s exactly; enter this amount.")
)
PAID_BEFORE = Reason("orders.paid_before", N_("This day lies before the certificate of %(day)s."))
VOUCHER_NEEDED = Reason("orders.voucher_needed", N_("Enter the number of the payment voucher."))


# --- delivery ---


def deliver(
    *,
    order: CallOffOrder,
    facts: DeliveryFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Delivery:
    """The supplier says what it delivered, in whole or in part; the agency's days to inspect begin."""
    order = queries.held_order(order)
    require(ordering.can_deliver(by, order))
    check_version(order, expected_version)
    _check_delivery(order, facts, at)
    lines = {line.ref: line for line in order.lines}
    delivery = Delivery(
        number=len(order.deliveries) + 1,
        delivered_on=facts.delivered_on,
        note=facts.note.strip(),
        notified_at=at,
        notified_by=by.name,
    )
    delivery.lines = [
        DeliveryLine(line_id=lines[ref].id, quantity=quantity)
        for ref, quantity in facts.quantities.items()
        if quantity
    ]
    delivery.inspection = None
    order.deliveries.append(delivery)
    db.session.flush()
    advance(order)
    touch(order, by, at)
    body = {
        "number": delivery.number,
        "on": delivery.delivered_on,
        "quantities": {lines[ref].name_zh: count for ref, count in facts.quantities.items() if count},
    }
    tell("deliver", order, by, at, body)
    bus.publish(Delivered(at=at, order=order, delivery=delivery))
    return delivery


def _check_delivery(order: CallOffOrder, facts: DeliveryFacts, at: datetime) -> None:
    problems: dict[str, Denied] = {}
    left = {row.line.ref: row.left for row in units(order)}
    for ref, quantity in facts.quantities.items():
        if quantity < 0:
            problems[f"quantity-{ref}"] = deny(NEGATIVE)
        elif quantity > left.get(ref, 0):
            problems[f"quantity-{ref}"] = deny(TOO_MANY, left=left.get(ref, 0))
    if not any(facts.quantities.values()):
        problems["quantities"] = deny(NOTHING_DELIVERED)
    if facts.delivered_on > local_day(at):
        problems["delivered_on"] = deny(AHEAD)
    elif facts.delivered_on < local_day(order.placed_at):
        problems["delivered_on"] = deny(BEFORE_ORDER, day=local_day(order.placed_at))
    if problems:
        raise Invalid(problems)


# --- inspection ---


def inspect(
    *,
    order: CallOffOrder,
    delivery: Delivery,
    facts: InspectionFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Inspection:
    """Record the acceptance inspection of a delivery; whoever records it is the chief inspector (B-5).

    With defects, what was not accepted is to be delivered again until the cure day. The first acceptance of an
    item counts as its adoption by the agency.
    """
    order = queries.held_order(order)
    delivery = queries.delivery_of(order, delivery.ref)
    require(ordering.can_inspect(by, order, delivery, queries.seats_of(order.agency_id)))
    check_version(order, expected_version)
    accepted = _accepted(order, delivery, facts)
    _check_inspection(order, delivery, facts, accepted, at)
    for part in delivery.lines:
        part.accepted = accepted[part.line_id]
    delivery.state = DELIVERY_LIFE.next(RESULT_MOVES[facts.result], delivery.state)
    inspection = Inspection(
        result=facts.result,
        inspected_on=facts.inspected_on,
        chief_id=by.user_id,
        chief_name=by.name,
        joint=facts.joint.strip(),
        assisting=facts.assisting.strip(),
        witness=facts.witness.strip(),
        by_documents=facts.by_documents,
        discrepancies=facts.discrepancies.strip(),
        reduction=facts.reduction,
        cure_on=facts.cure_on if facts.result is Result.FAILED else None,
        recorded_at=at,
    )
    delivery.inspection = inspection
    db.session.flush()
    advance(order)
    touch(order, by, at)
    names = {line.id: line.name_zh for line in order.lines}
    body = {
        "delivery": delivery.number,
        "result": inspection.result,
        "accepted": {names[key]: count for key, count in accepted.items()},
        "reduction": inspection.reduction,
        "cure_on": inspection.cure_on,
        "discrepancies": inspection.discrepancies,
    }
    tell("inspect", order, by, at, body)
    _record_adoptions(order, delivery, accepted, at)
    bus.publish(Inspected(at=at, order=order, delivery=delivery, inspection=inspection))
    return inspection


def _accepted(order: CallOffOrder, delivery: Delivery, facts: InspectionFacts) -> Mapping[int, int]:
    """How many of each line were accepted: all that was delivered, unless defects were found."""
    refs = {line.id: line.ref for line in order.lines}
    if facts.result is not Result.FAILED:
        return {part.line_id: part.quantity for part in delivery.lines}
    return {part.line_id: facts.accepted.get(refs[part.line_id], 0) for part in delivery.lines}


def _check_inspection(
    order: CallOffOrder,
    delivery: Delivery,
    facts: InspectionFacts,
    accepted: Mapping[int, int],
    at: datetime,
) -> None:
    problems: dict[str, Denied] = {}
    refs = {line.id: line.ref for line in order.lines}
    for part in delivery.lines:
        if not 0 <= accepted[part.line_id] <= part.quantity:
            problems[f"accepted-{refs[part.line_id]}"] = deny(MORE_THAN_DELIVERED, most=part.quantity)
    if facts.inspected_on > local_day(at):
        problems["inspected_on"] = deny(AHEAD)
    elif facts.inspected_on < delivery.delivered_on:
        problems["inspected_on"] = deny(BEFORE_DELIVERY, day=delivery.delivered_on)
    problems |= _check_result(order, delivery, facts, accepted)
    if problems:
        raise Invalid(problems)


def _check_result(
    order: CallOffOrder, delivery: Delivery, facts: InspectionFacts, accepted: Mapping[int, int]
) -> dict[str, Denied]:
    """What each result needs: a reduced price its amount, defects their cure day, both a description."""
    problems: dict[str, Denied] = {}
    prices = {line.id: line.unit_price for line in order.lines}
    value = sum(count * prices[key] for key, count in accepted.items())
    if facts.result is Result.REDUCED and not 0 < facts.reduction < value:
        problems["reduction"] = deny(REDUCTION_NEEDED, most=f"{value:,}")
    if facts.result is not Result.REDUCED and facts.reduction:
        problems["reduction"] = deny(NO_REDUCTION)
    if facts.result is not Result.PASSED and not facts.discrepancies.strip():
        problems["discrepancies"] = deny(DISCREPANCIES_NEEDED)
    if facts.result is Result.FAILED:
        if facts.cure_on is None or facts.cure_on <= facts.inspected_on:
            problems["cure_on"] = deny(CURE_NEEDED)
        if all(accepted[part.line_id] == part.quantity for part in delivery.lines):
            problems["accepted"] = deny(ALL_ACCEPTED)
    return problems


def _record_adoptions(
    order: CallOffOrder, delivery: Delivery, accepted: Mapping[int, int], at: datetime
) -> None:
    """The catalog learns of the first acceptance of each item in this order."""
    for line in order.lines:
        first = (
            line.item is not None
            and accepted.get(line.id, 0)
            and not _accepted_earlier(order, delivery, line.id)
        )
        if first and line.item is not None:
            catalog.record_adoption_from_order(
                item=line.item, agency=order.agency, order_ref=order.number, by=SYSTEM, at=at
            )


def _accepted_earlier(order: CallOffOrder, delivery: Delivery, line_id: int) -> bool:
    return any(
        part.accepted
        for other in order.deliveries
        if other is not delivery
        for part in other.lines
        if part.line_id == line_id
    )


# --- certificate and payment ---


def certify(
    *, order: CallOffOrder, by: Actor, at: datetime, expected_version: int | None = None
) -> Certificate:
    """The chief inspector makes and signs the certificate over what they inspected and is not certified yet."""
    order = queries.held_order(order)
    require(ordering.can_certify(by, order, queries.seats_of(order.agency_id)))
    check_version(order, expected_version)
    covered = [each for each in to_certify(order) if each.chief_id == by.user_id]
    certificate = Certificate(
        number=len(order.certificates) + 1,
        amount=sum(payable_of(order, each) for each in covered),
        chief_id=by.user_id,
        chief_name=by.name,
        made_at=at,
    )
    certificate.inspections = covered
    certificate.payment = None
    order.certificates.append(certificate)
    db.session.flush()
    touch(order, by, at)
    tell("certify", order, by, at, {"number": certificate.number, "amount": certificate.amount})
    bus.publish(CertificateMade(at=at, order=order, certificate=certificate))
    return certificate


def countersign(
    *,
    order: CallOffOrder,
    certificate: Certificate,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Certificate:
    """The supervisor signs the certificate; the days to pay begin."""
    order = queries.held_order(order)
    certificate = queries.certificate_of(order, certificate.ref)
    require(ordering.can_countersign(by, order, certificate, queries.seats_of(order.agency_id)))
    check_version(order, expected_version)
    certificate.supervisor_id, certificate.supervisor_name, certificate.signed_at = by.user_id, by.name, at
    db.session.flush()
    advance(order)
    touch(order, by, at)
    tell("countersign", order, by, at, {"number": certificate.number, "amount": certificate.amount})
    bus.publish(CertificateSigned(at=at, order=order, certificate=certificate))
    return certificate


def record_payment(
    *,
    order: CallOffOrder,
    certificate: Certificate,
    facts: PaymentFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Payment:
    """Record what the agency paid on a certificate; once, of its amount exactly, for good."""
    order = queries.held_order(order)
    certificate = queries.certificate_of(order, certificate.ref)
    require(ordering.can_pay(by, order, certificate, queries.seats_of(order.agency_id)))
    check_version(order, expected_version)
    _check_payment(certificate, facts, at)
    payment = Payment(
        certificate_id=certificate.id,
        amount=facts.amount,
        paid_on=facts.paid_on,
        reference=facts.reference.strip(),
        recorded_by=by.name,
        recorded_at=at,
    )
    certificate.payment = payment
    db.session.flush()
    advance(order)
    touch(order, by, at)
    body = {"certificate": certificate.number, "amount": payment.amount, "reference": payment.reference}
    tell("pay", order, by, at, body | {"paid_on": payment.paid_on})
    bus.publish(OrderPaid(at=at, order=order, payment=payment))
    return payment


def _check_payment(certificate: Certificate, facts: PaymentFacts, at: datetime) -> None:
    problems: dict[str, Denied] = {}
    assert certificate.signed_at is not None
    signed_on = local_day(certificate.signed_at)
    if facts.amount != certificate.amount:
        problems["amount"] = deny(OTHER_AMOUNT, amount=f"{certificate.amount:,}")
    if facts.paid_on > local_day(at):
        problems["paid_on"] = deny(AHEAD)
    elif facts.paid_on < signed_on:
        problems["paid_on"] = deny(PAID_BEFORE, day=signed_on)
    if not facts.reference.strip():
        problems["reference"] = deny(VOUCHER_NEEDED)
    if problems:
        raise Invalid(problems)


def close(
    *, order: CallOffOrder, by: Actor, at: datetime, expected_version: int | None = None
) -> CallOffOrder:
    """The agency closes an order of which everything is paid."""
    order = queries.held_order(order)
    require(ordering.can_close(by, order, queries.seats_of(order.agency_id)))
    check_version(order, expected_version)
    order.state = ORDER_LIFE.next("close", order.state)
    order.closed_at = at
    touch(order, by, at)
    tell("close", order, by, at)
    bus.publish(OrderClosed(at=at, order=order))
    return order
