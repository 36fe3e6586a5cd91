"""The agency that set the challenge reads the opened proposals, and changes nothing."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.challenges import queries as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.errors import NotFound
from matchmaker.proposals import policies, queries
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.routes import bp
from matchmaker.proposals.routes.startup import READING
from matchmaker.proposals.states import PROPOSAL_LIFE
from matchmaker.web.access import Audience, actor, open_to
from matchmaker.web.downloads import attachment


def _own_challenge(ref: str) -> Challenge:
    challenge = challenges.own_challenge(actor(), ref)
    if challenge.published_at is None:
        raise NotFound
    return challenge


def _opened(ref: str, number: int) -> Proposal:
    challenge = _own_challenge(ref)
    if not policies.can_read_opened(actor(), challenge):
        raise NotFound
    found = next((p for p in queries.opened_proposals(challenge.id) if p.number == number), None)
    if found is None:
        raise NotFound
    return found


@bp.get("/agency/challenges/<ref>/proposals")
@open_to(Audience.AGENCY)
def agency_proposals(ref: str) -> ResponseReturnValue:
    """The opened proposals of one's own challenge; before the opening the page says only that it is sealed."""
    challenge = _own_challenge(ref)
    may_read = policies.can_read_opened(actor(), challenge)
    proposals = queries.opened_proposals(challenge.id) if may_read else ()
    return render_template(
        "proposals/agency_proposals.html",
        challenge=challenge,
        may_read=may_read,
        proposals=proposals,
        versions=queries.counted_versions(proposals),
        life=PROPOSAL_LIFE,
    )


@bp.get("/agency/challenges/<ref>/proposals/<int:number>")
@open_to(Audience.AGENCY)
def agency_proposal(ref: str, number: int) -> ResponseReturnValue:
    """One opened proposal, to read."""
    opened = _opened(ref, number)
    version = queries.counted_version(opened)
    return render_template(
        "proposals/agency_proposal.html",
        proposal=opened,
        challenge=_own_challenge(ref),
        version=version,
        content=version.value,
        papers=version.papers,
        paper_url=lambda paper: url_for("proposals.agency_paper", ref=ref, number=number, paper=paper),
        life=PROPOSAL_LIFE,
        **READING,
    )


@bp.get("/agency/challenges/<ref>/proposals/<int:number>/papers/<paper>")
@open_to(Audience.AGENCY)
def agency_paper(ref: str, number: int, paper: str) -> ResponseReturnValue:
    return attachment(queries.paper_of_counted(_opened(ref, number), paper).file)
