"""Disputes and how they end; what the agency says afterwards."""

from __future__ import annotations

from datetime import datetime

from matchmaker.foundation import bus
from matchmaker.foundation.db import check_version, db
from matchmaker.kernel.decision import Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, require
from matchmaker.kernel.words import N_
from matchmaker.orders import queries
from matchmaker.orders.events import DisputeSettled, ExperienceWritten, OrderDisputed, OrderEnded
from matchmaker.orders.facts import ExperienceFacts
from matchmaker.orders.models import CallOffOrder, Dispute, Experience
from matchmaker.orders.operations.placing import REASON_NEEDED, close_unfulfilled, tell, touch
from matchmaker.orders.policies import ordering
from matchmaker.orders.progress import is_accepted_once, stage, units
from matchmaker.orders.states import ORDER_LIFE, OrderState, Party, Settlement
from matchmaker.people.actor import Actor

WAITING_INSPECTION = Reason(
    "orders.waiting_inspection",
    N_("A delivery waits for its inspection. Let the order go on, inspect it, then end what is left."),
)
NOTE_NEEDED = Reason("orders.note_needed", N_("Say in a few sentences how it went."))
FITNESS_RANGE = Reason("orders.fitness_range", N_("Choose a number from 1 to 5."))


def dispute(
    *, order: CallOffOrder, reason: str, by: Actor, at: datetime, expected_version: int | None = None
) -> Dispute:
    """Either side says that something is wrong; the order halts until it is settled."""
    order = queries.held_order(order)
    require(ordering.can_dispute(by, order, queries.seats_of(order.agency_id)))
    check_version(order, expected_version)
    if not reason.strip():
        raise Invalid({"reason": deny(REASON_NEEDED)})
    side = ordering.side_of(by, order) or Party.AGENCY
    opened = Dispute(
        order_id=order.id,
        stood=order.state,
        side=side,
        opened_by=by.name,
        opened_at=at,
        reason=reason.strip(),
    )
    db.session.add(opened)
    order.state = ORDER_LIFE.next("dispute", order.state)
    touch(order, by, at)
    tell("dispute", order, by, at, {"reason": opened.reason, "stood": opened.stood, "side": side})
    bus.publish(OrderDisputed(at=at, order=order, dispute=opened, side=side))
    return opened


def settle(
    *,
    order: CallOffOrder,
    settlement: Settlement,
    words: str,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> CallOffOrder:
    """Record how a dispute was settled: the order goes on where it stood, or ends.

    Where it ends, what was accepted is certified and paid and the rest is struck; with nothing accepted it is
    cancelled.
    """
    order = queries.held_order(order)
    require(ordering.can_settle(by, order, queries.seats_of(order.agency_id)))
    check_version(order, expected_version)
    if not words.strip():
        raise Invalid({"words": deny(REASON_NEEDED)})
    open_ = next(each for each in order.disputes if each.settled_at is None)
    target = open_.stood if settlement is Settlement.GOES_ON else _end_short(order)
    open_.settlement, open_.words = settlement, words.strip()
    open_.settled_by, open_.settled_at = by.name, at
    order.state = ORDER_LIFE.next(f"settle_{target}", order.state)
    if target is OrderState.CANCELLED:
        close_unfulfilled(order, ordering.side_of(by, order) or Party.STAFF, words, by, at)
    touch(order, by, at)
    tell("settle", order, by, at, {"settlement": settlement, "words": open_.words, "state": order.state})
    bus.publish(DisputeSettled(at=at, order=order, dispute=open_))
    if target is OrderState.CANCELLED:
        bus.publish(OrderEnded(at=at, order=order))
    return order


def _end_short(order: CallOffOrder) -> OrderState:
    """Strike what was not accepted; the state that follows."""
    if any(row.waiting for row in units(order)):
        raise Invalid({"settlement": deny(WAITING_INSPECTION)})
    if not is_accepted_once(order):
        return OrderState.CANCELLED
    for row in units(order):
        row.line.struck += row.left
    db.session.flush()
    return stage(order)


def write_experience(
    *,
    order: CallOffOrder,
    facts: ExperienceFacts,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
) -> Experience:
    """Say how the order went, or change what was said; earlier words stay in the audit chain."""
    order = queries.held_order(order)
    require(ordering.can_write_experience(by, order, queries.seats_of(order.agency_id)))
    _check_experience(facts)
    row = order.experience
    before = None if row is None else {"fitness": row.fitness, "note": row.note}
    if row is None:
        row = Experience(
            order_id=order.id,
            fitness=facts.fitness,
            note=facts.note.strip(),
            written_by=by.name,
            written_at=at,
        )
        order.experience = row
    else:
        check_version(row, expected_version)
        row.fitness, row.note = facts.fitness, facts.note.strip()
        row.written_by, row.written_at = by.name, at
    row.touch(by=by.name, at=at)
    db.session.flush()
    body = {"fitness": row.fitness, "note": row.note, "before": before}
    tell("experience", order, by, at, body)
    bus.publish(ExperienceWritten(at=at, order=order, experience=row))
    return row


def _check_experience(facts: ExperienceFacts) -> None:
    problems: dict[str, Denied] = {}
    if not 1 <= facts.fitness <= 5:
        problems["fitness"] = deny(FITNESS_RANGE)
    if not facts.note.strip():
        problems["note"] = deny(NOTE_NEEDED)
    if problems:
        raise Invalid(problems)
