"""The plan editor: frame, measures, milestones. Both sides write it until they agree."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.kernel.words import N_
from matchmaker.pilots import operations, policies, queries
from matchmaker.pilots.forms import MeasuresForm, MilestonesForm, PlanForm
from matchmaker.pilots.models import Pilot
from matchmaker.pilots.progress import ledger, unusual_length
from matchmaker.pilots.routes import bp
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said

WRITERS = (Audience.AGENCY, Audience.STARTUP)
NEXT = {"plan": "pilots.measures", "measures": "pilots.milestones", "milestones": "pilots.show"}


@bp.route("/pilots/<ref>/plan", methods=["GET", "POST"])
@open_to(*WRITERS)
@writes
def plan(ref: str) -> ResponseReturnValue:
    """Purpose, title, site, period and duties."""
    pilot = queries.pilot_for(actor(), ref)
    form = PlanForm.of(pilot)

    def save() -> None:
        _save(operations.save_plan, pilot, form, facts=form.facts())

    return _edit(pilot, form, "plan", save)


@bp.route("/pilots/<ref>/plan/measures", methods=["GET", "POST"])
@open_to(*WRITERS)
@writes
def measures(ref: str) -> ResponseReturnValue:
    """What success is measured by."""
    pilot = queries.pilot_for(actor(), ref)
    form = MeasuresForm.of(pilot)

    def save() -> None:
        _save(operations.save_measures, pilot, form, measures=form.facts())

    return _edit(pilot, form, "measures", save)


@bp.route("/pilots/<ref>/plan/milestones", methods=["GET", "POST"])
@open_to(*WRITERS)
@writes
def milestones(ref: str) -> ResponseReturnValue:
    """What is due when, and what is paid for it."""
    pilot = queries.pilot_for(actor(), ref)
    form = MilestonesForm.of(pilot)

    def save() -> None:
        _save(operations.save_milestones, pilot, form, milestones=form.facts())

    return _edit(pilot, form, "milestones", save)


def _save(verb: Any, pilot: Pilot, form: Any, **facts: Any) -> None:
    verb(pilot=pilot, by=actor(), at=g.now, expected_version=form.version, **facts)


def _edit(pilot: Pilot, form: Any, part: str, save: Any) -> ResponseReturnValue:
    template = f"pilots/plan_{part}.html"
    context = {
        "pilot": pilot,
        "entity": pilot,
        "part": part,
        "decision": policies.can_edit_plan(actor(), pilot, g.now),
        "ledger": ledger(pilot),
        "unusual_length": unusual_length(pilot),
    }
    if not form.is_submitted() or (part != "plan" and form.change_rows()):
        return render_template(template, form=form, **context)

    def act() -> ResponseReturnValue:
        save()
        said(N_("Saved."))
        following = "pilots.show" if "leave" in request.form else NEXT[part]
        return redirect(url_for(following, ref=pilot.ref), 303)

    return attempt(form, act, template=template, **context)
