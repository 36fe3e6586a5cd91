"""An agency with its desks, a supplier with listed items, and orders in any state; every call commits."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from matchmaker.catalog.models import CatalogItem, FrameworkAgreement, Lot, PriceBreak
from matchmaker.foundation.db import db, unit_of_work
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.programme import Domain
from matchmaker.orders import operations, queries
from matchmaker.orders.facts import (
    AddOnFacts,
    DeliveryFacts,
    ExperienceFacts,
    InspectionFacts,
    PaymentFacts,
    RequisitionFacts,
)
from matchmaker.orders.models import CallOffOrder, Requisition
from matchmaker.orders.states import Result
from matchmaker.people import operations as people
from matchmaker.people import queries as people_queries
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.people.states import Role, SignOffRole
from tests.factories import catalog

_numbers = itertools.count(1)
STEPS = ("placed", "confirmed", "delivered", "inspected", "certified", "paid", "closed")


@dataclass
class Shop:
    """Alice is case officer, Sam supervisor, Ann accountant, Hal head, Ida inspects; Bob supplies, Carol is staff."""

    world: Any
    agency: Organization
    alice: Actor
    sam: Actor
    ann: Actor
    hal: Actor
    ida: Actor
    supplier: Organization
    bob: Actor
    carol: Actor
    framework: FrameworkAgreement
    lot: Lot
    item: CatalogItem
    other: CatalogItem
    words: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self):
        return self.world.now

    def do(self, verb, **given):
        """One operation in one unit of work, at the present of the world."""
        with unit_of_work():
            return verb(at=self.world.now, **given)

    def facts(self, **changes) -> RequisitionFacts:
        """A whole requisition: two of the first item."""
        whole = {
            "title": "路口號誌語音提示兩處",
            "quantities": {self.item.ref: 2},
            "wanted_on": local_day(self.at) + timedelta(days=60),
            "place": "測試市政府一樓",
            "budget_line": "115 年度業務費",
            "why": "已在本市實證，符合視障團體需求。",
        }
        return RequisitionFacts(**(whole | changes))

    def requisition(self, **changes) -> Requisition:
        """A draft."""
        facts = self.facts(**changes)
        made = self.do(operations.prepare, agency=self.agency, item=self.item, facts=facts, by=self.alice)
        return self.again(made)

    def again(self, requisition: Requisition) -> Requisition:
        """The requisition as stored now."""
        db.session.rollback()
        return queries.requisition_by_id(requisition.id)

    def fresh(self, order: CallOffOrder) -> CallOffOrder:
        """The order as stored now."""
        db.session.rollback()
        return queries.order_by_id(order.id)

    def handed_in(self, **changes) -> Requisition:
        """Signed by the case officer, before the supervisor."""
        made = self.requisition(**changes)
        self.do(operations.hand_in, requisition=made, by=self.alice)
        return self.again(made)

    def approved(self, **changes) -> Requisition:
        """Signed by all four."""
        made = self.handed_in(**changes)
        for person in (self.sam, self.ann, self.hal):
            self.do(operations.sign, requisition=made, by=person)
        return self.again(made)

    def place(self, requisition: Requisition, number: str | None = None, **more) -> CallOffOrder:
        made = self.do(
            operations.place,
            requisition=requisition,
            eproc_number=number or f"PCC-{next(_numbers):06d}",
            by=self.alice,
            **more,
        )
        return self.fresh(made)

    def order(self, state: str = "placed", **changes) -> CallOffOrder:
        """An order of two units, brought to this state by everybody's own steps."""
        order = self.place(self.approved(**changes))
        for step in STEPS[1 : STEPS.index(state) + 1]:
            getattr(self, f"_to_{step}")(order)
            order = self.fresh(order)
        return order

    def _to_confirmed(self, order):
        self.do(operations.confirm, order=order, by=self.bob)

    def _to_delivered(self, order):
        self.deliver(order)

    def _to_inspected(self, order):
        self.inspect(order)

    def _to_certified(self, order):
        made = self.do(operations.certify, order=order, by=self.ida)
        self.do(operations.countersign, order=order, certificate=made, by=self.sam)

    def _to_paid(self, order):
        self.pay(order)

    def _to_closed(self, order):
        self.do(operations.close, order=order, by=self.alice)

    def deliver(self, order, *counts: int, **changes):
        """Deliver so many of each line; all that is ordered where no number is given."""
        lines = self.fresh(order).lines
        given = counts or tuple(line.quantity for line in lines)
        facts = DeliveryFacts(
            **(
                {
                    "delivered_on": local_day(self.at),
                    "quantities": {line.ref: count for line, count in zip(lines, given, strict=False)},
                }
                | changes
            )
        )
        return self.do(operations.deliver, order=order, facts=facts, by=self.bob)

    def inspect(self, order, result: Result = Result.PASSED, *, by=None, number: int = -1, **changes):
        """Inspect a delivery, the last one where none is named."""
        order = self.fresh(order)
        facts = InspectionFacts(
            **(
                {
                    "result": result,
                    "inspected_on": local_day(self.at),
                    "discrepancies": "" if result is Result.PASSED else "外殼有刮痕。",
                    "cure_on": local_day(self.at) + timedelta(days=14) if result is Result.FAILED else None,
                }
                | changes
            )
        )
        delivery = order.deliveries[number]
        return self.do(operations.inspect, order=order, delivery=delivery, facts=facts, by=by or self.ida)

    def pay(self, order):
        """Pay every certificate that is signed and unpaid."""
        order = self.fresh(order)
        for certificate in order.certificates:
            if certificate.signed_at is not None and certificate.payment is None:
                facts = PaymentFacts(
                    amount=certificate.amount, paid_on=local_day(self.at), reference="付字第 1 號"
                )
                self.do(
                    operations.record_payment, order=order, certificate=certificate, facts=facts, by=self.ann
                )

    def experience(self, order, fitness: int = 4, note: str = "交貨準時，現場調校仔細。"):
        return self.do(
            operations.write_experience,
            order=order,
            facts=ExperienceFacts(fitness=fitness, note=note),
            by=self.alice,
        )

    def reprice(self, price: int, item: CatalogItem | None = None) -> None:
        """The supplier's item gets a new version at another price."""
        catalog_price(self, item or self.item, price)

    def limit(self, **limits) -> None:
        """Change the lot's limits."""
        with unit_of_work():
            lot = db.session.get(Lot, self.lot.id)
            for name, value in limits.items():
                setattr(lot, name, value)

    def budget(self, amount: int | None) -> None:
        """Change the agreement's published budget."""
        with unit_of_work():
            db.session.get(FrameworkAgreement, self.framework.id).published_budget = amount


