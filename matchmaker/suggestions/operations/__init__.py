"""Verbs of suggestions."""

from matchmaker.suggestions.operations.alike import Alike, challenges_like, startups_like
from matchmaker.suggestions.operations.calibrating import CALIBRATE, adopt, calibrate_job, propose
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
from matchmaker.suggestions.operations.digests import DIGEST, choose_digest, digest_job, make_digest
from matchmaker.suggestions.operations.outcomes import on_opened, on_released
from matchmaker.suggestions.operations.pairing import Compared, Statement, compare
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
    "CALIBRATE",
    "DIGEST",
    "KEEP",
    "REFRESH",
    "Alike",
    "Compared",
    "Fit",
    "Statement",
    "adopt",
    "calibrate_job",
    "challenges_like",
    "choose_digest",
    "compare",
    "digest_job",
    "dismiss",
    "enqueue_refresh",
    "fit_of",
    "interested",
    "invite",
    "make_digest",
    "on_opened",
    "on_reindexed",
    "on_released",
    "opened",
    "pin",
    "propose",
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
