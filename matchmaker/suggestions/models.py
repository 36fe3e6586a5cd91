"""Stored fits with their reasons, and the runs that made them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.challenges.models import Challenge
from matchmaker.foundation.db import Json, Model, UtcDateTime, related
from matchmaker.people.models import Organization, stored
from matchmaker.suggestions.states import Band, Filter


class SuggestionRun(Model):
    """One computation for one challenge: what it read, with which settings, and how it ended."""

    __tablename__ = "suggestion_run"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    documents: Mapped[int] = mapped_column(Integer)
    suggested: Mapped[int] = mapped_column(Integer)
    fingerprint: Mapped[str] = mapped_column(String(64))

    challenge: Mapped[Challenge] = related()

    __table_args__ = (Index("ix_suggestion_run_challenge_id", "challenge_id", "at"),)


class Suggestion(Model):
    """How well one startup fits one challenge: a score in 0..1, its terms, and the filter that stopped it.

    Never holds anything learnt from a proposal: before opening a submission changes nothing here.
    ``challenge_version`` and ``profile_version`` say which texts were compared.
    """

    __tablename__ = "suggestion"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("suggestion_run.id"))
    score: Mapped[float] = mapped_column(Float)
    band: Mapped[Band] = mapped_column(stored(Band))
    rank: Mapped[int] = mapped_column(Integer)
    terms: Mapped[list[Any]] = mapped_column(Json)
    missing: Mapped[list[Any]] = mapped_column(Json)
    stopped_by: Mapped[Filter | None] = mapped_column(stored(Filter))
    challenge_version: Mapped[int] = mapped_column(Integer)
    profile_version: Mapped[int] = mapped_column(Integer)

    challenge: Mapped[Challenge] = related()
    organization: Mapped[Organization] = related()
    run: Mapped[SuggestionRun] = related()

    __table_args__ = (
        UniqueConstraint("challenge_id", "organization_id"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_range"),
        Index("ix_suggestion_organization_id", "organization_id", "score"),
    )
