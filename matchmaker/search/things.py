"""The public things as the database has them at this moment, without their words: what may be shown, and how it counts.

The index may be a moment behind. Whatever it names is read here again before a page, a count or a suggestion
speaks of it; the conditions are those of the things' own public pages and lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import null, select

from matchmaker.catalog.models import CatalogItem, FrameworkAgreement
from matchmaker.catalog.states import ItemState
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.phases import Phase, phase_expression
from matchmaker.foundation.db import db
from matchmaker.kernel.dates import local_day
from matchmaker.people.models import County, Organization, StartupProfile
from matchmaker.people.states import OrganizationKind, OrganizationState
from matchmaker.pilots.models import Pilot
from matchmaker.pilots.states import PilotState
from matchmaker.search.documents import PUBLIC_PILOTS
from matchmaker.search.facts import Facet, Standing
from matchmaker.search.states import Kind, ref_of, subject

AT_ONCE = 5_000

_PHASES = {
    Phase.COMING: Standing.COMING,
    Phase.OPEN: Standing.OPEN,
    Phase.CLOSING: Standing.OPEN,
    Phase.CONCLUDED: Standing.OVER,
    Phase.CANCELLED: Standing.OVER,
}
_PILOTS = {PilotState.RUNNING: Standing.UNDER_WAY, PilotState.SUSPENDED: Standing.UNDER_WAY}


@dataclass(frozen=True, slots=True)
class Thing:
    """One public thing, by what it can be counted and ordered by; ``at`` is when it became public."""

    subject: str
    kind: Kind
    code: str | None
    standing: Standing | None
    at: datetime | None
    closes_at: datetime | None
    values: dict[Facet, tuple[str, ...]] = field(compare=False)

    @property
    def ref(self) -> str:
        return ref_of(self.subject)


def things(now: datetime, subjects: Iterable[str] | None = None) -> dict[str, Thing]:
    """The public ones of these subjects, or all public things, by subject; one query for each kind and batch."""
    if subjects is None:
        return {thing.subject: thing for kind in Kind for thing in _read(kind, now, None)}
    refs: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for one in subjects:
        refs[Kind(one.partition(":")[0])].append(ref_of(one))
    return {
        thing.subject: thing
        for kind, wanted in refs.items()
        for start in range(0, len(wanted), AT_ONCE)
        for thing in _read(kind, now, wanted[start : start + AT_ONCE])
    }


def _read(kind: Kind, now: datetime, refs: Sequence[str] | None) -> Iterator[Thing]:
    query, column = _QUERIES[kind](now)
    for row in db.session.execute(query if refs is None else query.where(column.in_(refs))):
        standing = _standing(kind, row.state)
        values = {
            Facet.KIND: (kind.value,),
            Facet.STANDING: (standing.value,) if standing else (),
            Facet.DOMAIN: _domains(row.domain),
            Facet.AGENCY: (row.agency,) if row.agency else (),
            Facet.COUNTY: (row.county,) if row.county else (),
            Facet.YEAR: (str(local_day(row.at).year),) if row.at and kind is not Kind.STARTUP else (),
        }
        yield Thing(subject(kind, row.ref), kind, row.code, standing, row.at, row.closes_at, values)


def _domains(stored: Any) -> tuple[str, ...]:
    if isinstance(stored, list):
        return tuple(str(one) for one in stored)
    return (str(stored),) if stored else ()


def _standing(kind: Kind, state: str | None) -> Standing | None:
    if kind is Kind.CHALLENGE:
        return _PHASES.get(Phase(state), Standing.UNDER_WAY) if state else Standing.UNDER_WAY
    if kind is Kind.PILOT:
        return _PILOTS.get(PilotState(state or PilotState.ASSESSED), Standing.OVER)
    if kind is Kind.ITEM:
        return Standing.ORDERABLE if state == ItemState.LISTED else Standing.OVER
    return None


def _challenges(now: datetime) -> tuple[Any, Any]:
    query = (
        select(
            Challenge.ref,
            Challenge.code,
            phase_expression(now).label("state"),
            Challenge.domain,
            Organization.ref.label("agency"),
            County.code.label("county"),
            Challenge.published_at.label("at"),
            Challenge.closes_at,
        )
        .join(Organization, Organization.id == Challenge.organization_id)
        .outerjoin(County, County.id == Organization.county_id)
        .where(Challenge.published_at.is_not(None))
    )
    return query, Challenge.ref


def _pilots(_now: datetime) -> tuple[Any, Any]:
    query = (
        select(
            Pilot.ref,
            Challenge.code,
            Pilot.state,
            Challenge.domain,
            Organization.ref.label("agency"),
            County.code.label("county"),
            Pilot.started_at.label("at"),
            null().label("closes_at"),
        )
        .join(Challenge, Challenge.id == Pilot.challenge_id)
        .join(Organization, Organization.id == Pilot.agency_id)
        .outerjoin(County, County.id == Organization.county_id)
        .where(Pilot.state.in_(PUBLIC_PILOTS), Pilot.started_at.is_not(None))
    )
    return query, Pilot.ref


def _items(now: datetime) -> tuple[Any, Any]:
    query = (
        select(
            CatalogItem.ref,
            CatalogItem.code,
            CatalogItem.state_expression(local_day(now)).label("state"),
            CatalogItem.domain,
            null().label("agency"),
            County.code.label("county"),
            CatalogItem.listed_at.label("at"),
            null().label("closes_at"),
        )
        .join(Organization, Organization.id == CatalogItem.supplier_id)
        .outerjoin(County, County.id == Organization.county_id)
        .outerjoin(FrameworkAgreement, FrameworkAgreement.id == CatalogItem.framework_id)
        .where(CatalogItem.state == ItemState.LISTED)
    )
    return query, CatalogItem.ref


def _startups(_now: datetime) -> tuple[Any, Any]:
    query = (
        select(
            Organization.ref,
            null().label("code"),
            null().label("state"),
            StartupProfile.domains.label("domain"),
            null().label("agency"),
            County.code.label("county"),
            Organization.decided_at.label("at"),
            null().label("closes_at"),
        )
        .outerjoin(StartupProfile, StartupProfile.organization_id == Organization.id)
        .outerjoin(County, County.id == Organization.county_id)
        .where(
            Organization.kind == OrganizationKind.STARTUP, Organization.state == OrganizationState.CONFIRMED
        )
    )
    return query, Organization.ref


_QUERIES: dict[Kind, Callable[[datetime], tuple[Any, Any]]] = {
    Kind.CHALLENGE: _challenges,
    Kind.PILOT: _pilots,
    Kind.ITEM: _items,
    Kind.STARTUP: _startups,
}
