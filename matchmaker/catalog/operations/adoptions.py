"""Verbs on known adoptions."""

from __future__ import annotations

from datetime import datetime

from matchmaker.catalog import policies, queries
from matchmaker.catalog.events import (
    AdoptionRecorded,
)
from matchmaker.catalog.facts import AdoptionFacts
from matchmaker.catalog.models import (
    Adoption,
    CatalogItem,
)
from matchmaker.catalog.operations.holding import held
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import db
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization

FIRST_YEAR = 2018
"""The catalog began in 2018 (R-002, R-100)."""

BODY_NEEDED = Reason("catalog.body_needed", N_("Choose the agency, or enter the name of the body."))
AGENCY_UNKNOWN = Reason("catalog.agency_unknown", N_("Choose one of the agencies."))
ADOPTION_KNOWN = Reason(
    "catalog.adoption_known", N_("This agency's adoption in this year is recorded already.")
)
YEAR_RANGE = Reason("catalog.year_range", N_("Enter a year from %(first)s to %(last)s."))
STORY_NEEDED = Reason("catalog.story_needed", N_("Write in Chinese what the item was good for."))
SOURCE_NEEDED = Reason("catalog.source_needed", N_("Name the source: where is this adoption written down?"))


def record_adoption(*, item: CatalogItem, facts: AdoptionFacts, by: Actor, at: datetime) -> Adoption:
    """Note that a government body adopted the item, with its story and the source (R-103 to R-112)."""
    item = held(item)
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


STORY_ZH = "已訂購並驗收合格（訂單 %s）。"
STORY_EN = "Ordered and accepted after inspection (order %s)."
SOURCE = "本平台訂單紀錄。Order record of this platform."


def record_adoption_from_order(
    *, item: CatalogItem, agency: Organization, order_ref: str, by: Actor, at: datetime
) -> Adoption:
    """Note the adoption that an accepted order shows; one known for the agency and year counts the order.

    Call it once for each order of the item. ``order_ref`` is the public number of the order. What the agency
    says of it is its own to write.
    """
    item, year = held(item), local_day(at).year
    known = queries.adoption_in(item.id, agency.id, year)
    if known is not None:
        known.order_ref = known.order_ref or order_ref
        known.orders += 1
        db.session.flush()
        return known
    adoption = Adoption(
        item_id=item.id,
        agency_id=agency.id,
        year=year,
        story_zh=STORY_ZH % order_ref,
        story_en=STORY_EN % order_ref,
        source_note=SOURCE,
        order_ref=order_ref,
        orders=1,
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
        body={"adoption": adoption.ref, "by": agency.ref, "year": year, "order": order_ref},
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
    item = held(item)
    require(policies.can_record_adoption(by, item))
    ref = adoption.ref
    db.session.delete(adoption)
    db.session.flush()
    audit.record(
        type="item.adoption_removed", subject=item.subject, actor_ref=by.ref, at=at, body={"adoption": ref}
    )
