"""What one version of an item changed against the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matchmaker.catalog.facts import VERSION_FIELDS, ItemFacts
from matchmaker.catalog.models import ItemVersion
from matchmaker.catalog.pricing import steps
from matchmaker.kernel.words import N_

FIELD_LABELS = {
    "title_zh": N_("Title in Chinese"),
    "title_en": N_("Title in English"),
    "summary_zh": N_("Summary in Chinese"),
    "summary_en": N_("Summary in English"),
    "technology_zh": N_("Technology in Chinese"),
    "technology_en": N_("Technology in English"),
    "use_case_zh": N_("Government use case in Chinese"),
    "use_case_en": N_("Government use case in English"),
    "specification_zh": N_("Specification in Chinese"),
    "specification_en": N_("Specification in English"),
    "specification_open": N_("Specification not tied to a proprietary one"),
    "activity": N_("What is new about it"),
    "output": N_("What is delivered"),
    "unit_zh": N_("Unit in Chinese"),
    "unit_en": N_("Unit in English"),
    "unit_price": N_("Unit price, tax included"),
    "breaks": N_("Price breaks"),
    "price_note_zh": N_("Note on the price in Chinese"),
    "price_note_en": N_("Note on the price in English"),
    "delivery_days": N_("Delivery in days after the order"),
    "warranty_months": N_("Warranty in months"),
}


@dataclass(frozen=True, slots=True)
class Edition:
    """A version with the names of the fields it changed, and the price before (NT$) where the price changed."""

    version: ItemVersion
    changed: tuple[str, ...]
    price_before: int | None

    @property
    def labels(self) -> tuple[str, ...]:
        """English labels of the changed fields, translated where they are shown."""
        return tuple(FIELD_LABELS[name] for name in self.changed)


def changed_fields(before: ItemVersion, after: ItemVersion) -> tuple[str, ...]:
    """The names of the fields in which two versions differ (needs their ``breaks`` loaded)."""
    fields = tuple(name for name in VERSION_FIELDS if getattr(before, name) != getattr(after, name))
    return (*fields, "breaks") if before.steps != after.steps else fields


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which a proposed change differs from the present version."""

    name: str
    before: Any
    after: Any

    @property
    def label(self) -> str:
        """English label, translated where it is shown."""
        return FIELD_LABELS[self.name]


def differences(version: ItemVersion, facts: ItemFacts) -> list[Difference]:
    """What a proposed change would change (needs ``breaks`` loaded)."""
    found = [
        Difference(name, getattr(version, name), getattr(facts, name))
        for name in VERSION_FIELDS
        if getattr(version, name) != getattr(facts, name)
    ]
    if version.steps != steps(facts.breaks):
        found.append(Difference("breaks", version.steps, steps(facts.breaks)))
    return found


def editions(versions: Sequence[ItemVersion]) -> list[Edition]:
    """The history of an item, newest version first."""
    made = []
    earlier: ItemVersion | None = None
    for version in sorted(versions, key=lambda v: v.number):
        changed = changed_fields(earlier, version) if earlier is not None else ()
        before = earlier.unit_price if earlier is not None and "unit_price" in changed else None
        made.append(Edition(version, changed, before))
        earlier = version
    return made[::-1]
