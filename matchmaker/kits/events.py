"""What happens around adoption kits, for notices to hear."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.foundation.bus import Event
from matchmaker.kits.models import PeerRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAsked(Event):
    request: PeerRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAnswered(Event):
    """The pilot's agency agreed or declined."""

    request: PeerRequest
