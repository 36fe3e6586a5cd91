"""A pilot with its measures, milestones, grant payments and assessment."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    case,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.challenges.models import Challenge
from matchmaker.foundation.db import Model, Money, Referenced, UtcDateTime, Versioned, related
from matchmaker.foundation.files import StoredFile
from matchmaker.people.models import Organization, stored
from matchmaker.pilots.states import MilestoneState, NeedMet, PilotPurpose, PilotState
from matchmaker.proposals.models import Proposal


class Pilot(Referenced, Versioned, Model):
    """One startup at one site for about six months (R-091, R-095).

    ``grant`` is the programme's grant to the startup in NT$ (R-092); the payments hang on milestones.
    """

    __tablename__ = "pilot"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    startup_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    state: Mapped[PilotState] = mapped_column(stored(PilotState), default=PilotState.PREPARING)
    purpose: Mapped[PilotPurpose] = mapped_column(stored(PilotPurpose), default=PilotPurpose.PROOF_OF_CONCEPT)
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(240), default="")
    site: Mapped[str] = mapped_column(Text, default="")
    agency_duties: Mapped[str] = mapped_column(Text, default="")
    startup_duties: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    grant: Mapped[int] = mapped_column(Money, default=0)
    state_note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    agency_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    startup_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    challenge: Mapped[Challenge] = related()
    proposal: Mapped[Proposal] = related()
    agency: Mapped[Organization] = related(foreign_keys=[agency_id])
    startup: Mapped[Organization] = related(foreign_keys=[startup_id])
    measures: Mapped[list[Measure]] = related(
        back_populates="pilot", cascade="all, delete-orphan", order_by="Measure.position"
    )
    milestones: Mapped[list[Milestone]] = related(
        back_populates="pilot", cascade="all, delete-orphan", order_by="Milestone.position"
    )
    assessment: Mapped[Assessment | None] = related(back_populates="pilot", uselist=False)

    __table_args__ = (
        CheckConstraint("(starts_on IS NULL) = (ends_on IS NULL)", name="period_paired"),
        CheckConstraint("starts_on IS NULL OR ends_on > starts_on", name="period_forward"),
        CheckConstraint('"grant" >= 0', name="grant_positive"),
        CheckConstraint(
            "state = 'preparing' OR starts_on IS NOT NULL OR state = 'ended_early'", name="period_known"
        ),
        Index("ix_pilot_challenge_id", "challenge_id"),
        Index("ix_pilot_agency_id", "agency_id", "state"),
        Index("ix_pilot_startup_id", "startup_id", "state"),
    )

    @property
    def title(self) -> str:
        from matchmaker.foundation.i18n import pick

        return pick(self.title_zh, self.title_en)

    @property
    def subject(self) -> str:
        return f"pilot:{self.ref}"


class Measure(Referenced, Model):
    """What success is measured by; figures in thousandths of the unit, so that they stay exact."""

    __tablename__ = "pilot_measure"
    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilot.id"))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(24), default="")
    baseline_milli: Mapped[int | None] = mapped_column(BigInteger)
    target_milli: Mapped[int] = mapped_column(BigInteger)
    actual_milli: Mapped[int | None] = mapped_column(BigInteger)
    lower_is_better: Mapped[bool] = mapped_column(Boolean, default=False)

    pilot: Mapped[Pilot] = related(back_populates="measures")

    __table_args__ = (UniqueConstraint("pilot_id", "position"),)

    @staticmethod
    def _exact(milli: int | None) -> Decimal | None:
        return None if milli is None else Decimal(milli) / 1000

    @property
    def baseline(self) -> Decimal | None:
        return self._exact(self.baseline_milli)

    @property
    def target(self) -> Decimal:
        return Decimal(self.target_milli) / 1000

    @property
    def actual(self) -> Decimal | None:
        return self._exact(self.actual_milli)

    @property
    def reached(self) -> bool | None:
        """Did the pilot reach the target? None until measured."""
        if self.actual_milli is None:
            return None
        if self.lower_is_better:
            return self.actual_milli <= self.target_milli
        return self.actual_milli >= self.target_milli


class Milestone(Referenced, Versioned, Model):
    """A dated deliverable; ``payment`` is the part of the grant in NT$ that hangs on it."""

    __tablename__ = "milestone"
    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilot.id"))
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(120))
    deliverable: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[MilestoneState] = mapped_column(stored(MilestoneState), default=MilestoneState.PLANNED)
    payment: Mapped[int] = mapped_column(Money, default=0)
    evidence: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    decision_note: Mapped[str] = mapped_column(Text, default="")

    pilot: Mapped[Pilot] = related(back_populates="milestones")
    papers: Mapped[list[MilestonePaper]] = related(back_populates="milestone")
    paid: Mapped[GrantPayment | None] = related(back_populates="milestone", uselist=False)

    __table_args__ = (
        CheckConstraint("state <> 'late'", name="late_is_computed"),
        CheckConstraint("payment >= 0", name="payment_positive"),
        CheckConstraint("state = 'planned' OR submitted_at IS NOT NULL", name="submission_paired"),
        CheckConstraint(
            "(state IN ('accepted', 'returned')) = (decided_at IS NOT NULL)", name="decision_paired"
        ),
        Index("ix_milestone_pilot_id", "pilot_id", "position"),
    )

    def state_on(self, today: date) -> MilestoneState:
        """The state as the clock has it."""
        waiting = self.state in (MilestoneState.PLANNED, MilestoneState.RETURNED)
        return MilestoneState.LATE if waiting and today > self.due_on else self.state

    @staticmethod
    def state_expression(today: date) -> ColumnElement[str]:
        """The same as ``state_on``, in SQL."""
        late = and_(
            Milestone.state.in_([MilestoneState.PLANNED, MilestoneState.RETURNED]), Milestone.due_on < today
        )
        return case((late, MilestoneState.LATE.value), else_=Milestone.state)


class MilestonePaper(Referenced, Model):
    """A file handed in as evidence of a milestone."""

    __tablename__ = "milestone_paper"
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    title: Mapped[str] = mapped_column(String(120))

    milestone: Mapped[Milestone] = related(back_populates="papers")
    file: Mapped[StoredFile] = related()


class GrantPayment(Referenced, Model):
    """Money paid to the startup for an accepted milestone; one per milestone, never changed."""

    __tablename__ = "grant_payment"
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"), unique=True)
    amount: Mapped[int] = mapped_column(Money)
    paid_on: Mapped[date] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(String(80))
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime())

    milestone: Mapped[Milestone] = related(back_populates="paid")

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)


class Assessment(Model):
    """The agency's final word: was the need met, is the solution ready for production (R-093, R-094)."""

    __tablename__ = "assessment"
    pilot_id: Mapped[int] = mapped_column(ForeignKey("pilot.id"), unique=True)
    need_met: Mapped[NeedMet] = mapped_column(stored(NeedMet))
    production_ready: Mapped[bool] = mapped_column(Boolean)
    summary_zh: Mapped[str] = mapped_column(Text)
    summary_en: Mapped[str] = mapped_column(Text, default="")
    lessons: Mapped[str] = mapped_column(Text, default="")
    assessed_by: Mapped[str] = mapped_column(String(120))
    assessed_at: Mapped[datetime] = mapped_column(UtcDateTime())

    pilot: Mapped[Pilot] = related(back_populates="assessment")

    @property
    def graduates(self) -> bool:
        """Outcome A: the need is fully met and the solution is ready (R-093); otherwise outcome B."""
        return self.need_met is NeedMet.FULLY and self.production_ready


class PaymentStands(RuntimeError):
    """Something tried to change or delete a recorded payment: a fault of the product, never of a person."""


@event.listens_for(GrantPayment, "before_update")
@event.listens_for(GrantPayment, "before_delete")
def _refuse_change(_mapper: Any, _connection: Any, payment: GrantPayment) -> None:
    raise PaymentStands(payment.ref)
