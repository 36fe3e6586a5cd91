"""Who may see what stands around a need, and what a juror knows."""

from __future__ import annotations

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.judging.models import Panel
from matchmaker.judging.policies import CHANGEABLE
from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.suggestions.policies.pairs import NOT_YOURS

NOT_A_JUROR = Reason("suggestions.not_a_juror", N_("Only jurors write down what they know."))
NOT_JUDGING = Reason(
    "suggestions.not_judging",
    N_("What jurors know is compared with the proposals in judging, until scoring ends."),
)


def can_compare(actor: Actor, challenge: Challenge) -> Decision:
    """May this person see which items and needs are near this one?

    Its agency from the first draft on, staff once it was handed in: as they see the need itself.
    """
    if actor.is_of(challenge.organization_id):
        return ALLOWED
    known = challenge.state is not ChallengeState.DRAFT and (
        challenge.handed_in_at is not None or challenge.published_at is not None
    )
    return ALLOWED if actor.is_staff and known else deny(NOT_YOURS)


def can_write_expertise(actor: Actor) -> Decision:
    """May this person write down what they know?"""
    return ALLOWED if actor.is_juror else deny(NOT_A_JUROR)


def can_be_compared(panel: Panel, challenge: Challenge) -> Decision:
    """May the proposals be compared with what the panel knows? In judging alone, and until scoring ends.

    Then the sheets speak: a hint beside them would only look like a score.
    """
    judged = challenge.opened_at is not None and challenge.state is ChallengeState.JUDGING
    return ALLOWED if judged and panel.state in CHANGEABLE else deny(NOT_JUDGING)
