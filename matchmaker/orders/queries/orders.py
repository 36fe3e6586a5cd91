"""Reads of orders: one whole, lists, what budgets have given, experiences and warranties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from matchmaker.catalog.models import CatalogItem
from matchmaker.foundation.db import db, lock
from matchmaker.kernel.dates import start_of_day
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.money import plain_width
from matchmaker.orders import days
from matchmaker.orders.limits import Draft, Part, is_goods
from matchmaker.orders.models import (
    CallOffOrder,
    Certificate,
    Delivery,
    DeliveryLine,
    Experience,
    Inspection,
    OrderLine,
    OrderPaper,
    Payment,
    Requisition,
)
from matchmaker.orders.policies import ordering
from matchmaker.orders.progress import Warranty, warranties
from matchmaker.orders.queries.requisitions import MOST_WORDS, lots_of
from matchmaker.orders.states import ENDED_UNFULFILLED, DeliveryState, OrderState
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationKind

# --- one order ---


def _parts(query: Select[CallOffOrder]) -> Select[CallOffOrder]:
    """With everything that ``progress`` sums over."""
    return query.options(
        selectinload(CallOffOrder.lines),
        selectinload(CallOffOrder.deliveries).options(
            selectinload(Delivery.lines), joinedload(Delivery.inspection)
        ),
        selectinload(CallOffOrder.certificates).joinedload(Certificate.payment),
    )


def _whole() -> Select[CallOffOrder]:
    return (
        select(CallOffOrder)
        .options(
            joinedload(CallOffOrder.agency).joinedload(Organization.county),
            joinedload(CallOffOrder.supplier),
            joinedload(CallOffOrder.framework),
            joinedload(CallOffOrder.placed_by),
            joinedload(CallOffOrder.requisition).options(
                selectinload(Requisition.signatures), joinedload(Requisition.prepared_by)
            ),
            joinedload(CallOffOrder.experience),
            selectinload(CallOffOrder.lines).options(joinedload(OrderLine.item), joinedload(OrderLine.lot)),
            selectinload(CallOffOrder.deliveries).options(
                selectinload(Delivery.lines), joinedload(Delivery.inspection)
            ),
            selectinload(CallOffOrder.certificates).options(
                joinedload(Certificate.payment), selectinload(Certificate.inspections)
            ),
            selectinload(CallOffOrder.disputes),
            selectinload(CallOffOrder.papers).joinedload(OrderPaper.file),
        )
        .execution_options(populate_existing=True)
    )


def _one(query: Select[CallOffOrder]) -> CallOffOrder:
    row = db.session.execute(query).unique().scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def order_by_id(order_id: int) -> CallOffOrder:
    """An order with everything its pages and rules ask for, read anew."""
    return _one(_whole().where(CallOffOrder.id == order_id))


def order_for(actor: Actor, ref: str) -> CallOffOrder:
    """An order that this person may see, by its reference or its number."""
    row = _one(_whole().where(or_(CallOffOrder.ref == ref, CallOffOrder.number == ref)))
    if not ordering.can_see(actor, row):
        raise NotFound
    return row


def held_order(order: CallOffOrder) -> CallOffOrder:
    """The order, held until the end of the transaction, as it stands now."""
    lock(CallOffOrder, order.id)
    return order_by_id(order.id)


def delivery_of(order: CallOffOrder, ref: str) -> Delivery:
    """A delivery of this order."""
    return _among(order.deliveries, ref)


def certificate_of(order: CallOffOrder, ref: str) -> Certificate:
    """A certificate of this order."""
    return _among(order.certificates, ref)


def paper_of(thing: CallOffOrder | Requisition, ref: str) -> OrderPaper:
    """A paper attached to this order or requisition."""
    return _among(thing.papers, ref)


def _among(rows: Sequence[Any], ref: str) -> Any:
    found = next((row for row in rows if row.ref == ref), None)
    if found is None:
        raise NotFound
    return found


def is_eproc_number_taken(number: str) -> bool:
    """Does another order carry this number of the government e-procurement system?"""
    return bool(
        db.session.scalar(select(func.count(CallOffOrder.id)).where(CallOffOrder.eproc_number == number))
    )


# --- budgets ---

COUNTED = (OrderLine.quantity - OrderLine.struck) * OrderLine.unit_price


def _counting() -> Select[Any]:
    """Lines of items in orders that count: not declined, not cancelled, without what was struck."""
    return (
        select(func.coalesce(func.sum(COUNTED), 0))
        .join(CallOffOrder, CallOffOrder.id == OrderLine.order_id)
        .where(OrderLine.item_id.is_not(None), CallOffOrder.state.not_in(ENDED_UNFULFILLED))
    )


def ordered_in(framework_id: int) -> int:
    """The value of all orders under an agreement so far, in NT$, without add-ons."""
    return int(db.session.scalar(_counting().where(CallOffOrder.framework_id == framework_id)) or 0)


def ordered_by_lot(lot_ids: Sequence[int]) -> Mapping[int, int]:
    """The value of all orders from each lot so far, in NT$."""
    rows = db.session.execute(
        _counting()
        .add_columns(OrderLine.lot_id)
        .where(OrderLine.lot_id.in_(lot_ids))
        .group_by(OrderLine.lot_id)
    )
    found = {lot_id: int(value) for value, lot_id in rows}
    return {lot_id: found.get(lot_id, 0) for lot_id in lot_ids}


def draft_of(requisition: Requisition) -> Draft:
    """What the requisition would take from the budgets of its agreement and lots, as they stand now."""
    lines = [line for line in requisition.lines if line.item is not None]
    lots = lots_of([line.item for line in lines if line.item is not None])
    so_far = ordered_by_lot([lot.id for lot in lots])
    parts = [
        Part(
            lot,
            sum(line.amount for line in lines if line.item is not None and line.item.lot_id == lot.id),
            so_far[lot.id],
        )
        for lot in lots
    ]
    return Draft(
        framework=requisition.framework,
        value=requisition.value,
        add_ons=requisition.add_ons,
        so_far=ordered_in(requisition.framework_id),
        goods=sum(
            line.amount for line in lines if line.item is not None and is_goods(line.item.current.output)
        ),
        parts=parts,
        superior_approved=bool(requisition.superior_number.strip()),
    )


def draft_for(item: CatalogItem, *, value: int, add_ons: int) -> Draft:
    """The same for an order of one listed item that nobody has asked for yet (needs framework and lot)."""
    assert item.framework is not None
    so_far = ordered_by_lot([item.lot.id]) if item.lot is not None else {}
    return Draft(
        framework=item.framework,
        value=value,
        add_ons=add_ons,
        so_far=ordered_in(item.framework.id),
        goods=value if is_goods(item.current.output) else 0,
        parts=[Part(item.lot, value, so_far[item.lot.id])] if item.lot is not None else [],
    )


# --- lists ---


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list, with its total in NT$, add-ons included."""

    order: CallOffOrder
    total: int


