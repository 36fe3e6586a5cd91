"""Loads data through the product's own operations; every part is safe to repeat."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from matchmaker.catalog.models import Category
from matchmaker.foundation import clock
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.kernel.places import data_dir
from matchmaker.kernel.programme import Domain
from matchmaker.people import operations as people
from matchmaker.people import queries as people_queries
from matchmaker.people.facts import OrganizationFacts
from matchmaker.people.models import County, Membership, Organization
from matchmaker.people.states import OrganizationKind, OrganizationState, Role

PROGRAMME_OFFICE = "媒合平台計畫辦公室"


def _toml(*path: str) -> dict[str, Any]:
    with (data_dir().joinpath("seeds", *path)).open("rb") as file:
        return tomllib.load(file)


def reference() -> None:
    """Counties and product categories; rows that exist are brought up to date."""
    with unit_of_work() as session:
        known = {row.code: row for row in session.execute(select(County)).scalars()}
        for position, row in enumerate(_toml("reference", "counties.toml")["county"]):
            county = known.get(row["code"]) or County(code=row["code"])
            county.name_zh, county.name_en, county.position = row["zh"], row["en"], position
            session.add(county)
        categories = {row.code: row for row in session.execute(select(Category)).scalars()}
        for position, row in enumerate(_toml("reference", "categories.toml")["category"]):
            category = categories.get(row["code"]) or Category(code=row["code"])
            category.name_zh, category.name_en = row["zh"], row["en"]
            category.domain, category.position = Domain(row["domain"]), position
            session.add(category)


def programme_office() -> Organization | None:
    """The programme office, once there is one."""
    return db.session.execute(
        select(Organization).where(Organization.kind == OrganizationKind.PROGRAMME)
    ).scalar_one_or_none()


def first_director(*, email: str, name: str, password: str | None = None) -> None:
    """Make (or find) the account and give it the director's role in the programme office."""
    with unit_of_work():
        now = clock.now()
        user = people_queries.user_by_email(email) or people.create_user(
            email=email, name=name, password=password, at=now
        )
        office = programme_office()
        if office is None:
            office = people.register(
                facts=OrganizationFacts(
                    kind=OrganizationKind.PROGRAMME,
                    name_zh=PROGRAMME_OFFICE,
                    name_en="Matchmaker Programme Office",
                ),
                by=user,
                at=now,
            )
            office.state, office.decided_at = OrganizationState.CONFIRMED, now
        elif not any(m.user_id == user.id for m in people_queries.members_of(office.id)):
            db.session.add(Membership(user=user, organization=office, role=Role.DIRECTOR, since=now))
        if password is None and user.password_hash is None:
            people.ask_reset(email=email, at=now)


@dataclass(frozen=True, slots=True)
class Persona:
    """A sign-in of the demo year."""

    title: str
    email: str
    password: str


def personas() -> list[Persona]:
    """One sign-in for each kind of person, for the demo."""
    return []


def demo() -> None:
    """The demo year."""


def heap(*, challenges: int, startups: int, number: int) -> None:
    """Many challenges and startups, the same for the same number."""
