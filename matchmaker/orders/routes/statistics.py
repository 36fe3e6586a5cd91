"""The programme office: what was ordered, and what the budgets still hold."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.catalog.models import Category
from matchmaker.foundation.i18n import is_chinese
from matchmaker.kernel.dates import local_day, roc_year
from matchmaker.kernel.programme import DOMAIN_LABELS, Domain
from matchmaker.orders import queries
from matchmaker.orders.routes import bp
from matchmaker.people.states import AGENCY_KIND_LABELS, AgencyKind
from matchmaker.web.access import Audience, open_to
from matchmaker.web.exports import csv_response
from matchmaker.web.lists import asked

FIRST_YEAR = 2018
MOST_BARS = 12


@bp.get("/staff/orders/statistics")
@open_to(Audience.STAFF)
def statistics() -> ResponseReturnValue:
    """Orders and sums by domain, category, kind of agency, supplier and quarter; what budgets still hold."""
    year = _year()
    found = queries.statistics(year)
    return render_template(
        "orders/statistics.html",
        found=found,
        year=year,
        years=[(y, _year_name(y)) for y in _years()],
        domains=[(_domain(key), each) for key, each in found.by_domain()],
        categories=[(_category(key), each) for key, each in found.by_category()][:MOST_BARS],
        kinds=[(_kind(key), each) for key, each in found.by_agency_kind()],
        suppliers=[(row.name, each) for row, each in found.by_supplier()][:MOST_BARS],
        quarters=[(_quarter(key), each) for key, each in found.by_quarter()],
        budgets=queries.budgets(),
    )


@bp.get("/staff/orders/statistics.csv")
@open_to(Audience.STAFF)
def statistics_table() -> ResponseReturnValue:
    """The same as one table: each row a dimension, a value, orders and NT$."""
    found = queries.statistics(_year())
    parts = (
        (gettext("Domain"), [(_domain(key), each) for key, each in found.by_domain()]),
        (gettext("Category"), [(_category(key), each) for key, each in found.by_category()]),
        (gettext("Kind of agency"), [(_kind(key), each) for key, each in found.by_agency_kind()]),
        (gettext("Supplier"), [(row.name, each) for row, each in found.by_supplier()]),
        (gettext("Quarter"), [(_quarter(key), each) for key, each in found.by_quarter()]),
    )
    header = [gettext("By"), gettext("Value"), gettext("Orders"), gettext("Amount in NT$")]
    rows = [[part, name, each.count, each.value] for part, rows in parts for name, each in rows]
    return csv_response("order-statistics.csv", header, rows)


def _years() -> range:
    return range(local_day(g.now).year, FIRST_YEAR - 1, -1)


def _year() -> int | None:
    text = asked("year", _years())
    return int(text) if text else None


def _year_name(year: int) -> str:
    return f"{roc_year(year)} 年" if is_chinese() else str(year)


def _domain(key: Domain | None) -> str:
    return gettext(DOMAIN_LABELS[key]) if key is not None else gettext("Without")


def _category(key: Category | None) -> str:
    return key.name if key is not None else gettext("Without")


def _kind(key: AgencyKind | None) -> str:
    return gettext(AGENCY_KIND_LABELS[key]) if key is not None else gettext("Without")


def _quarter(key: tuple[int, int]) -> str:
    year, quarter = key
    return f"{roc_year(year)} 年第 {quarter} 季" if is_chinese() else f"{year} Q{quarter}"
