"""Reads of accounts: who somebody is, for whom they act, who gets mail."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from matchmaker.foundation.db import db
from matchmaker.foundation.outbox import Recipient
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor
from matchmaker.people.models import Membership, Organization, PasswordReset, User
from matchmaker.people.passwords import token_hash
from matchmaker.people.states import MANAGERS, STAFF, WRITERS, OrganizationKind, OrganizationState


def user_by_email(email: str) -> User | None:
    """The account of an address, where it is live."""
    return db.session.execute(
        select(User).where(User.email == email.strip().lower(), User.active)
    ).scalar_one_or_none()


def has_account(email: str) -> bool:
    """Is the address taken, be it by an account that is closed?"""
    return bool(db.session.scalar(select(func.count(User.id)).where(User.email == email.strip().lower())))


def user_by_id(user_id: int) -> User | None:
    return db.session.execute(select(User).where(User.id == user_id, User.active)).scalar_one_or_none()


def user_by_ref(ref: str) -> User:
    row = db.session.execute(select(User).where(User.ref == ref)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


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


def reset_by_token(secret: str) -> PasswordReset:
    """The reset behind a mailed address, whatever its state; NotFound for a made-up one."""
    row = db.session.execute(
        select(PasswordReset).where(PasswordReset.token_hash == token_hash(secret))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def open_resets_of(user_id: int) -> Sequence[PasswordReset]:
    """Resets of a person that were not used yet."""
    return (
        db.session.execute(
            select(PasswordReset).where(PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
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
    return {ref: name for ref, name in rows}  # noqa: C416 - dict() would ask the result for keys()
