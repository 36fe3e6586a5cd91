"""Reads of organisations; what a person may not know of is not found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor
from matchmaker.people.models import County, Organization, StartupProfile
from matchmaker.people.states import OrganizationKind, OrganizationState


def _organizations() -> Select[Organization]:
    return select(Organization).options(joinedload(Organization.county), joinedload(Organization.profile))


def organization_for(actor: Actor | None, ref: str) -> Organization:
    """An organisation that this person may see: confirmed ones everybody, others staff and their own people."""
    row = db.session.execute(_organizations().where(Organization.ref == ref)).scalar_one_or_none()
    if row is None:
        raise NotFound
    visible = row.state is OrganizationState.CONFIRMED and row.kind is not OrganizationKind.PROGRAMME
    if not visible and not (actor is not None and (actor.is_staff or actor.is_of(row.id))):
        raise NotFound
    return row


def own_organization(actor: Actor) -> Organization:
    """The organisation that the person acts for."""
    row = db.session.execute(
        _organizations().where(Organization.id == (actor.organization_id or 0))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def organization_by_id(organization_id: int) -> Organization:
    return db.session.execute(_organizations().where(Organization.id == organization_id)).scalar_one()


def profile_of(organization_id: int) -> StartupProfile:
    """The profile of a startup as it is stored now; NotFound for other organisations."""
    row = db.session.execute(
        select(StartupProfile)
        .where(StartupProfile.organization_id == organization_id)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def is_registered(
    *, ubn: str | None = None, agency_code: str | None = None, besides: int | None = None
) -> bool:
    """Does another organisation carry this number already?"""
    numbers = []
    if ubn:
        numbers.append(Organization.ubn == ubn)
    if agency_code:
        numbers.append(Organization.agency_code == agency_code)
    if not numbers:
        return False
    query = select(func.count(Organization.id)).where(or_(*numbers), Organization.id != (besides or 0))
    return bool(db.session.scalar(query))


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a page and how many there are in all."""

    rows: Sequence[Organization]
    total: int


def list_organizations(
    *, state: OrganizationState | None, kind: OrganizationKind | None, words: str, offset: int, limit: int
) -> Listed:
    """The staff's list of organisations: those that wait first, then the latest."""
    query = select(Organization).where(Organization.kind != OrganizationKind.PROGRAMME)
    if state is not None:
        query = query.where(Organization.state == state)
    if kind is not None:
        query = query.where(Organization.kind == kind)
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(
            or_(Organization.name_zh.ilike(like), Organization.name_en.ilike(like), Organization.ubn == words)
        )
    total = db.session.scalar(
        select(func.count()).select_from(query.with_only_columns(Organization.id).subquery())
    )
    rows = db.session.execute(
        query.options(joinedload(Organization.county))
        .order_by(
            Organization.state != OrganizationState.PENDING,
            Organization.created_at.desc(),
            Organization.id.desc(),
        )
        .offset(offset)
        .limit(limit)
    ).scalars()
    return Listed(rows.all(), total or 0)


def count_waiting() -> int:
    """How many registrations wait for staff."""
    return (
        db.session.scalar(
            select(func.count(Organization.id)).where(Organization.state == OrganizationState.PENDING)
        )
        or 0
    )


def confirmed_startups(limit: int | None = None) -> Sequence[Organization]:
    """Confirmed startups with their profiles."""
    query = (
        _organizations()
        .where(
            Organization.kind == OrganizationKind.STARTUP, Organization.state == OrganizationState.CONFIRMED
        )
        .order_by(Organization.name_zh)
        .limit(limit)
    )
    return db.session.execute(query).scalars().all()


def counties() -> Sequence[County]:
    return db.session.execute(select(County).order_by(County.position)).scalars().all()
