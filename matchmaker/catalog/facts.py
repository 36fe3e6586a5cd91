"""What people hand over about items, agreements and adoptions: plain values, checked by the operations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.catalog.pricing import Step
from matchmaker.catalog.states import ActivityKind, OutputKind
from matchmaker.kernel.programme import Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What an item is, in both languages; ``unit_price`` in NT$, tax included.

    ``breaks`` are better unit prices from a quantity on. ``category`` is the code of a category. ``note`` says
    why a listed item changes.
    """

    title_zh: str = ""
    title_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    technology_zh: str = ""
    technology_en: str = ""
    use_case_zh: str = ""
    use_case_en: str = ""
    specification_zh: str = ""
    specification_en: str = ""
    specification_open: bool = False
    activity: ActivityKind | None = None
    output: OutputKind | None = None
    unit_zh: str = ""
    unit_en: str = ""
    unit_price: int | None = None
    breaks: tuple[Step, ...] = ()
    price_note_zh: str = ""
    price_note_en: str = ""
    delivery_days: int | None = None
    warranty_months: int | None = None
    category: str | None = None
    domain: Domain | None = None
    note: str = ""


VERSION_FIELDS = tuple(
    name for name in ItemFacts.__dataclass_fields__ if name not in ("breaks", "category", "domain", "note")
)
"""The facts that a version of an item keeps in columns of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkFacts:
    """A framework agreement; both days belong to its period.

    Startups apply from ``opens_on`` to ``closes_on``, both or neither. ``published_budget`` in NT$.
    ``service_fee`` in hundredths of a percent of an order's value.
    """

    code: str
    title_zh: str
    title_en: str = ""
    opens_on: date | None = None
    closes_on: date | None = None
    starts_on: date
    ends_on: date
    published_budget: int | None = None
    service_fee: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFacts:
    """A lot of an agreement; amounts in NT$, tax included.

    ``category`` is the code of a category, ``regions`` are codes of counties, none for everywhere.
    """

    code: str
    title_zh: str
    title_en: str = ""
    domain: Domain
    category: str | None = None
    regions: tuple[str, ...] = ()
    price_ceiling: int | None = None
    order_min: int | None = None
    order_max: int | None = None
    published_budget: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementFacts:
    """The categories announced for a year (R-040), by code, and where that is written."""

    year: int
    announced_on: date
    categories: tuple[str, ...]
    note_zh: str = ""
    note_en: str = ""
    source_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionFacts:
    """Who adopted an item, when, what for, and where that is written.

    ``agency_ref`` names a body on the platform; otherwise ``body_zh`` names it.
    """

    agency_ref: str | None = None
    body_zh: str = ""
    body_en: str = ""
    year: int
    story_zh: str
    story_en: str = ""
    source_note: str
