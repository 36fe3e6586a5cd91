"""Verbs on a person's own list of items; nobody else sees it, and the audit chain does not tell of it."""

from __future__ import annotations

from datetime import datetime

from matchmaker.catalog import policies, queries
from matchmaker.catalog.models import CatalogItem, SavedItem
from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor


def save_item(*, item: CatalogItem, by: Actor, at: datetime) -> None:
    """Keep an item on the person's own list; keeping it again changes nothing."""
    if not policies.can_see(by, item):
        raise NotFound
    if queries.saved_row(by, item.id) is None:
        db.session.add(SavedItem(user_id=by.user_id, item_id=item.id, saved_at=at))
        db.session.flush()


def forget_item(*, item: CatalogItem, by: Actor) -> None:
    """Take an item off the person's own list."""
    row = queries.saved_row(by, item.id)
    if row is not None:
        db.session.delete(row)
        db.session.flush()
