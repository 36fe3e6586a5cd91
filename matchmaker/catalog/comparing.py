"""Items side by side at a quantity, and what the evidence of one says in figures. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matchmaker.catalog import pricing
from matchmaker.catalog.models import Adoption, CatalogItem


@dataclass(frozen=True, slots=True)
class Priced:
    """What a quantity of an item costs; ``cheaper`` is a greater quantity that costs less together."""

    unit_price: int
    amount: int
    cheaper: int | None


def priced(item: CatalogItem, quantity: int) -> Priced | None:
    """The price of this quantity by the price breaks (needs ``breaks`` loaded); None where there is no price."""
    version = item.current
    if version.unit_price is None:
        return None
    return Priced(
        pricing.unit_price(version.unit_price, version.breaks, quantity),
        pricing.amount(version.unit_price, version.breaks, quantity),
        pricing.cheaper_quantity(version.unit_price, version.breaks, quantity),
    )


def differ(values: Sequence[Any]) -> bool:
    """Do the items differ in this?"""
    return len({repr(value) for value in values}) > 1


@dataclass(frozen=True, slots=True)
class Passport:
    """The evidence of an item in figures; ``again`` names the bodies that ordered or adopted it more than once."""

    measures: int
    reached: int
    adoptions: int
    orders: int
    again: tuple[str, ...]


def passport(item: CatalogItem) -> Passport:
    """What pilots and adoptions show (needs the item's evidence loaded)."""
    measures = item.pilot.measures if item.pilot is not None else []
    return Passport(
        measures=len(measures),
        reached=sum(1 for measure in measures if measure.reached),
        adoptions=len(item.adoptions),
        orders=sum(adoption.orders for adoption in item.adoptions),
        again=again(item.adoptions),
    )


def again(adoptions: Sequence[Adoption]) -> tuple[str, ...]:
    """The bodies that ordered the item more than once, or adopted it in more than one year."""
    times: Counter[str] = Counter()
    for adoption in adoptions:
        times[adoption.body] += max(adoption.orders, 1)
    return tuple(sorted(body for body, count in times.items() if count > 1))
