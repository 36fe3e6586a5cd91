"""Reads of people and organisations; what a person may not know of is not found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from matchmaker.foundation.db import db
from matchmaker.foundation.outbox import Recipient
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor
from matchmaker.people.models import (
    County,
    Invitation,
    Membership,
    Organization,
    PasswordReset,
    SignOffDesk,
    User,
)
from matchmaker.people.passwords import token_hash
from matchmaker.people.states import MANAGERS, STAFF, WRITERS, OrganizationKind, OrganizationState, Role


def user_by_email(email: str) -> User | None:
    return db.session.execute(
        select(User).where(User.email == email.strip().lower(), User.active)
    ).scalar_one_or_none()


def user_by_id(user_id: int) -> User | None:
    return db.session.execute(select(User).where(User.id == user_id, User.active)).scalar_one_or_none()


def memberships_of(user_id: int) -> Sequence[Membership]:
    """Where the person belongs, with the organisations, in order of name."""
    return (
        db.session.execute(
            select(Membership)
            .join(Membership.organization)
            .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
            .options(joinedload(Membership.organization))
            .order_by(Organization.name_zh)
        )
        .scalars()
        .all()
    )


def actor_of(user: User, organization_id: int | None) -> Actor:
    """The person acting for one of their organisations, or for none."""
    row = db.session.execute(
        select(Membership, Organization)
        .join(Membership.organization)
        .where(
            Membership.user_id == user.id,
            Membership.organization_id == (organization_id or 0),
            Membership.ended_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return Actor(user.id, user.ref, user.name, user.language)
    membership, organization = row
    return Actor(
        user.id,
        user.ref,
        user.name,
        user.language,
        organization.id,
        organization.ref,
        organization.kind,
        membership.role,
        organization.state is OrganizationState.CONFIRMED,
    )


def _organizations() -> Select[Organization]:
    return select(Organization).options(joinedload(Organization.county), joinedload(Organization.profile))


def organization_for(actor: Actor | None, ref: str) -> Organization:
    """An organisation that this person may see: confirmed ones everybody, others staff and their own people."""
    row = db.session.execute(_organizations().where(Organization.ref == ref)).scalar_one_or_none()
    if row is None:
        raise NotFound
    visible = row.state is OrganizationState.CONFIRMED and row.kind is not OrganizationKind.PROGRAMME
    if not visible and not (actor is not None and (actor.is_staff or actor.is_of(row.id))):
        raise NotFound
    return row


def own_organization(actor: Actor) -> Organization:
    """The organisation that the person acts for."""
    row = db.session.execute(
        _organizations().where(Organization.id == (actor.organization_id or 0))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def organization_by_id(organization_id: int) -> Organization:
    return db.session.execute(_organizations().where(Organization.id == organization_id)).scalar_one()


def is_registered(
    *, ubn: str | None = None, agency_code: str | None = None, besides: int | None = None
) -> bool:
    """Does another organisation carry this number already?"""
    numbers = []
    if ubn:
        numbers.append(Organization.ubn == ubn)
    if agency_code:
        numbers.append(Organization.agency_code == agency_code)
    if not numbers:
        return False
    query = select(func.count(Organization.id)).where(or_(*numbers), Organization.id != (besides or 0))
    return bool(db.session.scalar(query))


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a page and how many there are in all."""

    rows: Sequence[Organization]
    total: int


def list_organizations(
    *, state: OrganizationState | None, kind: OrganizationKind | None, words: str, offset: int, limit: int
) -> Listed:
    """The staff's list of organisations."""
    query = select(Organization).where(Organization.kind != OrganizationKind.PROGRAMME)
    if state is not None:
        query = query.where(Organization.state == state)
    if kind is not None:
        query = query.where(Organization.kind == kind)
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        query = query.where(
            or_(Organization.name_zh.ilike(like), Organization.name_en.ilike(like), Organization.ubn == words)
        )
    total = db.session.scalar(
        select(func.count()).select_from(query.with_only_columns(Organization.id).subquery())
    )
    rows = db.session.execute(
        query.options(joinedload(Organization.county))
        .order_by(Organization.created_at.desc(), Organization.id.desc())
        .offset(offset)
        .limit(limit)
    ).scalars()
    return Listed(rows.all(), total or 0)


def count_waiting() -> int:
    """How many registrations wait for staff."""
    return (
        db.session.scalar(
            select(func.count(Organization.id)).where(Organization.state == OrganizationState.PENDING)
        )
        or 0
    )


def confirmed_startups(limit: int | None = None) -> Sequence[Organization]:
    """Confirmed startups with their profiles."""
    query = (
        _organizations()
        .where(
            Organization.kind == OrganizationKind.STARTUP, Organization.state == OrganizationState.CONFIRMED
        )
        .order_by(Organization.name_zh)
        .limit(limit)
    )
    return db.session.execute(query).scalars().all()


