"""The steps in which an agency writes its need."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.challenges import operations, policies, queries
from matchmaker.challenges.facts import Language
from matchmaker.challenges.forms import (
    CriteriaForm,
    PaperForm,
    StatementForm,
    StoredStatement,
    TermsForm,
)
from matchmaker.challenges.models import Challenge
from matchmaker.challenges.routes import bp, shown
from matchmaker.challenges.routes.agency import STEPS, step_url, steps
from matchmaker.challenges.templates import DEFAULT, criteria_templates
from matchmaker.foundation import files
from matchmaker.kernel.errors import Invalid, NotFound, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said


def _editable(ref: str) -> Challenge:
    """An own need that the person may change now; a sent form is judged by its operation instead."""
    challenge = queries.own_challenge(actor(), ref)
    if request.method == "GET":
        require(policies.can_edit(actor(), challenge, g.now))
    return challenge


def _context(challenge: Challenge, step: str, entity: Any) -> dict[str, Any]:
    return {
        "challenge": challenge,
        "entity": entity,
        "title": shown.words(challenge, "title"),
        "steps": steps(challenge, step),
    }


def _saved(challenge: Challenge, step: str) -> ResponseReturnValue:
    """On to the next step, or back to the need where only saving was asked for."""
    keys = [key for key, _label in STEPS]
    following = "check" if "draft" in request.form else keys[keys.index(step) + 1]
    said(N_("Saved."))
    return redirect(step_url(challenge, following), 303)


@bp.route("/agency/challenges/<ref>/statement/<language>", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def statement(ref: str, language: str) -> ResponseReturnValue:
    """The statement in one language."""
    if language not in ("zh", "en"):
        raise NotFound
    written: Language = "en" if language == "en" else "zh"
    challenge = _editable(ref)
    stored = StoredStatement(challenge, written)
    form = StatementForm.of(stored)
    context = _context(challenge, written, stored) | {"language": written}
    if not form.is_submitted():
        return render_template("challenges/statement.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.save_statement(
            challenge=challenge,
            language=written,
            text=form.facts(),
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        return _saved(challenge, written)

    return attempt(form, act, template="challenges/statement.html", **context)


@bp.route("/agency/challenges/<ref>/terms", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def terms(ref: str) -> ResponseReturnValue:
    """Domain, money, window and contact."""
    challenge = _editable(ref)
    form = TermsForm.of(challenge)
    context = _context(challenge, "terms", challenge)
    if not form.is_submitted():
        return render_template("challenges/terms.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.save_terms(
            challenge=challenge,
            terms=form.facts(),
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        return _saved(challenge, "terms")

    return attempt(form, act, template="challenges/terms.html", **context)


@bp.route("/agency/challenges/<ref>/criteria", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def criteria(ref: str) -> ResponseReturnValue:
    """The criteria with their weights; a template can be taken as a start."""
    challenge = _editable(ref)
    templates = criteria_templates()
    asked = templates.get(request.args.get("template", "")) or (
        None if challenge.criteria else templates[DEFAULT]
    )
    form = CriteriaForm.of(challenge, asked.criteria if asked else ())
    context = _context(challenge, "criteria", challenge) | {"templates": templates, "suggested": asked}
    if not form.is_submitted() or form.changed_rows():
        return render_template("challenges/criteria.html", form=form, **context)

    def act() -> ResponseReturnValue:
        operations.save_criteria(
            challenge=challenge,
            criteria=form.facts(),
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        return _saved(challenge, "criteria")

    return attempt(form, act, template="challenges/criteria.html", **context)


@bp.route("/agency/challenges/<ref>/papers", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def papers(ref: str) -> ResponseReturnValue:
    """The papers, and one more to attach."""
    challenge = _editable(ref)
    form = PaperForm()
    limit = current_app.extensions["settings"].max_upload_bytes
    context = _context(challenge, "papers", challenge) | {"kinds": sorted(files.ALLOWED), "limit": limit}
    if not form.is_submitted():
        return render_template("challenges/papers.html", form=form, **context)

    def act() -> ResponseReturnValue:
        _attach(challenge, form, limit)
        said(N_("The paper is attached."))
        return redirect(url_for("challenges.papers", ref=ref), 303)

    return attempt(form, act, template="challenges/papers.html", **context)


def _attach(challenge: Challenge, form: PaperForm, limit: int) -> None:
    try:
        upload = files.read(form.file.data.stream, form.file.data.filename, limit=limit)
        operations.attach_paper(
            challenge=challenge,
            upload=upload,
            title=form.title.data or upload.name,
            public=bool(form.public.data),
            by=actor(),
            at=g.now,
        )
    except Refused as refused:
        if refused.denial.code.startswith("file."):
            raise Invalid({"file": refused.denial}) from None
        raise


@bp.post("/agency/challenges/<ref>/papers/<paper>/remove")
@open_to(Audience.AGENCY)
@writes
def remove_paper(ref: str, paper: str) -> ResponseReturnValue:
    challenge = queries.own_challenge(actor(), ref)
    operations.remove_paper(
        challenge=challenge, paper=queries.paper_of(challenge, paper), by=actor(), at=g.now
    )
    said(N_("The paper is removed."))
    return redirect(url_for("challenges.papers", ref=ref), 303)
