"""Reads of proposals. Before the opening only the startup's own people find anything here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from matchmaker.challenges.models import Challenge, ChallengeText
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.people.states import OrganizationKind
from matchmaker.proposals import policies
from matchmaker.proposals.models import (
    EligibilityCheck,
    Opening,
    Proposal,
    ProposalPaper,
    ProposalVersion,
)
from matchmaker.proposals.states import IN_CONTEST, ProposalState


def _full() -> Select[Proposal]:
    return select(Proposal).options(
        joinedload(Proposal.organization),
        joinedload(Proposal.challenge).options(
            joinedload(Challenge.organization), selectinload(Challenge.texts)
        ),
    )


# The startup's own door


def proposal_for_startup(actor: Actor, ref: str) -> Proposal:
    """The startup's own proposal; anybody else's does not exist (404), whatever its state."""
    if not actor.is_kind(OrganizationKind.STARTUP):
        raise NotFound
    row = db.session.execute(
        _full()
        .where(Proposal.ref == ref, Proposal.organization_id == (actor.organization_id or 0))
        .options(selectinload(Proposal.versions))
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def own_proposal_to(actor: Actor | None, challenge_id: int) -> Proposal | None:
    """What the person's startup has begun for this challenge, if anything."""
    if actor is None or not actor.is_kind(OrganizationKind.STARTUP):
        return None
    return proposal_of(actor.organization_id or 0, challenge_id)


def proposal_of(organization_id: int, challenge_id: int) -> Proposal | None:
    """For operations: the proposal of a startup to a challenge."""
    return db.session.execute(
        select(Proposal).where(
            Proposal.organization_id == organization_id, Proposal.challenge_id == challenge_id
        )
    ).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a page and how many there are in all."""

    rows: Sequence[Proposal]
    total: int


def own_proposals(actor: Actor, *, offset: int = 0, limit: int = 1000) -> Listed:
    """The proposals of the startup that the person acts for, those with the latest deadline first."""
    if not actor.is_kind(OrganizationKind.STARTUP):
        return Listed([], 0)
    mine = Proposal.organization_id == (actor.organization_id or 0)
    total = db.session.scalar(select(func.count(Proposal.id)).where(mine)) or 0
    rows = db.session.execute(
        select(Proposal)
        .join(Proposal.challenge)
        .where(mine)
        .options(
            defer(Proposal.draft),
            contains_eager(Proposal.challenge).options(
                joinedload(Challenge.organization),
                selectinload(Challenge.texts).load_only(
                    ChallengeText.challenge_id, ChallengeText.language, ChallengeText.title
                ),
            ),
        )
        .order_by(Challenge.closes_at.desc(), Proposal.id.desc())
        .offset(offset)
        .limit(limit)
    ).scalars()
    return Listed(rows.all(), total)


def papers_of(proposal_id: int) -> Sequence[ProposalPaper]:
    """The papers attached now, in the order in which they came."""
    return (
        db.session.execute(
            select(ProposalPaper)
            .where(ProposalPaper.proposal_id == proposal_id, ProposalPaper.removed_at.is_(None))
            .options(joinedload(ProposalPaper.file))
            .order_by(ProposalPaper.id)
        )
        .scalars()
        .all()
    )


def paper_of(proposal: Proposal, ref: str) -> ProposalPaper:
    """A paper that the draft has now or that a frozen version names; for the startup itself."""
    row = db.session.execute(
        select(ProposalPaper)
        .where(ProposalPaper.proposal_id == proposal.id, ProposalPaper.ref == ref)
        .options(joinedload(ProposalPaper.file))
    ).scalar_one_or_none()
    if row is None or (row.removed_at is not None and not _is_named(proposal.versions, ref)):
        raise NotFound
    return row


def _is_named(versions: Iterable[ProposalVersion], ref: str) -> bool:
    return any(paper["ref"] == ref for version in versions for paper in version.papers)


def version_of(proposal: Proposal, number: int) -> ProposalVersion:
    """A frozen version by its number; the proposal's versions must be loaded."""
    found = next((version for version in proposal.versions if version.number == number), None)
    if found is None:
        raise NotFound
    return found


def last_version(proposal_id: int) -> ProposalVersion | None:
    """The version frozen last, whether it counts or not."""
    return db.session.execute(
        select(ProposalVersion)
        .where(ProposalVersion.proposal_id == proposal_id)
        .order_by(ProposalVersion.number.desc())
        .limit(1)
    ).scalar_one_or_none()


def counted_version(proposal: Proposal) -> ProposalVersion:
    """The frozen version that counts; NotFound where nothing is submitted or it was withdrawn."""
    if proposal.submitted_version is None or proposal.state in (
        ProposalState.DRAFT,
        ProposalState.WITHDRAWN,
    ):
        raise NotFound
    return db.session.execute(
        select(ProposalVersion).where(
            ProposalVersion.proposal_id == proposal.id,
            ProposalVersion.number == proposal.submitted_version,
        )
    ).scalar_one()


# From the opening on


_OPENED = and_(Proposal.number.is_not(None), Challenge.opened_at.is_not(None))


def _opened() -> Select[Proposal]:
    return (
        select(Proposal)
        .join(Proposal.challenge)
        .where(_OPENED)
        .options(
            defer(Proposal.draft),
            joinedload(Proposal.organization),
            contains_eager(Proposal.challenge),
        )
        .order_by(Proposal.number)
    )


def opened_proposals(challenge_id: int) -> Sequence[Proposal]:
    """The proposals that were opened, by number, with startup and checks; none before the opening.

    Who may see them is asked by ``policies.can_read_opened`` or by the panel of the reader.
    """
    return (
        db.session.execute(
            _opened().where(Proposal.challenge_id == challenge_id).options(selectinload(Proposal.checks))
        )
        .scalars()
        .all()
    )


