"""Staff: needs to triage, challenges to look after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.challenges import operations, policies, queries
from matchmaker.challenges.completeness import gaps, warnings
from matchmaker.challenges.forms import NoteForm, ReasonForm
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.routes import bp, shown
from matchmaker.challenges.states import CHALLENGE_LIFE, ChallengeState
from matchmaker.kernel.words import N_
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.downloads import attachment
from matchmaker.web.forms import Bare, Form, attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page, asked_text

STAFF_STATES = tuple(state for state in ChallengeState if state is not ChallengeState.DRAFT)


@bp.get("/staff/challenges")
@open_to(Audience.STAFF)
def staff_list() -> ResponseReturnValue:
    """Needs that wait come first, the longest waiting at the top."""
    state, page = asked("state", STAFF_STATES), asked_page()
    listed = queries.for_staff(
        now=g.now,
        state=ChallengeState(state) if state else None,
        words=asked_text(),
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return render_template(
        "challenges/staff_list.html",
        listed=listed,
        page=Page(page, listed.total),
        life=CHALLENGE_LIFE,
        states=STAFF_STATES,
        titles=shown.titles(listed.rows),
        chosen={"state": state, "q": asked_text()},
    )


@bp.get("/staff/challenges/<ref>")
@open_to(Audience.STAFF)
def staff_page(ref: str) -> ResponseReturnValue:
    """A need or challenge with everything that staff need to decide on it."""
    return render_template("challenges/staff_page.html", **_shown(_known(ref)))


def _known(ref: str) -> Challenge:
    return queries.challenge_for(actor(), ref, g.now)


def _shown(challenge: Challenge) -> dict[str, Any]:
    person = actor()
    return shown.page(challenge, person, endpoint="challenges.staff_page") | {
        "gaps": gaps(challenge, g.now),
        "warnings": warnings(challenge, g.now),
        "may_publish": policies.can_publish(person, challenge, g.now),
        "may_return": policies.can_return(person, challenge, g.now),
        "may_cancel": policies.can_cancel(person, challenge, g.now),
        "history": shown.history(challenge),
    }


@bp.get("/staff/challenges/<ref>/papers/<paper>")
@open_to(Audience.STAFF)
def staff_paper(ref: str, paper: str) -> ResponseReturnValue:
    """Any paper of a challenge that staff know."""
    return attachment(queries.paper_of(_known(ref), paper).file)


@bp.post("/staff/challenges/<ref>/publish")
@open_to(Audience.STAFF)
@writes
def publish(ref: str) -> ResponseReturnValue:
    operations.publish(challenge=_known(ref), by=actor(), at=g.now, expected_version=Bare().version)
    said(N_("Published. The agency is being told by mail."))
    return redirect(url_for("challenges.staff_page", ref=ref), 303)


def _decide(
    challenge: Challenge, form: Form, template: str, act: Callable[[], None], done: str
) -> ResponseReturnValue:
    context = {"challenge": challenge, "title": shown.words(challenge, "title")}
    if not form.is_submitted():
        form.expected_version.data = str(challenge.version)
        return render_template(template, form=form, **context)

    def run() -> ResponseReturnValue:
        act()
        said(done)
        return redirect(url_for("challenges.staff_page", ref=challenge.ref), 303)

    return attempt(form, run, template=template, entity=challenge, **context)


@bp.route("/staff/challenges/<ref>/return", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def return_for_changes(ref: str) -> ResponseReturnValue:
    """Send a need back with a note on what has to change."""
    challenge, form = _known(ref), NoteForm()

    def act() -> None:
        operations.return_for_changes(
            challenge=challenge,
            note=form.note.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )

    done = N_("Returned. The agency is being told by mail.")
    return _decide(challenge, form, "challenges/staff_return.html", act, done)


@bp.route("/staff/challenges/<ref>/cancel", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def staff_cancel(ref: str) -> ResponseReturnValue:
    """End a challenge before its decision, with the reason."""
    challenge, form = _known(ref), ReasonForm()

    def act() -> None:
        operations.cancel(
            challenge=challenge,
            reason=form.reason.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )

    done = N_("Cancelled. The agency is being told by mail.")
    return _decide(challenge, form, "challenges/staff_cancel.html", act, done)
