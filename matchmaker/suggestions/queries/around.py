"""Reads of what stands around a need or a panel: items, other challenges, what jurors know.

What an index finds is read here again: only what the database lets this reader see now is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from matchmaker.catalog.models import CatalogItem, FrameworkAgreement
from matchmaker.catalog.states import ItemState
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor
from matchmaker.pilots.models import Pilot
from matchmaker.search.documents import PUBLIC_PILOTS
from matchmaker.suggestions.models import ExpertiseNote

_SHARED = or_(Challenge.handed_in_at.is_not(None), Challenge.published_at.is_not(None))


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """What this person may compare with: published challenges, the own ones, and for staff all handed-in ones."""
    own = Challenge.organization_id == (actor.organization_id or 0)
    if actor.is_staff:
        return or_(own, and_(_SHARED, Challenge.state != ChallengeState.DRAFT))
    return or_(Challenge.published_at.is_not(None), own)


def hidden_from(actor: Actor) -> frozenset[str]:
    """References of unpublished needs that the indexes may hold and this person may not know of."""
    held = and_(Challenge.handed_in_at.is_not(None), Challenge.published_at.is_(None))
    return frozenset(db.session.scalars(select(Challenge.ref).where(held, ~_seen_by(actor))))


def challenges_for(actor: Actor, refs: Collection[str]) -> Mapping[str, Challenge]:
    """Those of these challenges that the person may compare with, by reference."""
    rows = db.session.scalars(
        select(Challenge)
        .where(Challenge.ref.in_(refs), Challenge.state != ChallengeState.CANCELLED, _seen_by(actor))
        .options(selectinload(Challenge.texts), joinedload(Challenge.organization))
    )
    return {row.ref: row for row in rows}


def other_for(actor: Actor, ref: str) -> Challenge:
    """A challenge to lay beside another one; NotFound where the person may not know of it."""
    found = challenges_for(actor, [ref])
    if ref not in found:
        raise NotFound
    return found[ref]


def public_challenges(refs: Collection[str]) -> Mapping[str, Challenge]:
    """Those of these challenges that everybody may read, by reference."""
    rows = db.session.scalars(
        select(Challenge)
        .where(
            Challenge.ref.in_(refs),
            Challenge.published_at.is_not(None),
            Challenge.state != ChallengeState.CANCELLED,
        )
        .options(selectinload(Challenge.texts), joinedload(Challenge.organization))
    )
    return {row.ref: row for row in rows}


def items(refs: Collection[str]) -> Mapping[str, CatalogItem]:
    """Those of these items that are or were listed, by reference, whatever became of them since."""
    rows = db.session.scalars(
        select(CatalogItem)
        .where(CatalogItem.ref.in_(refs), CatalogItem.listed_at.is_not(None))
        .options(
            joinedload(CatalogItem.supplier),
            joinedload(CatalogItem.framework),
            selectinload(CatalogItem.versions),
        )
    )
    return {row.ref: row for row in rows}


def orderable_items(refs: Collection[str], today: date) -> Mapping[str, CatalogItem]:
    """Those of these items that are listed in an agreement which runs today, by reference."""
    rows = db.session.scalars(
        select(CatalogItem)
        .join(CatalogItem.framework)
        .where(
            CatalogItem.ref.in_(refs),
            CatalogItem.state == ItemState.LISTED,
            FrameworkAgreement.ends_on >= today,
        )
        .options(
            contains_eager(CatalogItem.framework),
            joinedload(CatalogItem.supplier),
            selectinload(CatalogItem.versions),
        )
    )
    return {row.ref: row for row in rows}


@dataclass(slots=True)
class Outcome:
    """What came of a challenge, as far as it is public."""

    pilots: list[Pilot] = field(default_factory=list)
    items: list[CatalogItem] = field(default_factory=list)


def outcomes(challenge_ids: Collection[int]) -> Mapping[int, Outcome]:
    """The public pilots of these challenges and the items that grew from them, in two queries."""
    made = {key: Outcome() for key in challenge_ids}
    pilots = db.session.scalars(
        select(Pilot)
        .where(Pilot.challenge_id.in_(challenge_ids), Pilot.state.in_(PUBLIC_PILOTS))
        .order_by(Pilot.id)
    )
    for pilot in pilots:
        made[pilot.challenge_id].pilots.append(pilot)
    grown = db.session.scalars(
        select(CatalogItem)
        .join(CatalogItem.pilot)
        .where(Pilot.challenge_id.in_(challenge_ids), CatalogItem.listed_at.is_not(None))
        .options(contains_eager(CatalogItem.pilot), selectinload(CatalogItem.versions))
        .order_by(CatalogItem.id)
    )
    for item in grown:
        if item.pilot is not None:
            made[item.pilot.challenge_id].items.append(item)
    return made


def note_of(user_id: int) -> ExpertiseNote | None:
    """What this person has written of what they know."""
    return db.session.scalars(select(ExpertiseNote).where(ExpertiseNote.user_id == user_id)).one_or_none()


def notes_of(user_ids: Iterable[int]) -> Mapping[int, str]:
    """What these people have written, by their keys; those who wrote nothing are left out."""
    rows: Sequence[ExpertiseNote] = db.session.scalars(
        select(ExpertiseNote).where(ExpertiseNote.user_id.in_(list(user_ids)))
    ).all()
    return {row.user_id: row.words for row in rows if row.words.strip()}
