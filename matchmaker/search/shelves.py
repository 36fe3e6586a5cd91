"""The stored indexes of this installation, in ``index/`` of its data directory, shared by all its processes.

They hold nothing that the database does not: a lost, spoilt or outdated one is made again from it.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, current_app

from matchmaker.foundation.db import apart, reading
from matchmaker.foundation.settings import Settings
from matchmaker.matcher import CorruptIndex, ForeignIndex, Index, MatcherError
from matchmaker.matcher import Settings as Recipe
from matchmaker.matcher.store import Store
from matchmaker.search import documents
from matchmaker.search.states import Shelf

log = logging.getLogger(__name__)

SMALL = 200
"""A younger platform weighs words as if it held this many things, so that its scores mean the same later on."""

RECIPES = {
    Shelf.MATCH: Recipe(least_documents=SMALL),
    Shelf.SITE: Recipe(
        least_documents=SMALL,
        fields={"title": 2.0, "names": 1.5, "summary": 1.5, "tags": 1.5, "body": 1.0, "evidence": 0.5},
    ),
}


@dataclass(frozen=True, slots=True)
class State:
    """What an index is at this moment; ``fault`` where it cannot be used and will be made again."""

    shelf: Shelf
    documents: int = 0
    generation: str = ""
    segments: int = 0
    tombstones: int = 0
    size: int = 0
    changed_at: datetime | None = None
    fault: str = ""


class Shelves:
    """The indexes of one application."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._stores = {
            shelf: Store(directory / shelf, settings=RECIPES[shelf], lexicon=documents.lexicon())
            for shelf in Shelf
        }

    def index(self, shelf: Shelf) -> Index:
        """The index in force, made from the database where there is none that can be used."""
        try:
            return self.index_in_force(shelf)
        except (ForeignIndex, CorruptIndex) as error:
            log.warning("the index %s is made again: %s", shelf.value, error)
            self.rebuild(shelf)
            return self.index_in_force(shelf)

    def index_in_force(self, shelf: Shelf) -> Index:
        """The same, but ForeignIndex or CorruptIndex where there is none that can be used."""
        with self._lock:
            return self._stores[shelf].index()

    def is_built(self, shelf: Shelf) -> bool:
        """Whether there is an index here, good or bad."""
        return (self.directory / shelf / "CURRENT").exists()

    def rebuild(self, shelf: Shelf) -> None:
        """Make the index from the database, beside the one in force."""
        with self.alone(), apart(), reading():
            self._stores[shelf].build(documents.read(shelf))

    def read_again(self, shelf: Shelf, subjects: Iterable[str]) -> None:
        """Bring these things up to date in the index, as the database has them now. Call inside ``alone``."""
        asked = set(subjects)
        found = list(documents.read(shelf, asked))
        gone = asked - {document.id for document in found}
        try:
            self._stores[shelf].apply(upsert=found, remove=sorted(gone))
        except (ForeignIndex, CorruptIndex):
            self._stores[shelf].build(documents.read(shelf))

    def differing(self, shelf: Shelf) -> frozenset[str]:
        """The things that the index does not hold as the database has them now. Call inside ``alone``."""
        index = self.index_in_force(shelf)
        left = set(index.ids())
        found: set[str] = set()
        for document in documents.read(shelf):
            if document.id not in left or index.document(document.id) != document:
                found.add(document.id)
            left.discard(document.id)
        return frozenset(found | left)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Read the database and write the indexes with no other process between.

        Inside only read transactions may begin: who waits for the database's writer here could be waited for.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        with open(self.directory / "LOCK", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def state(self, shelf: Shelf, *, verify: bool = False) -> State:
        """What the index is, for staff and for the command line."""
        store = self._stores[shelf]
        try:
            status = store.verify() if verify else store.status()
            changed = (self.directory / shelf / "CURRENT").stat().st_mtime
        except (MatcherError, OSError) as error:
            return State(shelf, fault=str(error))
        return State(
            shelf,
            documents=status.documents,
            generation=status.generation,
            segments=status.segments,
            tombstones=status.tombstones,
            size=status.size,
            changed_at=datetime.fromtimestamp(changed, UTC),
        )


def init(app: Flask, settings: Settings) -> None:
    """Give the application its shelves."""
    app.extensions["shelves"] = Shelves(settings.index_dir)


def shelves() -> Shelves:
    """The present application's indexes."""
    found: Shelves = current_app.extensions["shelves"]
    return found


def index(shelf: Shelf) -> Index:
    """The index in force; see :class:`Shelves`."""
    return shelves().index(shelf)
