"""Shapes of input about requisitions and orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, widgets
from wtforms import Form as Part

from matchmaker.catalog.models import CatalogItem
from matchmaker.orders.facts import (
    AddOnFacts,
    DeliveryFacts,
    ExperienceFacts,
    InspectionFacts,
    PaymentFacts,
    RequisitionFacts,
)
from matchmaker.orders.models import CallOffOrder, Certificate, Delivery, Requisition
from matchmaker.orders.progress import Units
from matchmaker.orders.states import PAPER_LABELS, RESULT_LABELS, SETTLEMENT_LABELS, Result, Settlement
from matchmaker.web import fields
from matchmaker.web.fields import ChoiceField, DayField, MoneyField, WholeField
from matchmaker.web.forms import Form, RowsForm
from matchmaker.web.words import choices

MOST_ADD_ONS = 20


class RadioField(ChoiceField):
    """One of a few, as radio buttons."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.RadioInput()


class AddOnPart(Part):
    """One add-on item."""

    name = fields.text(_l("Name"), fields.required(_l("Name the add-on item.")))
    unit = fields.text(_l("Unit"), fields.optional(), length=20)
    quantity = WholeField(_l("Quantity"), [fields.required(_l("Enter the quantity."))])
    unit_price = MoneyField(_l("Unit price, tax included"), [fields.required(_l("Enter the unit price."))])


class _RequisitionForm(RowsForm):
    """What is bought, and why; one field for each item that can be ordered, named by its reference."""

    rows_name = "add_ons"
    items: Sequence[CatalogItem] = ()

    title = fields.text(
        _l("What is bought"),
        fields.required(_l("Say in a few words what is bought.")),
        description=_l("As it should stand on the sheets, such as “Spoken signals at two crossings”."),
    )
    wanted_on = DayField(
        _l("Requested day of delivery"),
        [fields.optional()],
        description=_l(
            "The supplier has at least the delivery time of the agreement, counted from the order."
        ),
    )
    place = fields.text(_l("Place of delivery"), length=200)
    budget_line = fields.text(
        _l("Budget line"), description=_l("The account in your budget that pays for it.")
    )
    why = fields.long_text(
        _l("Why this supplier fits best"),
        description=_l("Where several suppliers offer the like, the one that fits the need best is chosen."),
        length=2000,
    )
    superior_number = fields.text(
        _l("Approval of the superior agency, number of its letter"),
        fields.optional(),
        description=_l("Needed from the supervision threshold on."),
        length=80,
    )
    subsidy_asked = BooleanField(
        _l("A superior agency pays a part: the subsidy is asked for before we pay."),
    )
    add_ons = FieldList(
        FormField(AddOnPart),
        _l("Add-on items"),
        max_entries=MOST_ADD_ONS,
        description=_l("What belongs to the purchase but is not in the agreement; limited in value."),
    )

    @property
    def quantities(self) -> Any:
        """The fields of quantities with the items they belong to."""
        return [(item, self[f"quantity-{item.ref}"]) for item in self.items]

    def facts(self) -> RequisitionFacts:
        return RequisitionFacts(
            title=self.title.data or "",
            quantities={
                item.ref: field.data
                for item, field in self.quantities
                if field.data is not None and field.data != 0
            },
            add_ons=tuple(
                AddOnFacts(
                    name=row.form.name.data or "",
                    unit=row.form.unit.data or "",
                    quantity=row.form.quantity.data or 0,
                    unit_price=row.form.unit_price.data or 0,
                )
                for row in self.add_ons.entries
            ),
            wanted_on=self.wanted_on.data,
            place=self.place.data or "",
            budget_line=self.budget_line.data or "",
            why=self.why.data or "",
            superior_number=self.superior_number.data or "",
            subsidy_asked=bool(self.subsidy_asked.data),
        )


def requisition_form(items: Sequence[CatalogItem], data: dict[str, Any]) -> _RequisitionForm:
    """The form with a quantity for each item that can be ordered, filled with ``data``."""
    made = {
        f"quantity-{item.ref}": WholeField(_l("Quantity"), [fields.optional(), fields.between(0, 1_000_000)])
        for item in items
    }
    form: _RequisitionForm = type("RequisitionForm", (_RequisitionForm,), made | {"items": items})(data=data)
    return form


def new_requisition(items: Sequence[CatalogItem], item: CatalogItem, today: date) -> _RequisitionForm:
    """An empty form that begins with one of an item, delivered as soon as the agreement promises."""
    longest = item.current.delivery_days or 0
    data = {
        f"quantity-{item.ref}": 1,
        "title": item.title,
        "wanted_on": today + timedelta(days=longest),
    }
    return requisition_form(items, data)


