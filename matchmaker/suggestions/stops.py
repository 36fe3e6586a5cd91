"""Where the bands of a need's neighbours lie, and what stops an item or a proposal that fits. Pure."""

from __future__ import annotations

from enum import StrEnum

from matchmaker.kernel.words import N_
from matchmaker.suggestions.states import Band, Bands

ITEM_BANDS = Bands(strong=0.08, fair=0.05)
"""Scores of a whole statement against an item's description, read off the demo year: of its 21 needs the seven with
a solution in the catalog reach .06 to .18 there, all others stay below .05."""

SIMILAR_BANDS = Bands(strong=0.12, fair=0.075)
"""Scores of two whole statements, read off the demo year: needs of one matter reach .078 to .115, all others stay
below .074; statements are longer than profiles and share more by chance."""

EXPERT_BANDS = Bands(strong=0.1, fair=0.05)
"""Scores of what a juror knows against a whole proposal: all proposals answer one challenge and share its words."""

DUPLICATE_FROM = 0.5
"""From this cosine on two needs probably are one: the floor of the matcher's own search for near-duplicates."""

SIMILAR_LABELS = {
    Band.STRONG: N_("Nearly the same matter"),
    Band.FAIR: N_("Related matter"),
    Band.WEAK: N_("Slightly related"),
}
EXPERT_LABELS = {
    Band.STRONG: N_("Knows it well"),
    Band.FAIR: N_("Knows part of it"),
    Band.WEAK: N_("Another field"),
}


class ItemStop(StrEnum):
    """Why an item that fits a need cannot be ordered now."""

    SUSPENDED = "item_suspended"
    EXPIRED = "framework_expired"
    DELISTED = "item_delisted"


ITEM_STOP_LABELS = {
    ItemStop.SUSPENDED: N_("The supply is suspended."),
    ItemStop.EXPIRED: N_("The framework agreement has ended."),
    ItemStop.DELISTED: N_("The item is not in the catalog any more."),
}


class ExpertStop(StrEnum):
    """Why nothing is said of a juror and a proposal."""

    CONFLICTED = "conflicted"
    NO_EXPERTISE = "no_expertise"


EXPERT_STOP_LABELS = {
    ExpertStop.CONFLICTED: N_("Recused"),
    ExpertStop.NO_EXPERTISE: N_("Nothing written yet"),
}
