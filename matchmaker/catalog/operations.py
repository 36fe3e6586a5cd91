"""Verbs on catalog items, framework agreements and known adoptions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from matchmaker.catalog import graduation, policies, queries
from matchmaker.catalog.events import (
    AdoptionRecorded,
    ItemChanged,
    ItemListed,
    ItemMoved,
    ItemProposed,
)
from matchmaker.catalog.facts import VERSION_FIELDS, AdoptionFacts, FrameworkFacts, ItemFacts
from matchmaker.catalog.models import (
    Adoption,
    CatalogItem,
    FrameworkAgreement,
    ItemCounter,
    ItemVersion,
)
from matchmaker.catalog.states import ITEM_LIFE, ItemState
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.dates import add_years, local_day
from matchmaker.kernel.decision import Denied, Reason, deny
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
FRAMEWORK_YEARS = 2
"""An inter-entity supply contract runs two years at most, extension included (B-5)."""
FIRST_YEAR = 2018
"""The catalog began in 2018 (R-002, R-100)."""

TITLE_NEEDED = Reason("catalog.title_needed", N_("Enter a title, in Chinese or in English."))
CATEGORY_UNKNOWN = Reason("catalog.category_unknown", N_("Choose one of the categories."))
PRICE_RANGE = Reason(
    "catalog.price_range", N_("The unit price is more than nothing and at most NT$1 billion.")
)
DAYS_RANGE = Reason("catalog.days_range", N_("Enter a number of days from 0 to 3,650."))
MONTHS_RANGE = Reason("catalog.months_range", N_("Enter a number of months from 0 to 240."))
NOTE_NEEDED = Reason("catalog.note_needed", N_("Say what changes and why: it is shown with the versions."))
REASON_NEEDED = Reason(
    "catalog.reason_needed", N_("Give the reason: it is shown on the page and sent by mail.")
)
CODE_NEEDED = Reason("catalog.code_needed", N_("Enter the number of the agreement."))
CODE_TAKEN = Reason("catalog.code_taken", N_("Another agreement has this number."))
NAME_NEEDED = Reason("catalog.name_needed", N_("Enter the name in Chinese."))
PERIOD_BACKWARD = Reason("catalog.period_backward", N_("The last day comes before the first."))
PERIOD_LONG = Reason(
    "catalog.period_long", N_("An agreement runs two years at most: the last day can be %(latest)s.")
)
START_FIXED = Reason(
    "catalog.start_fixed",
    N_("Items are listed in this agreement: its first day decides on their suppliers' age and stays."),
)
BODY_NEEDED = Reason("catalog.body_needed", N_("Choose the agency, or enter the name of the body."))
AGENCY_UNKNOWN = Reason("catalog.agency_unknown", N_("Choose one of the agencies."))
ADOPTION_KNOWN = Reason(
    "catalog.adoption_known", N_("This agency's adoption in this year is recorded already.")
)
YEAR_RANGE = Reason("catalog.year_range", N_("Enter a year from %(first)s to %(last)s."))
STORY_NEEDED = Reason("catalog.story_needed", N_("Write in Chinese what the item was good for."))
SOURCE_NEEDED = Reason("catalog.source_needed", N_("Name the source: where is this adoption written down?"))


# --- items ---


def propose(*, supplier: Organization, facts: ItemFacts, by: Actor, at: datetime) -> CatalogItem:
    """A startup proposes an item; what is missing may be written until staff list it."""
    require(policies.can_propose(by, supplier))
    _check(facts)
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
    item.versions = [ItemVersion(number=1, made_by=by.name, made_at=at, note=facts.note, **_words(facts))]
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


def _words(facts: ItemFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in VERSION_FIELDS}


def _place(facts: ItemFacts) -> dict[str, Any]:
    """Category and domain; a category without a domain brings its own."""
    category = queries.category_by_code(facts.category) if facts.category else None
    domain: Domain | None = facts.domain or (category.domain if category is not None else None)
    return {"category_id": category.id if category is not None else None, "domain": domain}


def _check(facts: ItemFacts) -> None:
    """Refuse what cannot be, whatever the state; raises Invalid with every problem at once."""
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
    if problems:
        raise Invalid(problems)


def _held(item: CatalogItem) -> CatalogItem:
    """The item, held until the end of the transaction, as it stands now."""
    lock(CatalogItem, item.id)
    return queries.item_by_id(item.id)


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
    item = _held(item)
    require(policies.can_edit(by, item, at))
    check_version(item, expected_version)
    _check(facts)
    place, words, current = _place(facts), _words(facts), item.current
    changed = [name for name, value in words.items() if getattr(current, name) != value]
    moved = [name for name, value in place.items() if getattr(item, name) != value]
    if not changed and not moved:
        return current
    proposed = item.state is ItemState.PROPOSED
    price_before = current.unit_price
    if proposed:
        version = current
        for name, value in words.items():
            setattr(version, name, value)
        version.made_by, version.made_at = by.name, at
    else:
        version = ItemVersion(
            item_id=item.id,
            number=item.current_version + 1,
            note=facts.note,
            made_by=by.name,
            made_at=at,
            **words,
        )
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


def list_item(
    *,
    item: CatalogItem,
    framework: FrameworkAgreement,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> CatalogItem:
    """Take a complete item into the catalog, in an agreement that holds today; it gets its public code."""
    framework = lock(FrameworkAgreement, framework.id)
    item = _held(item)
    require(policies.can_list(by, item, framework, at))
    check_version(item, expected_version)
    state, code = ITEM_LIFE.next("list", item.state), _next_code(local_day(at).year)
    item.state, item.code, item.listed_at, item.framework_id = state, code, at, framework.id
    item.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(
        type="item.listed",
        subject=item.subject,
        actor_ref=by.ref,
        at=at,
        body={
            "code": item.code,
            "framework": framework.code,
            "version": item.current_version,
            "price": item.current.unit_price,
        },
    )
    item = queries.item_by_id(item.id)
    bus.publish(ItemListed(at=at, item=item))
    return item


def _next_code(year: int) -> str:
    """The next public code of a year; the counter's row is held until the end of the transaction."""
    dialect = db.engine.dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    counted = (
        insert(ItemCounter)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": ItemCounter.last + 1})
        .returning(ItemCounter.last)
    )
    number: int = db.session.execute(counted).scalar_one()
    return f"ci-{year}-{number:04d}"


