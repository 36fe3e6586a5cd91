"""Computing suggestions: the stored index asked for each challenge, filters after scoring."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import UNPUBLISHED
from matchmaker.foundation import jobs
from matchmaker.foundation.db import db
from matchmaker.matcher import Document, Explanation, Index
from matchmaker.matcher.index import Keep
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationState
from matchmaker.search import shelves
from matchmaker.search.documents import startup_document
from matchmaker.search.events import Reindexed
from matchmaker.search.states import Kind, Shelf, ref_of, subject
from matchmaker.suggestions import filters, policies, queries
from matchmaker.suggestions.asking import asked_documents, says_enough
from matchmaker.suggestions.models import Suggestion, SuggestionRun
from matchmaker.suggestions.states import Band, Bands, Filter

KEEP = 50
"""How many startups are kept for each challenge; “why not” is answered for all others on the spot."""
KEEP_WEAK = 10
"""How many are kept although the best of them fit weakly: enough to show what a rule or the words stopped."""
MOST_PAIRS_AT_ONCE = 60
"""A change that touches more pairs than this is left to jobs, so that nobody waits for it (measured: some 10 ms a
pair)."""
REFRESH = "suggestions.refresh"


@dataclass(frozen=True, slots=True)
class Fit:
    """One startup beside one challenge: the filter that stops it, and the explained score with its band."""

    stopped_by: Filter | None
    explanation: Explanation | None
    band: Band | None


@dataclass(frozen=True, slots=True)
class _State:
    """What one computation is made with."""

    index: Index
    generation: str
    fingerprint: str
    bands: Bands
    conflicts: frozenset[tuple[int, int]]
    at: datetime


def _state(at: datetime) -> _State:
    index = shelves.index(Shelf.MATCH)
    return _State(
        index=index,
        generation=shelves.shelves().state(Shelf.MATCH).generation,
        fingerprint=index.settings.fingerprint(),
        bands=queries.bands(),
        conflicts=queries.conflicts(),
        at=at,
    )


def facts_of(
    organization: Organization, challenge: Challenge, conflicts: Collection[tuple[int, int]]
) -> filters.Facts:
    """What the filters look at."""
    return filters.Facts(
        confirmed=organization.state is OrganizationState.CONFIRMED,
        willing=organization.profile is not None and organization.profile.willing,
        conflicted=(challenge.organization_id, organization.id) in conflicts,
        founded_on=organization.founded_on,
        says_enough=says_enough(startup_document(organization)),
        opens_at=challenge.opens_at,
        closes_at=challenge.closes_at,
        published=challenge.state not in UNPUBLISHED,
    )


# --- when ---


def enqueue_refresh(*, at: datetime) -> None:
    """Compute everything anew soon."""
    jobs.enqueue(REFRESH, {}, at=at, dedupe_key="all")


def refresh_job(payload: Mapping[str, Any], now: datetime) -> None:
    """The job behind ``enqueue_refresh``; also comes round every night.

    It becomes a job for each challenge, so that no transaction is long.
    """
    looking = queries.looking(now)
    if "challenge" in payload:
        refresh(challenges=[c for c in looking if c.subject == payload["challenge"]], at=now)
    elif "startup" in payload:
        startups = queries.startups([ref_of(payload["startup"])])
        refresh_startups(startups=startups, challenges=looking, at=now)
    else:
        _enqueue_each("challenge", [challenge.subject for challenge in looking], now)


def _enqueue_each(kind: str, subjects: Iterable[str], at: datetime) -> None:
    for one in subjects:
        jobs.enqueue(REFRESH, {kind: one}, at=at, dedupe_key=one)


def on_reindexed(event: Reindexed) -> None:
    """The index read startups and challenges again: their pairs follow at once, or by a job if they are many."""
    looking = queries.looking(event.at)
    changed = [c for c in looking if c.subject in event.subjects]
    others = [c for c in looking if c.subject not in event.subjects]
    refs = [ref_of(one) for one in event.subjects if is_startup(one)]
    startups = queries.startups(refs)
    forget(refs=set(refs) - {startup.ref for startup in startups}, at=event.at)
    if KEEP_WEAK * len(changed) > MOST_PAIRS_AT_ONCE:
        _enqueue_each("challenge", [challenge.subject for challenge in changed], event.at)
    else:
        refresh(challenges=changed, at=event.at)
    if len(startups) * len(others) > MOST_PAIRS_AT_ONCE:
        _enqueue_each("startup", [subject(Kind.STARTUP, startup.ref) for startup in startups], event.at)
    elif startups and others:
        refresh_startups(startups=startups, challenges=others, at=event.at)


# --- what ---


def forget(*, refs: Collection[str], at: datetime) -> None:
    """Startups that went away (declined, suspended) are suggested to nobody any more; closed calls stay as they were."""
    gone = select(Organization.id).where(Organization.ref.in_(refs))
    looking = select(Challenge.id).where(
        Challenge.state.in_(policies.MATCHED),
        Challenge.state.in_(UNPUBLISHED) | (Challenge.closes_at > at),
    )
    db.session.execute(
        delete(Suggestion).where(Suggestion.organization_id.in_(gone), Suggestion.challenge_id.in_(looking))
    )


def refresh(*, challenges: Sequence[Challenge], at: datetime) -> int:
    """Compute and store the fits of these challenges; returns how many startups were suggested."""
    if not challenges:
        return 0
    state = _state(at)
    return sum(_refresh_one(challenge, state) for challenge in challenges)


def _refresh_one(challenge: Challenge, state: _State) -> int:
    best = _best(state, asked_documents(challenge))
    startups = {
        subject(Kind.STARTUP, s.ref): s for s in queries.startups([ref_of(found) for found, _ in best])
    }
    run = SuggestionRun(
        challenge_id=challenge.id,
        at=state.at,
        documents=queries.count_startups(),
        suggested=0,
        generation=state.generation,
        fingerprint=state.fingerprint,
    )
    db.session.execute(delete(Suggestion).where(Suggestion.challenge_id == challenge.id))
    for found, statement in best:
        # A startup that went away after the index last read it is not shown.
        if found not in startups:
            continue
        row = _row(challenge, startups[found], state.index.explain(statement, found), state)
        run.suggested += row.stopped_by is None
        db.session.add(row)
    db.session.add(run)
    db.session.flush()
    return run.suggested


def refresh_startups(
    *, startups: Sequence[Organization], challenges: Sequence[Challenge], at: datetime
) -> None:
    """Compute these startups' pairs with these challenges anew and leave all other pairs as they are."""
    state = _state(at)
    pairs = (
        Suggestion.challenge_id.in_([c.id for c in challenges]),
        Suggestion.organization_id.in_([startup.id for startup in startups]),
    )
    db.session.execute(delete(Suggestion).where(*pairs))
    ours = {subject(Kind.STARTUP, startup.ref): startup for startup in startups}
    for challenge in challenges:
        fitting, weak = queries.worst_kept(challenge.id, KEEP), queries.worst_kept(challenge.id, KEEP_WEAK)
        for found, (score, statement) in _scored(state, asked_documents(challenge), set(ours)).items():
            if score > (weak if state.bands.of(score) is Band.WEAK else fitting):
                explanation = state.index.explain(statement, found)
                db.session.add(_row(challenge, ours[found], explanation, state))
    db.session.flush()


