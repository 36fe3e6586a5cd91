"""Cases: what everybody may see of pilots; and what pilots show on the pages of others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, render_template
from flask.typing import ResponseReturnValue

from matchmaker.challenges import queries as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.kernel.programme import DOMAIN_LABELS, Domain
from matchmaker.people.actor import Actor
from matchmaker.pilots import policies, queries
from matchmaker.pilots.models import Pilot
from matchmaker.pilots.routes import bp
from matchmaker.pilots.states import (
    MILESTONE_LIFE,
    NEED_MET_LABELS,
    PILOT_LIFE,
    PURPOSE_LABELS,
    NeedMet,
    PilotState,
)
from matchmaker.web.access import Audience, actor, open_to
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page, asked_text

PUBLIC_STATES = [state for state in PilotState if state is not PilotState.PREPARING]
LABELS: dict[str, Any] = {
    "life": PILOT_LIFE,
    "milestone_life": MILESTONE_LIFE,
    "purpose_labels": PURPOSE_LABELS,
    "need_met_labels": NEED_MET_LABELS,
    "domain_labels": DOMAIN_LABELS,
}


@bp.get("/cases")
@open_to(Audience.PUBLIC)
def cases() -> ResponseReturnValue:
    """The pilots that have started, with their outcome."""
    state, met, domain = asked("state", PUBLIC_STATES), asked("outcome", NeedMet), asked("domain", Domain)
    page = asked_page()
    listed = queries.list_public(
        state=PilotState(state) if state else None,
        need_met=NeedMet(met) if met else None,
        domain=Domain(domain) if domain else None,
        words=asked_text(),
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return render_template(
        "pilots/cases.html",
        pilots=listed.rows,
        page=Page(page, listed.total),
        states=PUBLIC_STATES,
        chosen={"state": state, "outcome": met, "domain": domain, "q": asked_text()},
        **LABELS,
    )


@bp.get("/cases/<ref>")
@open_to(Audience.PUBLIC)
def case(ref: str) -> ResponseReturnValue:
    """The public page of a pilot that has started."""
    pilot = queries.public_pilot(ref)
    challenge = challenges.challenge_by_id(pilot.challenge_id)
    return render_template(
        "pilots/case.html", pilot=pilot, trail=challenges.trail_of(challenge), here=challenge, **LABELS
    )


def challenge_panel(challenge: Challenge, **_context: Any) -> str:
    """On the page of a challenge: its pilots, with a way in for those whose pilots they are."""
    person = actor()
    inside = person is not None and (person.is_staff or person.is_of(challenge.organization_id))
    pilots = queries.pilots_of_challenge(challenge.id) if inside else queries.public_pilots_of(challenge.id)
    if not pilots:
        return ""
    return render_template("pilots/panels/challenge.html", pilots=pilots, inside=inside, **LABELS)


def conclude_panel(challenge: Challenge, **_context: Any) -> str:
    """Among the steps of a challenge, for staff: conclude it when its pilots are done."""
    person = actor()
    if person is None or not person.is_staff or challenge.state is not ChallengeState.IN_PILOT:
        return ""
    pilots = queries.pilots_of_challenge(challenge.id)
    if not pilots:
        return ""
    decision = policies.can_conclude(person, pilots, g.now)
    return render_template("pilots/panels/conclude.html", pilot=pilots[-1], decision=decision)


def trail_panel(challenge: Challenge, **_context: Any) -> str:
    """On the trail of a challenge: the pilots that came of it."""
    pilots: list[Pilot] = list(queries.public_pilots_of(challenge.id))
    return render_template("pilots/panels/trail.html", pilots=pilots) if pilots else ""


def work_panel(actor: Actor, now: datetime, **_context: Any) -> str:
    """On the front page: what waits for this person in pilots."""
    if actor.is_staff:
        return _staff_work()
    tasks = queries.tasks_of(actor, now)
    if not tasks:
        return ""
    return render_template("pilots/panels/work.html", tasks=tasks, today=now)


def _staff_work() -> str:
    unpaid, done = queries.unpaid_milestones(), queries.concludable()
    if not unpaid and not done:
        return ""
    return render_template("pilots/panels/staff_work.html", unpaid=unpaid, done=done)
