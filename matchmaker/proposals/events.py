"""What happens to proposals, for later slices to hear.

``ProposalSubmitted`` and ``ProposalWithdrawn`` are for the startup's own notices alone: before the opening
nobody else may learn of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.challenges.models import Challenge
from matchmaker.foundation.bus import Event
from matchmaker.proposals.models import Opening, Proposal, ProposalVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSubmitted(Event):
    """A version was frozen; sealed until the opening."""

    proposal: Proposal
    version: ProposalVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalWithdrawn(Event):
    """Sealed until the opening."""

    proposal: Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningAsked(Event):
    """One officer asks for the opening; says nothing of what there is to open."""

    challenge: Challenge
    opening: Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalsOpened(Event):
    """From now on the proposals of the challenge may be read; ``count`` is how many came in."""

    challenge: Challenge
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalScreened(Event):
    """Admitted or rejected (``move``), with the reason where rejected."""

    proposal: Proposal
    move: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalReleased(Event):
    """The decision on one proposal is out; the whole decision is told by judging."""

    proposal: Proposal
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningFinished(Event):
    """Every proposal of the challenge is admitted or rejected."""

    challenge: Challenge
