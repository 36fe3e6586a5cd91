"""A startup's own items."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.catalog import operations, policies, queries
from matchmaker.catalog.forms import ItemForm, ReasonForm, Stored
from matchmaker.catalog.routes import bp, shown
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import require
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked_page


@bp.get("/supplier/items")
@open_to(Audience.STARTUP)
def own_items() -> ResponseReturnValue:
    """The items of the startup that the person acts for."""
    page = asked_page()
    listed = queries.of_supplier(
        actor(), today=local_day(g.now), offset=(page - 1) * PER_PAGE, limit=PER_PAGE
    )
    return render_template(
        "catalog/own_items.html",
        listed=listed,
        page=Page(page, listed.total),
        may_propose=policies.can_propose(actor(), people.own_organization(actor())),
        **shown.WORDS,
    )


@bp.route("/catalog/propose", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def propose() -> ResponseReturnValue:
    """Propose an item for the catalog."""
    own, form = people.own_organization(actor()), ItemForm()
    if not form.is_submitted() or form.change_rows():
        require(policies.can_propose(actor(), own))
        return render_template("catalog/propose.html", form=form)

    def act() -> ResponseReturnValue:
        item = operations.propose(supplier=own, facts=form.facts(), by=actor(), at=g.now)
        said(N_("Proposed. The programme office has been told. You can go on completing it."))
        return redirect(url_for("catalog.own_item", ref=item.ref), 303)

    return attempt(form, act, template="catalog/propose.html")


@bp.get("/supplier/items/<ref>")
@open_to(Audience.STARTUP)
def own_item(ref: str) -> ResponseReturnValue:
    """One of our items: what lacks, what counts, how it changed."""
    item = queries.item_for(actor(), ref)
    review = queries.open_application(item.id)
    return render_template(
        "catalog/own_item.html",
        review=review,
        applications=queries.applications_of(item.id),
        missing=policies.missing(item, item.current),
        requirements=policies.REQUIREMENTS,
        may_edit=policies.can_edit(actor(), item, g.now, review),
        may_add=policies.can_add_evidence(actor(), item, g.now, review),
        may_apply=policies.can_apply(actor(), item, g.now, review),
        may_change=policies.can_propose_change(actor(), item, g.now, review),
        capability=policies.capability_shown(item),
        may_withdraw=policies.can_withdraw(actor(), item, g.now),
        **shown.of(item),
    )


@bp.route("/supplier/items/<ref>/edit", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def edit_own_item(ref: str) -> ResponseReturnValue:
    """Complete a proposed item."""
    item = queries.item_for(actor(), ref)
    form, back = ItemForm.of(item), url_for("catalog.own_item", ref=ref)
    context = {"item": item, "entity": Stored(item), "back": back}
    if not form.is_submitted() or form.change_rows():
        require(policies.can_edit(actor(), item, g.now, queries.open_application(item.id)))
        return render_template("catalog/edit_item.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.save_version(
            item=item, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Saved."))
        return redirect(back, 303)

    return attempt(form, act, template="catalog/edit_item.html", **context)


@bp.route("/supplier/items/<ref>/withdraw", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def withdraw_own_item(ref: str) -> ResponseReturnValue:
    """Take a proposal back."""
    item, form = queries.item_for(actor(), ref), ReasonForm()
    context = {"item": item, "move": "take_back", "back": url_for("catalog.own_item", ref=ref)}
    if not form.is_submitted():
        require(policies.can_withdraw(actor(), item, g.now))
        return render_template("catalog/reason.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.withdraw(item=item, reason=form.reason.data or "", by=actor(), at=g.now)
        said(N_("The proposal is taken back."))
        return redirect(url_for("catalog.own_items"), 303)

    return attempt(form, act, template="catalog/reason.html", **context)
