"""What a proposal says: one plain value, the same in the draft and in every frozen version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from matchmaker.proposals.states import EvidenceKind


@dataclass(frozen=True, slots=True)
class TeamMember:
    name: str = ""
    role: str = ""
    background: str = ""


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """A step of the plan; ``month`` counts from the start of the pilot, 1-based."""

    title: str = ""
    deliverable: str = ""
    month: int | None = None


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One line of the cost, in whole NT$: what the programme's grant pays and what the startup pays."""

    item: str = ""
    grant: int | None = None
    own: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A proof of ability in place of a government track record (R-035, R-036)."""

    kind: str = EvidenceKind.AWARD.value
    title: str = ""
    organization: str = ""
    on: str | None = None
    description: str = ""

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.on) if self.on else None


@dataclass(frozen=True, slots=True)
class ProposalContent:
    """The whole proposal; texts in the language the startup writes in (``zh`` or ``en``)."""

    language: str = "zh"
    title: str = ""
    summary: str = ""
    solution_concept: str = ""
    implementation_method: str = ""
    team_summary: str = ""
    team: tuple[TeamMember, ...] = ()
    milestones: tuple[PlannedMilestone, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    site_needs: str = ""
    risks: str = ""
    declarations: tuple[str, ...] = ()

    @property
    def grant_total(self) -> int:
        """NT$ asked of the programme."""
        return sum(line.grant or 0 for line in self.budget)

    @property
    def own_total(self) -> int:
        """NT$ the startup pays itself."""
        return sum(line.own or 0 for line in self.budget)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ProposalContent:
        """Rebuild from stored JSON; unknown keys of other versions are passed over."""
        rows: dict[str, Any] = {
            "team": TeamMember,
            "milestones": PlannedMilestone,
            "budget": BudgetLine,
            "evidence": Evidence,
        }
        values: dict[str, Any] = {}
        for name in cls.__dataclass_fields__:
            if name not in data:
                continue
            if name in rows:
                kind = rows[name]
                known = kind.__dataclass_fields__
                values[name] = tuple(
                    kind(**{k: v for k, v in row.items() if k in known}) for row in data[name]
                )
            elif name == "declarations":
                values[name] = tuple(data[name])
            else:
                values[name] = data[name]
        return cls(**values)
