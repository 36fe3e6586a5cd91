"""Requisitions with their signatures; orders with deliveries, inspections, certificates, payments, experiences.

Amounts are whole NT$, tax included. A line without an item is an add-on (額外項).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from matchmaker.catalog.models import CatalogItem, FrameworkAgreement, Lot
from matchmaker.catalog.states import OutputKind
from matchmaker.foundation.db import Model, Money, Referenced, UtcDateTime, Versioned, related
from matchmaker.foundation.files import StoredFile
from matchmaker.foundation.i18n import pick
from matchmaker.orders.states import (
    DeliveryState,
    OrderState,
    PaperKind,
    Party,
    RequisitionState,
    Result,
    Settlement,
    Verdict,
)
from matchmaker.people.models import Organization, User, stored
from matchmaker.people.states import SignOffRole


class Requisition(Referenced, Versioned, Model):
    """A purchase asked for inside an agency (請購單): items of one supplier and agreement, signed desk by desk.

    ``desk`` is whose signature is awaited; ``round`` counts sign-offs, a return or a new price begins another.
    ``superior_number`` is the superior agency's approval, needed from the supervision threshold (C11).
    ``subsidy_asked`` says that a superior pays a part, which gives more days to pay (B-5). ``repeats_id`` is the
    requisition that this one orders again.
    """

    __tablename__ = "requisition"
    code: Mapped[str] = mapped_column(String(16), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework_agreement.id"))
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("requisition.id"))
    state: Mapped[RequisitionState] = mapped_column(stored(RequisitionState), default=RequisitionState.DRAFT)
    desk: Mapped[SignOffRole | None] = mapped_column(stored(SignOffRole))
    round: Mapped[int] = mapped_column(Integer, default=1)
    title: Mapped[str] = mapped_column(String(120))
    wanted_on: Mapped[date | None] = mapped_column(Date)
    place: Mapped[str] = mapped_column(String(200), default="")
    budget_line: Mapped[str] = mapped_column(String(120), default="")
    why: Mapped[str] = mapped_column(Text, default="")
    superior_number: Mapped[str] = mapped_column(String(80), default="")
    subsidy_asked: Mapped[bool] = mapped_column(Boolean, default=False)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    end_note: Mapped[str] = mapped_column(Text, default="")

    agency: Mapped[Organization] = related(foreign_keys=[agency_id])
    supplier: Mapped[Organization] = related(foreign_keys=[supplier_id])
    framework: Mapped[FrameworkAgreement] = related()
    prepared_by: Mapped[User] = related()
    repeats: Mapped[Requisition | None] = related(remote_side="Requisition.id")
    lines: Mapped[list[RequisitionLine]] = related(
        back_populates="requisition", cascade="all, delete-orphan", order_by="RequisitionLine.position"
    )
    signatures: Mapped[list[Signature]] = related(back_populates="requisition", order_by="Signature.id")
    order: Mapped[CallOffOrder | None] = related(back_populates="requisition", uselist=False)
    papers: Mapped[list[OrderPaper]] = related(back_populates="requisition", order_by="OrderPaper.id")

    __table_args__ = (
        CheckConstraint("(state = 'signing') = (desk IS NOT NULL)", name="desk_paired"),
        CheckConstraint(
            "(state IN ('approved', 'ordered')) = (approved_at IS NOT NULL)", name="approval_paired"
        ),
        CheckConstraint("(state IN ('ordered', 'dropped')) = (ended_at IS NOT NULL)", name="end_paired"),
        CheckConstraint("round >= 1", name="round_positive"),
        Index("ix_requisition_agency_id", "agency_id", "state"),
    )

    @property
    def subject(self) -> str:
        return f"requisition:{self.ref}"

    @property
    def value(self) -> int:
        """What the items cost, without add-ons."""
        return sum(line.amount for line in self.lines if line.item_id is not None)

    @property
    def add_ons(self) -> int:
        return sum(line.amount for line in self.lines if line.item_id is None)

    @property
    def total(self) -> int:
        return self.value + self.add_ons


class _Line:
    """What both kinds of lines hold: an item in one version and at one price, or an add-on."""

    position: Mapped[int] = mapped_column(Integer)
    version_number: Mapped[int | None] = mapped_column(Integer)
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(240), default="")
    unit_zh: Mapped[str] = mapped_column(String(20), default="")
    unit_en: Mapped[str] = mapped_column(String(40), default="")
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price: Mapped[int] = mapped_column(Money)

    @declared_attr
    def item_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("catalog_item.id"))

    @declared_attr
    def item(cls) -> Mapped[CatalogItem | None]:
        return related()

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en)

    @property
    def unit(self) -> str:
        return pick(self.unit_zh, self.unit_en)

    @property
    def amount(self) -> int:
        return self.quantity * self.unit_price


class RequisitionLine(_Line, Model):
    """How many of an item (or add-on), at the price that was read last."""

    __tablename__ = "requisition_line"
    requisition_id: Mapped[int] = mapped_column(ForeignKey("requisition.id"), index=True)

    requisition: Mapped[Requisition] = related(back_populates="lines")

    __table_args__ = (
        UniqueConstraint("requisition_id", "item_id"),
        CheckConstraint("(item_id IS NULL) = (version_number IS NULL)", name="version_paired"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_price > 0", name="price_positive"),
    )


class Signature(Model):
    """One act at one desk: signed or returned, with words; ``amount`` is the total that was signed.

    Nobody acts at two desks of one requisition (the policy looks at all rounds, the database at each).
    """

    __tablename__ = "requisition_signature"
    requisition_id: Mapped[int] = mapped_column(ForeignKey("requisition.id"))
    round: Mapped[int] = mapped_column(Integer)
    desk: Mapped[SignOffRole] = mapped_column(stored(SignOffRole))
    verdict: Mapped[Verdict] = mapped_column(stored(Verdict))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(120))
    as_deputy: Mapped[bool] = mapped_column(Boolean, default=False)
    words: Mapped[str] = mapped_column(Text, default="")
    amount: Mapped[int] = mapped_column(Money)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime())

    requisition: Mapped[Requisition] = related(back_populates="signatures")

    __table_args__ = (
        UniqueConstraint("requisition_id", "round", "desk"),
        UniqueConstraint("requisition_id", "round", "user_id"),
        CheckConstraint("verdict <> 'returned' OR words <> ''", name="return_has_words"),
    )


class CallOffOrder(Referenced, Versioned, Model):
    """An order under an agreement, as it was placed; its lines never change (R-041, B-5).

    ``eproc_number`` is the number that the government e-procurement system gave the order: the order itself is
    made there. ``service_fee`` in NT$ goes to the contracting entity. ``delivery_due_on`` is the last day to
    deliver. ``ended_*`` say who declined or cancelled, when and why.
    """

    __tablename__ = "call_off_order"
    number: Mapped[str] = mapped_column(String(16), unique=True)
    eproc_number: Mapped[str] = mapped_column(String(40), unique=True)
    requisition_id: Mapped[int] = mapped_column(ForeignKey("requisition.id"), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework_agreement.id"))
    state: Mapped[OrderState] = mapped_column(stored(OrderState), default=OrderState.PLACED)
    title: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200))
    superior_number: Mapped[str] = mapped_column(String(80), default="")
    subsidy_asked: Mapped[bool] = mapped_column(Boolean, default=False)
    service_fee: Mapped[int] = mapped_column(Money, default=0)
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime())
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    delivery_due_on: Mapped[date] = mapped_column(Date)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    confirm_note: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_by: Mapped[str | None] = mapped_column(String(120))
    ended_side: Mapped[Party | None] = mapped_column(stored(Party))
    end_note: Mapped[str] = mapped_column(Text, default="")

    requisition: Mapped[Requisition] = related(back_populates="order")
    agency: Mapped[Organization] = related(foreign_keys=[agency_id])
    supplier: Mapped[Organization] = related(foreign_keys=[supplier_id])
    framework: Mapped[FrameworkAgreement] = related()
    placed_by: Mapped[User] = related()
    lines: Mapped[list[OrderLine]] = related(back_populates="order", order_by="OrderLine.position")
    deliveries: Mapped[list[Delivery]] = related(back_populates="order", order_by="Delivery.number")
    certificates: Mapped[list[Certificate]] = related(back_populates="order", order_by="Certificate.number")
    disputes: Mapped[list[Dispute]] = related(back_populates="order", order_by="Dispute.id")
    experience: Mapped[Experience | None] = related(back_populates="order", uselist=False)
    papers: Mapped[list[OrderPaper]] = related(back_populates="order", order_by="OrderPaper.id")

    __table_args__ = (
        CheckConstraint("(state IN ('declined', 'cancelled')) = (ended_at IS NOT NULL)", name="end_paired"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_paired"),
        CheckConstraint("(ended_at IS NULL) = (ended_side IS NULL)", name="ended_side_paired"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="close_paired"),
        CheckConstraint(
            "state IN ('placed', 'declined', 'cancelled') OR confirmed_at IS NOT NULL", name="confirmed_first"
        ),
        CheckConstraint("service_fee >= 0", name="fee_positive"),
        Index("ix_call_off_order_agency_id", "agency_id", "state"),
        Index("ix_call_off_order_supplier_id", "supplier_id", "state"),
        Index("ix_call_off_order_placed_at", "placed_at", "id"),
    )

    @property
    def subject(self) -> str:
        return f"order:{self.ref}"


class OrderLine(_Line, Referenced, Model):
    """A line as it was ordered: version, price and terms of that moment.

    ``struck`` counts the units that fell away when the order ended before all was delivered.
    """

    __tablename__ = "order_line"
    order_id: Mapped[int] = mapped_column(ForeignKey("call_off_order.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    output: Mapped[OutputKind | None] = mapped_column(stored(OutputKind))
    warranty_months: Mapped[int | None] = mapped_column(Integer)
    struck: Mapped[int] = mapped_column(Integer, default=0)

    order: Mapped[CallOffOrder] = related(back_populates="lines")
    lot: Mapped[Lot | None] = related()

    __table_args__ = (
        UniqueConstraint("order_id", "item_id"),
        CheckConstraint("(item_id IS NULL) = (version_number IS NULL)", name="version_paired"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_price > 0", name="price_positive"),
        CheckConstraint("struck BETWEEN 0 AND quantity", name="struck_range"),
        Index("ix_order_line_item_id", "item_id"),
    )


class Delivery(Referenced, Model):
    """What the supplier delivered on a day, and when it told the agency: the days to inspect run from there."""

    __tablename__ = "delivery"
    order_id: Mapped[int] = mapped_column(ForeignKey("call_off_order.id"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[DeliveryState] = mapped_column(stored(DeliveryState), default=DeliveryState.NOTIFIED)
    delivered_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")
    notified_at: Mapped[datetime] = mapped_column(UtcDateTime())
    notified_by: Mapped[str] = mapped_column(String(120))

    order: Mapped[CallOffOrder] = related(back_populates="deliveries")
    lines: Mapped[list[DeliveryLine]] = related(back_populates="delivery", order_by="DeliveryLine.id")
    inspection: Mapped[Inspection | None] = related(back_populates="delivery", uselist=False)

    __table_args__ = (UniqueConstraint("order_id", "number"),)


class DeliveryLine(Model):
    """How many of a line were delivered, and how many of these the inspection accepted (None before it)."""

    __tablename__ = "delivery_line"
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer)
    accepted: Mapped[int | None] = mapped_column(Integer)

    delivery: Mapped[Delivery] = related(back_populates="lines")
    line: Mapped[OrderLine] = related()

    __table_args__ = (
        UniqueConstraint("delivery_id", "line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("accepted IS NULL OR accepted BETWEEN 0 AND quantity", name="accepted_range"),
    )


class Inspection(Referenced, Model):
    """The acceptance record of one delivery (B-5): who inspected, when, with which result.

    ``chief_id`` is the chief inspector (主驗人), never who bought. ``reduction`` in NT$ is taken off what was
    accepted (減價收受). With defects, ``cure_on`` is the last day to deliver again what was not accepted.
    ``by_documents``: services may be accepted by reviewing documents.
    """

    __tablename__ = "inspection"
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), unique=True)
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("settlement_certificate.id"), index=True)
    result: Mapped[Result] = mapped_column(stored(Result))
    inspected_on: Mapped[date] = mapped_column(Date)
    chief_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    chief_name: Mapped[str] = mapped_column(String(120))
    joint: Mapped[str] = mapped_column(String(120), default="")
    assisting: Mapped[str] = mapped_column(String(120), default="")
    witness: Mapped[str] = mapped_column(String(120), default="")
    by_documents: Mapped[bool] = mapped_column(Boolean, default=False)
    discrepancies: Mapped[str] = mapped_column(Text, default="")
    reduction: Mapped[int] = mapped_column(Money, default=0)
    cure_on: Mapped[date | None] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime())

    delivery: Mapped[Delivery] = related(back_populates="inspection")
    certificate: Mapped[Certificate | None] = related(back_populates="inspections")

    __table_args__ = (
        CheckConstraint("(result = 'reduced') = (reduction > 0)", name="reduction_paired"),
        CheckConstraint("reduction >= 0", name="reduction_positive"),
        CheckConstraint("(result = 'failed') = (cure_on IS NOT NULL)", name="cure_paired"),
        CheckConstraint("result = 'passed' OR discrepancies <> ''", name="discrepancies_told"),
    )


class Certificate(Referenced, Model):
    """A settlement acceptance certificate (結算驗收證明書) over one or more inspections.

    Its chief inspector makes and signs it, the supervisor signs it after; ``amount`` in NT$ is what is to be paid.
    """

    __tablename__ = "settlement_certificate"
    order_id: Mapped[int] = mapped_column(ForeignKey("call_off_order.id"))
    number: Mapped[int] = mapped_column(Integer)
    amount: Mapped[int] = mapped_column(Money)
    chief_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    chief_name: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime())
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    supervisor_name: Mapped[str | None] = mapped_column(String(120))
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    order: Mapped[CallOffOrder] = related(back_populates="certificates")
    inspections: Mapped[list[Inspection]] = related(back_populates="certificate", order_by="Inspection.id")
    payment: Mapped[Payment | None] = related(back_populates="certificate", uselist=False)

    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(supervisor_id IS NULL) = (signed_at IS NULL)", name="signature_paired"),
        CheckConstraint("(supervisor_name IS NULL) = (signed_at IS NULL)", name="supervisor_named"),
        CheckConstraint("supervisor_id <> chief_id", name="two_people"),
    )


class Payment(Referenced, Model):
    """What the agency paid on a certificate; one per certificate, never changed."""

    __tablename__ = "order_payment"
    certificate_id: Mapped[int] = mapped_column(ForeignKey("settlement_certificate.id"), unique=True)
    amount: Mapped[int] = mapped_column(Money)
    paid_on: Mapped[date] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(String(80))
    recorded_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime())

    certificate: Mapped[Certificate] = related(back_populates="payment")

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)


class Dispute(Model):
    """A dispute over an order: who opened it and why, in which state the order stood, and how it was settled."""

    __tablename__ = "order_dispute"
    order_id: Mapped[int] = mapped_column(ForeignKey("call_off_order.id"), index=True)
    stood: Mapped[OrderState] = mapped_column(stored(OrderState))
    side: Mapped[Party] = mapped_column(stored(Party))
    opened_by: Mapped[str] = mapped_column(String(120))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime())
    reason: Mapped[str] = mapped_column(Text)
    settlement: Mapped[Settlement | None] = mapped_column(stored(Settlement))
    settled_by: Mapped[str | None] = mapped_column(String(120))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    words: Mapped[str] = mapped_column(Text, default="")

    order: Mapped[CallOffOrder] = related(back_populates="disputes")

    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (settlement IS NULL)", name="settlement_paired"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_by_paired"),
    )


class Experience(Versioned, Referenced, Model):
    """What an agency says of an accepted order: fitness from 1 to 5, and a note; earlier words stay in the audit."""

    __tablename__ = "order_experience"
    order_id: Mapped[int] = mapped_column(ForeignKey("call_off_order.id"), unique=True)
    fitness: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(String(120))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime())

    order: Mapped[CallOffOrder] = related(back_populates="experience")

    __table_args__ = (
        CheckConstraint("fitness BETWEEN 1 AND 5", name="fitness_range"),
        CheckConstraint("note <> ''", name="note_given"),
    )


class OrderPaper(Referenced, Model):
    """A scanned paper with wet signatures, or another file, of a requisition or of an order (B-7)."""

    __tablename__ = "order_paper"
    requisition_id: Mapped[int | None] = mapped_column(ForeignKey("requisition.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("call_off_order.id"), index=True)
    kind: Mapped[PaperKind] = mapped_column(stored(PaperKind))
    title: Mapped[str] = mapped_column(String(120))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    attached_by: Mapped[str] = mapped_column(String(120))
    attached_at: Mapped[datetime] = mapped_column(UtcDateTime())

    requisition: Mapped[Requisition | None] = related(back_populates="papers")
    order: Mapped[CallOffOrder | None] = related(back_populates="papers")
    file: Mapped[StoredFile] = related()

    __table_args__ = (CheckConstraint("(requisition_id IS NULL) <> (order_id IS NULL)", name="of_one_thing"),)


class OrderCounter(Model):
    """The last number allotted in a series (``co``, ``pr``) and year, for public numbers."""

    __tablename__ = "order_counter"
    series: Mapped[str] = mapped_column(String(4))
    year: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(Integer)

    __table_args__ = (UniqueConstraint("series", "year"),)


class PaymentStands(RuntimeError):
    """Something tried to change or delete a recorded payment: a fault of the product, never of a person."""


@event.listens_for(Payment, "before_update")
@event.listens_for(Payment, "before_delete")
def _refuse_change(_mapper: Any, _connection: Any, payment: Payment) -> None:
    raise PaymentStands(payment.ref)


class LineStands(RuntimeError):
    """Something tried to change what was ordered: a fault of the product, never of a person."""


FROZEN = ("item_id", "version_number", "quantity", "unit_price", "name_zh", "name_en", "order_id")


@event.listens_for(OrderLine, "before_update")
def _refuse_thaw(_mapper: Any, _connection: Any, line: OrderLine) -> None:
    from sqlalchemy import inspect

    if any(inspect(line).attrs[name].history.has_changes() for name in FROZEN):
        raise LineStands(line.ref)
