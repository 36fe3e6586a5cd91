"""A need beside the catalog and beside other needs, and more like this: computed on the spot, stored nowhere.

The text of the need is only the question: a draft enters no index. What the index finds is read again from the
database, as the reader may see it now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from matchmaker.catalog.models import CatalogItem, ItemVersion
from matchmaker.catalog.states import ItemState
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.dates import local_day
from matchmaker.matcher import Document, Explanation, Index
from matchmaker.matcher.nearness import likeness
from matchmaker.people.actor import Actor
from matchmaker.search import shelves
from matchmaker.search.states import Kind, Shelf, ref_of, subject
from matchmaker.suggestions.asking import asked_documents, says_enough
from matchmaker.suggestions.operations.computing import shares
from matchmaker.suggestions.queries import around
from matchmaker.suggestions.states import Band
from matchmaker.suggestions.stops import DUPLICATE_FROM, ITEM_BANDS, SIMILAR_BANDS, ItemStop

MOST = 8
"""How many neighbours of a need are looked at."""
MORE = 3
"""How many public things of a kind stand under “more like this”."""


@dataclass(frozen=True, slots=True)
class ItemFit:
    """An item that speaks of the need, with what stops an order now."""

    item: CatalogItem
    version: ItemVersion
    score: float
    band: Band
    terms: list[dict[str, Any]]
    missing: tuple[str, ...]
    stopped_by: ItemStop | None


@dataclass(frozen=True, slots=True)
class Items:
    """What the catalog has for a need, best first; ``asked`` says whether the need says enough to be compared."""

    asked: bool
    fits: Sequence[ItemFit]
    stopped: Sequence[ItemFit]
    generation: str


@dataclass(frozen=True, slots=True)
class SimilarNeed:
    """Another challenge of the same matter, and what came of it.

    ``likeness`` is the cosine of both texts; ``follows`` says that one of the two is the follow-up of the other.
    """

    challenge: Challenge
    score: float
    band: Band
    terms: list[dict[str, Any]]
    missing: tuple[str, ...]
    likeness: float
    follows: bool
    outcome: around.Outcome

    @property
    def is_duplicate(self) -> bool:
        """Do both say nearly the same, without one being the follow-up of the other?"""
        return self.likeness >= DUPLICATE_FROM and not self.follows


@dataclass(frozen=True, slots=True)
class Similar:
    """The needs near one, nearest first."""

    asked: bool
    rows: Sequence[SimilarNeed]
    generation: str


def _asked(challenge: Challenge) -> list[Document]:
    return [document for document in asked_documents(challenge) if says_enough(document)]


def _best(
    index: Index, asked: Sequence[Document], least: float, keep: Callable[[str], bool]
) -> list[Explanation]:
    """The documents that answer best in any language, explained by the statement that finds each best."""
    found: dict[str, tuple[float, Document]] = {}
    for statement in asked:
        for match in index.rank(statement, top=MOST, keep=keep):
            if match.score >= max(least, found.get(match.id, (0.0, statement))[0]):
                found[match.id] = (match.score, statement)
    order = sorted(found, key=lambda one: (-found[one][0], one))[:MOST]
    return [index.explain(found[one][1], one) for one in order]


def items_for(*, challenge: Challenge, at: datetime) -> Items:
    """What the catalog already offers for a need (needs its texts). An item that cannot be ordered says why."""
    asked, index = _asked(challenge), shelves.index(Shelf.MATCH)
    prefix = f"{Kind.ITEM.value}:"
    found = _best(index, asked, ITEM_BANDS.fair, lambda one: one.startswith(prefix))
    known = around.items([ref_of(one.id) for one in found])
    fits = [_item_fit(known[ref_of(one.id)], one, at) for one in found if ref_of(one.id) in known]
    return Items(
        asked=bool(asked),
        fits=[fit for fit in fits if fit.stopped_by is None],
        stopped=[fit for fit in fits if fit.stopped_by is not None],
        generation=_generation(Shelf.MATCH),
    )


def _item_fit(item: CatalogItem, explanation: Explanation, at: datetime) -> ItemFit:
    return ItemFit(
        item=item,
        version=item.current,
        score=explanation.score,
        band=ITEM_BANDS.of(explanation.score),
        terms=shares(explanation),
        missing=explanation.missing,
        stopped_by=_STOPS.get(item.state_on(local_day(at))),
    )


_STOPS = {
    ItemState.SUSPENDED: ItemStop.SUSPENDED,
    ItemState.EXPIRED: ItemStop.EXPIRED,
    ItemState.WITHDRAWN: ItemStop.DELISTED,
}


def similar_to(*, challenge: Challenge, by: Actor) -> Similar:
    """The needs and challenges near one that this person may know of (needs its texts)."""
    asked, index = _asked(challenge), shelves.index(Shelf.MATCH)
    hidden = {subject(Kind.CHALLENGE, ref) for ref in around.hidden_from(by)} | {challenge.subject}
    prefix = f"{Kind.CHALLENGE.value}:"
    found = _best(index, asked, SIMILAR_BANDS.fair, lambda one: one.startswith(prefix) and one not in hidden)
    known = around.challenges_for(by, [ref_of(one.id) for one in found])
    outcomes = around.outcomes([row.id for row in known.values()])
    rows = [
        SimilarNeed(
            challenge=other,
            score=one.score,
            band=SIMILAR_BANDS.of(one.score),
            terms=shares(one),
            missing=one.missing,
            likeness=_likeness(index, asked, _asked(other)),
            follows=other.id == challenge.parent_id or other.parent_id == challenge.id,
            outcome=outcomes[other.id],
        )
        for one in found
        if (other := known.get(ref_of(one.id))) is not None
    ]
    return Similar(asked=bool(asked), rows=rows, generation=_generation(Shelf.MATCH))


def _likeness(index: Index, first: Sequence[Document], second: Sequence[Document]) -> float:
    """The greatest cosine of any two statements: languages are compared one by one."""
    return max((likeness(index, one, other) for one in first for other in second), default=0.0)


def _generation(shelf: Shelf) -> str:
    return shelves.shelves().state(shelf).generation


# --- more like this, for everybody ---

_found: WeakKeyDictionary[Index, dict[tuple[str, Kind], list[str]]] = WeakKeyDictionary()
"""What was found already, by the state of the index it was found in: gone with that state."""


def more_like(*, of: str, kind: Kind) -> list[str]:
    """References of public things of this kind that are near a public thing; ``of`` is its subject.

    The index holds public things alone; whoever shows them reads them again all the same.
    """
    index = shelves.index(Shelf.SITE)
    known = _found.setdefault(index, {})
    if (of, kind) not in known:
        known[of, kind] = _nearest(index, of, kind) if of in index else []
    return known[of, kind]


def _nearest(index: Index, of: str, kind: Kind) -> list[str]:
    document = index.document(of)
    if document is None:
        return []
    # Names find a thing but do not liken it: the other challenges of an agency are of other matters.
    fields = {name: text for name, text in document.fields.items() if name != "names"}
    prefix = f"{kind.value}:"
    found = index.rank(
        Document(of, fields, document.tags),
        top=MORE,
        keep=lambda one: one.startswith(prefix) and one != of,
    )
    least = SIMILAR_BANDS.fair if of.startswith(prefix) else ITEM_BANDS.fair
    return [ref_of(match.id) for match in found if match.score >= least]
