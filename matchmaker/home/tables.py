"""The open data as tables: which columns, and how a row is made."""

from __future__ import annotations

from datetime import datetime

from matchmaker.catalog.models import CatalogItem
from matchmaker.challenges.models import Challenge
from matchmaker.foundation.sheets import Cell

CHALLENGE_COLUMNS = (
    "code",
    "state",
    "title_zh",
    "title_en",
    "summary_zh",
    "summary_en",
    "agency_zh",
    "agency_en",
    "domain",
    "budget_twd",
    "grant_ceiling_twd",
    "opens_at",
    "closes_at",
    "published_at",
)
ITEM_COLUMNS = (
    "code",
    "title_zh",
    "title_en",
    "summary_zh",
    "summary_en",
    "supplier_zh",
    "supplier_en",
    "ubn",
    "category",
    "domain",
    "unit_zh",
    "unit_price_twd",
    "listed_at",
    "framework_ends_on",
)


def challenge_row(challenge: Challenge, now: datetime) -> tuple[Cell, ...]:
    """A published challenge, without anything about proposals."""
    zh, en = challenge.text_in("zh"), challenge.text_in("en")
    return (
        challenge.code,
        challenge.state_at(now).value,
        zh.title if zh else "",
        en.title if en else "",
        zh.summary if zh else "",
        en.summary if en else "",
        challenge.organization.name_zh,
        challenge.organization.name_en,
        challenge.domain,
        challenge.budget,
        challenge.grant_ceiling,
        challenge.opens_at,
        challenge.closes_at,
        challenge.published_at,
    )


def item_row(item: CatalogItem) -> tuple[Cell, ...]:
    """A listed item at its present version and price, tax included."""
    version = item.current
    return (
        item.code,
        version.title_zh,
        version.title_en,
        version.summary_zh,
        version.summary_en,
        item.supplier.name_zh,
        item.supplier.name_en,
        item.supplier.ubn,
        item.category.code if item.category else "",
        item.domain,
        version.unit_zh,
        version.unit_price,
        item.listed_at,
        item.framework.ends_on if item.framework else None,
    )
