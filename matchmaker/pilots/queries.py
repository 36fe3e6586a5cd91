"""Reads of pilots. A pilot is its two parties' and the programme office's; the public sees it once it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db, lock
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.programme import Domain
from matchmaker.people.actor import Actor
from matchmaker.people.models import Organization
from matchmaker.pilots import policies
from matchmaker.pilots.events import Side
from matchmaker.pilots.models import Assessment, Milestone, MilestonePaper, Pilot
from matchmaker.pilots.progress import DONE, shown_expression, shown_state
from matchmaker.pilots.states import MilestoneState, NeedMet, PilotState
from matchmaker.proposals.models import Proposal

SOON = timedelta(days=14)
"""Within these days of its due day a milestone stands on the startup's to-do list."""
REMIND_BEFORE = timedelta(days=7)
"""So long before its due day a milestone is reminded of by mail."""


def _whole() -> Select[Pilot]:
    """A pilot with all that its pages show."""
    return select(Pilot).options(
        joinedload(Pilot.challenge).selectinload(Challenge.texts),
        joinedload(Pilot.challenge).joinedload(Challenge.organization),
        joinedload(Pilot.agency),
        joinedload(Pilot.startup),
        joinedload(Pilot.assessment),
        selectinload(Pilot.measures),
        selectinload(Pilot.milestones).options(
            joinedload(Milestone.paid),
            selectinload(Milestone.papers).joinedload(MilestonePaper.file),
        ),
    )


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Which pilots this person may know of."""
    if actor.is_staff:
        return Pilot.id.is_not(None)
    mine = actor.organization_id or 0
    return or_(Pilot.agency_id == mine, Pilot.startup_id == mine)


def pilot_for(actor: Actor, ref: str) -> Pilot:
    """A pilot of this person's organisation, any for staff; NotFound otherwise."""
    row = db.session.execute(_whole().where(Pilot.ref == ref, _mine(actor))).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def pilot_by_id(pilot_id: int) -> Pilot:
    """The whole pilot, without asking who reads: for later slices and for notices."""
    return db.session.execute(_whole().where(Pilot.id == pilot_id)).scalar_one()


def held(pilot: Pilot) -> Pilot:
    """The pilot locked until the end of the transaction, with its parts as they are stored now."""
    lock(Pilot, pilot.id)
    return db.session.execute(
        _whole().where(Pilot.id == pilot.id).execution_options(populate_existing=True)
    ).scalar_one()


def pilot_of_proposal(proposal_id: int) -> Pilot | None:
    return db.session.execute(_whole().where(Pilot.proposal_id == proposal_id)).scalar_one_or_none()


def pilots_of_challenge(challenge_id: int) -> Sequence[Pilot]:
    """All pilots of a challenge with their parts, the first made first."""
    return (
        db.session.execute(_whole().where(Pilot.challenge_id == challenge_id).order_by(Pilot.id))
        .scalars()
        .all()
    )


def awarded(proposal_id: int) -> Proposal:
    """An awarded proposal as stored now, with its challenge."""
    return db.session.execute(
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .options(joinedload(Proposal.challenge).selectinload(Challenge.texts))
        .execution_options(populate_existing=True)
    ).scalar_one()


def milestone_of(pilot: Pilot, ref: str) -> Milestone:
    """A milestone of a pilot that was found for the reader already."""
    found = next((m for m in pilot.milestones if m.ref == ref), None)
    if found is None:
        raise NotFound
    return found


def paper_of(milestone: Milestone, ref: str) -> MilestonePaper:
    """A paper of a milestone that was found for the reader already."""
    found = next((paper for paper in milestone.papers if paper.ref == ref), None)
    if found is None:
        raise NotFound
    return found


