"""Verbs of suggestions."""

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

__all__ = [
    "KEEP",
    "REFRESH",
    "Fit",
    "enqueue_refresh",
    "fit_of",
    "on_reindexed",
    "refresh",
    "refresh_job",
    "refresh_startups",
    "shares",
]
