"""A subsidised case with its plan, letters, papers, ledger, claims, requests and oversight.

Money is whole NT$, tax included. ``scheme`` always names scheme and version, such as ``mature-2019@1``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.catalog.models import CatalogItem
from matchmaker.foundation.db import Json, Model, Money, Referenced, UtcDateTime, Versioned, related
from matchmaker.foundation.files import StoredFile
from matchmaker.foundation.i18n import pick
from matchmaker.kernel.dates import Period
from matchmaker.people.models import Organization, User, stored
from matchmaker.people.states import SignOffRole
from matchmaker.subsidies.states import (
    ADVERSE,
    AskState,
    BudgetState,
    CaseState,
    ClaimKind,
    ClaimState,
    CutMethod,
    EndKind,
    EntryKind,
    LetterKind,
    LineKind,
    Matter,
    NoticeState,
    RequestState,
    Scale,
    YuanState,
)


class SubsidyRound(Referenced, Versioned, Model):
    """A yearly round of a scheme with its budget in NT$; applications are taken from ``opens_on`` to ``closes_on``.

    ``demonstration`` marks a round that only shows how the programme worked: no money is behind it.
    """

    __tablename__ = "subsidy_round"
    code: Mapped[str] = mapped_column(String(24), unique=True)
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(240), default="")
    scheme: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    opens_on: Mapped[date] = mapped_column(Date)
    closes_on: Mapped[date] = mapped_column(Date)
    budget: Mapped[int] = mapped_column(Money)
    demonstration: Mapped[bool] = mapped_column(Boolean, default=True)

    __table_args__ = (
        CheckConstraint("closes_on >= opens_on", name="window_forward"),
        CheckConstraint("budget >= 0", name="budget_positive"),
    )

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)

    @property
    def subject(self) -> str:
        return f"subsidy_round:{self.ref}"

    def is_open(self, today: date) -> bool:
        """Are applications taken on this day?"""
        return self.opens_on <= today <= self.closes_on


class SubsidyCase(Referenced, Versioned, Model):
    """One application of a county or city government and what becomes of it; the cap holds per case (R-055, Q-12).

    ``code`` (sc-2026-0001) is allotted at submission. ``bureau`` is the bureau or department (R-009, field 5.3).
    ``sustainment`` is how operation goes on after the purchase (R-061). ``eligible``, ``ineligible`` and ``ceiling``
    are counted at submission; the worksheets behind them stand in ``worksheets`` by name.
    """

    __tablename__ = "subsidy_case"
    code: Mapped[str | None] = mapped_column(String(16), unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("subsidy_round.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    state: Mapped[CaseState] = mapped_column(stored(CaseState), default=CaseState.DRAFT)
    scheme: Mapped[str] = mapped_column(String(40))
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(240), default="")
    bureau: Mapped[str] = mapped_column(String(60), default="")
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    purpose: Mapped[str] = mapped_column(Text, default="")
    benefits: Mapped[str] = mapped_column(Text, default="")
    sustainment: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    requested: Mapped[int | None] = mapped_column(Money)
    eligible: Mapped[int | None] = mapped_column(Money)
    ineligible: Mapped[int | None] = mapped_column(Money)
    ceiling: Mapped[int | None] = mapped_column(Money)
    worksheets: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    budget_state: Mapped[BudgetState] = mapped_column(stored(BudgetState), default=BudgetState.NOT_BUDGETED)
    budget_with_matching: Mapped[bool] = mapped_column(Boolean, default=False)
    budget_note: Mapped[str] = mapped_column(Text, default="")
    cure_due_on: Mapped[date | None] = mapped_column(Date)
    cure_note: Mapped[str] = mapped_column(Text, default="")
    accepted_on: Mapped[date | None] = mapped_column(Date)
    first_use_on: Mapped[date | None] = mapped_column(Date)
    plan_closed_on: Mapped[date | None] = mapped_column(Date)
    state_note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    round: Mapped[SubsidyRound] = related()
    agency: Mapped[Organization] = related()
    lines: Mapped[list[CaseLine]] = related(
        back_populates="case", cascade="all, delete-orphan", order_by="CaseLine.position"
    )
    letters: Mapped[list[CaseLetter]] = related(back_populates="case", order_by="CaseLetter.id")
    papers: Mapped[list[CasePaper]] = related(back_populates="case", order_by="CasePaper.id")
    entries: Mapped[list[LedgerEntry]] = related(back_populates="case", order_by="LedgerEntry.id")
    review: Mapped[ReviewEntry | None] = related(back_populates="case", uselist=False)
    approval: Mapped[CaseApproval | None] = related(back_populates="case", uselist=False)
    orders: Mapped[list[CaseOrder]] = related(back_populates="case", order_by="CaseOrder.id")
    claims: Mapped[list[Claim]] = related(back_populates="case", order_by="Claim.id")
    changes: Mapped[list[PlanChange]] = related(back_populates="case", order_by="PlanChange.id")
    terminations: Mapped[list[PlanTermination]] = related(
        back_populates="case", order_by="PlanTermination.id"
    )
    extensions: Mapped[list[Extension]] = related(back_populates="case", order_by="Extension.id")
    reservations: Mapped[list[Reservation]] = related(back_populates="case", order_by="Reservation.id")
    cuts: Mapped[list[LegislativeCut]] = related(back_populates="case", order_by="LegislativeCut.id")
    inspections: Mapped[list[CaseInspection]] = related(back_populates="case", order_by="CaseInspection.id")
    notices: Mapped[list[ImprovementNotice]] = related(back_populates="case", order_by="ImprovementNotice.id")
    revocation: Mapped[CaseRevocation | None] = related(back_populates="case", uselist=False)
    repayments: Mapped[list[Repayment]] = related(back_populates="case", order_by="Repayment.id")

    __table_args__ = (
        CheckConstraint("(starts_on IS NULL) = (ends_on IS NULL)", name="period_paired"),
        CheckConstraint("starts_on IS NULL OR ends_on >= starts_on", name="period_forward"),
        CheckConstraint("(code IS NULL) = (submitted_at IS NULL)", name="code_paired"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name="submission_paired"
        ),
        CheckConstraint("submitted_at IS NULL OR eligible IS NOT NULL", name="counted"),
        CheckConstraint("requested IS NULL OR requested >= 0", name="requested_positive"),
        CheckConstraint("state <> 'cure' OR cure_due_on IS NOT NULL", name="cure_paired"),
        Index("ix_subsidy_case_agency_id", "agency_id", "state"),
        Index("ix_subsidy_case_round_id", "round_id", "state"),
    )

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)

    @property
    def subject(self) -> str:
        return f"subsidy_case:{self.ref}"

    @property
    def government_zh(self) -> str:
        """The county or city as the forms name it; a made-up government goes by its own name, not by a real county's."""
        county = self.agency.county
        return county.name_zh if county is not None and not self.agency.fictitious else self.agency.name_zh

    @property
    def government(self) -> str:
        """The same in the reader's language."""
        county = self.agency.county
        return county.name if county is not None and not self.agency.fictitious else self.agency.name

    @property
    def period(self) -> Period | None:
        """The period of the plan, both days included."""
        if self.starts_on is None or self.ends_on is None:
            return None
        return Period(self.starts_on, self.ends_on)

    @property
    def crosses_years(self) -> bool:
        """A plan that begins, ends and is approved in one year is paid at once, any other in two parts (R-065, R-068).

        Needs ``approval`` loaded.
        """
        if self.starts_on is None or self.ends_on is None:
            return False
        years = {self.starts_on.year, self.ends_on.year}
        if self.approval is not None:
            years.add(self.approval.approved_on.year)
        return len(years) > 1


