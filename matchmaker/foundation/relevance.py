"""The log of what was shown to whom and what came of it: the product's own relevance data.

Only adds. ``shown`` and ``opened`` are written while a page is read, in a transaction of their own, once a day for
each viewer and pair; everything else in the transaction of what it tells of. Things are named by their subjects
(``challenge:ab12cd34ef``), viewers by the subject of their organisation: no person stands here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, Enum, Float, Index, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from matchmaker.foundation.db import Model, UtcDateTime, db
from matchmaker.kernel.dates import local_day


class Sign(StrEnum):
    """What happened to a pair, from the faintest to the strongest sign."""

    SHOWN = "shown"
    OPENED = "opened"
    PINNED = "pinned"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    INVITED = "invited"
    PROPOSED = "proposed"
    SHORTLISTED = "shortlisted"
    AWARDED = "awarded"


class Direction(StrEnum):
    """Who was shown what: ``found`` things are suggested for the thing that was ``asked``."""

    STARTUPS = "startups"
    CHALLENGES = "challenges"
    ITEMS = "items"
    SIMILAR = "similar"
    PROPOSALS = "proposals"


def _values(enum: type[StrEnum]) -> Enum:
    return Enum(enum, native_enum=False, length=16, values_callable=lambda e: [m.value for m in e])


class RelevanceEvent(Model):
    """One sign that a found thing answers an asked one; ``rank`` from 1, ``score`` 0..1, by which index state."""

    __tablename__ = "relevance_event"
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    day: Mapped[date] = mapped_column(Date)
    sign: Mapped[Sign] = mapped_column(_values(Sign))
    direction: Mapped[Direction] = mapped_column(_values(Direction))
    viewer: Mapped[str] = mapped_column(String(64))
    asked: Mapped[str] = mapped_column(String(64))
    found: Mapped[str] = mapped_column(String(64))
    rank: Mapped[int | None] = mapped_column(Integer)
    score: Mapped[float | None] = mapped_column(Float)
    band: Mapped[str] = mapped_column(String(8), default="")
    reason: Mapped[str] = mapped_column(String(24), default="")
    generation: Mapped[str] = mapped_column(String(32), default="")

    __table_args__ = (
        UniqueConstraint(
            "asked", "found", "viewer", "sign", "direction", "day", name="uq_relevance_event_once"
        ),
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 1", name="score_range"),
        Index("ix_relevance_event_at", "at", "id"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A pair with what was known of it when the sign was given."""

    asked: str
    found: str
    rank: int | None = None
    score: float | None = None
    band: str = ""
    reason: str = ""
    generation: str = ""


def note(
    *,
    sign: Sign,
    direction: Direction,
    viewer: str,
    pairs: Iterable[Pair],
    at: datetime,
    session: Session | None = None,
) -> int:
    """Log a sign for each pair, in the present transaction; once a day each. Returns how many were new."""
    session = session or db.session()
    wanted = {(pair.asked, pair.found): pair for pair in pairs}
    if not wanted:
        return 0
    day = local_day(at)
    known = select(RelevanceEvent.asked, RelevanceEvent.found).where(
        RelevanceEvent.asked.in_(sorted({asked for asked, _ in wanted})),
        RelevanceEvent.viewer == viewer,
        RelevanceEvent.sign == sign,
        RelevanceEvent.direction == direction,
        RelevanceEvent.day == day,
    )
    for asked, found in session.execute(known):
        wanted.pop((asked, found), None)
    for pair in wanted.values():
        session.add(
            RelevanceEvent(
                at=at,
                day=day,
                sign=sign,
                direction=direction,
                viewer=viewer,
                asked=pair.asked,
                found=pair.found,
                rank=pair.rank,
                score=pair.score,
                band=pair.band,
                reason=pair.reason,
                generation=pair.generation,
            )
        )
    session.flush()
    return len(wanted)
