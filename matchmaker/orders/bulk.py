"""Orders as tables to take out; requisitions, and the orders of approved ones, as tables to send in.

What comes in is done by the usual verbs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from matchmaker.foundation.sheets import Cell, Column, Kind, Row, Sheet
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, NotFound
from matchmaker.kernel.words import N_
from matchmaker.orders import operations, queries
from matchmaker.orders.facts import AddOnFacts, RequisitionFacts
from matchmaker.orders.models import CallOffOrder, Requisition
from matchmaker.orders.progress import units
from matchmaker.orders.states import ORDER_LIFE, OrderState
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization

ORDERS = Sheet(
    N_("Orders"),
    (
        Column("number", N_("Number of the order")),
        Column("eproc_number", N_("Number in the government e-procurement system")),
        Column("agency", N_("Agency")),
        Column("supplier", N_("Supplier")),
        Column("agreement", N_("Framework agreement")),
        Column(
            "state", N_("State"), Kind.CHOICE, choices={s.value: ORDER_LIFE.info(s).label for s in OrderState}
        ),
        Column("placed_on", N_("Ordered on"), Kind.DAY),
        Column("due_on", N_("Deliver by"), Kind.DAY),
        Column("line", N_("Line"), Kind.WHOLE),
        Column("item", N_("Number of the item")),
        Column("version", N_("Version"), Kind.WHOLE),
        Column("name_zh", N_("Name in Chinese")),
        Column("name_en", N_("Name in English")),
        Column("unit", N_("Unit")),
        Column("quantity", N_("Quantity"), Kind.WHOLE),
        Column("unit_price", N_("Unit price, tax included"), Kind.MONEY),
        Column("amount", N_("Amount"), Kind.MONEY),
        Column("waiting", N_("Waiting for inspection"), Kind.WHOLE),
        Column("accepted", N_("Accepted"), Kind.WHOLE),
        Column("struck", N_("Struck"), Kind.WHOLE),
    ),
)
"""One row for each line of each order; a line without an item is an add-on."""


def rows(orders: Iterable[CallOffOrder]) -> list[list[Cell]]:
    """The lines of the orders, in the order of the columns."""
    return [
        [
            order.number,
            order.eproc_number,
            order.agency.name,
            order.supplier.name,
            order.framework.code,
            order.state.value,
            local_day(order.placed_at),
            order.delivery_due_on,
            each.line.position,
            each.line.item.code if each.line.item is not None else None,
            each.line.version_number,
            each.line.name_zh,
            each.line.name_en,
            each.line.unit,
            each.line.quantity,
            each.line.unit_price,
            each.line.amount,
            each.waiting,
            each.accepted,
            each.line.struck,
        ]
        for order in orders
        for each in units(order)
    ]


REQUISITIONS = Sheet(
    N_("Requisition lines"),
    (
        Column("requisition", N_("What is bought"), required=True, length=120),
        Column("item", N_("Number of the item"), length=16),
        Column("add_on", N_("Add-on item"), length=120),
        Column("quantity", N_("Quantity"), Kind.WHOLE, required=True, least=1, most=1_000_000),
        Column("unit", N_("Unit of the add-on item"), length=20),
        Column("unit_price", N_("Unit price of the add-on item"), Kind.MONEY),
        Column("wanted_on", N_("Wanted by"), Kind.DAY),
        Column("place", N_("Place of delivery"), length=200),
        Column("budget_line", N_("Budget line"), length=120),
        Column("why", N_("Reason"), length=5000),
    ),
)
"""Rows of the same words in the first column make one requisition; its other facts are those of its first row."""

NEW, ADDED = N_("New requisition"), N_("Line added")

ITEM_FIRST = Reason(
    "orders.bulk_item_first", N_("The first row of a requisition names an item of the catalog.")
)
ONE_OF_BOTH = Reason("orders.bulk_one_of_both", N_("A row names either an item or an add-on item."))
TWICE = Reason("orders.bulk_twice", N_("This item stands on the requisition already."))
PRICE_NEEDED = Reason("orders.bulk_price_needed", N_("Enter the unit price of the add-on item."))


@dataclass
class Intake:
    """Makes requisitions of an agency row by row; each is a draft that is signed on its own page."""

    agency: Organization
    by: Actor
    at: datetime
    begun: dict[str, tuple[Requisition, RequisitionFacts]] = field(default_factory=dict)

    def apply(self, row: Row) -> tuple[str, Requisition]:
        """Do one row; raises Invalid, Refused or NotFound."""
        values: Mapping[str, Any] = row.values
        title = str(values["requisition"])
        code, add_on = values.get("item"), values.get("add_on")
        if (code is None) == (add_on is None):
            raise Invalid({"item": deny(ONE_OF_BOTH)})
        begun = self.begun.get(title)
        if begun is None:
            return NEW, self._begin(title, values)
        requisition, facts = begun
        if code is not None:
            item = queries.item_by_ref(str(code))
            if item.ref in facts.quantities:
                raise Invalid({"item": deny(TWICE)})
            facts = replace(facts, quantities={**facts.quantities, item.ref: values["quantity"]})
        else:
            facts = replace(facts, add_ons=(*facts.add_ons, _add_on(values)))
        made = operations.save(requisition=requisition, facts=facts, by=self.by, at=self.at)
        self.begun[title] = (made, facts)
        return ADDED, made

    def _begin(self, title: str, values: Mapping[str, Any]) -> Requisition:
        if values.get("item") is None:
            raise Invalid({"item": deny(ITEM_FIRST)})
        item = queries.item_by_ref(str(values["item"]))
        if item.framework_id is None:
            raise NotFound
        facts = RequisitionFacts(
            title=title,
            quantities={item.ref: values["quantity"]},
            wanted_on=values.get("wanted_on"),
            place=values.get("place") or "",
            budget_line=values.get("budget_line") or "",
            why=values.get("why") or "",
        )
        made = operations.prepare(agency=self.agency, item=item, facts=facts, by=self.by, at=self.at)
        self.begun[title] = (made, facts)
        return made


def _add_on(values: Mapping[str, Any]) -> AddOnFacts:
    if values.get("unit_price") is None:
        raise Invalid({"unit_price": deny(PRICE_NEEDED)})
    return AddOnFacts(
        name=str(values["add_on"]),
        unit=values.get("unit") or "",
        quantity=values["quantity"],
        unit_price=values["unit_price"],
    )


PLACING = Sheet(
    N_("Orders of approved requisitions"),
    (
        Column("requisition", N_("Number of the requisition"), required=True, length=16),
        Column("title", N_("What is bought"), length=120),
        Column("total", N_("Total, tax included"), Kind.MONEY),
        Column("eproc_number", N_("Number in the government e-procurement system"), required=True, length=40),
    ),
)
"""One row for each order that was made on that system; title and total are for the eye and change nothing."""

PLACED = N_("Order entered")


def to_place(requisitions: Iterable[Requisition]) -> list[list[Cell]]:
    """The rows of approved requisitions, their numbers still to be entered."""
    return [[row.code, row.title, row.total, None] for row in requisitions]


def place(row: Row, *, by: Actor, at: datetime) -> tuple[str, int]:
    """Enter the order of one row and tell its title and total in NT$; raises Invalid, Refused or NotFound."""
    wanted = queries.requisition_for(by, str(row.values["requisition"]).strip())
    title, total = wanted.title, wanted.total
    operations.place(requisition=wanted, eproc_number=str(row.values["eproc_number"]), by=by, at=at)
    return title, total
