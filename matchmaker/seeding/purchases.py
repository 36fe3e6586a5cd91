"""The requisitions and orders of the demo year: prepared, signed, placed, delivered, inspected, paid, judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from matchmaker.catalog.models import CatalogItem
from matchmaker.foundation.db import db
from matchmaker.kernel.dates import local_day
from matchmaker.orders import operations as orders
from matchmaker.orders import queries
from matchmaker.orders.facts import (
    AddOnFacts,
    DeliveryFacts,
    ExperienceFacts,
    InspectionFacts,
    PaymentFacts,
    RequisitionFacts,
)
from matchmaker.orders.models import CallOffOrder, Requisition
from matchmaker.orders.states import Result, Settlement
from matchmaker.people.actor import Actor
from matchmaker.seeding.cast import Cast, Row
from matchmaker.seeding.schedule import Act, Line, Schedule
from matchmaker.seeding.shelf import Shelf

Event = tuple[int, str, str, Act]
"""Day, time of day, title, what happens."""
DESKS = ("supervisor", "accountant", "head")


@dataclass(slots=True)
class Purchases:
    """Everything that agencies buy in the demo year; each purchase is found by its title."""

    rows: Mapping[str, Any]
    cast: Cast
    schedule: Schedule
    shelf: Shelf

    def enter(self) -> None:
        """Schedule every purchase as far as its row tells it."""
        for row in self.rows["purchase"]:
            self._enter(row, self.schedule.line(row["key"]))

    def _enter(self, row: Row, line: Line) -> None:
        line.add(row["prepared"], "09:20", "is prepared", partial(self._prepare, row))
        if "returned" in row:
            line.add(row["returned"], "10:00", "is handed in", partial(self._hand_in, row))
            line.add(row["returned"], "11:00", "is returned", partial(self._send_back, row))
        if "signed" in row:
            line.add(row["signed"], "09:40", "is handed in", partial(self._hand_in, row))
            for desk in DESKS[: row.get("desks", len(DESKS))]:
                line.add(row["signed"], "10:30", f"{desk} signs", partial(self._sign, row, desk))
        if "dropped" in row:
            line.add(row["dropped"], "16:00", "is dropped", partial(self._drop, row))
        if "placed" in row:
            line.add(row["placed"], "11:00", "is placed", partial(self._place, row))
            self._enter_order(row, line)

    def _enter_order(self, row: Row, line: Line) -> None:
        for day, clock, title, act in sorted(self._events(row), key=lambda event: event[:2]):
            line.add(day, clock, title, act)

    def _events(self, row: Row) -> Iterator[Event]:
        """What happens to the order, in no order yet."""
        for number, part in enumerate(row.get("delivery", ())):
            yield part["on"], "15:00", "is delivered", partial(self._deliver, row, part)
            if "inspected" in part:
                inspect = partial(self._inspect, row, number, part)
                yield part["inspected"], "10:00", "is inspected", inspect
        for step, act in (
            ("declined", self._decline),
            ("cancelled", self._cancel),
            ("confirmed", self._confirm),
            ("certified", self._certify),
            ("signed_off", self._countersign),
            ("paid", self._pay),
            ("closed", self._close),
            ("disputed", self._dispute),
            ("settled", self._settle),
            ("experience", self._write),
            ("again", self._again),
        ):
            if step in row:
                yield row[step], "14:30", f"is {step}", partial(act, row)

    # --- finding ---

    def _agency(self, row: Row, desk: str) -> Actor:
        seats = {each["role"]: each["holder"] for each in self.cast.groups[row["agency"]]["desk"]}
        return self.cast.actor(seats[desk])

    def _inspector(self, row: Row) -> Actor:
        return self.cast.actor(row["inspector"])

    def _item(self, key: str) -> CatalogItem:
        row = next(each for each in self.shelf.rows["item"] if key in (each.get("key"), each.get("pilot")))
        return queries.item_by_ref(self.shelf.item(row).ref)

    def _requisition(self, row: Row) -> Requisition:
        """The first of its title: an order again has the same one."""
        key = db.session.scalars(
            select(Requisition.id).where(Requisition.title == row["title"]).order_by(Requisition.id)
        ).first()
        assert key is not None
        return queries.requisition_by_id(key)

    def _order(self, row: Row) -> CallOffOrder:
        requisition = self._requisition(row)
        key = db.session.scalars(
            select(CallOffOrder.id).where(CallOffOrder.requisition_id == requisition.id)
        ).one()
        return queries.order_by_id(key)

    # --- requisition ---

    def _prepare(self, row: Row, at: datetime) -> None:
        items = {key: self._item(key) for key in row["items"]}
        facts = RequisitionFacts(
            title=row["title"],
            quantities={item.ref: row["items"][key] for key, item in items.items()},
            add_ons=tuple(
                AddOnFacts(name=name, unit=unit, quantity=quantity, unit_price=price)
                for name, unit, quantity, price in row.get("add_ons", ())
            ),
            wanted_on=local_day(at) + timedelta(days=row["wanted_in"]),
            place=row["place"],
            budget_line=row["budget"],
            why=row["why"],
            subsidy_asked=row.get("subsidy", False),
        )
        agency = self.cast.organization(row["agency"])
        by = self._agency(row, "case_officer")
        orders.prepare(agency=agency, item=next(iter(items.values())), facts=facts, by=by, at=at)

    def _hand_in(self, row: Row, at: datetime) -> None:
        by = self._agency(row, "case_officer")
        orders.hand_in(requisition=self._requisition(row), by=by, at=at)

    def _sign(self, row: Row, desk: str, at: datetime) -> None:
        words = row.get("words", "")
        orders.sign(requisition=self._requisition(row), words=words, by=self._agency(row, desk), at=at)

    def _send_back(self, row: Row, at: datetime) -> None:
        by = self._agency(row, "supervisor")
        orders.send_back(requisition=self._requisition(row), words=row["return_words"], by=by, at=at)

    def _drop(self, row: Row, at: datetime) -> None:
        by = self._agency(row, "case_officer")
        orders.drop(requisition=self._requisition(row), reason=row["reason"], by=by, at=at)

    def _place(self, row: Row, at: datetime) -> None:
        requisition = self._requisition(row)
        number = f"TEST-{requisition.code.removeprefix('pr-')}"
        by = self._agency(row, "case_officer")
        orders.place(requisition=requisition, eproc_number=number, by=by, at=at)

    # --- order ---

    def _supplier(self, row: Row) -> Actor:
        return self.cast.voice(row["supplier"])

    def _confirm(self, row: Row, at: datetime) -> None:
        orders.confirm(order=self._order(row), by=self._supplier(row), at=at)

    def _decline(self, row: Row, at: datetime) -> None:
        orders.decline(order=self._order(row), reason=row["reason"], by=self._supplier(row), at=at)

    def _cancel(self, row: Row, at: datetime) -> None:
        by = self._agency(row, "case_officer")
        orders.cancel(order=self._order(row), reason=row["reason"], by=by, at=at)

    def _deliver(self, row: Row, part: Row, at: datetime) -> None:
        order = self._order(row)
        counts = {line.ref: count for line, count in zip(order.lines, part["counts"], strict=True)}
        facts = DeliveryFacts(delivered_on=local_day(at), quantities=counts, note=part.get("note", ""))
        orders.deliver(order=order, facts=facts, by=self._supplier(row), at=at)

    def _inspect(self, row: Row, number: int, part: Row, at: datetime) -> None:
        order = self._order(row)
        delivery = order.deliveries[number]
        result = Result(part.get("result", "passed"))
        today = local_day(at)
        facts = InspectionFacts(
            result=result,
            inspected_on=today,
            accepted={
                line.ref: count for line, count in zip(order.lines, part.get("accepted", ()), strict=False)
            },
            reduction=part.get("reduction", 0),
            discrepancies=part.get("discrepancies", ""),
            cure_on=today + timedelta(days=14) if result is Result.FAILED else None,
            joint=part.get("joint", ""),
            by_documents=part.get("by_documents", False),
        )
        orders.inspect(order=order, delivery=delivery, facts=facts, by=self._inspector(row), at=at)

    def _certify(self, row: Row, at: datetime) -> None:
        orders.certify(order=self._order(row), by=self._inspector(row), at=at)

    def _countersign(self, row: Row, at: datetime) -> None:
        order = self._order(row)
        by = self._agency(row, "supervisor")
        for certificate in order.certificates:
            if certificate.signed_at is None:
                orders.countersign(order=order, certificate=certificate, by=by, at=at)

    def _pay(self, row: Row, at: datetime) -> None:
        order = self._order(row)
        certificate = next(each for each in order.certificates if each.payment is None)
        facts = PaymentFacts(
            amount=certificate.amount,
            paid_on=local_day(at),
            reference=f"測試付字第 {at:%Y%m%d} 號",
        )
        by = self._agency(row, "accountant")
        orders.record_payment(order=order, certificate=certificate, facts=facts, by=by, at=at)

    def _close(self, row: Row, at: datetime) -> None:
        orders.close(order=self._order(row), by=self._agency(row, "case_officer"), at=at)

    def _dispute(self, row: Row, at: datetime) -> None:
        orders.dispute(order=self._order(row), reason=row["reason"], by=self._supplier(row), at=at)

    def _settle(self, row: Row, at: datetime) -> None:
        by = self._agency(row, "case_officer")
        words = row["settlement"]
        orders.settle(order=self._order(row), settlement=Settlement.GOES_ON, words=words, by=by, at=at)

    def _write(self, row: Row, at: datetime) -> None:
        facts = ExperienceFacts(fitness=row["fitness"], note=row["note"])
        by = self._agency(row, "case_officer")
        orders.write_experience(order=self._order(row), facts=facts, by=by, at=at)

    def _again(self, row: Row, at: datetime) -> None:
        """Ordered again: the new requisition is handed in and waits for the supervisor."""
        by = self._agency(row, "case_officer")
        made = orders.order_again(order=self._order(row), by=by, at=at)
        orders.hand_in(requisition=made, by=by, at=at)
