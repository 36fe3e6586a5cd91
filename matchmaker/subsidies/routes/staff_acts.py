"""The acts of the programme office on a case, from the check to the closed file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import g
from flask_babel import gettext

from matchmaker.kernel.dates import local_day
from matchmaker.kernel.decision import Decision, deny
from matchmaker.kernel.words import N_
from matchmaker.people.actor import Actor
from matchmaker.rulebook.facts import BadFact
from matchmaker.subsidies import operations as do
from matchmaker.subsidies import policies, queries, stored
from matchmaker.subsidies.forms import acts as forms
from matchmaker.subsidies.forms.parts import AdverseForm, LetterForm
from matchmaker.subsidies.models import PlanChange, PlanTermination, SubsidyCase
from matchmaker.subsidies.operations.application import preview
from matchmaker.subsidies.operations.claiming import preview_claim
from matchmaker.subsidies.operations.requests import preview_termination
from matchmaker.subsidies.papers.drafts import REMEDY, repayment_body
from matchmaker.subsidies.routes.acting import Act, May, fresh, request_sheets
from matchmaker.subsidies.states import AskState
from matchmaker.web.forms import Form


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


def _approves(person: Actor, case: SubsidyCase, now: datetime) -> Decision:
    return policies.can_approve(person, case, now, queries.budget_left(case.round))


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


def _dated(form: Any) -> Form:
    if not form.is_submitted():
        form.dated_on.data = local_day(g.now)
    made: Form = form
    return made


STAFF_ACTS: dict[str, Act] = {
    "ask-cure": Act(
        title=N_("Ask for missing papers"),
        lede=N_("Within thirty days at most (assumed)."),
        done=N_("Asked for. The agency is being told by mail."),
        may=policies.can_ask_cure,
        staff=True,
        form=fresh(forms.CureForm),
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
        form=fresh(AdverseForm),
        run=lambda case, form, who: do.decline(case=case, letter=form.letter(), **who),
    ),
    "approve": Act(
        title=N_("Approve the subsidy"),
        lede=N_("By letter. Its date is the day of approval: tier, rate and deadlines follow from it."),
        done=N_("Approved. The agency is being told by mail."),
        may=_approves,
        staff=True,
        form=fresh(LetterForm),
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
        form=fresh(LetterForm),
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
        form=fresh(forms.PayForm),
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
        form=fresh(forms.YuanForm),
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
        form=fresh(forms.CutForm),
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
        form=fresh(LetterForm),
        sheets=request_sheets,
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
        sheets=request_sheets,
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
        form=fresh(AdverseForm),
        run=lambda case, form, who: do.refuse_request(case=case, letter=form.letter(), **who),
        when=lambda case: policies.open_request(case) is not None,
    ),
    "grant-extension": Act(
        title=N_("Grant the extension"),
        lede=N_("Until a day that you fix; it may differ from what was asked for."),
        done=N_("Granted. The agency is being told by mail."),
        may=policies.can_decide_extension,
        staff=True,
        form=fresh(forms.GrantForm),
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
        form=fresh(AdverseForm),
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
        form=fresh(forms.NotifyForm),
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
        form=fresh(forms.ReturnForm),
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
