"""Verbs on better prices seen elsewhere (B-5): reported, offered to the supplier, accepted, refused, dismissed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matchmaker.catalog import policies, pricing, queries
from matchmaker.catalog.events import PriceReported, PriceReportMoved
from matchmaker.catalog.facts import VERSION_FIELDS, ItemFacts, PriceReportFacts
from matchmaker.catalog.models import CatalogItem, PriceReport
from matchmaker.catalog.operations.holding import held
from matchmaker.catalog.operations.items import MOST_PRICE, PRICE_RANGE, write_version
from matchmaker.catalog.states import REPORT_LIFE, ReportState
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor

PLACE_NEEDED = Reason("catalog.place_needed", N_("Say where the better price was seen."))
REPORT_SOURCE = Reason("catalog.report_source", N_("Name the source, so that the office can check it."))
NOT_BETTER = Reason("catalog.not_better", N_("That is no better price: the item costs NT$%(price)s here."))
SEEN_LATER = Reason("catalog.seen_later", N_("The day lies ahead."))
REPORT_REASON = Reason("catalog.report_reason", N_("Give the reason."))


def report_price(*, item: CatalogItem, facts: PriceReportFacts, by: Actor, at: datetime) -> PriceReport:
    """Record a better price seen elsewhere; staff are told and follow it up."""
    item = held(item)
    require(policies.can_report_price(by, item, at))
    _check(item, facts, at)
    report = PriceReport(
        item_id=item.id,
        state=ReportState.REPORTED,
        reporter_id=by.organization_id,
        reported_by=by.name,
        reported_at=at,
        place=facts.place,
        unit_price=facts.unit_price,
        seen_on=facts.seen_on,
        source_note=facts.source_note,
        note=facts.note,
    )
    report.touch(by=by.name, at=at)
    db.session.add(report)
    db.session.flush()
    _tell(report, item, "price_reported", by=by, at=at, price=facts.unit_price)
    report = queries.report_by_id(report.id)
    bus.publish(PriceReported(at=at, report=report))
    return report


def _check(item: CatalogItem, facts: PriceReportFacts, at: datetime) -> None:
    problems: dict[str, Denied] = {}
    present = item.current.unit_price
    if not facts.place:
        problems["place"] = deny(PLACE_NEEDED)
    if not facts.source_note:
        problems["source_note"] = deny(REPORT_SOURCE)
    if facts.seen_on > local_day(at):
        problems["seen_on"] = deny(SEEN_LATER)
    if not 0 < facts.unit_price <= MOST_PRICE:
        problems["unit_price"] = deny(PRICE_RANGE)
    elif present is not None and facts.unit_price >= present:
        problems["unit_price"] = deny(NOT_BETTER, price=f"{present:,}")
    if problems:
        raise Invalid(problems)


def offer_report(
    *, report: PriceReport, by: Actor, at: datetime, expected_version: int | None = None
) -> PriceReport:
    """Staff find it well founded and offer the price to the supplier; until it is settled the item may not be bought."""
    report, item = _held(report, "offer", by, expected_version)
    report.offered_at = at
    return _move(report, item, "offer", by=by, at=at)


def accept_report(
    *, report: PriceReport, by: Actor, at: datetime, expected_version: int | None = None
) -> PriceReport:
    """The supplier takes the lower price: a new version, for everybody who orders from now on.

    Price breaks that are not lower than it fall away. Where the price was lowered meanwhile, nothing changes.
    """
    report, item = _held(report, "accept", by, expected_version)
    present = item.current
    if present.unit_price is None or present.unit_price > report.unit_price:
        words: dict[str, Any] = {name: getattr(present, name) for name in VERSION_FIELDS}
        kept = tuple(step for step in pricing.steps(present.breaks) if step.unit_price < report.unit_price)
        facts = ItemFacts(
            **words
            | {
                "unit_price": report.unit_price,
                "breaks": kept,
                "category": item.category.code if item.category is not None else None,
                "domain": item.domain,
                "note": f"{BETTER_PRICE_NOTE}{report.place}"[:200],
            }
        )
        write_version(item, facts, by=by, at=at)
    report.made_version = queries.item_by_id(item.id).current_version
    report.answered_at = report.closed_at = at
    return _move(report, item, "accept", by=by, at=at)


BETTER_PRICE_NOTE = "比照他處較優價格 Better price elsewhere: "
"""Kept with the version, so in both languages."""


def refuse_report(
    *, report: PriceReport, reason: str, by: Actor, at: datetime, expected_version: int | None = None
) -> PriceReport:
    """The supplier does not take the lower price, and says why; the item stays above the market."""
    report, item = _held(report, "refuse", by, expected_version)
    report.answer, report.answered_at = _given(reason), at
    return _move(report, item, "refuse", by=by, at=at)


def dismiss_report(
    *, report: PriceReport, reason: str, by: Actor, at: datetime, expected_version: int | None = None
) -> PriceReport:
    """Staff find that it is no better price after all, or that it is settled otherwise."""
    report, item = _held(report, "dismiss", by, expected_version)
    report.closing_note, report.closed_at = _given(reason), at
    return _move(report, item, "dismiss", by=by, at=at)


def _held(
    report: PriceReport, move: str, by: Actor, expected_version: int | None
) -> tuple[PriceReport, CatalogItem]:
    item = queries.item_by_id(lock(CatalogItem, report.item_id).id)
    report = queries.report_by_id(lock(PriceReport, report.id).id)
    require(policies.can_move_report(by, report, move))
    check_version(report, expected_version)
    return report, item


def _given(reason: str) -> str:
    if not reason.strip():
        raise Invalid({"reason": deny(REPORT_REASON)})
    return reason.strip()


def _move(report: PriceReport, item: CatalogItem, move: str, *, by: Actor, at: datetime) -> PriceReport:
    report.state = REPORT_LIFE.next(move, report.state)
    report.touch(by=by.name, at=at)
    db.session.flush()
    db.session.expire(item, ["above_market"])
    _tell(report, item, f"price_{move}", by=by, at=at, reason=report.closing_note or report.answer)
    bus.publish(PriceReportMoved(at=at, report=report, move=move))
    return report


def _tell(report: PriceReport, item: CatalogItem, kind: str, *, by: Actor, at: datetime, **body: Any) -> None:
    audit.record(
        type=f"item.{kind}",
        subject=item.subject,
        actor_ref=by.ref,
        at=at,
        body={"report": report.ref, **body},
    )
