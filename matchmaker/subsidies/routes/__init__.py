"""Pages of the mature-product subsidy."""

from flask import Blueprint

bp = Blueprint("subsidies", __name__)

from matchmaker.subsidies.routes import acts, annexes, calculator, calendar, cases, forecast, rounds  # noqa: E402, F401
