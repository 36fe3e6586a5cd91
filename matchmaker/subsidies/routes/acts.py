"""One page for each act on a case: its form, what it will do, the operation behind it, and who may."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Decision, Denied, Reason, deny
from matchmaker.kernel.errors import Invalid, NotFound
from matchmaker.kernel.words import N_
from matchmaker.people import queries as people
from matchmaker.people.actor import Actor
from matchmaker.people.states import SignOffRole
from matchmaker.rulebook import claims, reference
from matchmaker.rulebook.facts import BadFact
from matchmaker.subsidies import operations as do
from matchmaker.subsidies import policies, queries, stored
from matchmaker.subsidies.facts import ClaimFacts
from matchmaker.subsidies.forms import acts as forms
from matchmaker.subsidies.forms.parts import AdverseForm, LetterForm, papers_of, with_papers
from matchmaker.subsidies.models import PlanChange, PlanTermination, SubsidyCase
from matchmaker.subsidies.operations.application import clause_text, gaps_of, preview
from matchmaker.subsidies.operations.execution import preview_claim
from matchmaker.subsidies.operations.requests import preview_change, preview_termination
from matchmaker.subsidies.papers.drafts import REMEDY, repayment_body
from matchmaker.subsidies.routes import bp, shown
from matchmaker.subsidies.states import AskState, ClaimKind
from matchmaker.web.access import Audience, actor, open_to, writes
from matchmaker.web.forms import Bare, Form, attempt, said

NO_FILE = Reason("subsidies.no_file", N_("Choose a file."))


def nothing_chosen() -> Denied:
    """No file was chosen."""
    return deny(NO_FILE)


May = Callable[[Actor, SubsidyCase, datetime], Decision]
Run = Callable[[SubsidyCase, Any, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act on a case. ``when`` says whether it is offered at all; ``may`` whether it can be done now.

    ``upkeep`` shows how operation was to go on: the plan that the agency controls itself by (R-085).
    ``kept`` gives what is stored under the names of the form's fields, for who finds it changed meanwhile.
    """

    title: str
    lede: str
    done: str
    may: May
    run: Run
    form: Callable[[SubsidyCase], Form] = lambda _case: Bare()
    staff: bool = False
    tone: str = ""
    sheets: Callable[[SubsidyCase], Iterable[tuple[str, stored.Stored]]] | None = None
    when: Callable[[SubsidyCase], bool] | None = None
    clause: bool = False
    upkeep: bool = False
    kept: Callable[[SubsidyCase], dict[str, Any]] = lambda _case: {}


def _fresh(form: type[Form], **given: Any) -> Callable[[SubsidyCase], Form]:
    """A form whose day fields begin with today."""

    def make(_case: SubsidyCase) -> Form:
        return form(data={"dated_on": local_day(g.now), "on": local_day(g.now)} | given)

    return make


def _letter(case: SubsidyCase) -> Form:
    return _fresh(LetterForm)(case)


# --- forms that depend on the case ---


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


def _right_box(case: SubsidyCase) -> Form:
    request = policies.open_request(case)
    given: dict[str, Any] = {"dated_on": local_day(g.now)}
    if isinstance(request, PlanTermination):
        counted = preview_termination(case, request, g.now)
        given |= {"right_subsidy": counted.refund, "right_interest": counted.interest or 0, "right_other": 0}
    return forms.RightBoxForm(data=given)


def _repayment_form(case: SubsidyCase) -> Form:
    """The notice as the product prepared it: number, date, hearing and last day are the officer's."""
    row = policies.unsent_repayment(case)
    given: dict[str, Any] = {"dated_on": local_day(g.now)}
    if row is not None:
        given |= {"interest": row.interest, "body": repayment_body(case, row), "remedy": REMEDY}
    return forms.RepaymentForm(data=given)


# --- what an act will do, counted before it is done ---


def _approval_sheets(case: SubsidyCase) -> Iterable[tuple[str, stored.Stored]]:
    try:
        sheets, _result = preview(case, local_day(g.now))
    except BadFact:
        return
    yield gettext("Ceiling and own share"), sheets["ceiling"]
    if "approved" in sheets:
        yield gettext("Amount to approve"), sheets["approved"]


def _claim_sheets(case: SubsidyCase) -> Iterable[tuple[str, stored.Stored]]:
    claim = policies.open_claim(case)
    if claim is not None:
        found = preview_claim(case, claim, g.now)
        yield gettext("What the claim pays"), stored.kept(found.worksheet, local_day(g.now), "claim", {})


