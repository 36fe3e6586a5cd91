"""Reads for the programme office's own pages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from matchmaker.foundation import audit, jobs
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


def events(*, offset: int, limit: int) -> tuple[int, list[audit.Entry]]:
    """Open events of the audit chain, latest first. What is sealed leaves no trace here, not even a number."""
    total = db.session.scalar(
        select(func.count(audit.AuditEvent.id)).where(audit.AuditEvent.type != "sealed")
    )
    return total or 0, audit.latest(offset=offset, limit=limit)


def dead_jobs() -> Sequence[tuple[str, int]]:
    """Kinds of job that failed for good, with their number."""
    rows = db.session.execute(
        select(jobs.Job.kind, func.count(jobs.Job.id)).where(jobs.Job.state == "dead").group_by(jobs.Job.kind)
    )
    return [(kind, number) for kind, number in rows]
