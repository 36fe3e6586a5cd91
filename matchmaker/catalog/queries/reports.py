"""Reads of better prices seen elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from matchmaker.catalog import policies
from matchmaker.catalog.models import CatalogItem, ItemVersion, PriceReport
from matchmaker.catalog.states import ReportState
from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor


def _reports() -> Select[PriceReport]:
    item = joinedload(PriceReport.item)
    return select(PriceReport).options(
        joinedload(PriceReport.reporter),
        item.joinedload(CatalogItem.supplier),
        item.selectinload(CatalogItem.versions).selectinload(ItemVersion.breaks),
    )


def report_by_id(report_id: int) -> PriceReport:
    """A report with its item."""
    row = db.session.execute(_reports().where(PriceReport.id == report_id)).unique().scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def report_for(actor: Actor, ref: str) -> PriceReport:
    """A report for those whom it concerns: staff, who reported it, and the supplier once it is offered."""
    row = db.session.execute(_reports().where(PriceReport.ref == ref)).unique().scalar_one_or_none()
    if row is None or not policies.can_see_report(actor, row):
        raise NotFound
    return row


def list_reports(
    *, state: ReportState | None = None, offset: int = 0, limit: int = 20
) -> tuple[Sequence[PriceReport], int]:
    """Reports for staff, those that wait for staff first; and how many there are."""
    where = [PriceReport.state == state] if state is not None else []
    total = db.session.scalar(select(func.count(PriceReport.id)).where(*where)) or 0
    waiting = case((PriceReport.state.in_([ReportState.REPORTED, ReportState.REFUSED]), 0), else_=1)
    rows = db.session.execute(
        _reports()
        .where(*where)
        .order_by(waiting, PriceReport.reported_at.desc(), PriceReport.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return rows.unique().scalars().all(), total


def offered_to(supplier_id: int) -> Sequence[PriceReport]:
    """The better prices that a supplier has still to answer."""
    return (
        db.session.execute(
            _reports()
            .join(CatalogItem, CatalogItem.id == PriceReport.item_id)
            .where(CatalogItem.supplier_id == supplier_id, PriceReport.state == ReportState.OFFERED)
            .order_by(PriceReport.offered_at)
        )
        .unique()
        .scalars()
        .all()
    )
