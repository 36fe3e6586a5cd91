"""Reads of kits and peer requests; a kit is its agency's alone, a request that of the two agencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from matchmaker.catalog.models import Adoption, CatalogItem, ItemVersion
from matchmaker.challenges.models import Challenge
from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.kits.models import Kit, KitEntry, PeerRequest
from matchmaker.kits.states import OPEN
from matchmaker.orders.models import CallOffOrder, Experience, OrderLine
from matchmaker.orders.states import ENDED_UNFULFILLED, OrderState
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.pilots.models import Pilot


def _passport() -> list[_AbstractLoad]:
    """Everything that a kit tells of an item."""
    pilot = joinedload(CatalogItem.pilot)
    return [
        joinedload(CatalogItem.supplier).options(
            joinedload(Organization.county), joinedload(Organization.profile)
        ),
        joinedload(CatalogItem.category),
        joinedload(CatalogItem.framework),
        joinedload(CatalogItem.lot),
        selectinload(CatalogItem.versions).selectinload(ItemVersion.breaks),
        selectinload(CatalogItem.adoptions).joinedload(Adoption.agency),
        pilot.joinedload(Pilot.agency),
        pilot.joinedload(Pilot.assessment),
        pilot.selectinload(Pilot.measures),
        pilot.joinedload(Pilot.challenge).options(
            selectinload(Challenge.texts), joinedload(Challenge.organization)
        ),
    ]


def items_by_ref(refs: Sequence[str]) -> list[CatalogItem]:
    """Items that are or were listed, by reference or code, in the order asked for, each once."""
    asked = list(dict.fromkeys(ref for ref in refs if ref))[:20]
    rows = (
        db.session.execute(
            select(CatalogItem)
            .where(
                CatalogItem.listed_at.is_not(None),
                or_(CatalogItem.ref.in_(asked), CatalogItem.code.in_(asked)),
            )
            .options(*_passport())
            .execution_options(populate_existing=True)
        )
        .unique()
        .scalars()
        .all()
    )
    known = {name: row for row in rows for name in (row.ref, row.code)}
    return list(dict.fromkeys(known[name] for name in asked if name in known))


def kit_for(actor: Actor, ref: str) -> Kit:
    """A kit of the person's own agency, with all its papers are made from."""
    kit = (
        db.session.execute(
            select(Kit)
            .where(Kit.ref == ref, Kit.agency_id == (actor.organization_id or 0))
            .options(
                joinedload(Kit.agency),
                selectinload(Kit.entries).joinedload(KitEntry.item).options(*_passport()),
            )
            .execution_options(populate_existing=True)
        )
        .unique()
        .scalar_one_or_none()
    )
    if kit is None:
        raise NotFound
    return kit


@dataclass(frozen=True, slots=True)
class Listed:
    """Kits of a page and how many there are in all."""

    rows: Sequence[Kit]
    total: int


def kits_of(actor: Actor, *, offset: int = 0, limit: int = 20) -> Listed:
    """The kits of the person's agency, the latest first."""
    own = Kit.agency_id == (actor.organization_id or 0)
    total = db.session.scalar(select(func.count(Kit.id)).where(own))
    rows = (
        db.session.execute(
            select(Kit)
            .where(own)
            .options(
                selectinload(Kit.entries)
                .joinedload(KitEntry.item)
                .selectinload(CatalogItem.versions)
                .load_only(
                    ItemVersion.item_id, ItemVersion.number, ItemVersion.title_zh, ItemVersion.title_en
                )
            )
            .order_by(Kit.changed_at.desc(), Kit.id.desc())
            .offset(offset)
            .limit(limit)
        )
        .scalars()
        .all()
    )
    return Listed(rows, total or 0)


@dataclass(frozen=True, slots=True)
class Record:
    """What orders here show of an item: agencies that ordered it, those that ordered again, fitness from 1 to 5."""

    agencies: int
    again: int
    fitness: tuple[int, ...]


def records_of(item_ids: Sequence[int]) -> Mapping[int, Record]:
    """The record of each item from orders that suppliers accepted."""
    counted = (
        select(OrderLine.item_id, CallOffOrder.agency_id, func.count(CallOffOrder.id.distinct()))
        .join(CallOffOrder, CallOffOrder.id == OrderLine.order_id)
        .where(
            OrderLine.item_id.in_(item_ids),
            CallOffOrder.state.not_in([OrderState.PLACED, *ENDED_UNFULFILLED]),
        )
        .group_by(OrderLine.item_id, CallOffOrder.agency_id)
    )
    buyers: dict[int, list[int]] = {}
    for item_id, _agency, orders in db.session.execute(counted):
        buyers.setdefault(item_id or 0, []).append(orders)
    rated = (
        select(OrderLine.item_id, Experience.fitness)
        .join(Experience, Experience.order_id == OrderLine.order_id)
        .where(OrderLine.item_id.in_(item_ids))
        .order_by(Experience.id)
    )
    fitness: dict[int, list[int]] = {}
    for item_id, value in db.session.execute(rated):
        fitness.setdefault(item_id or 0, []).append(value)
    return {
        item_id: Record(
            len(buyers.get(item_id, [])),
            sum(orders > 1 for orders in buyers.get(item_id, [])),
            tuple(fitness.get(item_id, [])),
        )
        for item_id in item_ids
    }


# --- peer contacts ---


def _requests() -> list[_AbstractLoad]:
    return [
        joinedload(PeerRequest.pilot).joinedload(Pilot.agency),
        joinedload(PeerRequest.agency),
        joinedload(PeerRequest.asked_by),
    ]


def request_for(actor: Actor, ref: str) -> PeerRequest:
    """A request, for the people of the two agencies that it is between."""
    row = db.session.execute(
        select(PeerRequest)
        .where(PeerRequest.ref == ref)
        .options(*_requests())
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None or not (actor.is_of(row.agency_id) or actor.is_of(row.pilot.agency_id)):
        raise NotFound
    return row


def request_by_id(request_id: int) -> PeerRequest:
    return db.session.execute(
        select(PeerRequest)
        .where(PeerRequest.id == request_id)
        .options(*_requests())
        .execution_options(populate_existing=True)
    ).scalar_one()


def latest_requests(agency_id: int, pilot_ids: Sequence[int]) -> Mapping[int, PeerRequest]:
    """The latest request of an agency for each of these pilots."""
    rows = (
        db.session.execute(
            select(PeerRequest)
            .where(PeerRequest.agency_id == agency_id, PeerRequest.pilot_id.in_(pilot_ids))
            .options(*_requests())
            .order_by(PeerRequest.id)
        )
        .scalars()
        .all()
    )
    return {row.pilot_id: row for row in rows}


def open_request(agency_id: int, pilot_id: int) -> PeerRequest | None:
    """The request that is open between an agency and a pilot."""
    return db.session.execute(
        select(PeerRequest).where(
            PeerRequest.agency_id == agency_id,
            PeerRequest.pilot_id == pilot_id,
            PeerRequest.state.in_(OPEN),
        )
    ).scalar_one_or_none()


def requests_to(agency_id: int, *, waiting: bool = False) -> Sequence[PeerRequest]:
    """The requests that other agencies made to this one, the latest first."""
    query = (
        select(PeerRequest)
        .join(PeerRequest.pilot)
        .where(Pilot.agency_id == agency_id)
        .options(*_requests())
        .order_by(PeerRequest.id.desc())
        .limit(50)
    )
    if waiting:
        query = query.where(PeerRequest.state == OPEN[0])
    return db.session.execute(query).scalars().all()
