"""Orders as tables have them: whole, not by pages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.foundation.db import db
from matchmaker.orders.models import CallOffOrder, Delivery, OrderLine, Requisition
from matchmaker.orders.states import RequisitionState
from matchmaker.people.actor import Actor

MOST_ORDERS = 5_000


def orders_for_table(actor: Actor) -> Sequence[CallOffOrder]:
    """The orders of one's side, all of them for staff, the latest first."""
    query = (
        select(CallOffOrder)
        .options(
            joinedload(CallOffOrder.agency),
            joinedload(CallOffOrder.supplier),
            joinedload(CallOffOrder.framework),
            selectinload(CallOffOrder.lines).joinedload(OrderLine.item),
            selectinload(CallOffOrder.deliveries).selectinload(Delivery.lines),
        )
        .order_by(CallOffOrder.placed_at.desc(), CallOffOrder.id.desc())
        .limit(MOST_ORDERS)
    )
    if not actor.is_staff:
        own = actor.organization_id or 0
        query = query.where((CallOffOrder.agency_id == own) | (CallOffOrder.supplier_id == own))
    return db.session.execute(query).scalars().all()


def requisitions_to_place(actor: Actor) -> Sequence[Requisition]:
    """The approved requisitions of the person's agency, the earliest approved first."""
    return (
        db.session.execute(
            select(Requisition)
            .options(selectinload(Requisition.lines))
            .where(
                Requisition.agency_id == (actor.organization_id or 0),
                Requisition.state == RequisitionState.APPROVED,
            )
            .order_by(Requisition.approved_at, Requisition.id)
            .limit(MOST_ORDERS)
        )
        .scalars()
        .all()
    )
