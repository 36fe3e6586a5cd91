"""Orders taken out as tables; requisitions and their orders sent in as tables, with a dry run."""

from __future__ import annotations

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.foundation.i18n import language
from matchmaker.foundation.sheets import Format, Row
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.money import format_twd
from matchmaker.orders import bulk
from matchmaker.orders.queries import tables
from matchmaker.orders.routes import bp
from matchmaker.people import queries as people
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.bulk import Outcome, take_in
from matchmaker.web.exports import sheet_response


@bp.get("/orders/table.<form>")
@open_to(Audience.AGENCY, Audience.STARTUP, Audience.STAFF)
def orders_table(form: str) -> ResponseReturnValue:
    """The orders of one's side, line by line."""
    if form not in set(Format):
        raise NotFound
    rows = bulk.rows(tables.orders_for_table(actor()))
    return sheet_response(f"orders-{local_day(g.now):%Y%m%d}", bulk.ORDERS, rows, Format(form))


@bp.get("/requisitions/pattern.<form>")
@open_to(Audience.AGENCY)
def requisitions_pattern(form: str) -> ResponseReturnValue:
    """The heads of a table of requisition lines."""
    if form not in set(Format):
        raise NotFound
    return sheet_response("requisitions", bulk.REQUISITIONS, [], Format(form))


@bp.route("/requisitions/table", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def send_requisitions() -> ResponseReturnValue:
    """Begin requisitions by a table; each stays a draft until it is signed."""
    intake = bulk.Intake(people.own_organization(actor()), actor(), g.now)

    def apply(row: Row) -> Outcome:
        label, made = intake.apply(row)
        total = format_twd(made.total, language())
        return Outcome(label, f"{made.title}　{total}", (), "open" if label == bulk.NEW else "closing")

    return take_in(
        bulk.REQUISITIONS,
        apply,
        done=url_for("orders.requisitions"),
        title=gettext("Requisitions by table"),
        lede=gettext(
            "Rows with the same words in the first column make one requisition of one supplier. "
            "Each becomes a draft, at the prices of today; it is checked and signed on its own page."
        ),
        above=gettext("Requisitions"),
        patterns=[(form.upper(), url_for("orders.requisitions_pattern", form=form)) for form in Format],
    )


@bp.get("/orders/pattern.<form>")
@open_to(Audience.AGENCY)
def orders_pattern(form: str) -> ResponseReturnValue:
    """The agency's approved requisitions, whose orders are to be entered."""
    if form not in set(Format):
        raise NotFound
    rows = bulk.to_place(tables.requisitions_to_place(actor()))
    return sheet_response("orders-to-enter", bulk.PLACING, rows, Format(form))


@bp.route("/orders/table", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def send_orders() -> ResponseReturnValue:
    """Enter by a table the orders that were made on the government e-procurement system."""

    def apply(row: Row) -> Outcome:
        title, total = bulk.place(row, by=actor(), at=g.now)
        return Outcome(bulk.PLACED, f"{title}　{format_twd(total, language())}", ())

    return take_in(
        bulk.PLACING,
        apply,
        done=url_for("orders.index"),
        title=gettext("Orders by table"),
        lede=gettext(
            "Each row enters the order of one approved requisition with its number in the government "
            "e-procurement system. Versions, prices and quantities freeze, and the suppliers are told by mail."
        ),
        above=gettext("Orders"),
        patterns=[(form.upper(), url_for("orders.orders_pattern", form=form)) for form in Format],
    )
