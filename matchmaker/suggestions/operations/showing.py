"""The log of what suggestion pages showed and what was opened from them: once a day for each viewer and pair.

A page that is read never waits for its log: it is written in a transaction of its own, only where there is anything
new, and a log that cannot be written at this moment is left out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError, OperationalError

from matchmaker.challenges.models import Challenge
from matchmaker.foundation import relevance
from matchmaker.foundation.db import is_writing, separate
from matchmaker.foundation.relevance import Direction, Pair, Sign
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.suggestions import queries
from matchmaker.suggestions.models import Suggestion
from matchmaker.suggestions.operations.verdicts import pair_of, viewer_of
from matchmaker.suggestions.states import Side

log = logging.getLogger(__name__)


def shown_startups(
    *, challenge: Challenge, rows: Sequence[Suggestion], first: int = 1, by: Actor, at: datetime
) -> None:
    """These startups stood on a page of the challenge's suggestions; ``first`` is the rank of the first one."""
    pairs = [
        pair_of(challenge.subject, row.organization.subject, row, rank=rank)
        for rank, row in enumerate(rows, first)
    ]
    _write(Sign.SHOWN, Direction.STARTUPS, by, pairs, at)


def shown_challenges(*, rows: Sequence[Suggestion], first: int = 1, by: Actor, at: datetime) -> None:
    """These challenges stood on a page of the actor's startup."""
    own = viewer_of(by)
    pairs = [pair_of(own, row.challenge.subject, row, rank=rank) for rank, row in enumerate(rows, first)]
    _write(Sign.SHOWN, Direction.CHALLENGES, by, pairs, at)


def shown_similar(*, asked: str, found: Sequence[tuple[str, float]], by: Actor, at: datetime) -> None:
    """“More like these”: subjects with their similarity, best first."""
    pairs = [
        Pair(asked=asked, found=one, rank=rank, score=min(1.0, max(0.0, score)))
        for rank, (one, score) in enumerate(found, 1)
    ]
    _write(Sign.SHOWN, Direction.SIMILAR, by, pairs, at)


def opened(*, side: Side, challenge: Challenge, organization: Organization, by: Actor, at: datetime) -> None:
    """A pair was opened from a page of suggestions."""
    stored = queries.stored_fit(challenge.id, organization.id)
    asked, found = challenge.subject, organization.subject
    if side is Side.STARTUP:
        asked, found = found, asked
    direction = Direction.STARTUPS if side is Side.AGENCY else Direction.CHALLENGES
    _write(Sign.OPENED, direction, by, [pair_of(asked, found, stored)], at)


def _write(sign: Sign, direction: Direction, by: Actor, pairs: Iterable[Pair], at: datetime) -> None:
    viewer = viewer_of(by)
    new = queries.not_logged(sign, direction, viewer, list(pairs), at)
    # A page that answers a form stands inside a writing transaction: a second one would wait for the first.
    if not new or is_writing():
        return
    try:
        with separate() as session:
            relevance.note(sign=sign, direction=direction, viewer=viewer, pairs=new, at=at, session=session)
    except (IntegrityError, OperationalError):
        # A twin wrote the same row first, or the database is busy: the page goes out all the same.
        log.info("a sign was not logged")
