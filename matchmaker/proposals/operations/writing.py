"""The startup's verbs: begin, write, attach, submit, withdraw. All of them are sealed until the opening."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matchmaker.challenges.models import Challenge
from matchmaker.foundation import audit, bus, files
from matchmaker.foundation.db import check_version, db, hold, lock
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, NotFound, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.proposals import policies, queries
from matchmaker.proposals.completeness import gaps, impossible, tidy
from matchmaker.proposals.content import ProposalContent
from matchmaker.proposals.events import ProposalSubmitted, ProposalWithdrawn
from matchmaker.proposals.facts import MOST_PAPER_BYTES, MOST_PAPERS
from matchmaker.proposals.freezing import document, fingerprint, frozen_papers
from matchmaker.proposals.models import Proposal, ProposalPaper, ProposalVersion
from matchmaker.proposals.states import PROPOSAL_LIFE, ProposalState

TOO_MANY_PAPERS = Reason(
    "proposals.too_many_papers", N_("At most %(most)s papers can be attached. Remove one first.")
)
PAPERS_TOO_LARGE = Reason(
    "proposals.papers_too_large", N_("The papers together would be larger than %(limit)s MB.")
)
PAPER_TITLE = Reason("proposals.paper_title_missing", N_("Give the paper a title."))


def hold_call(*, challenge_id: int) -> Challenge:
    """Hold the challenge as it is until the end of the transaction, together with others who submit.

    Whether something came in time is asked of a clock read after this: an opening (FOR UPDATE) waits for
    those who hold, and who comes after the opening finds it done.
    """
    return hold(Challenge, challenge_id, {"read": True})


def _record(proposal: Proposal, type: str, by: Actor, at: datetime, **body: Any) -> None:
    audit.record(
        type=type, subject=proposal.subject, actor_ref=by.ref, at=at, body={"by": by.ref, **body}, sealed=True
    )


def _held(proposal: Proposal) -> tuple[Proposal, Challenge]:
    challenge = hold_call(challenge_id=proposal.challenge_id)
    return lock(Proposal, proposal.id), challenge


def start(*, challenge: Challenge, organization: Organization, by: Actor, at: datetime) -> Proposal:
    """Begin the startup's one proposal to this challenge, as an empty draft."""
    if not by.is_of(organization.id):
        raise NotFound
    lock(Organization, organization.id)
    challenge = hold_call(challenge_id=challenge.id)
    existing = queries.proposal_of(organization.id, challenge.id)
    require(policies.can_start(by, challenge, at, existing))
    language = "zh" if by.language.startswith("zh") else "en"
    proposal = Proposal(
        challenge_id=challenge.id,
        organization_id=organization.id,
        state=ProposalState.DRAFT,
        draft=ProposalContent(language=language).to_json(),
        created_at=at,
        created_by_id=by.user_id,
    )
    proposal.touch(by=by.name, at=at)
    db.session.add(proposal)
    db.session.flush()
    _record(proposal, "proposal.started", by, at)
    return proposal


