"""Items as tables have them, and the item that a row of a table means."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.catalog.models import CatalogItem, ItemVersion
from matchmaker.catalog.queries.items import item_by_id
from matchmaker.foundation.db import db
from matchmaker.people.actor import Actor

MOST_ROWS = 2_000
"""As many as a table may bring in at once."""


def items_for_table(actor: Actor) -> Sequence[CatalogItem]:
    """The items that this person looks after, the oldest first: all for staff, their own for a supplier."""
    query = (
        select(CatalogItem)
        .options(
            joinedload(CatalogItem.supplier),
            joinedload(CatalogItem.category),
            joinedload(CatalogItem.framework),
            selectinload(CatalogItem.versions).selectinload(ItemVersion.breaks),
        )
        .order_by(CatalogItem.id)
        .limit(MOST_ROWS)
    )
    if not actor.is_staff:
        query = query.where(CatalogItem.supplier_id == (actor.organization_id or 0))
    return db.session.execute(query).scalars().all()


def item_by_code(actor: Actor, code: str) -> CatalogItem | None:
    """The item of this number or reference, where the person looks after it."""
    query = select(CatalogItem.id, CatalogItem.supplier_id).where(
        or_(CatalogItem.code == code.lower(), CatalogItem.ref == code)
    )
    row = db.session.execute(query).first()
    if row is None or not (actor.is_staff or actor.is_of(row.supplier_id)):
        return None
    return item_by_id(row.id)
