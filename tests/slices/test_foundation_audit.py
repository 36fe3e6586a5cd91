"""The audit chain: written with what it tells of, only added to, and any change of it found."""

import json

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from matchmaker.foundation import audit
from matchmaker.foundation.db import db, unit_of_work
from tests.slices.test_foundation_db import in_threads
from tests.world import NOW

pytestmark = pytest.mark.both_databases


def record(number=1, **more):
    for n in range(number):
        audit.record(
            type="thing.done", subject=f"thing:{n}", actor_ref="alice", at=NOW, body={"n": n}, **more
        )


def faults():
    db.session.rollback()
    return list(audit.verify())


def number():
    return db.session.scalar(select(func.count(audit.AuditEvent.id)))


def without_triggers(app, statement, **params):
    """What somebody with the database in their hands could do."""
    sqlite = db.engine.dialect.name == "sqlite"
    with unit_of_work() as session:
        if sqlite:
            for verb in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER audit_event_no_{verb}"))
        else:
            session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
        session.execute(text(statement), params)


def test_an_empty_chain_holds(app):
    assert faults() == []


def test_events_are_read_back_in_order_and_the_chain_holds(app):
    with unit_of_work():
        record(2)
    with unit_of_work():
        record(1)
    assert faults() == []
    entries = audit.history("thing:0")
    assert [(e.seq, e.type, e.actor_ref, e.at, e.body) for e in entries] == [
        (1, "thing.done", "alice", NOW, {"n": 0}),
        (3, "thing.done", "alice", NOW, {"n": 0}),
    ]
    assert [e.seq for e in audit.latest(offset=0, limit=2)] == [3, 2]


def test_what_is_rolled_back_leaves_no_event(app):
    def fail():
        with unit_of_work():
            record()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with unit_of_work():
        pass
    assert number() == 0
    assert faults() == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_event SET type = 'x'", "UPDATE audit_event SET seq = 9", "DELETE FROM audit_event"],
)
def test_the_database_refuses_to_change_events(app, statement):
    with unit_of_work():
        record()
    with pytest.raises(DBAPIError, match="only adds"), unit_of_work() as session:
        session.execute(text(statement))
    assert faults() == []


def test_postgresql_refuses_to_empty_the_chain(app):
    if db.engine.dialect.name == "sqlite":
        return
    with unit_of_work():
        record()
    with pytest.raises(DBAPIError, match="only adds"), unit_of_work() as session:
        session.execute(text("TRUNCATE audit_event"))


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit_event SET type = 'thing.undone' WHERE seq = 2", "event 2 was changed"),
        ("UPDATE audit_event SET actor_ref = 'mallory' WHERE seq = 2", "event 2 was changed"),
        ("UPDATE audit_event SET ts_us = ts_us + 1 WHERE seq = 2", "event 2 was changed"),
        ("UPDATE audit_body SET json = '[9]' WHERE seq = 2", "the body of event 2 was changed"),
        ("DELETE FROM audit_event WHERE seq = 2", "event 2 is missing"),
        ("DELETE FROM audit_event WHERE seq = 3", "the head does not name the last event"),
        ("UPDATE audit_head SET seq = 2", "the head does not name the last event"),
        ("DELETE FROM audit_head", "the head does not name the last event"),
    ],
)
def test_tampering_is_found(app, statement, fault):
    with unit_of_work():
        record(3)
    without_triggers(app, statement)
    assert fault in faults()


def test_an_erased_body_does_not_break_the_chain(app):
    with unit_of_work():
        record(2)
    with unit_of_work() as session:
        session.execute(text("UPDATE audit_body SET json = NULL WHERE seq = 1"))
    assert faults() == []
    [entry] = audit.history("thing:0")
    assert entry.body == {}


def test_equal_bodies_have_different_hashes(app):
    """A salt beside each body: nobody finds out what it said by trying."""
    with unit_of_work():
        for _ in range(2):
            audit.record(type="t", subject="s:1", actor_ref="a", at=NOW, body={"vote": "yes"})
    assert db.session.scalar(select(func.count(audit.AuditEvent.body_hash.distinct()))) == 2


def test_a_sealed_event_tells_neither_who_nor_what(app):
    with unit_of_work():
        audit.record(
            type="proposal.submitted",
            subject="proposal:abc",
            actor_ref="bob",
            at=NOW,
            sealed=True,
            body={"n": 1},
        )
    row = db.session.execute(select(audit.AuditEvent)).scalar_one()
    assert (row.type, row.actor_ref) == ("sealed", "sealed")
    assert "abc" not in row.subject
    assert row.subject.startswith("sealed:")
    assert audit.history("proposal:abc") == []
    assert audit.latest(offset=0, limit=10) == []
    [entry] = audit.history("proposal:abc", sealed=True)
    assert (entry.type, entry.body["n"]) == ("proposal.submitted", 1)
    assert faults() == []


def test_only_this_installation_can_compute_a_sealed_subject(app):
    mine = audit.blind("proposal:abc")
    key = app.config["SECRET_KEY"]
    try:
        app.config["SECRET_KEY"] = "another installation's key, of no use here"
        assert audit.blind("proposal:abc") != mine
    finally:
        app.config["SECRET_KEY"] = key
    assert audit.blind("proposal:abd") != mine


def test_several_writers_make_one_chain(app):
    def write():
        for _ in range(5):
            with unit_of_work():
                record(2)

    in_threads(app, 4, write)
    assert number() == 40
    assert faults() == []


def test_canonical_json_has_one_form():
    assert audit.canonical({"b": 1, "a": "臺"}) == '{"a":"臺","b":1}'.encode()
    assert json.loads(audit.canonical({"at": NOW})) == {"at": str(NOW)}
