"""Taking the weekly digest or leaving it: on one's account, or by the address in the letter."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.states import OrganizationKind
from matchmaker.suggestions import digests, operations
from matchmaker.suggestions.queries import digests as digest_queries
from matchmaker.suggestions.routes import bp
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import Form, attempt, said
from matchmaker.web.security import csrf


class DigestForm(Form):
    """Whether the digest is wanted."""

    wanted = BooleanField(_l("Send me the weekly digest"))


@bp.route("/account/digest", methods=["GET", "POST"])
@open_to(Audience.AGENCY, Audience.STARTUP)
@writes
def digest() -> ResponseReturnValue:
    """Whether one gets the weekly digest."""
    form = DigestForm(wanted=digest_queries.wants(actor().user_id))
    if not form.is_submitted():
        return render_template("suggestions/digest.html", form=form)

    def act() -> ResponseReturnValue:
        operations.choose_digest(
            user_id=actor().user_id, wanted=bool(form.wanted.data), by=actor().name, at=g.now
        )
        said(N_("Saved."))
        return redirect(url_for("people.account"), 303)

    return attempt(form, act, template="suggestions/digest.html")


@bp.route("/digest/stop/<token>", methods=["GET", "POST"])
@csrf.exempt
@open_to(Audience.PUBLIC)
@writes
def stop_digest(token: str) -> ResponseReturnValue:
    """No more digests, without signing in: the signature in the address stands for the person.

    Mail programs post here by themselves (RFC 8058) and bring no token of ours; who only reads changes nothing.
    """
    reader = people.user_by_ref(digests.reader_of(token))
    form = Form()
    if form.is_submitted():
        operations.choose_digest(user_id=reader.id, wanted=False, by=reader.name, at=g.now)
    stopped = not digest_queries.wants(reader.id)
    return render_template("suggestions/digest_stop.html", form=form, stopped=stopped)


def account_panel(**_context: Any) -> str:
    """On one's account: whether the digest comes."""
    person = actor()
    if person is None or person.kind not in (OrganizationKind.AGENCY, OrganizationKind.STARTUP):
        return ""
    return render_template("suggestions/panels/digest.html", wanted=digest_queries.wants(person.user_id))
