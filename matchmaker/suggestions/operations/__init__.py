"""Verbs of suggestions."""

from matchmaker.suggestions.operations.alike import Alike, challenges_like, startups_like
from matchmaker.suggestions.operations.computing import (
    KEEP,
    REFRESH,
    Fit,
    enqueue_refresh,
    fit_of,
    on_reindexed,
    refresh,
    refresh_job,
    refresh_startups,
    shares,
)
from matchmaker.suggestions.operations.showing import (
    opened,
    shown_challenges,
    shown_similar,
    shown_startups,
)
from matchmaker.suggestions.operations.verdicts import (
    dismiss,
    interested,
    invite,
    pin,
    stopping,
    take_back,
    unpin,
)

__all__ = [
    "KEEP",
    "REFRESH",
    "Alike",
    "Fit",
    "challenges_like",
    "dismiss",
    "enqueue_refresh",
    "fit_of",
    "interested",
    "invite",
    "on_reindexed",
    "opened",
    "pin",
    "refresh",
    "refresh_job",
    "refresh_startups",
    "shares",
    "shown_challenges",
    "shown_similar",
    "shown_startups",
    "startups_like",
    "stopping",
    "take_back",
    "unpin",
]
