"""Rounds and review meetings, for staff."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.foundation.i18n import language
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.words import N_
from matchmaker.rulebook import reference
from matchmaker.subsidies import operations, policies, queries
from matchmaker.subsidies.forms.rounds import MeetingForm, RoundForm
from matchmaker.subsidies.routes import bp
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import Bare, attempt, said


@bp.get("/staff/subsidies/rounds")
@open_to(Audience.STAFF)
def rounds() -> ResponseReturnValue:
    """Every round, with what is left of its budget."""
    rows = [(each, queries.budget_left(each)) for each in queries.rounds()]
    return render_template("subsidies/rounds.html", rows=rows, today=local_day(g.now))


@bp.route("/staff/subsidies/rounds/new", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def new_round() -> ResponseReturnValue:
    """Make a round."""
    form = RoundForm()
    context = {"schemes": reference.schemes(), "language": language()}
    if not form.is_submitted():
        return render_template("subsidies/new_round.html", form=form, **context)

    def act() -> ResponseReturnValue:
        made = operations.save_round(facts=form.facts(), by=actor(), at=g.now)
        said(N_("The round is made."))
        return redirect(url_for("subsidies.round_page", ref=made.ref), 303)

    return attempt(form, act, template="subsidies/new_round.html", **context)


@bp.get("/staff/subsidies/rounds/<ref>")
@open_to(Audience.STAFF)
def round_page(ref: str) -> ResponseReturnValue:
    """A round: its budget, its meetings, the cases that wait for review."""
    found = queries.round_by_ref(ref)
    return render_template(
        "subsidies/round.html",
        round=found,
        left=queries.budget_left(found),
        committed=queries.approved_in(found.id),
        meetings=queries.meetings_of(found),
        waiting=queries.reviewable(found),
        scheme=reference.scheme(found.scheme),
        language=language(),
    )


@bp.route("/staff/subsidies/rounds/<ref>/meetings/new", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def new_meeting(ref: str) -> ResponseReturnValue:
    """Hold a review meeting over the complete cases of a round."""
    found = queries.round_by_ref(ref)
    cases = queries.reviewable(found)
    form = MeetingForm.of(found.scheme, cases)
    context = {"round": found, "cases": {case.ref: case for case in cases}, "meeting": None, "decision": None}
    if not form.is_submitted():
        return render_template("subsidies/meeting.html", form=form, **context)

    def act() -> ResponseReturnValue:
        made = operations.save_meeting(round_=found, facts=form.facts(), by=actor(), at=g.now)
        said(N_("Saved. Conclude the meeting when its ranking stands."))
        return redirect(url_for("subsidies.meeting", ref=made.ref), 303)

    return attempt(form, act, template="subsidies/meeting.html", **context)


@bp.route("/staff/subsidies/meetings/<ref>", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def meeting(ref: str) -> ResponseReturnValue:
    """A meeting: its minutes and ranking, until it is concluded."""
    found = queries.meeting_by_ref(ref)
    if found.concluded_at is not None:
        return render_template(
            "subsidies/concluded.html", meeting=found, reasons=_reasons(found.round.scheme)
        )
    cases = queries.reviewable(found.round, found)
    form = MeetingForm.of(found.round.scheme, cases, found)
    context = {
        "round": found.round,
        "cases": {case.ref: case for case in cases},
        "meeting": found,
        "entity": found,
        "decision": policies.can_conclude(actor(), found, g.now),
    }
    if not form.is_submitted():
        return render_template("subsidies/meeting.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.save_meeting(
            round_=found.round,
            facts=form.facts(),
            by=actor(),
            at=g.now,
            meeting=found,
            expected_version=form.version,
        )
        said(N_("Saved. Conclude the meeting when its ranking stands."))
        return redirect(url_for("subsidies.meeting", ref=ref), 303)

    return attempt(form, act, template="subsidies/meeting.html", **context)


def _reasons(scheme: str) -> dict[str, str]:
    listed = reference.scheme(scheme).lists["adjustment_reasons"]
    return {code: each.title.in_language(language()) for code, each in listed.items()}


@bp.post("/staff/subsidies/meetings/<ref>/conclude")
@open_to(Audience.STAFF)
@writes
def conclude(ref: str) -> ResponseReturnValue:
    """Conclude a meeting; its ranking stands."""
    meeting = queries.meeting_by_ref(ref)
    operations.conclude_meeting(meeting=meeting, by=actor(), at=g.now, expected_version=Bare().version)
    said(N_("The meeting is concluded. The recommended cases can be approved."))
    return redirect(url_for("subsidies.meeting", ref=ref), 303)
