"""One answer per form: the same key with the same content replays, with other content is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Integer, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.foundation.db import Model, UtcDateTime, db

KEEP = timedelta(days=2)


class IdempotencyKey(Model):
    """What a request with this key was answered, written in the transaction of the work itself."""

    __tablename__ = "idempotency_key"
    key: Mapped[str] = mapped_column(String(64))
    user_ref: Mapped[str] = mapped_column(String(32))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    location: Mapped[str | None] = mapped_column(String(2000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)

    __table_args__ = (UniqueConstraint("user_ref", "key"),)


def find(*, key: str, user_ref: str) -> IdempotencyKey | None:
    """The earlier answer to this key by this person."""
    return db.session.execute(
        select(IdempotencyKey).where(IdempotencyKey.user_ref == user_ref, IdempotencyKey.key == key)
    ).scalar_one_or_none()


def remember(
    *, key: str, user_ref: str, request_hash: str, status: int, location: str | None, at: datetime
) -> None:
    """Keep the answer with the work; a twin that ran at the same time fails on the unique key."""
    db.session.add(
        IdempotencyKey(
            key=key,
            user_ref=user_ref,
            request_hash=request_hash,
            status=status,
            location=location,
            created_at=at,
        )
    )


def forget_old(now: datetime) -> int:
    """Drop keys that no client will send again; returns how many."""
    gone = db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEEP))
    return cast(CursorResult[Any], gone).rowcount
