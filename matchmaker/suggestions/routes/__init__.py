"""Pages of suggestions."""

from flask import Blueprint

bp = Blueprint("suggestions", __name__)

from matchmaker.suggestions.routes import shown  # noqa: E402, F401
