"""Sign-ins: known by the hash of a token, with an idle and an absolute end, and revocable."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from matchmaker.foundation import sessions
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.foundation.sessions import ABSOLUTE, IDLE, TOUCH_EVERY, SignIn
from tests.world import NOW

pytestmark = pytest.mark.both_databases
SECOND = timedelta(seconds=1)


def start(user_id=1, at=NOW):
    with unit_of_work():
        row, token = sessions.start(
            user_id=user_id, organization_id=None, agent="Firefox " * 50, address="192.0.2.1", at=at
        )
    return row.id, token


def row_of(key):
    db.session.rollback()
    return db.session.get_one(SignIn, key, populate_existing=True)


def test_only_the_hash_of_the_token_is_stored(app):
    key, token = start()
    row = row_of(key)
    assert len(token) >= 40
    assert not any(token in str(getattr(row, column.name)) for column in row.__table__.columns)
    assert sessions.find(token, NOW).id == key
    assert sessions.find(token + "x", NOW) is None
    assert sessions.find(row.token_hash, NOW) is None
    assert len(row.agent) == 200


def test_a_browser_left_alone_is_signed_out(app):
    _, token = start()
    assert sessions.find(token, NOW + IDLE) is not None
    assert sessions.find(token, NOW + IDLE + SECOND) is None


def test_the_longest_sign_in_ends_however_busy(app):
    key, token = start()
    now = NOW
    while now + IDLE < NOW + ABSOLUTE:
        now += IDLE
        sessions.touch(sessions.find(token, now), now)
    assert sessions.find(token, NOW + ABSOLUTE) is not None
    sessions.touch(row_of(key), NOW + ABSOLUTE)
    assert sessions.find(token, NOW + ABSOLUTE + SECOND) is None


def test_being_there_is_noted_every_few_minutes_only(app):
    key, _ = start()
    sessions.touch(row_of(key), NOW + TOUCH_EVERY - SECOND)
    assert row_of(key).seen_at == NOW
    sessions.touch(row_of(key), NOW + TOUCH_EVERY)
    assert row_of(key).seen_at == NOW + TOUCH_EVERY


def test_an_ended_sign_in_is_over_at_once(app):
    key, token = start()
    with unit_of_work():
        assert sessions.end(user_id=1, at=NOW, ref=row_of(key).ref) == 1
    assert sessions.find(token, NOW) is None


def test_nobody_ends_the_sign_in_of_another(app):
    key, token = start(user_id=1)
    with unit_of_work():
        assert sessions.end(user_id=2, at=NOW, ref=row_of(key).ref) == 0
    assert sessions.find(token, NOW) is not None


def test_all_but_one_end(app):
    here, _ = start()
    start()
    start()
    with unit_of_work():
        assert sessions.end(user_id=1, at=NOW, keep=here) == 2
    assert [row.id for row in sessions.of_user(1, NOW)] == [here]


def test_a_person_sees_their_live_sign_ins_the_latest_first(app):
    early, _ = start()
    late, _ = start(at=NOW + timedelta(hours=1))
    start(user_id=2)
    assert [row.id for row in sessions.of_user(1, NOW + timedelta(hours=1))] == [late, early]
    assert [row.id for row in sessions.of_user(1, NOW + IDLE + SECOND)] == [late]
    assert sessions.of_user(1, NOW + ABSOLUTE + timedelta(hours=2)) == []


def test_old_sign_ins_are_forgotten(app):
    start()
    for days, left in ((30, 1), (38, 0)):
        with unit_of_work():
            sessions.forget_old(NOW + timedelta(days=days))
        assert db.session.scalar(select(func.count(SignIn.id))) == left
