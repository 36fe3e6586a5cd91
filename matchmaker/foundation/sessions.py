"""Sign-ins kept on the server: revocable, listed to their owner, with an idle and an absolute end."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.foundation.db import Model, Referenced, UtcDateTime, db, separate

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)
KEEP = timedelta(days=30)


class SignIn(Referenced, Model):
    """One browser that is signed in; only the hash of its token is stored."""

    __tablename__ = "sign_in"
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigInteger, index=True)
    organization_id: Mapped[int | None] = mapped_column(BigInteger)
    agent: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start(
    *, user_id: int, organization_id: int | None, agent: str, address: str, at: datetime
) -> tuple[SignIn, str]:
    """A new sign-in and the token for the browser's cookie."""
    token = secrets.token_urlsafe(32)
    row = SignIn(
        token_hash=_hash(token),
        user_id=user_id,
        organization_id=organization_id,
        agent=agent[:200],
        address=address[:64],
        created_at=at,
        seen_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row, token


def find(token: str, now: datetime) -> SignIn | None:
    """The live sign-in of this token."""
    row = db.session.execute(select(SignIn).where(SignIn.token_hash == _hash(token))).scalar_one_or_none()
    if row is None or row.ended_at is not None:
        return None
    if now - row.seen_at > IDLE or now - row.created_at > ABSOLUTE:
        return None
    return row


def touch(row: SignIn, now: datetime) -> None:
    """Note, every few minutes and in a transaction of its own, that the browser is still there."""
    if now - row.seen_at < TOUCH_EVERY:
        return
    # Read before the rollback: afterwards the row would be loaded anew, by a second writer that waits for the first.
    key = row.id
    db.session.rollback()
    with separate() as session:
        session.execute(update(SignIn).where(SignIn.id == key).values(seen_at=now))


def of_user(user_id: int, now: datetime) -> list[SignIn]:
    """The live sign-ins of a person, latest first."""
    rows = db.session.execute(
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.seen_at > now - IDLE)
        .order_by(SignIn.seen_at.desc())
    )
    return [row for row in rows.scalars() if now - row.created_at <= ABSOLUTE]


def forget_old(now: datetime) -> None:
    """Drop sign-ins that ended long ago, and with them the addresses they came from."""
    db.session.execute(delete(SignIn).where(SignIn.created_at < now - ABSOLUTE - KEEP))


def end(*, user_id: int, at: datetime, ref: str | None = None, keep: int | None = None) -> int:
    """End one sign-in of a person, or all but ``keep``; returns how many ended."""
    query = select(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if ref is not None:
        query = query.where(SignIn.ref == ref)
    rows = [row for row in db.session.execute(query).scalars() if row.id != keep]
    for row in rows:
        row.ended_at = at
    db.session.flush()
    return len(rows)
