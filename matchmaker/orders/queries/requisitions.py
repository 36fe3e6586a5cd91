"""Reads of requisitions, of the items they may hold, and of the desks that sign them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.catalog.models import CatalogItem, FrameworkAgreement, ItemVersion, Lot
from matchmaker.catalog.states import ItemState
from matchmaker.foundation.db import db, lock
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.money import plain_width
from matchmaker.orders.models import OrderPaper, Requisition, RequisitionLine
from matchmaker.orders.policies import buying
from matchmaker.orders.seats import Seats
from matchmaker.orders.states import RequisitionState
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.people.states import SignOffRole

MOST_WORDS = 8


def seats_of(agency_id: int) -> Seats:
    """The sign-off desks of an agency with the people who sit there."""
    return Seats(people.desks_of(agency_id))


# --- items ---


def _items() -> Select[CatalogItem]:
    """With all that a price depends on; what a page has loaded of an item beside that stays loaded."""
    return select(CatalogItem).options(
        joinedload(CatalogItem.supplier),
        joinedload(CatalogItem.framework),
        joinedload(CatalogItem.lot),
        selectinload(CatalogItem.versions).selectinload(ItemVersion.breaks),
    )


def item_by_ref(ref: str) -> CatalogItem:
    """An item that is or was listed, with all that its price depends on."""
    row = db.session.execute(
        _items().where(
            or_(CatalogItem.ref == ref, CatalogItem.code == ref), CatalogItem.listed_at.is_not(None)
        )
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def items_by_id(ids: Sequence[int]) -> Sequence[CatalogItem]:
    """Items with all that their prices depend on."""
    return (
        db.session.execute(_items().where(CatalogItem.id.in_(ids)).order_by(CatalogItem.id)).scalars().all()
    )


def items_beside(supplier_id: int, framework_id: int, today: date) -> Sequence[CatalogItem]:
    """What can be ordered on one requisition: the listed items of a supplier in an agreement that holds."""
    return (
        db.session.execute(
            _items()
            .join(FrameworkAgreement, FrameworkAgreement.id == CatalogItem.framework_id)
            .where(
                CatalogItem.supplier_id == supplier_id,
                CatalogItem.framework_id == framework_id,
                CatalogItem.state == ItemState.LISTED,
                FrameworkAgreement.starts_on <= today,
                FrameworkAgreement.ends_on >= today,
            )
            .order_by(CatalogItem.code)
        )
        .scalars()
        .all()
    )


# --- one requisition ---


def _whole() -> Select[Requisition]:
    item = joinedload(RequisitionLine.item)
    return (
        select(Requisition)
        .options(
            joinedload(Requisition.agency).joinedload(Organization.county),
            joinedload(Requisition.supplier),
            joinedload(Requisition.framework),
            joinedload(Requisition.prepared_by),
            joinedload(Requisition.order),
            joinedload(Requisition.repeats).joinedload(Requisition.order),
            selectinload(Requisition.signatures),
            selectinload(Requisition.papers).joinedload(OrderPaper.file),
            selectinload(Requisition.lines).options(
                item.joinedload(CatalogItem.supplier),
                item.joinedload(CatalogItem.framework),
                item.joinedload(CatalogItem.lot),
                item.selectinload(CatalogItem.versions).selectinload(ItemVersion.breaks),
            ),
        )
        .execution_options(populate_existing=True)
    )


def _one(query: Select[Requisition]) -> Requisition:
    row = db.session.execute(query).unique().scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def requisition_by_id(requisition_id: int) -> Requisition:
    """A requisition with everything its pages and rules ask for, read anew."""
    return _one(_whole().where(Requisition.id == requisition_id))


def requisition_for(actor: Actor, ref: str) -> Requisition:
    """A requisition of the person's own agency, by its reference or its number."""
    row = _one(_whole().where(or_(Requisition.ref == ref, Requisition.code == ref)))
    if not buying.can_see(actor, row):
        raise NotFound
    return row


def held_requisition(requisition: Requisition) -> Requisition:
    """The requisition, held until the end of the transaction, as it stands now."""
    lock(Requisition, requisition.id)
    return requisition_by_id(requisition.id)


# --- lists ---


@dataclass(frozen=True, slots=True)
class RequisitionRow:
    """A requisition in a list, with its total in NT$."""

    requisition: Requisition
    total: int


@dataclass(frozen=True, slots=True)
class Requisitions:
    """Rows of a page and how many there are in all."""

    rows: Sequence[RequisitionRow]
    total: int


def my_desks(actor: Actor, seats: Seats) -> list[SignOffRole]:
    """The desks at which the person may sign."""
    return [role for role in SignOffRole if seats.sits(actor, role)]


def _waits_for(actor: Actor, seats: Seats) -> ColumnElement[bool]:
    """Requisitions whose next step is this person's."""
    desks = my_desks(actor, seats)
    signing = and_(Requisition.state == RequisitionState.SIGNING, Requisition.desk.in_(desks))
    if SignOffRole.CASE_OFFICER not in desks:
        return signing
    own = (RequisitionState.DRAFT, RequisitionState.RETURNED, RequisitionState.APPROVED)
    return or_(signing, Requisition.state.in_(own))


def list_requisitions(
    actor: Actor,
    seats: Seats,
    *,
    state: RequisitionState | None = None,
    mine: bool = False,
    words: str = "",
    offset: int = 0,
    limit: int = 20,
) -> Requisitions:
    """The requisitions of the person's agency, the latest first; ``mine`` keeps those that wait for the person."""
    query = select(Requisition).where(Requisition.agency_id == (actor.organization_id or 0))
    if state is not None:
        query = query.where(Requisition.state == state)
    if mine:
        query = query.where(_waits_for(actor, seats))
    for word in plain_width(words).split()[:MOST_WORDS]:
        supplier = select(Organization.id).where(
            or_(
                Organization.name_zh.icontains(word, autoescape=True),
                Organization.name_en.icontains(word, autoescape=True),
            )
        )
        query = query.where(
            or_(
                Requisition.title.icontains(word, autoescape=True),
                Requisition.code.icontains(word, autoescape=True),
                Requisition.supplier_id.in_(supplier),
            )
        )
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    amount = (
        select(func.coalesce(func.sum(RequisitionLine.quantity * RequisitionLine.unit_price), 0))
        .where(RequisitionLine.requisition_id == Requisition.id)
        .correlate(Requisition)
        .scalar_subquery()
    )
    rows = db.session.execute(
        query.add_columns(amount)
        .options(joinedload(Requisition.supplier))
        .order_by(Requisition.created_at.desc(), Requisition.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return Requisitions([RequisitionRow(row, int(amount)) for row, amount in rows], total)


def count_waiting(actor: Actor, seats: Seats) -> int:
    """How many requisitions wait for this person."""
    return (
        db.session.scalar(
            select(func.count(Requisition.id)).where(
                Requisition.agency_id == (actor.organization_id or 0), _waits_for(actor, seats)
            )
        )
        or 0
    )


def lots_of(items: Sequence[CatalogItem]) -> list[Lot]:
    """The lots that these items lie in, each once, in order of their rows."""
    found = {item.lot.id: item.lot for item in items if item.lot is not None}
    return [found[key] for key in sorted(found)]
