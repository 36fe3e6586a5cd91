"""Proposing and adopting the limits of the bands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from matchmaker.foundation import audit
from matchmaker.foundation.db import db, lock
from matchmaker.kernel.errors import require
from matchmaker.people.actor import Actor
from matchmaker.suggestions import calibration as fitting
from matchmaker.suggestions.models import BandCalibration
from matchmaker.suggestions.operations.computing import enqueue_refresh
from matchmaker.suggestions.policies import quality as policies
from matchmaker.suggestions.queries import bands
from matchmaker.suggestions.queries import outcomes as queries

CALIBRATE = "suggestions.calibrate"
SUBJECT = "bands:suggestions"
"""What the audit chain calls the limits of the bands."""


def calibrate_job(_payload: Mapping[str, Any], now: datetime) -> None:
    """The job that comes round every month."""
    propose(at=now)


def propose(*, at: datetime) -> BandCalibration | None:
    """Read the bands off the outcomes known now; None where that cannot be done yet, or would say nothing new."""
    fitted = fitting.calibrate(queries.known_pairs())
    if fitted is None:
        return None
    row = BandCalibration(
        at=at,
        pairs=fitted.pairs,
        positives=fitted.positives,
        strong_from=fitted.bands.strong,
        fair_from=fitted.bands.fair,
        curve=[list(point) for point in fitted.curve.points],
    )
    if _says_the_same(row, queries.latest_calibration()):
        return None
    db.session.add(row)
    db.session.flush()
    return row


def _says_the_same(row: BandCalibration, latest: BandCalibration | None) -> bool:
    return latest is not None and (row.pairs, row.positives, row.strong_from, row.fair_from) == (
        latest.pairs,
        latest.positives,
        latest.strong_from,
        latest.fair_from,
    )


def adopt(*, calibration: BandCalibration, by: Actor, at: datetime) -> BandCalibration:
    """Put the limits into force; every suggestion is computed anew with them."""
    calibration = lock(BandCalibration, calibration.id)
    require(policies.can_adopt(by, calibration, queries.latest_calibration()))
    before = bands()
    calibration.adopted_at, calibration.adopted_by = at, by.name
    db.session.flush()
    audit.record(
        type="bands.adopted",
        subject=SUBJECT,
        actor_ref=by.ref,
        at=at,
        body={
            "strong_from": calibration.strong_from,
            "fair_from": calibration.fair_from,
            "strong_before": before.strong,
            "fair_before": before.fair,
            "pairs": calibration.pairs,
            "positives": calibration.positives,
        },
    )
    enqueue_refresh(at=at)
    return calibration
