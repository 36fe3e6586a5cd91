"""The catalog's list: found by words, narrowed and counted by facets, in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, select

from matchmaker.catalog import finding
from matchmaker.catalog.models import Adoption, CatalogItem, Category, FrameworkAgreement, ItemVersion, Lot
from matchmaker.catalog.queries.lists import ItemRow, literally, rows_of
from matchmaker.catalog.states import ItemState
from matchmaker.foundation.db import db
from matchmaker.kernel.dates import local_day
from matchmaker.people.actor import Actor
from matchmaker.people.models import County, Organization

EVERYWHERE = "everywhere"
"""An item in no lot, or in a lot without regions, is supplied everywhere."""

PRICE_BANDS = (
    ("0-10000", 0, 10_000),
    ("10000-50000", 10_000, 50_000),
    ("50000-150000", 50_000, 150_000),
    ("150000-", 150_000, None),
)
"""Bands of the unit price in NT$: from, up to and without."""


class Facet(StrEnum):
    """What the items are counted and narrowed by; each is an argument of the address."""

    DOMAIN = "domain"
    CATEGORY = "category"
    REGION = "region"
    PRICE = "price"
    ORIGIN = "origin"
    ADOPTED = "adopted"
    ALIKE = "alike"


class Order(StrEnum):
    """Orders of the list; by fit where there are words."""

    FIT = "fit"
    NEWEST = "newest"
    PRICE = "price"
    TITLE = "title"
    ADOPTIONS = "adoptions"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item by what it is counted and ordered by."""

    id: int
    ref: str
    listed_at: datetime
    price: int
    title: str
    adoptions: int
    values: Mapping[Facet, tuple[str, ...]] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Browsed:
    """The rows of a page, how many there are in all, and what each value of a facet would leave."""

    rows: Sequence[ItemRow]
    total: int
    counts: Mapping[Facet, Counter[str]]


def browse(
    *,
    now: datetime,
    words: str = "",
    chosen: Mapping[Facet, frozenset[str]],
    order: Order = Order.NEWEST,
    chinese: bool = True,
    actor: Actor | None = None,
    offset: int = 0,
    limit: int = 20,
) -> Browsed:
    """What can be looked up today. ``actor`` says which agencies are alike; ``chinese`` orders the titles."""
    today = local_day(now)
    candidates = _candidates(today, chinese, actor)
    if words:
        candidates = _fitting(candidates, words, now, today)
    kept, counts = _narrowed(candidates, chosen)
    kept = _ordered(kept, order, words=bool(words))
    shown = kept[offset : offset + limit]
    return Browsed(rows_of([each.id for each in shown], today), len(kept), counts)


def _fitting(candidates: list[Candidate], words: str, now: datetime, today: date) -> list[Candidate]:
    """Those that the words fit, best first: a whole number means its item; what the finder has not read yet is
    found by its own letters."""
    by_ref = {each.ref: each for each in candidates}
    literal, exact = literally(words, today)
    refs = exact or [*dict.fromkeys([*finding.found(words, now), *literal])]
    return [by_ref[ref] for ref in refs if ref in by_ref]


def _ordered(kept: list[Candidate], order: Order, *, words: bool) -> list[Candidate]:
    if order is Order.FIT and words:
        return kept
    newest = sorted(kept, key=lambda each: (each.listed_at, each.id), reverse=True)
    if order is Order.PRICE:
        return sorted(newest, key=lambda each: each.price)
    if order is Order.TITLE:
        return sorted(newest, key=lambda each: each.title)
    if order is Order.ADOPTIONS:
        return sorted(newest, key=lambda each: -each.adoptions)
    return newest


