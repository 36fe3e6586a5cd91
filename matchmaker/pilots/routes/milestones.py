"""One milestone: handed in, accepted or returned, paid. And the staff's export of all of them."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.foundation import files
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import Invalid, Refused
from matchmaker.kernel.words import N_
from matchmaker.pilots import operations, policies, queries
from matchmaker.pilots.forms import DecideForm, HandInForm, PaymentForm
from matchmaker.pilots.models import Milestone, Pilot
from matchmaker.pilots.progress import shown_state
from matchmaker.pilots.routes import bp
from matchmaker.pilots.routes.page import PARTIES
from matchmaker.pilots.states import MILESTONE_LIFE
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.downloads import attachment
from matchmaker.web.exports import csv_response
from matchmaker.web.forms import Form, attempt, said

PAGE = "pilots/milestone.html"


def _found(ref: str, milestone: str) -> tuple[Pilot, Milestone]:
    pilot = queries.pilot_for(actor(), ref)
    return pilot, queries.milestone_of(pilot, milestone)


def _shown(pilot: Pilot, milestone: Milestone) -> dict[str, Any]:
    person, now = actor(), g.now
    return {
        "pilot": pilot,
        "milestone": milestone,
        "entity": milestone,
        "state": shown_state(pilot, milestone, local_day(now)),
        "life": MILESTONE_LIFE,
        "side": policies.side_of(person, pilot),
        "can": {
            "hand_in": policies.can_hand_in(person, pilot, milestone, now),
            "decide": policies.can_decide(person, pilot, milestone, now),
            "pay": policies.can_pay(person, pilot, milestone, now),
        },
    }


@bp.get("/pilots/<ref>/milestones/<milestone>")
@open_to(*PARTIES)
def milestone(ref: str, milestone: str) -> ResponseReturnValue:
    """What is due, what was handed in, what was decided and paid; and the next act for who reads."""
    pilot, found = _found(ref, milestone)
    return render_template(PAGE, form=_form(pilot, found), **_shown(pilot, found))


def _form(pilot: Pilot, found: Milestone) -> Form:
    person = actor()
    if person.is_staff:
        return PaymentForm(formdata=None, amount=found.payment, paid_on=local_day(g.now))
    if person.is_of(pilot.startup_id):
        return HandInForm.of(found)
    return DecideForm.of(found)


@bp.post("/pilots/<ref>/milestones/<milestone>/hand-in")
@open_to(Audience.STARTUP)
@writes
def hand_in(ref: str, milestone: str) -> ResponseReturnValue:
    """The startup hands in words and files."""
    pilot, found = _found(ref, milestone)
    form = HandInForm.of(found)

    def act() -> ResponseReturnValue:
        operations.submit_milestone(
            milestone=found,
            evidence=form.evidence.data or "",
            uploads=_read(form.uploads.data or ()),
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Handed in. The agency is being told by mail."))
        return redirect(url_for("pilots.milestone", ref=ref, milestone=milestone), 303)

    return attempt(form, act, template=PAGE, **_shown(pilot, found))


def _read(uploads: Any) -> list[files.Upload]:
    limit = current_app.extensions["settings"].max_upload_bytes
    try:
        return [files.read(upload.stream, upload.filename, limit=limit) for upload in uploads]
    except Refused as refused:
        raise Invalid({"uploads": refused.denial}) from None


@bp.post("/pilots/<ref>/milestones/<milestone>/decision")
@open_to(Audience.AGENCY)
@writes
def decide(ref: str, milestone: str) -> ResponseReturnValue:
    """The agency accepts, or returns with a note."""
    pilot, found = _found(ref, milestone)
    form = DecideForm.of(found)
    accepts = request.form.get("decision") == "accept"
    verb = operations.accept_milestone if accepts else operations.return_milestone

    def act() -> ResponseReturnValue:
        verb(
            milestone=found,
            note=form.note.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(
            N_("Accepted. The startup is being told by mail.")
            if accepts
            else N_("Returned. The startup is being told by mail.")
        )
        return redirect(url_for("pilots.milestone", ref=ref, milestone=milestone), 303)

    return attempt(form, act, template=PAGE, **_shown(pilot, found))


@bp.post("/pilots/<ref>/milestones/<milestone>/payment")
@open_to(Audience.STAFF)
@writes
def pay(ref: str, milestone: str) -> ResponseReturnValue:
    """Staff record that the money was paid."""
    pilot, found = _found(ref, milestone)
    form = PaymentForm()

    def act() -> ResponseReturnValue:
        operations.record_payment(milestone=found, facts=form.facts(), by=actor(), at=g.now)
        said(N_("The payment is recorded. The startup is being told by mail."))
        return redirect(url_for("pilots.milestone", ref=ref, milestone=milestone), 303)

    return attempt(form, act, template=PAGE, **_shown(pilot, found))


@bp.get("/pilots/<ref>/milestones/<milestone>/files/<paper>")
@open_to(*PARTIES)
def paper(ref: str, milestone: str, paper: str) -> ResponseReturnValue:
    """A file that was handed in."""
    _pilot, found = _found(ref, milestone)
    return attachment(queries.paper_of(found, paper).file)


@bp.get("/staff/pilots/milestones.csv")
@open_to(Audience.STAFF)
def export() -> Response:
    """Every milestone of every pilot, with what is due, late and paid."""
    today = local_day(g.now)
    header = [
        gettext("Challenge"),
        gettext("Pilot"),
        gettext("Pilot title"),
        gettext("Agency"),
        gettext("Startup"),
        gettext("No."),
        gettext("Milestone"),
        gettext("Due on"),
        gettext("State"),
        gettext("Payment (NT$)"),
        gettext("Paid (NT$)"),
        gettext("Day of payment"),
        gettext("Number of the voucher"),
    ]
    rows = [
        [
            m.pilot.challenge.code,
            m.pilot.ref,
            m.pilot.title,
            m.pilot.agency.name,
            m.pilot.startup.name,
            m.position,
            m.title,
            m.due_on,
            gettext(MILESTONE_LIFE.info(shown_state(m.pilot, m, today)).label),
            m.payment,
            m.paid.amount if m.paid else None,
            m.paid.paid_on if m.paid else None,
            m.paid.reference if m.paid else None,
        ]
        for m in queries.all_milestones()
    ]
    return csv_response(f"milestones-{today.isoformat()}.csv", header, rows)
