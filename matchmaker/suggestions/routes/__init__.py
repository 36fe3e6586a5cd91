"""Pages of suggestions."""

from flask import Blueprint

bp = Blueprint("suggestions", __name__)

from matchmaker.suggestions.routes import digest, quality, shown  # noqa: E402, F401
