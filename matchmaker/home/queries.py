"""Reads for the front door: a few figures, what closes soonest, what is new, and the open data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from matchmaker.catalog.models import CatalogItem, FrameworkAgreement
from matchmaker.catalog.states import ItemState
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db
from matchmaker.kernel.dates import local_day
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationKind, OrganizationState
from matchmaker.pilots.models import Pilot
from matchmaker.pilots.states import PilotState

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures of the front page, and a few rows worth seeing."""

    open_challenges: int
    running_pilots: int
    listed_items: int
    startups: int
    challenges: Sequence[Challenge]
    items: Sequence[CatalogItem]


def _open(now: datetime) -> ColumnElement[bool]:
    return and_(
        Challenge.state == ChallengeState.PUBLISHED, Challenge.opens_at <= now, Challenge.closes_at > now
    )


def _listed(now: datetime) -> ColumnElement[bool]:
    return and_(CatalogItem.state == ItemState.LISTED, FrameworkAgreement.ends_on >= local_day(now))


def facts(now: datetime) -> Facts:
    """What is going on at this moment."""
    startups = select(func.count(Organization.id)).where(
        Organization.kind == OrganizationKind.STARTUP, Organization.state == OrganizationState.CONFIRMED
    )
    items = (
        select(CatalogItem)
        .join(CatalogItem.framework)
        .where(_listed(now))
        .options(joinedload(CatalogItem.supplier), selectinload(CatalogItem.versions))
        .order_by(CatalogItem.listed_at.desc(), CatalogItem.id.desc())
        .limit(SHOWN)
    )
    challenges = (
        select(Challenge)
        .where(_open(now))
        .options(joinedload(Challenge.organization), selectinload(Challenge.texts))
        .order_by(Challenge.closes_at, Challenge.id)
        .limit(SHOWN)
    )
    return Facts(
        open_challenges=db.session.scalar(select(func.count(Challenge.id)).where(_open(now))) or 0,
        running_pilots=db.session.scalar(
            select(func.count(Pilot.id)).where(Pilot.state == PilotState.RUNNING)
        )
        or 0,
        listed_items=db.session.scalar(
            select(func.count(CatalogItem.id)).join(CatalogItem.framework).where(_listed(now))
        )
        or 0,
        startups=db.session.scalar(startups) or 0,
        challenges=db.session.execute(challenges).scalars().all(),
        items=db.session.execute(items).scalars().all(),
    )


def published_challenges() -> Sequence[Challenge]:
    """Every published challenge, for the open data."""
    return (
        db.session.execute(
            select(Challenge)
            .where(Challenge.published_at.is_not(None))
            .options(joinedload(Challenge.organization), selectinload(Challenge.texts))
            .order_by(Challenge.code)
        )
        .scalars()
        .all()
    )


def listed_items(now: datetime) -> Sequence[CatalogItem]:
    """Every item that can be ordered now, for the open data."""
    return (
        db.session.execute(
            select(CatalogItem)
            .join(CatalogItem.framework)
            .where(_listed(now))
            .options(
                contains_eager(CatalogItem.framework),
                joinedload(CatalogItem.supplier),
                joinedload(CatalogItem.category),
                selectinload(CatalogItem.versions),
            )
            .order_by(CatalogItem.code)
        )
        .scalars()
        .all()
    )
