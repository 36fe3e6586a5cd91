"""Facts of the programme that every part of the house shares."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from matchmaker.kernel.dates import anniversary
from matchmaker.kernel.words import N_

STARTUP_YEARS = 5
"""A startup is a business founded within five years (R-030)."""


def last_startup_day(founded_on: date) -> date:
    """The last day on which a business counts as a startup: its fifth anniversary (29 February -> 28 February).

    A condition, not a time limit: never moved for days off. It is tested on the tender deadline, and ageing later
    takes nothing away (R-030, Q-13, C5).
    """
    return anniversary(founded_on, STARTUP_YEARS)


def is_within_startup_age(founded_on: date, day: date) -> bool:
    """Is the business not older than five years on this day?"""
    return day <= last_startup_day(founded_on)


class Domain(StrEnum):
    """The six domains (R-037)."""

    INNOVATION = "innovation"
    AGRICULTURE = "agriculture"
    CARE = "care"
    SAFETY = "safety"
    ENVIRONMENT = "environment"
    EDUCATION = "education"


DOMAIN_LABELS = {
    Domain.INNOVATION: N_("Smart innovation"),
    Domain.AGRICULTURE: N_("Smart agriculture"),
    Domain.CARE: N_("Smart care"),
    Domain.SAFETY: N_("Smart safety"),
    Domain.ENVIRONMENT: N_("Smart environment"),
    Domain.EDUCATION: N_("Smart education"),
}
