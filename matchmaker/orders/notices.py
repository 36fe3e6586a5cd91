"""Who is told what about requisitions and orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from matchmaker.foundation.outbox import Letter, Recipient, both, day, letter, post, twd, words
from matchmaker.kernel.dates import local_day
from matchmaker.kernel.words import N_
from matchmaker.orders import days, queries
from matchmaker.orders.events import (
    CertificateMade,
    CertificateSigned,
    Delivered,
    DisputeSettled,
    ExperienceWritten,
    Inspected,
    OrderConfirmed,
    OrderDisputed,
    OrderEnded,
    OrderPaid,
    OrderPlaced,
    RequisitionReturned,
    RequisitionSigned,
)
from matchmaker.orders.models import CallOffOrder, Requisition
from matchmaker.orders.progress import warranties
from matchmaker.orders.states import RESULT_LABELS, SETTLEMENT_LABELS, Party, RequisitionState
from matchmaker.orders.steps import Step, Task, steps
from matchmaker.people import queries as people
from matchmaker.people.states import SIGN_OFF_LABELS, SignOffRole
from matchmaker.rulebook.reference import calendar

SOON = timedelta(days=5)
"""A last day that comes within these days is reminded of, once."""

TO_SIGN = letter(
    "orders.to_sign",
    N_("To sign: %(title)s (%(code)s)"),
    N_("The requisition “%(title)s” over %(total)s waits at the desk “%(desk)s”. %(who)s signed before you."),
    action=N_("Read and sign"),
)
APPROVED = letter(
    "orders.approved",
    N_("Approved: %(title)s (%(code)s)"),
    N_("The requisition “%(title)s” over %(total)s is approved."),
    N_("Make the order on the government e-procurement system, then enter its number here."),
    action=N_("Enter the order"),
)
RETURNED = letter(
    "orders.returned",
    N_("Returned: %(title)s (%(code)s)"),
    N_("%(who)s returned the requisition “%(title)s” with these words: %(words)s"),
    action=N_("Change the requisition"),
)
PLACED = letter(
    "orders.placed",
    N_("New order %(number)s: %(title)s"),
    N_("%(agency)s ordered “%(title)s” for %(total)s. The number on the e-procurement system is %(eproc)s."),
    N_("Deliver by %(due)s. Please accept the order, or say why you cannot."),
    action=N_("Look at the order"),
)
CONFIRMED = letter(
    "orders.confirmed",
    N_("Accepted by the supplier: %(number)s"),
    N_("%(supplier)s accepted your order “%(title)s” and delivers by %(due)s."),
    action=N_("Look at the order"),
)
ENDED = letter(
    "orders.ended",
    N_("The order %(number)s ends: %(title)s"),
    N_("%(who)s ended the order “%(title)s”, for this reason: %(reason)s"),
    N_("Nothing is to be delivered any more."),
    action=N_("Look at the order"),
)
DELIVERED = letter(
    "orders.delivered",
    N_("Delivered, please inspect: %(number)s"),
    N_("%(supplier)s delivered part %(part)s of the order “%(title)s” on %(on)s."),
    N_("Inspect it by %(due)s. Who bought is not the chief inspector."),
    action=N_("Inspect the delivery"),
)
INSPECTED = letter(
    "orders.inspected",
    N_("Inspected: %(number)s, %(result)s"),
    N_("%(agency)s inspected part %(part)s of the order “%(title)s”. Result: %(result)s."),
    N_("%(details)s"),
    action=N_("Look at the order"),
)
TO_COUNTERSIGN = letter(
    "orders.to_countersign",
    N_("Certificate to sign: %(number)s"),
    N_(
        "%(who)s made a settlement certificate over %(amount)s for the order “%(title)s”. It needs your signature."
    ),
    action=N_("Look at the order"),
)
TO_PAY = letter(
    "orders.to_pay",
    N_("To be paid: %(number)s, %(amount)s"),
    N_("The settlement certificate of the order “%(title)s” over %(amount)s is signed."),
    N_("Pay it and record the payment."),
    action=N_("Record the payment"),
)
CERTIFIED = letter(
    "orders.certified",
    N_("Settlement certificate signed: %(number)s"),
    N_(
        "%(agency)s signed a settlement certificate over %(amount)s for the order “%(title)s”. You can claim it now."
    ),
    action=N_("Look at the order"),
)
PAID = letter(
    "orders.paid",
    N_("Paid: %(number)s, %(amount)s"),
    N_("%(agency)s recorded a payment of %(amount)s on %(on)s for the order “%(title)s”."),
    action=N_("Look at the order"),
)
DISPUTED = letter(
    "orders.disputed",
    N_("Dispute over the order %(number)s"),
    N_("%(who)s opened a dispute over the order “%(title)s”, for this reason: %(reason)s"),
    N_("The order halts until the agency records how it was settled."),
    action=N_("Look at the order"),
)
SETTLED = letter(
    "orders.settled",
    N_("Dispute settled: %(number)s"),
    N_("The dispute over the order “%(title)s” is settled: %(settlement)s."),
    N_("%(reason)s"),
    action=N_("Look at the order"),
)
EXPERIENCE = letter(
    "orders.experience",
    N_("What %(agency)s says of “%(title)s”"),
    N_("%(agency)s rated the fitness of the order %(number)s with %(fitness)s of 5: %(note)s"),
    N_("It is shown on the pages of the items ordered."),
    action=N_("Look at the order"),
)
REMINDERS = {
    Task.DELIVER: letter(
        "orders.remind_deliver",
        N_("To deliver by %(due)s: %(number)s"),
        N_("The last day to deliver the order “%(title)s” is %(due)s."),
        action=N_("Look at the order"),
    ),
    Task.CURE: letter(
        "orders.remind_cure",
        N_("Defects to cure by %(due)s: %(number)s"),
        N_("The last day to deliver again what was not accepted of the order “%(title)s” is %(due)s."),
        action=N_("Look at the order"),
    ),
    Task.INSPECT: letter(
        "orders.remind_inspect",
        N_("To inspect by %(due)s: %(number)s"),
        N_("A delivery of the order “%(title)s” waits for its inspection. The last day is %(due)s."),
        action=N_("Look at the order"),
    ),
    Task.CERTIFY: letter(
        "orders.remind_certify",
        N_("To certify by %(due)s: %(number)s"),
        N_("The settlement certificate of the order “%(title)s” is to be made by %(due)s."),
        action=N_("Look at the order"),
    ),
    Task.SIGN: letter(
        "orders.remind_sign",
        N_("Certificate to sign by %(due)s: %(number)s"),
        N_("The settlement certificate of the order “%(title)s” is to be signed by %(due)s."),
        action=N_("Look at the order"),
    ),
    Task.PAY: letter(
        "orders.remind_pay",
        N_("To pay by %(due)s: %(number)s"),
        N_("The order “%(title)s” is certified and to be paid by %(due)s."),
        action=N_("Look at the order"),
    ),
}
WARRANTY = letter(
    "orders.warranty",
    N_("A warranty ends on %(due)s: %(number)s"),
    N_(
        "The warranty of “%(item)s” from the order “%(title)s” ends on %(due)s. Look for defects while it holds."
    ),
    action=N_("Look at the order"),
)


def _send(
    kind: Letter, to: Iterable[Recipient], *, key: str, at: datetime, params: Mapping[str, Any]
) -> None:
    for recipient in to:
        post(kind, recipient, key=key, at=at, params=params)


def _at_desk(agency_id: int, role: SignOffRole) -> list[Recipient]:
    """Who sits at a desk, and the deputy."""
    desk = queries.seats_of(agency_id).at(role)
    if desk is None:
        return []
    members = [desk.holder] if desk.deputy is None else [desk.holder, desk.deputy]
    return [people.recipient(member.user) for member in members if member.user.active]


def _wanted(requisition: Requisition) -> dict[str, Any]:
    return {
        "title": requisition.title,
        "code": requisition.code,
        "total": twd(requisition.total),
        "url": f"/requisitions/{requisition.ref}",
    }


def on_signed(event: RequisitionSigned) -> None:
    """The next desk learns that it is its turn; after the head's signature the case officer may order."""
    row, signature = event.requisition, event.signature
    key = f"{row.ref}:{signature.round}:{signature.desk}"
    if row.state is RequisitionState.APPROVED:
        officers = _at_desk(row.agency_id, SignOffRole.CASE_OFFICER)
        _send(APPROVED, officers, key=key, at=event.at, params=_wanted(row))
        return
    assert row.desk is not None
    params = _wanted(row) | {"desk": words(SIGN_OFF_LABELS[row.desk]), "who": signature.name}
    _send(TO_SIGN, _at_desk(row.agency_id, row.desk), key=key, at=event.at, params=params)


