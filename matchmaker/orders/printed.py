"""Sheets for wet signatures, in the language spoken when they are made: our own layout, and marked so.

Several governments keep procurement papers out of online sign-off (B-7): these are printed, signed and scanned.
What is known already stands on them; what is not is left open to be written by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _

from matchmaker.foundation.i18n import language
from matchmaker.foundation.papers import (
    Align,
    Block,
    Column,
    Facts,
    Heading,
    Notes,
    Paper,
    Paragraph,
    Table,
    tick,
)
from matchmaker.foundation.papers import Signature as Field
from matchmaker.foundation.papers import Signatures as Fields
from matchmaker.kernel.dates import format_day, local_day
from matchmaker.kernel.money import chinese_capitals, format_twd, is_chinese
from matchmaker.orders.models import (
    CallOffOrder,
    Certificate,
    Delivery,
    Inspection,
    OrderLine,
    Requisition,
    RequisitionLine,
    Signature,
)
from matchmaker.orders.progress import accepted_value, ledger, units
from matchmaker.orders.states import RESULT_LABELS, Result, Verdict
from matchmaker.people.states import SIGN_OFF_LABELS, SignOffRole


def _day(value: date | datetime | None) -> str:
    if value is None:
        return ""
    return format_day(local_day(value) if isinstance(value, datetime) else value, language())


def _total(amount: int) -> str:
    """An amount as papers have it: in figures, in Chinese also in capitals, which cannot be altered."""
    figures = format_twd(amount, language())
    return f"{figures}（新臺幣{chinese_capitals(amount)}）" if is_chinese(language()) else figures


def _paper(
    title: str,
    *,
    agency: str,
    number: str,
    made_on: date,
    blocks: Sequence[Block],
    on: date | datetime | None,
) -> Paper:
    return Paper(
        title=title,
        language=language(),
        made_on=made_on,
        letterhead=agency,
        reference=[(_("Number"), number), (_("Date"), _day(on) or "　　　　　　")],
        blocks=blocks,
        assumed=_("Our own layout, no official form"),
        footer=f"{_('Matchmaker')}　{number}",
        page_of=_("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"),
    )


def _lines(lines: Sequence[RequisitionLine | OrderLine]) -> Table:
    """The lines with their sums: items, add-ons, all."""
    columns = [
        Column(_("No."), 0.5, Align.CENTER),
        Column(_("Item"), 3),
        Column(_("Unit"), 0.8, Align.CENTER),
        Column(_("Quantity"), 0.8, Align.RIGHT),
        Column(_("Unit price"), 1.2, Align.RIGHT),
        Column(_("Amount"), 1.3, Align.RIGHT),
    ]
    rows = [
        [str(n), _named(line), line.unit, f"{line.quantity:,}", f"{line.unit_price:,}", f"{line.amount:,}"]
        for n, line in enumerate(lines, 1)
    ]
    items = sum(line.amount for line in lines if line.item_id is not None)
    add_ons = sum(line.amount for line in lines if line.item_id is None)
    totals = [["", _("Items"), "", "", "", f"{items:,}"]]
    if add_ons:
        totals.append(["", _("Add-on items"), "", "", "", f"{add_ons:,}"])
    totals.append(["", _("Total"), "", "", "", f"{items + add_ons:,}"])
    return Table(columns, rows, totals, caption=_("Unit: NT$, tax included"))


def _named(line: RequisitionLine | OrderLine) -> str:
    if line.item is None:
        return f"{line.name}\n{_('Add-on item')}"
    version = _("version %(number)s", number=line.version_number)
    return f"{line.name}\n{line.item.code}　{version}"


# --- requisition ---


def requisition_sheet(requisition: Requisition, today: date) -> Paper:
    """請購單: what is asked for and why, with one field for each desk of the sign-off."""
    own = requisition
    facts = [
        (_("Subject"), own.title),
        (_("Supplier"), own.supplier.name),
        (_("Framework agreement"), f"{own.framework.title}（{own.framework.code}）"),
        (_("Case officer"), own.prepared_by.name),
        (_("Wanted by"), _day(own.wanted_on)),
        (_("Place of delivery"), own.place),
        (_("Budget line"), own.budget_line),
        (_("Approval of the superior agency"), own.superior_number),
    ]
    blocks: list[Block] = [
        Facts(facts, columns=2),
        _lines(own.lines),
        Facts([(_("Total"), _total(own.total))]),
        Heading(_("Reason")),
        Paragraph(own.why or "\n\n"),
        Notes(
            [_("The requisition is approved before the order is placed; what belongs together is not split.")]
        ),
        Fields([_desk(own, desk) for desk in SignOffRole]),
    ]
    return _paper(
        _("Requisition sheet"),
        agency=own.agency.name,
        number=own.code,
        made_on=today,
        on=own.created_at,
        blocks=blocks,
    )


def _desk(requisition: Requisition, desk: SignOffRole) -> Field:
    """The field of a desk, filled where it signed in the present round."""
    signed = next(
        (
            s
            for s in requisition.signatures
            if s.desk is desk and s.round == requisition.round and s.verdict is Verdict.SIGNED
        ),
        None,
    )
    label = _(SIGN_OFF_LABELS[desk])
    return Field(label) if signed is None else Field(label, _signer(signed), _day(signed.signed_at))


def _signer(signature: Signature) -> str:
    return _("%(name)s (deputy)", name=signature.name) if signature.as_deputy else signature.name


# --- order ---


def order_sheet(order: CallOffOrder, today: date) -> Paper:
    """訂購單: what was ordered, at the price and version of that day."""
    facts = [
        (_("Subject"), order.title),
        (_("Number in the government e-procurement system"), order.eproc_number),
        (_("Supplier"), order.supplier.name),
        (_("Unified Business Number"), order.supplier.ubn or ""),
        (_("Framework agreement"), f"{order.framework.title}（{order.framework.code}）"),
        (_("Ordered on"), _day(order.placed_at)),
        (_("Deliver by"), _day(order.delivery_due_on)),
        (_("Place of delivery"), order.place),
        (_("Case officer"), order.placed_by.name),
        (_("Requisition"), order.requisition.code),
        (_("Approval of the superior agency"), order.superior_number),
        (_("Service fee of the agreement"), format_twd(order.service_fee, language())),
    ]
    total = sum(line.amount for line in order.lines)
    blocks: list[Block] = [
        Facts(facts, columns=2),
        _lines(order.lines),
        Facts([(_("Total"), _total(total)), (_("Warranty"), _warranties(order))]),
        Notes(
            [
                _(
                    "The order itself is placed in the government e-procurement system under the number above."
                ),
                _("Later changes of price or version do not touch this order."),
            ],
            numbered=True,
        ),
        Fields(
            [
                Field(_("Case officer")),
                Field(_("Business supervisor")),
                Field(_("Agency head")),
                Field(_("Supplier, for receipt")),
            ]
        ),
    ]
    return _paper(
        _("Order sheet"),
        agency=order.agency.name,
        number=order.number,
        made_on=today,
        on=order.placed_at,
        blocks=blocks,
    )


def _warranties(order: CallOffOrder) -> str:
    months = [
        _("%(item)s: %(months)s months from acceptance", item=line.name, months=line.warranty_months)
        for line in order.lines
        if line.warranty_months
    ]
    return "\n".join(months) or _("none")


# --- acceptance ---


def acceptance_record(order: CallOffOrder, delivery: Delivery, today: date) -> Paper:
    """驗收紀錄: the record fields of B-5 for one delivery, open where it is not inspected yet."""
    found = delivery.inspection
    is_part = len(order.deliveries) > 1 or any(each.left for each in units(order))
    facts = [
        (_("Case number"), f"{order.number}\n{order.eproc_number}"),
        (_("Subject"), order.title),
        (_("Supplier"), order.supplier.name),
        (
            _("Delivery"),
            _("No. %(number)s", number=delivery.number) + (f"　{_('part of the order')}" if is_part else ""),
        ),
        (_("Performance deadline"), _day(order.delivery_due_on)),
        (_("Completion date"), _day(delivery.delivered_on)),
        (_("Acceptance date"), _day(found.inspected_on) if found else ""),
        (_("Days late"), str(days_late(order, delivery))),
    ]
    blocks: list[Block] = [
        Facts(facts, columns=2),
        _delivered(order, delivery),
        Facts(
            [
                (_("Way of inspection"), _ways(found)),
                (_("Result"), _results(found)),
                (_("Discrepancies"), (found.discrepancies if found else "") or "\n"),
                (
                    _("Price reduction"),
                    format_twd(found.reduction, language()) if found and found.reduction else "",
                ),
                (_("Cure by"), _day(found.cure_on) if found else ""),
            ]
        ),
        Notes(
            [
                _("Who carried out the purchase may not be the chief inspector."),
                _(
                    "Inspected within 30 days after the supplier's notice; the certificate follows within 15 days."
                ),
            ],
            numbered=True,
        ),
        Fields(
            [
                Field(_("Chief inspector"), found.chief_name if found else ""),
                Field(_("Joint inspector"), found.joint if found else ""),
                Field(_("Assisting inspector"), found.assisting if found else ""),
                Field(_("Supervising witness"), found.witness if found else ""),
                Field(_("Supplier")),
            ]
        ),
    ]
    return _paper(
        _("Acceptance record"),
        agency=order.agency.name,
        number=f"{order.number}-{delivery.number}",
        made_on=today,
        on=found.inspected_on if found else None,
        blocks=blocks,
    )


def days_late(order: CallOffOrder, delivery: Delivery) -> int:
    """By how many days the delivery came after the last day to deliver; 0 where it did not."""
    return max(0, (delivery.delivered_on - order.delivery_due_on).days)


def _ways(found: Inspection | None) -> str:
    papers = found is not None and found.by_documents
    return "　".join(
        [
            tick(found is not None and not papers, _("on the spot")),
            tick(papers, _("by documents or review meeting")),
        ]
    )


def _results(found: Inspection | None) -> str:
    return "\n".join(
        tick(found is not None and found.result is each, _(RESULT_LABELS[each])) for each in Result
    )


def _delivered(order: CallOffOrder, delivery: Delivery) -> Table:
    lines = {line.id: line for line in order.lines}
    columns = [
        Column(_("Item"), 3),
        Column(_("Ordered"), 0.9, Align.RIGHT),
        Column(_("Delivered"), 0.9, Align.RIGHT),
        Column(_("Accepted"), 0.9, Align.RIGHT),
        Column(_("Unit price"), 1.2, Align.RIGHT),
        Column(_("Accepted value"), 1.3, Align.RIGHT),
    ]
    rows, total = [], 0
    for part in delivery.lines:
        line = lines[part.line_id]
        value = None if part.accepted is None else part.accepted * line.unit_price
        total += value or 0
        rows.append(
            [
                _named(line),
                f"{line.quantity:,}",
                f"{part.quantity:,}",
                "" if part.accepted is None else f"{part.accepted:,}",
                f"{line.unit_price:,}",
                "" if value is None else f"{value:,}",
            ]
        )
    sums = [[_("Total"), "", "", "", "", f"{total:,}"]] if delivery.inspection is not None else []
    return Table(columns, rows, sums, caption=_("Unit: NT$, tax included"))


# --- settlement ---


def certificate_sheet(order: CallOffOrder, certificate: Certificate, today: date) -> Paper:
    """結算驗收證明書: what was accepted, taken off and is to be paid, signed by chief inspector and supervisor."""
    of = {each.inspection.id: each for each in order.deliveries if each.inspection is not None}
    covered = [(each, of[each.id]) for each in certificate.inspections]
    accepted = [accepted_value(order, delivery) for _found, delivery in covered]
    reductions = sum(found.reduction for found, _delivery in covered)
    is_final = sum(each.amount for each in order.certificates) >= ledger(order).payable and not any(
        each.left or each.waiting for each in units(order)
    )
    facts = [
        (_("Case number"), f"{order.number}\n{order.eproc_number}"),
        (_("Subject"), order.title),
        (_("Supplier"), order.supplier.name),
        (_("Unified Business Number"), order.supplier.ubn or ""),
        (_("Ordered on"), _day(order.placed_at)),
        (_("Performance deadline"), _day(order.delivery_due_on)),
        (_("Completion date"), _day(max(delivery.delivered_on for _found, delivery in covered))),
        (_("Acceptance date"), _day(max(found.inspected_on for found, _delivery in covered))),
    ]
    columns = [
        Column(_("Delivery"), 1, Align.CENTER),
        Column(_("Acceptance date"), 1.4, Align.CENTER),
        Column(_("Result"), 1.8),
        Column(_("Days late"), 0.8, Align.RIGHT),
        Column(_("Accepted value"), 1.3, Align.RIGHT),
        Column(_("Price reduction"), 1.2, Align.RIGHT),
    ]
    rows = [
        [
            str(delivery.number),
            _day(found.inspected_on),
            _(RESULT_LABELS[found.result]),
            str(days_late(order, delivery)),
            f"{value:,}",
            f"{found.reduction:,}",
        ]
        for (found, delivery), value in zip(covered, accepted, strict=True)
    ]
    remarks = "\n".join(found.discrepancies for found, _delivery in covered if found.discrepancies)
    blocks: list[Block] = [
        Facts(facts, columns=2),
        Table(
            columns,
            rows,
            [[_("Total"), "", "", "", f"{sum(accepted):,}", f"{reductions:,}"]],
            caption=_("Unit: NT$, tax included"),
        ),
        Facts(
            [
                (
                    _("Kind"),
                    "　".join(
                        [tick(not is_final, _("part of the order")), tick(is_final, _("last of the order"))]
                    ),
                ),
                (_("Order"), _total(sum(line.amount for line in order.lines))),
                (_("Accepted value"), _total(sum(accepted))),
                (_("Price reduction"), _total(reductions)),
                (_("Settlement amount"), _total(certificate.amount)),
                (_("Discrepancies"), remarks or _("none")),
            ]
        ),
        Fields(
            [
                Field(_("Chief inspector"), certificate.chief_name, _day(certificate.made_at)),
                Field(_("Supervisor"), certificate.supervisor_name or "", _day(certificate.signed_at)),
                Field(_("Chief accountant")),
                Field(_("Agency head")),
            ]
        ),
    ]
    return _paper(
        _("Settlement acceptance certificate"),
        agency=order.agency.name,
        number=f"{order.number}-C{certificate.number}",
        made_on=today,
        on=certificate.made_at,
        blocks=blocks,
    )
