"""Pages of the catalog."""

from flask import Blueprint

bp = Blueprint("catalog", __name__)

from matchmaker.catalog.routes import agreements, panels, public, staff, supplier  # noqa: E402, F401
