"""Reads of who gets the weekly digest, and what is new for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db
from matchmaker.foundation.relevance import Direction, RelevanceEvent, Sign
from matchmaker.people.models import Membership, Organization, User
from matchmaker.people.states import WRITERS, OrganizationKind, OrganizationState
from matchmaker.proposals.models import Proposal
from matchmaker.suggestions import policies
from matchmaker.suggestions.models import DigestChoice, Suggestion, Verdict
from matchmaker.suggestions.states import Choice, Side

READERS = frozenset({OrganizationKind.STARTUP, OrganizationKind.AGENCY})


def due(since: datetime, limit: int) -> Sequence[User]:
    """People for whom no digest was made since this moment: owners and editors who did not decline it."""
    belongs = (
        select(Membership.id)
        .join(Membership.organization)
        .where(
            Membership.user_id == User.id,
            Membership.ended_at.is_(None),
            Membership.role.in_(WRITERS),
            Organization.kind.in_(READERS),
            Organization.state == OrganizationState.CONFIRMED,
        )
    )
    query = (
        select(User)
        .outerjoin(DigestChoice, DigestChoice.user_id == User.id)
        .where(
            User.active,
            belongs.exists(),
            or_(
                DigestChoice.id.is_(None),
                DigestChoice.wanted & (DigestChoice.made_at.is_(None) | (DigestChoice.made_at < since)),
            ),
        )
        .order_by(User.id)
        .limit(limit)
    )
    return db.session.execute(query).scalars().all()


def choice_of(user_id: int) -> DigestChoice | None:
    """What a person chose; None where they never did and none was made for them."""
    return db.session.execute(
        select(DigestChoice).where(DigestChoice.user_id == user_id)
    ).scalar_one_or_none()


def wants(user_id: int) -> bool:
    """Does the person want the digest? Yes, until they say no."""
    choice = choice_of(user_id)
    return choice is None or choice.wanted


def places_of(user_id: int) -> Sequence[Organization]:
    """The startups and agencies for which the person writes."""
    return (
        db.session.execute(
            select(Organization)
            .join(Membership, Membership.organization_id == Organization.id)
            .where(
                Membership.user_id == user_id,
                Membership.ended_at.is_(None),
                Membership.role.in_(WRITERS),
                Organization.kind.in_(READERS),
                Organization.state == OrganizationState.CONFIRMED,
            )
            .order_by(Organization.id)
        )
        .scalars()
        .all()
    )


def fits_of_startup(organization_id: int, now: datetime) -> Sequence[Suggestion]:
    """Open calls that fit a startup, best first, without those it put away or has begun to answer.

    For the startup's own people alone: what is left out tells of its proposals.
    """
    begun = select(Proposal.challenge_id).where(Proposal.organization_id == organization_id)
    return _all(
        _fits(Side.STARTUP).where(
            Suggestion.organization_id == organization_id,
            Challenge.state == ChallengeState.PUBLISHED,
            Challenge.opens_at <= now,
            Challenge.closes_at > now,
            Challenge.id.not_in(begun),
        )
    )


def fits_of_agency(organization_id: int, now: datetime) -> Sequence[Suggestion]:
    """Startups that fit the challenges of an agency that look for some, best first, without those it put away."""
    return _all(
        _fits(Side.AGENCY).where(
            Challenge.organization_id == organization_id,
            Challenge.state.in_(policies.MATCHED),
            (Challenge.state != ChallengeState.PUBLISHED) | (Challenge.closes_at > now),
        )
    )


def _fits(side: Side) -> Select[Suggestion]:
    dismissed = select(Verdict.id).where(
        Verdict.challenge_id == Suggestion.challenge_id,
        Verdict.organization_id == Suggestion.organization_id,
        Verdict.side == side,
        Verdict.choice == Choice.DISMISSED,
    )
    return (
        select(Suggestion)
        .join(Suggestion.challenge)
        .where(Suggestion.stopped_by.is_(None), ~dismissed.exists())
        .options(
            joinedload(Suggestion.organization),
            joinedload(Suggestion.challenge).selectinload(Challenge.texts),
            joinedload(Suggestion.challenge).joinedload(Challenge.organization),
        )
        .order_by(Suggestion.score.desc(), Suggestion.challenge_id, Suggestion.organization_id)
    )


def _all(query: Select[Suggestion]) -> Sequence[Suggestion]:
    return db.session.execute(query).scalars().all()


def seen(
    viewer: str, direction: Direction, asked: Collection[str], until: datetime | None
) -> frozenset[tuple[str, str]]:
    """The (asked, found) pairs that this organisation was shown up to a moment; none where there was none."""
    if until is None:
        return frozenset()
    rows = db.session.execute(
        select(RelevanceEvent.asked, RelevanceEvent.found).where(
            RelevanceEvent.sign == Sign.SHOWN,
            RelevanceEvent.direction == direction,
            RelevanceEvent.viewer == viewer,
            RelevanceEvent.asked.in_(asked),
            RelevanceEvent.at <= until,
        )
    )
    return frozenset((row.asked, row.found) for row in rows)
