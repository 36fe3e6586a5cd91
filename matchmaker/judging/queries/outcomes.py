"""What is known after the release: to the proposer, to the agency, and to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.challenges.models import Challenge
from matchmaker.foundation.db import db
from matchmaker.judging.models import Panel, PanelDecision, PanelMember
from matchmaker.judging.queries.board import load
from matchmaker.judging.scoring import Standing
from matchmaker.judging.states import Outcome, PanelState, ScoringMethod
from matchmaker.kernel.errors import NotFound
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization, User
from matchmaker.proposals.models import Proposal


@dataclass(frozen=True, slots=True)
class OwnOutcome:
    """What one proposer learns: the own outcome, reasons, total and rank, and nothing of anybody else."""

    challenge: Challenge
    proposal_ref: str
    outcome: Outcome
    reason: str
    grant: int | None
    reserve_rank: int | None
    standing: Standing | None
    proposals: int
    method: ScoringMethod
    pass_mark: int
    released_at: datetime


@dataclass(frozen=True, slots=True)
class ReleasedRow:
    """One proposal in the released result."""

    proposal_ref: str
    number: int
    title: str
    language: str
    proposer: str
    decision: PanelDecision
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class ReleasedResult:
    """The whole result, without anybody's sheet (those stay secret: review rules art. 20)."""

    panel: Panel
    challenge: Challenge
    members: Sequence[PanelMember]
    rows: Sequence[ReleasedRow]
    released_by: str


@dataclass(frozen=True, slots=True)
class PublicResult:
    """What everybody may know: who was awarded, by which method, decided by whom."""

    awarded: Sequence[Organization]
    reserves: int
    proposals: int
    method: ScoringMethod
    pass_mark: int
    members: Sequence[PanelMember]
    released_at: datetime


def own_outcome(actor: Actor, proposal_ref: str) -> OwnOutcome:
    """The released outcome of a proposal of the person's own startup; NotFound otherwise."""
    row = db.session.execute(
        select(PanelDecision.panel_id)
        .join(PanelDecision.proposal)
        .join(PanelDecision.panel)
        .where(
            Proposal.ref == proposal_ref,
            Proposal.organization_id == (actor.organization_id or 0),
            Panel.state == PanelState.RELEASED,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    board = load(row.panel_id)
    entry = board.entry(proposal_ref)
    decision = board.decisions[entry.proposal.id]
    assert board.panel.released_at is not None
    return OwnOutcome(
        challenge=board.challenge,
        proposal_ref=proposal_ref,
        outcome=decision.outcome,
        reason=decision.reason,
        grant=decision.grant,
        reserve_rank=decision.reserve_rank,
        standing=board.standings().get(proposal_ref),
        proposals=len(board.entries),
        method=board.panel.method,
        pass_mark=board.panel.pass_mark,
        released_at=board.panel.released_at,
    )


def released_result(actor: Actor, challenge_ref: str) -> ReleasedResult:
    """The result of a challenge for the agency that set it and for the programme office; NotFound otherwise."""
    row = db.session.execute(
        select(Panel.id, Challenge.organization_id)
        .join(Panel.challenge)
        .where(Challenge.ref == challenge_ref, Panel.state == PanelState.RELEASED)
    ).one_or_none()
    if row is None or not (actor.is_staff or actor.is_of(row.organization_id)):
        raise NotFound
    board = load(row.id)
    standings = board.standings()
    rows = [
        ReleasedRow(
            proposal_ref=entry.ref,
            number=entry.number,
            title=entry.title,
            language=entry.language,
            proposer=entry.proposer,
            decision=board.decisions[entry.proposal.id],
            standing=standings.get(entry.ref),
        )
        for entry in board.entries
    ]
    rows.sort(key=lambda r: (r.standing is None, r.standing.rank if r.standing else 0, r.number))
    releaser = db.session.execute(select(User.name).where(User.id == board.panel.released_by_id)).scalar_one()
    return ReleasedResult(board.panel, board.challenge, board.members, rows, releaser)


def public_result(challenge_id: int) -> PublicResult | None:
    """What the public page of a challenge tells of the decision; None before the release."""
    panel = db.session.execute(
        select(Panel)
        .where(Panel.challenge_id == challenge_id, Panel.state == PanelState.RELEASED)
        .options(selectinload(Panel.members).joinedload(PanelMember.user))
    ).scalar_one_or_none()
    if panel is None or panel.released_at is None:
        return None
    decisions = (
        db.session.execute(
            select(PanelDecision)
            .join(PanelDecision.proposal)
            .where(PanelDecision.panel_id == panel.id)
            .options(joinedload(PanelDecision.proposal).joinedload(Proposal.organization))
            .order_by(Proposal.number)
        )
        .scalars()
        .all()
    )
    outcomes = [decision.outcome for decision in decisions]
    return PublicResult(
        awarded=[d.proposal.organization for d in decisions if d.outcome is Outcome.AWARDED],
        reserves=outcomes.count(Outcome.RESERVE),
        proposals=len(outcomes),
        method=panel.method,
        pass_mark=panel.pass_mark,
        members=[member for member in panel.members if member.left_at is None],
        released_at=panel.released_at,
    )
