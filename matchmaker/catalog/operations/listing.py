"""An item's way through the catalog: listed, suspended, resumed, withdrawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from matchmaker.catalog import policies, queries
from matchmaker.catalog.events import (
    ItemListed,
    ItemMoved,
)
from matchmaker.catalog.models import (
    CatalogItem,
    FrameworkAgreement,
    ItemCounter,
    Lot,
)
from matchmaker.catalog.operations.holding import held
from matchmaker.catalog.states import APPLICATION_LIFE, ITEM_LIFE, ItemState
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor

REASON_NEEDED = Reason(
    "catalog.reason_needed", N_("Give the reason: it is shown on the page and sent by mail.")
)


def list_item(
    *,
    item: CatalogItem,
    framework: FrameworkAgreement,
    lot: Lot | None = None,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> CatalogItem:
    """Take an item that grew from a pilot into the catalog, in an agreement and lot that takes it.

    It gets its public code. Where its startup has applied for the listing, staff decide on the application instead,
    and what did not grow from a pilot comes in that way alone.
    """
    framework = framework_held(framework)
    item = held(item)
    if queries.open_application(item.id) is not None:
        raise Refused(deny(policies.REVIEW_FIRST))
    require(policies.can_list(by, item, framework, at, lot))
    check_version(item, expected_version)
    return take_in(item, framework, lot, by=by, at=at)


def framework_held(framework: FrameworkAgreement) -> FrameworkAgreement:
    """The agreement, held until the end of the transaction, with its lots."""
    lock(FrameworkAgreement, framework.id)
    return queries.framework_with_lots(framework.ref)


def take_in(
    item: CatalogItem, framework: FrameworkAgreement, lot: Lot | None, *, by: Actor, at: datetime
) -> CatalogItem:
    """List the item; it and the agreement are held."""
    require(policies.can_take_in(by, item, framework, at, lot))
    state, code = ITEM_LIFE.next("list", item.state), _next_code(local_day(at).year)
    item.state, item.code, item.listed_at, item.framework_id = state, code, at, framework.id
    item.lot_id = lot.id if lot is not None else None
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
            "lot": lot.code if lot is not None else None,
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
    item = held(item)
    require(policies.can_suspend(by, item, at))
    _move(item, "suspend", _given(reason), by=by, at=at, expected_version=expected_version)


def resume(*, item: CatalogItem, by: Actor, at: datetime, expected_version: int | None = None) -> None:
    """Let the supply go on."""
    item = held(item)
    require(policies.can_resume(by, item, at))
    _move(item, "resume", "", by=by, at=at, expected_version=expected_version)


def withdraw(
    *, item: CatalogItem, reason: str, by: Actor, at: datetime, expected_version: int | None = None
) -> None:
    """Take an item out for good; what was listed keeps a page that says so."""
    item = held(item)
    require(policies.can_withdraw(by, item, at))
    review = queries.open_application(item.id)
    if review is not None:
        review.state = APPLICATION_LIFE.next("withdraw", review.state)
        review.decided_at, review.decided_by = at, by.name
        review.touch(by=by.name, at=at)
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
