"""What an item costs now, and what changed since a requisition read its price."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.catalog.models import CatalogItem, ItemVersion
from matchmaker.catalog.pricing import unit_price
from matchmaker.orders.models import Requisition, RequisitionLine


def price_now(version: ItemVersion, quantity: int) -> int | None:
    """The unit price of so many in this version (needs ``breaks`` loaded); None where it has none."""
    return None if version.unit_price is None else unit_price(version.unit_price, version.breaks, quantity)


@dataclass(frozen=True, slots=True)
class Difference:
    """A line whose item has another version or price now than when the requisition read it."""

    line: RequisitionLine
    version: ItemVersion
    price: int | None

    @property
    def is_dearer(self) -> bool:
        return self.price is not None and self.price > self.line.unit_price

    @property
    def is_cheaper(self) -> bool:
        return self.price is not None and self.price < self.line.unit_price


def difference(line: RequisitionLine, item: CatalogItem) -> Difference | None:
    """What changed on one line; None where nothing did."""
    version = item.current
    price = price_now(version, line.quantity)
    if version.number == line.version_number and price == line.unit_price:
        return None
    return Difference(line, version, price)


def differences(requisition: Requisition) -> list[Difference]:
    """What changed since prices were read (needs lines, their items, versions and breaks loaded)."""
    found = [difference(line, line.item) for line in requisition.lines if line.item is not None]
    return [each for each in found if each is not None]


def as_line(item: CatalogItem, quantity: int, position: int) -> RequisitionLine:
    """A line at the price of now; the item has a price, or it would not be listed."""
    version = item.current
    price = price_now(version, quantity)
    assert price is not None, f"{item.ref} is listed without a price"
    return RequisitionLine(
        position=position,
        item_id=item.id,
        version_number=version.number,
        name_zh=version.title_zh or version.title_en,
        name_en=version.title_en,
        unit_zh=version.unit_zh,
        unit_en=version.unit_en,
        quantity=quantity,
        unit_price=price,
    )
