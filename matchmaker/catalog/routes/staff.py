"""The programme office: items to list and look after, framework agreements, adoptions."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.catalog import operations, policies, queries
from matchmaker.catalog.forms import (
    AdoptionForm,
    ItemForm,
    ListForm,
    ReasonForm,
    Stored,
)
from matchmaker.catalog.routes import bp, shown
from matchmaker.catalog.states import TAKES_ITEMS, ItemState
from matchmaker.foundation import audit
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import require
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import Bare, attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page, asked_text


@bp.get("/staff/items")
@open_to(Audience.STAFF)
def items() -> ResponseReturnValue:
    """All items, those that wait to be listed first."""
    state, page = asked("state", ItemState), asked_page()
    listed = queries.list_for_staff(
        today=local_day(g.now),
        state=ItemState(state) if state else None,
        words=asked_text(),
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return render_template(
        "catalog/staff_items.html",
        listed=listed,
        page=Page(page, listed.total),
        chosen={"state": state, "q": asked_text()},
        **shown.WORDS,
    )


@bp.get("/staff/items/<ref>")
@open_to(Audience.STAFF)
def item(ref: str) -> ResponseReturnValue:
    """One item: what lacks, what can be done, what happened."""
    row = queries.item_for(actor(), ref)
    history = audit.history(row.subject)
    return render_template(
        "catalog/staff_item.html",
        review=queries.open_application(row.id),
        missing=policies.missing(row, row.current),
        requirements=policies.REQUIREMENTS,
        may_edit=policies.can_edit(actor(), row, g.now),
        may_list=policies.can_prepare_listing(actor(), row, g.now),
        may_suspend=policies.can_suspend(actor(), row, g.now),
        may_resume=policies.can_resume(actor(), row, g.now),
        may_withdraw=policies.can_withdraw(actor(), row, g.now),
        may_adopt=policies.can_record_adoption(actor(), row),
        history=history,
        event_labels=EVENT_LABELS,
        names=people.names_by_ref([entry.actor_ref for entry in history]),
        **shown.of(row),
    )


EVENT_LABELS = {
    "item.proposed": N_("Proposed"),
    "item.saved": N_("Changed while proposed"),
    "item.listed": N_("Listed"),
    "item.version": N_("New version"),
    "item.suspend": N_("Supply suspended"),
    "item.resume": N_("Supply resumed"),
    "item.withdraw": N_("Delisted"),
    "item.evidence_added": N_("Evidence added"),
    "item.evidence_removed": N_("Evidence removed"),
    "item.applied": N_("Handed to the review board"),
    "item.application_return": N_("Returned by the review board"),
    "item.application_approve": N_("Approved by the review board"),
    "item.application_refuse": N_("Refused by the review board"),
    "item.application_withdraw": N_("Application withdrawn"),
    "item.price_reported": N_("Better price reported"),
    "item.price_offer": N_("Better price offered to the supplier"),
    "item.price_accept": N_("Lower price accepted"),
    "item.price_refuse": N_("Lower price refused"),
    "item.price_dismiss": N_("Report dismissed"),
    "item.adoption_recorded": N_("Adoption recorded"),
    "item.adoption_removed": N_("Adoption removed"),
}


@bp.route("/staff/items/<ref>/edit", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def edit_item(ref: str) -> ResponseReturnValue:
    """Change words and price; of a listed item this makes a new version."""
    row = queries.item_for(actor(), ref)
    form, back = ItemForm.of(row), url_for("catalog.item", ref=ref)
    context = {"item": row, "entity": Stored(row), "back": back}
    if not form.is_submitted() or form.change_rows():
        require(policies.can_edit(actor(), row, g.now))
        return render_template("catalog/edit_item.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.save_version(
            item=row, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved."))
        return redirect(back, 303)

    return attempt(form, act, template="catalog/edit_item.html", **context)


@bp.route("/staff/items/<ref>/list", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def list_item(ref: str) -> ResponseReturnValue:
    """Take an item into the catalog, in an agreement that takes items today."""
    row = queries.item_for(actor(), ref)
    review = queries.open_application(row.id)
    if review is not None:
        return redirect(url_for("catalog.application", ref=review.ref), 303)
    agreements = queries.frameworks_in(TAKES_ITEMS, local_day(g.now))
    form = ListForm(agreements)
    fits = shown.fits(agreements, lambda a, lot: policies.can_list(actor(), row, a, g.now, lot))
    context = {"item": row, "agreements": agreements, "fits": fits}
    if not form.is_submitted():
        require(policies.can_prepare_listing(actor(), row, g.now))
        form.expected_version.data = str(row.version)
        return render_template("catalog/list_item.html", form=form, **context)

    def act() -> ResponseReturnValue:
        framework, lot = form.chosen
        operations.list_item(
            item=row, framework=framework, lot=lot, by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Listed. The supplier is being told by mail."))
        return redirect(url_for("catalog.item", ref=ref), 303)

    return attempt(form, act, template="catalog/list_item.html", entity=row, **context)


@bp.route("/staff/items/<ref>/suspend", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def suspend(ref: str) -> ResponseReturnValue:
    return _with_reason(ref, "suspend")


@bp.route("/staff/items/<ref>/withdraw", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def withdraw(ref: str) -> ResponseReturnValue:
    return _with_reason(ref, "withdraw")


def _with_reason(ref: str, move: str) -> ResponseReturnValue:
    """Suspend or withdraw, for a reason that the page and the mail will show."""
    row, form = queries.item_for(actor(), ref), ReasonForm()
    may, verb = {
        "suspend": (policies.can_suspend, operations.suspend),
        "withdraw": (policies.can_withdraw, operations.withdraw),
    }[move]
    context = {"item": row, "move": move, "back": url_for("catalog.item", ref=ref)}
    if not form.is_submitted():
        require(may(actor(), row, g.now))
        form.expected_version.data = str(row.version)
        return render_template("catalog/reason.html", form=form, **context)

    def act() -> ResponseReturnValue:
        verb(item=row, reason=form.reason.data or "", by=actor(), at=g.now, expected_version=form.version)
        said(N_("Saved. The supplier is being told by mail."))
        return redirect(url_for("catalog.item", ref=ref), 303)

    return attempt(form, act, template="catalog/reason.html", entity=row, **context)


@bp.post("/staff/items/<ref>/resume")
@open_to(Audience.STAFF)
@writes
def resume(ref: str) -> ResponseReturnValue:
    """Let the supply go on."""
    row, form = queries.item_for(actor(), ref), Bare()
    operations.resume(item=row, by=actor(), at=g.now, expected_version=form.version)
    said(N_("Saved. The supplier is being told by mail."))
    return redirect(url_for("catalog.item", ref=ref), 303)


@bp.route("/staff/items/<ref>/adoptions", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def adopt(ref: str) -> ResponseReturnValue:
    """Record who adopted an item."""
    row, form = queries.item_for(actor(), ref), AdoptionForm(local_day(g.now))
    if not form.is_submitted():
        require(policies.can_record_adoption(actor(), row))
        return render_template("catalog/adoption.html", form=form, item=row)

    def act() -> ResponseReturnValue:
        operations.record_adoption(item=row, facts=form.facts(), by=actor(), at=g.now)
        said(N_("The adoption is recorded."))
        return redirect(url_for("catalog.item", ref=ref), 303)

    return attempt(form, act, template="catalog/adoption.html", item=row)


@bp.post("/staff/items/<ref>/adoptions/<adoption>/remove")
@open_to(Audience.STAFF)
@writes
def remove_adoption(ref: str, adoption: str) -> ResponseReturnValue:
    row = queries.item_for(actor(), ref)
    operations.remove_adoption(item=row, adoption=queries.adoption_for(row, adoption), by=actor(), at=g.now)
    said(N_("The adoption is removed."))
    return redirect(url_for("catalog.item", ref=ref), 303)
