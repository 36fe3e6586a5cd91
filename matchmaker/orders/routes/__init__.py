"""Pages of requisitions and orders."""

from flask import Blueprint

bp = Blueprint("orders", __name__)

from matchmaker.orders.routes import (  # noqa: E402, F401
    bulk,
    fulfilling,
    orders,
    panels,
    papers,
    requisitions,
    signing,
    statistics,
)
