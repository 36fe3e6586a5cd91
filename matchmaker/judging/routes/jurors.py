"""The juror's desk: panels, declarations, reading, scoring, and the panel's table."""

from __future__ import annotations

from typing import Any

from flask import flash, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from matchmaker.judging import operations, policies, queries
from matchmaker.judging.forms import ScoresForm, declaration_form, scores_form
from matchmaker.judging.queries import Desk, DeskRow
from matchmaker.judging.routes import bp
from matchmaker.judging.routes.shown import WORDS, grid, steps
from matchmaker.kernel.errors import Invalid, Refused, Stale
from matchmaker.kernel.words import N_
from matchmaker.proposals.queries import paper_of_counted
from matchmaker.proposals.routes.startup import READING
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.downloads import attachment
from matchmaker.web.forms import attempt, said, stale_answer, unprocessable


@bp.get("/judging")
@open_to(Audience.JUROR)
def home() -> ResponseReturnValue:
    """My panels, and what to do next on each."""
    return render_template("judging/home.html", duties=queries.duties_of(actor()), **WORDS)


@bp.get("/judging/<ref>")
@open_to(Audience.JUROR)
def desk(ref: str) -> ResponseReturnValue:
    """One panel: where I stand, the proposals, the members."""
    mine = queries.desk(actor(), ref)
    return render_template("judging/desk.html", desk=mine, steps=steps(mine), **WORDS)


@bp.route("/judging/<ref>/declarations", methods=["GET", "POST"])
@open_to(Audience.JUROR)
@writes
def declarations(ref: str) -> ResponseReturnValue:
    """Conflicts of interest, for all proposals on one form, before anything else can be read."""
    mine = queries.desk(actor(), ref)
    form = declaration_form(mine)
    may = policies.can_declare(actor(), mine.panel, mine.challenge, mine.member, None, None)
    shown = {"desk": mine, "steps": steps(mine), "may": may, **WORDS}
    if not form.is_submitted():
        return render_template("judging/declarations.html", form=form, **shown)

    def act() -> ResponseReturnValue:
        operations.declare_all(member=mine.member, declarations=form.facts(), by=actor(), at=g.now)
        said(N_("Your declarations are saved."))
        return redirect(url_for("judging.desk", ref=ref), 303)

    return attempt(form, act, template="judging/declarations.html", **shown)


@bp.route("/judging/<ref>/proposals/<proposal>", methods=["GET", "POST"])
@open_to(Audience.JUROR)
@writes
def read(ref: str, proposal: str) -> ResponseReturnValue:
    """One proposal to read, with its sheet beside it."""
    open_ = queries.reading(actor(), ref, proposal)
    rows = [open_.row]
    form = scores_form(open_.desk, rows, remarks=True)
    if not form.is_submitted():
        return _read_page(form, open_)

    def act() -> ResponseReturnValue:
        _save(form, open_.desk, rows)
        if "draft" in request.form:
            said(N_("The draft is saved."))
            return redirect(url_for("judging.read", ref=ref, proposal=proposal), 303)
        operations.submit_sheet(member=open_.desk.member, proposal=open_.proposal, by=actor(), at=g.now)
        said(N_("The sheet is submitted."))
        return redirect(url_for("judging.desk", ref=ref), 303)

    try:
        return act() if form.validate() else _read_page(form, open_, 422)
    except Invalid as problems:
        form.take(problems)
        return _read_page(form, open_, 422)
    except Refused as refused:
        form.take_refusal(refused)
        return _read_page(form, open_, 409)
    except Stale as stale:
        fresh = queries.reading(actor(), ref, proposal)
        return stale_answer(form, stale, "judging/read.html", entity=fresh.desk, **_read_context(form, fresh))


@bp.get("/judging/<ref>/proposals/<proposal>/papers/<paper>")
@open_to(Audience.JUROR)
def paper(ref: str, proposal: str, paper: str) -> ResponseReturnValue:
    """A paper of the version that counts, for who may read the proposal."""
    open_ = queries.reading(actor(), ref, proposal)
    return attachment(paper_of_counted(open_.proposal, paper).file)