def _scored(state: _State, asked: Sequence[Document], keep: Keep) -> dict[str, tuple[float, Document]]:
    """The score of every startup that ``keep`` names, by the statement that finds it best."""
    found: dict[str, tuple[float, Document]] = {}
    for statement in asked:
        for match in state.index.rank(statement, top=KEEP, keep=keep):
            if match.score > found.get(match.id, (0.0, statement))[0]:
                found[match.id] = (match.score, statement)
    return found


def _best(state: _State, asked: Sequence[Document]) -> list[tuple[str, Document]]:
    """The startups that answer best in any language, with the statement that finds each best; best first."""
    found = _scored(state, asked, is_startup)
    order = sorted(found, key=lambda one: (-found[one][0], one))[:KEEP]
    telling = sum(state.bands.of(found[one][0]) is not Band.WEAK for one in order)
    return [(one, found[one][1]) for one in order[: max(telling, KEEP_WEAK)]]


def is_startup(document_id: str) -> bool:
    """Does this document stand for a startup?"""
    return document_id.startswith(f"{Kind.STARTUP.value}:")


def explained(
    index: Index, asked: Sequence[Document], found: str, document: Document | None = None
) -> Explanation | None:
    """The explanation by the statement that finds this document best; None where nothing is in common."""
    if found not in index:
        return None
    every = [index.explain(statement, found, document=document) for statement in asked]
    best = max(every, key=lambda explanation: explanation.score, default=None)
    return best if best is not None and best.score > 0 else None


def _stopped(facts: filters.Facts, band: Band, at: datetime) -> Filter | None:
    """The filter that stops a pair; a weak score is no suggestion, whatever the filters say."""
    found = filters.stopped_by(facts, at)
    return Filter.NO_COMMON_TERMS if found is None and band is Band.WEAK else found


def _row(challenge: Challenge, startup: Organization, explanation: Explanation, state: _State) -> Suggestion:
    band = state.bands.of(explanation.score)
    return Suggestion(
        challenge_id=challenge.id,
        organization_id=startup.id,
        score=min(1.0, max(0.0, explanation.score)),
        band=band,
        terms=shares(explanation),
        missing=list(explanation.missing[:8]),
        stopped_by=_stopped(facts_of(startup, challenge, state.conflicts), band, state.at),
        challenge_version=challenge.version,
        profile_version=startup.profile.version if startup.profile else 0,
        computed_at=state.at,
        generation=state.generation,
        fingerprint=state.fingerprint,
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
    state = _state(at)
    explanation = explained(state.index, asked_documents(challenge), subject(Kind.STARTUP, organization.ref))
    band = state.bands.of(explanation.score) if explanation is not None else Band.WEAK
    stopped = _stopped(facts_of(organization, challenge, state.conflicts), band, at)
    return Fit(stopped, explanation, band if explanation is not None else None)
