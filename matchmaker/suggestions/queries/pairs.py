"""Reads of suggestions, and the rows they are computed from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db
from matchmaker.foundation.relevance import Direction, Pair, RelevanceEvent, Sign
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor
from matchmaker.people.models import Membership, Organization
from matchmaker.people.states import OrganizationKind, OrganizationState
from matchmaker.proposals.models import Proposal
from matchmaker.suggestions import policies
from matchmaker.suggestions.models import BandCalibration, Suggestion, SuggestionRun, Verdict
from matchmaker.suggestions.states import BEFORE_OUTCOMES, Bands, Side


def startups(refs: Collection[str]) -> Sequence[Organization]:
    """These startups with their profiles, also those that a filter will stop."""
    return (
        db.session.execute(
            select(Organization)
            .where(
                Organization.ref.in_(refs),
                Organization.kind == OrganizationKind.STARTUP,
                Organization.state.in_([OrganizationState.CONFIRMED, OrganizationState.PENDING]),
            )
            .options(joinedload(Organization.profile))
            .order_by(Organization.id)
        )
        .scalars()
        .all()
    )


def count_startups() -> int:
    """How many startups there are to compare with."""
    living = Organization.state.in_([OrganizationState.CONFIRMED, OrganizationState.PENDING])
    return (
        db.session.scalar(
            select(func.count(Organization.id)).where(Organization.kind == OrganizationKind.STARTUP, living)
        )
        or 0
    )


def looking(now: datetime) -> Sequence[Challenge]:
    """The challenges that look for startups: in triage, returned, or open."""
    return (
        db.session.execute(
            select(Challenge)
            .where(Challenge.state.in_(policies.MATCHED))
            .where((Challenge.state != ChallengeState.PUBLISHED) | (Challenge.closes_at > now))
            .options(selectinload(Challenge.texts), joinedload(Challenge.organization))
            .order_by(Challenge.id)
        )
        .scalars()
        .all()
    )


def bands() -> Bands:
    """Where the bands lie: the newest adopted calibration, or what holds before there are outcomes."""
    row = db.session.execute(
        select(BandCalibration.strong_from, BandCalibration.fair_from)
        .where(BandCalibration.adopted_at.is_not(None))
        .order_by(BandCalibration.adopted_at.desc(), BandCalibration.id.desc())
        .limit(1)
    ).one_or_none()
    return Bands(row.strong_from, row.fair_from) if row is not None else BEFORE_OUTCOMES


def conflicts() -> frozenset[tuple[int, int]]:
    """(agency, startup) of every two organisations that one person belongs to today."""
    here, there = aliased(Membership), aliased(Membership)
    agency, startup = aliased(Organization), aliased(Organization)
    pairs = (
        select(here.organization_id, there.organization_id)
        .join(there, there.user_id == here.user_id)
        .join(agency, agency.id == here.organization_id)
        .join(startup, startup.id == there.organization_id)
        .where(
            here.ended_at.is_(None),
            there.ended_at.is_(None),
            agency.kind == OrganizationKind.AGENCY,
            startup.kind == OrganizationKind.STARTUP,
        )
    )
    return frozenset((first, second) for first, second in db.session.execute(pairs))


def worst_kept(challenge_id: int, kept: int) -> float:
    """The score that a startup must pass to be kept for this challenge; 0 while there is room."""
    score = db.session.scalar(
        select(Suggestion.score)
        .where(Suggestion.challenge_id == challenge_id)
        .order_by(Suggestion.score.desc())
        .offset(kept - 1)
        .limit(1)
    )
    return score or 0.0


def challenge_with_texts(challenge_id: int) -> Challenge:
    return db.session.execute(
        select(Challenge)
        .where(Challenge.id == challenge_id)
        .options(selectinload(Challenge.texts), joinedload(Challenge.organization))
    ).scalar_one()


def of_challenge(actor: Actor, challenge: Challenge, limit: int | None = None) -> Sequence[Suggestion]:
    """The stored fits of a challenge for those who may see them, best first; others get NotFound."""
    if not policies.can_see_startups(actor, challenge):
        raise NotFound
    return (
        db.session.execute(
            select(Suggestion)
            .where(Suggestion.challenge_id == challenge.id)
            .options(joinedload(Suggestion.organization).joinedload(Organization.profile))
            .order_by(Suggestion.score.desc(), Suggestion.organization_id)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def latest_run(challenge_id: int) -> SuggestionRun | None:
    """The newest computation for a challenge."""
    return db.session.execute(
        select(SuggestionRun)
        .where(SuggestionRun.challenge_id == challenge_id)
        .order_by(SuggestionRun.at.desc(), SuggestionRun.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def of_startup(actor: Actor, now: datetime, limit: int | None = None) -> Sequence[Suggestion]:
    """Open challenges that fit the actor's startup, best first; those it has answered are left out."""
    begun = select(Proposal.challenge_id).where(Proposal.organization_id == actor.organization_id)
    return (
        db.session.execute(
            select(Suggestion)
            .join(Suggestion.challenge)
            .where(
                Suggestion.organization_id == actor.organization_id,
                Suggestion.stopped_by.is_(None),
                Challenge.state == ChallengeState.PUBLISHED,
                Challenge.closes_at > now,
                Challenge.id.not_in(begun),
            )
            .options(
                joinedload(Suggestion.challenge).selectinload(Challenge.texts),
                joinedload(Suggestion.challenge).joinedload(Challenge.organization),
            )
            .order_by(Suggestion.score.desc(), Suggestion.id)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def open_challenges(now: datetime) -> Sequence[Challenge]:
    """Every open call, soonest deadline first."""
    return (
        db.session.execute(
            select(Challenge)
            .where(Challenge.state == ChallengeState.PUBLISHED, Challenge.closes_at > now)
            .options(selectinload(Challenge.texts), joinedload(Challenge.organization))
            .order_by(Challenge.closes_at, Challenge.id)
        )
        .scalars()
        .all()
    )


def has_begun(actor: Actor, challenge: Challenge) -> bool:
    """Has the actor's own startup begun a proposal? Asked for the startup alone."""
    return (
        db.session.scalar(
            select(Proposal.id).where(
                Proposal.challenge_id == challenge.id, Proposal.organization_id == actor.organization_id
            )
        )
        is not None
    )


def stored_fit(challenge_id: int, organization_id: int) -> Suggestion | None:
    return db.session.execute(
        select(Suggestion).where(
            Suggestion.challenge_id == challenge_id, Suggestion.organization_id == organization_id
        )
    ).scalar_one_or_none()


# --- what was said ---


def verdict_of(side: Side, challenge_id: int, organization_id: int) -> Verdict | None:
    """What this side said of a pair, where it has said anything."""
    return db.session.execute(
        select(Verdict).where(
            Verdict.side == side,
            Verdict.challenge_id == challenge_id,
            Verdict.organization_id == organization_id,
        )
    ).scalar_one_or_none()


def said_of_startups(challenge_id: int) -> dict[int, Verdict]:
    """What the agency said of the startups for its challenge: id of the startup -> verdict, with its startup."""
    rows = db.session.execute(
        select(Verdict)
        .where(Verdict.side == Side.AGENCY, Verdict.challenge_id == challenge_id)
        .options(joinedload(Verdict.organization).joinedload(Organization.profile))
    ).scalars()
    return {row.organization_id: row for row in rows}


def said_of_challenges(organization_id: int | None) -> dict[int, Verdict]:
    """What a startup said of challenges: id of the challenge -> verdict. For its own pages alone."""
    rows = db.session.execute(
        select(Verdict).where(Verdict.side == Side.STARTUP, Verdict.organization_id == organization_id)
    ).scalars()
    return {row.challenge_id: row for row in rows}


def suggested_startup(actor: Actor, challenge: Challenge, ref: str) -> Organization:
    """A startup beside a challenge, for those who see the suggestions of the challenge; else NotFound.

    Also one that is not confirmed yet, as the list names it; never one that was declined or suspended.
    """
    if not policies.can_see_startups(actor, challenge):
        raise NotFound
    found = startups([ref])
    if not found:
        raise NotFound
    return found[0]


def begun_by(actor: Actor) -> frozenset[int]:
    """The challenges that the actor's own startup has begun to answer. For its own pages alone."""
    rows = db.session.scalars(
        select(Proposal.challenge_id).where(Proposal.organization_id == (actor.organization_id or 0))
    )
    return frozenset(rows)


def not_logged(
    sign: Sign, direction: Direction, viewer: str, pairs: Sequence[Pair], at: datetime
) -> list[Pair]:
    """The pairs that this viewer's log does not hold yet today."""
    if not pairs:
        return []
    known = db.session.execute(
        select(RelevanceEvent.asked, RelevanceEvent.found).where(
            RelevanceEvent.asked.in_({pair.asked for pair in pairs}),
            RelevanceEvent.viewer == viewer,
            RelevanceEvent.sign == sign,
            RelevanceEvent.direction == direction,
            RelevanceEvent.day == local_day(at),
        )
    )
    there = {(row.asked, row.found) for row in known}
    return [pair for pair in pairs if (pair.asked, pair.found) not in there]