class CaseLine(Referenced, Model):
    """An item of the plan: always a listed item of the catalog (R-032, R-050), frozen in version and price."""

    __tablename__ = "subsidy_case_line"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"))
    position: Mapped[int] = mapped_column(Integer)
    item_id: Mapped[int] = mapped_column(ForeignKey("catalog_item.id"))
    item_version: Mapped[int] = mapped_column(Integer)
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(240), default="")
    kind: Mapped[LineKind] = mapped_column(stored(LineKind), default=LineKind.ONE_OFF)
    unit_price: Mapped[int] = mapped_column(Money)
    quantity: Mapped[int] = mapped_column(Integer)
    units: Mapped[int | None] = mapped_column(Integer)

    case: Mapped[SubsidyCase] = related(back_populates="lines")
    item: Mapped[CatalogItem] = related()

    __table_args__ = (
        UniqueConstraint("case_id", "position"),
        CheckConstraint("unit_price > 0", name="price_positive"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("(kind = 'one_off') = (units IS NULL)", name="units_paired"),
        CheckConstraint("units IS NULL OR units > 0", name="units_positive"),
    )

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)

    @property
    def cost(self) -> int:
        """What the line costs in all, in NT$, inside and outside of the subsidised year."""
        return self.unit_price * self.quantity * (self.units or 1)


