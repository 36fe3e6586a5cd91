"""The server that the tests start for themselves."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.services import ServiceMissing, must_not_skip, postgres
from tests.services.restoring import Restorable


def run(url, *statements):
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        answers = [connection.execute(text(statement)) for statement in statements]
        return answers[-1].scalar() if answers[-1].returns_rows else None


def test_a_database_is_empty_and_speaks_utf8(postgres_cluster):
    url = postgres_cluster.create_database()
    assert run(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    assert run(url, "SHOW server_encoding") == "UTF8"
    assert run(url, "SELECT '臺灣' || :x".replace(":x", "'！'")) == "臺灣！"


def test_a_copy_has_what_its_template_has_and_lives_alone(postgres_cluster):
    template = postgres_cluster.create_database()
    run(template, "CREATE TABLE t (n integer)", "INSERT INTO t VALUES (1)")
    name = postgres.database_name(template)
    first, second = (postgres_cluster.create_database(template=name) for _ in range(2))
    run(first, "INSERT INTO t VALUES (2)")
    assert run(first, "SELECT count(*) FROM t") == 2
    assert run(second, "SELECT count(*) FROM t") == 1
    postgres_cluster.drop_database(first)
    assert run(second, "SELECT count(*) FROM t") == 1


def test_a_database_is_brought_back_to_its_prepared_rows(postgres_cluster):
    url = postgres_cluster.create_database()
    run(
        url,
        "CREATE TABLE kind (id serial PRIMARY KEY, name text UNIQUE)",
        "CREATE TABLE thing (id serial PRIMARY KEY, kind_id integer NOT NULL REFERENCES kind)",
        "CREATE RULE nothing_goes AS ON DELETE TO thing DO INSTEAD NOTHING",
        "INSERT INTO kind (name) VALUES ('first'), ('second')",
    )
    prepared = Restorable(postgres_cluster, url)
    for _round in range(2):
        run(
            url,
            "INSERT INTO thing (kind_id) SELECT id FROM kind",
            "INSERT INTO kind (name) VALUES ('third')",
            "UPDATE kind SET name = 'other' WHERE id = 1",
        )
        prepared.restore()
        assert run(url, "SELECT string_agg(id || name, ' ' ORDER BY id) FROM kind") == "1first 2second"
        assert run(url, "INSERT INTO thing (kind_id) VALUES (2) RETURNING id") == 1
        assert run(url, "INSERT INTO kind (name) VALUES ('third') RETURNING id") == 3
        prepared.restore()
        assert run(url, "SELECT count(*) FROM thing") == 0


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE thing",
        "ALTER TABLE thing ADD COLUMN more text",
        "ALTER TABLE thing ADD CONSTRAINT low CHECK (id < 9)",
        "ALTER TABLE thing DROP COLUMN name",
        "CREATE VIEW things AS SELECT * FROM thing",
        "CREATE TRIGGER same BEFORE UPDATE ON thing FOR EACH ROW EXECUTE FUNCTION"
        " suppress_redundant_updates_trigger()",
    ],
)
def test_a_changed_schema_is_copied_anew(postgres_cluster, change):
    url = postgres_cluster.create_database()
    run(url, "CREATE TABLE thing (id integer, name text)", "INSERT INTO thing VALUES (1, 'x')")
    prepared = Restorable(postgres_cluster, url)
    described = (
        "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = 'thing'::regclass AND attnum > 0 AND NOT attisdropped"
    )
    whole = "SELECT (SELECT count(*) FROM pg_trigger) || ' ' || (SELECT count(*) FROM pg_constraint)"
    before = run(url, whole)
    run(url, change)
    prepared.restore()
    assert (run(url, described), run(url, whole)) == ("id name", before)
    assert run(url, "SELECT count(*) FROM thing WHERE name = 'x'") == 1


def test_nothing_listens_on_the_network(postgres_cluster):
    assert run(postgres_cluster.create_database(), "SHOW listen_addresses") == ""


def test_without_postgresql_the_reason_is_plain(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres.Path, "glob", lambda *_: iter(()))
    with pytest.raises(ServiceMissing, match="apt-get install postgresql"):
        postgres.find_programs()


@pytest.mark.parametrize(("value", "answer"), [("true", True), ("1", True), ("", False), ("false", False)])
def test_only_a_build_server_fails_for_a_missing_program(monkeypatch, value, answer):
    monkeypatch.setenv("CI", value)
    assert must_not_skip() is answer
