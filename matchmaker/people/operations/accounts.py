"""Verbs on accounts and passwords."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from matchmaker.foundation import audit, bus, sessions
from matchmaker.foundation.db import db, lock
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.people import passwords, policies, queries
from matchmaker.people.events import PasswordChanged, ResetAsked
from matchmaker.people.models import PasswordReset, User

RESET_LIVES = timedelta(hours=1)

EMAIL_TAKEN = Reason(
    "people.email_taken",
    N_("This address has an account already. Sign in first, then register the organisation."),
)
WRONG_PASSWORD = Reason("people.wrong_password", N_("This is not your present password."))


def create_user(
    *, email: str, name: str, at: datetime, password: str | None = None, language: str = "zh_Hant_TW"
) -> User:
    """A new account; the password is checked against the rules. Raises Invalid with every problem at once."""
    address = email.strip().lower()
    problems: dict[str, Denied] = {}
    if queries.has_account(address):
        problems["email"] = deny(EMAIL_TAKEN)
    if password is not None:
        decision = passwords.check(password, name, address.partition("@")[0])
        if isinstance(decision, Denied):
            problems["password"] = decision
    if problems:
        raise Invalid(problems)
    user = User(
        email=address,
        name=name,
        language=language,
        password_hash=passwords.make(password) if password else None,
        active=True,
        created_at=at,
    )
    db.session.add(user)
    db.session.flush()
    audit.record(type="user.created", subject=user.subject, actor_ref=user.ref, at=at)
    return user


def authenticate(*, email: str, password: str, at: datetime) -> User | None:
    """The person behind address and password, or None; takes the same time for an unknown address."""
    user = queries.user_by_email(email)
    stored = user.password_hash if user is not None else None
    if not passwords.matches(password, stored) or user is None or stored is None:
        return None
    if passwords.wants_rehash(stored):
        user.password_hash = passwords.make(password)
    audit.record(type="user.signed_in", subject=user.subject, actor_ref=user.ref, at=at)
    return user


def ask_reset(*, email: str, at: datetime) -> None:
    """Send a way to set a new password, if the address has an account; the answer never tells."""
    user = queries.user_by_email(email)
    if user is not None:
        bus.publish(ResetAsked(at=at, user=user))


def set_password(*, reset: PasswordReset, password: str, at: datetime) -> User:
    """Use a reset: a new password, and all sign-ins of the person end."""
    reset = lock(PasswordReset, reset.id)
    require(policies.can_use_reset(reset, at))
    user = queries.user_by_id(reset.user_id)
    if user is None:
        raise Refused(deny(policies.RESET_OVER))
    _change_password(user, password, at)
    user.confirmed_at = user.confirmed_at or at
    sessions.end(user_id=user.id, at=at)
    return user


def change_password(
    *, user: User, present: str, password: str, keep_sign_in: int | None, at: datetime
) -> None:
    """A new password chosen by its owner; the other sign-ins end."""
    if not passwords.matches(present, user.password_hash):
        raise Invalid({"present": deny(WRONG_PASSWORD)})
    _change_password(user, password, at)
    sessions.end(user_id=user.id, at=at, keep=keep_sign_in)


def _change_password(user: User, password: str, at: datetime) -> None:
    """Set it, and let no reset that was mailed before work any more."""
    decision = passwords.check(password, user.name, user.email.partition("@")[0])
    if isinstance(decision, Denied):
        raise Invalid({"password": decision})
    user.password_hash = passwords.make(password)
    user.touch(by=user.name, at=at)
    for reset in queries.open_resets_of(user.id):
        reset.used_at = at
    db.session.flush()
    audit.record(type="user.password_changed", subject=user.subject, actor_ref=user.ref, at=at)
    bus.publish(PasswordChanged(at=at, user=user))


def update_user(*, user: User, name: str, language: str, at: datetime) -> None:
    """Change one's own name and language."""
    user.name, user.language = name, language
    user.touch(by=name, at=at)
    db.session.flush()
    audit.record(type="user.changed", subject=user.subject, actor_ref=user.ref, at=at)


def mint_reset(params: Mapping[str, Any], at: datetime) -> str:
    """For the outbox: the secret address of a password reset, made while its mail is being sent."""
    user = queries.user_by_ref(params["user"])
    secret, hashed = passwords.token()
    db.session.add(
        PasswordReset(user_id=user.id, token_hash=hashed, purpose="reset", expires_at=at + RESET_LIVES)
    )
    db.session.flush()
    return f"/password/{secret}"
