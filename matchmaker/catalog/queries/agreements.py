"""Reads of framework agreements, their lots, and the yearly announcements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.catalog.models import (
    AnnouncedCategory,
    Announcement,
    CatalogItem,
    FrameworkAgreement,
    ItemVersion,
    ListingApplication,
    Lot,
)
from matchmaker.catalog.states import AgreementPhase, ItemState
from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class FrameworkRow:
    """An agreement in the staff's list, with how many items were listed in it."""

    framework: FrameworkAgreement
    items: int


def frameworks() -> list[FrameworkRow]:
    """All framework agreements, the latest first."""
    items = (
        select(func.count(CatalogItem.id))
        .where(CatalogItem.framework_id == FrameworkAgreement.id)
        .correlate(FrameworkAgreement)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(FrameworkAgreement, items).order_by(
            FrameworkAgreement.starts_on.desc(), FrameworkAgreement.id.desc()
        )
    )
    return [FrameworkRow(framework, count) for framework, count in rows]


def framework_by_ref(ref: str) -> FrameworkAgreement:
    row = db.session.execute(
        select(FrameworkAgreement).where(FrameworkAgreement.ref == ref)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def count_items_in(framework_id: int) -> int:
    """How many items were listed in an agreement."""
    return (
        db.session.scalar(select(func.count(CatalogItem.id)).where(CatalogItem.framework_id == framework_id))
        or 0
    )


def is_framework_code_taken(code: str, *, besides: int | None = None) -> bool:
    query = select(func.count(FrameworkAgreement.id)).where(
        FrameworkAgreement.code == code, FrameworkAgreement.id != (besides or 0)
    )
    return bool(db.session.scalar(query))


def framework_with_lots(ref: str) -> FrameworkAgreement:
    """An agreement with its lots and their categories; by its reference or its number."""
    row = db.session.execute(
        select(FrameworkAgreement)
        .where(or_(FrameworkAgreement.ref == ref, FrameworkAgreement.code == ref))
        .options(selectinload(FrameworkAgreement.lots).joinedload(Lot.category))
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def frameworks_in(phases: Sequence[AgreementPhase], today: date) -> Sequence[FrameworkAgreement]:
    """The agreements in one of these phases on this day, with their lots, those that begin first first."""
    return (
        db.session.execute(
            select(FrameworkAgreement)
            .where(FrameworkAgreement.phase_expression(today).in_([phase.value for phase in phases]))
            .options(selectinload(FrameworkAgreement.lots).joinedload(Lot.category))
            .order_by(FrameworkAgreement.starts_on, FrameworkAgreement.id)
        )
        .scalars()
        .all()
    )


def lot_by_ref(framework: FrameworkAgreement, ref: str) -> Lot:
    row = db.session.execute(
        select(Lot)
        .where(Lot.ref == ref, Lot.framework_id == framework.id)
        .options(joinedload(Lot.category), joinedload(Lot.framework))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def next_lot_position(framework_id: int) -> int:
    last = db.session.scalar(select(func.max(Lot.position)).where(Lot.framework_id == framework_id))
    return (last or 0) + 1


def is_lot_code_taken(framework_id: int, code: str, *, besides: int | None = None) -> bool:
    query = select(func.count(Lot.id)).where(
        Lot.framework_id == framework_id, Lot.code == code, Lot.id != (besides or 0)
    )
    return bool(db.session.scalar(query))


def budgets_of_lots(framework_id: int, *, besides: int | None = None) -> int:
    """The published budgets of the lots of an agreement together, in NT$."""
    query = select(func.sum(Lot.published_budget)).where(
        Lot.framework_id == framework_id, Lot.id != (besides or 0)
    )
    return int(db.session.scalar(query) or 0)


def dearest_in_lot(lot_id: int) -> ItemVersion | None:
    """The present version with the highest unit price among what is listed in a lot."""
    return db.session.execute(
        select(ItemVersion)
        .join(
            CatalogItem,
            and_(CatalogItem.id == ItemVersion.item_id, CatalogItem.current_version == ItemVersion.number),
        )
        .where(
            CatalogItem.lot_id == lot_id,
            CatalogItem.state.in_([ItemState.LISTED, ItemState.SUSPENDED]),
            ItemVersion.unit_price.is_not(None),
        )
        .order_by(ItemVersion.unit_price.desc())
        .limit(1)
    ).scalar_one_or_none()


def is_lot_used(lot_id: int) -> bool:
    """Is an item in this lot, or did one ever apply for it?"""
    items = select(func.count(CatalogItem.id)).where(CatalogItem.lot_id == lot_id)
    asked = select(func.count(ListingApplication.id)).where(ListingApplication.lot_id == lot_id)
    return bool(db.session.scalar(items)) or bool(db.session.scalar(asked))


def items_by_lot(framework_id: int) -> dict[int | None, int]:
    """How many items were listed in each lot of an agreement; under None those in no lot."""
    rows = db.session.execute(
        select(CatalogItem.lot_id, func.count(CatalogItem.id).label("items"))
        .where(CatalogItem.framework_id == framework_id)
        .group_by(CatalogItem.lot_id)
    )
    return {row.lot_id: row.items for row in rows}


def suppliers_in(framework_id: int) -> Sequence[int]:
    """The ids of the suppliers with a listed or suspended item in an agreement."""
    return (
        db.session.execute(
            select(CatalogItem.supplier_id)
            .where(
                CatalogItem.framework_id == framework_id,
                CatalogItem.state.in_([ItemState.LISTED, ItemState.SUSPENDED]),
            )
            .distinct()
            .order_by(CatalogItem.supplier_id)
        )
        .scalars()
        .all()
    )


# --- announcements ---


def _announcements() -> Select[Announcement]:
    return select(Announcement).options(
        selectinload(Announcement.entries).joinedload(AnnouncedCategory.category)
    )


def announcements(today: date | None = None) -> Sequence[Announcement]:
    """All announcements, the latest year first; of the public ones only, those announced by ``today``."""
    query = _announcements().order_by(Announcement.year.desc())
    if today is not None:
        query = query.where(Announcement.announced_on <= today)
    return db.session.execute(query).scalars().all()


def announcement_by_ref(ref: str) -> Announcement:
    row = db.session.execute(
        _announcements().where(Announcement.ref == ref).execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def is_year_announced(year: int, *, besides: int | None = None) -> bool:
    query = select(func.count(Announcement.id)).where(
        Announcement.year == year, Announcement.id != (besides or 0)
    )
    return bool(db.session.scalar(query))
