"""From an approved requisition to an order: placed, accepted or declined by the supplier, cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from matchmaker.catalog.models import CatalogItem, FrameworkAgreement, Lot
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.orders import queries
from matchmaker.orders.events import OrderConfirmed, OrderEnded, OrderPlaced
from matchmaker.orders.limits import service_fee
from matchmaker.orders.models import CallOffOrder, OrderLine, Requisition
from matchmaker.orders.operations.numbering import next_number
from matchmaker.orders.policies import buying, ordering
from matchmaker.orders.progress import stage
from matchmaker.orders.states import ORDER_LIFE, REQUISITION_LIFE, OrderState, Party
from matchmaker.people.actor import Actor

SERIES = "co"
EPROC_NEEDED = Reason(
    "orders.eproc_needed",
    N_("Enter the number that the government e-procurement system gave the order. The order is made there."),
)
EPROC_TAKEN = Reason("orders.eproc_taken", N_("Another order here carries this number. Check it."))
REASON_NEEDED = Reason("orders.end_reason_needed", N_("Give the reason: both sides will read it."))


def tell(
    verb: str, order: CallOffOrder, by: Actor, at: datetime, body: Mapping[str, Any] | None = None
) -> None:
    """Note in the audit chain what happened to an order."""
    audit.record(type=f"order.{verb}", subject=order.subject, actor_ref=by.ref, at=at, body=body)


def touch(order: CallOffOrder, by: Actor, at: datetime) -> None:
    """Note the change; the version goes up also where only deliveries or papers changed."""
    order.touch(by=by.name, at=at)
    flag_modified(order, "changed_at")
    db.session.flush()


def advance(order: CallOffOrder) -> None:
    """Move the order to the state that follows from what was delivered, accepted, certified and paid."""
    target = stage(order)
    if target is order.state:
        return
    for name, step in ORDER_LIFE.moves.items():
        if step.target is target and order.state in step.sources:
            order.state = ORDER_LIFE.next(name, order.state)
            return
    raise AssertionError(f"no move leads from {order.state} to {target}")


def place(
    *,
    requisition: Requisition,
    eproc_number: str,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> CallOffOrder:
    """Record the order that was made on the government e-procurement system (R-041); its lines freeze.

    Agreement, lots and items are held first, so that orders placed at the same time pass no budget.
    """
    _hold_budgets(requisition)
    requisition = queries.held_requisition(requisition)
    draft = queries.draft_of(requisition)
    require(buying.can_place(by, requisition, queries.seats_of(requisition.agency_id), draft, at))
    check_version(requisition, expected_version)
    number = eproc_number.strip()
    if not number:
        raise Invalid({"eproc_number": deny(EPROC_NEEDED)})
    if queries.is_eproc_number_taken(number):
        raise Invalid({"eproc_number": deny(EPROC_TAKEN)})
    today = local_day(at)
    order = CallOffOrder(
        number=next_number(SERIES, today.year),
        eproc_number=number,
        requisition_id=requisition.id,
        agency_id=requisition.agency_id,
        supplier_id=requisition.supplier_id,
        framework_id=requisition.framework_id,
        state=OrderState.PLACED,
        title=requisition.title,
        place=requisition.place,
        superior_number=requisition.superior_number,
        subsidy_asked=requisition.subsidy_asked,
        service_fee=service_fee(requisition.framework, requisition.value, today),
        placed_at=at,
        placed_by_id=by.user_id,
        delivery_due_on=_due(requisition, today),
        lines=[_frozen(line) for line in requisition.lines],
    )
    order.touch(by=by.name, at=at)
    db.session.add(order)
    requisition.state, requisition.ended_at = REQUISITION_LIFE.next("place", requisition.state), at
    requisition.touch(by=by.name, at=at)
    db.session.flush()
    body = {
        "number": order.number,
        "eproc": order.eproc_number,
        "requisition": requisition.code,
        "value": requisition.value,
        "add_ons": requisition.add_ons,
        "lines": [
            [line.name_zh, line.version_number, line.quantity, line.unit_price] for line in order.lines
        ],
    }
    tell("place", order, by, at, body)
    order = queries.order_by_id(order.id)
    bus.publish(OrderPlaced(at=at, order=order))
    return order


def _hold_budgets(requisition: Requisition) -> None:
    """Hold what the limits are read from, parents first, each kind in order of its rows."""
    lock(FrameworkAgreement, requisition.framework_id)
    row = queries.requisition_by_id(requisition.id)
    items = [line.item for line in row.lines if line.item is not None]
    for lot in queries.lots_of(items):
        lock(Lot, lot.id)
    for key in sorted(item.id for item in items):
        lock(CatalogItem, key)


def _due(requisition: Requisition, today: date) -> date:
    """The last day to deliver: the requested one, but never before the delivery time of the agreement."""
    longest = max(
        (line.item.current.delivery_days or 0 for line in requisition.lines if line.item is not None),
        default=0,
    )
    earliest = today + timedelta(days=longest)
    return max(requisition.wanted_on or earliest, earliest)


def _frozen(line: Any) -> OrderLine:
    """The line as it is ordered: version, price, lot and terms of this moment."""
    item = line.item
    return OrderLine(
        position=line.position,
        item_id=line.item_id,
        version_number=line.version_number,
        name_zh=line.name_zh,
        name_en=line.name_en,
        unit_zh=line.unit_zh,
        unit_en=line.unit_en,
        quantity=line.quantity,
        unit_price=line.unit_price,
        lot_id=item.lot_id if item is not None else None,
        output=item.current.output if item is not None else None,
        warranty_months=item.current.warranty_months if item is not None else None,
    )


def confirm(
    *, order: CallOffOrder, note: str = "", by: Actor, at: datetime, expected_version: int | None = None
) -> CallOffOrder:
    """The supplier accepts the order."""
    order = queries.held_order(order)
    require(ordering.can_confirm(by, order))
    check_version(order, expected_version)
    order.state = ORDER_LIFE.next("confirm", order.state)
    order.confirmed_at, order.confirm_note = at, note.strip()
    touch(order, by, at)
    tell("confirm", order, by, at, {"note": order.confirm_note})
    bus.publish(OrderConfirmed(at=at, order=order))
    return order


def decline(
    *, order: CallOffOrder, reason: str, by: Actor, at: datetime, expected_version: int | None = None
) -> CallOffOrder:
    """The supplier cannot deliver, for a reason that the agency and the programme office read."""
    order = queries.held_order(order)
    require(ordering.can_decline(by, order))
    return _end(order, "decline", Party.SUPPLIER, reason, by, at, expected_version)


def cancel(
    *, order: CallOffOrder, reason: str, by: Actor, at: datetime, expected_version: int | None = None
) -> CallOffOrder:
    """End an order before anything is delivered; what it took from the budgets is free again."""
    order = queries.held_order(order)
    require(ordering.can_cancel(by, order, queries.seats_of(order.agency_id)))
    side = ordering.side_of(by, order) or Party.STAFF
    return _end(order, "cancel", side, reason, by, at, expected_version)


def _end(
    order: CallOffOrder,
    move: str,
    side: Party,
    reason: str,
    by: Actor,
    at: datetime,
    expected_version: int | None,
) -> CallOffOrder:
    check_version(order, expected_version)
    if not reason.strip():
        raise Invalid({"reason": deny(REASON_NEEDED)})
    stood = order.state
    order.state = ORDER_LIFE.next(move, order.state)
    close_unfulfilled(order, side, reason, by, at)
    tell(move, order, by, at, {"reason": order.end_note, "stood": stood, "side": side})
    bus.publish(OrderEnded(at=at, order=order))
    return order


def close_unfulfilled(order: CallOffOrder, side: Party, reason: str, by: Actor, at: datetime) -> None:
    """Write down who ended the order, when and why."""
    order.ended_at, order.ended_by, order.ended_side, order.end_note = at, by.name, side, reason.strip()
    touch(order, by, at)
