"""What happens to organisations and people, for later slices to hear."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.foundation.bus import Event
from matchmaker.people.models import Organization, User


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationRegistered(Event):
    """Handed in to the programme office, for the first time or again after a no."""

    organization: Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationDecided(Event):
    """Confirmed, declined, suspended or restored."""

    organization: Organization
    move: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationChanged(Event):
    organization: Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged(Event):
    """The startup's profile, or whether it wishes to be suggested."""

    organization: Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited(Event):
    organization: Organization
    invitation_ref: str
    email: str
    inviter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetAsked(Event):
    user: User


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Event):
    user: User
