"""Work outside the request: leased, retried, buried, and taken over from a worker that died."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matchmaker.foundation import clock, jobs
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.jobs import Job, Schedule
from tests.slices.test_foundation_db import in_threads
from tests.world import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def handlers(monkeypatch):
    """No handler but the test's own."""
    monkeypatch.setattr(jobs, "_handlers", {})
    monkeypatch.setattr(jobs, "_cadence", {})


@pytest.fixture(autouse=True)
def fixed_clock():
    with clock.at(NOW):
        yield


def put(kind="work", **more):
    with unit_of_work():
        jobs.enqueue(kind, at=NOW, **more)


def the_job():
    db.session.rollback()
    return db.session.execute(select(Job)).scalar_one()


def number(state):
    db.session.rollback()
    return db.session.scalar(select(func.count(Job.id)).where(Job.state == state))


def test_a_job_is_done_once_with_its_payload(app):
    done = []
    jobs.handle("work", lambda payload, now: done.append((dict(payload), now)))
    put(payload={"n": 1})
    assert jobs.run_until_idle(NOW) == 1
    assert done == [({"n": 1}, NOW)]
    job = the_job()
    assert (job.state, job.finished_at, job.lease) == ("done", NOW, None)


def test_a_job_of_a_rolled_back_transaction_does_not_exist(app):
    def fail():
        with unit_of_work():
            jobs.enqueue("work", at=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert jobs.claim(NOW) is None


def test_a_job_waits_for_its_time(app):
    jobs.handle("work", lambda *_: None)
    put(run_at=NOW + timedelta(hours=1))
    assert not jobs.run_one(NOW)
    assert jobs.run_one(NOW + timedelta(hours=1))


def test_a_waiting_twin_makes_another_needless(app):
    jobs.handle("work", lambda *_: None)
    put(dedupe_key="same")
    put(dedupe_key="same")
    put(dedupe_key="other")
    put()
    put()
    assert number("queued") == 4
    jobs.run_until_idle(NOW)
    put(dedupe_key="same")
    assert number("queued") == 1


def test_a_failing_job_is_tried_again_later_and_buried_in_the_end(app):
    jobs.handle("work", lambda *_: 1 / 0)
    put()
    now, waits = NOW, []
    for _ in range(jobs.MAX_ATTEMPTS - 1):
        with clock.at(now):
            assert jobs.run_one(now)
        job = the_job()
        assert (job.state, job.lease) == ("queued", None)
        assert "ZeroDivisionError" in job.last_error
        waits.append(job.run_at - now)
        now = job.run_at
    assert waits == [timedelta(seconds=5 * 2**n) for n in range(1, jobs.MAX_ATTEMPTS)]
    with clock.at(now):
        assert jobs.run_one(now)
    assert the_job().state == "dead"
    assert not jobs.run_one(now + timedelta(days=1))


def test_what_a_failing_job_wrote_is_rolled_back(app):
    def write_and_fail(_payload, now):
        jobs.enqueue("other", at=now)
        raise RuntimeError

    jobs.handle("work", write_and_fail)
    put()
    jobs.run_one(NOW)
    assert db.session.scalar(select(func.count(Job.id))) == 1


def test_an_unknown_kind_is_a_failure_and_no_crash(app):
    put("nobody does this")
    assert jobs.run_one(NOW)
    assert "KeyError" in the_job().last_error


def test_nobody_takes_a_job_that_is_held(app):
    put()
    assert jobs.claim(NOW) is not None
    assert jobs.claim(NOW + jobs.LEASE) is None


def test_the_job_of_a_killed_worker_is_taken_over(app):
    done = []
    jobs.handle("work", lambda *_: done.append(1))
    put()
    dead = jobs.claim(NOW)
    later = NOW + jobs.LEASE + timedelta(seconds=1)
    assert jobs.run_one(later)
    assert done == [1]
    jobs._finish(dead, later, "the dead one speaks up")
    job = the_job()
    assert (job.state, job.attempts, job.last_error) == ("done", 2, None)


def test_a_heartbeat_keeps_a_long_job(app):
    put()
    held = jobs.claim(NOW)
    jobs.heartbeat(held, NOW + timedelta(minutes=4))
    assert jobs.claim(NOW + timedelta(minutes=6)) is None
    assert jobs.claim(NOW + timedelta(minutes=10)) is not None


def test_a_job_that_kills_every_worker_is_buried(app):
    put()
    now = NOW
    for _ in range(jobs.MAX_ATTEMPTS):
        assert jobs.claim(now) is not None
        now += jobs.LEASE + timedelta(seconds=1)
    assert jobs.claim(now) is None
    job = the_job()
    assert (job.state, job.lease, job.finished_at) == ("dead", None, now)
    assert "died" in job.last_error


def test_a_retry_gives_way_to_a_twin_that_waits(app):
    jobs.handle("work", lambda *_: 1 / 0)
    put(dedupe_key="same")
    held = jobs.claim(NOW)
    put(dedupe_key="same")
    jobs._finish(held, NOW, "failed")
    assert (number("queued"), number("done")) == (1, 1)


def test_several_workers_do_every_job_once(app):
    done = []
    jobs.handle("work", lambda payload, _now: done.append(payload["n"]))
    for n in range(20):
        put(payload={"n": n})
    in_threads(app, 4, lambda: jobs.run_until_idle(NOW))
    assert sorted(done) == list(range(20))


def test_a_schedule_comes_round(app):
    done = []
    jobs.handle("tidy", lambda _payload, now: done.append(now), every=timedelta(hours=6))
    jobs.handle("by hand", lambda *_: None)
    assert jobs.handlers() == {"tidy": timedelta(hours=6), "by hand": None}
    for hours in (0, 1, 5, 6, 7, 30, 31):
        now = NOW + timedelta(hours=hours)
        jobs.enqueue_scheduled(now)
        jobs.run_until_idle(now)
    assert done == [NOW + timedelta(hours=h) for h in (0, 6, 30)]
    schedule = db.session.execute(select(Schedule)).scalar_one()
    assert schedule.next_at == NOW + timedelta(hours=36)


def test_a_schedule_does_not_pile_up_while_no_worker_runs(app):
    jobs.handle("tidy", lambda *_: None, every=timedelta(hours=6))
    for days in range(5):
        jobs.enqueue_scheduled(NOW + timedelta(days=days))
    assert number("queued") == 1


def test_old_work_is_forgotten_but_for_the_dead(app):
    jobs.handle("work", lambda *_: None)
    put()
    jobs.run_one(NOW)
    put()
    with unit_of_work() as session:
        dead = session.execute(select(Job).where(Job.state == "queued")).scalar_one()
        dead.state, dead.finished_at = "dead", NOW
    with unit_of_work():
        jobs.forget_old(NOW + jobs.KEEP_DONE)
    assert (number("done"), number("dead")) == (1, 1)
    with unit_of_work():
        jobs.forget_old(NOW + jobs.KEEP_DONE + timedelta(seconds=1))
    assert (number("done"), number("dead")) == (0, 1)
