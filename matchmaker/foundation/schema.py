"""The schema and its one chain of migrations, the same on both databases."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, MetaData, inspect

import matchmaker
from matchmaker.foundation.db import Base, db, writing
from matchmaker.kernel.places import data_dir


def metadata() -> MetaData:
    """All tables of all slices."""
    for module in pkgutil.iter_modules(matchmaker.__path__):
        if module.ispkg and module.name not in ("kernel", "matcher", "rulebook", "web"):
            for name in ("models",) if module.name != "foundation" else FOUNDATION_TABLES:
                try:
                    importlib.import_module(f"matchmaker.{module.name}.{name}")
                except ModuleNotFoundError as missing:
                    if missing.name != f"matchmaker.{module.name}.{name}":
                        raise
    return Base.registry.metadata


FOUNDATION_TABLES = ("audit", "files", "idempotency", "jobs", "limits", "outbox", "relevance", "sessions")


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for the running application."""
    made = Config()
    made.set_main_option("script_location", str(data_dir() / "migrations"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


@contextmanager
def _connected() -> Iterator[Config]:
    """A connection for migrations; SQLite rebuilds tables, so its foreign keys sleep meanwhile."""
    with writing(), db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        yield config(connection)
        connection.commit()
        if sqlite:
            raw.execute("PRAGMA foreign_keys=ON")


def upgrade(revision: str = "head") -> None:
    """Bring the database to the newest schema."""
    with _connected() as made:
        command.upgrade(made, revision)


def downgrade(revision: str) -> None:
    """Take the database back to an earlier schema."""
    with _connected() as made:
        command.downgrade(made, revision)


def revise(message: str) -> None:
    """Write a new migration from the difference between models and database."""
    with _connected() as made:
        number = len(list(ScriptDirectory.from_config(made).walk_revisions())) + 1
        command.revision(made, message, autogenerate=True, rev_id=f"{number:04d}")


def current() -> str | None:
    """The revision the database is at."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision of the code."""
    return ScriptDirectory.from_config(config()).get_current_head()


def differences() -> list[Any]:
    """What distinguishes the models from the database; empty when they are equal."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [*compare_metadata(context, metadata()), *_checks(connection)]


def _checks(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """The named conditions that only one side has; alembic compares none."""
    looking = inspect(connection)
    for table in metadata().sorted_tables:
        if not looking.has_table(table.name):
            continue
        ours = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint) and _is_own(c)}
        theirs = {str(check["name"]) for check in looking.get_check_constraints(table.name)}
        yield from (("missing_check", table.name, name) for name in sorted(ours - theirs))
        yield from (("surplus_check", table.name, name) for name in sorted(theirs - ours))


def _is_own(check: CheckConstraint) -> bool:
    """Not the condition that a type brings along where a database needs it."""
    return not getattr(check, "_type_bound", False)
