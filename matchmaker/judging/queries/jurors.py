"""What a juror may see: own seats, own sheets, proposals without a conflict, and in the end the panel's table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from matchmaker.challenges.models import Challenge, Criterion
from matchmaker.foundation.db import db
from matchmaker.judging import policies, scoring
from matchmaker.judging.facts import Progress
from matchmaker.judging.models import Declaration, Panel, PanelMember, ScoreSheet
from matchmaker.judging.policies import READABLE
from matchmaker.judging.queries.board import JUDGED, Board, Entry, load, points_of
from matchmaker.judging.queries.results import Results, tabulate
from matchmaker.judging.states import PanelState, SheetState
from matchmaker.kernel.decision import Decision, Denied
from matchmaker.kernel.errors import NotFound, require
from matchmaker.people.actor import Actor
from matchmaker.proposals.models import Proposal, ProposalVersion


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A proposal on a juror's desk: title, proposer's name, and the juror's own declaration and sheet."""

    ref: str
    number: int
    title: str
    language: str
    proposer: str
    declaration: Declaration | None
    sheet: ScoreSheet | None
    points: dict[str, int]
    comments: dict[str, str]
    total: Fraction | None
    lacks_points: tuple[str, ...]
    lacks_comment: bool
    may_read: Decision
    may_score: Decision

    @property
    def is_recused(self) -> bool:
        return self.declaration is not None and self.declaration.conflict is not None

    @property
    def is_submitted(self) -> bool:
        return self.sheet is not None and self.sheet.state is SheetState.SUBMITTED

    @property
    def is_ready(self) -> bool:
        """Nothing is missing for submission."""
        return not self.lacks_points and not self.lacks_comment

    @property
    def is_begun(self) -> bool:
        return self.sheet is not None and bool(self.points or self.comments or self.sheet.comment)


@dataclass(frozen=True, slots=True)
class Desk:
    """A panel as one of its members sees it.

    ``version`` adds up the versions of the member's sheets: it grows with every change of any of them.
    """

    panel: Panel
    challenge: Challenge
    member: PanelMember
    members: Sequence[PanelMember]
    criteria: Sequence[Criterion]
    rows: Sequence[DeskRow]
    progress: Progress
    may_compare: Decision

    @property
    def step(self) -> Step:
        return next_step(self.panel, self.progress)

    @property
    def version(self) -> int:
        return sum(row.sheet.version for row in self.rows if row.sheet is not None)

    def row(self, ref: str) -> DeskRow:
        found = next((row for row in self.rows if row.ref == ref), None)
        if found is None:
            raise NotFound
        return found


@dataclass(frozen=True, slots=True)
class Reading:
    """A proposal open on the desk, with the frozen version that counts."""

    desk: Desk
    row: DeskRow
    proposal: Proposal
    version: ProposalVersion


@dataclass(frozen=True, slots=True)
class Comparison:
    """The panel's table, without the proposals from which the reader is recused."""

    desk: Desk
    results: Results


def own_seat(actor: Actor, panel_ref: str) -> PanelMember:
    """The person's live seat on a convened panel; NotFound for everybody else."""
    member = db.session.execute(
        select(PanelMember)
        .join(PanelMember.panel)
        .where(
            Panel.ref == panel_ref,
            Panel.state.in_(READABLE),
            PanelMember.user_id == actor.user_id,
            PanelMember.left_at.is_(None),
        )
    ).scalar_one_or_none()
    if member is None or not actor.is_juror:
        raise NotFound
    return member


def _row(actor: Actor, board: Board, member: PanelMember, entry: Entry, progress: Progress) -> DeskRow:
    declaration = board.declaration(member, entry)
    recused = declaration is not None and declaration.conflict is not None
    sheet = None if recused else board.sheet(member, entry)
    points = points_of(sheet) if sheet is not None else {}
    lacks = tuple(criterion.ref for criterion in board.criteria if criterion.ref not in points)
    return DeskRow(
        ref=entry.ref,
        number=entry.number,
        title=entry.title,
        language=entry.language,
        proposer=entry.proposer,
        declaration=declaration,
        sheet=sheet,
        points=points,
        comments={s.criterion.ref: s.comment for s in sheet.scores if s.comment} if sheet else {},
        total=None if lacks else scoring.weighted_total(points, board.weights),
        lacks_points=lacks,
        lacks_comment=sheet is None or not sheet.comment.strip(),
        may_read=policies.can_read(board.panel, progress, declaration),
        may_score=policies.can_score(
            actor, board.panel, board.challenge, member, progress, declaration, sheet
        ),
    )


def _desk(actor: Actor, board: Board, member: PanelMember) -> Desk:
    progress = board.progress(member)
    return Desk(
        panel=board.panel,
        challenge=board.challenge,
        member=member,
        members=board.members,
        criteria=board.criteria,
        rows=[_row(actor, board, member, entry, progress) for entry in board.entries],
        progress=progress,
        may_compare=policies.can_compare(board.panel, progress),
    )


