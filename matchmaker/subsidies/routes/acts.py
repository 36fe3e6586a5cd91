"""One page for each act on a case: its form, what it will do, the operation behind it, and who may."""

from __future__ import annotations

from types import SimpleNamespace

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.kernel.decision import Decision, Denied
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.subsidies import policies, queries, stored
from matchmaker.subsidies.models import PlanChange, SubsidyCase
from matchmaker.subsidies.operations.application import clause_text
from matchmaker.subsidies.routes import bp, shown
from matchmaker.subsidies.routes.acting import Act
from matchmaker.subsidies.routes.agency_acts import AGENCY_ACTS
from matchmaker.subsidies.routes.staff_acts import STAFF_ACTS
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import attempt, said

ACTS: dict[str, Act] = {**AGENCY_ACTS, **STAFF_ACTS}
"""By the name in the address, in the order in which a page offers them."""
ON_A_FORM = frozenset(
    {"ask-signatures", "sign", "return-form", "approve-change", "approve-termination", "refuse-request"}
)
"""Acts before which one reads annex 5 or 6."""


def _reading(case: SubsidyCase, name: str) -> tuple[str, str] | None:
    """What one reads before the act, as a PDF: its label and address."""
    request, paper = policies.open_request(case), ""
    if name in ON_A_FORM and request is not None:
        annex = "annex-5" if isinstance(request, PlanChange) else "annex-6"
        label, paper = N_("Read the form (PDF)"), f"{annex}-{request.ref}"
    elif name == "repayment" and policies.unsent_repayment(case) is not None:
        label, paper = N_("Read the draft (PDF)"), "repayment-draft"
    if not paper:
        return None
    return label, url_for("subsidies.document", ref=case.ref, name=paper, kind="pdf")


STATE_REASONS = frozenset({policies.WRONG_STATE.code, policies.CLAIM_STATE.code, policies.REQUEST_STATE.code})


def offered(case: SubsidyCase) -> list[tuple[str, Act, Decision]]:
    """The acts that fit who reads and how the case stands: those that can be done, and those that wait for something."""
    person = actor()
    found = []
    for name, act in ACTS.items():
        if act.staff != person.is_staff or (act.when is not None and not act.when(case)):
            continue
        decision = act.may(person, case, g.now)
        if isinstance(decision, Denied) and decision.code in STATE_REASONS:
            continue
        found.append((name, act, decision))
    return found


@bp.route("/subsidies/<ref>/acts/<name>", methods=["GET", "POST"])
@open_to(Audience.AGENCY, Audience.STAFF)
@writes
def act(ref: str, name: str) -> ResponseReturnValue:
    """The page of one act: what it will do, its form, and why not where it cannot be done."""
    if name not in ACTS:
        raise NotFound
    case, found, person = queries.case_for(actor(), ref), ACTS[name], actor()
    if found.staff != person.is_staff:
        raise NotFound
    form = found.form(case)
    if not form.is_submitted():
        form.expected_version.data = str(case.version)
    decision = found.may(person, case, g.now)
    context = shown.around(case) | {
        "entity": SimpleNamespace(version=case.version, **found.kept(case)),
        "name": name,
        "step": found,
        "decision": decision,
        "sheets": [
            (t, stored.steps(s, shown.language())) for t, s in (found.sheets(case) if found.sheets else ())
        ],
        "clause": clause_text(case) if found.clause else "",
        "reading": _reading(case, name),
    }
    if not form.is_submitted():
        return render_template("subsidies/act.html", form=form, **context)

    def run() -> ResponseReturnValue:
        found.run(case, form, {"by": person, "at": g.now, "expected_version": form.version})
        said(found.done)
        return redirect(url_for("subsidies.show", ref=ref), 303)

    return attempt(form, run, template="subsidies/act.html", **context)
