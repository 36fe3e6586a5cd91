"""The official papers of a case as PDF and ODT."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import Response, current_app, g, render_template
from flask.typing import ResponseReturnValue

from matchmaker.foundation.papers import Kind, Paper
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.errors import NotFound
from matchmaker.kernel.words import N_
from matchmaker.subsidies import papers, policies, queries
from matchmaker.subsidies.models import SubsidyCase
from matchmaker.subsidies.papers.letters import letter_of
from matchmaker.subsidies.routes import bp
from matchmaker.subsidies.states import ClaimState, LetterKind
from matchmaker.web.access import Audience, actor, open_to
from matchmaker.web.exports import paper_response


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper that the case can be asked for: its name in the address, its label, and the paper."""

    name: str
    label: str
    paper: Paper


def offers(case: SubsidyCase, made_on: date) -> Iterator[Offer]:
    """The papers that this case has something to say on."""
    office = current_app.extensions["settings"].owner_name_zh
    yield Offer(
        "annex-1", N_("Application (annex 1, our own layout)"), papers.application(case, made_on=made_on)
    )
    letter = letter_of(case, LetterKind.APPROVAL)
    if letter is not None and case.approval is not None:
        made = papers.approval_letter(case, letter, office=office, made_on=made_on)
        yield Offer("approval", N_("Approval letter"), made)
        proof = papers.budget_proof(case, made_on=made_on)
        yield Offer("annex-4", N_("Proof of budget inclusion (annex 4, our own layout)"), proof)
    yield from _claims(case, office, made_on)
    waiting = policies.unsent_repayment(case)
    if waiting is not None and actor().is_staff:
        made = papers.repayment_notice(case, waiting, None, office=office, made_on=made_on)
        yield Offer("repayment-draft", N_("Repayment notice (draft)"), made)
    for change in case.changes:
        made = papers.change_form(case, change, made_on=made_on)
        yield Offer(f"annex-5-{change.ref}", N_("Change of the plan (annex 5)"), made)
        made = papers.differences(case, change, made_on=made_on)
        yield Offer(f"differences-{change.ref}", N_("Table of differences"), made)
    for row in case.terminations:
        made = papers.termination_form(case, row, made_on=made_on)
        yield Offer(f"annex-6-{row.ref}", N_("Termination of the plan (annex 6)"), made)
    letter = letter_of(case, LetterKind.REPAYMENT)
    sent = [each for each in case.repayments if each.due_on is not None]
    if letter is not None and sent:
        made = papers.repayment_notice(case, sent[-1], letter, office=office, made_on=made_on)
        yield Offer("repayment", N_("Repayment notice"), made)


def _claims(case: SubsidyCase, office: str, made_on: date) -> Iterator[Offer]:
    for claim in case.claims:
        name = f"{claim.kind}".replace("_", "-")
        yield Offer(
            f"receipt-{name}", N_("Receipt of the claim"), papers.claim_sheet(case, claim, made_on=made_on)
        )
        made = papers.certificate(case, claim, made_on=made_on)
        yield Offer(f"annex-2-{name}", N_("Acceptance certificate (annex 2, our own layout)"), made)
        made = papers.expenditure(case, claim, made_on=made_on)
        yield Offer(f"annex-3-{name}", N_("Expenditure statement (annex 3, our own layout)"), made)
    letter, paid = letter_of(case, LetterKind.PAYMENT), [c for c in case.claims if c.state is ClaimState.PAID]
    if letter is not None and paid:
        made = papers.payment_notice(case, paid[-1], letter, office=office, made_on=made_on)
        yield Offer("payment", N_("Payment notice"), made)


@bp.get("/subsidies/<ref>/documents/<name>.<kind>")
@open_to(Audience.AGENCY, Audience.STAFF)
def document(ref: str, name: str, kind: str) -> Response:
    """One paper as PDF or ODT."""
    case = queries.case_for(actor(), ref)
    found = next((each for each in offers(case, local_day(g.now)) if each.name == name), None)
    if found is None or kind not in list(Kind):
        raise NotFound
    return paper_response(f"{case.code or 'draft'}-{name}", found.paper, Kind(kind))


@bp.get("/subsidies/<ref>/documents")
@open_to(Audience.AGENCY, Audience.STAFF)
def documents(ref: str) -> ResponseReturnValue:
    """All papers that the case can be asked for."""
    case = queries.case_for(actor(), ref)
    return render_template(
        "subsidies/documents.html", case=case, offers=list(offers(case, local_day(g.now))), kinds=list(Kind)
    )
