"""Verbs on the people in an organisation: invitations, roles, sign-off desks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import db, lock
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.people import passwords, policies, queries
from matchmaker.people.actor import Actor
from matchmaker.people.events import Invited
from matchmaker.people.models import Invitation, Membership, Organization, SignOffDesk, User
from matchmaker.people.states import MANAGERS, Role, SignOffRole

INVITATION_LIVES = timedelta(days=7)

ALREADY_MEMBER = Reason("people.already_member", N_("This person belongs to the organisation already."))
HOLDER_NEEDED = Reason("people.holder_needed", N_("Choose who holds the desk before you choose a deputy."))
DEPUTY_IS_HOLDER = Reason("people.deputy_is_holder", N_("The deputy must be another person than the holder."))
NOT_OURS = Reason("people.not_ours", N_("This person does not belong to the organisation any more."))


def join(
    *,
    user: User,
    organization: Organization,
    role: Role,
    at: datetime,
    external_expert: bool = False,
    occupation: str = "",
) -> Membership:
    """Give a person their place in an organisation; who left before comes back to the same one."""
    membership = queries.any_membership(user.id, organization.id)
    if membership is None:
        membership = Membership(user=user, organization=organization)
        db.session.add(membership)
    membership.role, membership.since, membership.ended_at = role, at, None
    membership.external_expert, membership.occupation = external_expert, occupation
    db.session.flush()
    audit.record(
        type="membership.began",
        subject=organization.subject,
        actor_ref=user.ref,
        at=at,
        body={"user": user.ref, "role": role},
    )
    return membership


def invite(
    *,
    organization: Organization,
    email: str,
    role: Role,
    by: Actor,
    at: datetime,
    external_expert: bool = False,
    occupation: str = "",
) -> Invitation:
    """Offer a role to an address; an earlier offer to it ends. The mail with its secret leaves after the commit."""
    organization = lock(Organization, organization.id)
    require(policies.can_invite(by, organization))
    require(policies.can_take_role(organization, role))
    address = email.strip().lower()
    if any(member.user.email == address for member in queries.members_of(organization.id)):
        raise Invalid({"email": deny(ALREADY_MEMBER)})
    for earlier in queries.invitations_of(organization.id):
        if earlier.email == address:
            earlier.withdrawn_at = at
    invitation = Invitation(
        organization_id=organization.id,
        email=address,
        role=role,
        external_expert=external_expert,
        occupation=occupation,
        invited_by=by.name,
        created_at=at,
    )
    db.session.add(invitation)
    db.session.flush()
    audit.record(
        type="invitation.made",
        subject=organization.subject,
        actor_ref=by.ref,
        at=at,
        body={"invitation": invitation.ref, "role": role},
    )
    bus.publish(
        Invited(
            at=at, organization=organization, invitation_ref=invitation.ref, email=address, inviter=by.name
        )
    )
    return invitation


def withdraw_invitation(
    *, invitation: Invitation, organization: Organization, by: Actor, at: datetime
) -> None:
    """Take an invitation back; its address stops working at once."""
    require(policies.can_manage_people(by, organization))
    invitation = lock(Invitation, invitation.id)
    if invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        raise Refused(deny(policies.INVITATION_OVER))
    invitation.withdrawn_at = at
    db.session.flush()
    audit.record(
        type="invitation.withdrawn",
        subject=organization.subject,
        actor_ref=by.ref,
        at=at,
        body={"invitation": invitation.ref},
    )


def accept_invitation(*, invitation: Invitation, user: User, at: datetime) -> Membership:
    """Take up an invitation with the account of its address, which is proven by that."""
    organization = lock(Organization, invitation.organization_id)
    invitation = lock(Invitation, invitation.id)
    require(policies.can_accept(user.email, invitation, at))
    invitation.accepted_at = at
    user.confirmed_at = user.confirmed_at or at
    return join(
        user=user,
        organization=organization,
        role=invitation.role,
        at=at,
        external_expert=invitation.external_expert,
        occupation=invitation.occupation,
    )


def change_role(
    *,
    membership: Membership,
    role: Role,
    by: Actor,
    at: datetime,
    external_expert: bool | None = None,
    occupation: str | None = None,
) -> None:
    """Give a member another role; the last owner stays owner. None leaves a juror's particulars as they are."""
    organization = lock(Organization, membership.organization_id)
    require(policies.can_manage_people(by, organization))
    require(policies.can_take_role(organization, role))
    if role not in MANAGERS:
        require(policies.can_lose_manager(membership, queries.count_managers(organization.id)))
    old, membership.role = membership.role, role
    if external_expert is not None:
        membership.external_expert = external_expert
    if occupation is not None:
        membership.occupation = occupation
    if not db.session.is_modified(membership):
        return
    db.session.flush()
    audit.record(
        type="membership.role_changed",
        subject=organization.subject,
        actor_ref=by.ref,
        at=at,
        body={"user": membership.user.ref, "from": old, "to": role},
    )


