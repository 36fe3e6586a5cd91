"""Every refusal as a page in the reader's language, and unknown errors as a page with an incident number."""

from __future__ import annotations

import errno
import logging

from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from matchmaker.foundation.db import db
from matchmaker.kernel.errors import Invalid, NotFound, Refused, Stale
from matchmaker.web.access import TooMany
from matchmaker.web.words import refusal

log = logging.getLogger(__name__)

PAGES = frozenset({400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503})


def wants_json() -> bool:
    """Does the caller (a script of ours) want JSON instead of a page?"""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and request.headers.get("X-Autosave") is not None


def page(code: int, **context: object) -> ResponseReturnValue:
    """The error page of a status."""
    db.session.rollback()
    if wants_json():
        return jsonify(error=code, message=str(context.get("message", ""))), code
    shown = code if code in PAGES else 500
    return render_template(f"errors/{shown}.html", request_id=getattr(g, "request_id", "-"), **context), code


def init(app: Flask) -> None:
    """Answer every error with a page."""

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        code = error.code or 500
        if code < 400:
            return error
        response = app.make_response(page(code if code in PAGES else 400))
        response.status_code = code
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
        return response

    @app.errorhandler(CSRFError)
    def csrf(_error: CSRFError) -> ResponseReturnValue:
        return page(400, expired=True)

    @app.errorhandler(NotFound)
    def missing(_error: NotFound) -> ResponseReturnValue:
        return page(404)

    @app.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        log.info("refused %s", error.denial.code)
        return page(409, message=refusal(error.denial))

    @app.errorhandler(Invalid)
    def invalid(error: Invalid) -> ResponseReturnValue:
        return page(422, message=" ".join(refusal(denial) for denial in error.problems.values()))

    @app.errorhandler(Stale)
    def stale(error: Stale) -> ResponseReturnValue:
        return page(409, conflict=error)

    @app.errorhandler(TooMany)
    def too_many(error: TooMany) -> ResponseReturnValue:
        response = app.make_response(page(429, seconds=error.retry_after))
        response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(OperationalError)
    def database(error: OperationalError) -> ResponseReturnValue:
        log.exception("database")
        response = app.make_response(page(503))
        response.headers["Retry-After"] = "10"
        return response

    @app.errorhandler(OSError)
    def disk(error: OSError) -> ResponseReturnValue:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return unknown(error)
        log.exception("no space")
        response = app.make_response(page(503))
        response.headers["Retry-After"] = "60"
        return response

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> ResponseReturnValue:
        if app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        log.exception("unexpected")
        return page(500)
