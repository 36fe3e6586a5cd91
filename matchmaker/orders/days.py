"""Every due day of an order, computed from what happened; nothing here is stored (B-5)."""

from __future__ import annotations

from datetime import date, timedelta

from matchmaker.kernel.dates import Calendar, UnknownYear, add_months, local_day
from matchmaker.orders.models import Certificate, Delivery, Inspection, OrderLine

INSPECT_DAYS = 30
"""The agency inspects within thirty days after the supplier's notice."""
CERTIFY_DAYS = 15
"""The certificate is made within fifteen days after the acceptance."""
PAY_WORKING_DAYS = 15
SUBSIDY_WORKING_DAYS = 30
"""Working days to pay; more where a subsidy must be asked from a superior agency."""
WARRANTY_SOON = timedelta(days=60)
"""A warranty that ends within these days is shown as ending soon."""


def inspect_by(delivery: Delivery) -> date:
    """The last day to inspect a delivery; the day of the notice is not counted."""
    return local_day(delivery.notified_at) + timedelta(days=INSPECT_DAYS)


def certify_by(inspection: Inspection) -> date:
    """The last day to make the certificate over an inspection."""
    return inspection.inspected_on + timedelta(days=CERTIFY_DAYS)


def pay_by(certificate: Certificate, *, subsidy_asked: bool, calendar: Calendar) -> date | None:
    """The last day to pay on a signed certificate; None before it is signed, or beyond the known working days."""
    if certificate.signed_at is None:
        return None
    count = SUBSIDY_WORKING_DAYS if subsidy_asked else PAY_WORKING_DAYS
    return working_days_after(calendar, local_day(certificate.signed_at), count)


def working_days_after(calendar: Calendar, start: date, count: int) -> date | None:
    """The day on which the last of so many working days after ``start`` falls; None where the years are unknown."""
    day = start
    try:
        for _ in range(count):
            day = calendar.next_working(day + timedelta(days=1))
    except UnknownYear:
        return None
    return day


def warranty_end(line: OrderLine, inspected_on: date) -> date | None:
    """The last day of the warranty of units accepted on a day; None where there is none."""
    return add_months(inspected_on, line.warranty_months) if line.warranty_months else None
