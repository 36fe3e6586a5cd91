"""The opening of a call: one officer asks, another confirms."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.challenges import queries as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import CHALLENGE_LIFE
from matchmaker.foundation import clock
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.proposals import operations, policies, queries
from matchmaker.proposals.routes import bp
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import said
from matchmaker.web.lists import PER_PAGE, Page, asked_page


def published(ref: str) -> Challenge:
    """A challenge as officers know it; a need that is not published has no proposals."""
    challenge = challenges.challenge_for(actor(), ref, g.now)
    if challenge.published_at is None:
        raise NotFound
    return challenge


@bp.get("/staff/proposals")
@open_to(Audience.STAFF)
def staff_work() -> ResponseReturnValue:
    """The calls that wait for an opening or are being screened."""
    page = asked_page()
    work = queries.to_open_or_screen(g.now, offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    return render_template(
        "proposals/staff_work.html",
        challenges=work.rows,
        page=Page(page, work.total),
        life=CHALLENGE_LIFE,
    )


@bp.get("/staff/challenges/<ref>/opening")
@open_to(Audience.STAFF)
def opening(ref: str) -> ResponseReturnValue:
    """Prepare the opening, or look back on it. Until it is confirmed the page knows nothing of proposals."""
    challenge = published(ref)
    found = queries.opening_of(challenge.id)
    is_open = challenge.opened_at is not None
    return render_template(
        "proposals/opening.html",
        challenge=challenge,
        opening=found,
        life=CHALLENGE_LIFE,
        proposals=queries.opened_proposals(challenge.id) if is_open else (),
        may_ask=policies.can_ask_opening(actor(), challenge, found, g.now),
        may_confirm=policies.can_confirm_opening(actor(), challenge, found, g.now),
        may_screen=policies.can_begin_screening(actor(), challenge),
    )


@bp.post("/staff/challenges/<ref>/opening/ask")
@open_to(Audience.STAFF)
@writes
def ask_opening(ref: str) -> ResponseReturnValue:
    operations.ask_opening(challenge=published(ref), by=actor(), at=clock.now())
    said(N_("Asked. Another officer has to confirm the opening; the others are being told by mail."))
    return redirect(url_for("proposals.opening", ref=ref), 303)


@bp.post("/staff/challenges/<ref>/opening/confirm")
@open_to(Audience.STAFF)
@writes
def confirm_opening(ref: str) -> ResponseReturnValue:
    operations.confirm_opening(challenge=published(ref), by=actor(), at=clock.now())
    said(N_("Opened. The list of what came in is frozen below."))
    return redirect(url_for("proposals.opening", ref=ref), 303)
