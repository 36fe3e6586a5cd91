"""The steps of a requisition: signing and returning, taking over prices, placing the order, dropping."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.kernel.errors import require
from matchmaker.kernel.words import N_
from matchmaker.orders import operations, queries
from matchmaker.orders.forms import PlaceForm, ReasonForm, WordsForm
from matchmaker.orders.policies import buying
from matchmaker.orders.routes import bp
from matchmaker.orders.routes.requisitions import shown
from matchmaker.orders.states import RequisitionState
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import Bare, attempt, said


@bp.post("/requisitions/<ref>/sign")
@open_to(Audience.AGENCY)
@writes
def sign(ref: str) -> ResponseReturnValue:
    """Sign at the desk whose turn it is; the case officer's signature hands it in."""
    row = queries.requisition_for(actor(), ref)
    form = WordsForm()
    first = row.state in (RequisitionState.DRAFT, RequisitionState.RETURNED)
    verb = operations.hand_in if first else operations.sign

    def act() -> ResponseReturnValue:
        verb(
            requisition=row,
            words=form.words.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Signed. The next desk is being told by mail."))
        return redirect(url_for("orders.requisition", ref=ref), 303)

    return attempt(form, act, template="orders/requisition.html", **shown(row))


@bp.post("/requisitions/<ref>/return")
@open_to(Audience.AGENCY)
@writes
def send_back(ref: str) -> ResponseReturnValue:
    """Return it to the case officer."""
    row, form = queries.requisition_for(actor(), ref), WordsForm()

    def act() -> ResponseReturnValue:
        operations.send_back(
            requisition=row,
            words=form.words.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Returned. The case officer is being told by mail."))
        return redirect(url_for("orders.requisition", ref=ref), 303)

    return attempt(form, act, template="orders/requisition.html", **shown(row))


@bp.post("/requisitions/<ref>/take-over")
@open_to(Audience.AGENCY)
@writes
def take_over(ref: str) -> ResponseReturnValue:
    """Read versions and prices anew."""
    row = queries.requisition_for(actor(), ref)
    operations.take_over(requisition=row, by=actor(), at=g.now, expected_version=Bare().version)
    said(N_("The prices are those of today. Sign and hand it in."))
    return redirect(url_for("orders.requisition", ref=ref), 303)


@bp.route("/requisitions/<ref>/place", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def place(ref: str) -> ResponseReturnValue:
    """Enter the number of the order that was made on the government e-procurement system."""
    row = queries.requisition_for(actor(), ref)
    form, seats = PlaceForm.of(row), queries.seats_of(row.agency_id)
    decision = buying.can_place(actor(), row, seats, queries.draft_of(row), g.now)
    context = {"requisition": row, "entity": row, "decision": decision}
    if not form.is_submitted():
        require(buying.can_prepare_placing(actor(), row, seats, g.now))
        return render_template("orders/place.html", form=form, **context)

    def act() -> ResponseReturnValue:
        order = operations.place(
            requisition=row,
            eproc_number=form.eproc_number.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("The order is placed. The supplier is being told by mail."))
        return redirect(url_for("orders.order", ref=order.ref), 303)

    return attempt(form, act, template="orders/place.html", **context)


@bp.route("/requisitions/<ref>/drop", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def drop(ref: str) -> ResponseReturnValue:
    """Give a purchase up."""
    row = queries.requisition_for(actor(), ref)
    form, back = ReasonForm.of(row), url_for("orders.requisition", ref=ref)
    decision = buying.can_drop(actor(), row, queries.seats_of(row.agency_id))
    context = {"step": "drop", "thing": row.title, "entity": row, "decision": decision, "back": back}
    if not form.is_submitted():
        return render_template("orders/step.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.drop(
            requisition=row,
            reason=form.reason.data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("The requisition is dropped."))
        return redirect(back, 303)

    return attempt(form, act, template="orders/step.html", **context)
