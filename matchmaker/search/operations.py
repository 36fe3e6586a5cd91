"""Keeping the indexes up with the database.

A change marks its thing in its own transaction. Right after the commit the marks are worked off, so that whoever
changed something finds it at once; a job stands behind that, should the process die in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete

from matchmaker.foundation import jobs
from matchmaker.foundation.bus import publish
from matchmaker.foundation.db import after_commit, apart, db, reading, unit_of_work
from matchmaker.search import queries
from matchmaker.search.events import Reindexed
from matchmaker.search.models import IndexMark
from matchmaker.search.shelves import shelves
from matchmaker.search.states import Shelf

CATCH_UP = "search.catch_up"
COMPARE = "search.compare"


def mark(*, subject: str, at: datetime) -> None:
    """This thing changed: the indexes read it again once the transaction is through."""
    db.session.add(IndexMark(subject=subject, at=at))
    jobs.enqueue(CATCH_UP, at=at, dedupe_key="all")
    after_commit(CATCH_UP, partial(_at_once, at))


def on_change(event: Any) -> None:
    """An organisation, challenge, item or pilot changed."""
    for name in ("organization", "challenge", "item", "pilot"):
        thing = getattr(event, name, None)
        if thing is not None:
            mark(subject=thing.subject, at=event.at)


def _at_once(at: datetime) -> None:
    # Where nobody has asked an index yet there is nothing to keep up; the first question makes it.
    if shelves().is_built(Shelf.MATCH):
        catch_up(at=at)


def catch_up_job(_payload: Mapping[str, Any], now: datetime) -> None:
    """The job behind ``mark``. It works after its own commit: it holds the database's writer until then."""
    after_commit(CATCH_UP, partial(catch_up, at=now))


def catch_up(*, at: datetime) -> int:
    """Work off all marks; returns how many things were read again. Never call it inside a transaction."""
    done = 0
    while True:
        with shelves().alone(), apart(), reading():
            marks = queries.marks()
            subjects = frozenset(subject for _id, subject in marks)
            if not marks:
                return done
            for shelf in Shelf:
                shelves().read_again(shelf, subjects)
        with apart(), unit_of_work():
            db.session.execute(delete(IndexMark).where(IndexMark.id.in_([number for number, _ in marks])))
            publish(Reindexed(at=at, subjects=subjects))
        done += len(subjects)


def compare_job(_payload: Mapping[str, Any], now: datetime) -> None:
    """Comes round every night; like ``catch_up_job`` it works after its own commit."""
    after_commit(COMPARE, partial(compare, at=now))


def compare(*, at: datetime) -> int:
    """Find what the indexes missed (a restored backup, a name that changed elsewhere) and read it again.

    Returns how many things differed. An index that cannot be used is made anew.
    """
    differing: frozenset[str] = frozenset()
    for shelf in Shelf:
        shelves().index(shelf)
        with shelves().alone(), apart(), reading():
            differing |= shelves().differing(shelf)
    if differing:
        with apart(), unit_of_work():
            db.session.add_all(IndexMark(subject=subject, at=at) for subject in sorted(differing))
    catch_up(at=at)
    return len(differing)


def reindex(*, at: datetime) -> None:
    """Make every index from the database, then let all who read them do so again."""
    for shelf in Shelf:
        shelves().rebuild(shelf)
    catch_up(at=at)
