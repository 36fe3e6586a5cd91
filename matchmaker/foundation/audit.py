"""The chain of what happened: rows that only add, each holding the hash of the one before.

``record`` queues an event; it is written in ``before_commit``, in the same transaction as what it tells
of, with the head of the chain locked last. Bodies lie beside the chain under a random salt, so that
personal data in them can be erased without breaking it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import DDL, BigInteger, Index, Integer, LargeBinary, String, event, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from matchmaker.foundation.db import BigId, Model, db

PENDING = "audit.pending"
EMPTY_HASH = bytes(32)


class AuditEvent(Model):
    """One leaf: hash = SHA-256(0x00 + canonical JSON of the row), an RFC 6962 leaf."""

    __tablename__ = "audit_event"
    id: Mapped[int] = mapped_column("seq", BigId, primary_key=True, autoincrement=False)
    ts_us: Mapped[int] = mapped_column(BigInteger)
    actor_ref: Mapped[str] = mapped_column(String(32))
    type: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(80))
    body_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    prev: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)

    __table_args__ = (Index("ix_audit_event_subject", "subject", "seq"),)


class AuditBody(Model):
    """What an event says, beside the chain; erasable."""

    __tablename__ = "audit_body"
    id: Mapped[int] = mapped_column("seq", BigId, primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    json: Mapped[str | None] = mapped_column(String)


class AuditHead(Model):
    """The one row that names the end of the chain."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event "
    "BEGIN SELECT RAISE(ABORT, 'the audit chain only adds'); END"
    for verb in ("UPDATE", "DELETE")
)
POSTGRESQL_TRIGGERS = (
    "CREATE OR REPLACE FUNCTION audit_event_only_adds() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit chain only adds'; END $$",
    "CREATE TRIGGER audit_event_no_update BEFORE UPDATE OR DELETE ON audit_event "
    "FOR EACH ROW EXECUTE FUNCTION audit_event_only_adds()",
    "CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_only_adds()",
)

for _sql in SQLITE_TRIGGERS:
    event.listen(AuditEvent.__table__, "after_create", DDL(_sql).execute_if(dialect="sqlite"))
for _sql in POSTGRESQL_TRIGGERS:
    event.listen(AuditEvent.__table__, "after_create", DDL(_sql).execute_if(dialect="postgresql"))


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as read back: who (pseudonymous reference), what, when, with its body where not erased."""

    seq: int
    at: datetime
    actor_ref: str
    type: str
    subject: str
    body: dict[str, Any]


def blind(subject: str) -> str:
    """The name of a sealed subject in the chain: an HMAC that only this installation can compute."""
    key = current_app.config["SECRET_KEY"].encode()
    return "sealed:" + hmac.new(key, subject.encode(), hashlib.sha256).hexdigest()[:40]


def record(
    *,
    type: str,
    subject: str,
    actor_ref: str,
    at: datetime,
    body: Mapping[str, Any] | None = None,
    sealed: bool = False,
) -> None:
    """Queue an event for the present transaction.

    ``subject`` is ``kind:ref``. With ``sealed`` neither subject nor type can be read from the chain, so that
    before the opening it does not tell who proposes.
    """
    content = dict(body or {})
    if sealed:
        content["type"] = type
        type, subject, actor_ref = "sealed", blind(subject), "sealed"
    session = db.session()
    if not session.in_transaction():
        # A session without a transaction forgets nothing when it is rolled back.
        session.begin()
    session.info.setdefault(PENDING, []).append((type, subject, actor_ref, at, content))


def canonical(value: Any) -> bytes:
    """The one byte form of a JSON value that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def leaf_hash(seq: int, ts_us: int, actor: str, type: str, subject: str, body: bytes, prev: bytes) -> bytes:
    """SHA-256 of 0x00 and the canonical JSON of a row."""
    row = [seq, ts_us, actor, type, subject, body.hex(), prev.hex()]
    return hashlib.sha256(b"\x00" + canonical(row)).digest()


