"""What happens to suggestions, for later slices and notices to hear."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.challenges.models import Challenge
from matchmaker.foundation.bus import Event
from matchmaker.people.models import Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class StartupInvited(Event):
    """The agency of a challenge asks a startup to look at it."""

    challenge: Challenge
    organization: Organization
