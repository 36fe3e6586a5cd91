"""Who may see how good the suggestions are, and who may move the bands."""

from __future__ import annotations

from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.suggestions.models import BandCalibration

DIRECTORS_ONLY = Reason("calibration.directors_only", N_("Only a programme director adopts new limits."))
ADOPTED_ALREADY = Reason("calibration.adopted_already", N_("These limits are adopted already."))
OVERTAKEN = Reason(
    "calibration.overtaken", N_("A newer proposal has come in the meantime. Read it, then decide.")
)


def can_adopt(actor: Actor, calibration: BandCalibration, newest: BandCalibration | None) -> Decision:
    """May this person put these limits into force? The newest proposal alone can be adopted."""
    if not actor.is_director:
        return deny(DIRECTORS_ONLY)
    if calibration.adopted_at is not None:
        return deny(ADOPTED_ALREADY)
    if newest is not None and newest.id != calibration.id:
        return deny(OVERTAKEN)
    return ALLOWED
