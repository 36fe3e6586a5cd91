"""What a quantity costs: the base price and its price breaks (級距), in whole NT$, tax included. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Break(Protocol):
    """A better unit price (NT$) from a quantity on; a stored ``PriceBreak`` is one."""

    @property
    def from_quantity(self) -> int: ...

    @property
    def unit_price(self) -> int: ...


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """A price break as a plain value."""

    from_quantity: int
    unit_price: int


@dataclass(frozen=True, slots=True)
class Band:
    """A run of quantities with one unit price; the last one has no ``last``."""

    first: int
    last: int | None
    unit_price: int


class Fault(StrEnum):
    """What can be wrong with a price break among the others."""

    QUANTITY_TOO_SMALL = "quantity_too_small"
    QUANTITY_TWICE = "quantity_twice"
    PRICE_NOT_POSITIVE = "price_not_positive"
    NOT_BELOW_BASE = "not_below_base"
    NOT_FALLING = "not_falling"


LEAST_QUANTITY = 2
"""One piece costs the base price."""


def steps(breaks: Iterable[Break]) -> tuple[Step, ...]:
    """The breaks as plain values, the smallest quantity first."""
    return tuple(sorted(Step(each.from_quantity, each.unit_price) for each in breaks))


def unit_price(base: int, breaks: Iterable[Break], quantity: int) -> int:
    """The price of one unit (NT$) where this many are ordered.

    :raises ValueError: the quantity is less than one.
    """
    if quantity < 1:
        raise ValueError("a quantity is at least one")
    reached = [step for step in steps(breaks) if step.from_quantity <= quantity]
    return reached[-1].unit_price if reached else base


def amount(base: int, breaks: Iterable[Break], quantity: int) -> int:
    """What this many cost together (NT$)."""
    return unit_price(base, breaks, quantity) * quantity


def bands(base: int, breaks: Iterable[Break]) -> tuple[Band, ...]:
    """The whole scale of prices: each run of quantities with its unit price, without gap."""
    firsts = [Step(1, base), *steps(breaks)]
    lasts = [step.from_quantity - 1 for step in firsts[1:]]
    return tuple(
        Band(step.from_quantity, last, step.unit_price)
        for step, last in zip(firsts, [*lasts, None], strict=True)
    )


def cheaper_quantity(base: int, breaks: Iterable[Break], quantity: int) -> int | None:
    """The smallest greater quantity that costs less together than this one; None where there is none.

    Just below a break a few more pieces can make the whole order cheaper: a buyer should know.
    """
    own = amount(base, breaks, quantity)
    made = steps(breaks)
    return next(
        (
            step.from_quantity
            for step in made
            if step.from_quantity > quantity and step.from_quantity * step.unit_price < own
        ),
        None,
    )


def faults(base: int | None, breaks: Sequence[Break]) -> dict[int, Fault]:
    """What is wrong with each break, by its place in the sequence; empty where the scale holds.

    Quantities from two on, none twice; every price below the base price and, with a greater quantity, strictly
    below the break before it.
    """
    found: dict[int, Fault] = {}
    ordered = sorted(range(len(breaks)), key=lambda place: (breaks[place].from_quantity, place))
    before: Break | None = None
    for place in ordered:
        each = breaks[place]
        fault = _fault(base, before, each)
        if fault is not None:
            found[place] = fault
        before = each
    return found


def _fault(base: int | None, before: Break | None, each: Break) -> Fault | None:
    if each.from_quantity < LEAST_QUANTITY:
        return Fault.QUANTITY_TOO_SMALL
    if before is not None and each.from_quantity == before.from_quantity:
        return Fault.QUANTITY_TWICE
    if each.unit_price <= 0:
        return Fault.PRICE_NOT_POSITIVE
    if base is not None and each.unit_price >= base:
        return Fault.NOT_BELOW_BASE
    if before is not None and each.unit_price >= before.unit_price:
        return Fault.NOT_FALLING
    return None