def _narrowed(
    candidates: Sequence[Candidate], chosen: Mapping[Facet, frozenset[str]]
) -> tuple[list[Candidate], dict[Facet, Counter[str]]]:
    """Those with a chosen value of every facet, and the counts of each facet under the others."""
    counts: dict[Facet, Counter[str]] = {facet: Counter() for facet in Facet}
    kept: list[Candidate] = []
    for each in candidates:
        failed = [
            facet for facet, wanted in chosen.items() if wanted and wanted.isdisjoint(each.values[facet])
        ]
        if not failed:
            kept.append(each)
            for facet, values in each.values.items():
                counts[facet].update(values)
        elif len(failed) == 1:
            counts[failed[0]].update(each.values[failed[0]])
    return kept, counts


def _candidates(today: date, chinese: bool, actor: Actor | None) -> list[Candidate]:
    rows = db.session.execute(
        select(
            CatalogItem.id,
            CatalogItem.ref,
            CatalogItem.listed_at,
            CatalogItem.domain,
            CatalogItem.pilot_id,
            Category.code.label("category"),
            Lot.regions,
            ItemVersion.unit_price,
            ItemVersion.title_zh,
            ItemVersion.title_en,
        )
        .join(
            ItemVersion,
            and_(ItemVersion.item_id == CatalogItem.id, ItemVersion.number == CatalogItem.current_version),
        )
        .join(FrameworkAgreement, FrameworkAgreement.id == CatalogItem.framework_id)
        .outerjoin(Category, Category.id == CatalogItem.category_id)
        .outerjoin(Lot, Lot.id == CatalogItem.lot_id)
        .where(
            CatalogItem.state.in_([ItemState.LISTED, ItemState.SUSPENDED]),
            FrameworkAgreement.ends_on >= today,
        )
        .order_by(CatalogItem.listed_at.desc(), CatalogItem.id.desc())
    )
    adopters, alike = _adopters(), _alike(actor)
    return [_candidate(row, adopters[row.id], alike, chinese) for row in rows]


def _candidate(row: Any, adopters: list[int | None], alike: set[int], chinese: bool) -> Candidate:
    price = row.unit_price or 0
    return Candidate(
        id=row.id,
        ref=row.ref,
        listed_at=row.listed_at,
        price=price,
        title=row.title_zh if chinese else row.title_en or row.title_zh,
        adoptions=len(adopters),
        values={
            Facet.DOMAIN: (str(row.domain),) if row.domain else (),
            Facet.CATEGORY: (row.category,) if row.category else (),
            Facet.REGION: tuple(row.regions or ()) or (EVERYWHERE,),
            Facet.PRICE: tuple(
                k for k, low, top in PRICE_BANDS if low <= price and (top is None or price < top)
            ),
            Facet.ORIGIN: ("pilot" if row.pilot_id is not None else "direct",),
            Facet.ADOPTED: ("yes" if adopters else "no",),
            Facet.ALIKE: ("yes",) if any(one in alike for one in adopters) else (),
        },
    )


def _adopters() -> dict[int, list[int | None]]:
    """Who adopted each item, by the agency's id where it is on the platform."""
    found: dict[int, list[int | None]] = defaultdict(list)
    for row in db.session.execute(select(Adoption.item_id, Adoption.agency_id)):
        found[row.item_id].append(row.agency_id)
    return found


def _alike(actor: Actor | None) -> set[int]:
    """The ids of the agencies of the same kind or county as the person's own; that one is not among them."""
    if actor is None or actor.organization_id is None:
        return set()
    own = db.session.execute(
        select(Organization.agency_kind, Organization.county_id).where(
            Organization.id == actor.organization_id
        )
    ).one_or_none()
    if own is None or own.agency_kind is None:
        return set()
    rows = db.session.execute(
        select(Organization.id, Organization.agency_kind, Organization.county_id).where(
            Organization.agency_kind.is_not(None), Organization.id != actor.organization_id
        )
    )
    return {
        row.id
        for row in rows
        if row.agency_kind == own.agency_kind
        or (own.county_id is not None and row.county_id == own.county_id)
    }


def county_names() -> dict[str, str]:
    """The counties by their code, in the reader's language."""
    return {c.code: c.name for c in db.session.execute(select(County).order_by(County.position)).scalars()}
