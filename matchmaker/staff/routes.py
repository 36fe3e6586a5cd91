"""The programme office's own pages."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from matchmaker.kernel.errors import NotFound
from matchmaker.staff import queries
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
    path = current_app.extensions["settings"].mail_dir / f"{row.ref}.eml"
    if not path.is_file():
        raise NotFound
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    body = message.get_body(preferencelist=("plain",))
    return render_template(
        "staff/mail.html", mail=row, subject=str(message["Subject"]), text=body.get_content() if body else ""
    )


def _development_only() -> None:
    if not current_app.extensions["settings"].is_development:
        raise NotFound
