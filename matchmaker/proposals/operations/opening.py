"""The opening: one officer asks, another confirms, and from that moment the proposals may be read."""

from __future__ import annotations

from datetime import datetime

from matchmaker.challenges import operations as challenges
from matchmaker.challenges.models import Challenge
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import db, hold, lock
from matchmaker.kernel.errors import require
from matchmaker.people.actor import Actor
from matchmaker.proposals import policies, queries
from matchmaker.proposals.events import OpeningAsked, ProposalsOpened
from matchmaker.proposals.facts import FrozenSubmission
from matchmaker.proposals.freezing import list_of
from matchmaker.proposals.models import Opening, Proposal, ProposalVersion


def ask_opening(*, challenge: Challenge, by: Actor, at: datetime) -> Opening:
    """The first officer asks for the opening, after the deadline."""
    challenge = lock(Challenge, challenge.id)
    require(policies.can_ask_opening(by, challenge, queries.opening_of(challenge.id), at))
    opening = Opening(
        challenge_id=challenge.id, asked_by_id=by.user_id, asked_by=by.name, asked_at=at, submissions=[]
    )
    db.session.add(opening)
    db.session.flush()
    audit.record(type="opening.asked", subject=challenge.subject, actor_ref=by.ref, at=at)
    bus.publish(OpeningAsked(at=at, challenge=challenge, opening=opening))
    return opening


def confirm_opening(*, challenge: Challenge, by: Actor, at: datetime) -> Opening:
    """The second officer confirms: the list of submissions is frozen with its hash, each gets its number.

    The challenge is held FOR UPDATE, so whoever is still submitting is waited for, and nobody submits
    afterwards. Numbers follow the hashes of the submissions: they say nothing of time or name.
    """
    challenge = hold(Challenge, challenge.id, {})
    opening = queries.opening_of(challenge.id)
    require(policies.can_confirm_opening(by, challenge, opening, at))
    assert opening is not None
    submitted = sorted(queries.submitted_versions(challenge.id), key=lambda pair: pair[1].sha256)
    rows = []
    for number, (proposal, version) in enumerate(submitted, 1):
        proposal.number = number
        proposal.touch(by=by.name, at=at)
        rows.append(_line(number, proposal, version))
    opening.submissions, opening.sha256 = list_of(rows)
    opening.confirmed_by_id, opening.confirmed_by, opening.confirmed_at = by.user_id, by.name, at
    db.session.flush()
    challenges.mark_opened(challenge=challenge, by=by, at=at)
    audit.record(
        type="opening.confirmed",
        subject=challenge.subject,
        actor_ref=by.ref,
        at=at,
        body={"count": len(rows), "sha256": opening.sha256},
    )
    for (proposal, version), row in zip(submitted, rows, strict=True):
        audit.record(
            type="proposal.opened",
            subject=proposal.subject,
            actor_ref=by.ref,
            at=at,
            body={"number": row.number, "version": version.number, "sha256": version.sha256},
        )
    bus.publish(ProposalsOpened(at=at, challenge=challenge, count=len(rows)))
    return opening


def _line(number: int, proposal: Proposal, version: ProposalVersion) -> FrozenSubmission:
    return FrozenSubmission(
        number=number,
        proposal=proposal.ref,
        version=version.number,
        sha256=version.sha256,
        submitted_at=version.submitted_at.isoformat(),
    )
