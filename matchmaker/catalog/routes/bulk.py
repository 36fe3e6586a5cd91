"""Items as tables: taken out as CSV or ODS, sent in with a dry run."""

from __future__ import annotations

from flask import g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.catalog import bulk
from matchmaker.catalog.queries import tables
from matchmaker.catalog.routes import bp
from matchmaker.foundation.sheets import Format, Row
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.models import Organization
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.bulk import Outcome, take_in
from matchmaker.web.exports import sheet_response

CHANGE_ONLY = N_(
    "Each row changes the item of its number. First you see what would change, then you confirm."
)
PROPOSE_OR_CHANGE = N_(
    "Rows without a number are new proposals; rows with one change that item. "
    "First you see what would change, then you confirm."
)
TONES = {bulk.NEW: "open", bulk.CHANGED: "closing", bulk.ASKED: "judging", bulk.SAME: "draft"}
FIELDS = {f"breaks-{n}-{name}": "breaks" for n in range(50) for name in ("from_quantity", "unit_price")}
"""Which column an operation's field stands in, where it is not of the same name."""


@bp.get("/supplier/items/table.<form>")
@open_to(Audience.STARTUP)
def own_items_table(form: str) -> ResponseReturnValue:
    """Our items as a table; also the pattern to send in."""
    return _table(form)


@bp.get("/staff/items/table.<form>")
@open_to(Audience.STAFF)
def items_table(form: str) -> ResponseReturnValue:
    """All items as a table."""
    return _table(form)


def _table(form: str) -> ResponseReturnValue:
    if form not in set(Format):
        raise NotFound
    today = local_day(g.now)
    rows = bulk.rows(tables.items_for_table(actor()), today)
    return sheet_response(f"items-{today:%Y%m%d}", bulk.sheet(), rows, Format(form))


@bp.route("/supplier/items/table", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def send_own_items() -> ResponseReturnValue:
    """Propose and change our items by a table."""
    own = people.own_organization(actor())
    return _taken_in(own, "catalog.own_items", "catalog.own_items_table", gettext("Our items"))


@bp.route("/staff/items/table", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def send_items() -> ResponseReturnValue:
    """Change items by a table."""
    return _taken_in(None, "catalog.items", "catalog.items_table", gettext("Items"))


def _taken_in(supplier: Organization | None, back: str, table: str, above: str) -> ResponseReturnValue:
    def apply(row: Row) -> Outcome:
        label, item, changes = bulk.apply(row, supplier=supplier, by=actor(), at=g.now)
        name = f"{item.code}　{item.title}" if item.code else item.title
        return Outcome(label, name, changes, TONES[label])

    return take_in(
        bulk.sheet(),
        apply,
        field_of=FIELDS,
        done=url_for(back),
        title=gettext("Items by table"),
        lede=gettext(PROPOSE_OR_CHANGE if supplier is not None else CHANGE_ONLY),
        above=above,
        patterns=[(form.upper(), url_for(table, form=form)) for form in Format],
    )
