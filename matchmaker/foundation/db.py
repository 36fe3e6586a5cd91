"""The database: types, mixins, transactions and locks, the same on SQLite and PostgreSQL.

SQLite opens every unit of work that may write with BEGIN IMMEDIATE, because SQLAlchemy drops row locks
there and two readers that become writers would lose updates. PostgreSQL uses READ COMMITTED and explicit
row locks, parents first.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, String, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    declared_attr,
    mapped_column,
    registry,
    relationship,
)
from sqlalchemy.types import TypeDecorator

from matchmaker.foundation.settings import Settings
from matchmaker.kernel.errors import NotFound, Stale

log = logging.getLogger(__name__)
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_put_off: ContextVar[bool] = ContextVar("put_off", default=False)

REF_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
SAFE_SQLITE = (3, 51, 3)


def new_ref() -> str:
    """A random public identifier of 10 characters (50 bits); says nothing of order or number."""
    return "".join(secrets.choice(REF_ALPHABET) for _ in range(10))


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Goes in with its time zone, is stored and comes back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")
BigId = BigInteger().with_variant(Integer(), "sqlite")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the product; ``id`` never leaves the server."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime(), dict[str, Any]: Json, list[Any]: Json},
    )

    @declared_attr
    def id(cls) -> Mapped[int]:
        return mapped_column(BigId, primary_key=True, sort_order=-10)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

Money = BigInteger
"""Whole NT$; every amount column uses it (a Numeric would be a float on SQLite)."""

related = partial(relationship, lazy="raise")
"""A relationship that a template cannot load by accident: queries name what they need."""


class Referenced:
    """Has a random public identifier, the one that stands in addresses."""

    ref: Mapped[str] = mapped_column(String(16), unique=True, default=new_ref, sort_order=-9)


class Versioned:
    """Optimistic version, and who touched the row last (to tell the one who comes late)."""

    version: Mapped[int] = mapped_column(Integer, nullable=False, sort_order=90)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), sort_order=91)
    changed_by: Mapped[str | None] = mapped_column(String(120), sort_order=92)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    def touch(self, *, by: str, at: datetime) -> None:
        """Note who changes the row, by display name, and when."""
        self.changed_by = by
        self.changed_at = at


M = TypeVar("M", bound=Base)


def check_version(entity: Any, expected: int | None) -> None:
    """Raise Stale where the form was made from another version than the one stored now."""
    if expected is not None and entity.version != expected:
        raise Stale(by=entity.changed_by, at=entity.changed_at)


def lock(model: type[M], key: int) -> M:
    """Hold one row until the end of the transaction, as it is stored now; lock parents before children.

    What queries have loaded beside it (relationships) stays loaded. PostgreSQL: FOR NO KEY UPDATE. SQLite: the
    whole database is held already (BEGIN IMMEDIATE).
    """
    return hold(model, key, {"key_share": True})


def hold(model: type[M], key: int, strength: dict[str, bool]) -> M:
    """``lock`` with another strength on PostgreSQL: ``{}`` is FOR UPDATE, ``{"read": True}`` FOR SHARE."""
    row = db.session.get(model, key)
    if row is None:
        raise NotFound
    try:
        db.session.refresh(row, model.__mapper__.column_attrs.keys(), with_for_update=strength or True)
    except InvalidRequestError:
        raise NotFound from None
    return row


@contextmanager
def writing() -> Iterator[None]:
    """Units of work inside may write; on SQLite they begin as writers."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Transactions inside only read, whatever surrounds them: on SQLite they wait for no writer."""
    token = _writing.set(False)
    try:
        yield
    finally:
        _writing.reset(token)


def begin_writing() -> Any:
    """Mark the present context as writing until ``end_writing`` (for request hooks)."""
    return _writing.set(True)


def end_writing(token: Any) -> None:
    _writing.reset(token)


def is_writing() -> bool:
    return _writing.get()


@contextmanager
def separate() -> Iterator[Session]:
    """A small transaction of its own, for sessions, limits and logs that outlive a rollback.

    Never open one while the main session holds a writing transaction on SQLite: it would wait for itself.
    """
    with writing(), Session(db.engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One writing transaction of the main session, for jobs and commands; commits at the end."""
    with writing():
        abandon()
        try:
            yield db.session()
            commit()
        except BaseException:
            abandon()
            raise


@contextmanager
def apart() -> Iterator[None]:
    """A main session of its own, for work between or after the transactions of the one outside."""
    with current_app.app_context():
        yield


def after_commit(key: str, call: Callable[[], Any]) -> None:
    """Call this once the present unit of work is committed, in a context and transactions of its own.

    Of several with one key the last is called. It is a courtesy, not a promise: a failure is logged and the
    answer goes out all the same, so whatever must happen stands in a table that a job looks at too.
    """
    db.session.info.setdefault(_AFTER, {})[key] = call


@contextmanager
def put_off() -> Iterator[None]:
    """Commits inside are followed by nothing: for long loads that catch up once, at the end."""
    token = _put_off.set(True)
    try:
        yield
    finally:
        _put_off.reset(token)


def commit() -> None:
    """Commit the main session, then do what waited for it."""
    db.session.commit()
    waiting = db.session.info.pop(_AFTER, {})
    for key, call in ({} if _put_off.get() else waiting).items():
        try:
            with apart():
                call()
        except Exception:
            log.exception("%s failed after the commit", key)


def abandon() -> None:
    """Roll the main session back; nothing waits for its commit any more."""
    db.session.info.pop(_AFTER, None)
    db.session.rollback()


_AFTER = "after_commit"


def engine_options(settings: Settings) -> dict[str, Any]:
    """Driver and connection settings for the configured database."""
    if not settings.is_sqlite:
        options = (
            "-c lock_timeout=5000 -c statement_timeout=15000 "
            "-c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
        )
        return {"connect_args": {"options": options}, "pool_pre_ping": True, "pool_size": 10}
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "module": sqlite_driver(),
        "connect_args": {"isolation_level": None, "timeout": 30, "check_same_thread": False},
    }


def sqlite_driver() -> Any:
    """The SQLite driver without the WAL-reset fault (3.7.0 to 3.51.2), where there is one."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        if sqlite3.sqlite_version_info < SAFE_SQLITE:
            warnings.warn(
                f"SQLite {sqlite3.sqlite_version} may lose a write with several processes; serve with one worker.",
                RuntimeWarning,
                stacklevel=2,
            )
        return sqlite3
    return dbapi2


@event.listens_for(Engine, "connect")
def _on_connect(connection: Any, _record: Any) -> None:
    if "sqlite" not in type(connection).__module__:
        return
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


class WriteInSafeRequest(RuntimeError):
    """A page that only reads tried to write: a fault of the product, never of the reader."""


@event.listens_for(Session, "before_flush")
def _refuse_quiet_writes(session: Session, _context: Any, _instances: Any) -> None:
    if not _writing.get() and (session.new or session.dirty or session.deleted):
        raise WriteInSafeRequest(f"{[*session.new, *session.dirty, *session.deleted][:3]}")
