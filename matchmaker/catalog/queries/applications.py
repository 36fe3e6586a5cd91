"""Reads of applications to the review board; staff see all, a supplier its own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.catalog.models import (
    CatalogItem,
    FrameworkAgreement,
    ItemVersion,
    ListingApplication,
    Lot,
)
from matchmaker.catalog.states import UNDER_REVIEW, ApplicationState
from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor


def _applications() -> Select[ListingApplication]:
    item = joinedload(ListingApplication.item)
    return select(ListingApplication).options(
        joinedload(ListingApplication.framework)
        .selectinload(FrameworkAgreement.lots)
        .joinedload(Lot.category),
        joinedload(ListingApplication.lot).joinedload(Lot.category),
        selectinload(ListingApplication.findings),
        item.joinedload(CatalogItem.supplier),
        item.joinedload(CatalogItem.category),
        item.joinedload(CatalogItem.lot).joinedload(Lot.category),
        item.joinedload(CatalogItem.framework),
        item.selectinload(CatalogItem.evidence),
        item.selectinload(CatalogItem.versions).selectinload(ItemVersion.breaks),
    )


def application_by_id(application_id: int) -> ListingApplication:
    """An application with its item, read anew."""
    query = _applications().where(ListingApplication.id == application_id)
    return _found(query.execution_options(populate_existing=True))


def application_for(actor: Actor, ref: str) -> ListingApplication:
    """An application for those who work on it: staff, and the supplier's people."""
    row = _found(_applications().where(ListingApplication.ref == ref))
    if not actor.is_staff and not actor.is_of(row.item.supplier_id):
        raise NotFound
    return row


def _found(query: Select[ListingApplication]) -> ListingApplication:
    row = db.session.execute(query).unique().scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def open_application(item_id: int) -> ListingApplication | None:
    """The application that the item is under review with, where there is one."""
    return (
        db.session.execute(
            _applications().where(
                ListingApplication.item_id == item_id, ListingApplication.state.in_(UNDER_REVIEW)
            )
        )
        .unique()
        .scalar_one_or_none()
    )


def applications_of(item_id: int) -> Sequence[ListingApplication]:
    """All applications of an item, the newest first."""
    return (
        db.session.execute(
            _applications()
            .where(ListingApplication.item_id == item_id)
            .order_by(ListingApplication.submitted_at.desc(), ListingApplication.id.desc())
        )
        .unique()
        .scalars()
        .all()
    )


def list_applications(
    *, state: ApplicationState | None = None, offset: int = 0, limit: int = 20
) -> tuple[Sequence[ListingApplication], int]:
    """Applications for staff, those that wait first, the longest waiting first; and how many there are."""
    where = [ListingApplication.state == state] if state is not None else []
    total = db.session.scalar(select(func.count(ListingApplication.id)).where(*where)) or 0
    waiting = case((ListingApplication.state == ApplicationState.SUBMITTED, 0), else_=1)
    rows = db.session.execute(
        _applications()
        .where(*where)
        .order_by(waiting, ListingApplication.submitted_at, ListingApplication.id)
        .offset(offset)
        .limit(limit)
    )
    return rows.unique().scalars().all(), total


def count_waiting() -> int:
    """How many applications wait for the review board."""
    query = select(func.count(ListingApplication.id)).where(
        ListingApplication.state == ApplicationState.SUBMITTED
    )
    return db.session.scalar(query) or 0


def count_returned(supplier_id: int) -> int:
    """How many applications were returned to a supplier."""
    query = (
        select(func.count(ListingApplication.id))
        .join(CatalogItem, CatalogItem.id == ListingApplication.item_id)
        .where(ListingApplication.state == ApplicationState.RETURNED, CatalogItem.supplier_id == supplier_id)
    )
    return db.session.scalar(query) or 0
