"""A challenge with its statement per language, its criteria and its papers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    case,
)
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.challenges.states import ChallengeState, effective
from matchmaker.foundation.db import Model, Money, Referenced, UtcDateTime, Versioned, related
from matchmaker.foundation.files import StoredFile
from matchmaker.foundation.i18n import is_chinese, pick
from matchmaker.kernel.programme import Domain
from matchmaker.people.models import Organization, stored


class Challenge(Referenced, Versioned, Model):
    """A need, and once published a challenge.

    ``code`` (ch-2026-000123) is allotted at publication. ``budget`` is the agency's budget for the pilot in
    NT$, ``grant_ceiling`` the most that the programme gives one startup. The call is open in
    [opens_at, closes_at). ``parent_id`` links a follow-up challenge to the one before it (R-094).
    ``source_note`` names the public source of a real case; ``assumed`` says which figures are assumed.
    """

    __tablename__ = "challenge"
    code: Mapped[str | None] = mapped_column(String(16), unique=True)
    state: Mapped[ChallengeState] = mapped_column(stored(ChallengeState), default=ChallengeState.DRAFT)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("challenge.id"))
    domain: Mapped[Domain | None] = mapped_column(stored(Domain))
    budget: Mapped[int | None] = mapped_column(Money)
    grant_ceiling: Mapped[int | None] = mapped_column(Money)
    most_awards: Mapped[int] = mapped_column(Integer, default=1)
    pilot_months: Mapped[int] = mapped_column(Integer, default=6)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    source_note: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    state_note: Mapped[str] = mapped_column(Text, default="")

    organization: Mapped[Organization] = related()
    parent: Mapped[Challenge | None] = related(remote_side="Challenge.id")
    texts: Mapped[list[ChallengeText]] = related(
        back_populates="challenge", cascade="all, delete-orphan", order_by="ChallengeText.language.desc()"
    )
    criteria: Mapped[list[Criterion]] = related(
        back_populates="challenge", cascade="all, delete-orphan", order_by="Criterion.position"
    )
    papers: Mapped[list[ChallengePaper]] = related(back_populates="challenge", cascade="all, delete-orphan")

    __table_args__ = (
        CheckConstraint("(code IS NULL) = (published_at IS NULL)", name="code_paired"),
        CheckConstraint("state <> 'closed'", name="closed_is_computed"),
        CheckConstraint("(opens_at IS NULL) = (closes_at IS NULL)", name="window_paired"),
        CheckConstraint("opens_at IS NULL OR closes_at > opens_at", name="window_forward"),
        CheckConstraint("budget IS NULL OR budget >= 0", name="budget_positive"),
        CheckConstraint("grant_ceiling IS NULL OR grant_ceiling >= 0", name="grant_positive"),
        CheckConstraint("most_awards >= 1", name="awards_positive"),
        CheckConstraint(
            "state IN ('draft', 'in_triage', 'returned', 'cancelled') OR published_at IS NOT NULL",
            name="published_paired",
        ),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_paired"),
        Index("ix_challenge_list", "state", "closes_at", "id"),
        Index("ix_challenge_organization_id", "organization_id", "state"),
        Index("ix_challenge_parent_id", "parent_id"),
    )

    def state_at(self, now: datetime) -> ChallengeState:
        """The state as the clock has it."""
        return effective(self.state, self.closes_at, now)

    @staticmethod
    def state_expression(now: datetime) -> ColumnElement[str]:
        """The same as ``state_at``, in SQL."""
        closed = and_(Challenge.state == ChallengeState.PUBLISHED, Challenge.closes_at <= now)
        return case((closed, ChallengeState.CLOSED.value), else_=Challenge.state)

    @property
    def text(self) -> ChallengeText | None:
        """The statement in the reader's language, else in the other."""
        wanted = "zh" if is_chinese() else "en"
        return next((t for t in self.texts if t.language == wanted), self.texts[0] if self.texts else None)

    def text_in(self, language: str) -> ChallengeText | None:
        """The statement in ``zh`` or ``en`` where there is one."""
        return next((t for t in self.texts if t.language == language), None)

    @property
    def title(self) -> str:
        return self.text.title if self.text else ""

    @property
    def money(self) -> int | None:
        """The amount lists show and sort by, in NT$: what one startup can get, else the agency's budget."""
        return self.grant_ceiling or self.budget

    @property
    def subject(self) -> str:
        return f"challenge:{self.ref}"


STATEMENT_FIELDS = (
    "problem",
    "affected",
    "current_handling",
    "solution_gap",
    "outcome",
    "success_measures",
    "site",
    "support",
    "data_available",
    "limits",
)


class ChallengeText(Model):
    """The statement in one language (``zh`` or ``en``): what R-011 and R-090 ask an agency to say."""

    __tablename__ = "challenge_text"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text, default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    affected: Mapped[str] = mapped_column(Text, default="")
    current_handling: Mapped[str] = mapped_column(Text, default="")
    solution_gap: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    success_measures: Mapped[str] = mapped_column(Text, default="")
    site: Mapped[str] = mapped_column(Text, default="")
    support: Mapped[str] = mapped_column(Text, default="")
    data_available: Mapped[str] = mapped_column(Text, default="")
    limits: Mapped[str] = mapped_column(Text, default="")

    challenge: Mapped[Challenge] = related(back_populates="texts")

    __table_args__ = (
        UniqueConstraint("challenge_id", "language"),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
    )


class Criterion(Referenced, Model):
    """What the panel scores, with its weight in percent; the weights of a challenge sum to 100."""

    __tablename__ = "criterion"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    position: Mapped[int] = mapped_column(Integer)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    guide_zh: Mapped[str] = mapped_column(Text, default="")
    guide_en: Mapped[str] = mapped_column(Text, default="")
    weight: Mapped[int] = mapped_column(Integer)

    challenge: Mapped[Challenge] = related(back_populates="criteria")

    __table_args__ = (
        UniqueConstraint("challenge_id", "position"),
        CheckConstraint("weight BETWEEN 1 AND 100", name="weight_range"),
    )

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en)

    @property
    def guide(self) -> str:
        return pick(self.guide_zh, self.guide_en)


class ChallengePaper(Referenced, Model):
    """A paper published with the challenge."""

    __tablename__ = "challenge_paper"
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    title: Mapped[str] = mapped_column(String(120))
    public: Mapped[bool] = mapped_column(Boolean, default=True)

    challenge: Mapped[Challenge] = related(back_populates="papers")
    file: Mapped[StoredFile] = related()


class ChallengeCounter(Model):
    """The last number allotted in a year, for public codes."""

    __tablename__ = "challenge_counter"
    year: Mapped[int] = mapped_column(Integer, unique=True)
    last: Mapped[int] = mapped_column(Integer)
