"""Pages of the catalog."""

from flask import Blueprint

bp = Blueprint("catalog", __name__)

from matchmaker.catalog.routes import agreements, bulk, panels, public, staff, supplier  # noqa: E402, F401
