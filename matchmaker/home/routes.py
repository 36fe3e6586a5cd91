"""The front door: home, and the pages at the foot of every page."""

from __future__ import annotations

from flask import Blueprint, current_app, g, render_template
from flask.typing import ResponseReturnValue

from matchmaker.home import queries, tables
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.web.access import Audience, open_to
from matchmaker.web.exports import csv_response

bp = Blueprint("home", __name__)


@bp.get("/")
@open_to(Audience.PUBLIC)
def front() -> ResponseReturnValue:
    """What is going on; for who is signed in also what waits for them."""
    return render_template("home/front.html", facts=queries.facts(g.now), domain_labels=DOMAIN_LABELS)


@bp.get("/about")
@open_to(Audience.PUBLIC)
def about() -> ResponseReturnValue:
    return render_template("home/about.html")


@bp.get("/accessibility")
@open_to(Audience.PUBLIC)
def accessibility() -> ResponseReturnValue:
    return render_template("home/accessibility.html")


@bp.get("/privacy")
@open_to(Audience.PUBLIC)
def privacy() -> ResponseReturnValue:
    return render_template("home/privacy.html")


@bp.get("/open-data")
@open_to(Audience.PUBLIC)
def open_data() -> ResponseReturnValue:
    return render_template("home/open_data.html")


@bp.get("/open-data/challenges.csv")
@open_to(Audience.PUBLIC)
def challenges_csv() -> ResponseReturnValue:
    """Published challenges, both languages."""
    rows = [tables.challenge_row(challenge, g.now) for challenge in queries.published_challenges()]
    return csv_response("challenges.csv", tables.CHALLENGE_COLUMNS, rows)


@bp.get("/open-data/items.csv")
@open_to(Audience.PUBLIC)
def items_csv() -> ResponseReturnValue:
    """Items that can be ordered now, both languages; prices include tax."""
    rows = [tables.item_row(item) for item in queries.listed_items(g.now)]
    return csv_response("items.csv", tables.ITEM_COLUMNS, rows)


@bp.get("/contact")
@open_to(Audience.PUBLIC)
def contact() -> ResponseReturnValue:
    return render_template("home/contact.html", mail_from=current_app.extensions["settings"].contact_email)