def save_draft(
    *,
    proposal: Proposal,
    content: ProposalContent,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Proposal:
    """Keep what was written; what is submitted stays as it was.

    Nothing goes on record: a draft says nothing to anybody yet. The same text saved again changes nothing,
    not even the version. Raises Stale, Refused, Invalid.
    """
    proposal, challenge = _held(proposal)
    require(policies.can_edit(by, proposal, challenge, at))
    check_version(proposal, expected_version)
    content = tidy(content)
    if problems := impossible(content):
        raise Invalid(problems)
    if content != proposal.content:
        proposal.draft = content.to_json()
        proposal.touch(by=by.name, at=at)
        db.session.flush()
    return proposal


def attach(*, proposal: Proposal, upload: files.Upload, title: str, by: Actor, at: datetime) -> ProposalPaper:
    """Attach a file to the draft; refused before it is stored where it is of a wrong kind or too much."""
    proposal, challenge = _held(proposal)
    require(policies.can_edit(by, proposal, challenge, at))
    if not title.strip():
        raise Invalid({"title": deny(PAPER_TITLE)})
    present = queries.papers_of(proposal.id)
    if len(present) >= MOST_PAPERS:
        raise Refused(deny(TOO_MANY_PAPERS, most=MOST_PAPERS))
    if sum(paper.file.size for paper in present) + len(upload.content) > MOST_PAPER_BYTES:
        raise Refused(deny(PAPERS_TOO_LARGE, limit=MOST_PAPER_BYTES // (1024 * 1024)))
    file = files.store(upload, by=by.ref, at=at)
    paper = ProposalPaper(proposal=proposal, file=file, title=title.strip())
    db.session.add(paper)
    db.session.flush()
    _record(proposal, "proposal.paper_attached", by, at, sha256=file.sha256)
    return paper


def remove_paper(*, proposal: Proposal, paper: ProposalPaper, by: Actor, at: datetime) -> None:
    """Take a paper off the draft; frozen versions that name it keep it."""
    proposal, challenge = _held(proposal)
    require(policies.can_edit(by, proposal, challenge, at))
    if paper.proposal_id != proposal.id:
        raise NotFound
    if paper.removed_at is None:
        paper.removed_at = at
        db.session.flush()
        _record(proposal, "proposal.paper_removed", by, at, paper=paper.ref)


def submit(
    *, proposal: Proposal, by: Actor, at: datetime, expected_version: int | None = None
) -> ProposalVersion:
    """Freeze the draft and its papers as the version that counts.

    ``at`` is the moment that decides whether it is in time: before ``closes_at``, without any grace. Read the
    clock after ``hold_call``. Raises Invalid with every gap by field, Refused, Stale.
    """
    proposal, challenge = _held(proposal)
    require(policies.can_submit(by, proposal, challenge, at))
    check_version(proposal, expected_version)
    content = tidy(proposal.content)
    problems: dict[str, Denied] = {}
    for gap in gaps(content, pilot_months=challenge.pilot_months, grant_ceiling=challenge.grant_ceiling):
        problems.setdefault(gap.field, gap.denial)
    if problems:
        raise Invalid(problems)
    version = _freeze(proposal, challenge, content, by, at)
    name = "resubmit" if proposal.state is ProposalState.SUBMITTED else "submit"
    proposal.state = PROPOSAL_LIFE.next(name, proposal.state)
    proposal.submitted_version, proposal.submitted_at = version.number, at
    proposal.withdrawn_at = None
    proposal.touch(by=by.name, at=at)
    db.session.flush()
    _record(proposal, "proposal.submitted", by, at, version=version.number, sha256=version.sha256)
    bus.publish(ProposalSubmitted(at=at, proposal=proposal, version=version))
    return version


def _freeze(
    proposal: Proposal, challenge: Challenge, content: ProposalContent, by: Actor, at: datetime
) -> ProposalVersion:
    stored, papers = content.to_json(), frozen_papers(queries.papers_of(proposal.id))
    last = queries.last_version(proposal.id)
    stands = last is not None and proposal.state is ProposalState.SUBMITTED
    if last is not None and stands and last.value == content and last.papers == papers:
        raise Refused(deny(policies.NOTHING_CHANGED, version=last.number))
    number = last.number + 1 if last is not None else 1
    written = document(
        challenge=challenge.ref,
        proposal=proposal.ref,
        organization=queries.organization_of(proposal).ref,
        number=number,
        content=stored,
        papers=papers,
    )
    version = ProposalVersion(
        proposal=proposal,
        number=number,
        content=stored,
        papers=papers,
        sha256=fingerprint(written),
        submitted_at=at,
        submitted_by=by.name,
    )
    db.session.add(version)
    return version


def withdraw(*, proposal: Proposal, by: Actor, at: datetime) -> None:
    """Take back what is submitted; it counts no more, and may be submitted again until the deadline."""
    proposal, challenge = _held(proposal)
    require(policies.can_withdraw(by, proposal, challenge, at))
    proposal.state = PROPOSAL_LIFE.next("withdraw", proposal.state)
    proposal.withdrawn_at = at
    proposal.touch(by=by.name, at=at)
    db.session.flush()
    _record(proposal, "proposal.withdrawn", by, at, version=proposal.submitted_version)
    bus.publish(ProposalWithdrawn(at=at, proposal=proposal))