def counties() -> Sequence[County]:
    return db.session.execute(select(County).order_by(County.position)).scalars().all()


def members_of(organization_id: int) -> Sequence[Membership]:
    """The live members with their persons."""
    return (
        db.session.execute(
            select(Membership)
            .where(Membership.organization_id == organization_id, Membership.ended_at.is_(None))
            .options(joinedload(Membership.user), joinedload(Membership.organization))
            .order_by(Membership.id)
        )
        .scalars()
        .all()
    )


def member_for(actor: Actor, ref: str) -> Membership:
    """A live membership of the person's own organisation."""
    row = db.session.execute(
        select(Membership)
        .where(
            Membership.ref == ref,
            Membership.organization_id == (actor.organization_id or 0),
            Membership.ended_at.is_(None),
        )
        .options(joinedload(Membership.user), joinedload(Membership.organization))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def count_managers(organization_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count(Membership.id)).where(
                Membership.organization_id == organization_id,
                Membership.ended_at.is_(None),
                Membership.role.in_(MANAGERS),
            )
        )
        or 0
    )


def desks_of(organization_id: int) -> Sequence[SignOffDesk]:
    """The agency's sign-off desks with holders and deputies."""
    return (
        db.session.execute(
            select(SignOffDesk)
            .where(SignOffDesk.organization_id == organization_id)
            .options(
                joinedload(SignOffDesk.holder).joinedload(Membership.user),
                joinedload(SignOffDesk.deputy).joinedload(Membership.user),
            )
        )
        .scalars()
        .all()
    )


def invitations_of(organization_id: int) -> Sequence[Invitation]:
    """Invitations that are neither taken up nor withdrawn."""
    return (
        db.session.execute(
            select(Invitation)
            .where(
                Invitation.organization_id == organization_id,
                Invitation.accepted_at.is_(None),
                Invitation.withdrawn_at.is_(None),
            )
            .order_by(Invitation.id)
        )
        .scalars()
        .all()
    )


def invitation_for(actor: Actor, ref: str) -> Invitation:
    row = db.session.execute(
        select(Invitation).where(
            Invitation.ref == ref, Invitation.organization_id == (actor.organization_id or 0)
        )
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def invitation_by_token(secret: str) -> Invitation:
    """The invitation behind a mailed address, whatever its state; NotFound for a made-up one."""
    row = db.session.execute(
        select(Invitation)
        .where(Invitation.token_hash == token_hash(secret))
        .options(joinedload(Invitation.organization))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def reset_by_token(secret: str, now: datetime) -> PasswordReset:
    """A reset that can still be used; NotFound otherwise."""
    row = db.session.execute(
        select(PasswordReset).where(PasswordReset.token_hash == token_hash(secret))
    ).scalar_one_or_none()
    if row is None or row.used_at is not None or now >= row.expires_at:
        raise NotFound
    return row


def jurors() -> Sequence[Membership]:
    """Everybody in the pool of jurors."""
    return (
        db.session.execute(
            select(Membership)
            .join(Membership.organization)
            .join(Membership.user)
            .where(
                Organization.kind == OrganizationKind.PROGRAMME,
                Membership.role == Role.JUROR,
                Membership.ended_at.is_(None),
            )
            .options(joinedload(Membership.user))
            .order_by(User.name)
        )
        .scalars()
        .all()
    )


def _recipients(query: Select[User]) -> list[Recipient]:
    users = db.session.execute(query.where(User.active).distinct()).scalars()
    return [recipient(user) for user in users]


def recipient(user: User) -> Recipient:
    """The person as a recipient of mail."""
    return Recipient(user.email, user.name, user.language)


def writers_of(organization_id: int) -> list[Recipient]:
    """Owners and editors of an organisation, to be told of its affairs."""
    return _recipients(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == organization_id,
            Membership.ended_at.is_(None),
            Membership.role.in_(WRITERS | MANAGERS),
        )
    )


def everybody_of(organization_id: int) -> list[Recipient]:
    """All people of an organisation."""
    return _recipients(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == organization_id, Membership.ended_at.is_(None))
    )


def staff() -> list[Recipient]:
    """The programme office's officers and directors."""
    return _recipients(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(
            Organization.kind == OrganizationKind.PROGRAMME,
            Membership.ended_at.is_(None),
            Membership.role.in_(STAFF),
        )
    )


def names_by_ref(refs: Sequence[str]) -> dict[str, str]:
    """The display names behind audit pseudonyms."""
    rows = db.session.execute(select(User.ref, User.name).where(User.ref.in_(set(refs))))
    return dict(rows)
