"""The hard filters: facts that stop a fit, whatever its score. Pure; nothing here knows of a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.programme import is_within_startup_age
from matchmaker.suggestions.states import Filter


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
    if not facts.confirmed:
        return Filter.NOT_CONFIRMED
    if not facts.willing:
        return Filter.NOT_WILLING
    if facts.conflicted:
        return Filter.CONFLICTED
    if not facts.says_enough:
        return Filter.NO_PROFILE
    if facts.founded_on is None:
        return Filter.AGE_UNKNOWN
    if not is_within_startup_age(facts.founded_on, local_day(facts.closes_at or now)):
        return Filter.TOO_OLD
    if facts.published and facts.closes_at is not None and now >= facts.closes_at:
        return Filter.NOT_OPEN
    return None
