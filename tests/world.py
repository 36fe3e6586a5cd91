"""The people and organisations that tests speak of, made through the product's own operations.

Alice works for an agency, Bob for a startup, Carol and Dora are programme officer and director, Erin, Frank and
Grace are jurors, Ivan works for another startup, Judy for another agency, Mallory for nobody.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

from flask import g

from matchmaker.foundation import clock
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.people import operations as people
from matchmaker.people import queries as people_queries
from matchmaker.people.actor import Actor
from matchmaker.people.facts import OrganizationFacts
from matchmaker.people.models import Membership, Organization, User
from matchmaker.people.passwords import make
from matchmaker.people.states import AgencyKind, OrganizationKind, OrganizationState, Role

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2 March 2026, 09:00 in Taipei: the present of every test that does not choose another."""

PASSWORD = "一句很長的測試通關密語 correct horse"
_HASH = make(PASSWORD)
_numbers = itertools.count(1)
UBN_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)


def ubn() -> str:
    """A valid 統一編號 that no other call gave."""
    while True:
        digits = f"{54000000 + next(_numbers):08d}"
        total = sum(sum(divmod(int(d) * w, 10)) for d, w in zip(digits, UBN_WEIGHTS, strict=True))
        if total % 5 == 0 or (digits[6] == "7" and (total + 1) % 5 == 0):
            return digits


class World:
    """Makes people and things in one application; every call commits."""

    def __init__(self, app) -> None:
        self.app = app
        self.now = NOW
        self._office: Organization | None = None

    # --- people ---
    def user(self, name: str) -> User:
        email = f"{name.lower().replace(' ', '.')}.{next(_numbers)}@example.org"
        with unit_of_work():
            user = people.create_user(email=email, name=name, at=self.now)
            user.password_hash = _HASH
        return user

    def office(self) -> Organization:
        if self._office is None:
            with unit_of_work():
                director = people.create_user(email="office@example.org", name="Office", at=self.now)
                self._office = people.register(
                    facts=OrganizationFacts(
                        kind=OrganizationKind.PROGRAMME, name_zh="計畫辦公室", name_en="Office"
                    ),
                    by=director,
                    at=self.now,
                )
                self._office.state, self._office.decided_at = OrganizationState.CONFIRMED, self.now
        return self._office

    def member(self, organization: Organization, name: str, role: Role, *, expert: bool = False) -> Actor:
        """Another person in an organisation."""
        user = self.user(name)
        with unit_of_work():
            db.session.add(
                Membership(
                    user_id=user.id,
                    organization_id=organization.id,
                    role=role,
                    since=self.now,
                    external_expert=expert,
                )
            )
        return people_queries.actor_of(user, organization.id)

    def officer(self, name: str = "Carol") -> Actor:
        return self.member(self.office(), name, Role.OFFICER)

    def director(self, name: str = "Dora") -> Actor:
        return self.member(self.office(), name, Role.DIRECTOR)

    def juror(self, name: str = "Erin", *, expert: bool = False) -> Actor:
        return self.member(self.office(), name, Role.JUROR, expert=expert)

    def organization(
        self, kind: OrganizationKind, owner: str, *, name: str = "", confirmed: bool = True, **facts
    ) -> tuple[Organization, Actor]:
        user = self.user(owner)
        serial = next(_numbers)
        if kind is OrganizationKind.STARTUP:
            facts.setdefault("ubn", ubn())
            facts.setdefault("founded_on", date(2023, 5, 4))
        if kind is OrganizationKind.AGENCY:
            facts.setdefault("agency_kind", AgencyKind.CENTRAL)
        with unit_of_work():
            organization = people.register(
                facts=OrganizationFacts(
                    kind=kind,
                    name_zh=name or f"測試{kind}{serial}",
                    name_en=f"Test {kind} {serial}",
                    **facts,
                ),
                by=user,
                at=self.now,
            )
            if confirmed:
                organization.state, organization.decided_at = OrganizationState.CONFIRMED, self.now
        return organization, people_queries.actor_of(user, organization.id)

    def agency(self, owner: str = "Alice", **facts) -> tuple[Organization, Actor]:
        return self.organization(OrganizationKind.AGENCY, owner, **facts)

    def startup(self, owner: str = "Bob", **facts) -> tuple[Organization, Actor]:
        return self.organization(OrganizationKind.STARTUP, owner, **facts)

    def partner(self, owner: str = "Peggy", **facts) -> tuple[Organization, Actor]:
        return self.organization(OrganizationKind.PARTNER, owner, **facts)

    # --- time ---
    def later(self, **delta) -> datetime:
        """Move the present on; returns it."""
        self.now += timedelta(**delta)
        return self.now

    # --- browsers ---
    def client(self, actor: Actor | None = None, language: str = "en"):
        """A browser at the present of this world, signed in where an actor is given."""
        return Browser(self, actor, language)


class Browser:
    """Flask's test client with the world's clock, CSRF tokens and sign-in."""

    def __init__(self, world: World, actor: Actor | None, language: str) -> None:
        self.world = world
        self.client = world.app.test_client()
        if actor is not None:
            self._sign_in(actor)
        self.get(f"/about?lang={language}")

    def _sign_in(self, actor: Actor) -> None:
        from matchmaker.foundation import sessions

        with unit_of_work():
            _row, token = sessions.start(
                user_id=actor.user_id,
                organization_id=actor.organization_id,
                agent="test",
                address="127.0.0.1",
                at=self.world.now,
            )
        with self.client.session_transaction() as session:
            session["token"] = token
            session["_user_id"] = token

    def open(self, path: str, **kwargs):
        # The context of the test outlives its requests: what one of them kept there is not for the next.
        for name in list(g):
            g.pop(name)
        with clock.at(self.world.now):
            return self.client.open(path, **kwargs)

    def get(self, path: str, **kwargs):
        return self.open(path, method="GET", **kwargs)

    def post(self, path: str, data: dict | None = None, *, csrf: bool = True, **kwargs):
        """Post a form with this session's CSRF token."""
        fields = dict(data or {})
        if csrf:
            fields["csrf_token"] = self._csrf()
        return self.open(path, method="POST", data=fields, **kwargs)

    def _csrf(self) -> str:
        from flask_wtf.csrf import generate_csrf

        with self.client.session_transaction() as session:
            raw = session.get("csrf_token")
        if raw is None:
            self.get("/sign-in")
            with self.client.session_transaction() as session:
                raw = session.get("csrf_token")
        with self.world.app.test_request_context():
            from flask import session as context_session

            if raw is not None:
                context_session["csrf_token"] = raw
            g.pop("csrf_token", None)
            token = generate_csrf()
            made = context_session["csrf_token"]
            g.pop("csrf_token", None)
        if raw is None:
            with self.client.session_transaction() as session:
                session["csrf_token"] = made
        return token