def desk(actor: Actor, panel_ref: str) -> Desk:
    """The juror's own desk on this panel."""
    member = own_seat(actor, panel_ref)
    return _desk(actor, load(member.panel_id), member)


def reading(actor: Actor, panel_ref: str, proposal_ref: str) -> Reading:
    """A proposal to read. NotFound where the juror is recused, Refused before the declarations are complete."""
    member = own_seat(actor, panel_ref)
    board = load(member.panel_id)
    entry = board.entry(proposal_ref)
    made = _desk(actor, board, member)
    row = made.row(proposal_ref)
    if isinstance(row.may_read, Denied) and row.may_read.reason is policies.RECUSED:
        raise NotFound
    require(row.may_read)
    return Reading(made, row, entry.proposal, entry.version)


def comparison(actor: Actor, panel_ref: str) -> Comparison:
    """What the others scored, once all own sheets are submitted; Refused before."""
    member = own_seat(actor, panel_ref)
    board = load(member.panel_id)
    made = _desk(actor, board, member)
    require(made.may_compare)
    visible = [entry for entry in board.entries if not board.is_recused(member, entry)]
    return Comparison(made, tabulate(board, visible))


class Step(StrEnum):
    """What a juror does next on a panel."""

    DECLARE = "declare"
    WAIT = "wait"
    SCORE = "score"
    DONE = "done"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Duty:
    """A seat with how far its juror is."""

    panel: Panel
    challenge: Challenge
    progress: Progress

    @property
    def step(self) -> Step:
        return next_step(self.panel, self.progress)

    def is_late(self, now: datetime) -> bool:
        """Is something still to do after the time until which scores were due?"""
        due = self.panel.scores_due_at
        return self.step in (Step.DECLARE, Step.SCORE) and due is not None and now >= due


def next_step(panel: Panel, progress: Progress) -> Step:
    """What is to be done next by a member who stands here."""
    if panel.state is PanelState.RELEASED:
        return Step.RELEASED
    if panel.state is not PanelState.DELIBERATING and not progress.declared_all:
        return Step.DECLARE
    if panel.state is PanelState.SCORING and not progress.finished:
        return Step.SCORE
    return Step.WAIT if panel.state is PanelState.DECLARING else Step.DONE


def duties_of(actor: Actor, *, limit: int = 100) -> Sequence[Duty]:
    """The person's live seats on convened panels, the nearest deadline first, the released ones last."""
    if not actor.is_juror:
        return []
    members = (
        db.session.execute(
            select(PanelMember)
            .join(PanelMember.panel)
            .where(
                PanelMember.user_id == actor.user_id,
                PanelMember.left_at.is_(None),
                Panel.state.in_(READABLE),
            )
            .options(
                joinedload(PanelMember.panel).joinedload(Panel.challenge).joinedload(Challenge.organization),
                joinedload(PanelMember.panel).joinedload(Panel.challenge).selectinload(Challenge.texts),
            )
            .order_by(Panel.released_at.is_not(None), Panel.scores_due_at, Panel.id)
            .limit(limit)
        )
        .scalars()
        .all()
    )
    progress = _progress_of(members)
    return [Duty(member.panel, member.panel.challenge, progress[member.id]) for member in members]


def _progress_of(members: Sequence[PanelMember]) -> dict[int, Progress]:
    """How far each of these members is, in three queries whatever their number."""
    keys = [member.id for member in members]
    challenges = [member.panel.challenge_id for member in members]
    counted = db.session.execute(
        select(Proposal.challenge_id, func.count())
        .where(Proposal.challenge_id.in_(challenges), Proposal.state.in_(JUDGED))
        .group_by(Proposal.challenge_id)
    )
    proposals: dict[int, int] = {row[0]: row[1] for row in counted}
    declared = {
        member_id: (count, conflicts)
        for member_id, count, conflicts in db.session.execute(
            select(Declaration.member_id, func.count(), func.count(Declaration.conflict))
            .where(Declaration.member_id.in_(keys))
            .group_by(Declaration.member_id)
        )
    }
    sheets: dict[tuple[int, SheetState], int] = {
        (member_id, state): count
        for member_id, state, count in db.session.execute(
            select(ScoreSheet.member_id, ScoreSheet.state, func.count())
            .join(
                Declaration,
                and_(
                    Declaration.member_id == ScoreSheet.member_id,
                    Declaration.proposal_id == ScoreSheet.proposal_id,
                    Declaration.conflict.is_(None),
                ),
            )
            .where(ScoreSheet.member_id.in_(keys))
            .group_by(ScoreSheet.member_id, ScoreSheet.state)
        )
    }
    return {
        member.id: Progress(
            proposals=proposals.get(member.panel.challenge_id, 0),
            declared=declared.get(member.id, (0, 0))[0],
            conflicts=declared.get(member.id, (0, 0))[1],
            drafts=sheets.get((member.id, SheetState.DRAFT), 0),
            submitted=sheets.get((member.id, SheetState.SUBMITTED), 0),
        )
        for member in members
    }
