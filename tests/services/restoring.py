"""Brings a PostgreSQL database back to its prepared state, several times faster than a new copy of it."""

from typing import Any, LiteralString

import psycopg
from psycopg import sql

from tests.services.postgres import PostgresCluster, database_name

# A test that changes the schema is noticed by it: all that belongs to a schema has a number of its own.
_SCHEMA: LiteralString = """
SELECT md5(string_agg(number, ',' ORDER BY number)) FROM (
    SELECT 'c' || oid AS number FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 't' || t.oid FROM pg_trigger t
    UNION ALL SELECT 'k' || oid FROM pg_constraint
    UNION ALL SELECT 'p' || oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'a' || attrelid || '.' || attname FROM pg_attribute
        JOIN pg_class c ON c.oid = attrelid AND c.relnamespace = 'public'::regnamespace
) parts
"""


class Restorable:
    """A database whose rows, at the moment this is made, are the ones to come back to.

    Tables with rows are kept beside it in a schema of their own; all others have to be empty again. The database
    must have no open connection then. A changed schema is not mended but copied anew, which takes longer.
    """

    def __init__(self, cluster: PostgresCluster, url: str) -> None:
        self._cluster = cluster
        self._url = url
        self._name = database_name(url)
        self._template = f"{self._name}_as_prepared"
        with self._connect() as connection:
            found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            self._tables = sorted(name for (name,) in found)
            self._kept = self._with_rows(connection)
            connection.execute("CREATE SCHEMA as_prepared")
            for name in self._kept:
                connection.execute(
                    sql.SQL("CREATE TABLE {} AS TABLE {}").format(_there(name), sql.Identifier(name))
                )
            self._counters = connection.execute(
                "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value > 0"
            ).fetchall()
            self._schema = self._schema_of(connection)
        cluster.create_database(name=self._template, template=self._name)
        # The copy numbers its parts as its model does, so what was read of one holds for both.

    def restore(self) -> None:
        """Bring it back; connections that are still open end."""
        with self._connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            unchanged = self._schema_of(connection) == self._schema
            if unchanged:
                self._refill(connection)
        if not unchanged:
            self._cluster.drop_database(self._url)
            self._cluster.create_database(name=self._name, template=self._template)

    def _refill(self, connection: psycopg.Connection[Any]) -> None:
        # No trigger and no foreign key may object: the rows were sound together before.
        connection.execute("SET session_replication_role = replica")
        touched = [*{*self._kept, *self._with_rows(connection)}]
        connection.execute(
            sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(
                sql.SQL(", ").join(map(sql.Identifier, touched))
            )
        )
        for name in self._kept:
            connection.execute(
                sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM {}").format(
                    sql.Identifier(name), _there(name)
                )
            )
        for name, last in self._counters:
            connection.execute("SELECT setval(%s::regclass, %s)", (f'public."{name}"', last))

    def _with_rows(self, connection: psycopg.Connection[Any]) -> list[str]:
        questions = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(
                sql.Literal(name), sql.Identifier(name)
            )
            for name in self._tables
        ]
        return [name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(questions))]

    def _schema_of(self, connection: psycopg.Connection[Any]) -> str | None:
        row = connection.execute(_SCHEMA).fetchone()
        return row[0] if row else None

    def _connect(self) -> psycopg.Connection[Any]:
        return self._cluster.connect(self._name)


def _there(name: str) -> sql.Identifier:
    return sql.Identifier("as_prepared", name)
