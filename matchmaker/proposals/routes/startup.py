"""A startup's own proposals: the list, the state of one, its versions and receipts."""

from __future__ import annotations

from flask import Response, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.challenges import queries as challenges
from matchmaker.foundation import clock
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.proposals import operations, policies, queries
from matchmaker.proposals.comparison import Difference, differences
from matchmaker.proposals.completeness import Gap, gaps
from matchmaker.proposals.facts import DECLARATION_LABELS
from matchmaker.proposals.freezing import document, frozen_papers
from matchmaker.proposals.models import Proposal, ProposalVersion
from matchmaker.proposals.routes import bp
from matchmaker.proposals.states import EVIDENCE_LABELS, PROPOSAL_LIFE
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.downloads import attachment
from matchmaker.web.forms import Bare, attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked_page


def shown(proposal: Proposal) -> dict[str, object]:
    """What every page of one's own proposal needs: its state, and what may be done with it now."""
    challenge = proposal.challenge
    return {
        "proposal": proposal,
        "challenge": challenge,
        "state": policies.state_for_startup(proposal),
        "life": PROPOSAL_LIFE,
        "may_edit": policies.can_edit(actor(), proposal, challenge, g.now),
        "may_submit": policies.can_submit(actor(), proposal, challenge, g.now),
        "may_withdraw": policies.can_withdraw(actor(), proposal, challenge, g.now),
        "gaps": gaps_of(proposal),
    }


def gaps_of(proposal: Proposal) -> tuple[Gap, ...]:
    """What the draft still lacks for a submission."""
    challenge = proposal.challenge
    return gaps(proposal.content, pilot_months=challenge.pilot_months, grant_ceiling=challenge.grant_ceiling)


READING = {"evidence_labels": EVIDENCE_LABELS, "declaration_labels": DECLARATION_LABELS}
"""What ``proposals/_content.html`` needs beside content, papers and paper_url."""


@bp.get("/proposals")
@open_to(Audience.STARTUP)
def own() -> ResponseReturnValue:
    """All proposals of the startup, with what to do next."""
    page = asked_page()
    listed = queries.own_proposals(actor(), offset=(page - 1) * PER_PAGE, limit=PER_PAGE)
    return render_template(
        "proposals/own.html",
        proposals=listed.rows,
        page=Page(page, listed.total),
        life=PROPOSAL_LIFE,
        state_of=policies.state_for_startup,
        may_edit=lambda p: policies.can_edit(actor(), p, p.challenge, g.now),
    )


@bp.post("/challenges/<ref>/proposals")
@open_to(Audience.STARTUP)
@writes
def start(ref: str) -> ResponseReturnValue:
    """Begin the startup's proposal to an open call."""
    proposal = operations.start(
        challenge=challenges.public_challenge(ref, g.now),
        organization=people.own_organization(actor()),
        by=actor(),
        at=g.now,
    )
    return redirect(url_for("proposals.edit", ref=proposal.ref), 303)


@bp.get("/proposals/<ref>")
@open_to(Audience.STARTUP)
def proposal(ref: str) -> ResponseReturnValue:
    """Where the proposal stands, what comes next, and its receipts."""
    own = queries.proposal_for_startup(actor(), ref)
    return render_template(
        "proposals/proposal.html",
        papers=queries.papers_of(own.id),
        changed=_has_changed(own),
        **shown(own),
    )


def _has_changed(proposal: Proposal) -> bool:
    """Does the draft say something else than the version that counts?"""
    counted = [v for v in proposal.versions if v.number == proposal.submitted_version]
    if not counted:
        return False
    names = {paper["ref"] for paper in counted[0].papers}
    now = {paper.ref for paper in queries.papers_of(proposal.id)}
    return counted[0].value != proposal.content or names != now


