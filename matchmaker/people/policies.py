"""Who may do what to organisations and their people."""

from __future__ import annotations

from datetime import datetime

from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny
from matchmaker.kernel.machine import Machine
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.models import Invitation, Membership, Organization, User
from matchmaker.people.states import (
    MANAGERS,
    ORGANIZATION_LIFE,
    ROLES_OF,
    OrganizationKind,
    OrganizationState,
    Role,
)

NOT_STAFF = Reason("people.not_staff", N_("Only the programme office can do this."))
NOT_DIRECTOR = Reason("people.not_director", N_("Only a programme director can do this."))
NOT_MANAGER = Reason("people.not_manager", N_("Only an owner of the organisation can do this."))
NOT_CONFIRMED = Reason(
    "people.not_confirmed",
    N_("The programme office has not confirmed your organisation yet. You will get a mail when it has."),
)
NOT_WRITER = Reason(
    "people.not_writer", N_("Your role may read but not change this. Ask an owner of your organisation.")
)
WRONG_STATE = Reason("people.wrong_state", N_("This is not possible while the registration is “%(state)s”."))
LAST_OWNER = Reason(
    "people.last_owner", N_("The organisation needs at least one owner. Make another person owner first.")
)
WRONG_ROLE = Reason("people.wrong_role", N_("This role does not exist in this kind of organisation."))
INVITATION_OVER = Reason(
    "people.invitation_over", N_("This invitation has ended or was used already. Ask for a new one.")
)
OTHER_ADDRESS = Reason("people.other_address", N_("This invitation was sent to another e-mail address."))
SELF_CONFIRM = Reason("people.self_confirm", N_("You cannot decide on your own organisation."))


def _state_allows(organization: Organization, move: str) -> Decision:
    life: Machine[OrganizationState] = ORGANIZATION_LIFE
    if life.can(move, organization.state):
        return ALLOWED
    return deny(WRONG_STATE, state=life.info(organization.state).label)


def can_decide(actor: Actor, organization: Organization, move: str) -> Decision:
    """May this person confirm, decline, suspend or restore the organisation?"""
    if not actor.is_staff:
        return deny(NOT_STAFF)
    if actor.is_of(organization.id):
        return deny(SELF_CONFIRM)
    return _state_allows(organization, move)


def can_ask_again(actor: Actor, organization: Organization) -> Decision:
    """May this person hand in a declined registration once more?"""
    if not (actor.is_of(organization.id) and actor.is_manager):
        return deny(NOT_MANAGER)
    return _state_allows(organization, "resubmit")


def can_edit_organization(actor: Actor, organization: Organization) -> Decision:
    """May this person change the facts of the organisation? Owners, also while waiting; staff always."""
    if actor.is_staff:
        return ALLOWED
    if not (actor.is_of(organization.id) and actor.is_manager):
        return deny(NOT_MANAGER)
    return ALLOWED


def can_edit_profile(actor: Actor, organization: Organization) -> Decision:
    """May this person change the startup's profile? Owners and editors, also while waiting."""
    if actor.is_of(organization.id) and actor.role in (Role.OWNER, Role.EDITOR):
        return ALLOWED
    return deny(NOT_WRITER)


def can_manage_people(actor: Actor, organization: Organization) -> Decision:
    """May this person invite and change roles? Owners of their own, directors of the programme office."""
    if actor.is_of(organization.id) and actor.role in MANAGERS:
        return ALLOWED
    return deny(NOT_DIRECTOR if organization.kind is OrganizationKind.PROGRAMME else NOT_MANAGER)


def can_take_role(organization: Organization, role: Role) -> Decision:
    """Does the role exist in this kind of organisation?"""
    return ALLOWED if role in ROLES_OF[organization.kind] else deny(WRONG_ROLE)


def can_end_membership(actor: Actor, membership: Membership, managers: int) -> Decision:
    """May this person end the membership? ``managers`` counts the organisation's live owners or directors."""
    decision = can_manage_people(actor, membership.organization)
    if not decision:
        return decision
    if membership.role in MANAGERS and managers <= 1:
        return deny(LAST_OWNER)
    return ALLOWED


def can_accept(user: User, invitation: Invitation, now: datetime) -> Decision:
    """May this person take up the invitation?"""
    over = (
        invitation.accepted_at is not None
        or invitation.withdrawn_at is not None
        or invitation.expires_at is None
        or now >= invitation.expires_at
    )
    if over:
        return deny(INVITATION_OVER)
    if user.email != invitation.email:
        return deny(OTHER_ADDRESS)
    return ALLOWED


def can_write(actor: Actor, organization_id: int) -> Decision:
    """May this person write for the organisation at all? The first question of most policies."""
    if not actor.is_of(organization_id) or actor.role not in (Role.OWNER, Role.EDITOR):
        return deny(NOT_WRITER)
    return ALLOWED if actor.confirmed else deny(NOT_CONFIRMED)
