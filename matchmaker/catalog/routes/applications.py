"""Evidence and applications: the supplier asks, the price and specification review board answers."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.catalog import operations, policies, queries
from matchmaker.catalog.facts import ItemFacts
from matchmaker.catalog.forms import EvidenceForm, ItemForm, ListForm, review_form
from matchmaker.catalog.models import ListingApplication
from matchmaker.catalog.routes import bp, shown
from matchmaker.catalog.states import TAKES_APPLICATIONS, ApplicationKind, ApplicationState
from matchmaker.catalog.versions import differences
from matchmaker.foundation import files
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import Invalid, NotFound, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.downloads import attachment
from matchmaker.web.forms import Bare, attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page

# --- evidence ---


@bp.route("/supplier/items/<ref>/evidence", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def add_evidence(ref: str) -> ResponseReturnValue:
    """Add what shows our capability; a government track record is not asked for."""
    item, form = queries.item_for(actor(), ref), EvidenceForm()
    if not form.is_submitted():
        require(policies.can_add_evidence(actor(), item, g.now, queries.open_application(item.id)))
        return render_template("catalog/evidence.html", form=form, item=item)

    def act() -> ResponseReturnValue:
        operations.add_evidence(
            item=item, facts=form.facts(), upload=_read(form.file.data), by=actor(), at=g.now
        )
        said(N_("The evidence is added."))
        return redirect(url_for("catalog.own_item", ref=ref), 303)

    return attempt(form, act, template="catalog/evidence.html", item=item)


def _read(upload: Any) -> files.Upload | None:
    if upload is None:
        return None
    try:
        limit = current_app.extensions["settings"].max_upload_bytes
        return files.read(upload.stream, upload.filename, limit=limit)
    except Refused as refused:
        raise Invalid({"file": refused.denial}) from None


@bp.post("/supplier/items/<ref>/evidence/<evidence>/remove")
@open_to(Audience.STARTUP)
@writes
def remove_evidence(ref: str, evidence: str) -> ResponseReturnValue:
    item = queries.item_for(actor(), ref)
    operations.remove_evidence(item=item, evidence=queries.evidence_for(item, evidence), by=actor(), at=g.now)
    said(N_("The evidence is removed."))
    return redirect(url_for("catalog.own_item", ref=ref), 303)


@bp.get("/supplier/items/<ref>/evidence/<evidence>/paper")
@open_to(Audience.STARTUP, Audience.STAFF)
def evidence_paper(ref: str, evidence: str) -> ResponseReturnValue:
    """The paper behind a piece of evidence, for the supplier's people and the board."""
    found = queries.evidence_for(queries.item_for(actor(), ref), evidence)
    if found.file is None:
        raise NotFound
    return attachment(found.file)


# --- the supplier asks ---


