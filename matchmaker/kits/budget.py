"""What the adoption of an item costs, in whole NT$, tax included; the limits come from the rulebook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.catalog.models import CatalogItem
from matchmaker.catalog.states import OutputKind
from matchmaker.rulebook import orders as rules
from matchmaker.rulebook.reference import scheme
from matchmaker.rulebook.worksheet import Step

SCHEME = "mature-2019"
"""The parameters of C11 stand in this scheme, each from its day on."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The sums of a purchase and of the years after it; None where the item has no price yet.

    ``fee`` is the agreement's service fee, ``first`` what the purchase costs, ``later`` the yearly costs together.
    """

    unit_price: int | None
    goods: int | None
    add_ons: int
    fee: int | None
    first: int | None
    later: int
    total: int | None


def budget(
    item: CatalogItem, *, quantity: int, add_ons: int, yearly_cost: int, years: int, on: date
) -> Budget:
    """What this many units cost, with add-ons, fee and the yearly costs of some years."""
    price = item.current.price_at(quantity)
    later = yearly_cost * years
    if price is None:
        return Budget(None, None, add_ons, None, None, later, None)
    goods = price * quantity
    fee = 0
    if item.framework is not None:
        most, _sheet = rules.service_fee_limit(scheme(SCHEME), on, order_value=goods)
        fee = min(goods * item.framework.service_fee // 10_000, most)
    first = goods + add_ons + fee
    return Budget(price, goods, add_ons, fee, first, later, first + later)


def limits(item: CatalogItem, *, value: int, add_ons: int, on: date, language: str) -> list[Step]:
    """The limits of C11 for an order of this value, in words; a step with a flag is one that it breaks."""
    lot = item.lot
    answer = rules.order_limits(
        scheme(SCHEME),
        on,
        category="goods" if item.current.output is OutputKind.GOODS else "services",
        order_value=value,
        add_ons=add_ons,
        per_order_max=lot.order_max if lot is not None else None,
        contract_budget=item.framework.published_budget if item.framework is not None else None,
    )
    return [step for step in answer.worksheet.steps(language) if step.title]
