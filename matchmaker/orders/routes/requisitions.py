"""Requisitions: the agency's list, the page of one, the form with its lines."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.foundation import audit
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import require
from matchmaker.kernel.words import N_
from matchmaker.orders import operations, queries
from matchmaker.orders.forms import WordsForm, new_requisition, stored_requisition
from matchmaker.orders.models import Requisition
from matchmaker.orders.offers import differences
from matchmaker.orders.policies import buying
from matchmaker.orders.routes import bp
from matchmaker.orders.seats import CHAIN
from matchmaker.orders.states import REQUISITION_LIFE, VERDICT_LABELS, RequisitionState
from matchmaker.people import queries as people
from matchmaker.people.states import SIGN_OFF_LABELS
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page, asked_text

HISTORY = {
    "requisition.prepare": N_("Prepared"),
    "requisition.save": N_("Changed"),
    "requisition.sign": N_("Signed"),
    "requisition.return": N_("Returned"),
    "requisition.take_over": N_("New prices taken over"),
    "requisition.drop": N_("Dropped"),
}


@bp.get("/requisitions")
@open_to(Audience.AGENCY)
def requisitions() -> ResponseReturnValue:
    """The requisitions of one's agency, with what waits for oneself."""
    seats = queries.seats_of(actor().organization_id or 0)
    state, mine, page = asked("state", RequisitionState), asked("mine", ("1",)), asked_page()
    listed = queries.list_requisitions(
        actor(),
        seats,
        state=RequisitionState(state) if state else None,
        mine=bool(mine),
        words=asked_text(),
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return render_template(
        "orders/requisitions.html",
        rows=listed.rows,
        page=Page(page, listed.total),
        chosen={"state": state, "mine": mine, "q": asked_text()},
        life=REQUISITION_LIFE,
        desk_labels=SIGN_OFF_LABELS,
        desks=queries.my_desks(actor(), seats),
        empty_desks=seats.empty(),
        may_manage=actor().is_manager,
    )


@bp.route("/requisitions/new", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def new_requisition_page() -> ResponseReturnValue:
    """Prepare a requisition for an item and what the same supplier has beside it in the agreement."""
    item = queries.item_by_ref(request.args.get("item", ""))
    agency, today = people.own_organization(actor()), local_day(g.now)
    seats = queries.seats_of(agency.id)
    beside = queries.items_beside(item.supplier_id, item.framework_id or 0, today)
    form = new_requisition(beside, item, today)
    context = {
        "item": item,
        "requisition": None,
        "decision": buying.can_prepare_for(actor(), agency, seats, item, g.now),
        "back": url_for("catalog.public", ref=item.ref),
    }
    if not form.is_submitted() or form.change_rows():
        return render_template("orders/edit_requisition.html", form=form, **context)

    def act() -> ResponseReturnValue:
        made = operations.prepare(agency=agency, item=item, facts=form.facts(), by=actor(), at=g.now)
        said(N_("Saved as a draft. Check it, then sign and hand it in."))
        return redirect(url_for("orders.requisition", ref=made.ref), 303)

    return attempt(form, act, template="orders/edit_requisition.html", **context)


@bp.route("/requisitions/<ref>/edit", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def edit_requisition(ref: str) -> ResponseReturnValue:
    """Change what is asked for, while it is a draft or was returned."""
    row = queries.requisition_for(actor(), ref)
    beside = queries.items_beside(row.supplier_id, row.framework_id, local_day(g.now))
    form, back = stored_requisition(beside, row), url_for("orders.requisition", ref=ref)
    decision = buying.can_edit(actor(), row, queries.seats_of(row.agency_id))
    context = {"item": None, "requisition": row, "entity": row, "decision": decision, "back": back}
    if not form.is_submitted() or form.change_rows():
        require(decision)
        return render_template("orders/edit_requisition.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.save(
            requisition=row, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved."))
        return redirect(back, 303)

    return attempt(form, act, template="orders/edit_requisition.html", **context)


@bp.get("/requisitions/<ref>")
@open_to(Audience.AGENCY)
def requisition(ref: str) -> ResponseReturnValue:
    """Everything about one requisition: lines, limits, desks, the next step."""
    row = queries.requisition_for(actor(), ref)
    return render_template("orders/requisition.html", form=WordsForm.of(row), **shown(row))


def shown(row: Requisition) -> dict[str, Any]:
    """What the page of a requisition needs."""
    person, seats, today = actor(), queries.seats_of(row.agency_id), local_day(g.now)
    history = [entry for entry in audit.history(row.subject) if entry.type in HISTORY]
    draft = queries.draft_of(row)
    living = row.state not in (RequisitionState.ORDERED, RequisitionState.DROPPED)
    return {
        "requisition": row,
        "entity": row,
        "changes": {each.line.id: each for each in differences(row)} if living else {},
        "gaps": buying.gaps(row) if living else [],
        "broken": buying.limit_denials(draft, today) if living and row.lines else [],
        "draft": draft,
        "living": living,
        "chain": CHAIN,
        "seats": seats,
        "signed": {each.desk: each for each in row.signatures if each.round == row.round},
        "life": REQUISITION_LIFE,
        "desk_labels": SIGN_OFF_LABELS,
        "verdict_labels": VERDICT_LABELS,
        "history": history,
        "history_labels": HISTORY,
        "names": people.names_by_ref([entry.actor_ref for entry in history]),
        "can": {
            "edit": buying.can_edit(person, row, seats),
            "hand_in": buying.can_hand_in(person, row, seats, g.now),
            "sign": buying.can_sign(person, row, seats, g.now),
            "return": buying.can_return(person, row, seats),
            "take_over": buying.can_take_over(person, row, seats),
            "place": buying.can_place(person, row, seats, draft, g.now),
            "drop": buying.can_drop(person, row, seats),
        },
    }
