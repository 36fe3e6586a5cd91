"""The person who acts, for one organisation at a time, as every policy sees them."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.people.states import MANAGERS, STAFF, WRITERS, OrganizationKind, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person in the organisation they act for now.

    ``ref`` is the pseudonym that stands in the audit chain. ``name`` is shown to colleagues.
    ``confirmed`` says whether staff confirmed the organisation.
    """

    user_id: int
    ref: str
    name: str
    language: str
    organization_id: int | None = None
    organization_ref: str | None = None
    kind: OrganizationKind | None = None
    role: Role | None = None
    confirmed: bool = False

    @property
    def is_staff(self) -> bool:
        return self.kind is OrganizationKind.PROGRAMME and self.role in STAFF

    @property
    def is_director(self) -> bool:
        return self.kind is OrganizationKind.PROGRAMME and self.role is Role.DIRECTOR

    @property
    def is_juror(self) -> bool:
        return self.kind is OrganizationKind.PROGRAMME and self.role is Role.JUROR

    @property
    def is_manager(self) -> bool:
        return self.role in MANAGERS

    def is_of(self, organization_id: int | None) -> bool:
        """Does the person act for this organisation?"""
        return organization_id is not None and self.organization_id == organization_id

    def writes_for(self, organization_id: int | None) -> bool:
        """May the person write for this confirmed organisation?"""
        return self.is_of(organization_id) and self.confirmed and self.role in WRITERS

    def is_kind(self, kind: OrganizationKind) -> bool:
        return self.kind is kind

    @property
    def audiences(self) -> frozenset[str]:
        """The doors this person may come through, see ``matchmaker.web.access.Audience``."""
        doors = {"signed_in"}
        if self.kind is OrganizationKind.PROGRAMME:
            if self.is_staff:
                doors.add("staff")
            if self.is_director:
                doors.add("director")
            if self.is_juror:
                doors.add("juror")
        elif self.kind is not None:
            doors.add(str(self.kind))
        return frozenset(doors)


SYSTEM = Actor(user_id=0, ref="system", name="Matchmaker", language="zh_Hant_TW", confirmed=True)
"""The platform itself, for jobs and seeds."""
