"""Who may attach a scanned paper to a requisition or an order, and take it away again."""

from __future__ import annotations

from matchmaker.kernel.decision import ALLOWED, Decision, Reason, deny, first_denial
from matchmaker.kernel.words import N_
from matchmaker.orders.models import CallOffOrder, OrderPaper, Requisition
from matchmaker.orders.policies.ordering import NOT_PARTY
from matchmaker.people.actor import Actor
from matchmaker.people.policies import can_write

MOST_PAPERS = 30

TOO_MANY_PAPERS = Reason("orders.too_many_papers", N_("Attach at most %(most)s papers."))
NOT_ATTACHED_BY_YOU = Reason(
    "orders.not_attached_by_you", N_("Papers are taken away by the person who attached them: %(name)s.")
)


def can_attach(actor: Actor, thing: Requisition | CallOffOrder) -> Decision:
    """May this person attach a paper? Who writes for the agency, and on an order also for the supplier."""
    sides = {thing.agency_id, thing.supplier_id} if isinstance(thing, CallOffOrder) else {thing.agency_id}
    own = actor.organization_id
    if own is None or own not in sides:
        return deny(NOT_PARTY)
    room = ALLOWED if len(thing.papers) < MOST_PAPERS else deny(TOO_MANY_PAPERS, most=MOST_PAPERS)
    return first_denial(can_write(actor, own), room)


def can_take_away(actor: Actor, paper: OrderPaper) -> Decision:
    """May this person take a paper away again? Who attached it; the audit chain keeps that it was there."""
    if paper.file.uploaded_by != actor.ref:
        return deny(NOT_ATTACHED_BY_YOU, name=paper.attached_by)
    return ALLOWED
