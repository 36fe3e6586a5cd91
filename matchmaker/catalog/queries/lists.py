"""Lists of items; what a person may not know of is not in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload, load_only

from matchmaker.catalog.models import (
    Adoption,
    CatalogItem,
    Category,
    FrameworkAgreement,
    ItemVersion,
    Lot,
)
from matchmaker.catalog.states import ItemState
from matchmaker.foundation.db import db
from matchmaker.kernel.money import plain_width
from matchmaker.kernel.programme import Domain
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization

MOST_WORDS = 8


class Sort(StrEnum):
    """Orders of the public list."""

    NEWEST = "newest"
    PRICE = "price"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in a list, with its current version, how many adoptions are known, and the number of its lot."""

    item: CatalogItem
    version: ItemVersion
    state: ItemState
    adoptions: int
    lot: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a page and how many there are in all."""

    rows: Sequence[ItemRow]
    total: int


def _rows(today: date) -> Select[Any]:
    """Items with their current version: one query, only the columns that a row shows."""
    adoptions = (
        select(func.count(Adoption.id))
        .where(Adoption.item_id == CatalogItem.id)
        .correlate(CatalogItem)
        .scalar_subquery()
    )
    columns: list[Any] = [
        CatalogItem,
        ItemVersion,
        CatalogItem.state_expression(today),
        adoptions,
        Lot.code,
    ]
    return (
        select(*columns)
        .join(
            ItemVersion,
            and_(ItemVersion.item_id == CatalogItem.id, ItemVersion.number == CatalogItem.current_version),
        )
        .join(Organization, Organization.id == CatalogItem.supplier_id)
        .outerjoin(FrameworkAgreement, FrameworkAgreement.id == CatalogItem.framework_id)
        .outerjoin(Category, Category.id == CatalogItem.category_id)
        .outerjoin(Lot, Lot.id == CatalogItem.lot_id)
    )


_SHOWN = (
    load_only(
        ItemVersion.title_zh,
        ItemVersion.title_en,
        ItemVersion.summary_zh,
        ItemVersion.summary_en,
        ItemVersion.unit_zh,
        ItemVersion.unit_en,
        ItemVersion.unit_price,
        ItemVersion.number,
        ItemVersion.made_at,
    ),
    joinedload(CatalogItem.supplier).load_only(
        Organization.ref, Organization.name_zh, Organization.name_en, Organization.fictitious
    ),
    joinedload(CatalogItem.category),
)


def _listed(query: Select[Any], order: Sequence[ColumnElement[Any]], offset: int, limit: int) -> Listed:
    total = db.session.scalar(
        select(func.count()).select_from(query.with_only_columns(CatalogItem.id).order_by(None).subquery())
    )
    rows = db.session.execute(query.options(*_SHOWN).order_by(*order).offset(offset).limit(limit)).all()
    return Listed(
        [ItemRow(item, version, ItemState(state), count, lot) for item, version, state, count, lot in rows],
        total or 0,
    )


def _matching(words: str) -> ColumnElement[bool]:
    """Every word must stand somewhere in the item's texts, in either language, or in a name."""
    columns = (
        ItemVersion.title_zh,
        ItemVersion.title_en,
        ItemVersion.summary_zh,
        ItemVersion.summary_en,
        ItemVersion.technology_zh,
        ItemVersion.technology_en,
        ItemVersion.use_case_zh,
        ItemVersion.use_case_en,
        Category.name_zh,
        Category.name_en,
        Organization.name_zh,
        Organization.name_en,
        CatalogItem.code,
    )
    return and_(
        *(
            or_(*(c.icontains(word, autoescape=True) for c in columns))
            for word in plain_width(words).split()[:MOST_WORDS]
        )
    )


