"""Rate limits that all server processes share, each hit in a transaction of its own."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import Integer, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.foundation.db import Model, UtcDateTime, db, separate


class RateCount(Model):
    """How often a key was hit in one window."""

    __tablename__ = "rate_count"
    key_hash: Mapped[str] = mapped_column(String(64))
    window_start: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    hits: Mapped[int] = mapped_column(Integer)

    __table_args__ = (UniqueConstraint("key_hash", "window_start"),)


def hit(name: str, who: str, *, most: int, per: timedelta, now: datetime) -> int | None:
    """Count one hit; None while within the limit, else the seconds until the next window.

    Keys are stored hashed: the table does not list who tried to sign in.
    """
    db.session.rollback()
    start = datetime.fromtimestamp(now.timestamp() // per.total_seconds() * per.total_seconds(), UTC)
    key = hashlib.sha256(f"{name}\0{who}".encode()).hexdigest()
    with separate() as session:
        row = session.execute(
            select(RateCount)
            .where(RateCount.key_hash == key, RateCount.window_start == start)
            .with_for_update()
        ).scalar_one_or_none()
        if row is None:
            row = RateCount(key_hash=key, window_start=start, hits=0)
            session.add(row)
        row.hits += 1
        over = row.hits > most
    return int((start + per - now).total_seconds()) + 1 if over else None


def forget_old(now: datetime) -> None:
    """Drop windows that are over."""
    db.session.execute(delete(RateCount).where(RateCount.window_start < now - timedelta(days=1)))
