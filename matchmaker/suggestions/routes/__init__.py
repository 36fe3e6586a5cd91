"""Pages of suggestions."""

from flask import Blueprint

bp = Blueprint("suggestions", __name__)

from matchmaker.suggestions.routes import digest, experts, needs, pairs, panels, quality, shown, verdicts  # noqa: E402, F401
