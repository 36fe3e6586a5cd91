"""The front door: home, search, and the pages at the foot of every page."""

from __future__ import annotations

from flask import Blueprint, current_app, g, render_template
from flask.typing import ResponseReturnValue

from matchmaker.home import queries
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.web.access import Audience, actor, open_to
from matchmaker.web.exports import csv_response
from matchmaker.web.lists import asked_text

bp = Blueprint("home", __name__)


@bp.get("/")
@open_to(Audience.PUBLIC)
def front() -> ResponseReturnValue:
    """What is going on; for who is signed in also what waits for them."""
    return render_template("home/front.html", facts=queries.facts(g.now), domain_labels=DOMAIN_LABELS)


@bp.get("/search")
@open_to(Audience.PUBLIC)
def search() -> ResponseReturnValue:
    """Challenges, pilot cases, catalog items and startups that hold all the words."""
    words = asked_text()
    return render_template(
        "home/search.html", words=words, found=queries.search(words, g.now) if words else None, actor=actor()
    )


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


CHALLENGE_COLUMNS = (
    "code", "state", "title_zh", "title_en", "summary_zh", "summary_en", "agency_zh", "agency_en", "domain",
    "budget_twd", "grant_ceiling_twd", "opens_at", "closes_at", "published_at",
)  # fmt: skip
ITEM_COLUMNS = (
    "code", "title_zh", "title_en", "summary_zh", "summary_en", "supplier_zh", "supplier_en", "ubn", "category",
    "domain", "unit_zh", "unit_price_twd", "listed_at", "framework_ends_on",
)  # fmt: skip


@bp.get("/open-data/challenges.csv")
@open_to(Audience.PUBLIC)
def challenges_csv() -> ResponseReturnValue:
    """Published challenges, both languages."""
    rows = []
    for c in queries.published_challenges():
        zh, en, owner = c.text_in("zh"), c.text_in("en"), c.organization
        texts = [t.title if t else "" for t in (zh, en)] + [t.summary if t else "" for t in (zh, en)]
        rows.append(
            [c.code, c.state_at(g.now).value, *texts, owner.name_zh, owner.name_en, c.domain]
            + [c.budget, c.grant_ceiling, c.opens_at, c.closes_at, c.published_at]
        )
    return csv_response("challenges.csv", CHALLENGE_COLUMNS, rows)


@bp.get("/open-data/items.csv")
@open_to(Audience.PUBLIC)
def items_csv() -> ResponseReturnValue:
    """Items that can be ordered now, both languages; prices include tax."""
    rows = []
    for i in queries.listed_items(g.now):
        v, supplier = i.current, i.supplier
        rows.append(
            [i.code, v.title_zh, v.title_en, v.summary_zh, v.summary_en, supplier.name_zh, supplier.name_en]
            + [supplier.ubn, i.category.code if i.category else "", i.domain, v.unit_zh, v.unit_price]
            + [i.listed_at, i.framework.ends_on if i.framework else None]
        )
    return csv_response("items.csv", ITEM_COLUMNS, rows)


@bp.get("/contact")
@open_to(Audience.PUBLIC)
def contact() -> ResponseReturnValue:
    return render_template("home/contact.html", mail_from=current_app.extensions["settings"].contact_email)
