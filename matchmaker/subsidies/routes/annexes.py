"""The forms of annexes 5 and 6, filled by the agency."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.kernel.words import N_
from matchmaker.rulebook import claims, reference
from matchmaker.subsidies import operations, policies, queries
from matchmaker.subsidies.forms.annexes import ChangeForm, TerminationForm
from matchmaker.subsidies.forms.parts import papers_of, with_papers
from matchmaker.subsidies.models import SubsidyCase
from matchmaker.subsidies.routes import bp, shown
from matchmaker.subsidies.states import RequestState
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said


def _wanted(case: SubsidyCase, kind: str, have: set[str]) -> list[Any]:
    """The attachments of the form that can still be added; the approval letter stands in the case."""
    scheme = reference.scheme(case.scheme)
    needed = claims.required_papers(scheme, kind, force_majeure=True)
    return [each for each in needed if each.code not in have | {"approval_letter", "comparison_table"}]


@bp.route("/subsidies/<ref>/change", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def change(ref: str) -> ResponseReturnValue:
    """Annex 5: change of the plan."""
    case = queries.case_for(actor(), ref)
    row = next((each for each in case.changes if each.state is RequestState.DRAFT), None)
    wanted = _wanted(case, "change", {paper.kind for paper in row.papers} if row else set())
    form = with_papers(ChangeForm, wanted).of(case, row)

    def act() -> ResponseReturnValue:
        operations.save_change(
            case=case,
            facts=form.facts(),
            papers=papers_of(form),
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Saved. Ask for the signatures when the form is whole."))
        return redirect(url_for("subsidies.show", ref=ref) + "#requests", 303)

    return _page(case, form, "change", row, ("metrics", "differences"), act)


@bp.route("/subsidies/<ref>/termination", methods=["GET", "POST"])
@open_to(Audience.AGENCY)
@writes
def termination(ref: str) -> ResponseReturnValue:
    """Annex 6: termination of the plan."""
    case = queries.case_for(actor(), ref)
    row = next((each for each in case.terminations if each.state is RequestState.DRAFT), None)
    wanted = _wanted(case, "termination", {paper.kind for paper in row.papers} if row else set())
    form = with_papers(TerminationForm, wanted).of(case, row)

    def act() -> ResponseReturnValue:
        operations.save_termination(
            case=case,
            facts=form.facts(),
            papers=papers_of(form),
            by=actor(),
            at=g.now,
            expected_version=form.version,
        )
        said(N_("Saved. Ask for the signatures when the form is whole."))
        return redirect(url_for("subsidies.show", ref=ref) + "#requests", 303)

    return _page(case, form, "termination", row, ("items",), act)


def _page(
    case: SubsidyCase, form: Any, kind: str, row: Any, rows: tuple[str, ...], act: Any
) -> ResponseReturnValue:
    person = actor()
    edits = policies.can_edit_request if row is not None else policies.can_request
    template = f"subsidies/{kind}.html"
    context = shown.around(case) | {
        "row": row,
        "decision": edits(person, case, g.now),
        "paper_titles": shown.paper_titles(case),
        "uploads": [field for field in form if field.short_name.startswith("paper_")],
    }
    if not form.is_submitted() or form.change_rows(*rows):
        return render_template(template, form=form, **context)
    return attempt(form, act, template=template, **context)
