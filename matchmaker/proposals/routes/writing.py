"""Writing a proposal: the form, the draft that saves itself, the papers."""

from __future__ import annotations

from flask import current_app, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.foundation import files
from matchmaker.kernel.errors import Change, Invalid, Refused, Stale
from matchmaker.kernel.words import N_
from matchmaker.proposals import operations, queries
from matchmaker.proposals.comparison import ROWS, differences
from matchmaker.proposals.completeness import tidy
from matchmaker.proposals.facts import MOST_PAPERS
from matchmaker.proposals.forms import PaperForm, ProposalForm
from matchmaker.proposals.models import Proposal
from matchmaker.proposals.routes import bp
from matchmaker.proposals.routes.startup import shown
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said
from matchmaker.web.words import refusal


@bp.route("/proposals/<ref>/edit", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def edit(ref: str) -> ResponseReturnValue:
    """Write the draft. Several people of a startup may: who comes late is told what the other wrote."""
    own = queries.proposal_for_startup(actor(), ref)
    form, context = ProposalForm.of(own), shown(own)
    if not form.is_submitted() or form.rows_changed(request.form):
        return render_template("proposals/edit.html", form=form, **context)

    def act() -> ResponseReturnValue:
        try:
            _save(own, form)
        except Stale as stale:
            return _told(form, stale, own, context)
        said(N_("The draft is saved."))
        page = "proposals.edit" if "draft" in request.form else "proposals.papers"
        return redirect(url_for(page, ref=ref), 303)

    return attempt(form, act, template="proposals/edit.html", **context)


def _save(own: Proposal, form: ProposalForm) -> None:
    operations.save_draft(
        proposal=own, content=form.content(), by=actor(), at=g.now, expected_version=form.version
    )


def _told(form: ProposalForm, stale: Stale, own: Proposal, context: dict[str, object]) -> ResponseReturnValue:
    """The form with what was typed, and where it differs from what a colleague saved meanwhile.

    It takes the stored version over, so that saving once more overwrites knowingly.
    """
    changes = []
    for each in differences(own.content, tidy(form.content())):
        split = "\n" if each.field in (*ROWS, "declarations") else ""
        theirs, yours = (
            split.join(piece.text for piece in each.pieces if piece.kind in ("same", kind))
            for kind in ("gone", "added")
        )
        changes.append(Change(gettext(each.label), theirs, yours))
    form.expected_version.data = str(own.version)
    conflict = Stale(by=stale.by, at=stale.at, changes=changes)
    return make_response(render_template("proposals/edit.html", form=form, conflict=conflict, **context), 409)


@bp.post("/proposals/<ref>/autosave")
@open_to(Audience.STARTUP)
@writes
def autosave(ref: str) -> ResponseReturnValue:
    """Keep the draft while it is being written: ``{saved_at, version}``, or 409 ``{message, by}``."""
    own = queries.proposal_for_startup(actor(), ref)
    form = ProposalForm.of(own)
    if not form.validate():
        return jsonify(message=gettext("A field cannot be read yet.")), 422
    try:
        _save(own, form)
    except Stale as stale:
        return jsonify(message=_by_another(stale), by=stale.by), 409
    except Refused as refused:
        return jsonify(message=refusal(refused.denial), by=None), 409
    except Invalid as problems:
        return jsonify(message=" ".join(refusal(each) for each in problems.problems.values())), 422
    return jsonify(saved_at=g.now.isoformat(), version=own.version)


def _by_another(stale: Stale) -> str:
    name = stale.by or gettext("Somebody")
    return gettext(
        "%(name)s has changed this draft. Copy what you wrote last, then load the page again.", name=name
    )


@bp.route("/proposals/<ref>/papers", methods=["GET", "POST"])
@open_to(Audience.STARTUP)
@writes
def papers(ref: str) -> ResponseReturnValue:
    """The papers of the draft, and a form for one more."""
    own = queries.proposal_for_startup(actor(), ref)
    form = PaperForm()
    context = {
        "papers": queries.papers_of(own.id),
        "kinds": ",".join(f".{ending}" for ending in sorted(files.ALLOWED)),
        "most": MOST_PAPERS,
        "most_bytes": current_app.extensions["settings"].max_upload_bytes,
        **shown(own),
    }
    if not form.is_submitted():
        return render_template("proposals/papers.html", form=form, **context)

    def act() -> ResponseReturnValue:
        _attach(own, form)
        said(N_("The paper is attached."))
        return redirect(url_for("proposals.papers", ref=ref), 303)

    return attempt(form, act, template="proposals/papers.html", **context)


def _attach(own: Proposal, form: PaperForm) -> None:
    given = form.file.data
    limit = current_app.extensions["settings"].max_upload_bytes
    try:
        upload = files.read(given.stream, given.filename or "", limit=limit)
        operations.attach(proposal=own, upload=upload, title=form.title.data or "", by=actor(), at=g.now)
    except Refused as refused:
        if refused.denial.code.startswith("file."):
            raise Invalid({"file": refused.denial}) from None
        raise


@bp.post("/proposals/<ref>/papers/<paper>/remove")
@open_to(Audience.STARTUP)
@writes
def remove_paper(ref: str, paper: str) -> ResponseReturnValue:
    own = queries.proposal_for_startup(actor(), ref)
    operations.remove_paper(proposal=own, paper=queries.paper_of(own, paper), by=actor(), at=g.now)
    said(N_("The paper is removed from the draft."))
    return redirect(url_for("proposals.papers", ref=ref), 303)
