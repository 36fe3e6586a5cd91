"""One unit of work behind every unsafe request: guarded, replayed, retried, and never begun by a page that reads."""

import contextlib
import io
import re
import threading

import pytest
from flask import Response, flash, g, session
from flask.testing import EnvironBuilder
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from matchmaker.foundation.db import begin_writing, db, end_writing, unit_of_work
from matchmaker.foundation.idempotency import IdempotencyKey, forget_old
from matchmaker.people.models import Invitation
from matchmaker.web import access
from matchmaker.web.access import own_path
from tests.slices.test_foundation_db import in_threads
from tests.web.test_every_route import address, listed, people
from tests.world import NOW, ubn

INVITE = "/organization/invitations"


def offer(email="new@example.org", key="one and the same key"):
    return {"email": email, "role": "editor", "idempotency_key": key}


def invitations():
    db.session.rollback()
    return db.session.scalar(select(func.count(Invitation.id)))


# --- Doors ---


def test_a_visitor_is_led_to_the_sign_in_and_back(world):
    browser = world.client()
    answer = browser.get("/account?x=1&y=%E8%87%BA")
    assert (answer.status_code, answer.location) == (
        303,
        "/sign-in?next=/account?x%3D1%26y%3D%25E8%2587%25BA",
    )
    answer = browser.post("/account/password")
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_a_wrong_door_is_forbidden_and_a_role_taken_away_counts_at_once(world):
    officer = world.officer()
    browser = world.client(officer)
    assert browser.get("/staff/organizations").status_code == 200
    from matchmaker.people.queries import any_membership

    with unit_of_work():
        any_membership(officer.user_id, world.office().id).ended_at = NOW
    assert browser.get("/staff/organizations").status_code == 403


# --- Once and only once ---


@pytest.mark.both_databases
def test_the_same_form_sent_twice_is_answered_twice_and_done_once(world):
    _, alice = world.agency()
    browser = world.client(alice)
    first, second = browser.post(INVITE, offer()), browser.post(INVITE, offer())
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert invitations() == 1


@pytest.mark.both_databases
def test_twins_that_arrive_together_are_done_once(world):
    _, alice = world.agency()
    browsers = [world.client(alice) for _ in range(3)]
    tokens = [browser._csrf() for browser in browsers]
    pairs = iter(list(zip(browsers, tokens, strict=True)))
    together = threading.Barrier(3, timeout=10)
    answers = []

    def send():
        browser, token = next(pairs)
        together.wait()
        answers.append(browser.post(INVITE, offer() | {"csrf_token": token}, csrf=False).status_code)

    in_threads(world.app, 3, send)
    assert answers == [303] * 3
    assert invitations() == 1


@pytest.mark.parametrize("language", ["en", "zh_Hant_TW"])
def test_the_same_key_with_other_content_is_refused(world, language):
    _, alice = world.agency()
    browser = world.client(alice, language)
    browser.post(INVITE, offer())
    answer = browser.post(INVITE, offer("other@example.org"))
    assert answer.status_code == 422
    assert ("already sent with other content" if language == "en" else "已用其他內容送出過") in answer.text
    assert invitations() == 1


def test_a_key_may_come_in_a_header(world):
    _, alice = world.agency()
    browser = world.client(alice)
    for _ in range(2):
        fields = offer()
        del fields["idempotency_key"]
        answer = browser.post(INVITE, fields, headers={"Idempotency-Key": "from a program"})
        assert answer.status_code == 303
    assert invitations() == 1


def test_a_refused_form_may_be_mended_and_sent_with_its_key(world):
    _, alice = world.agency()
    browser = world.client(alice)
    assert browser.post(INVITE, offer("no address")).status_code == 422
    assert browser.post(INVITE, offer()).status_code == 303
    assert invitations() == 1


def test_everybody_has_their_own_keys(world):
    for owner in ("Alice", "Judy"):
        _, actor = world.agency(owner=owner)
        assert world.client(actor).post(INVITE, offer()).status_code == 303
    assert invitations() == 2


def test_every_form_has_a_key_of_its_own(world):
    _, alice = world.agency()
    browser = world.client(alice)
    pattern = r'name="idempotency_key"[^>]*value="([^"]{20,})"'
    keys = [re.search(pattern, browser.get(INVITE).text)[1] for _ in range(3)]
    assert len(set(keys)) == 3


def test_what_was_asked_is_kept_keyed_because_it_may_hold_a_password(world):
    browser = world.client()
    password = "another long sentence 另一句"
    fields = {
        "name_zh": "測試", "ubn": ubn(), "founded_on": "2024-01-02", "person_name": "Bob",
        "person_email": "bob@example.org", "password": password, "consent": "y", "idempotency_key": "k" * 20,
    }  # fmt: skip
    assert browser.post("/register/startup", fields).status_code == 303
    row = db.session.execute(select(IdempotencyKey)).scalar_one()
    with world.app.test_request_context("/register/startup", method="POST", data=fields):
        assert access._request_hash() == row.request_hash
        key, world.app.secret_key = world.app.secret_key, "another installation's key, long enough"
        try:
            assert access._request_hash() != row.request_hash
        finally:
            world.app.secret_key = key


