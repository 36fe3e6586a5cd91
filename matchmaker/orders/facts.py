"""What people hand over about requisitions and orders: plain values, checked by the operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from matchmaker.orders.states import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOnFacts:
    """Something beside the catalog that belongs to the purchase; ``unit_price`` in NT$, tax included."""

    name: str
    unit: str = ""
    quantity: int
    unit_price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequisitionFacts:
    """What an agency wants to buy, for what and why from this supplier (B-5).

    ``quantities``: reference of an item -> how many. ``wanted_on`` is the requested day of delivery.
    """

    title: str
    quantities: Mapping[str, int]
    add_ons: tuple[AddOnFacts, ...] = ()
    wanted_on: date | None = None
    place: str = ""
    budget_line: str = ""
    why: str = ""
    superior_number: str = ""
    subsidy_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFacts:
    """What was delivered on a day: reference of an order line -> how many."""

    delivered_on: date
    quantities: Mapping[str, int]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionFacts:
    """The record of an acceptance inspection (B-5).

    ``accepted``: reference of an order line -> how many were accepted; asked for only where defects were found.
    ``reduction`` in NT$ belongs to an acceptance at a reduced price, ``cure_on`` to defects.
    """

    result: Result
    inspected_on: date
    accepted: Mapping[str, int] = field(default_factory=dict)
    reduction: int = 0
    discrepancies: str = ""
    cure_on: date | None = None
    joint: str = ""
    assisting: str = ""
    witness: str = ""
    by_documents: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts:
    """Money that the agency paid on a certificate: whole NT$, the day in Taiwan, the number of the voucher."""

    amount: int
    paid_on: date
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperienceFacts:
    """What the agency says afterwards: fitness from 1 (unfit) to 5 (fits well), and in words."""

    fitness: int
    note: str
