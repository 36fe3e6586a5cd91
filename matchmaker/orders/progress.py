"""How far an order is: units and money as sums over what happened, and the state that follows from them.

Pages, rules, lists, mails, exports and papers all ask here, so that they agree. The order is loaded with lines,
deliveries (lines, inspection) and certificates (payment).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from matchmaker.orders import days
from matchmaker.orders.models import CallOffOrder, Certificate, Delivery, DeliveryLine, Inspection, OrderLine
from matchmaker.orders.states import DeliveryState, OrderState


@dataclass(frozen=True, slots=True)
class Units:
    """The units of one line: ordered, struck, waiting for inspection, accepted; ``left`` are still to deliver."""

    line: OrderLine
    waiting: int
    accepted: int

    @property
    def due(self) -> int:
        """How many are to be delivered in all."""
        return self.line.quantity - self.line.struck

    @property
    def left(self) -> int:
        """Not delivered yet, or found defective and not delivered again."""
        return self.due - self.waiting - self.accepted


def units(order: CallOffOrder) -> list[Units]:
    """The units of every line, in order."""
    waiting: dict[int, int] = {}
    accepted: dict[int, int] = {}
    for delivery in order.deliveries:
        for part in delivery.lines:
            if part.accepted is None:
                waiting[part.line_id] = waiting.get(part.line_id, 0) + part.quantity
            else:
                accepted[part.line_id] = accepted.get(part.line_id, 0) + part.accepted
    return [Units(line, waiting.get(line.id, 0), accepted.get(line.id, 0)) for line in order.lines]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The money of an order in whole NT$.

    0 <= paid <= certified <= payable <= accepted <= ordered - struck, and payable = accepted - reduced, always.
    """

    ordered: int
    struck: int
    accepted: int
    reduced: int
    certified: int
    paid: int

    @property
    def payable(self) -> int:
        """Accepted, less what was taken off."""
        return self.accepted - self.reduced

    @property
    def owed(self) -> int:
        """Certified and not paid yet."""
        return self.certified - self.paid

    @property
    def outstanding(self) -> int:
        """Ordered and not accepted yet."""
        return self.ordered - self.struck - self.accepted


def ledger(order: CallOffOrder) -> Ledger:
    """The sums of an order."""
    signed = [each for each in order.certificates if each.signed_at is not None]
    return Ledger(
        ordered=sum(line.amount for line in order.lines),
        struck=sum(line.struck * line.unit_price for line in order.lines),
        accepted=sum(accepted_value(order, delivery) for delivery in order.deliveries),
        reduced=sum(each.reduction for each in inspections(order)),
        certified=sum(each.amount for each in signed),
        paid=sum(each.payment.amount for each in signed if each.payment is not None),
    )


def inspections(order: CallOffOrder) -> Iterator[Inspection]:
    """The inspections of an order, in the order of its deliveries."""
    for delivery in order.deliveries:
        if delivery.inspection is not None:
            yield delivery.inspection


def accepted_value(order: CallOffOrder, delivery: Delivery) -> int:
    """What the accepted units of a delivery cost, before a reduction."""
    prices = {line.id: line.unit_price for line in order.lines}
    return sum((part.accepted or 0) * prices[part.line_id] for part in delivery.lines)


def payable_of(order: CallOffOrder, inspection: Inspection) -> int:
    """What is to be paid for one inspection."""
    delivery = next(each for each in order.deliveries if each.inspection is inspection)
    return accepted_value(order, delivery) - inspection.reduction


def to_certify(order: CallOffOrder) -> list[Inspection]:
    """Inspections with something to pay that stand on no certificate yet."""
    return [
        each for each in inspections(order) if each.certificate_id is None and payable_of(order, each) > 0
    ]


def to_sign(order: CallOffOrder) -> list[Certificate]:
    """Certificates that wait for the supervisor."""
    return [each for each in order.certificates if each.signed_at is None]


def to_pay(order: CallOffOrder) -> list[Certificate]:
    """Signed certificates that are not paid."""
    return [each for each in order.certificates if each.signed_at is not None and each.payment is None]


def to_inspect(order: CallOffOrder) -> list[Delivery]:
    """Deliveries that wait for their inspection."""
    return [each for each in order.deliveries if each.state is DeliveryState.NOTIFIED]


def stage(order: CallOffOrder) -> OrderState:
    """The state that follows from what was delivered, accepted, certified and paid, once the order is accepted."""
    rows = units(order)
    if any(row.left for row in rows):
        return OrderState.DELIVERING if order.deliveries else OrderState.CONFIRMED
    if any(row.waiting for row in rows):
        return OrderState.DELIVERED
    if to_certify(order) or to_sign(order):
        return OrderState.INSPECTED
    return OrderState.CERTIFIED if to_pay(order) else OrderState.PAID


def is_accepted_once(order: CallOffOrder) -> bool:
    """Was anything of the order accepted?"""
    return any(part.accepted for delivery in order.deliveries for part in delivery.lines)


@dataclass(frozen=True, slots=True)
class Warranty:
    """Units of a line accepted on a day, and the last day of their warranty."""

    line: OrderLine
    quantity: int
    since: date
    ends_on: date


def warranties(order: CallOffOrder) -> list[Warranty]:
    """The warranties of what was accepted, in order of their ends."""
    lines = {line.id: line for line in order.lines}
    made = []
    for delivery in order.deliveries:
        if delivery.inspection is None:
            continue
        for part in delivery.lines:
            end = days.warranty_end(lines[part.line_id], delivery.inspection.inspected_on)
            if part.accepted and end is not None:
                made.append(
                    Warranty(lines[part.line_id], part.accepted, delivery.inspection.inspected_on, end)
                )
    return sorted(made, key=lambda each: each.ends_on)


def cure_by(order: CallOffOrder) -> date | None:
    """The last day to cure defects that are not cured yet; None where there are none."""
    if not any(row.left for row in units(order)):
        return None
    failed = [each.cure_on for each in inspections(order) if each.cure_on is not None]
    return max(failed, default=None)


def parts_by_line(delivery: Delivery) -> dict[int, DeliveryLine]:
    """The parts of a delivery by the line they belong to."""
    return {part.line_id: part for part in delivery.lines}