# --- lists ---


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a page and how many there are in all."""

    rows: Sequence[Pilot]
    total: int


def _late(today: date) -> ColumnElement[bool]:
    """Has the pilot a late milestone? The same rule as ``progress.shown_state``."""
    return exists().where(
        Milestone.pilot_id == Pilot.id, shown_expression(today) == MilestoneState.LATE.value
    )


def _alike(words: str) -> ColumnElement[bool]:
    like = f"%{words.replace('%', '').replace('_', '')}%"
    return or_(
        Pilot.title_zh.ilike(like),
        Pilot.title_en.ilike(like),
        exists().where(Challenge.id == Pilot.challenge_id, Challenge.code == words),
        exists().where(
            Organization.id.in_((Pilot.agency_id, Pilot.startup_id)),
            or_(Organization.name_zh.ilike(like), Organization.name_en.ilike(like)),
        ),
    )


def _rows() -> Select[Pilot]:
    """What a list shows of a pilot."""
    return select(Pilot).options(
        joinedload(Pilot.challenge).selectinload(Challenge.texts),
        joinedload(Pilot.agency),
        joinedload(Pilot.startup),
        joinedload(Pilot.assessment),
        selectinload(Pilot.milestones).load_only(
            Milestone.pilot_id, Milestone.state, Milestone.due_on, Milestone.position
        ),
    )


def _page(where: Sequence[ColumnElement[bool]], offset: int, limit: int) -> Listed:
    total = db.session.scalar(select(func.count(Pilot.id)).where(*where)) or 0
    rows = db.session.execute(
        _rows().where(*where).order_by(Pilot.created_at.desc(), Pilot.id.desc()).offset(offset).limit(limit)
    ).scalars()
    return Listed(rows.all(), total)


def list_pilots(
    actor: Actor,
    *,
    today: date,
    state: PilotState | None = None,
    late: bool = False,
    words: str = "",
    offset: int = 0,
    limit: int = 20,
) -> Listed:
    """The pilots of this person's organisation, all of them for staff; the latest first."""
    where: list[ColumnElement[bool]] = [_mine(actor)]
    if state is not None:
        where.append(Pilot.state == state)
    if late:
        where.append(_late(today))
    if words:
        where.append(_alike(words))
    return _page(where, offset, limit)


def _public() -> ColumnElement[bool]:
    return Pilot.started_at.is_not(None)


def public_pilot(ref: str) -> Pilot:
    """A pilot that has started, for everybody; NotFound before."""
    row = db.session.execute(_whole().where(Pilot.ref == ref, _public())).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def list_public(
    *,
    state: PilotState | None = None,
    need_met: NeedMet | None = None,
    domain: Domain | None = None,
    words: str = "",
    offset: int = 0,
    limit: int = 20,
) -> Listed:
    """The pilots that have started, for everybody; the latest first."""
    where: list[ColumnElement[bool]] = [_public()]
    if state is not None:
        where.append(Pilot.state == state)
    if need_met is not None:
        where.append(exists().where(Assessment.pilot_id == Pilot.id, Assessment.need_met == need_met))
    if domain is not None:
        where.append(exists().where(Challenge.id == Pilot.challenge_id, Challenge.domain == domain))
    if words:
        where.append(_alike(words))
    return _page(where, offset, limit)


def public_pilots_of(challenge_id: int) -> Sequence[Pilot]:
    """The started pilots of a challenge, for its public page."""
    return (
        db.session.execute(_rows().where(Pilot.challenge_id == challenge_id, _public()).order_by(Pilot.id))
        .scalars()
        .all()
    )


def has_follow_up(challenge_id: int) -> bool:
    """Has an advanced challenge been drafted from this one (R-094)?"""
    return bool(db.session.scalar(select(exists().where(Challenge.parent_id == challenge_id))))


# --- milestones across pilots ---


def _milestones() -> Select[Milestone]:
    return (
        select(Milestone)
        .join(Milestone.pilot)
        .options(
            contains_eager(Milestone.pilot).options(
                joinedload(Pilot.challenge), joinedload(Pilot.agency), joinedload(Pilot.startup)
            ),
            joinedload(Milestone.paid),
        )
    )


