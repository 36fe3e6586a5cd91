"""Work outside the request: leased rows, the same on SQLite and PostgreSQL.

A job is enqueued in the transaction of what it belongs to, claimed by a lease, retried with backoff and
buried after too many failures. Delivery is at least once, so every handler is idempotent. Schedules are
rows with their next time.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Index,
    Integer,
    String,
    Text,
    delete,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.foundation import clock
from matchmaker.foundation.db import Json, Model, UtcDateTime, db, new_ref, unit_of_work

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
KEEP_DONE = timedelta(days=14)


class Job(Model):
    """One piece of work. ``dedupe_key`` is unique among jobs that still wait."""

    __tablename__ = "job"
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    dedupe_key: Mapped[str | None] = mapped_column(String(160))
    state: Mapped[str] = mapped_column(String(12), default="queued")
    run_at: Mapped[datetime] = mapped_column(UtcDateTime())
    lease: Mapped[str | None] = mapped_column(String(16))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'dead')", name="state"),
        CheckConstraint("(lease IS NULL) = (lease_until IS NULL)", name="lease_paired"),
        Index("ix_job_due", "state", "run_at"),
        Index(
            "uq_job_waiting",
            "kind",
            "dedupe_key",
            unique=True,
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
    )


class Schedule(Model):
    """A job that comes round; the row is its clock."""

    __tablename__ = "schedule"
    name: Mapped[str] = mapped_column(String(64), unique=True)
    every_seconds: Mapped[int] = mapped_column(Integer)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime())


Handler = Callable[[Mapping[str, Any], datetime], None]
_handlers: dict[str, Handler] = {}
_cadence: dict[str, timedelta] = {}


def handle(kind: str, handler: Handler, *, every: timedelta | None = None) -> None:
    """Name the function that does jobs of this kind; ``every`` also makes it come round."""
    _handlers[kind] = handler
    if every is not None:
        _cadence[kind] = every


def handlers() -> dict[str, timedelta | None]:
    """Every kind of job with its cadence (for the staff page that draws it)."""
    return {kind: _cadence.get(kind) for kind in _handlers}


def enqueue(
    kind: str,
    payload: Mapping[str, Any] | None = None,
    *,
    at: datetime,
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
) -> None:
    """Add a job to the present transaction; a waiting job with the same key makes this one needless."""
    if dedupe_key is not None:
        waiting = db.session.scalar(
            select(Job.id).where(Job.kind == kind, Job.dedupe_key == dedupe_key, Job.state == "queued")
        )
        if waiting is not None:
            return
    db.session.add(
        Job(
            kind=kind,
            payload=dict(payload or {}),
            dedupe_key=dedupe_key,
            run_at=run_at or at,
            created_at=at,
            state="queued",
        )
    )
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Claim:
    """A job held by this worker until its lease ends."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    lease: str
    attempts: int


def claim(now: datetime) -> Claim | None:
    """Take the job that is due longest, or one whose worker died; None where there is none."""
    with unit_of_work() as session:
        session.execute(
            update(Job)
            .where(Job.state == "running", Job.lease_until < now, Job.attempts >= MAX_ATTEMPTS)
            .values(
                state="dead",
                lease=None,
                lease_until=None,
                finished_at=now,
                last_error="Every worker that took this job died.",
            )
        )
        due = (
            select(Job)
            .where(
                or_(
                    (Job.state == "queued") & (Job.run_at <= now),
                    (Job.state == "running") & (Job.lease_until < now),
                )
            )
            .order_by(Job.run_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        job = session.execute(due).scalar_one_or_none()
        if job is None:
            return None
        job.state, job.lease, job.lease_until = "running", new_ref(), now + LEASE
        job.attempts += 1
        return Claim(job.id, job.kind, job.payload, job.lease, job.attempts)


def heartbeat(claimed: Claim, now: datetime) -> None:
    """Keep a long job; call it between its own transactions."""
    with unit_of_work() as session:
        session.execute(
            update(Job)
            .where(Job.id == claimed.id, Job.lease == claimed.lease)
            .values(lease_until=now + LEASE)
        )


def _finish(claimed: Claim, now: datetime, error: str | None) -> None:
    with unit_of_work() as session:
        job = session.execute(
            select(Job).where(Job.id == claimed.id, Job.lease == claimed.lease)
        ).scalar_one_or_none()
        if job is None:
            return
        job.lease, job.lease_until = None, None
        if error is None:
            job.state, job.finished_at, job.last_error = "done", now, None
            return
        job.last_error = error
        if claimed.attempts >= MAX_ATTEMPTS:
            job.state, job.finished_at = "dead", now
            return
        twin = select(Job.id).where(
            Job.kind == job.kind, Job.dedupe_key == job.dedupe_key, Job.state == "queued"
        )
        if job.dedupe_key is not None and session.scalar(twin) is not None:
            job.state, job.finished_at = "done", now
            return
        job.state, job.run_at = "queued", now + timedelta(seconds=5 * 2**claimed.attempts)


def run_one(now: datetime) -> bool:
    """Do one due job; True where there was one. A failing handler is recorded, never raised."""
    claimed = claim(now)
    if claimed is None:
        return False
    error: str | None = None
    try:
        handler = _handlers[claimed.kind]
        with unit_of_work():
            handler(claimed.payload, now)
    except Exception:
        error = traceback.format_exc(limit=8)
        log.exception("job %s (%s) failed", claimed.kind, claimed.id)
    _finish(claimed, clock.now(), error)
    return True


def enqueue_scheduled(now: datetime) -> None:
    """Enqueue what has come round and set its next time."""
    with unit_of_work() as session:
        rows = {row.name: row for row in session.execute(select(Schedule).with_for_update()).scalars()}
        for name, every in _cadence.items():
            row = rows.get(name)
            if row is None:
                session.execute(
                    insert(Schedule).values(
                        name=name, every_seconds=int(every.total_seconds()), next_at=now + every
                    )
                )
                enqueue(name, at=now, dedupe_key="scheduled")
            elif row.next_at <= now:
                row.next_at = now + every
                row.every_seconds = int(every.total_seconds())
                enqueue(name, at=now, dedupe_key="scheduled")


def forget_old(now: datetime) -> None:
    """Drop jobs that were done long ago; dead ones stay until somebody has looked."""
    db.session.execute(delete(Job).where(Job.state == "done", Job.finished_at < now - KEEP_DONE))


def run_until_idle(now: datetime | None = None, *, limit: int = 10_000) -> int:
    """Do everything that is due; for commands and tests. Returns how many jobs were done."""
    done = 0
    while done < limit and run_one(now or clock.now()):
        done += 1
    return done
