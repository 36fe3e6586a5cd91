"""Reads for the programme office's own pages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from matchmaker.foundation.db import db
from matchmaker.foundation.outbox import OutboxMail
from matchmaker.kernel.errors import NotFound


def mails(*, offset: int, limit: int) -> tuple[int, Sequence[OutboxMail]]:
    """Sent and waiting mail, latest first."""
    total = db.session.scalar(select(func.count(OutboxMail.id))) or 0
    rows = db.session.execute(
        select(OutboxMail).order_by(OutboxMail.id.desc()).offset(offset).limit(limit)
    ).scalars()
    return total, rows.all()


def mail_by_ref(ref: str) -> OutboxMail:
    row = db.session.execute(select(OutboxMail).where(OutboxMail.ref == ref)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row
