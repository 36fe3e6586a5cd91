"""Reads of one item; what a person may not know of is not found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.catalog import policies
from matchmaker.catalog.models import (
    Adoption,
    CatalogItem,
    Category,
    ItemEvidence,
    ItemVersion,
    Lot,
)
from matchmaker.challenges.models import Challenge
from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationKind, OrganizationState
from matchmaker.pilots.models import Pilot
from matchmaker.proposals.models import Proposal


def _items() -> Select[CatalogItem]:
    return select(CatalogItem).options(
        joinedload(CatalogItem.supplier),
        joinedload(CatalogItem.category),
        joinedload(CatalogItem.framework),
        joinedload(CatalogItem.lot).joinedload(Lot.category),
        selectinload(CatalogItem.evidence).joinedload(ItemEvidence.file),
        selectinload(CatalogItem.versions).selectinload(ItemVersion.breaks),
    )


def with_evidence() -> Select[CatalogItem]:
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
            joinedload(CatalogItem.lot).joinedload(Lot.category),
            selectinload(CatalogItem.evidence).joinedload(ItemEvidence.file),
            selectinload(CatalogItem.reports),
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
    item = _one(with_evidence().where(or_(CatalogItem.ref == ref, CatalogItem.code == ref)))
    if not policies.can_see(None, item):
        raise NotFound
    return item


def item_for(actor: Actor, ref: str) -> CatalogItem:
    """An item for those who work on it: staff, and its supplier's people."""
    item = _one(with_evidence().where(CatalogItem.ref == ref))
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


def categories() -> Sequence[Category]:
    """The product categories in their order."""
    return db.session.execute(select(Category).order_by(Category.position)).scalars().all()


def category_by_code(code: str) -> Category | None:
    return db.session.execute(select(Category).where(Category.code == code)).scalar_one_or_none()


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


def adoption_in(item_id: int, agency_id: int, year: int) -> Adoption | None:
    """The recorded adoption of an item by an agency in a year."""
    return db.session.execute(
        select(Adoption).where(
            Adoption.item_id == item_id, Adoption.agency_id == agency_id, Adoption.year == year
        )
    ).scalar_one_or_none()


def is_adoption_known(item_id: int, agency_id: int, year: int) -> bool:
    query = select(func.count(Adoption.id)).where(
        Adoption.item_id == item_id, Adoption.agency_id == agency_id, Adoption.year == year
    )
    return bool(db.session.scalar(query))


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


def evidence_for(item: CatalogItem, ref: str) -> ItemEvidence:
    """A piece of evidence of this item, with its file."""
    row = next((each for each in item.evidence if each.ref == ref), None)
    if row is None:
        raise NotFound
    return row
