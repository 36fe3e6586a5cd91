"""What every page of an item knows: its history, where it comes from, the words of its tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from flask_babel import gettext

from matchmaker.catalog.models import CatalogItem, FrameworkAgreement, Lot
from matchmaker.catalog.states import (
    ACTIVITY_LABELS,
    APPLICATION_KIND_LABELS,
    APPLICATION_LIFE,
    CRITERIA_OF,
    CRITERION_LABELS,
    ITEM_LIFE,
    OUTPUT_LABELS,
)
from matchmaker.catalog.versions import editions
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Decision
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.pilots.states import NEED_MET_LABELS, PURPOSE_LABELS
from matchmaker.proposals.states import EVIDENCE_LABELS

WORDS = {
    "life": ITEM_LIFE,
    "domain_labels": DOMAIN_LABELS,
    "activity_labels": ACTIVITY_LABELS,
    "output_labels": OUTPUT_LABELS,
    "need_met_labels": NEED_MET_LABELS,
    "purpose_labels": PURPOSE_LABELS,
    "evidence_labels": EVIDENCE_LABELS,
    "application_life": APPLICATION_LIFE,
    "application_kinds": APPLICATION_KIND_LABELS,
    "criteria_of": CRITERIA_OF,
    "criterion_labels": CRITERION_LABELS,
}


def of(item: CatalogItem) -> dict[str, Any]:
    """The context of a page about one item (needs its evidence loaded)."""
    return {
        "item": item,
        "version": item.current,
        "today": local_day(g.now),
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


@dataclass(frozen=True, slots=True)
class Fit:
    """An agreement, or one of its lots, with the rule's answer for an item."""

    framework: FrameworkAgreement
    lot: Lot | None
    decision: Decision


def fits(
    agreements: Sequence[FrameworkAgreement],
    rule: Callable[[FrameworkAgreement, Lot | None], Decision],
) -> list[Fit]:
    """Each place an item could be listed in, with the rule's answer."""
    return [
        Fit(agreement, lot, rule(agreement, lot))
        for agreement in agreements
        for lot in _lots_or_none(agreement)
    ]


def _lots_or_none(framework: FrameworkAgreement) -> list[Lot | None]:
    return [*framework.lots] if framework.lots else [None]