def suspend(
    *, item: CatalogItem, reason: str, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Stop the supply for a while, for a reason that everybody may read."""
    item = _held(item)
    require(policies.can_suspend(by, item, at))
    _move(item, "suspend", _given(reason), by=by, at=at, expected_version=expected_version)


def resume(*, item: CatalogItem, by: Actor, at: datetime, expected_version: int | None = None) -> None:
    """Let the supply go on."""
    item = _held(item)
    require(policies.can_resume(by, item, at))
    _move(item, "resume", "", by=by, at=at, expected_version=expected_version)


def withdraw(
    *, item: CatalogItem, reason: str, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Take an item out for good; what was listed keeps a page that says so."""
    item = _held(item)
    require(policies.can_withdraw(by, item, at))
    _move(item, "withdraw", _given(reason), by=by, at=at, expected_version=expected_version)


def _given(reason: str) -> str:
    if not reason.strip():
        raise Invalid({"reason": deny(REASON_NEEDED)})
    return reason.strip()


def _move(
    item: CatalogItem, move: str, note: str, *, by: Actor, at: datetime, expected_version: int | None
) -> None:
    check_version(item, expected_version)
    item.state = ITEM_LIFE.next(move, item.state)
    item.state_note = note
    item.ended_at = at if item.state is ItemState.WITHDRAWN else None
    item.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(type=f"item.{move}", subject=item.subject, actor_ref=by.ref, at=at, body={"reason": note})
    bus.publish(ItemMoved(at=at, item=queries.item_by_id(item.id), move=move))


# --- framework agreements ---


def latest_end(starts_on: date) -> date:
    """The last day that an agreement beginning on this day can have; the first day counts."""
    return add_years(starts_on - timedelta(days=1), FRAMEWORK_YEARS)


def save_framework(
    *,
    facts: FrameworkFacts,
    by: Actor,
    at: datetime,
    framework: FrameworkAgreement | None = None,
    expected_version: int | None = None,
) -> FrameworkAgreement:
    """Make a framework agreement or change one; its period is two years at most."""
    require(policies.can_save_framework(by))
    if framework is not None:
        framework = lock(FrameworkAgreement, framework.id)
        check_version(framework, expected_version)
    _check_framework(facts, framework)
    made = framework is None
    if framework is None:
        framework = FrameworkAgreement()
        db.session.add(framework)
    changes = {}
    for name in FrameworkFacts.__dataclass_fields__:
        old, new = getattr(framework, name), getattr(facts, name)
        if old != new:
            changes[name] = [str(old or ""), str(new or "")]
            setattr(framework, name, new)
    if not changes:
        return framework
    framework.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(
        type="framework.made" if made else "framework.changed",
        subject=framework.subject,
        actor_ref=by.ref,
        at=at,
        body={"changes": changes},
    )
    return framework


def _check_framework(facts: FrameworkFacts, framework: FrameworkAgreement | None) -> None:
    problems: dict[str, Denied] = {}
    if not facts.code:
        problems["code"] = deny(CODE_NEEDED)
    elif queries.is_framework_code_taken(facts.code, besides=framework.id if framework else None):
        problems["code"] = deny(CODE_TAKEN)
    if not facts.title_zh:
        problems["title_zh"] = deny(NAME_NEEDED)
    if facts.ends_on <= facts.starts_on:
        problems["ends_on"] = deny(PERIOD_BACKWARD)
    elif facts.ends_on > latest_end(facts.starts_on):
        problems["ends_on"] = deny(PERIOD_LONG, latest=latest_end(facts.starts_on))
    fixed = framework is not None and queries.count_items_in(framework.id) > 0
    if framework is not None and fixed and facts.starts_on != framework.starts_on:
        problems["starts_on"] = deny(START_FIXED)
    if problems:
        raise Invalid(problems)


# --- adoptions ---


def record_adoption(*, item: CatalogItem, facts: AdoptionFacts, by: Actor, at: datetime) -> Adoption:
    """Note that a government body adopted the item, with its story and the source (R-103 to R-112)."""
    item = _held(item)
    require(policies.can_record_adoption(by, item))
    agency = queries.agency_by_ref(facts.agency_ref) if facts.agency_ref else None
    _check_adoption(item, facts, agency, local_day(at).year)
    adoption = Adoption(
        item_id=item.id,
        agency_id=agency.id if agency is not None else None,
        body_zh="" if agency is not None else facts.body_zh,
        body_en="" if agency is not None else facts.body_en,
        year=facts.year,
        story_zh=facts.story_zh,
        story_en=facts.story_en,
        source_note=facts.source_note,
        recorded_by=by.name,
        recorded_at=at,
    )
    db.session.add(adoption)
    db.session.flush()
    audit.record(
        type="item.adoption_recorded",
        subject=item.subject,
        actor_ref=by.ref,
        at=at,
        body={"adoption": adoption.ref, "by": agency.ref if agency else facts.body_zh, "year": facts.year},
    )
    bus.publish(AdoptionRecorded(at=at, item=item))
    return adoption


def _check_adoption(
    item: CatalogItem, facts: AdoptionFacts, agency: Organization | None, this_year: int
) -> None:
    problems: dict[str, Denied] = {}
    if facts.agency_ref and agency is None:
        problems["agency"] = deny(AGENCY_UNKNOWN)
    elif agency is None and not facts.body_zh:
        problems["body_zh"] = deny(BODY_NEEDED)
    if not FIRST_YEAR <= facts.year <= this_year:
        problems["year"] = deny(YEAR_RANGE, first=FIRST_YEAR, last=this_year)
    elif agency is not None and queries.is_adoption_known(item.id, agency.id, facts.year):
        problems["agency"] = deny(ADOPTION_KNOWN)
    if not facts.story_zh:
        problems["story_zh"] = deny(STORY_NEEDED)
    if not facts.source_note:
        problems["source_note"] = deny(SOURCE_NEEDED)
    if problems:
        raise Invalid(problems)


def remove_adoption(*, item: CatalogItem, adoption: Adoption, by: Actor, at: datetime) -> None:
    """Take back an adoption that was recorded by mistake; the audit chain keeps that it was."""
    item = _held(item)
    require(policies.can_record_adoption(by, item))
    ref = adoption.ref
    db.session.delete(adoption)
    db.session.flush()
    audit.record(
        type="item.adoption_removed", subject=item.subject, actor_ref=by.ref, at=at, body={"adoption": ref}
    )


# --- what other slices tell ---


def on_pilot_assessed(event: PilotAssessed) -> None:
    """A pilot that met the need and is ready grows into a proposed item at once (R-093)."""
    if event.assessment.graduates:
        propose_from_pilot(pilot=event.pilot, by=SYSTEM, at=event.at)
