"""The server that the tests start for themselves."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.services import ServiceMissing, must_not_skip, postgres


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
