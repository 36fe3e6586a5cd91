"""Proposals, their frozen versions, their papers and their eligibility checks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.challenges.models import Challenge
from matchmaker.foundation.db import Json, Model, Referenced, UtcDateTime, Versioned, related
from matchmaker.foundation.files import StoredFile
from matchmaker.people.models import Organization, stored
from matchmaker.proposals.content import ProposalContent
from matchmaker.proposals.states import CheckResult, ProposalState


class Proposal(Referenced, Versioned, Model):
    """A startup's answer to a challenge; one per startup and challenge.

    ``draft`` is what its people write; ``submitted_version`` names the frozen version that counts.
    ``number`` (1, 2, ...) is allotted at opening, never before.
    """

    __tablename__ = "proposal"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    state: Mapped[ProposalState] = mapped_column(stored(ProposalState), default=ProposalState.DRAFT)
    draft: Mapped[dict[str, Any]] = mapped_column(Json)
    submitted_version: Mapped[int | None] = mapped_column(Integer)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    number: Mapped[int | None] = mapped_column(Integer)
    state_note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    challenge: Mapped[Challenge] = related()
    organization: Mapped[Organization] = related()
    versions: Mapped[list[ProposalVersion]] = related(
        back_populates="proposal", order_by="ProposalVersion.number"
    )
    papers: Mapped[list[ProposalPaper]] = related(back_populates="proposal")
    checks: Mapped[list[EligibilityCheck]] = related(
        back_populates="proposal", order_by="EligibilityCheck.position"
    )

    __table_args__ = (
        UniqueConstraint("challenge_id", "organization_id"),
        UniqueConstraint("challenge_id", "number"),
        CheckConstraint("(submitted_version IS NULL) = (submitted_at IS NULL)", name="submission_paired"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawal_paired"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_version IS NOT NULL", name="submitted_has_version"
        ),
        Index("ix_proposal_organization_id", "organization_id", "state"),
    )

    @property
    def content(self) -> ProposalContent:
        """The draft as it stands."""
        return ProposalContent.from_json(self.draft)

    @property
    def subject(self) -> str:
        return f"proposal:{self.ref}"


class ProposalVersion(Referenced, Model):
    """A version frozen at a submission, with the SHA-256 of its canonical JSON and its papers."""

    __tablename__ = "proposal_version"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    number: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    papers: Mapped[list[Any]] = mapped_column(Json, default=list)
    sha256: Mapped[str] = mapped_column(String(64))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime())
    submitted_by: Mapped[str] = mapped_column(String(120))

    proposal: Mapped[Proposal] = related(back_populates="versions")

    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    @property
    def value(self) -> ProposalContent:
        return ProposalContent.from_json(self.content)


class ProposalPaper(Referenced, Model):
    """A file attached to the draft. Removing it keeps the file where a frozen version names it."""

    __tablename__ = "proposal_paper"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    title: Mapped[str] = mapped_column(String(120))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    proposal: Mapped[Proposal] = related(back_populates="papers")
    file: Mapped[StoredFile] = related()

    __table_args__ = (Index("ix_proposal_paper_proposal_id", "proposal_id"),)


class EligibilityCheck(Model):
    """One rule on one proposal: what the rule found, what staff confirmed, and why."""

    __tablename__ = "eligibility_check"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    position: Mapped[int] = mapped_column(Integer)
    rule: Mapped[str] = mapped_column(String(40))
    found: Mapped[CheckResult] = mapped_column(stored(CheckResult))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    confirmed: Mapped[CheckResult | None] = mapped_column(stored(CheckResult))
    reason: Mapped[str] = mapped_column(Text, default="")
    confirmed_by: Mapped[str | None] = mapped_column(String(120))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    proposal: Mapped[Proposal] = related(back_populates="checks")

    __table_args__ = (
        UniqueConstraint("proposal_id", "rule"),
        CheckConstraint("(confirmed IS NULL) = (confirmed_at IS NULL)", name="confirmation_paired"),
        CheckConstraint("(confirmed IS NULL) = (confirmed_by IS NULL)", name="confirmer_paired"),
    )


class Opening(Model):
    """The moment when proposals become readable: two named officers, the list frozen with its hash."""

    __tablename__ = "opening"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), unique=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_by: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirmed_by: Mapped[str | None] = mapped_column(String(120))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    submissions: Mapped[list[Any]] = mapped_column(Json, default=list)
    sha256: Mapped[str | None] = mapped_column(String(64))

    challenge: Mapped[Challenge] = related()

    __table_args__ = (
        CheckConstraint("(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name="confirmation_paired"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name="two_people"),
    )
