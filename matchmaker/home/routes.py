"""The front door."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from matchmaker.web.access import Audience, open_to

bp = Blueprint("home", __name__)


@bp.get("/")
@open_to(Audience.PUBLIC)
def front() -> ResponseReturnValue:
    return render_template("home/front.html")