@bp.get("/proposals/<ref>/preview")
@open_to(Audience.STARTUP)
def preview(ref: str) -> ResponseReturnValue:
    """The draft as its readers would see it."""
    own = queries.proposal_for_startup(actor(), ref)
    return render_template(
        "proposals/preview.html",
        content=own.content,
        papers=frozen_papers(queries.papers_of(own.id)),
        paper_url=lambda paper: url_for("proposals.paper", ref=ref, paper=paper),
        **shown(own),
        **READING,
    )


@bp.route("/proposals/<ref>/submit", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def submit(ref: str) -> ResponseReturnValue:
    """Check what is missing, then freeze and hand in. The clock is read once the call is held."""
    own = queries.proposal_for_startup(actor(), ref)
    form = Bare()
    context = {"papers": queries.papers_of(own.id), "entity": own, "changed": _has_changed(own), **shown(own)}
    if not form.is_submitted():
        form.expected_version.data = str(own.version)
        return render_template("proposals/submit.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.hold_call(challenge_id=own.challenge_id)
        version = operations.submit(proposal=own, by=actor(), at=clock.now(), expected_version=form.version)
        said(N_("Submitted. Your receipt is on this page and on its way by mail."))
        return redirect(url_for("proposals.version", ref=ref, number=version.number), 303)

    return attempt(form, act, template="proposals/submit.html", **context)


@bp.route("/proposals/<ref>/withdraw", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def withdraw(ref: str) -> ResponseReturnValue:
    """Ask once more, then withdraw what is submitted."""
    own = queries.proposal_for_startup(actor(), ref)
    form = Bare()
    if not form.is_submitted():
        return render_template("proposals/withdraw.html", form=form, **shown(own))

    def act() -> ResponseReturnValue:
        operations.hold_call(challenge_id=own.challenge_id)
        operations.withdraw(proposal=own, by=actor(), at=clock.now())
        said(N_("Withdrawn. The proposal does not count any more."))
        return redirect(url_for("proposals.proposal", ref=ref), 303)

    return attempt(form, act, template="proposals/withdraw.html", **shown(own))


@bp.get("/proposals/<ref>/versions/<int:number>")
@open_to(Audience.STARTUP)
def version(ref: str, number: int) -> ResponseReturnValue:
    """A frozen version: its receipt, what changed since the one before, and its text."""
    own = queries.proposal_for_startup(actor(), ref)
    this = queries.version_of(own, number)
    before = next((v for v in own.versions if v.number == number - 1), None)
    return render_template(
        "proposals/version.html",
        version=this,
        before=before,
        differences=_compare(before, this) if before else (),
        content=this.value,
        papers=this.papers,
        paper_url=lambda paper: url_for("proposals.paper", ref=ref, paper=paper),
        **shown(own),
        **READING,
    )


def _compare(before: ProposalVersion, after: ProposalVersion) -> tuple[Difference, ...]:
    return differences(
        before.value,
        after.value,
        papers_before=[f"{paper['title']} · {paper['name']}" for paper in before.papers],
        papers_after=[f"{paper['title']} · {paper['name']}" for paper in after.papers],
    )


@bp.get("/proposals/<ref>/versions/<int:number>/document")
@open_to(Audience.STARTUP)
def version_document(ref: str, number: int) -> ResponseReturnValue:
    """The version as the bytes whose SHA-256 stands on the receipt."""
    own = queries.proposal_for_startup(actor(), ref)
    this = queries.version_of(own, number)
    content = document(
        challenge=own.challenge.ref,
        proposal=own.ref,
        organization=own.organization.ref,
        number=this.number,
        content=this.content,
        papers=this.papers,
    )
    response = Response(content, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="proposal-{own.ref}-{number}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/proposals/<ref>/papers/<paper>")
@open_to(Audience.STARTUP)
def paper(ref: str, paper: str) -> ResponseReturnValue:
    """One's own paper, attached now or named by a frozen version."""
    own = queries.proposal_for_startup(actor(), ref)
    return attachment(queries.paper_of(own, paper).file)
