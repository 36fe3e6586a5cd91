"""The schema: models and migrations say the same, and every step can be taken back."""

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from matchmaker.foundation import audit, schema
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.people.models import Organization
from tests.world import NOW

pytestmark = pytest.mark.both_databases


def tables():
    with db.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def test_models_equal_migrations(app):
    assert schema.current() == schema.newest()
    assert schema.differences() == []
    assert set(schema.metadata().tables) == tables() - {"alembic_version"}


def test_the_schema_goes_down_to_nothing_and_up_again(world):
    world.startup()
    db.session.remove()
    schema.downgrade("base")
    assert tables() <= {"alembic_version"}
    assert schema.current() is None
    schema.upgrade()
    assert schema.differences() == []
    assert db.session.execute(select(Organization)).first() is None
    with unit_of_work():
        audit.record(type="thing.done", subject="thing:1", actor_ref="alice", at=NOW)
    assert list(audit.verify()) == []
    with pytest.raises(Exception, match="only adds"), unit_of_work() as session:
        session.execute(text("DELETE FROM audit_event"))


def test_upgrading_what_is_up_to_date_changes_nothing(world):
    organization, _ = world.startup()
    db.session.remove()
    schema.upgrade()
    assert db.session.get_one(Organization, organization.id).name_zh == organization.name_zh


def test_foreign_keys_hold(world):
    organization, _ = world.startup()
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(text("DELETE FROM organization WHERE id = :id"), {"id": organization.id})


def test_there_is_one_line_of_migrations(app):
    assert schema.newest() is not None
