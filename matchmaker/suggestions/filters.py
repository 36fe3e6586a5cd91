"""The hard filters: facts that stop a fit, whatever its score. Pure; nothing here knows of a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.programme import is_within_startup_age
from matchmaker.suggestions.states import PASSED_LABELS, Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the filters look at: one startup beside one call."""

    confirmed: bool
    willing: bool
    conflicted: bool
    founded_on: date | None
    says_enough: bool
    opens_at: datetime | None
    closes_at: datetime | None
    published: bool


def stopped_by(facts: Facts, now: datetime) -> Filter | None:
    """The first filter that stops this fit, None where all let it pass.

    A need that is not published yet is compared as if its call were open, so that the agency and staff see
    beforehand who might answer.
    """
    return next(iter(stops(facts, now)), None)


def stops(facts: Facts, now: datetime) -> list[Filter]:
    """Every filter that stops this fit, in the order in which they are told."""
    last_day = local_day(facts.closes_at or now)
    checks = {
        Filter.NOT_CONFIRMED: not facts.confirmed,
        Filter.NOT_WILLING: not facts.willing,
        Filter.CONFLICTED: facts.conflicted,
        Filter.NO_PROFILE: not facts.says_enough,
        Filter.AGE_UNKNOWN: facts.founded_on is None,
        Filter.TOO_OLD: facts.founded_on is not None
        and not is_within_startup_age(facts.founded_on, last_day),
        Filter.NOT_OPEN: facts.published and facts.closes_at is not None and now >= facts.closes_at,
    }
    return [filter_ for filter_, stopped in checks.items() if stopped]


def passed(facts: Facts, now: datetime) -> list[Filter]:
    """The filters that let this fit pass and that a page tells of; an unpublished need has no open call."""
    stopping = set(stops(facts, now))
    unknown = {Filter.TOO_OLD} if Filter.AGE_UNKNOWN in stopping else set()
    closed = set() if facts.published else {Filter.NOT_OPEN}
    return [each for each in PASSED_LABELS if each not in stopping | unknown | closed]