@dataclass(frozen=True, slots=True)
class Orders:
    """Rows of a page and how many there are in all."""

    rows: Sequence[OrderRow]
    total: int


def _visible(actor: Actor) -> Select[Any]:
    query = select(CallOffOrder)
    if actor.is_staff:
        return query
    own = actor.organization_id or 0
    return query.where(or_(CallOffOrder.agency_id == own, CallOffOrder.supplier_id == own))


def _matching(query: Select[Any], words: str) -> Select[Any]:
    agency, supplier = aliased(Organization), aliased(Organization)
    query = query.join(agency, agency.id == CallOffOrder.agency_id).join(
        supplier, supplier.id == CallOffOrder.supplier_id
    )
    columns = (
        CallOffOrder.number,
        CallOffOrder.eproc_number,
        CallOffOrder.title,
        agency.name_zh,
        agency.name_en,
        supplier.name_zh,
        supplier.name_en,
    )
    for word in plain_width(words).split()[:MOST_WORDS]:
        in_line = exists().where(
            OrderLine.order_id == CallOffOrder.id,
            or_(
                OrderLine.name_zh.icontains(word, autoescape=True),
                OrderLine.name_en.icontains(word, autoescape=True),
            ),
        )
        query = query.where(or_(in_line, *(c.icontains(word, autoescape=True) for c in columns)))
    return query


