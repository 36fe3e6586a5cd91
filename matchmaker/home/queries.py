"""Reads for the front door: a few figures, what closes soonest, what is new, and the site's search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload, selectinload

from matchmaker.catalog.models import CatalogItem, FrameworkAgreement, ItemVersion
from matchmaker.catalog.states import ItemState
from matchmaker.challenges.models import Challenge, ChallengeText
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.words import N_
from matchmaker.people.models import Organization, StartupProfile
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


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    title: str
    ref: str
    number: str | None = None
    by: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; ``endpoint`` shows one hit, ``index`` the whole list where there is one."""

    label: str
    endpoint: str
    hits: tuple[Hit, ...]
    total: int
    index: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    groups: tuple[Group, ...]

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups)


def search(words: str, now: datetime) -> Found:
    """Public things that hold every word, in either language."""
    asked = [word for word in words.split() if word][:8]
    return Found((_challenges(asked), _items(asked, now), _cases(asked), _startups(asked)))


def _holds(asked: Sequence[str], *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return and_(*(or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in asked))


def _challenges(asked: Sequence[str]) -> Group:
    held = exists().where(
        ChallengeText.challenge_id == Challenge.id,
        _holds(
            asked, ChallengeText.title, ChallengeText.summary, ChallengeText.problem, ChallengeText.outcome
        ),
    )
    where = and_(Challenge.published_at.is_not(None), held)
    rows = db.session.execute(
        select(Challenge)
        .where(where)
        .options(joinedload(Challenge.organization), selectinload(Challenge.texts))
        .order_by(Challenge.closes_at.desc(), Challenge.id.desc())
        .limit(SHOWN)
    ).scalars()
    hits = tuple(
        Hit(
            c.title,
            c.ref,
            c.code,
            c.organization.name,
            c.text.summary if c.text else "",
        )
        for c in rows
    )
    total = db.session.scalar(select(func.count(Challenge.id)).where(where)) or 0
    return Group(N_("Challenges"), "challenges.public", hits, total, "challenges.index")


def _items(asked: Sequence[str], now: datetime) -> Group:
    held = exists().where(
        ItemVersion.item_id == CatalogItem.id,
        ItemVersion.number == CatalogItem.current_version,
        _holds(
            asked,
            ItemVersion.title_zh,
            ItemVersion.title_en,
            ItemVersion.summary_zh,
            ItemVersion.summary_en,
            ItemVersion.use_case_zh,
            ItemVersion.use_case_en,
        ),
    )
    where = and_(_listed(now), held)
    rows = db.session.execute(
        select(CatalogItem)
        .join(CatalogItem.framework)
        .where(where)
        .options(joinedload(CatalogItem.supplier), selectinload(CatalogItem.versions))
        .order_by(CatalogItem.listed_at.desc(), CatalogItem.id.desc())
        .limit(SHOWN)
    ).scalars()
    hits = tuple(Hit(i.title, i.ref, i.code, i.supplier.name, i.current.summary) for i in rows)
    total = (
        db.session.scalar(select(func.count(CatalogItem.id)).join(CatalogItem.framework).where(where)) or 0
    )
    return Group(N_("Catalog items"), "catalog.public", hits, total, "catalog.index")


def _cases(asked: Sequence[str]) -> Group:
    shown = [PilotState.RUNNING, PilotState.SUSPENDED, PilotState.ASSESSED, PilotState.ENDED_EARLY]
    where = and_(Pilot.state.in_(shown), _holds(asked, Pilot.title_zh, Pilot.title_en, Pilot.site))
    rows = db.session.execute(
        select(Pilot).where(where).options(joinedload(Pilot.agency)).order_by(Pilot.id.desc()).limit(SHOWN)
    ).scalars()
    hits = tuple(Hit(p.title, p.ref, None, p.agency.name, p.site) for p in rows)
    total = db.session.scalar(select(func.count(Pilot.id)).where(where)) or 0
    return Group(N_("Pilot cases"), "pilots.case", hits, total)


def _startups(asked: Sequence[str]) -> Group:
    profile = StartupProfile
    held = _holds(
        asked,
        Organization.name_zh,
        Organization.name_en,
        profile.tagline_zh,
        profile.tagline_en,
        profile.offer_zh,
        profile.offer_en,
    )
    where = and_(
        Organization.kind == OrganizationKind.STARTUP, Organization.state == OrganizationState.CONFIRMED, held
    )
    query = select(Organization).outerjoin(Organization.profile).where(where)
    rows = db.session.execute(
        query.options(joinedload(Organization.profile)).order_by(Organization.name_zh).limit(SHOWN)
    ).scalars()
    hits = tuple(
        Hit(
            o.name,
            o.ref,
            None,
            "",
            o.profile.tagline if o.profile else "",
        )
        for o in rows
    )
    total = db.session.scalar(
        select(func.count(Organization.id)).outerjoin(Organization.profile).where(where)
    )
    return Group(N_("Startups"), "people.public_organization", hits, total or 0)


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
