"""Computing suggestions: one index over the startups, one ranking per challenge, filters after scoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import UNPUBLISHED
from matchmaker.foundation import jobs
from matchmaker.foundation.db import db
from matchmaker.matcher import Document, Explanation, Index, fit
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationState
from matchmaker.suggestions import documents, filters, queries
from matchmaker.suggestions.models import Suggestion, SuggestionRun
from matchmaker.suggestions.states import Band, Filter, band_of

KEEP = 50
"""How many startups are kept for each challenge; “why not” is answered for all others on the spot."""
REFRESH = "suggestions.refresh"


@dataclass(frozen=True, slots=True)
class Fit:
    """One startup beside one challenge: the filter that stops it, and the explained score."""

    stopped_by: Filter | None
    explanation: Explanation | None

    @property
    def band(self) -> Band | None:
        return band_of(self.explanation.score) if self.explanation else None


def facts_of(organization: Organization, challenge: Challenge, document: Document) -> filters.Facts:
    """What the filters look at."""
    return filters.Facts(
        confirmed=organization.state is OrganizationState.CONFIRMED,
        willing=organization.profile is not None and organization.profile.willing,
        founded_on=organization.founded_on,
        says_enough=documents.says_enough(document),
        opens_at=challenge.opens_at,
        closes_at=challenge.closes_at,
        published=challenge.state not in UNPUBLISHED,
    )


def enqueue_refresh(*, at: datetime, challenge: Challenge | None = None) -> None:
    """Compute anew soon: one challenge, or all that look for startups."""
    payload = {"challenge": challenge.id} if challenge is not None else {}
    key = f"challenge:{challenge.id}" if challenge is not None else "all"
    jobs.enqueue(REFRESH, payload, at=at, dedupe_key=key)


def on_change(event: Any) -> None:
    """A profile, an organisation or a challenge changed: its suggestions follow."""
    enqueue_refresh(at=event.at, challenge=getattr(event, "challenge", None))


def refresh_job(payload: Mapping[str, Any], now: datetime) -> None:
    """The job behind ``enqueue_refresh``; also comes round every night."""
    wanted = payload.get("challenge")
    looking = [c for c in queries.looking(now) if wanted is None or c.id == wanted]
    if looking:
        refresh(challenges=looking, at=now)


def refresh(*, challenges: Sequence[Challenge], at: datetime) -> int:
    """Compute and store the fits of these challenges; returns how many startups were suggested."""
    startups = {startup.ref: startup for startup in queries.startups()}
    read = {ref: documents.startup_document(startup) for ref, startup in startups.items()}
    index = fit(read.values(), lexicon=documents.lexicon())
    return sum(_refresh_one(challenge, startups, read, index, at) for challenge in challenges)


def _best(index: Index, asked: Sequence[Document], most: int) -> list[tuple[str, Document]]:
    """The startups that answer best in any language, with the statement that finds each best; best first."""
    found: dict[str, tuple[float, Document]] = {}
    for statement in asked:
        for match in index.rank(statement, top=most):
            if match.score > found.get(match.id, (0.0, statement))[0]:
                found[match.id] = (match.score, statement)
    order = sorted(found, key=lambda ref: (-found[ref][0], ref))
    return [(ref, found[ref][1]) for ref in order[:most]]


def _refresh_one(
    challenge: Challenge,
    startups: Mapping[str, Organization],
    read: Mapping[str, Document],
    index: Index,
    at: datetime,
) -> int:
    run = SuggestionRun(
        challenge_id=challenge.id, at=at, documents=len(read), suggested=0, fingerprint=index.version[-64:]
    )
    db.session.execute(delete(Suggestion).where(Suggestion.challenge_id == challenge.id))
    db.session.add(run)
    db.session.flush()
    for rank, (ref, statement) in enumerate(_best(index, documents.asked_documents(challenge), KEEP), 1):
        explanation = index.explain(statement, ref, document=read[ref])
        stopped = _stopped(facts_of(startups[ref], challenge, read[ref]), explanation.score, at)
        run.suggested += stopped is None
        db.session.add(_row(run, challenge, startups[ref], rank, explanation, stopped))
    db.session.flush()
    return run.suggested


def _stopped(facts: filters.Facts, score: float, at: datetime) -> Filter | None:
    """The filter that stops a pair; a weak score is no suggestion, whatever the filters say."""
    found = filters.stopped_by(facts, at)
    return Filter.NO_COMMON_TERMS if found is None and band_of(score) is Band.WEAK else found


def _row(
    run: SuggestionRun,
    challenge: Challenge,
    startup: Organization,
    rank: int,
    explanation: Explanation,
    stopped: Filter | None,
) -> Suggestion:
    return Suggestion(
        challenge_id=challenge.id,
        organization_id=startup.id,
        run_id=run.id,
        score=min(1.0, max(0.0, explanation.score)),
        band=band_of(explanation.score),
        rank=rank,
        terms=shares(explanation),
        missing=list(explanation.missing[:8]),
        stopped_by=stopped,
        challenge_version=challenge.version,
        profile_version=startup.profile.version if startup.profile else 0,
    )


def shares(explanation: Explanation) -> list[dict[str, Any]]:
    """The carrying terms, largest first, as stored and shown."""
    return [
        {"term": term.term, "share": round(term.share, 6), "near": term.near}
        for term in explanation.terms
        if term.share > 0
    ]


def fit_of(*, organization: Organization, challenge: Challenge, at: datetime) -> Fit:
    """“Why not us?”: the filters and the score for one pair, computed on the spot and stored nowhere."""
    read = {startup.ref: documents.startup_document(startup) for startup in queries.startups()}
    mine = documents.startup_document(organization)
    stopped = filters.stopped_by(facts_of(organization, challenge, mine), at)
    if not documents.says_enough(mine):
        return Fit(stopped, None)
    read[organization.ref] = mine
    index = fit(read.values(), lexicon=documents.lexicon())
    explained = [
        index.explain(statement, organization.ref, document=mine)
        for statement in documents.asked_documents(challenge)
    ]
    best = max(explained, key=lambda explanation: explanation.score, default=None)
    return Fit(
        stopped or _stopped(facts_of(organization, challenge, mine), best.score if best else 0.0, at), best
    )
