"""What the adoption of an item costs, in whole NT$, tax included; fee and limits are those of orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.catalog.models import CatalogItem
from matchmaker.orders import limits as rules
from matchmaker.orders import queries as orders
from matchmaker.rulebook.worksheet import Step


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
    fee = rules.service_fee(item.framework, goods, on) if item.framework is not None else 0
    first = goods + add_ons + fee
    return Budget(price, goods, add_ons, fee, first, later, first + later)


def limits(item: CatalogItem, *, value: int, add_ons: int, on: date, language: str) -> list[Step]:
    """The limits of C11 for an order of this value as things stand, in words; a flag marks one that it breaks."""
    return rules.steps(orders.draft_for(item, value=value, add_ons=add_ons), on, language)
