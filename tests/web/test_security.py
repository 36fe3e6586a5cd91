"""Headers of every answer, the cookie, and unsafe requests from elsewhere."""

import pytest
from sqlalchemy.exc import OperationalError

from matchmaker.app import create_app
from matchmaker.foundation import schema
from matchmaker.foundation.db import db
from matchmaker.foundation.settings import Settings
from matchmaker.web.access import Audience

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}


def broken(app, monkeypatch, error):
    def view():
        raise error

    view.audiences = frozenset({Audience.PUBLIC})
    monkeypatch.setitem(app.view_functions, "home.contact", view)


def test_every_answer_carries_its_headers(world, monkeypatch):
    _, alice = world.agency()
    browser = world.client(alice)
    broken(world.app, monkeypatch, RuntimeError("boom"))
    answers = {
        "page": browser.get("/account"),
        "static": browser.get("/static/mm.css"),
        "redirect": world.client().get("/account"),
        "token missing": browser.post("/account", {}, csrf=False),
        "forbidden": browser.get("/staff/organizations"),
        "not found": browser.get("/nothing"),
        "no such file": browser.get("/static/nothing.css"),
        "wrong method": browser.open("/account", method="PUT"),
        "bad form": browser.post("/account", {"name": ""}),
        "error": browser.get("/contact"),
    }
    codes = {name: answer.status_code for name, answer in answers.items()}
    assert list(codes.values()) == [200, 200, 303, 400, 403, 404, 404, 405, 422, 500]
    for name, answer in answers.items():
        assert {key: answer.headers.get(key) for key in HEADERS} == HEADERS, name
        assert {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")} >= POLICY, name
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert len(answer.headers["X-Request-Id"]) == 16 or name == "static", name
        assert "charset=utf-8" in answer.headers["Content-Type"], name
        assert "Access-Control-Allow-Origin" not in answer.headers
        answer.close()


def test_private_pages_are_not_kept_by_anybody(world):
    _, alice = world.agency()
    assert world.client(alice).get("/account").headers["Cache-Control"] == "no-store"
    assert world.client(alice).get("/nothing").headers["Cache-Control"] == "no-store"
    assert world.client().get("/sign-in").headers["Cache-Control"] == "no-cache"
    with world.client().get("/static/mm.css") as answer:
        assert "max-age" in answer.headers["Cache-Control"]


def test_pages_ask_nothing_of_other_hosts(world):
    text = world.client().get("/sign-in").text
    for mark in ('src="http', 'href="http', 'src="//', 'href="//', "<style", "onclick", "style="):
        assert mark not in text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "https://localhost"},
    ],
)
def test_a_post_from_elsewhere_is_refused_even_with_its_token(world, headers):
    browser = world.client()
    answer = browser.post("/password", {"email": "a@example.org"}, headers=headers)
    assert answer.status_code == 400
    assert browser.get("/sign-in", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, {"Sec-Fetch-Site": "none"}, {}],
)
def test_a_post_from_our_own_pages_is_taken(world, headers):
    assert world.client().post("/password", {"email": "a@example.org"}, headers=headers).status_code == 303


@pytest.mark.parametrize("language", ["en", "zh_Hant_TW"])
def test_a_token_is_good_for_its_own_session_only(world, language):
    mine, other = world.client(language=language), world.client()
    stolen = other._csrf()
    for token in ("", "made up", stolen):
        fields = {"email": "a@example.org", "csrf_token": token}
        answer = mine.post("/password", fields, csrf=False)
        assert answer.status_code == 400
        assert ("stood open too long" if language == "en" else "頁面開啟過久") in answer.text


@pytest.fixture
def production(tmp_path):
    """The application as it is served to the public, over TLS."""
    app = create_app(
        Settings(
            mode="production",
            data_dir=tmp_path,
            database_url=f"sqlite:///{tmp_path / 'p.sqlite3'}",
            secret_key="a key that only tests know, and long enough",
            base_url="https://match.example",
            trusted_proxies=1,
        )
    )
    with app.app_context():
        schema.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_in_production_the_cookie_is_bound_to_the_host_and_tls(production):
    answer = production.test_client().get(
        "/sign-in", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "match.example"}
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-matchmaker=")
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
    assert not any(part.startswith("Domain") for part in parts)
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_in_production_no_mail_is_shown_and_no_fault_explained(production, monkeypatch):
    client = production.test_client()
    assert client.get("/staff/outbox").status_code == 404
    assert production.debug is False
    broken(production, monkeypatch, OperationalError("SELECT secret", {}, Exception("no space")))
    text = client.get("/contact").text
    assert "SELECT" not in text
    assert "Traceback" not in text


def test_behind_a_proxy_the_visitors_own_address_and_origin_count(production):
    client = production.test_client()
    headers = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "match.example",
        "X-Forwarded-For": "203.0.113.7",
        "Origin": "https://match.example",
    }
    answer = client.post("/password", data={}, headers=headers)
    assert answer.status_code == 400
    assert "stood open too long" in answer.text or "頁面開啟過久" in answer.text
