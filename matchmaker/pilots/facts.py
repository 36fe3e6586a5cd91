"""What people hand over about a pilot: plain values, checked by the operations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.pilots.states import NeedMet, PilotPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """The frame of a pilot: what for, where, from when to when, and what each side does (R-091, R-092).

    ``starts_on`` and ``ends_on`` are days in Taiwan, both inside the pilot.
    """

    purpose: PilotPurpose
    title_zh: str
    title_en: str = ""
    site: str = ""
    agency_duties: str = ""
    startup_duties: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFacts:
    """One measure of success; figures in thousandths of ``unit``."""

    name: str
    unit: str = ""
    baseline_milli: int | None = None
    target_milli: int
    lower_is_better: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneFacts:
    """A dated deliverable and the part of the grant that hangs on it, in whole NT$."""

    title: str
    deliverable: str = ""
    due_on: date
    payment: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts:
    """Money that left the programme's account: whole NT$, the day in Taiwan, the number of the voucher."""

    amount: int
    paid_on: date
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentFacts:
    """The agency's final word on a pilot (R-093, R-094)."""

    need_met: NeedMet
    production_ready: bool
    summary_zh: str
    summary_en: str = ""
    lessons: str = ""
