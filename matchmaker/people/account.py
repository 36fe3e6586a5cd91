"""The account menu of every page, and browsers by the names that people know."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from matchmaker.people import queries
from matchmaker.people.actor import Actor
from matchmaker.people.states import ROLE_LABELS


@dataclass(frozen=True, slots=True)
class MenuOrganization:
    ref: str
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class MenuLink:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class AccountMenu:
    """Who is signed in, for whom they act, and where they may switch to."""

    name: str
    organization: str
    role: str
    organizations: tuple[MenuOrganization, ...]
    links: tuple[MenuLink, ...]
    switch_url: str
    sign_out_url: str
    notifications: int = 0


def menu(actor: Actor) -> AccountMenu:
    """The menu for this person."""
    memberships = queries.memberships_of(actor.user_id)
    organizations = tuple(
        MenuOrganization(m.organization.ref, m.organization.name, m.organization_id == actor.organization_id)
        for m in memberships
    )
    links = [MenuLink(gettext("My account"), url_for("people.account"))]
    if actor.organization_id is not None:
        links.insert(0, MenuLink(gettext("My organisation"), url_for("people.organization")))
    return AccountMenu(
        name=actor.name,
        organization=next((o.name for o in organizations if o.current), ""),
        role=gettext(ROLE_LABELS[actor.role]) if actor.role else "",
        organizations=organizations,
        links=tuple(links),
        switch_url=url_for("people.act_for"),
        sign_out_url=url_for("people.sign_out"),
    )


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """What a person calls the browser behind a User-Agent line, as in “Firefox, Windows”."""
    found = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name) or gettext("Unknown browser")