def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return
    pending: list[tuple[str, str, str, datetime, dict[str, Any]]] = session.info.pop(PENDING, [])
    if not pending:
        return
    session.flush()
    connection = session.connection()
    head = connection.execute(
        select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
    ).one()
    seq, prev = head.seq, head.hash
    for type_, subject, actor, at, body in pending:
        seq += 1
        salt = secrets.token_bytes(16)
        text = canonical(body)
        body_hash = hashlib.sha256(salt + text).digest()
        ts_us = int(at.timestamp() * 1_000_000)
        digest = leaf_hash(seq, ts_us, actor, type_, subject, body_hash, prev)
        connection.execute(
            insert(AuditEvent).values(
                id=seq, ts_us=ts_us, actor_ref=actor, type=type_, subject=subject,
                body_hash=body_hash, prev=prev, hash=digest,
            )
        )  # fmt: skip
        connection.execute(insert(AuditBody).values(id=seq, salt=salt, json=text.decode()))
        prev = digest
    connection.execute(update(AuditHead).where(AuditHead.id == 1).values(seq=seq, hash=prev))


def listen(session: Any) -> None:
    """Write queued events with each commit of this session; forget them with a rollback."""
    event.listen(session, "before_commit", _write)
    event.listen(session, "after_soft_rollback", lambda s, _previous: s.info.pop(PENDING, None))


def history(*subjects: str, types: Sequence[str] = (), sealed: bool = False, limit: int = 200) -> list[Entry]:
    """The events of these subjects, oldest first."""
    names = [blind(subject) for subject in subjects] if sealed else list(subjects)
    query = (
        select(AuditEvent, AuditBody.json)
        .outerjoin(AuditBody, AuditBody.id == AuditEvent.id)
        .where(AuditEvent.subject.in_(names))
        .order_by(AuditEvent.id)
        .limit(limit)
    )
    if types:
        query = query.where(AuditEvent.type.in_(types))
    return [_entry(row, text) for row, text in db.session.execute(query)]


def latest(*, offset: int, limit: int) -> list[Entry]:
    """Open events, latest first; sealed ones are passed over."""
    query = (
        select(AuditEvent, AuditBody.json)
        .outerjoin(AuditBody, AuditBody.id == AuditEvent.id)
        .where(AuditEvent.type != "sealed")
        .order_by(AuditEvent.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_entry(row, text) for row, text in db.session.execute(query)]


def _entry(row: AuditEvent, text: str | None) -> Entry:
    body = json.loads(text) if text else {}
    moment = datetime.fromtimestamp(row.ts_us / 1_000_000, UTC)
    return Entry(row.id, moment, row.actor_ref, body.get("type", row.type), row.subject, body)


def verify() -> Iterator[str]:
    """Recompute the whole chain and yield a sentence for every fault found (none: the chain holds)."""
    prev, expected = EMPTY_HASH, 0
    rows = db.session.execute(
        select(AuditEvent, AuditBody.salt, AuditBody.json)
        .outerjoin(AuditBody, AuditBody.id == AuditEvent.id)
        .order_by(AuditEvent.id)
        .execution_options(yield_per=1000)
    )
    for row, salt, text in rows:
        expected += 1
        if row.id != expected:
            yield f"event {expected} is missing"
            expected = row.id
        if row.prev != prev:
            yield f"event {row.id} does not follow the one before it"
        if (
            leaf_hash(row.id, row.ts_us, row.actor_ref, row.type, row.subject, row.body_hash, row.prev)
            != row.hash
        ):
            yield f"event {row.id} was changed"
        if text is not None and hashlib.sha256(salt + text.encode()).digest() != row.body_hash:
            yield f"the body of event {row.id} was changed"
        prev = row.hash
    head = db.session.execute(select(AuditHead.seq, AuditHead.hash)).one_or_none()
    if head is None or (head.seq, head.hash) != (expected, prev):
        yield "the head does not name the last event"
