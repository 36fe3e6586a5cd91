"""Verbs on framework agreements and their lots."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from matchmaker.catalog import policies, queries
from matchmaker.catalog.facts import FrameworkFacts
from matchmaker.catalog.models import (
    FrameworkAgreement,
)
from matchmaker.foundation import audit
from matchmaker.foundation.db import check_version, db, lock
from matchmaker.kernel.dates import add_years
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor

FRAMEWORK_YEARS = 2
"""An inter-entity supply contract runs two years at most, extension included (B-5)."""

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
