"""What an agency hands over about its need: plain values, checked by the operations."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from matchmaker.kernel.programme import Domain
from matchmaker.kernel.words import N_

Language = Literal["zh", "en"]
"""The language of one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFacts:
    """The statement in one language: the problem and why the market does not solve it (R-011), what is wanted,
    how success is measured, and the site and support that the agency gives (R-092)."""

    title: str = ""
    summary: str = ""
    problem: str = ""
    affected: str = ""
    current_handling: str = ""
    solution_gap: str = ""
    outcome: str = ""
    success_measures: str = ""
    site: str = ""
    support: str = ""
    data_available: str = ""
    limits: str = ""

    @property
    def is_empty(self) -> bool:
        """Has nothing been written in this language?"""
        return not any(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsFacts:
    """The terms of the call. Amounts in whole NT$; the window is [opens_at, closes_at), both UTC instants.

    ``budget`` is the agency's own money for the pilot, ``grant_ceiling`` the most that the programme gives one
    startup, ``most_awards`` how many startups may be chosen (R-095), ``pilot_months`` about six (R-091).
    """

    domain: Domain | None = None
    budget: int | None = None
    grant_ceiling: int | None = None
    most_awards: int = 1
    pilot_months: int = 6
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionFacts:
    """One thing the panel scores; ``weight`` in percent."""

    name_zh: str
    name_en: str = ""
    guide_zh: str = ""
    guide_en: str = ""
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """What a reader asks of the public list; ``least`` is an amount in NT$."""

    words: str = ""
    phases: tuple[str, ...] = ()
    domain: Domain | None = None
    least: int = 0
    sort: Literal["deadline", "newest", "budget"] = "deadline"


STATEMENT_LABELS = {
    "title": N_("Title"),
    "summary": N_("Summary"),
    "problem": N_("The problem"),
    "affected": N_("Who suffers from it"),
    "current_handling": N_("How it is handled now"),
    "solution_gap": N_("Why present solutions fall short"),
    "outcome": N_("Outcome wanted"),
    "success_measures": N_("How success will be measured"),
    "site": N_("Pilot site"),
    "support": N_("Support the agency gives"),
    "data_available": N_("Data available"),
    "limits": N_("Limits"),
}
"""English names of the parts of a statement, translated where they are shown."""
