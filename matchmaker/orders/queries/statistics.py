"""What was ordered, summed for the contracting entity, which keeps the statistics of its contracts (B-5, R-102)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from matchmaker.catalog.models import CatalogItem, Category, FrameworkAgreement, Lot
from matchmaker.foundation.db import db
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.programme import Domain
from matchmaker.orders.models import CallOffOrder, OrderLine
from matchmaker.orders.queries.orders import COUNTED, ordered_by_lot, ordered_in
from matchmaker.orders.states import ENDED_UNFULFILLED
from matchmaker.people.models import Organization
from matchmaker.people.states import AgencyKind


@dataclass(frozen=True, slots=True)
class Cell:
    """What an order took from one category of one supplier, in NT$ without add-ons."""

    order_id: int
    placed_at: datetime
    agency_id: int
    agency_kind: AgencyKind | None
    supplier: Organization
    domain: Domain | None
    category: Category | None
    value: int

    @property
    def quarter(self) -> tuple[int, int]:
        """Year and quarter of the order, in Taiwan."""
        day = local_day(self.placed_at)
        return day.year, (day.month - 1) // 3 + 1


@dataclass(slots=True)
class Sum:
    """Distinct orders and their value in NT$."""

    orders: set[int] = field(default_factory=set)
    value: int = 0

    @property
    def count(self) -> int:
        return len(self.orders)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything the page and its table show."""

    cells: Sequence[Cell]

    @property
    def total(self) -> Sum:
        return self._by(lambda cell: None).get(None, Sum())

    @property
    def agencies(self) -> int:
        return len({cell.agency_id for cell in self.cells})

    @property
    def suppliers(self) -> int:
        return len({cell.supplier.id for cell in self.cells})

    def by_domain(self) -> list[tuple[Domain | None, Sum]]:
        return self._ranked(lambda cell: cell.domain)

    def by_category(self) -> list[tuple[Category | None, Sum]]:
        return self._ranked(lambda cell: cell.category)

    def by_agency_kind(self) -> list[tuple[AgencyKind | None, Sum]]:
        return self._ranked(lambda cell: cell.agency_kind)

    def by_supplier(self) -> list[tuple[Organization, Sum]]:
        return self._ranked(lambda cell: cell.supplier)

    def by_quarter(self) -> list[tuple[tuple[int, int], Sum]]:
        """In order of time."""
        return sorted(self._by(lambda cell: cell.quarter).items())

    def _by(self, key: Callable[[Cell], Hashable]) -> dict[Any, Sum]:
        found: dict[Hashable, Sum] = {}
        for cell in self.cells:
            row = found.setdefault(key(cell), Sum())
            row.orders.add(cell.order_id)
            row.value += cell.value
        return found

    def _ranked(self, key: Callable[[Cell], Hashable]) -> list[Any]:
        return sorted(self._by(key).items(), key=lambda pair: (-pair[1].value, -pair[1].count))


def statistics(year: int | None = None) -> Statistics:
    """The orders that count, all of them or those of a year."""
    rows = db.session.execute(
        select(
            CallOffOrder.id,
            CallOffOrder.placed_at,
            CallOffOrder.agency_id,
            CallOffOrder.supplier_id,
            CatalogItem.domain,
            CatalogItem.category_id,
            func.sum(COUNTED),
        )
        .join(OrderLine, OrderLine.order_id == CallOffOrder.id)
        .join(CatalogItem, CatalogItem.id == OrderLine.item_id)
        .where(CallOffOrder.state.not_in(ENDED_UNFULFILLED))
        .group_by(
            CallOffOrder.id,
            CallOffOrder.placed_at,
            CallOffOrder.agency_id,
            CallOffOrder.supplier_id,
            CatalogItem.domain,
            CatalogItem.category_id,
        )
        .order_by(CallOffOrder.placed_at, CallOffOrder.id)
    ).all()
    ids = {row[2] for row in rows} | {row[3] for row in rows}
    people = {
        row.id: row
        for row in db.session.execute(select(Organization).where(Organization.id.in_(ids))).scalars()
    }
    categories = {row.id: row for row in db.session.execute(select(Category)).scalars()}
    cells = [
        Cell(
            order_id=order_id,
            placed_at=placed_at,
            agency_id=agency_id,
            agency_kind=people[agency_id].agency_kind,
            supplier=people[supplier_id],
            domain=domain,
            category=categories.get(category_id or 0),
            value=int(value),
        )
        for order_id, placed_at, agency_id, supplier_id, domain, category_id, value in rows
    ]
    return Statistics([cell for cell in cells if year is None or cell.quarter[0] == year])


@dataclass(frozen=True, slots=True)
class Budget:
    """The published budget of an agreement or of one of its lots, and what orders have taken, in NT$."""

    framework: FrameworkAgreement
    lot: Lot | None
    published: int | None
    ordered: int

    @property
    def left(self) -> int | None:
        """What can still be ordered; None where no budget is published."""
        return None if self.published is None else self.published - self.ordered


def budgets() -> list[Budget]:
    """Every agreement with its lots, the latest first."""
    frameworks = (
        db.session.execute(
            select(FrameworkAgreement)
            .options(joinedload(FrameworkAgreement.lots))
            .order_by(FrameworkAgreement.starts_on.desc(), FrameworkAgreement.id.desc())
        )
        .unique()
        .scalars()
        .all()
    )
    by_lot = ordered_by_lot([lot.id for each in frameworks for lot in each.lots])
    made = []
    for each in frameworks:
        made.append(Budget(each, None, each.published_budget, ordered_in(each.id)))
        made += [Budget(each, lot, lot.published_budget, by_lot[lot.id]) for lot in each.lots]
    return made
