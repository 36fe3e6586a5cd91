"""The officers' verbs after the opening: check, admit, reject, and what a decision does to a proposal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from matchmaker.challenges import operations as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import db, lock
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, NotFound, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.states import OrganizationState
from matchmaker.proposals import policies, queries
from matchmaker.proposals.eligibility import Applicant, examine
from matchmaker.proposals.events import ProposalReleased, ProposalScreened, ScreeningFinished
from matchmaker.proposals.models import EligibilityCheck, Proposal
from matchmaker.proposals.states import PROPOSAL_LIFE, CheckResult

RESULT_NEEDED = Reason("proposals.result_needed", N_("Choose whether the condition is fulfilled or not."))
CHECK_REASON = Reason(
    "proposals.check_reason_needed",
    N_("Give the reason: your answer differs from the rule, or the rule could not tell."),
)
REJECT_REASON = Reason("proposals.reject_reason_needed", N_("Give the reason: it is sent to the startup."))

Outcome = Literal["awarded", "reserve", "not_awarded"]
_DONE = {"admit": "proposal.admitted", "reject": "proposal.rejected"}
_MOVES: dict[str, str] = {"awarded": "award", "reserve": "reserve", "not_awarded": "turn_down"}


def begin_screening(*, challenge: Challenge, by: Actor, at: datetime) -> None:
    """Compute every check of every opened proposal by rule; officers confirm them one by one."""
    challenge = lock(Challenge, challenge.id)
    require(policies.can_begin_screening(by, challenge))
    assert challenge.closes_at is not None
    # A call "until 8 March" closes at 9 March 00:00: its last day is that of the moment before.
    deadline = local_day(challenge.closes_at - timedelta(microseconds=1))
    proposals = queries.opened_proposals(challenge.id)
    versions = queries.counted_versions(proposals)
    for proposal in proposals:
        startup = proposal.organization
        findings = examine(
            versions[proposal.id].value,
            Applicant(
                founded_on=startup.founded_on,
                confirmed=startup.state is OrganizationState.CONFIRMED,
                ubn=startup.ubn,
            ),
            deadline=deadline,
            grant_ceiling=challenge.grant_ceiling,
        )
        db.session.add_all(
            EligibilityCheck(
                proposal_id=proposal.id,
                position=position,
                rule=finding.rule.value,
                found=finding.result,
                facts=dict(finding.facts),
            )
            for position, finding in enumerate(findings, 1)
        )
    db.session.flush()
    challenges.begin_screening(challenge=challenge, by=by, at=at)
    audit.record(type="screening.began", subject=challenge.subject, actor_ref=by.ref, at=at)


def _held(proposal_id: int, challenge_id: int) -> tuple[Proposal, Challenge]:
    challenge = lock(Challenge, challenge_id)
    return lock(Proposal, proposal_id), challenge


def _record(proposal: Proposal, type: str, by: Actor, at: datetime, **body: Any) -> None:
    audit.record(type=type, subject=proposal.subject, actor_ref=by.ref, at=at, body=body)


def confirm_check(
    *, check: EligibilityCheck, result: CheckResult, reason: str, by: Actor, at: datetime
) -> None:
    """An officer's word on one check; needs a reason where it differs from the rule or the rule cannot tell."""
    proposal = queries.proposal_by_id(check.proposal_id)
    proposal, challenge = _held(proposal.id, proposal.challenge_id)
    require(policies.can_screen(by, challenge, proposal))
    if result not in (CheckResult.MET, CheckResult.NOT_MET):
        raise Invalid({"result": deny(RESULT_NEEDED)})
    if result is not check.found and not reason.strip():
        raise Invalid({"reason": deny(CHECK_REASON)})
    check.confirmed, check.reason = result, reason.strip()
    check.confirmed_by, check.confirmed_at = by.name, at
    db.session.flush()
    _record(
        proposal,
        "check.confirmed",
        by,
        at,
        rule=check.rule,
        found=check.found,
        confirmed=result,
        reason=check.reason,
    )


def _results(proposal: Proposal) -> list[CheckResult | None]:
    return [check.confirmed for check in queries.checks_of(proposal.id)]


def admit(*, proposal: Proposal, by: Actor, at: datetime) -> None:
    """Every check is confirmed as met: the proposal goes to the panel."""
    proposal, challenge = _held(proposal.id, proposal.challenge_id)
    require(policies.can_admit(by, challenge, proposal, _results(proposal)))
    _screen(proposal, "admit", "", by, at)


def reject(*, proposal: Proposal, reason: str, by: Actor, at: datetime) -> None:
    """A check is confirmed as not met: the proposal leaves the contest, and its startup is told why at once."""
    proposal, challenge = _held(proposal.id, proposal.challenge_id)
    require(policies.can_reject(by, challenge, proposal, _results(proposal)))
    if not reason.strip():
        raise Invalid({"reason": deny(REJECT_REASON)})
    _screen(proposal, "reject", reason.strip(), by, at)


def _screen(proposal: Proposal, move: str, reason: str, by: Actor, at: datetime) -> None:
    proposal.state = PROPOSAL_LIFE.next(move, proposal.state)
    proposal.state_note = reason
    proposal.touch(by=by.name, at=at)
    db.session.flush()
    _record(proposal, _DONE[move], by, at, reason=reason)
    bus.publish(ProposalScreened(at=at, proposal=proposal, move=move, reason=reason))


def finish_screening(*, challenge: Challenge, by: Actor, at: datetime) -> None:
    """Every proposal is decided: the challenge goes to judging, or ends undecided where nobody remains."""
    challenge = lock(Challenge, challenge.id)
    undecided, count = queries.count_undecided(challenge.id)
    require(policies.can_finish_screening(by, challenge, undecided=undecided, count=count))
    if queries.in_contest(challenge.id):
        challenges.begin_judging(challenge=challenge, by=by, at=at)
    else:
        challenges.mark_decided(challenge=challenge, by=by, at=at)
    audit.record(type="screening.finished", subject=challenge.subject, actor_ref=by.ref, at=at)
    bus.publish(ScreeningFinished(at=at, challenge=challenge))


def shortlist(*, proposal: Proposal, by: Actor, at: datetime) -> None:
    """Put an admitted proposal on the short list."""
    proposal, challenge = _held(proposal.id, proposal.challenge_id)
    require(policies.can_shortlist(by, proposal, challenge))
    proposal.state = PROPOSAL_LIFE.next("shortlist", proposal.state)
    proposal.touch(by=by.name, at=at)
    db.session.flush()
    _record(proposal, "proposal.shortlisted", by, at)


def release(*, proposal: Proposal, outcome: Outcome, note: str, by: Actor, at: datetime) -> None:
    """The panel's decision on one proposal takes effect; a director releases all of a panel together."""
    if outcome not in _MOVES:
        raise NotFound
    move = _MOVES[outcome]
    proposal, _challenge = _held(proposal.id, proposal.challenge_id)
    require(policies.can_release(by, proposal, move))
    proposal.state = PROPOSAL_LIFE.next(move, proposal.state)
    proposal.state_note = note
    proposal.touch(by=by.name, at=at)
    db.session.flush()
    _record(proposal, f"proposal.{outcome}", by, at, note=note)
    bus.publish(ProposalReleased(at=at, proposal=proposal, outcome=outcome))
