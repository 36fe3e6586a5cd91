"""Reads of what the indexes have still to read, and of how fresh they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from matchmaker.foundation.db import db
from matchmaker.search.models import IndexMark
from matchmaker.search.shelves import State, shelves
from matchmaker.search.states import Shelf

AT_ONCE = 500


def marks(limit: int = AT_ONCE) -> Sequence[tuple[int, str]]:
    """(id, subject) of the oldest marks."""
    rows = db.session.execute(select(IndexMark.id, IndexMark.subject).order_by(IndexMark.id).limit(limit))
    return [(row.id, row.subject) for row in rows]


@dataclass(frozen=True, slots=True)
class Freshness:
    """The state of an index, and how many changes it has still to read."""

    index: State
    waiting: int
    oldest: datetime | None

    def as_record(self) -> dict[str, Any]:
        """For the command line: times as ISO 8601, sizes in bytes."""
        return {
            "index": self.index.shelf.value,
            "documents": self.index.documents,
            "segments": self.index.segments,
            "tombstones": self.index.tombstones,
            "bytes": self.index.size,
            "generation": self.index.generation,
            "changed_at": self.index.changed_at.isoformat() if self.index.changed_at else None,
            "waiting": self.waiting,
            "oldest_waiting": self.oldest.isoformat() if self.oldest else None,
            "fault": self.index.fault,
        }


def freshness(shelf: Shelf, *, verify: bool = False) -> Freshness:
    """How fresh an index is; ``verify`` reads every byte of it."""
    waiting, oldest = db.session.execute(select(func.count(IndexMark.id), func.min(IndexMark.at))).one()
    return Freshness(shelves().state(shelf, verify=verify), waiting, oldest)
