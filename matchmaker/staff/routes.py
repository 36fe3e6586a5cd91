"""The programme office's own pages."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from matchmaker.foundation.outbox import OutboxMail, render
from matchmaker.kernel.errors import NotFound
from matchmaker.people import queries as people
from matchmaker.staff import house, queries
from matchmaker.web.access import Audience, open_to
from matchmaker.web.lists import PER_PAGE, Page, asked_page

bp = Blueprint("staff", __name__, url_prefix="/staff")


@bp.get("/outbox")
@open_to(Audience.PUBLIC)
def outbox() -> ResponseReturnValue:
    """In development only: the mail that left, as its readers get it."""
    _development_only()
    page = asked_page()
    total, rows = queries.mails(offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    return render_template("staff/outbox.html", mails=rows, page=Page(page, total))


@bp.get("/outbox/<ref>")
@open_to(Audience.PUBLIC)
def mail(ref: str) -> ResponseReturnValue:
    """One mail as it was sent."""
    _development_only()
    row = queries.mail_by_ref(ref)
    subject, text = _sent(row)
    return render_template("staff/mail.html", mail=row, subject=subject, text=text)


def _sent(row: OutboxMail) -> tuple[str, str]:
    """Subject and text of a mail: its file, else (mail of the demo's past has none) as it would have read."""
    settings = current_app.extensions["settings"]
    path = settings.mail_dir / f"{row.ref}.eml"
    if path.is_file():
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        body = message.get_body(preferencelist=("plain",))
        return str(message["Subject"]), body.get_content() if body else ""
    if row.sent_at is None:
        raise NotFound
    address = row.params.get("url")
    letter = render(row, url=settings.base_url + address if address else None)
    return letter.subject, letter.text


def _development_only() -> None:
    if not current_app.extensions["settings"].is_development:
        raise NotFound


@bp.get("/house")
@open_to(Audience.STAFF)
def lifecycles() -> ResponseReturnValue:
    """The lifecycles as pictures and tables, read from the tables that the rules use."""
    machines = house.lifecycles()
    return render_template(
        "staff/lifecycles.html",
        machines=machines,
        pictures={m.name: house.picture(m) for m in machines},
        owners=house.OWNERS,
    )


@bp.get("/house/doors")
@open_to(Audience.STAFF)
def doors() -> ResponseReturnValue:
    """Who may come in where: the permission matrix, read from the routes."""
    return render_template("staff/doors.html", doors=house.doors(current_app), audiences=list(Audience))


@bp.get("/house/data")
@open_to(Audience.STAFF)
def dictionary() -> ResponseReturnValue:
    """The data dictionary, read from the models."""
    return render_template("staff/dictionary.html", tables=house.dictionary())


@bp.get("/house/workings")
@open_to(Audience.STAFF)
def workings() -> ResponseReturnValue:
    """Which event is heard by whom, which jobs come round, and which have failed for good."""
    return render_template(
        "staff/workings.html", hearings=house.hearings(), cadences=house.cadences(), dead=queries.dead_jobs()
    )


@bp.get("/audit")
@open_to(Audience.STAFF)
def audit() -> ResponseReturnValue:
    """What happened, latest first. Sealed events are neither shown nor counted."""
    page = asked_page()
    total, entries = queries.events(offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    names = people.names_by_ref([entry.actor_ref for entry in entries])
    return render_template("staff/audit.html", entries=entries, names=names, page=Page(page, total))
