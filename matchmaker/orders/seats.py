"""Who sits at an agency's four sign-off desks, and in which order they sign (R-015)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.people.actor import Actor
from matchmaker.people.models import SignOffDesk
from matchmaker.people.states import SignOffRole

CHAIN = (SignOffRole.CASE_OFFICER, SignOffRole.SUPERVISOR, SignOffRole.ACCOUNTANT, SignOffRole.HEAD)


def after(desk: SignOffRole) -> SignOffRole | None:
    """The next desk; None after the agency's head."""
    place = CHAIN.index(desk) + 1
    return CHAIN[place] if place < len(CHAIN) else None


@dataclass(frozen=True, slots=True)
class Seats:
    """The desks of one agency with holders and deputies."""

    desks: Sequence[SignOffDesk]

    def at(self, role: SignOffRole) -> SignOffDesk | None:
        """The desk, where somebody sits at it."""
        return next((desk for desk in self.desks if desk.role is role), None)

    def sits(self, actor: Actor, role: SignOffRole) -> bool:
        """Does the person hold this desk or stand in at it?"""
        desk = self.at(role)
        return desk is not None and actor.user_id in _people(desk)

    def is_deputy(self, actor: Actor, role: SignOffRole) -> bool:
        """Does the person act at this desk for somebody else?"""
        desk = self.at(role)
        return desk is not None and desk.holder.user_id != actor.user_id

    def sits_anywhere(self, actor: Actor) -> bool:
        return any(actor.user_id in _people(desk) for desk in self.desks)

    def empty(self) -> list[SignOffRole]:
        """The desks at which nobody sits."""
        return [role for role in CHAIN if self.at(role) is None]


def _people(desk: SignOffDesk) -> set[int]:
    members = [desk.holder] if desk.deputy is None else [desk.holder, desk.deputy]
    return {member.user_id for member in members}