def on_returned(event: RequisitionReturned) -> None:
    """The case officer learns what should be changed."""
    row, signature = event.requisition, event.signature
    params = _wanted(row) | {"who": signature.name, "words": signature.words}
    officers = _at_desk(row.agency_id, SignOffRole.CASE_OFFICER)
    _send(RETURNED, officers, key=f"{row.ref}:{signature.round}", at=event.at, params=params)


def _about(order: CallOffOrder) -> dict[str, Any]:
    return {
        "number": order.number,
        "title": order.title,
        "agency": both(order.agency.name_zh, order.agency.name_en),
        "supplier": both(order.supplier.name_zh, order.supplier.name_en),
        "due": day(order.delivery_due_on),
        "url": f"/orders/{order.ref}",
    }


def _agency(order: CallOffOrder) -> list[Recipient]:
    return people.writers_of(order.agency_id)


def _supplier(order: CallOffOrder) -> list[Recipient]:
    return people.writers_of(order.supplier_id)


def on_placed(event: OrderPlaced) -> None:
    """The supplier learns of the order."""
    order = event.order
    total = twd(sum(line.amount for line in order.lines))
    params = _about(order) | {"total": total, "eproc": order.eproc_number}
    _send(PLACED, _supplier(order), key=order.ref, at=event.at, params=params)


