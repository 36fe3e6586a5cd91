"""Verbs on organisations: registration, the word of the programme office, facts and profile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.identifiers import InvalidIdentifier, parse_agency_code, parse_oid, parse_ubn
from matchmaker.kernel.words import N_
from matchmaker.people import policies, queries
from matchmaker.people.actor import Actor
from matchmaker.people.events import (
    OrganizationChanged,
    OrganizationDecided,
    OrganizationRegistered,
    ProfileChanged,
)
from matchmaker.people.facts import OrganizationFacts, PersonFacts, ProfileFacts
from matchmaker.people.models import Organization, StartupProfile, User
from matchmaker.people.operations.accounts import create_user
from matchmaker.people.operations.members import join
from matchmaker.people.states import (
    ORGANIZATION_LIFE,
    AgencyKind,
    OrganizationKind,
    OrganizationState,
    Role,
)

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
REASON_NEEDED = Reason("people.reason_needed", N_("Give the reason: it is sent to the organisation."))

NEEDS_COUNTY = frozenset({AgencyKind.LOCAL, AgencyKind.COUNCIL})
NEEDS_REASON = frozenset({"decline", "suspend"})
FACTS = tuple(name for name in OrganizationFacts.__dataclass_fields__ if name != "kind")


def _check_facts(facts: OrganizationFacts, today: date, besides: int | None = None) -> OrganizationFacts:
    """Normalise the numbers and refuse what cannot be; raises Invalid with every problem at once."""
    if facts.kind is not OrganizationKind.AGENCY:
        facts = replace(facts, agency_kind=None, agency_code=None, agency_oid=None)
    problems: dict[str, Denied] = {}
    numbers: dict[str, Any] = {}
    for name, parse in (("ubn", parse_ubn), ("agency_code", parse_agency_code), ("agency_oid", parse_oid)):
        typed = getattr(facts, name)
        try:
            numbers[name] = parse(typed) if typed else None
        except InvalidIdentifier as error:
            problems[name] = deny(error.reason)
    facts = replace(facts, **numbers)
    if facts.kind is OrganizationKind.STARTUP:
        if not facts.ubn:
            problems["ubn"] = deny(UBN_NEEDED)
        if facts.founded_on is None:
            problems["founded_on"] = deny(FOUNDED_NEEDED)
    if facts.founded_on is not None and facts.founded_on > today:
        problems["founded_on"] = deny(FOUNDED_AHEAD)
    if facts.kind is OrganizationKind.AGENCY and facts.agency_kind is None:
        problems["agency_kind"] = deny(AGENCY_KIND_NEEDED)
    if facts.agency_kind in NEEDS_COUNTY and facts.county_id is None:
        problems["county_id"] = deny(COUNTY_NEEDED)
    if "ubn" not in problems and queries.is_registered(ubn=facts.ubn, besides=besides):
        problems["ubn"] = deny(UBN_TAKEN)
    if "agency_code" not in problems and queries.is_registered(
        agency_code=facts.agency_code, besides=besides
    ):
        problems["agency_code"] = deny(CODE_TAKEN)
    if problems:
        raise Invalid(problems)
    return facts


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
    audit.record(
        type="organization.registered",
        subject=organization.subject,
        actor_ref=by.ref,
        at=at,
        body={"name": organization.name_zh, "kind": organization.kind},
    )
    role = Role.DIRECTOR if checked.kind is OrganizationKind.PROGRAMME else Role.OWNER
    join(user=by, organization=organization, role=role, at=at)
    bus.publish(OrganizationRegistered(at=at, organization=organization))
    return organization


def sign_up(*, facts: OrganizationFacts, person: PersonFacts, at: datetime) -> tuple[User, Organization]:
    """Register an organisation together with the account of its first owner.

    Raises Invalid with the problems of both at once; those of the person's address stand at ``person_email``.
    """
    problems: dict[str, Denied] = {}
    user = None
    try:
        _check_facts(facts, local_day(at))
    except Invalid as invalid:
        problems |= invalid.problems
    try:
        user = create_user(
            email=person.email, name=person.name, password=person.password, language=person.language, at=at
        )
    except Invalid as invalid:
        problems |= {{"email": "person_email"}.get(name, name): no for name, no in invalid.problems.items()}
    if user is None or problems:
        raise Invalid(problems)
    return user, register(facts=facts, by=user, at=at)


def update_organization(
    *,
    organization: Organization,
    facts: OrganizationFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None,
) -> None:
    """Change the facts; those that the programme office has confirmed stay as they are, but for staff."""
    organization = lock(Organization, organization.id)
    require(policies.can_edit_organization(by, organization))
    check_version(organization, expected_version)
    kept = policies.fixed_facts(by, organization) | {"kind", "fictitious"}
    stored: dict[str, Any] = {name: getattr(organization, name) for name in kept}
    checked = _check_facts(replace(facts, **stored), local_day(at), besides=organization.id)
    changes = {}
    for name in FACTS:
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
    if move in NEEDS_REASON and not reason.strip():
        raise Invalid({"reason": deny(REASON_NEEDED)})
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
    """Hand in a declined registration once more, after its facts were mended; staff are told."""
    organization = lock(Organization, organization.id)
    require(policies.can_ask_again(by, organization))
    organization.state = ORGANIZATION_LIFE.next("resubmit", organization.state)
    organization.decided_at = None
    organization.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(type="organization.resubmit", subject=organization.subject, actor_ref=by.ref, at=at)
    bus.publish(OrganizationRegistered(at=at, organization=organization))


def update_profile(
    *, organization: Organization, facts: ProfileFacts, by: Actor, at: datetime, expected_version: int | None
) -> None:
    """Change what the startup offers; suggestions are computed anew. NotFound for who is no startup."""
    organization = lock(Organization, organization.id)
    require(policies.can_edit_profile(by, organization))
    profile = queries.profile_of(organization.id)
    check_version(profile, expected_version)
    for name in ProfileFacts.__dataclass_fields__:
        value = getattr(facts, name)
        setattr(profile, name, list(value) if isinstance(value, tuple) else value)
    profile.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(type="profile.changed", subject=organization.subject, actor_ref=by.ref, at=at)
    bus.publish(ProfileChanged(at=at, organization=organization))
