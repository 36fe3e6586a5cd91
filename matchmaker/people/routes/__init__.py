"""Pages of accounts and organisations."""

from flask import Blueprint

bp = Blueprint("people", __name__)

from matchmaker.people.routes import account, members, organization, registration, staff  # noqa: E402, F401
