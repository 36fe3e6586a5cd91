"""Verbs on the lots of an agreement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matchmaker.catalog import policies, queries
from matchmaker.catalog.facts import LotFacts
from matchmaker.catalog.models import FrameworkAgreement, Lot
from matchmaker.catalog.operations.agreements import BUDGET_RANGE, MOST_BUDGET, NAME_NEEDED
from matchmaker.catalog.operations.items import CATEGORY_UNKNOWN, MOST_PRICE
from matchmaker.foundation import audit
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor

LOT_CODE_NEEDED = Reason("catalog.lot_code_needed", N_("Enter the number of the lot."))
LOT_CODE_TAKEN = Reason("catalog.lot_code_taken", N_("Another lot of this agreement has this number."))
LIMIT_RANGE = Reason("catalog.limit_range", N_("The amount is more than nothing and at most NT$1 billion."))
MAXIMUM_LOW = Reason("catalog.maximum_low", N_("The most of an order is not less than its least."))
REGION_UNKNOWN = Reason("catalog.region_unknown", N_("Choose among the counties and cities."))
BUDGETS_ABOVE = Reason(
    "catalog.budgets_above",
    N_("The budgets of the lots together are not more than that of the agreement: NT$%(left)s are left."),
)
CEILING_BELOW = Reason(
    "catalog.ceiling_below", N_("“%(item)s” is listed in this lot at a higher price: NT$%(price)s.")
)
LOT_IN_USE = Reason(
    "catalog.lot_in_use", N_("Items are listed in this lot or apply for it: it cannot be removed.")
)


def save_lot(
    *,
    framework: FrameworkAgreement,
    facts: LotFacts,
    by: Actor,
    at: datetime,
    lot: Lot | None = None,
    expected_version: int | None = None,
) -> Lot:
    """Make a lot of an agreement or change one. Saving the same again changes nothing."""
    require(policies.can_save_framework(by))
    framework = lock(FrameworkAgreement, framework.id)
    if lot is not None:
        lot = _lot_held(lot)
        check_version(lot, expected_version)
    _check(framework, lot, facts)
    category = queries.category_by_code(facts.category) if facts.category else None
    values: dict[str, Any] = {name: getattr(facts, name) for name in PLAIN_FIELDS}
    values |= {"category_id": category.id if category else None, "regions": sorted(facts.regions)}
    made = lot is None
    if lot is None:
        lot = Lot(framework_id=framework.id, position=queries.next_lot_position(framework.id))
        db.session.add(lot)
    changes = {}
    for name, value in values.items():
        old = getattr(lot, name)
        if old != value:
            changes[name] = [_said(old), _said(value)]
            setattr(lot, name, value)
    if not changes:
        return lot
    lot.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(
        type="lot.made" if made else "lot.changed",
        subject=framework.subject,
        actor_ref=by.ref,
        at=at,
        body={"lot": lot.code, "changes": changes},
    )
    return lot


PLAIN_FIELDS = (
    "code",
    "title_zh",
    "title_en",
    "domain",
    "price_ceiling",
    "order_min",
    "order_max",
    "published_budget",
)


def _said(value: Any) -> str:
    return "" if value is None else ", ".join(value) if isinstance(value, list) else str(value)


def _lot_held(lot: Lot) -> Lot:
    return lock(Lot, lot.id)


def _check(framework: FrameworkAgreement, lot: Lot | None, facts: LotFacts) -> None:
    problems: dict[str, Denied] = {}
    if not facts.code:
        problems["code"] = deny(LOT_CODE_NEEDED)
    elif queries.is_lot_code_taken(framework.id, facts.code, besides=lot.id if lot else None):
        problems["code"] = deny(LOT_CODE_TAKEN)
    if not facts.title_zh:
        problems["title_zh"] = deny(NAME_NEEDED)
    if facts.category and queries.category_by_code(facts.category) is None:
        problems["category"] = deny(CATEGORY_UNKNOWN)
    if not {county.code for county in people.counties()} >= set(facts.regions):
        problems["regions"] = deny(REGION_UNKNOWN)
    for name in ("price_ceiling", "order_min", "order_max"):
        value = getattr(facts, name)
        if value is not None and not 0 < value <= MOST_PRICE:
            problems[name] = deny(LIMIT_RANGE)
    if facts.order_min and facts.order_max and facts.order_max < facts.order_min:
        problems.setdefault("order_max", deny(MAXIMUM_LOW))
    if "price_ceiling" not in problems and lot is not None and facts.price_ceiling is not None:
        dearest = queries.dearest_in_lot(lot.id)
        if dearest is not None and (dearest.unit_price or 0) > facts.price_ceiling:
            problems["price_ceiling"] = deny(
                CEILING_BELOW, item=dearest.title, price=f"{dearest.unit_price:,}"
            )
    _check_budget(framework, lot, facts, problems)
    if problems:
        raise Invalid(problems)


def _check_budget(
    framework: FrameworkAgreement, lot: Lot | None, facts: LotFacts, problems: dict[str, Denied]
) -> None:
    if facts.published_budget is None:
        return
    if not 0 < facts.published_budget <= MOST_BUDGET:
        problems["published_budget"] = deny(BUDGET_RANGE)
    elif framework.published_budget is not None:
        others = queries.budgets_of_lots(framework.id, besides=lot.id if lot else None)
        if others + facts.published_budget > framework.published_budget:
            left = max(0, framework.published_budget - others)
            problems["published_budget"] = deny(BUDGETS_ABOVE, left=f"{left:,}")


def remove_lot(*, lot: Lot, by: Actor, at: datetime, expected_version: int | None = None) -> None:
    """Take away a lot that nothing is listed in and nobody applies for."""
    require(policies.can_save_framework(by))
    framework = lock(FrameworkAgreement, lot.framework_id)
    lot = _lot_held(lot)
    check_version(lot, expected_version)
    if queries.is_lot_used(lot.id):
        raise Refused(deny(LOT_IN_USE))
    code = lot.code
    db.session.delete(lot)
    db.session.flush()
    audit.record(type="lot.removed", subject=framework.subject, actor_ref=by.ref, at=at, body={"lot": code})
