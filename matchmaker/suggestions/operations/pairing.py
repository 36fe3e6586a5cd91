"""One pair beside each other: compared on the spot, with both texts and everything that reproduces the comparison."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matchmaker.challenges.models import Challenge
from matchmaker.matcher import Document, Explanation
from matchmaker.people.models import Organization
from matchmaker.search import shelves
from matchmaker.search.documents import startup_document
from matchmaker.search.states import Shelf
from matchmaker.suggestions import filters, queries
from matchmaker.suggestions.asking import asked_documents
from matchmaker.suggestions.operations.computing import explained, facts_of
from matchmaker.suggestions.states import Band, Filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A startup beside a challenge.

    ``asked`` is the statement that fits best, in ``language`` (``zh`` or ``en``); ``found`` the profile. Both are
    texts that the two sides publish themselves; nothing here comes from a proposal.
    """

    asked: Document | None
    language: str
    found: Document
    explanation: Explanation | None
    band: Band
    stops: list[Filter]
    passed: list[Filter]
    generation: str
    fingerprint: str

    @property
    def stopped_by(self) -> Filter | None:
        """The first filter that stops the pair; too few words in common where no fact does."""
        if self.stops:
            return self.stops[0]
        return Filter.NO_COMMON_TERMS if self.band is Band.WEAK else None


def compare(*, organization: Organization, challenge: Challenge, at: datetime) -> Compared:
    """Compare one pair now; stored nowhere. Needs the challenge's texts and the startup's profile."""
    index, document = shelves.index(Shelf.MATCH), startup_document(organization)
    best: tuple[Explanation | None, Document | None, str] = (None, None, "zh")
    for text, asked in zip(challenge.texts, asked_documents(challenge), strict=True):
        explanation = explained(index, [asked], document.id, document)
        known = best[0]
        if known is None or (explanation is not None and explanation.score > known.score):
            best = (explanation, asked, text.language) if explanation or best[1] is None else best
    facts = facts_of(organization, challenge, queries.conflicts())
    return Compared(
        asked=best[1],
        language=best[2],
        found=document,
        explanation=best[0],
        band=queries.bands().of(best[0].score) if best[0] is not None else Band.WEAK,
        stops=filters.stops(facts, at),
        passed=filters.passed(facts, at),
        generation=shelves.shelves().state(Shelf.MATCH).generation,
        fingerprint=index.settings.fingerprint(),
    )