def _request_sheets(case: SubsidyCase) -> Iterable[tuple[str, stored.Stored]]:
    request = policies.open_request(case)
    if isinstance(request, PlanChange):
        found = preview_change(case, request.cost_after, request.declared_interest, g.now)
        yield gettext("What the change leaves"), stored.kept(found.worksheet, local_day(g.now), "change", {})
    elif isinstance(request, PlanTermination):
        found = preview_termination(case, request, g.now)
        yield gettext("What goes back"), stored.kept(found.worksheet, local_day(g.now), "termination", {})


# --- rights that need more than the case ---


def _submits(person: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return policies.can_submit(person, case, now, gaps_of(case, local_day(now)))


def _cures(person: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return policies.can_cure(person, case, now, gaps_of(case, local_day(now)))


def _approves(person: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return policies.can_approve(person, case, now, queries.budget_left(case.round))


def _asks_signatures(person: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return policies.can_ask_signatures(person, case, now, people.desks_of(case.agency_id))


def _signs(person: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return policies.can_sign(person, case, now, people.desks_of(case.agency_id))


def _is_change(case: SubsidyCase) -> bool:
    return isinstance(policies.open_request(case), PlanChange)


def _is_termination(case: SubsidyCase) -> bool:
    return isinstance(policies.open_request(case), PlanTermination)


def _decide_request(kind: Callable[[SubsidyCase], bool]) -> May:
    def may(person: Actor, case: SubsidyCase, now: datetime) -> Decision:
        if not kind(case) and policies.open_request(case) is not None:
            return deny(policies.NO_REQUEST_OPEN)
        return policies.can_decide_request(person, case, now)

    return may


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


ACTS: dict[str, Act] = {
    # the agency
    "submit": Act(
        title=N_("Submit the application"),
        lede=N_(
            "With the agency's letter. Afterwards the plan can be changed only where papers are missing."
        ),
        done=N_("Submitted. The programme office is being told by mail."),
        may=_submits,
        form=_letter,
        run=lambda case, form, who: do.submit(case=case, letter=form.letter(), **who),
    ),
    "cure": Act(
        title=N_("Hand in the missing papers"),
        lede=N_("Add what is missing first; then hand it in by letter."),
        done=N_("Handed in. The programme office is being told by mail."),
        may=_cures,
        form=_letter,
        run=lambda case, form, who: do.cure(case=case, letter=form.letter(), **who),
    ),
    "withdraw": Act(
        title=N_("Withdraw the application"),
        lede=N_("This cannot be taken back."),
        done=N_("The application is withdrawn."),
        may=policies.can_withdraw,
        form=_fresh(forms.ReasonForm),
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
        form=_fresh(forms.ReserveForm),
        run=lambda case, form, who: do.reserve(case=case, facts=form.facts(), letter=form.letter(), **who),
    ),
    "extension": Act(
        title=N_("Ask for an extension"),
        lede=N_("By letter with reasons. Without consent the deadline stays."),
        done=N_("Asked for. The programme office is being told by mail."),
        may=policies.can_ask_extension,
        form=_fresh(forms.ExtensionForm),
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
        sheets=_request_sheets,
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
    # the programme office
    "ask-cure": Act(
        title=N_("Ask for missing papers"),
        lede=N_("Within thirty days at most (assumed)."),
        done=N_("Asked for. The agency is being told by mail."),
        may=policies.can_ask_cure,
        staff=True,
        form=_fresh(forms.CureForm),
        run=lambda case, form, who: do.ask_cure(
            case=case, letter=form.letter(), due_on=form.due_on.data, note=form.note.data or "", **who
        ),
    ),
    "complete": Act(
        title=N_("Find the application complete"),
        lede=N_("It then waits for the review meeting."),
        done=N_("The application waits for the review meeting."),
        may=policies.can_find_complete,
        staff=True,
        run=lambda case, form, who: do.find_complete(case=case, **who),
    ),
    "decline": Act(
        title=N_("Do not approve"),
        lede=N_("A decision against the agency, with reasons, hearing and remedy notice."),
        done=N_("Decided. The agency is being told by mail."),
        may=policies.can_decline,
        staff=True,
        tone="danger",
        form=_fresh(AdverseForm),
        run=lambda case, form, who: do.decline(case=case, letter=form.letter(), **who),
    ),
    "approve": Act(
        title=N_("Approve the subsidy"),
        lede=N_("By letter. Its date is the day of approval: tier, rate and deadlines follow from it."),
        done=N_("Approved. The agency is being told by mail."),
        may=_approves,
        staff=True,
        form=_fresh(LetterForm),
        sheets=_approval_sheets,
        clause=True,
        run=lambda case, form, who: do.approve(case=case, letter=form.letter(), **who),
    ),
    "return-claim": Act(
        title=N_("Return the claim"),
        lede=N_("Say what is wrong; the agency hands it in again."),
        done=N_("Returned. The agency is being told by mail."),
        may=policies.can_return_claim,
        staff=True,
        tone="quiet",
        form=_fresh(LetterForm),
        run=lambda case, form, who: do.return_claim(case=case, letter=form.letter(), **who),
        when=lambda case: policies.open_claim(case) is not None,
    ),
    "check-claim": Act(
        title=N_("Pass the claim"),
        lede=N_("What it pays is fixed as counted below."),
        done=N_("The claim passed. Record the payment when it was made."),
        may=policies.can_check_claim,
        staff=True,
        sheets=_claim_sheets,
        run=lambda case, form, who: do.check_claim(case=case, **who),
        when=lambda case: policies.open_claim(case) is not None,
    ),
    "pay": Act(
        title=N_("Record the payment"),
        lede=N_("When the money has left; with the payment notice. It is never changed afterwards."),
        done=N_("The payment is recorded. The agency is being told by mail."),
        may=policies.can_pay,
        staff=True,
        form=_fresh(forms.PayForm),
        sheets=_claim_sheets,
        run=lambda case, form, who: do.pay_claim(
            case=case, payment=form.payment(), letter=form.letter(), **who
        ),
        when=lambda case: policies.open_claim(case) is not None,
    ),
    "yuan": Act(
        title=N_("Record the Executive Yuan's decision"),
        lede=N_("On the programme's own carry-over. What it refuses is not paid."),
        done=N_("Recorded. The agency is being told by mail."),
        may=policies.can_decide_reservation,
        staff=True,
        form=_fresh(forms.YuanForm),
        run=lambda case, form, who: do.decide_reservation(
            case=case, facts=form.facts(), letter=form.letter(), **who
        ),
        when=lambda case: policies.open_reservation(case) is not None,
    ),
    "cut": Act(
        title=N_("Hand on a legislative cut"),
        lede=N_("In proportion, or as negotiated. What was paid is not reduced by it."),
        done=N_("Adjusted. The agency is being told by mail."),
        may=policies.can_cut,
        staff=True,
        tone="quiet",
        form=_fresh(forms.CutForm),
        run=lambda case, form, who: do.hand_on_cut(
            case=case, facts=form.facts(), letter=form.letter(), **who
        ),
    ),
    "approve-change": Act(
        title=N_("Approve the change"),
        lede=N_(
            "An increase is the agency's; of a decrease the subsidy's share goes back with its interest."
        ),
        done=N_("Approved. The agency is being told by mail."),
        may=_decide_request(_is_change),
        staff=True,
        form=_fresh(LetterForm),
        sheets=_request_sheets,
        run=lambda case, form, who: do.approve_change(case=case, letter=form.letter(), **who),
        when=_is_change,
    ),
    "approve-termination": Act(
        title=N_("Approve the termination"),
        lede=N_(
            "The approval is revoked. The right box of the form is yours: it is final, whatever was counted."
        ),
        done=N_("Approved. The agency is being told by mail."),
        may=_decide_request(_is_termination),
        staff=True,
        form=_right_box,
        sheets=_request_sheets,
        run=lambda case, form, who: do.approve_termination(
            case=case, box=form.box(), letter=form.letter(), **who
        ),
        when=_is_termination,
    ),
    "refuse-request": Act(
        title=N_("Refuse the request"),
        lede=N_("A decision against the agency, with reasons, hearing and remedy notice."),
        done=N_("Refused. The agency is being told by mail."),
        may=policies.can_decide_request,
        staff=True,
        tone="danger",
        form=_fresh(AdverseForm),
        run=lambda case, form, who: do.refuse_request(case=case, letter=form.letter(), **who),
        when=lambda case: policies.open_request(case) is not None,
    ),
    "grant-extension": Act(
        title=N_("Grant the extension"),
        lede=N_("Until a day that you fix; it may differ from what was asked for."),
        done=N_("Granted. The agency is being told by mail."),
        may=policies.can_decide_extension,
        staff=True,
        form=_fresh(forms.GrantForm),
        run=lambda case, form, who: do.decide_extension(
            case=case, granted_until=form.granted_until.data, letter=form.letter(), **who
        ),
        when=lambda case: any(each.state is AskState.ASKED for each in case.extensions),
    ),
    "refuse-extension": Act(
        title=N_("Refuse the extension"),
        lede=N_("A decision against the agency, with reasons, hearing and remedy notice."),
        done=N_("Refused. The agency is being told by mail."),
        may=policies.can_decide_extension,
        staff=True,
        tone="danger",
        form=_fresh(AdverseForm),
        run=lambda case, form, who: do.decide_extension(
            case=case, granted_until=None, letter=form.letter(), **who
        ),
        when=lambda case: any(each.state is AskState.ASKED for each in case.extensions),
    ),
    "inspect": Act(
        title=N_("Record an inspection"),
        lede=N_("A document or on-site check of deployment, use, upkeep or expenditure."),
        upkeep=True,
        done=N_("The inspection is recorded."),
        may=policies.can_inspect,
        staff=True,
        tone="quiet",
        form=forms.InspectionForm.of,
        run=lambda case, form, who: do.inspect(case=case, facts=form.facts(), **who),
    ),
    "notify": Act(
        title=N_("Send an improvement notice"),
        lede=N_(
            "It names the defects and the day until which to mend them. Only after that day can the subsidy fall for them."
        ),
        done=N_("Sent. The agency is being told by mail."),
        may=policies.can_notify,
        staff=True,
        tone="quiet",
        form=_fresh(forms.NotifyForm),
        run=lambda case, form, who: do.notify(
            case=case, defects=form.defects.data or "", due_on=form.due_on.data, letter=form.letter(), **who
        ),
    ),
    "mended": Act(
        title=N_("Find the defects mended"),
        lede=N_("The notice is settled."),
        done=N_("The notice is settled."),
        may=policies.can_find_mended,
        staff=True,
        form=lambda _case: forms.NoteForm(),
        run=lambda case, form, who: do.find_mended(case=case, note=form.note.data or "", **who),
        when=lambda case: policies.open_notice(case) is not None,
    ),
    "revoke": Act(
        title=N_("Annul or revoke"),
        lede=N_("Payment stop and recovery are two scales, independent of each other."),
        done=N_("Decided. The agency is being told by mail."),
        may=policies.can_revoke,
        staff=True,
        tone="danger",
        form=lambda case: _dated(forms.RevokeForm.of(case)),
        run=lambda case, form, who: do.revoke(case=case, facts=form.facts(), letter=form.letter(), **who),
    ),
    "repayment": Act(
        title=N_("Send the repayment notice"),
        lede=N_(
            "Written from the figures of the case; look it through, then give number, date, hearing and last day."
        ),
        done=N_("Sent. The agency is being told by mail."),
        may=policies.can_send_repayment,
        staff=True,
        form=_repayment_form,
        run=lambda case, form, who: do.send_repayment(
            case=case, due_on=form.due_on.data, interest=form.interest.data, letter=form.letter(), **who
        ),
        when=lambda case: policies.unsent_repayment(case) is not None,
    ),
    "return": Act(
        title=N_("Record a repayment"),
        lede=N_("Money that came back, subsidy and interest apart."),
        done=N_("The repayment is recorded."),
        may=policies.can_record_return,
        staff=True,
        form=_fresh(forms.ReturnForm),
        run=lambda case, form, who: do.record_return(
            case=case,
            amount=form.amount.data or 0,
            interest=form.interest.data or 0,
            payment=form.payment(),
            **who,
        ),
        when=lambda case: bool(case.repayments),
    ),
    "close": Act(
        title=N_("Close the case"),
        lede=N_("Nothing is owed any more; nothing changes afterwards but inspections."),
        done=N_("The case is closed."),
        may=policies.can_close,
        staff=True,
        run=lambda case, form, who: do.close(case=case, **who),
    ),
}


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


def _dated(form: Any) -> Form:
    if not form.is_submitted():
        form.dated_on.data = local_day(g.now)
    made: Form = form
    return made


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
