"""The programme office: the organisation behind the platform, made once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from matchmaker.foundation.db import db
from matchmaker.people import operations as people
from matchmaker.people import queries
from matchmaker.people.facts import OrganizationFacts
from matchmaker.people.models import Membership, Organization, User
from matchmaker.people.states import OrganizationKind, OrganizationState, Role

NAME_ZH = "媒合平台計畫辦公室"
NAME_EN = "Matchmaker Programme Office"


def find() -> Organization | None:
    """The programme office, once there is one."""
    return db.session.execute(
        select(Organization).where(Organization.kind == OrganizationKind.PROGRAMME)
    ).scalar_one_or_none()


def make(*, by: User, at: datetime) -> Organization:
    """The programme office with its first director; nobody else could confirm it."""
    facts = OrganizationFacts(kind=OrganizationKind.PROGRAMME, name_zh=NAME_ZH, name_en=NAME_EN)
    place = people.register(facts=facts, by=by, at=at)
    place.state, place.decided_at = OrganizationState.CONFIRMED, at
    db.session.flush()
    return place


def add_director(*, user: User, at: datetime) -> None:
    """Give an account the director's role; the office is made where there is none."""
    place = find()
    if place is None:
        make(by=user, at=at)
    elif not any(m.user_id == user.id for m in queries.members_of(place.id)):
        db.session.add(Membership(user=user, organization=place, role=Role.DIRECTOR, since=at))
