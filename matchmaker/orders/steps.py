"""What is to be done on an order next, by whom, and until when: for the page, the front page and the reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matchmaker.kernel.dates import Calendar
from matchmaker.orders import days, progress
from matchmaker.orders.models import CallOffOrder, Certificate, Delivery
from matchmaker.orders.states import OrderState, Party


class Task(StrEnum):
    ANSWER = "answer"
    DELIVER = "deliver"
    CURE = "cure"
    INSPECT = "inspect"
    CERTIFY = "certify"
    SIGN = "sign"
    PAY = "pay"
    CLOSE = "close"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class Step:
    """A task of one side; ``due`` is its last day where a rule sets one."""

    task: Task
    side: Party
    due: date | None = None
    delivery: Delivery | None = None
    certificate: Certificate | None = None

    def is_late(self, today: date) -> bool:
        """Has the last day passed?"""
        return self.due is not None and today > self.due


def steps(order: CallOffOrder, calendar: Calendar) -> list[Step]:
    """Everything that is to be done now (the order loaded as ``progress`` asks for)."""
    if order.state is OrderState.DISPUTED:
        return [Step(Task.SETTLE, Party.AGENCY)]
    if order.state is OrderState.PLACED:
        return [Step(Task.ANSWER, Party.SUPPLIER)]
    if order.ended_at is not None or order.closed_at is not None:
        return []
    made = _of_supplier(order)
    made += [
        Step(Task.INSPECT, Party.AGENCY, days.inspect_by(each), delivery=each)
        for each in progress.to_inspect(order)
    ]
    waiting = progress.to_certify(order)
    if waiting:
        made.append(Step(Task.CERTIFY, Party.AGENCY, min(days.certify_by(each) for each in waiting)))
    for certificate in progress.to_sign(order):
        covered = [each for each in progress.inspections(order) if each.certificate_id == certificate.id]
        due = min((days.certify_by(each) for each in covered), default=None)
        made.append(Step(Task.SIGN, Party.AGENCY, due, certificate=certificate))
    for certificate in progress.to_pay(order):
        due = days.pay_by(certificate, subsidy_asked=order.subsidy_asked, calendar=calendar)
        made.append(Step(Task.PAY, Party.AGENCY, due, certificate=certificate))
    if order.state is OrderState.PAID:
        made.append(Step(Task.CLOSE, Party.AGENCY))
    return made


def _of_supplier(order: CallOffOrder) -> list[Step]:
    if not any(row.left for row in progress.units(order)):
        return []
    cure = progress.cure_by(order)
    if cure is not None:
        return [Step(Task.CURE, Party.SUPPLIER, max(cure, order.delivery_due_on))]
    return [Step(Task.DELIVER, Party.SUPPLIER, order.delivery_due_on)]
