"""What people say of a pair: pin, dismiss with a reason, take up, take back; kept over every recomputation.

A startup's word is written into its own row and the log of its own direction, and nowhere else: no audit row, no
event, no letter. An agency's invitation is an official act: it is in the audit chain and a letter goes out.
"""

from __future__ import annotations

from datetime import datetime

from matchmaker.challenges.models import Challenge
from matchmaker.foundation import audit, bus, relevance
from matchmaker.foundation.db import check_version, db
from matchmaker.foundation.relevance import Direction, Pair, Sign
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, NotFound, Stale, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.search.states import Kind, subject
from matchmaker.suggestions import policies, queries
from matchmaker.suggestions.events import StartupInvited
from matchmaker.suggestions.models import Suggestion, Verdict
from matchmaker.suggestions.operations.computing import fit_of
from matchmaker.suggestions.states import REASONS_OF, Choice, DismissReason, Filter, Side

LONGEST_NOTE = 300

REASON_NEEDED = Reason("suggestions.reason_needed", N_("Choose the reason that comes nearest."))
NOTE_LONG = Reason("suggestions.note_long", N_("Use at most %(most)s characters."))
NOTE_NEEDED = Reason("suggestions.note_needed", N_("Say in a few words what the other reason is."))


def pin(
    *,
    side: Side,
    challenge: Challenge,
    organization: Organization,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Verdict:
    """Keep the pair on top of one's own list."""
    row = _row(side, challenge, organization, by, expected_version)
    stopped = stopping(side=side, challenge=challenge, organization=organization, by=by, at=at)
    require(policies.can_pin(by, side, challenge, row, stopped, at))
    row = _said(row, side, challenge, organization, by, at)
    row.pinned = True
    _log(Sign.PINNED, row, challenge, organization, by, at)
    return row


def unpin(
    *,
    side: Side,
    challenge: Challenge,
    organization: Organization,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Verdict:
    """Let the pair stand where its score puts it."""
    row = _row(side, challenge, organization, by, expected_version)
    require(policies.can_unpin(by, side, challenge, row, at))
    row = _said(row, side, challenge, organization, by, at)
    row.pinned = False
    db.session.flush()
    return row


def dismiss(
    *,
    side: Side,
    challenge: Challenge,
    organization: Organization,
    reason: DismissReason | None,
    note: str = "",
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Verdict:
    """Put the suggestion away, with one of the reasons of this side; “another reason” says which.

    :raises Invalid: no such reason, or a note that is missing or too long.
    """
    row = _row(side, challenge, organization, by, expected_version)
    stopped = stopping(side=side, challenge=challenge, organization=organization, by=by, at=at)
    require(policies.can_dismiss(by, side, challenge, row, stopped, at))
    note = note.strip()
    if reason not in REASONS_OF[side]:
        raise Invalid({"reason": deny(REASON_NEEDED)})
    if reason is DismissReason.OTHER and not note:
        raise Invalid({"note": deny(NOTE_NEEDED)})
    if len(note) > LONGEST_NOTE:
        raise Invalid({"note": deny(NOTE_LONG, most=LONGEST_NOTE)})
    row = _said(row, side, challenge, organization, by, at)
    row.choice, row.reason, row.note, row.pinned = Choice.DISMISSED, reason, note, False
    _log(Sign.DISMISSED, row, challenge, organization, by, at, reason=reason)
    return row


def take_back(
    *,
    side: Side,
    challenge: Challenge,
    organization: Organization,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Verdict:
    """Take back what was chosen; an invitation that went out before the dismissal stands again."""
    row = _row(side, challenge, organization, by, expected_version)
    require(policies.can_take_back(by, side, challenge, row, at))
    row = _said(row, side, challenge, organization, by, at)
    row.choice = Choice.ACCEPTED if row.invited_at is not None else None
    row.reason, row.note = None, ""
    db.session.flush()
    return row


def interested(
    *,
    challenge: Challenge,
    organization: Organization,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Verdict:
    """A startup marks a challenge as one it would answer; nobody else learns of it."""
    row = _row(Side.STARTUP, challenge, organization, by, expected_version)
    stopped = stopping(side=Side.STARTUP, challenge=challenge, organization=organization, by=by, at=at)
    require(policies.can_accept(by, Side.STARTUP, challenge, row, stopped, at))
    row = _said(row, Side.STARTUP, challenge, organization, by, at)
    row.choice = Choice.ACCEPTED
    _log(Sign.ACCEPTED, row, challenge, organization, by, at)
    return row


def invite(
    *,
    challenge: Challenge,
    organization: Organization,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Verdict:
    """The agency asks a startup to look at its open challenge: once, by a letter to the startup's people."""
    row = _row(Side.AGENCY, challenge, organization, by, expected_version)
    stopped = stopping(side=Side.AGENCY, challenge=challenge, organization=organization, by=by, at=at)
    require(policies.can_accept(by, Side.AGENCY, challenge, row, stopped, at))
    row = _said(row, Side.AGENCY, challenge, organization, by, at)
    row.choice, row.invited_at = Choice.ACCEPTED, at
    _log(Sign.ACCEPTED, row, challenge, organization, by, at)
    _log(Sign.INVITED, row, challenge, organization, by, at)
    audit.record(
        type="challenge.invited",
        subject=challenge.subject,
        actor_ref=by.ref,
        at=at,
        body={"organization": organization.ref},
    )
    bus.publish(StartupInvited(at=at, challenge=challenge, organization=organization))
    return row


def stopping(
    *, side: Side, challenge: Challenge, organization: Organization, by: Actor, at: datetime
) -> Filter | None:
    """The filter that stops this pair now; only a startup's own side knows what it has begun to write."""
    found = fit_of(organization=organization, challenge=challenge, at=at).stopped_by
    begun = side is Side.STARTUP and queries.has_begun(by, challenge)
    return Filter.ALREADY_PROPOSED if begun and found in (None, Filter.NO_COMMON_TERMS) else found


def _row(
    side: Side, challenge: Challenge, organization: Organization, by: Actor, expected_version: int | None
) -> Verdict | None:
    """What was said so far. A form that was made when nothing was said carries the version 0.

    A startup's person speaks for their own startup alone.
    """
    if side is Side.STARTUP and not by.is_of(organization.id):
        raise NotFound
    row = queries.verdict_of(side, challenge.id, organization.id)
    if row is not None:
        check_version(row, expected_version)
    elif expected_version:
        raise Stale
    return row


def _said(
    row: Verdict | None,
    side: Side,
    challenge: Challenge,
    organization: Organization,
    by: Actor,
    at: datetime,
) -> Verdict:
    if row is None:
        row = Verdict(
            challenge_id=challenge.id, organization_id=organization.id, side=side, note="", pinned=False
        )
        db.session.add(row)
    row.at = at
    row.touch(by=by.name, at=at)
    return row


def _log(
    sign: Sign,
    row: Verdict,
    challenge: Challenge,
    organization: Organization,
    by: Actor,
    at: datetime,
    reason: DismissReason | None = None,
) -> None:
    """The sign, with where the pair stood when it was given."""
    db.session.flush()
    stored = queries.stored_fit(challenge.id, organization.id)
    asked, found = challenge.subject, organization.subject
    if row.side is Side.STARTUP:
        asked, found = found, asked
    relevance.note(
        sign=sign,
        direction=Direction.STARTUPS if row.side is Side.AGENCY else Direction.CHALLENGES,
        viewer=viewer_of(by),
        pairs=[pair_of(asked, found, stored, reason=reason)],
        at=at,
    )


def viewer_of(actor: Actor) -> str:
    """The viewer in the log: the organisation that a person acts for, never the person."""
    return subject(Kind.STARTUP, actor.organization_ref or "")


def pair_of(
    asked: str,
    found: str,
    stored: Suggestion | None,
    *,
    rank: int | None = None,
    reason: DismissReason | None = None,
) -> Pair:
    """A pair of the log with its stored fit, where there is one."""
    return Pair(
        asked=asked,
        found=found,
        rank=rank,
        score=stored.score if stored is not None else None,
        band=stored.band if stored is not None else "",
        reason=reason or "",
        generation=stored.generation if stored is not None else "",
    )
