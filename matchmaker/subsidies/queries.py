"""Reads of subsidised cases. A case is its agency's, and the programme office's once it was submitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.catalog.models import CatalogItem, FrameworkAgreement, ItemVersion
from matchmaker.catalog.states import ItemState
from matchmaker.foundation.db import db, lock
from matchmaker.kernel.dates import start_of_day
from matchmaker.kernel.errors import NotFound
from matchmaker.orders.models import CallOffOrder, OrderLine
from matchmaker.people.actor import Actor
from matchmaker.people.models import Membership, Organization, User
from matchmaker.subsidies.models import (
    CalendarKey,
    CaseLine,
    CaseOrder,
    CasePaper,
    Claim,
    LedgerEntry,
    PlanChange,
    PlanTermination,
    ReviewEntry,
    ReviewMeeting,
    SubsidyCase,
    SubsidyRound,
)
from matchmaker.subsidies.states import APPROVED_STATES, CaseState, EntryKind


def _whole() -> Select[SubsidyCase]:
    """A case with all that its page shows."""
    papers = selectinload(SubsidyCase.papers).joinedload(CasePaper.file)
    return select(SubsidyCase).options(
        joinedload(SubsidyCase.round),
        joinedload(SubsidyCase.agency).joinedload(Organization.county),
        joinedload(SubsidyCase.review).joinedload(ReviewEntry.meeting),
        joinedload(SubsidyCase.approval),
        joinedload(SubsidyCase.revocation),
        selectinload(SubsidyCase.lines).joinedload(CaseLine.item).joinedload(CatalogItem.framework),
        papers,
        selectinload(SubsidyCase.letters),
        selectinload(SubsidyCase.entries),
        selectinload(SubsidyCase.orders),
        selectinload(SubsidyCase.claims).selectinload(Claim.papers).joinedload(CasePaper.file),
        selectinload(SubsidyCase.changes).options(
            selectinload(PlanChange.papers).joinedload(CasePaper.file), selectinload(PlanChange.signatures)
        ),
        selectinload(SubsidyCase.terminations).options(
            selectinload(PlanTermination.papers).joinedload(CasePaper.file),
            selectinload(PlanTermination.signatures),
        ),
        selectinload(SubsidyCase.extensions),
        selectinload(SubsidyCase.reservations),
        selectinload(SubsidyCase.cuts),
        selectinload(SubsidyCase.inspections),
        selectinload(SubsidyCase.notices),
        selectinload(SubsidyCase.repayments),
    )


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Which cases this person may know of."""
    if actor.is_staff:
        return SubsidyCase.submitted_at.is_not(None)
    return SubsidyCase.agency_id == (actor.organization_id or 0)


def case_for(actor: Actor, ref: str) -> SubsidyCase:
    """A case of this person's agency, or any submitted one for staff; NotFound otherwise."""
    row = (
        db.session.execute(_whole().where(SubsidyCase.ref == ref, _mine(actor))).unique().scalar_one_or_none()
    )
    if row is None:
        raise NotFound
    return row


def case_by_id(case_id: int) -> SubsidyCase:
    """The whole case, without asking who reads: for notices and jobs."""
    return db.session.execute(_whole().where(SubsidyCase.id == case_id)).unique().scalar_one()