def _read_context(form: ScoresForm, open_: queries.Reading) -> dict[str, Any]:
    return {
        "reading": open_,
        "desk": open_.desk,
        "row": open_.row,
        "typed": form.points(open_.row.ref) if open_.row.may_score else open_.row.points,
        "wrong": form.wrong(open_.row.ref),
        "content": open_.version.value,
        "papers": open_.version.papers,
        "paper_url": lambda paper: url_for(
            "judging.paper", ref=open_.desk.panel.ref, proposal=open_.row.ref, paper=paper
        ),
        **READING,
        **WORDS,
    }


def _read_page(form: ScoresForm, open_: queries.Reading, status: int = 200) -> ResponseReturnValue:
    page = render_template("judging/read.html", form=form, **_read_context(form, open_))
    return make_response(page, status)


@bp.route("/judging/<ref>/scores", methods=["GET", "POST"])
@open_to(Audience.JUROR)
@writes
def scores(ref: str) -> ResponseReturnValue:
    """All proposals by all criteria; drafts are kept, complete sheets go together."""
    mine = queries.desk(actor(), ref)
    form = scores_form(mine, mine.rows)
    if not form.is_submitted():
        return render_template("judging/scores.html", **_scores_context(form, mine))
    template = "judging/scores.html"
    if not form.validate():
        return unprocessable(form, template, **_without_form(form, mine))
    try:
        _save(form, mine, mine.rows)
        if "draft" in request.form:
            said(N_("The draft is saved."))
            return redirect(url_for("judging.scores", ref=ref), 303)
        count = operations.submit_ready(member=mine.member, by=actor(), at=g.now)
    except Invalid as problems:
        form.take(problems)
        return unprocessable(form, template, **_without_form(form, mine))
    except Refused as refused:
        form.take_refusal(refused)
        return make_response(render_template(template, **_scores_context(form, mine)), 409)
    except Stale as stale:
        fresh = queries.desk(actor(), ref)
        return stale_answer(form, stale, template, entity=fresh, **_without_form(form, fresh))
    flash(ngettext("%(num)d sheet is submitted.", "%(num)d sheets are submitted.", count), "success")
    left = queries.desk(actor(), ref)
    unfinished = [row.number for row in left.rows if row.is_begun and not row.is_submitted]
    if unfinished:
        numbers = ", ".join(map(str, unfinished))
        flash(gettext("Not complete yet, kept as drafts: proposals %(numbers)s.", numbers=numbers), "notice")
    return redirect(url_for("judging.compare" if left.may_compare else "judging.scores", ref=ref), 303)


@bp.post("/judging/<ref>/scores/draft")
@open_to(Audience.JUROR)
@writes
def autosave(ref: str) -> ResponseReturnValue:
    """Keep what is typed so far; answers with the new version. ``proposal`` narrows it to one sheet."""
    mine = queries.desk(actor(), ref)
    only = request.args.get("proposal")
    rows = [mine.row(only)] if only else list(mine.rows)
    form = scores_form(mine, rows, remarks=only is not None)
    if not form.validate():
        return jsonify(error=422, message=gettext("Check the marked fields.")), 422
    return jsonify(version=_save(form, mine, rows))


def _save(form: ScoresForm, mine: Desk, rows: list[DeskRow] | Any) -> int:
    return operations.save_sheets(
        member=mine.member, sheets=form.sheets(rows), by=actor(), at=g.now, expected_version=form.version
    )


def _without_form(form: ScoresForm, mine: Desk) -> dict[str, Any]:
    return {"desk": mine, "steps": steps(mine), "grid": grid(mine, form), **WORDS}


def _scores_context(form: ScoresForm, mine: Desk) -> dict[str, Any]:
    return {"form": form, **_without_form(form, mine)}


@bp.get("/judging/<ref>/comparison")
@open_to(Audience.JUROR)
def compare(ref: str) -> ResponseReturnValue:
    """The panel's table, once all my own sheets are submitted."""
    comparison = queries.comparison(actor(), ref)
    return render_template(
        "judging/compare.html",
        desk=comparison.desk,
        results=comparison.results,
        steps=steps(comparison.desk),
        **WORDS,
    )
