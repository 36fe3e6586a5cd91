"""“More like these”: what resembles the things that a side has pinned or taken up, with the words that say why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matchmaker.challenges.models import Challenge
from matchmaker.matcher import Document, Index
from matchmaker.people.models import Organization
from matchmaker.search import shelves
from matchmaker.search.states import Kind, Shelf, ref_of, subject
from matchmaker.suggestions import filters, queries
from matchmaker.suggestions.asking import asked_documents
from matchmaker.suggestions.operations.computing import explained, facts_of, is_startup, shares

MOST = 5
LOOKED_AT = 30
"""How many neighbours are looked at before the filters."""
LEAST = 0.06
"""Neighbours with less than this in common with every seed are chance (read off the demo year)."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A neighbour: the seed it resembles most, how much, and the words they share."""

    found: Any
    seed: Any
    score: float
    terms: list[dict[str, Any]]


def startups_like(
    *, challenge: Challenge, seeds: Sequence[Organization], without: Collection[int], at: datetime
) -> list[Alike]:
    """Startups like these, which every hard filter of the challenge lets pass; ``without`` are ids to leave out."""
    index = shelves.index(Shelf.MATCH)
    named = {subject(Kind.STARTUP, seed.ref): seed for seed in seeds}
    near = _near(index, list(named), is_startup)
    rows = {subject(Kind.STARTUP, row.ref): row for row in queries.startups([ref_of(one) for one in near])}
    conflicts = queries.conflicts()
    made = []
    for one in near:
        row = rows.get(one)
        if row is None or row.id in without:
            continue
        if filters.stopped_by(facts_of(row, challenge, conflicts), at) is None:
            asked = {name: [document] for name in named if (document := index.document(name)) is not None}
            made.append(_alike(index, one, row, named, asked))
    return _best(made)


def challenges_like(
    *,
    organization: Organization,
    seeds: Sequence[Challenge],
    among: Sequence[Challenge],
    at: datetime,
) -> list[Alike]:
    """Challenges like these ``among`` open ones, which every hard filter of the startup lets pass.

    Only the ids of ``among`` may appear: the index also holds needs that are not this reader's to know of.
    """
    index = shelves.index(Shelf.MATCH)
    named = {seed.subject: seed for seed in seeds}
    rows = {row.subject: row for row in among}
    near = _near(index, list(named), set(rows))
    conflicts = queries.conflicts()
    asked = {name: asked_documents(seed) for name, seed in named.items()}
    made = [
        _alike(index, one, rows[one], named, asked)
        for one in near
        if filters.stopped_by(facts_of(organization, rows[one], conflicts), at) is None
    ]
    return _best(made)


def _near(index: Index, seeds: Sequence[str], keep: Callable[[str], bool] | Collection[str]) -> list[str]:
    there = [seed for seed in seeds if seed in index]
    if not there:
        return []
    return [match.id for match in index.similar(there, top=LOOKED_AT, keep=keep)]


def _alike(
    index: Index,
    found: str,
    row: Any,
    seeds: dict[str, Any],
    asked: dict[str, list[Document]],
) -> Alike:
    """The neighbour with the seed that explains it best."""
    best: tuple[float, str, list[dict[str, Any]]] = (0.0, next(iter(seeds)), [])
    for name, documents in asked.items():
        explanation = explained(index, documents, found)
        if explanation is not None and explanation.score > best[0]:
            best = (explanation.score, name, shares(explanation))
    return Alike(row, seeds[best[1]], best[0], best[2])


def _best(made: Sequence[Alike]) -> list[Alike]:
    order = sorted((each for each in made if each.score >= LEAST), key=lambda each: -each.score)
    return order[:MOST]
