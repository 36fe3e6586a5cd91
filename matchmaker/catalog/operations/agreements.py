"""Verbs on framework agreements and their lots."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from matchmaker.catalog import policies, queries
from matchmaker.catalog.events import FrameworkExtended
from matchmaker.catalog.facts import FrameworkFacts
from matchmaker.catalog.models import (
    FrameworkAgreement,
)
from matchmaker.foundation import audit, bus
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.dates import add_years
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor

FRAMEWORK_YEARS = 2
"""An inter-entity supply contract runs two years at most, extension included (B-5)."""
MOST_FEE = 100
"""One percent, in hundredths of a percent (B-5)."""
MOST_BUDGET = 1_000_000_000_000

CODE_NEEDED = Reason("catalog.code_needed", N_("Enter the number of the agreement."))
CODE_TAKEN = Reason("catalog.code_taken", N_("Another agreement has this number."))
NAME_NEEDED = Reason("catalog.name_needed", N_("Enter the name in Chinese."))
PERIOD_BACKWARD = Reason("catalog.period_backward", N_("The last day comes before the first."))
PERIOD_LONG = Reason(
    "catalog.period_long", N_("An agreement runs two years at most: the last day can be %(latest)s.")
)
WINDOW_HALF = Reason("catalog.window_half", N_("Enter both days of the time of application, or neither."))
WINDOW_BACKWARD = Reason("catalog.window_backward", N_("The last day of application comes before the first."))
WINDOW_LATE = Reason("catalog.window_late", N_("The time of application ends before the agreement begins."))
BUDGET_RANGE = Reason(
    "catalog.budget_range", N_("The budget is more than nothing and at most NT$1 trillion.")
)
FEE_RANGE = Reason("catalog.fee_range", N_("The service fee is one percent at most."))
NOT_LONGER = Reason("catalog.not_longer", N_("Choose a day after the present last day, %(last)s."))
EXTENSION_REASON_NEEDED = Reason(
    "catalog.extension_reason", N_("Give the reason of the extension: it is shown with the agreement.")
)
START_FIXED = Reason(
    "catalog.start_fixed",
    N_("Items are listed in this agreement: its first day decides on their suppliers' age and stays."),
)


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
    if framework.first_end is not None and framework.ends_on <= framework.first_end:
        framework.first_end, framework.extension_note = None, ""
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
    _check_terms(facts, problems)
    fixed = framework is not None and queries.count_items_in(framework.id) > 0
    if framework is not None and fixed and facts.starts_on != framework.starts_on:
        problems["starts_on"] = deny(START_FIXED)
    if problems:
        raise Invalid(problems)


def _check_terms(facts: FrameworkFacts, problems: dict[str, Denied]) -> None:
    """The days of application, the budget and the fee."""
    if (facts.opens_on is None) != (facts.closes_on is None):
        problems["closes_on" if facts.closes_on is None else "opens_on"] = deny(WINDOW_HALF)
    elif facts.opens_on is not None and facts.closes_on is not None:
        if facts.closes_on < facts.opens_on:
            problems["closes_on"] = deny(WINDOW_BACKWARD)
        elif facts.closes_on >= facts.starts_on:
            problems["closes_on"] = deny(WINDOW_LATE)
    if facts.published_budget is not None and not 0 < facts.published_budget <= MOST_BUDGET:
        problems["published_budget"] = deny(BUDGET_RANGE)
    if not 0 <= facts.service_fee <= MOST_FEE:
        problems["service_fee"] = deny(FEE_RANGE)


def extend_framework(
    *,
    framework: FrameworkAgreement,
    ends_on: date,
    reason: str,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> FrameworkAgreement:
    """Let an agreement that has not ended run longer, within two years in all (B-5); its suppliers are told."""
    framework = lock(FrameworkAgreement, framework.id)
    require(policies.can_extend(by, framework, at))
    check_version(framework, expected_version)
    problems: dict[str, Denied] = {}
    if ends_on <= framework.ends_on:
        problems["ends_on"] = deny(NOT_LONGER, last=framework.ends_on)
    elif ends_on > latest_end(framework.starts_on):
        problems["ends_on"] = deny(PERIOD_LONG, latest=latest_end(framework.starts_on))
    if not reason.strip():
        problems["reason"] = deny(EXTENSION_REASON_NEEDED)
    if problems:
        raise Invalid(problems)
    before = framework.ends_on
    framework.first_end = framework.first_end or before
    framework.ends_on, framework.extension_note = ends_on, reason.strip()
    framework.touch(by=by.name, at=at)
    db.session.flush()
    audit.record(
        type="framework.extended",
        subject=framework.subject,
        actor_ref=by.ref,
        at=at,
        body={"ends_on": [before.isoformat(), ends_on.isoformat()], "reason": framework.extension_note},
    )
    bus.publish(FrameworkExtended(at=at, framework=framework, before=before))
    return framework
