"""Results, decision and release: the programme office after the end of scoring."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.judging import operations, policies, queries
from matchmaker.judging.forms import decisions_form
from matchmaker.judging.queries import ResultRow
from matchmaker.judging.routes import bp
from matchmaker.judging.routes.shown import WORDS
from matchmaker.judging.states import Outcome
from matchmaker.kernel.words import N_
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said


@bp.get("/staff/panels/<ref>/results")
@open_to(Audience.STAFF)
def results(ref: str) -> ResponseReturnValue:
    """All sheets, totals, both rankings, and where the jurors differ."""
    return render_template("judging/results.html", **_context(ref))


def _context(ref: str) -> dict[str, Any]:
    table = queries.results_for_staff(actor(), ref)
    board = queries.load(table.panel.id)
    panel, challenge = board.panel, board.challenge
    return {
        "results": table,
        "board": board,
        "panel": panel,
        "challenge": challenge,
        "may_prepare": policies.can_prepare(actor(), panel, challenge),
        "may_reopen": policies.can_reopen_scoring(actor(), panel, challenge),
        "may_release": policies.can_release(actor(), panel, challenge, complete=board.is_complete()),
        **WORDS,
    }


@bp.route("/staff/panels/<ref>/decision", methods=["GET", "POST"])
@open_to(Audience.STAFF)
@writes
def decision(ref: str) -> ResponseReturnValue:
    """Write down the outcome for every proposer, and the minutes."""
    shown = _context(ref)
    panel = shown["panel"]
    form = decisions_form(shown["results"], queries.decisions_of(panel.id), panel.minutes)
    if not form.is_submitted():
        return render_template("judging/decision.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.prepare_decision(
            panel=panel,
            decisions=form.facts(),
            minutes=form["minutes"].data or "",
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("The decision is written down. A director other than you can release it."))
        return redirect(url_for("judging.release", ref=ref), 303)

    return attempt(form, act, template="judging/decision.html", entity=panel, **shown)


@bp.get("/staff/panels/<ref>/release")
@open_to(Audience.STAFF)
def release(ref: str) -> ResponseReturnValue:
    """The decision as every proposer will read it, and the button that releases it."""
    shown = _context(ref)
    prepared = {one.proposal.ref: one for one in queries.decisions_of(shown["panel"].id)}
    rows = [(row, prepared[row.ref]) for row in shown["results"].rows if row.ref in prepared]
    return render_template("judging/release.html", decisions=rows, passed_over=_passed_over(rows), **shown)


def _passed_over(rows: list[tuple[ResultRow, Any]]) -> list[int]:
    """Numbers of proposals that rank before an awarded one and are not awarded: the minutes should say why."""
    ranks = [row.standing.rank for row, one in rows if one.outcome is Outcome.AWARDED and row.standing]
    last = max(ranks, default=0)
    return [
        row.number
        for row, one in rows
        if one.outcome is not Outcome.AWARDED and row.standing and row.standing.rank < last
    ]


@bp.post("/staff/panels/<ref>/release")
@open_to(Audience.STAFF)
@writes
def release_now(ref: str) -> ResponseReturnValue:
    """Tell everybody, all together."""
    panel = queries.panel_for_staff(actor(), ref)
    operations.release(panel=panel, by=actor(), at=g.now)
    said(N_("The decision is released. Every proposer is told."))
    return redirect(url_for("judging.release", ref=ref), 303)
