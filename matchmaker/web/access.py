"""Who may come in through a route, and the one unit of work behind it.

Every view declares its door with ``open_to``; a view without one stops the start of the application. The
actor is loaded once a request by the function that ``wiring`` names.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import hmac
import logging
import random
import time
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from matchmaker.foundation import clock, idempotency, limits
from matchmaker.foundation.db import abandon, begin_writing, commit, db, end_writing
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, Stale
from matchmaker.kernel.words import N_

log = logging.getLogger(__name__)

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TRIES = 4
KEY_REUSED = Reason(
    "request.key_reused",
    N_("This form was already sent with other content. Reload the page and send it again."),
)


class Audience(StrEnum):
    """A door. A route names one or more; a person comes in through any that is theirs."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    AGENCY = "agency"
    STARTUP = "startup"
    PARTNER = "partner"
    STAFF = "staff"
    DIRECTOR = "director"
    JUROR = "juror"


class HasDoors(Protocol):
    """What the page kit needs to know of a person."""

    ref: str

    @property
    def audiences(self) -> frozenset[str]: ...


View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
ActorLoader = Callable[[], Any]


class UndeclaredRoute(RuntimeError):
    """A route does not say who may come in."""


def open_to(*audiences: Audience) -> Callable[[View], View]:
    """Declare who may come in. ``PUBLIC`` lets everybody in."""

    def mark(view: View) -> View:
        view.audiences = frozenset(audiences)  # type: ignore[attr-defined]
        return view

    return mark


def audiences_of(app: Flask, endpoint: str) -> frozenset[Audience] | None:
    """The declared doors of an endpoint; None where it does not declare any."""
    if endpoint == "static":
        return frozenset({Audience.PUBLIC})
    return getattr(app.view_functions[endpoint], "audiences", None)


def check_declared(app: Flask) -> None:
    """Refuse to start with a route that does not say who may come in."""
    silent = sorted({r.endpoint for r in app.url_map.iter_rules() if audiences_of(app, r.endpoint) is None})
    if silent:
        raise UndeclaredRoute(", ".join(silent))


def actor() -> Any:
    """The person who acts in this request (``people.actor.Actor``), or None when nobody is signed in."""
    return getattr(g, "actor", None)


def init(app: Flask, load_actor: ActorLoader) -> None:
    """Guard every request."""

    @app.before_request
    def guard() -> ResponseReturnValue | None:
        g.now = clock.now()
        if request.method not in SAFE:
            g.writing_token = begin_writing()
        if request.endpoint is None:
            g.actor = load_actor()
            return None
        if request.endpoint == "static":
            return None
        g.actor = load_actor()
        doors = audiences_of(app, request.endpoint) or frozenset()
        if Audience.PUBLIC in doors:
            return None
        if g.actor is None:
            if request.method not in SAFE:
                return redirect(url_for("people.sign_in"), 303)
            return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")), 303)
        if not doors & g.actor.audiences:
            abort(403)
        return None

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        token = g.pop("writing_token", None)
        db.session.rollback()
        if token is not None:
            end_writing(token)


def _request_hash() -> str:
    """What was asked, names and contents of files included; keyed, because it may hold a password."""
    digest = hmac.new(str(current_app.secret_key).encode(), digestmod=hashlib.sha256)

    def add(*parts: str) -> None:
        digest.update("\0".join([*parts, ""]).encode("utf-8", "surrogatepass"))

    add(request.method, request.path)
    for name in sorted(request.form):
        if name != "csrf_token":
            add(name, *request.form.getlist(name))
    for name in sorted(request.files):
        for file in request.files.getlist(name):
            content = hashlib.file_digest(cast(Any, file.stream), "sha256")
            file.stream.seek(0)
            add(name, file.filename or "", content.hexdigest())
    return digest.hexdigest()


def _idempotency_key() -> str | None:
    key = request.form.get("idempotency_key") or request.headers.get("Idempotency-Key")
    return key[:64] if key else None


def _who() -> str:
    person = actor()
    return person.ref if person is not None else str(session.get("visitor", "visitor"))[:32]


def writes(view: View) -> View:
    """One unit of work for the unsafe methods of a view: replayed, retried, committed once.

    An answer below 400 is committed, any other rolled back. Serialisation failures, deadlocks and rows that a
    twin wrote first are tried again from the start, with the cookie and the sign-in as they came.
    """

    @functools.wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if request.method in SAFE:
            return view(*args, **kwargs)
        cookie = copy.deepcopy(dict(session))
        for attempt in range(1, TRIES + 1):
            try:
                return _attempt(view, args, kwargs)
            except StaleDataError:
                abandon()
                raise Stale from None
            except (OperationalError, IntegrityError, DBAPIError) as error:
                abandon()
                if attempt == TRIES or not _is_passing(error):
                    raise
                session.clear()
                session.update(copy.deepcopy(cookie))
                g.pop("_login_user", None)
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - jitter, not a secret
        raise AssertionError("unreachable")

    return cast("View", wrapped)


def _is_passing(error: DBAPIError) -> bool:
    """Would another try see the world differently?

    Serialisation failure, deadlock, a lock not got in time, a busy database, or a unique row that a twin wrote
    first: the next try finds that row and says so.
    """
    if getattr(error.orig, "sqlstate", None) in ("40001", "40P01", "55P03", "23505"):
        return True
    text = str(error.orig)
    return "database is locked" in text or "UNIQUE constraint failed" in text


def _attempt(view: Callable[..., ResponseReturnValue], args: Any, kwargs: Any) -> ResponseReturnValue:
    key = _idempotency_key()
    digest = _request_hash() if key else ""
    if key:
        earlier = idempotency.find(key=key, user_ref=_who())
        if earlier is not None:
            if earlier.request_hash != digest:
                raise Invalid({"idempotency_key": deny(KEY_REUSED)})
            if earlier.location:
                return redirect(earlier.location, earlier.status)
            return Response(status=earlier.status)
    who = _who()
    response: Response = current_app.make_response(view(*args, **kwargs))
    if response.status_code >= 400:
        abandon()
        return response
    if key:
        idempotency.remember(
            key=key,
            user_ref=who,
            request_hash=digest,
            status=response.status_code,
            location=response.headers.get("Location"),
            at=g.now,
        )
    commit()
    return response


class TooMany(Exception):
    """A rate limit is reached; ``retry_after`` in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(str(retry_after))
        self.retry_after = retry_after


def limit(name: str, *who: str, most: int, per: timedelta) -> None:
    """Count this request under each key; raises TooMany over the limit. Call before the first write."""
    for key in who:
        wait = limits.hit(name, key, most=most, per=per, now=g.now)
        if wait is not None:
            log.warning("limit %s reached", name)
            raise TooMany(wait)


def own_path(target: str | None, default: str) -> str:
    """A redirect target inside this site, or the default (never //elsewhere, never a scheme)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return default
    if any(ord(c) < 32 for c in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target
