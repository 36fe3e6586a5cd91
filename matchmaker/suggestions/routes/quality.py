"""How good the suggestions were, and where the bands should lie: for staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.foundation.i18n import is_chinese
from matchmaker.foundation.sheets import Cell
from matchmaker.kernel.dates import roc_year
from matchmaker.kernel.decision import deny
from matchmaker.kernel.errors import Refused
from matchmaker.kernel.programme import DOMAIN_LABELS
from matchmaker.kernel.words import N_
from matchmaker.suggestions import calibration as fitting
from matchmaker.suggestions import evaluation, operations, queries
from matchmaker.suggestions.evaluation import Figures
from matchmaker.suggestions.models import BandCalibration
from matchmaker.suggestions.policies import quality as quality_policies
from matchmaker.suggestions.queries import outcomes
from matchmaker.suggestions.routes import bp
from matchmaker.suggestions.states import BAND_LABELS, DISMISS_LABELS, Band, Bands, Side
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.exports import csv_response
from matchmaker.web.forms import said

STEPS = 12
"""How many equal steps of the score the curve is drawn with."""
COLUMNS = (
    "group", "key", "challenges", "precision_5", "precision_5_hits", "precision_5_of", "precision_5_low",
    "precision_5_high", "precision_10", "precision_10_hits", "precision_10_of", "recall_10", "recall_10_hits",
    "recall_10_of", "mrr", "mrr_challenges",
)  # fmt: skip


@bp.get("/suggestions/quality")
@open_to(Audience.STAFF)
def quality() -> ResponseReturnValue:
    """What came of suggestions, as figures and pictures; what people put away; where the bands should lie."""
    cases = outcomes.cases()
    open_counts = outcomes.open_counts(g.now)
    return render_template(
        "suggestions/quality.html",
        overall=evaluation.figures(cases),
        waiting=outcomes.waiting(),
        domains=[(gettext(DOMAIN_LABELS[key]), row) for key, row in evaluation.by_domain(cases).items()],
        quarters=[(_quarter(*key), row) for key, row in evaluation.by_quarter(cases).items()],
        coverage=[(least, evaluation.coverage(open_counts, least)) for least in (1, 3)],
        dismissals={side: _dismissals(side) for side in Side},
        bands=_bands(),
        few=evaluation.FEW,
        dismiss_labels=DISMISS_LABELS,
        band_labels=BAND_LABELS,
    )


def _quarter(year: int, quarter: int) -> str:
    return gettext("%(year)s Q%(quarter)s", year=roc_year(year) if is_chinese() else year, quarter=quarter)


def _dismissals(side: Side) -> evaluation.Dismissals:
    return evaluation.dismissals(outcomes.suggested_pairs(side), outcomes.dismissed_pairs(side))


@bp.get("/suggestions/quality.csv")
@open_to(Audience.STAFF)
def quality_csv() -> ResponseReturnValue:
    """The same figures as a table, shares in 0..1."""
    cases = outcomes.cases()
    groups: list[tuple[str, str, Figures]] = [("all", "", evaluation.figures(cases))]
    groups += [("domain", key.value, row) for key, row in evaluation.by_domain(cases).items()]
    groups += [("quarter", f"{year}-Q{n}", row) for (year, n), row in evaluation.by_quarter(cases).items()]
    return csv_response("suggestion-quality.csv", COLUMNS, [_cells(*group) for group in groups])


def _cells(group: str, key: str, row: Figures) -> Sequence[Cell]:
    short, long, recall, rank = row.precision_short, row.precision_long, row.recall, row.reciprocal_rank
    low, high = short.interval or (None, None)
    return (
        group, key, row.challenges, _decimal(short.value), short.hits, short.of, _decimal(low), _decimal(high),
        _decimal(long.value), long.hits, long.of, _decimal(recall.value), recall.hits, recall.of,
        _decimal(rank.value), rank.of,
    )  # fmt: skip


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.4f}")


# --- the bands ---


@dataclass(frozen=True, slots=True, kw_only=True)
class BandsShown:
    """The limits in force, what is known, and the newest proposal with what it would change."""

    present: Bands
    adopted: BandCalibration | None
    missing: fitting.Missing
    known: int
    positives: int
    proposal: BandCalibration | None
    decision: Any
    curve: Sequence[tuple[str, float]]
    moves: Mapping[tuple[Band, Band], int]

    @property
    def moving(self) -> int:
        """How many present pairs would change their band."""
        return sum(count for (old, new), count in self.moves.items() if old is not new)


def _bands() -> BandsShown:
    known, proposal, present = outcomes.known_pairs(), outcomes.proposed_calibration(), queries.bands()
    new = Bands(proposal.strong_from, proposal.fair_from) if proposal else present
    return BandsShown(
        present=present,
        adopted=outcomes.adopted_calibration(),
        missing=fitting.missing(known),
        known=len(known),
        positives=sum(one.success for one in known),
        proposal=proposal,
        decision=quality_policies.can_adopt(actor(), proposal, proposal) if proposal else None,
        curve=_drawn(proposal) if proposal else [],
        moves=outcomes.band_moves(present, new, g.now) if proposal else {},
    )


def _drawn(proposal: BandCalibration) -> list[tuple[str, float]]:
    """The curve at equal steps from 0 to its last score, in per cent."""
    curve = fitting.Curve([(score, chance) for score, chance in proposal.curve])
    last = curve.points[-1][0]
    scores = [last * step / STEPS for step in range(STEPS + 1)]
    return [(f"{score:.3f}", round(100 * curve.at(score), 1)) for score in scores]


@bp.post("/suggestions/quality/adopt")
@open_to(Audience.STAFF)
@writes
def adopt_bands() -> ResponseReturnValue:
    """A director puts the proposed limits into force; the form names the proposal that was read."""
    proposal = outcomes.proposed_calibration()
    if proposal is None:
        raise Refused(deny(quality_policies.ADOPTED_ALREADY))
    if request.form.get("proposed_at") != proposal.at.isoformat():
        raise Refused(deny(quality_policies.OVERTAKEN))
    operations.adopt(calibration=proposal, by=actor(), at=g.now)
    said(N_("The new limits are in force. All suggestions are being computed anew."))
    return redirect(url_for("suggestions.quality"), 303)
