"""Better prices seen elsewhere: reported, followed up, answered."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.catalog import operations, policies, queries
from matchmaker.catalog.forms import AnswerForm, PriceReportForm
from matchmaker.catalog.routes import bp
from matchmaker.catalog.states import REPORT_LIFE, ReportState
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import NotFound, require
from matchmaker.kernel.words import N_
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said
from matchmaker.web.lists import PER_PAGE, Page, asked, asked_page


@bp.route("/catalog/<ref>/better-price", methods=["GET", "POST"])
@open_to(Audience.AGENCY, Audience.STARTUP, Audience.STAFF)
@writes
def report_price(ref: str) -> ResponseReturnValue:
    """Report a better price seen elsewhere."""
    item, form = queries.public_item(ref, local_day(g.now)), PriceReportForm()
    if not form.is_submitted():
        require(policies.can_report_price(actor(), item, g.now))
        return render_template("catalog/report.html", form=form, item=item)

    def act() -> ResponseReturnValue:
        made = operations.report_price(item=item, facts=form.facts(), by=actor(), at=g.now)
        said(N_("Reported. The programme office has been told by mail and follows it up."))
        return redirect(url_for("catalog.price_report", ref=made.ref), 303)

    return attempt(form, act, template="catalog/report.html", item=item)


@bp.get("/staff/price-reports")
@open_to(Audience.STAFF)
def price_reports() -> ResponseReturnValue:
    """Better prices elsewhere, those that wait for staff first."""
    state, page = asked("state", ReportState), asked_page()
    rows, total = queries.list_reports(
        state=ReportState(state) if state else None, offset=(page - 1) * PER_PAGE, limit=PER_PAGE
    )
    return render_template(
        "catalog/reports.html", rows=rows, page=Page(page, total), chosen=state, life=REPORT_LIFE
    )


@bp.get("/price-reports/<ref>")
@open_to(Audience.AGENCY, Audience.STARTUP, Audience.STAFF)
def price_report(ref: str) -> ResponseReturnValue:
    """One report, for staff, the supplier and who reported it."""
    row = queries.report_for(actor(), ref)
    return render_template("catalog/price_report.html", form=AnswerForm(), **_context(row))


def _context(row: object) -> dict[str, object]:
    may = {move: policies.can_move_report(actor(), row, move) for move in REPORT_LIFE.moves}  # type: ignore[arg-type]
    return {"report": row, "life": REPORT_LIFE, "may": may}


@bp.post("/price-reports/<ref>/<move>")
@open_to(Audience.STARTUP, Audience.STAFF)
@writes
def move_report(ref: str, move: str) -> ResponseReturnValue:
    """Offer it to the supplier, accept, refuse or dismiss it."""
    row, form = queries.report_for(actor(), ref), AnswerForm()
    if move not in REPORT_LIFE.moves:
        raise NotFound

    def act() -> ResponseReturnValue:
        given = {"report": row, "by": actor(), "at": g.now, "expected_version": form.version}
        if move == "offer":
            operations.offer_report(**given)
        elif move == "accept":
            operations.accept_report(**given)
        elif move == "refuse":
            operations.refuse_report(reason=form.reason.data or "", **given)
        else:
            operations.dismiss_report(reason=form.reason.data or "", **given)
        said(N_("Saved. Those whom it concerns are being told by mail."))
        return redirect(url_for("catalog.price_report", ref=ref), 303)

    return attempt(form, act, template="catalog/price_report.html", **_context(row))