@bp.route("/supplier/items/<ref>/apply", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def apply_for_listing(ref: str) -> ResponseReturnValue:
    """Ask for the listing in an agreement and lot; after a return, ask again."""
    item = queries.item_for(actor(), ref)
    review = queries.open_application(item.id)
    agreements = queries.frameworks_in(TAKES_APPLICATIONS, local_day(g.now))
    form = ListForm(agreements, data={"framework": _place(review)})
    fits = shown.fits(agreements, lambda a, lot: policies.can_apply_in(actor(), item, a, lot, g.now, review))
    context = {"item": item, "agreements": agreements, "fits": fits, "review": review}
    if not form.is_submitted():
        require(policies.can_apply(actor(), item, g.now, review))
        form.expected_version.data = str(item.version)
        return render_template("catalog/apply.html", form=form, **context)

    def act() -> ResponseReturnValue:
        framework, lot = form.chosen
        operations.apply_for_listing(
            item=item, framework=framework, lot=lot, by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Handed in. The review board has been told by mail."))
        return redirect(url_for("catalog.own_item", ref=ref), 303)

    return attempt(form, act, template="catalog/apply.html", entity=item, **context)


def _place(review: ListingApplication | None) -> str:
    """Where the application before wanted to be listed."""
    if review is None or review.framework is None:
        return ""
    return f"{review.framework.ref}/{review.lot.ref}" if review.lot is not None else review.framework.ref


@bp.route("/supplier/items/<ref>/change", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def propose_change(ref: str) -> ResponseReturnValue:
    """Ask for new words or prices of our listed item; what is listed stays until the board approves."""
    item = queries.item_for(actor(), ref)
    review = queries.open_application(item.id)
    before = ItemFacts.from_json(review.proposed) if review is not None and review.proposed else None
    form = ItemForm.of(item, before)
    back = url_for("catalog.own_item", ref=ref)
    context = {"item": item, "review": review, "back": back}
    if not form.is_submitted() or form.change_rows():
        require(policies.can_propose_change(actor(), item, g.now, review))
        return render_template("catalog/change.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.propose_change(
            item=item, facts=form.facts(), by=actor(), at=g.now, expected_version=form.version
        )
        said(N_("Handed in. The review board has been told by mail."))
        return redirect(back, 303)

    return attempt(form, act, template="catalog/change.html", **context)


@bp.post("/supplier/applications/<ref>/withdraw")
@open_to(Audience.STARTUP)
@writes
def withdraw_application(ref: str) -> ResponseReturnValue:
    row, form = queries.application_for(actor(), ref), Bare()
    operations.withdraw_application(application=row, by=actor(), at=g.now, expected_version=form.version)
    said(N_("The application is withdrawn."))
    return redirect(url_for("catalog.own_item", ref=row.item.ref), 303)


# --- the board answers ---


@bp.get("/staff/applications")
@open_to(Audience.STAFF)
def applications() -> ResponseReturnValue:
    """Applications to the review board, those that wait first."""
    state, page = asked("state", ApplicationState), asked_page()
    rows, total = queries.list_applications(
        state=ApplicationState(state) if state else None, offset=(page - 1) * PER_PAGE, limit=PER_PAGE
    )
    return render_template(
        "catalog/applications.html", rows=rows, page=Page(page, total), chosen=state, **shown.WORDS
    )


@bp.route("/staff/applications/<ref>", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def application(ref: str) -> ResponseReturnValue:
    """One application with its checklist: approve, return with findings, or refuse."""
    row = queries.application_for(actor(), ref)
    form, context = review_form(row), _context(row)
    if not form.is_submitted():
        return render_template("catalog/application.html", form=form, **context)

    def act() -> ResponseReturnValue:
        given = {"application": row, "by": actor(), "at": g.now, "expected_version": form.version}
        words = form.words.data or ""
        decision = request.form.get("decision")
        if decision == "approve":
            operations.approve_application(findings=form.findings(), words=words, **given)
        elif decision == "refuse":
            operations.refuse_application(words=words, **given)
        else:
            operations.return_application(findings=form.findings(), words=words, **given)
        said(N_("Saved. The supplier is being told by mail."))
        return redirect(url_for("catalog.application", ref=ref), 303)

    return attempt(form, act, template="catalog/application.html", entity=row, **context)


def _context(row: ListingApplication) -> dict[str, Any]:
    item = queries.item_for(actor(), row.item.ref)
    change = (
        ItemFacts.from_json(row.proposed) if row.kind is ApplicationKind.CHANGE and row.proposed else None
    )
    under_way = row.state in (ApplicationState.SUBMITTED, ApplicationState.RETURNED)
    price = change.unit_price if change is not None else item.current.unit_price
    lot = row.lot if row.kind is ApplicationKind.LISTING else item.lot
    return {
        "application": row,
        "price": price,
        "lot": lot,
        "ceiling": policies.within_ceiling(price, lot),
        "capability": policies.capability_shown(item),
        "age": policies.within_five_years(item.supplier.founded_on, row.framework.starts_on)
        if row.framework is not None
        else None,
        "may_review": policies.can_review(actor(), row, "approve"),
        "differences": differences(item.current, change) if change is not None and under_way else [],
        "change": change,
        **shown.of(item),
    }