_ADVERSE = ", ".join(f"'{kind.value}'" for kind in sorted(ADVERSE))


class CaseLetter(Referenced, Model):
    """An official letter with its date and number (發文字號); never changed.

    An adverse decision says how the agency was heard and carries the remedy notice (APA 96, 102); the approval
    carries its collateral clause word for word (R-088).
    """

    __tablename__ = "subsidy_letter"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    kind: Mapped[LetterKind] = mapped_column(stored(LetterKind))
    number: Mapped[str] = mapped_column(String(60))
    dated_on: Mapped[date] = mapped_column(Date)
    body: Mapped[str] = mapped_column(Text, default="")
    clause: Mapped[str] = mapped_column(Text, default="")
    hearing: Mapped[str] = mapped_column(Text, default="")
    remedy: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime())

    case: Mapped[SubsidyCase] = related(back_populates="letters")

    __table_args__ = (
        CheckConstraint("number <> ''", name="number_given"),
        CheckConstraint(
            f"kind NOT IN ({_ADVERSE}) OR (hearing <> '' AND remedy <> '')", name="adverse_heard"
        ),
        CheckConstraint("kind <> 'approval' OR clause <> ''", name="approval_with_clause"),
    )


class CasePaper(Referenced, Model):
    """A file of the case; ``kind`` is a code of the scheme's documents, or ``plan``, ``minutes``, ``other``."""

    __tablename__ = "subsidy_paper"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("subsidy_claim.id"), index=True)
    change_id: Mapped[int | None] = mapped_column(ForeignKey("subsidy_change.id"), index=True)
    termination_id: Mapped[int | None] = mapped_column(ForeignKey("subsidy_termination.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime())

    case: Mapped[SubsidyCase] = related(back_populates="papers")
    file: Mapped[StoredFile] = related()


class LedgerEntry(Referenced, Model):
    """Money of a case, added once and never changed; ``cause`` names what it comes from, as ``claim:…``."""

    __tablename__ = "subsidy_entry"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(stored(EntryKind))
    amount: Mapped[int] = mapped_column(Money)
    on: Mapped[date] = mapped_column(Date)
    cause: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(80), default="")
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime())

    case: Mapped[SubsidyCase] = related(back_populates="entries")

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index(
            "uq_subsidy_entry_approved",
            "case_id",
            unique=True,
            sqlite_where=text("kind = 'approved'"),
            postgresql_where=text("kind = 'approved'"),
        ),
    )


class ReviewMeeting(Referenced, Versioned, Model):
    """A ranked, competitive review meeting of a round (R-013, R-058); its composition is not known to us."""

    __tablename__ = "subsidy_meeting"
    round_id: Mapped[int] = mapped_column(ForeignKey("subsidy_round.id"), index=True)
    held_on: Mapped[date] = mapped_column(Date)
    place: Mapped[str] = mapped_column(String(120), default="")
    members: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    round: Mapped[SubsidyRound] = related()
    entries: Mapped[list[ReviewEntry]] = related(back_populates="meeting", order_by="ReviewEntry.rank")

    @property
    def subject(self) -> str:
        return f"subsidy_meeting:{self.ref}"