def held(case: SubsidyCase) -> SubsidyCase:
    """The case locked until the end of the transaction, with its parts as they are stored now."""
    lock(SubsidyCase, case.id)
    return (
        db.session.execute(
            _whole().where(SubsidyCase.id == case.id).execution_options(populate_existing=True)
        )
        .unique()
        .scalar_one()
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of a page and how many there are in all."""

    rows: Sequence[SubsidyCase]
    total: int


def list_cases(
    actor: Actor, *, state: CaseState | None = None, words: str = "", offset: int = 0, limit: int = 20
) -> Listed:
    """The cases this person may know of, the newest first; whole, so that a list can say what each waits for."""
    query = _whole().join(SubsidyCase.agency).where(_mine(actor))
    if state is not None:
        query = query.where(SubsidyCase.state == state)
    for word in words.split()[:8]:
        columns = (
            SubsidyCase.title_zh,
            SubsidyCase.title_en,
            SubsidyCase.code,
            Organization.name_zh,
            Organization.name_en,
        )
        query = query.where(or_(*(c.icontains(word, autoescape=True) for c in columns)))
    total = db.session.scalar(
        select(func.count()).select_from(query.with_only_columns(SubsidyCase.id).subquery())
    )
    rows = db.session.execute(
        query.order_by(SubsidyCase.created_at.desc(), SubsidyCase.id.desc()).offset(offset).limit(limit)
    ).unique()
    return Listed(rows.scalars().all(), total or 0)


LIVING = (CaseState.CURE, CaseState.RUNNING, CaseState.SETTLED, CaseState.TERMINATED, CaseState.REVOKED)


def living(actor: Actor | None = None) -> Sequence[SubsidyCase]:
    """Cases in which something may still fall due, whole; of this person's, or of everybody's for jobs."""
    query = _whole().where(SubsidyCase.state.in_(LIVING)).order_by(SubsidyCase.id)
    if actor is not None:
        query = query.where(_mine(actor))
    return db.session.execute(query).unique().scalars().all()


def count_waiting(actor: Actor) -> dict[CaseState, int]:
    """How many cases stand in each state, for the front page."""
    rows = db.session.execute(
        select(SubsidyCase.state, func.count()).where(_mine(actor)).group_by(SubsidyCase.state)
    )
    return {row[0]: row[1] for row in rows}


# --- rounds and meetings ---


def rounds() -> Sequence[SubsidyRound]:
    """Every round, the newest first."""
    return (
        db.session.execute(select(SubsidyRound).order_by(SubsidyRound.year.desc(), SubsidyRound.id.desc()))
        .scalars()
        .all()
    )


def open_rounds(today: date) -> Sequence[SubsidyRound]:
    """The rounds that take applications today."""
    return (
        db.session.execute(
            select(SubsidyRound)
            .where(SubsidyRound.opens_on <= today, SubsidyRound.closes_on >= today)
            .order_by(SubsidyRound.closes_on)
        )
        .scalars()
        .all()
    )


def round_by_ref(ref: str) -> SubsidyRound:
    """A round by its reference, or NotFound."""
    row = db.session.execute(select(SubsidyRound).where(SubsidyRound.ref == ref)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def is_round_code_taken(code: str) -> bool:
    return bool(db.session.scalar(select(exists().where(SubsidyRound.code == code))))


def approved_in(round_id: int) -> int:
    """What the approvals of a round add up to, less what is never paid any more, in NT$."""
    sums = dict(
        db.session.execute(
            select(LedgerEntry.kind, func.sum(LedgerEntry.amount))
            .join(SubsidyCase, SubsidyCase.id == LedgerEntry.case_id)
            .where(SubsidyCase.round_id == round_id)
            .group_by(LedgerEntry.kind)
        ).all()
    )
    return int(sums.get(EntryKind.APPROVED, 0)) - int(sums.get(EntryKind.REDUCED, 0))


def budget_left(round_: SubsidyRound) -> int:
    """What is left of the round's budget, in NT$; never below zero."""
    return max(0, round_.budget - approved_in(round_.id))


def meetings_of(round_: SubsidyRound) -> Sequence[ReviewMeeting]:
    return (
        db.session.execute(
            select(ReviewMeeting)
            .where(ReviewMeeting.round_id == round_.id)
            .options(
                selectinload(ReviewMeeting.entries)
                .joinedload(ReviewEntry.case)
                .joinedload(SubsidyCase.agency)
            )
            .order_by(ReviewMeeting.held_on)
        )
        .scalars()
        .all()
    )


def meeting_by_ref(ref: str) -> ReviewMeeting:
    """A meeting with its round and ranking, or NotFound."""
    row = db.session.execute(
        select(ReviewMeeting)
        .where(ReviewMeeting.ref == ref)
        .options(
            joinedload(ReviewMeeting.round),
            selectinload(ReviewMeeting.entries).joinedload(ReviewEntry.case).joinedload(SubsidyCase.agency),
        )
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def reviewable(round_: SubsidyRound, meeting: ReviewMeeting | None = None) -> Sequence[SubsidyCase]:
    """Complete cases of the round that no other meeting has ranked."""
    elsewhere = exists().where(
        and_(
            ReviewEntry.case_id == SubsidyCase.id,
            ReviewEntry.meeting_id != (meeting.id if meeting is not None else 0),
        )
    )
    return (
        db.session.execute(
            select(SubsidyCase)
            .where(SubsidyCase.round_id == round_.id, SubsidyCase.state == CaseState.COMPLETE, ~elsewhere)
            .options(joinedload(SubsidyCase.agency), joinedload(SubsidyCase.review))
            .order_by(SubsidyCase.submitted_at, SubsidyCase.id)
        )
        .scalars()
        .all()
    )


# --- things around ---


def listed_items(today: date) -> Sequence[tuple[CatalogItem, ItemVersion]]:
    """Items that can be in a plan: listed today and with a price, by title."""
    rows = db.session.execute(
        select(CatalogItem, ItemVersion)
        .join(
            ItemVersion,
            and_(ItemVersion.item_id == CatalogItem.id, ItemVersion.number == CatalogItem.current_version),
        )
        .join(FrameworkAgreement, FrameworkAgreement.id == CatalogItem.framework_id)
        .where(
            CatalogItem.state == ItemState.LISTED,
            FrameworkAgreement.ends_on >= today,
            ItemVersion.unit_price.is_not(None),
        )
        .order_by(ItemVersion.title_zh)
        .limit(300)
    ).all()
    return [(item, version) for item, version in rows]


def listed_item(ref: str, today: date) -> tuple[CatalogItem, ItemVersion] | None:
    """The item of this reference where it is listed today and has a price."""
    row = db.session.execute(
        select(CatalogItem, ItemVersion)
        .join(
            ItemVersion,
            and_(ItemVersion.item_id == CatalogItem.id, ItemVersion.number == CatalogItem.current_version),
        )
        .join(FrameworkAgreement, FrameworkAgreement.id == CatalogItem.framework_id)
        .where(
            CatalogItem.ref == ref,
            CatalogItem.state == ItemState.LISTED,
            FrameworkAgreement.ends_on >= today,
            ItemVersion.unit_price.is_not(None),
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def order_placed_here(number: str, agency_id: int) -> CallOffOrder | None:
    """The agency's order of this e-procurement number that was placed on the platform and still stands."""
    return db.session.execute(
        select(CallOffOrder)
        .where(
            CallOffOrder.eproc_number == number,
            CallOffOrder.agency_id == agency_id,
            CallOffOrder.ended_at.is_(None),
        )
        .options(selectinload(CallOffOrder.lines))
    ).scalar_one_or_none()


MOST_ORDERS = 50
"""How many orders a form offers to link."""


def orders_to_link(case: SubsidyCase) -> Sequence[CallOffOrder]:
    """The agency's standing orders of the plan's items that no case has yet, placed since the approval; newest first.

    Needs ``approval`` and ``lines``.
    """
    if case.approval is None:
        return ()
    planned = [line.item_id for line in case.lines]
    return (
        db.session.execute(
            select(CallOffOrder)
            .where(
                CallOffOrder.agency_id == case.agency_id,
                CallOffOrder.ended_at.is_(None),
                CallOffOrder.placed_at >= start_of_day(case.approval.approved_on),
                exists().where(OrderLine.order_id == CallOffOrder.id, OrderLine.item_id.in_(planned)),
                ~exists().where(CaseOrder.order_ref == CallOffOrder.ref),
            )
            .options(selectinload(CallOffOrder.lines))
            .order_by(CallOffOrder.placed_at.desc(), CallOffOrder.id.desc())
            .limit(MOST_ORDERS)
        )
        .scalars()
        .all()
    )


def eligible_worth(case: SubsidyCase, order: CallOffOrder) -> int:
    """What the plan's items in an order are worth in NT$, tax included, without what was struck (R-050)."""
    planned = {line.item_id for line in case.lines}
    return sum(
        (line.quantity - line.struck) * line.unit_price for line in order.lines if line.item_id in planned
    )


def case_of_order(order_ref: str) -> SubsidyCase | None:
    """The whole case that an order of the platform belongs to."""
    case_id = db.session.scalar(select(CaseOrder.case_id).where(CaseOrder.order_ref == order_ref))
    return None if case_id is None else case_by_id(case_id)


def users_by_id(ids: Sequence[int]) -> Sequence[User]:
    return db.session.execute(select(User).where(User.id.in_(list(ids)))).scalars().all()


def paper_of(case: SubsidyCase, ref: str) -> CasePaper:
    """A paper of a case that was found for the reader already."""
    found = next((paper for paper in case.papers if paper.ref == ref), None)
    if found is None:
        raise NotFound
    return found


def calendar_key(user_id: int, organization_id: int) -> CalendarKey | None:
    return db.session.execute(
        select(CalendarKey).where(
            CalendarKey.user_id == user_id, CalendarKey.organization_id == organization_id
        )
    ).scalar_one_or_none()


def calendar_owner(user_ref: str, organization_ref: str) -> CalendarKey | None:
    """The key of a person in an organisation, while the person is active and still belongs there."""
    return db.session.execute(
        select(CalendarKey)
        .join(User, User.id == CalendarKey.user_id)
        .join(Organization, Organization.id == CalendarKey.organization_id)
        .join(
            Membership,
            and_(
                Membership.user_id == CalendarKey.user_id,
                Membership.organization_id == CalendarKey.organization_id,
            ),
        )
        .where(
            User.ref == user_ref,
            Organization.ref == organization_ref,
            User.active,
            Membership.ended_at.is_(None),
        )
        .options(joinedload(CalendarKey.user))
    ).scalar_one_or_none()


# --- forecast ---


@dataclass(frozen=True, slots=True)
class Money:
    """Sums of one case for the forecast, with who and which round."""

    case: SubsidyCase
    sums: dict[EntryKind, int]


def money_of_cases() -> list[Money]:
    """Every approved case with its ledger sums, in two queries."""
    cases = db.session.execute(
        select(SubsidyCase)
        .where(SubsidyCase.state.in_(APPROVED_STATES))
        .options(
            joinedload(SubsidyCase.round),
            joinedload(SubsidyCase.agency).joinedload(Organization.county),
            joinedload(SubsidyCase.approval),
        )
        .order_by(SubsidyCase.id)
    ).scalars()
    sums: dict[int, dict[EntryKind, int]] = {}
    rows = db.session.execute(
        select(LedgerEntry.case_id, LedgerEntry.kind, func.sum(LedgerEntry.amount)).group_by(
            LedgerEntry.case_id, LedgerEntry.kind
        )
    )
    for case_id, kind, amount in rows:
        sums.setdefault(case_id, {})[kind] = int(amount)
    return [Money(case, sums.get(case.id, {})) for case in cases]
