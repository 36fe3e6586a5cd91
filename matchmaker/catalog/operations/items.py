"""Verbs on catalog items."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matchmaker.catalog import graduation, policies, pricing, queries
from matchmaker.catalog.events import (
    ItemChanged,
    ItemProposed,
)
from matchmaker.catalog.facts import VERSION_FIELDS, ItemFacts
from matchmaker.catalog.models import (
    CatalogItem,
    ItemVersion,
    PriceBreak,
)
from matchmaker.catalog.operations.holding import held
from matchmaker.catalog.pricing import Fault, Step
from matchmaker.catalog.states import ItemState
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.decision import ALLOWED, Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.programme import Domain
from matchmaker.kernel.words import N_
from matchmaker.people.actor import SYSTEM, Actor
from matchmaker.people.models import Organization
from matchmaker.pilots.events import PilotAssessed
from matchmaker.pilots.models import Pilot

MOST_PRICE = 1_000_000_000
MOST_DAYS = 3650
MOST_MONTHS = 240
MOST_BREAKS = 12

TITLE_NEEDED = Reason("catalog.title_needed", N_("Enter a title, in Chinese or in English."))
CATEGORY_UNKNOWN = Reason("catalog.category_unknown", N_("Choose one of the categories."))
PRICE_RANGE = Reason(
    "catalog.price_range", N_("The unit price is more than nothing and at most NT$1 billion.")
)
DAYS_RANGE = Reason("catalog.days_range", N_("Enter a number of days from 0 to 3,650."))
MONTHS_RANGE = Reason("catalog.months_range", N_("Enter a number of months from 0 to 240."))
BASE_NEEDED = Reason("catalog.base_needed", N_("Enter the unit price first: the price breaks lie below it."))
TOO_MANY_BREAKS = Reason("catalog.too_many_breaks", N_("Use at most %(most)s price breaks."))
BREAK_REASONS = {
    Fault.QUANTITY_TOO_SMALL: Reason(
        "catalog.break_small", N_("A price break begins at a quantity of two or more.")
    ),
    Fault.QUANTITY_TWICE: Reason(
        "catalog.break_twice", N_("There is a price break from this quantity already.")
    ),
    Fault.PRICE_NOT_POSITIVE: Reason("catalog.break_price", N_("Enter a unit price of more than nothing.")),
    Fault.NOT_BELOW_BASE: Reason(
        "catalog.break_base", N_("The price of a price break lies below the unit price.")
    ),
    Fault.NOT_FALLING: Reason(
        "catalog.break_falling",
        N_("With a greater quantity the unit price has to be lower than in the break before."),
    ),
}
BREAK_INPUTS = {
    Fault.QUANTITY_TOO_SMALL: "from_quantity",
    Fault.QUANTITY_TWICE: "from_quantity",
    Fault.PRICE_NOT_POSITIVE: "unit_price",
    Fault.NOT_BELOW_BASE: "unit_price",
    Fault.NOT_FALLING: "unit_price",
}
NOTE_NEEDED = Reason("catalog.note_needed", N_("Say what changes and why: it is shown with the versions."))


def propose(*, supplier: Organization, facts: ItemFacts, by: Actor, at: datetime) -> CatalogItem:
    """A startup proposes an item; what is missing may be written until staff list it."""
    require(policies.can_propose(by, supplier))
    check_facts(facts)
    return _make(supplier, facts, by=by, at=at)


def propose_from_pilot(*, pilot: Pilot, by: Actor, at: datetime) -> CatalogItem:
    """Prepare the listing of what a graduating pilot tried (R-043, R-093); a second call gives the first item."""
    lock(Pilot, pilot.id)
    pilot = queries.pilot_with_sources(pilot.id)
    require(policies.can_propose_from_pilot(by, pilot))
    earlier = queries.item_of_pilot(pilot.id)
    if earlier is not None:
        return earlier
    return _make(pilot.startup, graduation.proposed_facts(pilot), by=by, at=at, pilot=pilot)


def _make(
    supplier: Organization, facts: ItemFacts, *, by: Actor, at: datetime, pilot: Pilot | None = None
) -> CatalogItem:
    item = CatalogItem(
        state=ItemState.PROPOSED,
        supplier_id=supplier.id,
        pilot_id=pilot.id if pilot is not None else None,
        current_version=1,
        created_at=at,
        **_place(facts),
    )
    item.touch(by=by.name, at=at)
    item.versions = [_version(facts, number=1, by=by, at=at)]
    db.session.add(item)
    db.session.flush()
    audit.record(
        type="item.proposed",
        subject=item.subject,
        actor_ref=by.ref,
        at=at,
        body={"supplier": supplier.ref, "pilot": pilot.ref if pilot is not None else None},
    )
    item = queries.item_by_id(item.id)
    bus.publish(ItemProposed(at=at, item=item))
    return item


def _version(facts: ItemFacts, *, number: int, by: Actor, at: datetime) -> ItemVersion:
    version = ItemVersion(number=number, note=facts.note, made_by=by.name, made_at=at, **_words(facts))
    version.breaks = [_break(step) for step in facts.breaks]
    return version


def _break(step: Step) -> PriceBreak:
    return PriceBreak(from_quantity=step.from_quantity, unit_price=step.unit_price)


def _set_breaks(version: ItemVersion, wanted: tuple[Step, ...]) -> None:
    """Bring the stored breaks in line; a row is kept where its quantity stays (the quantity is unique)."""
    prices = {step.from_quantity: step.unit_price for step in wanted}
    for row in list(version.breaks):
        if row.from_quantity in prices:
            row.unit_price = prices.pop(row.from_quantity)
        else:
            version.breaks.remove(row)
    version.breaks.extend(_break(Step(quantity, price)) for quantity, price in sorted(prices.items()))


def _words(facts: ItemFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in VERSION_FIELDS}


def _place(facts: ItemFacts) -> dict[str, Any]:
    """Category and domain; a category without a domain brings its own."""
    category = queries.category_by_code(facts.category) if facts.category else None
    domain: Domain | None = facts.domain or (category.domain if category is not None else None)
    return {"category_id": category.id if category is not None else None, "domain": domain}


def check_facts(facts: ItemFacts, item: CatalogItem | None = None) -> None:
    """Refuse what cannot be, whatever the state; raises Invalid with every problem at once.

    The price stays within the ceiling of the lot that the item is listed in.
    """
    problems: dict[str, Denied] = {}
    if not (facts.title_zh or facts.title_en):
        problems["title_zh"] = deny(TITLE_NEEDED)
    if facts.category and queries.category_by_code(facts.category) is None:
        problems["category"] = deny(CATEGORY_UNKNOWN)
    if facts.unit_price is not None and not 0 < facts.unit_price <= MOST_PRICE:
        problems["unit_price"] = deny(PRICE_RANGE)
    if facts.delivery_days is not None and not 0 <= facts.delivery_days <= MOST_DAYS:
        problems["delivery_days"] = deny(DAYS_RANGE)
    if facts.warranty_months is not None and not 0 <= facts.warranty_months <= MOST_MONTHS:
        problems["warranty_months"] = deny(MONTHS_RANGE)
    ceiling = policies.within_ceiling(facts.unit_price, item.lot) if item is not None else ALLOWED
    if isinstance(ceiling, Denied):
        problems.setdefault("unit_price", ceiling)
    problems |= _break_problems(facts)
    if problems:
        raise Invalid(problems)


def _break_problems(facts: ItemFacts) -> dict[str, Denied]:
    """What is wrong with the price breaks, at their inputs."""
    if facts.breaks and facts.unit_price is None:
        return {"unit_price": deny(BASE_NEEDED)}
    if len(facts.breaks) > MOST_BREAKS:
        return {"breaks": deny(TOO_MANY_BREAKS, most=MOST_BREAKS)}
    return {
        f"breaks-{place}-{BREAK_INPUTS[fault]}": deny(BREAK_REASONS[fault])
        for place, fault in pricing.faults(facts.unit_price, facts.breaks).items()
    }


def save_version(
    *,
    item: CatalogItem,
    facts: ItemFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> ItemVersion:
    """Change words and price: in place while proposed; once listed as a new version, whole and with its reason.

    Saving the same again changes nothing.
    """
    item = held(item)
    require(policies.can_edit(by, item, at, queries.open_application(item.id)))
    check_version(item, expected_version)
    return write_version(item, facts, by=by, at=at)


def write_version(item: CatalogItem, facts: ItemFacts, *, by: Actor, at: datetime) -> ItemVersion:
    """What ``save_version`` does once it is allowed; ``item`` is held."""
    check_facts(facts, item)
    place, words, current = _place(facts), _words(facts), item.current
    changed = [name for name, value in words.items() if getattr(current, name) != value]
    if current.steps != pricing.steps(facts.breaks):
        changed.append("breaks")
    moved = [name for name, value in place.items() if getattr(item, name) != value]
    if not changed and not moved:
        return current
    proposed = item.state is ItemState.PROPOSED
    price_before = current.unit_price
    if proposed:
        version = current
        for name, value in words.items():
            setattr(version, name, value)
        _set_breaks(version, facts.breaks)
        version.made_by, version.made_at = by.name, at
    else:
        version = _version(facts, number=item.current_version + 1, by=by, at=at)
        version.item_id = item.id
    for name, value in place.items():
        setattr(item, name, value)
    if not proposed:
        _check_whole(item, version, facts)
        db.session.add(version)
        item.current_version = version.number
    item.touch(by=by.name, at=at)
    db.session.flush()
    body: dict[str, Any] = {"version": version.number, "changed": [*changed, *moved]}
    if "unit_price" in changed:
        body["price"] = [price_before, version.unit_price]
    audit.record(
        type="item.saved" if proposed else "item.version",
        subject=item.subject,
        actor_ref=by.ref,
        at=at,
        body=body,
    )
    item = queries.item_by_id(item.id)
    if not proposed:
        bus.publish(ItemChanged(at=at, item=item, number=version.number))
    return item.current


def _check_whole(item: CatalogItem, version: ItemVersion, facts: ItemFacts) -> None:
    """A listed item stays complete, and its change says why."""
    problems = {need.field: deny(need.reason) for need in policies.missing(item, version)}
    if not facts.note:
        problems["note"] = deny(NOTE_NEEDED)
    if problems:
        raise Invalid(problems)


def on_pilot_assessed(event: PilotAssessed) -> None:
    """A pilot that met the need and is ready grows into a proposed item at once (R-093)."""
    if event.assessment.graduates:
        propose_from_pilot(pilot=event.pilot, by=SYSTEM, at=event.at)
