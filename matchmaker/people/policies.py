"""Who may do what to organisations and their people."""

from __future__ import annotations

from datetime import datetime

from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.models import Invitation, Membership, Organization, PasswordReset
from matchmaker.people.states import (
    MANAGERS,
    ORGANIZATION_LIFE,
    ROLES_OF,
    WRITERS,
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
LAST_DIRECTOR = Reason(
    "people.last_director",
    N_("The programme office needs at least one director. Make another person director first."),
)
WRONG_ROLE = Reason("people.wrong_role", N_("This role does not exist in this kind of organisation."))
NOT_AGENCY = Reason("people.not_agency", N_("Only agencies have sign-off desks."))
INVITATION_OVER = Reason(
    "people.invitation_over", N_("This invitation has ended or was used already. Ask for a new one.")
)
RESET_OVER = Reason(
    "people.reset_over",
    N_("This address for a new password has ended or was used already. Ask for a new one."),
)
OTHER_ADDRESS = Reason("people.other_address", N_("This invitation was sent to another e-mail address."))
SELF_CONFIRM = Reason("people.self_confirm", N_("You cannot decide on your own organisation."))

FIXED: dict[OrganizationKind, frozenset[str]] = {
    OrganizationKind.AGENCY: frozenset(
        {"name_zh", "ubn", "agency_kind", "agency_code", "agency_oid", "county_id"}
    ),
    OrganizationKind.STARTUP: frozenset({"name_zh", "ubn", "founded_on"}),
    OrganizationKind.PARTNER: frozenset({"name_zh", "ubn"}),
    OrganizationKind.PROGRAMME: frozenset(),
}
"""What the programme office vouches for by confirming an organisation: from then on only it can change these."""


def _state_allows(organization: Organization, move: str) -> Decision:
    if ORGANIZATION_LIFE.can(move, organization.state):
        return ALLOWED
    return deny(WRONG_STATE, state=ORGANIZATION_LIFE.info(organization.state))


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
    if actor.is_staff or (actor.is_of(organization.id) and actor.is_manager):
        return ALLOWED
    return deny(NOT_DIRECTOR if organization.kind is OrganizationKind.PROGRAMME else NOT_MANAGER)


def fixed_facts(actor: Actor, organization: Organization) -> frozenset[str]:
    """The facts that this person cannot change: those that the programme office has confirmed."""
    settled = organization.state in (OrganizationState.CONFIRMED, OrganizationState.SUSPENDED)
    return FIXED[organization.kind] if settled and not actor.is_staff else frozenset()


def can_edit_profile(actor: Actor, organization: Organization) -> Decision:
    """May this person change the startup's profile? Owners and editors, also while waiting."""
    if actor.is_of(organization.id) and actor.role in WRITERS:
        return ALLOWED
    return deny(NOT_WRITER)


def can_see_people(actor: Actor, organization: Organization) -> Decision:
    """May this person see who belongs to the organisation? Jurors do not learn who else is in the pool."""
    if actor.is_staff or (actor.is_of(organization.id) and not actor.is_juror):
        return ALLOWED
    return deny(NOT_STAFF)


def can_see_contact(actor: Actor | None, organization: Organization) -> Decision:
    """May this person see the e-mail address and telephone? People of confirmed organisations, not everybody."""
    if actor is not None and (actor.confirmed or actor.is_of(organization.id)):
        return ALLOWED
    return deny(NOT_CONFIRMED)


def can_manage_people(actor: Actor, organization: Organization) -> Decision:
    """May this person change roles and desks? Owners of their own, directors of the programme office."""
    if actor.is_of(organization.id) and actor.role in MANAGERS:
        return ALLOWED
    return deny(NOT_DIRECTOR if organization.kind is OrganizationKind.PROGRAMME else NOT_MANAGER)


def can_invite(actor: Actor, organization: Organization) -> Decision:
    """May this person invite? Only for a confirmed organisation: nobody sends mail under a name not yet checked."""
    decision = can_manage_people(actor, organization)
    if decision and not actor.confirmed:
        return deny(NOT_CONFIRMED)
    return decision


def can_seat(actor: Actor, organization: Organization) -> Decision:
    """May this person say who sits at the sign-off desks? Owners of an agency (R-015)."""
    if organization.kind is not OrganizationKind.AGENCY:
        return deny(NOT_AGENCY)
    return can_manage_people(actor, organization)


def can_take_role(organization: Organization, role: Role) -> Decision:
    """Does the role exist in this kind of organisation?"""
    return ALLOWED if role in ROLES_OF[organization.kind] else deny(WRONG_ROLE)


def can_lose_manager(membership: Membership, managers: int) -> Decision:
    """Would the organisation keep an owner or director without this one? ``managers`` counts the live ones."""
    if membership.role not in MANAGERS or managers > 1:
        return ALLOWED
    return deny(LAST_DIRECTOR if membership.role is Role.DIRECTOR else LAST_OWNER)


def can_end_membership(actor: Actor, membership: Membership, managers: int) -> Decision:
    """May this person end the membership? One's own everybody, another's those who manage people."""
    own = actor.user_id == membership.user_id and actor.is_of(membership.organization_id)
    decision = ALLOWED if own else can_manage_people(actor, membership.organization)
    return can_lose_manager(membership, managers) if decision else decision


def can_accept(address: str, invitation: Invitation, now: datetime) -> Decision:
    """May the owner of this e-mail address take up the invitation?"""
    over = (
        invitation.accepted_at is not None
        or invitation.withdrawn_at is not None
        or invitation.expires_at is None
        or now >= invitation.expires_at
    )
    if over:
        return deny(INVITATION_OVER)
    if address != invitation.email:
        return deny(OTHER_ADDRESS)
    return ALLOWED


def can_use_reset(reset: PasswordReset, now: datetime) -> Decision:
    """Does the mailed address for a new password still work? Once, and for an hour."""
    if reset.used_at is not None or now >= reset.expires_at:
        return deny(RESET_OVER)
    return ALLOWED


def can_write(actor: Actor, organization_id: int) -> Decision:
    """May this person write for the organisation at all? The first question of most policies."""
    if not actor.is_of(organization_id) or actor.role not in WRITERS:
        return deny(NOT_WRITER)
    return ALLOWED if actor.confirmed else deny(NOT_CONFIRMED)