def stored_requisition(items: Sequence[CatalogItem], requisition: Requisition) -> _RequisitionForm:
    """The form filled with what is stored."""
    names = ("title", "wanted_on", "place", "budget_line", "why", "superior_number", "subsidy_asked")
    data: dict[str, Any] = {name: getattr(requisition, name) for name in names}
    data["add_ons"] = [
        {"name": line.name_zh, "unit": line.unit_zh, "quantity": line.quantity, "unit_price": line.unit_price}
        for line in requisition.lines
        if line.item_id is None
    ]
    for line in requisition.lines:
        if line.item is not None:
            data[f"quantity-{line.item.ref}"] = line.quantity
    form = requisition_form(items, data)
    if not form.is_submitted():
        form.expected_version.data = str(requisition.version)
    return form


class WordsForm(Form):
    """Words at a sign-off desk."""

    words = fields.long_text(
        _l("Remarks"), fields.optional(), description=_l("Needed when you return it."), length=1000
    )

    @classmethod
    def of(cls, requisition: Requisition) -> WordsForm:
        form = cls()
        if not form.is_submitted():
            form.expected_version.data = str(requisition.version)
        return form


class PlaceForm(Form):
    """The number of an order that was made elsewhere."""

    eproc_number = fields.text(
        _l("Number of the order on the government e-procurement system"),
        fields.required(
            _l(
                "Enter the number that the government e-procurement system gave the order. "
                "The order is made there."
            )
        ),
        length=40,
    )

    @classmethod
    def of(cls, requisition: Requisition) -> PlaceForm:
        form = cls()
        if not form.is_submitted():
            form.expected_version.data = str(requisition.version)
        return form


class ReasonForm(Form):
    """Why something is declined, cancelled, disputed or dropped; or a note."""

    reason = fields.long_text(_l("Reason"), length=1000)

    @classmethod
    def of(cls, thing: Any) -> ReasonForm:
        form = cls()
        if not form.is_submitted():
            form.expected_version.data = str(thing.version)
        return form


class SettleForm(Form):
    """How a dispute was settled."""

    settlement = RadioField(_l("Outcome"), required_message=_l("Choose how the dispute was settled."))
    words = fields.long_text(
        _l("What was agreed"), description=_l("Both sides and the programme office read it."), length=2000
    )

    @classmethod
    def of(cls, order: CallOffOrder) -> SettleForm:
        form = cls()
        form.settlement.choices = choices(SETTLEMENT_LABELS)
        if not form.is_submitted():
            form.expected_version.data = str(order.version)
        return form

    @property
    def chosen(self) -> Settlement:
        return Settlement(self.settlement.data)


class _DeliveryForm(Form):
    """What was delivered: a number for each line, named by its reference."""

    rows: Sequence[Units] = ()

    delivered_on = DayField(
        _l("Day of delivery"), [fields.required(_l("Enter the day on which it was delivered."))]
    )
    note = fields.long_text(
        _l("Note"),
        fields.optional(),
        description=_l("Serial numbers, delivery note, who received it."),
        length=2000,
    )

    @property
    def quantities(self) -> Any:
        """The fields of quantities with the units they belong to."""
        return [(row, self[f"quantity-{row.line.ref}"]) for row in self.rows]

    def facts(self) -> DeliveryFacts:
        return DeliveryFacts(
            delivered_on=self.delivered_on.data,
            quantities={row.line.ref: field.data or 0 for row, field in self.quantities},
            note=self.note.data or "",
        )


def delivery_form(order: CallOffOrder, rows: Sequence[Units], today: date) -> _DeliveryForm:
    """The form with everything that is left to deliver."""
    left = [row for row in rows if row.left]
    made = {
        f"quantity-{row.line.ref}": WholeField(_l("Delivered"), [fields.optional()], default=row.left)
        for row in left
    }
    form: _DeliveryForm = type("DeliveryForm", (_DeliveryForm,), made | {"rows": left})()
    if not form.is_submitted():
        form.delivered_on.data = today
        form.expected_version.data = str(order.version)
    return form


