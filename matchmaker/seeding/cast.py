"""The people and organisations of the demo year: who signs up when, and how the stories find them again.

Everything is found by its natural key, so that an interrupted loading can go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.people import operations as people
from matchmaker.people import queries
from matchmaker.people.actor import Actor
from matchmaker.people.facts import OrganizationFacts, ProfileFacts
from matchmaker.people.models import County, Membership, Organization, User
from matchmaker.people.states import AgencyKind, OrganizationKind, Role, SignOffRole
from matchmaker.seeding import office, reference, signins
from matchmaker.seeding.reading import toml
from matchmaker.seeding.schedule import Line, Schedule

Row = dict[str, Any]
KINDS = {
    "agency": OrganizationKind.AGENCY,
    "partner": OrganizationKind.PARTNER,
    "startup": OrganizationKind.STARTUP,
}


@dataclass(slots=True)
class Cast:
    """Everybody of the demo year by their keys."""

    schedule: Schedule
    password_hash: str
    groups: dict[str, Row] = field(init=False)
    people: dict[str, Row] = field(init=False)
    office: Row = field(init=False)
    _home: dict[str, str] = field(init=False)
    _ids: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        file = toml("demo", "people.toml")
        known = reference.agencies()
        agencies = [known.get(row["key"], {}) | row | {"is": "agency"} for row in file["agency"]]
        partners = [row | {"is": "partner"} for row in file["partner"]]
        startups = [row | {"is": "startup"} for row in toml("demo", "startups.toml")["startup"]]
        self.office = file["office"]
        self.groups = {row["key"]: row for row in [*agencies, *partners, *startups]}
        self._home = {
            person["key"]: key for key, row in self.groups.items() for person in row.get("person", ())
        }
        everybody = [*self.office["person"], *(p for row in self.groups.values() for p in row["person"])]
        self.people = {person["key"]: person for person in everybody}

    # --- finding ---

    def user(self, key: str) -> User:
        """A person of the demo year."""
        user = queries.user_by_email(signins.address(key))
        if user is None:
            raise NotFound
        return user

    def organization(self, key: str) -> Organization:
        """An agency, partner or startup of the demo year."""
        return queries.organization_by_id(self.organization_id(key))

    def organization_id(self, key: str) -> int:
        """The key of its row."""
        if key not in self._ids:
            row = self.groups[key]
            found = select(Organization.id).where(
                Organization.kind == KINDS[row["is"]], Organization.name_zh == row["zh"]
            )
            self._ids[key] = db.session.execute(found).scalar_one()
        return self._ids[key]

    def actor(self, key: str) -> Actor:
        """A person acting for where they belong."""
        home = self._home.get(key)
        if home is not None:
            return queries.actor_of(self.user(key), self.organization_id(home))
        place = office.find()
        return queries.actor_of(self.user(key), place.id if place else None)

    def voice(self, group: str) -> Actor:
        """The first person of an organisation, who speaks for it."""
        return self.actor(self.groups[group]["person"][0]["key"])

    def seat(self, key: str) -> Membership:
        """A juror's membership of the programme office."""
        user = self.user(key)
        return next(m for m in queries.jurors() if m.user_id == user.id)

    # --- signing up ---

    def enter(self) -> None:
        """Schedule the programme office first, then everybody else."""
        self._enter_office()
        for key in self.groups:
            self._enter_group(key)

    def _account(self, key: str, at: datetime) -> User:
        person = self.people[key]
        language = person.get("language", "zh_Hant_TW")
        user = people.create_user(email=signins.address(key), name=person["name"], language=language, at=at)
        user.password_hash, user.confirmed_at = self.password_hash, at
        db.session.flush()
        return user

    def _enter_office(self) -> None:
        line, joined = self.schedule.line("office"), self.office["joined"]
        first, *others = self.office["person"]
        line.add(joined, "09:00", "opens", partial(self._open_office, first["key"]))
        for person in others:
            line.add(joined, "09:30", person["key"], partial(self._join_office, person))

    def _open_office(self, key: str, at: datetime) -> None:
        if office.find() is None:
            office.make(by=self._account(key, at), at=at)
        else:
            self._join_office(self.people[key], at)

    def _join_office(self, person: Row, at: datetime) -> None:
        place = office.find()
        assert place is not None
        directors = [m for m in queries.members_of(place.id) if m.role is Role.DIRECTOR]
        self._invite(place, person, queries.actor_of(directors[0].user, place.id), at)

    def _invite(self, place: Organization, person: Row, by: Actor, at: datetime) -> None:
        """An invitation that is taken up at once; its mail counts as sent with all mail of the past."""
        invitation = people.invite(
            organization=place,
            email=signins.address(person["key"]),
            role=Role(person["role"]),
            external_expert=person.get("expert", False),
            occupation=person.get("occupation", ""),
            by=by,
            at=at,
        )
        people.mint_invitation({"invitation": invitation.ref}, at)
        people.accept_invitation(invitation=invitation, user=self._account(person["key"], at), at=at)

    def _enter_group(self, key: str) -> None:
        row = self.groups[key]
        line, joined = self.schedule.line(key), row["joined"]
        line.add(joined, "10:00", "signs up", partial(self._sign_up, key))
        if row.get("confirmed", True):
            line.add(joined + 1, "11:00", "is confirmed", partial(self._decide, key, "confirm", ""))
            self._gather(line, key, joined + 1)
        elif "declined" in row:
            line.add(
                joined + 1, "11:00", "is declined", partial(self._decide, key, "decline", row["declined"])
            )
        if "suspended" in row:
            title, reason = "is suspended", row["suspended"]
            line.add(row["suspended_on"], "15:00", title, partial(self._decide, key, "suspend", reason))

    def _gather(self, line: Line, key: str, day: int) -> None:
        row = self.groups[key]
        for person in row["person"][1:]:
            line.add(day, "14:00", person["key"], partial(self._join_group, key, person))
        if "desk" in row:
            line.add(day, "16:00", "desks", partial(self._seat_desks, key))

    def _sign_up(self, key: str, at: datetime) -> None:
        row = self.groups[key]
        user = self._account(row["person"][0]["key"], at)
        place = people.register(facts=self._facts(row), by=user, at=at)
        if place.kind is OrganizationKind.STARTUP:
            by = queries.actor_of(user, place.id)
            people.update_profile(
                organization=place, facts=_profile(row), by=by, at=at, expected_version=None
            )

    def _facts(self, row: Row) -> OrganizationFacts:
        county = row.get("county")
        founded = row.get("founded")
        return OrganizationFacts(
            kind=KINDS[row["is"]],
            name_zh=row["zh"],
            name_en=row["en"],
            ubn=row.get("ubn"),
            agency_kind=AgencyKind(row["kind"]) if row["is"] == "agency" else None,
            agency_code=row.get("code"),
            county_id=db.session.scalar(select(County.id).where(County.code == county)) if county else None,
            founded_on=self.schedule.day(founded) if founded is not None else None,
            website=row.get("website", ""),
            email=signins.address(row["person"][0]["key"]),
            fictitious=row["is"] != "agency" or row.get("fictitious", False),
        )

    def _decide(self, key: str, move: str, reason: str, at: datetime) -> None:
        officer = self.actor("officer")
        people.decide(organization=self.organization(key), move=move, reason=reason, by=officer, at=at)

    def _join_group(self, key: str, person: Row, at: datetime) -> None:
        self._invite(self.organization(key), person, self.voice(key), at)

    def _seat_desks(self, key: str, at: datetime) -> None:
        place = self.organization(key)
        members = {m.user.email: m for m in queries.members_of(place.id)}
        for desk in self.groups[key]["desk"]:
            deputy = desk.get("deputy")
            people.seat(
                organization=place,
                role=SignOffRole(desk["role"]),
                holder=members[signins.address(desk["holder"])],
                deputy=members[signins.address(deputy)] if deputy else None,
                by=self.voice(key),
                at=at,
            )


def _profile(row: Row) -> ProfileFacts:
    texts = ("tagline", "offer", "evidence")
    return ProfileFacts(
        **{f"{name}_{language}": row[f"{name}_{language}"] for name in texts for language in ("zh", "en")}
        if "tagline_zh" in row
        else {},
        domains=tuple(row["domains"]),
        tags=tuple(row["tags"]),
        employees=row.get("employees"),
        willing=row.get("willing", True),
    )