def on_confirmed(event: OrderConfirmed) -> None:
    """The agency learns that the supplier delivers."""
    _send(CONFIRMED, _agency(event.order), key=event.order.ref, at=event.at, params=_about(event.order))


def on_ended(event: OrderEnded) -> None:
    """The other side learns that the order ends, and why; both where staff ended it."""
    order = event.order
    to = {
        Party.SUPPLIER: _agency(order),
        Party.AGENCY: _supplier(order),
        Party.STAFF: [*_agency(order), *_supplier(order)],
        None: [],
    }[order.ended_side]
    params = _about(order) | {"who": order.ended_by, "reason": order.end_note}
    _send(ENDED, to, key=order.ref, at=event.at, params=params)


def on_delivered(event: Delivered) -> None:
    """The agency learns what to inspect, and until when."""
    order, delivery = event.order, event.delivery
    params = _about(order) | {
        "part": delivery.number,
        "on": day(delivery.delivered_on),
        "due": day(days.inspect_by(delivery)),
    }
    _send(DELIVERED, _agency(order), key=delivery.ref, at=event.at, params=params)


def on_inspected(event: Inspected) -> None:
    """The supplier learns the result, with what was found and what follows."""
    order, inspection = event.order, event.inspection
    details: list[Any] = [inspection.discrepancies] if inspection.discrepancies else []
    if inspection.reduction:
        details.append(words(N_("Taken off the price: %(amount)s."), amount=twd(inspection.reduction)))
    if inspection.cure_on is not None:
        details.append(
            words(N_("Deliver again what was not accepted by %(day)s."), day=day(inspection.cure_on))
        )
    params = _about(order) | {
        "part": event.delivery.number,
        "result": words(RESULT_LABELS[inspection.result]),
        "details": details or [words(N_("The settlement certificate follows."))],
    }
    _send(INSPECTED, _supplier(order), key=inspection.ref, at=event.at, params=params)