def coming_due(today: date) -> Sequence[Milestone]:
    """Milestones of running pilots that are due within the days of the reminder."""
    return (
        db.session.execute(
            _milestones()
            .where(
                Pilot.state == PilotState.RUNNING,
                Milestone.state.in_([MilestoneState.PLANNED, MilestoneState.RETURNED]),
                Milestone.due_on.between(today, today + REMIND_BEFORE),
            )
            .order_by(Milestone.due_on, Milestone.id)
        )
        .scalars()
        .all()
    )


def late_milestones(today: date) -> Sequence[Milestone]:
    """Milestones that are late on this day."""
    return (
        db.session.execute(
            _milestones()
            .where(shown_expression(today) == MilestoneState.LATE.value)
            .order_by(Milestone.due_on, Milestone.id)
        )
        .scalars()
        .all()
    )


def all_milestones() -> Sequence[Milestone]:
    """Every milestone with its pilot, for the staff's export."""
    return db.session.execute(_milestones().order_by(Milestone.pilot_id, Milestone.position)).scalars().all()


def unpaid_milestones() -> Sequence[Milestone]:
    """Accepted milestones whose payment has not been recorded, the earliest accepted first."""
    return (
        db.session.execute(
            _milestones()
            .where(Milestone.state == MilestoneState.ACCEPTED, Milestone.payment > 0, ~Milestone.paid.has())
            .order_by(Milestone.decided_at, Milestone.id)
        )
        .scalars()
        .all()
    )


def concludable() -> Sequence[Pilot]:
    """The last pilot of each challenge in pilot whose pilots are all assessed or ended."""
    last = (
        select(func.max(Pilot.id))
        .group_by(Pilot.challenge_id)
        .having(func.count(case((Pilot.state.not_in(DONE), 1))) == 0)
    )
    return (
        db.session.execute(
            select(Pilot)
            .join(Pilot.challenge)
            .where(Pilot.id.in_(last), Challenge.state == ChallengeState.IN_PILOT)
            .options(contains_eager(Pilot.challenge).selectinload(Challenge.texts))
            .order_by(Pilot.id)
        )
        .scalars()
        .all()
    )


# --- what waits for somebody ---


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits for the reader: its kind, the pilot, and the milestone where it is about one."""

    kind: str
    pilot: Pilot
    milestone: Milestone | None = None
    late: bool = False


def tasks_of(actor: Actor, now: datetime) -> list[Task]:
    """What waits for this person's side in its living pilots."""
    if actor.organization_id is None or actor.is_staff:
        return []
    pilots = db.session.execute(
        _whole()
        .where(_mine(actor), Pilot.state.in_([PilotState.PREPARING, PilotState.RUNNING]))
        .order_by(Pilot.id)
        .limit(50)
    ).scalars()
    return [task for pilot in pilots for task in _tasks(actor, pilot, now)]


def _tasks(actor: Actor, pilot: Pilot, now: datetime) -> list[Task]:
    made = []
    if policies.can_edit_plan(actor, pilot, now) and policies.plan_gaps(pilot):
        made.append(Task("plan", pilot))
    if policies.can_agree(actor, pilot, now):
        made.append(Task("agree", pilot))
    if policies.can_start(actor, pilot, now):
        made.append(Task("start", pilot))
    today = local_day(now)
    for milestone in pilot.milestones:
        late = shown_state(pilot, milestone, today) is MilestoneState.LATE
        soon = late or milestone.due_on - today <= SOON or milestone.state is MilestoneState.RETURNED
        if soon and policies.can_hand_in(actor, pilot, milestone, now):
            made.append(Task("hand_in", pilot, milestone, late))
        if policies.can_decide(actor, pilot, milestone, now):
            made.append(Task("decide", pilot, milestone))
    if policies.side_of(actor, pilot) is Side.AGENCY and pilot.state is PilotState.RUNNING:
        ready = policies.can_assess(actor, pilot, now)
        if ready or (not ready and ready.reason is policies.MEASURES_OPEN):
            made.append(Task("assess", pilot))
    return made
