"""The log of which items, needs and proposals a page showed: once a day for each viewer and pair.

Written in a transaction of its own and only where something is new; a page never fails or waits for its log.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from matchmaker.challenges.models import Challenge
from matchmaker.foundation import relevance
from matchmaker.foundation.db import db, is_writing, separate
from matchmaker.foundation.relevance import Direction, Pair, RelevanceEvent, Sign
from matchmaker.judging.models import Panel
from matchmaker.kernel.dates import local_day
from matchmaker.people.actor import Actor
from matchmaker.search.states import Kind, subject
from matchmaker.suggestions.operations.comparing import Items, Similar
from matchmaker.suggestions.operations.experts import ExpertFit

log = logging.getLogger(__name__)


def saw_items(*, challenge: Challenge, found: Items, by: Actor, at: datetime) -> None:
    """These items stood beside a need."""
    pairs = [
        Pair(
            asked=challenge.subject,
            found=fit.item.subject,
            rank=rank,
            score=fit.score,
            band=fit.band,
            generation=found.generation,
        )
        for rank, fit in enumerate(found.fits, 1)
    ]
    _note(Direction.ITEMS, pairs, by, at)


def saw_similar(*, challenge: Challenge, found: Similar, by: Actor, at: datetime) -> None:
    """These needs stood beside a need."""
    pairs = [
        Pair(
            asked=challenge.subject,
            found=row.challenge.subject,
            rank=rank,
            score=row.score,
            band=row.band,
            generation=found.generation,
        )
        for rank, row in enumerate(found.rows, 1)
    ]
    _note(Direction.SIMILAR, pairs, by, at)


def saw_proposals(*, panel: Panel, fits: Sequence[ExpertFit], by: Actor, at: datetime) -> None:
    """These proposals stood beside what a panel knows. They are opened; which juror it was is not kept."""
    best: dict[str, ExpertFit] = {}
    for fit in fits:
        held = best.get(fit.entry.proposal.subject)
        if fit.band is not None and (held is None or fit.score > held.score):
            best[fit.entry.proposal.subject] = fit
    order = sorted(best, key=lambda one: (-best[one].score, one))
    pairs = [
        Pair(asked=panel.subject, found=one, rank=rank, score=best[one].score, band=best[one].band or "")
        for rank, one in enumerate(order, 1)
    ]
    _note(Direction.PROPOSALS, pairs, by, at)


def _note(direction: Direction, pairs: Sequence[Pair], by: Actor, at: datetime) -> None:
    viewer = subject(Kind.STARTUP, by.organization_ref or "")
    known = _noted(direction, pairs, viewer, at)
    new = [pair for pair in pairs if pair.found not in known]
    if not new or is_writing():
        return
    try:
        with separate() as session:
            relevance.note(
                sign=Sign.SHOWN, direction=direction, viewer=viewer, pairs=new, at=at, session=session
            )
    except (IntegrityError, OperationalError):
        # A twin wrote the same row first, or the database is busy: the page goes out all the same.
        log.info("what a page showed was not logged")


def _noted(direction: Direction, pairs: Sequence[Pair], viewer: str, at: datetime) -> frozenset[str]:
    known = select(RelevanceEvent.found).where(
        RelevanceEvent.asked.in_({pair.asked for pair in pairs}),
        RelevanceEvent.viewer == viewer,
        RelevanceEvent.sign == Sign.SHOWN,
        RelevanceEvent.direction == direction,
        RelevanceEvent.day == local_day(at),
    )
    return frozenset(db.session.scalars(known))