def in_contest(challenge_id: int) -> Sequence[Proposal]:
    """The admitted proposals that have no decision yet, by number, with their startups."""
    return (
        db.session.execute(
            _opened().where(Proposal.challenge_id == challenge_id, Proposal.state.in_(IN_CONTEST))
        )
        .scalars()
        .all()
    )


def counted_versions(proposals: Iterable[Proposal]) -> Mapping[int, ProposalVersion]:
    """The versions that count of opened proposals, by the id of their proposal, in one query."""
    wanted = {p.id: p.submitted_version for p in proposals if p.number is not None}
    rows = db.session.execute(
        select(ProposalVersion)
        .join(ProposalVersion.proposal)
        .where(
            ProposalVersion.proposal_id.in_(wanted),
            ProposalVersion.number == Proposal.submitted_version,
        )
    ).scalars()
    return {row.proposal_id: row for row in rows}


def opened_proposal(ref: str) -> Proposal:
    """An opened proposal with its challenge, startup and checks; NotFound before the opening.

    The door for slices that have their own rule of who reads (the panel); others ask ``opened_for``.
    """
    row = db.session.execute(
        _opened()
        .where(Proposal.ref == ref)
        .options(
            selectinload(Proposal.checks),
            contains_eager(Proposal.challenge).options(
                joinedload(Challenge.organization), selectinload(Challenge.texts)
            ),
        )
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def opened_for(actor: Actor, ref: str) -> Proposal:
    """An opened proposal for an officer or for the people of the agency that set the challenge."""
    row = opened_proposal(ref)
    if not policies.can_read_opened(actor, row.challenge):
        raise NotFound
    return row


def paper_of_counted(proposal: Proposal, ref: str) -> ProposalPaper:
    """A paper of the version that counts, for those who may read the opened proposal."""
    if not _is_named([counted_version(proposal)], ref):
        raise NotFound
    return db.session.execute(
        select(ProposalPaper)
        .where(ProposalPaper.proposal_id == proposal.id, ProposalPaper.ref == ref)
        .options(joinedload(ProposalPaper.file))
    ).scalar_one()


def proposal_by_id(proposal_id: int) -> Proposal:
    """For operations, notices and later slices, after their own question of who may see it."""
    return db.session.execute(_full().where(Proposal.id == proposal_id)).scalar_one()


# Opening and screening


def opening_of(challenge_id: int) -> Opening | None:
    return db.session.execute(
        select(Opening).where(Opening.challenge_id == challenge_id)
    ).scalar_one_or_none()


def submitted_versions(challenge_id: int) -> Sequence[tuple[Proposal, ProposalVersion]]:
    """For the opening alone: what is submitted and not withdrawn, with the versions that count."""
    rows = db.session.execute(
        select(Proposal, ProposalVersion)
        .join(
            ProposalVersion,
            and_(
                ProposalVersion.proposal_id == Proposal.id,
                ProposalVersion.number == Proposal.submitted_version,
            ),
        )
        .where(Proposal.challenge_id == challenge_id, Proposal.state == ProposalState.SUBMITTED)
        .execution_options(populate_existing=True)
    )
    return [(proposal, version) for proposal, version in rows]


def checks_of(proposal_id: int) -> Sequence[EligibilityCheck]:
    return (
        db.session.execute(
            select(EligibilityCheck)
            .where(EligibilityCheck.proposal_id == proposal_id)
            .order_by(EligibilityCheck.position)
        )
        .scalars()
        .all()
    )


def check_of(proposal: Proposal, rule: str) -> EligibilityCheck:
    """One check of an opened proposal."""
    row = db.session.execute(
        select(EligibilityCheck).where(
            EligibilityCheck.proposal_id == proposal.id, EligibilityCheck.rule == rule
        )
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def count_undecided(challenge_id: int) -> tuple[int, int]:
    """How many opened proposals are neither admitted nor rejected, and how many there are."""
    opened = and_(Proposal.challenge_id == challenge_id, Proposal.number.is_not(None))
    undecided = db.session.scalar(
        select(func.count(Proposal.id)).where(opened, Proposal.state == ProposalState.SUBMITTED)
    )
    return undecided or 0, db.session.scalar(select(func.count(Proposal.id)).where(opened)) or 0


def organization_of(proposal: Proposal) -> Organization:
    """The startup behind a proposal."""
    return db.session.execute(
        select(Organization).where(Organization.id == proposal.organization_id)
    ).scalar_one()


@dataclass(frozen=True, slots=True)
class Work:
    """Challenges of a page and how many there are in all."""

    rows: Sequence[Challenge]
    total: int


def to_open_or_screen(now: datetime, *, offset: int = 0, limit: int = 1000) -> Work:
    """The challenges that wait for officers between deadline and judging; says nothing of proposals."""
    waiting = or_(
        and_(Challenge.state == ChallengeState.PUBLISHED, Challenge.closes_at <= now),
        Challenge.state.in_([ChallengeState.OPENED, ChallengeState.SCREENING]),
    )
    total = db.session.scalar(select(func.count(Challenge.id)).where(waiting)) or 0
    rows = db.session.execute(
        select(Challenge)
        .where(waiting)
        .options(
            joinedload(Challenge.organization),
            selectinload(Challenge.texts).load_only(
                ChallengeText.challenge_id, ChallengeText.language, ChallengeText.title
            ),
        )
        .order_by(Challenge.closes_at, Challenge.id)
        .offset(offset)
        .limit(limit)
    ).scalars()
    return Work(rows.all(), total)
