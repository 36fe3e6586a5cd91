"""Reads of what came of suggestions. Proposals are read of opened challenges alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, literal, select

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db
from matchmaker.foundation.relevance import Direction, RelevanceEvent, Sign
from matchmaker.kernel.dates import local_day
from matchmaker.people.models import Organization
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.states import ProposalState
from matchmaker.search.states import ref_of
from matchmaker.suggestions import policies
from matchmaker.suggestions.calibration import Known
from matchmaker.suggestions.evaluation import Case, Pair
from matchmaker.suggestions.models import BandCalibration, Suggestion, Verdict
from matchmaker.suggestions.states import Band, Bands, Choice, DismissReason, Filter, Side

SCREENED = frozenset(
    {ChallengeState.JUDGING, ChallengeState.DECIDED, ChallengeState.IN_PILOT, ChallengeState.CONCLUDED}
)
"""From here on it is known who was eligible; a challenge that was cancelled says nothing of its suggestions."""
DECIDED = frozenset({ChallengeState.DECIDED, ChallengeState.IN_PILOT, ChallengeState.CONCLUDED})
ELIGIBLE = frozenset(
    {
        ProposalState.ELIGIBLE,
        ProposalState.SHORTLISTED,
        ProposalState.AWARDED,
        ProposalState.RESERVE,
        ProposalState.NOT_AWARDED,
    }
)
COMPARED = frozenset({Filter.NO_COMMON_TERMS})
"""A pair that only its score kept from being suggested says as much of the score as one that was suggested; where a
rule stopped it, its outcome says nothing."""


# --- one challenge at its opening ---


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a startup stood when the call closed: rank among the suggested (None where not suggested), score, band."""

    rank: int | None
    score: float
    band: Band
    generation: str


def standings(challenge_id: int) -> dict[int, Standing]:
    """Every startup that was compared with the challenge, by its key."""
    rows = db.session.execute(
        select(
            Suggestion.organization_id,
            Suggestion.score,
            Suggestion.band,
            Suggestion.generation,
            Suggestion.stopped_by,
        )
        .where(Suggestion.challenge_id == challenge_id)
        .order_by(Suggestion.score.desc(), Suggestion.organization_id)
    )
    found, rank = {}, 0
    for row in rows:
        rank += row.stopped_by is None
        place = rank if row.stopped_by is None else None
        found[row.organization_id] = Standing(place, row.score, row.band, row.generation)
    return found


def organization_refs(keys: Sequence[int]) -> dict[int, str]:
    """References by key."""
    rows = db.session.execute(select(Organization.id, Organization.ref).where(Organization.id.in_(keys)))
    return {row.id: row.ref for row in rows}


# --- all challenges whose outcomes are known ---


def cases() -> list[Case]:
    """Every challenge whose screening is over, oldest opening first."""
    suggested = _by_challenge(
        select(Suggestion.challenge_id, Suggestion.organization_id)
        .join(Suggestion.challenge)
        .where(Suggestion.stopped_by.is_(None), Challenge.state.in_(SCREENED))
        .order_by(Suggestion.challenge_id, Suggestion.score.desc(), Suggestion.organization_id)
    )
    eligible = _by_challenge(_proposers(ELIGIBLE))
    chosen = _by_challenge(_proposers(ELIGIBLE - {ProposalState.ELIGIBLE, ProposalState.NOT_AWARDED}))
    for challenge, startup in _logged_choices():
        chosen.setdefault(challenge, []).append(startup)
    return [
        Case(
            challenge=row.id,
            domain=row.domain,
            opened_on=local_day(row.opened_at),
            suggested=suggested.get(row.id, []),
            eligible=frozenset(eligible.get(row.id, ())),
            chosen=frozenset(chosen.get(row.id, ())),
            decided=row.state in DECIDED,
        )
        for row in db.session.execute(
            select(Challenge.id, Challenge.domain, Challenge.opened_at, Challenge.state)
            .where(Challenge.state.in_(SCREENED), Challenge.opened_at.is_not(None))
            .order_by(Challenge.opened_at, Challenge.id)
        )
    ]


def waiting() -> int:
    """How many opened challenges are still being screened, so that nothing can be said of them yet."""
    states = [ChallengeState.OPENED, ChallengeState.SCREENING]
    return db.session.scalar(select(func.count(Challenge.id)).where(Challenge.state.in_(states))) or 0


def _proposers(states: frozenset[ProposalState]) -> Select[int, int]:
    return (
        select(Proposal.challenge_id, Proposal.organization_id)
        .join(Proposal.challenge)
        .where(Challenge.state.in_(SCREENED), Challenge.opened_at.is_not(None), Proposal.state.in_(states))
    )


