"""Reads of the people in organisations: members, desks, invitations, the pool of jurors."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor
from matchmaker.people.models import Invitation, Membership, Organization, SignOffDesk, User
from matchmaker.people.passwords import token_hash
from matchmaker.people.states import MANAGERS, OrganizationKind, Role


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


def any_membership(user_id: int, organization_id: int) -> Membership | None:
    """The person's membership of the organisation, live or ended."""
    return db.session.execute(
        select(Membership).where(Membership.user_id == user_id, Membership.organization_id == organization_id)
    ).scalar_one_or_none()


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


def invitation_by_ref(ref: str) -> Invitation:
    row = db.session.execute(select(Invitation).where(Invitation.ref == ref)).scalar_one_or_none()
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