def catalog_price(shop: Shop, item: CatalogItem, price: int) -> None:
    from matchmaker.catalog import operations as catalog_operations
    from matchmaker.catalog import queries as catalog_queries

    with unit_of_work():
        row = catalog_queries.item_by_id(item.id)
        facts = catalog.facts(
            title_zh=row.current.title_zh,
            title_en=row.current.title_en,
            unit_price=price,
            note="調整價格。",
        )
        catalog_operations.save_version(item=row, facts=facts, by=shop.carol, at=shop.at)


def seat(world, agency: Organization, owner: Actor, seats: dict[SignOffRole, Actor]) -> None:
    """Put these people at their desks."""
    with unit_of_work():
        members = {m.user_id: m for m in people_queries.members_of(agency.id)}
        for role, actor in seats.items():
            people.seat(
                organization=agency,
                role=role,
                holder=members[actor.user_id],
                deputy=None,
                by=owner,
                at=world.now,
            )


def shop(world, **agency_facts) -> Shop:
    """An agency with four desks and an inspector, a supplier with two listed items in one lot."""
    agency, alice = world.agency(**agency_facts)
    sam = world.member(agency, "Sam", Role.EDITOR)
    ann = world.member(agency, "Ann", Role.READER)
    hal = world.member(agency, "Hal", Role.READER)
    ida = world.member(agency, "Ida", Role.EDITOR)
    desks = {
        SignOffRole.CASE_OFFICER: alice,
        SignOffRole.SUPERVISOR: sam,
        SignOffRole.ACCOUNTANT: ann,
        SignOffRole.HEAD: hal,
    }
    seat(world, agency, alice, desks)
    supplier, bob = world.startup()
    carol = world.officer()
    framework = catalog.framework(world, carol)
    item = catalog.listed(world, carol, bob, supplier, framework)
    other = catalog.listed(
        world,
        carol,
        bob,
        supplier,
        framework,
        title_zh="號誌維護服務",
        title_en="Upkeep of signals",
        unit_price=20_000,
        warranty_months=0,
    )
    with unit_of_work():
        lot = Lot(
            framework_id=framework.id,
            code="L1",
            title_zh="智慧安全",
            title_en="Safety",
            domain=Domain.SAFETY,
            regions=[],
            position=1,
        )
        db.session.add(lot)
        db.session.flush()
        for row in (item, other):
            db.session.get(CatalogItem, row.id).lot_id = lot.id
        version = item.current
        db.session.add(PriceBreak(version_id=version.id, from_quantity=5, unit_price=150_000))
    db.session.expire_all()
    return Shop(
        world=world,
        agency=agency,
        alice=alice,
        sam=sam,
        ann=ann,
        hal=hal,
        ida=ida,
        supplier=supplier,
        bob=bob,
        carol=carol,
        framework=framework,
        lot=lot,
        item=queries.item_by_ref(item.ref),
        other=queries.item_by_ref(other.ref),
    )


def add_on(name: str = "安裝支架", quantity: int = 1, unit_price: int = 8_000) -> AddOnFacts:
    return AddOnFacts(name=name, unit="組", quantity=quantity, unit_price=unit_price)
