"""Orders: the list of one's side, the page of one, the answers and ends that need a reason."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.foundation import audit
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.orders import days, operations, progress, queries
from matchmaker.orders.forms import ExperienceForm, ReasonForm, SettleForm
from matchmaker.orders.models import CallOffOrder
from matchmaker.orders.policies import buying, ordering
from matchmaker.orders.routes import bp
from matchmaker.orders.states import (
    DELIVERY_LIFE,
    ORDER_LIFE,
    PARTY_LABELS,
    RESULT_LABELS,
    SETTLEMENT_LABELS,
    OrderState,
    Party,
)
from matchmaker.orders.steps import Step, Task, steps
from matchmaker.people import queries as people
from matchmaker.rulebook.reference import calendar
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import Bare, attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page, asked_text

SIDES = (Audience.AGENCY, Audience.STARTUP, Audience.STAFF)

HISTORY = {
    "order.place": N_("Order placed"),
    "order.confirm": N_("Accepted by the supplier"),
    "order.decline": N_("Declined by the supplier"),
    "order.cancel": N_("Order cancelled"),
    "order.deliver": N_("Delivery recorded"),
    "order.inspect": N_("Acceptance inspection recorded"),
    "order.certify": N_("Settlement certificate made"),
    "order.countersign": N_("Settlement certificate signed"),
    "order.pay": N_("Payment to the supplier recorded"),
    "order.close": N_("Order closed"),
    "order.dispute": N_("Dispute opened"),
    "order.settle": N_("Dispute settled"),
    "order.experience": N_("Experience written"),
    "paper.attached": N_("Paper attached"),
    "paper.taken_away": N_("Paper taken away"),
}


@bp.get("/orders")
@open_to(*SIDES)
def index() -> ResponseReturnValue:
    """The orders of one's side, with what is to be done next; all of them for staff."""
    state, waiting, page = asked("state", OrderState), asked("waiting", ("1",)), asked_page()
    listed = queries.list_orders(
        actor(),
        state=OrderState(state) if state else None,
        waiting=bool(waiting),
        words=asked_text(),
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return render_template(
        "orders/index.html",
        rows=[(row, steps(row.order, calendar())) for row in listed.rows],
        page=Page(page, listed.total),
        chosen={"state": state, "waiting": waiting, "q": asked_text()},
        life=ORDER_LIFE,
        today=local_day(g.now),
    )


@bp.get("/orders/<ref>")
@open_to(*SIDES)
def order(ref: str) -> ResponseReturnValue:
    """Everything about one order."""
    return render_template("orders/order.html", **shown(queries.order_for(actor(), ref)))


def shown(row: CallOffOrder) -> dict[str, Any]:
    """What the page of an order needs."""
    person, today, known = actor(), local_day(g.now), calendar()
    history = [entry for entry in audit.history(row.subject) if entry.type in HISTORY]
    lines = {line.id: line for line in row.lines}
    can, side = _decisions(row), ordering.side_of(person, row)
    return {
        "order": row,
        "entity": row,
        "side": side,
        "units": progress.units(row),
        "ledger": progress.ledger(row),
        "lines": lines,
        "steps": [(step, _turn(step, side, can)) for step in steps(row, known)],
        "turns": TURNS,
        "today": today,
        "warranties": progress.warranties(row),
        "pay_by": {
            each.id: days.pay_by(each, subsidy_asked=row.subsidy_asked, calendar=known)
            for each in row.certificates
        },
        "certify_by": {each.id: days.certify_by(each) for each in progress.inspections(row)},
        "inspect_by": {each.id: days.inspect_by(each) for each in row.deliveries},
        "accepted_value": {each.id: progress.accepted_value(row, each) for each in row.deliveries},
        "life": ORDER_LIFE,
        "delivery_life": DELIVERY_LIFE,
        "result_labels": RESULT_LABELS,
        "settlement_labels": SETTLEMENT_LABELS,
        "party_labels": PARTY_LABELS,
        "history": history,
        "history_labels": HISTORY,
        "names": people.names_by_ref([entry.actor_ref for entry in history]),
        "can": can,
    }


TURNS = {
    "you": (N_("Waiting for you"), "closing"),
    "colleague": (N_("Waiting for a colleague"), "judging"),
    "other": (N_("Waiting for the other side"), "draft"),
}


ACTS = {Task.ANSWER: "confirm", Task.CURE: "deliver"}
"""The act behind a task, where it has another name."""


def _turn(step: Step, side: Party | None, can: dict[str, Any]) -> str:
    """Whose turn a step is, seen by the reader: theirs, somebody else's on their side, or the other side's."""
    if step.task is Task.SETTLE and side is Party.STAFF:
        return "you"
    if side is not step.side:
        return "other"
    may = can[ACTS.get(step.task, str(step.task))]
    of = step.delivery or step.certificate
    if isinstance(may, dict) and of is not None:
        may = may[of.id]
    return "you" if may else "colleague"


def _decisions(row: CallOffOrder) -> dict[str, Any]:
    person, seats = actor(), queries.seats_of(row.agency_id)
    made: dict[str, Any] = {
        "confirm": ordering.can_confirm(person, row),
        "decline": ordering.can_decline(person, row),
        "cancel": ordering.can_cancel(person, row, seats),
        "deliver": ordering.can_deliver(person, row),
        "certify": ordering.can_certify(person, row, seats),
        "close": ordering.can_close(person, row, seats),
        "dispute": ordering.can_dispute(person, row, seats),
        "settle": ordering.can_settle(person, row, seats),
        "experience": ordering.can_write_experience(person, row, seats),
        "inspect": {each.id: ordering.can_inspect(person, row, each, seats) for each in row.deliveries},
        "sign": {each.id: ordering.can_countersign(person, row, each, seats) for each in row.certificates},
        "pay": {each.id: ordering.can_pay(person, row, each, seats) for each in row.certificates},
    }
    if ordering.side_of(person, row) is Party.AGENCY:
        items = queries.items_by_id(queries.items_of(row))
        made["again"] = buying.can_reorder(person, row, seats, items, row.agency, g.now)
    return made


STEPS: dict[str, Any] = {
    "confirm": (operations.confirm, "note", N_("Accepted. The agency is being told by mail.")),
    "decline": (operations.decline, "reason", N_("Declined. The agency is being told by mail.")),
    "cancel": (
        operations.cancel,
        "reason",
        N_("The order is cancelled. The other side is being told by mail."),
    ),
    "dispute": (
        operations.dispute,
        "reason",
        N_("The dispute is open. The other side is being told by mail."),
    ),
}


@bp.route("/orders/<ref>/steps/<step>", methods=["GET", "POST"])
@open_to(*SIDES)
@writes
def take_step(ref: str, step: str) -> ResponseReturnValue:
    """A step that takes words: accept, decline, cancel, dispute."""
    if step not in STEPS:
        raise NotFound
    verb, name, done = STEPS[step]
    row = queries.order_for(actor(), ref)
    form, back = ReasonForm.of(row), url_for("orders.order", ref=row.ref)
    decision = _decisions(row)[step]
    context = {"step": step, "thing": row.title, "entity": row, "decision": decision, "back": back}
    if not form.is_submitted():
        return render_template("orders/step.html", form=form, **context)

    def act() -> ResponseReturnValue:
        verb(
            order=row,
            by=actor(),
            at=g.now,
            expected_version=form.version,
            **{name: form.reason.data or ""},
        )
        said(done)
        return redirect(back, 303)

    return attempt(form, act, template="orders/step.html", **context)


@bp.route("/orders/<ref>/settle", methods=["GET", "POST"])
@open_to(Audience.AGENCY, Audience.STAFF)
@writes
def settle(ref: str) -> ResponseReturnValue:
    """Record how a dispute was settled."""
    row = queries.order_for(actor(), ref)
    form, back = SettleForm.of(row), url_for("orders.order", ref=row.ref)
    context = {"order": row, "entity": row, "decision": _decisions(row)["settle"], "back": back}
    if not form.is_submitted():
        return render_template("orders/settle.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.settle(
            order=row,
            settlement=form.chosen,
            words=form.words.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Settled. Both sides are being told by mail."))
        return redirect(back, 303)

    return attempt(form, act, template="orders/settle.html", **context)


@bp.route("/orders/<ref>/experience", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def experience(ref: str) -> ResponseReturnValue:
    """Say how the order went."""
    row = queries.order_for(actor(), ref)
    form, back = ExperienceForm.of(row), url_for("orders.order", ref=row.ref)
    context = {
        "order": row,
        "entity": row.experience,
        "decision": _decisions(row)["experience"],
        "back": back,
    }
    if not form.is_submitted():
        return render_template("orders/experience.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.write_experience(
            order=row, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved. It is shown on the pages of the items ordered."))
        return redirect(back, 303)

    return attempt(form, act, template="orders/experience.html", **context)


@bp.post("/orders/<ref>/again")
@open_to(Audience.AGENCY)
@writes
def again(ref: str) -> ResponseReturnValue:
    """Order the same again: a requisition at the prices of now."""
    made = operations.order_again(order=queries.order_for(actor(), ref), by=actor(), at=g.now)
    said(N_("A requisition is ready, at the prices of today. Check it, then sign and hand it in."))
    return redirect(url_for("orders.requisition", ref=made.ref), 303)


@bp.post("/orders/<ref>/close")
@open_to(Audience.AGENCY)
@writes
def close(ref: str) -> ResponseReturnValue:
    """Close an order of which everything is paid."""
    row = queries.order_for(actor(), ref)
    operations.close(order=row, by=actor(), at=g.now, expected_version=Bare().version)
    said(N_("The order is closed."))
    return redirect(url_for("orders.order", ref=row.ref), 303)


@bp.get("/orders/warranties")
@open_to(*SIDES)
def warranties() -> ResponseReturnValue:
    """The warranties that still run, the earliest end first."""
    today = local_day(g.now)
    found = queries.warranties_of(actor(), today)
    page = asked_page()
    start = (page - 1) * PER_PAGE
    return render_template(
        "orders/warranties.html",
        rows=found[start : start + PER_PAGE],
        page=Page(page, len(found)),
        soon=today + days.WARRANTY_SOON,
    )