class ReviewEntry(Model):
    """A case before the meeting: its place in the ranking and, where the meeting adjusts the amount, why (R-056)."""

    __tablename__ = "subsidy_review"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("subsidy_meeting.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), unique=True)
    rank: Mapped[int] = mapped_column(Integer)
    recommended: Mapped[bool] = mapped_column(Boolean, default=True)
    amount: Mapped[int | None] = mapped_column(Money)
    adjustment: Mapped[str] = mapped_column(String(24), default="")
    comment: Mapped[str] = mapped_column(Text, default="")

    meeting: Mapped[ReviewMeeting] = related(back_populates="entries")
    case: Mapped[SubsidyCase] = related(back_populates="review")

    __table_args__ = (
        UniqueConstraint("meeting_id", "rank"),
        CheckConstraint("rank > 0", name="rank_positive"),
        CheckConstraint("(amount IS NULL) = (adjustment = '')", name="adjustment_paired"),
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount_positive"),
    )


class CaseApproval(Model):
    """What was approved: total (eligible cost) and subsidy; their ratio stays that of the approval for good (C3)."""

    __tablename__ = "subsidy_approval"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), unique=True)
    total: Mapped[int] = mapped_column(Money)
    subsidy: Mapped[int] = mapped_column(Money)
    ceiling: Mapped[int] = mapped_column(Money)
    cap: Mapped[int] = mapped_column(Money)
    limit_code: Mapped[str] = mapped_column(String(24))
    tier: Mapped[int | None] = mapped_column(Integer)
    adjustment: Mapped[str] = mapped_column(String(24), default="")
    approved_on: Mapped[date] = mapped_column(Date)
    worksheet: Mapped[dict[str, Any]] = mapped_column(Json)

    case: Mapped[SubsidyCase] = related(back_populates="approval")

    __table_args__ = (
        CheckConstraint("total > 0 AND subsidy > 0", name="amounts_positive"),
        CheckConstraint("subsidy <= ceiling AND ceiling <= cap AND subsidy <= total", name="within_ceiling"),
    )

    @property
    def own_share(self) -> int:
        """What the agency bears of the approved total."""
        return self.total - self.subsidy


class CaseOrder(Referenced, Versioned, Model):
    """An order of the plan: its number on the government e-procurement system, its day and its eligible value.

    ``order_ref`` is the order on this platform, where it was placed here. ``flags`` tells what staff should know:
    ``late`` (after the deadline), ``before_approval`` (a changed order without an approved change, R-076).
    """

    __tablename__ = "subsidy_order"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    order_ref: Mapped[str | None] = mapped_column(String(16), unique=True)
    pcc_number: Mapped[str] = mapped_column(String(40))
    ordered_on: Mapped[date] = mapped_column(Date)
    value: Mapped[int] = mapped_column(Money)
    flags: Mapped[list[Any]] = mapped_column(Json, default=list)

    case: Mapped[SubsidyCase] = related(back_populates="orders")

    __table_args__ = (
        CheckConstraint("value > 0", name="value_positive"),
        UniqueConstraint("case_id", "pcc_number"),
    )


