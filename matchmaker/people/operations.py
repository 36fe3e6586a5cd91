"""Verbs on organisations and their people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from matchmaker.foundation import audit, bus, sessions
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, require
from matchmaker.kernel.identifiers import InvalidIdentifier, parse_agency_code, parse_ubn
from matchmaker.kernel.words import N_
from matchmaker.people import passwords, policies, queries
from matchmaker.people.actor import Actor
from matchmaker.people.events import (
    Invited,
    OrganizationChanged,
    OrganizationDecided,
    OrganizationRegistered,
    PasswordChanged,
    ProfileChanged,
    ResetAsked,
)
from matchmaker.people.facts import OrganizationFacts, ProfileFacts
from matchmaker.people.models import (
    Invitation,
    Membership,
    Organization,
    PasswordReset,
    SignOffDesk,
    StartupProfile,
    User,
)
from matchmaker.people.states import (
    ORGANIZATION_LIFE,
    AgencyKind,
    OrganizationKind,
    OrganizationState,
    Role,
    SignOffRole,
)

RESET_LIVES = timedelta(hours=1)
INVITATION_LIVES = timedelta(days=7)

UBN_TAKEN = Reason(
    "people.ubn_taken",
    N_("An organisation with this number is registered already. Ask its owner to invite you."),
)
CODE_TAKEN = Reason(
    "people.code_taken", N_("An agency with this code is registered already. Ask its owner to invite you.")
)
UBN_NEEDED = Reason("people.ubn_needed", N_("A startup needs its Unified Business Number."))
FOUNDED_NEEDED = Reason("people.founded_needed", N_("Enter the day of founding in the company register."))
FOUNDED_AHEAD = Reason("people.founded_ahead", N_("The day of founding lies in the future."))
AGENCY_KIND_NEEDED = Reason("people.agency_kind_needed", N_("Choose the kind of agency."))
COUNTY_NEEDED = Reason("people.county_needed", N_("Choose the county or city."))
EMAIL_TAKEN = Reason(
    "people.email_taken",
    N_("This address has an account already. Sign in first, then register the organisation."),
)
ALREADY_MEMBER = Reason("people.already_member", N_("This person belongs to the organisation already."))


def _check_facts(facts: OrganizationFacts, today: date, besides: int | None = None) -> OrganizationFacts:
    """Normalise the numbers and refuse what cannot be; raises Invalid with every problem at once."""
    problems: dict[str, Denied] = {}
    ubn, code = facts.ubn or None, facts.agency_code or None
    is_agency = facts.kind is OrganizationKind.AGENCY
    try:
        ubn = parse_ubn(ubn) if ubn else None
    except InvalidIdentifier as error:
        problems["ubn"] = deny(error.reason)
    try:
        code = parse_agency_code(code) if code and is_agency else None
    except InvalidIdentifier as error:
        problems["agency_code"] = deny(error.reason)
    if facts.kind is OrganizationKind.STARTUP:
        if ubn is None:
            problems.setdefault("ubn", deny(UBN_NEEDED))
        if facts.founded_on is None:
            problems["founded_on"] = deny(FOUNDED_NEEDED)
    if facts.founded_on is not None and facts.founded_on > today:
        problems["founded_on"] = deny(FOUNDED_AHEAD)
    if is_agency and facts.agency_kind is None:
        problems["agency_kind"] = deny(AGENCY_KIND_NEEDED)
    if is_agency and facts.agency_kind in (AgencyKind.LOCAL, AgencyKind.COUNCIL) and facts.county_id is None:
        problems["county_id"] = deny(COUNTY_NEEDED)
    if "ubn" not in problems and queries.is_registered(ubn=ubn, besides=besides):
        problems["ubn"] = deny(UBN_TAKEN)
    if "agency_code" not in problems and queries.is_registered(agency_code=code, besides=besides):
        problems["agency_code"] = deny(CODE_TAKEN)
    if problems:
        raise Invalid(problems)
    return OrganizationFacts(
        kind=facts.kind,
        name_zh=facts.name_zh,
        name_en=facts.name_en,
        ubn=ubn,
        agency_kind=facts.agency_kind if is_agency else None,
        agency_code=code,
        agency_oid=facts.agency_oid or None,
        county_id=facts.county_id,
        founded_on=facts.founded_on,
        website=facts.website,
        email=facts.email,
        phone=facts.phone,
        fictitious=facts.fictitious,
    )


FACTS = (
    "name_zh",
    "name_en",
    "ubn",
    "agency_kind",
    "agency_code",
    "agency_oid",
    "county_id",
    "founded_on",
    "website",
    "email",
    "phone",
    "fictitious",
)


def create_user(
    *, email: str, name: str, at: datetime, password: str | None = None, language: str = "zh_Hant_TW"
) -> User:
    """A new account; the password is checked against the rules. Raises Invalid."""
    address = email.strip().lower()
    if queries.user_by_email(address) is not None:
        raise Invalid({"email": deny(EMAIL_TAKEN)})
    if password is not None:
        decision = passwords.check(password, name, address.partition("@")[0])
        if isinstance(decision, Denied):
            raise Invalid({"password": decision})
    user = User(
        email=address,
        name=name,
        language=language,
        password_hash=passwords.make(password) if password else None,
        active=True,
        created_at=at,
    )
    db.session.add(user)
    db.session.flush()
    audit.record(type="user.created", subject=user.subject, actor_ref=user.ref, at=at)
    return user


def _join(
    user: User,
    organization: Organization,
    role: Role,
    at: datetime,
    expert: bool = False,
    occupation: str = "",
) -> Membership:
    membership = Membership(
        user=user,
        organization=organization,
        role=role,
        since=at,
        external_expert=expert,
        occupation=occupation,
    )
    db.session.add(membership)
    db.session.flush()
    audit.record(
        type="membership.began",
        subject=organization.subject,
        actor_ref=user.ref,
        at=at,
        body={"user": user.ref, "role": role},
    )
    return membership


def register(*, facts: OrganizationFacts, by: User, at: datetime) -> Organization:
    """Sign up an organisation; the person becomes its owner, staff confirm it."""
    checked = _check_facts(facts, local_day(at))
    organization = Organization(
        kind=checked.kind,
        state=OrganizationState.PENDING,
        created_at=at,
        **{name: getattr(checked, name) for name in FACTS},
    )
    organization.touch(by=by.name, at=at)
    if checked.kind is OrganizationKind.STARTUP:
        organization.profile = StartupProfile(domains=[], tags=[])
    db.session.add(organization)
    db.session.flush()
    role = Role.DIRECTOR if checked.kind is OrganizationKind.PROGRAMME else Role.OWNER
    _join(by, organization, role, at)
    audit.record(
        type="organization.registered",
        subject=organization.subject,
        actor_ref=by.ref,
        at=at,
        body={"name": organization.name_zh, "kind": organization.kind},
    )
    bus.publish(OrganizationRegistered(at=at, organization=organization, by=by))
    return organization


def update_organization(
    *,
    organization: Organization,
    facts: OrganizationFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None,
) -> None:
    """Change the facts. Kind and, once confirmed, the founding day and numbers are staff's to change."""
    organization = lock(Organization, organization.id)
    require(policies.can_edit_organization(by, organization))
    check_version(organization, expected_version)
    checked = _check_facts(facts, local_day(at), besides=organization.id)
    fixed = organization.state is OrganizationState.CONFIRMED and not by.is_staff
    kept = {"ubn", "agency_code", "founded_on", "agency_kind"} if fixed else set()
    changes = {}
    for name in FACTS:
        if name in kept or name == "fictitious":
            continue
        old, new = getattr(organization, name), getattr(checked, name)
        if old != new:
            changes[name] = [str(old or ""), str(new or "")]
            setattr(organization, name, new)
    if not changes:
        return
    organization.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(
        type="organization.changed",
        subject=organization.subject,
        actor_ref=by.ref,
        at=at,
        body={"changes": changes},
    )
    bus.publish(OrganizationChanged(at=at, organization=organization))


