"""Catalog items, versioned; their listing in a framework agreement; known adoptions."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

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
    exists,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from matchmaker.catalog.pricing import Band, Step, bands, steps, unit_price
from matchmaker.catalog.states import (
    ABOVE_MARKET,
    ActivityKind,
    AgreementPhase,
    ApplicationKind,
    ApplicationState,
    Criterion,
    ItemState,
    OutputKind,
    ReportState,
)
from matchmaker.foundation.db import Json, Model, Money, Referenced, UtcDateTime, Versioned, related
from matchmaker.foundation.files import StoredFile
from matchmaker.foundation.i18n import pick
from matchmaker.kernel.programme import Domain
from matchmaker.people.models import Organization, stored
from matchmaker.pilots.models import Pilot
from matchmaker.proposals.states import EvidenceKind


class Category(Model):
    """A product category (R-038, R-039); the list is open. Its domain is our assumption."""

    __tablename__ = "category"
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80))
    domain: Mapped[Domain] = mapped_column(stored(Domain))
    position: Mapped[int] = mapped_column(Integer)

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en)


class FrameworkAgreement(Referenced, Versioned, Model):
    """The inter-entity supply contract that items are listed in; at most two years, both days counted.

    Its first day stands for the tender deadline on which a startup's age is measured (our assumption, Q-13).
    Startups apply to be listed from ``opens_on`` to ``closes_on``, where that is announced. ``published_budget``
    is the most that all orders together may reach, in NT$. ``service_fee`` is counted in hundredths of a percent
    of an order's value; one percent at most (B-5). ``first_end`` is the last day before it was extended, where it
    was; ``extension_note`` says why.
    """

    __tablename__ = "framework_agreement"
    code: Mapped[str] = mapped_column(String(24), unique=True)
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(240))
    opens_on: Mapped[date | None] = mapped_column(Date)
    closes_on: Mapped[date | None] = mapped_column(Date)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    published_budget: Mapped[int | None] = mapped_column(Money)
    service_fee: Mapped[int] = mapped_column(Integer, default=0, server_default="0")

    first_end: Mapped[date | None] = mapped_column(Date)
    extension_note: Mapped[str] = mapped_column(Text, default="", server_default="")

    lots: Mapped[list[Lot]] = related(back_populates="framework", order_by="Lot.position")

    __table_args__ = (
        CheckConstraint("ends_on > starts_on", name="period_forward"),
        CheckConstraint("(opens_on IS NULL) = (closes_on IS NULL)", name="listing_paired"),
        CheckConstraint(
            "opens_on IS NULL OR (opens_on <= closes_on AND closes_on < starts_on)",
            name="listing_before_start",
        ),
        CheckConstraint("published_budget IS NULL OR published_budget > 0", name="budget_positive"),
        CheckConstraint("service_fee BETWEEN 0 AND 100", name="fee_one_percent"),
        CheckConstraint("first_end IS NULL OR first_end < ends_on", name="extension_forward"),
        CheckConstraint("(first_end IS NULL) = (extension_note = '')", name="extension_paired"),
    )

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)

    @property
    def subject(self) -> str:
        return f"framework:{self.ref}"

    def is_running(self, today: date) -> bool:
        """Does the agreement hold on this day?"""
        return self.starts_on <= today <= self.ends_on

    def phase_on(self, today: date) -> AgreementPhase:
        """Where the agreement stands, as the clock has it."""
        if today > self.ends_on:
            return AgreementPhase.EXPIRED
        if today >= self.starts_on:
            return AgreementPhase.LIVE
        if self.opens_on is None or self.closes_on is None or today < self.opens_on:
            return AgreementPhase.COMING
        return AgreementPhase.OPEN if today <= self.closes_on else AgreementPhase.PENDING

    @staticmethod
    def phase_expression(today: date) -> ColumnElement[str]:
        """The same as ``phase_on``, in SQL."""
        return case(
            (FrameworkAgreement.ends_on < today, AgreementPhase.EXPIRED.value),
            (FrameworkAgreement.starts_on <= today, AgreementPhase.LIVE.value),
            (FrameworkAgreement.opens_on.is_(None), AgreementPhase.COMING.value),
            (FrameworkAgreement.opens_on > today, AgreementPhase.COMING.value),
            (FrameworkAgreement.closes_on >= today, AgreementPhase.OPEN.value),
            else_=AgreementPhase.PENDING.value,
        )


class Lot(Referenced, Versioned, Model):
    """A part of an agreement with limits of its own, by domain and category (B-5); amounts in NT$, tax included.

    ``regions`` are codes of counties where it is supplied, none for everywhere. ``price_ceiling`` is the highest
    unit price; ``order_min`` and ``order_max`` bound the value of one order; ``published_budget`` the sum of all.
    """

    __tablename__ = "lot"
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework_agreement.id"))
    code: Mapped[str] = mapped_column(String(24))
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(240), default="")
    domain: Mapped[Domain] = mapped_column(stored(Domain))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    regions: Mapped[list[Any]] = mapped_column(Json, default=list)
    price_ceiling: Mapped[int | None] = mapped_column(Money)
    order_min: Mapped[int | None] = mapped_column(Money)
    order_max: Mapped[int | None] = mapped_column(Money)
    published_budget: Mapped[int | None] = mapped_column(Money)
    position: Mapped[int] = mapped_column(Integer)

    framework: Mapped[FrameworkAgreement] = related(back_populates="lots")
    category: Mapped[Category | None] = related()

    __table_args__ = (
        UniqueConstraint("framework_id", "code"),
        CheckConstraint("price_ceiling IS NULL OR price_ceiling > 0", name="ceiling_positive"),
        CheckConstraint("order_min IS NULL OR order_min > 0", name="minimum_positive"),
        CheckConstraint(
            "order_max IS NULL OR order_max >= coalesce(order_min, 1)", name="maximum_above_minimum"
        ),
        CheckConstraint("published_budget IS NULL OR published_budget > 0", name="budget_positive"),
    )

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)


class Announcement(Referenced, Versioned, Model):
    """The categories that the contracting entity means to procure in a year, as announced (R-040)."""

    __tablename__ = "announcement"
    year: Mapped[int] = mapped_column(Integer, unique=True)
    announced_on: Mapped[date] = mapped_column(Date)
    note_zh: Mapped[str] = mapped_column(Text, default="")
    note_en: Mapped[str] = mapped_column(Text, default="")
    source_note: Mapped[str] = mapped_column(String(200))

    entries: Mapped[list[AnnouncedCategory]] = related(
        back_populates="announcement", order_by="AnnouncedCategory.id", cascade="all, delete-orphan"
    )

    __table_args__ = (CheckConstraint("year BETWEEN 2000 AND 2200", name="year_range"),)

    @property
    def note(self) -> str:
        return pick(self.note_zh, self.note_en)

    @property
    def subject(self) -> str:
        return f"announcement:{self.ref}"

    @property
    def categories(self) -> list[Category]:
        """What was announced, in the order of the categories (needs ``entries`` with ``category`` loaded)."""
        return sorted((entry.category for entry in self.entries), key=lambda c: c.position)


class AnnouncedCategory(Model):
    """A category of an announcement."""

    __tablename__ = "announced_category"
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))

    announcement: Mapped[Announcement] = related(back_populates="entries")
    category: Mapped[Category] = related()

    __table_args__ = (UniqueConstraint("announcement_id", "category_id"),)


class CatalogItem(Referenced, Versioned, Model):
    """A product or service that any applicable entity may order; its words and price live in its versions.

    ``code`` (ci-2026-0001) is allotted at listing. ``pilot_id`` keeps the pilot it grew from (R-043).
    ``state_note`` is the reason of the present state where it needs one.
    """

    __tablename__ = "catalog_item"
    code: Mapped[str | None] = mapped_column(String(16), unique=True)
    state: Mapped[ItemState] = mapped_column(stored(ItemState), default=ItemState.PROPOSED)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    domain: Mapped[Domain | None] = mapped_column(stored(Domain))
    pilot_id: Mapped[int | None] = mapped_column(ForeignKey("pilot.id"), unique=True)
    framework_id: Mapped[int | None] = mapped_column(ForeignKey("framework_agreement.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    current_version: Mapped[int] = mapped_column(Integer, default=1)
    source_note: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    listed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    state_note: Mapped[str] = mapped_column(Text, default="")

    if TYPE_CHECKING:
        above_market: bool
        """A well-founded report of a better price stands; read with the row, set below."""

    supplier: Mapped[Organization] = related()
    category: Mapped[Category | None] = related()
    pilot: Mapped[Pilot | None] = related()
    framework: Mapped[FrameworkAgreement | None] = related()
    lot: Mapped[Lot | None] = related()
    versions: Mapped[list[ItemVersion]] = related(back_populates="item", order_by="ItemVersion.number")
    adoptions: Mapped[list[Adoption]] = related(back_populates="item", order_by="Adoption.year")
    evidence: Mapped[list[ItemEvidence]] = related(back_populates="item", order_by="ItemEvidence.id")
    reports: Mapped[list[PriceReport]] = related(back_populates="item", order_by="PriceReport.id")

    __table_args__ = (
        CheckConstraint("state <> 'expired'", name="expired_is_computed"),
        CheckConstraint("(code IS NULL) = (listed_at IS NULL)", name="code_paired"),
        CheckConstraint("listed_at IS NULL OR framework_id IS NOT NULL", name="listed_in_framework"),
        CheckConstraint("lot_id IS NULL OR framework_id IS NOT NULL", name="lot_in_framework"),
        CheckConstraint("state IN ('proposed', 'withdrawn') OR listed_at IS NOT NULL", name="listing_paired"),
        CheckConstraint("state <> 'proposed' OR listed_at IS NULL", name="proposed_unlisted"),
        CheckConstraint("(state = 'withdrawn') = (ended_at IS NOT NULL)", name="end_paired"),
        CheckConstraint("current_version >= 1", name="version_positive"),
        Index("ix_catalog_item_list", "state", "listed_at", "id"),
        Index("ix_catalog_item_supplier_id", "supplier_id"),
    )

    @property
    def current(self) -> ItemVersion:
        """The version that counts now."""
        return next(v for v in self.versions if v.number == self.current_version)

    @property
    def title(self) -> str:
        return self.current.title

    @property
    def subject(self) -> str:
        return f"item:{self.ref}"

    def state_on(self, today: date) -> ItemState:
        """The state as the clock has it (needs ``framework`` loaded)."""
        live = self.state in (ItemState.LISTED, ItemState.SUSPENDED)
        if live and self.framework is not None and today > self.framework.ends_on:
            return ItemState.EXPIRED
        return self.state

    @staticmethod
    def state_expression(today: date) -> ColumnElement[str]:
        """The same as ``state_on``, in SQL; the query joins FrameworkAgreement (outer)."""
        expired = and_(
            CatalogItem.state.in_([ItemState.LISTED, ItemState.SUSPENDED]), FrameworkAgreement.ends_on < today
        )
        return case((expired, ItemState.EXPIRED.value), else_=CatalogItem.state)

    def is_orderable(self, today: date) -> bool:
        """Is it listed, in an agreement that holds on this day (needs ``framework`` loaded)?"""
        return (
            self.state is ItemState.LISTED and self.framework is not None and self.framework.is_running(today)
        )


class ItemVersion(Model):
    """The words and price of an item at one time, in both languages; prices in NT$, tax included.

    Technology and use case are two of the three fields of R-033 (the third, supplied by a startup, is the
    item's supplier); ``specification_open`` is R-034's word that the specification shows what is new without
    being tied to a proprietary one. ``note`` says why the version was made.
    """

    __tablename__ = "item_version"
    item_id: Mapped[int] = mapped_column(ForeignKey("catalog_item.id"))
    number: Mapped[int] = mapped_column(Integer)
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(240), default="")
    summary_zh: Mapped[str] = mapped_column(Text, default="")
    summary_en: Mapped[str] = mapped_column(Text, default="")
    technology_zh: Mapped[str] = mapped_column(Text, default="")
    technology_en: Mapped[str] = mapped_column(Text, default="")
    use_case_zh: Mapped[str] = mapped_column(Text, default="")
    use_case_en: Mapped[str] = mapped_column(Text, default="")
    specification_zh: Mapped[str] = mapped_column(Text, default="")
    specification_en: Mapped[str] = mapped_column(Text, default="")
    specification_open: Mapped[bool] = mapped_column(Boolean, default=False)
    activity: Mapped[ActivityKind | None] = mapped_column(stored(ActivityKind))
    output: Mapped[OutputKind | None] = mapped_column(stored(OutputKind))
    unit_zh: Mapped[str] = mapped_column(String(20), default="")
    unit_en: Mapped[str] = mapped_column(String(40), default="")
    unit_price: Mapped[int | None] = mapped_column(Money)
    price_note_zh: Mapped[str] = mapped_column(String(200), default="")
    price_note_en: Mapped[str] = mapped_column(String(400), default="")
    delivery_days: Mapped[int | None] = mapped_column(Integer)
    warranty_months: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(String(200), default="")
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime())

    item: Mapped[CatalogItem] = related(back_populates="versions")
    breaks: Mapped[list[PriceBreak]] = related(
        back_populates="version", order_by="PriceBreak.from_quantity", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("item_id", "number"),
        CheckConstraint("unit_price IS NULL OR unit_price > 0", name="price_positive"),
        CheckConstraint("delivery_days IS NULL OR delivery_days >= 0", name="delivery_positive"),
        CheckConstraint("warranty_months IS NULL OR warranty_months >= 0", name="warranty_positive"),
    )

    @property
    def steps(self) -> tuple[Step, ...]:
        """The price breaks as plain values (needs ``breaks`` loaded)."""
        return steps(self.breaks)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The scale of prices, where there is a price (needs ``breaks`` loaded)."""
        return bands(self.unit_price, self.breaks) if self.unit_price is not None else ()

    def price_at(self, quantity: int) -> int | None:
        """The unit price for this quantity, where there is a price (needs ``breaks`` loaded)."""
        return unit_price(self.unit_price, self.breaks, quantity) if self.unit_price is not None else None

    def _pick(self, name: str) -> str:
        return pick(getattr(self, f"{name}_zh"), getattr(self, f"{name}_en"))

    @property
    def title(self) -> str:
        return self._pick("title")

    @property
    def summary(self) -> str:
        return self._pick("summary")

    @property
    def technology(self) -> str:
        return self._pick("technology")

    @property
    def use_case(self) -> str:
        return self._pick("use_case")

    @property
    def specification(self) -> str:
        return self._pick("specification")

    @property
    def unit(self) -> str:
        return self._pick("unit")

    @property
    def price_note(self) -> str:
        return self._pick("price_note")


class PriceBreak(Model):
    """A better unit price from a quantity on (級距), in NT$, tax included; part of a version of an item."""

    __tablename__ = "price_break"
    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"))
    from_quantity: Mapped[int] = mapped_column(Integer)
    unit_price: Mapped[int] = mapped_column(Money)

    version: Mapped[ItemVersion] = related(back_populates="breaks")

    __table_args__ = (
        UniqueConstraint("version_id", "from_quantity"),
        CheckConstraint("from_quantity >= 2", name="quantity_above_one"),
        CheckConstraint("unit_price > 0", name="price_positive"),
    )


class Adoption(Referenced, Model):
    """A government body known to have adopted an item, what it was good for, and the source (R-103 to R-112).

    ``agency_id`` where the body is on the platform, else its name. ``order_ref`` names the first accepted order
    that shows it, where one does, and ``orders`` counts such orders of the body in that year.
    """

    __tablename__ = "adoption"
    item_id: Mapped[int] = mapped_column(ForeignKey("catalog_item.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    body_zh: Mapped[str] = mapped_column(String(80), default="")
    body_en: Mapped[str] = mapped_column(String(160), default="")
    year: Mapped[int] = mapped_column(Integer)
    story_zh: Mapped[str] = mapped_column(Text)
    story_en: Mapped[str] = mapped_column(Text, default="")
    source_note: Mapped[str] = mapped_column(String(200), default="")
    order_ref: Mapped[str | None] = mapped_column(String(16))
    orders: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime())

    item: Mapped[CatalogItem] = related(back_populates="adoptions")
    agency: Mapped[Organization | None] = related()

    __table_args__ = (
        UniqueConstraint("item_id", "agency_id", "year"),
        CheckConstraint("agency_id IS NOT NULL OR body_zh <> ''", name="body_known"),
        CheckConstraint("year BETWEEN 2000 AND 2200", name="year_range"),
        CheckConstraint("(orders > 0) = (order_ref IS NOT NULL)", name="orders_counted"),
    )

    @property
    def body(self) -> str:
        """Who adopted the item (needs ``agency`` loaded)."""
        return self.agency.name if self.agency is not None else pick(self.body_zh, self.body_en)

    @property
    def story(self) -> str:
        return pick(self.story_zh, self.story_en)


class ItemCounter(Model):
    """The last number allotted in a year, for public codes."""

    __tablename__ = "item_counter"
    year: Mapped[int] = mapped_column(Integer, unique=True)
    last: Mapped[int] = mapped_column(Integer)


class ItemEvidence(Referenced, Model):
    """What shows that the supplier can deliver: one of the three kinds of R-036, or a government reference.

    Any one of the three suffices; a reference is never required (R-035). ``organization`` is who gave the award,
    the partner firm or the government body.
    """

    __tablename__ = "item_evidence"
    item_id: Mapped[int] = mapped_column(ForeignKey("catalog_item.id"))
    kind: Mapped[EvidenceKind] = mapped_column(stored(EvidenceKind))
    title: Mapped[str] = mapped_column(String(160))
    organization: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    added_by: Mapped[str] = mapped_column(String(120))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime())

    item: Mapped[CatalogItem] = related(back_populates="evidence")
    file: Mapped[StoredFile | None] = related()

    __table_args__ = (
        CheckConstraint("title <> '' AND organization <> ''", name="named"),
        Index("ix_item_evidence_item_id", "item_id"),
    )


class ListingApplication(Referenced, Versioned, Model):
    """What a supplier asks the price and specification review board for: a listing, or a change of what is listed.

    A listing names the agreement and the lot, and its words are those of the item. A change keeps its own words and
    prices in ``proposed`` until they count, made from version ``based_on``. ``rounds`` counts how often it was handed
    in; an item is under one review at a time.
    """

    __tablename__ = "listing_application"
    item_id: Mapped[int] = mapped_column(ForeignKey("catalog_item.id"))
    kind: Mapped[ApplicationKind] = mapped_column(stored(ApplicationKind))
    state: Mapped[ApplicationState] = mapped_column(
        stored(ApplicationState), default=ApplicationState.SUBMITTED
    )
    framework_id: Mapped[int | None] = mapped_column(ForeignKey("framework_agreement.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    proposed: Mapped[dict[str, Any] | None] = mapped_column(Json)
    based_on: Mapped[int] = mapped_column(Integer)
    rounds: Mapped[int] = mapped_column(Integer, default=1)
    words: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime())
    submitted_by: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    decided_by: Mapped[str] = mapped_column(String(120), default="")

    item: Mapped[CatalogItem] = related()
    framework: Mapped[FrameworkAgreement | None] = related()
    lot: Mapped[Lot | None] = related()
    findings: Mapped[list[ReviewFinding]] = related(back_populates="application", order_by="ReviewFinding.id")

    __table_args__ = (
        CheckConstraint("(kind = 'listing') = (framework_id IS NOT NULL)", name="framework_paired"),
        CheckConstraint("kind = 'listing' OR lot_id IS NULL", name="lot_of_listing"),
        CheckConstraint(
            "(state IN ('approved', 'refused', 'withdrawn')) = (decided_at IS NOT NULL)",
            name="decision_paired",
        ),
        CheckConstraint("rounds >= 1", name="rounds_positive"),
        Index(
            "ix_listing_application_one",
            "item_id",
            unique=True,
            sqlite_where=text("state IN ('submitted', 'returned')"),
            postgresql_where=text("state IN ('submitted', 'returned')"),
        ),
        Index("ix_listing_application_list", "state", "submitted_at", "id"),
    )

    @property
    def subject(self) -> str:
        return f"application:{self.ref}"

    def findings_of(self, round_: int) -> dict[str, ReviewFinding]:
        """The findings of one round, by criterion (needs ``findings`` loaded)."""
        return {str(f.criterion): f for f in self.findings if f.round == round_}


class ReviewFinding(Model):
    """What the review board found on one criterion in one round; a criterion that is not met has words."""

    __tablename__ = "review_finding"
    application_id: Mapped[int] = mapped_column(ForeignKey("listing_application.id"))
    round: Mapped[int] = mapped_column(Integer)
    criterion: Mapped[Criterion] = mapped_column(stored(Criterion))
    met: Mapped[bool] = mapped_column(Boolean)
    words: Mapped[str] = mapped_column(Text, default="")
    found_by: Mapped[str] = mapped_column(String(120))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime())

    application: Mapped[ListingApplication] = related(back_populates="findings")

    __table_args__ = (
        UniqueConstraint("application_id", "round", "criterion"),
        CheckConstraint("met OR words <> ''", name="words_where_not_met"),
    )


class PriceReport(Referenced, Versioned, Model):
    """A better price seen elsewhere for an item (B-5): where, when, how much (NT$, tax included), and the source.

    While a well-founded report stands, the item is above the market price and may not be bought. ``answer`` is
    the supplier's reason to refuse, ``closing_note`` the staff's reason to dismiss.
    """

    __tablename__ = "price_report"
    item_id: Mapped[int] = mapped_column(ForeignKey("catalog_item.id"))
    state: Mapped[ReportState] = mapped_column(stored(ReportState), default=ReportState.REPORTED)
    place: Mapped[str] = mapped_column(String(160))
    unit_price: Mapped[int] = mapped_column(Money)
    seen_on: Mapped[date] = mapped_column(Date)
    source_note: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(Text, default="")
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    reported_by: Mapped[str] = mapped_column(String(120))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime())
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    answer: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    closing_note: Mapped[str] = mapped_column(Text, default="")
    made_version: Mapped[int | None] = mapped_column(Integer)

    item: Mapped[CatalogItem] = related(back_populates="reports")
    reporter: Mapped[Organization | None] = related()

    __table_args__ = (
        CheckConstraint("unit_price > 0", name="price_positive"),
        CheckConstraint(
            "state = 'reported' OR state = 'dismissed' OR offered_at IS NOT NULL", name="offered"
        ),
        CheckConstraint("state <> 'refused' OR answer <> ''", name="refusal_has_reason"),
        CheckConstraint("(state = 'accepted') = (made_version IS NOT NULL)", name="acceptance_paired"),
        CheckConstraint("(state IN ('accepted', 'dismissed')) = (closed_at IS NOT NULL)", name="end_paired"),
        CheckConstraint("state <> 'dismissed' OR closing_note <> ''", name="dismissal_has_reason"),
        Index("ix_price_report_item_id", "item_id"),
        Index("ix_price_report_list", "state", "reported_at", "id"),
    )

    @property
    def subject(self) -> str:
        return f"price_report:{self.ref}"


CatalogItem.above_market = column_property(  # type: ignore[assignment]
    exists()
    .where(PriceReport.item_id == CatalogItem.id, PriceReport.state.in_(ABOVE_MARKET))
    .correlate_except(PriceReport)
)


class SavedItem(Model):
    """An item that a person keeps on their own list."""

    __tablename__ = "saved_item"
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("catalog_item.id"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime())

    item: Mapped[CatalogItem] = related()

    __table_args__ = (UniqueConstraint("user_id", "item_id"),)
