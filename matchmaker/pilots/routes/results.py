"""What was measured, the final word, and what comes of it."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.kernel.words import N_
from matchmaker.pilots import operations, policies, queries
from matchmaker.pilots.forms import AssessmentForm, actuals_form
from matchmaker.pilots.progress import ledger
from matchmaker.pilots.routes import bp
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said


@bp.route("/pilots/<ref>/results", methods=["GET", "POST"])
@open_to(Audience.AGENCY, Audience.STARTUP)
@writes
def actuals(ref: str) -> ResponseReturnValue:
    """Enter what was measured."""
    pilot = queries.pilot_for(actor(), ref)
    form = actuals_form(pilot)
    shown = {
        "pilot": pilot,
        "entity": pilot,
        "decision": policies.can_record_actuals(actor(), pilot, g.now),
    }
    if not form.is_submitted():
        return render_template("pilots/actuals.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.record_actuals(
            pilot=pilot,
            actuals=form.figures(pilot),
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("The results are saved."))
        return redirect(url_for("pilots.show", ref=ref), 303)

    return attempt(form, act, template="pilots/actuals.html", **shown)


@bp.route("/pilots/<ref>/assessment", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def assess(ref: str) -> ResponseReturnValue:
    """The agency says the final word."""
    pilot = queries.pilot_for(actor(), ref)
    form = AssessmentForm.of(pilot)
    shown = {
        "pilot": pilot,
        "entity": pilot,
        "ledger": ledger(pilot),
        "decision": policies.can_assess(actor(), pilot, g.now),
    }
    if not form.is_submitted():
        return render_template("pilots/assess.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.assess(
            pilot=pilot, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("The assessment is recorded and public."))
        return redirect(url_for("pilots.show", ref=ref), 303)

    return attempt(form, act, template="pilots/assess.html", **shown)


@bp.post("/pilots/<ref>/follow-up")
@open_to(Audience.AGENCY)
@writes
def follow_up(ref: str) -> ResponseReturnValue:
    """Draft an advanced challenge from a pilot that did not graduate (R-094)."""
    operations.draft_follow_up(pilot=queries.pilot_for(actor(), ref), by=actor(), at=g.now)
    said(N_("A follow-up challenge is drafted. You find it among your challenges."))
    return redirect(url_for("pilots.show", ref=ref), 303)


@bp.post("/pilots/<ref>/conclude-challenge")
@open_to(Audience.STAFF)
@writes
def conclude(ref: str) -> ResponseReturnValue:
    """Conclude the challenge whose pilots are all done."""
    pilot = queries.pilot_for(actor(), ref)
    operations.conclude(challenge=pilot.challenge, by=actor(), at=g.now)
    said(N_("The challenge is concluded."))
    return redirect(url_for("pilots.show", ref=ref), 303)