class Claim(Referenced, Versioned, Model):
    """A claim with what was settled or spent of the eligible cost; ``payable`` is counted when it passes the check."""

    __tablename__ = "subsidy_claim"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    kind: Mapped[ClaimKind] = mapped_column(stored(ClaimKind))
    state: Mapped[ClaimState] = mapped_column(stored(ClaimState), default=ClaimState.HANDED_IN)
    cost: Mapped[int] = mapped_column(Money)
    claimed_on: Mapped[date] = mapped_column(Date)
    late: Mapped[bool] = mapped_column(Boolean, default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    payable: Mapped[int | None] = mapped_column(Money)
    worksheet: Mapped[dict[str, Any] | None] = mapped_column(Json)

    case: Mapped[SubsidyCase] = related(back_populates="claims")
    papers: Mapped[list[CasePaper]] = related(order_by="CasePaper.id")

    __table_args__ = (
        UniqueConstraint("case_id", "kind"),
        CheckConstraint("cost >= 0", name="cost_positive"),
        CheckConstraint("(state IN ('checked', 'paid')) = (payable IS NOT NULL)", name="payable_paired"),
    )


class PlanChange(Referenced, Versioned, Model):
    """Annex 5, field by field (5.1 to 5.16); the amounts are those of its table 5.10."""

    __tablename__ = "subsidy_change"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    state: Mapped[RequestState] = mapped_column(stored(RequestState), default=RequestState.DRAFT)
    applied_on: Mapped[date] = mapped_column(Date)
    contact_name: Mapped[str] = mapped_column(String(80))
    contact_phone: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    subjects: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    benefits: Mapped[str] = mapped_column(Text)
    metrics: Mapped[list[Any]] = mapped_column(Json, default=list)
    differences: Mapped[list[Any]] = mapped_column(Json, default=list)
    cost_before: Mapped[int] = mapped_column(Money)
    subsidy_before: Mapped[int] = mapped_column(Money)
    cost_after: Mapped[int] = mapped_column(Money)
    subsidy_after: Mapped[int] = mapped_column(Money)
    force_majeure: Mapped[str] = mapped_column(Text, default="")
    declared_interest: Mapped[int | None] = mapped_column(Money)
    note: Mapped[str] = mapped_column(Text, default="")
    worksheet: Mapped[dict[str, Any] | None] = mapped_column(Json)

    case: Mapped[SubsidyCase] = related(back_populates="changes")
    papers: Mapped[list[CasePaper]] = related(order_by="CasePaper.id")
    signatures: Mapped[list[CaseSignature]] = related(order_by="CaseSignature.id")

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period_forward"),
        CheckConstraint("subsidy_before BETWEEN 0 AND cost_before", name="before_adds_up"),
        CheckConstraint("subsidy_after BETWEEN 0 AND cost_after", name="after_adds_up"),
        Index(
            "uq_subsidy_change_open",
            "case_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'signing', 'handed_in')"),
            postgresql_where=text("state IN ('draft', 'signing', 'handed_in')"),
        ),
    )

    @property
    def own_before(self) -> int:
        return self.cost_before - self.subsidy_before

    @property
    def own_after(self) -> int:
        return self.cost_after - self.subsidy_after


class PlanTermination(Referenced, Versioned, Model):
    """Annex 6, field by field (6.1 to 6.12).

    ``items`` are the rows of 6.8 in NT$ (printed in thousands): item, budget, executed, state, percent, spent.
    The left box (6.10) is the agency's, the right box (6.11) the programme office's alone (R-016).
    """

    __tablename__ = "subsidy_termination"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    state: Mapped[RequestState] = mapped_column(stored(RequestState), default=RequestState.DRAFT)
    applied_on: Mapped[date] = mapped_column(Date)
    contact_name: Mapped[str] = mapped_column(String(80))
    contact_phone: Mapped[str] = mapped_column(String(40))
    contact_extension: Mapped[str] = mapped_column(String(12), default="")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    terminates_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    items: Mapped[list[Any]] = mapped_column(Json, default=list)
    left_subsidy: Mapped[int] = mapped_column(Money)
    left_interest: Mapped[int] = mapped_column(Money, default=0)
    left_other: Mapped[int] = mapped_column(Money, default=0)
    right_subsidy: Mapped[int | None] = mapped_column(Money)
    right_interest: Mapped[int | None] = mapped_column(Money)
    right_other: Mapped[int | None] = mapped_column(Money)
    force_majeure: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    worksheet: Mapped[dict[str, Any] | None] = mapped_column(Json)

    case: Mapped[SubsidyCase] = related(back_populates="terminations")
    papers: Mapped[list[CasePaper]] = related(order_by="CasePaper.id")
    signatures: Mapped[list[CaseSignature]] = related(order_by="CaseSignature.id")

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period_forward"),
        CheckConstraint("terminates_on BETWEEN starts_on AND ends_on", name="end_in_period"),
        CheckConstraint("left_subsidy >= 0 AND left_interest >= 0 AND left_other >= 0", name="left_positive"),
        CheckConstraint(
            "(right_subsidy IS NULL) = (right_interest IS NULL) AND (right_subsidy IS NULL) = (right_other IS NULL)",
            name="right_paired",
        ),
        CheckConstraint("(state = 'approved') = (right_subsidy IS NOT NULL)", name="right_on_approval"),
        Index(
            "uq_subsidy_termination_open",
            "case_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'signing', 'handed_in')"),
            postgresql_where=text("state IN ('draft', 'signing', 'handed_in')"),
        ),
    )