def on_certificate_made(event: CertificateMade) -> None:
    """The supervisor learns of a certificate to sign."""
    order, certificate = event.order, event.certificate
    params = _about(order) | {"who": certificate.chief_name, "amount": twd(certificate.amount)}
    to = _at_desk(order.agency_id, SignOffRole.SUPERVISOR)
    _send(TO_COUNTERSIGN, to, key=certificate.ref, at=event.at, params=params)


def on_certificate_signed(event: CertificateSigned) -> None:
    """The accountant learns what to pay, the supplier what it may claim."""
    order, certificate = event.order, event.certificate
    params = _about(order) | {"amount": twd(certificate.amount)}
    accountants = _at_desk(order.agency_id, SignOffRole.ACCOUNTANT)
    _send(TO_PAY, accountants, key=certificate.ref, at=event.at, params=params)
    _send(CERTIFIED, _supplier(order), key=certificate.ref, at=event.at, params=params)


def on_paid(event: OrderPaid) -> None:
    """The supplier learns of a payment."""
    order, payment = event.order, event.payment
    params = _about(order) | {"amount": twd(payment.amount), "on": day(payment.paid_on)}
    _send(PAID, _supplier(order), key=payment.ref, at=event.at, params=params)


def on_disputed(event: OrderDisputed) -> None:
    """The other side and the programme office learn of a dispute."""
    order = event.order
    other = _agency(order) if event.side is Party.SUPPLIER else _supplier(order)
    params = _about(order) | {"who": event.dispute.opened_by, "reason": event.dispute.reason}
    _send(DISPUTED, [*other, *people.staff()], key=_moment(order, event.at), at=event.at, params=params)


def on_settled(event: DisputeSettled) -> None:
    """Both sides learn how it was settled."""
    order, dispute = event.order, event.dispute
    assert dispute.settlement is not None
    params = _about(order) | {
        "settlement": words(SETTLEMENT_LABELS[dispute.settlement]),
        "reason": dispute.words,
    }
    to = [*_agency(order), *_supplier(order)]
    _send(SETTLED, to, key=_moment(order, event.at), at=event.at, params=params)


def _moment(order: CallOffOrder, at: datetime) -> str:
    return f"{order.ref}:{at.isoformat()}"


def on_experience(event: ExperienceWritten) -> None:
    """The supplier learns what the agency says of the order."""
    order, said = event.order, event.experience
    params = _about(order) | {"fitness": said.fitness, "note": said.note}
    _send(EXPERIENCE, _supplier(order), key=_moment(order, event.at), at=event.at, params=params)


# --- reminders ---


def remind(_payload: Mapping[str, Any], now: datetime) -> None:
    """The job that comes round: once before each last day, to who has the next step; and before warranties end.

    A run that was missed is made up for; a run that is repeated sends nothing twice.
    """
    today, known = local_day(now), calendar()
    for order in queries.running():
        for step in steps(order, known):
            if step.due is not None and step.due - SOON <= today and step.task in REMINDERS:
                _remind(order, step, step.due, now)
    for order in queries.with_warranty(today):
        for warranty in warranties(order):
            if today <= warranty.ends_on <= today + days.WARRANTY_SOON:
                params = _about(order) | {
                    "item": both(warranty.line.name_zh, warranty.line.name_en),
                    "due": day(warranty.ends_on),
                }
                key = f"{warranty.line.ref}:{warranty.ends_on}"
                _send(WARRANTY, _agency(order), key=key, at=now, params=params)


def _remind(order: CallOffOrder, step: Step, due: date, now: datetime) -> None:
    to = {
        Task.DELIVER: _supplier,
        Task.CURE: _supplier,
        Task.SIGN: lambda o: _at_desk(o.agency_id, SignOffRole.SUPERVISOR),
        Task.PAY: lambda o: _at_desk(o.agency_id, SignOffRole.ACCOUNTANT),
    }.get(step.task, _agency)(order)
    params = _about(order) | {"due": day(due)}
    _send(REMINDERS[step.task], to, key=f"{order.ref}:{due}", at=now, params=params)
