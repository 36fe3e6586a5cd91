"""Pages of adoption kits."""

from flask import Blueprint

bp = Blueprint("kits", __name__)

from matchmaker.kits.routes import kits, panels, peers  # noqa: E402, F401