WAITS_FOR_SUPPLIER = (OrderState.PLACED, OrderState.CONFIRMED, OrderState.DELIVERING)
WAITS_FOR_AGENCY = (OrderState.DELIVERED, OrderState.INSPECTED, OrderState.CERTIFIED, OrderState.PAID)


def _waiting(actor: Actor) -> Any:
    """Orders whose next step is that of the person's side; staff look after disputes."""
    if actor.is_staff:
        return CallOffOrder.state == OrderState.DISPUTED
    if actor.kind is OrganizationKind.AGENCY:
        states = (*WAITS_FOR_AGENCY, OrderState.DISPUTED)
        return or_(CallOffOrder.state.in_(states), _part_waits())
    return CallOffOrder.state.in_(WAITS_FOR_SUPPLIER)


def _part_waits() -> Any:
    """Orders under way of which a part waits to be inspected, certified or paid."""
    notified = exists().where(Delivery.order_id == CallOffOrder.id, Delivery.state == DeliveryState.NOTIFIED)
    uncertified = exists().where(
        Delivery.order_id == CallOffOrder.id,
        Inspection.delivery_id == Delivery.id,
        Inspection.certificate_id.is_(None),
        DeliveryLine.delivery_id == Delivery.id,
        DeliveryLine.accepted > 0,
    )
    paid = exists().where(Payment.certificate_id == Certificate.id).correlate(Certificate)
    unpaid = exists().where(Certificate.order_id == CallOffOrder.id, ~paid)
    under_way = CallOffOrder.state == OrderState.DELIVERING
    return and_(under_way, or_(notified, uncertified, unpaid))


