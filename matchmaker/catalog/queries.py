"""Reads of the catalog; what a person may not know of is not found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from matchmaker.catalog import policies
from matchmaker.catalog.models import (
    Adoption,
    CatalogItem,
    Category,
    FrameworkAgreement,
    ItemVersion,
)
from matchmaker.catalog.states import ItemState
from matchmaker.challenges.models import Challenge
from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.money import plain_width
from matchmaker.kernel.programme import Domain
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationKind, OrganizationState
from matchmaker.pilots.models import Pilot
from matchmaker.proposals.models import Proposal

MOST_WORDS = 8


class Sort(StrEnum):
    """Orders of the public list."""

    NEWEST = "newest"
    PRICE = "price"
    TITLE = "title"


# --- one item ---


def _items() -> Select[CatalogItem]:
    return select(CatalogItem).options(
        joinedload(CatalogItem.supplier),
        joinedload(CatalogItem.category),
        joinedload(CatalogItem.framework),
        selectinload(CatalogItem.versions).selectinload(ItemVersion.breaks),
    )


def _with_evidence() -> Select[CatalogItem]:
    """With everything an item's page tells: where it comes from and who adopted it."""
    pilot = joinedload(CatalogItem.pilot)
    return (
        select(CatalogItem)
        .options(
            joinedload(CatalogItem.supplier).options(
                joinedload(Organization.county), joinedload(Organization.profile)
            ),
            joinedload(CatalogItem.category),
            joinedload(CatalogItem.framework),
            selectinload(CatalogItem.versions).selectinload(ItemVersion.breaks),
            selectinload(CatalogItem.adoptions).joinedload(Adoption.agency),
            pilot.joinedload(Pilot.agency),
            pilot.joinedload(Pilot.assessment),
            pilot.selectinload(Pilot.measures),
            pilot.joinedload(Pilot.challenge).options(
                selectinload(Challenge.texts), joinedload(Challenge.organization)
            ),
        )
        .execution_options(populate_existing=True)
    )


def _one(query: Select[CatalogItem]) -> CatalogItem:
    row = db.session.execute(query).unique().scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def item_by_id(item_id: int) -> CatalogItem:
    """An item with its versions, supplier, category and agreement, read anew."""
    return _one(_items().where(CatalogItem.id == item_id).execution_options(populate_existing=True))


def public_item(ref: str, today: date) -> CatalogItem:
    """An item as everybody may see it: what is or was listed; by its reference or its code."""
    item = _one(_with_evidence().where(or_(CatalogItem.ref == ref, CatalogItem.code == ref)))
    if not policies.can_see(None, item):
        raise NotFound
    return item


def item_for(actor: Actor, ref: str) -> CatalogItem:
    """An item for those who work on it: staff, and its supplier's people."""
    item = _one(_with_evidence().where(CatalogItem.ref == ref))
    if not actor.is_staff and not actor.is_of(item.supplier_id):
        raise NotFound
    return item


def item_of_pilot(pilot_id: int) -> CatalogItem | None:
    """The item that grew from a pilot, where there is one."""
    return db.session.execute(_items().where(CatalogItem.pilot_id == pilot_id)).scalar_one_or_none()


def listed_of_challenge(challenge_id: int) -> Sequence[CatalogItem]:
    """The items that are or were listed and grew from the pilots of a challenge."""
    return (
        db.session.execute(
            _items()
            .join(CatalogItem.pilot)
            .where(Pilot.challenge_id == challenge_id, CatalogItem.listed_at.is_not(None))
            .order_by(CatalogItem.listed_at, CatalogItem.id)
        )
        .scalars()
        .all()
    )


def adoption_for(item: CatalogItem, ref: str) -> Adoption:
    """A recorded adoption of this item."""
    row = db.session.execute(
        select(Adoption).where(Adoption.ref == ref, Adoption.item_id == item.id)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


# --- lists ---


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in a list, with its current version and how many adoptions are known."""

    item: CatalogItem
    version: ItemVersion
    state: ItemState
    adoptions: int


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
    return (
        select(CatalogItem, ItemVersion, CatalogItem.state_expression(today), adoptions)
        .join(
            ItemVersion,
            and_(ItemVersion.item_id == CatalogItem.id, ItemVersion.number == CatalogItem.current_version),
        )
        .join(Organization, Organization.id == CatalogItem.supplier_id)
        .outerjoin(FrameworkAgreement, FrameworkAgreement.id == CatalogItem.framework_id)
        .outerjoin(Category, Category.id == CatalogItem.category_id)
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
        [ItemRow(item, version, ItemState(state), count) for item, version, state, count in rows], total or 0
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


# --- categories, agreements, adopters ---


def categories() -> Sequence[Category]:
    """The product categories in their order."""
    return db.session.execute(select(Category).order_by(Category.position)).scalars().all()


def category_by_code(code: str) -> Category | None:
    return db.session.execute(select(Category).where(Category.code == code)).scalar_one_or_none()


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


def running_frameworks(today: date) -> Sequence[FrameworkAgreement]:
    """The agreements that hold on this day."""
    return (
        db.session.execute(
            select(FrameworkAgreement)
            .where(FrameworkAgreement.starts_on <= today, FrameworkAgreement.ends_on >= today)
            .order_by(FrameworkAgreement.starts_on.desc(), FrameworkAgreement.id.desc())
        )
        .scalars()
        .all()
    )


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


def agencies() -> Sequence[Organization]:
    """The confirmed agencies, who may be named as adopters."""
    return (
        db.session.execute(
            select(Organization)
            .where(
                Organization.kind == OrganizationKind.AGENCY,
                Organization.state == OrganizationState.CONFIRMED,
            )
            .order_by(Organization.name_zh)
        )
        .scalars()
        .all()
    )


def agency_by_ref(ref: str) -> Organization | None:
    return db.session.execute(
        select(Organization).where(Organization.ref == ref, Organization.kind == OrganizationKind.AGENCY)
    ).scalar_one_or_none()


def is_adoption_known(item_id: int, agency_id: int, year: int) -> bool:
    query = select(func.count(Adoption.id)).where(
        Adoption.item_id == item_id, Adoption.agency_id == agency_id, Adoption.year == year
    )
    return bool(db.session.scalar(query))


# --- where an item comes from ---


def pilot_with_sources(pilot_id: int) -> Pilot:
    """A pilot with all that an item is prepared from: its challenge, proposal, measures and assessment."""
    row = (
        db.session.execute(
            select(Pilot)
            .where(Pilot.id == pilot_id)
            .options(
                joinedload(Pilot.challenge).selectinload(Challenge.texts),
                joinedload(Pilot.proposal).selectinload(Proposal.versions),
                joinedload(Pilot.startup),
                joinedload(Pilot.assessment),
                selectinload(Pilot.measures),
            )
            .execution_options(populate_existing=True)
        )
        .unique()
        .scalar_one_or_none()
    )
    if row is None:
        raise NotFound
    return row
