"""The one place where the time enters: at the edge of a request, a job or a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


_shift = timedelta()


def now() -> datetime:
    """The present moment in UTC (or the moment fixed by ``at``)."""
    return _fixed.get() or datetime.now(UTC) + _shift


def shift(by: timedelta) -> None:
    """Move this whole process in time, for rehearsals that walk through half a year in a minute."""
    global _shift
    _shift = by


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Fix the present for demo years, replays and tests."""
    if moment.tzinfo is None:
        raise ValueError("the moment must carry its time zone")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
