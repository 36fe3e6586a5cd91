"""What kits show on the pages of earlier slices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, url_for

from matchmaker.catalog.models import CatalogItem
from matchmaker.kits import policies, queries
from matchmaker.people.states import OrganizationKind
from matchmaker.web.access import actor


def item_panel(item: CatalogItem, **_context: Any) -> str:
    """On an item's page, for agencies: prepare what is needed to adopt it."""
    return compare_panel([item])


def compare_panel(items: Sequence[CatalogItem], **_context: Any) -> str:
    """Beside a comparison, for agencies: a kit of what is compared."""
    person = actor()
    if person is None or not person.is_kind(OrganizationKind.AGENCY) or not items:
        return ""
    return render_template(
        "kits/panels/begin.html",
        url=url_for("kits.new", items=",".join(item.code or item.ref for item in items)),
        may=policies.can_make(person, items, g.now),
    )


def work_panel(actor: Any, **_context: Any) -> str:
    """On the front page: questions of other agencies that wait for an answer."""
    if not actor.is_kind(OrganizationKind.AGENCY) or actor.organization_id is None:
        return ""
    waiting = queries.requests_to(actor.organization_id, waiting=True)
    return render_template("kits/panels/work.html", requests=waiting) if waiting else ""
