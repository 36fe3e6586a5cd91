"""Pages of pilots."""

from flask import Blueprint

bp = Blueprint("pilots", __name__)

from matchmaker.pilots.routes import milestones, page, plan, public, results  # noqa: E402, F401
