"""What happens to challenges, for later slices to hear."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.challenges.models import Challenge
from matchmaker.foundation.bus import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeChanged(Event):
    """The statement, terms, criteria or papers were changed, or a draft was begun."""

    challenge: Challenge


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeHandedIn(Event):
    """The agency asks staff to look at its need."""

    challenge: Challenge


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeReturned(Event):
    """Staff ask for changes; the note stands in ``challenge.state_note``."""

    challenge: Challenge


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengePublished(Event):
    """The challenge has its code and is public."""

    challenge: Challenge


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeCancelled(Event):
    """It ends here; the reason stands in ``challenge.state_note``. ``by_agency``: its own people did it."""

    challenge: Challenge
    by_agency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeMoved(Event):
    """Any step of the lifecycle, by its name in ``CHALLENGE_LIFE``, also those with an event of their own."""

    challenge: Challenge
    move: str
