"""The list of pilots, the page of one, and its steps."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.foundation import audit
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.pilots import operations, policies, queries
from matchmaker.pilots.forms import ReasonForm
from matchmaker.pilots.models import Pilot
from matchmaker.pilots.progress import ledger, progress, shown_state, unusual_length
from matchmaker.pilots.routes import bp
from matchmaker.pilots.states import (
    MILESTONE_LIFE,
    NEED_MET_LABELS,
    PILOT_LIFE,
    PURPOSE_LABELS,
    PilotState,
)
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import Bare, attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page, asked_text

PARTIES = (Audience.AGENCY, Audience.STARTUP, Audience.STAFF)

HISTORY = {
    "pilot.prepare": N_("Pilot prepared from the award"),
    "pilot.save_plan": N_("Plan changed"),
    "pilot.save_measures": N_("Measures changed"),
    "pilot.save_milestones": N_("Milestones changed"),
    "pilot.agree": N_("Plan agreed"),
    "pilot.start": N_("Pilot started"),
    "pilot.suspend": N_("Pilot suspended"),
    "pilot.resume": N_("Pilot resumed"),
    "pilot.ask_end": N_("Early end asked for"),
    "pilot.end_early": N_("Pilot ended early"),
    "pilot.hand_in": N_("Milestone handed in"),
    "pilot.accept": N_("Milestone accepted"),
    "pilot.return": N_("Milestone returned"),
    "pilot.pay": N_("Payment recorded"),
    "pilot.record_actuals": N_("Results entered"),
    "pilot.assess": N_("Pilot assessed"),
    "pilot.follow_up": N_("Follow-up challenge drafted"),
}


@bp.get("/pilots")
@open_to(*PARTIES)
def index() -> ResponseReturnValue:
    """The pilots of one's organisation; all of them for staff."""
    state, late, page = asked("state", PilotState), asked("late", ("1",)), asked_page()
    listed = queries.list_pilots(
        actor(),
        today=local_day(g.now),
        state=PilotState(state) if state else None,
        late=bool(late),
        words=asked_text(),
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    today = local_day(g.now)
    return render_template(
        "pilots/index.html",
        rows=[(pilot, progress(pilot, today)) for pilot in listed.rows],
        page=Page(page, listed.total),
        life=PILOT_LIFE,
        chosen={"state": state, "late": late, "q": asked_text()},
    )


@bp.get("/pilots/<ref>")
@open_to(*PARTIES)
def show(ref: str) -> ResponseReturnValue:
    """Everything about one pilot."""
    return render_template("pilots/show.html", **shown(queries.pilot_for(actor(), ref)))


def shown(pilot: Pilot) -> dict[str, Any]:
    """What the page of a pilot needs."""
    person, today = actor(), local_day(g.now)
    history = audit.history(pilot.subject)
    return {
        "pilot": pilot,
        "side": policies.side_of(person, pilot),
        "can": _decisions(pilot),
        "gaps": policies.plan_gaps(pilot) if pilot.state is PilotState.PREPARING else (),
        "progress": progress(pilot, today),
        "ledger": ledger(pilot),
        "milestones": [(m, shown_state(pilot, m, today)) for m in pilot.milestones],
        "unusual_length": unusual_length(pilot),
        "life": PILOT_LIFE,
        "milestone_life": MILESTONE_LIFE,
        "purpose_labels": PURPOSE_LABELS,
        "need_met_labels": NEED_MET_LABELS,
        "history": [entry for entry in history if entry.type in HISTORY],
        "history_labels": HISTORY,
        "titles": {m.ref: m.title for m in pilot.milestones},
        "names": people.names_by_ref([entry.actor_ref for entry in history]),
        "concludable": person.is_staff
        and policies.can_conclude(person, queries.pilots_of_challenge(pilot.challenge_id), g.now),
    }


def _decisions(pilot: Pilot) -> dict[str, Any]:
    person = actor()
    followed = pilot.assessment is not None and queries.has_follow_up(pilot.challenge_id)
    return {
        "edit": policies.can_edit_plan(person, pilot, g.now),
        "agree": policies.can_agree(person, pilot, g.now),
        "start": policies.can_start(person, pilot, g.now),
        "suspend": policies.can_suspend(person, pilot, g.now),
        "resume": policies.can_resume(person, pilot, g.now),
        "end": policies.can_end_early(person, pilot, g.now),
        "ask_end": policies.can_ask_end(person, pilot, g.now),
        "measure": policies.can_record_actuals(person, pilot, g.now),
        "assess": policies.can_assess(person, pilot, g.now),
        "follow_up": policies.can_follow_up(person, pilot, followed, g.now),
    }


@bp.post("/pilots/<ref>/agree")
@open_to(Audience.AGENCY, Audience.STARTUP)
@writes
def agree(ref: str) -> ResponseReturnValue:
    """Agree to the plan in the version that was read."""
    pilot = queries.pilot_for(actor(), ref)
    operations.agree(pilot=pilot, by=actor(), at=g.now, expected_version=Bare().version)
    said(N_("Your side has agreed to the plan."))
    return redirect(url_for("pilots.show", ref=ref), 303)


@bp.post("/pilots/<ref>/start")
@open_to(Audience.AGENCY)
@writes
def start(ref: str) -> ResponseReturnValue:
    operations.start(pilot=queries.pilot_for(actor(), ref), by=actor(), at=g.now)
    said(N_("The pilot has started. Its plan stands from now on."))
    return redirect(url_for("pilots.show", ref=ref), 303)


STEPS: dict[str, Any] = {
    "suspend": (operations.suspend, policies.can_suspend, N_("The pilot is suspended.")),
    "resume": (operations.resume, policies.can_resume, N_("The pilot goes on.")),
    "end": (operations.end_early, policies.can_end_early, N_("The pilot has ended.")),
    "ask-end": (operations.ask_end, policies.can_ask_end, N_("The programme office has been asked.")),
}


@bp.route("/pilots/<ref>/steps/<step>", methods=["GET", "POST"])
@open_to(Audience.AGENCY, Audience.STAFF)
@writes
def take_step(ref: str, step: str) -> ResponseReturnValue:
    """A step that needs a reason: suspend, resume, end early, or ask for the end."""
    if step not in STEPS:
        raise NotFound
    verb, policy, done = STEPS[step]
    pilot, form = queries.pilot_for(actor(), ref), ReasonForm()
    shown_here = {"pilot": pilot, "step": step, "decision": policy(actor(), pilot, g.now)}
    if not form.is_submitted():
        return render_template("pilots/step.html", form=form, **shown_here)

    def act() -> ResponseReturnValue:
        verb(pilot=pilot, reason=form.reason.data or "", by=actor(), at=g.now)
        said(done)
        return redirect(url_for("pilots.show", ref=ref), 303)

    return attempt(form, act, template="pilots/step.html", **shown_here)
