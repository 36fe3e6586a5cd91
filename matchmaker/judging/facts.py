"""What people hand over about panels, scores and decisions: plain values, checked by the operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from matchmaker.judging.states import DEFAULT_PASS_MARK, ConflictKind, Outcome, ScoringMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelFacts:
    """How a panel works. ``pass_mark`` is out of 100; ``scores_due_at`` may wait until convening."""

    method: ScoringMethod = ScoringMethod.TOTAL_SCORE
    pass_mark: int = DEFAULT_PASS_MARK
    scores_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationFacts:
    """A juror's word on one proposal; no conflict where ``conflict`` is None."""

    conflict: ConflictKind | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """A score sheet as it should stand: points and comments by the references of the criteria."""

    proposal_ref: str
    points: Mapping[str, int] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFacts:
    """What one proposer will be told; ``grant`` in NT$ where awarded, ``reserve_rank`` from 1 where held in reserve."""

    proposal_ref: str
    outcome: Outcome
    reason: str
    grant: int | None = None
    reserve_rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a juror stands, in numbers of proposals; ``submitted`` counts only those without a conflict."""

    proposals: int
    declared: int = 0
    conflicts: int = 0
    drafts: int = 0
    submitted: int = 0

    @property
    def declared_all(self) -> bool:
        return self.declared >= self.proposals

    @property
    def to_score(self) -> int:
        return self.proposals - self.conflicts

    @property
    def finished(self) -> bool:
        """Declared on every proposal, and every sheet that is the juror's to write is submitted."""
        return self.declared_all and self.submitted >= self.to_score
