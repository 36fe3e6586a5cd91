"""Rate limits: counted for everybody together, by window, without a list of who tried."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matchmaker.foundation import limits
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.limits import RateCount
from tests.slices.test_foundation_db import in_threads
from tests.world import NOW

pytestmark = pytest.mark.both_databases
QUARTER = timedelta(minutes=15)


def hit(who="alice", now=NOW, most=3):
    return limits.hit("door", who, most=most, per=QUARTER, now=now)


def test_the_limit_holds_until_the_window_ends(app):
    assert [hit() for _ in range(3)] == [None] * 3
    late = NOW + timedelta(minutes=5)
    assert hit(now=late) == 10 * 60 + 1
    assert hit(now=NOW + QUARTER) is None


def test_everybody_and_every_door_is_counted_alone(app):
    for _ in range(4):
        hit()
    assert hit() is not None
    assert hit("bob") is None
    assert limits.hit("other door", "alice", most=3, per=QUARTER, now=NOW) is None


def test_a_hit_outlives_the_rollback_of_the_request(app):
    hit(most=1)
    db.session.rollback()
    assert hit(most=1) is not None


def test_a_hit_inside_a_writing_request_does_not_wait_for_itself(app):
    with unit_of_work() as session:
        session.execute(select(func.count(RateCount.id)))
        assert hit() is None


def test_hits_at_the_same_time_are_all_counted(app):
    hit(most=1000)
    in_threads(app, 4, lambda: [hit(most=1000) for _ in range(10)])
    assert db.session.execute(select(RateCount.hits)).scalar_one() == 41


def test_the_table_names_nobody(app):
    hit("alice@example.org")
    row = db.session.execute(select(RateCount)).scalar_one()
    assert "alice" not in f"{row.key_hash}{row.window_start}"


def test_old_windows_are_forgotten(app):
    hit()
    with unit_of_work():
        limits.forget_old(NOW + timedelta(hours=24))
    assert db.session.scalar(select(func.count(RateCount.id))) == 1
    with unit_of_work():
        limits.forget_old(NOW + timedelta(hours=24, minutes=16))
    assert db.session.scalar(select(func.count(RateCount.id))) == 0
