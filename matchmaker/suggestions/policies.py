"""Who may see whose suggestions."""

from __future__ import annotations

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.states import OrganizationKind

NOT_YOURS = Reason(
    "suggestions.not_yours", N_("Only the agency of the challenge and the programme office see this.")
)
TOO_EARLY = Reason("suggestions.too_early", N_("Suggestions are computed once the need is handed in."))
NOT_A_STARTUP = Reason("suggestions.not_a_startup", N_("Only startups get suggestions of challenges."))

MATCHED = frozenset({ChallengeState.IN_TRIAGE, ChallengeState.RETURNED, ChallengeState.PUBLISHED})
"""The states in which a challenge looks for startups."""


def can_see_startups(actor: Actor, challenge: Challenge) -> Decision:
    """May this person see which startups fit the challenge?"""
    if not (actor.is_staff or actor.is_of(challenge.organization_id)):
        return deny(NOT_YOURS)
    return deny(TOO_EARLY) if challenge.state is ChallengeState.DRAFT else ALLOWED


def can_see_challenges(actor: Actor) -> Decision:
    """May this person see which challenges fit their organisation?"""
    return ALLOWED if actor.kind is OrganizationKind.STARTUP else deny(NOT_A_STARTUP)
