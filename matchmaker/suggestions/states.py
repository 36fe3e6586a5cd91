"""Why a startup is, or is not, suggested for a challenge."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.words import N_


class Band(StrEnum):
    """The score as a plain word."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


STRONG_FROM, FAIR_FROM = 0.07, 0.04
"""Scores of a whole statement against a whole profile. Read off the demo year, where the startup of the trade scores
.06 to .15 and the others at most .03; to be calibrated anew from outcomes once there are enough."""


def band_of(score: float) -> Band:
    """The plain word for a score."""
    if score >= STRONG_FROM:
        return Band.STRONG
    return Band.FAIR if score >= FAIR_FROM else Band.WEAK


BAND_LABELS = {Band.STRONG: N_("Strong fit"), Band.FAIR: N_("Fair fit"), Band.WEAK: N_("Weak fit")}


class Filter(StrEnum):
    """Hard filters, applied after scoring, each with its words."""

    NOT_OPEN = "not_open"
    NOT_CONFIRMED = "not_confirmed"
    TOO_OLD = "too_old"
    AGE_UNKNOWN = "age_unknown"
    NOT_WILLING = "not_willing"
    NO_PROFILE = "no_profile"
    NO_COMMON_TERMS = "no_common_terms"
    ALREADY_PROPOSED = "already_proposed"


FILTER_LABELS = {
    Filter.NOT_OPEN: N_("The call is not open."),
    Filter.NOT_CONFIRMED: N_("The organisation is not confirmed yet."),
    Filter.TOO_OLD: N_("Founded more than five years before the deadline."),
    Filter.AGE_UNKNOWN: N_("The founding day is not known."),
    Filter.NOT_WILLING: N_("The startup does not wish to be suggested."),
    Filter.NO_PROFILE: N_("The profile says too little to compare."),
    Filter.NO_COMMON_TERMS: N_("The profile and the challenge share too few important terms."),
    Filter.ALREADY_PROPOSED: N_("Your startup has already begun a proposal."),
}
PASSED_LABELS = {
    Filter.NOT_OPEN: N_("The call is open."),
    Filter.NOT_CONFIRMED: N_("The organisation is confirmed."),
    Filter.TOO_OLD: N_("Founded within five years at the deadline."),
    Filter.NOT_WILLING: N_("Wishes to be suggested."),
}
