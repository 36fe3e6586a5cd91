"""Why a startup is, or is not, suggested for a challenge, and what people say of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.kernel.words import N_


class Band(StrEnum):
    """The score as a plain word."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Bands:
    """The lowest scores of the two upper bands."""

    strong: float
    fair: float

    def of(self, score: float) -> Band:
        """The plain word for a score."""
        if score >= self.strong:
            return Band.STRONG
        return Band.FAIR if score >= self.fair else Band.WEAK


BEFORE_OUTCOMES = Bands(strong=0.08, fair=0.05)
"""Scores of a whole statement against a whole profile, read off the demo year; they hold until enough outcomes are
known and a calibration is adopted."""

BAND_LABELS = {Band.STRONG: N_("Strong fit"), Band.FAIR: N_("Fair fit"), Band.WEAK: N_("Weak fit")}


class Filter(StrEnum):
    """Hard filters, applied after scoring, each with its words."""

    NOT_OPEN = "not_open"
    NOT_CONFIRMED = "not_confirmed"
    TOO_OLD = "too_old"
    AGE_UNKNOWN = "age_unknown"
    NOT_WILLING = "not_willing"
    CONFLICTED = "conflicted"
    NO_PROFILE = "no_profile"
    NO_COMMON_TERMS = "no_common_terms"
    ALREADY_PROPOSED = "already_proposed"


FILTER_LABELS = {
    Filter.NOT_OPEN: N_("The call is not open."),
    Filter.NOT_CONFIRMED: N_("The organisation is not confirmed yet."),
    Filter.TOO_OLD: N_("Founded more than five years before the deadline."),
    Filter.AGE_UNKNOWN: N_("The founding day is not known."),
    Filter.NOT_WILLING: N_("The startup does not wish to be suggested."),
    Filter.CONFLICTED: N_("Somebody belongs to both the agency and the startup."),
    Filter.NO_PROFILE: N_("The profile says too little to compare."),
    Filter.NO_COMMON_TERMS: N_("The profile and the challenge share too few important terms."),
    Filter.ALREADY_PROPOSED: N_("Your startup has already begun a proposal."),
}
PASSED_LABELS = {
    Filter.NOT_OPEN: N_("The call is open."),
    Filter.NOT_CONFIRMED: N_("The organisation is confirmed."),
    Filter.TOO_OLD: N_("Founded within five years at the deadline."),
    Filter.NOT_WILLING: N_("Wishes to be suggested."),
    Filter.CONFLICTED: N_("Nobody belongs to both sides."),
}


class Side(StrEnum):
    """Who speaks of a pair."""

    AGENCY = "agency"
    STARTUP = "startup"


class Choice(StrEnum):
    """What a side does with a suggestion."""

    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class DismissReason(StrEnum):
    """Why a suggestion is put away."""

    OTHER_FIELD = "other_field"
    OTHER_METHOD = "other_method"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"
    KNOWN = "known"
    NO_CAPACITY = "no_capacity"
    OTHER = "other"


DISMISS_LABELS = {
    DismissReason.OTHER_FIELD: N_("Another field: the same words, another matter"),
    DismissReason.OTHER_METHOD: N_("The right field, another method"),
    DismissReason.TOO_LARGE: N_("Too large an undertaking"),
    DismissReason.TOO_SMALL: N_("Too small an undertaking"),
    DismissReason.KNOWN: N_("Known already"),
    DismissReason.NO_CAPACITY: N_("No capacity at this time"),
    DismissReason.OTHER: N_("Another reason"),
}
REASONS_OF = {
    Side.AGENCY: (
        DismissReason.OTHER_FIELD,
        DismissReason.OTHER_METHOD,
        DismissReason.KNOWN,
        DismissReason.OTHER,
    ),
    Side.STARTUP: (
        DismissReason.OTHER_FIELD,
        DismissReason.OTHER_METHOD,
        DismissReason.TOO_LARGE,
        DismissReason.TOO_SMALL,
        DismissReason.NO_CAPACITY,
        DismissReason.OTHER,
    ),
}
"""The reasons each side may give."""

LONGEST_EXPERTISE = 2000
"""Characters of what a juror writes of their knowledge."""
