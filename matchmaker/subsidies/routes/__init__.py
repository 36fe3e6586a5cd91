"""Pages of the mature-product subsidy."""

from flask import Blueprint

bp = Blueprint("subsidies", __name__)

from matchmaker.subsidies.routes import (  # noqa: E402
    acts,  # noqa: F401
    annexes,  # noqa: F401
    calculator,  # noqa: F401
    calendar,  # noqa: F401
    cases,  # noqa: F401
    documents,  # noqa: F401
    forecast,  # noqa: F401
    rounds,  # noqa: F401
)
