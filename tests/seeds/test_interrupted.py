"""A loading that was broken off goes on, or says how to start anew. On PostgreSQL, so that it is loaded there too."""

import pytest
from sqlalchemy import func, select, update

from matchmaker.challenges.models import Challenge
from matchmaker.foundation import audit, clock, schema
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.idempotency import IdempotencyKey
from matchmaker.people.models import Organization
from matchmaker.seeding import demo as demo_year
from matchmaker.seeding import load
from tests.conftest import make_app


@pytest.fixture
def empty(tmp_path_factory, postgres_cluster):
    """The application on an empty PostgreSQL database with reference data."""
    app = make_app(tmp_path_factory.mktemp("interrupted"), postgres_cluster.create_database())
    with app.app_context():
        schema.upgrade()
        load.reference()
        yield app
        db.session.remove()
        db.engine.dispose()


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count(model.id)))


def test_an_interrupted_loading_goes_on(empty):
    demo_year.load(progress=False, until=lambda step: "is opened" in step.title)
    assert not demo_year.is_loaded()
    begun = count(Organization)
    now = clock.now()
    with unit_of_work() as session:
        session.execute(update(IdempotencyKey).values(request_hash="another year"))
    with pytest.raises(demo_year.Interrupted, match="To start anew"):
        demo_year.load(progress=False)
    with unit_of_work() as session:
        session.execute(update(IdempotencyKey).values(request_hash=demo_year.reading.fingerprint()))
    demo_year.load(progress=False)
    assert demo_year.is_loaded()
    assert count(Organization) > begun
    assert count(Challenge) == len(demo_year.reading.stories())
    assert list(audit.verify()) == []
    assert count(IdempotencyKey) == 0
    with clock.at(now):
        load.demo()


def test_where_the_count_of_steps_is_lost_it_says_how_to_start_anew(empty):
    demo_year.load(progress=False, until=lambda step: "signs up" in step.title)
    with unit_of_work() as session:
        session.query(IdempotencyKey).delete()
    with pytest.raises(demo_year.Interrupted, match="make an empty database"):
        demo_year.load(progress=False)
