"""What people hand over about items, agreements and adoptions: plain values, checked by the operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from matchmaker.catalog.pricing import Step
from matchmaker.catalog.states import ActivityKind, OutputKind
from matchmaker.kernel.programme import Domain
from matchmaker.proposals.states import EvidenceKind


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

    def to_json(self) -> dict[str, Any]:
        """As plain values, to be kept until the review board has decided."""
        return asdict(self) | {"breaks": [[step.from_quantity, step.unit_price] for step in self.breaks]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ItemFacts:
        """What ``to_json`` gave; unknown names are left out."""
        known = {name: value for name, value in kept.items() if name in cls.__dataclass_fields__}
        for name, kind in (("activity", ActivityKind), ("output", OutputKind), ("domain", Domain)):
            known[name] = kind(known[name]) if known.get(name) else None
        return cls(**known | {"breaks": tuple(Step(*each) for each in kept.get("breaks", ()))})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFacts:
    """What shows a supplier's capability in place of a track record (R-036)."""

    kind: EvidenceKind
    title: str
    organization: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """What the review board found on one criterion."""

    met: bool
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceReportFacts:
    """A better price seen elsewhere (B-5); ``unit_price`` in NT$, tax included, for one unit of the item."""

    place: str
    unit_price: int
    seen_on: date
    source_note: str
    note: str = ""
