"""Pages of challenges: the public list, an agency's own needs, staff's triage."""

from flask import Blueprint

bp = Blueprint("challenges", __name__)

from matchmaker.challenges.routes import agency, editing, public, staff  # noqa: E402, F401
