"""Pages of selection panels."""

from flask import Blueprint

bp = Blueprint("judging", __name__)

from matchmaker.judging.routes import decisions, jurors, outcomes, staff  # noqa: E402, F401
