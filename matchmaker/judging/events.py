"""What happens to panels, for later slices to hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.challenges.models import Challenge
from matchmaker.foundation.bus import Event
from matchmaker.judging.models import Panel, PanelDecision, PanelMember, ScoreSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelConvened(Event):
    panel: Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSeated(Event):
    """Somebody joins a panel that is convened already."""

    panel: Panel
    member: PanelMember


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberExcused(Event):
    """A seat on a convened panel has ended."""

    panel: Panel
    member: PanelMember
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringBegun(Event):
    """Begun, or begun once more after a reopening."""

    panel: Panel
    reopened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReturned(Event):
    panel: Panel
    sheet: ScoreSheet
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllScored(Event):
    """The last sheet that was awaited is submitted; staff may end the scoring."""

    panel: Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPrepared(Event):
    """A decision waits for a director's release."""

    panel: Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReleased(Event):
    """Every proposer of the challenge has a decision. ``decisions`` carry their proposals."""

    panel: Panel
    challenge: Challenge
    decisions: Sequence[PanelDecision]
