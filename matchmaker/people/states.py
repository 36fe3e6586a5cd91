"""Kinds, roles and the lifecycle of an organisation's registration."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.machine import Machine, StateInfo, move
from matchmaker.kernel.words import N_


class OrganizationKind(StrEnum):
    """What an organisation is on the platform."""

    AGENCY = "agency"
    STARTUP = "startup"
    PARTNER = "partner"
    PROGRAMME = "programme"


class AgencyKind(StrEnum):
    """Kinds of government bodies that may order (R-007)."""

    CENTRAL = "central"
    LOCAL = "local"
    SCHOOL = "school"
    COUNCIL = "council"
    STATE_OWNED = "state_owned"


class Role(StrEnum):
    """What a person may do in an organisation; a person has one role in each."""

    OWNER = "owner"
    EDITOR = "editor"
    READER = "reader"
    OFFICER = "officer"
    DIRECTOR = "director"
    JUROR = "juror"


class SignOffRole(StrEnum):
    """The four desks of an agency, in the order of the forms (R-015)."""

    CASE_OFFICER = "case_officer"
    SUPERVISOR = "supervisor"
    ACCOUNTANT = "accountant"
    HEAD = "head"


ROLES_OF: dict[OrganizationKind, tuple[Role, ...]] = {
    OrganizationKind.AGENCY: (Role.OWNER, Role.EDITOR, Role.READER),
    OrganizationKind.STARTUP: (Role.OWNER, Role.EDITOR, Role.READER),
    OrganizationKind.PARTNER: (Role.OWNER, Role.EDITOR, Role.READER),
    OrganizationKind.PROGRAMME: (Role.OFFICER, Role.DIRECTOR, Role.JUROR),
}
MANAGERS = frozenset({Role.OWNER, Role.DIRECTOR})
WRITERS = frozenset({Role.OWNER, Role.EDITOR})
STAFF = frozenset({Role.OFFICER, Role.DIRECTOR})

ORGANIZATION_KIND_LABELS = {
    OrganizationKind.AGENCY: N_("Agency"),
    OrganizationKind.STARTUP: N_("Startup"),
    OrganizationKind.PARTNER: N_("Partner"),
    OrganizationKind.PROGRAMME: N_("Programme office"),
}
AGENCY_KIND_LABELS = {
    AgencyKind.CENTRAL: N_("Central agency"),
    AgencyKind.LOCAL: N_("Local agency"),
    AgencyKind.SCHOOL: N_("School"),
    AgencyKind.COUNCIL: N_("Council"),
    AgencyKind.STATE_OWNED: N_("State-owned enterprise"),
}
ROLE_LABELS = {
    Role.OWNER: N_("Owner"),
    Role.EDITOR: N_("Editor"),
    Role.READER: N_("Reader"),
    Role.OFFICER: N_("Programme officer"),
    Role.DIRECTOR: N_("Programme director"),
    Role.JUROR: N_("Juror"),
}
SIGN_OFF_LABELS = {
    SignOffRole.CASE_OFFICER: N_("Case officer"),
    SignOffRole.SUPERVISOR: N_("Business supervisor"),
    SignOffRole.ACCOUNTANT: N_("Chief accountant"),
    SignOffRole.HEAD: N_("Agency head"),
}


class OrganizationState(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    SUSPENDED = "suspended"


_S = OrganizationState
ORGANIZATION_LIFE = Machine(
    "organization",
    N_("Organisation"),
    (
        StateInfo(_S.PENDING, N_("Waiting for confirmation"), "closing", "staff"),
        StateInfo(_S.CONFIRMED, N_("Confirmed"), "open", "organization"),
        StateInfo(_S.DECLINED, N_("Declined"), "stopped", "organization"),
        StateInfo(_S.SUSPENDED, N_("Suspended"), "stopped", "staff"),
    ),
    (
        move("confirm", [_S.PENDING], _S.CONFIRMED, "staff", N_("Confirm")),
        move("decline", [_S.PENDING], _S.DECLINED, "staff", N_("Decline")),
        move("resubmit", [_S.DECLINED], _S.PENDING, "organization", N_("Ask again")),
        move("suspend", [_S.CONFIRMED], _S.SUSPENDED, "staff", N_("Suspend")),
        move("restore", [_S.SUSPENDED], _S.CONFIRMED, "staff", N_("Restore")),
    ),
    initial=_S.PENDING,
)
