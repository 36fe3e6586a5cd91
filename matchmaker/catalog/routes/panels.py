"""What the catalog shows on the pages of earlier slices."""

from __future__ import annotations

from typing import Any

from flask import g, render_template, url_for

from matchmaker.catalog import queries
from matchmaker.catalog.routes import shown
from matchmaker.challenges.models import Challenge
from matchmaker.kernel.dates import local_day
from matchmaker.people.states import OrganizationKind
from matchmaker.pilots.models import Pilot
from matchmaker.web.access import actor as acting


def pilot_panel(pilot: Pilot, **_context: Any) -> str:
    """On a pilot's page: the item that grew from it. A proposed one is shown to those whom it concerns."""
    item, person = queries.item_of_pilot(pilot.id), acting()
    if item is None:
        return ""
    url = url_for("catalog.public", ref=item.ref) if item.listed_at is not None else None
    if item.listed_at is None:
        if person is None:
            return ""
        if person.is_staff:
            url = url_for("catalog.item", ref=item.ref)
        elif person.is_of(item.supplier_id):
            url = url_for("catalog.own_item", ref=item.ref)
        elif not person.is_of(pilot.agency_id):
            return ""
    return render_template(
        "catalog/panels/pilot.html", item=item, url=url, state=item.state_on(local_day(g.now)), **shown.WORDS
    )


def trail_panel(challenge: Challenge, **_context: Any) -> str:
    """On a challenge's page: the items that grew from its pilots, once listed."""
    grown = queries.listed_of_challenge(challenge.id)
    if not grown:
        return ""
    return render_template("catalog/panels/trail.html", items=grown)


def case_trail(pilot: Pilot, **_context: Any) -> str:
    """On the trail of a case: the item that grew from it, once listed."""
    item = queries.item_of_pilot(pilot.id)
    if item is None or item.listed_at is None:
        return ""
    return render_template("catalog/panels/trail.html", items=[item])


def work_panel(actor: Any, **_context: Any) -> str:
    """On the front page: items that wait for staff, or for their supplier's words."""
    if actor.is_staff:
        waiting, url = queries.count_proposed(), url_for("catalog.items", state="proposed")
        review, review_url = queries.count_waiting(), url_for("catalog.applications", state="submitted")
    elif actor.is_kind(OrganizationKind.STARTUP) and actor.organization_id is not None:
        waiting = queries.count_proposed(supplier_id=actor.organization_id)
        url = review_url = url_for("catalog.own_items")
        review = queries.count_returned(actor.organization_id)
    else:
        return ""
    if not waiting and not review:
        return ""
    return render_template(
        "catalog/panels/work.html",
        waiting=waiting,
        url=url,
        review=review,
        review_url=review_url,
        is_staff=actor.is_staff,
    )
