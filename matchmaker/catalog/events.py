"""What happens to catalog items, for notices and later slices to hear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.catalog.models import CatalogItem, FrameworkAgreement, ListingApplication, PriceReport
from matchmaker.foundation.bus import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemProposed(Event):
    """By its supplier, or prepared from a pilot that graduated (``item.pilot_id`` is set)."""

    item: CatalogItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemListed(Event):
    item: CatalogItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChanged(Event):
    """A listed item got a new version; ``number`` is that version's."""

    item: CatalogItem
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMoved(Event):
    """Suspended, resumed or withdrawn; ``item.state_note`` says why."""

    item: CatalogItem
    move: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionRecorded(Event):
    item: CatalogItem


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkExtended(Event):
    """An agreement runs longer than it did; ``before`` was its last day."""

    framework: FrameworkAgreement
    before: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationSubmitted(Event):
    """A startup asks the review board for a listing or a change, for the first time or again."""

    application: ListingApplication


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationAnswered(Event):
    """The board returned (``return``), approved (``approve``) or refused (``refuse``) it."""

    application: ListingApplication
    move: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceReported(Event):
    """Somebody saw a better price elsewhere."""

    report: PriceReport


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceReportMoved(Event):
    """Offered to the supplier, accepted, refused or dismissed."""

    report: PriceReport
    move: str
