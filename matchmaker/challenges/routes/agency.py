"""An agency's own needs: the list, the page of one with what is left to do, and its steps."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.challenges import operations, policies, queries
from matchmaker.challenges.completeness import gaps, warnings
from matchmaker.challenges.forms import NeedForm, ReasonForm
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.routes import bp, shown
from matchmaker.challenges.states import CHALLENGE_LIFE, ChallengeState
from matchmaker.kernel.errors import require
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.downloads import attachment
from matchmaker.web.forms import Bare, attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page

_S = ChallengeState
NEXT = {
    _S.DRAFT: N_("Complete it and hand it in."),
    _S.IN_TRIAGE: N_("The programme office is looking at it. You can take it back to change it."),
    _S.RETURNED: N_("Change what the note asks for and hand it in again."),
    _S.PUBLISHED: N_("Startups are writing. Proposals stay sealed until the deadline."),
    _S.CLOSED: N_("The call is over. The programme office opens the proposals."),
    _S.OPENED: N_("The proposals are open. Their eligibility is looked at next."),
    _S.SCREENING: N_("The eligibility of the proposals is being looked at."),
    _S.JUDGING: N_("The panel is judging."),
    _S.DECIDED: N_("Agree on the pilot with the startup that was chosen."),
    _S.IN_PILOT: N_("Accept the milestones, record what is measured, and assess the pilot at its end."),
    _S.CONCLUDED: N_("Nothing is left to do."),
    _S.CANCELLED: N_("Nothing is left to do."),
}
"""What the agency does, or waits for, in each state."""


@bp.get("/agency/challenges")
@open_to(Audience.AGENCY)
def own_list() -> ResponseReturnValue:
    """The agency's needs and challenges, its own turn first."""
    state, page = asked("state", ChallengeState), asked_page()
    listed = queries.of_organization(
        actor(),
        now=g.now,
        state=ChallengeState(state) if state else None,
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return render_template(
        "challenges/own_list.html",
        listed=listed,
        page=Page(page, listed.total),
        chosen=state,
        life=CHALLENGE_LIFE,
        titles=shown.titles(listed.rows),
        next_steps=NEXT,
        may_draft=policies.can_draft(actor(), people.own_organization(actor())),
    )


@bp.route("/agency/challenges/new", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def new() -> ResponseReturnValue:
    """Begin a need with a title and the problem."""
    own = people.own_organization(actor())
    require(policies.can_draft(actor(), own))
    form = NeedForm()
    if not form.is_submitted():
        return render_template("challenges/new.html", form=form)

    def act() -> ResponseReturnValue:
        made = operations.draft(
            organization=own, text=form.facts(), language=form.chosen, by=actor(), at=g.now
        )
        said(N_("Your need is saved as a draft. Go on with the statement."))
        return redirect(url_for("challenges.statement", ref=made.ref, language=form.chosen), 303)

    return attempt(form, act, template="challenges/new.html")


@bp.get("/agency/challenges/<ref>")
@open_to(Audience.AGENCY)
def own(ref: str) -> ResponseReturnValue:
    """One need: what is left to do, and the steps that can be taken."""
    challenge = queries.own_challenge(actor(), ref)
    return render_template("challenges/own.html", **overview(challenge, actor()))


STEPS = (
    ("zh", N_("Statement in Chinese")),
    ("en", N_("Statement in English")),
    ("terms", N_("Terms of the call")),
    ("criteria", N_("Criteria")),
    ("papers", N_("Papers")),
    ("check", N_("Check and hand in")),
)


def step_url(challenge: Challenge, key: str) -> str:
    """The page of a step."""
    if key in ("zh", "en"):
        return url_for("challenges.statement", ref=challenge.ref, language=key)
    return url_for(f"challenges.{'own' if key == 'check' else key}", ref=challenge.ref)


def _is_done(challenge: Challenge, key: str, missing: set[str]) -> bool:
    if key == "en":
        return challenge.text_in("en") is not None
    if key == "papers":
        return bool(challenge.papers)
    return key not in missing and key != "check"


def steps(challenge: Challenge, current: str) -> list[dict[str, str]]:
    """Where the writer stands in the walk through the need."""
    missing = {gap.part for gap in gaps(challenge, g.now)}
    return [
        {
            "label": gettext(label),
            "url": step_url(challenge, key),
            "state": "current" if key == current else "done" if _is_done(challenge, key, missing) else "todo",
        }
        for key, label in STEPS
    ]


def _tasks(challenge: Challenge, may_edit: bool) -> list[dict[str, Any]]:
    missing = gaps(challenge, g.now)
    tasks = []
    for key, label in STEPS[:-1]:
        lacking = [gap for gap in missing if gap.part == key]
        done = _is_done(challenge, key, {gap.part for gap in missing})
        if lacking:
            tone, status = "closing", gettext("Incomplete")
        elif done:
            tone, status = "open", gettext("Complete")
        else:
            tone, status = "draft", gettext("Optional")
        tasks.append(
            {
                "label": gettext(label),
                "url": step_url(challenge, key) if may_edit else None,
                "tone": tone,
                "status": status,
                "gaps": [gap.reason for gap in lacking],
            }
        )
    return tasks


def overview(challenge: Challenge, person: Actor) -> dict[str, Any]:
    """What the page of an own need shows."""
    may_edit = policies.can_edit(person, challenge, g.now)
    return shown.page(challenge, person, endpoint="challenges.own") | {
        "tasks": _tasks(challenge, bool(may_edit)),
        "warnings": warnings(challenge, g.now),
        "steps": steps(challenge, "check"),
        "may_edit": may_edit,
        "may_hand_in": policies.can_hand_in(person, challenge, g.now),
        "may_take_back": policies.can_take_back(person, challenge, g.now),
        "may_cancel": policies.can_cancel(person, challenge, g.now),
        "next_step": NEXT[challenge.state_at(g.now)],
        "history": shown.history(challenge),
    }


@bp.get("/agency/challenges/<ref>/preview")
@open_to(Audience.AGENCY)
def preview(ref: str) -> ResponseReturnValue:
    """The need as it will look once it is published."""
    challenge = queries.own_challenge(actor(), ref)
    return render_template(
        "challenges/preview.html", **shown.page(challenge, actor(), endpoint="challenges.own")
    )


@bp.get("/agency/challenges/<ref>/papers/<paper>")
@open_to(Audience.AGENCY)
def own_paper(ref: str, paper: str) -> ResponseReturnValue:
    """Any paper of an own need."""
    return attachment(queries.paper_of(queries.own_challenge(actor(), ref), paper).file)


@bp.post("/agency/challenges/<ref>/hand-in")
@open_to(Audience.AGENCY)
@writes
def hand_in(ref: str) -> ResponseReturnValue:
    operations.hand_in(
        challenge=queries.own_challenge(actor(), ref),
        by=actor(),
        at=g.now,
        expected_version=Bare().version,
    )
    said(N_("Handed in. The programme office will look at it and write to you."))
    return redirect(url_for("challenges.own", ref=ref), 303)


@bp.post("/agency/challenges/<ref>/take-back")
@open_to(Audience.AGENCY)
@writes
def take_back(ref: str) -> ResponseReturnValue:
    operations.take_back(
        challenge=queries.own_challenge(actor(), ref),
        by=actor(),
        at=g.now,
        expected_version=Bare().version,
    )
    said(N_("Taken back. You can change it now and hand it in again."))
    return redirect(url_for("challenges.own", ref=ref), 303)


@bp.route("/agency/challenges/<ref>/cancel", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def cancel(ref: str) -> ResponseReturnValue:
    """Give up an own need, with the reason."""
    challenge = queries.own_challenge(actor(), ref)
    require(policies.can_cancel(actor(), challenge, g.now))
    form, context = ReasonForm(), {"challenge": challenge, "title": shown.words(challenge, "title")}
    if not form.is_submitted():
        form.expected_version.data = str(challenge.version)
        return render_template("challenges/cancel.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.cancel(
            challenge=challenge,
            reason=form.reason.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("The need is cancelled."))
        return redirect(url_for("challenges.own", ref=ref), 303)

    return attempt(form, act, template="challenges/cancel.html", entity=challenge, **context)


def work_panel(*, actor: Actor | None, **_context: Any) -> str:
    """On the front page: what waits for the agency, or for staff."""
    if actor is None:
        return ""
    if actor.is_staff:
        waiting = queries.count_in_triage()
        return render_template("challenges/panels/staff_work.html", waiting=waiting) if waiting else ""
    if "agency" not in actor.audiences:
        return ""
    listed = queries.of_organization(actor, now=g.now, limit=5)
    turn = [row for row in listed.rows if row.state in (_S.DRAFT, _S.RETURNED)]
    return render_template(
        "challenges/panels/agency_work.html",
        rows=turn,
        total=listed.total,
        life=CHALLENGE_LIFE,
        next_steps=NEXT,
        titles=shown.titles(turn),
    )
