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


@dataclass(frozen=True, slots=True)
class Statement:
    """The challenge as one language tells it (``zh`` or ``en``), and what that has in common with the profile."""

    language: str
    document: Document
    explanation: Explanation | None

    @property
    def score(self) -> float:
        return self.explanation.score if self.explanation is not None else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A startup beside a challenge: its profile, and the statement in each language, the one that fits best first.

    All of them are texts that the two sides publish themselves; nothing here comes from a proposal.
    """

    statements: list[Statement]
    profile: Document
    band: Band
    stops: list[Filter]
    passed: list[Filter]
    generation: str
    fingerprint: str

    @property
    def explanation(self) -> Explanation | None:
        """Why the pair has its score: that of the statement that fits best."""
        return self.statements[0].explanation if self.statements else None

    @property
    def stopped_by(self) -> Filter | None:
        """The first filter that stops the pair; too few words in common where no fact does."""
        if self.stops:
            return self.stops[0]
        return Filter.NO_COMMON_TERMS if self.band is Band.WEAK else None


def compare(*, organization: Organization, challenge: Challenge, at: datetime) -> Compared:
    """Compare one pair now; stored nowhere. Needs the challenge's texts and the startup's profile."""
    index, profile = shelves.index(Shelf.MATCH), startup_document(organization)
    statements = [
        Statement(text.language, asked, explained(index, [asked], profile.id, profile))
        for text, asked in zip(challenge.texts, asked_documents(challenge), strict=True)
    ]
    statements.sort(key=lambda statement: -statement.score)
    facts = facts_of(organization, challenge, queries.conflicts())
    best = statements[0] if statements else None
    return Compared(
        statements=statements,
        profile=profile,
        band=queries.bands().of(best.score) if best is not None else Band.WEAK,
        stops=filters.stops(facts, at),
        passed=filters.passed(facts, at),
        generation=shelves.shelves().state(Shelf.MATCH).generation,
        fingerprint=index.settings.fingerprint(),
    )