def test_another_file_of_the_same_name_is_other_content(app):
    def digest(content, name="plan.pdf"):
        data = {"title": "x", "file": (io.BytesIO(content), name)}
        with contextlib.closing(EnvironBuilder(app=app, path="/x", method="POST", data=data)) as builder:
            environ = builder.get_environ()
            with contextlib.closing(environ["wsgi.input"]), app.request_context(environ) as context:
                made = access._request_hash()
                assert context.request.files["file"].read() == content
                context.request.close()
        return made

    assert digest(b"one") == digest(b"one")
    assert digest(b"one") != digest(b"two")
    assert digest(b"one") != digest(b"one", "other.pdf")
    assert digest(b"x" * 2_000_000) == digest(b"x" * 2_000_000)


def test_fields_cannot_be_shifted_into_each_other(app):
    def digest(**data):
        with app.test_request_context("/x", method="POST", data=data):
            return access._request_hash()

    assert digest(a="1", b="2") != digest(a="1b", c="2")
    assert digest(a="1", csrf_token="x") == digest(a="1", csrf_token="y")


def test_old_keys_are_forgotten(world):
    _, alice = world.agency()
    world.client(alice).post(INVITE, offer())
    with unit_of_work():
        assert forget_old(world.later(days=1)) == 0
        assert forget_old(world.later(days=2)) == 1


# --- Retried from the start ---


class Clash(Exception):
    def __init__(self, sqlstate):
        super().__init__("a clash")
        self.sqlstate = sqlstate


@pytest.fixture
def request_of(app, monkeypatch):
    """Run a view as ``writes`` does in a POST; returns the answer and the flashes."""
    monkeypatch.setattr(access.time, "sleep", lambda _seconds: None)

    def run(view):
        with app.test_request_context("/x", method="POST"):
            g.now = NOW
            token = begin_writing()
            try:
                return access.writes(view)().status_code, session.get("_flashes", [])
            finally:
                db.session.rollback()
                end_writing(token)

    return run


@pytest.mark.parametrize("code", ["40001", "40P01", "55P03", "23505"])
def test_a_clash_is_tried_again_and_tells_its_news_once(request_of, code):
    tries = []

    def view():
        tries.append(session.get("kept"))
        session["kept"] = "from the try before"
        flash("Saved.", "success")
        if len(tries) < 3:
            raise OperationalError("x", {}, Clash(code))
        return Response(status=204)

    assert request_of(view) == (204, [("success", "Saved.")])
    assert tries == [None] * 3


def test_a_clash_that_does_not_pass_is_an_error_in_the_end(request_of):
    tries = []

    def view():
        tries.append(1)
        raise OperationalError("x", {}, Clash("40P01"))

    with pytest.raises(OperationalError):
        request_of(view)
    assert len(tries) == access.TRIES


def test_other_faults_of_the_database_are_not_tried_again(request_of):
    tries = []

    def view():
        tries.append(1)
        raise OperationalError("x", {}, Clash("42P01"))

    with pytest.raises(OperationalError):
        request_of(view)
    assert tries == [1]


def test_two_registrations_of_one_number_at_the_same_time(world):
    """Whoever comes second is told so in the form, not by an error page."""
    number, together, answers = ubn(), threading.Barrier(2, timeout=10), []
    browsers = iter([(world.client(), n) for n in range(2)])
    prepared = [(browser, browser._csrf(), n) for browser, n in browsers]
    pairs = iter(prepared)

    def register():
        browser, token, n = next(pairs)
        together.wait()
        fields = {
            "name_zh": f"測試{n}", "ubn": number, "founded_on": "2024-01-02", "person_name": "Bob",
            "person_email": f"bob{n}@example.org", "password": "another long sentence", "consent": "y",
            "csrf_token": token,
        }  # fmt: skip
        answers.append(browser.post("/register/startup", fields, csrf=False).status_code)

    in_threads(world.app, 2, register)
    assert sorted(answers) == [303, 422]


# --- Pages that read do not write ---

OWN_TRANSACTION = ("sign_in", "rate_count", "suggestion_shown")
"""Kept by the platform about its readers in a small transaction of its own."""


@pytest.mark.parametrize("persona", ["visitor", "agency", "startup", "officer", "director", "juror"])
def test_no_page_that_is_read_writes(world, persona):
    browser = world.client(people(world)[persona])
    written = []

    def listener(_connection, _cursor, statement, *_more):
        verb, *rest = statement.split(None, 2)
        if verb.upper() in ("INSERT", "UPDATE", "DELETE") and not any(
            name in statement for name in OWN_TRANSACTION
        ):
            written.append(" ".join([verb, *rest])[:80])

    world.later(minutes=30)
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        for _, methods, path, _ in listed():
            if "GET" in methods:
                browser.get(address(path))
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    assert written == []


# --- Redirects ---


@pytest.mark.parametrize(
    "target", ["/", "/account", "/organization?tab=people#x", "/%E8%87%BA%E5%8C%97", "/a//b", "/臺北"]
)
def test_own_paths_are_followed(target):
    assert own_path(target, "/default") == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "account",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "https://evil.example/",
        "http:evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "/x\r\nSet-Cookie: a=b",
        "/\x00",
        " //evil.example",
    ],
)
def test_nothing_leads_elsewhere(target):
    assert own_path(target, "/default") == "/default"
