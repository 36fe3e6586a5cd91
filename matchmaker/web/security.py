"""Headers of every answer, and the check that an unsafe request comes from our own pages."""

from __future__ import annotations

import secrets

from flask import Flask, abort, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response

from matchmaker.foundation import clock
from matchmaker.foundation.settings import Settings
from matchmaker.web.access import SAFE

csrf = CSRFProtect()

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def init(app: Flask, settings: Settings) -> None:
    """Protect forms and set the headers of every answer, errors and static files included."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None

    @app.before_request
    def begin() -> None:
        # Before the first check that may refuse: the page of a refusal needs the time and the number too.
        g.request_id, g.now = secrets.token_hex(8), clock.now()

    csrf.init_app(app)

    @app.before_request
    def same_site() -> None:
        if request.method in SAFE:
            return
        site = request.headers.get("Sec-Fetch-Site")
        if site not in (None, "same-origin", "none"):
            abort(400)
        origin = request.headers.get("Origin")
        if origin not in (None, "null") and origin != request.host_url.rstrip("/"):
            abort(400)

    @app.after_request
    def headers(response: Response) -> Response:
        head = response.headers
        head.setdefault("Content-Security-Policy", POLICY)
        head["X-Content-Type-Options"] = "nosniff"
        head["Referrer-Policy"] = "same-origin"
        head["Cross-Origin-Opener-Policy"] = "same-origin"
        head["Cross-Origin-Resource-Policy"] = "same-origin"
        head["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
        head["X-Request-Id"] = getattr(g, "request_id", "-")
        if settings.is_production:
            head["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if request.endpoint != "static" and "Cache-Control" not in head:
            head["Cache-Control"] = "no-store" if getattr(g, "actor", None) else "no-cache"
        response.vary.update(["Cookie", "Accept-Language"])
        return response


__all__ = ["CSRFError", "csrf", "init"]
