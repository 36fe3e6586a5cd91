"""Stored fits with their reasons, the runs that made them, what people said of them, and where the bands lie."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.challenges.models import Challenge
from matchmaker.foundation.db import Json, Model, UtcDateTime, Versioned, related
from matchmaker.people.models import Organization, User, stored
from matchmaker.suggestions.states import Band, Choice, DismissReason, Filter, Side


class SuggestionRun(Model):
    """One whole computation for one challenge: what it read, with which index and settings, and how it ended."""

    __tablename__ = "suggestion_run"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    documents: Mapped[int] = mapped_column(Integer)
    suggested: Mapped[int] = mapped_column(Integer)
    generation: Mapped[str] = mapped_column(String(32))
    fingerprint: Mapped[str] = mapped_column(String(64))

    challenge: Mapped[Challenge] = related()

    __table_args__ = (Index("ix_suggestion_run_challenge_id", "challenge_id", "at"),)


class Suggestion(Model):
    """How well one startup fits one challenge: a score in 0..1, its terms, and the filter that stopped it.

    Never holds anything learnt from a proposal: before opening a submission changes nothing here.
    ``challenge_version`` and ``profile_version`` say which texts were compared, ``generation`` and
    ``fingerprint`` with which state of the index and which settings, so that it can be computed again.
    """

    __tablename__ = "suggestion"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    score: Mapped[float] = mapped_column(Float)
    band: Mapped[Band] = mapped_column(stored(Band))
    terms: Mapped[list[Any]] = mapped_column(Json)
    missing: Mapped[list[Any]] = mapped_column(Json)
    stopped_by: Mapped[Filter | None] = mapped_column(stored(Filter))
    challenge_version: Mapped[int] = mapped_column(Integer)
    profile_version: Mapped[int] = mapped_column(Integer)
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime())
    generation: Mapped[str] = mapped_column(String(32))
    fingerprint: Mapped[str] = mapped_column(String(64))

    challenge: Mapped[Challenge] = related()
    organization: Mapped[Organization] = related()

    __table_args__ = (
        UniqueConstraint("challenge_id", "organization_id"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_range"),
        Index("ix_suggestion_best", "challenge_id", "score", "organization_id"),
        Index("ix_suggestion_organization_id", "organization_id", "score"),
    )


class Verdict(Versioned, Model):
    """What one side says of a pair: taken up or put away (with a reason), and whether it is pinned.

    A startup's word is its own: before the opening nobody else learns of it.
    """

    __tablename__ = "suggestion_verdict"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    side: Mapped[Side] = mapped_column(stored(Side))
    choice: Mapped[Choice | None] = mapped_column(stored(Choice))
    reason: Mapped[DismissReason | None] = mapped_column(stored(DismissReason))
    note: Mapped[str] = mapped_column(String(300), default="")
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    at: Mapped[datetime] = mapped_column(UtcDateTime())

    challenge: Mapped[Challenge] = related()
    organization: Mapped[Organization] = related()

    __table_args__ = (
        UniqueConstraint("challenge_id", "organization_id", "side"),
        CheckConstraint(
            "(choice IS NOT NULL AND choice = 'dismissed') = (reason IS NOT NULL)", name="reason_paired"
        ),
        CheckConstraint("invited_at IS NULL OR side = 'agency'", name="agency_invites"),
        Index("ix_suggestion_verdict_organization_id", "organization_id", "side"),
    )


class BandCalibration(Model):
    """Where the bands lie, read off outcomes: a proposal that staff adopt, and the newest adopted one counts.

    ``pairs`` and ``positives`` are the pairs with a known outcome and those that came to something; ``curve`` the
    points (score, share that came to something) that were fitted.
    """

    __tablename__ = "band_calibration"
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    pairs: Mapped[int] = mapped_column(Integer)
    positives: Mapped[int] = mapped_column(Integer)
    strong_from: Mapped[float] = mapped_column(Float)
    fair_from: Mapped[float] = mapped_column(Float)
    curve: Mapped[list[Any]] = mapped_column(Json)
    adopted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    adopted_by: Mapped[str] = mapped_column(String(120), default="")

    __table_args__ = (
        CheckConstraint(
            "0 < fair_from AND fair_from < strong_from AND strong_from < 1", name="bands_ordered"
        ),
        CheckConstraint("positives BETWEEN 0 AND pairs", name="positives_range"),
        Index("ix_band_calibration_adopted_at", "adopted_at"),
    )


class DigestChoice(Versioned, Model):
    """Whether a person wants the weekly digest, and when the last one was made for them."""

    __tablename__ = "digest_choice"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    wanted: Mapped[bool] = mapped_column(Boolean, default=True)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    user: Mapped[User] = related()


class ExpertiseNote(Versioned, Model):
    """What a juror knows about, in their own words; compared with opened proposals, in memory alone."""

    __tablename__ = "expertise_note"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    words: Mapped[str] = mapped_column(Text, default="")

    user: Mapped[User] = related()
