"""Facts of the programme that every part of the house shares."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.words import N_


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