def _by_challenge(query: Select[int, int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for challenge, startup in db.session.execute(query):
        found.setdefault(challenge, []).append(startup)
    return found


def _logged_choices() -> list[Pair]:
    """Pairs that the log calls shortlisted or awarded: a startup may lose the state again, the sign stays."""
    rows = db.session.execute(
        select(RelevanceEvent.asked, RelevanceEvent.found).where(
            RelevanceEvent.direction == Direction.STARTUPS,
            RelevanceEvent.sign.in_([Sign.SHORTLISTED, Sign.AWARDED]),
        )
    ).all()
    refs = {ref_of(row.asked) for row in rows}, {ref_of(row.found) for row in rows}
    opened = select(Challenge.ref, Challenge.id).where(
        Challenge.ref.in_(refs[0]), Challenge.opened_at.is_not(None)
    )
    named = select(Organization.ref, Organization.id).where(Organization.ref.in_(refs[1]))
    challenges, startups = (
        {row.ref: row.id for row in db.session.execute(query)} for query in (opened, named)
    )
    pairs = ((challenges.get(ref_of(row.asked)), startups.get(ref_of(row.found))) for row in rows)
    return [(asked, found) for asked, found in pairs if asked is not None and found is not None]


def known_pairs() -> list[Known]:
    """Every compared pair of a screened challenge: its score, and whether the startup was eligible."""
    came = select(Proposal.id).where(
        Proposal.challenge_id == Suggestion.challenge_id,
        Proposal.organization_id == Suggestion.organization_id,
        Proposal.state.in_(ELIGIBLE),
    )
    rows = db.session.execute(
        select(Suggestion.score, came.exists().label("success"))
        .join(Suggestion.challenge)
        .where(
            Challenge.state.in_(SCREENED),
            Challenge.opened_at.is_not(None),
            Suggestion.stopped_by.is_(None) | Suggestion.stopped_by.in_(COMPARED),
        )
        .order_by(Suggestion.score, Suggestion.id)
    )
    return [Known(row.score, bool(row.success)) for row in rows]


# --- what people made of them ---


def open_counts(now: datetime) -> dict[int, int]:
    """How many startups are suggested for each open call; sealed proposals play no part."""
    counted = func.count(Suggestion.id)
    rows = db.session.execute(
        select(Challenge.id, counted.label("suggested"))
        .outerjoin(Suggestion, (Suggestion.challenge_id == Challenge.id) & Suggestion.stopped_by.is_(None))
        .where(Challenge.state == ChallengeState.PUBLISHED, Challenge.closes_at > now)
        .group_by(Challenge.id)
    )
    return {row.id: row.suggested for row in rows}


def suggested_pairs(side: Side) -> list[Pair]:
    """The pairs that a side may have put away: of all challenges for agencies, of opened ones for startups."""
    rows = db.session.execute(
        select(Suggestion.challenge_id, Suggestion.organization_id)
        .join(Suggestion.challenge)
        .where(Suggestion.stopped_by.is_(None), *_told_of(side))
    )
    return [(challenge, startup) for challenge, startup in rows]


def dismissed_pairs(side: Side) -> dict[Pair, DismissReason]:
    """What a side put away, with its reason. A startup's word is not told before the opening."""
    rows = db.session.execute(
        select(Verdict.challenge_id, Verdict.organization_id, Verdict.reason)
        .join(Verdict.challenge)
        .where(
            Verdict.side == side,
            Verdict.choice == Choice.DISMISSED,
            Verdict.reason.is_not(None),
            *_told_of(side),
        )
    )
    return {(row.challenge_id, row.organization_id): row.reason for row in rows}


def _told_of(side: Side) -> list[ColumnElement[bool]]:
    return [Challenge.opened_at.is_not(None)] if side is Side.STARTUP else []


# --- the bands ---


def proposed_calibration() -> BandCalibration | None:
    """The newest calibration, where it is not adopted."""
    row = latest_calibration()
    return row if row is not None and row.adopted_at is None else None


def latest_calibration() -> BandCalibration | None:
    return db.session.execute(
        select(BandCalibration).order_by(BandCalibration.at.desc(), BandCalibration.id.desc()).limit(1)
    ).scalar_one_or_none()


def adopted_calibration() -> BandCalibration | None:
    """The calibration in force."""
    return db.session.execute(
        select(BandCalibration)
        .where(BandCalibration.adopted_at.is_not(None))
        .order_by(BandCalibration.adopted_at.desc(), BandCalibration.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def band_moves(old: Bands, new: Bands, now: datetime) -> dict[tuple[Band, Band], int]:
    """How many pairs of challenges that look for startups lie in each band now and by the new limits."""
    before, after = _band_of(old), _band_of(new)
    rows = db.session.execute(
        select(before, after, func.count(Suggestion.id))
        .join(Suggestion.challenge)
        .where(
            Challenge.state.in_(policies.MATCHED),
            (Challenge.state != ChallengeState.PUBLISHED) | (Challenge.closes_at > now),
            Suggestion.stopped_by.is_(None) | Suggestion.stopped_by.in_(COMPARED),
        )
        .group_by(before, after)
    )
    return {(Band(one), Band(other)): count for one, other, count in rows}


def _band_of(bands: Bands) -> ColumnElement[str]:
    # Written into the statement: PostgreSQL takes two bound values for two expressions and refuses the grouping.
    words = {band: literal(band.value, literal_execute=True) for band in Band}
    return case(
        (Suggestion.score >= literal(bands.strong, literal_execute=True), words[Band.STRONG]),
        (Suggestion.score >= literal(bands.fair, literal_execute=True), words[Band.FAIR]),
        else_=words[Band.WEAK],
    )
