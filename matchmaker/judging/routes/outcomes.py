"""After the release: the proposer's own outcome, the agency's whole result, and the public panel."""

from __future__ import annotations

from typing import Any

from flask import g, render_template
from flask.typing import ResponseReturnValue

from matchmaker.challenges.models import Challenge
from matchmaker.judging import policies, queries
from matchmaker.judging.routes import bp
from matchmaker.judging.routes.shown import WORDS
from matchmaker.kernel.errors import NotFound
from matchmaker.proposals.models import Proposal
from matchmaker.web.access import Audience, actor, open_to


@bp.get("/outcomes/<ref>")
@open_to(Audience.STARTUP)
def outcome(ref: str) -> ResponseReturnValue:
    """What was decided on our own proposal, and why."""
    return render_template("judging/outcome.html", outcome=queries.own_outcome(actor(), ref), **WORDS)


@bp.get("/results/<ref>")
@open_to(Audience.AGENCY, Audience.STAFF)
def released(ref: str) -> ResponseReturnValue:
    """The whole result, for the agency that set the challenge."""
    return render_template("judging/released.html", result=queries.released_result(actor(), ref), **WORDS)


def challenge_panel(challenge: Challenge, **_context: Any) -> str:
    """On the page of a challenge: who was awarded, by which method, decided by whom."""
    result = queries.public_result(challenge.id)
    if result is None:
        return ""
    person = actor()
    whole = person is not None and (person.is_staff or person.is_of(challenge.organization_id))
    return render_template(
        "judging/panels/challenge.html", challenge=challenge, result=result, whole=whole, **WORDS
    )


def challenge_actions(challenge: Challenge, **_context: Any) -> str:
    """In the head of a challenge's page: the way to its panel, for the programme office."""
    person = actor()
    if person is None or not person.is_staff:
        return ""
    found = queries.panel_of(challenge.id)
    formable = bool(policies.can_form(person, challenge, g.now, exists=found is not None))
    return render_template("judging/panels/actions.html", challenge=challenge, panel=found, formable=formable)


def proposal_panel(proposal: Proposal, **_context: Any) -> str:
    """On the page of a startup's own proposal: the released outcome."""
    person = actor()
    if person is None or not person.is_of(proposal.organization_id):
        return ""
    try:
        own = queries.own_outcome(person, proposal.ref)
    except NotFound:
        return ""
    return render_template("judging/panels/proposal.html", outcome=own, **WORDS)
