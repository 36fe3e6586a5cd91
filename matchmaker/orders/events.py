"""What happens to requisitions and orders, for notices and later slices to hear."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.foundation.bus import Event
from matchmaker.orders.models import (
    CallOffOrder,
    Certificate,
    Delivery,
    Dispute,
    Experience,
    Inspection,
    Payment,
    Requisition,
    Signature,
)
from matchmaker.orders.states import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class RequisitionSigned(Event):
    """Somebody signed; the requisition went on to the next desk, or is approved."""

    requisition: Requisition
    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class RequisitionReturned(Event):
    requisition: Requisition
    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Event):
    order: CallOffOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderConfirmed(Event):
    order: CallOffOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEnded(Event):
    """Declined by the supplier, or cancelled; the order says by whom and why."""

    order: CallOffOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Event):
    order: CallOffOrder
    delivery: Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected(Event):
    """An inspection was recorded, with whatever result."""

    order: CallOffOrder
    delivery: Delivery
    inspection: Inspection


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateMade(Event):
    """A certificate waits for the supervisor."""

    order: CallOffOrder
    certificate: Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSigned(Event):
    order: CallOffOrder
    certificate: Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(Event):
    order: CallOffOrder
    payment: Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderClosed(Event):
    order: CallOffOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDisputed(Event):
    order: CallOffOrder
    dispute: Dispute
    side: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSettled(Event):
    order: CallOffOrder
    dispute: Dispute


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperienceWritten(Event):
    order: CallOffOrder
    experience: Experience
