"""The forecast of the programme's money, for staff."""

from __future__ import annotations

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.subsidies import queries
from matchmaker.subsidies.forecast import Forecast, Row, forecast
from matchmaker.subsidies.routes import bp
from matchmaker.web.access import Audience, open_to
from matchmaker.web.exports import csv_response


def _made() -> Forecast:
    rows = []
    for each in queries.money_of_cases():
        case = each.case
        tier = case.approval.tier if case.approval is not None else None
        rows.append(Row(case.round.code, case.government, tier, each.sums))
    return forecast(rows)


@bp.get("/staff/subsidies/forecast")
@open_to(Audience.STAFF)
def money() -> ResponseReturnValue:
    """Budget, committed, paid and expected, by government and tier, as pictures and tables."""
    rounds = queries.rounds()
    return render_template(
        "subsidies/forecast.html",
        made=_made(),
        rounds=rounds,
        budget=sum(each.budget for each in rounds),
    )


@bp.get("/staff/subsidies/forecast.csv")
@open_to(Audience.STAFF)
def money_table() -> Response:
    """The forecast by government as a table to take along."""
    header = [
        gettext("County or city"),
        gettext("Number of cases"),
        gettext("Committed (NT$)"),
        gettext("Paid (NT$)"),
        gettext("Returned (NT$)"),
        gettext("Expected (NT$)"),
        gettext("Owed (NT$)"),
    ]
    rows: list[list[str | int]] = [
        [name, s.cases, s.committed, s.paid, s.returned, s.expected, s.owed]
        for name, s in sorted(_made().governments.items())
    ]
    return csv_response("forecast.csv", header, rows)