def list_public(
    *,
    today: date,
    words: str = "",
    domain: Domain | None = None,
    category: str | None = None,
    piloted: bool | None = None,
    adopted: bool | None = None,
    sort: Sort = Sort.NEWEST,
    chinese: bool = True,
    offset: int = 0,
    limit: int = 20,
) -> Listed:
    """What can be looked up today: listed items, those with suspended supply too; ``chinese`` orders titles."""
    query = _rows(today).where(
        CatalogItem.state.in_([ItemState.LISTED, ItemState.SUSPENDED]), FrameworkAgreement.ends_on >= today
    )
    if words:
        query = query.where(_matching(words))
    if domain is not None:
        query = query.where(CatalogItem.domain == domain)
    if category is not None:
        query = query.where(Category.code == category)
    if piloted is not None:
        query = query.where(CatalogItem.pilot_id.is_not(None) if piloted else CatalogItem.pilot_id.is_(None))
    if adopted is not None:
        known = exists().where(Adoption.item_id == CatalogItem.id)
        query = query.where(known if adopted else ~known)
    return _listed(query, _order(sort, chinese), offset, limit)


def _order(sort: Sort, chinese: bool) -> list[ColumnElement[Any]]:
    newest: list[ColumnElement[Any]] = [CatalogItem.listed_at.desc(), CatalogItem.id.desc()]
    if sort is Sort.PRICE:
        return [ItemVersion.unit_price.asc(), *newest]
    if sort is Sort.TITLE:
        english = case((ItemVersion.title_en == "", ItemVersion.title_zh), else_=ItemVersion.title_en)
        return [(ItemVersion.title_zh if chinese else english).asc(), *newest]
    return newest


def of_supplier(actor: Actor, *, today: date, offset: int = 0, limit: int = 20) -> Listed:
    """The items of the startup that the person acts for, newest first."""
    query = _rows(today).where(CatalogItem.supplier_id == (actor.organization_id or 0))
    return _listed(query, [CatalogItem.created_at.desc(), CatalogItem.id.desc()], offset, limit)


def list_for_staff(
    *, today: date, state: ItemState | None = None, words: str = "", offset: int = 0, limit: int = 20
) -> Listed:
    """All items, those that wait to be listed first."""
    query = _rows(today)
    if state is not None:
        query = query.where(CatalogItem.state_expression(today) == state.value)
    if words:
        query = query.where(_matching(words))
    waiting = case((CatalogItem.state == ItemState.PROPOSED, 0), else_=1)
    return _listed(query, [waiting, CatalogItem.created_at.desc(), CatalogItem.id.desc()], offset, limit)


def count_proposed(*, supplier_id: int | None = None) -> int:
    """How many items wait to be listed, of all suppliers or of one."""
    query = select(func.count(CatalogItem.id)).where(CatalogItem.state == ItemState.PROPOSED)
    if supplier_id is not None:
        query = query.where(CatalogItem.supplier_id == supplier_id)
    return db.session.scalar(query) or 0


def list_of_framework(framework_id: int, *, today: date, offset: int = 0, limit: int = 20) -> Listed:
    """What is or was listed in an agreement, by lot, then the newest first."""
    query = _rows(today).where(CatalogItem.framework_id == framework_id, CatalogItem.listed_at.is_not(None))
    order: list[ColumnElement[Any]] = [
        CatalogItem.lot_id.is_(None),
        CatalogItem.listed_at.desc(),
        CatalogItem.id.desc(),
    ]
    order.insert(1, CatalogItem.lot_id.asc())
    return _listed(query, order, offset, limit)


def rows_of(keys: Sequence[int], today: date) -> list[ItemRow]:
    """The rows of these items, in this order."""
    if not keys:
        return []
    rows = db.session.execute(_rows(today).where(CatalogItem.id.in_(keys)).options(*_SHOWN)).all()
    made = {row[0].id: ItemRow(row[0], row[1], ItemState(row[2]), row[3], row[4]) for row in rows}
    return [made[key] for key in keys if key in made]


def literally(words: str, today: date) -> tuple[list[str], list[str]]:
    """References of the items that hold every word as it stands, the newest first; and of the one with this number."""
    code = plain_width(words).strip().lower()
    rows = db.session.execute(
        _rows(today)
        .where(_matching(words), CatalogItem.listed_at.is_not(None))
        .with_only_columns(CatalogItem.ref, CatalogItem.code)
        .order_by(CatalogItem.listed_at.desc(), CatalogItem.id.desc())
    ).all()
    return [row.ref for row in rows], [row.ref for row in rows if row.code == code]
