"""An item held for a change."""

from __future__ import annotations

from matchmaker.catalog import queries
from matchmaker.catalog.models import CatalogItem
from matchmaker.foundation.db import lock


def held(item: CatalogItem) -> CatalogItem:
    """The item, held until the end of the transaction, as it stands now."""
    lock(CatalogItem, item.id)
    return queries.item_by_id(item.id)