def decide(
    *,
    organization: Organization,
    move: str,
    reason: str,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> None:
    """Confirm, decline, suspend or restore a registration; a no carries its reason."""
    organization = lock(Organization, organization.id)
    require(policies.can_decide(by, organization, move))
    check_version(organization, expected_version)
    organization.state = ORGANIZATION_LIFE.next(move, organization.state)
    organization.decided_at, organization.decision_reason = at, reason
    organization.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(
        type=f"organization.{move}",
        subject=organization.subject,
        actor_ref=by.ref,
        at=at,
        body={"reason": reason},
    )
    bus.publish(OrganizationDecided(at=at, organization=organization, move=move))


def ask_again(*, organization: Organization, by: Actor, at: datetime) -> None:
    """Hand in a declined registration once more, after its facts were mended."""
    organization = lock(Organization, organization.id)
    require(policies.can_ask_again(by, organization))
    organization.state = ORGANIZATION_LIFE.next("resubmit", organization.state)
    organization.decided_at = None
    organization.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(type="organization.resubmit", subject=organization.subject, actor_ref=by.ref, at=at)
    bus.publish(OrganizationChanged(at=at, organization=organization))


def update_profile(
    *, organization: Organization, facts: ProfileFacts, by: Actor, at: datetime, expected_version: int | None
) -> None:
    """Change what the startup offers; suggestions are computed anew."""
    require(policies.can_edit_profile(by, organization))
    if organization.profile is None:
        organization.profile = StartupProfile(domains=[], tags=[])
        db.session.flush()
    profile = lock(StartupProfile, organization.profile.id)
    check_version(profile, expected_version)
    for name in ProfileFacts.__dataclass_fields__:
        value = getattr(facts, name)
        setattr(profile, name, list(value) if isinstance(value, tuple) else value)
    profile.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(type="profile.changed", subject=organization.subject, actor_ref=by.ref, at=at)
    bus.publish(ProfileChanged(at=at, organization=organization))


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
    """Offer a role to an address; the mail with its secret leaves after the commit."""
    require(policies.can_manage_people(by, organization))
    require(policies.can_take_role(organization, role))
    address = email.strip().lower()
    if any(m.user.email == address for m in queries.members_of(organization.id)):
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
    if invitation.accepted_at is not None:
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
    """Take up an invitation with the account of its address; who left before comes back."""
    require(policies.can_accept(user, invitation, at))
    invitation = lock(Invitation, invitation.id)
    require(policies.can_accept(user, invitation, at))
    invitation.accepted_at = at
    organization = queries.organization_by_id(invitation.organization_id)
    before = _membership(user.id, organization.id)
    if before is not None:
        before.ended_at, before.role, before.since = None, invitation.role, at
        before.external_expert, before.occupation = invitation.external_expert, invitation.occupation
        db.session.flush()
        audit.record(
            type="membership.began",
            subject=organization.subject,
            actor_ref=user.ref,
            at=at,
            body={"user": user.ref, "role": before.role},
        )
        return before
    return _join(user, organization, invitation.role, at, invitation.external_expert, invitation.occupation)


def _membership(user_id: int, organization_id: int) -> Membership | None:
    return (
        db.session.query(Membership).filter_by(user_id=user_id, organization_id=organization_id).one_or_none()
    )


def change_role(*, membership: Membership, role: Role, by: Actor, at: datetime) -> None:
    """Give a member another role; the last owner stays owner."""
    organization = membership.organization
    require(policies.can_manage_people(by, organization))
    require(policies.can_take_role(organization, role))
    lock(Organization, organization.id)
    if membership.role != role and membership.role in policies.MANAGERS and role not in policies.MANAGERS:
        require(policies.can_end_membership(by, membership, queries.count_managers(organization.id)))
    old, membership.role = membership.role, role
    db.session.flush()
    audit.record(
        type="membership.role_changed",
        subject=organization.subject,
        actor_ref=by.ref,
        at=at,
        body={"user": membership.user.ref, "from": old, "to": role},
    )


def end_membership(*, membership: Membership, by: Actor, at: datetime) -> None:
    """Let a member go; their rights end with their next request."""
    organization = membership.organization
    lock(Organization, organization.id)
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
    require(policies.can_manage_people(by, organization))
    desk = next((d for d in queries.desks_of(organization.id) if d.role is role), None)
    if holder is None:
        if desk is not None:
            db.session.delete(desk)
    elif desk is None:
        db.session.add(
            SignOffDesk(
                organization_id=organization.id,
                role=role,
                holder_id=holder.id,
                deputy_id=deputy.id if deputy else None,
            )
        )
    else:
        desk.holder_id, desk.deputy_id = holder.id, deputy.id if deputy else None
    db.session.flush()
    audit.record(
        type="desk.seated",
        subject=organization.subject,
        actor_ref=by.ref,
        at=at,
        body={"desk": role, "holder": holder.user.ref if holder else None},
    )


def ask_reset(*, email: str, at: datetime) -> None:
    """Send a way to set a new password, if the address has an account; the answer never tells."""
    user = queries.user_by_email(email)
    if user is not None:
        bus.publish(ResetAsked(at=at, user=user))


def set_password(*, reset: PasswordReset, password: str, at: datetime) -> User:
    """Use a reset: new password, all sign-ins of the person end."""
    reset = lock(PasswordReset, reset.id)
    user = queries.user_by_id(reset.user_id)
    if user is None or reset.used_at is not None or at >= reset.expires_at:
        raise Refused(deny(policies.INVITATION_OVER))
    _change_password(user, password, at)
    reset.used_at = at
    user.confirmed_at = user.confirmed_at or at
    sessions.end(user_id=user.id, at=at)
    return user


WRONG_PASSWORD = Reason("people.wrong_password", N_("This is not your present password."))


def change_password(
    *, user: User, present: str, password: str, keep_sign_in: int | None, at: datetime
) -> None:
    """A new password chosen by its owner; the other sign-ins end."""
    if not passwords.matches(present, user.password_hash):
        raise Invalid({"present": deny(WRONG_PASSWORD)})
    _change_password(user, password, at)
    sessions.end(user_id=user.id, at=at, keep=keep_sign_in)


def _change_password(user: User, password: str, at: datetime) -> None:
    decision = passwords.check(password, user.name, user.email.partition("@")[0])
    if isinstance(decision, Denied):
        raise Invalid({"password": decision})
    user.password_hash = passwords.make(password)
    user.touch(by=user.name, at=at)
    db.session.flush()
    audit.record(type="user.password_changed", subject=user.subject, actor_ref=user.ref, at=at)
    bus.publish(PasswordChanged(at=at, user=user))


def update_user(*, user: User, name: str, language: str, at: datetime) -> None:
    """Change one's own name and language."""
    user.name, user.language = name, language
    user.touch(by=name, at=at)
    db.session.flush()
    audit.record(type="user.changed", subject=user.subject, actor_ref=user.ref, at=at)


def mint_reset(params: Mapping[str, Any], at: datetime) -> str:
    """For the outbox: the secret address of a password reset, made while its mail is being sent."""
    user = db.session.query(User).filter_by(ref=params["user"]).one()
    secret, hashed = passwords.token()
    db.session.add(
        PasswordReset(user_id=user.id, token_hash=hashed, purpose="reset", expires_at=at + RESET_LIVES)
    )
    db.session.flush()
    return f"/password/{secret}"


def mint_invitation(params: Mapping[str, Any], at: datetime) -> str:
    """For the outbox: the secret address of an invitation, made while its mail is being sent."""
    invitation = db.session.query(Invitation).filter_by(ref=params["invitation"]).one()
    secret, hashed = passwords.token()
    invitation.token_hash, invitation.expires_at = hashed, at + INVITATION_LIVES
    db.session.flush()
    return f"/invitations/{secret}"
