"""The database: writers one after the other, rows that are held, times that keep their zone."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from matchmaker.foundation.db import (
    REF_ALPHABET,
    WriteInSafeRequest,
    check_version,
    db,
    lock,
    new_ref,
    separate,
    unit_of_work,
)
from matchmaker.foundation.sessions import SignIn
from matchmaker.kernel.errors import NotFound, Stale
from matchmaker.people import queries as people
from matchmaker.people.models import County, Organization
from tests.world import NOW


def in_threads(app, number, work):
    """Run ``work`` in so many threads, each in the application's context; raises what one of them raised."""
    faults = []

    def run():
        with app.app_context():
            try:
                work()
            except BaseException as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if faults:
        raise faults[0]


@pytest.fixture
def county(app):
    """One row to count in; its number is 0."""
    with unit_of_work() as session:
        row = session.execute(select(County).order_by(County.id).limit(1)).scalar_one()
        row.position = 0
        return row.id


def position(county):
    return db.session.execute(select(County.position).where(County.id == county)).scalar_one()


@pytest.mark.both_databases
def test_no_count_is_lost_when_several_write_at_once(app, county):
    def count():
        for _ in range(8):
            with unit_of_work():
                lock(County, county).position += 1

    in_threads(app, 4, count)
    assert position(county) == 32


def test_sqlite_units_of_work_are_writers_from_their_first_statement(app, county):
    """SQLAlchemy drops row locks on SQLite: only BEGIN IMMEDIATE keeps a plain read and write together."""

    def count():
        for _ in range(8):
            with unit_of_work() as session:
                session.get_one(County, county).position += 1

    in_threads(app, 4, count)
    assert position(county) == 32


@pytest.mark.both_databases
def test_a_locked_row_is_read_as_it_is_stored_now(app, county):
    with unit_of_work() as session:
        early = session.get_one(County, county)
        assert early.position == 0
        session.execute(text("UPDATE county SET position = 7 WHERE id = :id"), {"id": county})
        assert lock(County, county) is early
        assert early.position == 7


@pytest.mark.both_databases
def test_a_lock_leaves_loaded_what_the_page_needs(world):
    organization, _ = world.startup()
    with unit_of_work():
        shown = people.organization_by_id(organization.id)
        lock(Organization, shown.id)
        assert shown.profile is not None
        assert shown.county is None


@pytest.mark.both_databases
def test_a_row_that_is_gone_is_not_found(app):
    with unit_of_work(), pytest.raises(NotFound):
        lock(County, 10**9)


@pytest.mark.both_databases
def test_a_row_that_went_while_we_looked_is_not_found(app, county):
    with unit_of_work() as session:
        session.get_one(County, county)
        session.execute(text("DELETE FROM county WHERE id = :id"), {"id": county})
        with pytest.raises(NotFound):
            lock(County, county)


@pytest.mark.both_databases
def test_another_writer_waits_for_the_row(app, county):
    held, asked, done = threading.Event(), threading.Event(), []

    def first():
        with unit_of_work():
            row = lock(County, county)
            held.set()
            asked.wait(timeout=10)
            row.position = 1
        done.append("first")

    def second():
        held.wait(timeout=10)
        asked.set()
        with unit_of_work():
            row = lock(County, county)
            assert row.position == 1
            row.position = 2
        done.append("second")

    works = iter((first, second))
    in_threads(app, 2, lambda: next(works)())
    assert done == ["first", "second"]
    assert position(county) == 2


@pytest.mark.both_databases
def test_an_instant_comes_back_in_utc(app):
    taipei = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with unit_of_work() as session:
        session.add(
            SignIn(token_hash="x", user_id=1, agent="", address="", created_at=taipei, seen_at=taipei)
        )
    db.session.remove()
    stored = db.session.execute(select(SignIn.created_at)).scalar_one()
    assert stored == taipei
    assert stored.tzinfo is UTC


@pytest.mark.both_databases
def test_a_time_without_its_zone_is_refused(app):
    with pytest.raises(StatementError, match="without its zone"), unit_of_work() as session:
        session.execute(select(SignIn).where(SignIn.seen_at > datetime(2026, 3, 2)))  # noqa: DTZ001


@pytest.mark.both_databases
def test_a_failing_unit_of_work_leaves_no_trace(app, county):
    def fail():
        with unit_of_work() as session:
            session.get_one(County, county).position = 5
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert position(county) == 0


@pytest.mark.both_databases
def test_outside_a_unit_of_work_nothing_can_be_written(app, county):
    db.session.get_one(County, county).position = 5
    with pytest.raises(WriteInSafeRequest):
        db.session.flush()
    db.session.rollback()


@pytest.mark.both_databases
def test_a_separate_transaction_outlives_the_rollback_of_the_main_one(app, county):
    with separate() as session:
        session.get_one(County, county).position = 3
    db.session.rollback()
    assert position(county) == 3


def test_an_old_version_is_told_who_came_first(world):
    organization, _ = world.startup(owner="Bob")
    check_version(organization, None)
    check_version(organization, organization.version)
    with pytest.raises(Stale) as stale:
        check_version(organization, organization.version - 1)
    assert stale.value.by == "Bob"
    assert stale.value.at == NOW


def test_references_are_random_and_without_letters_that_look_alike():
    made = {new_ref() for _ in range(500)}
    assert len(made) == 500
    assert all(len(ref) == 10 and set(ref) <= set(REF_ALPHABET) for ref in made)
    assert not set("ilou") & set(REF_ALPHABET)
