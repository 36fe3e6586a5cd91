"""All side effects on one page: blueprints, menus, who hears what, jobs and their cadence, page panels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from matchmaker.foundation import idempotency, jobs, limits, outbox
from matchmaker.foundation.bus import subscribe
from matchmaker.home.routes import bp as home
from matchmaker.kernel.words import N_
from matchmaker.people import events as people_events
from matchmaker.people import notices as people_notices
from matchmaker.people import operations as people_operations
from matchmaker.people.routes import bp as people
from matchmaker.staff.routes import bp as staff
from matchmaker.web.access import Audience
from matchmaker.web.navigation import Entry, main, workplace


def connect(app: Flask) -> None:
    """Connect the slices to each other and to the application."""
    _blueprints(app)
    _menus()
    _events()
    _jobs()


def _blueprints(app: Flask) -> None:
    for blueprint in (home, people, staff):
        app.register_blueprint(blueprint)


def _menus() -> None:
    main.add(Entry(N_("Home"), "home.front"))
    workplace.add(
        Entry(N_("Organisations"), "people.organizations", Audience.STAFF),
        Entry(N_("Outbox"), "staff.outbox", Audience.STAFF),
    )


def _events() -> None:
    subscribe(people_events.OrganizationRegistered, people_notices.on_registered)
    subscribe(people_events.OrganizationDecided, people_notices.on_decided)
    subscribe(people_events.Invited, people_notices.on_invited)
    subscribe(people_events.ResetAsked, people_notices.on_reset_asked)
    subscribe(people_events.PasswordChanged, people_notices.on_password_changed)


def _jobs() -> None:
    outbox.mint_with("people.reset", people_operations.mint_reset)
    outbox.mint_with("people.invitation", people_operations.mint_invitation)
    jobs.handle("foundation.tidy", _tidy, every=timedelta(hours=6))


def _tidy(_payload: Mapping[str, Any], now: datetime) -> None:
    """Drop rows that no client will ask for again."""
    idempotency.forget_old(now)
    limits.forget_old(now)
