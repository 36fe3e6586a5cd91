"""Flask-Login over our own sign-ins: the cookie holds a token, the row behind it can be ended."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from matchmaker.foundation import sessions
from matchmaker.foundation.sessions import SignIn
from matchmaker.people import queries
from matchmaker.people.actor import Actor
from matchmaker.people.models import User

login_manager = LoginManager()
login_manager.session_protection = None


class SignedIn(UserMixin):
    """What Flask-Login keeps for the request: the person and the row of their sign-in."""

    def __init__(self, user: User, row: SignIn) -> None:
        self.user = user
        self.row = row

    def get_id(self) -> str:
        return str(session.get("token", ""))


def _load(_token: str) -> SignedIn | None:
    token = session.get("token")
    if not token:
        return None
    row = sessions.find(token, g.now)
    if row is None:
        return None
    sessions.touch(row, g.now)
    user = queries.user_by_id(row.user_id)
    return SignedIn(user, row) if user is not None else None


def init(app: Flask) -> None:
    """Let Flask-Login find the person behind the cookie."""
    login_manager.init_app(app)
    login_manager.user_loader(_load)


def signed_in() -> SignedIn | None:
    """The sign-in of this request."""
    person = current_user._get_current_object()
    return person if isinstance(person, SignedIn) else None


def load_actor() -> Actor | None:
    """The acting person of this request, for the guard of the page kit.

    Whose place in the organisation has ended acts for the first of the others.
    """
    person = signed_in()
    if person is None:
        return None
    actor = queries.actor_of(person.user, person.row.organization_id)
    if actor.organization_id is None and (others := queries.memberships_of(person.user.id)):
        return queries.actor_of(person.user, others[0].organization_id)
    return actor


def begin(user: User) -> None:
    """Sign the person in, with a new session, acting for the first of their organisations."""
    memberships = queries.memberships_of(user.id)
    keep = {name: session[name] for name in ("language",) if name in session}
    session.clear()
    session.update(keep)
    session.permanent = True
    row, token = sessions.start(
        user_id=user.id,
        organization_id=memberships[0].organization_id if memberships else None,
        agent=request.user_agent.string,
        address=request.remote_addr or "",
        at=g.now,
    )
    session["token"] = token
    session["language"] = keep.get("language", user.language)
    login_user(SignedIn(user, row))


def finish() -> None:
    """Sign out, here and on the server."""
    person = signed_in()
    if person is not None:
        sessions.end(user_id=person.user.id, at=g.now, ref=person.row.ref)
    logout_user()
    language: Any = session.get("language")
    session.clear()
    if language:
        session["language"] = language