class CaseSignature(Model):
    """One of the four signatures under annex 5 or 6, in the order of the form (R-015, fields 5.17 and 6.14)."""

    __tablename__ = "subsidy_signature"
    change_id: Mapped[int | None] = mapped_column(ForeignKey("subsidy_change.id"))
    termination_id: Mapped[int | None] = mapped_column(ForeignKey("subsidy_termination.id"))
    role: Mapped[SignOffRole] = mapped_column(stored(SignOffRole))
    signed_by: Mapped[str] = mapped_column(String(120))
    as_deputy: Mapped[bool] = mapped_column(Boolean, default=False)
    comment: Mapped[str] = mapped_column(Text, default="")
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime())

    __table_args__ = (
        CheckConstraint("(change_id IS NULL) <> (termination_id IS NULL)", name="one_form"),
        UniqueConstraint("change_id", "role"),
        UniqueConstraint("termination_id", "role"),
    )


class Extension(Referenced, Versioned, Model):
    """A deadline that the agency asks to move, with reasons and a date (R-084, Q-16); several are possible."""

    __tablename__ = "subsidy_extension"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    state: Mapped[AskState] = mapped_column(stored(AskState), default=AskState.ASKED)
    matter: Mapped[Matter] = mapped_column(stored(Matter))
    until: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    granted_until: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[SubsidyCase] = related(back_populates="extensions")

    __table_args__ = (
        CheckConstraint("(state = 'granted') = (granted_until IS NOT NULL)", name="grant_paired"),
    )


