"""Panels as the programme office finds them, and the pool of jurors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.challenges.models import Challenge
from matchmaker.challenges.states import ChallengeState
from matchmaker.foundation.db import db
from matchmaker.foundation.outbox import Recipient
from matchmaker.judging.models import Panel, PanelDecision, PanelMember, ScoreSheet
from matchmaker.judging.policies import FORMABLE
from matchmaker.judging.states import PanelState
from matchmaker.kernel.dates import anniversary, end_of_day, local_day, start_of_day
from matchmaker.kernel.errors import NotFound
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.people.models import Membership, Organization, User
from matchmaker.people.states import OrganizationKind, Role
from matchmaker.proposals.models import Proposal

CONCERNED_YEARS = 3
"""How long a past employment or mandate still bars a juror (review rules art. 14, taken over as a default)."""


def panel_for_staff(actor: Actor, ref: str) -> Panel:
    """A panel by its reference, for the programme office."""
    panel = db.session.execute(
        select(Panel).where(Panel.ref == ref).options(joinedload(Panel.challenge))
    ).scalar_one_or_none()
    if panel is None or not actor.is_staff:
        raise NotFound
    return panel


def panel_of(challenge_id: int) -> Panel | None:
    """The panel of a challenge, where there is one."""
    return db.session.execute(select(Panel).where(Panel.challenge_id == challenge_id)).scalar_one_or_none()


def seat_for_staff(actor: Actor, panel: Panel, ref: str) -> PanelMember:
    """A live seat of the panel."""
    member = db.session.execute(
        select(PanelMember)
        .where(PanelMember.ref == ref, PanelMember.panel_id == panel.id, PanelMember.left_at.is_(None))
        .options(joinedload(PanelMember.user))
    ).scalar_one_or_none()
    if member is None or not actor.is_staff:
        raise NotFound
    return member


def sheet_for_staff(actor: Actor, panel: Panel, member_ref: str, proposal_ref: str) -> ScoreSheet:
    """The sheet of one member on one proposal, to be returned; its scores are not read here."""
    sheet = db.session.execute(
        select(ScoreSheet)
        .join(ScoreSheet.member)
        .join(ScoreSheet.proposal)
        .where(
            PanelMember.ref == member_ref,
            PanelMember.panel_id == panel.id,
            PanelMember.left_at.is_(None),
            Proposal.ref == proposal_ref,
        )
        .options(
            joinedload(ScoreSheet.member).joinedload(PanelMember.user),
            joinedload(ScoreSheet.proposal).joinedload(Proposal.organization),
        )
    ).scalar_one_or_none()
    if sheet is None or not actor.is_staff:
        raise NotFound
    return sheet


def decisions_of(panel_id: int) -> Sequence[PanelDecision]:
    """The decisions of a panel with their proposals, in order of the proposals' numbers."""
    return (
        db.session.execute(
            select(PanelDecision)
            .join(PanelDecision.proposal)
            .where(PanelDecision.panel_id == panel_id)
            .options(joinedload(PanelDecision.proposal).joinedload(Proposal.organization))
            .order_by(Proposal.number, Proposal.id)
        )
        .scalars()
        .all()
    )


def concerned(user_ids: Iterable[int], organization_ids: Iterable[int], now: datetime) -> dict[int, str]:
    """Which of these persons belong, or belonged within three years, to one of these bodies, and to which."""
    since = start_of_day(anniversary(local_day(now), -CONCERNED_YEARS))
    rows = db.session.execute(
        select(Membership.user_id, Organization)
        .join(Membership.organization)
        .where(
            Membership.user_id.in_(list(user_ids)),
            Membership.organization_id.in_(list(organization_ids)),
            or_(Membership.ended_at.is_(None), Membership.ended_at > since),
        )
        .order_by(Membership.id)
    )
    return {user_id: organization.name for user_id, organization in rows}


def pool(panel: Panel, words: str = "") -> list[Membership]:
    """Jurors who do not sit on the panel, found by name or occupation."""
    seated = set(
        db.session.scalars(
            select(PanelMember.user_id).where(PanelMember.panel_id == panel.id, PanelMember.left_at.is_(None))
        )
    )
    wanted = words.casefold()
    return [
        juror
        for juror in people.jurors()
        if juror.user_id not in seated
        and (wanted in juror.user.name.casefold() or wanted in juror.occupation.casefold())
    ]


def staff_list(*, state: PanelState | None, offset: int, limit: int) -> tuple[Sequence[Panel], int]:
    """Panels for the programme office, the latest first, and how many there are in all."""
    query = select(Panel)
    if state is not None:
        query = query.where(Panel.state == state)
    total = db.session.scalar(select(func.count()).select_from(query.with_only_columns(Panel.id).subquery()))
    rows = db.session.execute(
        query.options(
            joinedload(Panel.challenge).joinedload(Challenge.organization),
            joinedload(Panel.challenge).selectinload(Challenge.texts),
        )
        .order_by(Panel.created_at.desc(), Panel.id.desc())
        .offset(offset)
        .limit(limit)
    ).scalars()
    return rows.all(), total or 0


def waiting_for_staff(limit: int = 20) -> Sequence[tuple[Challenge, Panel | None]]:
    """Challenges whose panel waits for the programme office, nearest deadline first.

    Published ones without a panel are left out until they are closed: a panel may be formed then, it need not.
    """
    rows = db.session.execute(
        select(Challenge, Panel)
        .outerjoin(Panel, Panel.challenge_id == Challenge.id)
        .where(
            or_(
                and_(
                    Panel.id.is_(None),
                    Challenge.state.in_(FORMABLE - {ChallengeState.PUBLISHED, ChallengeState.CLOSED}),
                ),
                and_(Challenge.state == ChallengeState.JUDGING, Panel.state != PanelState.RELEASED),
            )
        )
        .options(selectinload(Challenge.texts))
        .order_by(Challenge.closes_at, Challenge.id)
        .limit(limit)
    )
    return [(challenge, panel) for challenge, panel in rows]


def due_on(now: datetime) -> Sequence[int]:
    """Panels whose scores are due today (in Taipei), by their keys."""
    today = local_day(now)
    return db.session.scalars(
        select(Panel.id)
        .join(Panel.challenge)
        .where(
            Panel.state.in_([PanelState.DECLARING, PanelState.SCORING]),
            Panel.scores_due_at >= start_of_day(today),
            Panel.scores_due_at < end_of_day(today),
            Challenge.state == ChallengeState.JUDGING,
        )
        .order_by(Panel.id)
    ).all()


def directors(*, besides: int | None) -> list[Recipient]:
    """The programme directors as recipients of mail, without one person."""
    users = db.session.execute(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(Membership.organization)
        .where(
            Organization.kind == OrganizationKind.PROGRAMME,
            Membership.role == Role.DIRECTOR,
            Membership.ended_at.is_(None),
            User.active,
            User.id != (besides or 0),
        )
        .order_by(User.id)
    ).scalars()
    return [people.recipient(user) for user in users]