class _InspectionForm(Form):
    """The record of an acceptance inspection: how many of each line were accepted, named by its reference."""

    lines: Sequence[Any] = ()

    result = RadioField(_l("Result"), required_message=_l("Choose the result of the inspection."))
    inspected_on = DayField(
        _l("Day of the inspection"), [fields.required(_l("Enter the day of the inspection."))]
    )
    by_documents = BooleanField(_l("Services: accepted by reviewing documents or in a meeting."))
    discrepancies = fields.long_text(
        _l("Discrepancies"),
        fields.optional(),
        description=_l("What deviates from the order. Needed unless it passed."),
        length=2000,
    )
    reduction = MoneyField(
        _l("Taken off the price"),
        [fields.optional()],
        description=_l("Only where it passed at a reduced price."),
    )
    cure_on = DayField(
        _l("To be cured by"), [fields.optional()], description=_l("Only where defects were found.")
    )
    joint = fields.text(_l("Joint inspector"), fields.optional())
    assisting = fields.text(_l("Assisting inspector"), fields.optional())
    witness = fields.text(_l("Supervising witness"), fields.optional())

    @property
    def accepted(self) -> Any:
        """The fields of accepted numbers with the lines they belong to."""
        return [(line, part, self[f"accepted-{line.ref}"]) for line, part in self.lines]

    def facts(self) -> InspectionFacts:
        result = Result(self.result.data)
        return InspectionFacts(
            result=result,
            inspected_on=self.inspected_on.data,
            accepted={line.ref: field.data or 0 for line, _part, field in self.accepted},
            reduction=self.reduction.data or 0,
            discrepancies=self.discrepancies.data or "",
            cure_on=self.cure_on.data,
            joint=self.joint.data or "",
            assisting=self.assisting.data or "",
            witness=self.witness.data or "",
            by_documents=bool(self.by_documents.data),
        )


def inspection_form(order: CallOffOrder, delivery: Delivery, today: date) -> _InspectionForm:
    """The form with a number for each line of the delivery."""
    lines = {line.id: line for line in order.lines}
    pairs = [(lines[part.line_id], part) for part in delivery.lines]
    made = {
        f"accepted-{line.ref}": WholeField(_l("Accepted"), [fields.optional()], default=part.quantity)
        for line, part in pairs
    }
    form: _InspectionForm = type("InspectionForm", (_InspectionForm,), made | {"lines": pairs})()
    form.result.choices = choices(RESULT_LABELS)
    if not form.is_submitted():
        form.inspected_on.data = today
        form.expected_version.data = str(order.version)
    return form


class PayForm(Form):
    """A payment that was made."""

    amount = MoneyField(_l("Amount paid to the supplier"), [fields.required(_l("Enter the amount."))])
    paid_on = DayField(
        _l("Day of the payment to the supplier"), [fields.required(_l("Enter the day of the payment."))]
    )
    reference = fields.text(
        _l("Number of the voucher"),
        fields.required(_l("Enter the number of the payment voucher.")),
        length=80,
    )

    @classmethod
    def of(cls, order: CallOffOrder, certificate: Certificate, today: date) -> PayForm:
        form = cls()
        if not form.is_submitted():
            form.amount.data, form.paid_on.data = certificate.amount, today
            form.expected_version.data = str(order.version)
        return form

    def facts(self) -> PaymentFacts:
        return PaymentFacts(
            amount=self.amount.data, paid_on=self.paid_on.data, reference=self.reference.data or ""
        )


class ExperienceForm(Form):
    """How the order went."""

    fitness = RadioField(
        _l("Fitness for your need"),
        required_message=_l("Choose a number from 1 to 5."),
        description=_l("1: does not fit; 5: fits well. Shown with your agency's name."),
    )
    note = fields.long_text(
        _l("Experience"),
        fields.required(_l("Say in a few sentences how it went.")),
        description=_l("What works, what to look out for, how the supplier helped. Everybody can read it."),
        length=2000,
    )

    @classmethod
    def of(cls, order: CallOffOrder) -> ExperienceForm:
        row = order.experience
        form = cls(data={"fitness": str(row.fitness), "note": row.note} if row is not None else None)
        form.fitness.choices = [(str(n), gettext("%(n)s of 5", n=n)) for n in range(1, 6)]
        if not form.is_submitted() and row is not None:
            form.expected_version.data = str(row.version)
        return form

    def facts(self) -> ExperienceFacts:
        return ExperienceFacts(fitness=int(self.fitness.data), note=self.note.data or "")


class PaperForm(Form):
    """A scanned paper to attach."""

    kind = ChoiceField(_l("Kind of paper"), required_message=_l("Say what the paper is."))
    title = fields.text(
        _l("Title"), fields.optional(), description=_l("Left empty, the file's name is taken.")
    )
    file = fields.UploadField(_l("File"), description=_l("PDF, JPEG, PNG or ODT; 20 MB at most."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(PAPER_LABELS)
