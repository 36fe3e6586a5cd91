"""The application: a few readable lines, no logic."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from matchmaker import wiring
from matchmaker.foundation import audit, i18n
from matchmaker.foundation import db as database
from matchmaker.foundation.db import db
from matchmaker.foundation.settings import Settings
from matchmaker.kernel.places import data_dir
from matchmaker.people import session
from matchmaker.people.account import menu as account_menu
from matchmaker.search import shelves
from matchmaker.web import access, errors, pages, security, words


def create_app(settings: Settings) -> Flask:
    """The whole product for one configuration."""
    app = Flask("matchmaker", template_folder=str(data_dir() / "templates"))
    configure(app, settings)
    db.init_app(app)
    with app.app_context():
        audit.listen(db.session)
    i18n.init(app, settings.default_language)
    security.init(app, settings)
    session.init(app)
    access.init(app, session.load_actor)
    words.init(app)
    pages.init(app, settings, account_menu)
    errors.init(app)
    shelves.init(app, settings)
    wiring.connect(app)
    access.check_declared(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Flask's own configuration."""
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings),
        MAX_CONTENT_LENGTH=settings.max_request_bytes,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=2_000,
        SESSION_COOKIE_NAME="__Host-matchmaker" if settings.is_production else "matchmaker",
        SESSION_COOKIE_SECURE=settings.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TESTING=settings.mode == "testing",
        TEMPLATES_AUTO_RELOAD=settings.is_development,
        SEND_FILE_MAX_AGE_DEFAULT=0 if settings.is_development else 3600,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