def list_orders(
    actor: Actor,
    *,
    state: OrderState | None = None,
    waiting: bool = False,
    words: str = "",
    offset: int = 0,
    limit: int = 20,
) -> Orders:
    """The orders of one's side, all of them for staff; the latest first."""
    query = _visible(actor)
    if state is not None:
        query = query.where(CallOffOrder.state == state)
    if waiting:
        query = query.where(_waiting(actor))
    if words:
        query = _matching(query, words)
    total = (
        db.session.scalar(
            select(func.count()).select_from(query.with_only_columns(CallOffOrder.id).subquery())
        )
        or 0
    )
    amount = (
        select(func.coalesce(func.sum(OrderLine.quantity * OrderLine.unit_price), 0))
        .where(OrderLine.order_id == CallOffOrder.id)
        .correlate(CallOffOrder)
        .scalar_subquery()
    )
    rows = db.session.execute(
        _parts(query)
        .add_columns(amount)
        .options(joinedload(CallOffOrder.agency), joinedload(CallOffOrder.supplier))
        .order_by(CallOffOrder.placed_at.desc(), CallOffOrder.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return Orders([OrderRow(order, int(amount)) for order, amount in rows], total)


def count_waiting(actor: Actor) -> int:
    """How many orders wait for the person's side."""
    query = _visible(actor).where(_waiting(actor)).with_only_columns(func.count(CallOffOrder.id))
    return db.session.scalar(query) or 0


def running(limit: int | None = None) -> Sequence[CallOffOrder]:
    """The orders that are not over, with all that their due days follow from."""
    over = (*ENDED_UNFULFILLED, OrderState.CLOSED)
    query = _whole().where(CallOffOrder.state.not_in(over)).order_by(CallOffOrder.placed_at, CallOffOrder.id)
    return db.session.execute(query.limit(limit)).unique().scalars().all()


# --- afterwards ---


def experiences_of(item_id: int) -> Sequence[Experience]:
    """What agencies say of an item that they ordered and accepted, the latest first."""
    accepted = (
        exists()
        .where(
            OrderLine.order_id == Experience.order_id,
            OrderLine.item_id == item_id,
            DeliveryLine.line_id == OrderLine.id,
            DeliveryLine.accepted > 0,
        )
        .correlate(Experience)
    )
    return (
        db.session.execute(
            select(Experience)
            .where(accepted)
            .options(joinedload(Experience.order).joinedload(CallOffOrder.agency))
            .order_by(Experience.written_at.desc(), Experience.id.desc())
        )
        .scalars()
        .all()
    )


@dataclass(frozen=True, slots=True)
class ItemUse:
    """How often an item was ordered and accepted: orders, units, agencies, and agencies that came back."""

    orders: int
    units: int
    agencies: int
    again: int


def use_of(item_id: int) -> ItemUse:
    """The orders of an item in which something was accepted."""
    rows = db.session.execute(
        select(CallOffOrder.agency_id, CallOffOrder.id, func.sum(DeliveryLine.accepted))
        .join(OrderLine, OrderLine.order_id == CallOffOrder.id)
        .join(DeliveryLine, DeliveryLine.line_id == OrderLine.id)
        .where(OrderLine.item_id == item_id, DeliveryLine.accepted > 0)
        .group_by(CallOffOrder.agency_id, CallOffOrder.id)
    ).all()
    by_agency: dict[int, int] = {}
    for agency_id, _order, _units in rows:
        by_agency[agency_id] = by_agency.get(agency_id, 0) + 1
    return ItemUse(
        orders=len(rows),
        units=sum(int(count or 0) for _a, _o, count in rows),
        agencies=len(by_agency),
        again=sum(count > 1 for count in by_agency.values()),
    )


def _with_acceptance(query: Select[Any]) -> Sequence[CallOffOrder]:
    """Of these orders those in which something was inspected, with all that warranties follow from."""
    inspected = (
        exists()
        .where(Delivery.order_id == CallOffOrder.id, Inspection.delivery_id == Delivery.id)
        .correlate(CallOffOrder)
    )
    loaded = (
        _parts(query.where(inspected))
        .options(joinedload(CallOffOrder.agency), joinedload(CallOffOrder.supplier))
        .order_by(CallOffOrder.id)
    )
    return db.session.execute(loaded).unique().scalars().all()


def warranties_of(actor: Actor, today: date) -> list[tuple[CallOffOrder, Warranty]]:
    """The warranties that still run, for the agency's or supplier's own orders, the earliest end first."""
    orders = _with_acceptance(_visible(actor))
    found = [(order, each) for order in orders for each in warranties(order) if each.ends_on >= today]
    return sorted(found, key=lambda pair: (pair[1].ends_on, pair[0].id))


LONGEST_WARRANTY = timedelta(days=366 * 20)


def with_warranty(today: date) -> Sequence[CallOffOrder]:
    """All orders with a warranty that may still run."""
    covered = exists().where(OrderLine.order_id == CallOffOrder.id, OrderLine.warranty_months > 0)
    since = start_of_day(today - LONGEST_WARRANTY)
    return _with_acceptance(select(CallOffOrder).where(covered, CallOffOrder.placed_at >= since))


def count_warranties_soon(actor: Actor, today: date) -> int:
    """How many warranties end soon."""
    return sum(each.ends_on <= today + days.WARRANTY_SOON for _order, each in warranties_of(actor, today))


def items_of(order: CallOffOrder) -> list[int]:
    """The rows of the items that were ordered."""
    return [line.item_id for line in order.lines if line.item_id is not None]
