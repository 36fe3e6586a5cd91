"""The acts of the agency on its case, from the application to the signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Decision
from matchmaker.kernel.errors import Invalid
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.people.states import SignOffRole
from matchmaker.rulebook import claims, reference
from matchmaker.subsidies import operations as do
from matchmaker.subsidies import policies
from matchmaker.subsidies.facts import ClaimFacts
from matchmaker.subsidies.forms import acts as forms
from matchmaker.subsidies.forms.parts import papers_of, with_papers
from matchmaker.subsidies.models import SubsidyCase
from matchmaker.subsidies.operations.application import gaps_of
from matchmaker.subsidies.routes.acting import Act, fresh, letter_form, nothing_chosen, request_sheets
from matchmaker.subsidies.states import ClaimKind
from matchmaker.web.forms import Form


def _claim_form(case: SubsidyCase) -> Form:
    claim = policies.open_claim(case)
    kind = claim.kind if claim is not None else policies.next_claim(case)
    scheme = reference.scheme(case.scheme)
    wanted = claims.required_papers(scheme, str(kind or ClaimKind.SAME_YEAR))
    data = {"dated_on": local_day(g.now), "cost": claim.cost if claim is not None else None}
    return with_papers(forms.ClaimForm, wanted)(data=data)


def _sign_form(case: SubsidyCase) -> Form:
    request = policies.open_request(case)
    last = request is not None and policies.next_desk(request) is SignOffRole.HEAD
    return forms.SignForm(data={"dated_on": local_day(g.now)}) if last else forms.CommentForm()


def _submits(person: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return policies.can_submit(person, case, now, gaps_of(case, local_day(now)))


def _cures(person: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return policies.can_cure(person, case, now, gaps_of(case, local_day(now)))


def _asks_signatures(person: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return policies.can_ask_signatures(person, case, now, people.desks_of(case.agency_id))


def _signs(person: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return policies.can_sign(person, case, now, people.desks_of(case.agency_id))


def _mend(case: SubsidyCase, form: Any, who: dict[str, Any]) -> None:
    do.mend_claim(
        case=case,
        cost=form.cost.data,
        letter=form.letter(),
        papers=papers_of(form),
        **who,
    )


def _claim(case: SubsidyCase, form: Any, who: dict[str, Any]) -> None:
    kind = policies.next_claim(case) or ClaimKind.SAME_YEAR
    facts = ClaimFacts(kind=kind, cost=form.cost.data)
    do.hand_in_claim(case=case, facts=facts, letter=form.letter(), papers=papers_of(form), **who)


def _order(case: SubsidyCase, form: Any, who: dict[str, Any]) -> None:
    if form.is_outside:
        do.record_order(case=case, facts=form.facts(), **who)
    else:
        do.link_order(case=case, order=form.order.data, value=form.value.data, **who)


def _attach(case: SubsidyCase, form: Any, who: dict[str, Any]) -> None:
    made = form.facts()
    if made is None:
        raise Invalid({"upload": nothing_chosen()})
    do.attach_form(case=case, paper=made, **who)


def _sign(case: SubsidyCase, form: Any, who: dict[str, Any]) -> None:
    letter = form.letter() if isinstance(form, forms.SignForm) else None
    do.sign(case=case, letter=letter, comment=form.comment.data or "", **who)


AGENCY_ACTS: dict[str, Act] = {
    "submit": Act(
        title=N_("Submit the application"),
        lede=N_(
            "With the agency's letter. Afterwards the plan can be changed only where papers are missing."
        ),
        done=N_("Submitted. The programme office is being told by mail."),
        may=_submits,
        form=letter_form,
        run=lambda case, form, who: do.submit(case=case, letter=form.letter(), **who),
    ),
    "cure": Act(
        title=N_("Hand in the missing papers"),
        lede=N_("Add what is missing first; then hand it in by letter."),
        done=N_("Handed in. The programme office is being told by mail."),
        may=_cures,
        form=letter_form,
        run=lambda case, form, who: do.cure(case=case, letter=form.letter(), **who),
    ),
    "withdraw": Act(
        title=N_("Withdraw the application"),
        lede=N_("This cannot be taken back."),
        done=N_("The application is withdrawn."),
        may=policies.can_withdraw,
        form=fresh(forms.ReasonForm),
        tone="danger",
        run=lambda case, form, who: do.withdraw(case=case, reason=form.reason.data or "", **who),
    ),
    "order": Act(
        title=N_("Link an order"),
        lede=N_(
            "Within two months after the approval. To choose from are your own orders of the plan's items since then."
        ),
        done=N_("The order is linked."),
        may=policies.can_record,
        form=forms.OrderForm.of,
        run=_order,
    ),
    "change-order": Act(
        title=N_("Record that an order changed"),
        lede=N_("A change of the plan is approved first. After payment what was paid is counted anew."),
        done=N_("The changed order is recorded."),
        may=policies.can_change_order,
        form=forms.OrderChangeForm.of,
        run=lambda case, form, who: do.change_order(
            case=case, number=form.pcc_number.data, value=form.value.data, **who
        ),
    ),
    "budget": Act(
        title=N_("Record the budget"),
        lede=N_(
            "The subsidy and the matching funds belong into the annual budget, else into a supplementary one."
        ),
        done=N_("The budget is recorded."),
        may=policies.can_record,
        form=forms.BudgetForm.of,
        kept=lambda case: {
            "state": str(case.budget_state),
            "with_matching": case.budget_with_matching,
            "note": case.budget_note,
        },
        run=lambda case, form, who: do.set_budget(case=case, facts=form.facts(), **who),
    ),
    "progress": Act(
        title=N_("Record days"),
        lede=N_("Deadlines are counted from them."),
        done=N_("The days are recorded."),
        may=policies.can_record,
        form=forms.ProgressForm.of,
        kept=lambda case: {
            name: getattr(case, name) for name in ("accepted_on", "first_use_on", "plan_closed_on")
        },
        run=lambda case, form, who: do.record_progress(case=case, facts=form.facts(), **who),
    ),
    "claim": Act(
        title=N_("Hand in a claim"),
        lede=N_("By letter, with all the papers that belong to it."),
        done=N_("Handed in. The programme office is being told by mail."),
        may=policies.can_claim,
        form=_claim_form,
        run=_claim,
        when=lambda case: policies.next_claim(case) is not None,
    ),
    "mend-claim": Act(
        title=N_("Hand in the claim again"),
        lede=N_("Papers that were handed in before stay with it; add what was missing."),
        done=N_("Handed in. The programme office is being told by mail."),
        may=policies.can_mend_claim,
        form=_claim_form,
        run=_mend,
        when=lambda case: bool(policies.open_claim(case)),
    ),
    "reserve": Act(
        title=N_("Ask for a reservation"),
        lede=N_(
            "For what cannot be claimed in the approval year. It is paid only if the Executive Yuan approves."
        ),
        done=N_("Asked for. The programme office is being told by mail."),
        may=policies.can_reserve,
        form=fresh(forms.ReserveForm),
        run=lambda case, form, who: do.reserve(case=case, facts=form.facts(), letter=form.letter(), **who),
    ),
    "extension": Act(
        title=N_("Ask for an extension"),
        lede=N_("By letter with reasons. Without consent the deadline stays."),
        done=N_("Asked for. The programme office is being told by mail."),
        may=policies.can_ask_extension,
        form=fresh(forms.ExtensionForm),
        run=lambda case, form, who: do.ask_extension(
            case=case, facts=form.facts(), letter=form.letter(), **who
        ),
    ),
    "ask-signatures": Act(
        title=N_("Ask for the signatures"),
        lede=N_("The form goes to the four desks in order. It cannot be changed while it is being signed."),
        done=N_("The first desk is being told by mail."),
        may=_asks_signatures,
        run=lambda case, form, who: do.ask_signatures(case=case, **who),
        when=lambda case: policies.open_request(case) is not None,
    ),
    "sign": Act(
        title=N_("Sign the form"),
        lede=N_("You sign for your desk. With the fourth signature the form goes to the programme office."),
        done=N_("Signed."),
        may=_signs,
        form=_sign_form,
        run=_sign,
        sheets=request_sheets,
        when=lambda case: policies.open_request(case) is not None,
    ),
    "return-form": Act(
        title=N_("Return the form for correction"),
        lede=N_("The signatures given so far fall; the form is signed anew after the correction."),
        done=N_("Returned."),
        may=_signs,
        form=lambda _case: forms.CommentForm(),
        run=lambda case, form, who: do.return_form(case=case, comment=form.comment.data or "", **who),
        when=lambda case: policies.open_request(case) is not None,
        tone="quiet",
    ),
    "attach-form": Act(
        title=N_("Attach the signed sheet"),
        lede=N_("A scan of annex 5 or 6 with its wet signatures, beside the signatures given here."),
        done=N_("The signed sheet is attached."),
        may=policies.can_attach_form,
        form=lambda _case: forms.ScanForm(),
        run=_attach,
        when=lambda case: policies.signed_request(case) is not None,
    ),
    "withdraw-request": Act(
        title=N_("Withdraw the request"),
        lede=N_("The change or termination is not decided on any more."),
        done=N_("The request is withdrawn."),
        may=policies.can_withdraw_request,
        run=lambda case, form, who: do.withdraw_request(case=case, **who),
        tone="danger",
        when=lambda case: policies.open_request(case) is not None,
    ),
}
