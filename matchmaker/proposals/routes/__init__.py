"""Pages of proposals: the startup's own, the opening, the screening, and the agency's reading."""

from flask import Blueprint

bp = Blueprint("proposals", __name__)

from matchmaker.proposals.routes import agency, opening, screening, startup, writing  # noqa: E402, F401
