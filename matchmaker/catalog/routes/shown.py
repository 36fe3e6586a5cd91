"""What every page of an item knows: its history, where it comes from, the words of its tables."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext

from matchmaker.catalog.models import CatalogItem
from matchmaker.catalog.states import ACTIVITY_LABELS, ITEM_LIFE, OUTPUT_LABELS
from matchmaker.catalog.versions import editions
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.pilots.states import NEED_MET_LABELS, PURPOSE_LABELS

WORDS = {
    "life": ITEM_LIFE,
    "domain_labels": DOMAIN_LABELS,
    "activity_labels": ACTIVITY_LABELS,
    "output_labels": OUTPUT_LABELS,
    "need_met_labels": NEED_MET_LABELS,
    "purpose_labels": PURPOSE_LABELS,
}


def of(item: CatalogItem) -> dict[str, Any]:
    """The context of a page about one item (needs its evidence loaded)."""
    return {
        "item": item,
        "version": item.current,
        "state": item.state_on(local_day(g.now)),
        "editions": editions(item.versions),
        "trail": trail(item),
        **WORDS,
    }


def trail(item: CatalogItem) -> list[dict[str, Any]]:
    """Challenge, pilot, item: where an item comes from."""
    steps: list[dict[str, Any]] = []
    if item.pilot is not None:
        challenge = item.pilot.challenge
        steps = [
            {
                "kind": gettext("Challenge"),
                "label": challenge.title,
                "url": url_for("challenges.public", ref=challenge.ref) if challenge.code else None,
            },
            {
                "kind": gettext("Pilot"),
                "label": item.pilot.title,
                "url": url_for("pilots.case", ref=item.pilot.ref),
            },
        ]
    return [*steps, {"kind": gettext("Catalog item"), "label": item.title, "current": True}]
