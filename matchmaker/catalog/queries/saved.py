"""Reads of the items that a person keeps, and of items to compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from matchmaker.catalog.models import CatalogItem, SavedItem
from matchmaker.catalog.queries.items import with_evidence
from matchmaker.catalog.queries.lists import ItemRow, rows_of
from matchmaker.foundation.db import db
from matchmaker.people.actor import Actor

MOST_COMPARED = 4


def saved_items(actor: Actor, today: date) -> Sequence[ItemRow]:
    """The items on the person's own list, the last one first."""
    keys = db.session.scalars(
        select(SavedItem.item_id)
        .where(SavedItem.user_id == actor.user_id)
        .order_by(SavedItem.saved_at.desc(), SavedItem.id.desc())
    )
    return rows_of(list(keys), today)


def is_saved(actor: Actor | None, item_id: int) -> bool:
    if actor is None:
        return False
    query = select(func.count(SavedItem.id)).where(
        SavedItem.user_id == actor.user_id, SavedItem.item_id == item_id
    )
    return bool(db.session.scalar(query))


def saved_row(actor: Actor, item_id: int) -> SavedItem | None:
    return db.session.execute(
        select(SavedItem).where(SavedItem.user_id == actor.user_id, SavedItem.item_id == item_id)
    ).scalar_one_or_none()


def compared(refs: Sequence[str]) -> list[CatalogItem]:
    """At most four listed items, in the order asked for; what was never listed is left out."""
    wanted = list(dict.fromkeys(refs))[:MOST_COMPARED]
    rows = db.session.execute(
        with_evidence().where(CatalogItem.ref.in_(wanted), CatalogItem.listed_at.is_not(None))
    )
    found = {row.ref: row for row in rows.unique().scalars()}
    return [found[ref] for ref in wanted if ref in found]
