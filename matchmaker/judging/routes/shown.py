"""What the pages of panels show alike: words, figures, the rows of the score grid, the steps of a juror."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flask import url_for
from flask_babel import gettext

from matchmaker.judging import scoring
from matchmaker.judging.forms import ScoresForm
from matchmaker.judging.queries import Desk, DeskRow, Step
from matchmaker.judging.scoring import Settled
from matchmaker.judging.states import (
    CONFLICT_LABELS,
    OUTCOME_LABELS,
    PANEL_LIFE,
    SCORING_METHOD_LABELS,
    SHEET_LIFE,
    Outcome,
    PanelState,
    SheetState,
)
from matchmaker.kernel.words import N_

OUTCOME_TONES = {Outcome.AWARDED: "open", Outcome.RESERVE: "closing", Outcome.NOT_AWARDED: "done"}
SETTLED_LABELS = {
    Settled.FIRST_PLACES: N_("parted by more first places"),
    Settled.HEAVIEST: N_("parted by the heaviest criterion"),
}
STEP_LABELS = {
    Step.DECLARE: N_("Declare conflicts of interest"),
    Step.WAIT: N_("Wait until scoring begins"),
    Step.SCORE: N_("Read and score"),
    Step.DONE: N_("Nothing left to do"),
    Step.RELEASED: N_("Decision released"),
}
STEP_TONES = {
    Step.DECLARE: "closing",
    Step.WAIT: "draft",
    Step.SCORE: "judging",
    Step.DONE: "done",
    Step.RELEASED: "done",
}


def figure(value: Fraction | int | None) -> str:
    """An exact figure to read: at most two decimals."""
    return "—" if value is None else scoring.shown(Fraction(value))


WORDS: dict[str, Any] = {
    "panel_life": PANEL_LIFE,
    "sheet_life": SHEET_LIFE,
    "conflict_labels": CONFLICT_LABELS,
    "outcome_labels": OUTCOME_LABELS,
    "outcome_tones": OUTCOME_TONES,
    "method_labels": SCORING_METHOD_LABELS,
    "settled_labels": SETTLED_LABELS,
    "step_labels": STEP_LABELS,
    "step_tones": STEP_TONES,
    "exact": figure,
    "PanelState": PanelState,
    "SheetState": SheetState,
    "Step": Step,
    "Outcome": Outcome,
    "smallest_panel": scoring.SMALLEST_PANEL,
}


def _total(desk: Desk, points: dict[str, int]) -> float | None:
    if any(criterion.ref not in points for criterion in desk.criteria):
        return None
    weights = {criterion.ref: criterion.weight for criterion in desk.criteria}
    try:
        return float(scoring.weighted_total(points, weights))
    except ValueError:
        return None


def grid(desk: Desk, form: ScoresForm) -> list[dict[str, Any]]:
    """The rows of the score grid, with what was typed where the form comes back."""
    return [_grid_row(desk, form, row) for row in desk.rows]


def _grid_row(desk: Desk, form: ScoresForm, row: DeskRow) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "ref": row.ref,
        "number": gettext("Proposal %(number)s", number=row.number),
        "title": row.title,
        "lang": "en" if row.language == "en" else "zh-Hant-TW",
        "team": row.proposer,
        "recused": row.is_recused,
    }
    if row.is_recused:
        return shown
    writable = f"comment-{row.ref}" in form
    points = form.points(row.ref) if writable else row.points
    comment = form[f"comment-{row.ref}"] if writable else None
    state = row.sheet.state if row.sheet else SheetState.DRAFT
    info = SHEET_LIFE.info(state)
    return shown | {
        "url": url_for("judging.read", ref=desk.panel.ref, proposal=row.ref) if row.may_read else None,
        "scores": points,
        "total": _total(desk, points),
        "locked": not writable,
        "comment": comment.data if comment is not None else (row.sheet.comment if row.sheet else ""),
        "comment_error": comment.errors[0] if comment is not None and comment.errors else None,
        "errors": form.wrong(row.ref) if writable else {},
        "state": (info.tone, info.label) if row.sheet else ("draft", N_("Not begun")),
        "returned": row.sheet.return_reason if row.sheet else "",
    }


def steps(desk: Desk) -> list[dict[str, Any]]:
    """Declare, score, compare, decision: where the juror stands on this panel."""
    ref = desk.panel.ref
    declared = desk.progress.declared_all
    finished = desk.progress.finished and desk.panel.state not in (PanelState.FORMING, PanelState.DECLARING)
    released = desk.panel.state is PanelState.RELEASED
    done = [declared, finished, released, released]
    names = [
        (gettext("Declare conflicts of interest"), url_for("judging.declarations", ref=ref)),
        (gettext("Read and score"), url_for("judging.scores", ref=ref) if declared else None),
        (gettext("Compare"), url_for("judging.compare", ref=ref) if desk.may_compare else None),
        (gettext("Decision"), None),
    ]
    current = next((i for i, is_done in enumerate(done) if not is_done), None)
    return [
        {"label": label, "url": url, "state": "done" if is_done else "current" if i == current else "todo"}
        for i, ((label, url), is_done) in enumerate(zip(names, done, strict=True))
    ]