class Reservation(Referenced, Versioned, Model):
    """What was not claimed in the approval year (R-072): the agency's reservation, and the programme's own.

    ``amount`` is what the agency reserves. ``state`` and ``carried`` are the Executive Yuan's word on the programme's
    carry-over; only what it approved may be paid.
    """

    __tablename__ = "subsidy_reservation"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    year: Mapped[int] = mapped_column(Integer)
    amount: Mapped[int] = mapped_column(Money)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[YuanState] = mapped_column(stored(YuanState), default=YuanState.PENDING)
    carried: Mapped[int | None] = mapped_column(Money)
    decided_on: Mapped[date | None] = mapped_column(Date)
    worksheet: Mapped[dict[str, Any] | None] = mapped_column(Json)

    case: Mapped[SubsidyCase] = related(back_populates="reservations")

    __table_args__ = (
        UniqueConstraint("case_id", "year"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(state = 'pending') = (decided_on IS NULL)", name="decision_paired"),
        CheckConstraint("(state = 'approved') = (carried IS NOT NULL)", name="carried_paired"),
        CheckConstraint("carried IS NULL OR carried BETWEEN 0 AND amount", name="carried_within"),
    )


class LegislativeCut(Model):
    """A cut of the yearly budget by the legislature, handed on to this case (R-073)."""

    __tablename__ = "subsidy_cut"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    year: Mapped[int] = mapped_column(Integer)
    method: Mapped[CutMethod] = mapped_column(stored(CutMethod))
    share: Mapped[str] = mapped_column(String(24), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[int] = mapped_column(Money)
    after: Mapped[int] = mapped_column(Money)
    worksheet: Mapped[dict[str, Any]] = mapped_column(Json)

    case: Mapped[SubsidyCase] = related(back_populates="cuts")

    __table_args__ = (CheckConstraint('"after" BETWEEN 0 AND "before"', name="only_less"),)


class CaseInspection(Referenced, Model):
    """A document or on-site check, or a usage explanation asked for (R-086)."""

    __tablename__ = "subsidy_inspection"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(24))
    on: Mapped[date] = mapped_column(Date)
    finding: Mapped[str] = mapped_column(Text)
    untrue: Mapped[bool] = mapped_column(Boolean, default=False)
    recorded_by: Mapped[str] = mapped_column(String(120))

    case: Mapped[SubsidyCase] = related(back_populates="inspections")


class ImprovementNotice(Referenced, Versioned, Model):
    """A notice that names defects and the day until which to mend them (R-087)."""

    __tablename__ = "subsidy_notice"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    state: Mapped[NoticeState] = mapped_column(stored(NoticeState), default=NoticeState.OPEN)
    defects: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    sent_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[SubsidyCase] = related(back_populates="notices")

    __table_args__ = (
        CheckConstraint("state <> 'overdue'", name="overdue_is_computed"),
        CheckConstraint("due_on > sent_on", name="due_after_sent"),
    )

    def state_on(self, today: date) -> NoticeState:
        """The state as the clock has it."""
        late = self.state is NoticeState.OPEN and today > self.due_on
        return NoticeState.OVERDUE if late else self.state

    @staticmethod
    def state_expression(today: date) -> ColumnElement[str]:
        """The same as ``state_on``, in SQL."""
        late = and_(ImprovementNotice.state == NoticeState.OPEN, ImprovementNotice.due_on < today)
        return case((late, NoticeState.OVERDUE.value), else_=ImprovementNotice.state)


class CaseRevocation(Model):
    """Annulment or revocation with its cause and the two independent scales (R-087, R-089)."""

    __tablename__ = "subsidy_revocation"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), unique=True)
    kind: Mapped[EndKind] = mapped_column(stored(EndKind))
    cause: Mapped[str] = mapped_column(String(24))
    stop: Mapped[Scale] = mapped_column(stored(Scale))
    claw_back: Mapped[Scale] = mapped_column(stored(Scale))
    stopped: Mapped[int] = mapped_column(Money)
    refund: Mapped[int] = mapped_column(Money)
    decided_on: Mapped[date] = mapped_column(Date)
    worksheet: Mapped[dict[str, Any]] = mapped_column(Json)

    case: Mapped[SubsidyCase] = related(back_populates="revocation")


class Repayment(Referenced, Versioned, Model):
    """Subsidy and interest to be returned, and the day notified for it; ``due_on`` is empty until the notice goes out."""

    __tablename__ = "subsidy_repayment"
    case_id: Mapped[int] = mapped_column(ForeignKey("subsidy_case.id"), index=True)
    cause: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(Money)
    interest: Mapped[int | None] = mapped_column(Money)
    due_on: Mapped[date | None] = mapped_column(Date)

    case: Mapped[SubsidyCase] = related(back_populates="repayments")

    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_positive"),
        CheckConstraint("interest IS NULL OR interest >= 0", name="interest_positive"),
    )


class CaseCounter(Model):
    """The last number allotted in a year, for public codes."""

    __tablename__ = "subsidy_counter"
    year: Mapped[int] = mapped_column(Integer, unique=True)
    last: Mapped[int] = mapped_column(Integer)


class CalendarKey(Model):
    """A person's secret calendar address; raising ``serial`` makes the old address useless."""

    __tablename__ = "subsidy_calendar_key"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    serial: Mapped[int] = mapped_column(Integer, default=1)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime())

    user: Mapped[User] = related()

    __table_args__ = (UniqueConstraint("user_id", "organization_id"),)


class LedgerStands(RuntimeError):
    """Something tried to change or delete an entry or a letter: a fault of the product, never of a person."""


@event.listens_for(LedgerEntry, "before_update")
@event.listens_for(LedgerEntry, "before_delete")
@event.listens_for(CaseLetter, "before_update")
@event.listens_for(CaseLetter, "before_delete")
def _refuse_change(_mapper: Any, _connection: Any, row: LedgerEntry | CaseLetter) -> None:
    raise LedgerStands(row.ref)
