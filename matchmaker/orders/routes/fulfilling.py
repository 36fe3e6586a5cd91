"""Deliveries, inspections, certificates and payments."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.words import N_
from matchmaker.orders import days, operations, progress, queries
from matchmaker.orders.forms import PayForm, delivery_form, inspection_form
from matchmaker.orders.policies import ordering
from matchmaker.orders.routes import bp
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import Bare, attempt, said


@bp.route("/orders/<ref>/deliver", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def deliver(ref: str) -> ResponseReturnValue:
    """The supplier records what it delivered."""
    row = queries.order_for(actor(), ref)
    form = delivery_form(row, progress.units(row), local_day(g.now))
    back = url_for("orders.order", ref=row.ref)
    context = {
        "order": row,
        "entity": row,
        "decision": ordering.can_deliver(actor(), row),
        "back": back,
    }
    if not form.is_submitted():
        return render_template("orders/deliver.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.deliver(order=row, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version)
        said(N_("Recorded. The agency is being told by mail, and its days to inspect begin."))
        return redirect(back, 303)

    return attempt(form, act, template="orders/deliver.html", **context)


@bp.route("/orders/<ref>/deliveries/<delivery>/inspect", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def inspect(ref: str, delivery: str) -> ResponseReturnValue:
    """The chief inspector records the acceptance inspection of a delivery."""
    row = queries.order_for(actor(), ref)
    part = queries.delivery_of(row, delivery)
    form, back = inspection_form(row, part, local_day(g.now)), url_for("orders.order", ref=row.ref)
    context = {
        "order": row,
        "entity": row,
        "delivery": part,
        "inspect_by": days.inspect_by(part),
        "decision": ordering.can_inspect(actor(), row, part, queries.seats_of(row.agency_id)),
        "back": back,
    }
    if not form.is_submitted():
        return render_template("orders/inspect.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.inspect(
            order=row,
            delivery=part,
            facts=form.facts(),
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Recorded. The supplier is being told by mail."))
        return redirect(back, 303)

    return attempt(form, act, template="orders/inspect.html", **context)


@bp.post("/orders/<ref>/certify")
@open_to(Audience.AGENCY)
@writes
def certify(ref: str) -> ResponseReturnValue:
    """The chief inspector makes the settlement certificate."""
    row = queries.order_for(actor(), ref)
    operations.certify(order=row, by=actor(), at=g.now, expected_version=Bare().version)
    said(N_("Made and signed by you. The supervisor is being told by mail."))
    return redirect(url_for("orders.order", ref=row.ref), 303)


@bp.post("/orders/<ref>/certificates/<certificate>/sign")
@open_to(Audience.AGENCY)
@writes
def countersign(ref: str, certificate: str) -> ResponseReturnValue:
    """The supervisor signs a settlement certificate."""
    row = queries.order_for(actor(), ref)
    operations.countersign(
        order=row,
        certificate=queries.certificate_of(row, certificate),
        by=actor(),
        at=g.now,
        expected_version=Bare().version,
    )
    said(N_("Signed. The accountant and the supplier are being told by mail."))
    return redirect(url_for("orders.order", ref=row.ref), 303)


@bp.route("/orders/<ref>/certificates/<certificate>/pay", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def pay(ref: str, certificate: str) -> ResponseReturnValue:
    """The accountant records what was paid on a certificate."""
    row = queries.order_for(actor(), ref)
    paper = queries.certificate_of(row, certificate)
    form, back = PayForm.of(row, paper, local_day(g.now)), url_for("orders.order", ref=row.ref)
    context = {
        "order": row,
        "entity": row,
        "certificate": paper,
        "decision": ordering.can_pay(actor(), row, paper, queries.seats_of(row.agency_id)),
        "back": back,
    }
    if not form.is_submitted():
        return render_template("orders/pay.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.record_payment(
            order=row,
            certificate=paper,
            facts=form.facts(),
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("The payment is recorded. The supplier is being told by mail."))
        return redirect(back, 303)

    return attempt(form, act, template="orders/pay.html", **context)