def end_membership(*, membership: Membership, by: Actor, at: datetime) -> None:
    """Let a member go, or leave; the rights end with the next request."""
    organization = lock(Organization, membership.organization_id)
    require(policies.can_end_membership(by, membership, queries.count_managers(organization.id)))
    membership.ended_at = at
    for desk in queries.desks_of(organization.id):
        if desk.deputy_id == membership.id:
            desk.deputy_id = None
        if desk.holder_id == membership.id:
            db.session.delete(desk)
    db.session.flush()
    audit.record(
        type="membership.ended",
        subject=organization.subject,
        actor_ref=by.ref,
        at=at,
        body={"user": membership.user.ref},
    )


def seat(
    *,
    organization: Organization,
    role: SignOffRole,
    holder: Membership | None,
    deputy: Membership | None,
    by: Actor,
    at: datetime,
) -> None:
    """Say who sits at a sign-off desk and who stands in; no holder empties the desk (R-015)."""
    organization = lock(Organization, organization.id)
    require(policies.can_seat(by, organization))
    _check_seats(organization, holder, deputy)
    desk = next((d for d in queries.desks_of(organization.id) if d.role is role), None)
    if holder is None:
        if desk is None:
            return
        db.session.delete(desk)
    else:
        if desk is None:
            desk = SignOffDesk(organization_id=organization.id, role=role)
            db.session.add(desk)
        desk.holder_id, desk.deputy_id = holder.id, deputy.id if deputy else None
    db.session.flush()
    audit.record(
        type="desk.seated",
        subject=organization.subject,
        actor_ref=by.ref,
        at=at,
        body={
            "desk": role,
            "holder": holder.user.ref if holder else None,
            "deputy": deputy.user.ref if deputy else None,
        },
    )


def _check_seats(organization: Organization, holder: Membership | None, deputy: Membership | None) -> None:
    problems: dict[str, Denied] = {}
    for name, member in (("holder", holder), ("deputy", deputy)):
        if member is not None and (member.organization_id != organization.id or member.ended_at is not None):
            problems[name] = deny(NOT_OURS)
    if deputy is not None and holder is None:
        problems["holder"] = deny(HOLDER_NEEDED)
    if deputy is not None and holder is not None and deputy.id == holder.id:
        problems["deputy"] = deny(DEPUTY_IS_HOLDER)
    if problems:
        raise Invalid(problems)


def mint_invitation(params: Mapping[str, Any], at: datetime) -> str:
    """For the outbox: the secret address of an invitation, made while its mail is being sent."""
    invitation = queries.invitation_by_ref(params["invitation"])
    secret, hashed = passwords.token()
    invitation.token_hash, invitation.expires_at = hashed, at + INVITATION_LIVES
    db.session.flush()
    return f"/invitations/{secret}"
