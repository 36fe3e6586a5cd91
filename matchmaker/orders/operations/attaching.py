"""Scanned papers with wet signatures, and other files, of requisitions and orders (B-7)."""

from __future__ import annotations

from datetime import datetime

from matchmaker.foundation import audit, files
from matchmaker.foundation.db import db
from matchmaker.kernel.decision import Reason, deny
from matchmaker.kernel.errors import Invalid, Refused, require
from matchmaker.kernel.words import N_
from matchmaker.orders import queries
from matchmaker.orders.models import CallOffOrder, OrderPaper, Requisition
from matchmaker.orders.policies import attaching
from matchmaker.orders.states import PaperKind
from matchmaker.people.actor import Actor

FILE_NEEDED = Reason("orders.file_needed", N_("Choose the scanned file."))


def attach(
    *,
    thing: Requisition | CallOffOrder,
    kind: PaperKind,
    title: str,
    upload: files.Upload | None,
    by: Actor,
    at: datetime,
) -> OrderPaper:
    """Keep a file with a requisition or an order; its title is the file's name where none is given."""
    thing = _held(thing)
    require(attaching.can_attach(by, thing))
    if upload is None:
        raise Invalid({"file": deny(FILE_NEEDED)})
    try:
        stored = files.store(upload, by=by.ref, at=at)
    except Refused as refused:
        raise Invalid({"file": refused.denial}) from None
    is_order = isinstance(thing, CallOffOrder)
    paper = OrderPaper(
        order_id=thing.id if is_order else None,
        requisition_id=None if is_order else thing.id,
        kind=kind,
        title=title.strip() or stored.name,
        file_id=stored.id,
        attached_by=by.name,
        attached_at=at,
    )
    db.session.add(paper)
    db.session.flush()
    audit.record(
        type="paper.attached",
        subject=thing.subject,
        actor_ref=by.ref,
        at=at,
        body={"paper": paper.ref, "kind": str(kind), "sha256": stored.sha256},
    )
    return paper


def take_away(*, thing: Requisition | CallOffOrder, paper: OrderPaper, by: Actor, at: datetime) -> None:
    """Take a paper away that was attached by mistake; the chain keeps its digest."""
    thing = _held(thing)
    paper = queries.paper_of(thing, paper.ref)
    require(attaching.can_take_away(by, paper))
    body = {"paper": paper.ref, "sha256": paper.file.sha256}
    db.session.delete(paper)
    db.session.flush()
    audit.record(type="paper.taken_away", subject=thing.subject, actor_ref=by.ref, at=at, body=body)


def _held(thing: Requisition | CallOffOrder) -> Requisition | CallOffOrder:
    return queries.held_order(thing) if isinstance(thing, CallOffOrder) else queries.held_requisition(thing)
