"""Panels, members, declarations, score sheets and prepared decisions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.challenges.models import Challenge, Criterion
from matchmaker.foundation.db import Model, Money, Referenced, UtcDateTime, Versioned, related
from matchmaker.judging.states import (
    DEFAULT_PASS_MARK,
    ConflictKind,
    Outcome,
    PanelState,
    ScoringMethod,
    SheetState,
)
from matchmaker.people.models import User, stored
from matchmaker.proposals.models import Proposal


class Panel(Referenced, Versioned, Model):
    """The selection panel of one challenge. ``pass_mark`` is out of 100; method and mark are assumed defaults."""

    __tablename__ = "panel"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), unique=True)
    state: Mapped[PanelState] = mapped_column(stored(PanelState), default=PanelState.FORMING)
    method: Mapped[ScoringMethod] = mapped_column(stored(ScoringMethod), default=ScoringMethod.TOTAL_SCORE)
    pass_mark: Mapped[int] = mapped_column(Integer, default=DEFAULT_PASS_MARK)
    scores_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    minutes: Mapped[str] = mapped_column(Text, default="")

    challenge: Mapped[Challenge] = related()
    members: Mapped[list[PanelMember]] = related(back_populates="panel", order_by="PanelMember.id")

    __table_args__ = (
        CheckConstraint("pass_mark BETWEEN 0 AND 100", name="pass_mark_range"),
        CheckConstraint("(released_at IS NULL) = (released_by_id IS NULL)", name="release_paired"),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_state"),
        CheckConstraint("released_by_id IS NULL OR released_by_id <> prepared_by_id", name="two_people"),
    )

    @property
    def subject(self) -> str:
        return f"panel:{self.ref}"


class PanelMember(Referenced, Model):
    """A juror on a panel; one chair. ``left_at`` ends the seat (recusal, replacement), ``left_reason`` says why."""

    __tablename__ = "panel_member"
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    chair: Mapped[bool] = mapped_column(Boolean, default=False)
    external_expert: Mapped[bool] = mapped_column(Boolean, default=False)
    occupation: Mapped[str] = mapped_column(String(120), default="")
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime())
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    left_reason: Mapped[str] = mapped_column(Text, default="")

    panel: Mapped[Panel] = related(back_populates="members")
    user: Mapped[User] = related()

    __table_args__ = (
        UniqueConstraint("panel_id", "user_id"),
        Index(
            "uq_panel_member_chair",
            "panel_id",
            unique=True,
            sqlite_where=text("chair = 1 AND left_at IS NULL"),
            postgresql_where=text("chair AND left_at IS NULL"),
        ),
        Index("ix_panel_member_user_id", "user_id"),
    )


class Declaration(Model):
    """A juror's word on one proposal, before reading it: a conflict with its ground, or none."""

    __tablename__ = "declaration"
    member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    conflict: Mapped[ConflictKind | None] = mapped_column(stored(ConflictKind))
    note: Mapped[str] = mapped_column(Text, default="")
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime())

    member: Mapped[PanelMember] = related()
    proposal: Mapped[Proposal] = related()

    __table_args__ = (UniqueConstraint("member_id", "proposal_id"),)


class ScoreSheet(Referenced, Versioned, Model):
    """One juror's scores of one proposal."""

    __tablename__ = "score_sheet"
    member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    state: Mapped[SheetState] = mapped_column(stored(SheetState), default=SheetState.DRAFT)
    comment: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    return_reason: Mapped[str] = mapped_column(Text, default="")

    member: Mapped[PanelMember] = related()
    proposal: Mapped[Proposal] = related()
    scores: Mapped[list[Score]] = related(back_populates="sheet", cascade="all, delete-orphan")

    __table_args__ = (
        UniqueConstraint("member_id", "proposal_id"),
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="submission_paired"),
    )


class Score(Model):
    """1 to 5 points on one criterion, with a comment. A draft may hold the comment before the points."""

    __tablename__ = "score"
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    points: Mapped[int | None] = mapped_column(Integer)
    comment: Mapped[str] = mapped_column(Text, default="")

    sheet: Mapped[ScoreSheet] = related(back_populates="scores")
    criterion: Mapped[Criterion] = related()

    __table_args__ = (
        UniqueConstraint("sheet_id", "criterion_id"),
        CheckConstraint("points BETWEEN 1 AND 5", name="points_range"),
    )


class PanelDecision(Model):
    """What will be told to one proposer: prepared by one person, released with all others by another.

    ``grant`` is the programme's grant to the startup in NT$ where awarded; ``reserve_rank`` orders reserves.
    """

    __tablename__ = "panel_decision"
    panel_id: Mapped[int] = mapped_column(ForeignKey("panel.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    outcome: Mapped[Outcome] = mapped_column(stored(Outcome))
    reason: Mapped[str] = mapped_column(Text)
    grant: Mapped[int | None] = mapped_column(Money)
    reserve_rank: Mapped[int | None] = mapped_column(Integer)
    prepared_by: Mapped[str] = mapped_column(String(120))
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime())

    panel: Mapped[Panel] = related()
    proposal: Mapped[Proposal] = related()

    __table_args__ = (
        CheckConstraint("(\"grant\" IS NOT NULL) = (outcome = 'awarded')", name="grant_paired"),
        CheckConstraint('"grant" IS NULL OR "grant" >= 0', name="grant_positive"),
        CheckConstraint("(reserve_rank IS NOT NULL) = (outcome = 'reserve')", name="reserve_paired"),
        UniqueConstraint("panel_id", "reserve_rank"),
    )
